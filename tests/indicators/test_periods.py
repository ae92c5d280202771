"""Periods: month arithmetic, quarters, windows, previous equivalents and labels."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.choices import Window
from indicators.periods import (
    Period,
    Quarter,
    add_months,
    date_text,
    first_of_month,
    label,
    month_end,
    month_range,
    month_text,
    period_ending,
    previous_equivalent,
    short_label,
)

unhurried = settings(deadline=None, database=None)
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
quarters = st.builds(Quarter, st.integers(1900, 2198), st.integers(1, 4))
DERIVED = (
    Window.MONTH,
    Window.QUARTER,
    Window.ROLLING_12,
    Window.YEAR_TO_DATE,
    Window.CALENDAR_TO_DATE,
    Window.SNAPSHOT,
)


def period(words: str) -> Period:
    """Read "r12 2019-10-01 2020-09-30"; a dash stands for a date that is not known."""
    window, start, end = words.split()
    return Period(Window(window), *(None if day == "-" else date.fromisoformat(day) for day in (start, end)))


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2020, 2, 1), date(2020, 2, 29)),
        (date(2021, 2, 28), date(2021, 2, 28)),
        (date(1900, 2, 1), date(1900, 2, 28)),
        (date(2000, 2, 1), date(2000, 2, 29)),
        (date(2020, 12, 31), date(2020, 12, 31)),
        (date(2020, 9, 15), date(2020, 9, 30)),
    ],
)
def test_month_end_of_any_month_is_its_last_day(day: date, last: date) -> None:
    assert month_end(day) == last


@unhurried
@given(days)
def test_month_end_of_any_day_is_followed_by_the_first_of_the_next_month(day: date) -> None:
    assert month_end(day) + timedelta(days=1) == add_months(day, 1)
    assert first_of_month(day) <= day <= month_end(day)


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (0, date(2020, 9, 1)),
        (3, date(2020, 12, 1)),
        (4, date(2021, 1, 1)),
        (-8, date(2020, 1, 1)),
        (-9, date(2019, 12, 1)),
        (-21, date(2018, 12, 1)),
        (16, date(2022, 1, 1)),
    ],
)
def test_add_months_across_years_gives_the_first_of_the_month(months: int, expected: date) -> None:
    assert add_months(date(2020, 9, 1), months) == expected


@unhurried
@given(days, st.integers(-400, 400), st.integers(-400, 400))
def test_add_months_in_two_steps_equals_one_step(day: date, one: int, two: int) -> None:
    assert add_months(add_months(day, one), two) == add_months(day, one + two)


def test_month_range_across_a_year_end_includes_both_ends() -> None:
    assert month_range(date(2020, 11, 1), date(2021, 2, 1)) == (
        date(2020, 11, 1),
        date(2020, 12, 1),
        date(2021, 1, 1),
        date(2021, 2, 1),
    )


def test_month_range_backwards_is_empty() -> None:
    assert month_range(date(2020, 11, 1), date(2020, 10, 1)) == ()


@unhurried
@given(days, st.integers(0, 60))
def test_month_range_of_n_months_holds_n_different_firsts(day: date, steps: int) -> None:
    months = month_range(first_of_month(day), add_months(day, steps))
    assert len(set(months)) == len(months) == steps + 1
    assert all(month.day == 1 for month in months)


def test_quarter_containing_september_2020_is_q2_of_2020_21() -> None:
    quarter = Quarter.containing(date(2020, 9, 30))
    assert quarter == Quarter(2020, 2)
    assert (quarter.key, quarter.label) == ("2020-21-Q2", "2020/21 Q2")
    assert quarter.name == "July to September 2020"
    assert (quarter.start, quarter.end) == (date(2020, 7, 1), date(2020, 9, 30))
    assert quarter.months == (date(2020, 7, 1), date(2020, 8, 1), date(2020, 9, 1))


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2020, 3, 31), "2019-20-Q4"),
        (date(2020, 4, 1), "2020-21-Q1"),
        (date(2020, 6, 30), "2020-21-Q1"),
        (date(2020, 7, 1), "2020-21-Q2"),
        (date(2020, 10, 25), "2020-21-Q3"),  # clocks go back
        (date(2021, 3, 28), "2020-21-Q4"),  # clocks go forward
        (date(2020, 2, 29), "2019-20-Q4"),
        (date(1999, 12, 31), "1999-00-Q3"),
        (date(2000, 1, 1), "1999-00-Q4"),
    ],
)
def test_quarter_containing_a_day_follows_the_financial_year(day: date, key: str) -> None:
    assert Quarter.containing(day).key == key


def test_quarter_name_of_the_fourth_quarter_carries_the_later_year() -> None:
    assert Quarter(2020, 4).name == "January to March 2021"
    assert Quarter(2020, 3).name == "October to December 2020"


@unhurried
@given(quarters)
def test_parse_quarter_key_round_trips(quarter: Quarter) -> None:
    assert Quarter.parse(quarter.key) == quarter
    assert Quarter.containing(quarter.start) == quarter == Quarter.containing(quarter.end)


@unhurried
@given(quarters)
def test_next_quarter_follows_without_a_gap_and_previous_returns(quarter: Quarter) -> None:
    assert quarter.next().start == quarter.end + timedelta(days=1)
    assert quarter.next().previous() == quarter
    assert quarter < quarter.next()


@unhurried
@given(days)
def test_quarter_containing_a_day_holds_that_day(day: date) -> None:
    quarter = Quarter.containing(day)
    assert quarter.start <= day <= quarter.end


@pytest.mark.parametrize(
    "text",
    [
        "2020-22-Q2",
        "2020-21-Q5",
        "2020-21-Q0",
        "2020-21",
        "Q2 2020/21",
        "",
        "2020-21-q2",
        " 2020-21-Q2",
        "2020-21-Q2\n",
    ],
)
def test_parse_nonsense_is_refused_and_says_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="2020-21-Q2"):
        Quarter.parse(text)


def test_parse_digits_of_another_script_is_refused() -> None:
    with pytest.raises(ValueError, match="not a quarter"):
        Quarter.parse("٢٠٢٠-21-Q2")


def test_parse_wrong_second_year_names_the_right_one() -> None:
    with pytest.raises(ValueError, match="starts in 2020 ends in 2021"):
        Quarter.parse("2020-22-Q2")


@pytest.mark.parametrize("number", [0, 5, -1])
def test_build_quarter_with_a_wrong_number_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="quarters 1 to 4"):
        Quarter(2020, number)


@pytest.mark.parametrize("year", [0, 9999])
def test_build_quarter_outside_the_calendar_is_refused(year: int) -> None:
    with pytest.raises(ValueError, match="calendar"):
        Quarter(year, 4)


@pytest.mark.parametrize(
    ("window", "end", "expected"),
    [
        (Window.MONTH, date(2020, 2, 5), period("month 2020-02-01 2020-02-29")),
        (Window.QUARTER, date(2020, 9, 1), period("quarter 2020-07-01 2020-09-30")),
        (Window.QUARTER, date(2020, 2, 1), period("quarter 2019-12-01 2020-02-29")),
        (Window.ROLLING_12, date(2020, 9, 1), period("r12 2019-10-01 2020-09-30")),
        (Window.ROLLING_12, date(2020, 12, 31), period("r12 2020-01-01 2020-12-31")),
        (Window.YEAR_TO_DATE, date(2020, 9, 3), period("fytd 2020-04-01 2020-09-30")),
        (Window.YEAR_TO_DATE, date(2021, 3, 31), period("fytd 2020-04-01 2021-03-31")),
        (Window.YEAR_TO_DATE, date(2021, 4, 1), period("fytd 2021-04-01 2021-04-30")),
        (Window.CALENDAR_TO_DATE, date(2020, 10, 29), period("cytd 2020-01-01 2020-10-29")),
        (Window.SNAPSHOT, date(2020, 9, 15), period("snapshot - 2020-09-15")),
    ],
)
def test_derive_period_from_its_end_gives_the_whole_window(window: Window, end: date, expected: Period) -> None:
    assert period_ending(window, end) == expected


@pytest.mark.parametrize("window", [Window.SPAN, Window.ANNUAL, Window.ROLLING_YEAR_TO_DATE, Window.NOT_STATED])
def test_derive_period_of_a_window_without_a_fixed_start_is_refused(window: Window) -> None:
    with pytest.raises(ValueError, match="cannot be worked out"):
        period_ending(window, date(2020, 9, 30))


@unhurried
@given(days)
def test_months_of_a_window_are_as_many_as_its_name_says(day: date) -> None:
    assert len(period_ending(Window.MONTH, day).months) == 1
    assert len(period_ending(Window.QUARTER, day).months) == 3
    assert len(period_ending(Window.ROLLING_12, day).months) == 12
    to_date = period_ending(Window.YEAR_TO_DATE, day).months
    assert 1 <= len(to_date) <= 12
    assert to_date[0].month == 4
    assert to_date[-1] == first_of_month(day)


@pytest.mark.parametrize(
    "unknown",
    [
        Period(Window.SNAPSHOT, None, date(2020, 9, 30)),
        Period(Window.SNAPSHOT, date(2020, 9, 30), date(2020, 9, 30)),
        Period(Window.ROLLING_YEAR_TO_DATE, None, date(2020, 9, 30)),
        Period(Window.NOT_STATED, None, None),
        Period(Window.SPAN, date(2020, 1, 1), None),
    ],
)
def test_months_of_a_period_without_a_span_are_empty(unknown: Period) -> None:
    assert unknown.months == ()


def test_months_of_a_span_include_its_part_months() -> None:
    span = period("span 2020-08-23 2020-10-29")
    assert span.months == (date(2020, 8, 1), date(2020, 9, 1), date(2020, 10, 1))


@pytest.mark.parametrize(
    ("this", "earlier"),
    [
        (period("r12 2019-10-01 2020-09-30"), period("r12 2018-10-01 2019-09-30")),
        (period("quarter 2020-07-01 2020-09-30"), period("quarter 2019-07-01 2019-09-30")),
        (period("month 2020-02-01 2020-02-29"), period("month 2019-02-01 2019-02-28")),
        (period("month 2021-02-01 2021-02-28"), period("month 2020-02-01 2020-02-29")),
        (period("fytd 2020-04-01 2020-09-30"), period("fytd 2019-04-01 2019-09-30")),
        (period("cytd 2020-01-01 2020-10-29"), period("cytd 2019-01-01 2019-10-29")),
        (period("cytd 2020-01-01 2020-02-29"), period("cytd 2019-01-01 2019-02-28")),
        (period("cytd 2021-01-01 2021-02-28"), period("cytd 2020-01-01 2020-02-29")),
        (period("span 2020-03-23 2020-10-29"), period("span 2019-03-23 2019-10-29")),
        (period("span 2021-02-23 2021-02-28"), period("span 2020-02-23 2020-02-28")),
        (period("span 2020-02-29 2020-03-05"), period("span 2019-02-28 2019-03-05")),
        (period("snapshot - 2020-09-30"), period("snapshot - 2019-09-30")),
        (period("snapshot - 2020-02-29"), period("snapshot - 2019-02-28")),
        (period("annual - 2020-03-31"), period("annual - 2019-03-31")),
        (period("annual 2019-04-01 2020-03-31"), period("annual 2018-04-01 2019-03-31")),
        (period("rytd - 2020-09-30"), period("rytd - 2019-09-30")),
    ],
)
def test_find_previous_equivalent_gives_the_same_span_a_year_earlier(this: Period, earlier: Period) -> None:
    assert previous_equivalent(this) == earlier


@pytest.mark.parametrize(
    "unknown",
    [
        Period(Window.NOT_STATED, None, None),
        Period(Window.NOT_STATED, None, date(2020, 9, 30)),
        Period(Window.SPAN, date(2020, 1, 1), None),
    ],
)
def test_find_previous_equivalent_of_a_period_not_stated_gives_none(unknown: Period) -> None:
    assert previous_equivalent(unknown) is None


def test_find_previous_equivalent_of_a_rolling_year_touches_it_without_a_gap() -> None:
    this = period_ending(Window.ROLLING_12, date(2021, 2, 28))
    earlier = previous_equivalent(this)
    assert earlier == period("r12 2019-03-01 2020-02-29")
    assert earlier is not None
    assert this.start is not None and earlier.end is not None
    assert earlier.end + timedelta(days=1) == this.start


@unhurried
@given(st.sampled_from(DERIVED), days)
def test_find_previous_equivalent_twice_ends_two_years_earlier(window: Window, day: date) -> None:
    this = period_ending(window, day)
    once = previous_equivalent(this)
    assert once is not None
    twice = previous_equivalent(once)
    assert twice is not None and twice.end is not None and this.end is not None
    assert (twice.end.year, twice.end.month) == (this.end.year - 2, this.end.month)
    assert len(this.months) == len(once.months) == len(twice.months)
    if this.end.month != 2:
        assert twice.end.day == this.end.day
    if this.end == month_end(this.end):
        assert twice.end == month_end(twice.end)


@pytest.mark.parametrize(
    ("of", "words", "short"),
    [
        (period("r12 2019-10-01 2020-09-30"), "12 months to 30 September 2020", "12 m to Sep 2020"),
        (period("quarter 2020-07-01 2020-09-30"), "July to September 2020", "Jul–Sep 2020"),
        (period("quarter 2020-10-01 2020-12-31"), "October to December 2020", "Oct–Dec 2020"),
        (period("quarter 2019-12-01 2020-02-29"), "December 2019 to February 2020", "Dec 2019–Feb 2020"),
        (period("quarter - 2020-09-30"), "July to September 2020", "Jul–Sep 2020"),
        (period("month 2020-09-01 2020-09-30"), "September 2020", "Sep 2020"),
        (period("fytd 2020-04-01 2020-09-30"), "1 April to 30 September 2020", "Apr–Sep 2020"),
        (period("fytd 2020-04-01 2020-04-30"), "1 to 30 April 2020", "Apr 2020"),
        (period("fytd 2020-04-01 2021-03-31"), "1 April 2020 to 31 March 2021", "Apr 2020–Mar 2021"),
        (period("cytd 2020-01-01 2020-10-29"), "1 January to 29 October 2020", "1 Jan–29 Oct 2020"),
        (
            period("span 2019-12-30 2020-01-05"),
            "30 December 2019 to 5 January 2020",
            "30 Dec 2019–5 Jan 2020",
        ),
        (period("span 2020-03-23 2020-03-31"), "23 to 31 March 2020", "23 Mar–31 Mar 2020"),
        (period("span 2020-03-23 2020-03-23"), "23 March 2020", "23 Mar–23 Mar 2020"),
        (period("span - 2020-03-23"), "to 23 March 2020", "to 23 Mar 2020"),
        (period("snapshot - 2020-09-30"), "as at 30 September 2020", "30 Sep 2020"),
        (period("annual - 2020-03-31"), "year to 31 March 2020", "year to Mar 2020"),
        (
            period("rytd - 2020-09-30"),
            "rolling year to date, to 30 September 2020",
            "rolling year to Sep 2020",
        ),
        (Period(Window.NOT_STATED, None, None), "period not stated", "not stated"),
        (period("not-stated - 2020-09-30"), "period not stated", "not stated"),
        (period("span 2020-09-30 -"), "period not stated", "not stated"),
    ],
)
def test_label_of_each_window_is_derived_from_its_dates(of: Period, words: str, short: str) -> None:
    assert label(of) == words
    assert short_label(of) == short


def test_label_of_a_period_not_stated_shows_the_words_of_the_source() -> None:
    assert label(Period(Window.NOT_STATED, None, None), "2020-11") == "period not stated (printed: 2020-11)"


def test_label_of_a_stated_period_leaves_out_the_words_of_the_source() -> None:
    assert label(period("month 2020-09-01 2020-09-30"), "Sep") == "September 2020"


@unhurried
@given(st.sampled_from(DERIVED), days)
def test_label_of_a_period_and_of_its_previous_equivalent_always_differ(window: Window, day: date) -> None:
    this = period_ending(window, day)
    earlier = previous_equivalent(this)
    assert earlier is not None
    assert label(this) != label(earlier)
    assert short_label(this) != short_label(earlier)


def test_write_dates_in_words_needs_no_locale() -> None:
    assert date_text(date(2020, 9, 3)) == "3 September 2020"
    assert month_text(date(2020, 4, 3)) == "April 2020"
    assert month_text(date(2020, 12, 31)) == "December 2020"
