"""Breakdowns: how a total divides."""

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models


@pghistory.track()
class Breakdown(models.Model):
    """A way to divide an indicator. Exclusive values add up to the total; others may overlap."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    is_exclusive = models.BooleanField()

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class BreakdownValue(models.Model):
    """One part of a breakdown; for cases, the offences or flags that put a case into it."""

    breakdown = models.ForeignKey(Breakdown, on_delete=models.CASCADE, related_name="values")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)
    offences = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    flags = ArrayField(models.SlugField(), default=list, blank=True)
    is_excluded_from_share = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["breakdown", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["breakdown", "slug"], name="breakdown_value_once"),
        ]

    def __str__(self) -> str:
        return self.name
