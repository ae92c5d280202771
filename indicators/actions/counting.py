"""The counting policy of a source of cases: rows, or distinct identifiers, as a dated setting."""

from datetime import date

from django.db import transaction

from indicators import rules
from indicators.actions import aggregates, cases, versions
from indicators.choices import CountingPolicy, VersionKind
from indicators.models.area import Force
from indicators.models.case import CaseMonth
from indicators.models.overlay import CountingRule
from indicators.models.source import DataSource
from indicators.people import Person
from indicators.queries.case_series import policy_of
from indicators.readers.dates import today_here


@transaction.atomic
def change(source: DataSource, policy: CountingPolicy, starts_on: date, *, by: Person, reason: str) -> CountingRule:
    """Count the cases of a source in another way from a day on; every figure of it is computed anew.

    Raises Refused for a day ahead or without a reason.
    """
    rules.require(rules.can_change_counting(by, starts_on, today_here(), reason))
    before = policy_of(source)
    rule = CountingRule.objects.create(source=source, policy=policy, starts_on=starts_on, by_id=by.id, reason=reason)
    if policy_of(source) == before:
        return rule
    for force in Force.objects.filter(pk__in=CaseMonth.objects.values("force")).order_by("pk"):
        version = versions.take(force, VersionKind.COUNTING, by=by, reason=reason)
        aggregates.recompute_cases(force, version, cases.held_months(force))
    return rule
