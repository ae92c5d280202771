"""Counts by day for the charts of days and weeks: cases as known at a data version, never kept and in no table.

One statement reads the partitions of the months that are drawn, whatever the number of charts and series. What a day
has is set against the month's own figure: where the days do not add up to it, nothing is drawn.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Min

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
from indicators.queries.case_series import CaseSeries, case_series
from indicators.queries.versions import held_at
from indicators.series import Series, Slot

# What a case was at a version is what its first later change kept, or what it is now where none followed: the rule of
# `case_history.as_known`, for many months at once. `current` are those of them that were not taken away and came again
# later; the others end before the version at which they came again.
HELD = """
    SELECT s.month, s.occurred_on, s.area_id, s.category_id, s.flags, s.key, s.ordinal, s.reference
    FROM indicators_case s
    WHERE s.force_id = %(force)s AND s.month = ANY(%(current)s) AND NOT EXISTS (
      SELECT 1 FROM indicators_casechange l WHERE l.force_id = s.force_id AND l.month = s.month AND l.key = s.key
        AND l.ordinal = s.ordinal AND l.version > %(version)s)
    UNION ALL
    SELECT month, occurred_on, area_id, category_id, flags, key, ordinal, reference FROM (
      SELECT DISTINCT ON (c.month, c.key, c.ordinal) c.* FROM indicators_casechange c
      JOIN unnest(%(months)s::date[], %(ends)s::int[]) AS m (month, ending) ON m.month = c.month
      WHERE c.force_id = %(force)s AND c.version > %(version)s AND c.version < m.ending
      ORDER BY c.month, c.key, c.ordinal, c.version
    ) l WHERE l.kind <> 'new'
"""
# Small areas are counted first: the district of a few thousand counts is looked up, not that of every row.
COUNTED = f"""
    SELECT c.month, c.day, CASE WHEN a.kind = 'small-area' THEN a.parent_id ELSE a.id END AS place, c.category_id,
           c.flags, sum(c.cases)::int, sum(c.distinct_cases)::int
    FROM (
      SELECT h.month, CASE WHEN date_trunc('month', h.occurred_on) = h.month THEN h.occurred_on END AS day,
             CASE WHEN %(by_area)s THEN h.area_id END AS area_id, h.category_id, h.flags, count(*) AS cases,
             count(*) FILTER (WHERE h.ordinal = 0 OR h.reference = '') AS distinct_cases
      FROM ({HELD}) h
      WHERE h.category_id = ANY(%(categories)s) AND NOT EXISTS (
        SELECT 1 FROM indicators_setaside o WHERE o.force_id = %(force)s AND o.month = h.month AND o.key = h.key
          AND o.ordinal = h.ordinal AND o.since_version <= %(version)s
          AND (o.until_version IS NULL OR o.until_version > %(version)s))
      GROUP BY 1, 2, 3, 4, 5
    ) c LEFT JOIN indicators_area a ON a.id = c.area_id
    GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608
NEVER = 2**31 - 1
Row = tuple[date, date | None, int | None, int, Sequence[int], int, int]


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
    rows = _rows(book, rules.values(), [month for month, is_there in known.items() if is_there], wanted)
    inside = _inside(book, wanted)
    for series, rule in rules.items():
        tally = _Tally({}, {})
        for month, day, place, category, flags, cases, distinct in rows:
            if month in wanted[series] and rule.counts(category, flags) and place in inside.get(series.area, {place}):
                tally.add(month, day, distinct if rule.is_distinct else cases)
        of_series = frozenset(month for month in wanted[series] if known.get(month))
        found[series] = _checked(book, series, DayCounts(tally.counts, of_series, tally.undated))
    return found


def _rules(wanted: Iterable[Series]) -> dict[Series, CaseSeries]:
    """Return how each series is counted from cases; those that are not are left out."""
    keys = dict(Indicator.objects.values_list("id", "key"))
    slugs = dict(BreakdownValue.objects.values_list("id", "slug"))
    known = {(keys[one.indicator_id], slugs.get(one.part_id or 0, "")): one for one in case_series()}
    return {one: known[one.indicator, one.part] for one in wanted if (one.indicator, one.part) in known}


def _rows(book: FigureBook, rules: Iterable[CaseSeries], months: Sequence[date], wanted: Iterable[Series]) -> list[Row]:
    if not months:
        return []
    again = CaseMonth.objects.filter(
        force_id=book.force_id, month__in=months, since_version__gt=book.version, is_attached=True
    )
    ends = dict(again.values_list("month").annotate(ending=Min("since_version")))
    given: dict[str, Any] = {
        "force": book.force_id,
        "version": book.version,
        "months": list(months),
        "current": [month for month in months if month not in ends],
        "ends": [ends.get(month, NEVER) for month in months],
        "categories": sorted(frozenset[int]().union(*(rule.categories for rule in rules))),
        "by_area": any(one.area for one in wanted),
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, given)
        return list(cursor.fetchall())


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
