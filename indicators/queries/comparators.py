"""The part of queries that reads comparators: of whom they were made in which release, and a force beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from indicators.calculations import change
from indicators.choices import Kind, Window
from indicators.figures import Figure, FigureBook
from indicators.formatting import change_text, value_text
from indicators.grouping import changes
from indicators.like_for_like import Members, changed, compare, differ, difference_words, listed, rank
from indicators.models.area import Area, Force
from indicators.models.feed import OfficialFeed
from indicators.models.group import ComparatorGroup, GroupVersion
from indicators.models.release import Membership, Release
from indicators.pages import annotations
from indicators.periods import Quarter
from indicators.queries import books
from indicators.series import Series, Slot, Value

MOST_BESIDE = 20


@dataclass(frozen=True, slots=True)
class Beside:
    """A comparator beside the force: both figures for the same twelve months, and the force's place among its members.

    `own` is the force's figure as the portal counts it, None where it has none for these months. `later` is its figure
    to the end of the quarter, where the comparator ends before.
    """

    name: str
    figure: Figure
    own: Figure | None
    members: str
    rank: str
    later: Figure | None = None

    @property
    def value(self) -> str:
        """The comparator's value as it is printed."""
        return self.figure.aspect("value")

    @property
    def change(self) -> str:
        """The comparator's change on a year before."""
        return self.figure.aspect("change")

    @property
    def own_value(self) -> str:
        """The force's value for the same months."""
        return self.own.aspect("value") if self.own else ""

    @property
    def own_change(self) -> str:
        """The force's change for the same months."""
        return self.own.aspect("change") if self.own else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be known of the line alone: what happened in its days may be shared by all lines."""
        shared = annotations([self.figure])
        return tuple(note for note in self.figure.notes if note not in shared)

    @property
    def later_value(self) -> str:
        """The force's value to the end of the quarter, which is not for the same months."""
        return self.later.aspect("value") if self.later else ""


@dataclass(frozen=True, slots=True)
class Step:
    """One release of a comparator, and what changed since the one before it (None for the first).

    `total` and `before` are as published; `difference` says who is in one of them only, and `change` is between them,
    like for like where the members differ.
    """

    release: Release
    counted: list[str]
    left_out: list[str]
    before: Release | None
    total: str
    total_before: str
    difference: str
    change: str
    note: str
    overlaps: bool


def current(force: Force) -> QuerySet[Release]:
    """Return the releases that hold now."""
    return Release.objects.filter(force=force, since_version__isnull=False, until_version__isnull=True)


def listing(force: Force) -> list[tuple[Area, Release, int, int]]:
    """Return each comparator with its newest release, and how many of its members are and are not counted there."""
    rows = (
        Membership.objects.filter(release__in=current(force))
        .select_related("release__indicator", "comparator")
        .order_by("comparator__name", "-release__ends_on", "release__indicator__key")
    )
    newest: dict[int, tuple[Area, Release, list[bool]]] = {}
    for row in rows:
        _, release, counted = newest.setdefault(row.comparator_id, (row.comparator, row.release, []))
        if release.pk == row.release_id:
            counted.append(row.is_counted)
    return [(one, release, sum(counted), len(counted) - sum(counted)) for one, release, counted in newest.values()]


def steps(force: Force, comparator: Area) -> list[Step]:
    """Return the releases of a comparator, newest first, each with what changed since the one before it."""
    releases = list(
        current(force)
        .filter(Q(memberships__comparator=comparator))
        .distinct()
        .select_related("indicator", "feed")
        .order_by("indicator__position", "indicator__key", "-ends_on")
    )
    if not releases:
        return []
    keys = {one.indicator.key for one in releases}
    newest = max(one.ends_on for one in releases)
    book = books.figure_book(force, Quarter.containing(newest), keys=keys)
    found = []
    for place, release in enumerate(releases):
        earlier = releases[place + 1] if place + 1 < len(releases) else None
        same = earlier is not None and earlier.indicator_id == release.indicator_id
        found.append(_step(book, comparator.slug, release, earlier if same else None))
    return found


def _step(book: FigureBook, slug: str, release: Release, before: Release | None) -> Step:
    key, measure = release.indicator.key, book.measures[release.indicator.key]
    lists: Mapping[date, Members] = book.memberships.get((key, slug), {})
    now = lists.get(release.ends_on, Members(frozenset()))
    then = lists.get(before.ends_on) if before else None
    total, earlier = (_value(book, key, slug, end) for end in (release.ends_on, before.ends_on if before else None))
    shown, note = "", ""
    if before is not None and differ(now, then):
        like = compare(
            now, then, _values(book, key, now, release.ends_on), _values(book, key, then, before.ends_on), book.areas
        )
        made = changed(like, measure, {})
        shown, note = change_text(made, measure.unit, measure.decimals, percent_decimals=2), like.words
        if like.current is not None and like.previous is not None:
            texts = [value_text(amount, measure.unit, measure.decimals) for amount in (like.previous, like.current)]
            note = f"{note}. Members in both: {texts[0]} before, {texts[1]} now"
    elif before is not None and total is not None and earlier is not None:
        threshold = measure.base_threshold if measure.kind == Kind.COUNT else 0
        made = change(total.amount, earlier.amount, measure.kind, threshold)
        shown = change_text(made, measure.unit, measure.decimals, percent_decimals=2)
    texts = [value_text(one.amount if one else None, measure.unit, measure.decimals) for one in (total, earlier)]
    names = [sorted(book.areas.get(one, one) for one in some) for some in (now.counted, now.left_out)]
    return Step(
        release=release, counted=names[0], left_out=names[1], before=before, total=texts[0], total_before=texts[1],
        difference=difference_words(now, then, book.areas) if before else "", change=shown, note=note,
        overlaps=before is not None and (release.ends_on - before.ends_on).days < 365,
    )  # fmt: skip


