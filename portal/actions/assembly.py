"""Putting a report together: which approved text stands where, under which number."""

from datetime import date

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from indicators.models.area import Force
from indicators.people import Person
from indicators.periods import Quarter
from narratives.actions import cycles
from narratives.models.cycle import Cycle
from narratives.models.outline import Outline
from portal import queries, rules
from portal.actions.moves import is_repeated, locked, move
from portal.models.report import Report, ReportEntry


def open_report(cycle: Cycle, *, by: Person) -> Report:
    """Return the report of a cycle, opened if it is not there yet. Raises Refused for anybody but a report manager."""
    rules.require(rules.can_open_report(by))
    report, _ = Report.objects.get_or_create(cycle=cycle)
    return report


def open_quarter(
    force: Force,
    outline: Outline,
    quarter: Quarter,
    *,
    by: Person,
    write_by: date | None = None,
    review_by: date | None = None,
    meeting_on: date | None = None,
) -> Report:
    """Open the next cycle with its sections and its report.

    A cycle that is open without a report gets one. Raises Refused as `narratives.actions.cycles.open_cycle` does.
    """
    rules.require(rules.can_open_report(by))
    with transaction.atomic():
        cycle = Cycle.objects.filter(
            force=force, outline=outline, quarter_key=quarter.key, report__isnull=True
        ).first() or cycles.open_cycle(
            force, outline, quarter, by=by, write_by=write_by, review_by=review_by, meeting_on=meeting_on
        )
        return open_report(cycle, by=by)


def assemble(report: Report, *, by: Person, version: int) -> None:
    """Put the approved texts in the outline's order as a new draft; `version` is that of the report the person saw.

    Raises Refused naming everything that keeps the report back, for anybody but a report manager, and (a conflict)
    when the report has moved on. The same order given twice makes one draft.
    """
    with transaction.atomic():
        now = locked(report.pk)
        if now.version != version and is_repeated(now, "assemble", by=by, version=version):
            return
        found = queries.places(now.cycle)
        rules.require(rules.can_assemble(by, queries.facts(now, found), version))
        ReportEntry.objects.filter(report=now).delete()
        ReportEntry.objects.bulk_create(
            ReportEntry(
                report=now,
                section=place.section,
                revision=place.approved,
                part_number=place.part_number,
                part_title=place.part_title,
                position=place.position,
                number=place.number,
                title=place.title,
            )
            for place in found
        )
        move(now, "assemble", by=by, version=version, draft=F("draft") + 1, assembled_at=Now())
    report.refresh_from_db()
