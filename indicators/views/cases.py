"""Pages of cases: the search, one case with its history, and the cases behind a figure."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from indicators.forms.cases import CaseSearchForm, FigureAddressForm
from indicators.gates import PersonRequest
from indicators.models.area import Force
from indicators.models.case import CaseMonth
from indicators.models.indicator import Indicator
from indicators.models.overlay import Mark, SetAside
from indicators.queries import cases
from indicators.queries.case_history import story
from indicators.queries.cases import CaseKey, Tally, Wanted
from indicators.queries.figure_cases import figure_cases
from indicators.views import gate
from indicators.views.asked import force_of


@gate("case.see")
def listing(request: PersonRequest) -> HttpResponse:
    """Search the cases of a force."""
    force = force_of(request)
    if force is None or not CaseMonth.objects.filter(force=force).exists():
        return render(request, "indicators/cases.html", {"door": "cases"})
    form = CaseSearchForm(force, request.GET)
    context: dict[str, Any] = {"door": "cases", "force": force, "form": form}
    if form.is_valid():
        wanted = form.wanted()
        context |= _found(request, force, wanted, cases.tally(force, wanted))
        if wanted.reference:
            context["earlier"] = cases.earlier_places(force, wanted.reference)
    return render(request, "indicators/cases.html", context)


def _found(request: PersonRequest, force: Force, wanted: Wanted, counted: Tally) -> dict[str, Any]:
    """Return a page of cases with what lies over them."""
    after = CaseKey.parse(request.GET.get("after", ""))
    page = cases.page(force, wanted, counted, after)
    marked, aside = cases.overlaid(force, page.cases)
    rows = [(case, CaseKey.of(case) in marked, CaseKey.of(case) in aside) for case in page.cases]
    return {"rows": rows, "after": page.after, "is_later_page": after is not None, "tally": counted}


@gate("case.see")
def behind_figure(request: PersonRequest, key: str) -> HttpResponse:
    """List the cases behind a figure of an indicator."""
    indicator = get_object_or_404(Indicator.objects.select_related("breakdown"), key=key)
    form = FigureAddressForm(request.GET)
    if not form.is_valid():
        raise Http404
    force = form.cleaned_data["force"]
    figure = figure_cases(force, form.address(indicator))
    if figure is None:
        raise Http404
    context = {"door": "cases", "force": force, "indicator": indicator, "figure": figure}
    context |= _found(request, force, figure.wanted, figure.tally)
    return render(request, "indicators/figure_cases.html", context)


@gate("case.see")
def page(request: PersonRequest, force: str, month: date, key: UUID, ordinal: int) -> HttpResponse:
    """Show one case: what it is, where it came from, what it was, what people laid over it."""
    owner = get_object_or_404(Force, slug=force)
    at = CaseKey(month, key, ordinal)
    here = {"force": owner, "month": month, "key": key, "ordinal": ordinal}
    found = story(owner, at)
    marks = list(Mark.objects.filter(**here).select_related("by", "cleared_by").order_by("-id"))
    asides = list(SetAside.objects.filter(**here).select_related("asked_by", "agreed_by", "lifted_by").order_by("-id"))
    removed = cases.without_rows(owner, month)
    if found is None and not removed:
        raise Http404
    context = {"door": "cases", "force": owner, "at": at, "story": found, "removed": removed}
    context |= {"open_mark": next((one for one in marks if one.cleared_at is None), None), "marks": marks}
    context |= {"set_aside": next((one for one in asides if one.lifted_at is None), None), "asides": asides}
    return render(request, "indicators/case.html", context)
