"""What becomes of the values of a file once it is applied: which will be shown as figures, which only compared."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from indicators.choices import Statistic, Window
from indicators.formatting import counted
from indicators.kinds import Aggregation
from indicators.models.area import Area, Force
from indicators.models.indicator import Indicator
from indicators.models.observation import Observation
from indicators.periods import date_text, month_text
from indicators.readers.observations import ObservationRow

BY = {
    Window.MONTH: " by month",
    Window.QUARTER: " by quarter",
    Window.ROLLING_12: " of 12 months",
    Window.YEAR_TO_DATE: " of a financial year to date",
    Window.SNAPSHOT: " as at a day",
}
HELD_BY = {
    Window.MONTH: "by month",
    Window.QUARTER: "by quarter",
    Window.ROLLING_12: "by 12 months",
    Window.SNAPSHOT: "as at a day",
}
FIRST = "Kept as first published, beside the values as known now. No figure and no chart changes."
BESIDE = "Kept beside the values they speak of, and compared with them."
FORMULA = (
    "Not shown as figures: this measure is worked out from others. They are kept as control totals, and Reconciliation "
    "sets them against the numbers that are worked out."
)
ADDED = "Shown by month. Quarters, years to date and 12 months are {how}, wherever no month is missing."
WITHOUT_COUNTS = (
    "Shown by month only. No quarter and no 12 months follow: they would be worked out from numerators and "
    "denominators, and these are not given for every month."
)
MONTHS_ONLY = (
    "Shown by month only, in the chart of its months and in its whole history. No quarter and no 12 months follow: "
    "values of this measure are not put together over time. Load its quarters or 12 months as well, if a report is to "
    "print them."
)
OTHERS = {
    Window.QUARTER: "Shown by quarter. No year to date and no 12 months follow: these are made from months.",
    Window.ROLLING_12: "Shown as 12 months.",
    Window.YEAR_TO_DATE: "Shown as the financial year to date.",
    Window.SNAPSHOT: "Shown as at that day.",
}
AS_GIVEN = "Kept as given. Tables and texts show them where they ask for this very period."


def uses(force: Force, rows: Sequence[ObservationRow]) -> list[dict[str, Any]]:
    """Return for each measure of a file {"key", "name", "lines": [{"values", "words"}]}. Three queries."""
    keys = {row.indicator for row in rows}
    indicators = Indicator.objects.filter(key__in=keys).select_related("case_rule", "formula").order_by("name")
    shared = set(Area.objects.filter(force__isnull=True).values_list("slug", flat=True))
    held = _held(force, keys)
    of_indicator: dict[str, list[ObservationRow]] = defaultdict(list)
    for row in rows:
        of_indicator[row.indicator].append(row)
    found = []
    for indicator in indicators:
        counted_months = _with_counts(of_indicator[indicator.key])
        lines: dict[tuple[str, Window], list[ObservationRow]] = defaultdict(list)
        for row in of_indicator[indicator.key]:
            words = _fate(row, indicator, held[indicator.key], counted_months, is_shared=row.area in shared)
            lines[words, row.window].append(row)
        shown = [{"values": _values(some), "words": words} for (words, _), some in lines.items()]
        found.append({"key": indicator.key, "name": indicator.name, "lines": shown})
    return found


def _held(force: Force, keys: set[str]) -> dict[str, set[Window]]:
    """Return in which windows current values of indicators are held."""
    held: dict[str, set[Window]] = defaultdict(set)
    rows = Observation.objects.filter(
        force=force, indicator__key__in=keys, until_version__isnull=True, statistic=Statistic.LEVEL
    )
    for key, window in rows.values_list("indicator__key", "window").distinct():
        held[key].add(Window(window))
    return held


def _with_counts(rows: Sequence[ObservationRow]) -> set[tuple[str, str]]:
    """Return the series (part, area) whose every month has a numerator and a denominator."""
    months = [row for row in rows if row.window is Window.MONTH and row.value is not None]
    without = {(row.part, row.area) for row in months if row.numerator is None or row.denominator is None}
    return {(row.part, row.area) for row in months} - without


def _fate(
    row: ObservationRow, indicator: Indicator, held: set[Window], with_counts: set[tuple[str, str]], *, is_shared: bool
) -> str:
    """Say what becomes of one value."""
    rule = getattr(indicator, "case_rule", None)
    if row.statistic is Statistic.FIRST_PUBLISHED:
        return FIRST
    if row.statistic is not Statistic.LEVEL:
        return BESIDE
    if hasattr(indicator, "formula"):
        return FORMULA
    if rule and not is_shared and row.start is not None and row.start >= rule.starts_on:
        return (
            f"Not shown as figures: from {date_text(rule.starts_on)} on, this measure is counted from cases. They are "
            "kept as control totals, and Reconciliation sets them against the counted numbers."
        )
    if row.window is not Window.MONTH:
        return OTHERS.get(row.window, AS_GIVEN)
    if indicator.over_time == Aggregation.ADD:
        return ADDED.format(how="added up from them")
    if indicator.over_time == Aggregation.WEIGHTED:
        has_counts = (row.part, row.area) in with_counts or row.value is None
        return ADDED.format(how="worked out from their numerators and denominators") if has_counts else WITHOUT_COUNTS
    other = [words for window, words in HELD_BY.items() if window in held - {Window.MONTH}]
    return f"{MONTHS_ONLY} So far it is held {' and '.join(other)}." if other else MONTHS_ONLY


def _values(rows: Sequence[ObservationRow]) -> str:
    """Say how many values of one kind there are, and from when to when; apart from these, what has no value."""
    with_value = [row for row in rows if row.value is not None]
    said = []
    if with_value:
        said.append(f"{counted(len(with_value), 'value')}{BY.get(rows[0].window, '')}{_span(with_value)}")
    for status in dict.fromkeys(row.status for row in rows if row.value is None):
        without = [row for row in rows if row.value is None and row.status is status]
        what = f"{counted(len(without), 'period')} without a value ({status.value.replace('-', ' ')})"
        said.append(f"{what}{_span(without)}")
    return "; ".join(said)


def _span(rows: Sequence[ObservationRow]) -> str:
    ends = sorted(row.end for row in rows if row.end is not None)
    if not ends:
        return ""
    first, last = month_text(ends[0]), month_text(ends[-1])
    return f", {first}" if first == last else f", {first} to {last}"
