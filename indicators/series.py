"""Series, slots and values: what a stored number is of, where it stands in time, and what it says."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Self

from indicators.calculations import missing_reason
from indicators.choices import WINDOW_NAMES, Basis, Qualifier, Status, Window
from indicators.periods import (
    STEPPING_WINDOWS,
    STEPS_BACK,
    ComparedWith,
    Period,
    Quarter,
    add_months,
    first_of_month,
    month_end,
)

LATE = timedelta(days=45)  # texts may speak of a little later than the quarter
DAY = r"[12]\d{3}-\d{2}-\d{2}"
WINDOW_KEY = re.compile(
    rf"^(?P<window>{'|'.join(window.value for window in Window)})"
    rf"(?:-(?P<month>[12]\d{{3}}-\d{{2}})|-(?P<day>{DAY})|(?<=span)-(?P<first>{DAY})-to-(?P<last>{DAY}))?"
    rf"(?:-on-(?P<step>{'|'.join(STEPS_BACK)}))?$"
)
"""How a text names a window: alone, with a month or a day in which it ends, or a span from one day to another.

What it is compared with may follow (`quarter-on-previous-quarter`); else that is the year before.
"""


@dataclass(frozen=True, slots=True)
class Series:
    """Indicator × part × area; an empty area is the force itself."""

    indicator: str
    part: str = ""
    area: str = ""

    @property
    def key(self) -> str:
        """The name by which texts refer to the series."""
        return ".".join(word for word in (self.indicator, self.part, self.area) if word)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value stands in time: window, end, and the report it was given for when it has no end.

    A span from one day to another has its first day too; every other window begins where its end says.
    """

    window: Window
    end: date | None
    reported_for: str = ""
    start: date | None = None

    @classmethod
    def of(cls, period: Period, reported_for: str = "") -> Self:
        """Return where a value of this period stands."""
        return cls(period.window, period.end, reported_for, period.start if period.window is Window.SPAN else None)

    @classmethod
    def named(cls, window_key: str, quarter: Quarter) -> Self:
        """Read a window as texts name it (WINDOW_KEY); without a day it ends with the quarter.

        Raises ValueError, in plain words.
        """
        found = WINDOW_KEY.match(window_key)
        if not found:
            raise ValueError(f"“{window_key}” is not a window")
        window = Window(found["window"])
        compared_with = comparison_of(window_key)
        if window not in (own := STEPPING_WINDOWS.get(compared_with, (window,))):
            raise ValueError(f"“{window_key}”: {_asked_of(compared_with, own)}")
        if window == Window.NOT_STATED:
            return cls(window, None, quarter.key)
        if found["month"]:
            return cls(window, month_end(_day(f"{found['month']}-01", window_key)))
        last = found["day"] or found["last"]
        end = _day(last, window_key) if last else quarter.end
        return cls(window, end, start=_day(found["first"], window_key) if found["first"] else None)

    @property
    def day(self) -> str:
        """What tells it from others of its window: its end, both ends of a span, or the report it was given for."""
        if self.end is None:
            return self.reported_for
        return f"{self.end}" if self.start is None else f"{self.start}-to-{self.end}"

    def name(self, quarter: Quarter | None = None) -> str:
        """Return how texts name the window: without its end where that is the quarter's."""
        window = self.window.value
        if self.start is not None and self.end is not None:
            return f"{window}-{self.start}-to-{self.end}"
        if self.end is None or (quarter is not None and self.end == quarter.end):
            return window
        return f"{window}-{self.end:%Y-%m}" if self.end == month_end(self.end) else f"{window}-{self.end}"


def comparison_of(window_key: str) -> ComparedWith:
    """Return what a window, as texts name it, is compared with."""
    found = WINDOW_KEY.match(window_key)
    return ComparedWith(found["step"]) if found and found["step"] else ComparedWith.SAME_PERIOD_OF_LAST_YEAR


def on(window_key: str, compared_with: ComparedWith) -> str:
    """Return how texts name a window that is compared with something else than the year before."""
    return f"{window_key}-on-{compared_with}" if compared_with in STEPS_BACK else window_key


def _asked_of(compared_with: ComparedWith, own: tuple[Window, ...]) -> str:
    """Say what can be compared so."""
    if compared_with is not ComparedWith.REPORT_BEFORE:
        return f"only a {own[0]} is compared with the {own[0]} before"
    names = ", ".join(f"“{WINDOW_NAMES[one]}”" for one in own)
    return f"only a period as long in each report is compared with the report before: {names}"


def _day(text: str, window_key: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        what = "month" if text.endswith("-01") else "day"
        raise ValueError(f"“{window_key}”: there is no {what} {text.removesuffix('-01')}") from error


class Origin(StrEnum):
    """How the value of a longer period came to be, where its series has values of either kind."""

    SUPPLIED = "supplied"
    FROM_MONTHS = "from-months"
    ADDED_UP = "added-up"  # from the areas in it


@dataclass(frozen=True, slots=True)
class Value:
    """One stored value with its state and origin."""

    amount: Decimal | None
    period: Period
    status: Status
    basis: Basis
    qualifier: Qualifier
    source: str
    version: int
    printed: str = ""
    note: str = ""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    missing: tuple[date, ...] = ()
    caution: str = ""
    origin: Origin | None = None
    printed_by: str = ""  # the report that a value is taken from as it stood there; "" for what the portal knows itself

    @property
    def reason(self) -> str:
        """Why there is no amount, in words."""
        return why_nothing(self.period, self.status, self.note, self.missing)


def why_nothing(period: Period, status: Status, note: str, missing: tuple[date, ...]) -> str:
    """Say why a stored value has no amount: months that are missing, suppression, or what its source noted."""
    if missing:
        return missing_reason(missing, len(period.months))
    if status == Status.SUPPRESSED:
        return "suppressed"
    return f"not available: {note}" if note else "not available"


def can_quote(quarter: Quarter, slot: Slot) -> bool:
    """Tell whether the report of a quarter can quote a slot, as its own or as the one before it."""
    end = slot.end
    if end is None:
        return slot.reported_for == quarter.key
    last = month_end(add_months(first_of_month(quarter.end), -12))
    if slot.window in {Window.QUARTER, Window.YEAR_TO_DATE}:
        return end in {quarter.end, last}
    # A calendar year to a day within a month is there because somebody asked for it; to its end, there is one of each.
    is_monthly = slot.window == Window.CALENDAR_TO_DATE and end == month_end(end)
    if is_monthly or slot.window in {Window.MONTH, Window.ROLLING_12}:
        # Comparators end a month or two before the quarter does.
        return any(add_months(first_of_month(one), -2) <= end <= one for one in (quarter.end, last))
    return last < add_months(end, 12) and end <= quarter.end + LATE
