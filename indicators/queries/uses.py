"""What becomes of the values of a file once it is applied: which will be shown as figures, which only compared."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from indicators.choices import Statistic, Window
from indicators.formatting import counted
from indicators.kinds import Aggregation
from indicators.models.area import Area, Force
from indicators.models.breakdown import BreakdownValue
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
    "No quarter and no 12 months follow: they would be worked out from numerators and denominators, and these are not "
    "given."
)
NOT_PUT_TOGETHER = (
    "No quarter and no 12 months follow: values of this measure are not put together over time. Load its quarters or "
    "12 months as well, if a report is to print them."
)
BESIDE_MONTHS = "Nothing longer is worked out from them: {} stand in this file as well, and are shown as given."
IN_PLACE = "For the same period they stand in place of what its months would give."
SHOWN = {
    Window.QUARTER: "Shown by quarter.",
    Window.ROLLING_12: "Shown as 12 months.",
    Window.YEAR_TO_DATE: "Shown as the financial year to date.",
    Window.SNAPSHOT: "Shown as at that day.",
}
NO_MONTHS = "No year to date and no 12 months follow: these are made from months."
AS_GIVEN = "Kept as given. Tables and texts show them where they ask for this very period."
LONGER = {Window.QUARTER: "quarters", Window.YEAR_TO_DATE: "years to date", Window.ROLLING_12: "12 months"}
NAMED = 3  # series of a measure are named in one line

Series = tuple[str, str, str]  # indicator, part, area


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of one measure beside a row: the windows it has in the file and in what is held, and more.

    `counted`: of each series of which a month has numerator and denominator, how many months lack one. `shared`: areas
    of no force.
    """

    in_file: Collection[Window]
    held: Collection[Window]
    counted: Mapping[Series, int]
    shared: Collection[str]


def uses(force: Force, rows: Sequence[ObservationRow]) -> list[dict[str, Any]]:
    """Return for each measure of a file {"key", "name", "lines": [{"values", "words"}]}. Five queries."""
    keys = {row.indicator for row in rows}
    indicators = Indicator.objects.filter(key__in=keys).select_related("case_rule", "formula").order_by("name")
    named = Area.objects.filter(Q(force=force) | Q(force__isnull=True), slug__in={row.area for row in rows})
    areas, parts = {one.slug: one for one in named}, _parts(rows)
    shared = {slug for slug, area in areas.items() if area.force_id is None}
    held, with_counts = _held(force, keys), _counted(force, rows)
    of_indicator: dict[str, list[ObservationRow]] = defaultdict(list)
    for row in rows:
        of_indicator[row.indicator].append(row)
    found = []
    for indicator in indicators:
        own = of_indicator[indicator.key]
        in_file = {row.window for row in own if row.value is not None and row.statistic is Statistic.LEVEL}
        known = _Known(in_file, held[indicator.key], with_counts, shared)
        lines: dict[tuple[str, Window], list[ObservationRow]] = defaultdict(list)
        for row in own:
            lines[_fate(row, indicator, known), row.window].append(row)
        names = {one: _name(one, areas, parts.get(indicator.breakdown_id, {})) for one in map(_series, own)}
        shown = [
            {"values": f"{_of_which(some, own, names)}{_values(some)}", "words": words}
            for (words, _), some in lines.items()
        ]
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


def _counted(force: Force, rows: Sequence[ObservationRow]) -> dict[Series, int]:
    """Return the series that have months with numerator and denominator, in a file or held beside it.

    With each, how many of its months have a value and lack one of the two: what these are part of is not worked out.
    """
    months = [row for row in rows if row.window is Window.MONTH and row.statistic is Statistic.LEVEL]
    lacks = [(_series(row), None in (row.numerator, row.denominator)) for row in months if row.value is not None]
    replaced = {(*_series(row), row.end) for row in months}
    held = Observation.objects.filter(
        force=force, indicator__key__in={row.indicator for row in months}, indicator__over_time=Aggregation.WEIGHTED,
        window=Window.MONTH, statistic=Statistic.LEVEL, until_version__isnull=True, value__isnull=False,
    )  # fmt: skip
    fields = ("indicator__key", "part__slug", "area__slug", "end", "numerator", "denominator")
    for key, part, area, end, above, below in held.values_list(*fields):
        if (key, part or "", area, end) not in replaced:
            lacks.append(((key, part or "", area), None in (above, below)))
    found = {series: 0 for series, lacking in lacks if not lacking}
    for series, lacking in lacks:
        if lacking and series in found:
            found[series] += 1
    return found


