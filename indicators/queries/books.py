"""The book of figures: what pages, API, exports and texts alike read figures from."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from indicators.choices import (
    PLACES,
    AreaKind,
    Basis,
    Kind,
    NoteKind,
    Polarity,
    Qualifier,
    Statistic,
    Status,
    Unit,
    Window,
)
from indicators.dated_notes import DatedNote
from indicators.figures import AS_KNOWN_NOW, FigureBook
from indicators.grouping import are_own_and_change, lists
from indicators.kinds import Aggregation
from indicators.last_report import HELD_MONTHS, LastReport
from indicators.like_for_like import Members
from indicators.models.aggregate import Aggregate
from indicators.models.area import Area, Force
from indicators.models.breakdown import BreakdownValue
from indicators.models.dated_note import DatedNote as StoredNote
from indicators.models.group import GroupUse
from indicators.models.indicator import Indicator
from indicators.models.observation import Observation
from indicators.models.relation import Explanation
from indicators.models.release import Membership
from indicators.models.reported_version import ReportedVersion
from indicators.models.sheet import DefinitionVersion
from indicators.models.source import DataSource
from indicators.models.target import Target
from indicators.origins import mark
from indicators.periods import STEPPING_WINDOWS, ComparedWith, Period, Quarter, add_months, first_of_month
from indicators.queries.longer_periods import supplied_for_longer
from indicators.queries.versions import held_at, newest_version
from indicators.series import LATE, Series, Slot, Value
from indicators.sheets import Measure, Wording, numbered
from indicators.targets.asked import TargetRule

VALUES = (Statistic.LEVEL, Statistic.FIRST_PUBLISHED)


HISTORY_MONTHS = 60


# Looking a stored word up is several times quicker than asking the enumeration for it, with each of 40,000 rows.
WINDOWS = {one.value: one for one in Window}


STATUSES = {one.value: one for one in Status}


BASES = {one.value: one for one in Basis}


QUALIFIERS = {one.value: one for one in Qualifier}


def wordings(indicators: Iterable[int] | None = None) -> dict[str, tuple[Wording, ...]]:
    """Return every definition of indicators by key, the first one first. Two queries."""
    rows, later = Indicator.objects.all(), DefinitionVersion.objects.order_by("starts_on", "id")
    if indicators is not None:
        chosen = list(indicators)
        rows, later = rows.filter(pk__in=chosen), later.filter(indicator_id__in=chosen)
    following: dict[int, list[tuple[date, str, str]]] = {}
    for pk, day, text, reason in later.values_list("indicator_id", "starts_on", "definition", "reason"):
        following.setdefault(pk, []).append((day, text, reason))
    firsts = rows.values_list("id", "key", "definition")
    return {key: numbered(first, following.get(pk, [])) for pk, key, first in firsts}


def with_sheet() -> QuerySet[Indicator]:
    """Return the indicators with all that stands on their reference sheets."""
    rows = Indicator.objects.select_related(
        "portfolio", "source", "breakdown", "parent", "case_rule__source", "formula"
    )
    return rows.prefetch_related("framework_codes", "part_of__whole")


def measures(keys: Iterable[str] | None = None) -> dict[str, Measure]:
    """Return the measures by key, in the order of the reference sheets. Five queries."""
    aims: dict[int, list[TargetRule]] = {}
    for target in Target.objects.select_related("part").order_by("pk"):
        aims.setdefault(target.indicator_id, []).append(target.rule)
    parts: dict[int, list[BreakdownValue]] = {}
    for value in BreakdownValue.objects.order_by("breakdown_id", "position"):
        parts.setdefault(value.breakdown_id, []).append(value)
    rows = Indicator.objects.select_related("portfolio", "breakdown", "formula", "case_rule")
    rows = rows.order_by("position", "key")
    if keys is not None:
        rows = rows.filter(key__in=list(keys))
    found, worded = {}, wordings()
    for row in rows:
        own = parts.get(row.breakdown_id or 0, [])
        found[row.key] = Measure(
            key=row.key,
            name=row.name,
            portfolio=row.portfolio.name,
            kind=Kind(row.kind),
            unit=Unit(row.unit),
            decimals=row.decimals,
            share_decimals=row.share_decimals,
            polarity=Polarity(row.polarity),
            base_threshold=row.base_threshold,
            footnote=row.footnote,
            breakdown=row.breakdown.name if row.breakdown else "",
            is_exclusive=bool(row.breakdown and row.breakdown.is_exclusive),
            parts={value.slug: value.name for value in own},
            excluded_parts=frozenset(value.slug for value in own if value.is_excluded_from_share),
            over_areas=Aggregation(row.over_areas),
            over_time=Aggregation(row.over_time),
            is_composite=hasattr(row, "formula"),
            is_counted=hasattr(row, "case_rule"),
            wordings=worded[row.key],
            targets=tuple(aims.get(row.pk, ())),
        )
    return found


def figure_book(
    force: Force,
    quarter: Quarter,
    at: int | None = None,
    *,
    keys: Iterable[str] | None = None,
    with_districts: bool = False,
) -> FigureBook:
    """Load the figures of a force as known at a data version (None = now). Seventeen queries, whatever the size.

    Groups and the report before cost two more each. `keys` limits it to some indicators; districts if asked for.
    """
    wanted = list(keys) if keys is not None else None
    areas = _areas(force, with_districts)
    scope = _scope(force, at, wanted, [pk for pk, *_ in areas])
    within = Q(end__isnull=True) | Q(end__gte=add_months(first_of_month(quarter.end), -HISTORY_MONTHS))
    slugs = {pk: "" if kind == AreaKind.FORCE else slug for pk, kind, slug, _ in areas}
    named_sources = {pk: (slug, name) for pk, slug, name in DataSource.objects.values_list("id", "slug", "name")}
    sources = {pk: slug for pk, (slug, _) in named_sources.items()}
    # What an earlier report printed is told beside the current value, and never in its place.
    told = Observation.objects.filter(scope & within).exclude(statistic__in=VALUES)
    supplied, supplied_sources = _supplied(told, slugs, sources)
    values = _values_with_origins(scope & within, slugs, sources)
    uses = GroupUse.objects.filter(held_at(at), force=force)
    groups = uses.by_area()
    is_narrow = not with_districts and any(are_own_and_change(dated) for dated in groups.values())
    members = {pk: (slug, name) for pk, slug, name in uses.own_areas(force)} if is_narrow else {}
    named = {pk: slug for pk, (slug, _) in members.items()}
    beneath = _scope(force, at, wanted, members) & within
    notes = dated_notes(force, {slug for _, kind, slug, _ in areas if kind == AreaKind.FORCE})
    return FigureBook(
        quarter=quarter,
        version=at if at is not None else newest_version(force),
        known=AS_KNOWN_NOW if at is None else f"as known at data version {at}",
        measures=measures(wanted),
        areas={slug: name for _, kind, slug, name in areas if kind != AreaKind.FORCE},
        sources=dict(named_sources.values()),
        values=values,
        supplied=supplied,
        supplied_sources=supplied_sources,
        comparators=frozenset(slug for _, kind, slug, _ in areas if kind == AreaKind.COMPARATOR),
        dated_notes=(*notes, *Explanation.objects.filter(force=force).notes(values)),
        police_areas=frozenset(slug for _, kind, slug, _ in areas if kind == AreaKind.POLICE_AREA),
        force_id=force.pk,
        memberships={**memberships(force, at, wanted), **lists(groups, values)},
        members=dict(members.values()),
        beneath=values_of(Aggregate.objects.filter(beneath), named, sources) if members else {},
        area_kinds={slug: AreaKind(kind) for _, kind, slug, _ in areas if kind != AreaKind.FORCE},
        last_report=_last_report(force, quarter.previous(), wanted, {**slugs, **named}, sources),
    )


def _last_report(
    force: Force, quarter: Quarter, keys: list[str] | None, slugs: dict[int, str], sources: dict[int, str]
) -> LastReport:
    """Return what the report of a quarter held: as known at its data cut, or, presented elsewhere, as it printed it."""
    held = ReportedVersion.objects.filter(force=force, quarter_key=quarter.key).order_by("-pk")
    at = held.values_list("version__number", flat=True).first()
    first, last = add_months(first_of_month(quarter.end), 1 - HELD_MONTHS), quarter.end + LATE
    if at is None:
        scope = _scope(force, None, keys, slugs) & Q(statistic=Statistic.FIRST_PUBLISHED, reported_for=quarter.key)
        printed = printed_values(Observation.objects.filter(scope))
        return LastReport(quarter, printed, is_known=bool(printed))
    within = Q(end__gte=first, end__lte=last) | Q(end__isnull=True, reported_for=quarter.key)
    stepping = Q(window__in=STEPPING_WINDOWS[ComparedWith.REPORT_BEFORE])
    values = values_of(Aggregate.objects.filter(_scope(force, at, keys, slugs) & within & stepping), slugs, sources)
    groups = GroupUse.objects.filter(held_at(at), force=force).by_area()
    return LastReport(quarter, values, {**memberships(force, at, keys), **lists(groups, values)}, is_known=True)


def printed_values(rows: QuerySet[Observation]) -> dict[Series, dict[Slot, Value]]:
    """Return what reports printed, each in the place of the current value; of two reports the earlier. One query."""
    found: dict[Series, dict[Slot, Value]] = {}
    for row in rows.select_related("indicator", "part", "area", "source").order_by("reported_for", "pk"):
        area = "" if row.area.kind == AreaKind.FORCE else row.area.slug
        series = Series(row.indicator.key, row.part.slug if row.part else "", area)
        period = Period(Window(row.window), row.start, row.end)
        slot = Slot.of(period, "" if row.end else row.reported_for)
        found.setdefault(series, {}).setdefault(slot, Value(
            amount=clean(row.value), period=period, status=Status(row.status), basis=Basis(row.basis),
            qualifier=Qualifier(row.qualifier), source=row.source.slug, version=row.since_version,
            printed=row.period_printed, note=row.note, numerator=clean(row.numerator),
            denominator=clean(row.denominator), printed_by=Quarter.parse(row.reported_for).label,
        ))  # fmt: skip
    return found


def _scope(force: Force, at: int | None, keys: list[str] | None, areas: Iterable[int]) -> Q:
    scope = Q(force=force, area__in=list(areas)) & held_at(at)
    return scope if keys is None else scope & Q(indicator__key__in=keys)


def dated_notes(force: Force, own: Collection[str]) -> tuple[DatedNote, ...]:
    """Return the notes of a force that nobody has ended, as values; `own` are the slugs that mean the force itself."""
    rows = StoredNote.objects.open().filter(Q(force=force) | Q(force__isnull=True)).select_related("part")
    return tuple(
        DatedNote(
            kind=NoteKind(row.kind),
            label=row.label,
            words=row.words,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            indicators=frozenset(row.indicators),
            areas=frozenset("" if slug in own else slug for slug in row.areas),
            part=row.part.slug if row.part else "",
            cell=(Window(row.window), row.end) if row.window and row.end else None,
        )
        for row in rows
    )


def memberships(
    force: Force, at: int | None = None, keys: Iterable[str] | None = None
) -> dict[tuple[str, str], dict[date, Members]]:
    """Return of whom comparators were made: (indicator, comparator) → end → members by slug. One query."""
    scope: dict[str, Any] = {"release__force": force, "release__since_version__isnull": False}
    if keys is not None:
        scope["release__indicator__key__in"] = list(keys)
    within = (
        Q(release__until_version__isnull=True)
        if at is None
        else Q(release__since_version__lte=at)
        & (Q(release__until_version__isnull=True) | Q(release__until_version__gt=at))
    )
    return Membership.objects.filter(within, **scope).lists()


def _areas(force: Force, with_districts: bool) -> list[tuple[int, str, str, str]]:
    kinds = [AreaKind.FORCE, AreaKind.COMPARATOR, AreaKind.POLICE_AREA]
    if with_districts:
        kinds += PLACES
    rows = Area.objects.filter(Q(force=force) | Q(force__isnull=True), kind__in=kinds)
    return list(rows.order_by("kind", "slug").values_list("id", "kind", "slug", "name"))


def values_of(
    rows: QuerySet[Aggregate], slugs: dict[int, str], sources: dict[int, str]
) -> dict[Series, dict[Slot, Value]]:
    """Return stored values by where they stand; `slugs` are those of areas by id, "" for the force. One query."""
    found: dict[Series, dict[Slot, Value]] = {}
    fields = (
        "indicator__key", "part__slug", "area_id", "window", "start", "end", "reported_for", "value", "numerator",
        "denominator", "missing", "status", "basis", "qualifier", "period_printed", "note", "source_id",
        "since_version", "caution",
    )  # fmt: skip
    slots: dict[tuple[str, date | None, date | None, str], tuple[Slot, Period]] = {}
    for row in rows.values_list(*fields).iterator(chunk_size=5000):
        (key, part, area_id, window, start, end, reported_for, amount, numerator, denominator, missing, status, basis,
         qualifier, printed, note, source_id, version, caution) = row  # fmt: skip
        span = (window, start, end, reported_for)
        if span not in slots:
            period = Period(WINDOWS[window], start, end)
            slots[span] = Slot.of(period, reported_for), period
        slot, period = slots[span]
        found.setdefault(Series(key, part or "", slugs[area_id]), {})[slot] = Value(
            amount=clean(amount),
            period=period,
            status=STATUSES[status],
            basis=BASES[basis],
            qualifier=QUALIFIERS[qualifier],
            source=sources[source_id],
            version=version,
            printed=printed,
            note=note,
            numerator=clean(numerator),
            denominator=clean(denominator),
            missing=tuple(missing),
            caution=caution,
        )
    return found


def _values_with_origins(scope: Q, slugs: dict[int, str], sources: dict[int, str]) -> dict[Series, dict[Slot, Value]]:
    values = values_of(Aggregate.objects.filter(scope), slugs, sources)
    mark(values, _supplied_longer(scope, slugs, sources))
    return values


def _supplied_longer(scope: Q, slugs: dict[int, str], sources: dict[int, str]) -> dict[Series, set[tuple[Slot, str]]]:
    """Return where values of longer periods were supplied, and by which source."""
    found: dict[Series, set[tuple[Slot, str]]] = {}
    fields = ("indicator__key", "part__slug", "area_id", "window", "end", "reported_for", "source_id")
    for key, part, area_id, window, end, reported_for, source_id in supplied_for_longer(scope).values_list(*fields):
        at = Slot(WINDOWS[window], end, reported_for)
        found.setdefault(Series(key, part or "", slugs[area_id]), set()).add((at, sources[source_id]))
    return found


def _supplied(
    rows: QuerySet[Observation], slugs: dict[int, str], sources: dict[int, str]
) -> tuple[dict[tuple[Series, Slot], dict[Statistic, Decimal]], dict[tuple[Series, Slot], str]]:
    """Return what is supplied about values (changes, shares, earlier values), and by which source."""
    found: dict[tuple[Series, Slot], dict[Statistic, Decimal]] = {}
    origins: dict[tuple[Series, Slot], str] = {}
    fields = (
        "indicator__key", "part__slug", "area_id", "window", "start", "end", "reported_for", "statistic", "value",
        "source_id",
    )  # fmt: skip
    for key, part, area_id, window, start, end, reported_for, statistic, amount, source_id in rows.values_list(*fields):
        if amount is not None:
            at = (Series(key, part or "", slugs[area_id]), Slot.of(Period(Window(window), start, end), reported_for))
            found.setdefault(at, {})[Statistic(statistic)] = clean(amount) or Decimal(0)
            origins[at] = sources[source_id]
    return found, origins


@lru_cache(maxsize=50_000)
def clean(amount: Decimal | None) -> Decimal | None:
    """Drop the zeros that the column's scale adds, so that a value has the decimals it came with."""
    if amount is None:
        return None
    plain = amount.normalize()
    return plain if plain.as_tuple().exponent <= 0 else plain.quantize(Decimal(1))  # type: ignore[operator]
