"""Cells: how many cases stand in each month × district × category × set of flags, by rows and by identifiers.

Counted once from a staged table by one GROUP BY, and written where they differ from what is held.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.db.models import Q, Sum

from indicators.actions import case_tables
from indicators.actions.case_tables import Place
from indicators.choices import AreaKind
from indicators.models.case import StagedCell
from indicators.models.data_import import DataImport

COLUMNS = "month, area_id, category_id, flags, cases, distinct_cases, set_aside"
COUNTS = ("cases", "distinct_cases", "set_aside")
DISTRICT = "CASE WHEN a.kind = 'small-area' THEN a.parent_id ELSE a.id END"
# Rows without an identifier are never taken for each other; of those that share one, the first in rank counts.
# Small areas are counted first: the district of a few thousand counts is looked up, not that of every row.
GROUPED = f"""
    SELECT s.month, {DISTRICT} AS area_id, s.category_id, s.flags, sum(s.cases)::int AS cases,
           sum(s.distinct_cases)::int AS distinct_cases, 0 AS set_aside
    FROM (
      SELECT month, area_id, category_id, flags, count(*) AS cases,
             count(*) FILTER (WHERE ordinal = 0 OR reference = '') AS distinct_cases
      FROM {{table}} GROUP BY 1, 2, 3, 4
    ) s JOIN indicators_area a ON a.id = s.area_id
    GROUP BY 1, 2, 3, 4
"""  # noqa: S608
# Cases that two people have set aside stay among the rows, and out of every count.
IN_FORCE = "o.since_version IS NOT NULL AND o.until_version IS NULL"
HELD = f"""
    SELECT s.month, {DISTRICT} AS area_id, s.category_id, s.flags, (count(*) - count(o.id))::int AS cases,
           (count(*) FILTER (WHERE o.id IS NULL AND (s.ordinal = 0 OR s.reference = '')))::int AS distinct_cases,
           count(o.id)::int AS set_aside
    FROM {{table}} s JOIN indicators_area a ON a.id = s.area_id
    LEFT JOIN indicators_setaside o ON o.force_id = s.force_id AND o.month = s.month AND o.key = s.key
      AND o.ordinal = s.ordinal AND {IN_FORCE}
    GROUP BY 1, 2, 3, 4
"""  # noqa: S608
NOTHING_HELD = f"SELECT * FROM ({HELD.format(table='indicators_case')}) nothing WHERE false"  # noqa: S608
SAME = (
    "c.force_id = %(force)s AND c.until_version IS NULL AND c.month = n.month AND c.area_id = n.area_id "
    "AND c.category_id = n.category_id AND c.flags = n.flags"
)
EQUAL = " AND ".join(f"c.{name} = n.{name}" for name in COUNTS)


def count_staged(cursor: CursorWrapper, import_id: int, table: str) -> None:
    """Count a staged month into the import's own cells."""
    cursor.execute(
        f"INSERT INTO indicators_stagedcell (data_import_id, {COLUMNS}) "  # noqa: S608
        f"SELECT {int(import_id)}, counted.* FROM ({GROUPED.format(table=table)}) counted"
    )


def staged_facts(data_import: DataImport, place: Place) -> dict[str, int]:
    """Add up what a person should know of a staged month."""
    counted = StagedCell.objects.filter(data_import=data_import, month=place.month)
    facts = counted.aggregate(
        distinct_rows=Sum("distinct_cases"),
        unlocated=Sum("cases", filter=Q(area__kind=AreaKind.UNLOCATED)),
        outside=Sum("cases", filter=Q(area__kind=AreaKind.OUTSIDE)),
    )
    return {name: number or 0 for name, number in facts.items()}


def take_staged(cursor: CursorWrapper, data_import: DataImport, version: int, months: Sequence[date]) -> None:
    """Make the cells that an import has staged the current ones of its months."""
    staged = (
        f"SELECT {COLUMNS} FROM indicators_stagedcell "  # noqa: S608
        f"WHERE data_import_id = {int(data_import.pk)} AND month = ANY(%(months)s)"
    )
    _write(cursor, data_import.force_id, version, months, staged)


def recount(cursor: CursorWrapper, force_id: int, version: int, months: Sequence[date]) -> None:
    """Count months anew from the rows that are held, without those set aside."""
    _write(cursor, force_id, version, months, held(cursor, force_id, months))


def held(cursor: CursorWrapper, force_id: int, months: Sequence[date]) -> str:
    """Return the SELECT that counts months from the rows that are held.

    Each month's table is named: asked for by month, the database would take a fresh table for almost empty, and sort.
    """
    tables = [Place(force_id, month).table for month in months]
    present = [table for table in tables if case_tables.exists(cursor, table)]
    return " UNION ALL ".join(f"({HELD.format(table=table)})" for table in present) or NOTHING_HELD


def _write(cursor: CursorWrapper, force_id: int, version: int, months: Sequence[date], counted: str) -> None:
    """Make the rows of the SELECT `counted` the current cells of the months; equal cells write nothing."""
    values: dict[str, Any] = {"force": force_id, "version": version, "months": list(months)}
    for statement in _statements(counted):
        cursor.execute(statement, values)


def _statements(counted: str) -> Iterator[str]:
    yield f"CREATE TEMPORARY TABLE counted ON COMMIT DROP AS {counted}"
    yield f"""
        UPDATE indicators_casecell c SET until_version = %(version)s
        WHERE c.force_id = %(force)s AND c.until_version IS NULL AND c.month = ANY(%(months)s)
          AND NOT EXISTS (SELECT 1 FROM counted n WHERE {SAME} AND {EQUAL})
    """  # noqa: S608
    yield f"""
        INSERT INTO indicators_casecell (force_id, since_version, {COLUMNS})
        SELECT %(force)s, %(version)s, {COLUMNS} FROM counted n
        WHERE NOT EXISTS (SELECT 1 FROM indicators_casecell c WHERE {SAME})
    """  # noqa: S608
    yield "DROP TABLE counted"


def differences(cursor: CursorWrapper, force_id: int, months: Sequence[date]) -> int:
    """Count the current cells of these months that a recount would change; writes nothing."""
    cursor.execute(
        f"""
        SELECT count(*) FROM ({held(cursor, force_id, months)}) n
        FULL JOIN (SELECT * FROM indicators_casecell
                   WHERE force_id = %(force)s AND until_version IS NULL AND month = ANY(%(months)s)) c
          USING (month, area_id, category_id, flags)
        WHERE n.cases IS NULL OR c.cases IS NULL OR NOT ({EQUAL})
        """,  # noqa: S608
        {"force": force_id, "months": list(months)},
    )
    return int(cursor.fetchone()[0])


def has_set_aside(cursor: CursorWrapper, force_id: int, months: Sequence[date]) -> bool:
    """Tell whether any case of these months is set aside."""
    cursor.execute(
        f"SELECT EXISTS (SELECT 1 FROM indicators_setaside o WHERE force_id = %s AND month = ANY(%s) AND {IN_FORCE})",  # noqa: S608
        [force_id, list(months)],
    )
    return bool(cursor.fetchone()[0])
