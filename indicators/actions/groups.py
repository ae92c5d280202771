"""Groups that people keep: saving a list of members, and the values of a group from those of its members."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from indicators import grouping, rules
from indicators.actions import composites, slugs, versions
from indicators.actions.over_areas import joined
from indicators.actions.values import NAMES, Row, Wanted, compare, write
from indicators.actions.waiting import briefly
from indicators.choices import AreaKind, VersionKind
from indicators.grouping import Dated, in_order, members_on
from indicators.models.aggregate import Aggregate
from indicators.models.area import Area, Force
from indicators.models.data_version import DataVersion
from indicators.models.formula import Formula
from indicators.models.group import ComparatorGroup, GroupMember, GroupUse, GroupVersion
from indicators.models.indicator import Indicator
from indicators.people import Person, Refused, Verdict

CHANGED = "Somebody else has changed this group since you opened it. Open it again and make your changes there."
LOADED = "Definitions loaded"
VALUE = NAMES.index("value")

Days = tuple[date, date]
Member = tuple[Area, date | None, date | None]
Document = dict[str, Any]


def possible_members() -> QuerySet[Area]:
    """Return the areas that a group may be made of: police areas, divisions and districts."""
    return Area.objects.filter(kind__in=sorted(grouping.MEMBERS)).select_related("force").order_by("kind", "name", "pk")


def create(
    name: str, note: str, members: Sequence[Member], *, by: Person, reason: str, slug: str = ""
) -> ComparatorGroup:
    """Begin a group with its first list of members. Raises Refused for a name that an area has already."""
    with briefly():
        group = _begin(name, note, members, by, reason, slug)
        take_new_values([group], by=by, reason=f"Members of {group}: {reason}")
    return group


def save(
    group: ComparatorGroup, note: str, members: Sequence[Member], *, version: int, by: Person, reason: str
) -> None:
    """Give a group that was opened at a version another list of members; earlier lists stay as they are.

    Its figures are made anew under a new data version of every force that has any. The same list again is no version.
    Raises Refused.
    """
    with briefly():
        if _change(group, note, members, version, by, reason):
            take_new_values([group], by=by, reason=f"Members of {group}: {reason}")


def _begin(name: str, note: str, members: Sequence[Member], by: Person, reason: str, slug: str) -> ComparatorGroup:
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


def _change(
    group: ComparatorGroup, note: str, members: Sequence[Member], version: int, by: Person, reason: str
) -> bool:
    """Keep another note and list of members; tells whether the members are others than before."""
    _require_sound(members, by, reason)
    if not ComparatorGroup.objects.filter(pk=group.pk, version=version).update(note=note):
        raise Refused(Verdict(False, CHANGED, is_conflict=True))
    group.refresh_from_db()
    if _dated(members) == newest(group).dated:
        return False
    _write(group, members, by, reason)
    return True


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
    return in_order(Dated(area.slug, area.name, AreaKind(area.kind), first, last) for area, first, last in members)


def _require_sound(members: Sequence[Member], by: Person, reason: str) -> None:
    rules.require(rules.can_save_group(by, faults_of(members), reason))


def _write(group: ComparatorGroup, members: Sequence[Member], by: Person, reason: str) -> None:
    ComparatorGroup.objects.filter(pk=group.pk).update(version=F("version") + 1)
    group.refresh_from_db()
    version = GroupVersion.objects.create(group=group, number=group.version, reason=reason, by_id=by.id or None)
    GroupMember.objects.bulk_create(
        GroupMember(version=version, area=area, starts_on=first, ends_on=last) for area, first, last in members
    )


def take_new_values(groups: Sequence[ComparatorGroup], *, by: Person, reason: str) -> None:
    """Make the figures of these groups anew for every force that has any, each under a new data version."""
    areas = [group.area_id for group in groups]
    every = set(Indicator.objects.values_list("pk", flat=True))
    for force, version in versions.take_for_all(VersionKind.DEFINITIONS, by=by, reason=reason):
        recompute(force, version, every, areas=areas)
        composites.recompute(force, version, every, areas=areas)


@transaction.atomic
def load(entries: Iterable[Document], *, by: Person) -> int:
    """Create or update the groups of a document by their slugs; returns how many it holds. Raises Refused.

    An entry: {"slug", "name", "note", "reason", "members"}; a member: {"area"} with "force" for a place of a force, and
    "from" and "until" where it does not always belong. A group that is here keeps its earlier lists. The figures of all
    groups are made anew once, under one data version of each force.
    """
    held = list(entries)
    changed = load_lists(held, by=by)
    if changed:
        take_new_values(changed, by=by, reason=LOADED)
    return len(held)


def load_lists(entries: Iterable[Document], *, by: Person) -> list[ComparatorGroup]:
    """Keep the groups of a document; returns those that are new or have other members. Their figures do not follow."""
    changed = []
    held = {group.area.slug: group for group in ComparatorGroup.objects.select_related("area")}
    areas = {(area.force.slug if area.force else "", area.slug): area for area in possible_members()}
    for entry in entries:
        members = [_member(entry, one, areas) for one in entry["members"]]
        note, reason = entry.get("note", ""), entry.get("reason") or LOADED
        group = held.get(entry["slug"])
        if group is None:
            held[entry["slug"]] = _begin(entry["name"], note, members, by, reason, entry["slug"])
            changed.append(held[entry["slug"]])
        elif _change(group, note, members, group.version, by, reason):
            changed.append(group)
    return changed


def _member(entry: Document, one: Document, areas: dict[tuple[str, str], Area]) -> Member:
    area = areas.get((one.get("force") or "", one["area"]))
    if area is None:
        words = f"The group “{entry['name']}” has the member “{one['area']}”, and there is no such area."
        way = f" Load the areas of {one['force']} first." if one.get("force") else " Load its release first."
        raise Refused(Verdict(False, words + way))
    days = (date.fromisoformat(one[name]) if one.get(name) else None for name in ("from", "until"))
    first, last = days
    return area, first, last


def recompute(
    force: Force,
    version: DataVersion,
    touched: Iterable[int],
    *,
    areas: Collection[int] | None = None,
    ends: Days | None = None,
) -> None:
    """Make the values of groups from those of their members, for the touched indicators.

    `areas` limits it to some groups, `ends` to periods that end between two days, where only these have moved.
    """
    if ComparatorGroup.objects.exists():
        has_others = _use_newest(force, version)
        write(force, version, _wanted(force, touched, areas, None if has_others else ends))


def differences(force: Force) -> int:
    """Count the current values of groups that a full recompute would write or close; writes nothing."""
    return compare(force, _wanted(force, Indicator.objects.values_list("pk", flat=True)))


def _use_newest(force: Force, version: DataVersion) -> bool:
    """Keep that from this data version on the figures are made with the newest list of each group.

    Tells whether one of them was not in use before: its values of every period follow.
    """
    used = dict(GroupUse.objects.filter(force=force, until_version=None).values_list("group_id", "version_id"))
    lists = GroupVersion.objects.filter(number=F("group__version")).values_list("group_id", "pk")
    others = [(group_id, pk) for group_id, pk in lists if used.get(group_id) != pk]
    for group_id, pk in others:
        current = GroupUse.objects.filter(force=force, group_id=group_id, until_version=None)
        current.update(until_version=version.number)
        GroupUse.objects.create(force=force, group_id=group_id, version_id=pk, since_version=version.number)
    return bool(others)


def _wanted(
    force: Force, touched: Iterable[int], areas: Collection[int] | None = None, ends: Days | None = None
) -> Wanted:
    """Return what the groups ought to be. A composite of a group is worked out from the group's own values."""
    composite = set(Formula.objects.values_list("indicator_id", flat=True))
    indicators = {one.pk: one for one in Indicator.objects.filter(pk__in=set(touched) - composite)}
    groups = dict(ComparatorGroup.objects.values_list("pk", "area_id"))
    if areas is not None:
        groups = {pk: area for pk, area in groups.items() if area in areas}
    place = "a.indicator_id = ANY(%(indicators)s) AND a.area_id = ANY(%(groups)s)"
    values: dict[str, object] = {"indicators": list(indicators), "groups": list(groups.values())}
    if ends is not None:
        place += ' AND a."end" BETWEEN %(first)s AND %(last)s'
        values |= {"first": ends[0], "last": ends[1]}
    # Read before they are written: nothing can be asked while rows are sent.
    return Wanted(list(_rows(force, indicators, groups, ends)), place, place, values)


