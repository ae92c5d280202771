"""Definitions: portfolios, sources, areas, offences, breakdowns, indicators, targets, notes, exhibits: one document."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q

from indicators.actions import aggregates, dated_notes, exhibits, groups, returns, sheets, slugs, targets, versions
from indicators.actions.bringing import bring, named, rows_by
from indicators.actions.cases import held_months
from indicators.choices import Agreement, AreaKind, Kind, VersionKind
from indicators.kinds import usual_aggregation
from indicators.models.area import Area
from indicators.models.breakdown import Breakdown, BreakdownValue
from indicators.models.category import Category, Flag
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
    for force, version in versions.take_for_all(VersionKind.DEFINITIONS, by=by, reason=reason):
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
    portfolios = rows_by("slug", Portfolio.objects.all())
    for entry in document.get("portfolios", []):
        bring(portfolios, entry["slug"], Portfolio(slug=entry["slug"]), {"name": entry["name"]})
    sources = rows_by("slug", DataSource.objects.all())
    for entry in document.get("sources", []):
        bring(sources, entry["slug"], DataSource(slug=entry["slug"]), _source(entry))
    _areas(document.get("areas", []))
    offences = {(one.crime_type, one.offence): one for one in Category.objects.all()}
    for entry in document.get("offences", []):
        crime_type, offence = entry["crime_type"], entry["name"]
        bring(offences, (crime_type, offence), Category(crime_type=crime_type, offence=offence), {})
    flags = rows_by("slug", Flag.objects.all())
    for entry in document.get("flags", []):
        bring(flags, entry["slug"], Flag(slug=entry["slug"]), {"name": entry["name"]})
    breakdowns = _breakdowns(document.get("breakdowns", []))
    _indicators(document.get("indicators", []), portfolios, sources, breakdowns)
    targets.load(document.get("targets", []), by=by)
    for entry in document.get("relations", []):
        _relation(entry)
    exhibits.load(document.get("exhibits", []), by=by)
    return {name: len(entries) for name, entries in document.items() if isinstance(entries, list)}


def _areas(entries: list[Document]) -> None:
    _require_free(entries)
    held = rows_by("slug", Area.objects.filter(force__isnull=True))
    for entry in entries:
        fields = {"kind": AreaKind(entry.get("kind", AreaKind.COMPARATOR)), "name": entry["name"]}
        fields |= {"code": entry["code"]} if entry.get("code") else {}
        bring(held, entry["slug"], Area(slug=entry["slug"]), fields)


def _require_free(entries: list[Document]) -> None:
    """Refuse a comparator by whose slug figures know a place of a force, or a group that people keep."""
    others = Area.objects.filter(Q(force__isnull=False) | Q(group__isnull=False))
    slugs.require_free([entry["slug"] for entry in entries], others)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _source(entry: Document) -> Document:
    fields: Document = {name: entry[name] for name in SOURCE_FIELDS if name in entry}
    fields |= {name: bool(entry.get(name)) for name in ("is_synthetic", "is_invented")}
    fields["checked_to"] = _day(entry.get("checked_to"))
    return fields


def _breakdowns(entries: list[Document]) -> dict[str, Breakdown]:
    breakdowns = rows_by("slug", Breakdown.objects.all())
    values = {(one.breakdown_id, one.slug): one for one in BreakdownValue.objects.all()}
    for entry in entries:
        fields = {"name": entry["name"], "is_exclusive": entry["is_exclusive"]}
        own = bring(breakdowns, entry["slug"], Breakdown(slug=entry["slug"]), fields)
        for position, value in enumerate(entry["values"]):
            fields = {
                "name": value["name"],
                "position": position,
                "offences": value.get("offences", []),
                "flags": value.get("flags", []),
                "is_excluded_from_share": value.get("is_excluded_from_share", False),
            }
            bring(values, (own.pk, value["slug"]), BreakdownValue(breakdown=own, slug=value["slug"]), fields)
    return breakdowns


def _indicators(
    entries: list[Document],
    portfolios: dict[str, Portfolio],
    sources: dict[str, DataSource],
    breakdowns: dict[str, Breakdown],
) -> None:
    indicators = rows_by("key", Indicator.objects.all())
    rules = rows_by("indicator_id", CaseRule.objects.all())
    for position, entry in enumerate(entries):
        words, fields = f"The indicator “{entry['key']}” names the", _sheet(entry) | {"position": position}
        fields["portfolio"] = named(portfolios, entry["portfolio"], f"{words} portfolio")
        fields["source"] = named(sources, entry["source"], f"{words} source") if entry.get("source") else None
        breakdown = entry.get("breakdown")
        fields["breakdown"] = named(breakdowns, breakdown, f"{words} breakdown") if breakdown else None
        own = bring(indicators, entry["key"], Indicator(key=entry["key"]), fields)
        counted = entry.get("cases")
        if counted:
            rule: Document = {"source": named(sources, counted["source"], f"{words} source")}
            rule |= {"starts_on": date.fromisoformat(counted["from"])}
            rule |= {name: counted.get(name, []) for name in RULE_LISTS}
            bring(rules, own.pk, CaseRule(indicator=own), rule)
    for entry in entries:
        words, parent = f"The indicator “{entry['key']}” names the parent", entry.get("parent")
        parent = named(indicators, parent, words) if parent else None
        bring(indicators, entry["key"], Indicator(key=entry["key"]), {"parent": parent})


def _sheet(entry: Document) -> Document:
    """Return what an entry says of an indicator by itself."""
    fields = {name: entry[name] for name in INDICATOR_FIELDS if name in entry}
    if "is_additive" in entry and not entry.get("formula"):  # how older documents say it
        usual = usual_aggregation(Kind(entry["kind"]), is_additive=entry["is_additive"])
        fields = {"over_areas": usual, "over_time": usual, **fields}
    appendix = entry.get("appendix") or []
    fields["appendix"] = appendix if isinstance(appendix, list) else [appendix]
    return fields


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
