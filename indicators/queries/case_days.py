"""Cases counted by day, as known at a data version: never kept, and only of the months that are asked for.

One statement reads the partitions of these months, whatever the number of series.
"""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Min

from indicators.models.case import CaseMonth

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
           c.flags, sum(c.cases)::int, sum(c.distinct_cases)::int, sum(c.set_aside)::int
    FROM (
      SELECT h.month, CASE WHEN date_trunc('month', h.occurred_on) = h.month THEN h.occurred_on END AS day,
             CASE WHEN %(by_area)s THEN h.area_id END AS area_id, h.category_id, h.flags,
             count(*) FILTER (WHERE o.id IS NULL) AS cases,
             count(*) FILTER (WHERE o.id IS NULL AND (h.ordinal = 0 OR h.reference = '')) AS distinct_cases,
             count(o.id) AS set_aside
      FROM ({HELD}) h
      LEFT JOIN indicators_setaside o ON o.force_id = %(force)s AND o.month = h.month AND o.key = h.key
        AND o.ordinal = h.ordinal AND o.since_version <= %(version)s
        AND (o.until_version IS NULL OR o.until_version > %(version)s)
      WHERE h.category_id = ANY(%(categories)s)
      GROUP BY 1, 2, 3, 4, 5
    ) c LEFT JOIN indicators_area a ON a.id = c.area_id
    GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608
NEVER = 2**31 - 1


class DayRow(NamedTuple):
    """Cases of one day, place, kind and set of flags. No day: the case has none in its month; no place: not asked."""

    month: date
    day: date | None
    place: int | None
    category: int
    flags: list[int]
    cases: int
    distinct: int
    set_aside: int


def counted_by_day(
    force_id: int, version: int, months: Collection[date], categories: Collection[int], *, by_area: bool
) -> list[DayRow]:
    """Count the cases of some months and categories, by district where that is asked for. Two queries."""
    if not months:
        return []
    again = CaseMonth.objects.filter(force_id=force_id, month__in=months, since_version__gt=version, is_attached=True)
    ends = dict(again.values_list("month").annotate(ending=Min("since_version")))
    given: dict[str, Any] = {
        "force": force_id,
        "version": version,
        "months": list(months),
        "current": [month for month in months if month not in ends],
        "ends": [ends.get(month, NEVER) for month in months],
        "categories": sorted(categories),
        "by_area": by_area,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, given)
        return [DayRow(*row) for row in cursor.fetchall()]
