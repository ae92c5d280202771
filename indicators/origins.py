"""How the value of a longer period came to be: supplied as that period, or worked out by the portal. Pure.

Both kinds may stand beside each other in one series. They need not have been made in the same way, so a change from
the one to the other says so.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from indicators.agreeing import by_counts, exact_text, is_near
from indicators.choices import COMPUTED_WINDOWS, WINDOW_NAMES, Basis, Window
from indicators.formatting import counts_text
from indicators.periods import month_end
from indicators.series import Origin, Series, Slot, Value
from indicators.sheets import Measure

LONGER = tuple(window for window in COMPUTED_WINDOWS if window != Window.MONTH)
_WORKED_OUT = {Origin.FROM_MONTHS: "worked out from months", Origin.ADDED_UP: "added up from the areas in it"}
_BASES = {
    Basis.AS_SUPPLIED: "as supplied, counts not given",
    Basis.DERIVED: "worked out from published changes",
}


def mark(values: Mapping[Series, dict[Slot, Value]], supplied: Mapping[Series, Collection[tuple[Slot, str]]]) -> None:
    """Write its origin into every value of a longer period of the series of which some were `supplied`.

    These are given as (slot, source): a value of another source, such as one counted from cases, is not what was sent.
    """
    for series, places in supplied.items():
        held = values.get(series, {})
        for slot, value in list(held.items()):
            if slot.window in LONGER:
                held[slot] = replace(value, origin=_origin(held, slot, value, places))


def _origin(
    held: Mapping[Slot, Value], slot: Slot, value: Value, supplied: Collection[tuple[Slot, str]]
) -> Origin | None:
    if (slot, value.source) in supplied:
        return Origin.SUPPLIED
    if value.amount is None:
        return None
    months = (Slot(Window.MONTH, month_end(month)) for month in value.period.months)
    return Origin.FROM_MONTHS if all(month in held for month in months) else Origin.ADDED_UP


def is_supplied(value: Value) -> bool:
    """Tell whether a value was supplied for its whole period; the portal computes no other window than its own."""
    return value.origin is Origin.SUPPLIED or value.period.window not in COMPUTED_WINDOWS


def told(value: Value | None, before: Value | None) -> Iterator[str]:
    """Say what a reader has to know of where a value comes from, and of the one before where it came otherwise."""
    if value is None:
        return
    if value.basis in _BASES:
        yield _BASES[value.basis]
    if before is None or None in (value.amount, before.amount) or value.printed_by or before.printed_by:
        return
    if {value.origin, before.origin} & _WORKED_OUT.keys() and Origin.SUPPLIED in (value.origin, before.origin):
        yield f"{_words(value)}; the value before is {_words(before)}"


def own_counts(value: Value | None, measure: Measure) -> Iterator[str]:
    """Say that a value is not what the counts give that were supplied with it."""
    if value is None or value.amount is None or measure.is_composite:
        return
    exact = by_counts(measure.kind, value.numerator, value.denominator)
    if exact is not None and not is_near(value.amount, measure.decimals, exact):
        given = exact_text(exact, value.amount, measure.unit, measure.decimals)
        yield f"as supplied; {counts_text(value.numerator, value.denominator, measure.kind)} are {given}"


def _words(value: Value) -> str:
    if value.origin in _WORKED_OUT:
        return _WORKED_OUT[value.origin]
    return f"supplied as {in_words(value.period.window)}"


def in_words(window: Window) -> str:
    """Return a longer window within a sentence: "12 months", "a quarter"."""
    name = WINDOW_NAMES[window]
    return name if name[0].isdigit() else f"a {name[0].lower()}{name[1:]}"


@dataclass(frozen=True, slots=True)
class Mixed:
    """A series with supplied and worked-out values in one longer window, and how many of either."""

    series: Series
    window: Window
    supplied: int
    worked_out: int

    @property
    def words(self) -> str:
        """The window in words."""
        return WINDOW_NAMES[self.window]


def mixed(values: Mapping[Series, Mapping[Slot, Value]]) -> list[Mixed]:
    """Return the series and windows in which values of both kinds stand, in the order of the series."""
    found = []
    for series, held in values.items():
        for window in LONGER:
            origins = [value.origin for slot, value in held.items() if slot.window == window and value.origin]
            supplied = origins.count(Origin.SUPPLIED)
            if 0 < supplied < len(origins):
                found.append(Mixed(series, window, supplied, len(origins) - supplied))
    return found
