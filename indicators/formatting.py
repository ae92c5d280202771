"""The one formatter of figures: web, API, CSV, Excel, Word, PDF and charts all print through it.

A figure is rounded here, once, half away from zero. The minus sign is U+2212, thousands are separated by
commas, and zero never carries a sign.
"""

from decimal import Decimal

from indicators.calculations import ARITHMETIC, Change, require_decimal, round_half_up
from indicators.choices import Direction, Kind, Qualifier, Unit
from indicators.kinds import PERCENTAGES

MINUS = "\u2212"
NO_BREAK = "\u00a0"
NOT_AVAILABLE = "not available"
NO_CHANGE = "no change"

QUALIFIER_WORDS = {
    Qualifier.EXACT: "",
    Qualifier.OVER: "over ",
    Qualifier.UP_TO: "up to ",
    Qualifier.LESS_THAN: "less than ",
    Qualifier.ABOUT: "about ",
}
_SUFFIXES = {
    Unit.COUNT: "",
    Unit.PERCENT: "%",
    Unit.SECONDS: " s",
    Unit.MINUTES: " min",
    Unit.MILLION_POUNDS: "m",
    Unit.POUNDS: "",
    Unit.PER_1000: " per 1,000",
}
_POUNDS = (Unit.MILLION_POUNDS, Unit.POUNDS)
_NAMED_UNITS = {Unit.HOURS: "hour", Unit.DAYS: "day"}


def value_text(
    value: Decimal | None,
    unit: Unit,
    decimals: int,
    qualifier: Qualifier = Qualifier.EXACT,
    reason: str = "",
) -> str:
    """Return a value with its unit ("152,467", "£54.8m", "8.74 s"), led by its qualifier ("over 5,200").

    None gives `reason`, or "not available".
    """
    if value is None:
        return reason or NOT_AVAILABLE
    rounded = round_half_up(value, decimals)
    sign = MINUS if rounded < 0 else ""
    return f"{QUALIFIER_WORDS[qualifier]}{sign}{_with_unit(_digits(rounded, decimals), unit)}"


def change_text(
    change: Change, unit: Unit, decimals: int, with_word: bool = False, *, percent_decimals: int = 0
) -> str:
    """Return a change as one phrase: "−15% (−22,260)", or with its word "Decrease (−15%, −22,260)".

    `unit` and `decimals` are those of the value; a percentage changes in points ("+5.9 pp"). A supplied
    percentage keeps its own decimals, with `percent_decimals` as the least. An unknown change gives its
    reason.
    """
    if change.direction is None:
        return change.reason or NOT_AVAILABLE
    if change.direction is Direction.NO_CHANGE:
        return NO_CHANGE
    percent = _signed_percent(change, percent_decimals)
    absolute = _signed_absolute(change, unit, decimals)
    if with_word:
        inside = ("n/a from 0" if change.from_zero else percent, absolute)
        return f"{change.direction.capitalize()} ({', '.join(words for words in inside if words)})"
    if change.from_zero:
        return f"{absolute} (n/a, from 0)"
    if percent and absolute:
        return f"{percent} ({absolute})"
    return percent or absolute


def percent_text(change: Change, percent_decimals: int = 0) -> str:
    """Return the percentage of a change: "−15%", "+<1%", "no change", or why there is none."""
    if change.direction is None:
        return change.reason or NOT_AVAILABLE
    if change.direction is Direction.NO_CHANGE:
        return NO_CHANGE
    if change.from_zero:
        return "n/a (from 0)"
    if change.is_low_base:
        return "n/a (low base)"
    return _signed_percent(change, percent_decimals) or NOT_AVAILABLE


def absolute_text(change: Change, unit: Unit, decimals: int) -> str:
    """Return a change in the unit of its value: "−22,260", "+5.9 pp", "no change", or why there is none."""
    if change.direction is None:
        return change.reason or NOT_AVAILABLE
    if change.direction is Direction.NO_CHANGE:
        return NO_CHANGE
    return _signed_absolute(change, unit, decimals) or NOT_AVAILABLE


def share_text(share_percent: Decimal | None, decimals: int) -> str:
    """Return a share in per cent: "37.2%"; "not available" for None."""
    return value_text(share_percent, Unit.PERCENT, decimals)


def number_text(value: Decimal, decimals: int) -> str:
    """Return a number without a unit: "152,467", "−0.87"."""
    return value_text(value, Unit.COUNT, decimals)


def plain_number(value: Decimal, decimals: int) -> str:
    """Return a number for CSV and JSON: no separators, an ASCII minus, the same rounding as on paper."""
    return f"{round_half_up(value, decimals):.{decimals}f}"


def _digits(rounded: Decimal, decimals: int) -> str:
    """Return the digits of a rounded number, without its sign."""
    # copy_abs, because abs() would round to the precision of the calling thread.
    return f"{rounded.copy_abs():,.{decimals}f}"


def _with_unit(digits: str, unit: Unit, is_change: bool = False) -> str:
    """Put unsigned digits and their unit together; a change of a percentage is in points."""
    if is_change and unit is Unit.PERCENT:
        return f"{digits} pp"
    if unit in _NAMED_UNITS:
        return f"{digits} {_NAMED_UNITS[unit]}{'' if digits == '1' else 's'}"
    if unit in _POUNDS:
        # "<£0.1m": the currency belongs to the number, not to the comparison.
        less, number = ("<", digits[1:]) if digits.startswith("<") else ("", digits)
        return f"{less}£{number}{_SUFFIXES[unit]}"
    return f"{digits}{_SUFFIXES[unit]}"


def _change_digits(size: Decimal, decimals: int) -> str:
    """Return unsigned digits of a change that is not zero; "<1" or "<0.1" when rounding would hide it."""
    rounded = round_half_up(size, decimals)
    if rounded == 0:
        return f"<{_digits(Decimal(1).scaleb(-decimals), decimals)}"
    return _digits(rounded, decimals)


def _sign(change: Change) -> str:
    return "+" if change.direction is Direction.INCREASE else MINUS


def _signed_absolute(change: Change, unit: Unit, decimals: int) -> str:
    """Return the absolute change with sign and unit; empty when it is not known."""
    if change.absolute is None:
        return ""
    digits = _change_digits(change.absolute, decimals)
    return f"{_sign(change)}{_with_unit(digits, unit, is_change=True)}"


def _signed_percent(change: Change, percent_decimals: int) -> str:
    """Return the percentage change with its sign; empty when there is none."""
    if change.percent is None:
        return ""
    decimals = percent_decimals
    if change.is_supplied:
        decimals = max(percent_decimals, own_decimals(change.percent))
    return f"{_sign(change)}{_change_digits(change.percent, decimals)}%"


def counts_text(numerator: Decimal | None, denominator: Decimal | None, kind: Kind) -> str:
    """Return what a value was divided from and by: "12 of 38", of a rate or an average "14,033 ÷ 190".

    "base 38" where the numerator is not held, "" where neither of them is.
    """
    if denominator is None:
        return "" if numerator is None else f"{numerator:,f} of a number not given"
    if numerator is None:
        return f"base {denominator:,f}"
    # In a narrow column it breaks once, before the second number.
    return f"{numerator:,f} {'of' if kind in PERCENTAGES else '÷'}{NO_BREAK}{denominator:,f}"


def own_decimals(value: Decimal) -> int:
    """Return how many decimals a number was written with, trailing zeros aside (storage adds those)."""
    exponent = require_decimal(value).normalize(ARITHMETIC).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its words: "1 value", "1,240 values"; `many` where more than an s makes the difference."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
