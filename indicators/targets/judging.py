"""Targets: what a target asks of a figure, and whether the figure meets it. Values in, values out.

A result is arithmetic on the stored, unrounded value, and always says why, with both numbers as they are printed.
What is not known is never "not met". A grade (assured, not assured) is a person's and is not made here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Protocol

from indicators.calculations import ARITHMETIC, Change, require_decimal, round_half_up
from indicators.choices import UNIT_NAMES, WINDOW_NAMES, Direction, Qualifier, Status, Unit
from indicators.formatting import change_text, own_decimals, value_text
from indicators.periods import STEPPING_WINDOWS, STEPS_BACK, ComparedWith, Period, label
from indicators.targets.asked import SECONDS, TargetRule, converted, is_comparable
from indicators.targets.vocabulary import (
    COMPARED_WITH_NAMES,
    OPERATOR_NAMES,
    RESULT_NAMES,
    TargetKind,
    TargetOperator,
    TargetResult,
)

# What is tried, and how a value that fails it is described.
TESTS: dict[TargetOperator, tuple[Callable[[Decimal, Decimal], bool], str]] = {
    TargetOperator.BELOW: (lt, "not below"),
    TargetOperator.AT_MOST: (le, "above"),
    TargetOperator.ABOVE: (gt, "not above"),
    TargetOperator.AT_LEAST: (ge, "below"),
}
UPWARD = (TargetOperator.ABOVE, TargetOperator.AT_LEAST)


class Stored(Protocol):
    """What a judgement reads of a stored value."""

    @property
    def amount(self) -> Decimal | None:
        """The value, unrounded; None when there is none."""

    @property
    def period(self) -> Period:
        """The span of time it speaks of."""

    @property
    def status(self) -> Status:
        """How far it can be relied on."""

    @property
    def qualifier(self) -> Qualifier:
        """Whether it is exact or a bound."""

    @property
    def caution(self) -> str:
        """What a reader must know of it."""

    @property
    def reason(self) -> str:
        """Why there is no amount."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The result of a target for one figure. `reason` holds both numbers as printed, or what is missing."""

    rule: TargetRule
    result: TargetResult
    reason: str

    @property
    def words(self) -> str:
        """The result with its reason: "met: 33.9 min is below 1 hour (60 min)"."""
        return f"{RESULT_NAMES[self.result]}: {self.reason}"

    def aspect(self, name: str) -> str:
        """Return what a text prints: `target` its words, `target_result` its result with the reason."""
        return self.rule.words if name == "target" else self.words


def judge(
    rule: TargetRule,
    unit: Unit,
    decimals: int,
    period: Period,
    current: Stored | None,
    before: Stored | None = None,
    change: Change | None = None,
) -> Judged:
    """Judge one figure by one target.

    `unit` and `decimals` are the measure's. `before` is the value of the compared period; `change` stands in for it
    where a source states only that. Never "not met" unless the value is known and fails.
    """
    reason = _unassessable(rule, unit, period)
    if not reason and current is not None and current.status is Status.CARRIED_FORWARD:
        reason = "the value is carried forward from an earlier period"
    if reason:
        return Judged(rule, TargetResult.NOT_ASSESSABLE, reason)
    if rule.kind is TargetKind.CHANGE:
        result, reason = _change(rule, unit, decimals, period, current, before, change)
    elif current is None or current.amount is None:
        result, reason = None, current.reason if current else "there is no value"
    else:
        result, reason = _level(rule, unit, decimals, current, current.amount)
    if result is None:
        return Judged(rule, TargetResult.NOT_ASSESSABLE, reason)
    used = (current, before) if rule.kind is TargetKind.CHANGE else (current,)
    marks = "; ".join(_marks(value) for value in used if value is not None and _marks(value))
    met = TargetResult.MET if result else TargetResult.NOT_MET
    return Judged(rule, met, f"{reason} ({marks})" if marks else reason)


def _unassessable(rule: TargetRule, unit: Unit, period: Period) -> str:
    """Say why no value at all could be judged; empty when one could."""
    if rule.kind is TargetKind.WORDS or (rule.kind is TargetKind.LEVEL and rule.value is None):
        return "the target is words, and no rule can be computed" if rule.printed else "no target is stated"
    if not rule.holds_on(period.end):
        if period.end is None:
            return f"the period of the value is not stated, and the target holds {rule.dates}"
        return f"the value is for {label(period)}, and the target holds {rule.dates}"
    if rule.window is not None and rule.window is not period.window:
        return f"the target is for the period “{WINDOW_NAMES[rule.window]}”, and the value is for {label(period)}"
    if rule.kind is TargetKind.LEVEL and not is_comparable(rule.unit, unit):
        return f"the target is in {UNIT_NAMES[rule.unit]} and the measure in {UNIT_NAMES[unit]}"
    if rule.kind is TargetKind.CHANGE and (rule.wanted is None or rule.compared_with is None):
        return "the direction is missing: it is not stated whether a reduction or an increase is wanted"
    return ""


