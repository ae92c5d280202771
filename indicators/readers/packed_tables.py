"""The tables inside a case file: CSV texts and workbooks, as they are, in a zip, or packed with gzip.

Whatever packs a table, its rows come out as lists of texts, one row at a time, and memory does not grow with them.
"""

import gzip
import io
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from indicators.readers.archives import DAMAGED, LARGEST_RATIO, LARGEST_TOTAL, RATIO_CHECKED_FROM
from indicators.readers.checks import kind_of
from indicators.readers.decoding import CsvText
from indicators.readers.problems import FileRefused, Problems, refusal
from indicators.readers.texts import BLANKS
from indicators.readers.workbook_parts import CASES
from indicators.readers.workbooks import CellKind, Workbook

GZIP = b"\x1f\x8b"
REPORTED = -1  # in the place of "how many more lines": what is wrong with the row is among the problems already
_ZIP = b"PK"
_PIECE = 1024**2
_PLACES = 6
_DAY = 10  # characters of 2020-09-01
_USUAL = {("utf-8", ","), ("utf-8-sig", ",")}
_GZIP_DAMAGED = "The gzip file is damaged or was cut off on its way. Make it again and send the new one."
_DATED = "Excel has turned this into a date. Format the column as Text and export or type the value again."
_PADDED = "The leading zeros shown here are not stored. Format the column as Text and export or type it again."
_INSIDE = "A zip stands inside the zip. Put in CSV files, Excel workbooks or gzip files only."

Row = tuple[int, int, list[str]]


@dataclass(frozen=True, slots=True)
class Roles:
    """What the columns of a table hold, by their names: which may hold dates, which coordinates, which are not read."""

    days: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    coordinates: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CaseTable:
    """One table: rows as (line, how many more lines it takes, or REPORTED, fields), the header first.

    `is_plain`: printable ASCII only, so that fields need no look at characters. `position` tells how many bytes of the
    packed size have been read.
    """

    rows: Iterator[Row]
    words: str
    is_usual: bool
    is_plain: bool
    ends_with_line: bool
    position: Callable[[], int]


@contextmanager
def open_table(
    stream: IO[bytes], size: int, expected: Collection[str], roles: Roles, problems: Problems, sheet: str = ""
) -> Iterator[CaseTable]:
    """Give the one table of an open file of `size` bytes. `FileRefused` when it is none or may harm.

    `expected` are the names by which the separator of a CSV text is found; `sheet` is the name inside a zip.
    """
    with _unpacked(stream, sheet) as table:
        kind = kind_of(table, sheet)
        if kind == "zip":
            raise refusal(_INSIDE, sheet=sheet)
        if kind == "xlsx":
            rows = _SheetRows(table, roles, problems, sheet)
            yield CaseTable(rows.rows(), rows.words, False, False, True, lambda: int(size * rows.share()))
            return
        text = CsvText(table, expected, sheet)
        is_usual = (text.form.encoding, text.form.delimiter) in _USUAL
        yield CaseTable(
            text.rows(), text.form.words, is_usual, text.form.is_plain, text.form.ends_with_line, stream.tell
        )


@contextmanager
def _unpacked(stream: IO[bytes], sheet: str) -> Iterator[IO[bytes]]:
    """Give the bytes of a table itself; a workbook is copied to where its parts can be reached in any order."""
    stream.seek(0)
    table = stream
    if stream.read(2) == GZIP:
        table = io.BufferedReader(_Unpacking(stream, sheet), _PIECE)
    table.seek(0)
    is_packed = table is not stream or not isinstance(stream, io.BytesIO | io.BufferedReader)
    if not is_packed or table.read(2) != _ZIP:
        yield table
        return
    with tempfile.TemporaryFile() as copy:
        table.seek(0)
        while piece := table.read(_PIECE):
            copy.write(piece)
            if copy.tell() > CASES.total:
                raise refusal(f"The workbook has more than {CASES.total // _PIECE} MB. Send it as CSV.", sheet=sheet)
        yield copy


