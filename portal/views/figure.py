"""One figure in one look: what it is, whether it is unusual, what was reported, where it comes from, who owns it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from indicators import pages
from indicators.control_charts import verdict
from indicators.figures import Figure, FigureBook, UnknownFigure
from indicators.gates import PersonRequest
from indicators.models.area import Force
from indicators.models.indicator import Indicator
from indicators.permissions import PERMISSIONS
from indicators.queries import origins
from indicators.queries.supplied_values import correctable
from indicators.queries.vintages import book_as_known, known_as, months_of, slot_of, vintages
from indicators.views.indicators import where
from portal.gates import gate
from portal.reported import as_reported


@gate("indicator.see")
def page(request: PersonRequest, key: str) -> HttpResponse:
    """Show everything about one figure, as the quarter sees it."""
    force, quarter = where(request)
    indicator = _indicator(key)
    known = known_as(force, request.GET.get("known"))
    book = book_as_known(force, quarter, known, [indicator.key])
    try:
        figure = book.figure(key)
    except UnknownFigure:
        raise Http404 from None
    rule = getattr(indicator, "case_rule", None)
    context = {
        "door": "indicators",
        "force": force,
        "indicator": indicator,
        "known": known,
        "case_source": rule.source.slug if rule and request.person.has(*PERMISSIONS["case.see"]) else "",
        **_look(force, book, figure),
        **_correction(request, force, indicator, book, figure),
        **pages.around(quarter),
        **origins.origin(force, indicator, book, [figure]),
    }
    return render(request, "portal/figure.html", context)


def _indicator(key: str) -> Indicator:
    """Return the indicator that a figure is of; 404 where there is none, or the database would not take its name."""
    if not key.isprintable():
        raise Http404
    rows = Indicator.objects.select_related("portfolio", "source", "case_rule__source")
    return get_object_or_404(rows, key=key.partition(".")[0])


def _correction(
    request: PersonRequest, force: Force, indicator: Indicator, book: FigureBook, figure: Figure
) -> dict[str, Any]:
    """Return what there is to be corrected, for those who see corrections."""
    if not request.person.has(*PERMISSIONS["correction.see"]):
        return {}
    return {
        "correctable": correctable(force, indicator, figure, slot_of(book, figure)),
        "may_propose": request.person.has(*PERMISSIONS["correction.propose"]),
    }


def _look(force: Force, book: FigureBook, figure: Figure) -> dict[str, Any]:
    months = months_of(book, figure)
    return {
        "figure": figure,
        "line": pages.line(figure),
        "last_month": months[-1][0] if months else None,
        "verdict": verdict(months) if months else None,
        "reported": as_reported(force, figure),
        "vintages": vintages(force, figure, slot_of(book, figure)),
    }
