"""States of the database that many tests begin with: made once by the real actions, later put back as rows.

Putting rows back skips triggers and foreign keys, which the rows have passed when they were made.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction

# What the migrations leave behind and no test changes.
LEFT_ALONE = ("django_migrations", "django_content_type", "auth_permission")
WRITES = "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables"
MAY_SKIP_TRIGGERS = "SELECT has_parameter_privilege('session_replication_role', 'SET')"
TABLES = """SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
            AND c.relname != ALL (%s) ORDER BY c.relname"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"


@dataclass(frozen=True)
class State:
    """The rows of all tables, and how far the sequences had counted."""

    rows: dict[str, bytes]
    sequences: dict[str, int]


_kept: dict[str, State] = {}
_now: tuple[str, int] = ("", 0)


def bring(name: str, make: Callable[[], object], *, after: str = "") -> None:
    """Bring the database to the state that `make` leaves when it begins in the state `after` ("" = migrated, empty).

    If anything was written since `after` was reached, `make` runs on what there is and nothing is kept.
    """
    global _now
    if after and not (connection.in_atomic_block and _now == (after, _writes())):
        make()
        return
    if name in _kept:
        _put_back(_kept[name])
    else:
        make()
        with connection.cursor() as cursor:
            cursor.execute(MAY_SKIP_TRIGGERS)
            if cursor.fetchone() == (True,):
                _kept[name] = _take()
    _now = (name, _writes())


def again(name: str, *, after: str) -> bool:
    """Bring the database straight from the state `after` to a later one, if that was kept; tell whether it was."""
    is_kept = name in _kept and connection.in_atomic_block and _now == (after, _writes())
    if is_kept:
        bring(name, lambda: None)
    return is_kept


def _writes() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WRITES)
        return int(cursor.fetchone()[0])


def _take() -> State:
    with connection.cursor() as cursor:
        cursor.execute(TABLES, [list(LEFT_ALONE)])
        names = [row[0] for row in cursor.fetchall()]
        filled = " UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in names)
        cursor.execute(filled)
        rows = {}
        for (name,) in cursor.fetchall():
            with cursor.copy(f"COPY {name} TO STDOUT") as copy:
                rows[name] = b"".join(bytes(block) for block in copy)
        cursor.execute(SEQUENCES)
        return State(rows, dict(cursor.fetchall()))


def _put_back(state: State) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name, content in state.rows.items():
            cursor.execute(f"DELETE FROM {name}")
            with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                copy.write(content)
        cursor.execute("SET LOCAL session_replication_role = origin")
        numbers = [value for pair in state.sequences.items() for value in pair]
        moves = ", ".join(["setval(%s, %s)"] * len(state.sequences))
        cursor.execute(f"SELECT {moves}", numbers)
