"""The value in one cell of a wide sheet: a number taken exactly, a blank, a word with its meaning, or a fault."""

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from indicators.calculations import round_half_up
from indicators.choices import Status
from indicators.readers.headings import plain
from indicators.readers.numbers import DECIMALS, parse_number
from indicators.readers.problems import Unfit
from indicators.readers.sheet_cells import Sheet, SheetCell
from indicators.readers.sheet_layouts import Holds, Meaning, SheetLayout, WordMeaning
from indicators.readers.sheet_marks import Marks, apart
from indicators.readers.sheet_tables import Unknown
from indicators.readers.sheet_totals import Stated
from indicators.readers.workbooks import CellKind

LONGEST_WORD = 40
_MARKED = re.compile(r"-?[0-9][0-9.,]*\s*%?\s*(?!e[-+]?[0-9]+$)([(\[*†‡#a-zA-Z¹²³⁰-⁹].*)")
_LONG = re.compile(rf"-?[0-9]+\.[0-9]{{{DECIMALS + 1},}}")
_STATUS = {WordMeaning.NOT_AVAILABLE: Status.NOT_AVAILABLE, WordMeaning.SUPPRESSED: Status.SUPPRESSED}


@dataclass(frozen=True, slots=True)
class WithoutNumber:
    """A cell that has no number, and why."""

    status: Status
    why: str


Taken = Decimal | WithoutNumber


class CellValue(NamedTuple):
    """What a cell of values holds (None: it is blank), whether with a percent sign, and what a mark says of it."""

    taken: Taken | None
    has_percent: bool = False
    status: Status | None = None


class SheetValues:
    """Takes the values of a file as a layout says; counts what a person should know of them."""

    def __init__(self, layout: SheetLayout, unknown: Unknown) -> None:
        """Start with nothing counted; words without a meaning are added to `unknown`."""
        self.numbers_as_text = 0
        self.numbers_rounded = 0
        self._takes_percent = layout.takes_percent
        self._words = {plain(text): meaning for text, meaning in layout.words.items()}
        self._unknown = unknown
        self._marks = Marks(layout.marks, unknown.marks)

    def total(self, cell: SheetCell, sheet: Sheet) -> Stated | str | None:
        """Return the number in the cell of a total, which is only compared; or why it has none that could be.

        Of a formula the number counts that was stored with it.
        """
        if cell.result == "":
            return "a formula without a stored result"
        try:
            taken = self._taken(SheetCell(cell.result, CellKind.NUMBER) if cell.result else cell, sheet).taken
        except Unfit:
            return f"“{cell.text[:LONGEST_WORD]}” is no number"
        if isinstance(taken, WithoutNumber):
            return f"the total is {taken.status.value.replace('-', ' ')}"
        return None if taken is None else Stated(taken, cell.decimals)

    def take(self, cell: SheetCell, sheet: Sheet, beside: SheetCell | None = None) -> CellValue:
        """Return the value of a cell; `beside` is a cell without a heading to its right, which may hold its mark.

        `Unfit` for what cannot be taken.
        """
        if cell.is_filled or cell.is_merged:
            raise Unfit(
                "This value stands in merged cells. Unmerge them, so that it is clear to which period it belongs."
            )
        value = self._taken(cell, sheet)
        if value.status or beside is None or not isinstance(value.taken, Decimal) or not beside.text:
            return value
        return value._replace(status=self._status(beside.text)) if self._marks.is_likely(beside.text) else value

    def look(self, cells: Iterable[SheetCell], sheet: Sheet) -> None:
        """Note the words of a row that has no meaning yet, so that both can be given in one go."""
        for cell in cells:
            with contextlib.suppress(Unfit):
                self._taken(cell, sheet)

    def _taken(self, cell: SheetCell, sheet: Sheet) -> CellValue:
        if cell.fault:
            raise Unfit(cell.fault)
        word = self._words.get(plain(cell.text))
        if word is not None:
            return CellValue(_meant(*word))
        if not cell.text:
            return CellValue(None)
        if cell.kind is CellKind.DATE:
            raise Unfit("Excel has turned this into a date. Format the cell as Number and type the value again.")
        if cell.kind is CellKind.PADDED:
            raise Unfit("This is shown with leading zeros, like a code. Format the cell as Number.")
        return self._number(cell, sheet)

    def _number(self, cell: SheetCell, sheet: Sheet) -> CellValue:
        if cell.marked:  # 1,234 with a raised 1 is not 12,341
            cell = cell._replace(text=cell.marked)
        text, mark = apart(cell.text) if _MARKED.fullmatch(cell.text) else (cell.text, "")
        status = self._status(mark) if mark else None
        has_percent = text.endswith("%")
        if has_percent and not self._takes_percent:
            raise Unfit("This has a percent sign. Say in the profile that percentages are written with their sign.")
        if has_percent:
            text = text[:-1].rstrip()
        # What a formula gave has as many decimals as Excel holds, and nobody chose them.
        if cell.kind is CellKind.NUMBER and _LONG.fullmatch(text):
            text = f"{round_half_up(Decimal(text), DECIMALS):f}"
            self.numbers_rounded += 1
        try:
            number = parse_number(text, thousands_commas=sheet.commas_are_thousands)
        except Unfit as fault:
            raise Unfit(self._fault(cell.text, str(fault))) from None
        if cell.kind is CellKind.TEXT:
            self.numbers_as_text += not mark
        return CellValue(number, has_percent, status)

    def _status(self, mark: str) -> Status:
        """Return what a mark says of its value. `Unfit` where the profile does not say."""
        status = self._marks.status(mark)
        if status is None:
            what = "Say in the profile what it means, or delete it" if self._marks.is_likely(mark) else "Delete it"
            words = f"The mark “{mark[:20]}” stands beside the number. {what}, and keep what it says in a note of the "
            raise Unfit(f"{words}indicator.")
        return status

    def _fault(self, text: str, otherwise: str) -> str:
        """Return what is wrong with a text that is no number, and note it where it may be a word with a meaning."""
        if marked := _MARKED.fullmatch(text):
            return (
                f"The mark “{marked[1][:20]}” stands beside the number. Delete it, and keep what it says in a note "
                "of the indicator."
            )
        is_number = bool(re.search(r"[0-9]", text)) and not text.startswith(("<", ">", "≤", "≥", "~", "["))
        if is_number or len(text) > LONGEST_WORD:
            return otherwise
        self._unknown.words.setdefault(text)
        return f"The profile does not say what “{text}” means. Add it to its words, as blank or not available."


def _meant(meaning: WordMeaning, why: str) -> Taken | None:
    if meaning is WordMeaning.BLANK:
        return None
    return Decimal(0) if meaning is WordMeaning.ZERO else WithoutNumber(_STATUS[meaning], why)


def in_units(number: Decimal, meaning: Meaning) -> Decimal:
    """Return a number in the unit of its indicator. `Unfit` for what no value can be."""
    if number < 0:
        raise Unfit("A value cannot be negative. Correct it, or load changes with a tidy file.")
    if meaning.holds is Holds.DENOMINATOR and number == 0:
        raise Unfit("The denominator must be greater than 0. Correct it, or leave it blank.")
    scaled = number * meaning.factor
    if scaled >= Decimal(10) ** 15:
        raise Unfit("The number has more than 15 digits in its full unit. Is it written in thousands by mistake?")
    return scaled
