"""The two results that a counting policy chooses between, side by side: rows, and distinct identifiers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from indicators.choices import COMPUTED_WINDOWS
from indicators.models.area import Force
from indicators.models.case import CaseCell, CaseMonth
from indicators.models.indicator import Indicator
from indicators.models.overlay import CountingRule
from indicators.periods import Period, Quarter, period_ending
from indicators.queries.case_series import CaseSeries, case_series


@dataclass(frozen=True, slots=True)
class BothCounts:
    """A period of the force counted both ways; nothing where a month is missing."""

    period: Period
    rows: int
    distinct: int


@dataclass(frozen=True, slots=True)
class Counting:
    """How an indicator is counted now, by which rule (None: nobody has settled it), and both results."""

    is_distinct: bool
    rule: CountingRule | None
    results: tuple[BothCounts, ...]


def counting_of(force: Force, indicator: Indicator, quarter: Quarter) -> Counting | None:
    """Return how an indicator is counted, with the periods that end with the quarter; None when not from cases."""
    series = next((one for one in case_series() if (one.indicator_id, one.part_id) == (indicator.pk, None)), None)
    if series is None:
        return None
    periods = [period_ending(window, quarter.end) for window in COMPUTED_WINDOWS]
    rule = CountingRule.objects.filter(source=series.source_id).select_related("by").first()
    return Counting(series.is_distinct, rule, tuple(_both(force, series, periods)))


def _both(force: Force, series: CaseSeries, periods: Sequence[Period]) -> list[BothCounts]:
    months = sorted({month for period in periods for month in period.months})
    now = {"force": force, "month__in": months, "until_version__isnull": True}
    held = set(CaseMonth.objects.filter(**now).values_list("month", flat=True))
    flags = [Q(flags__overlap=sorted(some)) for some in (series.flags, series.part_flags) if some is not None]
    counted = (
        CaseCell.objects.filter(*flags, category__in=series.categories, **now)
        .values_list("month")
        .annotate(rows=Sum("cases"), distinct_rows=Sum("distinct_cases"))
    )
    by_month: dict[date, tuple[int, int]] = {month: (rows, distinct) for month, rows, distinct in counted}
    results = []
    for period in periods:
        if held.issuperset(period.months) and period.start is not None and period.start >= series.starts_on:
            pairs = [by_month.get(month, (0, 0)) for month in period.months]
            results.append(BothCounts(period, sum(rows for rows, _ in pairs), sum(distinct for _, distinct in pairs)))
    return results
