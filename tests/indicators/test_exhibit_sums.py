"""Sums of rows, ends of rows and second values of tables: what a cell says is of one base and one period."""

from datetime import date

import pytest

from indicators.choices import Window
from indicators.exhibits.checking import form_faults
from indicators.exhibits.making import compute
from indicators.kinds import Aggregation
from indicators.series import Series, Slot
from indicators.tables import Table
from tests.indicators.books import book, measure, value

SEPTEMBER, AUGUST = date(2020, 9, 30), date(2020, 8, 31)
PARTS = {"bike": "Bicycles", "shop": "Shops"}


def years(amounts: dict[date, int]) -> dict[Slot, object]:
    """Values of twelve months to each of some days."""
    return {Slot(Window.ROLLING_12, end): value(amount, end, Window.ROLLING_12) for end, amount in amounts.items()}


def year_before(end: date) -> date:
    return end.replace(year=end.year - 1)


def table(rows: list[dict], column: dict, values: dict, **measures) -> Table:
    """A table of one column of twelve months."""
    columns = [{"window": "r12", "heading": "Told", **column}]
    made = compute("t", "T", {"kind": "table", "rows": rows, "columns": columns}, book(values, **measures)).exhibit
    assert isinstance(made, Table)
    return made


def told(shown: Table) -> dict[str, str]:
    return {row[0].text: row[1].text for row in shown.rows}


def test_rows_in_per_cent_of_one_measure_add_up_to_a_share_of_it_once():
    amounts = {"theft": 100, "rape": 200, "all": 1_000}
    values = {Series(key): years({SEPTEMBER: amount}) for key, amount in amounts.items()}
    rows = [{"series": "theft"}, {"series": "rape"}, {"sum": "above", "label": "Both", "whole": "all"}]
    shown = table(rows, {"aspect": "ratio", "of": "all"}, values)
    # 100 and 200 of 1,000: 300 of 1,000, not of 2,000.
    assert told(shown) == {"Theft": "10%", "Rape": "20%", "Both": "30%"}


def parts_book(**more) -> tuple[dict, dict]:
    """Two measures by part: 10 of 100 and 30 of 300 are recorded."""
    amounts = {("theft", "bike"): 100, ("theft", "shop"): 300, ("solved", "bike"): 10, ("solved", "shop"): 60}
    values = {Series(*place): years({SEPTEMBER: amount}) for place, amount in amounts.items()}
    fields = {"parts": PARTS, "is_exclusive": True, "over_time": Aggregation.ADD}
    return values, {"theft": measure("theft", **fields), "solved": measure("solved", **{**fields, **more})}


def test_rows_each_in_per_cent_of_its_own_measure_add_up_both():
    rows = [{"series": "theft", "each": "part"}, {"sum": "above", "label": "Both"}]
    column = {"aspect": "ratio", "indicator": "solved", "of": "theft"}
    values, measures = parts_book()
    shown = table(rows, column, values, **measures)
    # 10 of 100, 60 of 300, and 70 of 400 together: 17.5 %
    assert told(shown) == {"Bicycles": "10%", "Shops": "20%", "Both": "18%"}


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ({"aspect": "value", "indicator": "solved"}, "the parts of Solved overlap, so they do not add up"),
        ({"aspect": "ratio", "indicator": "solved", "of": "theft"}, "the parts of Solved overlap"),
        ({"aspect": "ratio", "indicator": "theft", "of": "solved"}, "the parts of Solved overlap"),
    ],
)
def test_what_a_column_shows_in_place_of_its_rows_is_not_added_up_where_it_may_not_be(column, reason):
    rows = [{"series": "theft", "each": "part"}, {"sum": "above", "label": "Both"}]
    values, measures = parts_book(is_exclusive=False)
    shown = table(rows, column, values, **measures)
    assert told(shown)["Both"] == "not available"
    assert shown.notes[-1].startswith(f"Both, Told: not added up, for {reason}")


def test_a_column_of_one_measure_is_not_added_up_once_for_each_row():
    values = {Series(key): years({SEPTEMBER: amount}) for key, amount in {"theft": 9, "rape": 8, "all": 5}.items()}
    rows = [{"series": "theft"}, {"series": "rape"}, {"sum": "above", "label": "Both", "whole": "all"}]
    shown = table(rows, {"aspect": "value", "indicator": "all"}, values)
    assert told(shown) == {"Theft": "5", "Rape": "5", "Both": "not available"}
    assert shown.notes == ("Both, Told: not added up, for a row stands in the sum twice.",)


