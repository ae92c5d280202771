"""Profiles: saving how a force's extracts are read, and retiring what is no longer used.

A saved profile is always whole; each save is a version, and an import keeps the one it was received with.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from indicators import rules
from indicators.actions.staging import lookups
from indicators.models.area import Force
from indicators.models.profile import CaseProfile
from indicators.models.source import DataSource
from indicators.people import Person, Refused, Verdict
from indicators.readers.layouts import parse_layout

Document = dict[str, Any]

CHANGED = "Somebody else has changed this profile since you opened it. Open it again and make your changes there."


def create(
    force: Force, source: DataSource, name: str, definition: Document, found: Document, *, by: Person
) -> CaseProfile:
    """Begin a profile with what a sample suggests. It reads no file until it is saved whole."""
    rules.require(rules.can_edit_profile(by))
    try:
        with transaction.atomic():
            return CaseProfile.objects.create(
                force=force, source=source, name=name, definition=definition, found=found, saved_by_id=by.id
            )
    except IntegrityError as error:
        reason = f"{force.name} has a profile “{name}” already. Choose another name."
        raise Refused(Verdict(False, reason, is_conflict=True)) from error


def save(
    profile: CaseProfile, definition: Document, found: Document, *, version: int, by: Person, name: str = ""
) -> None:
    """Save a profile that was opened at a version; it is then the next. Raises Refused naming all that is wrong."""
    rules.require(rules.can_edit_profile(by))
    layout, faults = parse_layout(definition, lookups(profile.force))
    if faults:
        raise Refused(Verdict(False, " ".join(faults)))
    opened = CaseProfile.objects.filter(pk=profile.pk, version=version, is_retired=False)
    try:
        with transaction.atomic():
            saved = opened.update(
                name=name or profile.name,
                definition=layout.as_document(),
                found=found,
                version=F("version") + 1,
                saved_by_id=by.id,
                saved_at=Now(),
            )
    except IntegrityError as error:
        reason = f"{profile.force.name} has a profile “{name}” already. Choose another name."
        raise Refused(Verdict(False, reason, is_conflict=True)) from error
    profile.refresh_from_db()
    if not saved:
        raise Refused(Verdict(False, "This profile is retired." if profile.is_retired else CHANGED, is_conflict=True))


def retire(profile: CaseProfile, *, by: Person) -> None:
    """Offer a profile for no further file; what it has read stays as it is."""
    rules.require(rules.can_edit_profile(by))
    retired = CaseProfile.objects.filter(pk=profile.pk, is_retired=False).update(is_retired=True)
    profile.refresh_from_db()
    if not retired:
        raise Refused(Verdict(False, "This profile is retired already.", is_conflict=True))
