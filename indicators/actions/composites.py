"""Composite indicators: worked out from what is stored of their inputs, in the transaction that wrote these.

Each composite is written before the next one reads it; one that depends on nothing touched is left alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from indicators.actions.supplied import levels, supplied_row
from indicators.actions.values import NAMES, Row, Wanted, compare, write
from indicators.calculations import missing_reason, storable
from indicators.choices import SHARED_AREAS, AreaKind, Status, Window
from indicators.composites import (
    Formula,
    Reading,
    Term,
    joint_basis,
    joint_qualifier,
    joint_status,
    ordered,
    work_out,
)
from indicators.kinds import PopulationKind
from indicators.models.aggregate import Aggregate
from indicators.models.area import Area, Force
from indicators.models.breakdown import BreakdownValue
from indicators.models.data_version import DataVersion
from indicators.models.indicator import Indicator
from indicators.models.population import Population
from indicators.periods import Period, Quarter
from indicators.queries.formulas import formulas_by_key

MID_YEAR = (6, 30)
AREA, VALUE = NAMES.index("area_id"), NAMES.index("value")

Stored = dict[str, Any]
Slot = tuple[int, str, date | None, date | None, str]  # area, window, start, end, report


def recompute(
    force: Force, version: DataVersion, touched: Iterable[int], *, areas: Collection[int] | None = None
) -> None:
    """Work out every composite that depends on one of the touched indicators, also through other composites.

    `areas` limits it to some, where only these have moved.
    """
    for wanted in _wanted(force, set(touched), areas):
        write(force, version, wanted)


def differences(force: Force) -> int:
    """Count the current values of composites that a full recompute would write or close; writes nothing."""
    return sum(compare(force, wanted) for wanted in _wanted(force, None))


def _wanted(force: Force, touched: set[int] | None, within: Collection[int] | None = None) -> Iterator[Wanted]:
    """Yield what each composite ought to be, in the order in which they need each other. None: all of them."""
    formulas = formulas_by_key()
    if not formulas:
        return
    rows = Area.objects.filter(Q(force=force) | Q(force__isnull=True)).exclude(kind=AreaKind.SMALL_AREA)
    areas = {one.pk: one for one in (rows if within is None else rows.filter(pk__in=within))}
    keys = {*formulas, *(term.indicator for one in formulas.values() for term in one.terms)}
    indicators = {one.key: one for one in Indicator.objects.filter(key__in=keys)}
    for key in ordered(formulas):
        own = indicators[key].pk
        inputs = {own, *(indicators[term.indicator].pk for term in formulas[key].terms)}
        if touched is None or not touched.isdisjoint(inputs):
            if touched is not None:
                touched.add(own)
            place, values = "a.indicator_id = %(indicator)s", dict[str, object](indicator=own)
            if within is not None:
                place, values = f"{place} AND a.area_id = ANY(%(areas)s)", {**values, "areas": list(areas)}
            made = list(_Work(force, indicators, key, formulas[key], areas).rows())
            published = [row for row in _published(force, own, made) if within is None or row[AREA] in areas]
            yield Wanted([*published, *made], place, place, values)


def _published(force: Force, indicator: int, made: Iterable[Row]) -> list[Row]:
    """Return what was published of a composite for areas of others, where it cannot be worked out."""
    taken = {(row[:4], row[5:7]) for row in made}
    rows = [supplied_row(one) for one in levels(force, {indicator}) if one.area.force_id is None]
    return [row for row in rows if (row[:4], row[5:7]) not in taken]


@dataclass(slots=True)
class _Read:
    """The stored rows that one value was worked out from, as they are read, and what was said about the population."""

    rows: list[Stored] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)


class _Work:
    """Works out one composite of one force from the current values of its inputs."""

    def __init__(
        self, force: Force, indicators: dict[str, Indicator], key: str, formula: Formula, areas: dict[int, Area]
    ) -> None:
        self._indicators, self._formula, self._areas = indicators, formula, areas
        self._own = indicators[key]
        parts = BreakdownValue.objects.filter(
            breakdown_id__in={one.breakdown_id for one in indicators.values() if one.breakdown_id}
        )
        self._parts = {(one.breakdown_id, one.slug): one.pk for one in parts}
        self._names = {one.pk: one.name for one in parts}
        self._own_parts = [one.pk for one in parts if one.breakdown_id == self._own.breakdown_id]
        self._held = _held(force, {indicators[term.indicator].pk for term in formula.terms}, list(areas))
        self._populations = _populations(formula.population, list(areas))

    def rows(self) -> Iterator[Row]:
        """Yield the value of every part, area and period for which one of the terms of that period is held."""
        for part in (None, *self._own_parts):
            slots: dict[Slot, None] = {}
            for term in self._formula.numerator:
                if not term.is_as_at:
                    slots |= dict.fromkeys(self._held.get(self._series(term, part), {}))
            for slot in slots:
                row = self._row(part, slot)
                # What a place of others is not published for is nobody's gap to name.
                if self._areas[slot[0]].kind not in SHARED_AREAS or row[VALUE] is not None:
                    yield row

    def _series(self, term: Term, part: int | None) -> tuple[int, int | None]:
        """Return the series that a term reads for a part of the composite."""
        indicator = self._indicators[term.indicator]
        if term.part:
            return indicator.pk, self._parts.get((indicator.breakdown_id or 0, term.part))
        return indicator.pk, part

    def _row(self, part: int | None, slot: Slot) -> Row:
        area, window, start, end, reported_for = slot
        read = _Read()
        period = Period(Window(window), start, end)
        outcome = work_out(
            self._formula,
            lambda term: self._reading(term, part, slot, read),
            len(period.months) if not period.part_months else 0,
            self._population(part, slot, read),
        )
        value = None if outcome.value is None else storable(outcome.value)
        status = joint_status(Status(row["status"]) for row in read.rows)
        if value is None and status != Status.SUPPRESSED:
            status = Status.NOT_AVAILABLE
        numerator, denominator = (None, None) if value is None else (outcome.numerator, outcome.denominator)
        cautions = [*(row["caution"] for row in read.rows if row["caution"]), *read.cautions]
        if value is not None and self._formula.population and 0 < len(period.months) < 12:
            cautions.append("annualised" if self._formula.is_annualised else "not annualised")
        return (
            self._own.pk, part, area, window, start, end, reported_for, value, numerator, denominator, [],
            status.value, joint_basis(row["basis"] for row in read.rows).value,
            joint_qualifier(row["qualifier"] for row in read.rows).value, "", outcome.reason,
            read.rows[0]["source_id"], "; ".join(dict.fromkeys(cautions)),
        )  # fmt: skip

    def _reading(self, term: Term, part: int | None, slot: Slot, read: _Read) -> Reading:
        series = self._series(term, part)
        held = self._held.get(series, {})
        row = next((held[at] for at in _places(term, slot) if at in held), None)
        name = self._indicators[term.indicator].name
        if series[1] is not None:
            name = f"{name}: {self._names[series[1]]}"
        if row is None:
            return Reading(None, f"no value of {name}")
        read.rows.append(row)
        if row["value"] is not None:
            return Reading(row["value"])
        return Reading(None, f"{name}: {_why(row)}")

    def _population(self, part: int | None, slot: Slot, read: _Read) -> Reading | None:
        """Return the newest release of the newest mid-year that the period reaches, and say which it is."""
        kind, (area, _, _, end, _) = self._formula.population, slot
        if kind is None:
            return None
        estimates = [
            one
            for one in self._populations.get((area, part), ())
            if end is not None and date(one.mid_year, *MID_YEAR) <= end
        ]
        of_part = f" ({self._names[part]})" if part is not None else ""
        if not estimates:
            return Reading(None, f"no estimate of the {kind.value}{of_part} of {self._areas[area].name}")
        found = max(estimates, key=lambda one: (one.mid_year, one.released_on, one.pk))
        read.cautions.append(f"{kind.value}{of_part} at mid-{found.mid_year}: {found.release}")
        return Reading(found.value)


def _held(force: Force, indicators: set[int], areas: list[int]) -> dict[tuple[int, int | None], dict[Slot, Stored]]:
    """Return the current values of some indicators by series and slot."""
    found: dict[tuple[int, int | None], dict[Slot, Stored]] = defaultdict(dict)
    rows = Aggregate.objects.filter(
        force=force, indicator_id__in=indicators, area_id__in=areas, until_version__isnull=True
    )
    for row in rows.values(*NAMES).order_by("window", "end", "area_id", "id"):
        slot = (row["area_id"], row["window"], row["start"], row["end"], row["reported_for"])
        found[row["indicator_id"], row["part_id"]][slot] = row
    return found


def _places(term: Term, slot: Slot) -> Iterator[Slot]:
    """Yield where the value of a term may stand: the same period, or as at its end, or in the report of its quarter."""
    area, _, _, end, _ = slot
    if not term.is_as_at:
        yield slot
    elif end is not None:
        yield (area, Window.SNAPSHOT.value, None, end, "")
        yield (area, Window.NOT_STATED.value, None, None, Quarter.containing(end).key)


def _why(row: Stored) -> str:
    """Say why a stored row has no value, without the words that lead such a reason."""
    if row["missing"]:
        months = Period(Window(row["window"]), row["start"], row["end"]).months
        return missing_reason(row["missing"], len(months)).removeprefix("not available: ")
    if row["status"] == Status.SUPPRESSED:
        return "suppressed"
    return str(row["note"] or "not available")


def _populations(kind: PopulationKind | None, areas: list[int]) -> dict[tuple[int, int | None], list[Population]]:
    found: dict[tuple[int, int | None], list[Population]] = defaultdict(list)
    if kind is not None:
        for one in Population.objects.filter(kind=kind, area_id__in=areas):
            found[one.area_id, one.part_id].append(one)
    return found