def _series(row: ObservationRow) -> Series:
    return row.indicator, row.part, row.area


def _parts(rows: Sequence[ObservationRow]) -> dict[int | None, dict[str, str]]:
    """Return the names of the parts of a file, by their breakdown."""
    parts: dict[int | None, dict[str, str]] = defaultdict(dict)
    slugs = {row.part for row in rows if row.part}
    for breakdown_id, slug, name in BreakdownValue.objects.filter(slug__in=slugs).values_list(
        "breakdown_id", "slug", "name"
    ):
        parts[breakdown_id][slug] = name
    return parts


def _name(series: Series, areas: Mapping[str, Area], parts: Mapping[str, str]) -> str:
    _, part, area = series
    place = areas[area].name if area in areas else area
    return f"{parts.get(part, part)}, {place}" if part else place


def _fate(row: ObservationRow, indicator: Indicator, known: _Known) -> str:
    """Say what becomes of one value."""
    rule = getattr(indicator, "case_rule", None)
    if row.statistic is Statistic.FIRST_PUBLISHED:
        return FIRST
    if row.statistic is not Statistic.LEVEL:
        return BESIDE
    if hasattr(indicator, "formula"):
        return FORMULA
    if rule and row.area not in known.shared and row.start is not None and row.start >= rule.starts_on:
        return (
            f"Not shown as figures: from {date_text(rule.starts_on)} on, this measure is counted from cases. They are "
            "kept as control totals, and Reconciliation sets them against the counted numbers."
        )
    return _of_month(row, indicator, known) if row.window is Window.MONTH else _of_longer(row, indicator, known)


def _of_longer(row: ObservationRow, indicator: Indicator, known: _Known) -> str:
    """Say what becomes of a value that is not one of a month."""
    if row.window not in LONGER:
        return SHOWN.get(row.window, AS_GIVEN)
    if not {Window.MONTH} & {*known.in_file, *known.held}:
        return f"{SHOWN[row.window]} {NO_MONTHS}" if row.window is Window.QUARTER else SHOWN[row.window]
    is_made = indicator.over_time != Aggregation.SUPPLIED
    return f"{SHOWN[row.window]} {IN_PLACE}" if is_made else SHOWN[row.window]


def _of_month(row: ObservationRow, indicator: Indicator, known: _Known) -> str:
    """Say what becomes of the value of a month, and whether anything longer is made from it."""
    if indicator.over_time == Aggregation.ADD:
        return ADDED.format(how="added up from them")
    is_weighted = indicator.over_time == Aggregation.WEIGHTED
    if is_weighted and _series(row) in known.counted:
        lacking = known.counted[_series(row)]
        some = counted(lacking, "month lacks", "months lack")
        but = f" {some} one of the two: what holds such a month is not available." if lacking else ""
        return f"{ADDED.format(how='worked out from their numerators and denominators')}{but}"
    longer = [words for window, words in LONGER.items() if window in known.in_file]
    if longer:
        return f"Shown by month. {BESIDE_MONTHS.format(' and '.join(longer))}"
    if is_weighted:
        return f"Shown by month only. {WITHOUT_COUNTS}"
    other = [words for window, words in HELD_BY.items() if window in known.held and window is not Window.MONTH]
    so_far = f" So far it is held {' and '.join(other)}." if other else ""
    return f"Shown by month only, in the chart of its months and in its whole history. {NOT_PUT_TOGETHER}{so_far}"


def _of_which(rows: Sequence[ObservationRow], own: Sequence[ObservationRow], named: Mapping[Series, str]) -> str:
    """Name the parts and areas whose values these are, where others of the measure and window fare otherwise."""
    series = dict.fromkeys(map(_series, rows))
    if not {_series(row) for row in own if row.window is rows[0].window} - series.keys():
        return ""
    names = [named[one] for one in series]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{'; '.join(names[:NAMED])}{more}: "


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
    to = "and" if len(ends) == 2 else "to"
    return f", {first}" if first == last else f", {first} {to} {last}"
