"""Profiles: saving how a force's extracts and wide sheets are read, and retiring what is no longer used.

A saved profile is always whole; each save is a version, and an import keeps the one it was received with.
"""

from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from indicators import rules
from indicators.actions.observations import sheet_lookups
from indicators.actions.staging import lookups
from indicators.models.area import Force
from indicators.models.profile import CaseProfile, SheetProfile
from indicators.models.source import DataSource
from indicators.people import Person, Refused, Verdict
from indicators.readers.layouts import Layout, parse_layout
from indicators.readers.sheet_doubles import doubled
from indicators.readers.sheet_layouts import SheetLayout, parse_sheet_layout

Document = dict[str, Any]
AnyProfile = TypeVar("AnyProfile", CaseProfile, SheetProfile)

CHANGED = "Somebody else has changed this profile since you opened it. Open it again and make your changes there."


def create(
    force: Force, source: DataSource, name: str, definition: Document, found: Document, *, by: Person
) -> CaseProfile:
    """Begin a profile of cases with what a sample suggests. It reads no file until it is saved whole."""
    profile = CaseProfile(force=force, source=source, name=name, definition=definition, found=found)
    return _begin(profile, by)


def create_for_sheets(
    force: Force, source: DataSource, name: str, definition: Document, found: Document, *, by: Person
) -> SheetProfile:
    """Begin a profile of wide sheets with what a sample suggests. It reads no file until it is saved whole."""
    profile = SheetProfile(force=force, source=source, name=name, definition=definition, found=found)
    return _begin(profile, by)


def _begin(profile: AnyProfile, by: Person) -> AnyProfile:
    rules.require(rules.can_edit_profile(by))
    profile.saved_by_id = by.id
    try:
        with transaction.atomic():
            profile.save(force_insert=True)
    except IntegrityError as error:
        raise _is_taken(profile, profile.name) from error
    return profile


def _is_taken(profile: CaseProfile | SheetProfile, name: str) -> Refused:
    reason = f"{profile.force.name} has a profile “{name}” already. Choose another name."
    return Refused(Verdict(False, reason, is_conflict=True))


def _checked(profile: CaseProfile | SheetProfile, definition: Document) -> Document:
    """Return a definition in its one order. Raises Refused naming all that is wrong."""
    layout: Layout | SheetLayout
    if isinstance(profile, CaseProfile):
        layout, faults = parse_layout(definition, lookups(profile.force))
    else:
        known = sheet_lookups(profile.force)
        layout, faults = parse_sheet_layout(definition, known)
        # What was saved before this was asked still reads its files: two values of one cell are found there.
        faults += doubled(layout.labels, known)
    if faults:
        raise Refused(Verdict(False, " ".join(faults)))
    return layout.as_document()


def save(
    profile: CaseProfile | SheetProfile,
    definition: Document,
    found: Document,
    *,
    version: int,
    by: Person,
    name: str = "",
) -> None:
    """Save a profile that was opened at a version; it is then the next. Raises Refused naming all that is wrong."""
    rules.require(rules.can_edit_profile(by))
    document = _checked(profile, definition)
    opened = type(profile).objects.filter(pk=profile.pk, version=version, is_retired=False)
    try:
        with transaction.atomic():
            saved = opened.update(
                name=name or profile.name,
                definition=document,
                found=found,
                version=F("version") + 1,
                saved_by_id=by.id,
                saved_at=Now(),
            )
    except IntegrityError as error:
        raise _is_taken(profile, name) from error
    profile.refresh_from_db()
    if not saved:
        raise Refused(Verdict(False, "This profile is retired." if profile.is_retired else CHANGED, is_conflict=True))


def retire(profile: CaseProfile | SheetProfile, *, by: Person) -> None:
    """Offer a profile for no further file; what it has read stays as it is."""
    rules.require(rules.can_edit_profile(by))
    retired = type(profile).objects.filter(pk=profile.pk, is_retired=False).update(is_retired=True)
    profile.refresh_from_db()
    if not retired:
        raise Refused(Verdict(False, "This profile is retired already.", is_conflict=True))
