"""The one value of each series in each window, recomputed for what an import touched.

Cells and months are added up in memory; composites follow from what was written, in the same transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain

from indicators.actions import composites, groups
from indicators.actions.cases import held_facts
from indicators.actions.over_areas import added_over_areas, key_of
from indicators.actions.supplied import levels, status_of, supplied_row
from indicators.actions.tallies import Counted, Lines, Place, Tally, count, counted_spans
from indicators.actions.values import NULL, Row, Wanted, compare, write
from indicators.calculations import ARITHMETIC, months_text, storable, sum_of, total
from indicators.cautions import cautions, left_out_words, without_days
from indicators.choices import COMPUTED_WINDOWS, AreaKind, Basis, Kind, Qualifier, Status, Window
from indicators.composites import joint_basis, joint_qualifier, joint_status
from indicators.kinds import SCALES, Aggregation
from indicators.models.area import Area, Force
from indicators.models.case import CaseMonth
from indicators.models.data_version import DataVersion
from indicators.models.formula import Formula
from indicators.models.group import ComparatorGroup
from indicators.models.indicator import CaseRule, Indicator
from indicators.models.observation import Observation
from indicators.periods import Period, add_months, first_of_month, month_end, month_range, period_ending
from indicators.queries.case_series import CaseSeries, case_series
from indicators.queries.spans import AskedSpan, asked_spans

NOT_A_GROUP = "NOT a.area_id = ANY(%(groups)s)"
# The days of a span tell it from every other period of its window.
AMONG = (
    "EXISTS (SELECT 1 FROM unnest(%({0}_starts)s::date[], %({0}_ends)s::date[]) AS s (first, last) "
    """WHERE a.start = s.first AND a."end" = s.last AND a."window" IN ('span', 'cytd'))"""
)


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


def recompute_spans(force: Force, version: DataVersion, periods: Collection[Period]) -> None:
    """Make the values of some spans what they ought to be: none where nobody asks for them any longer.

    Their groups and composites follow.
    """
    asked = [one for one in asked_spans(force) if one.period in periods]
    ends = sorted(one.end for one in periods if one.end is not None)
    counted = _spans_of_cases(force, asked, periods)
    if counted is not None:
        write(force, version, counted)
    every = set(Indicator.objects.values_list("pk", flat=True))
    write(force, version, _from_observations(force, every, periods))
    groups.recompute(force, version, every, ends=(ends[0], ends[-1]))
    composites.recompute(force, version, every)


def _from_cases(force: Force, touched: Sequence[date]) -> Wanted | None:
    facts = held_facts(force)
    held = sorted(facts)
    series = case_series()
    if not touched or not series:
        return None
    spans = asked_spans(force)
    first, last = _reach(touched, held, spans)
    # Windows of months that are no longer held lie in scope without a row: they are closed.
    ends = month_range(max(first, held[0]), min(last, held[-1])) if held else ()
    within = [one for one in spans if one.period.end and first <= one.period.end <= month_end(last)]
    rows = _case_rows(force, series, facts, ends, within)
    place = 'a.indicator_id = ANY(%(indicators)s) AND a."end" BETWEEN %(first)s AND %(last)s AND ' + NOT_A_GROUP
    values: dict[str, object] = {
        "sources": sorted({one.source_id for one in series}),
        "indicators": sorted({one.indicator_id for one in series}),
        "first": first,
        "last": month_end(last),
        "groups": _groups(),
        **_days("settled", [one.period for one in spans if one.is_settled]),
    }
    scope = f"a.source_id = ANY(%(sources)s) AND {place} AND NOT {AMONG.format('settled')}"
    return Wanted(rows, scope, place, values, (first, month_end(last)))


def _reach(touched: Sequence[date], held: Sequence[date], spans: Iterable[AskedSpan]) -> tuple[date, date]:
    """Return the first and the last month in which a period may end that uses one of the touched months."""
    before = [month for month in held if month not in set(touched)]
    first, last = min(touched), add_months(max(touched), 11)
    if before:
        # Months between the old range and a new file have no file of their own, but they have windows.
        first = min(first, add_months(before[-1], 1))
        last = max(last, add_months(before[0], -1))
    for one in spans:
        if one.period.end is not None and not set(touched).isdisjoint(one.period.months):
            last = max(last, first_of_month(one.period.end))
    return first, last


def _days(name: str, periods: Iterable[Period]) -> dict[str, object]:
    """Return periods as the parameters of the condition AMONG."""
    rows = list(periods)
    return {f"{name}_starts": [one.start for one in rows], f"{name}_ends": [one.end for one in rows]}


def _spans_of_cases(force: Force, asked: Sequence[AskedSpan], periods: Iterable[Period]) -> Wanted | None:
    series, facts = case_series(), held_facts(force)
    if not series:
        return None
    rows = _case_rows(force, series, facts, (), asked)
    place = f"a.indicator_id = ANY(%(indicators)s) AND {AMONG.format('these')} AND {NOT_A_GROUP}"
    values: dict[str, object] = {
        "sources": sorted({one.source_id for one in series}),
        "indicators": sorted({one.indicator_id for one in series}),
        "groups": _groups(),
        **_days("these", periods),
    }
    return Wanted(rows, f"a.source_id = ANY(%(sources)s) AND {place}", place, values)


def _groups() -> list[int]:
    """Return the areas whose values follow from those of their members."""
    return list(ComparatorGroup.objects.values_list("area_id", flat=True))


def _areas(force: Force) -> list[int]:
    return list(Area.objects.filter(force=force).exclude(kind=AreaKind.SMALL_AREA).values_list("id", flat=True))


def _case_rows(
    force: Force, series: list[CaseSeries], held: dict[date, int], ends: Sequence[date], spans: Iterable[AskedSpan]
) -> Iterator[str]:
    """Return the values of every window that ends with one of the months `ends`, and of spans that reach held months.

    All is read before the first is yielded: nothing can be asked of the database while they are sent to it.
    """
    lines = Lines(force, series)
    now = [one for one in spans if not one.is_settled and any(month in held for month in one.period.months)]
    periods = [period_ending(window, month_end(month)) for window in COMPUTED_WINDOWS for month in ends]
    counted = [Counted(one, one.months) for one in periods if _is_spoken_of(one, held)]
    counted += counted_spans(force, series, lines, now)
    months = sorted({month for one in counted for month in one.months})
    tallies = count(force, series, lines, months[0], months[-1]) if months else {}
    areas = _areas(force)
    return chain.from_iterable(_lines_of(one, series, areas, tallies, held) for one in counted)


def _lines_of(
    counted: Counted,
    series: list[CaseSeries],
    areas: list[int],
    tallies: Mapping[Place, Tally],
    held: Mapping[date, int],
) -> Iterator[str]:
    """Yield the values of one series in one period for all areas, as lines for COPY: made in a fifth of the time."""
    nothing, shared = Tally(), f"{Basis.COUNTED.value}\t{Qualifier.EXACT.value}\t\t"
    period, months, parts = counted.period, counted.months, counted.parts
    missing = [m for m in period.months if m not in held]
    incomplete = "" if missing else left_out_words({m: held[m] for m in period.months})
    lacking = f"{{{','.join(map(str, missing))}}}"
    for position, one in enumerate(series):
        if period.start is None or period.end is None or period.start < one.starts_on:
            continue
        if counted.span is not None and not counted.span.is_of(one.indicator_id):
            continue
        provisional = one.checked_to is not None and period.end > one.checked_to
        status = Status.NOT_AVAILABLE if missing else Status.PROVISIONAL if provisional else Status.FINAL
        before = f"{one.indicator_id}\t{one.part_id or NULL}\t"
        between = f"\t{period.window.value}\t{period.start}\t{period.end}\t\t"
        after = f"\t{NULL}\t{NULL}\t{lacking}\t{status.value}\t{shared}\t{one.source_id}\t"
        lines = []
        for area_id in areas:
            tally, ending = tallies.get((position, area_id), nothing), after
            value = NULL if missing else tally.between(months)
            aside = sum(tally.set_aside.get(m, 0) for m in months) if tally.set_aside and not missing else 0
            part = parts.get((position, area_id)) if parts else None
            if part is not None and not missing:
                value, aside = tally.between(months) + part.cases, aside + part.set_aside
                if part.undated:
                    value, why = NULL, without_days(part.undated)
                    ending = after.replace(f"{status.value}\t{shared}", f"{Status.NOT_AVAILABLE.value}\t{shared}{why}")
            lines.append(f"{before}{area_id}{between}{value}{ending}{cautions(incomplete, aside)}\n")
        yield "".join(lines)


def _is_spoken_of(period: Period, held: Container[date]) -> bool:
    """Tell whether a period has a value, be it none for its gaps: a calendar year where its January is held.

    The first year of a series mostly begins later, and nobody misses what was before it.
    """
    return period.window != Window.CALENDAR_TO_DATE or period.months[0] in held


def _from_observations(force: Force, touched: Iterable[int], only: Collection[Period] = ()) -> Wanted:
    """Return what the values of some indicators ought to be that observations are the source of.

    `only` limits it to some spans.
    """
    indicators = {one.pk: one for one in Indicator.objects.filter(pk__in=list(touched)).select_related("case_rule")}
    composite = list(Formula.objects.values_list("indicator_id", flat=True))
    supplied: dict[int, list[Observation]] = defaultdict(list)
    for row in levels(force, indicators.keys() - set(composite), within=only):
        rule = getattr(indicators[row.indicator_id], "case_rule", None)
        # A force figure of a period that cases cover is a control total, not a value.
        if row.area.force_id is None or rule is None or row.start is None or row.start < rule.starts_on:
            supplied[row.indicator_id].append(row)
    rows: list[Row] = []
    spans = asked_spans(force)
    for pk, of_indicator in supplied.items():
        given = [supplied_row(row) for row in of_indicator]
        taken = {key_of(row) for row in given}
        given += [row for row in _added_up(indicators[pk], of_indicator, spans) if key_of(row) not in taken]
        if only:
            given = [row for row in given if _days_of(row) in {(one.window, one.start, one.end) for one in only}]
        rows += [*given, *added_over_areas(indicators[pk], force, given)]
    # What cases are the source of, and what formulas give, is written elsewhere.
    place = f"a.indicator_id = ANY(%(indicators)s) AND {NOT_A_GROUP}"
    if only:
        place = f"{place} AND {AMONG.format('these')}"
    values: dict[str, object] = {
        "indicators": sorted(indicators.keys() - set(composite)),
        **_days("these", only),
        "ruled": [pk for pk, one in indicators.items() if hasattr(one, "case_rule")],
        "counted": list(CaseRule.objects.values_list("source_id", flat=True).distinct()),
        "groups": _groups(),
    }
    of_cases = "a.indicator_id = ANY(%(ruled)s) AND a.source_id = ANY(%(counted)s)"
    return Wanted(rows, f"{place} AND NOT ({of_cases})", place, values)


def _added_up(indicator: Indicator, supplied: Iterable[Observation], spans: Sequence[AskedSpan]) -> Iterator[Row]:
    """Yield the quarters, 12 months and years to date of monthly observations that may be put together over time.

    Spans of whole months too, where they are asked for. A calendar year to date needs its January. Of a percentage one
    month without its counts takes the value from the periods it is part of, and from no other; where none has them,
    nothing longer is spoken of.
    """
    if indicator.over_time == Aggregation.SUPPLIED:
        return
    own = [one.period for one in spans if one.is_of(indicator.pk) and not one.period.part_months]
    series: dict[tuple[int | None, int], dict[date, Observation]] = defaultdict(dict)
    for row in supplied:
        if row.window == "month" and row.start is not None and row.value is not None:
            series[row.part_id, row.area_id][first_of_month(row.start)] = row
    for (part_id, area_id), months in series.items():
        values = {month: row.value for month, row in months.items() if row.value is not None}
        is_weighted = indicator.over_time == Aggregation.WEIGHTED
        bare = {month for month, row in months.items() if is_weighted and None in (row.numerator, row.denominator)}
        counted = months.keys() - bare
        ends = month_range(min(months), max(months))
        periods = [period_ending(window, month_end(month)) for month in ends for window in COMPUTED_WINDOWS[1:]]
        for period in [*periods, *own]:
            if _is_spoken_of(period, months) and any(m in counted for m in period.months):
                yield _added_row(indicator, part_id, area_id, period, values, months, bare)


def _days_of(row: Row) -> tuple[object, ...]:
    """Return the window of a row with its first and last day."""
    return row[3], row[4], row[5]


def _added_row(
    indicator: Indicator,
    part_id: int | None,
    area_id: int,
    period: Period,
    values: dict[date, Decimal],
    months: dict[date, Observation],
    bare: Container[date] = (),
) -> Row:
    summed = total(values, period.months)
    # A window names the source of its own newest month, so that later deliveries leave it as it was.
    source_id = months[max(m for m in period.months if m in months)].source_id
    numerator = denominator = None
    value, without = summed.value, [m for m in period.months if m in bare]
    if without:
        value = None
    elif value is not None and indicator.over_time == Aggregation.WEIGHTED:
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
    note = f"numerator and denominator are not given for {months_text(without)}" if without else note
    return (
        indicator.pk, part_id, area_id, period.window.value, period.start, period.end, "", value, numerator,
        denominator, list(summed.missing), status.value, basis.value, qualifier.value, "", note, source_id, "",
    )  # fmt: skip
