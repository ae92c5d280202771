"""Arithmetic on figures: totals of windows, percentages, shares, changes and rounding.

Decimal only: a float raises TypeError, because a float cannot hold 0.1. Nothing is rounded here except by
`round_half_up`, which the formatter calls once, at display.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_05UP, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from functools import reduce

from indicators.choices import Direction, Kind
from indicators.periods import add_months, first_of_month, month_text

# Own context, so that a result never depends on the settings of the calling thread. 60 digits leave no figure
# of this field inexact before it is divided, and no quotient near enough to a half to round the wrong way.
ARITHMETIC = Context(prec=60, rounding=ROUND_HALF_EVEN)
LOW_BASE = 50  # the convention of the Office for National Statistics
MONTHS_LISTED = 6  # more missing months than this are named as ranges
KINDS_WITH_PERCENT = (Kind.COUNT, Kind.MONEY)
STORED_PLACES = Decimal("1e-8")  # the decimals of a stored value


@dataclass(frozen=True, slots=True)
class WindowTotal:
    """The total of a window: `value` is None when a month is missing, and `missing` names those months."""

    value: Decimal | None
    missing: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole. `denominator` is the whole less `excluded`; `percent` is unrounded, None over 0."""

    numerator: Decimal
    denominator: Decimal
    excluded: Decimal
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Change:
    """How one value differs from an earlier one, unrounded.

    `absolute` is in the unit of the value (percentage points for a percentage), `percent` in per cent of the
    earlier value. `direction` is None exactly when nothing is known, and then `reason` says why;
    beside a known change `reason` says between whom it is, where that is not what the two values say.
    `is_supplied` marks a change stated by a source, whose percentage keeps the decimals it came with.
    """

    absolute: Decimal | None
    percent: Decimal | None
    direction: Direction | None
    from_zero: bool
    is_low_base: bool
    reason: str
    is_supplied: bool = False


def require_decimal(value: object) -> Decimal:
    """Return `value` when it is a finite Decimal; else TypeError, or ValueError for NaN and infinity."""
    if not isinstance(value, Decimal):
        raise TypeError(f"A figure must be a Decimal, not {type(value).__name__}.")
    if not value.is_finite():
        raise ValueError(f"A figure must be a number, not {value}.")
    return value


def sum_of(values: Iterable[Decimal]) -> Decimal:
    """Return the exact sum of `values`; 0 for none."""
    return reduce(ARITHMETIC.add, (require_decimal(value) for value in values), Decimal(0))


def mean_of(values: Sequence[Decimal]) -> Decimal:
    """Return the unrounded mean of `values`. ValueError when there are none."""
    if not values:
        raise ValueError("There is no mean of no values.")
    return ARITHMETIC.divide(sum_of(values), Decimal(len(values)))


def total(values: Mapping[date, Decimal], months: Sequence[date]) -> WindowTotal:
    """Add the values of `months` (firsts of months). A missing month means no total; zero is a value.

    No months at all give no total either. ValueError when a month is named twice.
    """
    if len(set(months)) != len(months):
        raise ValueError("A month is named twice in one window.")
    missing = tuple(month for month in months if month not in values)
    if missing or not months:
        return WindowTotal(None, missing)
    return WindowTotal(sum_of(values[month] for month in months), ())


def percentage(numerator: Decimal, denominator: Decimal) -> Decimal | None:
    """Return `numerator` in per cent of `denominator`, unrounded; None when the denominator is 0."""
    if require_decimal(denominator) == 0:
        return None
    return ARITHMETIC.divide(ARITHMETIC.multiply(require_decimal(numerator), Decimal(100)), denominator)


def share(part: str, values: Mapping[str, Decimal], excluded: Collection[str] = ()) -> Share | None:
    """Return the share of `part` in the sum of `values` less those named in `excluded`.

    None when the part has no value or is itself excluded. An excluded name without a value counts nothing.
    """
    if part not in values or part in excluded:
        return None
    numerator = require_decimal(values[part])
    denominator = sum_of(value for name, value in values.items() if name not in excluded)
    left_out = sum_of(value for name, value in values.items() if name in excluded)
    return Share(numerator, denominator, left_out, percentage(numerator, denominator))


