"""One figure in one look: what it is, whether it is unusual, what was reported, where it comes from, who owns it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from indicators import pages
from indicators.figures import USUAL, Figure, FigureBook, UnknownFigure
from indicators.gates import PersonRequest
from indicators.models.area import Force
from indicators.models.indicator import Indicator
from indicators.periods import STEPPING_WINDOWS, Quarter, add_months, first_of_month
from indicators.permissions import PERMISSIONS
from indicators.queries import origins
from indicators.queries.books import HISTORY_MONTHS
from indicators.queries.first_published import first_words
from indicators.queries.supplied_values import correctable
from indicators.queries.vintages import Known, book_as_known, known_as, slot_of, vintages
from indicators.series import Slot, on
from indicators.targets.vocabulary import COMPARED_WITH_NAMES
from indicators.views.indicators import where
from portal.gates import gate
from portal.reported import as_reported

YEAR = 12


@gate("indicator.see")
def page(request: PersonRequest, key: str) -> HttpResponse:
    """Show everything about one figure, as the quarter sees it."""
    force, newest = where(request)
    indicator, quarter = _indicator(key), _seen_from(key, newest)
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
        "known_words": known.words(figure.compared_with),
        "case_source": rule.source.slug if rule and request.person.has(*PERMISSIONS["case.see"]) else "",
        **_look(force, book, figure, known),
        **_correction(request, force, indicator, book, figure),
        **pages.around(quarter),
        **origins.origin_of(force, indicator, book, figure),
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


def _seen_from(key: str, quarter: Quarter) -> Quarter:
    """Return the quarter from which a figure is seen: its own where the other no longer holds its year before."""
    try:
        end = Slot.named(key.rpartition(".")[2], quarter).end
    except ValueError:
        return quarter
    first = add_months(first_of_month(quarter.end), YEAR - HISTORY_MONTHS)
    return quarter if end is None or end >= first else Quarter.containing(end)


def _look(force: Force, book: FigureBook, figure: Figure, known: Known) -> dict[str, Any]:
    slot = slot_of(book, figure)
    return {
        "figure": figure,
        **_before(book, figure),
        "counts": pages.counts(figure.current, figure.measure),
        "counts_before": pages.counts(figure.previous, figure.measure),
        "unusual": _unusual(force, book, figure, known),
        "reported": as_reported(force, figure),
        "first": first_words(force, figure, slot),
        "vintages": vintages(force, figure, slot),
    }


def _before(book: FigureBook, figure: Figure) -> dict[str, Any]:
    """Return the figure as a line, and the ways to what else it is compared with."""
    plain = figure.key.removesuffix(on("", figure.compared_with))
    steps = [step for step, windows in STEPPING_WINDOWS.items() if figure.period.window in windows]
    others = []
    for step in [USUAL, *steps] if steps else ():
        if step is not figure.compared_with:
            address = reverse("figure", args=[on(plain, step)])
            words = "the year before" if step is USUAL else COMPARED_WITH_NAMES[step]
            others.append({"url": f"{address}?quarter={book.quarter.key}", "words": f"Compare with {words}"})
    return {"line": pages.line(figure), "others": others}


def _unusual(force: Force, book: FigureBook, figure: Figure, known: Known) -> pages.Unusual | None:
    """Judge the month of a figure as the chart of the quarter does, or another chart in which it stands.

    That is the one of its own quarter; where too few months are held by then, the last one that still shows it.
    """
    told = None
    for quarter in pages.judging_quarters(figure.period, book.quarter):
        seen = book if quarter == book.quarter else book_as_known(force, quarter, known, [figure.series.indicator])
        found = pages.unusual(seen, figure)
        if found is None or not found.has_too_few:
            return found
        told = told or found
    return told
