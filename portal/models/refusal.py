"""Refused attempts: who tried what, and why it was refused."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from indicators.append_only import APPEND_ONLY


class Refusal(models.Model):
    """An action that was refused. Written in its own transaction, so that a rolled-back request leaves it."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=500)
    reason = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers: ClassVar = APPEND_ONLY
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.reason
