"""Reads of one figure through time: what it was at each data version, and how its months move."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from indicators.choices import AreaKind, Statistic, Status, Window
from indicators.figures import Figure, FigureBook
from indicators.formatting import value_text
from indicators.models.aggregate import Aggregate
from indicators.models.area import Force
from indicators.models.data_version import DataVersion
from indicators.models.observation import Observation
from indicators.periods import Period, Quarter
from indicators.queries import clean, held_at
from indicators.series import Series, Slot

MONTHS = 25  # of a series that a verdict looks at


@dataclass(frozen=True, slots=True)
class Vintage:
    """What a value was from a data version on, as printed, and the act that made it so."""

    text: str
    status: Status
    since: int
    until: int | None
    act: DataVersion | None
    amount: Decimal | None = None


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
    held = list(rows.filter(_part_and_area(series)))
    acts = DataVersion.objects.filter(force=force, number__in=[one.since_version for one in held])
    by_number = {act.number: act for act in acts.select_related("by")}
    return [
        Vintage(
            text=value_text(one.value, measure.unit, measure.decimals),
            status=Status(one.status),
            since=one.since_version,
            until=one.until_version,
            act=by_number.get(one.since_version),
            amount=clean(one.value),
        )
        for one in held
    ]


def _part_and_area(series: Series) -> Q:
    part = Q(part__slug=series.part) if series.part else Q(part__isnull=True)
    return part & (Q(area__slug=series.area) if series.area else Q(area__kind=AreaKind.FORCE))


def printed(force: Force, figure: Figure, slot: Slot, at: int) -> list[Observation]:
    """Return the values that reports printed for a figure, as known at a data version, the earliest report first."""
    rows = Observation.objects.filter(
        held_at(at),
        _part_and_area(figure.series),
        force=force,
        indicator__key=figure.series.indicator,
        window=slot.window,
        end=slot.end,
        statistic=Statistic.FIRST_PUBLISHED,
    )
    return list(rows.order_by("reported_for", "pk"))


def months_of(book: FigureBook, figure: Figure) -> list[tuple[date, Decimal | None]]:
    """Return the last 25 monthly values of a figure's series up to the quarter, as (last day, amount)."""
    held = book.values.get(figure.series, {})
    months = [
        (slot.end, value.amount)
        for slot, value in held.items()
        if slot.window == Window.MONTH and slot.end is not None and slot.end <= book.quarter.end
    ]
    return sorted(months)[-MONTHS:]


@dataclass(frozen=True, slots=True)
class FirstPublished:
    """What the first report to print a value printed, and the value as known now (None: not available)."""

    name: str
    place: str
    period: Period
    report: str
    printed: Decimal | None
    now: Decimal | None
    note: str


def first_published(force: Force, key: str, at: int | None = None) -> list[FirstPublished]:
    """Return the values of an indicator as first published, newest period first. Two queries, whatever the number."""
    scope = Q(held_at(at), force=force, indicator__key=key)
    printed = Observation.objects.filter(scope, statistic=Statistic.FIRST_PUBLISHED).select_related("part", "area")
    first: dict[tuple[int | None, int, str, date | None], Observation] = {}
    for row in printed.order_by("-end", "area__name", "part__position", "reported_for"):
        first.setdefault((row.part_id, row.area_id, row.window, row.end), row)
    ends = {row.end for row in first.values()}
    held = Aggregate.objects.filter(scope, end__in=ends) if first else Aggregate.objects.none()
    places = ("part_id", "area_id", "window", "end")
    now: dict[tuple[int | None, int, str, date | None], Decimal | None] = {
        (part, area, window, end): value for part, area, window, end, value in held.values_list(*places, "value")
    }
    return [
        FirstPublished(
            name=row.part.name if row.part else "",
            place=row.area.name,
            period=Period(Window(row.window), row.start, row.end),
            report=Quarter.parse(row.reported_for).label,
            printed=clean(row.value),
            now=clean(now.get(place)),
            note=row.note,
        )
        for place, row in first.items()
    ]
