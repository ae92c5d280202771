"""Reads of what was reported last: the newest presented report of a force, and what it held for a figure."""

from dataclasses import dataclass

from indicators.figures import Figure, FigureBook
from indicators.models.area import Force
from indicators.queries.books import figure_book
from indicators.series import Slot
from portal.choices import ReportState
from portal.models.report import Report


@dataclass(frozen=True, slots=True)
class Reported:
    """What the last presented report held for a figure, as printed there, and whether it is still so."""

    report: Report
    text: str
    is_same: bool


def last_presented(force: Force) -> Report | None:
    """Return the newest report of a force that was presented; None when none has been."""
    presented = Report.objects.filter(state=ReportState.PRESENTED, cycle__force=force).select_related("cycle__force")
    return presented.order_by("-cycle__quarter_key", "-pk").first()


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
    slot = Slot(figure.period.window, figure.period.end)
    held = then.values.get(series, {}).get(slot)
    if held is None:
        return None
    now = figure.current.amount if figure.current else None
    return Reported(report, then.build(series, slot).aspect("value"), held.amount == now)
