"""Relations of indicators that are declared, and the reasons people gave for differences."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from indicators.choices import AGREEMENT_NAMES, DECLARED_AGREEMENTS, Agreement, pairs
from indicators.models.area import Force
from indicators.models.breakdown import BreakdownValue
from indicators.models.indicator import Indicator


@pghistory.track()
class Relation(models.Model):
    """An indicator, or one part of its breakdown, and those that must agree with it.

    A difference of a relation that blocks keeps reports back until it is gone or somebody has explained it.
    """

    slug = models.SlugField(unique=True)
    agreement = models.CharField(
        max_length=10, choices=[pair for pair in pairs(Agreement, AGREEMENT_NAMES) if pair[0] in DECLARED_AGREEMENTS]
    )
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="relations")
    part = models.ForeignKey(BreakdownValue, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)
    is_blocking = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.slug


@pghistory.track()
class RelationMember(models.Model):
    """One of those that must agree with the indicator of a relation."""

    relation = models.ForeignKey(Relation, on_delete=models.CASCADE, related_name="members")
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="+")
    part = models.ForeignKey(BreakdownValue, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["relation", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["relation", "indicator", "part"], nulls_distinct=False, name="relation_member_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relation_id}: {self.indicator_id}"


@pghistory.track()
class Explanation(models.Model):
    """Why two numbers that should agree differ, for these two numbers alone: another difference is open again."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    check_key = models.CharField(max_length=300)
    stated = models.DecimalField(max_digits=24, decimal_places=8)
    found = models.DecimalField(max_digits=24, decimal_places=8)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["force", "check_key"], name="explanation_by_check")]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="explanation_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.check_key}: {self.reason}"
