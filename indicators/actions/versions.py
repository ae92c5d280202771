"""Taking the next data version of a force."""

from collections.abc import Iterator

from django.db.models import Max

from indicators.choices import VersionKind
from indicators.models.area import Force
from indicators.models.data_version import DataVersion
from indicators.people import Person


def take(force: Force, kind: VersionKind, *, by: Person, reason: str = "") -> DataVersion:
    """Take the next number of a force inside the caller's transaction.

    The force's row stays locked to the commit, so that a lower number never appears after a higher one.
    """
    Force.objects.select_for_update().get(pk=force.pk)
    last = DataVersion.objects.filter(force=force).aggregate(last=Max("number"))["last"] or 0
    return DataVersion.objects.create(force=force, number=last + 1, kind=kind, by_id=by.id, reason=reason)


def take_for_all(kind: VersionKind, *, by: Person, reason: str) -> Iterator[tuple[Force, DataVersion]]:
    """Take the next number of every force that has figures, one force after the other."""
    for force in Force.objects.filter(pk__in=DataVersion.objects.values("force")).order_by("pk"):
        yield force, take(force, kind, by=by, reason=reason)
