"""Reads of exhibits: who changed one, and when."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model

from indicators.models.exhibit import Exhibit


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an exhibit as the database kept it."""

    at: datetime
    who: str
    title: str
    is_first: bool


def changes(exhibit: Exhibit) -> list[Change]:
    """Return every change of an exhibit, the newest first; who made it where a person did it on a page. Two queries."""
    events = exhibit.events.select_related("pgh_context").order_by("-pgh_id")  # type: ignore[attr-defined]
    made = [(one, (one.pgh_context.metadata or {}).get("user") if one.pgh_context else None) for one in events]
    people = get_user_model()._default_manager.filter(pk__in={pk for _, pk in made if pk})
    names = {person.pk: str(person.name) for person in people}
    return [
        Change(one.pgh_created_at, names.get(pk, "") if pk else "", one.title, one.pgh_label == "insert")
        for one, pk in made
    ]
