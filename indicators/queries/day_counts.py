"""Counts by day for the charts of days and weeks: cases as known at a data version, never kept and in no table.

What a day has is set against the month's own figure: where the days do not add up to it, nothing is drawn.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from indicators.choices import PLACES, Window
from indicators.days import NO_DAYS, DayCounts, months_of
from indicators.exhibits.charting_days import KIND, wanted_days
from indicators.exhibits.shown import Definition
from indicators.figures import FigureBook
from indicators.models.area import Area
from indicators.models.breakdown import BreakdownValue
from indicators.models.case import CaseMonth
from indicators.models.indicator import Indicator
from indicators.periods import first_of_month, month_end, month_text
from indicators.queries.case_days import counted_by_day
from indicators.queries.case_series import CaseSeries, case_series
from indicators.queries.versions import held_at
from indicators.series import Series, Slot


@dataclass(slots=True)
class _Tally:
    counts: dict[date, int]
    undated: dict[date, int]

    def add(self, month: date, day: date | None, number: int) -> None:
        key, held = (month, self.undated) if day is None else (day, self.counts)
        held[key] = held.get(key, 0) + number


def with_days(book: FigureBook, definitions: Iterable[Definition]) -> FigureBook:
    """Return the book with the days that these definitions draw.

    No query without such a chart, and the same few for any number of them.
    """
    asked = [one for one in definitions if isinstance(one, Mapping) and one.get("kind") == KIND]
    wanted: dict[Series, set[date]] = {}
    for definition in asked:
        for series, spans in wanted_days(definition, book):
            wanted.setdefault(series, set()).update(months_of(spans))
    if not wanted or not book.force_id:
        return book
    return replace(book, days=_days(book, wanted))


def _days(book: FigureBook, wanted: Mapping[Series, set[date]]) -> dict[Series, DayCounts]:
    rules = _rules(wanted)
    found = {one: DayCounts(reason=NO_DAYS) for one in wanted if one not in rules}
    months = sorted(set().union(*wanted.values()))
    held = CaseMonth.objects.filter(held_at(book.version), force_id=book.force_id, month__in=months)
    known = {one.month: one.rows_removed_at is None for one in held}
    categories = frozenset[int]().union(*(rule.categories for rule in rules.values()))
    there = [month for month, is_there in known.items() if is_there]
    rows = counted_by_day(book.force_id, book.version, there, categories, by_area=any(one.area for one in wanted))
    inside = _inside(book, wanted)
    for series, rule in rules.items():
        tally = _Tally({}, {})
        for row in rows:
            is_inside = row.place in inside.get(series.area, {row.place})
            if is_inside and row.month in wanted[series] and rule.counts(row.category, row.flags):
                tally.add(row.month, row.day, row.distinct if rule.is_distinct else row.cases)
        of_series = frozenset(month for month in wanted[series] if known.get(month))
        found[series] = _checked(book, series, DayCounts(tally.counts, of_series, tally.undated))
    return found


def _rules(wanted: Iterable[Series]) -> dict[Series, CaseSeries]:
    """Return how each series is counted from cases; those that are not are left out."""
    keys = dict(Indicator.objects.values_list("id", "key"))
    slugs = dict(BreakdownValue.objects.values_list("id", "slug"))
    known = {(keys[one.indicator_id], slugs.get(one.part_id or 0, "")): one for one in case_series()}
    return {one: known[one.indicator, one.part] for one in wanted if (one.indicator, one.part) in known}


def _inside(book: FigureBook, wanted: Iterable[Series]) -> dict[str, set[int]]:
    """Return the districts of each area that is drawn; the force itself is not among them."""
    slugs = {one.area for one in wanted if one.area}
    if not slugs:
        return {}
    rows = Area.objects.filter(force_id=book.force_id, kind__in=PLACES).values_list("id", "slug", "parent__slug")
    return {slug: {pk for pk, own, parent in rows if slug in {own, parent}} for slug in slugs}


def _checked(book: FigureBook, series: Series, found: DayCounts) -> DayCounts:
    """Refuse days that do not add up to the figures of their months, or of which there are none."""
    if sum(found.undated.values()) and not found.counts:
        return DayCounts(reason=NO_DAYS)
    months = set()
    for month in sorted(found.months):
        value = book.values.get(series, {}).get(Slot(Window.MONTH, month_end(month)))
        if value is None or value.amount is None:
            continue  # a month without a figure has no days either
        days = sum(number for day, number in found.counts.items() if first_of_month(day) == month)
        added = days + found.undated.get(month, 0)
        if value.amount != added:
            words = f"the days of {month_text(month)} add up to {added:,}, and the month's figure is {value.amount:,f}"
            return DayCounts(reason=words)
        months.add(month)
    return replace(found, months=frozenset(months))
