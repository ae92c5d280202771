"""Reads of what was reported: the newest presented report of a force, what it held, and what would replace that."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from indicators.choices import AreaKind
from indicators.figures import Figure, FigureBook
from indicators.models.area import Force
from indicators.periods import label
from indicators.previews import Move
from indicators.queries.books import figure_book
from indicators.revisions import quotable
from indicators.series import Slot
from narratives.touched import moved_values
from portal.choices import ReportState
from portal.models.report import Report

NEWEST_REPORTS = 4


@dataclass(frozen=True, slots=True)
class Reported:
    """What the last presented report held for a figure, as printed there, and whether it is still so."""

    report: Report
    text: str
    is_same: bool


def last_presented(force: Force) -> Report | None:
    """Return the newest report of a force that was presented; None when none has been."""
    return _presented(force).first()


def _presented(force: Force) -> QuerySet[Report]:
    presented = Report.objects.filter(state=ReportState.PRESENTED, cycle__force=force).select_related("cycle__force")
    return presented.order_by("-cycle__quarter_key", "-pk")


def books(report: Report) -> tuple[FigureBook, FigureBook]:
    """Return the figures of a report's quarter as known at its data cut, and as known now."""
    cycle = report.cycle
    return figure_book(cycle.force, cycle.quarter, cycle.cut), figure_book(cycle.force, cycle.quarter)


def as_reported(force: Force, figure: Figure) -> Reported | None:
    """Return what the newest presented report held for a figure; None when it held nothing for it."""
    report = last_presented(force)
    if report is None:
        return None
    cycle, series = report.cycle, figure.series
    then = figure_book(force, cycle.quarter, cycle.cut, keys=[series.indicator], with_districts=bool(series.area))
    slot = Slot.of(figure.period)
    held = then.values.get(series, {}).get(slot)
    if held is None:
        return None
    now = figure.current.amount if figure.current else None
    return Reported(report, then.build(series, slot).aspect("value"), held.amount == now)


@dataclass(frozen=True, slots=True)
class Replaced:
    """A value that a presented report held, as printed there, and as it would be held before and after an act."""

    name: str
    period: str
    reported: str
    move: Move


def replaced(force: Force, figures: list[dict[str, Any]]) -> list[tuple[Report, list[Replaced]]]:
    """Return which of the figures that would move stood in the newest presented reports, report by report.

    `figures` are the moves of a preview. Fifteen queries for each of at most four reports.
    """
    own = force.areas.get(kind=AreaKind.FORCE)
    moved, keys = moved_values(figures, own.slug), {one["indicator"] for one in figures}
    found = []
    for report in _presented(force)[:NEWEST_REPORTS] if keys else ():
        cycle = report.cycle
        book = figure_book(force, cycle.quarter, cycle.cut, keys=keys, with_districts=True)
        values = list(_replaced(book, moved.items()))
        if values:
            found.append((report, values))
    return found


def _replaced(book: FigureBook, moved: Iterable[tuple[tuple[str, str, str | None], Move]]) -> Iterator[Replaced]:
    """Yield the values of a report's book that move, in the order of the moves: those that change most first."""
    held = {
        (series.key, slot.window.value, slot.end.isoformat() if slot.end else None): (series, slot)
        for series, slot in quotable(book)
    }
    for place, move in moved:
        if place in held:
            series, slot = held[place]
            figure = book.build(series, slot)
            if (reported := figure.aspect("value")) != move.new:
                yield Replaced(book.name_of(series), label(figure.period), reported, move)
