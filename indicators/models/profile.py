"""Profiles: how a force's own extracts of cases, and its wide sheets of figures, are read."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models

from indicators.models.area import Force
from indicators.models.source import DataSource


class ProfileFields(models.Model):
    """What every profile has; each save is a version, and version 1 is the first that reads files."""

    name = models.CharField(max_length=80)
    definition = models.JSONField(default=dict)
    found = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now_add=True)
    is_retired = models.BooleanField(default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class CaseProfile(ProfileFields):
    """How one kind of extract of a force is read, as data that analysts edit.

    `definition` is the document of a layout (`indicators.readers.layouts`), sound since `version` 1. `found` keeps what
    the last sample held, for the page: {"header": [...], "values": {column: [...]}}.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="profiles")
    source = models.ForeignKey(DataSource, on_delete=models.PROTECT, related_name="profiles")

    class Meta:
        ordering: ClassVar = ["force", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "name"], name="profile_name_once_per_force"),
        ]


@pghistory.track()
class SheetProfile(ProfileFields):
    """How one kind of wide sheet of figures is read, as data that analysts edit.

    `definition` is the document of a layout (`indicators.readers.sheet_layouts`), sound since `version` 1. `found`
    keeps the texts of the last sample without a meaning, for the page: {"sheets", "labels", "headings", "words",
    "marks"}.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="sheet_profiles")
    source = models.ForeignKey(DataSource, on_delete=models.PROTECT, related_name="sheet_profiles")

    class Meta:
        ordering: ClassVar = ["force", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "name"], name="sheet_profile_name_once_per_force"),
        ]
