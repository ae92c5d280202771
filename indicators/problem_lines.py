"""Identical problems of a file as one line, with the rows or cells they stand in as ranges. Pure.

A wrong word in a column of four years is one mistake, and 48 places to mend it in.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

RANGES_SHOWN = 5
VALUES_SHOWN = 3
LINES_SHOWN = 100
_ADDRESS = re.compile(r"Cell ([A-Z]{1,3}[0-9]+) (\S)")
_LETTERS = re.compile(r"[A-Z]{1,3}")


class Place(NamedTuple):
    """One problem as it is listed: where, what stands there, and what to do."""

    sheet: str
    row: int | None
    column: str
    value: str
    message: str


@dataclass(slots=True)
class ProblemLine:
    """Problems with the same words: how many, the first ranges they stand in, and the first values that stand there.

    `more` and `more_values` are how many places and different values are not named. `column` is empty where the ranges
    name cells.
    """

    message: str
    column: str
    count: int
    where: list[str] = field(default_factory=list)
    more: int = 0
    values: list[str] = field(default_factory=list)
    more_values: int = 0


class _Block(NamedTuple):
    """Cells of neighbouring columns (as numbers; 0 is none) in the same rows."""

    left: int
    right: int
    top: int
    bottom: int


def lines(problems: Iterable[Place], *, by_cell: bool) -> list[ProblemLine]:
    """Put identical problems into one line each, those with most places first.

    `by_cell`: the places are cells, whose column is a letter; else rows, and the column is a name that they share.
    """
    groups: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for one in problems:
        groups[_words(one), "" if by_cell else one.column].append(one)
    found = [_line(message, column, some, by_cell=by_cell) for (message, column), some in groups.items()]
    return sorted(found, key=lambda line: -line.count)


def cells_in_words(cells: Iterable[tuple[str, int, str]]) -> str:
    """Name cells, given as (sheet, row, letter), by the first ranges that they make: "DA, C4 to C51; DA, cell E7"."""
    line = _line("", "", [Place(sheet, row, letter, "", "") for sheet, row, letter in cells], by_cell=True)
    more = f"; and {line.more:,} more" if line.more else ""
    return f"{'; '.join(line.where)}{more}"


def _words(one: Place) -> str:
    """Return the words of a problem without the address of its own cell, which stands beside them."""
    found = _ADDRESS.match(one.message)
    if found is None or found[1] != f"{one.column}{one.row}":
        return one.message
    return f"{found[2].upper()}{one.message[found.end() :]}"


def _line(message: str, column: str, places: Sequence[Place], *, by_cell: bool) -> ProblemLine:
    values = list(dict.fromkeys(one.value for one in places))
    line = ProblemLine(message, column, len(places), values=values[:VALUES_SHOWN])
    line.more_values = len(values) - len(line.values)
    named = 0
    for words, covered in _ranges(places, by_cell=by_cell):
        if len(line.where) == RANGES_SHOWN:
            break
        line.where.append(words)
        named += covered
    line.more = max(len(places) - named, 0)
    return line


def _ranges(places: Sequence[Place], *, by_cell: bool) -> Iterator[tuple[str, int]]:
    """Yield every range in words with how many problems stand in it, sheet by sheet in the order they were found."""
    sheets: dict[str, list[Place]] = defaultdict(list)
    for one in places:
        sheets[one.sheet].append(one)
    for sheet, some in sheets.items():
        rows: dict[int, dict[int, int]] = defaultdict(dict)  # column -> row -> problems
        whole = 0
        for one in some:
            if one.row is None:
                whole += 1
            else:
                column = _number(one.column) if by_cell else 0
                rows[column][one.row] = rows[column].get(one.row, 0) + 1
        if whole:
            yield sheet or "whole file", whole
        for block in _blocks(rows):
            covered = sum(
                rows[column][row]
                for column in range(block.left, block.right + 1)
                for row in range(block.top, block.bottom + 1)
            )
            words = _in_words(block)
            yield (f"{sheet}, {words}" if sheet else words), covered


def _blocks(rows: dict[int, dict[int, int]]) -> list[_Block]:
    """Return runs of rows, joined where neighbouring columns have the same, the first rows first."""
    joined: list[_Block] = []
    open_before: dict[tuple[int, int], _Block] = {}
    for column in sorted(rows):
        open_now: dict[tuple[int, int], _Block] = {}
        for top, bottom in _runs(sorted(rows[column])):
            before = open_before.pop((top, bottom), None)
            is_next = before is not None and before.right == column - 1
            left = before.left if before is not None and is_next else column
            if before is not None and not is_next:
                joined.append(before)
            open_now[top, bottom] = _Block(left, column, top, bottom)
        joined += open_before.values()
        open_before = open_now
    joined += open_before.values()
    return sorted(joined, key=lambda block: (block.top, block.left))


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of every run of numbers that follow one another."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            yield first, last
            first = number
        last = number
    yield first, last


def _in_words(block: _Block) -> str:
    if not block.left:
        return f"row {block.top:,}" if block.top == block.bottom else f"rows {block.top:,} to {block.bottom:,}"
    first, last = f"{_letters(block.left)}{block.top}", f"{_letters(block.right)}{block.bottom}"
    return f"cell {first}" if first == last else f"{first} to {last}"


def _number(letters: str) -> int:
    """Return the number of a column by its letters, from 1; 0 for what names none."""
    if not _LETTERS.fullmatch(letters):
        return 0
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _letters(number: int) -> str:
    found = ""
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(ord("A") + rest) + found
    return found
