"""Pages of indicators: the list, and one page for each with reference sheet, figures, chart and origin."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control

from indicators import pages, queries
from indicators.both_counts import counting_of
from indicators.choices import PERMISSIONS
from indicators.forms import quarter_of
from indicators.gates import PersonRequest
from indicators.models.area import Force
from indicators.models.indicator import Indicator
from indicators.periods import Quarter
from indicators.views import gate


def _where(request: PersonRequest) -> tuple[Force, Quarter]:
    """Return the force and quarter that an address asks for; the first force and the newest quarter without."""
    forces = Force.objects.order_by("id")
    slug = request.GET.get("force")
    force = get_object_or_404(forces, slug=slug) if slug else forces.first()
    quarter = quarter_of(request.GET.get("quarter"), queries.newest_quarter(force) if force else None)
    if force is None or quarter is None:
        raise Http404
    return force, quarter


@gate("indicator.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List the indicators by portfolio with their newest figure."""
    if not Force.objects.exists() or queries.newest_quarter(Force.objects.earliest("id")) is None:
        return render(request, "indicators/indicators.html", {"door": "indicators", "groups": []})
    force, quarter = _where(request)
    book = queries.figure_book(force, quarter)
    context = {"door": "indicators", "force": force, "groups": pages.by_portfolio(book), **pages.around(quarter)}
    return render(request, "indicators/indicators.html", context)


@gate("indicator.see")
def page(request: PersonRequest, key: str) -> HttpResponse:
    """Show one indicator: reference sheet, figures, chart, table, where it comes from."""
    indicator = get_object_or_404(
        Indicator.objects.select_related("portfolio", "source", "breakdown", "parent", "case_rule__source"), key=key
    )
    force, quarter = _where(request)
    book = queries.figure_book(force, quarter, keys=[key], with_districts=True)
    shown = pages.indicator_page(book, key)
    context = {
        "door": "indicators",
        "indicator": indicator,
        "force": force,
        "case_source": _case_source(request, indicator),
        "counting": counting_of(force, indicator, quarter),
        "first_published": queries.first_published(force, key, book.version or None),
        "targets": indicator.targets.select_related("part"),
        **pages.around(quarter),
        **shown,
        **queries.origin(force, indicator, book, shown["figures"]),
    }
    return render(request, "indicators/indicator.html", context)


def _case_source(request: PersonRequest, indicator: Indicator) -> str:
    """Return the source whose cases this person may step down to; empty where there is none."""
    rule = getattr(indicator, "case_rule", None)
    return rule.source.slug if rule and request.person.has(*PERMISSIONS["case.see"]) else ""


@gate("indicator.see")
def chart(request: PersonRequest, key: str) -> HttpResponse:
    """Draw the indicator's monthly chart."""
    get_object_or_404(Indicator, key=key)
    force, quarter = _where(request)
    drawn = pages.monthly_chart(queries.figure_book(force, quarter, keys=[key]), key)
    if drawn is None:
        raise Http404
    response = HttpResponse(drawn.svg, content_type="image/svg+xml")
    patch_cache_control(response, private=True)
    return response
