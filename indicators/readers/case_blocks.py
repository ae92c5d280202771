"""Rows of a case table in blocks: a block is looked at as a whole, and row by row only where something in it is odd.

A block whose rows are all of the right form costs a few operations on whole columns; that is how a million rows pass
in seconds.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice, repeat

from indicators.readers.grids import CUT_OFF, width_fault
from indicators.readers.headers import Header
from indicators.readers.packed_tables import CaseTable, Row
from indicators.readers.problems import Problems
from indicators.readers.texts import BLANKS, text_fault

ROWS = 500  # of a block: more would not be faster, and fewer have to be looked at one by one for one that is odd
SEPARATOR = "\x1f"  # no field can hold it: control characters are refused
LIMIT = 500  # characters of a field

Fields = tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """What one reading has come across so far: what is wrong, how many rows, and those left out, by month.

    The month None stands for one that cannot be read. `is_broken`: more than single rows is wrong. `forces` are the
    names of the forces that the cases fall within.
    """

    problems: Problems = field(default_factory=Problems)
    rows: int = 0
    bad_rows: Counter[date | None] = field(default_factory=Counter)
    is_broken: bool = False
    forces: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows come from: the file inside a zip ("" for none), and the month in its name (None: it names none)."""

    member: str = ""
    month: date | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Rows side by side: their numbers, their fields by column, and the fields of each row as one text."""

    numbers: Sequence[int]
    columns: Sequence[Sequence[str]]
    joined: list[str]

    @classmethod
    def of_columns(cls, numbers: Sequence[int], columns: Sequence[Sequence[str]]) -> "Block":
        """Return the block of these columns."""
        return cls(numbers, columns, list(map(SEPARATOR.join, zip(*columns, strict=True))))

    @classmethod
    def of_rows(cls, rows: Iterable[tuple[int, Fields]]) -> "Block":
        """Return the block of (number, fields) of rows; without any, it is empty."""
        numbers, fields = tuple(zip(*rows, strict=True)) or ((), ())
        return cls.of_columns(numbers, list(zip(*fields, strict=True)))

    def rows(self) -> Iterator[tuple[int, Fields]]:
        """Yield (number, fields) of each row."""
        return zip(self.numbers, zip(*self.columns, strict=True), strict=True)


class Blocks:
    """The rows of one table whose form and texts are right; the others are told to a tally.

    `names` are the columns to be read, in order; one that the file does not have is blank throughout. `limits`:
    name -> characters, where more than usual may stand.
    """

    def __init__(
        self, table: CaseTable, header: Header, names: Sequence[str], limits: Mapping[str, int], tally: Tally
    ) -> None:
        self._table = table
        self._width = header.width
        # What the file does not have is read from the blank column that is added to each block.
        self._columns = [header.places.get(name, header.width) for name in names]
        self._names = names
        self._limits = limits
        self._tally = tally
        self._last = header.row  # the last line read so far
        self._blank = 0  # the first of the blank rows just read
        self._short = 0  # the last row with too few columns

    def read(self, place: Place, most_rows: int | None = None) -> Iterator[Block]:
        """Yield the blocks, of at most so many rows."""
        rows = self._table.rows if most_rows is None else islice(self._table.rows, most_rows)
        ended: Exception | None = None
        while ended is None:
            taken: list[Row] = []
            try:
                taken.extend(islice(rows, ROWS))
            except Exception as error:  # what was read before it is looked at first
                ended = error
            if not taken and ended is None:
                break
            block = self._block(taken, place) if taken else None
            if block:
                yield block
        if ended is not None:
            raise ended
        if not self._table.ends_with_line and most_rows is None:
            self._tally.is_broken = True
            is_short = self._short == self._last
            end = "its last row is short and unfinished" if is_short else "its last line has no line break"
            self._tally.problems.add(CUT_OFF.format(end), row=self._last, sheet=place.member)

    def _block(self, taken: list[Row], place: Place) -> Block | None:
        """Return the good rows among those taken; None when there is none."""
        numbers, further, cells = zip(*taken, strict=True)
        self._last = numbers[-1] + further[-1]
        if self._blank or any(further) or set(map(len, cells)) != {self._width} or not all(map(any, cells)):
            good = list(self._in_form(taken, place))
            if not good:
                return None
            numbers, cells = zip(*good, strict=True)
        else:
            self._tally.rows += len(taken)
        columns = [*zip(*cells, strict=True), ("",) * len(cells)]
        block = Block.of_columns(numbers, [columns[column] for column in self._columns])
        if self._table.is_plain and not _is_odd(block.joined):
            return block
        block = Block.of_rows(self._in_words(block, place))
        return block if block.numbers else None

    def _in_form(self, taken: list[Row], place: Place) -> Iterator[tuple[int, list[str]]]:
        """Yield (number, cells) of the rows with one line and as many columns as the header has."""
        for row, further, cells in taken:
            if not any(cells):
                self._blank = self._blank or row
                continue
            self._tally.rows += 1
            if len(cells) == self._width and not further and not self._blank:
                yield row, cells
                continue
            self._tally.bad_rows[place.month] += 1
            self._note_form(row, further, len(cells) - self._width, place.member)
            self._blank = 0
            self._short = row if len(cells) < self._width else 0

    def _note_form(self, row: int, further: int, surplus: int, member: str) -> None:
        """Note a row with too few or too many columns, one of several lines, or blank rows above it."""
        problems = self._tally.problems
        if self._blank:
            message = "This row is blank but rows follow it. Delete it, or fill it in."
            problems.add(message, row=self._blank, sheet=member)
        if surplus:
            problems.add(width_fault(surplus), row=row, sheet=member)
        elif further > 0:
            message = (
                "This row runs over several lines. Delete the line break, or close the "
                'quotation mark (") that opens in it.'
            )
            problems.add(message, row=row, sheet=member)

    def _in_words(self, block: Block, place: Place) -> Iterator[tuple[int, Fields]]:
        """Yield (number, fields without blanks around them) of the rows whose texts can be taken as they are."""
        for row, fields in block.rows():
            bare = tuple(map(str.strip, fields, repeat(BLANKS)))
            if self._has_fault(row, bare, place.member):
                self._tally.bad_rows[place.month] += 1
            else:
                yield row, bare

    def _has_fault(self, row: int, fields: Fields, member: str) -> bool:
        """Note every field with hidden or garbled characters or too much text, and say whether there is one."""
        found = False
        for column, text in zip(self._names, fields, strict=True):
            fault = text_fault(text, self._limits.get(column, LIMIT)) if text else ""
            if fault:
                self._tally.problems.add(fault, row=row, column=column, value=text, sheet=member)
                found = True
        return found


def _is_odd(joined: list[str]) -> bool:
    """Say whether any row may hold a text that is too long, or blanks around one."""
    text = SEPARATOR.join(["", *joined, ""])
    return f" {SEPARATOR}" in text or f"{SEPARATOR} " in text or max(map(len, joined)) > LIMIT
