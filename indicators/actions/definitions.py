"""Definitions: portfolios, sources, areas, offences, breakdowns, indicators, targets, notes, exhibits: one document."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q

from indicators.actions import aggregates, dated_notes, exhibits, groups, returns, sheets, slugs, targets, versions
from indicators.actions.cases import held_months
from indicators.choices import Agreement, AreaKind, Kind, VersionKind
from indicators.kinds import usual_aggregation
from indicators.models.area import Area, Force
from indicators.models.breakdown import Breakdown, BreakdownValue
from indicators.models.category import Category, Flag
from indicators.models.data_version import DataVersion
from indicators.models.formula import Formula, FormulaTerm
from indicators.models.indicator import CaseRule, Indicator
from indicators.models.population import Population
from indicators.models.portfolio import Portfolio
from indicators.models.relation import Relation, RelationMember
from indicators.models.source import DataSource
from indicators.people import Person

Document = dict[str, Any]

INDICATOR_FIELDS = (
    "name", "kind", "unit", "decimals", "share_decimals", "polarity", "polarity_reason", "definition", "owner",
    "method", "base_threshold", "small_number", "over_areas", "over_time", "footnote",
)  # fmt: skip
SOURCE_FIELDS: tuple[str, ...] = ("name", "kind", "owner", "method", "note")
RULE_LISTS = ("crime_types", "excluded_crime_types", "offences", "flags")


def take_new_figures(*, by: Person, reason: str) -> None:
    """Recompute the figures of every force that has any, each under a new data version. In the caller's transaction."""
    for force in Force.objects.order_by("pk"):
        if DataVersion.objects.filter(force=force).exists():
            version = versions.take(force, VersionKind.DEFINITIONS, by=by, reason=reason)
            aggregates.recompute_cases(force, version, held_months(force))
            aggregates.recompute_observations(force, version, Indicator.objects.values_list("pk", flat=True))


def _what_moves_figures() -> list[object]:
    """Return everything in the definitions that a stored value depends on, for comparison."""
    return [
        list(DataSource.objects.order_by("id").values_list("id", "kind", "checked_to")),
        list(Category.objects.order_by("id").values_list()),
        list(Flag.objects.order_by("id").values_list("id", "slug")),
        list(BreakdownValue.objects.order_by("id").values_list("id", "breakdown_id", "offences", "flags")),
        list(Indicator.objects.order_by("id").values_list("id", "kind", "over_areas", "over_time", "breakdown_id")),
        list(Formula.objects.order_by("id").values_list()),
        list(FormulaTerm.objects.order_by("id").values_list()),
        list(Population.objects.order_by("id").values_list("id", flat=True)),
        list(CaseRule.objects.order_by("id").values_list()),
    ]


@transaction.atomic
def load(document: Document, *, by: Person) -> dict[str, int]:
    """Create or update every definition of a document by its key; returns how many of each it holds.

    Where that changes what stored values depend on, they are recomputed under a new data version.
    """
    before = _what_moves_figures()
    counts = _load(document, by)
    sheets.load(document.get("indicators", []), by=by)
    sheets.load_populations(document.get("populations", []))
    changed = groups.load_lists(document.get("groups", []), by=by)
    dated_notes.load(document.get("notes", []), by=by)
    returns.load(document.get("returns", []))
    if _what_moves_figures() != before:
        take_new_figures(by=by, reason=groups.LOADED)
    elif changed:
        groups.take_new_values(changed, by=by, reason=groups.LOADED)
    return counts


