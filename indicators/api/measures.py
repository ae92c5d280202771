"""What is measured: reference sheets, breakdowns, areas and sources."""

from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet

from indicators.api.asked import Asked, Scope
from indicators.api.describing import described, number, on_day, one_of, text, texts, truth, whole
from indicators.api.doors import Listing, Single
from indicators.api.paging import Key, Keyed, Record, of_query
from indicators.choices import AreaKind, Kind, Polarity, SourceKind, Unit
from indicators.composites import words as formula_words
from indicators.exports import stored_number, target_record
from indicators.kinds import AGGREGATION_NAMES, Aggregation, PopulationKind
from indicators.kinds import Side as FormulaSide
from indicators.models.area import Area
from indicators.models.breakdown import BreakdownValue
from indicators.models.formula import Formula, FormulaTerm
from indicators.models.indicator import Indicator
from indicators.models.source import DataSource
from indicators.models.target import Target
from indicators.queries.books import clean
from indicators.queries.formulas import as_value
from indicators.sheets import Wording, numbered
from indicators.targets.vocabulary import TargetKind

TermRecord = described(
    "Term",
    "One input of a composite.",
    {
        "side": one_of(FormulaSide),
        "indicator": text(),
        "part": text("Empty for the total."),
        "is_subtracted": truth("Taken away rather than added."),
        "is_as_at": truth("Read as at the end of the period."),
        "words": text(),
    },
)


FormulaRecord = described(
    "Formula",
    "How a composite follows from others: numerator ÷ denominator ÷ population ÷ months × multiplier.",
    {
        "terms": TermRecord(many=True),
        "multiplier": number("Whole and decimals, exact."),
        "population": one_of(PopulationKind, "Whom a rate is divided by; null for nobody.", empty=True),
        "is_per_month": truth("Divided by the months of the period."),
        "is_annualised": truth("Shown for a whole year."),
        "words": text("The formula in words."),
    },
)


WordingRecord = described(
    "Wording",
    "One wording of a definition.",
    {
        "number": whole("From 1, the first."),
        "starts_on": on_day("The day it begins; null: always held."),
        "definition": text(),
        "reason": text("Why it was changed."),
        "words": text(),
    },
)


CodeRecord = described(
    "Code",
    "The code under which a framework knows the indicator.",
    {
        "framework": text(),
        "code": text(),
        "name": text(),
        "words": text(),
    },
)


TargetStepRecord = described(
    "TargetStep",
    "One dated step of a target.",
    {
        "part": text("Empty for the total."),
        "window": text("The kind of period it is for; empty for every one."),
        "kind": one_of(TargetKind),
        "meaning": text("What is asked, in words."),
        "operator": text("On which side of the value it is met; empty where nobody said."),
        "value": number("In `unit`."),
        "unit": one_of(Unit),
        "wanted": text("increase or decrease, for a target of change."),
        "compared_with": text("The earlier period, for a target of change."),
        "starts_on": on_day(),
        "ends_on": on_day(),
        "printed": text("The words of the target as printed."),
        "rationale": text(),
        "owner": text(),
        "note": text(),
        "words": text("As printed; where nothing is, what it asks."),
    },
)


SheetRecord = described(
    "Sheet",
    "The reference sheet of an indicator.",
    {
        "key": text("The name by which figures refer to it."),
        "name": text(),
        "portfolio": text(),
        "position": whole("Its place in the list of reference sheets."),
        "unit": one_of(Unit),
        "kind": one_of(Kind),
        "decimals": whole("Decimals printed."),
        "share_decimals": whole("Decimals printed of shares."),
        "polarity": one_of(Polarity, "Which way is better."),
        "polarity_reason": text(),
        "definition": text("The definition that holds today."),
        "definitions": WordingRecord(many=True),
        "owner": text(),
        "method": text(),
        "footnote": text(),
        "base_threshold": whole("No percentage of change from a base below this."),
        "small_number": whole("Counts below this could name somebody, and are for a public edition to leave out."),
        "over_areas": one_of(Aggregation, "How a value follows from those of its areas."),
        "over_areas_words": text(),
        "over_time": one_of(Aggregation, "How a value follows from those of its months."),
        "over_time_words": text(),
        "source": text("Slug of the source; null for a composite.", empty=True),
        "source_name": text(empty=True),
        "counted_from": on_day("From this day on counted from cases."),
        "breakdown": text("Slug of the breakdown.", empty=True),
        "parts": texts("Slugs of the parts."),
        "parent": text("Key of the whole that it is part of.", empty=True),
        "part_of": texts("Keys of further wholes."),
        "frameworks": CodeRecord(many=True),
        "formula": FormulaRecord(allow_null=True, help_text="Null for what is no composite."),
        "targets": TargetStepRecord(many=True),
    },
)


