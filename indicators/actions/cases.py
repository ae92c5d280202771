"""Cases of an import: staging, preview, replacing the months of a force, counting cells.

A month file replaces its force and month. Everything is set-based; rows are streamed into staging by COPY.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from indicators.actions.jobs import Progress
from indicators.choices import AreaKind
from indicators.models.area import Area, Force
from indicators.models.category import Category, Flag
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.periods import month_range, month_text
from indicators.readers.cases import CaseLookups, CaseReader, CaseTuple
from indicators.readers.problems import FileRefused, Problems

# In the order of CaseTuple, so that a row of the reader is a row of the table.
STAGED_COLUMNS = (
    '"row", member, month, key, content, reference, occurred_on, longitude, latitude, location, area_id, '
    "small_area_code, small_area_name, category_id, outcome, context, flags"
)
BLOCK = 500  # rows sent to the database at once
SORT_MEMORY = "128MB"  # 400,000 cases are numbered in memory; more of them go through the disk
# What stands for "nothing" on its way to the database. The reader refuses control characters in every field.
NULL = "\x1e"
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(slots=True)
class Staged:
    """What staging found: problems, or rows, months and the preview."""

    problems: Problems
    rows: int = 0
    months: set[date] = field(default_factory=set)
    preview: dict[str, Any] = field(default_factory=dict)


def lookups(force: Force) -> CaseLookups:
    """Return the ids that the words of a case file stand for."""
    areas = list(Area.objects.filter(force=force).values_list("kind", "code", "id"))
    lines = {kind: pk for kind, _, pk in areas}
    return CaseLookups(
        areas={code: pk for kind, code, pk in areas if kind == AreaKind.SMALL_AREA},
        outside=lines[AreaKind.OUTSIDE],
        unlocated=lines[AreaKind.UNLOCATED],
        categories={(crime_type, offence): pk for pk, crime_type, offence in Category.objects.values_list()},
        flags={name: pk for pk, _, name in Flag.objects.values_list()},
    )


def stage(data_import: DataImport, path: Path, progress: Progress) -> Staged:
    """Stream the file into its own staging table, then count new, changed, unchanged and removed rows."""
    reader = CaseReader(path, lookups(data_import.force))
    _copy(data_import, reader, progress)
    if reader.problems:
        return Staged(reader.problems)
    progress.tell("Comparing with what is held", reader.total_bytes, reader.total_bytes)
    months = sorted(reader.months)
    preview = {"rows": _preview_rows(data_import, months), "notes": list(reader.notes), "warnings": []}
    preview["warnings"] = _gaps(data_import.force, months)
    return Staged(reader.problems, rows=reader.rows, months=set(months), preview=preview)


def staging_table(data_import: DataImport) -> str:
    """Return the name of an import's own table of staged rows.

    One table for each import, not partitions of one: those lock each other out for as long as a file is read.
    """
    return f"indicators_stagedcase_{int(data_import.pk)}"


def _copy(data_import: DataImport, reader: CaseReader, progress: Progress) -> None:
    unstage(data_import)
    table = staging_table(data_import)
    with connection.cursor() as cursor:
        # Unlogged: after a crash of the database the rows are gone, which `prepare` notices and mends from the file.
        cursor.execute(f"CREATE UNLOGGED TABLE {table} (LIKE indicators_stagedcase)")
        rows, number = iter(reader), int(data_import.pk)
        statement = f"COPY {table} (data_import_id, {STAGED_COLUMNS}) FROM STDIN WITH (NULL '{NULL}')"
        with cursor.copy(statement) as copy:
            while block := list(islice(rows, BLOCK)):
                copy.write("".join(copy_line(number, row) for row in block))
                progress.tell(f"Reading: {reader.rows:,} rows", reader.bytes_read, reader.total_bytes)
        cursor.execute(f"ANALYZE {table}")


def copy_line(number: int, case: CaseTuple) -> str:
    """Return a case of import `number` as a line for COPY, in half the time that the driver takes for it."""
    (row, member, month, key, content, reference, day, longitude, latitude, location, area, code, name, category,
     outcome, context, flags) = case  # fmt: skip
    line = (
        f"{number}\t{row}\t{member}\t{month}\t{key}\t{content}\t{reference}\t{day or NULL}\t{longitude or NULL}\t"
        f"{latitude or NULL}\t{location}\t{area}\t{code}\t{name}\t{category}\t{outcome}\t{context}\t"
        f"{{{','.join(map(str, flags)) if flags else ''}}}\n"
    )
    # Almost no row holds a character that means something to COPY.
    if "\\" not in line and line.count("\t") == len(case) and line.count("\n") == 1 and "\r" not in line:
        return line
    fields = (number, *case[:-1], "{" + ",".join(map(str, flags)) + "}")
    return "\t".join(NULL if field is None else str(field).translate(ESCAPES) for field in fields) + "\n"


def unstage(data_import: DataImport) -> None:
    """Drop the staged rows of an import, if there are any."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {staging_table(data_import)}")


def _sort_in_memory(cursor: CursorWrapper) -> None:
    cursor.execute(f"SET LOCAL work_mem = '{SORT_MEMORY}'")


