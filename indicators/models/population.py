"""Populations: the mid-year estimates that rates are divided by."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from indicators.append_only import APPEND_ONLY
from indicators.choices import pairs
from indicators.kinds import PopulationKind
from indicators.models.area import Area
from indicators.models.breakdown import BreakdownValue


class Population(models.Model):
    """How many residents or households an area, or one part of them, had at the middle of a year, in one release.

    Written once: a later release is another row, and the newest release of a year holds.
    """

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="populations")
    kind = models.CharField(max_length=20, choices=pairs(PopulationKind))
    part = models.ForeignKey(BreakdownValue, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    mid_year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=14, decimal_places=2)
    release = models.CharField(max_length=120)
    released_on = models.DateField()

    class Meta:
        triggers: ClassVar = APPEND_ONLY
        ordering: ClassVar = ["area", "kind", "part", "-mid_year", "-released_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["area", "kind", "part", "mid_year", "released_on"],
                nulls_distinct=False,
                name="population_once_in_a_release",
            ),
            models.CheckConstraint(condition=Q(value__gt=0), name="population_is_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.area} at mid-{self.mid_year}"
