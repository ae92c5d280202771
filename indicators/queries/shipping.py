"""The definitions as one document without figures: what `indicators.actions.definitions.load` reads."""

from decimal import Decimal
from typing import Any

from django.db.models import F

from indicators.choices import SHARED_AREAS
from indicators.kinds import Side
from indicators.models.area import Area
from indicators.models.breakdown import Breakdown, BreakdownValue
from indicators.models.category import Category, Flag
from indicators.models.dated_note import DatedNote
from indicators.models.exhibit import Exhibit
from indicators.models.formula import Formula
from indicators.models.group import GroupVersion
from indicators.models.indicator import CaseRule, Indicator
from indicators.models.partner_return import PartnerReturn
from indicators.models.population import Population
from indicators.models.portfolio import Portfolio
from indicators.models.relation import Relation
from indicators.models.source import DataSource
from indicators.models.target import Target

Entry = dict[str, Any]

PLAIN = (
    "key", "name", "kind", "unit", "decimals", "share_decimals", "polarity", "polarity_reason", "definition", "owner",
    "method", "footnote", "base_threshold", "small_number", "over_areas", "over_time", "appendix",
)  # fmt: skip
RULE_LISTS = ("crime_types", "excluded_crime_types", "offences", "flags")
SOURCE_FIELDS = ("slug", "name", "kind", "owner", "method", "note", "is_synthetic", "is_invented")
TARGET_FIELDS = (
    "kind", "operator", "unit", "wanted", "compared_with", "window", "printed", "rationale", "owner", "note", "row_id",
)  # fmt: skip


def document() -> Entry:
    """Return every definition, in the order in which they refer to each other. Dates and numbers are text."""
    return {
        "portfolios": list(Portfolio.objects.order_by("slug").values("slug", "name")),
        "sources": [_source(one) for one in DataSource.objects.order_by("slug")],
        "areas": list(
            Area.objects.filter(kind__in=SHARED_AREAS, group__isnull=True)
            .order_by("slug")
            .values("slug", "name", "kind", "code")
        ),
        "offences": [
            {"crime_type": one.crime_type, "name": one.offence}
            for one in Category.objects.exclude(offence="").order_by("crime_type", "offence")
        ],
        "flags": list(Flag.objects.order_by("slug").values("slug", "name")),
        "breakdowns": [_breakdown(one) for one in Breakdown.objects.order_by("slug").prefetch_related("values")],
        "indicators": [_indicator(one) for one in _indicators()],
        "targets": [_target(one) for one in _targets()],
        "exhibits": [
            {"key": one.key, "title": one.title, "portfolio": one.portfolio.slug, "definition": one.definition}
            for one in Exhibit.objects.select_related("portfolio").order_by("key")
        ],
        "groups": [_group(one) for one in _groups()],
        "populations": [_population(one) for one in _populations()],
        "relations": [_relation(one) for one in _relations()],
        "returns": [_return(one) for one in _returns()],
        "notes": [_note(one) for one in DatedNote.objects.open().exclude(key="").select_related("force", "part")],
    }


def _indicators() -> Any:
    rows = Indicator.objects.select_related(
        "portfolio", "source", "breakdown", "parent", "case_rule__source", "formula"
    ).prefetch_related(
        "framework_codes", "part_of__whole", "definition_versions", "formula__terms__indicator", "formula__terms__part"
    )
    return rows.order_by("position", "key")


def _targets() -> Any:
    return Target.objects.select_related("indicator", "part").order_by("indicator__position", "indicator__key", "pk")


def _populations() -> Any:
    rows = Population.objects.select_related("area__force", "part__breakdown")
    return rows.order_by("area__slug", "kind", "mid_year", "released_on", "pk")


def _relations() -> Any:
    rows = Relation.objects.select_related("indicator", "part").prefetch_related("members__indicator", "members__part")
    return rows.order_by("slug")


def _groups() -> Any:
    rows = GroupVersion.objects.filter(number=F("group__version")).select_related("group__area")
    return rows.prefetch_related("members__area__force").order_by("group__area__slug")


def _group(one: GroupVersion) -> Entry:
    return {
        "slug": one.group.area.slug,
        "name": one.group.area.name,
        "note": one.group.note,
        "reason": one.reason,
        "members": [
            {
                "area": member.area.slug,
                "force": member.area.force.slug if member.area.force else None,
                "from": member.starts_on.isoformat() if member.starts_on else None,
                "until": member.ends_on.isoformat() if member.ends_on else None,
            }
            for member in one.members.all()
        ],
    }


