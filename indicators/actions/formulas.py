"""Formulas of composites: giving an indicator another one, or none, with its reason and its dated definition."""

from datetime import date
from typing import Any

from django.db import transaction

from indicators.actions import sheets
from indicators.actions.definitions import take_new_figures
from indicators.models.formula import Formula
from indicators.models.indicator import Indicator
from indicators.people import Person, Refused, Verdict
from indicators.queries.formulas import formula_in_words

CHANGED = "Somebody else has changed this formula since you opened it. Open it again and make your changes there."

Entry = dict[str, Any]


@transaction.atomic
def replace(
    indicator: Indicator, entry: Entry, definition: str, starts_on: date, *, seen: str, by: Person, reason: str
) -> None:
    """Work an indicator out by another formula, defined in other words from a day on.

    `entry` is a formula as a document of definitions writes it; `seen` the formula in words as the page showed it.
    Every value follows under a new data version; what was known before stays. Raises Refused.
    """
    _define(indicator, definition, starts_on, seen, by, reason)
    indicators = {one.key: one for one in Indicator.objects.select_related("breakdown")}
    sheets.write_formula(indicator, entry, indicators)
    sheets.require_sound_formulas()
    take_new_figures(by=by, reason=f"Formula of {indicator}: {reason}")


@transaction.atomic
def remove(indicator: Indicator, definition: str, starts_on: date, *, seen: str, by: Person, reason: str) -> None:
    """Work an indicator out no more: the values that followed from its formula end at a new data version.

    Numbers that files hold for it, until now control totals, are its values from then on. Raises Refused.
    """
    _define(indicator, definition, starts_on, seen, by, reason)
    Formula.objects.filter(indicator=indicator).delete()
    take_new_figures(by=by, reason=f"Formula of {indicator} removed: {reason}")


def _define(indicator: Indicator, definition: str, starts_on: date, seen: str, by: Person, reason: str) -> None:
    held = Indicator.objects.select_for_update(of=("self",)).select_related("formula").get(pk=indicator.pk)
    if formula_in_words(held) != seen:
        raise Refused(Verdict(False, CHANGED, is_conflict=True))
    sheets.redefine(indicator, definition, starts_on, by=by, reason=reason)
