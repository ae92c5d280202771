"""The tables of cases: one for each force and month, made apart while a file is read and attached when it is applied.

All statements are set-based; rows arrive by COPY. A table that is staged carries the checks of its place, so that
attaching it scans nothing.
"""

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from types import TracebackType

from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper
from psycopg import Copy

from indicators.readers.cases import CaseTuple

# In the order of CaseTuple without its month: what all rows of a staged table share are defaults of that table.
READ_COLUMNS = (
    '"row", member, key, content, reference, occurred_on, longitude, latitude, location, area_id, '
    "small_area_code, small_area_name, category_id, outcome, context, flags"
)
SHARED_COLUMNS = ("force_id", "data_import_id", "month")
COLUMNS = f"force_id, data_import_id, ordinal, month, {READ_COLUMNS}"
SET_COLUMNS = ", ".join(f"{name} = s.{name}" for name in COLUMNS.split(", "))
# What stands for "nothing" on its way to the database. The reader refuses control characters in every field.
NULL = "\x1e"
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
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


def copy_line(case: CaseTuple) -> str:
    """Return a case as a line for COPY, in half the time that the driver takes for it."""
    (row, member, _, key, content, reference, day, longitude, latitude, location, area, code, name, category,
     outcome, context, flags) = case  # fmt: skip
    line = (
        f"{row}\t{member}\t{key}\t{content}\t{reference}\t{day or NULL}\t{longitude or NULL}\t"
        f"{latitude or NULL}\t{location}\t{area}\t{code}\t{name}\t{category}\t{outcome}\t{context}\t"
        f"{{{','.join(map(str, flags)) if flags else ''}}}\n"
    )
    # Almost no row holds a character that means something to COPY.
    if "\\" not in line and line.count("\t") == len(case) - 2 and line.count("\n") == 1 and "\r" not in line:
        return line
    fields = (*case[:2], *case[3:-1], "{" + ",".join(map(str, flags)) + "}")
    return "\t".join(NULL if field is None else str(field).translate(ESCAPES) for field in fields) + "\n"


def create(cursor: CursorWrapper, table: str, place: Place, import_id: int) -> None:
    """Make an empty table for one month of an import, with the checks that let it be attached without a scan."""
    cursor.execute(f"DROP TABLE IF EXISTS {table}")
    cursor.execute(
        f"CREATE TABLE {table} (LIKE indicators_case INCLUDING DEFAULTS INCLUDING CONSTRAINTS, "
        f"CONSTRAINT its_place CHECK (force_id = {int(place.force_id)} AND month = '{place.month.isoformat()}'))"
    )
    shared = zip(SHARED_COLUMNS, (int(place.force_id), int(import_id), f"'{place.month.isoformat()}'"), strict=True)
    defaults = ", ".join(f"ALTER {name} SET DEFAULT {value}" for name, value in (*shared, ("ordinal", 0)))
    cursor.execute(f"ALTER TABLE {table} {defaults}")


class Filling:
    """Fills one table after another with lines made by `copy_line`.

    A COPY stays open as long as lines are for its table: the database takes them in while the next ones are made. Close
    it before the connection is used for anything else.
    """

    def __init__(self, cursor: CursorWrapper) -> None:
        self._cursor = cursor
        self._table = ""
        self._open = ExitStack()
        self._copy: Copy | None = None

    def __enter__(self) -> "Filling":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def write(self, table: str, lines: str) -> None:
        """Add lines to a table."""
        if self._copy is None or table != self._table:
            self.close()
            statement = f"COPY {table} ({READ_COLUMNS}) FROM STDIN WITH (NULL '{NULL}')"
            self._copy, self._table = self._open.enter_context(self._cursor.copy(statement)), table
        self._copy.write(lines)

    def close(self) -> None:
        """End the COPY that is open; its rows stay."""
        self._copy = None
        self._open.close()


def number_repeats(cursor: CursorWrapper, table: str, repeated: Collection[str] | None) -> None:
    """Rank rows that share a key by their content, never by their place in the file.

    `repeated` are the keys that more than one row has; without it (None) they are looked for.
    """
    known = "= ANY(%(repeated)s::uuid[])"
    sought = f"IN (SELECT key FROM {table} GROUP BY key HAVING count(*) > 1)"  # noqa: S608
    cursor.execute(
        f"""
        UPDATE {table} t SET ordinal = ranked.ordinal
        FROM (
          SELECT ctid, row_number() OVER (PARTITION BY key ORDER BY content, member, "row") - 1 AS ordinal
          FROM {table} WHERE key {sought if repeated is None else known}
        ) ranked
        WHERE t.ctid = ranked.ctid AND ranked.ordinal > 0 {"" if repeated is None else f"AND t.key {known}"}
        """,  # noqa: S608
        {"repeated": list(repeated or ())},
    )


def index(cursor: CursorWrapper, table: str) -> None:
    """Give a filled table its key, which the table of all cases asks of its partitions."""
    cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY (force_id, month, key, ordinal)")


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
    defaults = ", ".join(f"ALTER {name} DROP DEFAULT" for name in (*SHARED_COLUMNS, "ordinal"))
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
