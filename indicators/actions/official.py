"""Releases of official publications: reading them as a feed says, staging, applying and taking back their members."""

from dataclasses import dataclass
from pathlib import Path

from indicators.choices import SHARED_AREAS, OfficialLayout
from indicators.like_for_like import Members, difference_words
from indicators.models.area import Area
from indicators.models.breakdown import BreakdownValue
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.models.feed import OfficialFeed
from indicators.models.indicator import Indicator
from indicators.models.release import Membership, Release
from indicators.readers.official import OfficialLookups, OfficialReading, read_official
from indicators.readers.official_mappings import Parts, parse_mapping
from indicators.readers.problems import Problems

# Codes of regions, countries and the whole: one of them and a force may have the same name.
TOTALS = ("K", "E92", "W92", "N92", "E12")


@dataclass(frozen=True, slots=True)
class _Listed:
    """A current list of members, by comparator."""

    name: str
    members: dict[int, Members]


def parts_of_indicators() -> Parts:
    """Return the slugs of the parts of every indicator, by its key."""
    slugs: dict[int | None, list[str]] = {}
    for breakdown_id, slug in BreakdownValue.objects.values_list("breakdown_id", "slug"):
        slugs.setdefault(breakdown_id, []).append(slug)
    return {key: slugs.get(pk, []) for key, pk in Indicator.objects.values_list("key", "breakdown_id")}


def known_areas() -> dict[str, str]:
    """Return the slug of every comparator by its code, and by its name in small letters; of two alike, the force."""
    rows = sorted(
        Area.objects.filter(kind__in=SHARED_AREAS, group__isnull=True).values_list("code", "name", "slug"),
        key=lambda row: (not row[0].startswith(TOTALS), row[0], row[2]),
    )
    return {name.casefold(): slug for _, name, slug in rows} | {code: slug for code, _, slug in rows if code}


def lookups(feed: OfficialFeed) -> OfficialLookups:
    """Return what a file of a feed may name."""
    return OfficialLookups(areas=known_areas(), source=feed.source.slug, name=feed.name)


def read(data_import: DataImport, path: Path) -> OfficialReading:
    """Read a file as its feed said when it was received."""
    feed = data_import.feed
    if feed is None:
        raise ValueError("An official file is received with a feed.")
    lines, faults = parse_mapping(data_import.layout, parts_of_indicators())
    if faults:  # an indicator or a part was renamed meanwhile
        problems = Problems()
        for fault in faults:
            problems.add(f"{fault} Correct the mapping “{feed.name}” and send the file again.")
        return OfficialReading(problems)
    return read_official(path, OfficialLayout(feed.layout), lines, lookups(feed))


def keep(data_import: DataImport, reading: OfficialReading) -> list[str]:
    """Stage the releases of a file; return in words whose members differ from those held now."""
    unstage(data_import)
    feed_id, indicators = data_import.feed_id, dict(Indicator.objects.values_list("key", "id"))
    if feed_id is None:
        return []
    areas = dict(Area.objects.filter(kind__in=SHARED_AREAS).values_list("slug", "id"))
    changes: list[str] = []
    for one in reading.releases.values():
        release = Release.objects.create(
            force=data_import.force, feed_id=feed_id, indicator_id=indicators[one.indicator], data_import=data_import,
            name=one.name[:160], title=one.title, ends_on=one.ends_on, notes=one.notes,
        )  # fmt: skip
        Membership.objects.bulk_create(
            Membership(release=release, comparator_id=areas[group], member_id=areas[member], is_counted=is_counted)
            for group, members in one.members.items()
            for member, is_counted in members.items()
        )
        changes += _changes(release)
    return list(dict.fromkeys(changes))


def _changes(release: Release) -> list[str]:
    """Say how the members in a staged release differ from those of the newest release before it."""
    held = Release.objects.filter(
        force=release.force, indicator=release.indicator, since_version__isnull=False, until_version__isnull=True
    )
    before = held.filter(ends_on__lte=release.ends_on).order_by("-ends_on").first()
    if before is None:
        return []
    names = {str(pk): name for pk, name in Area.objects.filter(kind__in=SHARED_AREAS).values_list("id", "name")}
    now, then = _listed(release), _listed(before)
    return [
        f"{names[str(group)]}: {words} ({now.name}, against {then.name}). Totals of the two are compared like for "
        "like or not at all."
        for group, members in now.members.items()
        if group in then.members and (words := difference_words(members, then.members[group], names))
    ]


def _listed(release: Release) -> _Listed:
    members: dict[int, tuple[set[str], set[str]]] = {}
    rows = Membership.objects.filter(release=release).values_list("comparator_id", "member_id", "is_counted")
    for comparator_id, member_id, is_counted in rows:
        members.setdefault(comparator_id, (set(), set()))[not is_counted].add(str(member_id))
    return _Listed(
        release.name, {pk: Members(frozenset(counted), frozenset(out)) for pk, (counted, out) in members.items()}
    )


def unstage(data_import: DataImport) -> None:
    """Throw the staged releases of an import away."""
    Release.objects.filter(data_import=data_import, since_version__isnull=True).delete()


def apply(data_import: DataImport, version: DataVersion) -> None:
    """Make the staged releases current, in place of what was held for the same indicator and end."""
    staged = Release.objects.filter(data_import=data_import, since_version__isnull=True)
    current = Release.objects.filter(force=data_import.force, since_version__isnull=False, until_version__isnull=True)
    for release in staged:
        current.filter(indicator_id=release.indicator_id, ends_on=release.ends_on).update(until_version=version.number)
    staged.update(since_version=version.number)


def later_imports(data_import: DataImport) -> dict[int, str]:
    """Return the imports, with their file names, whose releases replaced some of this one's."""
    if data_import.version is None:
        return {}
    own = Release.objects.filter(data_import=data_import, until_version__isnull=False)
    found: dict[int, str] = {}
    for release in own:
        now = Release.objects.filter(
            force=release.force, indicator=release.indicator, ends_on=release.ends_on, until_version__isnull=True,
            since_version__isnull=False,
        ).exclude(data_import=data_import)  # fmt: skip
        found |= dict(now.values_list("data_import_id", "data_import__file_name"))
    return found


def revert(data_import: DataImport, version: DataVersion) -> None:
    """Close the releases of an import and open again what they replaced, as new rows."""
    if data_import.version is None:
        return
    wrote = Release.objects.filter(data_import=data_import, until_version__isnull=True, since_version__isnull=False)
    places = set(wrote.values_list("indicator_id", "ends_on"))
    wrote.update(until_version=version.number)
    replaced = Release.objects.filter(force=data_import.force, until_version=data_import.version.number)
    for release in list(replaced):
        if (release.indicator_id, release.ends_on) in places:
            _open_again(release, version)


def _open_again(release: Release, version: DataVersion) -> None:
    members = list(Membership.objects.filter(release=release))
    release.pk, release.since_version, release.until_version = None, version.number, None
    release.save(force_insert=True)
    for member in members:
        member.pk, member.release = None, release
    Membership.objects.bulk_create(members)
