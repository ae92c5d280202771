"""The outline: parts and topics of a kind of report, valid from a date on. Numbers are computed at assembly."""

from typing import ClassVar

import pghistory
from django.db import models

from indicators.models.portfolio import Portfolio


@pghistory.track()
class Topic(models.Model):
    """What a section is about; it keeps its identity when outlines change."""

    slug = models.SlugField(unique=True, max_length=80)
    title = models.CharField(max_length=200)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="topics")

    class Meta:
        ordering: ClassVar = ["title"]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class Outline(models.Model):
    """The order of a kind of report (quarterly, annual), and the words of its cover."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    report_title = models.CharField(max_length=200)
    addressed_to = models.CharField(max_length=200)
    meeting = models.CharField(max_length=200)
    marking = models.CharField(max_length=40, default="OFFICIAL")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class OutlinePart(models.Model):
    """A numbered part, usually a priority of the Police and Crime Plan."""

    outline = models.ForeignKey(Outline, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["outline", "position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["outline", "position"], name="outline_part_once")]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class OutlineEntry(models.Model):
    """A topic's place in a part: lettered (3.a), or standing directly under the part's heading."""

    part = models.ForeignKey(OutlinePart, on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveSmallIntegerField()
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="entries")
    is_lettered = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["part", "position"]
        verbose_name_plural = "outline entries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["part", "position"], name="outline_entry_once"),
            models.UniqueConstraint(fields=["part", "topic"], name="topic_once_in_a_part"),
        ]

    def __str__(self) -> str:
        return str(self.topic)
