"""The starting set as one document, without figures and without people: all definitions, and the outlines."""

from typing import Any

from indicators.queries import shipping
from narratives.models.outline import Outline

Entry = dict[str, Any]

COVER = ("slug", "name", "report_title", "addressed_to", "meeting", "marking")


def document() -> Entry:
    """Return what `narratives.actions.starting_set.load` reads. Dates and numbers are text."""
    rows = Outline.objects.prefetch_related("parts__entries__topic__portfolio")
    return {**shipping.document(), "outlines": [_outline(one) for one in rows.order_by("slug")]}


def _outline(one: Outline) -> Entry:
    return {
        **{name: getattr(one, name) for name in COVER},
        "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat() if one.ends_on else None,
        "parts": [
            {
                "title": part.title,
                "sections": [
                    {
                        "topic": entry.topic.slug,
                        "title": entry.topic.title,
                        "portfolio": entry.topic.portfolio.slug,
                        "is_lettered": entry.is_lettered,
                    }
                    for entry in part.entries.all()
                ],
            }
            for part in one.parts.all()
        ],
    }
