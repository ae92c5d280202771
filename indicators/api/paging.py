"""Pages of a list: a cursor says behind which record the next page begins, and to which question it belongs.

Records are ordered by a key that never changes, and a page begins behind the key of the last record given. So what is
written between two pages can neither repeat a record nor hide one. The `next` address names the force, the quarter and
the data version of the first page, and a cursor is good for exactly that question: all pages show one state.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar

from django.core import signing
from django.db.models import QuerySet

from indicators.api.asked import refuse

Key = tuple[Any, ...]
Record = dict[str, Any]
Keyed = Iterator[tuple[Key, Record]]
T = TypeVar("T")

CHUNK = 5_000
SALT = "indicators.api.cursor"
NOT_PART_OF_THE_QUESTION = ("cursor", "limit", "format")
NO_CURSOR = "cursor: this is no cursor of this list. Use the address under “next” as it is, or begin without a cursor."
OTHER_QUESTION = (
    "cursor: it belongs to another question. Repeat the parameters of the address under “next”, or begin without a "
    "cursor."
)


@dataclass(frozen=True, slots=True)
class Page:
    """The records of a page, and the cursor of the next one (None: this was the last)."""

    records: list[Record]
    cursor: str | None


def question(path: str, asked: Mapping[str, str]) -> str:
    """Return the fingerprint of what is asked: the address with all that decides which records there are."""
    deciding = sorted((name, value) for name, value in asked.items() if name not in NOT_PART_OF_THE_QUESTION)
    return hashlib.sha256(repr((path, deciding)).encode()).hexdigest()[:24]


def behind(cursor: str | None, asked_for: str) -> Key | None:
    """Return the key behind which a page begins, None for the first. A 400 for a cursor that is not of this list."""
    if cursor is None:
        return None
    try:
        of, key = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise refuse(NO_CURSOR) from error
    if of != asked_for:
        raise refuse(OTHER_QUESTION)
    return tuple(key)


def cut(rows: Keyed, limit: int, asked_for: str) -> Page:
    """Return the first records of those that remain; `asked_for` is the question that the next cursor belongs to."""
    found = list(islice(rows, limit + 1))
    records = [record for _, record in found[:limit]]
    if len(found) <= limit:
        return Page(records, None)
    return Page(records, signing.dumps([asked_for, list(found[limit - 1][0])], salt=SALT))


def of_query(rows: QuerySet[Any], by: str, after: Key | None, most: int, make: Callable[[Any], Record]) -> Keyed:
    """Yield at most so many rows of a query behind a key, in the order of one unique field that never changes."""
    ordered = rows.order_by(by)
    if after is not None:
        ordered = ordered.filter(**{f"{by}__gt": after[0]})
    for row in ordered[:most].iterator(chunk_size=CHUNK):
        yield (getattr(row, by),), make(row)


def of_list(found: Iterable[tuple[Key, T]], after: Key | None, make: Callable[[T], Record]) -> Keyed:
    """Yield what is held in memory behind a key, in the order of the keys; records are made as they are taken."""
    ordered = sorted(found, key=itemgetter(0))
    start = 0 if after is None else bisect_right([key for key, _ in ordered], after)
    for key, one in ordered[start:]:
        yield key, make(one)
