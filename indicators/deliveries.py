"""Expected deliveries as plain values: the periods they cover, when each is due, and where it stands. No database."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from indicators.choices import Cadence, DeliveryState, ImportState, Window
from indicators.periods import Period, Quarter, period_ending

# A file on its way: somebody has sent it, and nobody has refused it or thrown it away.
ON_ITS_WAY = frozenset({ImportState.RECEIVED, ImportState.STAGED, ImportState.CONFIRMED})

# What is counted in the line above the board, and how it is said there.
COUNTED = {
    DeliveryState.IN_PROGRESS: "in progress",
    DeliveryState.REFUSED: "refused",
    DeliveryState.LATE: "late",
    DeliveryState.NOT_AVAILABLE: "not available",
    DeliveryState.NOT_DUE: "not due yet",
}


def periods_in(cadence: Cadence, quarter: Quarter) -> tuple[Period, ...]:
    """Return the periods of a quarter in their order: its three months, or the quarter itself."""
    if cadence is Cadence.QUARTERLY:
        return (period_ending(Window.QUARTER, quarter.end),)
    return tuple(period_ending(Window.MONTH, month) for month in quarter.months)


def period_from(cadence: Cadence, first: date) -> Period | None:
    """Return the period that begins on `first`; None when none does."""
    return next((one for one in periods_in(cadence, Quarter.containing(first)) if one.start == first), None)


def covers(period: Period, starts_on: date, ends_on: date | None) -> bool:
    """Tell whether a period is expected: some day of it lies within the dates, both included (None = open)."""
    if period.start is None or period.end is None:
        return False
    return starts_on <= period.end and (ends_on is None or period.start <= ends_on)


def due_on(period: Period, days: int) -> date:
    """Return the day by which a period's file should be here: so many days after the period's last day."""
    if period.end is None:
        raise ValueError("A period without an end has no day by which it is due.")
    return period.end + timedelta(days=days)


def state_of(
    due: date, today: date, *, has_arrived: bool, files: Collection[ImportState], is_unavailable: bool
) -> DeliveryState:
    """Return where a delivery stands for one period.

    `files` are the states of the files loaded for it, oldest first; `has_arrived` says that one is in the figures.
    On the due day itself nothing is late. What somebody does about it counts for more than the date.
    """
    if has_arrived:
        return DeliveryState.ARRIVED
    if not ON_ITS_WAY.isdisjoint(files):
        return DeliveryState.IN_PROGRESS
    if is_unavailable:
        return DeliveryState.NOT_AVAILABLE
    if files and list(files)[-1] == ImportState.REFUSED:
        return DeliveryState.REFUSED
    return DeliveryState.LATE if today > due else DeliveryState.NOT_DUE


def summary(states: Iterable[DeliveryState]) -> str:
    """Say in one line how a quarter stands: "5 of 7 received, 1 late, 1 not available"."""
    counts = Counter(states)
    if not counts:
        return "Nothing is expected in this quarter"
    others = (f"{counts[state]} {words}" for state, words in COUNTED.items() if counts[state])
    return ", ".join([f"{counts[DeliveryState.ARRIVED]} of {counts.total()} received", *others])
