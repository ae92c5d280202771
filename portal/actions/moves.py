"""How a report's state moves: one conditional UPDATE, one transition row, one version further."""

from indicators.people import Person, Refused, Verdict
from narratives.models.section import Section
from portal.choices import REPORT_TRANSITIONS, ReportState
from portal.models.report import Report, ReportTransition

FULL_REPORT = ("cycle__force", "cycle__outline")


def locked(report_id: int) -> Report:
    """Return a report for a decision: its row and those of its sections stay as they are to the commit.

    Call inside a transaction. A text that is being saved meanwhile waits, and then meets the decision.
    """
    report = Report.objects.select_for_update(of=("self",)).select_related(*FULL_REPORT).get(pk=report_id)
    list(Section.objects.select_for_update().filter(cycle_id=report.cycle_id).order_by("pk").values_list("pk"))
    return report


def is_repeated(report: Report, verb: str, *, by: Person, version: int, reason: str | None = None) -> bool:
    """Tell whether this person has done this very thing to this version already: a form sent twice is harmless."""
    same = ReportTransition.objects.filter(report=report, version=version + 1, verb=verb, by_id=by.id)
    return (same if reason is None else same.filter(reason=reason)).exists()


def move(
    report: Report,
    verb: str,
    *,
    by: Person,
    version: int,
    reason: str = "",
    document_sha256: str = "",
    **changes: object,
) -> ReportTransition:
    """Move a report on inside the caller's transaction; raises Refused (a conflict) when somebody was faster."""
    before, target = ReportState(report.state), REPORT_TRANSITIONS[verb][1]
    moved = Report.objects.filter(pk=report.pk, state=before, version=version).update(
        state=target, version=version + 1, **changes
    )
    report.refresh_from_db(fields=["state", "version", "draft", "assembled_at"])
    if not moved:
        raise Refused(
            Verdict(
                False,
                "The report has changed since you opened the page. Nothing was done. Look at it again, then decide.",
                is_conflict=True,
            )
        )
    return ReportTransition.objects.create(
        report=report,
        verb=verb,
        from_state=before,
        to_state=target,
        version=version + 1,
        by_id=by.id,
        by_name=by.name,
        reason=reason,
        document_sha256=document_sha256,
    )