def _preview_rows(data_import: DataImport, months: list[date]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        _sort_in_memory(cursor)
        cursor.execute(
            f"""
            WITH staged AS (
              SELECT month, key, row_number() OVER (PARTITION BY month, key ORDER BY content) - 1 AS ordinal,
                     content, category_id
              FROM {staging_table(data_import)}
            ), held AS (
              SELECT month, key, ordinal, content, category_id FROM indicators_case
              WHERE force_id = %(force)s AND month = ANY(%(months)s)
            )
            SELECT to_char(month, 'YYYY-MM-DD'), category.crime_type,
                   count(*) FILTER (WHERE held.content IS NULL),
                   count(*) FILTER (WHERE staged.content <> held.content),
                   count(*) FILTER (WHERE staged.content = held.content),
                   count(*) FILTER (WHERE staged.content IS NULL)
            FROM staged FULL JOIN held USING (month, key, ordinal)
            JOIN indicators_category category ON category.id = coalesce(staged.category_id, held.category_id)
            GROUP BY month, category.crime_type ORDER BY month, category.crime_type
            """,  # noqa: S608
            {"force": data_import.force_id, "months": months},
        )
        names = ("month", "category", "new", "changed", "unchanged", "removed")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def held_months(force: Force, until: int | None = None) -> list[date]:
    """Return the months of which cases are held now, or were held at a data version."""
    clause = "until_version IS NULL"
    if until is not None:
        clause = "since_version <= %(at)s AND (until_version IS NULL OR until_version > %(at)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT month FROM indicators_casecell WHERE force_id = %(force)s AND {clause} ORDER BY month",  # noqa: S608
            {"force": force.pk, "at": until},
        )
        return [row[0] for row in cursor.fetchall()]


def _gaps(force: Force, months: list[date]) -> list[str]:
    """Warn of months that neither the file nor the force holds, between the first and the last month."""
    held = sorted({*held_months(force), *months})
    missing = [month for month in month_range(held[0], held[-1]) if month not in set(held)] if held else []
    if not missing:
        return []
    names = ", ".join(month_text(month) for month in missing)
    return [f"No cases are held for {names}. Figures that need these months will not be available."]


def prepare(data_import: DataImport, path: Path, progress: Progress) -> None:
    """Make what applying needs, outside its transaction: the partitions, and staged rows that a crash took away.

    Raises FileRefused when the file, read again, no longer fits the definitions of today.
    """
    with transaction.atomic():
        for month in data_import.months:
            _make_partition(data_import.force_id, date.fromisoformat(month))
    with transaction.atomic():
        if _staged_rows(data_import) != data_import.rows:
            reader = CaseReader(path, lookups(data_import.force))
            _copy(data_import, reader, progress)
            if reader.problems:
                raise FileRefused(reader.problems)


def _staged_rows(data_import: DataImport) -> int:
    table = staging_table(data_import)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [table])
        if cursor.fetchone()[0] is None:
            return 0
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        return int(cursor.fetchone()[0])


def _make_partition(force_id: int, month: date) -> None:
    force_table = f"indicators_case_f{int(force_id)}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('indicators_case'))")
        cursor.execute("SELECT to_regclass(%s), to_regclass(%s)", [force_table, f"{force_table}_{month:%Y%m}"])
        has_force, has_month = cursor.fetchone()
        if has_force is None:
            cursor.execute(
                f"CREATE TABLE {force_table} PARTITION OF indicators_case "
                f"FOR VALUES IN ({int(force_id)}) PARTITION BY LIST (month)"
            )
        if has_month is None:
            cursor.execute(
                f"CREATE TABLE {force_table}_{month:%Y%m} PARTITION OF {force_table} "
                f"FOR VALUES IN ('{month.isoformat()}')"
            )


def apply(data_import: DataImport, version: DataVersion, progress: Progress) -> list[date]:
    """Replace the months of the file, count their cells anew, and return the months. In the caller's transaction."""
    months = [date.fromisoformat(month) for month in data_import.months]
    values: dict[str, Any] = {
        "force": data_import.force_id,
        "import": data_import.pk,
        "months": months,
        "version": version.number,
    }
    with connection.cursor() as cursor:
        progress.tell("Storing the cases", 0, 3)
        _sort_in_memory(cursor)
        cursor.execute("DELETE FROM indicators_case WHERE force_id = %(force)s AND month = ANY(%(months)s)", values)
        cursor.execute(
            f"""
            INSERT INTO indicators_case (force_id, data_import_id, ordinal, {STAGED_COLUMNS})
            SELECT %(force)s, %(import)s,
                   row_number() OVER (PARTITION BY month, key ORDER BY content, member, "row") - 1, {STAGED_COLUMNS}
            FROM {staging_table(data_import)}
            """,  # noqa: S608
            values,
        )
        progress.tell("Counting", 1, 3)
        for statement in _cell_statements(staging_table(data_import)):
            cursor.execute(statement, values)
    unstage(data_import)
    return months


def _cell_statements(staged: str) -> Iterator[str]:
    """Yield the statements that count the staged months and write only the cells that differ."""
    same = (
        "c.force_id = %(force)s AND c.until_version IS NULL AND c.month = n.month AND c.area_id = n.area_id "
        "AND c.category_id = n.category_id AND c.flags = n.flags"
    )
    yield f"""
        CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
        SELECT s.month, CASE WHEN a.kind = 'small-area' THEN a.parent_id ELSE a.id END AS area_id,
               s.category_id, s.flags, count(*)::int AS cases
        FROM {staged} s JOIN indicators_area a ON a.id = s.area_id
        GROUP BY 1, 2, 3, 4
    """  # noqa: S608
    yield f"""
        UPDATE indicators_casecell c SET until_version = %(version)s
        WHERE c.force_id = %(force)s AND c.until_version IS NULL AND c.month = ANY(%(months)s)
          AND NOT EXISTS (SELECT 1 FROM counted n WHERE {same} AND c.cases = n.cases)
    """  # noqa: S608
    yield f"""
        INSERT INTO indicators_casecell (force_id, month, area_id, category_id, flags, cases, since_version)
        SELECT %(force)s, month, area_id, category_id, flags, cases, %(version)s FROM counted n
        WHERE NOT EXISTS (SELECT 1 FROM indicators_casecell c WHERE {same})
    """  # noqa: S608
    yield "DROP TABLE counted"
