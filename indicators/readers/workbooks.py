"""Rows of an Excel workbook, after its parts have been looked through: one visible sheet, plain values only.

openpyxl reads with its formulas visible, so that a formula is never taken for a blank. Numbers are given as text of
at most 15 digits, which is all a spreadsheet keeps and shows: Excel stores 75.4 as 75.400000000000006.
"""

import warnings
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import IO, Any

import openpyxl
from openpyxl.utils import get_column_letter

from indicators.readers.numbers import INTEGER_DIGITS
from indicators.readers.problems import FileRefused, Problems, refusal
from indicators.readers.workbook_parts import TABLE, Limits, SheetScan, scan_workbook

_SHOWN = 10


class CellKind(StrEnum):
    """What a cell of a workbook holds; false when it is blank."""

    BLANK = ""
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    PADDED = "padded"  # a number shown with leading zeros, like a code
    REFUSED = "refused"  # reported already


class Workbook:
    """The one sheet with values of a workbook. What is not allowed in it is added to `problems`.

    `last_row` is the last row with a value. Columns whose places (0 is the first) stand in `unread` are taken for
    blank; in those of `timed` a time of day is dropped. Both may be set once the header is known.
    """

    def __init__(self, stream: IO[bytes], problems: Problems, limits: Limits = TABLE) -> None:
        """Look through the workbook and choose its sheet. `FileRefused` when it may harm or holds no values."""
        self._stream = stream
        self._problems = problems
        self._most_rows = limits.rows
        self.unread: frozenset[int] = frozenset()
        sheets = scan_workbook(stream, limits)
        filled = [sheet for sheet in sheets if sheet.has_values and not sheet.is_hidden]
        for sheet in sheets:
            if sheet.is_hidden:
                self._add(
                    "This sheet is hidden. Unhide it and delete it, or send a workbook without it.",
                    sheet.name,
                )
        for sheet in filled[1:]:
            message = (
                f'A second sheet holds values beside "{filled[0].name}". Delete it, or send it as a file of its own.'
            )
            self._add(message, sheet.name)
        if not filled:
            self._add(
                "The workbook has no visible sheet with values. Send one with the table on its first sheet.",
                "",
            )
            # The caller keeps the list; what is in it already is not to be added twice.
            raise FileRefused(Problems())
        self.sheet = filled[0].name
        self._cells = Cells(problems, self.sheet)
        self.last_row = filled[0].last_row
        self._width = filled[0].last_column
        self._note_faults(filled[0])

    @property
    def timed(self) -> frozenset[int]:
        """The places of the columns in which a time of day is dropped."""
        return self._cells.timed

    @timed.setter
    def timed(self, places: frozenset[int]) -> None:
        self._cells.timed = places

    def _add(self, message: str, sheet: str, value: str = "") -> None:
        self._problems.add(message, sheet=sheet, value=value)

    def _note_faults(self, sheet: SheetScan) -> None:
        """Add a problem for merged cells and for hidden rows and columns that hold values."""
        if sheet.merged:
            self._add(
                "Cells are merged. Unmerge them, and fill in every cell of the header.",
                sheet.name,
                _listed(sheet.merged),
            )
        if sheet.hidden_rows:
            self._add(
                "Rows are hidden. Unhide them and delete what does not belong.",
                sheet.name,
                _listed(sheet.hidden_rows),
            )
        hidden = [get_column_letter(first) for first, _ in sheet.hidden_columns if first <= sheet.last_column]
        if hidden:
            self._add(
                "Columns are hidden. Unhide them and delete what does not belong.",
                sheet.name,
                _listed(hidden),
            )

    def rows(self) -> Iterator[tuple[int, list[str], list[CellKind]]]:
        """Yield (row number, cells as text, what each holds) for every row, without blank cells at its end."""
        self._stream.seek(0)
        try:
            book = opened(self._stream)
            cells = book[self.sheet].iter_rows(min_row=1, max_row=self._most_rows + 1, min_col=1, max_col=self._width)
            for number, row in enumerate(cells, start=1):
                texts, kinds = [], []
                for place, cell in enumerate(row):
                    text, kind = ("", CellKind.BLANK) if place in self.unread else self._cells.read(cell)
                    texts.append(text)
                    kinds.append(kind)
                while kinds and not kinds[-1]:
                    del kinds[-1], texts[-1]
                yield number, texts, kinds
        except FileRefused:
            raise
        except Exception:
            # A hostile file can make the library raise anything at all; to its sender all of it means the
            # same.
            message = "The workbook is damaged. Open it in Excel, save it again and send the new one."
            raise refusal(message, sheet=self.sheet) from None


