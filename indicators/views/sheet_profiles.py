"""Pages of profiles of wide sheets: one in words, beginning one from a sample, editing and trying it, retiring it."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from indicators import rules
from indicators.actions import imports, observations
from indicators.actions import profiles as actions
from indicators.forms.sheet_lines import FACTOR_NAMES, HEADING_NAMES, HOLDS_NAMES, MARK_NAMES, WORD_NAMES
from indicators.forms.sheet_trials import outcome_of, series_in_words, shown_of
from indicators.forms.wide_sheets import (
    NAMED_BY_NAMES,
    SHAPE_NAMES,
    NewSheetProfileForm,
    SheetProfilePage,
    SheetSampleForm,
    in_sheet_order,
    taken,
    undecided,
)
from indicators.gates import PersonRequest
from indicators.models.profile import SheetProfile
from indicators.problem_lines import LINES_SHOWN, Place, lines
from indicators.queries.uses import uses
from indicators.readers.problems import FileRefused
from indicators.readers.sheet_layouts import Meaning, SheetLayout, SheetLookups, parse_sheet_layout
from indicators.readers.sheet_suggestions import months_words, suggest_layout
from indicators.readers.wide_sheets import WideRead, read_wide
from indicators.views import gate

MOST_IMPORTS = 10


@gate("profile.see")
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show in words how a profile reads sheets, and which files it has read."""
    profile = get_object_or_404(SheetProfile.objects.select_related("force", "source", "saved_by"), pk=pk)
    layout, _ = parse_sheet_layout(profile.definition)
    context = {
        "door": "imports",
        "profile": profile,
        "layout": layout,
        "undecided": undecided(profile.found),
        "imports": profile.imports.order_by("-id")[:MOST_IMPORTS],
        "can_edit": bool(rules.can_edit_profile(request.person)) and not profile.is_retired,
        **_in_words(layout, profile.found, observations.sheet_lookups(profile.force)),
    }
    return render(request, "indicators/sheet_profile.html", context)


@gate("profile.edit", "GET", "HEAD", "POST")
def add(request: PersonRequest) -> HttpResponse:
    """Begin a profile with what the tables of a sample suggest."""
    form = NewSheetProfileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        known = observations.sheet_lookups(given["force"])
        looked = _begun(form, known)
        if looked is not None:
            names = given["force"], given["source"], given["name"]
            made = actions.create_for_sheets(*names, *looked, by=request.person)
            messages.success(request, "Begun. Look at every suggestion, then save the profile.")
            return redirect("sheet-profile-edit", made.pk)
    status = 422 if form.errors else 200
    return render(request, "indicators/sheet_profile_new.html", {"door": "imports", "form": form}, status=status)


@gate("profile.edit", "GET", "HEAD", "POST")
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Edit a profile: save it, or try it on a sample, which changes nothing."""
    profiles = SheetProfile.objects.select_related("force", "source")
    profile = get_object_or_404(profiles, pk=pk, is_retired=False)
    known = observations.sheet_lookups(profile.force)
    if request.method != "POST":
        return _shown(request, profile, SheetProfilePage(profile, known))
    sent = SheetProfilePage(profile, known, data=request.POST, files=request.FILES)
    if not sent.is_valid():
        return _shown(request, profile, sent, status=422)
    act = _tried if request.POST.get("intent") == "try" else _saved
    return act(request, profile, sent, known)


@gate("profile.edit", "POST")
def retire(request: PersonRequest, pk: int) -> HttpResponse:
    """Offer a profile for no further file."""
    profile = get_object_or_404(SheetProfile, pk=pk)
    actions.retire(profile, by=request.person)
    messages.success(request, f"“{profile.name}” is retired. What it has read stays as it is.")
    return redirect("profiles")


@gate("import.see")
def help_page(request: PersonRequest) -> HttpResponse:
    """Tell somebody who has never seen the portal how to load years of history."""
    return render(request, "indicators/history_help.html", {"door": "imports"})


def _saved(request: PersonRequest, profile: SheetProfile, sent: SheetProfilePage, _: SheetLookups) -> HttpResponse:
    """Save what was sent if it is whole; otherwise show all that is missing or wrong."""
    document, found = sent.sent()
    given, faults = sent.general.cleaned_data, sent.faults(document)
    if faults:
        return _shown(request, profile, sent.with_shown(document, found), faults=faults, status=422)
    actions.save(profile, document, found, version=given["version"], name=given["name"], by=request.person)
    messages.success(request, f"“{profile.name}” is saved as version {profile.version}.")
    for words in undecided(found):
        messages.warning(request, words)
    return redirect("sheet-profile", profile.pk)


def _path(form: SheetSampleForm) -> Path:
    """Return where the file of a sample stands: the one that was sent, or the one that was received before."""
    given = form.cleaned_data
    return Path(given["file"].temporary_file_path()) if given["file"] else imports.stored_path(given["received"].sha256)


def _begun(form: NewSheetProfileForm, known: SheetLookups) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return what a sample suggests; when it cannot be read, the form says why and there is nothing."""
    try:
        path = _path(form)
        layout = suggest_layout(path)
        read = read_wide(path, layout, known, "")
        return taken(layout.as_document(), {}, read, known)
    except FileRefused as refused:
        for problem in refused.problems.listed[:10]:
            form.add_error("file", problem.message)
    except FileNotFoundError:
        form.add_error("received", "This file is no longer held. Send a sample instead.")
    return None


