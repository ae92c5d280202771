"""What a case was: a month as known at a data version, and the steps of one case from version to version."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, Min, OuterRef

from indicators.choices import AreaKind, CaseChangeKind
from indicators.models.area import Area, Force
from indicators.models.case import Case, CaseChange, CaseFields, CaseMonth
from indicators.models.category import Category, Flag
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.periods import date_text, month_text
from indicators.queries.cases import CaseKey
from indicators.queries.versions import held_at


class NoLongerHeld(Exception):
    """The rows of a month were removed when their time had come; only their counts are left."""


def as_known(force: Force, month: date, version: int) -> Iterator[CaseFields]:
    """Yield the cases of a month as known at a data version, in no order. Raises NoLongerHeld.

    Every change keeps what a case was before it: what a case was at a version is what its first later change kept,
    or what it is now where none followed. A month that was taken away and came whole again later began anew.
    """
    months = CaseMonth.objects.filter(force=force, month=month)
    at_version = months.filter(held_at(version)).first()
    if at_version is None:
        return
    if at_version.rows_removed_at is not None:
        raise NoLongerHeld(month)
    end = months.filter(since_version__gt=version, is_attached=True).aggregate(end=Min("since_version"))["end"]
    later = CaseChange.objects.filter(force=force, month=month, version__gt=version)
    if end is None:
        has_later = later.filter(key=OuterRef("key"), ordinal=OuterRef("ordinal"))
        yield from Case.objects.filter(~Exists(has_later), force=force, month=month).iterator()
    else:
        later = later.filter(version__lt=end)
    for change in later.order_by("key", "ordinal", "version").distinct("key", "ordinal").iterator():
        if change.kind != CaseChangeKind.NEW:
            yield change


@dataclass(frozen=True, slots=True)
class Step:
    """What one data version did to one case; None where it was not held."""

    version: int
    before: CaseFields | None
    after: CaseFields | None

    @property
    def kind(self) -> CaseChangeKind:
        """What happened, in one word."""
        if self.before is None:
            return CaseChangeKind.NEW
        return CaseChangeKind.REMOVED if self.after is None else CaseChangeKind.CHANGED


def steps(attached: Iterable[int], changes: Sequence[CaseChange], current: Case | None) -> list[Step]:
    """Put the life of one case together, oldest first: from the versions at which its month came whole, the changes
    kept of it in the order of their versions, and the case as it is now.
    """
    arrivals = sorted(attached)
    found: list[Step] = []
    before: CaseFields | None = None
    for version in sorted({*arrivals, *(change.version for change in changes)}):
        end = min((other for other in arrivals if other > version), default=None)
        following = [c for c in changes if c.version > version and (end is None or c.version < end)]
        after: CaseFields | None = current if end is None else None
        if following:
            after = None if following[0].kind == CaseChangeKind.NEW else following[0]
        if before is not None or after is not None:
            found.append(Step(version, before, after))
        before = after
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """A step in words: who brought it about, through which import, and what differs (name, old, new)."""

    kind: CaseChangeKind
    version: DataVersion
    data_import: DataImport | None
    is_revert: bool
    differences: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class CaseStory:
    """One case: as it is now, or as it last was, in words; and how it came to be so, newest first."""

    case: CaseFields
    is_held: bool
    facts: dict[str, str]
    told: list[Told]
    siblings: int

    @property
    def since(self) -> Told | None:
        """The step that made it what it is, or took it away."""
        return self.told[0] if self.told else None


def story(force: Force, place: CaseKey) -> CaseStory | None:
    """Return a case with its history; None where no such case is or was held."""
    here = {"force": force, "month": place.month, "key": place.key}
    current = Case.objects.filter(**here, ordinal=place.ordinal).select_related("data_import").first()
    changes = list(CaseChange.objects.filter(**here, ordinal=place.ordinal).order_by("version"))
    attached = CaseMonth.objects.filter(force=force, month=place.month, is_attached=True)
    lived = steps(attached.values_list("since_version", flat=True), changes, current)
    states = [one for step in lived for one in (step.before, step.after) if one is not None]
    shown = current or (states[-1] if states else None)
    if shown is None:
        return None
    wording = Wording([shown, *states])
    return CaseStory(
        case=shown,
        is_held=current is not None,
        facts=wording.facts(shown),
        told=_told(force, lived, wording),
        siblings=Case.objects.filter(**here).count() if shown.reference else 0,
    )


def _told(force: Force, lived: list[Step], wording: "Wording") -> list[Told]:
    versions = DataVersion.objects.filter(force=force, number__in=[step.version for step in lived])
    by_number = {
        one.number: one for one in versions.select_related("by", "data_import", "reverted_import").order_by("number")
    }
    found = []
    for step in reversed(lived):
        version = by_number[step.version]
        reverted = getattr(version, "reverted_import", None)
        differences = wording.differences(step.before, step.after) if step.before and step.after else ()
        made_by = reverted or getattr(version, "data_import", None)
        found.append(Told(step.kind, version, made_by, reverted is not None, differences))
    return found


class Wording:
    """The fields of some cases in words. Three queries for any number of cases."""

    def __init__(self, cases: Sequence[CaseFields]) -> None:
        """Look the names up that these cases need."""
        self._areas = Area.objects.select_related("parent").in_bulk({case.area_id for case in cases})
        self._categories = Category.objects.in_bulk({case.category_id for case in cases})
        self._flags = dict(Flag.objects.values_list("id", "name"))

    def facts(self, case: CaseFields) -> dict[str, str]:
        """Return every field of a case by its name in words; empty where the file left it blank."""
        category = self._categories[case.category_id]
        area = self._areas[case.area_id]
        in_district = area.kind == AreaKind.SMALL_AREA
        located = case.longitude is not None and case.latitude is not None
        return {
            "Reference": case.reference,
            "Month": month_text(case.month),
            "Day": date_text(case.occurred_on) if case.occurred_on else "",
            "Crime type": category.crime_type,
            "Offence": category.offence,
            "Flags": ", ".join(self._flags[pk] for pk in sorted(case.flags)),
            "Area": f"{area.name}, {area.parent.name}" if in_district and area.parent else area.name,
            "Small area": " ".join(word for word in (case.small_area_code, case.small_area_name) if word),
            "Location": case.location,
            "Longitude and latitude": f"{case.longitude}, {case.latitude}" if located else "",
            "Outcome": case.outcome,
            "Context": case.context,
        }

    def differences(self, before: CaseFields, after: CaseFields) -> tuple[tuple[str, str, str], ...]:
        """Return (name, old, new) of what differs between two states of a case."""
        old, new = self.facts(before), self.facts(after)
        return tuple((name, old[name], new[name]) for name in old if old[name] != new[name])
