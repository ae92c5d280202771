"""Groups that people keep: who belongs to one on a day, what makes a list sound, what changed in it. Pure.

The members of a period are those on its last day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from indicators.choices import AreaKind
from indicators.like_for_like import Members, listed
from indicators.periods import date_text
from indicators.series import Series, Slot

OWN_MEMBERS = frozenset({AreaKind.DIVISION, AreaKind.DISTRICT})
MEMBERS = OWN_MEMBERS | {AreaKind.POLICE_AREA}


@dataclass(frozen=True, slots=True)
class Dated:
    """One member and the days on which it belongs, both included; None: from the beginning, or still.

    `area` is the slug by which figures know it, `kind` the level of the map it stands on.
    """

    area: str
    name: str
    kind: AreaKind
    starts_on: date | None = None
    ends_on: date | None = None

    def belongs_on(self, day: date) -> bool:
        """Tell whether it is a member on a day."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)

    @property
    def days(self) -> str:
        """The days in words: "from 1 April 2020 to 31 March 2021"."""
        if self.starts_on is None and self.ends_on is None:
            return "throughout"
        first = f"from {date_text(self.starts_on)}" if self.starts_on else ""
        last = f"to {date_text(self.ends_on)}" if self.ends_on else ""
        return " ".join(word for word in (first, last) if word)


def in_order(members: Iterable[Dated]) -> list[Dated]:
    """Return members by name and days: the same list in the same order, whoever put it together."""
    return sorted(members, key=lambda one: (one.name, one.area, one.starts_on or date.min, one.ends_on or date.max))


def members_on(members: Iterable[Dated], day: date) -> frozenset[str]:
    """Return who belongs to a group on a day."""
    return frozenset(one.area for one in members if one.belongs_on(day))


def lists(
    groups: Mapping[str, Iterable[Dated]], values: Mapping[Series, Iterable[Slot]]
) -> dict[tuple[str, str], dict[date, Members]]:
    """Return of whom groups were made at each end that they have a value for, as releases say it of official ones."""
    found: dict[tuple[str, str], dict[date, Members]] = {}
    for series, slots in values.items():
        if series.area in groups:
            ends = found.setdefault((series.indicator, series.area), {})
            for slot in slots:
                if slot.end is not None and slot.end not in ends:
                    ends[slot.end] = Members(members_on(groups[series.area], slot.end))
    return found


def are_own_and_change(members: Iterable[Dated]) -> bool:
    """Tell whether a group is of places of the force, and not of the same ones at all times."""
    held = list(members)
    return any(one.kind in OWN_MEMBERS for one in held) and any(one.starts_on or one.ends_on for one in held)


def faults(members: Sequence[Dated]) -> list[str]:
    """Return all that is wrong with a list of members, each in a sentence; empty when it is sound."""
    if not members:
        return ["A group has at least one member. Choose one."]
    found = [
        f"{one.name}: the last day is before the first. Choose a later day, or leave it empty."
        for one in members
        if one.starts_on and one.ends_on and one.ends_on < one.starts_on
    ]
    names = {one.name for at, one in enumerate(members) for other in members[:at] if _overlap(one, other)}
    found += [
        f"{name} stands twice for the same days. Take one of the lines out, or change its days."
        for name in sorted(names)
    ]
    if len({one.kind for one in members}) > 1:
        found.append("Police areas, divisions and districts lie in each other. Choose members of one of these kinds.")
    return found


def _overlap(one: Dated, other: Dated) -> bool:
    if one.area != other.area or one.kind != other.kind:
        return False
    first = max(one.starts_on or date.min, other.starts_on or date.min)
    return first <= min(one.ends_on or date.max, other.ends_on or date.max)


def changes(before: Sequence[Dated], now: Sequence[Dated]) -> str:
    """Say what one version of a list changed in the one before; empty when nothing."""
    then, kept = _by_name(before), _by_name(now)
    come, gone = listed(kept.keys() - then.keys()), listed(then.keys() - kept.keys())
    moved = [f"{name} {kept[name]}, before {then[name]}" for name in sorted(kept.keys() & then.keys())
             if kept[name] != then[name]]  # fmt: skip
    words = [f"added: {come}"] if come else []
    return "; ".join([*words, *([f"taken out: {gone}"] if gone else []), *moved])


def _by_name(members: Iterable[Dated]) -> dict[str, str]:
    days: dict[str, list[str]] = {}
    for one in members:
        days.setdefault(one.name, []).append(one.days)
    return {name: " and ".join(each) for name, each in days.items()}
