"""Cases on their way into a staged table: as the bytes of a binary COPY, which the database takes in half the time of
text. Each distinct text is turned into its field once and remembered.

The form is PostgreSQL's: "COPY", section "Binary Format"; a field is its length and its bytes, -1 for nothing.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from itertools import chain, repeat
from struct import Struct
from types import TracebackType

from django.db.backends.utils import CursorWrapper
from psycopg import Copy
from psycopg.adapt import PyFormat, Transformer
from psycopg.types.numeric import Int2

from indicators.readers.case_values import Remembered
from indicators.readers.cases import CaseBatch

# In the order of `rows_of`: what all rows of a staged table share are defaults of that table.
COLUMNS = (
    '"row", ordinal, area_id, category_id, key, content, reference, longitude, latitude, location, small_area_code, '
    "small_area_name, outcome, context, occurred_on, flags"
)
_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_LENGTH = Struct(">i").pack
_NOTHING = _LENGTH(-1)
_NO_TEXT = _LENGTH(0)
_NO_FLAGS = _LENGTH(12) + Struct(">iii").pack(0, 0, 21)  # dimensions, no nulls, the type smallint
# The number of fields; then length and value of row and ordinal (integer), area (bigint), category (smallint), hashes.
_HEAD = Struct(">hiiiiiqihi16si16s").pack
_FIELDS = len(COLUMNS.split(", "))


class Encoder:
    """Turns cases into the rows of a binary COPY. Keep one for a whole reading: it remembers fields."""

    def __init__(self) -> None:
        self._dumping = Transformer()
        self._texts: Remembered[str, bytes] = Remembered(_text_field)
        self._places: Remembered[str, bytes] = Remembered(_text_field)
        self._degrees: Remembered[str | None, bytes] = Remembered(lambda text: self._field(text and Decimal(text)))
        self._days: Remembered[date | None, bytes] = Remembered(self._field)

    def rows_of(self, batch: CaseBatch, ordinals: Iterable[int]) -> bytes:
        """Return the rows of these cases with their ordinals."""
        two, four, eight, sixteen = map(repeat, (2, 4, 8, 16))
        heads = map(
            _HEAD, repeat(_FIELDS), four, batch.rows, four, ordinals, eight, batch.areas, two, batch.categories,
            sixteen, batch.keys, sixteen, batch.contents,
        )  # fmt: skip
        texts = self._texts.__getitem__
        fields = zip(
            heads, map(_text_field, batch.references), map(self._degrees.__getitem__, batch.longitudes),
            map(self._degrees.__getitem__, batch.latitudes), map(self._places.__getitem__, batch.locations),
            map(texts, batch.codes), map(texts, batch.names), map(texts, batch.outcomes), self._ends(batch),
            strict=False,
        )  # fmt: skip
        return b"".join(chain.from_iterable(fields))

    def _ends(self, batch: CaseBatch) -> Iterable[bytes]:
        """The last fields: context, day and flags, of which street-level files have none."""
        if not (any(batch.contexts) or any(batch.days) or any(batch.flags)):
            return repeat(_NO_TEXT + _NOTHING + _NO_FLAGS)
        flags = (self._field([Int2(one) for one in ids]) if ids else _NO_FLAGS for ids in batch.flags)
        days = map(self._days.__getitem__, batch.days)
        return map(b"".join, zip(map(_text_field, batch.contexts), days, flags, strict=True))

    def _field(self, value: Decimal | date | list[Int2] | str | None) -> bytes:
        if value is None:
            return _NOTHING
        written = bytes(self._dumping.get_dumper(value, PyFormat.BINARY).dump(value) or b"")
        return _LENGTH(len(written)) + written


def _text_field(text: str) -> bytes:
    written = text.encode()
    return _LENGTH(len(written)) + written


class Filling:
    """Fills one table after another with rows made by an `Encoder`.

    A COPY stays open as long as rows are for its table: the database takes them in while the next ones are made. Close
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
        if error is None:
            self.close()
        self._open.__exit__(kind, error, trace)

    def write(self, table: str, rows: bytes) -> None:
        """Add rows to a table."""
        if self._copy is None or table != self._table:
            self.close()
            statement = f"COPY {table} ({COLUMNS}) FROM STDIN WITH (FORMAT BINARY)"
            self._copy, self._table = self._open.enter_context(self._cursor.copy(statement)), table
            self._copy.write(_BEGIN)
        self._copy.write(rows)

    def close(self) -> None:
        """End the COPY that is open; its rows stay."""
        if self._copy is not None:
            self._copy.write(_END)
        self._copy = None
        self._open.close()
