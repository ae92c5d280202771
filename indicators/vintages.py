"""Reads of one figure through time: what it was at each data version, and how its months move."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from indicators.choices import AreaKind, Status, Window
from indicators.figures import Figure, FigureBook, Slot
from indicators.formatting import value_text
from indicators.models.aggregate import Aggregate
from indicators.models.area import Force
from indicators.models.data_version import DataVersion

MONTHS = 25  # of a series that a verdict looks at


@dataclass(frozen=True, slots=True)
class Vintage:
    """What a value was from a data version on, as printed, and the act that made it so."""

    text: str
    status: Status
    since: int
    until: int | None
    act: DataVersion | None


def slot_of(book: FigureBook, figure: Figure) -> Slot:
    """Return where the value of a figure stands; for one without a value, where it would."""
    held = book.values.get(figure.series, {})
    found = (slot for slot, value in held.items() if value is figure.current)
    return next(found, Slot(figure.period.window, figure.period.end))


def vintages(force: Force, figure: Figure, slot: Slot) -> list[Vintage]:
    """Return every value this figure has had, the newest first. Two queries."""
    series, measure = figure.series, figure.measure
    rows = Aggregate.objects.filter(
        force=force, indicator__key=series.indicator, window=slot.window, end=slot.end, reported_for=slot.reported_for
    ).order_by("-since_version", "-id")
    rows = rows.filter(part__slug=series.part) if series.part else rows.filter(part__isnull=True)
    rows = rows.filter(area__slug=series.area) if series.area else rows.filter(area__kind=AreaKind.FORCE)
    held = list(rows)
    acts = DataVersion.objects.filter(force=force, number__in=[one.since_version for one in held])
    by_number = {act.number: act for act in acts.select_related("by")}
    return [
        Vintage(
            text=value_text(one.value, measure.unit, measure.decimals),
            status=Status(one.status),
            since=one.since_version,
            until=one.until_version,
            act=by_number.get(one.since_version),
        )
        for one in held
    ]


def months_of(book: FigureBook, figure: Figure) -> list[tuple[date, Decimal | None]]:
    """Return the last 25 monthly values of a figure's series up to the quarter, as (last day, amount)."""
    held = book.values.get(figure.series, {})
    months = [
        (slot.end, value.amount)
        for slot, value in held.items()
        if slot.window == Window.MONTH and slot.end is not None and slot.end <= book.quarter.end
    ]
    return sorted(months)[-MONTHS:]
