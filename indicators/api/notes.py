"""Series breaks, annotations and footnotes."""

from django.db.models import Q

from indicators.api.asked import Asked, Parameter, Scope
from indicators.api.describing import described, on_day, one_of, text, texts, truth, whole
from indicators.api.doors import Listing
from indicators.api.paging import Key, Keyed, Record, of_query
from indicators.choices import NoteKind, Window
from indicators.models.dated_note import DatedNote

NoteRecord = described(
    "Note",
    "One dated note. It follows the figures it is about until somebody ends it.",
    {
        "note": whole("Number of the note."),
        "key": text("Its name in a document of definitions, where it came from one."),
        "kind": one_of(NoteKind),
        "label": text(),
        "words": text(),
        "indicators": texts("Keys of the indicators it is about; none: all."),
        "areas": texts("Slugs of the areas it is about; none: all."),
        "part": text("Slug of the one part it is about; empty for all."),
        "starts_on": on_day("First day, or the day of the break."),
        "ends_on": on_day("Last day; null while it is open."),
        "window": one_of(Window, "For a note on one value: its kind of period.", empty=True),
        "end": on_day("For a note on one value: the last day of its period."),
        "is_ended": truth("Whether somebody has ended it, so that it is printed no more."),
    },
)


KIND = Parameter("kind", "Only notes of one kind.", tuple(one.value for one in NoteKind))


class Notes(Listing):
    """Series breaks, annotations and footnotes, those that were ended included."""

    name = "notes"
    permission = "note.see"
    scope = Scope.FORCE
    parameters = (KIND,)
    record = NoteRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the notes in the order in which they were written."""
        rows = DatedNote.objects.filter(Q(force=asked.own) | Q(force__isnull=True)).select_related("part")
        if KIND.name in asked.given:
            rows = rows.filter(kind=asked.given[KIND.name])
        return of_query(rows, "pk", after, most, _note)


def _note(one: DatedNote) -> Record:
    days = {"starts_on": one.starts_on, "ends_on": one.ends_on, "end": one.end}
    found = {
        **{name: getattr(one, name) for name in ("key", "kind", "label", "words", "indicators", "areas")},
        **{name: value.isoformat() if value else None for name, value in days.items()},
        "note": one.pk,
        "part": one.part.slug if one.part else "",
        "window": one.window or None,
        "is_ended": one.ended_at is not None,
    }
    return {name: found[name] for name in COLUMNS}


COLUMNS = NoteRecord.columns()
