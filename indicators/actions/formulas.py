"""Formulas of composites: giving an indicator another one, or none, with its reason and its dated definition."""

from datetime import date
from typing import Any

from indicators.actions import aggregates, sheets, versions
from indicators.actions.waiting import briefly
from indicators.choices import VersionKind
from indicators.models.formula import Formula
from indicators.models.indicator import Indicator
from indicators.people import Person, Refused, Verdict
from indicators.queries.formulas import formula_in_words

CHANGED = "Somebody else has changed this formula since you opened it. Open it again and make your changes there."

Entry = dict[str, Any]


def replace(
    indicator: Indicator, entry: Entry, definition: str, starts_on: date, *, seen: str, by: Person, reason: str
) -> None:
    """Work an indicator out by another formula, defined in other words from a day on.

    `entry` is a formula as a document of definitions writes it; `seen` the formula in words as the page showed it.
    Its values and those of all that needs it follow under a new data version; what was known before stays. Raises
    Refused.
    """
    with briefly():
        _define(indicator, definition, starts_on, seen, by, reason)
        indicators = {one.key: one for one in Indicator.objects.select_related("breakdown")}
        sheets.write_formula(indicator, entry, indicators)
        sheets.require_sound_formulas()
        _take_new_values(indicator, by, f"Formula of {indicator}: {reason}")


def remove(indicator: Indicator, definition: str, starts_on: date, *, seen: str, by: Person, reason: str) -> None:
    """Work an indicator out no more: the values that followed from its formula end at a new data version.

    Numbers that files hold for it, until now control totals, are its values from then on. Raises Refused.
    """
    with briefly():
        _define(indicator, definition, starts_on, seen, by, reason)
        Formula.objects.filter(indicator=indicator).delete()
        _take_new_values(indicator, by, f"Formula of {indicator} removed: {reason}")


def _take_new_values(indicator: Indicator, by: Person, reason: str) -> None:
    """Let the values of one indicator, and of what is worked out from it, follow for every force that has figures."""
    for force, version in versions.take_for_all(VersionKind.DEFINITIONS, by=by, reason=reason):
        aggregates.recompute_observations(force, version, {indicator.pk})


def _define(indicator: Indicator, definition: str, starts_on: date, seen: str, by: Person, reason: str) -> None:
    held = Indicator.objects.select_for_update(of=("self",)).select_related("formula").get(pk=indicator.pk)
    if formula_in_words(held) != seen:
        raise Refused(Verdict(False, CHANGED, is_conflict=True))
    sheets.redefine(indicator, definition, starts_on, by=by, reason=reason)
