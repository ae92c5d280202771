"""How long the rows of cases are kept."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from indicators.models.area import Force


@pghistory.track()
class RetentionRule(models.Model):
    """How many months of cases a force keeps row by row, from a day on. The newest rule that has begun holds.

    Older rows go, with what they were before and the files they came in; counts, hashes and figures stay.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="retention_rules")
    months_kept = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["force", "-starts_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(months_kept__gte=12), name="at_least_twelve_months_are_kept")
        ]

    def __str__(self) -> str:
        return f"{self.months_kept} months from {self.starts_on:%d/%m/%Y}"