def opened(stream: IO[bytes], *, with_results: bool = False) -> Any:
    """Return a workbook that was looked through before, open for reading row by row with its formulas visible.

    `with_results`: with the numbers in their place that were stored when it was saved.
    """
    with warnings.catch_warnings():
        # The library warns of styles and extensions that do not matter here.
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(stream, read_only=True, data_only=with_results, keep_links=False)


class Cells:
    """The cells of one sheet as text and kind; one that holds no plain value is reported by its address.

    `timed` are the places of columns in which a time of day is dropped. With `takes_percent` a number that is shown as
    a percentage is given as it is shown, with its sign; without, it is refused.
    """

    def __init__(self, problems: Problems, sheet: str, *, takes_percent: bool = False) -> None:
        """Read the cells of a sheet; what cannot be taken is added to `problems`."""
        self.timed: frozenset[int] = frozenset()
        self._problems = problems
        self._sheet = sheet
        self._takes_percent = takes_percent

    def read(self, cell: Any) -> tuple[str, CellKind]:
        """Return one cell as text and kind; a cell that holds no plain value is reported by its address."""
        value = cell.value
        if value is None:
            return "", CellKind.BLANK
        if cell.data_type == "f":
            return self._refused(cell, str(value), "holds a formula. Copy the sheet and paste it as values.")
        if cell.data_type == "e":
            return self._refused(cell, str(value), "holds an error. Correct it, or leave it blank with a status.")
        if isinstance(value, bool):
            return self._refused(cell, str(value).upper(), "holds TRUE or FALSE. Type the value that is meant.")
        if isinstance(value, str):
            return value, CellKind.TEXT if value.strip() else CellKind.BLANK
        if isinstance(value, datetime):
            if value.time() != datetime.min.time() and cell.column - 1 not in self.timed:
                return self._refused(cell, str(value), "holds a time of day. Type the date alone.")
            return value.date().isoformat(), CellKind.DATE
        if isinstance(value, date):
            return value.isoformat(), CellKind.DATE
        if isinstance(value, int | float):
            return self._number(cell, value)
        return self._refused(cell, str(value), "holds a time, not a date or a number. Type the value that is meant.")

    def _number(self, cell: Any, value: int | float) -> tuple[str, CellKind]:
        shown = str(cell.number_format or "")
        if "%" in shown and self._takes_percent:
            return f"{(Decimal(format(value, f'.{INTEGER_DIGITS}g')) * 100).normalize():f}%", CellKind.NUMBER
        if "%" in shown:
            message = "is formatted as a percentage. Format it as Number and type what was shown, without the sign."
            return self._refused(cell, str(value), message)
        text = format(Decimal(format(value, f".{INTEGER_DIGITS}g") if isinstance(value, float) else value), "f")
        if len(text.lstrip("-").partition(".")[0]) > INTEGER_DIGITS:
            message = (
                f"holds a number of more than {INTEGER_DIGITS} digits, the last of which Excel "
                "has lost. Use CSV, or Text."
            )
            return self._refused(cell, text, message)
        return text, CellKind.PADDED if shown.startswith("00") else CellKind.NUMBER

    def _refused(self, cell: Any, value: str, message: str) -> tuple[str, CellKind]:
        letter = get_column_letter(cell.column)
        self._problems.add(
            f"Cell {letter}{cell.row} {message}", row=cell.row, column=letter, value=value, sheet=self._sheet
        )
        return "", CellKind.REFUSED


def _listed(addresses: list[str]) -> str:
    more = "" if len(addresses) <= _SHOWN else ", …"
    return ", ".join(addresses[:_SHOWN]) + more