def _definition(one: Wording) -> Record:
    return {
        "number": one.number,
        "starts_on": one.starts_on.isoformat() if one.starts_on else None,
        "definition": one.text,
        "reason": one.reason,
        "words": f"{one.since}: {one.text}",
    }


def _formula(stored: Formula, names: dict[str, str]) -> Record:
    terms = list(stored.terms.all())

    def words_of(term: Any) -> str:
        return f"{names[term.indicator]} ({term.part})" if term.part else names[term.indicator]

    value = as_value(stored, terms)
    return {
        "terms": [
            {
                "side": one.side,
                "indicator": one.indicator.key,
                "part": one.part.slug if one.part else "",
                "is_subtracted": one.is_subtracted,
                "is_as_at": one.is_as_at,
                "words": str(one),
            }
            for one in terms
        ],
        "multiplier": stored_number(clean(stored.multiplier)),
        "population": stored.population or None,
        "is_per_month": stored.is_per_month,
        "is_annualised": stored.is_annualised,
        "words": formula_words(value, words_of),
    }


def _target(target: Target) -> Record:
    about = {name: getattr(target, name) for name in ("rationale", "owner", "note")}
    return {**target_record(target.rule), **about, "words": target.rule.words}


def _sheet(one: Indicator, names: dict[str, str]) -> Record:
    """Return the reference sheet of an indicator loaded by `_sheets`."""
    rule = getattr(one, "case_rule", None)
    source = rule.source if rule else one.source
    later = [(each.starts_on, each.definition, each.reason) for each in one.definition_versions.all()]
    stored = getattr(one, "formula", None)
    plain = (
        "key", "name", "position", "unit", "kind", "decimals", "share_decimals", "polarity", "polarity_reason", "owner",
        "method", "footnote", "base_threshold", "small_number", "over_areas", "over_time",
    )  # fmt: skip
    return {
        **{name: getattr(one, name) for name in plain},
        "portfolio": one.portfolio.name,
        "definition": one.current_definition,
        "definitions": [_definition(each) for each in numbered(one.definition, later)],
        "over_areas_words": AGGREGATION_NAMES[Aggregation(one.over_areas)],
        "over_time_words": AGGREGATION_NAMES[Aggregation(one.over_time)],
        "source": source.slug if source else None,
        "source_name": source.name if source else None,
        "counted_from": rule.starts_on.isoformat() if rule else None,
        "breakdown": one.breakdown.slug if one.breakdown else None,
        "parts": [part.slug for part in one.breakdown.values.all()] if one.breakdown else [],
        "parent": one.parent.key if one.parent else None,
        "part_of": sorted(further.whole.key for further in one.part_of.all()),
        "frameworks": [
            {"framework": code.framework, "code": code.code, "name": code.name, "words": str(code)}
            for code in one.framework_codes.all()
        ],
        "formula": _formula(stored, names) if stored else None,
        "targets": [_target(target) for target in one.targets.all()],
    }


def _sheets() -> QuerySet[Indicator]:
    """Return the indicators with all that their sheets show. Eight queries, however many there are."""
    targets = Prefetch("targets", Target.objects.select_related("part").order_by(_oldest(), "pk"))
    terms = FormulaTerm.objects.select_related("indicator", "part").order_by("side", "position")
    rows = Indicator.objects.select_related(
        "portfolio", "source", "breakdown", "parent", "case_rule__source", "formula"
    )
    return rows.prefetch_related(
        "breakdown__values", targets, "definition_versions", "framework_codes", "part_of__whole",
        Prefetch("formula__terms", terms),
    )  # fmt: skip


