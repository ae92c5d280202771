"""The background work of the report: freezing and presenting an edition."""

from celery import shared_task

from indicators.actions import jobs
from portal.actions import editions
from portal.models.user import User


@shared_task(name="portal.tasks.freeze_edition")
def freeze_edition(job_id: int) -> None:
    """Freeze a signed-off report and present it, in the name of the person who ordered it."""
    job = jobs.claim(job_id)
    if job is not None:
        by = User.objects.get(pk=job.by_id).person
        with jobs.worked(job) as progress:
            editions.freeze(job.subject_id, job, progress, by=by)
