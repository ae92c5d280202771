"""How far two numbers may lie apart because each was rounded before it came here. Pure.

A count is never rounded: of counts, and of sums of counts, nothing may differ.
"""

from collections.abc import Sequence
from decimal import Decimal

from indicators.calculations import sum_of
from indicators.choices import Kind
from indicators.formatting import own_decimals

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
