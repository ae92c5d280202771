"""Aggregates: the value of a series in a window, stored once, whoever counted it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from indicators.choices import Basis, Qualifier, Status, Window, pairs
from indicators.models.area import Area, Force
from indicators.models.breakdown import BreakdownValue
from indicators.models.indicator import Indicator
from indicators.models.source import DataSource


class Aggregate(models.Model):
    """The one value of indicator × part × area × window × end between two data versions.

    Counted from cases, added up from months, or taken from an observation. No value = `missing` names the months.
    The rows are only ever computed from what they refer to; a check and an index for each of these keys would take
    most of the time in which they are written.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    part = models.ForeignKey(
        BreakdownValue, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    window = models.CharField(max_length=20, choices=pairs(Window))
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    reported_for = models.CharField(max_length=12, blank=True)
    value = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    numerator = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    denominator = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    missing = ArrayField(models.DateField(), default=list)
    status = models.CharField(max_length=20, choices=pairs(Status))
    basis = models.CharField(max_length=20, choices=pairs(Basis))
    qualifier = models.CharField(max_length=20, choices=pairs(Qualifier))
    period_printed = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)
    caution = models.TextField(blank=True)
    source = models.ForeignKey(
        DataSource, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    since_version = models.PositiveIntegerField()
    until_version = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["force", "indicator", "part", "area", "window", "start", "end", "reported_for"],
                condition=Q(until_version__isnull=True),
                nulls_distinct=False,
                name="one_current_value",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["force", "window", "end", "indicator"], name="aggregate_by_period"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.window} {self.end}"
