"""Pages that change a section's text: the editor with its preview, the page of a lost race, newer figures."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from indicators.gates import PersonRequest
from indicators.people import Refused
from indicators.rules import require
from narratives import queries, rules
from narratives.actions import drafting
from narratives.forms import DecisionForm, SectionForm
from narratives.models.section import Section
from narratives.views import contents, gate

NO_VERSION = (
    "The text came without the version of the section it was written for, so nothing was saved. "
    "Compare it with the text as it stands, then save it again."
)


@gate("section.save", "GET", "HEAD", "POST")
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a section's text to be written; preview or save what was typed."""
    section = contents.find(request, pk)
    if request.method == "POST":
        return _posted(request, section)
    require(rules.can_save(request.person, section.portfolio_id, section.state))
    revision = queries.current_revision(section)
    form = SectionForm(initial={"version": section.version, "text": revision.text if revision else ""})
    context = {"form": form, **contents.editing_page(section, "", is_previewed=False)}
    return render(request, "narratives/section_form.html", context)


def _posted(request: PersonRequest, section: Section) -> HttpResponse:
    form = SectionForm(request.POST)
    is_fit = form.is_valid()
    if "version" in form.errors:
        return _conflict(request, section, NO_VERSION, status=400)
    if not is_fit or request.POST.get("intent") == "preview":
        require(rules.can_save(request.person, section.portfolio_id, section.state))
        text = form.cleaned_data.get("text", "")
        context = {"form": form, **contents.editing_page(section, text, is_previewed=is_fit)}
        return render(request, "narratives/section_form.html", context, status=200 if is_fit else 400)
    try:
        drafting.save(section, form.cleaned_data["text"], by=request.person, version=form.cleaned_data["version"])
    except Refused as refused:
        if not refused.verdict.is_conflict:
            raise
        return _conflict(request, section, refused.verdict.reason, status=409)
    messages.success(request, "The text is saved.")
    return redirect("section", section.pk)


def _conflict(request: PersonRequest, section: Section, reason: str, status: int) -> HttpResponse:
    context = contents.conflict_page(section, request.person, request.POST.get("text", ""), reason)
    return render(request, "narratives/conflict.html", context, status=status)


@gate("section.save", "POST")
def take_figures(request: PersonRequest, pk: int) -> HttpResponse:
    """Save the text as it is with the newer figures."""
    section = contents.find(request, pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return render(request, "narratives/incomplete.html", {"door": "sections", "section": section}, status=400)
    drafting.take_newer_figures(section, by=request.person, version=form.cleaned_data["version"])
    messages.success(request, "The text now quotes the newer figures. Read it once more: the words may no longer fit.")
    return redirect("section", section.pk)
