"""Small counts in a table that is published: which cells to withhold so that nobody can work them out. Pure.

Primary cells are counts from 1 to threshold − 1. A zero concerns nobody, is published, and is never withheld. Further
(secondary) cells, and printed percentages, are withheld until every withheld cell has an *alternative*: other whole
numbers for the withheld cells that fit all that is printed – every sum, every percentage as rounded, and an earlier
release – and give this cell another value. As long as there is one, no arithmetic recovers the cell.

Method. An alternative is a list of changes that leaves every sum balanced. It begins with ±1 at the cell and repairs
one sum after the other by changing one more cell of it; a cheapest-first search counts each published cell or
percentage that would have to be withheld for it, and then the counts lost. What the cheapest needs is withheld.
Afterwards each secondary cell is published again, largest first, if every other still has an alternative without it.

Who attacks. Somebody who knows the table's structure, the threshold, and that zeros are printed, so that a withheld
cell is at least 1; and who may take a number of the earlier release for the present one wherever it was not revised.
Such a number is public for good: a small cell that depends on it alone is reported as `exposed`.

Limits. The set is irreducible (no single cell can be given back), not proven to be the smallest. A search that takes
longer than `MOST_STEPS` withholds the whole connected part of the table, which is safe and more than needed. Two
possible values are enough: no width of the interval is promised. What an attacker knows from elsewhere, or guesses of a
revision, is not seen. Other tables with the same cells have to be given as further sums of one `Table`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush

THRESHOLD = 5
MOST_STEPS = 4000

Variable = tuple[bool, str]  # (it speaks of the earlier release alone, name of the cell)
Deltas = tuple[tuple[Variable, int], ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """A total and the parts that add up to it, as names of cells."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Percentage:
    """A printed percentage: 100 × part ÷ whole, rounded half up to `decimals`. Nothing is printed of a whole of 0."""

    part: str
    whole: str
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """The true counts of one or several linked tables, by the names of their cells, and what is printed of them."""

    counts: Mapping[str, int]
    sums: tuple[Sum, ...] = ()
    percentages: tuple[Percentage, ...] = ()

    def __post_init__(self) -> None:
        """Refuse counts that are no counts, and sums that do not add up (ValueError naming the cell)."""
        for name, count in self.counts.items():
            if isinstance(count, bool) or not isinstance(count, int) or count < 0:
                raise ValueError(f"{name}: {count!r} is not a count.")
        used = [name for one in self.sums for name in (one.total, *one.parts)]
        used += [name for one in self.percentages for name in (one.part, one.whole)]
        for name in used:
            if name not in self.counts:
                raise ValueError(f"{name}: there is no such cell.")
        for one in self.sums:
            if len({one.total, *one.parts}) != len(one.parts) + 1:
                raise ValueError(f"{one.total}: a cell stands twice in this sum.")
            if self.counts[one.total] != sum(self.counts[name] for name in one.parts):
                raise ValueError(f"{one.total}: the parts do not add up to it.")


@dataclass(frozen=True, slots=True)
class Release:
    """A table as it was published: what was withheld of it, and which of its percentages were not printed."""

    table: Table
    cells: frozenset[str] = frozenset()
    percentages: frozenset[Percentage] = frozenset()


@dataclass(frozen=True, slots=True)
class Protection:
    """What is withheld. `primary` are the small cells among `cells`, `percentages` those not to be printed.

    `exposed` are small cells that nothing done now can protect, because of what an earlier release says of them.
    """

    cells: frozenset[str]
    primary: frozenset[str]
    percentages: frozenset[Percentage]
    exposed: frozenset[str]

    @property
    def secondary(self) -> frozenset[str]:
        """The cells withheld only so that others cannot be worked out."""
        return self.cells - self.primary


def protect(table: Table, *, threshold: int = THRESHOLD, earlier: Release | None = None) -> Protection:
    """Return what to withhold of a table, so that no withheld cell can be recovered or narrowed to one value.

    `earlier` is a release of the same cells; a cell whose count is the same in both was not revised. Its own small
    cells are protected as well.
    """
    small = frozenset(name for name, count in table.counts.items() if 0 < count < threshold)
    system = _system(table, earlier)
    primary = {(False, name) for name in small}
    wanted = primary | {place for place in system.unseen if 0 < system.values[place] < threshold}
    search = _Search(system, primary | system.unseen)
    for place in sorted(wanted):
        search.cover(place)
    exposed = wanted - search.alternatives.keys()
    # What only the earlier release withheld, and is not small, is nobody's secret.
    search.give_back(primary | system.unseen, exposed | (system.unseen - wanted))
    return Protection(
        cells=frozenset(name for is_earlier, name in search.withheld if not is_earlier),
        primary=small,
        percentages=frozenset(one.percentage for one in search.unprinted),
        exposed=frozenset(name for _, name in exposed),
    )


