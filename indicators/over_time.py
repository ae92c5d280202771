"""What the months or quarters of a longer period give, put together as their measure says. Values in, values out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from indicators.calculations import ARITHMETIC, sum_of
from indicators.choices import Window
from indicators.kinds import SCALES, Aggregation
from indicators.periods import Period, month_end
from indicators.series import Slot, Value
from indicators.sheets import Measure

_PARTS = (Window.MONTH, 1, "months"), (Window.QUARTER, 3, "quarters")


@dataclass(frozen=True, slots=True)
class Together:
    """What the parts of a period give; no `amounts` where one of them is missing, or lacks its counts.

    `amounts` add up to it: those of its parts, or the one number that their counts give, which nobody has rounded.
    """

    amounts: tuple[Decimal, ...] = ()
    words: str = ""
    is_exact: bool = False


def together(held: Mapping[Slot, Value], period: Period, measure: Measure, rule: Aggregation) -> Together | None:
    """Put the parts of a longer period together: its months, or where these are not all held its quarters.

    `held` are the values of the series. None where no part is held, or where the period has none.
    """
    any_held = False
    for slots, words in _parts_of(period):
        found = [one for one in (held.get(slot) for slot in slots) if one is not None and one.amount is not None]
        any_held = any_held or bool(found)
        if len(found) == len(slots):
            made = _made(found, measure, rule, f"{len(found)} {words}")
            if made is not None:
                return made
    return Together() if any_held else None


@lru_cache(maxsize=10_000)
def _parts_of(period: Period) -> tuple[tuple[tuple[Slot, ...], str], ...]:
    """Return where the parts of a period stand, and what they are called: asked for with every series."""
    months = _whole_months(period)
    return tuple(
        (tuple(Slot(window, month_end(month)) for month in months[size - 1 :: size]), words)
        for window, size, words in _PARTS
        if len(months) > size and len(months) % size == 0
    )


def _whole_months(period: Period) -> tuple[date, ...]:
    """Return the months of a period that begins and ends with one; none of any other."""
    start, end = period.start, period.end
    if start is None or end is None or start.day != 1 or end != month_end(end):
        return ()
    return period.months


def _made(found: Sequence[Value], measure: Measure, rule: Aggregation, words: str) -> Together | None:
    if rule == Aggregation.ADD:
        return Together(tuple(one.amount for one in found if one.amount is not None), f"sum of {words}")
    counts = [(one.numerator, one.denominator) for one in found]
    above = [numerator for numerator, _ in counts if numerator is not None]
    below = [denominator for _, denominator in counts if denominator is not None]
    divisor = sum_of(below)
    if len(above) < len(found) or len(below) < len(found) or not divisor:
        return None
    scaled = ARITHMETIC.multiply(sum_of(above), SCALES[measure.kind])
    return Together((ARITHMETIC.divide(scaled, divisor),), f"worked out from {words}", is_exact=True)
