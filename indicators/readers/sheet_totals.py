"""Totals of a wide table, compared with what they add up: never taken, never passed over. Values in, values out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.readers.sheet_layouts import Holds

# What stands in a cell: a number, None for a blank, or a text that says why the cell cannot be compared.
Entry = Decimal | None | str
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """A total that is not the sum of its parts; places are (line, column) of the table, parts from first to last."""

    place: Place
    printed: Decimal
    summed: Decimal
    first: Place
    last: Place


@dataclass(slots=True)
class Compared:
    """What comparing the totals of tables gave: how many agree, how many could not be compared, and which differ."""

    agreeing: int = 0
    uncompared: int = 0

    def differences(
        self,
        lines: Sequence[Holds],
        columns: Sequence[Holds],
        entries: Mapping[Place, Entry],
        adds_up: Callable[[int], bool],
        tolerance: Decimal = Decimal(0),
    ) -> Iterator[Difference]:
        """Compare every total of a table; yield those that differ by more than the tolerance.

        `lines` and `columns` say what each holds: values (LEVEL), a total since the one before, a grand total, or
        nothing that is read. `adds_up(line)` tells whether the values of a line may be added at all.
        """
        values_in = [at for at, holds in enumerate(columns) if holds.is_read]
        read = [at for at, holds in enumerate(lines) if holds.is_read]
        for column, parts in _totals(columns, values_in):
            for line, holds in enumerate(lines):
                if holds.is_read or (holds.is_total and all(map(adds_up, read))):
                    may = adds_up(line) if holds.is_read else True
                    yield from self._compare((line, column), [(line, at) for at in parts], entries, may, tolerance)
        for line, parts in _totals(lines, read):
            may = all(map(adds_up, parts))
            for column in values_in:
                yield from self._compare((line, column), [(at, column) for at in parts], entries, may, tolerance)

    def _compare(
        self, place: Place, parts: Sequence[Place], entries: Mapping[Place, Entry], may: bool, tolerance: Decimal
    ) -> Iterator[Difference]:
        printed, values = entries.get(place), [entries.get(part) for part in parts]
        if printed is None:
            return
        numbers = [value for value in values if isinstance(value, Decimal)]
        if isinstance(printed, str) or not may or not parts or any(isinstance(value, str) for value in values):
            self.uncompared += 1
            return
        summed = sum(numbers, Decimal(0))
        if abs(summed - printed) <= tolerance:
            self.agreeing += 1
        else:
            yield Difference(place, printed, summed, parts[0], parts[-1])


def _totals(kinds: Sequence[Holds], values: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Yield each total with the places of what it adds up."""
    since = -1
    for at, holds in enumerate(kinds):
        if holds is Holds.TOTAL:
            yield at, [value for value in values if since < value < at]
            since = at
        elif holds is Holds.GRAND_TOTAL:
            yield at, list(values)