@dataclass(frozen=True, slots=True)
class _Printed:
    """A percentage of variables, with its printed value as a whole number of its last decimal."""

    percentage: Percentage
    part: Variable
    whole: Variable
    shown: int
    is_earlier: bool


@dataclass(slots=True)
class _System:
    """All that is true of both releases: values, sums and percentages of variables.

    `known` are read from print whatever is withheld now: zeros, and what the earlier release printed. `unseen` are the
    cells that only the earlier release has a value for, and withheld.
    """

    values: dict[Variable, int] = field(default_factory=dict)
    sums: list[tuple[Variable, tuple[Variable, ...]]] = field(default_factory=list)
    printed: list[_Printed] = field(default_factory=list)
    known: set[Variable] = field(default_factory=set)
    unseen: set[Variable] = field(default_factory=set)
    sums_of: dict[Variable, list[int]] = field(default_factory=dict)
    printed_of: dict[Variable, list[_Printed]] = field(default_factory=dict)

    def add(self, table: Table, names: Mapping[str, Variable], unprinted: Collection[Percentage], old: bool) -> None:
        """Take in one release, whose cells go by these variables."""
        self.values.update((names[name], count) for name, count in table.counts.items())
        for one in table.sums:
            row = (names[one.total], tuple(names[name] for name in one.parts))
            if row not in self.sums:
                self.sums.append(row)
        for each in table.percentages:
            if table.counts[each.whole] and each not in unprinted:
                part, whole = names[each.part], names[each.whole]
                shown = _shown(table.counts[each.part], table.counts[each.whole], each.decimals)
                self.printed.append(_Printed(each, part, whole, shown, old))

    def index(self) -> None:
        """Note for each variable the sums and percentages it stands in."""
        for at, (total, parts) in enumerate(self.sums):
            for place in (total, *parts):
                self.sums_of.setdefault(place, []).append(at)
        for one in self.printed:
            for place in {one.part, one.whole}:
                self.printed_of.setdefault(place, []).append(one)

    def open_sum(self, deltas: Mapping[Variable, int]) -> tuple[int, int] | None:
        """Return the first sum that some changes leave unbalanced, and by how much; None when all hold."""
        for at in sorted({at for place in deltas for at in self.sums_of.get(place, ())}):
            total, parts = self.sums[at]
            gap = deltas.get(total, 0) - sum(deltas.get(part, 0) for part in parts)
            if gap:
                return at, gap
        return None

    def contradicted(self, deltas: Mapping[Variable, int]) -> set[_Printed]:
        """Return the printed percentages that would read differently after some changes."""

        def now(place: Variable) -> int:
            return self.values[place] + deltas.get(place, 0)

        touched = {one for place in deltas for one in self.printed_of.get(place, ())}
        return {one for one in touched if _shown(now(one.part), now(one.whole), one.percentage.decimals) != one.shown}


def _shown(part: int, whole: int, decimals: int) -> int:
    """Return a percentage as printed, in units of its last decimal; rounded half up in whole numbers, exactly."""
    scale: int = 10**decimals
    return (200 * scale * part + whole) // (2 * whole)


def _system(table: Table, earlier: Release | None) -> _System:
    system = _System()
    now = {name: (False, name) for name in table.counts}
    system.add(table, now, (), old=False)
    if earlier is not None:
        then = earlier.table.counts
        # Where nothing was revised, both releases speak of one number.
        same = {name for name, count in then.items() if table.counts.get(name) == count}
        names = {name: (name not in same, name) for name in then}
        system.add(earlier.table, names, earlier.percentages, old=True)
        system.known |= {names[name] for name in then if name not in earlier.cells}
        system.unseen = {names[name] for name in earlier.cells if name in names and name not in same}
    system.known |= {place for place, count in system.values.items() if count == 0 and place not in system.unseen}
    system.index()
    return system