def _load(document: Document, by: Person) -> dict[str, int]:
    for entry in document.get("portfolios", []):
        Portfolio.objects.update_or_create(slug=entry["slug"], defaults={"name": entry["name"]})
    for entry in document.get("sources", []):
        _source(entry)
    _require_free(document.get("areas", []))
    for entry in document.get("areas", []):
        Area.objects.update_or_create(
            force=None,
            slug=entry["slug"],
            defaults={
                "kind": AreaKind(entry.get("kind", AreaKind.COMPARATOR)),
                "name": entry["name"],
                **({"code": entry["code"]} if entry.get("code") else {}),
            },
        )
    for entry in document.get("offences", []):
        Category.objects.get_or_create(crime_type=entry["crime_type"], offence=entry["name"])
    for entry in document.get("flags", []):
        Flag.objects.update_or_create(slug=entry["slug"], defaults={"name": entry["name"]})
    for entry in document.get("breakdowns", []):
        _breakdown(entry)
    for position, entry in enumerate(document.get("indicators", [])):
        _indicator(entry, position)
    for entry in document.get("indicators", []):
        parent = Indicator.objects.get(key=entry["parent"]) if entry.get("parent") else None
        Indicator.objects.filter(key=entry["key"]).update(parent=parent)
    targets.load(document.get("targets", []), by=by)
    for entry in document.get("relations", []):
        _relation(entry)
    exhibits.load(document.get("exhibits", []), by=by)
    return {name: len(entries) for name, entries in document.items() if isinstance(entries, list)}


def _require_free(entries: list[Document]) -> None:
    """Refuse a comparator by whose slug figures know a place of a force, or a group that people keep."""
    others = Area.objects.filter(Q(force__isnull=False) | Q(group__isnull=False))
    slugs.require_free([entry["slug"] for entry in entries], others)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _source(entry: Document) -> None:
    fields: Document = {name: entry[name] for name in SOURCE_FIELDS if name in entry}
    fields |= {name: bool(entry.get(name)) for name in ("is_synthetic", "is_invented")}
    fields["checked_to"] = _day(entry.get("checked_to"))
    DataSource.objects.update_or_create(slug=entry["slug"], defaults=fields)


def _breakdown(entry: Document) -> None:
    breakdown, _ = Breakdown.objects.update_or_create(
        slug=entry["slug"], defaults={"name": entry["name"], "is_exclusive": entry["is_exclusive"]}
    )
    for position, value in enumerate(entry["values"]):
        BreakdownValue.objects.update_or_create(
            breakdown=breakdown,
            slug=value["slug"],
            defaults={
                "name": value["name"],
                "position": position,
                "offences": value.get("offences", []),
                "flags": value.get("flags", []),
                "is_excluded_from_share": value.get("is_excluded_from_share", False),
            },
        )


def _indicator(entry: Document, position: int) -> None:
    fields = {name: entry[name] for name in INDICATOR_FIELDS if name in entry}
    if "is_additive" in entry and not entry.get("formula"):  # how older documents say it
        usual = usual_aggregation(Kind(entry["kind"]), is_additive=entry["is_additive"])
        fields = {"over_areas": usual, "over_time": usual, **fields}
    appendix = entry.get("appendix") or []
    fields["appendix"] = appendix if isinstance(appendix, list) else [appendix]
    fields["position"] = position
    fields["portfolio"] = Portfolio.objects.get(slug=entry["portfolio"])
    fields["source"] = DataSource.objects.get(slug=entry["source"]) if entry.get("source") else None
    fields["breakdown"] = Breakdown.objects.get(slug=entry["breakdown"]) if entry.get("breakdown") else None
    indicator, _ = Indicator.objects.update_or_create(key=entry["key"], defaults=fields)
    counted = entry.get("cases")
    if counted:
        CaseRule.objects.update_or_create(
            indicator=indicator,
            defaults={
                "source": DataSource.objects.get(slug=counted["source"]),
                "starts_on": date.fromisoformat(counted["from"]),
                **{name: counted.get(name, []) for name in RULE_LISTS},
            },
        )


def _relation(entry: Document) -> None:
    indicator, part = _place(entry["of"])
    fields = {
        "agreement": Agreement(entry["agreement"]), "indicator": indicator, "part": part,
        "note": entry.get("note", ""), "is_blocking": bool(entry.get("is_blocking")),
    }  # fmt: skip
    relation, _ = Relation.objects.update_or_create(slug=entry["slug"], defaults=fields)
    relation.members.all().delete()
    for position, stem in enumerate(entry["members"]):
        member, part = _place(stem)
        RelationMember.objects.create(relation=relation, indicator=member, part=part, position=position)


def _place(stem: str) -> tuple[Indicator, BreakdownValue | None]:
    """Read `indicator[.part]`."""
    key, _, slug = stem.partition(".")
    indicator = Indicator.objects.get(key=key)
    return indicator, BreakdownValue.objects.get(breakdown=indicator.breakdown, slug=slug) if slug else None
