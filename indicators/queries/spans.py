"""The spans from one day to another whose figures are kept up, each with the same days of the year before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q

from indicators.choices import AreaKind, Window
from indicators.models.aggregate import Aggregate
from indicators.models.area import Force
from indicators.models.case import CaseMonth
from indicators.models.data_version import DataVersion
from indicators.models.indicator import Indicator
from indicators.models.span import Span
from indicators.periods import Period, previous_equivalent
from indicators.queries.versions import held_at
from indicators.series import Slot


@dataclass(frozen=True, slots=True)
class AskedSpan:
    """A span and the ids of the indicators it is asked of; None: all.

    `is_settled`: rows of a month that lies in it in part are no longer held, so that nothing can be counted by day.
    """

    period: Period
    indicators: frozenset[int] | None = None
    is_settled: bool = False

    def is_of(self, indicator: int) -> bool:
        """Tell whether it is asked of an indicator."""
        return self.indicators is None or indicator in self.indicators


def asked_spans(force: Force) -> list[AskedSpan]:
    """Return every span that is asked of a force, and the year before of each. Three queries at most."""
    rows = list(Span.objects.filter(force=force).current())
    if not rows:
        return []
    ids = dict(Indicator.objects.values_list("key", "id"))
    asked: dict[Period, frozenset[int] | None] = {}
    for row in rows:
        own = frozenset(ids[key] for key in row.indicators if key in ids) if row.indicators else None
        for period in with_year_before(row.period):
            before = asked.get(period, frozenset())
            asked[period] = None if own is None or before is None else own | before
    gone = without_rows(force, asked)
    return [AskedSpan(one, of, not gone.isdisjoint(one.part_months)) for one, of in asked.items()]


def with_year_before(period: Period) -> tuple[Period, ...]:
    """Return a span and the one it is compared with."""
    earlier = previous_equivalent(period)
    return (period,) if earlier is None else (period, earlier)


def without_rows(force: Force, periods: Iterable[Period]) -> set[date]:
    """Return the months that lie in part in one of these periods and of which only counts are held."""
    months = {month for one in periods for month in one.part_months}
    gone = CaseMonth.objects.filter(force=force, month__in=months, until_version__isnull=True)
    return set(gone.filter(rows_removed_at__isnull=False).values_list("month", flat=True))


@dataclass(frozen=True, slots=True)
class Listed:
    """A span as the list shows it.

    `names` are those of its indicators, none for all; `key` is how texts name its days; of `every` figure of the force
    that was worked out, `values` are there; `asked` is the act that asked for it.
    """

    span: Span
    names: list[str]
    key: str
    values: int
    every: int
    asked: DataVersion | None

    @property
    def form_key(self) -> str:
        """The name of its form on a page."""
        return f"end-{self.span.pk}"


def listed(force: Force | None = None, at: int | None = None) -> list[Listed]:
    """Return every span with its figures, those that were ended last. Four queries.

    `force` limits it to one, `at` to what was asked for by a data version, with the figures as known then.
    """
    within = Q() if force is None else Q(force=force)
    asked = within if at is None else within & Q(since_version__lte=at)
    order = F("until_version").asc(nulls_first=True), "-ends_on", "-starts_on", "-id"
    spans = list(Span.objects.filter(asked).select_related("force").order_by(*order))
    rows = Aggregate.objects.filter(
        within, held_at(at), area__kind=AreaKind.FORCE, window__in=[Window.SPAN, Window.CALENDAR_TO_DATE]
    ).values_list("force_id", "start", "end")
    counts = rows.order_by().annotate(values=Count("value"), every=Count("id"))
    held = {(force, start, end): (values, every) for force, start, end, values, every in counts}
    names = dict(Indicator.objects.values_list("key", "name"))
    versions = DataVersion.objects.filter(number__in={one.since_version for one in spans}).select_related("by")
    acts = {(one.force_id, one.number): one for one in versions}
    return [
        Listed(
            one,
            [names.get(key, key) for key in one.indicators],
            Slot.of(one.period).name(),
            *held.get((one.force_id, one.starts_on, one.ends_on), (0, 0)),
            acts.get((one.force_id, one.since_version)),
        )
        for one in spans
    ]
