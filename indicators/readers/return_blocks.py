"""A block of cells copied from a spreadsheet into a partner's return: which of its cells goes into which field.

Lines are known by their labels and columns by their quarters or areas; a block without these has to have the size of
the grid. Nothing is saved by this, and nothing is guessed: what cannot be read is told cell by cell.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from indicators.choices import Unit, Window
from indicators.kinds import SCALES
from indicators.periods import Quarter
from indicators.readers.headings import plain, read_period
from indicators.readers.numbers import parse_number
from indicators.readers.problems import FileRefused, Unfit
from indicators.readers.return_cells import GridRow, Place, Typed
from indicators.readers.sheet_cells import Sheet, pasted
from indicators.readers.texts import Guesses, visible

LARGEST = 50_000  # characters
_COUNTS = re.compile(r"(?P<numerator>[^/]+?)\s*(?:/|\bout of\b|\bof\b)\s*(?P<denominator>[^/]+)")
_BRACKETED = re.compile(r"(?P<first>[^()]+?)\s*\((?P<second>[^()]+)\)")
_WITHOUT = re.compile(r"(?:n/?a|not available|unavailable)\b[\s,:;.–-]*(?:because\b[\s:]*)?(?P<why>.*)", re.I | re.S)
_CALLS_IT = "Write it as on the page, or take the line out of the block."


@dataclass(slots=True)
class Block:
    """What a pasted block gives: the texts of fields by place, and in words what could not be read."""

    cells: dict[Place, Typed] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the block: the quarter it is of, and the area where it is not the row's own."""

    place: int
    words: str
    quarter: Quarter
    area: str | None = None


def read_block(text: str, rows: Sequence[GridRow], quarters: Sequence[Quarter]) -> Block:
    """Return what a block of cells parted by tabs gives for a grid. Never raises."""
    block = Block()
    if len(text) > LARGEST:
        block.problems.append(
            f"The block has {len(text):,} characters; at most {LARGEST:,} are read. Copy the table alone."
        )
        return block
    try:
        sheet = pasted(text)
    except FileRefused as refused:
        block.problems += [problem.message for problem in refused.problems.listed]
        return block
    _Reader(sheet, rows, quarters, block).read()
    if not block.cells and not block.problems:
        block.problems.append("The block holds no value.")
    return block


