"""Whole sheets in memory, as wide tables need them: every cell with its place, merged cells filled, bounds held.

CSV is one sheet without a name; so is a block that somebody pastes. What a cell holds in the wrong form is kept with
the cell, and becomes a problem only where the cell is used: a formula in a note at the foot harms nobody.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

from openpyxl.utils import get_column_letter, range_boundaries

from indicators.periods import MONTH_NAMES
from indicators.readers.archives import only_member
from indicators.readers.checks import kind_of
from indicators.readers.decoding import CsvText
from indicators.readers.grids import CUT_OFF
from indicators.readers.official_cells import raised_digits
from indicators.readers.problems import FileRefused, Problems, refusal
from indicators.readers.texts import BLANKS
from indicators.readers.workbook_parts import WIDE, SheetScan, scan_workbook
from indicators.readers.workbooks import CellKind, Cells, opened

LARGEST = 32 * 1024**2  # bytes
MOST_CELLS = 150_000  # of all sheets that are read: two hundred measures by sixty months, a dozen times
MOST_MERGED = 50
_SHOWN = 5
_DECIMALS = re.compile(r"[#,]*0(?:\.(0+))?%?(?:[;_ ].*)?")  # of a number format: "0", "#,##0.00", "0.0%"
_DAMAGED = "The workbook is damaged. Open it in Excel, save it again and send the new one."


def _month_headings() -> tuple[str, ...]:
    """Return headings by which the separator of a CSV text is found: its first line may be a title."""
    names = [name for month in MONTH_NAMES for name in (month, month[:3])]
    years = [*(f"-{year:02d}" for year in range(100)), *(f" {year}" for year in range(2000, 2060))]
    return tuple(f"{name}{year}" for name in names for year in ("", *years))


_EXPECTED = _month_headings()


class SheetCell(NamedTuple):
    """One cell: its text without blanks around it, what it holds (None for CSV), and why it cannot be used.

    `is_filled`: it takes what it says from the first of the merged cells it belongs to; `is_merged`: it is that one.
    `result`: of a formula, the number that was stored with it, "" when there is none; None for every other cell.
    `decimals`: how many its format shows, in a workbook; None where it shows the number as it is. `marked`: its text
    with the digits that are raised in it as such ("Burglary¹" for "Burglary1"), "" where none is.
    """

    text: str = ""
    kind: CellKind | None = None
    fault: str = ""
    is_merged: bool = False
    is_filled: bool = False
    result: str | None = None
    decimals: int | None = None
    marked: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands here."""
        return not self.text and not self.fault


NOTHING = SheetCell()


@dataclass(slots=True)
class Sheet:
    """One sheet: its rows of cells from row 1 and column 1 on. A turned sheet shows its columns as rows."""

    name: str
    rows: list[list[SheetCell]]
    is_turned: bool = False
    commas_are_thousands: bool = True

    @property
    def height(self) -> int:
        """The number of its last row."""
        return len(self.rows)

    @property
    def width(self) -> int:
        """The number of its last column."""
        return max((len(row) for row in self.rows), default=0)

    def cell(self, row: int, column: int) -> SheetCell:
        """Return a cell, counted from 1; nothing beyond the edge."""
        if 1 <= row <= len(self.rows) and 1 <= column <= len(self.rows[row - 1]):
            return self.rows[row - 1][column - 1]
        return NOTHING

    def address(self, row: int, column: int) -> str:
        """Return the place of a cell as the file shows it: "N14"."""
        return f"{self.letter(row, column)}{self.line(row, column)}"

    def letter(self, row: int, column: int) -> str:
        """Return the letter of a cell's column in the file."""
        return str(get_column_letter(row if self.is_turned else column))

    def line(self, row: int, column: int) -> int:
        """Return the number of a cell's row in the file."""
        return column if self.is_turned else row

    def turned(self) -> "Sheet":
        """Return the sheet with its columns as rows; places stay those of the file."""
        rows = [[self.cell(row, column) for row in range(1, self.height + 1)] for column in range(1, self.width + 1)]
        return Sheet(self.name, rows, not self.is_turned, self.commas_are_thousands)


@dataclass(slots=True)
class SheetBook:
    """The sheets of a file in their order, how it was read, and what a person should know of it."""

    sheets: list[Sheet] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    words: str = ""
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_sheets(path: Path, problems: Problems, wanted: tuple[str, ...] = ()) -> SheetBook:
    """Return the visible sheets of a file, or the wanted ones. Never raises for a bad file: `problems` says why.

    `wanted` are names of sheets; empty means every sheet that holds values. A CSV text has one sheet, which is read.
    """
    try:
        with path.open("rb") as stream:
            return _book(stream, problems, wanted)
    except FileRefused as refused:
        problems.include(refused.problems)
        return SheetBook()