def _oldest() -> Any:
    return F("starts_on").asc(nulls_first=True)


def _names() -> dict[str, str]:
    return dict(Indicator.objects.values_list("key", "name"))


class Indicators(Listing):
    """The reference sheets of all indicators, by their keys."""

    name = "indicators"
    record = SheetRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the sheets."""
        names = _names()
        return of_query(_sheets(), "key", after, most, lambda one: _sheet(one, names))


class OneIndicator(Single):
    """The reference sheet of one indicator."""

    name = "indicator"
    record = SheetRecord
    in_path = {"key": "Key of the indicator."}

    def found(self, asked: Asked) -> Record | None:
        """Return the sheet."""
        one = _sheets().filter(key=self.kwargs["key"]).first()
        return _sheet(one, _names()) if one else None


PartRecord = described(
    "Part",
    "One part of a breakdown.",
    {
        "breakdown": text("Slug of the breakdown."),
        "breakdown_name": text(),
        "is_exclusive": truth("Whether the parts add up to the whole."),
        "part": text("Slug, as in the keys of figures."),
        "name": text(),
        "position": whole(),
        "is_excluded_from_share": truth("Left out of the denominator of shares."),
        "offences": texts("For cases: the offences that belong to it."),
        "flags": texts("For cases: the markers that belong to it."),
    },
)


class Breakdowns(Listing):
    """The parts of all breakdowns."""

    name = "breakdowns"
    record = PartRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the parts."""
        return of_query(BreakdownValue.objects.select_related("breakdown"), "pk", after, most, _part)


def _part(one: BreakdownValue) -> Record:
    return {
        "breakdown": one.breakdown.slug,
        "breakdown_name": one.breakdown.name,
        "is_exclusive": one.breakdown.is_exclusive,
        "part": one.slug,
        **{name: getattr(one, name) for name in ("name", "position", "is_excluded_from_share", "offences", "flags")},
    }


AreaRecord = described(
    "Area",
    "One area that figures are of.",
    {
        "area": text("Slug, as in the column `area` of figures."),
        "name": text(),
        "kind": one_of([one for one in AreaKind if one is not AreaKind.SMALL_AREA]),
        "code": text("Official code, where it has one."),
        "parent": text("Slug of the area it lies in.", empty=True),
        "force": text("Short name of its force; null for areas of official publications.", empty=True),
    },
)


class Areas(Listing):
    """The force, its divisions and districts, the lines outside them, and the areas of official publications."""

    name = "areas"
    scope = Scope.FORCE
    record = AreaRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the areas; small areas, of which there are no figures, are left out."""
        own = Area.objects.filter(Q(force=asked.own) | Q(force__isnull=True)).exclude(kind=AreaKind.SMALL_AREA)
        return of_query(own.select_related("parent", "force"), "pk", after, most, _area)


def _area(one: Area) -> Record:
    return {
        "area": one.slug,
        "name": one.name,
        "kind": one.kind,
        "code": one.code,
        "parent": one.parent.slug if one.parent else None,
        "force": one.force.slug if one.force else None,
    }


SourceRecord = described(
    "Source",
    "One source of numbers.",
    {
        "source": text("Slug, as in the column `source` of figures."),
        "name": text(),
        "kind": one_of(SourceKind),
        "owner": text(),
        "method": text(),
        "note": text(),
        "is_synthetic": truth("Records made to fit published totals."),
        "is_invented": truth("Made up, for showing the portal."),
        "checked_to": on_day("Values after this day are provisional."),
    },
)


class Sources(Listing):
    """Where numbers come from."""

    name = "sources"
    record = SourceRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the sources."""
        return of_query(DataSource.objects.all(), "slug", after, most, _source)


def _source(one: DataSource) -> Record:
    plain = ("name", "kind", "owner", "method", "note", "is_synthetic", "is_invented")
    checked = one.checked_to.isoformat() if one.checked_to else None
    return {"source": one.slug, **{name: getattr(one, name) for name in plain}, "checked_to": checked}
