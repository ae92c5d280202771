"""The whole chain of background work of the figures: check a file, apply it, sweep up what was left behind."""

import logging

from celery import current_app, shared_task
from kombu.exceptions import OperationalError

from indicators.actions import imports, jobs, received_files, retention, staging
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.job import Job
from indicators.people import Person

logger = logging.getLogger(__name__)

MOST_HELPERS = 16  # messages for one file; a worker that comes late finds nothing to do
# Somebody waits for the answer of a page: two quick tries of a second each, on a connection of its own.
IMPATIENT = {"socket_timeout": 1, "max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}


def wake(job: Job) -> bool:
    """Send the wake-up of a job; False when the queue cannot be reached (the sweep sends it later)."""
    try:
        with current_app.connection_for_write(transport_options=IMPATIENT) as connection:
            current_app.send_task(job.task, [job.pk], retry=False, connection=connection)
    except (OperationalError, OSError) as error:
        logger.warning("the queue cannot be reached, job %s waits: %s", job.pk, error)
        return False
    return True


def wake_open(task: str, subject_id: int) -> bool:
    """Send the wake-up of the open job of a task and subject; True when there is none."""
    job = next((job for job in jobs.open_jobs() if (job.task, job.subject_id) == (task, subject_id)), None)
    return job is None or wake(job)


@shared_task(name="indicators.tasks.stage_import")
def stage_import(job_id: int) -> None:
    """Read and check a received file."""
    job = jobs.claim(job_id)
    if job is not None:
        with jobs.worked(job) as progress:
            data_import = DataImport.objects.get(pk=job.subject_id)
            share(data_import.pk, imports.plan(data_import) - 1)
            imports.stage(data_import, job, progress)


def share(import_id: int, parts: int) -> None:
    """Wake other workers for the parts of a case file; without them this worker reads all parts itself."""
    for _ in range(min(parts, MOST_HELPERS)):
        try:
            current_app.send_task("indicators.tasks.read_parts", [import_id], retry=False)
        except (OperationalError, OSError) as error:
            logger.warning("the queue cannot be reached, import %s is read alone: %s", import_id, error)
            return


@shared_task(name="indicators.tasks.read_parts")
def read_parts(import_id: int) -> None:
    """Read parts of a case file beside the worker that looks after it; there may be none left."""
    data_import = DataImport.objects.filter(pk=import_id).first()
    if data_import is not None:
        imports.help_read(data_import)


def asker(job: Job) -> Person:
    """Return in whose name a job is done; what they may do was asked when they asked for it."""
    return Person(id=job.by_id, name="", email="", roles=frozenset())


@shared_task(name="indicators.tasks.apply_import")
def apply_import(job_id: int) -> None:
    """Apply a confirmed import, in the name of the person who confirmed it."""
    job = jobs.claim(job_id)
    if job is not None:
        with jobs.worked(job) as progress:
            imports.apply(DataImport.objects.get(pk=job.subject_id), job, progress, by=asker(job))
        wake_open(imports.STAGE_TASK, job.subject_id)  # the file has to be checked again when the ground moved


@shared_task(name="indicators.tasks.revert_import")
def revert_import(job_id: int) -> None:
    """Take an applied import back, in the name of the person who asked for it."""
    job = jobs.claim(job_id)
    if job is not None:
        with jobs.worked(job) as progress:
            imports.revert(DataImport.objects.get(pk=job.subject_id), job, progress, by=asker(job))


@shared_task(name="indicators.tasks.tidy")
def tidy() -> None:
    """Once a day: remove rows that are no longer kept, and what was staged or received and nobody decided on."""
    for force in Force.objects.order_by("pk"):
        retention.remove_old_rows(force)
    staging.discard_left_over()
    received_files.discard_left_over()


@shared_task(name="indicators.tasks.sweep")
def sweep() -> None:
    """Wake the jobs whose message was lost or whose worker died."""
    for job in jobs.open_jobs():
        if not wake(job):
            return