def _book(stream: IO[bytes], problems: Problems, wanted: tuple[str, ...]) -> SheetBook:
    kind, name = kind_of(stream), ""
    if kind == "zip":
        stream, name = only_member(stream, LARGEST)
        kind = kind_of(stream, name)
        if kind == "zip":
            raise refusal("A zip stands inside the zip. Send the table itself.", sheet=name)
    if stream.seek(0, 2) > LARGEST:
        raise refusal(f"The file is larger than {LARGEST // 1024**2} MB. Split it into several files.")
    if kind == "xlsx":
        return _Book(stream, problems, wanted).read()
    text = CsvText(stream, _EXPECTED, name)
    rows = [_row(cells) for _, _, cells in _bounded(text.rows())]
    if not text.form.ends_with_line:
        problems.add(CUT_OFF.format("its last line has no line break"), row=len(rows))
    sheet = Sheet(name, rows, commas_are_thousands=text.form.delimiter != ";")
    return SheetBook([sheet], [name] if name else [], text.form.words)


def _bounded(rows: Iterator[tuple[int, int, list[str]]]) -> Iterator[tuple[int, int, list[str]]]:
    """Pass the rows of a CSV text on, each in the line where it starts, and refuse what no wide table has."""
    number = held = 0
    for line, more, cells in rows:
        held += len(cells)
        if line > WIDE.rows or len(cells) > WIDE.columns or held > MOST_CELLS:
            words = f"at most {WIDE.rows:,} rows, {WIDE.columns} columns and {MOST_CELLS:,} cells are read"
            raise refusal(f"The table is too large to be read by a profile: {words}. Split it.", row=line)
        while number + 1 < line:  # the further lines of a row that runs over several
            number += 1
            yield number, 0, []
        number = line
        yield line, more, cells


def _row(cells: list[str]) -> list[SheetCell]:
    return [SheetCell(cell.strip(f"{BLANKS}\r\n")) if cell.strip() else NOTHING for cell in cells]


