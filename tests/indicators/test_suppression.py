"""Withheld cells cannot be worked out: an attacker of its own tries every table by bounds and by exhaustive search.

The attacker shares no code with the library. It knows all that is printed, that withheld cells are at least 1, and
which numbers of an earlier release still hold, and looks for all values a withheld cell can have.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.suppression import Percentage, Protection, Release, Sum, Table, protect

FAR = 10_000  # no bound of a table here is larger


class Attacker:
    """Whole-number unknowns with bounds, sums over them, and rounded percentages; a search through all that fits."""

    def __init__(self) -> None:
        self.bounds: dict[str, tuple[int, int]] = {}
        self.sums: list[tuple[str, tuple[str, ...]]] = []
        self.shares: list[tuple[str, str, int, Fraction]] = []

    def read(self, table: Table, cells: Iterable[str], unprinted: Iterable[Percentage], name: Callable[[str], str]):
        """Take in what a release prints."""
        withheld, left_out = set(cells), set(unprinted)
        for cell, count in table.counts.items():
            low, high = self.bounds.get(name(cell), (1, FAR))
            self.bounds[name(cell)] = (low, high) if cell in withheld else (count, count)
        self.sums += [(name(one.total), tuple(map(name, one.parts))) for one in table.sums]
        for one in table.percentages:
            if one not in left_out and table.counts[one.whole]:
                shown = rounded(100 * Fraction(table.counts[one.part], table.counts[one.whole]), one.decimals)
                self.shares.append((name(one.part), name(one.whole), one.decimals, shown))

    def narrowed(self, bounds: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]] | None:
        """Carry bounds through every sum and percentage until nothing moves; None when nothing fits."""
        bounds, moved = dict(bounds), True

        def keep(cell: str, low: int, high: int) -> bool:
            old = bounds[cell]
            bounds[cell] = (max(old[0], low), min(old[1], high))
            return bounds[cell] != old

        while moved:
            moved = False
            for total, parts in self.sums:
                lows, highs = sum(bounds[one][0] for one in parts), sum(bounds[one][1] for one in parts)
                moved |= keep(total, lows, highs)
                for one in parts:
                    low, high = bounds[one]
                    moved |= keep(one, bounds[total][0] - highs + high, bounds[total][1] - lows + low)
            for part, whole, decimals, shown in self.shares:
                half = Fraction(1, 2 * 10**decimals)
                least, most = (shown - half) / 100, (shown + half) / 100
                (low, high), (first, last) = bounds[part], bounds[whole]
                moved |= keep(part, -((-least * first) // 1), (most * last) // 1)
                moved |= keep(whole, -((-low / most) // 1), (high / least) // 1 if least > 0 else FAR)
            if any(low > high for low, high in bounds.values()):
                return None
        return bounds

    def fits(self, bounds: dict[str, tuple[int, int]], steps: list[int]) -> bool | None:
        """Tell whether any whole numbers within bounds fit all that is printed; None when the search grows too long."""
        found = self.narrowed(bounds)
        steps[0] -= 1
        if found is None:
            return False
        open_cells = [cell for cell, (low, high) in found.items() if low < high]
        if not open_cells:
            return all(
                rounded(100 * Fraction(found[part][0], found[whole][0]), decimals) == shown
                for part, whole, decimals, shown in self.shares
            )
        if steps[0] <= 0:
            return None
        cell = min(open_cells, key=lambda one: found[one][1] - found[one][0])
        low, high = found[cell]
        answers = []
        for value in range(low, min(high, low + 40) + 1):
            answers.append(self.fits({**found, cell: (value, value)}, steps))
            if answers[-1]:
                return True
        return None if None in answers or high > low + 40 else False

    def works_out(self, cell: str, value: int) -> bool:
        """Tell whether the cell can only have this value."""
        low, high = self.bounds[cell]
        answers = [
            self.fits({**self.bounds, cell: (first, last)}, [3000])
            for first, last in ((value + 1, min(high, value + 1)), (low, value - 1), (value + 1, high))
            if first <= last
        ]
        # A search that could not be finished counts against the table, so that no weakness hides behind it.
        return True not in answers


def rounded(share: Fraction, decimals: int) -> Fraction:
    """Round half up, in fractions."""
    scale = 10**decimals
    return Fraction((share * scale + Fraction(1, 2)) // 1, scale)


def attacker_of(table: Table, found: Protection, earlier: Release | None = None) -> Attacker:
    """Sit down with both releases."""
    attacker = Attacker()
    then = earlier.table.counts if earlier else {}
    same = {cell for cell, count in then.items() if table.counts.get(cell) == count}
    attacker.read(table, found.cells, found.percentages, str)
    if earlier:
        known = dict(attacker.bounds)

        def name(cell: str) -> str:
            return cell if cell in same else f"{cell}, earlier"

        attacker.read(earlier.table, earlier.cells, earlier.percentages, name)
        for cell, (low, high) in known.items():  # what either release prints is known
            other = attacker.bounds[cell]
            attacker.bounds[cell] = (max(low, other[0]), min(high, other[1]))
    return attacker


def recovered(table: Table, found: Protection, earlier: Release | None = None) -> set[str]:
    """Return the withheld cells that the attacker works out."""
    attacker = attacker_of(table, found, earlier)
    return {cell for cell in found.cells if attacker.works_out(cell, table.counts[cell])}


def naive(table: Table) -> Protection:
    """Withhold the small cells and nothing else, as somebody does who does not think of subtraction."""
    small = frozenset(cell for cell, count in table.counts.items() if 0 < count < 5)
    return Protection(small, small, frozenset(), frozenset())


def grid(rows: list[list[int]], *, percentages: tuple[Percentage, ...] = ()) -> Table:
    """Return a table of rows and columns with both kinds of totals and the grand total."""
    height, width = len(rows), len(rows[0])
    counts = {f"{row},{column}": rows[row][column] for row in range(height) for column in range(width)}
    sums = []
    for row in range(height):
        counts[f"{row},all"] = sum(rows[row])
        sums.append(Sum(f"{row},all", tuple(f"{row},{column}" for column in range(width))))
    for column in range(width):
        counts[f"all,{column}"] = sum(line[column] for line in rows)
        sums.append(Sum(f"all,{column}", tuple(f"{row},{column}" for row in range(height))))
    counts["all,all"] = sum(map(sum, rows))
    sums.append(Sum("all,all", tuple(f"{row},all" for row in range(height))))
    sums.append(Sum("all,all", tuple(f"all,{column}" for column in range(width))))
    return Table(counts, tuple(sums), percentages)


def row_of(*counts: int) -> Table:
    """Return one row with its total."""
    names = [f"p{at}" for at in range(len(counts))]
    return Table({**dict(zip(names, counts, strict=True)), "all": sum(counts)}, (Sum("all", tuple(names)),))


def test_withhold_nothing_where_nothing_is_small():
    found = protect(row_of(5, 0, 12))
    assert (found.cells, found.percentages, found.exposed) == (frozenset(), frozenset(), frozenset())


def test_withhold_a_second_cell_so_that_subtraction_fails():
    table = row_of(3, 8, 20)
    assert recovered(table, naive(table)) == {"p0"}
    found = protect(table)
    # Either neighbour would do; the smaller one loses less.
    assert (found.primary, found.secondary) == ({"p0"}, {"p1"})
    assert recovered(table, found) == set()


def test_leave_two_small_cells_alone_where_they_hide_each_other():
    found = protect(row_of(2, 3, 20))
    assert found.cells == {"p0", "p1"}


def test_withhold_a_third_cell_where_two_can_only_be_one_each():
    table = row_of(1, 1, 20)
    assert recovered(table, naive(table)) == {"p0", "p1"}  # both are at least 1 and add up to 2
    found = protect(table)
    assert len(found.cells) == 3
    assert recovered(table, found) == set()


def test_publish_zeros_and_never_count_on_them():
    table = row_of(3, 0, 20)
    assert recovered(table, naive(table)) == {"p0"}
    found = protect(table)
    assert found.cells in ({"p0", "p2"}, {"p0", "all"})
    assert recovered(table, found) == set()


def test_withhold_total_and_part_where_they_are_one_number():
    table = row_of(0, 4, 0)
    found = protect(table)
    assert found.cells == {"p1", "all"}
    assert recovered(table, found) == set()


def test_withhold_a_rectangle_in_a_table_with_both_totals():
    table = grid([[3, 40, 50], [30, 45, 60], [35, 55, 70]])
    assert recovered(table, naive(table)) == {"0,0"}
    found = protect(table)
    # Four corners are the fewest: each row and each column needs two.
    assert len(found.cells) == 4
    rows, columns = ({cell.split(",")[at] for cell in found.cells} for at in (0, 1))
    assert len(rows) == len(columns) == 2
    assert recovered(table, found) == set()


def test_withhold_everything_but_zeros_where_everything_must_go():
    table = grid([[1, 0], [0, 2]])
    found = protect(table)
    assert found.cells == {cell for cell, count in table.counts.items() if count}
    assert recovered(table, found) == set()


def test_withhold_a_percentage_that_gives_the_number_away():
    part = Percentage("p0", "all", 1)
    table = Table(row_of(3, 27, 30).counts, row_of(3, 27, 30).sums, (part,))
    attacked = Protection(frozenset({"p0", "p1"}), frozenset({"p0"}), frozenset(), frozenset())
    assert recovered(table, attacked) == {"p0", "p1"}  # 5.0 % of 60 is 3
    found = protect(table)
    assert found.percentages == {part} or "all" in found.cells
    assert recovered(table, found) == set()


def test_print_a_percentage_that_says_too_little_to_harm():
    table = Table({"p0": 3, "p1": 20_000, "p2": 9_997, "all": 30_000}, (Sum("all", ("p0", "p1", "p2")),))
    share = Percentage("p0", "all", 0)
    found = protect(Table(table.counts, table.sums, (share,)))
    assert found.percentages == frozenset()  # 0 % of 30,000 is anything up to 149


def test_keep_linked_tables_from_giving_each_other_away():
    counts = {"a": 3, "b": 30, "c": 40, "all": 73, "a men": 2, "a women": 1, "b men": 15, "b women": 15}
    sums = (Sum("all", ("a", "b", "c")), Sum("a", ("a men", "a women")), Sum("b", ("b men", "b women")))
    table = Table(counts, sums)
    found = protect(table)
    assert {"a", "a men", "a women"} <= found.primary
    assert recovered(table, found) == set()
    by_sex = Table(
        {**counts, "men": 17, "women": 16, "a and b": 33},
        (*sums, Sum("men", ("a men", "b men")), Sum("women", ("a women", "b women")), Sum("a and b", ("men", "women"))),
    )
    assert recovered(by_sex, protect(by_sex)) == set()


def test_keep_the_pattern_of_an_earlier_release():
    table = row_of(3, 8, 9, 20)
    earlier = Release(table, frozenset({"p0", "p2"}))
    # Alone the smallest neighbour would be chosen; but that one is in print, and would give p0 and p2 away.
    assert protect(table).cells == {"p0", "p1"}
    found = protect(table, earlier=earlier)
    assert found.cells == {"p0", "p2"}
    assert recovered(table, found, earlier) == set()


def test_protect_a_small_cell_that_only_the_earlier_release_has():
    earlier = Release(row_of(3, 8, 20), frozenset({"p0", "p1"}))
    now = row_of(6, 8, 20)
    found = protect(now, earlier=earlier)
    assert found.primary == frozenset()
    # p1 was not revised: printed now, it would leave 31 − 8 − 20 = 3 in the earlier release.
    assert "p1" in found.cells


def test_report_what_an_earlier_release_has_made_public():
    earlier = Release(row_of(3, 8, 20))
    found = protect(row_of(3, 8, 20), earlier=earlier)
    assert (found.primary, found.exposed) == ({"p0"}, {"p0"})


@pytest.mark.parametrize(
    ("counts", "sums", "words"),
    [
        ({"a": -1}, (), "a"),
        ({"a": True}, (), "a"),
        ({"a": 1, "b": 2}, (Sum("b", ("a",)),), "do not add up"),
        ({"a": 1}, (Sum("all", ("a",)),), "no such cell"),
        ({"a": 0, "b": 0}, (Sum("b", ("a", "a")),), "twice"),
    ],
)
def test_refuse_what_is_no_table(counts, sums, words):
    with pytest.raises(ValueError, match=words):
        Table(counts, sums)


SMALL = st.integers(0, 9)


@st.composite
def grids(draw) -> Table:
    """Tables of two or three rows and columns, some with printed percentages of cells in their totals."""
    width = draw(st.integers(2, 3))
    rows = draw(st.lists(st.lists(SMALL, min_size=width, max_size=width), min_size=2, max_size=3))
    table = grid(rows)
    shares = []
    for one in draw(st.lists(st.sampled_from(table.sums), max_size=3, unique=True)):
        shares.append(Percentage(draw(st.sampled_from(one.parts)), one.total, draw(st.integers(0, 2))))
    return Table(table.counts, table.sums, tuple(dict.fromkeys(shares)))


@settings(max_examples=150, deadline=None)
@given(grids())
def test_no_attack_works_out_any_withheld_cell(table):
    found = protect(table)
    assert found.primary == {cell for cell, count in table.counts.items() if 0 < count < 5}
    assert found.primary <= found.cells and not found.exposed
    assert all(table.counts[cell] for cell in found.cells)
    assert recovered(table, found) == set()


@settings(max_examples=80, deadline=None)
@given(grids())
def test_no_single_secondary_cell_is_withheld_in_vain(table):
    bare = Table(table.counts, table.sums)
    found = protect(bare)
    for cell in found.secondary:
        # Printed, it would let some attack succeed – or the library's own search gave up, which bounds show.
        less = Protection(found.cells - {cell}, found.primary, found.percentages, frozenset())
        assert recovered(bare, less), cell


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=2, max_size=5))
def test_a_row_needs_no_more_than_the_fewest_cells(counts):
    table = row_of(*counts)
    found = protect(table)
    held = [cell for cell, count in table.counts.items() if count]
    fewest = next(
        size
        for size in range(len(held) + 1)
        for chosen in combinations(held, size)
        if found.primary <= set(chosen)
        and not recovered(table, Protection(frozenset(chosen), found.primary, frozenset(), frozenset()))
    )
    assert len(found.cells) == fewest


@settings(max_examples=80, deadline=None)
@given(grids(), st.data())
def test_no_comparison_of_two_releases_works_out_a_withheld_cell(before, data):
    first = protect(before)
    release = Release(before, first.cells, first.percentages)
    inner = sorted(cell for cell in before.counts if "all" not in cell)
    revised = {cell: data.draw(SMALL) for cell in data.draw(st.lists(st.sampled_from(inner), max_size=2, unique=True))}
    height, width = (max(int(cell.split(",")[at]) for cell in inner) + 1 for at in (0, 1))
    rows = [
        [revised.get(f"{row},{column}", before.counts[f"{row},{column}"]) for column in range(width)]
        for row in range(height)
    ]
    now = grid(rows, percentages=before.percentages)
    found = protect(now, earlier=release)
    assert recovered(now, found, release) <= found.exposed
    if not revised:
        assert not found.exposed and found.cells == first.cells