class _Reader:
    """One block on its way into the fields of a grid."""

    def __init__(self, sheet: Sheet, rows: Sequence[GridRow], quarters: Sequence[Quarter], block: Block) -> None:
        self._sheet = sheet
        self._rows = rows
        self._quarters = quarters
        self._block = block
        self._guesses = Guesses(found=_CALLS_IT, not_found=_CALLS_IT)

    def read(self) -> None:
        """Read all lines below the headings."""
        head = next((line for line in range(1, self._sheet.height + 1) if self._is_heading(line)), 0)
        first = next((line for line in range(head + 1, self._sheet.height + 1) if not self._is_blank(line)), 0)
        if not first:
            return
        lines = [line for line in range(first, self._sheet.height + 1) if not self._is_blank(line)]
        has_labels = any(self._is_label(line) for line in lines)
        columns = self._headed(head) if head else self._unheaded(has_labels)
        if not has_labels and len(lines) != len(self._rows):
            self._tell(
                f"The block has {len(lines)} lines without labels, and the grid has {len(self._rows)} rows. Copy the "
                "labels as well, so that each line finds its row."
            )
            return
        for at, line in enumerate(lines):
            position = self._position(line) if has_labels else at
            if position is not None:
                for column in columns:
                    self._cell(line, column, position)

    def _tell(self, words: str) -> None:
        self._block.problems.append(words)

    def _text(self, line: int, place: int) -> str:
        return self._sheet.cell(line, place).text

    def _is_blank(self, line: int) -> bool:
        return all(not self._text(line, place) for place in range(1, self._sheet.width + 1))

    def _is_heading(self, line: int) -> bool:
        return any(self._quarter(self._text(line, place))[0] for place in range(1, self._sheet.width + 1))

    def _is_label(self, line: int) -> bool:
        text = self._text(line, 1)
        try:
            return bool(text) and not any(_read(text, row) for row in self._rows[:1])
        except Unfit:
            return True

    def _quarter(self, text: str) -> tuple[Quarter | None, str]:
        """Return the quarter that a heading names, or why it looks like one and is none."""
        try:
            period = read_period(text)
        except Unfit as fault:
            return None, str(fault)
        if period is None or period.end is None or period.window not in {Window.QUARTER, Window.SNAPSHOT}:
            return None, ""
        quarter = Quarter.containing(period.end)
        return (quarter, "") if quarter.end == period.end else (None, "")

    def _headed(self, head: int) -> list[_Column]:
        """Return the columns by their headings: quarters, or areas, which are of the newest quarter."""
        columns = []
        areas = {plain(row.area_name): row.area for row in self._rows if row.area_name}
        for place in range(1, self._sheet.width + 1):
            text = self._text(head, place)
            quarter, fault = self._quarter(text)
            if quarter in self._quarters:
                columns.append(_Column(place, text, quarter))  # type: ignore[arg-type]
            elif plain(text) in areas:
                columns.append(_Column(place, text, self._quarters[-1], areas[plain(text)]))
            elif quarter:
                self._tell(f"Column “{visible(text)}”: the grid does not show {quarter.label}, so it was not read.")
            elif text and place > 1:
                why = fault or "This is neither a quarter like Q2 2020/21 nor an area of the grid."
                self._tell(f"Column “{visible(text)}” was not read. {why}")
        return columns

    def _unheaded(self, has_labels: bool) -> list[_Column]:
        first = 2 if has_labels else 1
        width = self._sheet.width - first + 1
        if width != len(self._quarters):
            self._tell(
                f"The block has {width} columns of values without headings, and the grid has {len(self._quarters)} "
                "quarters. Copy the line of headings as well."
            )
            return []
        return [_Column(first + at, one.label, one) for at, one in enumerate(self._quarters)]

    def _position(self, line: int) -> int | None:
        """Return the row that a line is called after; None, with a problem, when there is none."""
        label = self._text(line, 1)
        for at, row in enumerate(self._rows):
            if plain(label) in {plain(name) for name in (row.label, *row.names)}:
                return at
        words = self._guesses.unknown(label, [row.label for row in self._rows], "row") if label else "It has no label."
        self._tell(f"Line {line}, “{visible(label[:80])}”: {words}")
        return None

    def _cell(self, line: int, column: _Column, position: int) -> None:
        text, row = self._text(line, column.place), self._rows[position]
        if not text:
            return
        try:
            texts, at = _read(text, row), self._beside(position, area=column.area)
            self._keep((at, column.quarter), texts[0])
            if len(texts) > 1:
                self._keep((self._beside(at, area=self._rows[at].area, is_other=True), column.quarter), texts[1])
        except Unfit as fault:
            self._tell(f"{row.label}, {column.words}: {fault}")

    def _keep(self, place: Place, typed: Typed) -> None:
        if self._block.cells.setdefault(place, typed) != typed:
            raise Unfit("The block gives this cell twice. The first was taken: look which is right.")

    def _beside(self, position: int, *, area: str | None, is_other: bool = False) -> int:
        """Return the row of the same measure for another area, or for its other kind of period."""
        row = self._rows[position]
        if area is None or (area == row.area and not is_other):
            return position
        wanted = replace(row, area=area)
        found = [
            at
            for at, one in enumerate(self._rows)
            if (one.indicator, one.part, one.area) == (wanted.indicator, wanted.part, wanted.area)
            and (one.window != row.window) == is_other
        ]
        if len(found) != 1:
            raise Unfit("The grid has no row for this value. Take it out of the block, or type it where it belongs.")
        return found[0]


def _read(text: str, row: GridRow) -> list[Typed]:
    """Return what a cell gives for its row, and what stands in brackets for its other kind of period. `Unfit`."""
    if without := _WITHOUT.fullmatch(text):
        why = without["why"].strip()
        if not why:
            raise Unfit(f"“{text}” does not say why. Type the reason under “Not available, because”.")
        return [Typed(why=why)]
    if bracketed := _BRACKETED.fullmatch(text):
        first, second = (_counts_or_value(bracketed[name].strip(), row) for name in ("first", "second"))
        if second.denominator and not first.denominator:  # 66.7% (40 of 60): a percentage with its counts
            return [replace(second, value=first.value)]
        return [first, second]
    return [_counts_or_value(text, row)]


def _counts_or_value(text: str, row: GridRow) -> Typed:
    if found := _COUNTS.fullmatch(text):
        numbers = [found[name].strip() for name in ("numerator", "denominator")]
        if row.kind not in SCALES:
            raise Unfit(f"“{text[:60]}” gives counts, and this row takes one value.")
        for number in numbers:
            parse_number(number)
        return Typed(numerator=numbers[0], denominator=numbers[1])
    number = text[:-1].rstrip() if text.endswith("%") and row.unit is Unit.PERCENT else text
    parse_number(number)
    return Typed(value=number)
