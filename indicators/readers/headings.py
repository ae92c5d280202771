"""Headings of wide sheets that speak of time: months, quarters, 12 months and years as people write them.

Only what can be read in one way is taken. Years of two digits are those from 2000 on: "Apr-17" is April 2017.
"""

import re
from datetime import date
from functools import lru_cache

from indicators.choices import Window
from indicators.periods import (
    MONTH_NAMES,
    Period,
    Quarter,
    add_months,
    date_text,
    month_end,
    month_range,
    period_ending,
)
from indicators.readers.dates import EARLIEST_YEAR, LATEST_YEAR
from indicators.readers.problems import Unfit

_NUMBERS = {name.casefold(): at for at, name in enumerate(MONTH_NAMES, start=1)}
_NUMBERS |= {name[:3]: at for name, at in _NUMBERS.items()} | {"sept": 9}
_NAME = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_M = rf"(?P<{{}}>{_NAME})\.?"
_Y = r"(?P<{}>(?:19|20)[0-9]{{2}}|[0-9]{{2}})"
_GAP = r"[ \-–'’/,]{1,3}"
_TO = r" ?(?:-|–|to) ?"
# 04/2017 is a month, though 04 and 2017 could be two years.
_FINANCIAL = r"(?![0-9]{2} ?[/\-–] ?20[0-9]{2})(?P<year>(?:19|20)?[0-9]{2}) ?[/\-–] ?(?P<following>(?:20)?[0-9]{2})"
_12 = r"(?:rolling )?(?:12|twelve) ?(?:months?|mths?|m)\.?(?: to| ending)?|(?:the )?year (?:to|ending)|r12(?: to)?"

_SPACES = re.compile(r"[ \t\r\n]+")
_BARE_MONTH = re.compile(_M.format("name"))
_MONTH = re.compile(rf"{_M.format('name')}{_GAP}{_Y.format('year')}")
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?")
_UK = re.compile(r"(?:(?P<day>[0-9]{1,2})/)?(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})")
_DAY = re.compile(rf"(?P<day>[0-9]{{1,2}}) {_M.format('name')} (?P<year>[0-9]{{4}})")
_QUARTER = re.compile(rf"(?:q|quarter) ?(?P<number>[1-4]),?[ \-–]?(?:fy ?)?{_FINANCIAL}")
_QUARTER_LAST = re.compile(rf"(?:fy ?)?{_FINANCIAL},?[ \-–]?(?:q|quarter) ?(?P<number>[1-4])")
_LOOSE_QUARTER = re.compile(r"(?:q|quarter) ?[1-4][ \-–,]*(?:[0-9]{2}|[0-9]{4})|[0-9]{4}[ \-–,]*q[1-4]")
_SPAN = re.compile(
    rf"{_M.format('first')}(?:{_GAP}{_Y.format('start')})?{_TO}{_M.format('last')}{_GAP}{_Y.format('end')}"
)
_LEADING_12 = re.compile(rf"(?:{_12}) (?P<rest>.+)")
_AS_AT = re.compile(r"as (?:at|of) (?P<rest>.+)")
_YEAR = re.compile(rf"(?:fy ?|financial year )?{_FINANCIAL}")
_CALENDAR = re.compile(r"(?:19|20)[0-9]{2}")


def plain(text: str) -> str:
    """Return a text by which two writings of a heading or label are the same: one case, single spaces."""
    # A no-break space is left as it is: nobody sees it, so it is reported and not passed over.
    return " ".join(_SPACES.split(text.strip(" \t\r\n"))).casefold()


@lru_cache(maxsize=10_000)
def month_number(text: str) -> int:
    """Return 1 to 12 for the name of a month alone, else 0."""
    found = _BARE_MONTH.fullmatch(plain(text))
    return _NUMBERS[found["name"]] if found else 0


@lru_cache(maxsize=10_000)
def year_of(text: str) -> tuple[int, bool] | None:
    """Return (first calendar year, whether it is a financial year) for a year alone, else None.

    `Unfit` for two years that do not follow each other.
    """
    short = plain(text)
    if _CALENDAR.fullmatch(short):
        return int(short), False
    found = _YEAR.fullmatch(short)
    return (_financial(found, text), True) if found else None


def looks_like_period(text: str) -> bool:
    """Tell whether a heading speaks of a period, be it rightly written or not; a month or year alone does not."""
    try:
        return read_period(text) is not None
    except Unfit:
        return True


