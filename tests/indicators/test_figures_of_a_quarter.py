"""Which figures belong to a quarter: those that end with it, and what was supplied less often or to another day."""

from datetime import date

from indicators.choices import Window
from indicators.series import Series, Slot
from tests.indicators.books import Q2, book, months, value

CALENDAR = Window.CALENDAR_TO_DATE


def listed(held: dict[Slot, object]) -> set[tuple[Window, date]]:
    """Return window and end of the figures of the quarter, of one series that holds these values."""
    found = book({Series("theft"): held}).of_quarter()
    return {(one.period.window, one.period.end) for one in found}


def test_a_calendar_year_that_is_worked_out_belongs_to_the_quarter_it_ends_with():
    held = months([1, 2, 3, 4], last=date(2020, 10, 31))
    held |= {Slot(CALENDAR, end): value(9, end, CALENDAR) for end in (date(2020, 9, 30), date(2020, 10, 31))}
    assert {end for window, end in listed(held) if window is CALENDAR} == {Q2.end}


def test_a_calendar_year_that_is_worked_out_belongs_to_no_later_quarter():
    held = months([1, 2], last=date(2020, 3, 31))
    held[Slot(CALENDAR, date(2020, 3, 31))] = value(3, date(2020, 3, 31), CALENDAR)
    assert listed(held) == set()


def test_a_calendar_year_that_is_supplied_to_a_later_day_belongs_to_the_report_before_it():
    held = months([1, 2, 3])
    held[Slot(CALENDAR, date(2020, 10, 29))] = value(14, date(2020, 10, 29), CALENDAR)
    assert (CALENDAR, date(2020, 10, 29)) in listed(held)
