"""How the numbers of a wide sheet are written: with a percent sign, formatted as per cent, or as fractions of 1.

A percentage must never be off by a factor of 100 in silence: what is read as what is said, and what looks wrong is a
warning with its cell.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.choices import Kind
from indicators.formatting import counted
from indicators.kinds import PARTS_OF_A_WHOLE
from indicators.readers.headings import plain
from indicators.readers.observations import ObservationRow
from indicators.readers.own_counts import contradiction
from indicators.readers.sheet_cells import SheetCell
from indicators.readers.sheet_comparing import written
from indicators.readers.sheet_layouts import FRACTIONS, Holds, Meaning, SheetLookups
from indicators.readers.workbooks import CellKind

LISTED_CELLS = 10
_NUMBER = re.compile(r"-?[0-9][0-9,]*(\.[0-9]+)?")
_HUNDRED = Decimal(100)
_MOST = 1_000  # a plain percentage may compare two numbers of any size; ten times as many is still told


@dataclass(slots=True)
class Look:
    """How the numbers under one label are written: how many, how many with a sign, the largest, one of each sort."""

    numbers: int = 0
    signs: int = 0
    formatted: int = 0
    largest: Decimal = Decimal(0)
    example: Decimal = Decimal(0)
    has_decimals: bool = False

    def see(self, cells: Iterable[SheetCell]) -> None:
        """Look at some cells; what is no number is passed over."""
        for cell in cells:
            bare = cell.text.removesuffix("%").rstrip()
            if cell.fault or not _NUMBER.fullmatch(bare):
                continue
            has_sign, number = bare != cell.text, Decimal(bare.replace(",", ""))
            self.numbers += 1
            self.signs += has_sign
            self.formatted += has_sign and cell.kind is CellKind.NUMBER
            self.largest = max(self.largest, number)
            self.has_decimals = self.has_decimals or number != number.to_integral_value()
            self.example = self.example or number

    @property
    def is_percent(self) -> bool:
        """Whether the numbers show themselves as percentages."""
        return self.signs > 0

    @property
    def may_be_fractions(self) -> bool:
        """Whether the numbers may be fractions of 1, as Excel stores a percentage: none has a sign, none is above 1."""
        return self.numbers > 0 and not self.signs and self.has_decimals and self.largest <= 1


def format_words(looks: Mapping[str, Look]) -> str:
    """Say that cells are formatted as per cent, and how one of them is read; "" where none is."""
    found = [look for look in looks.values() if look.formatted]
    if not found:
        return ""
    cells = counted(sum(look.formatted for look in found), "cell is formatted", "cells are formatted")
    example = next((look.example for look in found if look.example), None)
    return f"{cells} as per cent{_read_as(example / _HUNDRED) if example else ''}."


def _read_as(fraction: Decimal) -> str:
    return f": {written(fraction)} is read as {written(fraction * _HUNDRED)} %"


def sayings(
    looks: Mapping[str, Look], labels: Mapping[str, Meaning], known: SheetLookups
) -> tuple[list[str], list[str]]:
    """Return (notes, warnings) of how the percentages of a file were read, label by label."""
    notes, warnings = [format_words(looks)], []
    meanings = {plain(text): meaning for text, meaning in labels.items()}
    for label, look in looks.items():
        meaning = meanings.get(plain(label))
        if meaning is None or meaning.holds is not Holds.LEVEL or not known.is_percent(meaning.indicator):
            continue
        example = look.example
        if meaning.factor == FRACTIONS and example and not look.signs:
            notes.append(f"“{label}” holds fractions{_read_as(example)}.")
        elif meaning.factor == 1 and example and look.may_be_fractions:
            warnings.append(
                f"No number of “{label}” is above 1, and none has a percent sign: {written(example)} is read as "
                f"{written(example)} %. If {written(example * _HUNDRED)} % is meant, choose “Fractions” as its unit in "
                "the profile."
            )
    return [note for note in notes if note], warnings


def odd_sizes(rows: Sequence[ObservationRow], known: SheetLookups) -> list[str]:
    """Return a warning for each percentage that is too large to be one, the first ones one by one."""
    found = [words for row in rows if known.is_percent(row.indicator) for words in _odd(row, known)]
    more = len(found) - LISTED_CELLS
    if more > 0:
        found[LISTED_CELLS:] = [f"{counted(more, 'more percentage looks', 'more percentages look')} wrong by its size."]
    return found


def _odd(row: ObservationRow, known: SheetLookups) -> Iterator[str]:
    if row.value is None or contradiction(row, known):
        return
    where = f"Sheet “{row.sheet}”, cell {row.cell}" if row.sheet else f"Cell {row.cell}"
    name = known.names.get(row.indicator, row.indicator)
    kind = known.adding[row.indicator].kind if row.indicator in known.adding else Kind.PERCENTAGE
    if row.value > (100 if kind in PARTS_OF_A_WHOLE else _MOST):
        meant = written(row.value / _HUNDRED)
        yield f"{where}: “{name}” is read as {written(row.value)} %. If {meant} % is meant, correct the cell."
