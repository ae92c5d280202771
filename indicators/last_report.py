"""What the report of the quarter before held, as a basis of comparison; and changes between two values. Pure.

A value that has been revised since stands here as that report had it, and everything that is said of it says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from indicators.calculations import Change, base_of, change, supplied_change
from indicators.choices import Kind, Qualifier, Statistic, Status, Window
from indicators.like_for_like import Members
from indicators.periods import (
    WINDOW_MONTHS,
    ComparedWith,
    Period,
    Quarter,
    add_months,
    first_of_month,
    period_before,
)
from indicators.series import LATE, Series, Slot, Value
from indicators.sheets import Measure

HELD_MONTHS = 12  # a value that is supplied less often than every quarter stands in a report for as long


Values = Mapping[Series, Mapping[Slot, Value]]
Lists = Mapping[tuple[str, str], Mapping[date, Members]]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A value that another is compared with, where it stands, and what was held and counted beside it then."""

    value: Value | None
    period: Period | None
    slot: Slot | None
    values: Values
    memberships: Lists


@dataclass(frozen=True, slots=True)
class LastReport:
    """The values of the report of a quarter, and of whom comparators were made there.

    `is_known`: one was presented, or the values that it printed were loaded.
    """

    quarter: Quarter
    values: Values = field(default_factory=dict)
    memberships: Lists = field(default_factory=dict)
    is_known: bool = False

    def before(self, current: Value, series: Series) -> Earlier:
        """Return what the report held for the period before that of a value; without any, a value that says so."""
        period = period_before(current.period, ComparedWith.REPORT_BEFORE)
        held = self.values.get(series, {})
        for slot in self._slots(current.period.window, period, held):
            if slot in held:
                value = replace(held[slot], printed_by=self.quarter.label)
                return Earlier(value, value.period, slot, self.values, self.memberships)
        nothing = replace(_bare(None, current), status=Status.NOT_AVAILABLE, note=self._why_nothing)
        return Earlier(nothing, period, None, self.values, self.memberships)

    @property
    def _why_nothing(self) -> str:
        if self.is_known:
            return f"the report of {self.quarter.label} holds no value for it"
        return f"no report of {self.quarter.label} was presented or loaded"

    def _slots(self, window: Window, period: Period | None, held: Iterable[Slot]) -> Iterator[Slot]:
        """Yield where the value may stand, the best place first: what is not of every month is told by its window."""
        if period is not None:
            yield Slot.of(period)
        if window not in WINDOW_MONTHS:
            first = add_months(first_of_month(self.quarter.end), 1 - HELD_MONTHS)
            dated = [s for s in held if s.window is window and s.end and first <= s.end <= self.quarter.end + LATE]
            yield from sorted(dated, key=lambda slot: slot.end or date.min, reverse=True)
            yield Slot(window, None, self.quarter.key)


def stated(amount: Decimal, like: Value) -> Value:
    """Return an earlier value that was stated beside one, of a period that nobody stated."""
    return _bare(amount, like)


def _bare(amount: Decimal | None, like: Value) -> Value:
    period = Period(Window.NOT_STATED, None, None)
    return Value(amount, period, Status.FINAL, like.basis, Qualifier.EXACT, like.source, like.version)


def change_of(
    measure: Measure, current: Value | None, previous: Value | None, given: Mapping[Statistic, Decimal]
) -> Change:
    """Return the change from one value to another: worked out, or the supplied one where one of them is not known."""
    has_both = current is not None and previous is not None and None not in (current.amount, previous.amount)
    now, then = (one.amount if one else None for one in (current, previous))
    threshold = measure.base_threshold if measure.kind == Kind.COUNT else 0
    if not has_both and (Statistic.CHANGE in given or Statistic.PERCENT_CHANGE in given):
        base = base_of(now, then, given.get(Statistic.CHANGE))
        return supplied_change(given.get(Statistic.CHANGE), given.get(Statistic.PERCENT_CHANGE), base, threshold)
    reason = next((one.reason for one in (current, previous) if one is not None and one.amount is None), "")
    return change(now, then, measure.kind, threshold, reason)
