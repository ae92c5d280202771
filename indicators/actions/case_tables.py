"""The tables of cases: one for each force and month, made apart while a file is read and attached when it is applied.

All statements are set-based; rows arrive by COPY. A table that is staged carries the checks of its place, so that
attaching it scans nothing.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date

from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper

from indicators.actions.case_copy import COLUMNS as READ_COLUMNS

SHARED_COLUMNS = ("force_id", "data_import_id", "month", "member")
COLUMNS = f"{', '.join(SHARED_COLUMNS)}, {READ_COLUMNS}"
SET_COLUMNS = ", ".join(f"{name} = s.{name}" for name in COLUMNS.split(", "))
# What differs most stands first: an index is built by comparing its first column wherever that suffices.
KEY = "key, ordinal, month, force_id"
SORT_MEMORY = "128MB"
LOCK_TIMEOUT = "5s"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the cases of a month stand: a force and the first of the month."""

    force_id: int
    month: date

    @property
    def force_table(self) -> str:
        """The partition of the force."""
        return f"indicators_case_f{int(self.force_id)}"

    @property
    def table(self) -> str:
        """The partition of the month."""
        return f"{self.force_table}_{self.month:%Y%m}"


def staged_table(import_id: int, position: int, attempt: int, month: date) -> str:
    """Return the name of the table into which one attempt at a part reads a month."""
    return f"indicators_staged_{int(import_id)}_{int(position)}_{int(attempt)}_{month:%Y%m}"


def create(cursor: CursorWrapper, table: str, place: Place, import_id: int) -> None:
    """Make an empty table for one month of an import, with the checks that let it be attached without a scan.

    `fill_from` says from which file of a zip its next rows are.
    """
    cursor.execute(f"DROP TABLE IF EXISTS {table}")
    cursor.execute(
        f"CREATE TABLE {table} (LIKE indicators_case INCLUDING DEFAULTS INCLUDING CONSTRAINTS, "
        f"CONSTRAINT its_place CHECK (force_id = {int(place.force_id)} AND month = '{place.month.isoformat()}'))"
    )
    cursor.execute(
        f"ALTER TABLE {table} ALTER force_id SET DEFAULT {int(place.force_id)}, "
        f"ALTER data_import_id SET DEFAULT {int(import_id)}, ALTER month SET DEFAULT '{place.month.isoformat()}'"
    )


def fill_from(cursor: CursorWrapper, table: str, member: str) -> None:
    """Let the next rows of a staged table be from this file of a zip; "" for a file that stands alone."""
    cursor.execute(f"ALTER TABLE {table} ALTER member SET DEFAULT %s", [member])


def renumber(cursor: CursorWrapper, table: str, moves: Collection[tuple[bytes, int, int]]) -> None:
    """Give rows of a table without its key other ordinals: `moves` are (key, ordinal, new ordinal)."""
    keys, old, new = zip(*moves, strict=True)
    cursor.execute(
        f"""
        UPDATE {table} t SET ordinal = moved.new
        FROM unnest(%s::uuid[], %s::int[], %s::int[]) moved (key, old, new)
        WHERE t.key = moved.key AND t.ordinal = moved.old
        """,  # noqa: S608
        [[key.hex() for key in keys], list(old), list(new)],
    )


def number_repeats(cursor: CursorWrapper, table: str) -> None:
    """Look for rows of a table that share a key, and rank them by their content, never by their place in the file."""
    cursor.execute(
        f"""
        UPDATE {table} t SET ordinal = ranked.ordinal
        FROM (
          SELECT ctid, row_number() OVER (PARTITION BY key ORDER BY content, member, "row") - 1 AS ordinal
          FROM {table} WHERE key IN (SELECT key FROM {table} GROUP BY key HAVING count(*) > 1)
        ) ranked
        WHERE t.ctid = ranked.ctid AND t.ordinal <> ranked.ordinal
        """  # noqa: S608
    )


def index(cursor: CursorWrapper, table: str) -> None:
    """Give a filled table its key, which the table of all cases asks of its partitions."""
    cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY ({KEY})")


@contextmanager
def flushed_later(cursor: CursorWrapper) -> Iterator[None]:
    """Do not wait for the disk at each commit within the block: whoever commits after it waits for all of them.

    For what can be read again from its file. A crash takes the last commits together, never one without those before.
    """
    cursor.execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        with suppress(DatabaseError):  # a connection that is gone has nothing to reset
            cursor.execute("RESET synchronous_commit")


def exists(cursor: CursorWrapper, table: str) -> bool:
    """Tell whether a table is there."""
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
    return bool(cursor.fetchone()[0])


def drop(table: str) -> None:
    """Drop a staged table, if it is there."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")


def ensure_force(cursor: CursorWrapper, force_id: int) -> None:
    """Make the partitions of a force for its cases and their changes, if they are not there."""
    force_table = Place(force_id, date.min).force_table
    if exists(cursor, force_table):
        return
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('indicators_case'))")
    cursor.execute(
        f"CREATE TABLE IF NOT EXISTS {force_table} PARTITION OF indicators_case "
        f"FOR VALUES IN ({int(force_id)}) PARTITION BY LIST (month)"
    )
    cursor.execute(
        f"CREATE TABLE IF NOT EXISTS indicators_casechange_f{int(force_id)} PARTITION OF indicators_casechange "
        f"FOR VALUES IN ({int(force_id)})"
    )


def attach(cursor: CursorWrapper, table: str, place: Place) -> None:
    """Make a staged table the partition of a month that holds none yet."""
    ensure_force(cursor, place.force_id)
    cursor.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {table}_pkey TO {place.table}_pkey")
    cursor.execute(f"ALTER TABLE {table} RENAME TO {place.table}")
    cursor.execute(
        f"ALTER TABLE {place.force_table} ATTACH PARTITION {place.table} FOR VALUES IN ('{place.month.isoformat()}')"
    )
    defaults = ", ".join(f"ALTER {name} DROP DEFAULT" for name in SHARED_COLUMNS)
    cursor.execute(f"ALTER TABLE {place.table} DROP CONSTRAINT its_place, {defaults}")


def columns_of(alias: str) -> str:
    """Return the columns of a case, of one table of a join."""
    return ", ".join(f"{alias}.{name}" for name in COLUMNS.split(", "))


def wait_briefly(cursor: CursorWrapper) -> None:
    """Let no statement of this transaction wait for a lock longer than a person would."""
    cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")


def sort_in_memory(cursor: CursorWrapper) -> None:
    """Let the statements of this transaction sort a month without the disk."""
    cursor.execute(f"SET LOCAL work_mem = '{SORT_MEMORY}'")
