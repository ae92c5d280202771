"""The one value of each series in each window, recomputed for what an import touched.

Cells and months are added up in memory; composites follow from what was written, in the same transaction.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from indicators.actions import composites, groups
from indicators.actions.cases import held_facts
from indicators.actions.over_areas import added_over_areas, key_of
from indicators.actions.supplied import levels, status_of, supplied_row
from indicators.actions.values import NULL, Row, Wanted, compare, write
from indicators.calculations import ARITHMETIC, storable, sum_of, total
from indicators.cautions import cautions, left_out_words
from indicators.choices import COMPUTED_WINDOWS, AreaKind, Basis, Kind, Qualifier, Status, Window
from indicators.composites import joint_basis, joint_qualifier, joint_status
from indicators.kinds import SCALES, Aggregation
from indicators.models.area import Area, Force
from indicators.models.case import CaseCell, CaseMonth
from indicators.models.data_version import DataVersion
from indicators.models.formula import Formula
from indicators.models.group import ComparatorGroup
from indicators.models.indicator import CaseRule, Indicator
from indicators.models.observation import Observation
from indicators.periods import Period, add_months, first_of_month, month_end, month_range, period_ending
from indicators.queries.case_series import CaseSeries, case_series

NOT_A_GROUP = "NOT a.area_id = ANY(%(groups)s)"


def recompute_cases(force: Force, version: DataVersion, touched: Sequence[date]) -> None:
    """Recompute every window that uses one of the touched months, for every series counted from cases.

    The groups and the composites of these series follow.
    """
    wanted = _from_cases(force, touched)
    if wanted is not None:
        write(force, version, wanted)
        counted = set(CaseRule.objects.values_list("indicator_id", flat=True))
        groups.recompute(force, version, counted, ends=wanted.ends)
        composites.recompute(force, version, counted)


def recompute_observations(force: Force, version: DataVersion, touched: Iterable[int]) -> None:
    """Recompute every window of the touched indicators that observations are the source of.

    Their groups and their composites follow.
    """
    supplied = set(touched)
    write(force, version, _from_observations(force, supplied))
    groups.recompute(force, version, supplied)
    composites.recompute(force, version, supplied)


def differences(force: Force) -> int:
    """Count the current values that a full recompute would write or close; writes nothing."""
    ever = list(CaseMonth.objects.filter(force=force).order_by("month").values_list("month", flat=True).distinct())
    wanted = (_from_cases(force, ever), _from_observations(force, Indicator.objects.values_list("pk", flat=True)))
    counted = sum(compare(force, one) for one in wanted if one is not None)
    return counted + groups.differences(force) + composites.differences(force)


def _from_cases(force: Force, touched: Sequence[date]) -> Wanted | None:
    facts = held_facts(force)
    held = sorted(facts)
    series = case_series()
    if not touched or not series:
        return None
    before = [month for month in held if month not in set(touched)]
    first, last = min(touched), add_months(max(touched), 11)
    if before:
        # Months between the old range and a new file have no file of their own, but they have windows.
        first = min(first, add_months(before[-1], 1))
        last = max(last, add_months(before[0], -1))
    # Windows of months that are no longer held lie in scope without a row: they are closed.
    ends = month_range(max(first, held[0]), min(last, held[-1])) if held else []
    rows = _case_rows(series, _areas(force), _count(force, series, ends), facts, ends) if ends else iter(())
    place = 'a.indicator_id = ANY(%(indicators)s) AND a."end" BETWEEN %(first)s AND %(last)s AND ' + NOT_A_GROUP
    values: dict[str, object] = {
        "sources": sorted({one.source_id for one in series}),
        "indicators": sorted({one.indicator_id for one in series}),
        "first": first,
        "last": month_end(last),
        "groups": _groups(),
    }
    return Wanted(rows, f"a.source_id = ANY(%(sources)s) AND {place}", place, values, (first, month_end(last)))


def _groups() -> list[int]:
    """Return the areas whose values follow from those of their members."""
    return list(ComparatorGroup.objects.values_list("area_id", flat=True))


def _areas(force: Force) -> list[int]:
    return list(Area.objects.filter(force=force).exclude(kind=AreaKind.SMALL_AREA).values_list("id", flat=True))


@dataclass(slots=True)
class Tally:
    """The cases of one series in one area by month, and how many two people have set aside."""

    cases: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    set_aside: dict[date, int] = field(default_factory=dict)

    def between(self, months: Sequence[date]) -> int:
        """Return the cases of some months."""
        cases = self.cases
        return sum([cases[m] for m in months if m in cases])


def _count(force: Force, series: list[CaseSeries], ends: Sequence[date]) -> dict[tuple[int, int], Tally]:
    """Add the cells up to (position of series, area) → tally, for districts and all above them."""
    lines = _lines(force)
    belongs: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    tallies: dict[tuple[int, int], Tally] = defaultdict(Tally)
    cells = CaseCell.objects.filter(
        force=force, until_version__isnull=True, month__gte=add_months(ends[0], -11), month__lte=ends[-1]
    ).values_list("month", "area_id", "category_id", "flags", "cases", "distinct_cases", "set_aside")
    for month, area_id, category_id, flags, cases, distinct, set_aside in cells.iterator(chunk_size=10_000):
        signature = (category_id, tuple(flags))
        positions = belongs.get(signature)
        if positions is None:
            positions = [at for at, one in enumerate(series) if one.counts(category_id, flags)]
            belongs[signature] = positions
        for line in lines[area_id]:
            for position in positions:
                tally = tallies[position, line]
                tally.cases[month] += distinct if series[position].is_distinct else cases
                if set_aside:
                    tally.set_aside[month] = tally.set_aside.get(month, 0) + set_aside
    return tallies


def _lines(force: Force) -> dict[int, tuple[int, ...]]:
    """Return for each area of a force the areas that its cases count in: itself and all above it."""
    above = dict(Area.objects.filter(force=force).values_list("id", "parent_id"))
    force_area = Area.objects.get(force=force, kind=AreaKind.FORCE).pk
    lines: dict[int, tuple[int, ...]] = {}
    for pk in above:
        chain, current = [pk], above[pk]
        while current is not None and current != force_area:
            chain.append(current)
            current = above[current]
        lines[pk] = (*chain, force_area) if pk != force_area else (force_area,)
    return lines


def _case_rows(
    series: list[CaseSeries],
    areas: list[int],
    tallies: dict[tuple[int, int], Tally],
    held: dict[date, int],
    ends: Sequence[date],
) -> Iterator[str]:
    """Yield the values of one series in one period for all areas, as lines for COPY: made in a fifth of the time."""
    nothing, shared = Tally(), f"{Basis.COUNTED.value}\t{Qualifier.EXACT.value}\t\t"
    for window in COMPUTED_WINDOWS:
        for month in ends:
            period = period_ending(window, month_end(month))
            months = period.months
            if not _is_spoken_of(period, held):
                continue
            missing = [m for m in months if m not in held]
            incomplete = "" if missing else left_out_words({m: held[m] for m in months})
            lacking = f"{{{','.join(map(str, missing))}}}"
            for position, one in enumerate(series):
                if period.start is None or period.end is None or period.start < one.starts_on:
                    continue
                provisional = one.checked_to is not None and period.end > one.checked_to
                status = Status.NOT_AVAILABLE if missing else Status.PROVISIONAL if provisional else Status.FINAL
                before = f"{one.indicator_id}\t{one.part_id or NULL}\t"
                between = f"\t{window.value}\t{period.start}\t{period.end}\t\t"
                after = f"\t{NULL}\t{NULL}\t{lacking}\t{status.value}\t{shared}\t{one.source_id}\t"
                lines = []
                for area_id in areas:
                    tally = tallies.get((position, area_id), nothing)
                    value = NULL if missing else tally.between(months)
                    caution = incomplete
                    if tally.set_aside and not missing:
                        caution = cautions(incomplete, sum(tally.set_aside.get(m, 0) for m in months))
                    lines.append(f"{before}{area_id}{between}{value}{after}{caution}\n")
                yield "".join(lines)


def _is_spoken_of(period: Period, held: Container[date]) -> bool:
    """Tell whether a period has a value, be it none for its gaps: a calendar year where its January is held.

    The first year of a series mostly begins later, and nobody misses what was before it.
    """
    return period.window != Window.CALENDAR_TO_DATE or period.months[0] in held


def _from_observations(force: Force, touched: Iterable[int]) -> Wanted:
    indicators = {one.pk: one for one in Indicator.objects.filter(pk__in=list(touched)).select_related("case_rule")}
    composite = list(Formula.objects.values_list("indicator_id", flat=True))
    supplied: dict[int, list[Observation]] = defaultdict(list)
    for row in levels(force, indicators.keys() - set(composite)):
        rule = getattr(indicators[row.indicator_id], "case_rule", None)
        # A force figure of a period that cases cover is a control total, not a value.
        if row.area.force_id is None or rule is None or row.start is None or row.start < rule.starts_on:
            supplied[row.indicator_id].append(row)
    rows: list[Row] = []
    for pk, of_indicator in supplied.items():
        given = [supplied_row(row) for row in of_indicator]
        taken = {key_of(row) for row in given}
        given += [row for row in _added_up(indicators[pk], of_indicator) if key_of(row) not in taken]
        rows += [*given, *added_over_areas(indicators[pk], force, given)]
    # What cases are the source of, and what formulas give, is written elsewhere.
    place = f"a.indicator_id = ANY(%(indicators)s) AND {NOT_A_GROUP}"
    values: dict[str, object] = {
        "indicators": sorted(indicators.keys() - set(composite)),
        "ruled": [pk for pk, one in indicators.items() if hasattr(one, "case_rule")],
        "counted": list(CaseRule.objects.values_list("source_id", flat=True).distinct()),
        "groups": _groups(),
    }
    of_cases = "a.indicator_id = ANY(%(ruled)s) AND a.source_id = ANY(%(counted)s)"
    return Wanted(rows, f"{place} AND NOT ({of_cases})", place, values)


def _added_up(indicator: Indicator, supplied: Iterable[Observation]) -> Iterator[Row]:
    """Yield the quarters, 12 months and years to date of monthly observations that may be put together over time.

    A calendar year to date needs its January, and gives way to one that was supplied to a day of the same month.
    """
    if indicator.over_time == Aggregation.SUPPLIED:
        return
    series: dict[tuple[int | None, int], dict[date, Observation]] = defaultdict(dict)
    given: set[tuple[int | None, int, date]] = set()
    for row in supplied:
        if row.window == Window.CALENDAR_TO_DATE and row.end is not None:
            given.add((row.part_id, row.area_id, first_of_month(row.end)))
        if row.window == "month" and row.start is not None and row.value is not None:
            series[row.part_id, row.area_id][first_of_month(row.start)] = row
    for (part_id, area_id), months in series.items():
        values = {month: row.value for month, row in months.items() if row.value is not None}
        counted = all(row.numerator is not None and row.denominator is not None for row in months.values())
        if indicator.over_time == Aggregation.WEIGHTED and not counted:
            continue
        for month in month_range(min(months), max(months)):
            for window in COMPUTED_WINDOWS[1:]:
                period = period_ending(window, month_end(month))
                if window == Window.CALENDAR_TO_DATE and (part_id, area_id, month) in given:
                    continue
                if _is_spoken_of(period, months) and any(m in months for m in period.months):
                    yield _added_row(indicator, part_id, area_id, period, values, months)


def _added_row(
    indicator: Indicator,
    part_id: int | None,
    area_id: int,
    period: Period,
    values: dict[date, Decimal],
    months: dict[date, Observation],
) -> Row:
    summed = total(values, period.months)
    # A window names the source of its own newest month, so that later deliveries leave it as it was.
    source_id = months[max(m for m in period.months if m in months)].source_id
    numerator = denominator = None
    value = summed.value
    if value is not None and indicator.over_time == Aggregation.WEIGHTED:
        numerator = sum_of(months[m].numerator or Decimal(0) for m in period.months)
        denominator = sum_of(months[m].denominator or Decimal(0) for m in period.months)
        scaled = ARITHMETIC.multiply(numerator, SCALES[Kind(indicator.kind)])
        value = storable(ARITHMETIC.divide(scaled, denominator)) if denominator else None
    # A total is no surer than the least sure of its months, and no more exact.
    used = [months[m] for m in period.months if m in months]
    status = Status.NOT_AVAILABLE if value is None else joint_status(status_of(row) for row in used)
    basis = joint_basis(Basis(row.basis) for row in used)
    qualifier = joint_qualifier(Qualifier(row.qualifier) for row in used)
    note = "the denominator is 0" if value is None and not summed.missing else ""
    return (
        indicator.pk, part_id, area_id, period.window.value, period.start, period.end, "", value, numerator,
        denominator, list(summed.missing), status.value, basis.value, qualifier.value, "", note, source_id, "",
    )  # fmt: skip
