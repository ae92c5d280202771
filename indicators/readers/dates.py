"""Dates written by people, read the UK way or refused by name, and windows that must fit the calendar."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from indicators.choices import Window
from indicators.periods import MONTH_NAMES, date_text, period_ending
from indicators.readers.problems import Unfit
from indicators.readers.texts import BLANKS

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
_HOW = "Write a date as 2020-09-30 or 30/09/2020 (day, month, year)."

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_UK = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"[0-9]{4,6}(\.[0-9]+)?"),
        "is the day number of a spreadsheet program, not a date. Format the column as Date.",
    ),
    (
        re.compile(r"([0-9]{1,2}[- ])?[a-z]{3,9}[- ]?[0-9]{2,4}|[0-9]{1,2}[- ][a-z]{3,9}", re.I),
        "names the month in words or without a day.",
    ),
    (re.compile(r"[0-9]{4}-?W[0-9]{1,2}(-?[0-9])?", re.I), "is a week number, not a date."),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}"), "is a month without a day."),
    (re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2}"), "has a year of two digits."),
    (re.compile(r".*[0-9]:[0-9]{2}.*"), "has a time of day."),
)

_FITS = {
    Window.MONTH: "A month must be one whole calendar month",
    Window.QUARTER: "A quarter must be three whole calendar months",
    Window.ROLLING_12: "The 12 months must be twelve whole calendar months",
    Window.YEAR_TO_DATE: "A financial year to date must run from 1 April to the end of a month",
    Window.CALENDAR_TO_DATE: "A calendar year to date must run from 1 January",
}


def today_here() -> date:
    """Return today's date in the United Kingdom."""
    return datetime.now(tz=ZoneInfo("Europe/London")).date()


def parse_date(text: str) -> date | None:
    """Return the date that `text` writes, ISO or UK day/month/year; None when blank. `Unfit` on all else."""
    short = text.strip(BLANKS)
    if not short:
        return None
    if found := _ISO.fullmatch(short):
        year, month, day = (int(part) for part in found.groups())
    elif found := _UK.fullmatch(short):
        day, month, year = (int(part) for part in found.groups())
    else:
        words = next((words for pattern, words in _FORMS if pattern.fullmatch(short)), "is not a date.")
        raise Unfit(f'"{short[:60]}" {words} {_HOW}')
    if not 1 <= month <= 12:
        raise Unfit(f'"{short}" has no month {month}: the day comes before the month here. {_HOW}')
    return on_calendar(year, month, day, short, _HOW)


def on_calendar(year: int, month: int, day: int, text: str, how: str) -> date:
    """Return a date of which the month is right; `Unfit` when the year or the day cannot be. `how`: what to do."""
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise Unfit(f'"{text}" has the year {year}, which cannot be right. {how}')
    try:
        return date(year, month, day)
    except ValueError:
        raise Unfit(f"There is no {day} {MONTH_NAMES[month - 1]} {year}. Correct the date.") from None


def parse_month(text: str) -> date:
    """Return the first day of a month written YYYY-MM. `Unfit` on all else, blank included."""
    short = text.strip(BLANKS)
    found = _MONTH.fullmatch(short)
    if not found or not 1 <= int(found[2]) <= 12 or not EARLIEST_YEAR <= int(found[1]) <= LATEST_YEAR:
        raise Unfit(f'"{short[:60]}" is not a month. Write a month as 2020-09 (year, month).')
    return date(int(found[1]), int(found[2]), 1)


def window_fault(window: Window, start: date | None, end: date) -> str:
    """Return how start and end fail to fit their window, with what to do; "" when they fit."""
    if start is not None and start > end:
        return f"The start, {date_text(start)}, lies after the end, {date_text(end)}. Correct one of them."
    if window not in _FITS:
        return "Give the start of the period." if window is Window.SPAN and start is None else ""
    fitting = period_ending(window, end)
    if (start, end) == (fitting.start, fitting.end):
        return ""
    given = f"from {date_text(start)}" if start else "without a start"
    right = f"from {date_text(fitting.start)} to {date_text(fitting.end)}" if fitting.start and fitting.end else ""
    return (
        f"{_FITS[window]}; this one is {given} to {date_text(end)}. "
        f"Did you mean {right}? Otherwise use the window span."
    )