@lru_cache(maxsize=10_000)
def read_period(text: str) -> Period | None:
    """Return the period that a heading names in full; None when it names none.

    A date stands for its month if it is the first or the last day of it. `Unfit` for what looks like a period and
    cannot be one, or can be read in two ways.
    """
    short = plain(text)
    if len(short) > 60 or not any(character.isdigit() for character in short):
        return None
    if found := _LEADING_12.fullmatch(short):
        last = read_period(found["rest"])
        return period_ending(Window.ROLLING_12, last.end) if last and last.end and last.window is Window.MONTH else None
    if found := _AS_AT.fullmatch(short):
        day = _date(found["rest"], text)
        return Period(Window.SNAPSHOT, None, day) if day else None
    if found := _QUARTER.fullmatch(short) or _QUARTER_LAST.fullmatch(short):
        quarter = Quarter(_financial(found, text), int(found["number"]))
        return Period(Window.QUARTER, quarter.start, quarter.end)
    if _LOOSE_QUARTER.fullmatch(short):
        raise Unfit(f'"{text[:60]}" can be a financial or a calendar quarter. Write Q2 2020/21, or Jul-Sep 2020.')
    if found := _MONTH.fullmatch(short):
        return _month(_full_year(found["year"]), _NUMBERS[found["name"]])
    if found := _SPAN.fullmatch(short):
        return _span(found, text)
    if found := _YEAR.fullmatch(short):
        return _year_or_month(found, short, text)
    if (found := _ISO.fullmatch(short) or _UK.fullmatch(short)) and found["day"] is None:
        return _month_checked(int(found["year"]), int(found["month"]), text)
    day = _date(short, text)
    return _month_of_day(day, text) if day else None


def _year_or_month(found: re.Match[str], short: str, text: str) -> Period:
    """Return the 12 months of a financial year. 2017-04 is a month, and 2011-12 can be read in two ways."""
    year, following = int(found["year"]), int(found["following"])
    is_month = bool(_ISO.fullmatch(short)) and following <= 12
    if is_month and (year + 1) % 100 == following:
        month = MONTH_NAMES[following - 1]
        raise Unfit(f'"{text[:60]}" can be a month or a year. Write {month} {year}, or {year}/{following}.')
    if is_month:
        return _month_checked(year, following, text)
    return period_ending(Window.ROLLING_12, date(_financial(found, text) + 1, 3, 31))


def _date(short: str, text: str) -> date | None:
    """Return the day that a heading writes; None when it writes none."""
    found = _ISO.fullmatch(short) or _UK.fullmatch(short) or _DAY.fullmatch(short)
    if found is None or found["day"] is None:
        return None
    parts = found.groupdict()
    month = int(parts["month"]) if "month" in parts else _NUMBERS[parts["name"]]
    try:
        return date(int(found["year"]), month, int(found["day"]))
    except ValueError:
        raise Unfit(f'"{text[:60]}" is no day of the calendar. Correct the heading.') from None


def _month_of_day(day: date, text: str) -> Period:
    if day.day != 1 and day != month_end(day):
        message = (
            f'"{text[:60]}" is {date_text(day)}, neither the first nor the last day of a month. A spreadsheet program '
            "takes a heading like Apr-17 for 17 April. Write the month in full: April 2017."
        )
        raise Unfit(message)
    return _month(day.year, day.month)


def _month(year: int, month: int) -> Period:
    return period_ending(Window.MONTH, date(year, month, 1))


def _month_checked(year: int, month: int, text: str) -> Period:
    if not 1 <= month <= 12 or not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise Unfit(f'"{text[:60]}" is no month of the calendar. Correct the heading.')
    return _month(year, month)


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _financial(found: re.Match[str], text: str) -> int:
    """Return the year in which a financial year begins."""
    year = _full_year(found["year"])
    if int(found["following"]) % 100 != (year + 1) % 100:
        raise Unfit(f'"{text[:60]}" is no financial year: one that begins in {year} ends in {year + 1}. Correct it.')
    return year


def _span(found: re.Match[str], text: str) -> Period:
    end_year = _full_year(found["end"])
    start_year = _full_year(found["start"]) if found["start"] else end_year
    start = date(start_year, _NUMBERS[found["first"]], 1)
    last = date(end_year, _NUMBERS[found["last"]], 1)
    months = len(month_range(start, last))
    if not months:
        raise Unfit(f'"{text[:60]}" ends before it begins. Write both years: Oct 2019 - Mar 2020.')
    if months == 12:
        return period_ending(Window.ROLLING_12, last)
    if months == 3 and start.month in {1, 4, 7, 10}:
        return period_ending(Window.QUARTER, last)
    return Period(Window.SPAN, start, month_end(last)) if months > 1 else _month(end_year, last.month)


def month_in_year(month: int, year: int, *, is_financial: bool) -> Period:
    """Return a month of a year that stands apart from it; in a financial year January belongs to the next."""
    return _month(year + 1 if is_financial and month < 4 else year, month)


def meant(period: Period, months_mean: Window) -> Period:
    """Return what a heading that names a month stands for: itself, the 12 months to its end, or its last day."""
    if period.window is not Window.MONTH or period.end is None or months_mean is Window.MONTH:
        return period
    if months_mean is Window.ROLLING_12:
        return Period(Window.ROLLING_12, add_months(period.end, -11), period.end)
    return Period(Window.SNAPSHOT, None, period.end)
