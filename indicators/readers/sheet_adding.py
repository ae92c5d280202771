"""Whether what a total of a wide sheet stands for may be put together, and in plain words why not."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from indicators.choices import Kind, Window
from indicators.kinds import ADDED, Aggregation
from indicators.periods import Period, month_range
from indicators.readers.sheet_layouts import Adding, Holds, Meaning, SheetLookups

KINDS_IN_WORDS = {
    Kind.COUNT: "a count",
    Kind.PERCENTAGE: "a percentage",
    Kind.MEAN: "a mean",
    Kind.MEDIAN: "a median",
    Kind.MONEY: "a sum of money",
    Kind.PROPORTION: "a proportion",
    Kind.SHARE: "a share",
    Kind.SERVICE_LEVEL: "a service level",
    Kind.SURVEY: "a survey percentage",
    Kind.RATE: "a rate",
    Kind.PER_HEAD: "an average per head",
}
# What these are divided by are the same people in every month.
_OF_PEOPLE = frozenset({Kind.RATE, Kind.PER_HEAD})
_MONTHS_OF_A_YEAR = 12


class Addend(NamedTuple):
    """One value that a total puts together: of what it is, and of when (None: its period is not known)."""

    meaning: Meaning
    period: Period | None


Rule = tuple[Aggregation, str]


def rule_of(addends: Iterable[Addend], known: SheetLookups) -> Rule:
    """Return how a total follows from what it puts together: added up, or weighted by numerators and denominators.

    Where it does not, (SUPPLIED, why), as the end of a sentence: "the months of a percentage do not add up to a year".
    """
    periods: dict[Meaning, list[Period | None]] = defaultdict(list)
    for one in addends:
        periods[one.meaning].append(one.period)
    rules = [_over_rows(list(periods), known)] if len(periods) > 1 else []
    rules += [_over_time(meaning, found, known) for meaning, found in periods.items() if len(found) > 1]
    refused = next((rule for rule in rules if rule[0] is Aggregation.SUPPLIED), None)
    weighted = next((rule for rule in rules if rule[0] is Aggregation.WEIGHTED), None)
    return refused or weighted or (Aggregation.ADD, "")


def _over_time(meaning: Meaning, periods: Sequence[Period | None], known: SheetLookups) -> Rule:
    """Return how the values of one row follow from those of its periods."""
    adding = known.adding.get(meaning.indicator) or Adding(Kind.COUNT)
    if why := _overlap(periods):
        return Aggregation.SUPPLIED, why
    if meaning.holds is Holds.NUMERATOR:
        return Aggregation.ADD, ""
    if meaning.holds is Holds.DENOMINATOR:
        if adding.kind not in _OF_PEOPLE:
            return Aggregation.ADD, ""
        whose = KINDS_IN_WORDS[adding.kind]
        return (
            Aggregation.SUPPLIED,
            f"the denominators of {whose} are the same people each month, and do not add up",
        )
    if adding.over_time is not Aggregation.SUPPLIED and adding.kind in ADDED:
        return Aggregation.ADD, ""
    if adding.kind in ADDED:
        name = known.names.get(meaning.indicator, meaning.indicator)
        return Aggregation.SUPPLIED, f"“{name}” is not added up over time: its reference sheet says “as supplied only”"
    why = f"the {_spans(periods)} of {KINDS_IN_WORDS[adding.kind]} do not add up to {_whole(periods)}"
    return adding.over_time, why


def _overlap(periods: Sequence[Period | None]) -> str:
    """Say why periods cannot be added whatever is measured: they share days, or are no stretch of time."""
    spans = [one for one in periods if one is not None and one.start is not None and one.end is not None]
    if len(spans) < len(periods):
        return "values as at a day do not add up over time"
    days = sorted((one.start, one.end) for one in spans if one.start and one.end)
    if all(before[1] < after[0] for before, after in pairwise(days)):
        return ""
    if all(one.window is Window.ROLLING_12 for one in spans):
        return "values of 12 months share months with each other, and do not add up"
    return "the periods that it stands over share days, and do not add up"


def _spans(periods: Sequence[Period | None]) -> str:
    windows = {one.window for one in periods if one is not None}
    if windows == {Window.MONTH}:
        return "months"
    return "quarters" if windows == {Window.QUARTER} else "periods"


def _whole(periods: Sequence[Period | None]) -> str:
    starts = [one.start for one in periods if one is not None and one.start is not None]
    ends = [one.end for one in periods if one is not None and one.end is not None]
    return "a year" if len(month_range(min(starts), max(ends))) == _MONTHS_OF_A_YEAR else "one value"


def _over_rows(meanings: Sequence[Meaning], known: SheetLookups) -> Rule:
    """Return how the values of several rows in one column are put together."""
    first, adding = meanings[0], {one.indicator: known.adding.get(one.indicator) for one in meanings}
    kinds = {one.kind if one else Kind.COUNT for one in adding.values()}
    units = {(one.unit if one else None, meaning.factor) for meaning in meanings for one in [adding[meaning.indicator]]}
    if len({one.holds for one in meanings}) > 1:
        return Aggregation.SUPPLIED, "its rows hold different things: values, numerators or denominators"
    if len(units) > 1:
        return Aggregation.SUPPLIED, "its rows are in different units"
    if why := _overlapping_rows(meanings, known):
        return Aggregation.SUPPLIED, why
    if first.holds is not Holds.LEVEL or kinds <= ADDED:
        return Aggregation.ADD, ""
    same, own = adding[first.indicator], KINDS_IN_WORDS[next(iter(kinds - ADDED))]
    if len(adding) == 1 and same:
        if kinds == {Kind.SHARE} and len({one.area for one in meanings}) == 1 and all(one.part for one in meanings):
            return Aggregation.ADD, ""  # the shares of parts that exclude each other, of one whole
        if len({one.part for one in meanings}) == 1:
            return same.over_areas, f"the areas of {own} do not add up to one value"
    return Aggregation.SUPPLIED, f"the rows of {own} do not add up to one value"


def _overlapping_rows(meanings: Sequence[Meaning], known: SheetLookups) -> str:
    """Say why rows of one measure must not be added: its areas or its parts are not apart."""
    areas: dict[tuple[str, str], set[str]] = defaultdict(set)
    parts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in meanings:
        areas[one.indicator, one.part].add(one.area)
        parts[one.indicator, one.area].add(one.part)
    for (indicator, _), found in areas.items():
        adding = known.adding.get(indicator)
        if len(found) > 1 and adding and adding.kind in ADDED and adding.over_areas is Aggregation.SUPPLIED:
            return f"“{known.names[indicator]}” is not added up over areas: its reference sheet says “as supplied only”"
    for (indicator, _), found in parts.items():
        adding = known.adding.get(indicator)
        if len(found - {""}) > 1 and adding and not adding.has_exclusive_parts:
            return f"the parts of “{known.names[indicator]}” may overlap, and do not add up"
    return ""
