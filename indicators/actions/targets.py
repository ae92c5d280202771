"""Targets: setting one, changing it, ending it, and loading those of a document. Each change has a reason."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from indicators import rules
from indicators.choices import Kind, Unit
from indicators.models.breakdown import BreakdownValue
from indicators.models.indicator import Indicator
from indicators.models.target import Target
from indicators.people import Person, Refused, Verdict
from indicators.targets.asked import TargetRule, faults
from indicators.targets.vocabulary import TargetKind

CHANGED = "Somebody else has changed this target since you opened it. Open it again and make your changes there."
LOADED = "Loaded with the definitions"
ADD_UP = (Kind.COUNT, Kind.MONEY)
WORDS = ("unit", "wanted", "compared_with", "window", "printed", "rationale", "owner", "note", "row_id")


def faults_of(target: Target) -> list[tuple[str, str]]:
    """Return what is wrong with a target beside the others of its indicator, as (field, words). One query."""
    others = Target.objects.filter(indicator=target.indicator).exclude(pk=target.pk).select_related("part")
    return _faults(target.indicator, target.rule, [other.rule for other in others])


def _faults(indicator: Indicator, rule: TargetRule, others: list[TargetRule]) -> list[tuple[str, str]]:
    return faults(rule, Unit(indicator.unit), Kind(indicator.kind) in ADD_UP, others)


@transaction.atomic
def save(target: Target, *, by: Person, reason: str) -> None:
    """Keep a new target, or one that was opened at `target.version` and changed.

    Raises Refused without a reason, for what makes no sense or overlaps, and when it was changed meanwhile.
    """
    _lock(target.indicator)
    wrong = [words for _, words in faults_of(target)]
    rules.require(rules.can_save_target(by, wrong, reason))
    if target.pk is not None:
        if not Target.objects.filter(pk=target.pk, version=target.version).exists():
            raise Refused(Verdict(False, CHANGED, is_conflict=True))
        target.version += 1
    target.reason, target.by_id, target.at = reason.strip(), by.id, timezone.now()
    target.save()


def step_after(target: Target) -> Target:
    """Return a target that is not kept yet: the next step of another, from the day after it ends."""
    same = ("indicator", "part", "kind", "operator", "unit", "wanted", "compared_with", "window", "owner", "rationale")
    step = Target(**{name: getattr(target, name) for name in same})
    step.starts_on = target.ends_on + timedelta(days=1) if target.ends_on and target.ends_on < date.max else None
    return step


@transaction.atomic
def end(target: Target, last_day: date, *, by: Person, reason: str) -> None:
    """Let a target hold up to a day, included. Raises Refused without a reason or when it ends no later anyway."""
    _lock(target.indicator)
    target = Target.objects.select_related("indicator", "part").get(pk=target.pk)
    rules.require(rules.can_end_target(by, target.rule, last_day, reason))
    target.ends_on = last_day
    save(target, by=by, reason=reason)


def _lock(indicator: Indicator) -> None:
    # Whether steps overlap is decided among all targets of one measure, so their changes wait for each other.
    Indicator.objects.select_for_update(no_key=True).get(pk=indicator.pk)


def load(entries: Iterable[dict[str, Any]], *, by: Person) -> None:
    """Create or update the targets of a document: by their `row_id`, or else by measure, part and first day.

    In the caller's transaction. Raises Refused naming what makes no sense or overlaps.
    """
    touched: dict[int, Indicator] = {}
    for entry in entries:
        rules.require(rules.can_edit_target(by))
        indicator = Indicator.objects.get(key=entry["indicator"])
        _lock(indicator)
        touched[indicator.pk] = indicator
        _load_one(indicator, entry, by)
    for indicator in touched.values():
        rows = [row.rule for row in Target.objects.filter(indicator=indicator).select_related("part")]
        for rule in rows:
            wrong = _faults(indicator, rule, [other for other in rows if other is not rule])
            if wrong:
                words = f"{indicator.name}, target “{rule.words}”: {' '.join(each for _, each in wrong)}"
                raise Refused(Verdict(False, words))


def _load_one(indicator: Indicator, entry: dict[str, Any], by: Person) -> None:
    parts = BreakdownValue.objects.filter(breakdown=indicator.breakdown)
    part = parts.get(slug=entry["part"]) if entry.get("part") else None
    starts_on, row_id = _day(entry.get("from")), entry.get("row_id", "")
    known = Target.objects.filter(indicator=indicator)
    known = known.filter(row_id=row_id) if row_id else known.filter(part=part, starts_on=starts_on)
    target = known.first() or Target(indicator=indicator)
    value = Decimal(entry["value"]) if entry.get("value") else None
    fields: dict[str, Any] = {name: entry.get(name) or "" for name in WORDS}
    fields |= {"kind": entry.get("kind") or (TargetKind.WORDS if value is None else TargetKind.LEVEL)}
    fields |= {"part": part, "operator": entry.get("operator") or "", "value": value}
    fields |= {"starts_on": starts_on, "ends_on": _day(entry.get("until"))}
    if target.pk and all(getattr(target, name) == held for name, held in fields.items()):
        return
    for name, held in fields.items():
        setattr(target, name, held)
    target.version += 1 if target.pk else 0
    # Whoever acts without an account is nobody's name.
    target.reason, target.by_id, target.at = LOADED, by.id or None, timezone.now()
    target.save()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
