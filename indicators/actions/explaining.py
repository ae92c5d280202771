"""Explaining a difference: why two numbers that should agree do not."""

from django.db import transaction

from indicators import rules
from indicators.models.area import Force
from indicators.models.relation import Explanation
from indicators.people import Person
from indicators.reconciliation import Check


@transaction.atomic
def explain(force: Force, check: Check | None, *, by: Person, reason: str) -> Explanation:
    """Say why the two numbers of a comparison differ; a later reason for the same two takes its place.

    Raises Refused without a reason, and (a conflict) when the difference is no longer there.
    """
    rules.require(rules.can_explain_difference(by, reason, is_there=check is not None))
    assert check is not None  # noqa: S101 - the rule asks
    return Explanation.objects.create(
        force=force, check_key=check.key, stated=check.stated.amount, found=check.found.amount, reason=reason.strip(),
        by_id=by.id,
    )  # fmt: skip
