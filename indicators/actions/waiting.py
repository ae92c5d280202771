"""What a person changes at a page waits for others only briefly: it is told that the figures are busy."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.errors import LockNotAvailable

from indicators.actions.case_tables import wait_briefly
from indicators.people import Refused, Verdict

BUSY = "The figures are being computed for somebody else. Nothing was changed. Try again in a minute."


@contextmanager
def briefly() -> Iterator[CursorWrapper]:
    """Open a transaction whose statements wait for a lock no longer than a person would.

    Raises Refused, a conflict, when somebody holds one for longer; nothing is changed then.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            wait_briefly(cursor)
            yield cursor
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Refused(Verdict(False, BUSY, is_conflict=True)) from error
        raise
