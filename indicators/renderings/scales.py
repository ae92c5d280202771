"""Scales of charts: round steps from the least to the greatest value, and which positions of an axis are named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import ceil

from indicators.calculations import ARITHMETIC
from indicators.formatting import number_text
from indicators.renderings.canvas import text_width

STEPS = 5


@dataclass(frozen=True, slots=True)
class Scale:
    """Round values from `low` to `high`, one step apart."""

    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def ticks(self) -> list[Decimal]:
        """The values that are named."""
        count = int((self.high - self.low) / self.step)
        return [self.low + self.step * at for at in range(count + 1)]

    def place(self, value: Decimal) -> float:
        """Return where a value lies: 0 at the lower end, 1 at the upper."""
        return float((value - self.low) / (self.high - self.low))

    def text(self, value: Decimal) -> str:
        """Print a value of the axis with as many decimals as the step has."""
        exponent = self.step.normalize(ARITHMETIC).as_tuple().exponent
        places = max(0, -exponent) if isinstance(exponent, int) else 0
        return number_text(value, places)


def scale(values: Iterable[Decimal], *, is_from_zero: bool = True) -> Scale:
    """Return a scale that holds all values, from zero where wanted; from 0 to 1 where there is none."""
    held = list(values)
    least, greatest = (min(held), max(held)) if held else (Decimal(0), Decimal(1))
    if is_from_zero:
        least, greatest = min(least, Decimal(0)), max(greatest, Decimal(0))
    if least == greatest:
        greatest = least + max(Decimal(1), least.copy_abs() / 10)
    rough = ARITHMETIC.divide(greatest - least, Decimal(STEPS))
    unit = Decimal(1).scaleb(rough.adjusted())
    step = next(unit * one for one in (1, 2, 5, 10) if unit * one >= rough)
    low = ARITHMETIC.divide(least, step).to_integral_value(ROUND_FLOOR) * step
    high = ARITHMETIC.divide(greatest, step).to_integral_value(ROUND_CEILING) * step
    return Scale(low, high, step)


def named(axis: Sequence[str], room: float, font: float) -> list[int]:
    """Return which positions can carry their names without touching each other: the last always."""
    if not axis:
        return []
    widest = max(text_width(name, font) for name in axis) + 8
    most = max(1, int(room // widest))
    every = ceil(len(axis) / most)
    return [at for at in range(len(axis)) if (len(axis) - 1 - at) % every == 0]
