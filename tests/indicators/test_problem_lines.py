"""Identical problems as one line: their ranges, worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.problem_lines import Place, ProblemLine, lines

WRONG = "This is not a number."


def rows(*numbers: int, sheet: str = "", value: str = "x") -> list[Place]:
    return [Place(sheet, row, "value", value, WRONG) for row in numbers]


def cells(*addresses: tuple[str, int], value: str = "x") -> list[Place]:
    return [Place("DA", row, column, value, WRONG) for column, row in addresses]


def only(places: list[Place], *, by_cell: bool = False) -> ProblemLine:
    (line,) = lines(places, by_cell=by_cell)
    return line


def test_rows_that_follow_one_another_are_one_range():
    line = only(rows(*range(4, 52)))
    assert (line.column, line.count, line.where, line.more) == ("value", 48, ["rows 4 to 51"], 0)


def test_rows_apart_are_ranges_of_their_own_and_the_sixth_is_counted():
    line = only(rows(1, 2, 4, 6, 8, 10, 12, 13))
    assert line.where == ["rows 1 to 2", "row 4", "row 6", "row 8", "row 10"] and line.more == 2


def test_cells_of_a_column_of_a_row_and_of_a_block_are_one_range():
    assert only(cells(*(("C", row) for row in range(4, 52))), by_cell=True).where == ["DA, C4 to C51"]
    letters = ["Y", "Z", "AA", "AB"]
    assert only(cells(*((one, 7) for one in letters)), by_cell=True).where == ["DA, Y7 to AB7"]
    block = [(one, row) for one in letters for row in (3, 4)]
    assert only(cells(*block), by_cell=True).where == ["DA, Y3 to AB4"]
    assert only(cells(("C", 4)), by_cell=True).where == ["DA, cell C4"]
    # A gap in the rows or in the columns parts them.
    assert only(cells(("C", 4), ("C", 6), ("E", 4)), by_cell=True).where == [
        "DA, cell C4",
        "DA, cell E4",
        "DA, cell C6",
    ]


def test_same_words_in_other_columns_of_a_tidy_file_are_other_lines():
    found = lines([*rows(2, 3), Place("", 2, "numerator", "y", WRONG)], by_cell=False)
    assert [(line.column, line.count) for line in found] == [("value", 2), ("numerator", 1)]


def test_address_of_its_own_cell_keeps_no_problem_apart():
    words = "Cell {} holds a formula. Copy the sheet and paste it as values."
    places = [Place("S", row, "B", "=A1", words.format(f"B{row}")) for row in (2, 3, 4)]
    line = only(places, by_cell=True)
    assert line.message == "Holds a formula. Copy the sheet and paste it as values." and line.where == ["S, B2 to B4"]
    # The address of another cell is part of what is wrong.
    other = Place("S", 2, "B", "1", "Cell C9 holds the same.")
    assert only([other], by_cell=True).message == "Cell C9 holds the same."


def test_sheets_and_the_whole_file_are_named():
    line = only([*rows(2, 3, sheet="2020.csv"), *rows(2, sheet="2021.csv")])
    assert line.where == ["2020.csv, rows 2 to 3", "2021.csv, row 2"]
    assert only([Place("", None, "", "", "The file is empty.")]).where == ["whole file"]
    assert only([Place("DA", None, "", "", "Rows are hidden.")]).where == ["DA"]


def test_values_that_differ_are_named_up_to_three():
    places = [Place("", row, "value", value, WRONG) for row, value in enumerate(["a", "b", "a", "c", "d", ""], start=2)]
    line = only(places)
    assert (line.values, line.more_values, line.where) == (["a", "b", "c"], 2, ["rows 2 to 7"])


def test_two_problems_in_one_row_are_two_places():
    line = only(rows(5, 5, 6))
    assert (line.count, line.where, line.more) == (3, ["rows 5 to 6"], 0)


@given(st.sets(st.tuples(st.integers(1, 30), st.integers(1, 30)), min_size=1, max_size=60))
def test_every_problem_is_in_a_range_or_counted(places):
    letters = [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "AA", "AB", "AC", "AD"]
    line = only(cells(*((letters[column - 1], row) for column, row in places)), by_cell=True)
    named = 0
    for words in line.where:
        ends = words.removeprefix("DA, ").removeprefix("cell ").split(" to ")
        first, last = ((letters.index(one.rstrip("0123456789")) + 1, int(one.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
                       for one in (ends[0], ends[-1]))  # fmt: skip
        inside = {(c, r) for c in range(first[0], last[0] + 1) for r in range(first[1], last[1] + 1)}
        assert inside <= places
        named += len(inside)
    assert named + line.more == len(places) == line.count


@pytest.mark.parametrize("step", [1, 2])
def test_hundred_thousand_problems_are_one_line(step):
    line = only(rows(*range(2, 2 + step * 100_000, step)))
    assert line.count == 100_000
    assert line.where[0] == ("rows 2 to 100,001" if step == 1 else "row 2")
    assert line.more == (0 if step == 1 else 99_995)