def _value(book: FigureBook, key: str, slug: str, end: date | None) -> Value | None:
    return book.values.get(Series(key, "", slug), {}).get(Slot(Window.ROLLING_12, end)) if end else None


def _values(book: FigureBook, key: str, members: Members | None, end: date) -> dict[str, Decimal | None]:
    return {one: value.amount for one in members.counted if (value := _value(book, key, one, end))} if members else {}


def beside(force: Force, book: FigureBook, key: str) -> list[Beside]:
    """Return the comparators of a force with both figures to the comparator's own end. Two queries.

    A comparator that the force belongs to comes with the force's place; the nearest, of the fewest members, first.
    """
    own = _own_area(force, key)
    rows = []
    for slug in sorted(book.comparators):
        newest = _newest(book, key, slug)
        if newest is None or newest.end is None:
            continue
        members = book.memberships.get((key, slug), {}).get(newest.end)
        if members is None or not own or own in members.counted | members.left_out or _has_places(book, members):
            rows.append((len(members.counted) if members else 0, _beside(book, key, slug, newest, members, own)))
    return [one for _, one in sorted(rows, key=lambda row: (row[0] == 0, row[0], row[1].name))][:MOST_BESIDE]


def _newest(book: FigureBook, key: str, slug: str) -> Slot | None:
    """Return the newest twelve months of a comparator within a year; those with a value before those without."""
    held = book.values.get(Series(key, "", slug), {})
    slots = [
        slot for slot in held
        if slot.window == Window.ROLLING_12 and slot.end is not None and 0 <= (book.quarter.end - slot.end).days <= 366
    ]  # fmt: skip
    return max(slots, key=lambda slot: (held[slot].amount is not None, slot.end or date.min), default=None)


def _has_places(book: FigureBook, members: Members) -> bool:
    """Tell whether a comparator is made of places of the force itself."""
    return any(one not in book.police_areas | book.comparators for one in members.counted)


def _own_area(force: Force, key: str) -> str:
    """Return the area of the publications that is this force; "" where nobody has said which it is."""
    release = current(force).filter(indicator__key=key, feed__own__isnull=False).select_related("feed__own").first()
    return release.feed.own.slug if release and release.feed.own else _own_feed(force)


def _own_feed(force: Force) -> str:
    """Return the area that is this force in any publication; "" where nobody has said which it is."""
    feed = OfficialFeed.objects.filter(force=force, own__isnull=False).select_related("own").first()
    return feed.own.slug if feed and feed.own else ""


def _beside(book: FigureBook, key: str, slug: str, slot: Slot, members: Members | None, own: str) -> Beside:
    mine, now = Series(key), Slot(slot.window, book.quarter.end)
    words = place = ""
    if members is not None:
        count = len(members.counted)
        words = f"{count} member{'' if count == 1 else 's'}"
        if members.left_out:
            words = f"{words}; not counted: {listed(book.areas.get(one, one) for one in members.left_out)}"
        everybody = members.counted | members.left_out
        if own in everybody and len(everybody) > 1:
            at = {one: book.values.get(Series(key, "", one), {}).get(slot) for one in everybody}
            place = rank(own, {one: value.amount if value else None for one, value in at.items()}).words
    held = book.values.get(mine, {})
    return Beside(
        book.areas[slug],
        book.build(Series(key, "", slug), slot),
        book.build(mine, slot) if slot in held else None,
        words,
        place,
        book.build(mine, now) if now != slot and now in held else None,
    )


def groups() -> list[tuple[ComparatorGroup, GroupVersion]]:
    """Return the groups that people keep, each with the list of members that holds now. Three queries."""
    rows = GroupVersion.objects.filter(number=F("group__version")).select_related("group__area", "by")
    return [(one.group, one) for one in rows.prefetch_related("members__area").order_by("group__area__name")]


def history(group: ComparatorGroup) -> list[tuple[GroupVersion, str]]:
    """Return every list of members of a group, the newest first, with what it changed in the one before."""
    versions = list(group.versions.select_related("by").prefetch_related("members__area"))
    found = []
    for place, version in enumerate(versions):
        before = versions[place + 1].dated if place + 1 < len(versions) else None
        words = "the first list" if before is None else changes(before, version.dated) or "other words only"
        found.append((version, words))
    return found


def of_group(force: Force, book: FigureBook, group: ComparatorGroup) -> list[Beside]:
    """Return the figures of a group for each measure that it has one of. One query."""
    slug, own, found = group.area.slug, _own_feed(force), []
    for key in book.measures:
        newest = _newest(book, key, slug)
        if newest is not None and newest.end is not None:
            members = book.memberships.get((key, slug), {}).get(newest.end)
            found.append(_beside(book, key, slug, newest, members, own))
    return found


def within(book: FigureBook, shown: Beside) -> list[tuple[str, str, str]]:
    """Return the members behind a group's figure as (name, value, place among them), the highest first."""
    series, slot = shown.figure.series, Slot.of(shown.figure.period)
    members = book.memberships.get((series.indicator, series.area), {}).get(slot.end or date.min, Members(frozenset()))
    held = {one: book.held(Series(series.indicator, "", one)).get(slot) for one in members.counted}
    amounts = {one: value.amount if value else None for one, value in held.items()}
    ordered = sorted(held, key=lambda one: (amounts[one] is None, -(amounts[one] or 0), book.areas.get(one, one)))
    measure = shown.figure.measure
    texts = {one: value_text(amounts[one], measure.unit, measure.decimals) for one in ordered}
    return [(book.areas.get(one, one), texts[one], rank(one, amounts).words) for one in ordered]