def pasted(text: str) -> Sheet:
    """Return a block as it is copied from a spreadsheet: cells parted by tabs, rows by line breaks.

    `FileRefused` for a block that is larger than a sheet may be.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    rows = enumerate((line.split("\t") for line in lines), start=1)
    return Sheet("", [_row(cells) for _, _, cells in _bounded((at, 0, cells) for at, cells in rows)])


class _Book:
    """A workbook, looked through first; only then are the sheets that are read opened."""

    def __init__(self, stream: IO[bytes], problems: Problems, wanted: tuple[str, ...]) -> None:
        self._stream = stream
        self._problems = problems
        self._scans = scan_workbook(stream, WIDE)
        self._wanted = wanted
        self._marked: dict[str, str] = {}

    def read(self) -> SheetBook:
        """Return the sheets; what keeps one from being read is a problem, what is left out is said."""
        visible = {scan.name: scan for scan in self._scans if scan.has_values and not scan.is_hidden}
        for name in self._wanted:
            if name not in visible:
                message = "The profile reads a sheet of this name, and the workbook has no such visible sheet."
                self._problems.add(f"{message} Correct the name, there or in the workbook.", value=name, sheet=name)
        if not visible:
            raise refusal("The workbook has no visible sheet with values.")
        chosen = [scan for name, scan in visible.items() if not self._wanted or name in self._wanted]
        if sum(scan.last_row * scan.last_column for scan in chosen) > MOST_CELLS:
            raise refusal(f"The sheets have more than {MOST_CELLS:,} cells. Copy the tables alone into a new workbook.")
        book = SheetBook(names=list(visible), words=f"Excel workbook, {_listed([scan.name for scan in chosen])}")
        self._say_what_is_left_out(book, [name for name in visible if name not in {scan.name for scan in chosen}])
        try:
            self._marked = raised_digits(self._stream)
            self._stream.seek(0)
            source = opened(self._stream)
            book.sheets = [self._sheet(source[scan.name], scan) for scan in chosen]
            self._take_results([sheet for sheet in book.sheets if any(_formulas(sheet))])
        except Exception:
            # A hostile file can make the library raise anything at all; to its sender all of it means the same.
            raise refusal(_DAMAGED) from None
        book.notes += [note for scan in chosen for note in _merged_note(scan)]
        return book

    def _say_what_is_left_out(self, book: SheetBook, unread: list[str]) -> None:
        if unread:
            book.notes.append(f"The profile does not name these sheets, so they are not read: {_listed(unread)}.")
        hidden = [scan.name for scan in self._scans if scan.is_hidden and scan.has_values]
        if hidden:
            book.warnings.append(f"The workbook has hidden sheets with values, which are not read: {_listed(hidden)}.")

    def _sheet(self, source: Any, scan: SheetScan) -> Sheet:
        self._refuse_hidden(scan)
        own = Problems()
        reader = Cells(own, scan.name, takes_percent=True)
        rows = []
        for row in source.iter_rows(min_row=1, max_row=scan.last_row, min_col=1, max_col=scan.last_column):
            cells = []
            for cell in row:
                text, kind = reader.read(cell)
                if kind is CellKind.REFUSED:
                    fault = own.listed.pop()
                    result = "" if cell.data_type == "f" else None
                    cells.append(SheetCell(fault.value, kind, fault.message, result=result, decimals=_decimals(cell)))
                else:
                    shown = text.strip(f"{BLANKS}\r\n")
                    places = _decimals(cell) if kind is CellKind.NUMBER else None
                    marked = self._marked.get(text, "").strip(f"{BLANKS}\r\n")
                    cells.append(SheetCell(shown, kind, decimals=places, marked=marked) if shown else NOTHING)
            rows.append(cells)
        self._fill(rows, scan)
        return Sheet(scan.name, rows)

    def _take_results(self, sheets: list[Sheet]) -> None:
        """Take the numbers that were stored with formulas: totals are compared by them, and nothing is loaded."""
        if not sheets:
            return
        self._stream.seek(0)
        source = opened(self._stream, with_results=True)
        for sheet in sheets:
            reader = Cells(Problems(), sheet.name, takes_percent=True)
            places = set(_formulas(sheet))
            last = max(row for row, _ in places)
            for number, row in enumerate(source[sheet.name].iter_rows(min_row=1, max_row=last), start=1):
                for at, cell in enumerate(row, start=1):
                    if (number, at) in places:
                        text, kind = reader.read(cell)
                        kept = sheet.rows[number - 1]
                        kept[at - 1] = kept[at - 1]._replace(result=text if kind is CellKind.NUMBER else "")

    def _refuse_hidden(self, scan: SheetScan) -> None:
        hidden = [get_column_letter(first) for first, _ in scan.hidden_columns if first <= scan.last_column]
        for what, places in (("Rows", scan.hidden_rows), ("Columns", hidden)):
            if places:
                message = f"{what} are hidden. Unhide them and delete what does not belong."
                self._problems.add(message, sheet=scan.name, value=", ".join(places[:_SHOWN]))
        if len(scan.merged) >= MOST_MERGED:
            message = f"{MOST_MERGED} or more groups of cells are merged. Unmerge them, and fill in every heading."
            self._problems.add(message, sheet=scan.name)

    def _fill(self, rows: list[list[SheetCell]], scan: SheetScan) -> None:
        """Give every cell of a merged area what its first cell says."""
        for area in scan.merged:
            left, top, right, bottom = (edge or 1 for edge in range_boundaries(area))
            if top > len(rows) or left > scan.last_column:
                continue
            first = rows[top - 1][left - 1]
            for row in rows[top - 1 : bottom]:
                for at in range(left - 1, min(right, len(row))):
                    row[at] = first._replace(is_filled=True)
            rows[top - 1][left - 1] = first._replace(is_merged=True)


def _decimals(cell: Any) -> int | None:
    """Return how many decimals the format of a cell shows; None for a format that names none ("General")."""
    shown = _DECIMALS.fullmatch(str(cell.number_format or ""))
    return len(shown[1] or "") if shown else None


def _formulas(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """Yield the places of cells with a formula, counted from 1."""
    for number, row in enumerate(sheet.rows, start=1):
        for at, cell in enumerate(row, start=1):
            if cell.result is not None:
                yield number, at


def _merged_note(scan: SheetScan) -> list[str]:
    words = f"Sheet “{scan.name}”: merged cells ({_listed(scan.merged)}) say the same for every cell they cover."
    return [words] if scan.merged else []


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(f"“{name}”" for name in names[:_SHOWN]) + more
