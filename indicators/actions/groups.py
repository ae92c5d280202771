"""Groups that people keep: saving a list of members, and the values of a group from those of its members."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from indicators import grouping, rules
from indicators.actions import composites, slugs, versions
from indicators.actions.over_areas import joined
from indicators.actions.values import NAMES, Row, Wanted, compare, write
from indicators.choices import AreaKind, VersionKind
from indicators.grouping import Dated, members_on
from indicators.models.aggregate import Aggregate
from indicators.models.area import Area, Force
from indicators.models.data_version import DataVersion
from indicators.models.formula import Formula
from indicators.models.group import ComparatorGroup, GroupMember, GroupUse, GroupVersion
from indicators.models.indicator import Indicator
from indicators.people import Person, Refused, Verdict

CHANGED = "Somebody else has changed this group since you opened it. Open it again and make your changes there."
VALUE = NAMES.index("value")

Member = tuple[Area, date | None, date | None]
Document = dict[str, Any]


def possible_members() -> QuerySet[Area]:
    """Return the areas that a group may be made of: police areas, divisions and districts."""
    return Area.objects.filter(kind__in=sorted(grouping.MEMBERS)).select_related("force").order_by("kind", "name", "pk")


@transaction.atomic
def create(
    name: str, note: str, members: Sequence[Member], *, by: Person, reason: str, slug: str = ""
) -> ComparatorGroup:
    """Begin a group with its first list of members. Raises Refused for a name that an area has already."""
    _require_sound(members, by, reason)
    slug = slug or slugs.slug_of(name)
    # A place of a force by the same short name would have its figures mixed up with the group's.
    slugs.require_free([slug], Area.objects.all())
    try:
        with transaction.atomic():
            area = Area.objects.create(kind=AreaKind.COMPARATOR, slug=slug, name=name)
    except IntegrityError as error:
        words = f"There is a comparator “{name}” already. Choose another name."
        raise Refused(Verdict(False, words, is_conflict=True)) from error
    group = ComparatorGroup.objects.create(area=area, note=note)
    _write(group, members, by, reason)
    return group


@transaction.atomic
def save(
    group: ComparatorGroup, note: str, members: Sequence[Member], *, version: int, by: Person, reason: str
) -> None:
    """Give a group that was opened at a version another list of members; earlier lists stay as they are.

    Its figures are made anew under a new data version of every force that has any. The same list again is no version.
    """
    _require_sound(members, by, reason)
    opened = ComparatorGroup.objects.select_for_update().filter(pk=group.pk, version=version)
    if not opened.update(note=note):
        raise Refused(Verdict(False, CHANGED, is_conflict=True))
    group.refresh_from_db()
    if _dated(members) != newest(group).dated:
        _write(group, members, by, reason)


def newest(group: ComparatorGroup) -> GroupVersion:
    """Return the list of members that holds now."""
    return group.versions.prefetch_related("members__area").get(number=group.version)


def faults_of(members: Sequence[Member]) -> list[str]:
    """Return all that is wrong with a list of members, in words."""
    found = grouping.faults(_dated(members))
    if len({area.force_id for area, *_ in members}) > 1:
        found.append("Places of different forces make no group. Choose police areas instead.")
    return found


def _dated(members: Iterable[Member]) -> list[Dated]:
    rows = [Dated(area.slug, area.name, AreaKind(area.kind), first, last) for area, first, last in members]
    return sorted(rows, key=lambda one: (one.name, one.starts_on or date.min))


def _require_sound(members: Sequence[Member], by: Person, reason: str) -> None:
    rules.require(rules.can_save_group(by, faults_of(members), reason))


def _write(group: ComparatorGroup, members: Sequence[Member], by: Person, reason: str) -> None:
    ComparatorGroup.objects.filter(pk=group.pk).update(version=F("version") + 1)
    group.refresh_from_db()
    version = GroupVersion.objects.create(group=group, number=group.version, reason=reason, by_id=by.id or None)
    GroupMember.objects.bulk_create(
        GroupMember(version=version, area=area, starts_on=first, ends_on=last) for area, first, last in members
    )
    for force in Force.objects.order_by("pk"):
        if DataVersion.objects.filter(force=force).exists():
            words = f"Members of {group}: {reason}"
            taken = versions.take(force, VersionKind.DEFINITIONS, by=by, reason=words)
            every = set(Indicator.objects.values_list("pk", flat=True))
            recompute(force, taken, every)
            composites.recompute(force, taken, every)


@transaction.atomic
def load(entries: Iterable[Document], *, by: Person) -> int:
    """Create or update the groups of a document by their slugs; returns how many it holds. Raises Refused.

    An entry: {"slug", "name", "note", "reason", "members"}; a member: {"area"} with "force" for a place of a force, and
    "from" and "until" where it does not always belong. A group that is here keeps its earlier lists.
    """
    count = 0
    for entry in entries:
        count += 1
        members = [_member(entry, one) for one in entry["members"]]
        reason = entry.get("reason") or "Definitions loaded"
        group = ComparatorGroup.objects.filter(area__slug=entry["slug"]).first()
        if group is not None:
            save(group, entry.get("note", ""), members, version=group.version, by=by, reason=reason)
            continue
        create(entry["name"], entry.get("note", ""), members, by=by, reason=reason, slug=entry["slug"])
    return count


def _member(entry: Document, one: Document) -> Member:
    scope: Document = {"force__slug": one["force"]} if one.get("force") else {"force__isnull": True}
    area = possible_members().filter(slug=one["area"], **scope).first()
    if area is None:
        words = f"The group “{entry['name']}” has the member “{one['area']}”, and there is no such area."
        way = f" Load the areas of {one['force']} first." if one.get("force") else " Load its release first."
        raise Refused(Verdict(False, words + way))
    days = (date.fromisoformat(one[name]) if one.get(name) else None for name in ("from", "until"))
    first, last = days
    return area, first, last


def recompute(force: Force, version: DataVersion, touched: Iterable[int]) -> None:
    """Make the values of every group from those of its members, for the touched indicators."""
    if ComparatorGroup.objects.exists():
        _use_newest(force, version)
        write(force, version, _wanted(force, touched))


def differences(force: Force) -> int:
    """Count the current values of groups that a full recompute would write or close; writes nothing."""
    return compare(force, _wanted(force, Indicator.objects.values_list("pk", flat=True)))


def _use_newest(force: Force, version: DataVersion) -> None:
    """Keep that from this data version on the figures are made with the newest list of each group."""
    used = dict(GroupUse.objects.filter(force=force, until_version=None).values_list("group_id", "version_id"))
    lists = GroupVersion.objects.filter(number=F("group__version")).values_list("group_id", "pk")
    for group_id, pk in lists:
        if used.get(group_id) != pk:
            current = GroupUse.objects.filter(force=force, group_id=group_id, until_version=None)
            current.update(until_version=version.number)
            GroupUse.objects.create(force=force, group_id=group_id, version_id=pk, since_version=version.number)


def _wanted(force: Force, touched: Iterable[int]) -> Wanted:
    """Return what the groups ought to be. A composite of a group is worked out from the group's own values."""
    composite = set(Formula.objects.values_list("indicator_id", flat=True))
    indicators = {one.pk: one for one in Indicator.objects.filter(pk__in=set(touched) - composite)}
    groups = dict(ComparatorGroup.objects.values_list("pk", "area_id"))
    place = "a.indicator_id = ANY(%(indicators)s) AND a.area_id = ANY(%(groups)s)"
    values: dict[str, object] = {"indicators": list(indicators), "groups": list(groups.values())}
    # Read before they are written: nothing can be asked while rows are sent.
    return Wanted(list(_rows(force, indicators, groups)), place, place, values)


