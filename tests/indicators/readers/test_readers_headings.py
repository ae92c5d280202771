"""C32–C40 for headings: periods as people write them over columns, taken in one way or refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.choices import Window
from indicators.periods import MONTH_NAMES, Period, month_end
from indicators.readers.headings import meant, month_in_year, month_number, read_period, year_of
from indicators.readers.problems import Unfit

APRIL = Period(Window.MONTH, date(2017, 4, 1), date(2017, 4, 30))
Q2 = Period(Window.QUARTER, date(2020, 7, 1), date(2020, 9, 30))
YEAR = Period(Window.ROLLING_12, date(2019, 10, 1), date(2020, 9, 30))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        *((text, APRIL) for text in ("Apr-17", "Apr 17", "APR 2017", "April 2017", " april  2017", "Apr'17", "2017-04",
                                     "04/2017", "2017-04-01", "2017-04-30", "01/04/2017", "30 April 2017")),
        *((text, Q2) for text in ("Q2 2020/21", "2020/21 Q2", "2020-21-Q2", "Quarter 2 2020/21", "Q2 20/21",
                                  "Jul-Sep 2020", "July to September 2020")),
        *((text, YEAR) for text in ("12 months to Sep 2020", "12 months to 30 September 2020", "Year to September 2020",
                                    "rolling 12 months to 30/09/2020", "R12 Sep 2020", "Oct 2019 - Sep 2020")),
        ("2017/18", Period(Window.ROLLING_12, date(2017, 4, 1), date(2018, 3, 31))),
        ("FY 2017-18", Period(Window.ROLLING_12, date(2017, 4, 1), date(2018, 3, 31))),
        ("as at 15 September 2020", Period(Window.SNAPSHOT, None, date(2020, 9, 15))),
        ("Apr-Aug 2020", Period(Window.SPAN, date(2020, 4, 1), date(2020, 8, 31))),
    ],
)  # fmt: skip
def test_read_a_heading_gives_its_period(text: str, period: Period) -> None:
    assert read_period(text) == period


@pytest.mark.parametrize("text", ["Total", "April", "2017", "", "Measure 1", "12 months", "Q2", "Change 2019"])
def test_read_a_heading_that_names_no_full_period_gives_none(text: str) -> None:
    assert read_period(text) is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Q2 2020", "financial or a calendar quarter"),
        ("2017/19", "ends in 2018"),
        ("2026-04-17", "April 2017"),
        ("31/02/2020", "no day of the calendar"),
        ("2011-12", "a month or a year"),
        ("13/2020", "no month"),
        ("Oct-Mar 2020", "Write both years"),
    ],
)
def test_read_a_heading_that_can_be_misread_refuses_it(text: str, named: str) -> None:
    with pytest.raises(Unfit, match=named):
        read_period(text)


@given(
    st.integers(2000, 2050), st.integers(1, 12), st.sampled_from(["{long} {year}", "{short}-{two}", "{short} {year}"])
)
def test_read_every_month_in_every_writing_gives_that_month(year: int, month: int, form: str) -> None:
    name = MONTH_NAMES[month - 1]
    period = read_period(form.format(long=name, short=name[:3], year=year, two=f"{year % 100:02d}"))
    first = date(year, month, 1)
    assert period == Period(Window.MONTH, first, month_end(first))


def test_read_months_and_years_apart() -> None:
    assert [month_number(text) for text in ("April", "sept", "Dec.", "Total")] == [4, 9, 12, 0]
    assert [year_of(text) for text in ("2017/18", "17/18", "2017", "Total")] == [
        (2017, True),
        (2017, True),
        (2017, False),
        None,
    ]
    assert month_in_year(3, 2017, is_financial=True).end == date(2018, 3, 31)
    assert month_in_year(4, 2017, is_financial=True) == APRIL


def test_month_that_stands_for_more_than_itself() -> None:
    assert meant(APRIL, Window.SNAPSHOT) == Period(Window.SNAPSHOT, None, date(2017, 4, 30))
    assert meant(APRIL, Window.ROLLING_12) == Period(Window.ROLLING_12, date(2016, 5, 1), date(2017, 4, 30))
    assert meant(Q2, Window.SNAPSHOT) == Q2
