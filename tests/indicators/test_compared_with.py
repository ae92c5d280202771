"""Figures compared with the quarter or month before, in texts and tables; expectations worked out by hand.

Theft: 120 in July to September 2020, 100 in April to June, 80 a year earlier; 500 in September, 400 in August.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from indicators.choices import Statistic, Window
from indicators.exhibits.making import compute
from indicators.figures import FigureBook, UnknownFigure
from indicators.periods import ComparedWith, Period, period_before, period_ending
from indicators.series import Series, Slot
from indicators.targets.asked import TargetRule
from indicators.targets.vocabulary import TargetKind, TargetOperator
from tests.indicators.books import book, measure, value

THEFT = Series("theft")
SEPTEMBER, AUGUST, JUNE, YEAR_BEFORE = date(2020, 9, 30), date(2020, 8, 31), date(2020, 6, 30), date(2019, 9, 30)
QUARTERS = {JUNE: 100, SEPTEMBER: 120, YEAR_BEFORE: 80, date(2020, 3, 31): 90}
MONTHS = {SEPTEMBER: 500, AUGUST: 400}


def thefts(**more: object) -> FigureBook:
    held = {Slot(Window.QUARTER, end): value(amount, end, Window.QUARTER) for end, amount in QUARTERS.items()}
    held |= {Slot(Window.MONTH, end): value(amount, end) for end, amount in MONTHS.items()}
    return book({THEFT: held}, theft=measure("theft", **more))


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("theft.quarter.change", "+50% (+40)"),
        ("theft.quarter-on-previous-quarter.change", "+20% (+20)"),
        ("theft.quarter-on-previous-quarter.value", "120"),
        ("theft.quarter-on-previous-quarter.previous", "100"),
        ("theft.quarter-on-previous-quarter.previous_period", "April to June 2020"),
        ("theft.quarter-2020-06-on-previous-quarter.absolute", "+10"),
        ("theft.month-on-previous-month.percent", "+25%"),
        ("theft.month-on-previous-month.previous_period", "August 2020"),
        ("theft.month-2020-08-on-previous-month.previous", "not available"),
    ],
)
def test_text_quotes_the_change_on_the_quarter_or_month_before(key, said):
    assert thefts().reference(key) == said


def test_figure_keeps_its_comparison_in_its_key():
    figures = thefts()
    for key in ("theft.quarter-on-previous-quarter", "theft.quarter-2020-06-on-previous-quarter", "theft.quarter"):
        assert figures.figure(key).key == key and figures.figure(figures.figure(key).key) == figures.figure(key)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("theft.month-on-previous-quarter", "only a quarter is compared with the quarter before"),
        ("theft.r12-on-previous-quarter", "only a quarter is compared with the quarter before"),
        ("theft.quarter-on-previous-month", "only a month is compared with the month before"),
        ("theft.quarter-on-previous-equivalent", "is not a window"),
    ],
)
def test_other_windows_have_no_such_period_before_them(key, words):
    with pytest.raises(UnknownFigure, match=words):
        thefts().figure(key)


def test_what_a_source_states_of_the_year_before_is_not_taken_for_the_quarter_before():
    slot = Slot(Window.QUARTER, SEPTEMBER)
    stated = {Statistic.CHANGE: 7, Statistic.PREVIOUS: 113}
    figures = replace(thefts(), supplied={(THEFT, slot): stated})
    del figures.values[THEFT][Slot(Window.QUARTER, JUNE)]
    figure = figures.figure("theft.quarter-on-previous-quarter")
    assert figure.previous is None and figure.aspect("change") == "not available: there is no previous value"


def test_a_target_is_judged_by_its_own_comparison():
    rule = TargetRule(
        TargetKind.LEVEL, operator=TargetOperator.AT_MOST, value=Decimal(110), starts_on=date(2020, 4, 1)
    )  # fmt: skip
    figures = thefts(targets=(rule,))
    plain, stepped = (figures.figure(f"theft.quarter{on}") for on in ("", "-on-previous-quarter"))
    assert plain.judged and plain.judged == stepped.judged


def test_table_shows_both_comparisons_with_their_periods():
    columns = [
        {"window": "quarter", "aspect": "previous"}, {"window": "quarter-on-previous-quarter", "aspect": "previous"},
        {"window": "quarter", "aspect": "value"}, {"window": "quarter", "aspect": "percent", "heading": "On the year"},
        {"window": "quarter-on-previous-quarter", "aspect": "percent", "heading": "On {previous_period}"},
        {"window": "quarter-on-previous-quarter", "aspect": "absolute", "heading": "Before", "quarters_back": 1},
    ]  # fmt: skip
    made = compute("t", "Table", {"kind": "table", "rows": [{"series": "theft"}], "columns": columns}, thefts())
    assert [one.text for one in made.exhibit.header][1:] == [
        "July to September 2019", "April to June 2020", "July to September 2020", "On the year",
        "On April to June 2020", "Before",
    ]  # fmt: skip
    assert [cell.text for cell in made.exhibit.rows[0]][1:] == ["80", "100", "120", "+50%", "+20%", "+10"]
    assert "theft.quarter-2020-06-on-previous-quarter" in made.figures


@pytest.mark.parametrize(
    ("window", "end", "step", "before"),
    [
        (Window.QUARTER, date(2020, 6, 30), ComparedWith.QUARTER_BEFORE, date(2020, 3, 31)),
        (Window.QUARTER, date(2021, 3, 31), ComparedWith.QUARTER_BEFORE, date(2020, 12, 31)),
        (Window.MONTH, date(2020, 3, 31), ComparedWith.MONTH_BEFORE, date(2020, 2, 29)),
        (Window.MONTH, date(2021, 1, 31), ComparedWith.MONTH_BEFORE, date(2020, 12, 31)),
        (Window.QUARTER, date(2020, 6, 30), ComparedWith.SAME_PERIOD_OF_LAST_YEAR, date(2019, 6, 30)),
    ],
)
def test_period_before(window, end, step, before):
    assert period_before(period_ending(window, end), step) == period_ending(window, before)
    assert period_before(Period(Window.NOT_STATED, None, None), step) is None