def ends_book(first: date, second: date) -> tuple[dict, dict]:
    """Two parts, each to an end of its own, and what both are of to September and August."""
    values = {
        Series("theft", "bike"): years({first: 400, year_before(first): 200}),
        Series("theft", "shop"): years({second: 600, year_before(second): 300}),
        Series("theft"): years({SEPTEMBER: 2_000, AUGUST: 1_000}),
    }
    return values, {"theft": measure("theft", parts=PARTS, is_exclusive=True)}


OWN_ROWS = [{"series": "theft", "each": "part"}, {"sum": "above", "label": "Both"}]


@pytest.mark.parametrize(
    ("aspect", "later", "earlier"),
    [
        ("value", "400", "600 (to August 2020)"),
        ("previous", "200", "300 (to August 2019)"),
        ("change", "+100% (+200)", "+100% (+300) (to August 2020)"),
        ("period", "12 months to 30 September 2020", "12 months to 31 August 2020"),
    ],
)
def test_a_row_with_an_end_of_its_own_says_the_month_of_what_it_shows_and_is_not_added_up(aspect, later, earlier):
    values, measures = ends_book(SEPTEMBER, AUGUST)
    found = told(table(OWN_ROWS, {"aspect": aspect, "end": "own"}, values, **measures))
    assert (found["Bicycles"], found["Shops"]) == (later, earlier)
    if aspect != "period":
        assert found["Both"] == "not available: the rows are of different periods"


def test_a_share_in_per_cent_is_taken_of_the_same_month_as_the_row():
    values, measures = ends_book(SEPTEMBER, AUGUST)
    values |= {Series("all", part): years({SEPTEMBER: 2_000, AUGUST: 1_000}) for part in PARTS}
    more = {"all": measure("all", parts=PARTS, is_exclusive=True)}
    shown = table(OWN_ROWS, {"aspect": "ratio", "of": "all", "end": "own"}, values, **measures, **more)
    # 400 of 2,000 in September; 600 of the 1,000 of August, not of the 2,000 of September.
    assert told(shown) == {
        "Bicycles": "20%", "Shops": "60% (to August 2020)",
        "Both": "not available: the rows are of different periods",
    }  # fmt: skip


def test_a_sum_of_rows_that_end_alike_says_their_month_and_is_set_beside_that_month():
    values, measures = ends_book(AUGUST, AUGUST)
    rows = [*OWN_ROWS, {"series": "theft", "label": "The force"}]
    shown = table(rows, {"aspect": "value", "end": "own"}, values, **measures)
    # 400 and 600 are the 1,000 of August; the 2,000 of September is another month and no contradiction.
    assert told(shown)["Both"] == "1,000 (to August 2020)" and told(shown)["The force"] == "2,000"
    assert shown.notes == ()


@pytest.mark.parametrize(
    ("column", "fault"),
    [
        (
            {"aspect": "value", "bracket": {"window": "r12", "aspect": "ratio"}},
            "Column 1: “bracket” is a second value beside a value, and neither of them can be a “ratio”. Use two "
            "columns.",
        ),
        (
            {"aspect": "ratio", "of": "all", "bracket": {"window": "r12", "aspect": "value"}},
            "Column 1: “bracket” is a second value beside a value, and neither of them can be a “ratio”. Use two "
            "columns.",
        ),
        (
            {"aspect": "value", "end": "own", "last": 3},
            "Column 1: “last” asks for several columns, and the newest month of each row is one. Remove “last” or "
            "“end”.",
        ),
        (
            {"aspect": "value", "window": "month-1999-05", "last": 2},
            "Column 1: the window names its month already. Remove the month, or what counts back from the quarter.",
        ),
    ],
)
def test_what_a_column_cannot_show_is_refused_with_what_to_do(column, fault):
    columns = [{"window": "r12", **column}]
    assert form_faults({"kind": "table", "rows": [{"series": "theft"}], "columns": columns}) == (fault,)


@pytest.mark.parametrize("given", [1, 0, "yes", []])
def test_a_flag_is_true_or_false_and_nothing_like_it(given):
    fault = f"The matrix: “totals” is {given!r}. Write true or false."
    assert form_faults({"kind": "matrix", "series": "theft", "totals": given}) == (fault,)


def test_a_column_of_a_month_of_the_last_century_says_that_nothing_is_stored():
    columns = [{"window": "month-1999-05", "aspect": "value", "is_optional": True}]
    definition = {"kind": "table", "rows": [{"series": "theft"}], "columns": columns}
    shown = compute("t", "T", definition, book({Series("theft"): years({SEPTEMBER: 1})})).exhibit
    assert told(shown) == {"Theft": "not available"}
