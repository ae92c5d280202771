"""Small tables, CSV or Excel alike, as rows of text: what `observations` and `areas` read."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from indicators.readers.archives import only_member
from indicators.readers.checks import kind_of
from indicators.readers.decoding import CsvText
from indicators.readers.headers import SEARCHED, Columns, Header, is_header, read_header, title_rows_fault
from indicators.readers.problems import FileRefused, Problems, refusal
from indicators.readers.workbooks import CellKind, Workbook

MOST_ROWS = 200_000
LARGEST = 128 * 1024**2  # bytes

CUT_OFF = (
    "The file was cut off: {}. If it is complete, save it again so that the last line ends with a "
    "line break; "
    "otherwise send the whole file again."
)


@dataclass(slots=True)
class GridRow:
    """One row: its number, its cells as text, and for a workbook what each cell holds (None for CSV)."""

    row: int
    cells: list[str]
    kinds: list[CellKind] | None = None


class Grid:
    """The one table of a file. Iterate once; problems of the table's form are added to `problems` on the way."""

    def __init__(self, stream: IO[bytes], columns: Columns, problems: Problems) -> None:
        """Open the table and check its header. `FileRefused` when nothing can be read."""
        self.problems = problems
        self.sheet = ""
        self._columns = columns
        kind = kind_of(stream)
        if kind == "zip":
            stream, self.sheet = only_member(stream, LARGEST)
            kind = kind_of(stream, self.sheet)
            if kind == "zip":
                raise refusal("A zip stands inside the zip. Send the table itself.", sheet=self.sheet)
        if stream.seek(0, 2) > LARGEST:
            raise refusal(f"The file is larger than {LARGEST // 1024**2} MB. Split it into several files.")
        self._ends_with_line = True
        self.commas_are_thousands = True
        if kind == "xlsx":
            workbook = Workbook(stream, problems)
            self.sheet = workbook.sheet
            self.words = f'Excel workbook, sheet "{workbook.sheet}"'
            rows = (GridRow(row, cells, kinds) for row, cells, kinds in workbook.rows())
        else:
            text = CsvText(stream, columns.names, self.sheet)
            self.words = text.form.words
            self._ends_with_line = text.form.ends_with_line
            self.commas_are_thousands = text.form.delimiter != ";"
            rows = (GridRow(row, cells) for row, _, cells in text.rows())
        self._rows: Iterator[GridRow] = rows
        self.header = self._header()

    def _header(self) -> Header:
        """Read the header, or refuse with all that is wrong with it."""
        first = next((row for row in self._rows if any(cell.strip() for cell in row.cells)), None)
        if first is None:
            raise refusal("The file is empty. Export it again and send the new one.", sheet=self.sheet)
        if not is_header(first.cells, self._columns):
            for row in itertools.islice(self._rows, SEARCHED):
                if is_header(row.cells, self._columns):
                    raise refusal(title_rows_fault(row.row), row=row.row, sheet=self.sheet)
        found = Problems()
        header = read_header(first.row, first.cells, self._columns, found, self.sheet)
        if first.row != 1:
            found.add(title_rows_fault(first.row), row=first.row, sheet=self.sheet)
        if found:
            raise FileRefused(found)
        return header

    def __iter__(self) -> Iterator[GridRow]:
        """Yield the rows below the header that have exactly the header's number of cells and are not blank."""
        count, last_row, is_last_short = 0, self.header.row, False
        blanks: list[int] = []
        for row in self._rows:
            last_row, is_last_short = row.row, False
            if not any(cell.strip() for cell in row.cells) and (row.kinds is None or not any(row.kinds)):
                blanks.append(row.row)
                continue
            self._note_blanks(blanks)
            count += 1
            if count > MOST_ROWS:
                self._add(f"The file has more than {MOST_ROWS:,} rows. Split it into several files.", row.row)
                return
            if row.kinds is not None:
                # A workbook stores no blank cells at the end of a row.
                missing = self.header.width - len(row.cells)
                row.cells += [""] * missing
                row.kinds += [CellKind.BLANK] * missing
            if len(row.cells) == self.header.width:
                yield row
            else:
                is_last_short = len(row.cells) < self.header.width
                self._add(width_fault(len(row.cells) - self.header.width), row.row)
        if not count:
            self._add("The file has a header but no rows. Nothing was changed; send a file with rows.", None)
        if not self._ends_with_line:
            end = "its last row is short and unfinished" if is_last_short else "its last line has no line break"
            self._add(CUT_OFF.format(end), last_row)

    def _note_blanks(self, blanks: list[int]) -> None:
        """Add a problem for each blank row that has rows below it; blank rows at the foot mean nothing."""
        for row in blanks:
            self._add("This row is blank but rows follow it. Delete it, or fill it in.", row)
        blanks.clear()

    def _add(self, message: str, row: int | None) -> None:
        self.problems.add(message, row=row, sheet=self.sheet)


def width_fault(surplus: int) -> str:
    """Return the words for a row with so many columns more than the header, or fewer when negative."""
    columns = "1 column" if abs(surplus) == 1 else f"{abs(surplus)} columns"
    if surplus < 0:
        return f"This row has {columns} fewer than the header. Fill in what is missing; the file may be cut off here."
    return (
        f"This row has {columns} more than the header. A text that holds the separator must stand in quotation marks."
    )


def table_rows(path: Path, columns: Columns, problems: Problems) -> Iterator[tuple[Grid, GridRow]]:
    """Yield the table of a file and each of its rows in turn. Never raises for a bad file.

    Why a file cannot be read, at once or from some row on, ends up in `problems`.
    """
    with path.open("rb") as stream:
        try:
            grid = Grid(stream, columns, problems)
            for row in grid:
                yield grid, row
        except FileRefused as refused:
            problems.include(refused.problems)
