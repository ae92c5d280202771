"""Writing the current values: compared set-based with what is stored, and only differences are written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from indicators.models.area import Force
from indicators.models.data_version import DataVersion

COLUMNS = (
    'indicator_id, part_id, area_id, "window", start, "end", reported_for, value, numerator, denominator, missing, '
    "status, basis, qualifier, period_printed, note, source_id, caution"
)
NAMES = [name.strip().strip('"') for name in COLUMNS.split(",")]
SAME_KEY = (
    "a.indicator_id = n.indicator_id AND coalesce(a.part_id, 0) = coalesce(n.part_id, 0) AND a.area_id = n.area_id "
    "AND a.\"window\" = n.\"window\" AND coalesce(a.start, '-infinity') = coalesce(n.start, '-infinity') "
    "AND coalesce(a.\"end\", '-infinity') = coalesce(n.\"end\", '-infinity') AND a.reported_for = n.reported_for"
)
SAME_VALUES = " AND ".join(
    f"a.{column} IS NOT DISTINCT FROM n.{column}"
    for column in (
        "value", "numerator", "denominator", "missing", "status", "basis", "qualifier", "period_printed", "note",
        "source_id", "caution",
    )
)  # fmt: skip
CURRENT = "a.force_id = %(force)s AND a.until_version IS NULL"

NULL = r"\N"

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the current values within a scope ought to be.

    A row is a tuple in the order of COLUMNS; many may come as one text of lines for COPY.
    `scope` is an SQL condition on `a` with the parameters `values`: what is in scope and not in rows is not current.
    `place`, wider, is where another current value of the same key can stand. `ends`: the days between which all of its
    periods end, where they do.
    """

    rows: Iterable[Row | str]
    scope: str
    place: str
    values: dict[str, object]
    ends: tuple[date, date] | None = None


def write(force: Force, version: DataVersion, wanted: Wanted) -> None:
    """Make what is wanted the current values within its scope; unchanged values write nothing."""
    bound: dict[str, Any] = {**wanted.values, "force": force.pk, "version": version.number}
    with connection.cursor() as cursor:
        if not _holds(cursor, wanted, bound):
            _copy(cursor, f"indicators_aggregate (force_id, since_version, {COLUMNS})", _begun(wanted.rows, bound))
            return
        _load(cursor, wanted.rows)
        cursor.execute(
            f"UPDATE indicators_aggregate a SET until_version = %(version)s WHERE {CURRENT} AND {wanted.scope} "  # noqa: S608
            f"AND NOT EXISTS (SELECT 1 FROM fresh n WHERE {SAME_KEY} AND {SAME_VALUES})",
            bound,
        )
        cursor.execute(
            f"INSERT INTO indicators_aggregate (force_id, since_version, {COLUMNS}) "  # noqa: S608
            f"SELECT %(force)s, %(version)s, {COLUMNS} FROM fresh n "
            "WHERE NOT EXISTS (SELECT 1 FROM indicators_aggregate a "
            f"WHERE {CURRENT} AND {wanted.place} AND {SAME_KEY})",
            bound,
        )
        cursor.execute("DROP TABLE fresh")


def compare(force: Force, wanted: Wanted) -> int:
    """Count the rows in which the current values differ from what is wanted."""
    bound: dict[str, Any] = {**wanted.values, "force": force.pk}
    with connection.cursor() as cursor:
        _load(cursor, wanted.rows)
        cursor.execute(
            f"""
            SELECT (SELECT count(*) FROM indicators_aggregate a WHERE {CURRENT} AND {wanted.scope}
                    AND NOT EXISTS (SELECT 1 FROM fresh n WHERE {SAME_KEY} AND {SAME_VALUES}))
                 + (SELECT count(*) FROM fresh n WHERE NOT EXISTS (
                      SELECT 1 FROM indicators_aggregate a WHERE {CURRENT} AND {SAME_KEY} AND {SAME_VALUES}))
            """,  # noqa: S608
            bound,
        )
        (count,) = cursor.fetchone()
        cursor.execute("DROP TABLE fresh")
    return int(count)


def _load(cursor: CursorWrapper, rows: Iterable[Row | str]) -> None:
    """Send rows into a table of this transaction alone."""
    cursor.execute(
        f"CREATE TEMPORARY TABLE fresh ON COMMIT DROP AS SELECT {COLUMNS} FROM indicators_aggregate WITH NO DATA"  # noqa: S608
    )
    _copy(cursor, f"fresh ({COLUMNS})", rows)
    cursor.execute("ANALYZE fresh")


def _holds(cursor: CursorWrapper, wanted: Wanted, bound: dict[str, Any]) -> bool:
    """Tell whether there is anything to compare with; a first load has nothing, and is written as it comes."""
    held = f"SELECT 1 FROM indicators_aggregate a WHERE {CURRENT} AND {wanted.place}"  # noqa: S608
    cursor.execute(f"SELECT EXISTS ({held})", bound)
    return bool(cursor.fetchone()[0])


def _begun(rows: Iterable[Row | str], bound: dict[str, Any]) -> Iterator[Row | str]:
    """Yield the rows with their force and data version before them."""
    force, version = bound["force"], bound["version"]
    start = f"{force}\t{version}\t"
    for row in rows:
        if isinstance(row, str):
            yield "".join([f"{start}{line}\n" for line in row.split("\n")[:-1]])
        else:
            yield (force, version, *row)


def _copy(cursor: CursorWrapper, place: str, rows: Iterable[Row | str]) -> None:
    with cursor.copy(f"COPY {place} FROM STDIN") as copy:
        for row in rows:
            if isinstance(row, str):
                copy.write(row)
            else:
                copy.write_row(row)