def _rows(force: Force, indicators: dict[int, Indicator], groups: dict[int, int]) -> Iterator[Row]:
    uses = GroupUse.objects.filter(force=force, until_version=None).select_related("version")
    for use in uses.prefetch_related("version__members__area"):
        members = list(use.version.members.all())
        names = {one.area_id: one.area.name for one in members}
        held: dict[tuple[object, ...], dict[int, Row]] = defaultdict(dict)
        rows = Aggregate.objects.filter(
            force=force, until_version__isnull=True, indicator_id__in=indicators, area_id__in=names, end__isnull=False
        )
        for row in rows.values_list(*NAMES).order_by("indicator_id", "area_id", "id"):
            held[(row[0], row[1], *row[3:7])][row[2]] = row
        for (pk, _, _, _, end, _), found in held.items():
            yield from _row(indicators[pk], groups[use.group_id], members, end, found, names)  # type: ignore[index, arg-type]


def _row(
    indicator: Indicator,
    area: int,
    members: Sequence[GroupMember],
    end: date,
    found: dict[int, Row],
    names: dict[int, str],
) -> Iterator[Row]:
    """Yield the value of a group in one period, whose members are those on its last day; none where they have none."""
    on_the_day = members_on([one.dated for one in members], end)
    wanted = list(dict.fromkeys(one.area_id for one in members if one.area.slug in on_the_day))
    rows = [found[pk] for pk in wanted if pk in found]
    if rows:
        yield joined(indicator, area, rows, [names[pk] for pk in wanted if pk not in found or found[pk][VALUE] is None])
