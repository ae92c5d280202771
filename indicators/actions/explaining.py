"""Explaining differences: why numbers that should agree do not."""

from collections.abc import Sequence

from django.db import transaction

from indicators import rules
from indicators.comparisons import Check
from indicators.models.area import Force
from indicators.models.relation import Explanation
from indicators.people import Person


@transaction.atomic
def explain(force: Force, checks: Sequence[Check | None], *, by: Person, reason: str) -> None:
    """Say why the two numbers of each comparison differ; a later reason for the same two takes its place.

    None stands for a comparison that no longer differs so. Raises Refused without a reason, and (a conflict) when
    there is such a one, or none at all.
    """
    there = [one for one in checks if one is not None]
    are_all_there = bool(there) and len(there) == len(checks)
    rules.require(rules.can_explain_difference(by, reason, is_there=are_all_there))
    Explanation.objects.bulk_create(
        Explanation(
            force=force,
            check_key=one.key,
            indicator=one.series.indicator,
            part=one.series.part,
            area=one.series.area,
            window=one.slot.window,
            end=one.slot.end,
            stated=one.stated.amount,
            found=one.found.amount,
            reason=reason.strip(),
            by_id=by.id,
        )
        for one in there
    )
