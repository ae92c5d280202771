"""Totals of a wide table, compared with what they stand for: never taken, never passed over. Values in, values out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.agreeing import half_of
from indicators.calculations import ARITHMETIC, round_half_up, sum_of
from indicators.choices import Kind
from indicators.kinds import Aggregation
from indicators.periods import Period, label
from indicators.readers.sheet_adding import Addend, rule_of
from indicators.readers.sheet_layouts import Adding, Holds, Meaning, SheetLookups


@dataclass(frozen=True, slots=True)
class Stated:
    """The number in the cell of a total, and with how many decimals the cell shows it (None: as it is)."""

    number: Decimal
    decimals: int | None = None

    @property
    def printed(self) -> Decimal:
        """The number as somebody reads it."""
        return self.number if self.decimals is None else round_half_up(self.number, self.decimals)

    @property
    def hidden(self) -> Decimal:
        """How much its last printed decimal hides: trailing zeros count."""
        exponent = self.printed.as_tuple().exponent
        return half_of(max(-exponent, 0) if isinstance(exponent, int) else 0)


# What stands in a cell: a number, None for a blank, or a text that says why there is no number to compare: of a total
# the whole reason, of a value the end of a sentence that begins with its period ("is not available").
Entry = Decimal | Stated | None | str
Place = tuple[int, int]
Counts = tuple[Decimal, Decimal]
CountsOf = Callable[[Addend], Counts | None]


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
        """Allow a total to lie as far from what it stands for as its own last decimal hides, or `tolerance` says.

        A count hides nothing: a total of counts must be what they add up to, unless the profile allows more.
        """
        self._known = known
        self._counts = counts
        self._tolerance = tolerance

    def compare(self, total: Total, entries: Mapping[Place, Entry]) -> Comparison | None:
        """Compare one total with what it stands for; None where nothing is printed."""
        entry = entries.get(total.place)
        if entry is None:
            return None
        if isinstance(entry, str):
            return Comparison(why_not=entry)
        stated = entry if isinstance(entry, Stated) else Stated(entry)
        values = [entries.get(part) for part in total.parts]
        if why_not := self._missing(total, values):
            return Comparison(why_not=why_not)
        rule, why_not = rule_of(total.addends, self._known)
        if rule is Aggregation.SUPPLIED:
            return Comparison(why_not=why_not)
        if rule is Aggregation.WEIGHTED:
            return self._weighted(total, values, stated, why_not)
        summed = sum_of(number for number in map(_number, values) if number is not None)
        if self._are_counts(total):
            return Comparison(stated.number, summed, agrees=abs(summed - stated.number) <= self._tolerance)
        return Comparison(stated.printed, summed, agrees=self._is_near(summed, stated))

    def _is_near(self, expected: Decimal, stated: Stated) -> bool:
        return abs(expected - stated.printed) <= max(self._tolerance, stated.hidden)

    def _are_counts(self, total: Total) -> bool:
        """Tell whether a total is of things that are counted: of a count, or of what a quotient is made of."""
        meanings = {one.meaning for one in total.addends}
        kinds = {(self._known.adding.get(one.indicator) or Adding(Kind.COUNT)).kind for one in meanings}
        return Kind.COUNT in kinds or any(one.holds is not Holds.LEVEL for one in meanings)

    def _missing(self, total: Total, values: Sequence[Entry]) -> str:
        """Say which of the values has no number; "" where all have, or are blank."""
        at = next((at for at, value in enumerate(values) if isinstance(value, str)), None)
        if at is None:
            return ""
        if len(total.addends) != len(total.parts):
            return "one of the totals that it stands over has no number"
        period = total.addends[at].period
        return f"{label(period) if period else 'a value'} {values[at]}"

    def _weighted(self, total: Total, values: Sequence[Entry], stated: Stated, otherwise: str) -> Comparison:
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
        return Comparison(stated.printed, expected, is_weighted=True, agrees=self._is_near(expected, stated))


def _number(entry: Entry) -> Decimal | None:
    if isinstance(entry, Stated):
        return entry.number
    return entry if isinstance(entry, Decimal) else None
