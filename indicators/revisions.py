"""Revised values: what was known when a report was written, beside what is known now. Values in, values out."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from indicators.calculations import Change, change
from indicators.figures import Figure, FigureBook
from indicators.formatting import change_text
from indicators.periods import label
from indicators.series import Series, Slot, Value


@dataclass(frozen=True, slots=True)
class Revision:
    """One value that is no longer as it was reported: in words as printed, and the data version that changed it.

    `version` is None for a value that is not there any more.
    """

    key: str
    indicator: str
    name: str
    period: str
    reported: str
    now: str
    change: str
    size: Decimal
    version: int | None


def revised(then: FigureBook, now: FigureBook) -> list[Revision]:
    """Return the values a report could quote that have changed since, those that changed most first.

    Both books are of the report's quarter; `then` is as known at its data cut. A value stands once, whether the
    report showed it as its own or as the one before it.
    """
    found = [
        revision for series, slot in quotable(then) if (revision := _compared(then, now, series, slot)) is not None
    ]
    return sorted(found, key=lambda one: (-one.size, one.name, one.period))


def quotable(book: FigureBook) -> Iterator[tuple[Series, Slot]]:
    """Yield once where each value stands that a report of the book's quarter could quote, the ones before included."""
    seen: set[tuple[Series, Slot]] = set()
    for figure in book.of_quarter():
        for slot in _slots(figure):
            if (figure.series, slot) not in seen and slot in book.values.get(figure.series, {}):
                seen.add((figure.series, slot))
                yield figure.series, slot


def _slots(figure: Figure) -> Iterator[Slot]:
    if figure.current is not None:
        yield Slot.of(figure.period)
    if figure.previous_period is not None:
        yield Slot.of(figure.previous_period)


def _compared(then: FigureBook, now: FigureBook, series: Series, slot: Slot) -> Revision | None:
    before, after = then.values[series][slot], now.values.get(series, {}).get(slot)
    if after is not None and after.amount == before.amount:
        return None
    figure = then.build(series, slot)
    measure = figure.measure
    moved = change(after.amount if after else None, before.amount, measure.kind, measure.base_threshold)
    return Revision(
        key=figure.key,
        indicator=series.indicator,
        name=then.name_of(series),
        period=label(before.period),
        reported=figure.aspect("value"),
        now=now.build(series, slot).aspect("value") if after else "not available",
        change=change_text(moved, measure.unit, measure.decimals, percent_decimals=1),
        size=_size(moved, before),
        version=after.version if after else None,
    )


def _size(moved: Change, before: Value) -> Decimal:
    """Return how much a value moved as a share of what it was; a value that is gone or came from 0 moved most."""
    if moved.absolute is None or not before.amount:
        return Decimal("Infinity")
    return abs(moved.absolute / before.amount)
