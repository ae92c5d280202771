"""C17 to C41: every way of writing a number or a date is taken exactly or refused by name."""

from datetime import date
from decimal import Decimal

import pytest

from indicators.choices import Window
from indicators.readers.dates import parse_date, parse_month, window_fault
from indicators.readers.numbers import parse_number
from indicators.readers.problems import Unfit


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("-5", "-5"), ("10.9", "10.9"), ("1.234", "1.234"), ("1,234", "1234"), ("-1,234,567.5", "-1234567.5"),
        (" 66776 ", "66776"), ("0.00000001", "0.00000001"), ("75.40", "75.4"), ("123456789012345", "123456789012345"),
    ],
)  # fmt: skip
def test_parse_number_plain_form_is_taken_exactly(text: str, number: str) -> None:
    assert parse_number(text) == Decimal(number)


def test_parse_number_minus_zero_is_zero() -> None:
    assert str(parse_number("-0")) == "0"


@pytest.mark.parametrize("text", ["", " ", "\t"])
def test_parse_number_blank_is_not_zero(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("NaN", "finite"),
        ("inf", "finite"), ("-Infinity", "finite"), ("1e3", "scientific"),
        ("1.23E+15", "scientific"),
        ("1_000", "underscore"), ("1,2x4", "not a number"),
        ("12,34", "comma"), ("1.234,56", "comma"), ("1,2345", "comma"),
        ("12,345,67", "comma"), ("12 %", "percent"), ("12%", "percent"), ("£5", "currency"), ("(5)", "brackets"),
        ("−5", "MINUS SIGN"), ("–5", "EN DASH"), ("５", "FULLWIDTH DIGIT FIVE"), ("٥", "ARABIC-INDIC DIGIT FIVE"),
        ("1\u00a0234", "NO-BREAK SPACE"), ("1 234", "space"), ("n/a", "status"), ("#N/A", "status"), ("*", "status"),
        ("<5", "status"), ("r", "status"), ("p", "status"), ("..", "status"), ("-", "status"), (":", "status"),
        ("5r", "status"), ("12*", "status"), ("007", "leading zero"), (".5", "decimal point"), ("+5", "plus"),
        ("01-Feb", "date"), ("2020-09-01", "date"), ("1234567890123456", "16 digits"), ("0.123456789", "9 decimals"),
        ("twelve", "not a number"), ("=1+1", "not a number"), ("#DIV/0!", "finite"), ("½", "VULGAR FRACTION"),
    ],
)  # fmt: skip
def test_parse_number_other_form_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(Unfit, match=named):
        parse_number(text)


def test_parse_number_comma_in_semicolon_file_is_refused() -> None:
    with pytest.raises(Unfit, match="comma"):
        parse_number("1,234", thousands_commas=False)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01/09/2020", date(2020, 9, 1)), ("03/04/2020", date(2020, 4, 3)), ("3/4/2020", date(2020, 4, 3)),
        ("2020-02-29", date(2020, 2, 29)), (" 2020-09-30 ", date(2020, 9, 30)),
    ],
)  # fmt: skip
def test_parse_date_uk_or_iso_is_read_day_first(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Sep-20", "month in words"), ("1 September 2020", "month in words"), ("44075", "day number"),
        ("42613.5", "day number"), ("30/02/2020", "no 30 February 2020"), ("2021-02-29", "no 29 February 2021"),
        ("2020-W38", "week number"), ("2020-W38-1", "week number"), ("2020-09", "without a day"),
        ("01/09/20", "two digits"), ("09/25/2020", "no month 25"), ("2020-09-01 00:00", "time of day"),
        ("0020-09-01", "year 20"), ("yesterday", "not a date"), ("２０２０-09-01", "not a date"),
    ],
)  # fmt: skip
def test_parse_date_other_form_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(Unfit, match=named):
        parse_date(text)


def test_parse_month_year_and_month_is_first_day() -> None:
    assert parse_month("2020-09") == date(2020, 9, 1)


@pytest.mark.parametrize("text", ["", "2020-13", "2020-9", "09/2020", "Sep-20", "2020-09-01", "44075"])
def test_parse_month_other_form_is_refused(text: str) -> None:
    with pytest.raises(Unfit, match="2020-09"):
        parse_month(text)


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        (Window.MONTH, date(2020, 2, 1), date(2020, 2, 29)),
        (Window.QUARTER, date(2020, 7, 1), date(2020, 9, 30)),
        (Window.QUARTER, date(2020, 6, 1), date(2020, 8, 31)),
        (Window.ROLLING_12, date(2019, 10, 1), date(2020, 9, 30)),
        (Window.YEAR_TO_DATE, date(2020, 4, 1), date(2020, 9, 30)),
        (Window.CALENDAR_TO_DATE, date(2020, 1, 1), date(2020, 10, 29)),
        (Window.SPAN, date(2020, 1, 1), date(2020, 10, 29)),
        (Window.SNAPSHOT, None, date(2020, 9, 30)),
        (Window.ANNUAL, None, date(2020, 3, 31)),
    ],
)
def test_window_fault_fitting_period_is_silent(window: Window, start: date | None, end: date) -> None:
    assert window_fault(window, start, end) == ""


@pytest.mark.parametrize(
    ("window", "start", "end", "named"),
    [
        (Window.MONTH, date(2020, 9, 1), date(2020, 9, 29), "whole calendar month"),
        (Window.MONTH, date(2020, 9, 2), date(2020, 9, 30), "1 September 2020 to 30 September 2020"),
        (Window.MONTH, date(2020, 2, 1), date(2020, 2, 28), "29 February 2020"),
        (Window.MONTH, None, date(2020, 9, 30), "without a start"),
        (Window.QUARTER, date(2020, 8, 1), date(2020, 9, 30), "three whole"),
        (Window.ROLLING_12, date(2019, 9, 1), date(2020, 9, 30), "twelve whole"),
        (Window.YEAR_TO_DATE, date(2020, 1, 1), date(2020, 9, 30), "1 April"),
        (Window.YEAR_TO_DATE, date(2019, 4, 1), date(2020, 9, 30), "1 April"),
        (Window.CALENDAR_TO_DATE, date(2020, 4, 1), date(2020, 9, 30), "1 January"),
        (Window.SPAN, None, date(2020, 9, 30), "start"),
        (Window.SNAPSHOT, date(2020, 10, 1), date(2020, 9, 30), "lies after"),
    ],
)
def test_window_fault_other_period_is_named(window: Window, start: date | None, end: date, named: str) -> None:
    assert named in window_fault(window, start, end)
