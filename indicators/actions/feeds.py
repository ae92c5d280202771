"""Feeds: saving which columns of an official publication feed which indicators, and taking up its areas.

A saved feed is always whole; each save is a version, and an import keeps the one it was received with.
"""

from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.text import slugify

from indicators import rules
from indicators.actions.official import TOTALS, known_areas, parts_of_indicators
from indicators.choices import SHARED_AREAS, AreaKind, OfficialLayout
from indicators.models.area import Area, Force
from indicators.models.feed import OfficialFeed
from indicators.models.source import DataSource
from indicators.people import Person, Refused, Verdict
from indicators.readers.checks import kind_of
from indicators.readers.official_mappings import parse_mapping
from indicators.readers.official_tables import find_tables
from indicators.readers.problems import FileRefused, Problems
from indicators.readers.recorded_crime import read_recorded_crime

Document = dict[str, Any]

CHANGED = "Somebody else has changed this mapping since you opened it. Open it again and make your changes there."
NO_TABLES = (
    "The workbook has no table of police force areas: a title “Table …:” above a header with “Area Code”. Send the "
    "workbook as published."
)
OPEN_DATA = ""  # open data is one table without a title


def look(path: Path) -> tuple[OfficialLayout, Document, list[tuple[str, str]]]:
    """Return the layout of a file, its tables with their columns, and its areas as (code, name). Raises FileRefused."""
    with path.open("rb") as stream:
        if kind_of(stream) == "xlsx":
            tables = find_tables(stream)
            if not tables:
                raise _refused(NO_TABLES)
            found = [{"title": table.stem, "columns": [column.label for column in table.columns]} for table in tables]
            areas = dict.fromkeys((place.code, place.name) for table in tables for place in table.places)
            return OfficialLayout.FORCE_AREAS, {"tables": found}, list(areas)
    problems = Problems()
    read = read_recorded_crime(path, problems)
    if problems:
        raise FileRefused(problems)
    tables_found = [{"title": OPEN_DATA, "columns": sorted(read.kinds)}]
    return OfficialLayout.RECORDED_CRIME, {"tables": tables_found}, [("", name) for name in read.forces]


def _refused(words: str) -> FileRefused:
    problems = Problems()
    problems.add(words)
    return FileRefused(problems)


def create(force: Force, source: DataSource, name: str, path: Path, *, by: Person) -> OfficialFeed:
    """Begin a feed with a release: take up its areas and list its tables. It reads no file until it is saved whole.

    Raises FileRefused for a file that cannot be read, and Refused for a name that is taken.
    """
    rules.require(rules.can_edit_feed(by))
    layout, found, areas = look(path)
    try:
        with transaction.atomic():
            _take_up(areas)
            return OfficialFeed.objects.create(
                force=force, source=source, name=name, layout=layout, own=_own(force), found=found, saved_by_id=by.id
            )
    except IntegrityError as error:
        reason = f"{force.name} has a mapping “{name}” already. Choose another name."
        raise Refused(Verdict(False, reason, is_conflict=True)) from error


@transaction.atomic
def take_up(feed: OfficialFeed, path: Path, *, by: Person) -> int:
    """Take up the areas and the tables of another release; returns how many areas are new. Raises FileRefused."""
    rules.require(rules.can_edit_feed(by))
    layout, found, areas = look(path)
    if layout != feed.layout:
        raise _refused("This file is of another publication. Begin a mapping of its own for it.")
    OfficialFeed.objects.filter(pk=feed.pk).update(found=found)
    feed.refresh_from_db()
    return _take_up(areas)


def _take_up(areas: list[tuple[str, str]]) -> int:
    """Add areas that are not known as comparators, and codes of those known by their name; returns how many are new."""
    known, new = known_areas(), 0
    for code, name in areas:
        if (code or name.casefold()) in known:
            continue
        slug = known.get(name.casefold(), "")
        without_code = Area.objects.filter(kind__in=SHARED_AREAS, slug=slug, code="")
        if slug and code and without_code.update(code=code):
            known[code] = slug
            continue
        is_total = code.startswith(TOTALS) or (not code and "excluding" in name.casefold())
        kind = AreaKind.COMPARATOR if is_total else AreaKind.POLICE_AREA
        made = Area.objects.create(kind=kind, slug=_slug(code, name), code=code, name=_worded(name))
        known |= {code or name.casefold(): made.slug, name.casefold(): made.slug}
        new += 1
    return new


def _worded(name: str) -> str:
    """Return a name that is printed in capitals as it is written otherwise: England and Wales."""
    return name.title().replace(" And ", " and ") if name.isupper() else name


def _slug(code: str, name: str) -> str:
    """Return a short name: a region and a force may have the same name, and so may this force's own area."""
    is_total = code.startswith(TOTALS) or "excluding" in name.casefold()
    kind = "-region" if code.startswith("E12") else "" if is_total else "-police"
    slug = f"{slugify(name)[:60] or slugify(code) or 'area'}{kind}"
    return f"{slug}-{slugify(code)}" if Area.objects.filter(slug=slug).exists() else slug


def _own(force: Force) -> Area | None:
    """Return the area of a publication that is probably this force: its name begins the force's."""
    rows = Area.objects.filter(kind=AreaKind.POLICE_AREA)
    return next((area for area in rows if force.name.casefold().startswith(area.name.casefold())), None)


def save(
    feed: OfficialFeed, definition: Document, own: Area | None, *, version: int, by: Person, name: str = ""
) -> None:
    """Save a feed that was opened at a version; it is then the next. Raises Refused naming all that is wrong."""
    rules.require(rules.can_edit_feed(by))
    lines, faults = parse_mapping(definition, parts_of_indicators())
    if faults:
        raise Refused(Verdict(False, " ".join(faults)))
    opened = OfficialFeed.objects.filter(pk=feed.pk, version=version, is_retired=False)
    try:
        with transaction.atomic():
            saved = opened.update(
                name=name or feed.name,
                own=own,
                definition={"lines": [line.as_document() for line in lines]},
                version=F("version") + 1,
                saved_by_id=by.id,
                saved_at=Now(),
            )
    except IntegrityError as error:
        reason = f"{feed.force.name} has a mapping “{name}” already. Choose another name."
        raise Refused(Verdict(False, reason, is_conflict=True)) from error
    feed.refresh_from_db()
    if not saved:
        raise Refused(Verdict(False, "This mapping is retired." if feed.is_retired else CHANGED, is_conflict=True))


def retire(feed: OfficialFeed, *, by: Person) -> None:
    """Offer a feed for no further file; what it has read stays as it is."""
    rules.require(rules.can_edit_feed(by))
    retired = OfficialFeed.objects.filter(pk=feed.pk, is_retired=False).update(is_retired=True)
    feed.refresh_from_db()
    if not retired:
        raise Refused(Verdict(False, "This mapping is retired already.", is_conflict=True))
