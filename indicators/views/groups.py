"""Pages of groups that people keep: one with its figures and its history, beginning one, giving it other members."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from indicators import pages, rules
from indicators.actions import groups as actions
from indicators.forms.groups import GroupPage
from indicators.gates import PersonRequest
from indicators.models.group import ComparatorGroup
from indicators.people import Refused, Verdict
from indicators.queries import books, comparators
from indicators.views import gate
from indicators.views.indicators import has_figures, where


def _group(pk: int) -> ComparatorGroup:
    return get_object_or_404(ComparatorGroup.objects.select_related("area"), pk=pk)


@gate("comparator.see")
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show who belongs to a group, its figures beside the force's, and every list of members there was."""
    group = _group(pk)
    context = {
        "door": "indicators",
        "group": group,
        "newest": actions.newest(group),
        "history": comparators.history(group),
        "can_edit": bool(rules.can_edit_group(request.person)),
        **(_figures(request, group) if has_figures() else {}),
    }
    return render(request, "indicators/group.html", context)


def _figures(request: PersonRequest, group: ComparatorGroup) -> dict[str, object]:
    """Return the figures of a group, and the members behind the one that is asked for."""
    force, quarter = where(request)
    book = books.figure_book(force, quarter, with_districts=True)
    beside = comparators.of_group(force, book, group)
    asked = request.GET.get("indicator", "")
    shown = next((one for one in beside if one.figure.series.indicator == asked), beside[0] if beside else None)
    within = comparators.within(book, shown) if shown else []
    told = pages.annotations(one.figure for one in beside)
    answer = {"force": force, "beside": beside, "shown": shown, "within": within, "annotations": told}
    return {**answer, **pages.around(quarter)}


@gate("group.edit", "GET", "HEAD", "POST")
def add(request: PersonRequest) -> HttpResponse:
    """Begin a group."""
    sent = GroupPage(None, request.POST if request.method == "POST" else None)
    if request.method == "POST" and sent.is_valid():
        given = sent.general.cleaned_data
        try:
            made = actions.create(given["name"], given["note"], sent.members, by=request.person, reason=given["text"])
        except Refused as refused:
            return _shown(request, None, sent, refused.verdict)
        messages.success(request, f"“{made}” is saved. Its figures stand beside those of the force.")
        return redirect("group", made.pk)
    return _shown(request, None, sent)


@gate("group.edit", "GET", "HEAD", "POST")
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a group another list of members; the earlier ones stay."""
    group = _group(pk)
    sent = GroupPage(group, request.POST if request.method == "POST" else None)
    if request.method == "POST" and sent.is_valid():
        given, before = sent.general.cleaned_data, group.version
        about = {"version": given["version"], "by": request.person, "reason": given["text"]}
        try:
            actions.save(group, given["note"], sent.members, **about)
        except Refused as refused:
            return _shown(request, group, sent, refused.verdict)
        same = "The members are the same as before." if group.version == before else f"This is version {group.version}."
        messages.success(request, f"“{group}” is saved. {same}")
        return redirect("group", group.pk)
    return _shown(request, group, sent)


def _shown(
    request: PersonRequest, group: ComparatorGroup | None, sent: GroupPage, refused: Verdict | None = None
) -> HttpResponse:
    """Show the form, with all that was entered and what is wrong with it."""
    context = {"door": "indicators", "group": group, "page": sent}
    return render(request, "indicators/group_form.html", context, status=sent.status(refused))
