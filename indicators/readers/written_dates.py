"""Dates and months as the systems of a force write them: in a stated order, with a time of day or a month in words.

Only what can be read in one way is taken: a year has four digits, and the order is never guessed from a value.
"""

import re
from datetime import date

from indicators.choices import DateOrder
from indicators.periods import MONTH_NAMES
from indicators.readers.dates import EARLIEST_YEAR, LATEST_YEAR, on_calendar
from indicators.readers.problems import Unfit

ORDER_WORDS = {
    DateOrder.DAY_FIRST: "day, month, year: 30/09/2020",
    DateOrder.MONTH_FIRST: "month, day, year: 09/30/2020",
    DateOrder.YEAR_FIRST: "year, month, day: 2020-09-30",
}

_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?(?: ?[AaPp][Mm])?)?"
_YEAR_FIRST = re.compile(rf"(?P<year>[0-9]{{4}})([-/.])(?P<month>[0-9]{{1,2}})\2(?P<day>[0-9]{{1,2}}){_TIME}", re.ASCII)
_DAY_FIRST = re.compile(rf"(?P<day>[0-9]{{1,2}})([-/.])(?P<month>[0-9]{{1,2}})\2(?P<year>[0-9]{{4}}){_TIME}", re.ASCII)
_MONTH_FIRST = re.compile(
    rf"(?P<month>[0-9]{{1,2}})([-/.])(?P<day>[0-9]{{1,2}})\2(?P<year>[0-9]{{4}}){_TIME}", re.ASCII
)
_NAMED = re.compile(rf"(?P<day>[0-9]{{1,2}})[- ](?P<name>[A-Za-z]{{3,9}})[- ](?P<year>[0-9]{{4}}){_TIME}", re.ASCII)
_NUMBERED = {DateOrder.DAY_FIRST: _DAY_FIRST, DateOrder.MONTH_FIRST: _MONTH_FIRST}
_MONTHS = (
    re.compile(r"(?P<year>[0-9]{4})[-/](?P<month>[0-9]{1,2})"),
    re.compile(r"(?P<month>[0-9]{1,2})[-/](?P<year>[0-9]{4})"),
    re.compile(r"(?P<name>[A-Za-z]{3,9})[- ](?P<year>[0-9]{4})"),
)
_NAMES = {name.casefold(): number for number, name in enumerate(MONTH_NAMES, start=1)}
_NAMES |= {name[:3]: number for name, number in _NAMES.items()} | {"sept": 9}


def read_day(text: str, order: DateOrder) -> date:
    """Return the day that `text` writes in this order, or year first; a time of day is dropped. Else `Unfit`."""
    how = f"The profile reads dates as {ORDER_WORDS[order]}."
    found = _YEAR_FIRST.fullmatch(text) or _NAMED.fullmatch(text)
    if found is None and order in _NUMBERED:
        found = _NUMBERED[order].fullmatch(text)
    if found is None:
        raise Unfit(f'"{text[:60]}" is not a date with a year of four digits. {how}')
    month = _month_of(found)
    if not 1 <= month <= 12:
        raise Unfit(f'"{text}" has no month {month}. {how}')
    return on_calendar(int(found["year"]), month, int(found["day"]), text, how)


def read_month(text: str, order: DateOrder) -> date:
    """Return the first day of the month that `text` writes: 2020-09, 09/2020, Sep 2020, or any date in it."""
    for pattern in _MONTHS:
        found = pattern.fullmatch(text)
        if found and 1 <= _month_of(found) <= 12 and EARLIEST_YEAR <= int(found["year"]) <= LATEST_YEAR:
            return date(int(found["year"]), _month_of(found), 1)
    try:
        return read_day(text, order).replace(day=1)
    except Unfit:
        message = f'"{text[:60]}" is not a month. Write a month as 2020-09 or September 2020, or as a date in it.'
        raise Unfit(message) from None


def order_of(texts: list[str]) -> DateOrder | None:
    """Return the one order in which all of these dates can be read, None when there is none or more than one."""
    fitting = []
    for order in DateOrder:
        try:
            for text in texts:
                read_day(text, order)
        except Unfit:
            continue
        fitting.append(order)
    if DateOrder.YEAR_FIRST in fitting:  # then no date is written in any other way
        return DateOrder.YEAR_FIRST
    return fitting[0] if len(fitting) == 1 else None


def _month_of(found: re.Match[str]) -> int:
    """Return the number of the month in a match, 0 when its name is none."""
    parts = found.groupdict()
    return int(parts["month"]) if parts.get("month") else _NAMES.get(parts["name"].casefold(), 0)
