"""Reference sheets: dated definitions, formulas, framework codes, wholes and populations."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from indicators import rules
from indicators.composites import faults
from indicators.kinds import Side
from indicators.like_for_like import listed
from indicators.models.area import Area
from indicators.models.breakdown import BreakdownValue
from indicators.models.formula import Formula, FormulaTerm
from indicators.models.indicator import Indicator
from indicators.models.population import Population
from indicators.models.sheet import DefinitionVersion, FrameworkCode, PartOf
from indicators.people import Person, Refused, Verdict
from indicators.queries.books import wordings
from indicators.queries.formulas import formulas_by_key, ingredients, part_of
from indicators.sheets import in_force

Entry = dict[str, Any]

FORMULA_FIELDS = ("population", "is_per_month", "is_annualised")
TERM_FIELDS = ("is_subtracted", "is_as_at")
SIDES = {Side.NUMERATOR: "above the line", Side.DENOMINATOR: "below the line"}


@transaction.atomic
def redefine(indicator: Indicator, definition: str, starts_on: date, *, by: Person, reason: str) -> DefinitionVersion:
    """Give an indicator another definition from a day on; earlier periods keep the one they were counted under.

    Values do not move: where the counting changes as well, its rule or formula is changed. Raises Refused.
    """
    Indicator.objects.select_for_update().get(pk=indicator.pk)
    held = in_force(wordings([indicator.pk])[indicator.key], starts_on)
    rules.require(rules.can_redefine(by, definition, held.text if held else "", reason))
    return DefinitionVersion.objects.create(
        indicator=indicator, definition=definition, starts_on=starts_on, by_id=by.id or None, reason=reason
    )


def load(entries: Iterable[Entry], *, by: Person) -> None:
    """Bring the sheets to what the indicators of a document say; what an entry does not name stays as it is.

    Raises Refused, in words, for a formula that makes no sense. In the caller's transaction.
    """
    indicators = {one.key: one for one in Indicator.objects.select_related("breakdown")}
    for entry in entries:
        indicator = indicators[entry["key"]]
        for later in entry.get("definitions", []):
            _definition(indicator, later, by)
        if "frameworks" in entry:
            _frameworks(indicator, entry["frameworks"])
        if "part_of" in entry:
            _wholes(indicator, [indicators[key] for key in entry["part_of"]])
        if entry.get("formula"):
            write_formula(indicator, entry["formula"], indicators)
    require_sound_formulas()


def require_sound_formulas() -> None:
    """Raise Refused naming all that is wrong with the stored formulas."""
    formulas = formulas_by_key()
    if not formulas:
        return
    known = ingredients()
    found = [
        f"{known[key].name}: {fault}"
        for key, formula in sorted(formulas.items())
        for fault in faults(key, formula, known, formulas)
    ]
    if found:
        raise Refused(Verdict(False, " ".join(found)))


def _definition(indicator: Indicator, entry: Entry, by: Person) -> None:
    """Add a dated definition, unless it is there already."""
    starts_on = date.fromisoformat(entry["from"])
    newest = indicator.definition_versions.filter(starts_on=starts_on).last()
    if newest is None or newest.definition != entry["definition"]:
        redefine(indicator, entry["definition"], starts_on, by=by, reason=entry.get("reason", ""))


def _frameworks(indicator: Indicator, entries: list[Entry]) -> None:
    kept = []
    for entry in entries:
        row, _ = FrameworkCode.objects.update_or_create(
            indicator=indicator,
            framework=entry["framework"],
            code=entry["code"],
            defaults={"name": entry.get("name", "")},
        )
        kept.append(row.pk)
    indicator.framework_codes.exclude(pk__in=kept).delete()


def _wholes(indicator: Indicator, wholes: list[Indicator]) -> None:
    for whole in wholes:
        PartOf.objects.get_or_create(indicator=indicator, whole=whole)
    indicator.part_of.exclude(whole__in=wholes).delete()


def write_formula(indicator: Indicator, entry: Entry, indicators: dict[str, Indicator]) -> None:
    """Bring the formula of an indicator to what an entry says.

    Raises Refused for an input that nobody has defined, and for one that stands twice on a side.
    """
    _require_once(indicator, entry)
    fields: Entry = {name: entry[name] for name in FORMULA_FIELDS if name in entry}
    fields["multiplier"] = Decimal(str(entry.get("multiplier", 1)))
    formula, _ = Formula.objects.update_or_create(indicator=indicator, defaults=fields)
    kept = []
    for side in Side:
        for position, term in enumerate(entry.get(side.value, [])):
            read = indicators.get(term["indicator"])
            if read is None:
                raise Refused(Verdict(False, f"{indicator.name}: there is no indicator “{term['indicator']}”."))
            row, _ = FormulaTerm.objects.update_or_create(
                formula=formula,
                side=side,
                indicator=read,
                part=_part(read, term.get("part", "")),
                defaults={"position": position, **{name: bool(term.get(name)) for name in TERM_FIELDS}},
            )
            kept.append(row.pk)
    formula.terms.exclude(pk__in=kept).delete()


def _require_once(indicator: Indicator, entry: Entry) -> None:
    """Refuse a term that a side names twice: one of the two would be lost."""
    for side in Side:
        terms = [(term["indicator"], term.get("part", "")) for term in entry.get(side.value, [])]
        twice = sorted({".".join(term).rstrip(".") for at, term in enumerate(terms) if term in terms[:at]})
        if twice:
            words = f"{indicator.name}: {listed(f'“{term}”' for term in twice)} stands twice {SIDES[side]}."
            raise Refused(Verdict(False, f"{words} Delete one of the two, or use the multiplier."))


def _part(indicator: Indicator, slug: str) -> BreakdownValue | None:
    if not slug:
        return None
    part = part_of(indicator, slug)
    if part is None:
        raise Refused(Verdict(False, f"“{slug}” is not a part of {indicator.name}."))
    return part


def load_populations(entries: Iterable[Entry]) -> None:
    """Add the mid-year estimates of a document. A release stays as it was written: Refused where it says otherwise."""
    for entry in entries:
        area = Area.objects.get(slug=entry["area"], force__slug=entry["force"]) if entry.get("force") else None
        area = area or Area.objects.get(slug=entry["area"], force__isnull=True)
        part = None
        if entry.get("part"):
            part = BreakdownValue.objects.get(breakdown__slug=entry["breakdown"], slug=entry["part"])
        value = Decimal(str(entry["value"]))
        row, _ = Population.objects.get_or_create(
            area=area,
            kind=entry["kind"],
            part=part,
            mid_year=entry["mid_year"],
            released_on=date.fromisoformat(entry["released_on"]),
            defaults={"value": value, "release": entry["release"]},
        )
        if row.value != value:
            words = f"The {row} was loaded as {row.value:,f} with the release “{row.release}”, and not as {value:,f}."
            raise Refused(Verdict(False, f"{words} Load a corrected number as another release, with its own day."))
