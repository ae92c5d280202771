"""Values as first published: by the reports presented here, and by earlier ones whose values were loaded."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.db.models import Q

from indicators.choices import AreaKind, Statistic
from indicators.figures import Figure
from indicators.formatting import value_text
from indicators.models.aggregate import Aggregate
from indicators.models.area import Area, Force
from indicators.models.observation import Observation
from indicators.models.reported_version import ReportedVersion
from indicators.models.source import DataSource
from indicators.periods import Period, Quarter
from indicators.queries.books import WINDOWS, printed_values, values_of
from indicators.queries.versions import held_at, of_part_and_area
from indicators.series import Series, Slot, Value, can_quote
from indicators.sheets import Measure

Held = dict[Series, dict[Slot, Value]]


@dataclass(frozen=True, slots=True)
class FirstPublished:
    """What the first report to hold a value said, and the value as known now, both as printed."""

    name: str
    place: str
    period: Period
    report: str
    printed: str
    now: str
    is_revised: bool
    note: str


def first_values(force: Force, keys: Collection[str]) -> Held:
    """Return the values of indicators as the first report had them, each named by `printed_by`. At most five queries.

    A presented report speaks for all that the report of its quarter can quote, a loaded one for the values it printed.
    """
    among = Q(indicator__key__in=keys)
    return _merged(_loaded(force, among), _held(force, among))


def first_words(force: Force, figure: Figure, slot: Slot) -> str:
    """Return what the first report to hold the value of a figure said, and which one it was; "" where none did."""
    series = figure.series
    among = Q(indicator__key=series.indicator, window=slot.window, end=slot.end) & of_part_and_area(series)
    value = _merged(_loaded(force, among), _held(force, among)).get(series, {}).get(slot)
    if value is None:
        return ""
    return f"{_text(value, figure.measure)}, in the report of {value.printed_by}"


def _is_revised(then: Decimal | None, now: Decimal | None) -> bool:
    return then is not None and now is not None and then != now


def _text(value: Value | None, measure: Measure) -> str:
    if value is None:
        return "not available"
    return value_text(value.amount, measure.unit, measure.decimals, value.qualifier, value.reason)


def first_published(force: Force, measure: Measure, at: int | None = None) -> list[FirstPublished]:
    """Return the values of a measure as first published, newest period first. Eight queries, whatever the number.

    Of the reports presented here those alone that have been revised since: the others are as known now.
    """
    own = Q(indicator__key=measure.key)
    loaded, presented = _loaded(force, own, at), _held(force, own & Q(until_version__isnull=False), at)
    first = _merged(loaded, presented)
    areas = Area.objects.filter(Q(force=force) | Q(force__isnull=True)).values_list("id", "kind", "slug", "name")
    places = {pk: ("" if kind == AreaKind.FORCE else slug, name) for pk, kind, slug, name in areas}
    rows = Aggregate.objects.filter(own & held_at(at), force=force)
    ends = {slot.end for slots in first.values() for slot in slots}
    rows = rows.filter(Q(end__in=ends - {None}) | Q(end__isnull=True))
    now = values_of(rows, {pk: slug for pk, (slug, _) in places.items()}, _sources())
    names = dict(places.values())
    order = {slug: at for at, slug in enumerate(["", *measure.parts])}
    found = sorted(
        _revised_or_loaded(first, loaded, now),
        key=lambda one: (-(one[1].end or date.min).toordinal(), names[one[0].area], order[one[0].part]),
    )
    return [
        FirstPublished(
            name=measure.parts.get(series.part, ""),
            place=names[series.area],
            period=value.period,
            report=value.printed_by,
            printed=_text(value, measure),
            now=_text(current, measure),
            is_revised=_is_revised(value.amount, current.amount if current else None),
            note=value.note if value is loaded.get(series, {}).get(slot) else "",
        )
        for series, slot, value, current in found
    ]


def _revised_or_loaded(first: Held, loaded: Held, now: Held) -> Iterator[tuple[Series, Slot, Value, Value | None]]:
    for series, slots in first.items():
        for slot, value in slots.items():
            current = now.get(series, {}).get(slot)
            is_loaded = value is loaded.get(series, {}).get(slot)
            if is_loaded or value.amount != (current.amount if current else None):
                yield series, slot, value, current


def _merged(loaded: Held, presented: Held) -> Held:
    """Put both together; the earlier report holds, and of one quarter the one that was presented here."""
    found = {series: dict(slots) for series, slots in loaded.items()}
    for series, slots in presented.items():
        own = found.setdefault(series, {})
        for slot, value in slots.items():
            if slot not in own or value.printed_by <= own[slot].printed_by:
                own[slot] = value
    return found


def _loaded(force: Force, among: Q, at: int | None = None) -> Held:
    rows = Observation.objects.filter(among & held_at(at), force=force)
    return printed_values(rows.filter(statistic=Statistic.FIRST_PUBLISHED))


def _held(force: Force, among: Q, at: int | None = None) -> Held:
    """Return what presented reports held first, among some rows. Four queries; one where none was presented."""
    reports = _reports(force, at)
    if not reports:
        return {}
    quotable, chosen = lru_cache(maxsize=None)(can_quote), dict[tuple[Series, Slot], tuple[int, int]]()
    slugs: dict[int, str] = {}
    rows = Aggregate.objects.filter(among, force=force, since_version__lte=max(number for _, number in reports))
    fields = (
        "id", "indicator__key", "part__slug", "area_id", "area__slug", "area__kind", "window", "start", "end",
        "reported_for", "since_version", "until_version",
    )  # fmt: skip
    for pk, key, part, area, slug, kind, window, start, end, reported_for, since, until in rows.values_list(*fields):
        slugs[area] = "" if kind == AreaKind.FORCE else slug
        slot = Slot.of(Period(WINDOWS[window], start, end), reported_for)
        place = Series(key, part or "", slugs[area]), slot
        for order, (quarter, number) in enumerate(reports):
            if since <= number and (until is None or number < until) and quotable(quarter, slot):
                chosen[place] = min(chosen.get(place, (order, pk)), (order, pk))
                break
    values = values_of(Aggregate.objects.filter(pk__in=[pk for _, pk in chosen.values()]), slugs, _sources())
    labels = [quarter.label for quarter, _ in reports]
    return {
        series: {slot: replace(value, printed_by=labels[chosen[series, slot][0]]) for slot, value in slots.items()}
        for series, slots in values.items()
    }


def _reports(force: Force, at: int | None) -> list[tuple[Quarter, int]]:
    """Return the quarters of the reports presented here, the earliest first, each with its data version."""
    rows = ReportedVersion.objects.filter(force=force, **({} if at is None else {"version__number__lte": at}))
    # Of two reports of one quarter the newer one holds.
    numbers: Mapping[str, int] = dict(rows.order_by("quarter_key", "pk").values_list("quarter_key", "version__number"))
    return [(Quarter.parse(key), number) for key, number in numbers.items()]


def _sources() -> dict[int, str]:
    return dict(DataSource.objects.values_list("id", "slug"))
