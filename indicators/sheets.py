"""What the reference sheet of an indicator says of its figures, and from when its wordings hold. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from indicators.choices import COMPUTED_WINDOWS, Kind, Polarity, Unit, Window
from indicators.kinds import Aggregation
from indicators.periods import date_text
from indicators.targets.asked import TargetRule


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of a definition: its number from 1, the day it begins (None: always held), its words and why."""

    number: int
    starts_on: date | None
    text: str
    reason: str = ""

    @property
    def since(self) -> str:
        """Say from when it holds."""
        return f"from {date_text(self.starts_on)}" if self.starts_on else "from the beginning"


_OVER_TIME = {
    Aggregation.ADD: "adds up over time",
    Aggregation.WEIGHTED: "weighted over time",
    Aggregation.SUPPLIED: "not additive over time",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """What the figures of one indicator have in common."""

    key: str
    name: str
    portfolio: str
    kind: Kind
    unit: Unit
    decimals: int
    share_decimals: int
    polarity: Polarity
    base_threshold: int
    footnote: str = ""
    breakdown: str = ""
    is_exclusive: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)
    excluded_parts: frozenset[str] = frozenset()
    over_areas: Aggregation = Aggregation.SUPPLIED
    over_time: Aggregation = Aggregation.SUPPLIED
    is_composite: bool = False
    is_counted: bool = False
    wordings: tuple[Wording, ...] = ()
    targets: tuple[TargetRule, ...] = ()

    @property
    def made_of(self) -> str:
        """Say what makes the figures of a measure for which a supplied value is only compared; "" for every other."""
        if self.is_composite:
            return "worked out from others: supplied values are compared only"
        return "counted from cases: supplied values are compared only" if self.is_counted else ""

    @property
    def over_time_in_words(self) -> str:
        """Say in few words what becomes of its months in longer periods."""
        return "worked out anew for each period" if self.is_composite else _OVER_TIME[self.over_time]

    def why_nothing(self, window: Window) -> str:
        """Say why no figure of a window is held: most of all, where it cannot be computed from what is."""
        if window in COMPUTED_WINDOWS and self.over_time == Aggregation.SUPPLIED and not self.is_composite:
            return f"{self.name} is not additive, and its source has supplied nothing for this period"
        return "nothing is stored for this period"


def numbered(first: str, later: Sequence[tuple[date, str, str]]) -> tuple[Wording, ...]:
    """Return the wordings of an indicator: the first, then (day, words, reason) by day.

    Of several for one day the last written holds; the others were corrected by it and count for nothing.
    """
    by_day = {day: (text, reason) for day, text, reason in later}
    following = [Wording(at, day, *by_day[day]) for at, day in enumerate(sorted(by_day), start=2)]
    return (Wording(1, None, first), *following)


def in_force(wordings: Sequence[Wording], day: date | None) -> Wording | None:
    """Return the wording that holds on a day; the newest where no day is stated, None where there is none."""
    held = [one for one in wordings if day is None or one.starts_on is None or one.starts_on <= day]
    return held[-1] if held else None


def changes_between(wordings: Sequence[Wording], first: date | None, last: date | None) -> list[str]:
    """Say which wordings begin after `first` and not after `last`: what lies on both sides is not like for like."""
    if first is None or last is None:
        return []
    within = [one for one in wordings if one.starts_on is not None and first < one.starts_on <= last]
    return [f"another definition holds {one.since}" for one in within]
