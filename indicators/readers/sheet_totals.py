"""Totals of a wide table, compared with what they stand for: never taken, never passed over. Values in, values out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.calculations import ARITHMETIC, sum_of
from indicators.kinds import Aggregation
from indicators.periods import Period, label
from indicators.readers.sheet_adding import Addend, rule_of
from indicators.readers.sheet_layouts import Holds, Meaning, SheetLookups

# What stands in a cell: a number, None for a blank, or a text that says why there is no number to compare: of a total
# the whole reason, of a value the end of a sentence that begins with its period ("is not available").
Entry = Decimal | None | str
Place = tuple[int, int]
Counts = tuple[Decimal, Decimal]
CountsOf = Callable[[Addend], Counts | None]
_HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Total:
    """A total of a table: its place (line, column), those of the cells it puts together, and what they stand for."""

    place: Place
    parts: tuple[Place, ...]
    addends: tuple[Addend, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing one total gave: both numbers, or why it could not be compared."""

    printed: Decimal = Decimal(0)
    expected: Decimal = Decimal(0)
    why_not: str = ""
    is_weighted: bool = False
    agrees: bool = False


def totals_of(
    lines: Sequence[Meaning], columns: Sequence[Holds], period: Callable[[int, int], Period | None]
) -> Iterator[Total]:
    """Yield every total of a table.

    `lines` and `columns` say what each holds: values, a total since the one before, a grand total, or nothing that is
    read. `period(line, column)` is the period of a value.
    """
    values_in = [at for at, holds in enumerate(columns) if holds.is_read]
    read = [at for at, one in enumerate(lines) if one.holds.is_read]
    over_lines = dict(_totals([one.holds for one in lines], read))

    def addends(over: Sequence[int], across: Sequence[int]) -> tuple[Addend, ...]:
        return tuple(Addend(lines[line], period(line, column)) for line in over for column in across)

    for column, parts in _totals(columns, values_in):
        for line, meaning in enumerate(lines):
            over = [line] if meaning.holds.is_read else over_lines.get(line)
            if over is not None:
                yield Total((line, column), tuple((line, at) for at in parts), addends(over, parts))
    for line, over in over_lines.items():
        for column in values_in:
            yield Total((line, column), tuple((at, column) for at in over), addends(over, [column]))


def _totals(kinds: Sequence[Holds], values: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Yield each total with the places of what it adds up."""
    since = -1
    for at, holds in enumerate(kinds):
        if holds in {Holds.TOTAL, Holds.TAKEN_TOTAL}:
            yield at, [value for value in values if since < value < at]
            since = at
        elif holds is Holds.GRAND_TOTAL:
            yield at, list(values)


class TotalsCheck:
    """Compares the totals of a file. `counts` gives numerator and denominator of a value, None where it lacks one."""

    def __init__(self, known: SheetLookups, counts: CountsOf, tolerance: Decimal = Decimal(0)) -> None:
        """Allow a total to lie as far from what it stands for as `tolerance` says."""
        self._known = known
        self._counts = counts
        self._tolerance = tolerance

    def compare(self, total: Total, entries: Mapping[Place, Entry]) -> Comparison | None:
        """Compare one total with what it stands for; None where nothing is printed."""
        printed = entries.get(total.place)
        if printed is None:
            return None
        if isinstance(printed, str):
            return Comparison(why_not=printed)
        values = [entries.get(part) for part in total.parts]
        if why_not := self._missing(total, values):
            return Comparison(why_not=why_not)
        rule, why_not = rule_of(total.addends, self._known)
        if rule is Aggregation.SUPPLIED:
            return Comparison(why_not=why_not)
        if rule is Aggregation.WEIGHTED:
            return self._weighted(total, values, printed, why_not)
        summed = sum((value for value in values if isinstance(value, Decimal)), Decimal(0))
        return Comparison(printed, summed, agrees=abs(summed - printed) <= self._tolerance)

    def _missing(self, total: Total, values: Sequence[Entry]) -> str:
        """Say which of the values has no number; "" where all have, or are blank."""
        at = next((at for at, value in enumerate(values) if isinstance(value, str)), None)
        if at is None:
            return ""
        if len(total.addends) != len(total.parts):
            return "one of the totals that it stands over has no number"
        period = total.addends[at].period
        return f"{label(period) if period else 'a value'} {values[at]}"

    def _weighted(self, total: Total, values: Sequence[Entry], printed: Decimal, otherwise: str) -> Comparison:
        """Compare with the numerators over the denominators, as exactly as the total is written."""
        if len(total.addends) != len(total.parts):
            return Comparison(why_not=otherwise)
        held = [one for one, value in zip(total.addends, values, strict=True) if value is not None]
        counts = [self._counts(one) for one in held]
        found = [one for one in counts if one is not None]
        if len(found) < len(counts):
            return Comparison(why_not=f"{otherwise}, and numerators and denominators are not given for all of them")
        numerator, denominator = sum_of(one for one, _ in found), sum_of(one for _, one in found)
        if not denominator:
            return Comparison(why_not="the denominators add up to 0")
        meaning = total.addends[0].meaning
        scaled = ARITHMETIC.multiply(numerator, self._known.scale(meaning.indicator))
        expected = ARITHMETIC.divide(scaled, denominator * meaning.factor)
        exponent = printed.as_tuple().exponent
        rounded = _HALF.scaleb(min(exponent, 0) if isinstance(exponent, int) else 0)
        apart = abs(expected - printed)
        return Comparison(printed, expected, is_weighted=True, agrees=apart <= max(self._tolerance, rounded))
