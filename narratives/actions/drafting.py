"""Drafting: saving a section's text as a new revision that binds its figures to one data version."""

from django.db import transaction

from indicators.people import Person, Refused, Verdict
from indicators.rules import require
from narratives import queries, rules
from narratives.actions.moves import is_repeated, move, require_version
from narratives.models.revision import Binding, Revision
from narratives.models.section import Section
from narratives.renderings.markdown import parse


def save(section: Section, text: str, *, by: Person, version: int) -> Revision:
    """Save a text; `version` is that of the section which the writer saw. Line ends are made plain.

    The figures it names are bound as the cycle knows them now; one that is not known is bound with empty words. An
    approval ends with it. Raises Refused for a text that cannot be kept, for anybody but the portfolio's writers, and
    (a conflict) when the section has moved on. The same text sent twice is saved once.
    """
    text = _plain(text)
    section.refresh_from_db(fields=["state", "version"])
    if section.version != version and is_repeated(section, "save", by=by, version=version):
        done = section.transitions.get(version=version + 1)
        known = section.revisions.filter(number=done.revision_number or 0, text=text).first()
        if known is not None:
            return known
    require(rules.can_save(by, section.portfolio_id, section.state))
    require_version(section, version)
    require(can_be_kept(text))
    book = queries.book_for(section.cycle, [text])
    words = queries.bound(parse(text).references, book)
    with transaction.atomic():
        last = section.revisions.order_by("-number").values_list("number", flat=True).first() or 0
        move(section, "save", by=by, version=version, revision_number=last + 1)
        revision = Revision.objects.create(
            section=section, number=last + 1, text=text, data_version=book.version, by_id=by.id, by_name=by.name
        )
        Binding.objects.bulk_create(Binding(revision=revision, key=key, words=said) for key, said in words.items())
    return revision


def take_newer_figures(section: Section, *, by: Person, version: int) -> Revision:
    """Save the text as it is with the figures the cycle knows now.

    Raises as `save` does, and Refused (a conflict) when there are no newer figures: no approval ends for nothing.
    """
    current = queries.current_revision(section)
    if current is None:
        raise Refused(Verdict(False, rules.NOTHING_WRITTEN, is_conflict=True))
    if current.data_version == queries.cycle_version(section.cycle):
        raise Refused(Verdict(False, rules.NEWEST_ALREADY, is_conflict=True))
    return save(section, current.text, by=by, version=version)


def can_be_kept(text: str) -> Verdict:
    """Say whether a text can be stored and read at all: not too long, not too deep, no broken characters."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        return Verdict(False, "The text holds a character that cannot be stored. Nothing was saved. Delete it.")
    parsed = parse(text)
    if parsed.is_refused:
        return Verdict(False, f"{' '.join(parsed.complaints)} Nothing was saved.")
    return Verdict(True)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
