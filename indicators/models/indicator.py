"""Indicators: what is measured, how it is shown, and from where it is counted."""

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from indicators.choices import POLARITY_NAMES, UNIT_NAMES, Kind, Polarity, Unit, pairs
from indicators.kinds import (
    ADDED,
    AGGREGATION_NAMES,
    KIND_NAMES,
    WEIGHTED_OVER_AREAS,
    WEIGHTED_OVER_TIME,
    Aggregation,
)
from indicators.models.breakdown import Breakdown
from indicators.models.portfolio import Portfolio
from indicators.models.source import DataSource

key_form = RegexValidator(r"^[a-z0-9_]+$", "Use small letters, digits and underscores.")


def _allows(rule: str, weighted: frozenset[Kind]) -> Q:
    """Return the condition that a kind may be put together by the rule in a column."""
    return (
        Q(**{rule: Aggregation.SUPPLIED.value})
        | Q(**{rule: Aggregation.ADD.value, "kind__in": sorted(one.value for one in ADDED)})
        | Q(**{rule: Aggregation.WEIGHTED.value, "kind__in": sorted(one.value for one in weighted)})
    )


@pghistory.track()
class Indicator(models.Model):
    """A measure with its reference sheet. `key` is the name by which texts refer to its figures.

    `definition` is the first wording, in force until a dated version of it begins. Percentages of change are shown from
    a base of `base_threshold`; counts below `small_number` could name somebody, and are for public editions to leave
    out.
    """

    key = models.CharField(max_length=60, unique=True, validators=[key_form])
    name = models.CharField(max_length=160)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="indicators")
    kind = models.CharField(max_length=20, choices=pairs(Kind, KIND_NAMES))
    unit = models.CharField(max_length=20, choices=pairs(Unit, UNIT_NAMES))
    decimals = models.PositiveSmallIntegerField(default=0)
    share_decimals = models.PositiveSmallIntegerField(default=0)
    polarity = models.CharField(max_length=10, choices=pairs(Polarity, POLARITY_NAMES))
    polarity_reason = models.TextField(blank=True)
    definition = models.TextField()
    owner = models.CharField(max_length=120)
    method = models.TextField(blank=True)
    footnote = models.TextField(blank=True)
    source = models.ForeignKey(DataSource, on_delete=models.PROTECT, null=True, blank=True)
    base_threshold = models.PositiveSmallIntegerField(default=50)
    small_number = models.PositiveSmallIntegerField(default=5)
    over_areas = models.CharField(
        max_length=10, choices=pairs(Aggregation, AGGREGATION_NAMES), default=Aggregation.SUPPLIED
    )
    over_time = models.CharField(
        max_length=10, choices=pairs(Aggregation, AGGREGATION_NAMES), default=Aggregation.SUPPLIED
    )
    breakdown = models.ForeignKey(Breakdown, on_delete=models.PROTECT, null=True, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    appendix = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["portfolio__name", "position", "name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(key__regex=r"^[a-z0-9_]+$"), name="indicator_key_form"),
            models.CheckConstraint(
                condition=~Q(polarity=Polarity.NEUTRAL) | ~Q(polarity_reason=""), name="neutral_polarity_has_a_reason"
            ),
            models.CheckConstraint(
                condition=_allows("over_areas", WEIGHTED_OVER_AREAS), name="kind_allows_the_rule_over_areas"
            ),
            models.CheckConstraint(
                condition=_allows("over_time", WEIGHTED_OVER_TIME), name="kind_allows_the_rule_over_time"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def current_definition(self) -> str:
        """The definition that holds today."""
        begun = [one for one in self.definition_versions.all() if one.starts_on <= timezone.localdate()]
        return begun[-1].definition if begun else self.definition


@pghistory.track()
class CaseRule(models.Model):
    """Which cases an indicator counts, and from when on cases are its source.

    Empty lists do not narrow. A period that begins before `starts_on` is read from observations.
    """

    indicator = models.OneToOneField(Indicator, on_delete=models.CASCADE, related_name="case_rule")
    source = models.ForeignKey(DataSource, on_delete=models.PROTECT)
    starts_on = models.DateField()
    crime_types = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    excluded_crime_types = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    offences = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    flags = ArrayField(models.SlugField(), default=list, blank=True)

    def __str__(self) -> str:
        return f"cases of {self.indicator_id}"