def _returns() -> Any:
    rows = PartnerReturn.objects.select_related("portfolio", "source").order_by("key")
    return rows.prefetch_related("rows__indicator", "rows__part")


def _return(one: PartnerReturn) -> Entry:
    rows = [
        {
            "label": row.label,
            "indicator": row.indicator.key,
            "part": row.part.slug if row.part else "",
            "area": row.area,
            "window": row.window,
        }
        for row in one.rows.all()
    ]
    fields = {name: getattr(one, name) for name in ("key", "name", "partner", "quarters", "instructions", "is_retired")}
    return {**fields, "portfolio": one.portfolio.slug, "source": one.source.slug, "rows": rows}


def _relation(one: Relation) -> Entry:
    return {
        "slug": one.slug,
        "agreement": one.agreement,
        "of": _stem(one.indicator, one.part),
        "members": [_stem(member.indicator, member.part) for member in one.members.all()],
        "note": one.note,
        "is_blocking": one.is_blocking,
    }


def _note(one: DatedNote) -> Entry:
    days = {"from": one.starts_on, "until": one.ends_on, "end": one.end}
    return {
        **{name: getattr(one, name) for name in ("key", "kind", "label", "words", "indicators", "areas", "window")},
        "force": one.force.slug if one.force else None,
        "part": one.part.slug if one.part else "",
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }


def _stem(indicator: Indicator, part: BreakdownValue | None) -> str:
    return f"{indicator.key}{f'.{part.slug}' if part else ''}"


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _source(one: DataSource) -> Entry:
    fields: Entry = {name: getattr(one, name) for name in SOURCE_FIELDS}
    return fields | {"checked_to": one.checked_to.isoformat() if one.checked_to else None}


def _breakdown(one: Breakdown) -> Entry:
    values = [
        {
            "slug": part.slug,
            "name": part.name,
            "offences": part.offences,
            "flags": part.flags,
            "is_excluded_from_share": part.is_excluded_from_share,
        }
        for part in one.values.all()
    ]
    return {"slug": one.slug, "name": one.name, "is_exclusive": one.is_exclusive, "values": values}


def _indicator(one: Indicator) -> Entry:
    rule: CaseRule | None = getattr(one, "case_rule", None)
    formula: Formula | None = getattr(one, "formula", None)
    return {
        **{name: getattr(one, name) for name in PLAIN},
        "portfolio": one.portfolio.slug,
        "source": one.source.slug if one.source else None,
        "breakdown": one.breakdown.slug if one.breakdown else None,
        "parent": one.parent.key if one.parent else None,
        "part_of": sorted(further.whole.key for further in one.part_of.all()),
        "frameworks": [
            {"framework": code.framework, "code": code.code, "name": code.name} for code in one.framework_codes.all()
        ],
        "definitions": [
            {"from": later.starts_on.isoformat(), "definition": later.definition, "reason": later.reason}
            for later in {each.starts_on: each for each in one.definition_versions.all()}.values()
        ],
        "cases": _case_rule(rule) if rule else None,
        "formula": _formula(formula) if formula else None,
    }


def _case_rule(rule: CaseRule) -> Entry:
    lists = {name: getattr(rule, name) for name in RULE_LISTS}
    return {"source": rule.source.slug, "from": rule.starts_on.isoformat(), **lists}


def _formula(one: Formula) -> Entry:
    sides: dict[str, list[Entry]] = {side.value: [] for side in Side}
    for term in sorted(one.terms.all(), key=lambda each: each.position):
        sides[term.side].append(
            {
                "indicator": term.indicator.key,
                "part": term.part.slug if term.part else "",
                "is_subtracted": term.is_subtracted,
                "is_as_at": term.is_as_at,
            }
        )
    return {
        "multiplier": _number(one.multiplier),
        "population": one.population,
        "is_per_month": one.is_per_month,
        "is_annualised": one.is_annualised,
        **sides,
    }


def _target(one: Target) -> Entry:
    return {
        "indicator": one.indicator.key,
        "part": one.part.slug if one.part else "",
        "value": _number(one.value),
        "from": one.starts_on.isoformat() if one.starts_on else None,
        "until": one.ends_on.isoformat() if one.ends_on else None,
        **{name: getattr(one, name) for name in TARGET_FIELDS},
    }


def _population(one: Population) -> Entry:
    return {
        "force": one.area.force.slug if one.area.force else None,
        "area": one.area.slug,
        "kind": one.kind,
        "breakdown": one.part.breakdown.slug if one.part else "",
        "part": one.part.slug if one.part else "",
        "mid_year": one.mid_year,
        "value": _number(one.value),
        "release": one.release,
        "released_on": one.released_on.isoformat(),
    }
