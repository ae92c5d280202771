"""Outlines: loading the parts and topics of a kind of report from one document."""

from datetime import date
from typing import Any

from django.db import transaction

from indicators.models.portfolio import Portfolio
from indicators.people import Person
from narratives.models.outline import Outline, OutlineEntry, OutlinePart, Topic

Document = dict[str, Any]
COVER = ("name", "report_title", "addressed_to", "meeting")


@transaction.atomic
def load(document: Document, *, by: Person) -> Outline:
    """Create or update an outline with its parts and topics by their keys; the same document twice changes nothing.

    `document` has slug, name, report_title, addressed_to, meeting, marking, starts_on (ISO date), ends_on and parts;
    a part has a title and sections; a section has topic (a slug), title, portfolio (a slug) and is_lettered. Parts and
    places that the document no longer holds go; topics stay, because sections were written about them.
    """
    fields: Document = {name: document[name] for name in COVER}
    fields["marking"] = document.get("marking", "OFFICIAL")
    fields["starts_on"] = date.fromisoformat(document["starts_on"])
    fields["ends_on"] = date.fromisoformat(document["ends_on"]) if document.get("ends_on") else None
    outline, _ = Outline.objects.update_or_create(slug=document["slug"], defaults=fields)
    parts = document.get("parts", [])
    for position, part in enumerate(parts, start=1):
        kept, _ = OutlinePart.objects.update_or_create(
            outline=outline, position=position, defaults={"title": part["title"]}
        )
        _entries(kept, part.get("sections", []))
    OutlinePart.objects.filter(outline=outline, position__gt=len(parts)).delete()
    return outline


def _entries(part: OutlinePart, sections: list[Document]) -> None:
    topics = []
    for section in sections:
        topic, _ = Topic.objects.update_or_create(
            slug=section["topic"],
            defaults={"title": section["title"], "portfolio": Portfolio.objects.get(slug=section["portfolio"])},
        )
        topics.append((topic, bool(section.get("is_lettered", True))))
    wanted = [(position, topic.pk, lettered) for position, (topic, lettered) in enumerate(topics, start=1)]
    held = list(OutlineEntry.objects.filter(part=part).values_list("position", "topic_id", "is_lettered"))
    if held == wanted:
        return
    # A place has no history of its own: written anew, so that two topics may change places.
    OutlineEntry.objects.filter(part=part).delete()
    OutlineEntry.objects.bulk_create(
        OutlineEntry(part=part, position=position, topic_id=topic_id, is_lettered=lettered)
        for position, topic_id, lettered in wanted
    )
