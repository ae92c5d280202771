"""Control charts (XmR): limits of natural variation of a monthly series, and the verdict on one of its points.

For monthly values only, never for rolling totals, whose neighbours share eleven months. Centre line and
limits after Wheeler, "Understanding Variation": mean ± 2.66 × mean moving range. Missing months are left
out: moving ranges and runs go from one known point to the next. Provisional months are judged, but centre and
limits are made of settled months alone: a month that is still filling up would draw them down.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise

from indicators.calculations import ARITHMETIC, mean_of, require_decimal
from indicators.periods import first_of_month

MIN_POINTS = 12
LIMIT_FACTOR = Decimal("2.66")
RUN_LENGTH = 8
TREND_LENGTH = 6
NEAR_OF = 3  # two of the last three points in the outer third count as a signal

RISE = "exceptional rise"
FALL = "exceptional fall"
NO_SIGNAL = "no significant change"
TOO_FEW = "not enough points"
NO_VALUE = "no value to judge"

Point = tuple[date, Decimal]
Rule = Callable[[Sequence[Decimal], Decimal], bool]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch without a series break, from its first to its last known point.

    Centre and limits are unrounded, in the unit of the values, and None when there are fewer than 12 points. `reach` is
    how far the limits lie from the centre where nothing bounds them.
    """

    start: date
    end: date
    centre: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    reach: Decimal | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the point that is judged says, in words, and the rule that says so (empty when no rule does)."""

    words: str
    rule: str

    @property
    def weight(self) -> int:
        """The place of the rule in the order of weight: 0 for a point outside the limits, 4 where no rule holds."""
        return next((at for at, (_, *names) in enumerate(_RULES) if self.rule in names), len(_RULES))


def limits(
    values: Sequence[tuple[date, Decimal | None]],
    breaks: Sequence[date] = (),
    floor: Decimal | None = None,
    provisional: Collection[date] = (),
    ceiling: Decimal | None = None,
) -> tuple[Segment, ...]:
    """Return one segment for each stretch between series breaks that has a known point.

    `values` are (month, value), in any order; None is a missing month. A break restarts the limits with the
    month in which it lies. `provisional` are those of the months that do not count for centre and limits. ValueError
    when a month is given twice.

    `floor` and `ceiling` are the least and the most that a value can be (0 for counts, 0 and 100 for shares): no limit
    is told beyond them, because a limit of 104 % tells a reader to expect what cannot be. None of the values may lie
    beyond them. Then none is outside a bounded limit that was not outside before: a limit that is cut back was passed
    by nothing, for nothing passes what it is cut back to.
    """
    segments = []
    for points in _stretches(values, breaks):
        start, end = points[0][0], points[-1][0]
        settled = [value for day, value in points if day not in provisional]
        if len(settled) < MIN_POINTS:
            segments.append(Segment(start, end, None, None, None))
            continue
        centre, reach = _centre_and_reach(settled)
        lower, upper = ARITHMETIC.subtract(centre, reach), ARITHMETIC.add(centre, reach)
        if floor is not None:
            lower = max(lower, require_decimal(floor))
        if ceiling is not None:
            upper = min(upper, require_decimal(ceiling))
        segments.append(Segment(start, end, centre, lower, upper, reach))
    return tuple(segments)


def verdict(
    values: Sequence[tuple[date, Decimal | None]],
    breaks: Sequence[date] = (),
    provisional: Collection[date] = (),
    at: date | None = None,
) -> Verdict:
    """Say whether a point, with those before it since the last break, is more than natural variation.

    `at` is a day of its month; without, it is the last point. Centre and limits are those of its whole stretch, as they
    are drawn; no rule looks at a later point. Rules, in this order: a point outside the limits; 8 on one side of the
    centre; 6 rising or falling; 2 of 3 near a limit (in the outer third, on one side, the judged point being one of
    them). Limits that are bounded where they are told change none of this.
    """
    if not values:
        return Verdict(TOO_FEW, "")
    if at is None:
        judged = max(values, key=lambda point: point[0])
    else:
        judged = next((one for one in values if first_of_month(one[0]) == first_of_month(at)), (at, None))
    if judged[1] is None:
        return Verdict(NO_VALUE, "")
    points = next(one for one in _stretches(values, breaks) if one[0][0] <= judged[0] <= one[-1][0])
    settled = [value for day, value in points if day not in provisional]
    if len(settled) < MIN_POINTS:
        since = " that are not provisional" if len(settled) < len(points) else ""
        return Verdict(TOO_FEW, f"limits need {MIN_POINTS} points{since}; there are {len(settled)}")
    centre, reach = _centre_and_reach(settled)
    above = [ARITHMETIC.subtract(value, centre) for day, value in points if day <= judged[0]]
    # Seen upside down, a fall is a rise: each rule is written once.
    below = [distance.copy_negate() for distance in above]
    for rule, rise_name, fall_name in _RULES:
        if rule(above, reach):
            return Verdict(RISE, rise_name)
        if rule(below, reach):
            return Verdict(FALL, fall_name)
    return Verdict(NO_SIGNAL, "")


def rule_at(rule: str, month: str) -> str:
    """Return the words of a rule for a point that need not be the last: "the 6 points to May 2019 rise"."""
    return _LAST_POINTS.sub(rf"\1 points to {month}", rule).replace("the last point", f"the point of {month}")


def reaches(value: Decimal, segment: Segment) -> Decimal:
    """Return how far a value lies from the centre, in units of the distance to a limit: above 1 is outside.

    The distance is that of limits that nothing bounds. 0 where there are no limits, or where they leave no room at all.
    """
    if segment.centre is None or not segment.reach:
        return Decimal(0)
    away = ARITHMETIC.subtract(require_decimal(value), segment.centre).copy_abs()
    return ARITHMETIC.divide(away, segment.reach)


def _stretches(values: Sequence[tuple[date, Decimal | None]], breaks: Sequence[date]) -> list[list[Point]]:
    """Return the known points in order of time, cut at the breaks; stretches without a point are left out."""
    if len({first_of_month(day) for day, _ in values}) != len(values):
        raise ValueError("A month is given twice in one series.")
    known = sorted((day, require_decimal(value)) for day, value in values if value is not None)
    restarts = {first_of_month(day) for day in breaks}
    by_break: dict[int, list[Point]] = {}
    for day, value in known:
        passed = sum(restart <= first_of_month(day) for restart in restarts)
        by_break.setdefault(passed, []).append((day, value))
    return list(by_break.values())


def _centre_and_reach(numbers: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """Return the mean and the distance from it to either limit. `numbers` has at least two points."""
    moves = [ARITHMETIC.subtract(later, earlier).copy_abs() for earlier, later in pairwise(numbers)]
    return mean_of(numbers), ARITHMETIC.multiply(LIMIT_FACTOR, mean_of(moves))


def _is_outside(distances: Sequence[Decimal], reach: Decimal) -> bool:
    return distances[-1] > reach


def _is_on_one_side(distances: Sequence[Decimal], reach: Decimal) -> bool:
    return len(distances) >= RUN_LENGTH and all(distance > 0 for distance in distances[-RUN_LENGTH:])


def _is_rising(distances: Sequence[Decimal], reach: Decimal) -> bool:
    last = distances[-TREND_LENGTH:]
    return len(last) == TREND_LENGTH and all(earlier < later for earlier, later in pairwise(last))


def _is_near_a_limit(distances: Sequence[Decimal], reach: Decimal) -> bool:
    line = ARITHMETIC.divide(ARITHMETIC.multiply(reach, Decimal(2)), Decimal(3))
    near = [distance > line for distance in distances[-NEAR_OF:]]
    return near[-1] and sum(near) >= 2


_LAST_POINTS = re.compile(r"last (\d) points")
ABOVE, BELOW = "the last point is above the upper limit", "the last point is below the lower limit"

# In order of weight: the first rule that holds gives the verdict.
_RULES: tuple[tuple[Rule, str, str], ...] = (
    (_is_outside, ABOVE, BELOW),
    (_is_on_one_side, "the last 8 points are above the centre", "the last 8 points are below the centre"),
    (_is_rising, "the last 6 points rise", "the last 6 points fall"),
    (
        _is_near_a_limit,
        "2 of the last 3 points are near the upper limit",
        "2 of the last 3 points are near the lower limit",
    ),
)
