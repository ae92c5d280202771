"""Periods: months, financial quarters, windows, their previous equivalents and their labels.

Everything here works on calendar dates only, so clock changes and time zones cannot move a period.
Labels are derived from dates and never typed.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Self

from indicators.choices import COMPUTED_WINDOWS, Window

MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
FINANCIAL_YEAR_STARTS = 4  # April
# Months in each window that always has the same length.
WINDOW_MONTHS = {Window.MONTH: 1, Window.QUARTER: 3, Window.ROLLING_12: 12}

_QUARTER_KEY = re.compile(r"([0-9]{4})-([0-9]{2})-Q([1-4])")


def first_of_month(day: date) -> date:
    """Return the first day of the month that holds `day`."""
    return date(day.year, day.month, 1)


def month_end(day: date) -> date:
    """Return the last day of the month that holds `day`."""
    return date(day.year, day.month, monthrange(day.year, day.month)[1])


def add_months(first: date, months: int) -> date:
    """Return the first of the month that lies `months` months after `first` (before it, when negative)."""
    count = first.year * 12 + (first.month - 1) + months
    return date(count // 12, count % 12 + 1, 1)


def month_range(first: date, last: date) -> tuple[date, ...]:
    """Return the first of every month from `first` to `last`, both included; empty when last is earlier."""
    span = (last.year - first.year) * 12 + last.month - first.month
    return tuple(add_months(first, step) for step in range(span + 1))


def date_text(day: date) -> str:
    """Return a date in words: "30 September 2020"."""
    return f"{day.day} {month_text(day)}"


def month_text(day: date) -> str:
    """Return the month of a date in words: "September 2020"."""
    # strftime is not used: its month names follow the locale of the machine.
    return f"{MONTH_NAMES[day.month - 1]} {day.year}"


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """A quarter, 1 to 4, of the financial year that starts in the calendar year `year`."""

    year: int
    number: int

    def __post_init__(self) -> None:
        """Refuse what is no quarter (ValueError)."""
        if not 1 <= self.number <= 4:
            raise ValueError(f"A financial year has quarters 1 to 4; there is no quarter {self.number}.")
        if not 1 <= self.year <= 9998:
            raise ValueError(f"{self.year} is not a year the calendar knows.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key such as "2020-21-Q2". ValueError, in plain words, on anything else."""
        found = _QUARTER_KEY.fullmatch(text)
        if found is None:
            raise ValueError(f'"{text}" is not a quarter. Write a quarter like 2020-21-Q2.')
        year, following, number = (int(part) for part in found.groups())
        if following != (year + 1) % 100:
            raise ValueError(
                f'"{text}" is not a quarter: a financial year that starts in {year} ends in {year + 1}. '
                f"Write a quarter like 2020-21-Q2."
            )
        return cls(year, number)

    @classmethod
    def containing(cls, day: date) -> Self:
        """Return the quarter in which `day` lies."""
        months_in = (day.month - FINANCIAL_YEAR_STARTS) % 12
        year = day.year if day.month >= FINANCIAL_YEAR_STARTS else day.year - 1
        return cls(year, months_in // 3 + 1)

    @property
    def key(self) -> str:
        """The quarter as a key: "2020-21-Q2"."""
        return f"{self.year:04d}-{(self.year + 1) % 100:02d}-Q{self.number}"

    @property
    def label(self) -> str:
        """The quarter as people write it: "2020/21 Q2"."""
        return f"{self.year:04d}/{(self.year + 1) % 100:02d} Q{self.number}"

    @property
    def name(self) -> str:
        """The quarter in months: "July to September 2020"."""
        return _months_text(self.start, self.end)

    @property
    def start(self) -> date:
        """The first day of the quarter."""
        return _bounds(self.year, self.number)[0]

    @property
    def end(self) -> date:
        """The last day of the quarter."""
        return _bounds(self.year, self.number)[1]

    @property
    def months(self) -> tuple[date, ...]:
        """The firsts of the quarter's three months."""
        return month_range(self.start, self.end)

    def next(self) -> Self:
        """Return the quarter after this one."""
        return self.containing(add_months(self.start, 3))

    def previous(self) -> Self:
        """Return the quarter before this one."""
        return self.containing(add_months(self.start, -3))


@cache
def _bounds(year: int, number: int) -> tuple[date, date]:
    # Asked for with every figure of a quarter, so worked out once.
    start = add_months(date(year, FINANCIAL_YEAR_STARTS, 1), 3 * (number - 1))
    return start, month_end(add_months(start, 2))


@dataclass(frozen=True, slots=True)
class Period:
    """The span of time one value speaks of. A start or an end that nobody stated is None, never guessed."""

    window: Window
    start: date | None
    end: date | None

    @property
    def months(self) -> tuple[date, ...]:
        """The firsts of the months the period touches, a part month included; empty for a snapshot."""
        if self.start is None or self.end is None or self.window is Window.SNAPSHOT:
            return ()
        return month_range(self.start, self.end)

    def holds(self, day: date) -> bool:
        """Tell whether a day lies in the period; in one without its start or end none does."""
        return self.start is not None and self.end is not None and self.start <= day <= self.end

    @property
    def part_months(self) -> tuple[date, ...]:
        """The firsts of the months of which only some days lie in the period: at most its first and its last."""
        if self.start is None or self.end is None or self.window is Window.SNAPSHOT:
            return ()
        edges = {first_of_month(self.start)} if self.start.day > 1 else set()
        edges |= {first_of_month(self.end)} if self.end != month_end(self.end) else set()
        return tuple(sorted(edges))

    @property
    def whole_months(self) -> tuple[date, ...]:
        """The firsts of the months of which every day lies in the period."""
        parts = self.part_months
        return tuple(month for month in self.months if month not in parts)

    @property
    def parts(self) -> tuple[tuple[date, date, date], ...]:
        """The part months, each with the first and the last of its days in the period."""
        if self.start is None or self.end is None:
            return ()
        return tuple((m, max(self.start, m), min(self.end, month_end(m))) for m in self.part_months)


def from_to(start: date, end: date) -> Period:
    """Return the period from one day to another, both included; from 1 January it is a calendar year to date."""
    is_year = (start.month, start.day) == (1, 1) and start.year == end.year
    return Period(Window.CALENDAR_TO_DATE if is_year else Window.SPAN, start, end)


def usual_period(start: date, end: date) -> Period | None:
    """Return the period that every series has already and that has these days; None where there is none."""
    if end != month_end(end):
        return None
    every = (period_ending(window, end) for window in COMPUTED_WINDOWS)
    return next((one for one in every if one.start == start), None)


def period_ending(window: Window, end: date) -> Period:
    """Return the period of `window` that ends on `end`.

    Month, quarter, 12 months and financial year to date end with the last day of the month of `end`; calendar
    year to date and snapshot end on the day itself. ValueError for a window that an end alone does not fix.
    """
    if window in WINDOW_MONTHS:
        return Period(window, add_months(end, 1 - WINDOW_MONTHS[window]), month_end(end))
    if window is Window.YEAR_TO_DATE:
        return Period(window, date(Quarter.containing(end).year, FINANCIAL_YEAR_STARTS, 1), month_end(end))
    if window is Window.CALENDAR_TO_DATE:
        return Period(window, date(end.year, 1, 1), end)
    if window is Window.SNAPSHOT:
        return Period(window, None, end)
    raise ValueError(f'A period of the kind "{window}" cannot be worked out from its end.')


def previous_equivalent(period: Period) -> Period | None:
    """Return the same span one year earlier; None when the period or its end is not stated.

    29 February becomes 28 February. A period of whole months stays one: the year before one that ends on
    28 February 2021 ends on 29 February 2020.
    """
    window, start, end = period.window, period.start, period.end
    if end is None or window is Window.NOT_STATED:
        return None
    is_whole_months = end == month_end(end) and (start is None or start.day == 1)
    earlier = _year_earlier(end)
    return Period(
        window,
        None if start is None else _year_earlier(start),
        month_end(earlier) if is_whole_months else earlier,
    )


class ComparedWith(StrEnum):
    """The earlier period with which a value is compared, or from which a target asks a change."""

    SAME_PERIOD_OF_LAST_YEAR = "previous-equivalent"
    MONTH_BEFORE = "previous-month"
    QUARTER_BEFORE = "previous-quarter"
    REPORT_BEFORE = "previous-report"  # what the report of the quarter before held


STEPS_BACK = {ComparedWith.MONTH_BEFORE: 1, ComparedWith.QUARTER_BEFORE: 3, ComparedWith.REPORT_BEFORE: 3}
"""How many months each goes back."""
STEPPING_WINDOWS: dict[ComparedWith, tuple[Window, ...]] = {
    ComparedWith.MONTH_BEFORE: (Window.MONTH,),
    ComparedWith.QUARTER_BEFORE: (Window.QUARTER,),
    # A year to date, or a span, is not as long in one report as in the next.
    ComparedWith.REPORT_BEFORE: (
        Window.QUARTER, Window.ROLLING_12, Window.SNAPSHOT, Window.ANNUAL, Window.ROLLING_YEAR_TO_DATE,
        Window.NOT_STATED,
    ),
}  # fmt: skip
"""The windows of which each can be asked."""


def period_before(period: Period, compared_with: ComparedWith) -> Period | None:
    """Return the period that one is compared with; None where its window has none so, or dates do not say which."""
    if compared_with not in STEPS_BACK:
        return previous_equivalent(period)
    if period.window not in STEPPING_WINDOWS[compared_with] or period.end is None or period.window is Window.ANNUAL:
        return None
    end = month_end(add_months(first_of_month(period.end), -STEPS_BACK[compared_with]))
    if period.window is Window.ROLLING_YEAR_TO_DATE:
        return Period(period.window, None, end)
    return period_ending(period.window, end)


def label(period: Period, printed: str = "") -> str:
    """Return the period in words, for text and tables.

    `printed` is the wording of the source where that is no date, shown only when the period is not stated.
    """
    window, end = period.window, period.end
    if end is None or window is Window.NOT_STATED:
        return f"period not stated (printed: {printed})" if printed else "period not stated"
    if window is Window.MONTH:
        return month_text(end)
    if window is Window.QUARTER:
        return _months_text(_start_of(period, end), end)
    leading = {
        Window.ROLLING_12: "12 months to",
        Window.SNAPSHOT: "as at",
        Window.ANNUAL: "year to",
        Window.ROLLING_YEAR_TO_DATE: "rolling year to date, to",
    }
    if window in leading:
        return f"{leading[window]} {date_text(end)}"
    if period.start is None:
        return f"to {date_text(end)}"
    return _days_text(period.start, end)


def short_label(period: Period) -> str:
    """Return the period in few characters, for chart axes and narrow tables: "12 m to Sep 2020"."""
    window, end = period.window, period.end
    if end is None or window is Window.NOT_STATED:
        return "not stated"
    month = f"{_short(end)} {end.year}"
    if window is Window.MONTH:
        return month
    if window is Window.SNAPSHOT:
        return f"{end.day} {month}"
    leading = {Window.ROLLING_12: "12 m", Window.ANNUAL: "year", Window.ROLLING_YEAR_TO_DATE: "rolling year"}
    if window in leading:
        return f"{leading[window]} to {month}"
    if window in (Window.QUARTER, Window.YEAR_TO_DATE):
        start = _start_of(period, end)
        if first_of_month(start) == first_of_month(end):
            return month
        return f"{_short(start)}{_year_unless_same(start, end)}–{month}"
    if period.start is None:
        return f"to {end.day} {month}"
    start = period.start
    return f"{start.day} {_short(start)}{_year_unless_same(start, end)}–{end.day} {month}"


def _start_of(period: Period, end: date) -> date:
    """Return the start of a period whose window fixes it, even where it was stored without one."""
    start = period.start if period.start is not None else period_ending(period.window, end).start
    return end if start is None else start


def _year_earlier(day: date) -> date:
    """Return the same day one year earlier; 28 February for 29 February."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return date(day.year - 1, day.month, day.day)


def _short(day: date) -> str:
    return MONTH_NAMES[day.month - 1][:3]


def _year_unless_same(start: date, end: date) -> str:
    return "" if start.year == end.year else f" {start.year}"


def _months_text(start: date, end: date) -> str:
    """Return "July to September 2020", with both years where they differ."""
    return f"{MONTH_NAMES[start.month - 1]}{_year_unless_same(start, end)} to {month_text(end)}"


def _days_text(start: date, end: date) -> str:
    """Return "1 January to 29 October 2020"; a month or year that both ends share is said once."""
    if start == end:
        return date_text(end)
    if first_of_month(start) == first_of_month(end):
        return f"{start.day} to {date_text(end)}"
    return f"{start.day} {MONTH_NAMES[start.month - 1]}{_year_unless_same(start, end)} to {date_text(end)}"
