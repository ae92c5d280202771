"""Expected deliveries: saying what should arrive and what will not, and receiving a file that was expected."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from indicators import rules
from indicators.actions import imports
from indicators.choices import ImportKind
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.delivery import DeliveryNote, ExpectedDelivery
from indicators.models.feed import OfficialFeed
from indicators.models.profile import CaseProfile, SheetProfile
from indicators.models.source import DataSource
from indicators.people import Person, Refused, Verdict
from indicators.periods import date_text
from indicators.queries import boards

FIELDS = ("kind", "cadence", "due_days", "sender", "instructions")
READERS: dict[str, tuple[str, Any]] = {
    ImportKind.CASES: ("profile", CaseProfile),
    ImportKind.OBSERVATIONS: ("sheet_profile", SheetProfile),
    ImportKind.OFFICIAL: ("feed", OfficialFeed),
}


def save(delivery: ExpectedDelivery, *, by: Person) -> None:
    """Keep a new or changed delivery. What a file holds and how often it comes is fixed once one was loaded."""
    rules.require(rules.can_edit_delivery(by))
    try:
        with transaction.atomic():
            before = ExpectedDelivery.objects.select_for_update().filter(pk=delivery.pk).first()
            rules.require(rules.can_read_delivery(delivery, before))
            is_moved = before is not None and any(
                getattr(before, name) != getattr(delivery, name) for name in ("force_id", "kind", "cadence")
            )
            rules.require(rules.can_redefine_delivery(delivery, is_moved and is_used(delivery)))
            delivery.save()
    except IntegrityError as error:
        reason = f"“{delivery.name}” is expected already, or its dates stand in the wrong order. Nothing was changed."
        raise Refused(Verdict(False, reason, is_conflict=True)) from error


def is_used(delivery: ExpectedDelivery) -> bool:
    """Tell whether any file or note belongs to a delivery."""
    return delivery.imports.exists() or delivery.notes.exists()


@transaction.atomic
def load(entries: Iterable[dict[str, Any]], force: Force, *, by: Person) -> int:
    """Create or update the deliveries of a document by their names, in its order; returns how many it holds.

    `loader` is an e-mail address, `checks` a list; a source is named by its slug, a profile or mapping (`read_by`) by
    its name. An entry that does not name what reads it leaves what somebody chose, unless the kind is another.
    """
    count = 0
    for position, entry in enumerate(entries):
        named = ExpectedDelivery.objects.filter(force=force, name=entry["name"]).first()
        delivery = named or ExpectedDelivery(force=force, name=entry["name"])
        for name in FIELDS:
            setattr(delivery, name, entry[name])
        delivery.source = DataSource.objects.get(slug=entry["source"])
        _read_by(delivery, entry)
        loader = entry.get("loader")
        delivery.loader = get_user_model().objects.get(email=loader) if loader else None
        delivery.checks = "\n".join(entry.get("checks", []))
        delivery.starts_on = date.fromisoformat(entry["starts_on"])
        delivery.ends_on = date.fromisoformat(entry["ends_on"]) if entry.get("ends_on") else None
        delivery.position = position
        save(delivery, by=by)
        count += 1
    return count


def _read_by(delivery: ExpectedDelivery, entry: dict[str, Any]) -> None:
    """Give a delivery the profile or mapping that an entry names; none for the portal's own formats.

    What reads files of another kind is taken off.
    """
    for kind, (field, table) in READERS.items():
        if kind != delivery.kind:
            setattr(delivery, field, None)
        elif "read_by" in entry:
            name = entry["read_by"]
            found = table.objects.filter(force=delivery.force, name=name).first() if name else None
            if name and found is None:
                words = f"“{delivery.name}” is read by “{name}”, and {delivery.force} has no such profile or mapping."
                raise Refused(Verdict(False, words))
            setattr(delivery, field, found)


def expected(delivery: ExpectedDelivery, first: date) -> boards.Expected:
    """Return how a period stands today in London. Refused when the delivery covers no period that begins so."""
    found = boards.expected(delivery, first, timezone.localdate())
    if found is None:
        raise Refused(Verdict(False, f"“{delivery.name}” covers no period that begins on {date_text(first)}."))
    return found


@transaction.atomic
def receive(
    delivery: ExpectedDelivery, first: date, file_name: str, chunks: Iterable[bytes], *, by: Person
) -> tuple[DataImport, bool]:
    """Receive the file of a period and keep that it was made for it. Returns the import, and whether it is new.

    A file that was loaded before without saying for what is now known to be this one; one that was loaded for
    another period stays that period's.
    """
    expected(delivery, first)
    wide = imports.WideSheets(delivery.sheet_profile) if delivery.sheet_profile else None
    data_import, is_new = imports.receive(
        delivery.force, ImportKind(delivery.kind), file_name, chunks, by=by, profile=delivery.profile,
        feed=delivery.feed, wide=wide,
    )  # fmt: skip
    unsaid = DataImport.objects.filter(pk=data_import.pk, delivery__isnull=True)
    unsaid.update(delivery=delivery, delivery_period=first)
    data_import.refresh_from_db()
    return data_import, is_new


def set_unavailable(delivery: ExpectedDelivery, first: date, reason: str, *, by: Person) -> DeliveryNote:
    """Say why nothing will arrive for a period, until somebody lifts it."""
    rules.require(rules.can_set_unavailable(by, expected(delivery, first).state, reason))
    try:
        with transaction.atomic():
            return DeliveryNote.objects.create(delivery=delivery, period=first, reason=reason.strip(), by_id=by.id)
    except IntegrityError as error:
        raise Refused(
            Verdict(False, "Somebody has said already that it is not available.", is_conflict=True)
        ) from error


def lift(note: DeliveryNote, *, by: Person) -> None:
    """Expect the file of a period again."""
    rules.require(rules.can_edit_delivery(by))
    lifted = DeliveryNote.objects.filter(pk=note.pk, lifted_at__isnull=True).update(lifted_at=Now(), lifted_by_id=by.id)
    note.refresh_from_db()
    if not lifted:
        raise Refused(Verdict(False, "The file is expected again already.", is_conflict=True))