def change(
    current: Decimal | None,
    previous: Decimal | None,
    kind: Kind,
    base_threshold: Decimal | int = LOW_BASE,
    reason: str = "",
) -> Change:
    """Compare two values of one measure.

    Only counts and money have a percentage; percentages, means and medians change in their own unit. There is
    none from 0 (`from_zero`), from a count under `base_threshold`, or from a negative base (`is_low_base`).
    When a value is None nothing is known, and `reason` (or a default) says why.
    """
    if isinstance(base_threshold, float):
        raise TypeError("A base threshold must be a Decimal or a whole number, not float.")
    if current is None or previous is None:
        return _unknown(reason or _reason_for(current, previous))
    absolute = ARITHMETIC.subtract(require_decimal(current), require_decimal(previous))
    has_percent = kind in KINDS_WITH_PERCENT
    from_zero = has_percent and previous == 0
    is_below = previous < 0 or (kind is Kind.COUNT and previous < base_threshold)
    is_low_base = has_percent and not from_zero and is_below
    percent = None
    if has_percent and not from_zero and not is_low_base:
        percent = percentage(absolute, previous)
    return Change(absolute, percent, _direction(absolute), from_zero, is_low_base, "")


def supplied_change(
    absolute: Decimal | None, percent: Decimal | None, base: Decimal | None = None, base_threshold: Decimal | int = 0
) -> Change:
    """Return the change as a source states it, where either number may be missing.

    A percentage of 0 beside another change counts as rounded by the source. Two numbers that contradict each
    other give no change, with the contradiction as the reason. A percentage of a known `base` under the threshold is
    not printed, supplied or not; one whose base nobody knows is.
    """
    stated = [require_decimal(number) for number in (absolute, percent) if number is not None]
    if not stated:
        return _unknown("not available: no change was supplied")
    direction = _direction(stated[0])
    if len(stated) == 2 and stated[1] != 0 and _direction(stated[1]) is not direction:
        return _unknown("not available: the supplied change and its percentage contradict each other")
    if percent and base is not None and base < base_threshold:
        if absolute is None:
            return _unknown(f"not available: only a percentage was supplied, of a value below {base_threshold}")
        return Change(absolute, None, direction, False, True, "", is_supplied=True)
    return Change(absolute, percent, direction, False, False, "", is_supplied=True)


def base_of(current: Decimal | None, previous: Decimal | None, absolute: Decimal | None) -> Decimal | None:
    """Return what a supplied change starts from: the earlier value, or the current one less the change, or None."""
    if previous is not None or current is None or absolute is None:
        return previous
    return ARITHMETIC.subtract(current, absolute)


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Round to `places` decimals, half away from zero; never -0. ValueError when `places` is negative."""
    if places < 0:
        raise ValueError("A figure cannot have fewer than 0 decimals.")
    rounded = require_decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=ARITHMETIC)
    return rounded.copy_abs() if rounded == 0 else rounded


def storable(value: Decimal) -> Decimal:
    """Cut a quotient to the decimals that are stored, so that rounding it later gives what the whole one would give.

    The last place is kept from being 0 or 5 where something was cut off: no later rounding can take it for a half.
    """
    return require_decimal(value).quantize(STORED_PLACES, rounding=ROUND_05UP, context=ARITHMETIC)


def missing_reason(missing: Sequence[date], of: int) -> str:
    """Say which of the `of` months of a window are missing; empty when none is.

    The months are named as `months_text` does.
    """
    months = {first_of_month(month) for month in missing}
    if not months:
        return ""
    noun = "month" if of == 1 else "months"
    return f"not available: {len(months)} of {of} {noun} missing ({months_text(months)})"


def months_text(some: Collection[date]) -> str:
    """Name months: up to six one by one, more as ranges ("October 2017 to August 2018")."""
    months = sorted({first_of_month(month) for month in some})
    if len(months) <= MONTHS_LISTED:
        return _listed([month_text(month) for month in months])
    return _listed([_range_text(first, last) for first, last in _runs(months)])


def _unknown(reason: str) -> Change:
    return Change(None, None, None, False, False, reason)


def _reason_for(current: Decimal | None, previous: Decimal | None) -> str:
    if current is None and previous is None:
        return "not available: there is neither a current nor a previous value"
    return f"not available: there is no {'current' if current is None else 'previous'} value"


def _direction(absolute: Decimal) -> Direction:
    if absolute == 0:
        return Direction.NO_CHANGE
    return Direction.INCREASE if absolute > 0 else Direction.DECREASE


def _runs(months: Sequence[date]) -> list[tuple[date, date]]:
    """Return the first and last month of each unbroken run in sorted `months`."""
    runs: list[tuple[date, date]] = []
    for month in months:
        if runs and add_months(runs[-1][1], 1) == month:
            runs[-1] = (runs[-1][0], month)
        else:
            runs.append((month, month))
    return runs


def _range_text(first: date, last: date) -> str:
    return month_text(first) if first == last else f"{month_text(first)} to {month_text(last)}"


def _listed(names: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"
