"""Where an expected delivery stands: its periods, its due day, its state, and the line above the board."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators import deliveries
from indicators.choices import Cadence, DeliveryState, ImportState
from indicators.periods import Quarter, label

MONTHLY, QUARTERLY = Cadence.MONTHLY, Cadence.QUARTERLY
Q3 = Quarter(2020, 3)  # October to December 2020
DUE = date(2020, 11, 5)
STATES = st.sampled_from(list(ImportState))


def state(today: date = DUE, *, arrived: bool = False, files: list[ImportState] | None = None, said: bool = False):
    """Ask where October's delivery, due on 5 November, stands."""
    return deliveries.state_of(DUE, today, has_arrived=arrived, files=files or [], is_unavailable=said)


def test_split_a_quarter_by_how_often_a_delivery_comes():
    assert [label(one) for one in deliveries.periods_in(MONTHLY, Q3)] == [
        "October 2020",
        "November 2020",
        "December 2020",
    ]
    (quarter,) = deliveries.periods_in(QUARTERLY, Q3)
    assert (quarter.start, quarter.end) == (date(2020, 10, 1), date(2020, 12, 31))


@pytest.mark.parametrize(
    ("cadence", "first", "words"),
    [
        (MONTHLY, date(2020, 11, 1), "November 2020"),
        (MONTHLY, date(2020, 11, 2), None),
        (QUARTERLY, date(2020, 10, 1), "October to December 2020"),
        (QUARTERLY, date(2020, 11, 1), None),
        (QUARTERLY, date(2021, 1, 1), "January to March 2021"),
    ],
)
def test_find_the_period_that_begins_on_a_day(cadence, first, words):
    found = deliveries.period_from(cadence, first)
    assert (label(found) if found else None) == words


@pytest.mark.parametrize(
    ("days", "due"),
    [(0, date(2020, 2, 29)), (1, date(2020, 3, 1)), (5, date(2020, 3, 5)), (366, date(2021, 3, 1))],
)
def test_count_the_due_day_from_the_last_day_of_the_period(days, due):
    february = deliveries.period_from(MONTHLY, date(2020, 2, 1))
    assert deliveries.due_on(february, days) == due


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "is_expected"),
    [
        (date(2020, 10, 1), None, True),
        (date(2020, 10, 31), None, True),  # begins on the last day of October
        (date(2020, 11, 1), None, False),
        (date(2020, 1, 1), date(2020, 10, 1), True),  # ends on the first day of October
        (date(2020, 1, 1), date(2020, 9, 30), False),
    ],
)
def test_expect_a_period_of_which_some_day_is_covered(starts_on, ends_on, is_expected):
    october = deliveries.period_from(MONTHLY, date(2020, 10, 1))
    assert deliveries.covers(october, starts_on, ends_on) is is_expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2020, 10, 31), DeliveryState.NOT_DUE),
        (date(2020, 11, 5), DeliveryState.NOT_DUE),  # the due day itself
        (date(2020, 11, 6), DeliveryState.LATE),
        (date(2026, 1, 1), DeliveryState.LATE),
    ],
)
def test_call_it_late_from_the_day_after_the_due_day(today, expected):
    assert state(today) is expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["received"], DeliveryState.IN_PROGRESS),
        (["staged"], DeliveryState.IN_PROGRESS),
        (["confirmed"], DeliveryState.IN_PROGRESS),
        (["refused"], DeliveryState.REFUSED),
        (["refused", "staged"], DeliveryState.IN_PROGRESS),
        (["staged", "refused"], DeliveryState.IN_PROGRESS),
        (["refused", "abandoned"], DeliveryState.LATE),
        (["abandoned", "refused"], DeliveryState.REFUSED),
        (["abandoned"], DeliveryState.LATE),
        (["failed"], DeliveryState.LATE),
        (["reverted"], DeliveryState.LATE),
        (["applied"], DeliveryState.LATE),  # a file of cases that did not hold the months of this period
    ],
)
def test_judge_by_the_files_that_were_loaded(files, expected):
    assert state(date(2020, 12, 1), files=[ImportState(one) for one in files]) is expected


def test_prefer_what_people_did_to_what_they_said():
    late = date(2020, 12, 1)
    assert state(late, said=True) is DeliveryState.NOT_AVAILABLE
    assert state(date(2020, 11, 1), said=True) is DeliveryState.NOT_AVAILABLE
    assert state(late, said=True, files=[ImportState.REFUSED]) is DeliveryState.NOT_AVAILABLE
    assert state(late, said=True, files=[ImportState.STAGED]) is DeliveryState.IN_PROGRESS
    assert state(late, said=True, arrived=True) is DeliveryState.ARRIVED


@given(files=st.lists(STATES, max_size=6), said=st.booleans(), today=st.dates())
def test_keep_what_is_in_the_figures_received_whatever_else_happened(files, said, today):
    assert state(today, arrived=True, files=files, said=said) is DeliveryState.ARRIVED


@given(files=st.lists(STATES, max_size=6), said=st.booleans(), today=st.dates())
def test_call_nothing_received_that_is_not_in_the_figures(files, said, today):
    assert state(today, files=files, said=said) is not DeliveryState.ARRIVED


def test_sum_a_quarter_up_in_one_line():
    arrived, late, missing = DeliveryState.ARRIVED, DeliveryState.LATE, DeliveryState.NOT_AVAILABLE
    assert deliveries.summary([arrived] * 5 + [missing, late]) == "5 of 7 received, 1 late, 1 not available"
    assert deliveries.summary([arrived, arrived]) == "2 of 2 received"
    assert deliveries.summary([]) == "Nothing is expected in this quarter"
    every = deliveries.summary(DeliveryState)
    assert every == "1 of 6 received, 1 in progress, 1 refused, 1 late, 1 not available, 1 not due yet"