def _marks(value: Stored) -> str:
    """What a reader has to know of a value beside its result."""
    state = value.status.value if value.status in {Status.PROVISIONAL, Status.ESTIMATED} else ""
    return ", ".join(word for word in (state, value.caution) if word)


def _level(rule: TargetRule, unit: Unit, decimals: int, current: Stored, amount: Decimal) -> tuple[bool | None, str]:
    """Compare a value with a level. Both are brought to seconds where they are times, which is exact."""
    if rule.value is None:
        raise ValueError("A level has a value.")
    shown = value_text(amount, unit, decimals, current.qualifier)
    aim = _aim(rule, unit)
    if rule.operator is None:
        return None, f"the direction is missing: it is not stated whether {shown} should lie above or below {aim}"
    theirs = _in_one_scale(rule.value, rule.unit)
    result = _outcome(rule.operator, current.qualifier, _in_one_scale(amount, unit), theirs)
    if result is None:
        return None, f"the value is only known as {shown}, and the target is {OPERATOR_NAMES[rule.operator]} {aim}"
    test, failing = TESTS[rule.operator]
    is_exact = current.qualifier is Qualifier.EXACT
    rounded = test(_in_one_scale(round_half_up(amount, decimals), unit), theirs)
    remark = " before rounding" if is_exact and rounded != result else ""
    return result, f"{shown} is {OPERATOR_NAMES[rule.operator] if result else failing} {aim}{remark}"


def _aim(rule: TargetRule, unit: Unit) -> str:
    """Return the target's number, with the same in the measure's unit where that is another."""
    if rule.value is None or rule.unit is unit:
        return rule.number
    same = converted(rule.value, rule.unit, unit)
    return rule.number if same is None else f"{rule.number} ({value_text(same, unit, own_decimals(same))})"


def _in_one_scale(value: Decimal, unit: Unit) -> Decimal:
    return ARITHMETIC.multiply(require_decimal(value), Decimal(SECONDS.get(unit, 1)))


def _outcome(operator: TargetOperator, qualifier: Qualifier, ours: Decimal, theirs: Decimal) -> bool | None:
    """Tell whether the target is met; of a bound such as "over 5,200" only where all that it allows gives the same."""
    is_upward = operator in UPWARD
    if qualifier is Qualifier.EXACT:
        return TESTS[operator][0](ours, theirs)
    if qualifier is Qualifier.OVER and ours >= theirs:
        return is_upward
    if qualifier is Qualifier.LESS_THAN and ours <= theirs:
        return not is_upward
    # "Up to" holds the bound itself, which is enough for "at most" and too little for "above".
    reaches = ours == theirs and operator in {TargetOperator.AT_MOST, TargetOperator.ABOVE}
    if qualifier is Qualifier.UP_TO and (ours < theirs or reaches):
        return not is_upward
    return None


def _change(
    rule: TargetRule,
    unit: Unit,
    decimals: int,
    period: Period,
    current: Stored | None,
    before: Stored | None,
    change: Change | None,
) -> tuple[bool | None, str]:
    """Compare a value with that of an earlier period; without both, use a change that a source states."""
    if rule.compared_with in STEPS_BACK and rule.before(period) is None:
        name = WINDOW_NAMES[STEPPING_WINDOWS[rule.compared_with][0]].lower()
        return None, f"the target compares each {name} with the one before, and the value is for {label(period)}"
    if current is None or current.amount is None or before is None or before.amount is None:
        return _supplied(rule, unit, decimals, current, before, change)
    shown = [value_text(one.amount, unit, decimals, one.qualifier) for one in (current, before)]
    earlier = f"{shown[1]} ({label(before.period)})"
    if any(one.qualifier is not Qualifier.EXACT for one in (current, before)):
        return None, f"the values are only known as {shown[0]} and {earlier}"
    moved = current.amount - before.amount
    remark = " before rounding" if moved and shown[0] == shown[1] else ""
    word = "the same as" if not moved else "more than" if moved > 0 else "less than"
    result = moved > 0 if rule.wanted is Direction.INCREASE else moved < 0
    return result, f"{shown[0]} is {word} {earlier}{remark}"


def _supplied(
    rule: TargetRule, unit: Unit, decimals: int, current: Stored | None, before: Stored | None, change: Change | None
) -> tuple[bool | None, str]:
    """Judge by a stated change from the year before; otherwise say which value is missing."""
    is_stated = change is not None and change.is_supplied and change.direction is not None
    if change is not None and is_stated and rule.compared_with is ComparedWith.SAME_PERIOD_OF_LAST_YEAR:
        return change.direction is rule.wanted, f"the change, as supplied, is {change_text(change, unit, decimals)}"
    if current is None or current.amount is None:
        return None, current.reason if current else "there is no value"
    name = COMPARED_WITH_NAMES[rule.compared_with] if rule.compared_with else "an earlier period"
    return None, f"there is no value of {name} to compare with" if before is None else f"{name}: {before.reason}"
