"""Targets: the printed words beside the rule that can be computed."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from indicators.choices import UNIT_NAMES, Unit, pairs
from indicators.models.breakdown import BreakdownValue
from indicators.models.indicator import Indicator

OPERATORS = [("<", "below"), ("<=", "at most"), (">", "above"), (">=", "at least")]


@pghistory.track()
class Target(models.Model):
    """A target of one indicator for a range of dates; without operator and value it is not assessable."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    part = models.ForeignKey(BreakdownValue, on_delete=models.PROTECT, null=True, blank=True)
    operator = models.CharField(max_length=2, choices=OPERATORS, blank=True)
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    unit = models.CharField(max_length=20, choices=pairs(Unit, UNIT_NAMES))
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    printed = models.CharField(max_length=300, blank=True)
    rationale = models.TextField(blank=True)
    owner = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    row_id = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["indicator", "starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(starts_on__lte=models.F("ends_on")),
                name="target_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.printed or f"{self.operator} {self.value}"