@dataclass(slots=True)
class _Search:
    """What is withheld so far, and for each withheld variable an alternative that shows it cannot be worked out."""

    system: _System
    withheld: set[Variable]
    unprinted: set[_Printed] = field(default_factory=set)
    alternatives: dict[Variable, Deltas] = field(default_factory=dict)

    def cover(self, place: Variable) -> None:
        """Withhold what is needed for an alternative of this variable; nothing when there is none whatever is done."""
        if place in self.alternatives or place in self.system.known:
            return
        found = self.cheapest(place, only_withheld=False) or self.everything(place)
        if found is not None:
            deltas = dict(found)
            self.withheld |= deltas.keys()
            self.unprinted |= self.system.contradicted(deltas)
            # Whatever else it changes cannot be worked out either.
            self.alternatives.update((one, found) for one in deltas if one not in self.alternatives)

    def cheapest(self, place: Variable, *, only_withheld: bool) -> Deltas | None:
        """Return the alternative that costs the fewest further cells and percentages, then the smallest counts."""
        heap: list[tuple[int, int, int, Deltas, bool]] = []
        for step in (1, -1):
            if self.may_move(place, step, only_withheld):
                heappush(heap, (*self.price(place), 1, ((place, step),), False))
        seen: set[Deltas] = set()
        for _ in range(MOST_STEPS):
            if not heap:
                return None
            items, counts, size, changes, is_whole = heappop(heap)
            if is_whole:
                return changes
            if changes in seen:
                continue
            seen.add(changes)
            deltas = dict(changes)
            gap = self.system.open_sum(deltas)
            if gap is None:
                broken = self.system.contradicted(deltas) - self.unprinted
                # What is printed for good cannot be contradicted; what is not yet printed can be left out.
                if not any(one.is_earlier for one in broken) and not (only_withheld and broken):
                    heappush(heap, (items + len(broken), counts, size, changes, True))
                continue
            for other, step in self.repairs(gap, deltas, only_withheld):
                more, lost = self.price(other)
                larger = tuple(sorted((*changes, (other, step))))
                heappush(heap, (items + more, counts + lost, size + 1, larger, False))
        return None

    def repairs(
        self, gap: tuple[int, int], deltas: Mapping[Variable, int], only_withheld: bool
    ) -> Iterator[tuple[Variable, int]]:
        """Yield each single change that balances a sum again."""
        at, size = gap
        total, parts = self.system.sums[at]
        for place, step in ((total, -size), *((part, size) for part in parts)):
            if place not in deltas and self.may_move(place, step, only_withheld):
                yield place, step

    def may_move(self, place: Variable, step: int, only_withheld: bool) -> bool:
        """Tell whether a variable may have another value: not what is in print, and never less than 1."""
        if place in self.system.known or (only_withheld and place not in self.withheld):
            return False
        return self.system.values[place] + step >= 1

    def price(self, place: Variable) -> tuple[int, int]:
        """Return how many further cells a change of this variable withholds, and how much is lost with them."""
        return (0, 0) if place in self.withheld else (1, self.system.values[place])

    def everything(self, place: Variable) -> Deltas | None:
        """Return the alternative in which all that hangs together is doubled; None where a number of it is in print."""
        found, ahead = {place}, [place]
        while ahead:
            for at in self.system.sums_of.get(ahead.pop(), ()):
                for other in (self.system.sums[at][0], *self.system.sums[at][1]):
                    if other not in found and self.system.values[other]:
                        found.add(other)
                        ahead.append(other)
        deltas = {one: self.system.values[one] for one in found}
        is_printed = any(one.is_earlier for one in self.system.contradicted(deltas))
        return None if is_printed or found & self.system.known else tuple(sorted(deltas.items()))

    def give_back(self, kept: Iterable[Variable], ignored: set[Variable]) -> None:
        """Publish again whatever is not needed: percentages, then cells, the largest first."""
        always = set(kept)
        for one in sorted(self.unprinted, key=lambda each: (each.percentage.part, each.percentage.whole)):
            self.unprinted.discard(one)
            if not self.still_covered(ignored):
                self.unprinted.add(one)
        for place in sorted(self.withheld - always, key=lambda one: (-self.system.values[one], one)):
            self.withheld.discard(place)
            if not self.still_covered(ignored):
                self.withheld.add(place)

    def still_covered(self, ignored: set[Variable]) -> bool:
        """Tell whether every withheld variable still has an alternative; if so, keep those that were found."""
        found: dict[Variable, Deltas] = {}
        for place in sorted(self.withheld - ignored):
            held = self.alternatives.get(place)
            again = held if held and self.is_free(dict(held)) else self.cheapest(place, only_withheld=True)
            if again is None:
                return False
            found[place] = again
        self.alternatives = found
        return True

    def is_free(self, deltas: Mapping[Variable, int]) -> bool:
        """Tell whether an alternative changes nothing that is published now."""
        return deltas.keys() <= self.withheld and not self.system.contradicted(deltas) - self.unprinted
