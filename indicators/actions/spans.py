"""Spans from one day to another: asking for their figures to be kept up, and asking no longer."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction

from indicators import rules
from indicators.actions import aggregates, versions
from indicators.actions.waiting import briefly
from indicators.choices import VersionKind
from indicators.models.area import Force
from indicators.models.indicator import Indicator
from indicators.models.span import Span
from indicators.people import Person, Refused, Verdict
from indicators.periods import from_to, label, month_text, usual_period
from indicators.queries.spans import with_year_before, without_rows
from indicators.series import Slot

LONGEST_MONTHS = 60
ASKED = "The figures of these days are kept up already."
ENDED = "The figures of these days are not kept up any longer. Nothing was changed."


def faults(force: Force, first: date, last: date) -> list[str]:
    """Return all that keeps figures of these days from being kept up, in words."""
    if last < first:
        return ["The last day is before the first. Choose a later day."]
    usual = usual_period(first, last)
    if usual is not None:
        key = Slot.of(usual).name()
        return [f"“{label(usual)}” is worked out for every figure already. In texts its key ends with “{key}”."]
    period = from_to(first, last)
    found = []
    if len(period.months) > LONGEST_MONTHS:
        found.append(f"These days reach over more than {LONGEST_MONTHS} months. Choose fewer.")
    gone = ", ".join(month_text(month) for month in sorted(without_rows(force, [period])))
    if gone:
        found.append(f"The cases of {gone} are no longer held day by day, only their counts. Choose whole months.")
    return found


def ask(force: Force, first: date, last: date, indicators: Sequence[str], *, by: Person, reason: str) -> Span:
    """Keep up the figures of some days, and of the same days a year earlier, under a new data version.

    `indicators` are keys; none means all. Raises Refused.
    """
    known = set(Indicator.objects.filter(key__in=indicators).values_list("key", flat=True))
    unknown = [f"There is no indicator “{key}”." for key in indicators if key not in known]
    rules.require(rules.can_keep_span(by, [*faults(force, first, last), *unknown], reason))
    with briefly():
        words = f"{label(from_to(first, last))}: {reason}"
        version = versions.take(force, VersionKind.DEFINITIONS, by=by, reason=words)
        try:
            with transaction.atomic():
                span = Span.objects.create(
                    force=force, starts_on=first, ends_on=last, indicators=list(indicators),
                    since_version=version.number,
                )  # fmt: skip
        except IntegrityError as error:
            raise Refused(Verdict(False, ASKED, is_conflict=True)) from error
        aggregates.recompute_spans(force, version, with_year_before(span.period))
    return span


def end(span: Span, *, by: Person, reason: str) -> None:
    """Keep the figures of a span up no longer; what was known before stays with its data versions. Raises Refused."""
    rules.require(rules.can_keep_span(by, [], reason))
    with briefly():
        version = versions.take(span.force, VersionKind.DEFINITIONS, by=by, reason=f"{span}: {reason}")
        if not Span.objects.current().filter(pk=span.pk).update(until_version=version.number):
            raise Refused(Verdict(False, ENDED, is_conflict=True))
        aggregates.recompute_spans(span.force, version, with_year_before(span.period))
