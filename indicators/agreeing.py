"""How far two numbers may lie apart because each was rounded before it came here. Pure.

A count is never rounded: of counts, and of sums of counts, nothing may differ.
"""

from collections.abc import Sequence
from decimal import Decimal

from indicators.calculations import ARITHMETIC, STORED_PLACES, round_half_up, sum_of
from indicators.choices import Kind, Unit
from indicators.formatting import own_decimals, value_text
from indicators.kinds import SCALES

_HALF = Decimal("0.5")


def half_of(places: int) -> Decimal:
    """Return how far a number that is written with so many decimals may lie from what it was rounded from."""
    return _HALF.scaleb(-places)


def printed_places(amount: Decimal, decimals: int) -> int:
    """Return the decimals that a stored number was printed with; storage drops its zeros, its measure prints them."""
    return max(own_decimals(amount), decimals)


def rounding(kind: Kind, decimals: int, amounts: Sequence[Decimal]) -> Decimal:
    """Return how far numbers of a measure may be apart because each was rounded by its source; counts are exact."""
    if kind == Kind.COUNT:
        return Decimal(0)
    return sum_of(half_of(printed_places(one, decimals)) for one in amounts)


def by_counts(kind: Kind, numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """Return the quotient that two numbers give for a measure of a kind, which nobody has rounded.

    None where one of the two is missing, or where the value of a kind is not simply the one over the other.
    """
    if numerator is None or not denominator or kind not in SCALES:
        return None
    return ARITHMETIC.divide(ARITHMETIC.multiply(numerator, SCALES[kind]), denominator)


def is_near(value: Decimal, decimals: int, exact: Decimal) -> bool:
    """Tell whether a value of a measure with so many decimals is what its counts give, as exactly as it is printed."""
    hidden = max(half_of(printed_places(value, decimals)), STORED_PLACES)  # storage cuts what is left of a quotient
    return ARITHMETIC.subtract(value, exact).copy_abs() <= hidden


def exact_text(exact: Decimal, value: Decimal, unit: Unit, decimals: int) -> str:
    """Return a quotient beside a value that it is not: with a decimal more, as far as it has them."""
    rounded = round_half_up(exact, printed_places(value, decimals) + 1)
    return value_text(rounded, unit, printed_places(rounded, decimals))