def _tried(request: PersonRequest, profile: SheetProfile, sent: SheetProfilePage, known: SheetLookups) -> HttpResponse:
    """Show the page with the texts of a sample, and what the profile would make of its values."""
    document, found = sent.sent()
    layout, _ = parse_sheet_layout(document)
    faults = sent.faults(document)
    try:
        read = read_wide(_path(sent.sample), layout, known, profile.source.slug)
    except FileNotFoundError:
        sent.sample.add_error("received", "This file is no longer held. Send a sample instead.")
        return _shown(request, profile, sent, status=422)
    shown = taken(document, found, read, known)
    return _shown(request, profile, sent.with_shown(*shown), faults=faults, trial=read, known=known)


def _shown(
    request: PersonRequest,
    profile: SheetProfile,
    shown: SheetProfilePage,
    *,
    faults: list[str] | None = None,
    trial: WideRead | None = None,
    known: SheetLookups | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the page of a profile as it is edited."""
    context: dict[str, Any] = {"door": "imports", "profile": profile, "page": shown}
    context["errors"] = [*(("labels", fault) for fault in faults or []), *shown.errors]
    if trial is not None and known is not None:
        open_texts = undecided(shown.found)
        context |= {"undecided": open_texts, **_of_trial(profile, trial, known)}
        context["outcome"] = outcome_of(trial, len(context["errors"]), len(open_texts))
    return render(request, "indicators/sheet_profile_form.html", context, status=status)


def _of_trial(profile: SheetProfile, trial: WideRead, known: SheetLookups) -> dict[str, Any]:
    """Return what a page shows of a trial: values of every measure, what is shown of them, and its problems."""
    places = (Place(one.sheet, one.row, one.column, one.value, one.message) for one in trial.problems.lines())
    series, left = shown_of(trial.rows, known)
    return {
        "trial": trial,
        "uses": uses(profile.force, trial.rows),
        "series": series,
        "series_left": left,
        "problem_lines": lines(places, by_cell=True),
        "lines_shown": LINES_SHOWN,
    }


def _in_words(layout: SheetLayout, found: dict[str, Any], known: SheetLookups) -> dict[str, Any]:
    """Return what a layout says, as a person reads it, in the order of the sheet that `found` keeps."""
    labels = in_sheet_order(layout.labels, found, "labels")
    headings = in_sheet_order(layout.headings, found, "headings")
    return {
        "shape": SHAPE_NAMES[layout.shape],
        "named_by": [NAMED_BY_NAMES[one] for one in layout.named_by],
        "months_mean": months_words(layout.months_mean),
        "labels": [(text, _meant(meaning, known)) for text, meaning in labels],
        "headings": [(text, HEADING_NAMES[holds]) for text, holds in headings],
        "words": [
            (text, f"{WORD_NAMES[meant]}{f': {why}' if why else ''}") for text, (meant, why) in layout.words.items()
        ],
        "marks": [(text, MARK_NAMES[status]) for text, status in layout.marks.items()],
    }


def _meant(meaning: Meaning, known: SheetLookups) -> str:
    if not meaning.holds.is_read:
        return HOLDS_NAMES[meaning.holds]
    unit = f", {FACTOR_NAMES[meaning.factor].lower()}" if meaning.factor != 1 else ""
    area = known.areas.get(meaning.area, meaning.area)
    source = f", from {known.sources.get(meaning.source, meaning.source)}" if meaning.source else ""
    series = series_in_words(meaning.indicator, meaning.part, known)
    return f"{HOLDS_NAMES[meaning.holds]} of {series}, {area}{unit}{source}"
