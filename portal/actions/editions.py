"""Presenting a report: a worker freezes it, and in the same transaction it becomes an edition."""

from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from indicators.actions import jobs
from indicators.actions.jobs import Progress
from indicators.models.data_version import DataVersion
from indicators.models.job import Job
from indicators.models.reported_version import ReportedVersion
from indicators.people import Person, Verdict
from narratives.documents import sha256
from narratives.models.cycle import Cycle
from narratives.queries import cycle_version
from portal import queries, rules
from portal.actions.approval import FREEZE_TASK
from portal.actions.freezing import Frozen, freeze_files
from portal.actions.moves import FULL_REPORT, locked, move
from portal.choices import ReportState
from portal.models.edition import Edition, EditionFile
from portal.models.report import Report, ReportTransition
from portal.queries import Composed


def present(report: Report, *, by: Person, version: int) -> Job:
    """Order a signed-off report to be frozen and presented; a worker does it. Ordered twice it is done once.

    Raises Refused for anybody but a report manager, and (a conflict) when the report is not signed off as seen.
    """
    with transaction.atomic():
        now = locked(report.pk)
        rules.require(rules.can_present(by, queries.facts(now), version))
        return jobs.ask(FREEZE_TASK, now.pk, f"Present {now}"[:200], by=by)


def freeze(report_id: int, job: Job, progress: Progress, *, by: Person) -> Edition | None:
    """Freeze a signed-off report and present it: all of it or nothing.

    When the report is not presentable any more, the job ends with the reason and None is returned. A fault of a
    rendering goes up: the report stays signed off, and the job is tried again.
    """
    progress.tell("Gathering texts and figures")
    report = Report.objects.select_related(*FULL_REPORT).get(pk=report_id)
    verdict = rules.can_present(by, queries.facts(report), report.version)
    composed = queries.compose(report) if verdict else None
    if composed is not None:
        verdict = _as_signed(report, composed)
    if composed is None or not verdict:
        _give_up(job, verdict)
        return None
    slug = edition_slug(report)
    number = (Edition.objects.filter(slug=slug).aggregate(last=Max("number"))["last"] or 0) + 1
    about = _about(report, slug, number, by)
    frozen = freeze_files(composed, lambda name: reverse("edition-file", args=[slug, number, name]), about, progress)
    progress.tell("Presenting")
    with transaction.atomic():
        now = locked(report.pk)
        verdict = rules.can_present(by, queries.facts(now), report.version)
        if not verdict:
            _give_up(job, verdict)
            return None
        move(now, "present", by=by, version=report.version)
        edition = _keep(report, composed, frozen, slug, number, by)
        _hold(report.cycle)
        jobs.finish(job)
    return edition


def _hold(cycle: Cycle) -> None:
    """Write down what the report held: the next one may be compared with it."""
    version = DataVersion.objects.get(force_id=cycle.force_id, number=cycle_version(cycle))
    ReportedVersion.objects.create(force_id=cycle.force_id, quarter_key=cycle.quarter_key, version=version)


def edition_slug(report: Report) -> str:
    """Return the name of a report's editions in addresses: lancashire-quarterly-2020-21-q2."""
    cycle = report.cycle
    return f"{cycle.force.slug}-{cycle.outline.slug}-{cycle.quarter_key.lower()}"[:80]


def _give_up(job: Job, verdict: Verdict) -> None:
    """End a job that cannot succeed by trying again; its row says why."""
    with transaction.atomic():
        jobs.finish(job)
        Job.objects.filter(pk=job.pk).update(error=verdict.reason[:2000])


def _as_signed(report: Report, composed: Composed) -> Verdict:
    """What is presented is what was signed, to the letter: names and definitions may have changed since."""
    signature = _signature(report)
    digest = sha256(composed.document)
    if signature is not None and signature.document_sha256 == digest:
        return Verdict(True)
    return Verdict(
        False,
        "The report would no longer read as it did when it was signed off: a name or a definition in it has changed "
        "since. Ask the approver to send it back, put it together again, and have it signed off.",
        is_conflict=True,
    )


def _signature(report: Report) -> ReportTransition | None:
    return report.transitions.filter(to_state=ReportState.SIGNED_OFF).order_by("-version").first()


def _about(report: Report, slug: str, number: int, by: Person) -> dict[str, object]:
    signature = _signature(report)
    return {
        "edition": slug,
        "number": number,
        "title": report.cycle.outline.report_title,
        "period": report.cycle.quarter.key,
        "data_cut": report.cycle.cut,
        "draft": report.draft,
        "signed_off_by": signature.by_name if signature else "",
        "signed_off_at": signature.at.isoformat() if signature else "",
        "presented_by": by.name,
    }


def _keep(report: Report, composed: Composed, frozen: Frozen, slug: str, number: int, by: Person) -> Edition:
    document, signature = composed.document, _signature(report)
    edition = Edition.objects.create(
        slug=slug,
        number=number,
        title=document.title,
        period=document.period,
        organisation=document.organisation,
        addressed_to=document.addressed_to,
        marking=document.marking,
        report_key=report.pk,
        document=frozen.document,
        article=frozen.article,
        sha256=frozen.sha256,
        signed_off_by=signature.by_name if signature else "",
        presented_by=by.name,
    )
    EditionFile.objects.bulk_create(
        EditionFile(
            edition=edition,
            name=one.name,
            media_type=one.media_type,
            content=one.content,
            size=len(one.content),
            sha256=one.sha256,
            is_download=one.is_download,
        )
        for one in frozen.files
    )
    return edition