def _rows(force: Force, indicators: dict[int, Indicator], groups: dict[int, int], ends: Days | None) -> Iterator[Row]:
    uses = GroupUse.objects.filter(force=force, until_version=None, group__in=groups).select_related("version")
    for use in uses.prefetch_related("version__members__area"):
        members = list(use.version.members.all())
        names = {one.area_id: one.area.name for one in members}
        held: dict[tuple[object, ...], dict[int, Row]] = defaultdict(dict)
        rows = Aggregate.objects.filter(
            force=force, until_version__isnull=True, indicator_id__in=indicators, area_id__in=names, end__isnull=False
        )
        if ends is not None:
            rows = rows.filter(end__range=ends)
        for row in rows.values_list(*NAMES).order_by("indicator_id", "area_id", "id"):
            held[(row[0], row[1], *row[3:7])][row[2]] = row
        belongs: dict[date, list[int]] = {}
        for (pk, _, _, _, end, _), found in held.items():
            day: Any = end
            if day not in belongs:
                belongs[day] = _on(day, members)
            yield from _row(indicators[pk], groups[use.group_id], belongs[day], found, names)  # type: ignore[index]


def _on(day: date, members: Sequence[GroupMember]) -> list[int]:
    """Return the areas that belong to a group on a day, each once."""
    on_the_day = members_on([one.dated for one in members], day)
    return list(dict.fromkeys(one.area_id for one in members if one.area.slug in on_the_day))


def _row(
    indicator: Indicator, area: int, wanted: Sequence[int], found: dict[int, Row], names: dict[int, str]
) -> Iterator[Row]:
    """Yield the value of a group in one period, made of the `wanted` areas; none where they have none."""
    rows = [found[pk] for pk in wanted if pk in found]
    if rows:
        yield joined(indicator, area, rows, [names[pk] for pk in wanted if pk not in found or found[pk][VALUE] is None])
