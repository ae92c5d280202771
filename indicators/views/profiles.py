"""Pages of profiles: the list, one in words, beginning one from a sample, editing and trying it, retiring it."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from indicators import rules
from indicators.actions import imports, staging
from indicators.actions import profiles as actions
from indicators.drafts import Draft
from indicators.forms.profiles import HOLDS_NAMES, NewProfileForm, ProfilePage, SampleForm
from indicators.gates import PersonRequest
from indicators.models.area import Area
from indicators.models.category import Category, Flag
from indicators.models.profile import CaseProfile, SheetProfile
from indicators.queries.case_series import policy_of
from indicators.readers.layouts import parse_layout
from indicators.readers.problems import FileRefused
from indicators.readers.samples import Sample, Trial, look, try_out
from indicators.views import gate

MOST_IMPORTS = 10


@gate("profile.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List the profiles of every force, retired ones last."""
    rows = CaseProfile.objects.select_related("force", "source", "saved_by").order_by("is_retired", "force", "name")
    can_edit = bool(rules.can_edit_profile(request.person))
    sheets = SheetProfile.objects.select_related("force", "source", "saved_by").order_by("is_retired", "force", "name")
    context = {"door": "imports", "profiles": rows, "sheet_profiles": sheets, "can_edit": can_edit}
    return render(request, "indicators/profiles.html", context)


@gate("profile.see")
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show in words how a profile reads files, and which it has read."""
    profile = get_object_or_404(CaseProfile.objects.select_related("force", "source", "saved_by"), pk=pk)
    layout, _ = parse_layout(profile.definition)
    areas = dict(Area.objects.filter(force=profile.force, slug__in=layout.areas.values()).values_list("slug", "name"))
    context = {
        "door": "imports",
        "profile": profile,
        "layout": layout,
        "columns": [(name, HOLDS_NAMES.get(held, held)) for held, name in layout.columns.items()],
        "areas": [(text, areas.get(slug, slug)) for text, slug in layout.areas.items()],
        "offences": [(text, ": ".join(word for word in meant if word)) for text, meant in layout.offences.items()],
        "flags": [
            (f"{column}: {text or '(blank)'}", flag or "No flag")
            for column, values in layout.flags.items()
            for text, flag in values.items()
        ],
        "policy": policy_of(profile.source),
        "imports": profile.imports.order_by("-id")[:MOST_IMPORTS],
        "can_edit": bool(rules.can_edit_profile(request.person)) and not profile.is_retired,
    }
    return render(request, "indicators/profile.html", context)


@gate("profile.edit", "GET", "HEAD", "POST")
def add(request: PersonRequest) -> HttpResponse:
    """Begin a profile with what the columns and words of a sample suggest."""
    form = NewProfileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        sample = _looked_at(form)
        if sample is not None:
            draft = Draft()
            draft.take(sample, staging.lookups(given["force"]))
            names = given["force"], given["source"], given["name"]
            made = actions.create(*names, draft.document(), draft.found(), by=request.person)
            messages.success(request, "Begun. Look at every suggestion, then save the profile.")
            return redirect("profile-edit", made.pk)
    status = 422 if form.errors else 200
    return render(request, "indicators/profile_new.html", {"door": "imports", "form": form}, status=status)


@gate("profile.edit", "GET", "HEAD", "POST")
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Edit a profile: save it, list its words again, or try it on a sample, which changes nothing."""
    profile = get_object_or_404(CaseProfile.objects.select_related("force"), pk=pk, is_retired=False)
    known = staging.lookups(profile.force)
    if request.method != "POST":
        return _shown(request, profile, ProfilePage(profile, known))
    sent = ProfilePage(profile, known, data=request.POST, files=request.FILES)
    if not sent.is_valid():
        return _shown(request, profile, sent, status=422)
    act = {"save": _saved, "try": _tried}.get(request.POST.get("intent", ""))
    return act(request, profile, sent) if act else _shown(request, profile, sent.with_draft(sent.draft()))


@gate("profile.edit", "POST")
def retire(request: PersonRequest, pk: int) -> HttpResponse:
    """Offer a profile for no further file."""
    profile = get_object_or_404(CaseProfile, pk=pk)
    actions.retire(profile, by=request.person)
    messages.success(request, f"“{profile.name}” is retired. What it has read stays as it is.")
    return redirect("profiles")


def _saved(request: PersonRequest, profile: CaseProfile, sent: ProfilePage) -> HttpResponse:
    """Save what was sent if it is whole; otherwise show all that is missing or wrong."""
    draft, given = sent.draft(), sent.general.cleaned_data
    faults = sent.faults(draft)
    if faults:
        return _shown(request, profile, sent.with_draft(draft), faults=faults, status=422)
    document, found = draft.document(), draft.found()
    actions.save(profile, document, found, version=given["version"], name=given["name"], by=request.person)
    messages.success(request, f"“{profile.name}” is saved as version {profile.version}.")
    return redirect("profile", profile.pk)


def _path(form: SampleForm) -> Path:
    """Return where the file of a sample stands: the one that was sent, or the one that was received before."""
    given = form.cleaned_data
    return Path(given["file"].temporary_file_path()) if given["file"] else imports.stored_path(given["received"].sha256)


def _looked_at(form: SampleForm) -> Sample | None:
    """Return the columns and words of a sample; when it cannot be read, the form says why and there is none."""
    try:
        return look(_path(form))
    except FileRefused as refused:
        for problem in refused.problems.listed[:10]:
            form.add_error("file", problem.message)
    except FileNotFoundError:
        form.add_error("received", "This file is no longer held. Send a sample instead.")
    return None


def _tried(request: PersonRequest, profile: CaseProfile, sent: ProfilePage) -> HttpResponse:
    """Show the page with the words of a sample, and what the profile would make of its rows."""
    draft = sent.draft()
    sample = _looked_at(sent.sample)
    if sample is None:
        return _shown(request, profile, sent, status=422)
    known = staging.lookups(profile.force)
    layout, _ = parse_layout(draft.document())
    faults = sent.faults(draft)
    trial = None if faults else try_out(_path(sent.sample), known, layout)
    draft.take(sample, known)
    return _shown(request, profile, sent.with_draft(draft), faults=faults, trial=trial)


def _shown(
    request: PersonRequest,
    profile: CaseProfile,
    shown: ProfilePage,
    *,
    faults: list[str] | None = None,
    trial: Trial | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the page of a profile as it is edited."""
    context: dict[str, Any] = {"door": "imports", "profile": profile, "page": shown}
    context["errors"] = [*(("columns", fault) for fault in faults or []), *shown.errors]
    if trial is not None:
        context |= {"trial": trial, "cases": _cases(trial), "months": sorted(trial.months.items())}
    return render(request, "indicators/profile_form.html", context, status=status)


def _cases(trial: Trial) -> list[dict[str, Any]]:
    """Return the first cases of a trial as they would be stored, in words."""
    areas = Area.objects.in_bulk({case[10] for case in trial.cases})
    categories = Category.objects.in_bulk({case[13] for case in trial.cases})
    flags = dict(Flag.objects.values_list("id", "name"))
    return [
        {
            "row": case[0], "month": case[2], "reference": case[5], "day": case[6], "location": case[9],
            "area": areas[case[10]].name, "category": str(categories[case[13]]), "outcome": case[14],
            "flags": ", ".join(flags[pk] for pk in case[16]),
        }
        for case in trial.cases
    ]  # fmt: skip
