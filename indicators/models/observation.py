"""Observations: numbers supplied by others, kept with every vintage."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from indicators.choices import Basis, Qualifier, Statistic, Status, Window, pairs
from indicators.models.area import Area, Force
from indicators.models.breakdown import BreakdownValue
from indicators.models.data_import import DataImport
from indicators.models.indicator import Indicator
from indicators.models.source import DataSource


class ObservationFields(models.Model):
    """What a supplied number says; shared by staged rows and observations.

    `row` is its line in the file; a wide sheet has many values in one, so `sheet` and `cell` say where it stands. A
    value that is first-published is what the report of `reported_for` printed: it stands beside the current value,
    which is always a level, and never becomes one.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    part = models.ForeignKey(BreakdownValue, on_delete=models.PROTECT, null=True, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    window = models.CharField(max_length=20, choices=pairs(Window))
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    reported_for = models.CharField(max_length=12, blank=True)
    statistic = models.CharField(max_length=20, choices=pairs(Statistic))
    value = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    numerator = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    denominator = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    status = models.CharField(max_length=20, choices=pairs(Status))
    basis = models.CharField(max_length=20, choices=pairs(Basis))
    qualifier = models.CharField(max_length=20, choices=pairs(Qualifier))
    period_printed = models.CharField(max_length=80, blank=True)
    source = models.ForeignKey(DataSource, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    row_id = models.CharField(max_length=80, blank=True)
    row = models.PositiveIntegerField()
    sheet = models.CharField(max_length=200, blank=True)
    cell = models.CharField(max_length=12, blank=True)

    class Meta:
        abstract = True


KEY = ["indicator", "part", "area", "window", "start", "end", "reported_for", "statistic"]


class StagedObservation(ObservationFields):
    """A checked row of a file that nobody has applied yet; it belongs to its import alone."""

    data_import = models.ForeignKey(DataImport, on_delete=models.CASCADE, related_name="staged_observations")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["data_import", *KEY], nulls_distinct=False, name="staged_observation_once")
        ]

    def __str__(self) -> str:
        return f"row {self.row}"


class Observation(ObservationFields):
    """A supplied number, current while `until_version` is empty; earlier vintages stay."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    data_import = models.ForeignKey(DataImport, on_delete=models.PROTECT, related_name="observations")
    since_version = models.PositiveIntegerField()
    until_version = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["force", *KEY],
                condition=Q(until_version__isnull=True),
                nulls_distinct=False,
                name="one_current_observation",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | Q(status__in=[Status.NOT_AVAILABLE, Status.SUPPRESSED]),
                name="blank_observation_has_a_state",
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=False) | ~Q(reported_for=""), name="observation_has_an_end_or_a_report"
            ),
            models.CheckConstraint(
                condition=~Q(statistic=Statistic.FIRST_PUBLISHED) | ~Q(reported_for=""),
                name="first_published_names_its_report",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.window} {self.end}"
