"""The chief officer's decision: signing a report off, or sending it back."""

from django.db import transaction
from django.db.models.functions import Now

from indicators.choices import JobState
from indicators.models.job import Job
from indicators.people import Person
from narratives.documents import sha256
from portal import queries, rules
from portal.actions.moves import is_repeated, locked, move
from portal.models.report import Report

FREEZE_TASK = "portal.tasks.freeze_edition"


def sign_off(report: Report, *, by: Person, version: int) -> None:
    """Sign the report off as it was put together, and keep the hash of what was signed.

    Raises Refused for anybody but an approver, for whoever assembled it or wrote in it, and (a conflict) when a text
    has been opened again since or the report has moved on.
    """
    with transaction.atomic():
        now = locked(report.pk)
        if now.version != version and is_repeated(now, "sign_off", by=by, version=version):
            return
        rules.require(rules.can_sign_off(by, queries.facts(now), version))
        move(now, "sign_off", by=by, version=version, document_sha256=sha256(queries.report_document(now)))
    report.refresh_from_db()


def send_back(report: Report, *, by: Person, version: int, reason: str) -> None:
    """Open the report again, with what has to change; an order to present it that still waits is dropped.

    Raises Refused for anybody but an approver, without a reason, and (a conflict) when the report has moved on.
    """
    reason = reason.strip()
    with transaction.atomic():
        now = locked(report.pk)
        if now.version != version and is_repeated(now, "send_back", by=by, version=version, reason=reason):
            return
        rules.require(rules.can_send_back(by, queries.facts(now), version, reason))
        move(now, "send_back", by=by, version=version, reason=reason)
        waiting = Job.objects.filter(
            task=FREEZE_TASK, subject_id=now.pk, state__in=[JobState.WAITING, JobState.RUNNING]
        )
        waiting.update(
            state=JobState.DONE, finished_at=Now(), leased_until=None, error="The report was sent back meanwhile."
        )
    report.refresh_from_db()