class _Unpacking(io.RawIOBase):
    """What a gzip holds; it stops as soon as that is far more than such a file can hold."""

    def __init__(self, packed: IO[bytes], sheet: str) -> None:
        packed.seek(0)
        self._packed = packed
        self._sheet = sheet
        self._gzip = gzip.GzipFile(fileobj=packed, mode="rb")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._gzip.seek(offset, whence)

    def tell(self) -> int:
        return self._gzip.tell()

    def readinto(self, buffer: Any) -> int:
        try:
            piece = self._gzip.read1(min(len(buffer), _PIECE))
        except DAMAGED:
            raise refusal(_GZIP_DAMAGED, sheet=self._sheet) from None
        done = self._gzip.tell()
        if done > LARGEST_TOTAL or (done > RATIO_CHECKED_FROM and done > LARGEST_RATIO * self._packed.tell()):
            message = "This file unpacks to far more than such a file can hold. Make the gzip again from the real file."
            raise refusal(message, sheet=self._sheet)
        buffer[: len(piece)] = piece
        return len(piece)


class _SheetRows:
    """The one visible sheet of a workbook, its cells checked for what a spreadsheet program makes of them."""

    def __init__(self, stream: IO[bytes], roles: Roles, problems: Problems, member: str) -> None:
        self.row = 0
        self._roles = roles
        self._problems = problems
        self._member = member
        self._found = Problems()
        self._header: list[str] = []
        try:
            self.workbook = Workbook(stream, self._found, CASES)
        except FileRefused as refused:
            self._found.include(refused.problems)
        if self._found:
            raise FileRefused(self._placed(self._found))

    @property
    def words(self) -> str:
        """The form in words, for the preview."""
        return f'Excel workbook, sheet "{self.workbook.sheet}"'

    def share(self) -> float:
        """Return how much of the sheet has been read, from 0 to 1."""
        return min(self.row / max(self.workbook.last_row, 1), 1)

    def rows(self) -> Iterator[Row]:
        """Yield the rows with the width of the header; a row with a cell of the wrong form is REPORTED."""
        try:
            for row, cells, kinds in self.workbook.rows():
                self.row = row
                if not self._header:
                    self._take_header(cells)
                    yield row, 0, cells
                    continue
                # A workbook stores no blank cells at the end of a row.
                cells += [""] * (len(self._header) - len(cells))
                is_good = self._check(row, cells, kinds)
                yield row, 0 if is_good else REPORTED, cells
        except FileRefused as refused:
            raise FileRefused(self._placed(refused.problems)) from None

    def _take_header(self, cells: list[str]) -> None:
        self._header = [cell.strip(BLANKS) for cell in cells]
        places = enumerate(self._header)
        unread, timed = self._roles.unread, self._roles.days | self._roles.months
        found = [(place, name in unread, name in timed) for place, name in places]
        self.workbook.unread = frozenset(place for place, is_unread, _ in found if is_unread)
        self.workbook.timed = frozenset(place for place, _, is_timed in found if is_timed)

    def _check(self, row: int, cells: list[str], kinds: list[CellKind]) -> bool:
        """Put dates and coordinates into the form of a text file, and note every cell that cannot be taken."""
        is_good = not self._found
        self._problems.include(self._placed(self._found))
        self._found.listed.clear()
        self._found.count = 0
        for place, (name, kind) in enumerate(zip(self._header, kinds, strict=False)):
            if kind is CellKind.NUMBER and name in self._roles.coordinates:
                cells[place] = decimals(cells[place])
            elif kind is CellKind.DATE and name in self._roles.months:
                cells[place] = cells[place].removesuffix("-01") if len(cells[place]) == _DAY else cells[place]
            elif kind is CellKind.DATE and name not in self._roles.days:
                is_good = self._fail(row, name, cells[place], _DATED)
            elif kind is CellKind.PADDED:
                is_good = self._fail(row, name, cells[place], _PADDED)
        return is_good

    def _fail(self, row: int, column: str, value: str, message: str) -> bool:
        self._problems.add(message, row=row, column=column, value=value, sheet=self._place)
        return False

    @property
    def _place(self) -> str:
        return f"{self._member}, sheet {self.workbook.sheet}" if self._member else self.workbook.sheet

    def _placed(self, problems: Problems) -> Problems:
        """Return problems with the name of the file inside a zip in front of the sheet."""
        if not self._member:
            return problems
        placed = Problems()
        for one in problems.listed:
            sheet = f"{self._member}, sheet {one.sheet}" if one.sheet else self._member
            placed.add(one.message, row=one.row, column=one.column, value=one.value, sheet=sheet)
        placed.count = problems.count
        return placed


def decimals(text: str) -> str:
    """Return a plain decimal with six places, as coordinates are written; any other text as it is."""
    whole, point, places = text.partition(".")
    if not whole.lstrip("-").isdigit() or len(places) > _PLACES or (point and not places.isdigit()):
        return text
    return f"{whole}.{places:0<6}"
