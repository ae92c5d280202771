"""Pages of dated notes: the list of breaks, annotations and footnotes, adding, changing and ending one."""

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from indicators import rules
from indicators.actions import dated_notes as actions
from indicators.choices import AreaKind, Window
from indicators.forms.notes import DatedNoteForm
from indicators.gates import PersonRequest
from indicators.models.area import Area
from indicators.models.dated_note import DatedNote
from indicators.models.indicator import Indicator
from indicators.periods import Period, label
from indicators.views import gate


@gate("note.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List every note with what it is about, ended ones last."""
    rows = DatedNote.objects.select_related("force", "part", "ended_by")
    rows = rows.order_by(F("ended_at").asc(nulls_first=True), F("starts_on").desc(nulls_last=True), "id")
    names = dict(Indicator.objects.values_list("key", "name"))
    places = dict(Area.objects.exclude(kind=AreaKind.SMALL_AREA).values_list("slug", "name"))
    context = {
        "door": "indicators",
        "notes": [(row, _about(row, names, places)) for row in rows],
        "can_edit": bool(rules.can_edit_note(request.person)),
    }
    return render(request, "indicators/notes.html", context)


def _about(note: DatedNote, names: dict[str, str], places: dict[str, str]) -> list[str]:
    """Say in words what a note is about, from the widest to the narrowest."""
    words = [", ".join(names.get(key, key) for key in note.indicators) or "All indicators"]
    if note.part:
        words.append(f"Part: {note.part.name}")
    words.append(", ".join(places.get(slug, slug) for slug in note.areas) or "All areas")
    if note.window:
        words.append(f"One value: {label(Period(Window(note.window), None, note.end))}")
    return words


@gate("note.edit", "GET", "HEAD", "POST")
def add(request: PersonRequest) -> HttpResponse:
    """Add a break, an annotation or a footnote."""
    return _kept(request, DatedNote())


@gate("note.edit", "GET", "HEAD", "POST")
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a note that is still printed."""
    return _kept(request, get_object_or_404(DatedNote.objects.open(), pk=pk))


def _kept(request: PersonRequest, note: DatedNote) -> HttpResponse:
    form = DatedNoteForm(note, request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.save(form.fill(note), by=request.person)
        messages.success(request, f"“{note.label}” is saved. It follows the figures from now on.")
        return redirect("notes")
    context: dict[str, Any] = {"door": "indicators", "form": form, "note": note}
    return render(request, "indicators/note_form.html", context, status=422 if form.errors else 200)


@gate("note.edit", "POST")
def end(request: PersonRequest, pk: int) -> HttpResponse:
    """Print a note no more."""
    note = get_object_or_404(DatedNote, pk=pk)
    actions.end(note, by=request.person)
    messages.success(request, f"“{note.label}” is ended. Reports that were presented keep it.")
    return redirect("notes")
