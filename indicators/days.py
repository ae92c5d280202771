"""Days and weeks, which charts alone show: counts by day as plain values, ISO weeks, and how both are named. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from indicators.choices import Window
from indicators.periods import MONTH_NAMES, Period, date_text, first_of_month, label

DAY, WEEK = "day", "week"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NO_DAYS = "the source gives months, not days"


@dataclass(frozen=True, slots=True)
class DayCounts:
    """How many cases of a series each day has.

    `months` are the months that are held: a day of them without a count has none. `undated` are the cases of a month
    that have no day in it; they are in the month's figure and on no day. `reason` says why there are no days at all.
    """

    counts: Mapping[date, int] = field(default_factory=dict)
    months: frozenset[date] = frozenset()
    undated: Mapping[date, int] = field(default_factory=dict)
    reason: str = ""

    def on(self, first: date, last: date) -> int | None:
        """Return how many cases lie on the days from `first` to `last`; None where one of their months is not held."""
        days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
        if any(first_of_month(day) not in self.months for day in days):
            return None
        return sum(self.counts.get(day, 0) for day in days)


def spans(window: str, points: int, until: date) -> list[tuple[date, date]]:
    """Return the last `points` days up to `until`, or whole ISO weeks, Monday to Sunday, that end by then."""
    if window == DAY:
        days = [until - timedelta(days=back) for back in range(points - 1, -1, -1)]
        return [(day, day) for day in days]
    sunday = until - timedelta(days=until.isoweekday() % 7)
    mondays = [sunday - timedelta(days=6 + 7 * back) for back in range(points - 1, -1, -1)]
    return [(monday, monday + timedelta(days=6)) for monday in mondays]


def span_label(first: date) -> str:
    """Name a day, or a week by its Monday, in few characters: "29 Jun 2020"."""
    return f"{first.day} {MONTH_NAMES[first.month - 1][:3]} {first.year}"


def span_name(first: date, last: date) -> str:
    """Name a day or a week in full: "Saturday 25 April 2020", "20 to 26 April 2020"."""
    return (
        f"{WEEKDAYS[first.weekday()]} {date_text(first)}" if first == last else label(Period(Window.SPAN, first, last))
    )


def span_words(first: date, last: date) -> str:
    """Name a day or a week in a sentence: "on Saturday 25 April 2020", "in the week from 20 April 2020"."""
    return f"on {span_name(first, last)}" if first == last else f"in the week from {date_text(first)}"


def months_of(days: Sequence[tuple[date, date]]) -> list[date]:
    """Return the firsts of the months that some spans touch."""
    return sorted({first_of_month(day) for span in days for day in span})
