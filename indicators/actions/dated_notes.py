"""Dated notes: saving what has to be known of figures, ending what no longer has, loading them from a document."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from indicators import dated_notes, rules
from indicators.choices import AreaKind
from indicators.models.area import Area, Force
from indicators.models.breakdown import BreakdownValue
from indicators.models.dated_note import DatedNote
from indicators.models.indicator import Indicator
from indicators.people import Person, Refused, Verdict

Document = dict[str, Any]

FIELDS = (
    "kind", "label", "words", "force", "indicators", "areas", "part", "starts_on", "ends_on", "window", "end",
)  # fmt: skip
CHANGED = "Somebody else has changed this note since you opened it. Open it again and make your changes there."
ENDED = "This note has been ended already. It is printed no more."


def save(note: DatedNote, *, by: Person) -> None:
    """Keep a new note, or a changed one that still has the version it was read with; it is then the next."""
    rules.require(rules.can_edit_note(by))
    _require_sound(note)
    if note._state.adding:
        _create(note)
        return
    values = {name: getattr(note, name) for name in FIELDS}
    same = DatedNote.objects.open().filter(pk=note.pk, version=note.version)
    saved = same.update(**values, version=F("version") + 1)
    note.refresh_from_db()
    if not saved:
        raise Refused(Verdict(False, ENDED if note.ended_at else CHANGED, is_conflict=True))


def end(note: DatedNote, *, by: Person) -> None:
    """Print a note no more. What is presented already stays as it is."""
    rules.require(rules.can_edit_note(by))
    ended = DatedNote.objects.open().filter(pk=note.pk).update(ended_at=Now(), ended_by_id=by.id)
    note.refresh_from_db()
    if not ended:
        raise Refused(Verdict(False, ENDED, is_conflict=True))


@transaction.atomic
def load(entries: Iterable[Document], *, by: Person) -> int:
    """Create or update the notes of a document by their keys; returns how many it holds. Raises Refused.

    An entry: {"key", "kind", "label", "words"} and, where they narrow it, "force", "indicators", "areas", "part",
    "from", "until", or "window" and "end" of a single value. A note that somebody ended stays ended.
    """
    count = 0
    for entry in entries:
        count += 1
        note = DatedNote.objects.filter(key=entry["key"]).first() or DatedNote(key=entry["key"])
        before = [getattr(note, name) for name in FIELDS]
        _fill(note, entry)
        if note.ended_at is None and (note._state.adding or before != [getattr(note, name) for name in FIELDS]):
            save(note, by=by)
    return count


def _fill(note: DatedNote, entry: Document) -> None:
    for name in ("kind", "label", "words"):
        setattr(note, name, entry[name])
    note.indicators, note.areas = list(entry.get("indicators", [])), list(entry.get("areas", []))
    note.force = Force.objects.get(slug=entry["force"]) if entry.get("force") else None
    note.window = entry.get("window", "")
    note.part = None
    if entry.get("part"):
        own = BreakdownValue.objects.filter(breakdown__indicator__key__in=note.indicators, slug=entry["part"])
        note.part = own.first()
        if note.part is None:
            raise Refused(Verdict(False, f"“{note.label}”: there is no part “{entry['part']}”."))
    for name, given in (("starts_on", "from"), ("ends_on", "until"), ("end", "end")):
        setattr(note, name, date.fromisoformat(entry[given]) if entry.get(given) else None)


def _create(note: DatedNote) -> None:
    try:
        with transaction.atomic():
            note.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(Verdict(False, f"There is a note “{note.key}” already.", is_conflict=True)) from error


def _require_sound(note: DatedNote) -> None:
    found = dated_notes.faults(
        note.kind,
        starts_on=note.starts_on,
        ends_on=note.ends_on,
        indicators=note.indicators,
        areas=note.areas,
        has_part=note.part is not None,
        window=note.window,
        end=note.end,
    )
    words = [*found.values(), *_unknown(note)]
    if words:
        raise Refused(Verdict(False, f"“{note.label}” cannot be saved. {' '.join(words)}"))


def _unknown(note: DatedNote) -> list[str]:
    """Name what the note is about and nobody has defined."""
    known = dict(Indicator.objects.filter(key__in=note.indicators).values_list("key", "breakdown_id"))
    words = [f"There is no indicator “{key}”." for key in note.indicators if key not in known]
    places = set(Area.objects.exclude(kind=AreaKind.SMALL_AREA).values_list("slug", flat=True)) if note.areas else set()
    words += [f"There is no area “{slug}”." for slug in note.areas if slug not in places]
    if note.part is not None and note.part.breakdown_id not in known.values():
        words.append(f"“{note.part.name}” is no part of this indicator.")
    return words
