"""Targets: the printed words beside the rule that can be computed."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from indicators.choices import UNIT_NAMES, WINDOW_NAMES, Direction, Unit, Window, pairs
from indicators.models.breakdown import BreakdownValue
from indicators.models.indicator import Indicator
from indicators.periods import ComparedWith
from indicators.targets.asked import TargetRule
from indicators.targets.vocabulary import (
    ASKED_OF_TARGETS,
    COMPARED_WITH_NAMES,
    OPERATOR_NAMES,
    TARGET_KIND_NAMES,
    TargetKind,
    TargetOperator,
)

WANTED_NAMES = {Direction.DECREASE: "A reduction", Direction.INCREASE: "An increase"}


@pghistory.track()
class Target(models.Model):
    """One dated step of a target: rows of the same indicator, part and window are one target, and never overlap.

    `value` is in `unit`, which need not be the indicator's. An empty window means every period. `reason`, `by` and `at`
    tell of the last change; what was before stands in the events.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    part = models.ForeignKey(BreakdownValue, on_delete=models.PROTECT, null=True, blank=True)
    kind = models.CharField(max_length=10, choices=pairs(TargetKind, TARGET_KIND_NAMES), default=TargetKind.LEVEL)
    operator = models.CharField(max_length=2, choices=pairs(TargetOperator, OPERATOR_NAMES), blank=True)
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    unit = models.CharField(max_length=20, choices=pairs(Unit, UNIT_NAMES))
    wanted = models.CharField(max_length=10, choices=list(WANTED_NAMES.items()), blank=True)
    compared_with = models.CharField(max_length=20, choices=pairs(ASKED_OF_TARGETS, COMPARED_WITH_NAMES), blank=True)
    window = models.CharField(max_length=20, choices=pairs(Window, WINDOW_NAMES), blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    printed = models.CharField(max_length=300, blank=True)
    rationale = models.TextField(blank=True)
    owner = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    row_id = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["indicator", F("starts_on").asc(nulls_first=True)]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(starts_on__lte=F("ends_on")),
                name="target_dates_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(kind=TargetKind.LEVEL) | Q(value__isnull=False), name="target_level_has_a_value"
            ),
            models.CheckConstraint(
                condition=~Q(kind=TargetKind.CHANGE) | (~Q(wanted="") & ~Q(compared_with="")),
                name="target_change_has_a_direction",
            ),
        ]

    def __str__(self) -> str:
        return self.rule.words

    @property
    def rule(self) -> TargetRule:
        """The target as plain values."""
        return TargetRule(
            kind=TargetKind(self.kind),
            printed=self.printed,
            operator=TargetOperator(self.operator) if self.operator else None,
            value=self.value,
            unit=Unit(self.unit),
            wanted=Direction(self.wanted) if self.wanted else None,
            compared_with=ComparedWith(self.compared_with) if self.compared_with else None,
            window=Window(self.window) if self.window else None,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            part=self.part.slug if self.part else "",
        )

    @property
    def measure_name(self) -> str:
        """The name of what is measured, with its part."""
        return f"{self.indicator.name}: {self.part.name}" if self.part else self.indicator.name
