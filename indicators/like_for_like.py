"""Comparing groups whose members change: who is missing, the sums of the members in both, and rank. Pure.

A comparator is a list of members in a release. Its total of one release is never set against its total of another
that was made of other members: the change is that of the members in both, or there is none, and the words say why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from indicators.calculations import KINDS_WITH_PERCENT, Change, change, require_decimal, sum_of, supplied_change
from indicators.choices import Kind, Statistic

Values = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Members:
    """Who a comparator was made of at one time: `counted` are in its total, `left_out` belong to it and are not."""

    counted: frozenset[str]
    left_out: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class LikeForLike:
    """The sums of the members in both, or None for both with the reason. `words` say what was done and why.

    `why` alone names who is in one of the two and not in the other.
    """

    current: Decimal | None
    previous: Decimal | None
    words: str
    why: str


class Measured(Protocol):
    """What has to be known of a measure."""

    @property
    def kind(self) -> Kind: ...

    @property
    def base_threshold(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Rank:
    """The place of one among several, 1 for the highest value; None with the reason in words when it has none."""

    place: int | None
    of: int
    words: str


def listed(names: Iterable[str]) -> str:
    """Return names in their order: "a", "a and b" or "a, b and c"."""
    ordered = sorted(names)
    return f"{', '.join(ordered[:-1])} and {ordered[-1]}" if len(ordered) > 1 else "".join(ordered)


def differ(current: Members | None, previous: Members | None) -> bool:
    """Say whether two totals may not be compared as they stand.

    Where the members of one of them were never recorded they may, unless somebody is left out of the other.
    """
    if current is None or previous is None:
        known = current or previous
        return known is not None and bool(known.left_out)
    return current.counted != previous.counted


def difference_words(current: Members | None, previous: Members | None, names: Mapping[str, str]) -> str:
    """Say who is missing from which of two totals; empty when they are made of the same members."""
    if not differ(current, previous):
        return ""
    if current is None or previous is None:
        known = current or previous or Members(frozenset())
        when = "now" if current is not None else "then"
        return (
            f"{_named(known.left_out, names)} {_is(known.left_out)} not counted {when}, and the other list is not known"
        )
    gone, come = previous.counted - current.counted, current.counted - previous.counted
    words = []
    if gone:
        words.append(f"{_named(gone, names)} {_is(gone)} no longer counted")
    if come:
        words.append(f"{_named(come, names)} {_is(come)} counted now and {_was(come)} not before")
    return "; ".join(words)


def compare(
    current: Members | None, previous: Members | None, now: Values, then: Values, names: Mapping[str, str]
) -> LikeForLike:
    """Compare a total with an earlier one of other members, by the members counted in both.

    `now` and `then` are the values of members by key. All members in both must have both values; otherwise there is no
    comparison, and the words say whose values are missing.
    """
    why = difference_words(current, previous, names)
    if current is None or previous is None:
        return LikeForLike(None, None, f"not compared: {why}", why)
    both = current.counted & previous.counted
    if not both:
        return LikeForLike(None, None, f"not compared: {why}, and no member is in both", why)
    without = {one for one in both if now.get(one) is None or then.get(one) is None}
    if without:
        words = f"not compared: {why}, and there are not both values of {_named(without, names)}"
        return LikeForLike(None, None, words, why)
    sums = [sum_of(value for one in both if (value := values.get(one)) is not None) for values in (now, then)]
    members = "1 member" if len(both) == 1 else f"{len(both)} members"
    return LikeForLike(sums[0], sums[1], f"like for like, {members} in both: {why}", why)


def across(
    lists: Mapping[date, Members],
    ends: tuple[date | None, date | None],
    now: Values,
    then: Values,
    names: Mapping[str, str],
) -> LikeForLike | None:
    """Compare the totals of a comparator at two ends by its lists; None where they may be compared as they stand."""
    current, previous = (lists.get(end) if end else None for end in ends)
    return compare(current, previous, now, then, names) if differ(current, previous) else None


def changed(like: LikeForLike, measure: Measured, given: Mapping[Statistic, Decimal]) -> Change:
    """Return the change between totals of different members: like for like, as published, or none with the reason.

    Only counts and money are added up over members. A percentage change that the publication gives (`given`) is one of
    the members in both.
    """
    if like.current is not None and measure.kind in KINDS_WITH_PERCENT:
        threshold = measure.base_threshold if measure.kind == Kind.COUNT else 0
        return replace(change(like.current, like.previous, measure.kind, threshold), reason=like.words)
    if Statistic.PERCENT_CHANGE in given:
        supplied = supplied_change(given.get(Statistic.CHANGE), given[Statistic.PERCENT_CHANGE])
        return replace(supplied, reason=f"as published, like for like: {like.why}") if supplied.direction else supplied
    why = like.words if like.current is None else "not compared: other members, whose values do not add up"
    return change(None, None, measure.kind, reason=why)


def rank(own: str, values: Values) -> Rank:
    """Return the place of `own` among all `values`, the highest first; equal values share the better place.

    There is no rank while any value is missing: "not available: 1 of 5 values missing".
    """
    missing = sum(value is None for value in values.values())
    if own not in values:
        return Rank(None, len(values), "not available: it is not a member")
    if missing:
        noun = "value" if len(values) == 1 else "values"
        return Rank(None, len(values), f"not available: {missing} of {len(values)} {noun} missing")
    amounts = {one: require_decimal(value) for one, value in values.items()}
    higher = [one for one, amount in amounts.items() if amount > amounts[own]]
    equal = sum(amount == amounts[own] for amount in amounts.values()) > 1
    place = len(higher) + 1
    return Rank(place, len(values), f"{_ordinal(place)} highest of {len(values)}{' (shared)' if equal else ''}")


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _named(keys: Iterable[str], names: Mapping[str, str]) -> str:
    return listed(names.get(key, key) for key in keys)


def _is(keys: frozenset[str]) -> str:
    return "is" if len(keys) == 1 else "are"


def _was(keys: frozenset[str]) -> str:
    return "was" if len(keys) == 1 else "were"
