"""Editions: a presented report as frozen bytes. Readers' pages know this module and nothing that holds drafts."""

from typing import ClassVar

from django.db import models

from indicators.append_only import APPEND_ONLY


class Edition(models.Model):
    """A frozen report. Nothing in it is looked up again: names, numbers and words are as they were."""

    slug = models.SlugField(max_length=80)
    number = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=200)
    period = models.CharField(max_length=120)
    organisation = models.CharField(max_length=200)
    addressed_to = models.CharField(max_length=200)
    marking = models.CharField(max_length=40)
    report_key = models.BigIntegerField()
    document = models.TextField()
    article = models.TextField()
    sha256 = models.CharField(max_length=64)
    signed_off_by = models.CharField(max_length=120)
    presented_by = models.CharField(max_length=120)
    presented_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers: ClassVar = APPEND_ONLY
        ordering: ClassVar = ["-presented_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["slug", "number"], name="edition_number_once")]

    def __str__(self) -> str:
        return f"{self.title}, {self.period}"


class EditionFile(models.Model):
    """A download or drawing of an edition, frozen with it."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=120)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    is_download = models.BooleanField(default=True)

    class Meta:
        triggers: ClassVar = APPEND_ONLY
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["edition", "name"], name="edition_file_once")]

    def __str__(self) -> str:
        return self.name
