"""What a target asks of a figure: one dated step as plain values, and what can be wrong with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from indicators.calculations import ARITHMETIC, require_decimal
from indicators.choices import UNIT_NAMES, WINDOW_NAMES, Direction, Unit, Window
from indicators.formatting import own_decimals, value_text
from indicators.periods import STEPPING_WINDOWS, STEPS_BACK, ComparedWith, Period, date_text, period_before
from indicators.targets.vocabulary import (
    COMPARED_WITH_NAMES,
    OPERATOR_NAMES,
    TargetKind,
    TargetOperator,
)

NO_TARGET = "no target"
NOT_PRINTED = "not printed"
SECONDS = {Unit.SECONDS: 1, Unit.MINUTES: 60, Unit.HOURS: 3600, Unit.DAYS: 86400}
# How many months back the compared period ends, and of which window both are.


@dataclass(frozen=True, slots=True)
class TargetRule:
    """One dated step of a target. `value` is in `unit`, which need not be the measure's own.

    Without `operator` a level has no direction. An empty window means every figure of the series; no dates, always.
    """

    kind: TargetKind
    printed: str = ""
    operator: TargetOperator | None = None
    value: Decimal | None = None
    unit: Unit = Unit.COUNT
    wanted: Direction | None = None
    compared_with: ComparedWith | None = None
    window: Window | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    part: str = ""

    @property
    def number(self) -> str:
        """The value of the target as printed: "1 hour", "15%"."""
        return "" if self.value is None else value_text(self.value, self.unit, own_decimals(self.value))

    @property
    def meaning(self) -> str:
        """What is asked, in words that are derived from the rule."""
        if self.kind is TargetKind.CHANGE and self.wanted and self.compared_with:
            asked = "an increase" if self.wanted is Direction.INCREASE else "a reduction"
            return f"{asked} from {COMPARED_WITH_NAMES[self.compared_with]}"
        if self.kind is TargetKind.LEVEL and self.value is not None:
            return f"{OPERATOR_NAMES[self.operator]} {self.number}" if self.operator else f"{self.number}, no direction"
        return "nothing that can be computed"

    @property
    def words(self) -> str:
        """The target as printed; where nothing is printed, what it asks."""
        return self.printed or (NOT_PRINTED if self.kind is TargetKind.WORDS else self.meaning)

    @property
    def dates(self) -> str:
        """The days on which it holds, in words."""
        if self.starts_on and self.ends_on:
            return f"{date_text(self.starts_on)} to {date_text(self.ends_on)}"
        if self.starts_on:
            return f"from {date_text(self.starts_on)}"
        return f"until {date_text(self.ends_on)}" if self.ends_on else "always"

    def holds_on(self, day: date | None) -> bool:
        """Tell whether it holds on a day, both ends included. Without a day only what always holds does."""
        if day is None:
            return self.starts_on is None and self.ends_on is None
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)

    def is_step_beside(self, other: "TargetRule") -> bool:
        """Tell whether both are steps of one target: the same part and period."""
        return (self.part, self.window) == (other.part, other.window)

    def overlaps(self, other: "TargetRule") -> bool:
        """Tell whether there is a day on which both hold."""
        first = max(self.starts_on or date.min, other.starts_on or date.min)
        return first <= min(self.ends_on or date.max, other.ends_on or date.max)

    @property
    def is_stepping(self) -> bool:
        """Whether each period is compared with the one just before, and not with that of the year before."""
        return self.compared_with in STEPS_BACK

    def before(self, period: Period) -> Period | None:
        """Return the period that a month-on-month or quarter-on-quarter target compares with; None for other windows.

        That of the year before is known to every figure and not worked out here.
        """
        return period_before(period, self.compared_with) if self.compared_with and self.is_stepping else None


def in_force(rules: Iterable[TargetRule], part: str, period: Period) -> TargetRule | None:
    """Return the target of a part for a period: the step that holds on its last day; one for its window comes first."""
    found = [rule for rule in rules if rule.part == part and rule.window in (None, period.window)]
    held = [rule for rule in found if rule.holds_on(period.end)]
    return min(held, key=lambda rule: rule.window is None, default=None)


def converted(value: Decimal, unit: Unit, to: Unit) -> Decimal | None:
    """Return a time in another unit, exactly; None where the units measure different things or it has no end."""
    if unit is to:
        return require_decimal(value)
    if unit not in SECONDS or to not in SECONDS:
        return None
    exact = Fraction(require_decimal(value)) * SECONDS[unit] / SECONDS[to]
    result = ARITHMETIC.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    # 10 s are 0.1666… min: a number whose decimals have no end is not shown.
    return result if Fraction(result) == exact else None


def is_comparable(unit: Unit, other: Unit) -> bool:
    """Tell whether values in two units can be compared: the same unit, or both times."""
    return unit is other or (unit in SECONDS and other in SECONDS)


def faults(rule: TargetRule, unit: Unit, adds_up: bool, others: Sequence[TargetRule]) -> list[tuple[str, str]]:
    """Return what is wrong with a target, as (field, words); `others` are the other targets of its measure.

    `unit` is the measure's; `adds_up` says that its values grow with the length of the period (counts and money).
    """
    found = [*_dates(rule, others)]
    if rule.kind is TargetKind.LEVEL:
        found += _level_faults(rule, unit, adds_up)
    if rule.kind is TargetKind.CHANGE:
        found += _change_faults(rule)
    if rule.value is not None and rule.kind is TargetKind.CHANGE:
        found.append(("value", "A reduction or an increase has no value. Leave it empty."))
    return found


def _dates(rule: TargetRule, others: Sequence[TargetRule]) -> list[tuple[str, str]]:
    if rule.starts_on and rule.ends_on and rule.ends_on < rule.starts_on:
        return [("ends_on", "The last day is before the first. Choose a later day, or leave it empty.")]
    for other in others:
        if rule.is_step_beside(other) and rule.overlaps(other):
            words = f"“{other.words}” holds {other.dates} already. Choose days outside that, or end that one first."
            return [("starts_on", words)]
    return []


def _level_faults(rule: TargetRule, unit: Unit, adds_up: bool) -> list[tuple[str, str]]:
    found = []
    if rule.value is None:
        found.append(("value", "Give the value to be reached, or choose “Words only”."))
    if not is_comparable(rule.unit, unit):
        words = f"This measure is in {UNIT_NAMES[unit]}, so a target in {UNIT_NAMES[rule.unit]} cannot be compared."
        found.append(("unit", f"{words} Choose another unit, or “Words only”."))
    if adds_up and rule.window is None:
        found.append(("window", "Say for which period: a count for a month and one for a year are not the same."))
    return found


def _change_faults(rule: TargetRule) -> list[tuple[str, str]]:
    found = []
    if rule.wanted not in {Direction.INCREASE, Direction.DECREASE}:
        found.append(("wanted", "Say whether a reduction or an increase is wanted."))
    if rule.compared_with is None:
        found.append(("compared_with", "Say with which earlier period it is compared."))
    elif rule.compared_with in STEPS_BACK and rule.window not in {None, STEPPING_WINDOWS[rule.compared_with][0]}:
        name = WINDOW_NAMES[STEPPING_WINDOWS[rule.compared_with][0]]
        found.append(("window", f"A comparison with {COMPARED_WITH_NAMES[rule.compared_with]} needs “{name}” here."))
    return found
