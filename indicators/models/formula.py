"""Formulas: how a composite indicator follows from others, as data."""

from decimal import Decimal
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from indicators.choices import pairs
from indicators.kinds import PopulationKind, Side
from indicators.models.breakdown import BreakdownValue
from indicators.models.indicator import Indicator


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Formula(models.Model):
    """Makes an indicator a composite: its values are worked out from its terms, and never taken from a file.

    `indicators.composites` explains the arithmetic.
    """

    indicator = models.OneToOneField(Indicator, on_delete=models.PROTECT, related_name="formula")
    multiplier = models.DecimalField(max_digits=16, decimal_places=6, default=Decimal(1))
    population = models.CharField(max_length=20, choices=pairs(PopulationKind), blank=True)
    is_per_month = models.BooleanField("divided by the months of the period", default=False)
    is_annualised = models.BooleanField("shown for a whole year", default=False)

    class Meta:
        ordering: ClassVar = ["indicator"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(multiplier__gt=0), name="multiplier_is_above_zero"),
            models.CheckConstraint(
                condition=Q(is_per_month=False) | Q(is_annualised=False), name="for_a_month_or_for_a_year"
            ),
        ]

    def __str__(self) -> str:
        return f"formula of {self.indicator}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class FormulaTerm(models.Model):
    """One input of a formula. Without a part it is the total, and for a part of the composite the same part."""

    formula = models.ForeignKey(Formula, on_delete=models.CASCADE, related_name="terms")
    side = models.CharField(max_length=20, choices=pairs(Side))
    position = models.PositiveSmallIntegerField(default=0)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="used_in")
    part = models.ForeignKey(BreakdownValue, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_subtracted = models.BooleanField("taken away", default=False)
    is_as_at = models.BooleanField("as at the end of the period", default=False)

    class Meta:
        ordering: ClassVar = ["formula", "side", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["formula", "side", "indicator", "part"], nulls_distinct=False, name="term_once_on_a_side"
            ),
        ]

    def __str__(self) -> str:
        return f"{'−' if self.is_subtracted else '+'} {self.indicator}"
