"""Pages of exhibits: the list, one with its figures and its history, and making and editing one with a preview."""

import base64
import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from indicators import pages, rules
from indicators.actions import exhibits as actions
from indicators.exhibits.definition import KIND_NAMES, STARTS
from indicators.exhibits.shown import Exhibited
from indicators.forms.charts import WORDS
from indicators.forms.exhibit_pages import ExhibitPage
from indicators.forms.exhibits import known
from indicators.forms.fields import quarter_of
from indicators.gates import PersonRequest
from indicators.models.area import Force
from indicators.models.exhibit import Exhibit
from indicators.people import Refused
from indicators.queries import versions
from indicators.queries.exhibit_changes import changes
from indicators.queries.exhibits import book_for, state_of, trial
from indicators.tables import Chart, Listing
from indicators.views import gate

IMAGE = "data:image/svg+xml;base64,"


@gate("exhibit.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List the exhibits by portfolio, each with its kind."""
    groups: dict[str, list[tuple[Exhibit, str]]] = {}
    for row in Exhibit.objects.select_related("portfolio").order_by("portfolio__name", "title"):
        kind = KIND_NAMES.get(str(row.definition.get("kind")), "") if isinstance(row.definition, dict) else ""
        groups.setdefault(row.portfolio.name, []).append((row, kind or "Not readable"))
    may_edit = bool(rules.can_edit_exhibit(request.person))
    context = {"door": "indicators", "groups": list(groups.items()), "can_edit": may_edit}
    return render(request, "indicators/exhibits.html", context)


@gate("exhibit.see")
def page(request: PersonRequest, key: str) -> HttpResponse:
    """Show one exhibit with the figures of a quarter, its definition, and who changed it."""
    exhibit = get_object_or_404(Exhibit.objects.select_related("portfolio"), key=key)
    force = Force.objects.order_by("pk").first()
    quarter = quarter_of(request.GET.get("quarter"), versions.newest_quarter(force) if force else None)
    book = book_for(exhibit.definition, force, quarter) if quarter else None
    made, faults = trial(exhibit, book)
    context = {
        "door": "indicators",
        "exhibit": exhibit,
        "faults": faults,
        "changes": changes(exhibit),
        "can_edit": bool(rules.can_edit_exhibit(request.person)),
        "text": json.dumps(exhibit.definition, indent=1, ensure_ascii=False),
        **_drawn(made),
        **(pages.around(quarter) if quarter else {}),
    }
    return render(request, "indicators/exhibit.html", context)


@gate("exhibit.edit", "GET", "HEAD", "POST")
def add(request: PersonRequest) -> HttpResponse:
    """Choose a kind, then make an exhibit of it."""
    start = STARTS.get(request.GET.get("kind", ""))
    if start is None:
        kinds = [(kind, words, WORDS.get(kind, "")) for kind, words in KIND_NAMES.items()]
        return render(request, "indicators/exhibit_new.html", {"door": "indicators", "kinds": kinds})
    return _edited(request, Exhibit(definition=start))


@gate("exhibit.edit", "GET", "HEAD", "POST")
def edit(request: PersonRequest, key: str) -> HttpResponse:
    """Edit an exhibit: save it, or see what would come out, which changes nothing."""
    return _edited(request, get_object_or_404(Exhibit, key=key))


def _edited(request: PersonRequest, exhibit: Exhibit) -> HttpResponse:
    offered, opened = known(), state_of(exhibit) if exhibit.pk else ""
    if request.method != "POST":
        return _shown(request, ExhibitPage(exhibit, offered, opened))
    page = ExhibitPage(exhibit, offered, opened, data=request.POST)
    if page.is_changing_lines or not page.is_valid():
        return _shown(request, page, status=200 if page.is_changing_lines else 422)
    sent, was = page.sent(), page.general.cleaned_data["opened"]
    again = ExhibitPage(sent, offered, was)
    if not request.POST.get("intent", "").endswith("save"):
        made, faults = trial(sent, book_for(sent.definition))
        return _shown(request, again, faults=faults, made=made, status=422 if faults else 200)
    try:
        actions.save(sent, by=request.person, opened=was)
    except actions.NotDrawn as refused:
        return _shown(request, again, faults=refused.faults, status=422)
    except Refused as refused:
        if not refused.verdict.is_conflict:
            raise
        # What was written stays on the page; saved from there over another's it would still be refused.
        made, _ = trial(sent, book_for(sent.definition))
        return _shown(request, again, faults=(refused.verdict.reason,), made=made, status=409)
    messages.success(request, f"“{sent.title}” is saved. Texts that place it show it so from now on.")
    return redirect("exhibit", sent.key)


def _shown(
    request: PersonRequest, page: ExhibitPage, *, faults: tuple[str, ...] = (), made: Exhibited | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    page.tell(faults)
    context = {
        "door": "indicators",
        "page": page,
        "exhibit": page.exhibit,
        "is_preview": request.method == "POST" and not page.is_changing_lines,
        **_drawn(made),
    }
    return render(request, "indicators/exhibit_form.html", context, status=status)


def _drawn(made: Exhibited | None) -> dict[str, Any]:
    """What a page needs to show what came out: a table, a list, or a chart with its drawing inside the page."""
    if made is None:
        return {}
    shown = made.exhibit
    if isinstance(shown, Chart):
        wide, narrow = (base64.b64encode(svg.encode()).decode() for svg in (shown.svg, shown.narrow))
        return {"chart": shown, "drawing": f"{IMAGE}{wide}", "narrow": f"{IMAGE}{narrow}"}
    return {"list": shown} if isinstance(shown, Listing) else {"table": shown}
