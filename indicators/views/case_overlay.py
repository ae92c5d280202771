"""Pages of what people lay over cases: marks, and cases set aside by two people."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from indicators import rules
from indicators.actions import overlay as actions
from indicators.forms.cases import reason_of
from indicators.gates import PersonRequest
from indicators.models.area import Force
from indicators.models.overlay import Mark, SetAside
from indicators.people import Person
from indicators.permissions import PERMISSIONS
from indicators.queries.case_history import story
from indicators.queries.cases import CaseKey, without_rows
from indicators.views import gate

MARKED = "marked"
KINDS = {"asked": "Asked for", "in-force": "Set aside", "ended": "Lifted or withdrawn", MARKED: "Marked"}
PER_PAGE = 25


@gate("set_aside.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List the cases that are marked, asked to be set aside, set aside, and those that were."""
    may_see_cases = request.person.has(*PERMISSIONS["case.see"])
    kinds = {kind: words for kind, words in KINDS.items() if kind != MARKED or may_see_cases}
    shown = request.GET.get("show", "asked")
    if shown not in kinds:
        raise Http404
    page = Paginator(_of_kind(shown), PER_PAGE).get_page(request.GET.get("page"))
    context = {"kinds": kinds, "shown": shown, "words": kinds[shown], "page": page, "may_see_cases": may_see_cases}
    return render(request, "indicators/case_overlays.html", {"door": "cases", **context})


def _of_kind(shown: str) -> QuerySet[Mark] | QuerySet[SetAside]:
    if shown == MARKED:
        return Mark.objects.open().select_related("force", "by").order_by("-id")
    asides = SetAside.objects.select_related("force", "asked_by", "agreed_by", "lifted_by").order_by("-id")
    return {"asked": asides.asked(), "in-force": asides.in_force(), "ended": asides.ended()}[shown]


@gate("set_aside.see")
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one case that is set aside, or asked to be, with what a second person has to know of it."""
    people = ("force", "asked_by", "agreed_by", "lifted_by")
    set_aside = get_object_or_404(SetAside.objects.select_related(*people), pk=pk)
    context = {
        "door": "cases",
        "set_aside": set_aside,
        "story": story(set_aside.force, CaseKey(set_aside.month, set_aside.key, set_aside.ordinal)),
        "removed": without_rows(set_aside.force, set_aside.month),
        "may_see_cases": request.person.has(*PERMISSIONS["case.see"]),
        **_acts(request.person, set_aside),
    }
    return render(request, "indicators/set_aside.html", context)


def _acts(person: Person, set_aside: SetAside) -> dict[str, bool]:
    """Return what this person may do about it, once a reason is given."""
    return {
        "is_own": set_aside.asked_by_id == person.id,
        "may_agree": bool(rules.can_agree_set_aside(person, set_aside)),
        "may_withdraw": bool(rules.can_withdraw_set_aside(person, set_aside, "given")),
        "may_lift": bool(rules.can_lift_set_aside(person, set_aside, "given")),
    }


@gate("case.mark", "POST")
def mark(request: PersonRequest, force: str, month: date, key: UUID, ordinal: int) -> HttpResponse:
    """Mark a case to be looked at."""
    owner = get_object_or_404(Force, slug=force)
    actions.mark(owner, CaseKey(month, key, ordinal), by=request.person, reason=reason_of(request.POST))
    messages.success(request, "The case is marked. It counts as before.")
    return redirect("case", force, month, key, ordinal)


@gate("case.mark", "POST")
def clear(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a mark off a case."""
    found = get_object_or_404(Mark.objects.select_related("force"), pk=pk)
    actions.clear(found, by=request.person)
    messages.success(request, "The mark is cleared.")
    return redirect("case", found.force.slug, found.month, found.key, found.ordinal)


@gate("case.set_aside", "POST")
def ask(request: PersonRequest, force: str, month: date, key: UUID, ordinal: int) -> HttpResponse:
    """Ask for a case to be set aside."""
    owner = get_object_or_404(Force, slug=force)
    set_aside = actions.ask(owner, CaseKey(month, key, ordinal), by=request.person, reason=reason_of(request.POST))
    messages.success(request, "A second person has to agree. Until then the case counts.")
    return redirect("set-aside", set_aside.pk)


@gate("case.agree", "POST")
def agree(request: PersonRequest, pk: int) -> HttpResponse:
    """Set a case aside as the second person."""
    actions.agree(get_object_or_404(SetAside.objects.select_related("force"), pk=pk), by=request.person)
    messages.success(request, "The case is set aside. Its figures are counted anew, and say so.")
    return redirect("set-aside", pk)


@gate("case.agree", "POST")
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """End a request that nobody has agreed to."""
    actions.withdraw(get_object_or_404(SetAside, pk=pk), by=request.person, reason=reason_of(request.POST))
    messages.success(request, "The request is ended. The case counts as before.")
    return redirect("set-aside", pk)


@gate("case.set_aside", "POST")
def lift(request: PersonRequest, pk: int) -> HttpResponse:
    """Let a case count again."""
    set_aside = get_object_or_404(SetAside.objects.select_related("force"), pk=pk)
    actions.lift(set_aside, by=request.person, reason=reason_of(request.POST))
    messages.success(request, "The case counts again. Its figures are counted anew.")
    return redirect("set-aside", pk)
