"""Reads of formulas: as values, with what has to be known of their indicators to judge them."""

from collections.abc import Iterable

from django.db.models import Prefetch

from indicators.choices import Kind, Unit
from indicators.composites import Formula, Ingredient, Term, words
from indicators.kinds import Aggregation, PopulationKind, Side
from indicators.models.breakdown import BreakdownValue
from indicators.models.formula import Formula as StoredFormula
from indicators.models.formula import FormulaTerm
from indicators.models.indicator import Indicator


def as_value(stored: StoredFormula, terms: Iterable[FormulaTerm]) -> Formula:
    """Return a formula with these terms as a value."""
    sides: dict[str, list[Term]] = {Side.NUMERATOR: [], Side.DENOMINATOR: []}
    for one in terms:
        part = one.part.slug if one.part else ""
        sides[one.side].append(Term(one.indicator.key, part, one.is_subtracted, one.is_as_at))
    return Formula(
        numerator=tuple(sides[Side.NUMERATOR]),
        denominator=tuple(sides[Side.DENOMINATOR]),
        multiplier=stored.multiplier,
        population=PopulationKind(stored.population) if stored.population else None,
        is_per_month=stored.is_per_month,
        is_annualised=stored.is_annualised,
    )


def formulas_by_key() -> dict[str, Formula]:
    """Return every formula by the key of its indicator. Two queries, one where there is none."""
    terms = Prefetch("terms", FormulaTerm.objects.select_related("indicator", "part").order_by("side", "position"))
    stored = StoredFormula.objects.select_related("indicator").prefetch_related(terms)
    return {one.indicator.key: as_value(one, one.terms.all()) for one in stored}


def ingredients() -> dict[str, Ingredient]:
    """Return what a formula has to know of each indicator. Two queries."""
    rows = Indicator.objects.select_related("breakdown", "case_rule").prefetch_related("breakdown__values")
    return {
        row.key: Ingredient(
            name=row.name,
            kind=Kind(row.kind),
            unit=Unit(row.unit),
            breakdown=row.breakdown.slug if row.breakdown else "",
            parts=frozenset(part.slug for part in row.breakdown.values.all()) if row.breakdown else frozenset(),
            is_counted=hasattr(row, "case_rule"),
            is_aggregated=row.over_areas != Aggregation.SUPPLIED or row.over_time != Aggregation.SUPPLIED,
        )
        for row in rows
    }


def formula_in_words(indicator: Indicator) -> str:
    """Return the formula of an indicator as its reference sheet prints it; empty where it has none."""
    stored = getattr(indicator, "formula", None)
    if stored is None:
        return ""
    formula = as_value(stored, stored.terms.select_related("indicator", "part"))
    names = dict(Indicator.objects.values_list("key", "name"))

    def name_of(term: Term) -> str:
        return f"{names[term.indicator]} ({term.part})" if term.part else names[term.indicator]

    return words(formula, name_of)


def part_of(indicator: Indicator, slug: str) -> BreakdownValue | None:
    """Return a part of an indicator by its slug; None when it has no such part."""
    return BreakdownValue.objects.filter(breakdown=indicator.breakdown_id, slug=slug).first()
