"""Pages of indicators: the list, what stands out, and one page for each: reference sheet, figures, chart, origin."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control

from indicators import pages, rules, signals
from indicators.forms.fields import quarter_of
from indicators.gates import PersonRequest
from indicators.models.area import Force
from indicators.models.indicator import Indicator
from indicators.periods import Quarter
from indicators.permissions import PERMISSIONS
from indicators.queries import books, comparators, origins, standings, versions, vintages
from indicators.queries.both_counts import counting_of
from indicators.queries.first_published import first_published
from indicators.queries.formulas import formula_in_words
from indicators.queries.history import Asked
from indicators.queries.history import history as history_of
from indicators.views import gate
from indicators.views.asked import force_of

CHARTS_ON_A_PAGE = 20


def where(request: PersonRequest) -> tuple[Force, Quarter]:
    """Return the force and quarter that an address asks for; the first force and the newest quarter without."""
    force = _force(request)
    quarter = quarter_of(request.GET.get("quarter"), versions.newest_quarter(force))
    if quarter is None:
        raise Http404
    return force, quarter


def _force(request: PersonRequest) -> Force:
    """Return the force that an address asks for, the first one without."""
    force = force_of(request)
    if force is None:
        raise Http404
    return force


def has_figures() -> bool:
    """Tell whether anything has been imported yet."""
    force = Force.objects.order_by("id").first()
    return force is not None and versions.newest_quarter(force) is not None


@gate("indicator.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List the indicators by portfolio with their newest figure."""
    if not has_figures():
        return render(request, "indicators/indicators.html", {"door": "indicators", "groups": []})
    force, quarter = where(request)
    book = books.figure_book(force, quarter)
    groups = pages.by_portfolio(book)
    context = {
        "door": "indicators",
        "force": force,
        "groups": groups,
        "without": pages.without_figures(book, groups),
        "may_see_notes": request.person.has(*PERMISSIONS["note.see"]),
        **pages.around(quarter),
    }
    return render(request, "indicators/indicators.html", context)


@gate("indicator.see")
def standing_out(request: PersonRequest) -> HttpResponse:
    """Show the exceptional months of a quarter, the most exceptional first, each with its chart."""
    if not Force.objects.exists() or versions.newest_quarter(Force.objects.earliest("id")) is None:
        return render(request, "indicators/standing_out.html", {"door": "indicators"})
    force, quarter = where(request)
    book = books.figure_book(force, quarter)
    found = signals.standing_out(book)
    shown = Paginator(found.exceptional, CHARTS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "door": "indicators",
        "force": force,
        "found": found,
        "page": shown,
        "charts": [(one, pages.chart_of(one, book)) for one in shown],
        **pages.around(quarter),
    }
    return render(request, "indicators/standing_out.html", context)


@gate("indicator.see")
def page(request: PersonRequest, key: str) -> HttpResponse:
    """Show one indicator: reference sheet, figures, chart, table, where it comes from."""
    indicator = get_object_or_404(books.with_sheet(), key=key)
    force, quarter = where(request)
    known = vintages.known_as(force, request.GET.get("known"))
    book = vintages.book_as_known(force, quarter, known, [key])
    shown = pages.indicator_page(book, key)
    context = {
        "door": "indicators",
        "indicator": indicator,
        "force": force,
        "known": known,
        "case_source": _case_source(request, indicator),
        "counting": counting_of(force, indicator, quarter),
        "first_published": first_published(force, book.measures[key], book.version or None),
        "beside": comparators.beside(force, book, key),
        "standings": standings.standings(standings.targets().filter(indicator=indicator), book),
        **_acts(request),
        "wordings": book.measures[key].wordings,
        "formula": formula_in_words(indicator),
        **pages.around(quarter),
        **shown,
        **origins.origin(force, indicator, book, shown["figures"]),
    }
    return render(request, "indicators/indicator.html", context)


@gate("indicator.see")
def history(request: PersonRequest, key: str) -> HttpResponse:
    """Show every value that is held of an indicator, one series in one window at a time."""
    indicator = get_object_or_404(Indicator.objects.select_related("case_rule"), key=key)
    force = _force(request)
    known = vintages.known_as(force, request.GET.get("known"), with_first=False)
    asked = Asked(*(request.GET.get(name, "") for name in ("part", "area", "window")))
    found = history_of(force, indicator, asked, known.version)
    words = [dict(choices).get(chosen, "") for choices, chosen in found.chosen]
    context = {
        "door": "indicators",
        "indicator": indicator,
        "force": force,
        "known": known,
        "history": found,
        "caption": ", ".join(word for word in words if word),
    }
    return render(request, "indicators/history.html", context)


def _acts(request: PersonRequest) -> dict[str, bool]:
    """Return what this person may do from the page of an indicator."""
    can_define = request.person.has(*PERMISSIONS["indicator.define"])
    return {"can_edit": bool(rules.can_edit_target(request.person)), "can_define": can_define}


def _case_source(request: PersonRequest, indicator: Indicator) -> str:
    """Return the source whose cases this person may step down to; empty where there is none."""
    rule = getattr(indicator, "case_rule", None)
    return rule.source.slug if rule and request.person.has(*PERMISSIONS["case.see"]) else ""


@gate("indicator.see")
def chart(request: PersonRequest, key: str) -> HttpResponse:
    """Draw the monthly chart of the indicator, or of one of its parts."""
    get_object_or_404(Indicator, key=key)
    force, quarter = where(request)
    book = vintages.book_as_known(force, quarter, vintages.known_as(force, request.GET.get("known")), [key])
    drawn = pages.monthly_chart(book, key, request.GET.get("part", ""))
    if drawn is None:
        raise Http404
    svg = drawn.narrow if "narrow" in request.GET else drawn.svg
    response = HttpResponse(svg, content_type="image/svg+xml")
    patch_cache_control(response, private=True)
    return response
