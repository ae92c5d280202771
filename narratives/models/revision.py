"""Revisions: what was written, by whom, with which figures. Immutable."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from indicators.append_only import APPEND_ONLY
from narratives.models.section import Section


class Revision(models.Model):
    """A saved text. It binds its figures and exhibits to one data version and always renders with it."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    data_version = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers: ClassVar = APPEND_ONLY
        ordering: ClassVar = ["section", "-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["section", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"revision {self.number}"


class Binding(models.Model):
    """A figure that a revision quotes: its key and its words at the revision's data version (empty = unknown)."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="bindings")
    key = models.CharField(max_length=200)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        triggers: ClassVar = APPEND_ONLY
        constraints: ClassVar = [models.UniqueConstraint(fields=["revision", "key"], name="binding_once")]

    def __str__(self) -> str:
        return self.key
