"""Kinds of measures: what each is called, and how its values may be put together over areas and over time. Pure."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from indicators.choices import Kind


class Aggregation(StrEnum):
    """How a value follows from those of its areas or months."""

    ADD = "add"
    WEIGHTED = "weighted"
    SUPPLIED = "supplied"


class PopulationKind(StrEnum):
    """Whose number a rate is divided by."""

    RESIDENTS = "residents"
    HOUSEHOLDS = "households"


class Side(StrEnum):
    """Where a term stands in a formula."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


AGGREGATION_NAMES = {
    Aggregation.ADD: "Added up",
    Aggregation.WEIGHTED: "Weighted by the denominator",
    Aggregation.SUPPLIED: "Not additive: as supplied only",
}
KIND_NAMES = {
    Kind.COUNT: "Count",
    Kind.PERCENTAGE: "Percentage",
    Kind.MEAN: "Mean",
    Kind.MEDIAN: "Median",
    Kind.MONEY: "Money",
    Kind.PROPORTION: "Proportion of a total",
    Kind.SHARE: "Share of a count",
    Kind.SERVICE_LEVEL: "Service level",
    Kind.SURVEY: "Survey percentage",
    Kind.RATE: "Rate per 1,000",
    Kind.PER_HEAD: "Average per head",
}
# Values of these add up; those of the others are quotients, and a sum or mean of quotients is not one of them.
ADDED = frozenset({Kind.COUNT, Kind.MONEY})
# A weighted value is the sum of the numerators over the sum of the denominators, times this.
SCALES = {
    Kind.PERCENTAGE: Decimal(100),
    Kind.PROPORTION: Decimal(100),
    Kind.SHARE: Decimal(100),
    Kind.SERVICE_LEVEL: Decimal(100),
    Kind.RATE: Decimal(1000),
    Kind.PER_HEAD: Decimal(1),
}
WEIGHTED_OVER_AREAS = frozenset(SCALES)
# The people of three months are not three times the people: what is divided by them is not weighted over time.
WEIGHTED_OVER_TIME = WEIGHTED_OVER_AREAS - {Kind.RATE, Kind.PER_HEAD}
# Of these the numerator is a part of the denominator; a plain percentage may compare two numbers of any size.
PARTS_OF_A_WHOLE = frozenset({Kind.PROPORTION, Kind.SHARE, Kind.SERVICE_LEVEL, Kind.SURVEY})
WHOLE = Decimal(100)
PERCENTAGES = WEIGHTED_OVER_TIME | {Kind.SURVEY}


def may_aggregate(kind: Kind, rule: Aggregation, *, over_time: bool) -> bool:
    """Tell whether values of a kind may be put together by a rule. As supplied is always right."""
    if rule == Aggregation.ADD:
        return kind in ADDED
    if rule == Aggregation.WEIGHTED:
        return kind in (WEIGHTED_OVER_TIME if over_time else WEIGHTED_OVER_AREAS)
    return True


def usual_aggregation(kind: Kind, *, is_additive: bool) -> Aggregation:
    """Return the rule that an older definition means, which only says whether an indicator adds up."""
    if is_additive:
        return Aggregation.ADD
    return Aggregation.WEIGHTED if kind in WEIGHTED_OVER_TIME else Aggregation.SUPPLIED


def bounds(kind: Kind, amounts: Iterable[Decimal | None]) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and the most that a value can be, None where there is no such bound.

    Nothing that never was below zero is expected there. A part of a whole is at most 100 %; a plain percentage may
    compare two numbers of any size. A bound that one of the amounts has passed, be it by a fault of its source, is
    none.
    """
    held = [amount for amount in amounts if amount is not None]
    is_part = kind in PARTS_OF_A_WHOLE and all(amount <= WHOLE for amount in held)
    return Decimal(0) if all(amount >= 0 for amount in held) else None, WHOLE if is_part else None
