"""Pages of review: sending, taking back, asking for changes, approving; and what waits for review."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from indicators.gates import PersonRequest
from indicators.people import Refused
from narratives import queries
from narratives.actions import review
from narratives.forms import ChangesForm, DecisionForm
from narratives.models.section import Section
from narratives.views import contents, gate


@gate("section.submit", "POST")
def submit(request: PersonRequest, pk: int) -> HttpResponse:
    """Send a section for review."""
    return _decided(request, pk, review.submit, "The section is with the reviewers.")


@gate("section.withdraw", "POST")
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a section back from review."""
    return _decided(request, pk, review.withdraw, "The section is yours again: you can change it.")


@gate("section.approve", "POST")
def approve(request: PersonRequest, pk: int) -> HttpResponse:
    """Approve a section."""
    return _decided(request, pk, review.approve, "The section is approved.")


def _decided(request: PersonRequest, pk: int, action: Callable[..., None], words: str) -> HttpResponse:
    section = contents.find(request, pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _incomplete(request, section)
    action(section, by=request.person, version=form.cleaned_data["version"])
    messages.success(request, words)
    return redirect("section", section.pk)


def _incomplete(request: PersonRequest, section: Section) -> HttpResponse:
    return render(request, "narratives/incomplete.html", {"door": "sections", "section": section}, status=400)


@gate("section.request_changes", "POST")
def request_changes(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a section back with what has to change; what was typed stays on the page until it is done."""
    section = contents.find(request, pk)
    form = ChangesForm(request.POST)
    if not form.is_valid():
        return _incomplete(request, section) if "version" in form.errors else _again(request, pk, form, 400)
    try:
        review.request_changes(section, by=request.person, **form.cleaned_data)
    except Refused as refused:
        if not refused.verdict.is_conflict:
            raise
        form.add_error(None, refused.verdict.reason)
        return _again(request, pk, form, 409)
    messages.success(request, "The section went back to its writers with what has to change.")
    return redirect("section", pk)


def _again(request: PersonRequest, pk: int, form: ChangesForm, status: int) -> HttpResponse:
    """Show the section as it is now with the form as it was typed, made for the version now shown."""
    section = contents.find(request, pk)
    context = {"form": form, "typed": form["reason"].value(), **contents.section_page(section, request.person)}
    return render(request, "narratives/section.html", context, status=status)


@gate("section.approve")
def waiting(request: PersonRequest) -> HttpResponse:
    """List what waits for review, apart from what this person wrote in."""
    to_review, own = queries.under_review(request.person)
    context = {"door": "reviews", "to_review": to_review, "own": own}
    return render(request, "narratives/reviews.html", context)
