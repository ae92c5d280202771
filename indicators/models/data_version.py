"""Data versions: every act that can change a figure takes the next number of its force."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from indicators.append_only import APPEND_ONLY
from indicators.choices import VersionKind, pairs
from indicators.models.area import Force


class DataVersion(models.Model):
    """A numbered state of a force's data. Taken under a lock that is held to the commit."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=pairs(VersionKind))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(blank=True)

    class Meta:
        triggers: ClassVar = APPEND_ONLY
        ordering: ClassVar = ["force", "-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["force", "number"], name="data_version_once")]

    def __str__(self) -> str:
        return f"version {self.number}"
