"""The starting set: definitions and outlines of one document, loaded together or not at all."""

from typing import Any

from django.db import transaction

from indicators.actions import definitions
from indicators.people import Person
from narratives.actions import outlines

Document = dict[str, Any]


@transaction.atomic
def load(document: Document, *, by: Person) -> dict[str, int]:
    """Create or update everything of a document by its key; returns how many of each it holds. Raises Refused."""
    counts = definitions.load(document, by=by)
    for outline in document.get("outlines", []):
        outlines.load(outline, by=by)
    return counts
