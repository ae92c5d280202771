"""Which cases a series counts: the categories and flags of its rule and part, and by which policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from indicators.choices import CountingPolicy
from indicators.models.category import Category, Flag
from indicators.models.indicator import CaseRule
from indicators.models.overlay import CountingRule
from indicators.models.source import DataSource


@dataclass(frozen=True, slots=True)
class CaseSeries:
    """One series counted from cases: indicator, part, source, and which categories and flags count."""

    indicator_id: int
    part_id: int | None
    source_id: int
    starts_on: date
    checked_to: date | None
    categories: frozenset[int]
    flags: frozenset[int] | None
    part_flags: frozenset[int] | None
    is_distinct: bool

    def counts(self, category_id: int, flags: Sequence[int]) -> bool:
        """Tell whether a cell of this category and set of flags belongs to the series."""
        return (
            category_id in self.categories
            and (self.flags is None or not self.flags.isdisjoint(flags))
            and (self.part_flags is None or not self.part_flags.isdisjoint(flags))
        )


def case_series() -> list[CaseSeries]:
    """Return every series that is counted from cases, totals and parts."""
    categories = list(Category.objects.values_list("id", "crime_type", "offence"))
    flag_ids = dict(Flag.objects.values_list("slug", "id"))
    series = []
    distinct = distinct_sources()
    for rule in CaseRule.objects.select_related("indicator__breakdown", "source").prefetch_related(
        "indicator__breakdown__values"
    ):
        chosen = frozenset(
            pk
            for pk, crime_type, offence in categories
            if (not rule.crime_types or crime_type in rule.crime_types)
            and crime_type not in rule.excluded_crime_types
            and (not rule.offences or offence in rule.offences)
        )
        flags = frozenset(flag_ids[slug] for slug in rule.flags) if rule.flags else None
        is_distinct = rule.source_id in distinct
        shared = (rule.source_id, rule.starts_on, rule.source.checked_to)
        series.append(CaseSeries(rule.indicator_id, None, *shared, chosen, flags, None, is_distinct))
        breakdown = rule.indicator.breakdown
        for part in breakdown.values.all() if breakdown else []:
            narrowed = frozenset(pk for pk, _, offence in categories if pk in chosen and offence in part.offences)
            part_flags = frozenset(flag_ids[slug] for slug in part.flags) if part.flags else None
            within = narrowed if part.offences else chosen
            series.append(CaseSeries(rule.indicator_id, part.pk, *shared, within, flags, part_flags, is_distinct))
    return series


def policy_of(source: DataSource) -> CountingPolicy:
    """Return how the cases of a source are counted now: by the rule that began last; rows where none was set."""
    newest = next(iter(source.counting_rules.all()), None)  # in the order of the model, prefetched or not
    return CountingPolicy(newest.policy) if newest else CountingPolicy.ROWS


def distinct_sources() -> set[int]:
    """Return the sources whose cases are counted by distinct identifiers now."""
    newest = CountingRule.objects.order_by("source_id", "-starts_on", "-id").distinct("source_id")
    return {rule.source_id for rule in newest if rule.policy == CountingPolicy.DISTINCT}
