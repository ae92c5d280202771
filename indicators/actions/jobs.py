"""Background work: asking for it, claiming it, keeping its lease, ending it.

Every write after the claim names the attempt, so that a worker that lost its lease changes nothing.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import TracebackType

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from indicators.choices import JobState
from indicators.models.job import Job
from indicators.people import Person

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
BEAT_SECONDS = 1.0
MOST_ATTEMPTS = 3


class LeaseLost(Exception):
    """Another worker took this job over; nothing of this attempt may be kept."""


def ask(task: str, subject_id: int, title: str, *, by: Person) -> Job:
    """Write down work to be done; an open job for the same task and subject is returned instead."""
    job, _ = Job.objects.get_or_create(
        task=task,
        subject_id=subject_id,
        state__in=[JobState.WAITING, JobState.RUNNING],
        defaults={"title": title, "by_id": by.id, "state": JobState.WAITING},
    )
    return job


def open_jobs() -> Iterator[Job]:
    """Yield the jobs that wait, or whose worker has let its lease run out."""
    yield from Job.objects.filter(
        Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, leased_until__lt=Now())
    ).order_by("id")


def claim(job_id: int) -> Job | None:
    """Take a job if it waits or was left behind; None when somebody else has it or it is done.

    A job that was left behind too often is put aside for a person to look at.
    """
    mine = Job.objects.filter(pk=job_id).filter(
        Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, leased_until__lt=Now())
    )
    put_aside = mine.filter(attempt__gte=MOST_ATTEMPTS).update(
        state=JobState.QUARANTINED,
        finished_at=Now(),
        error=f"The work stopped unexpectedly {MOST_ATTEMPTS} times. Nothing was changed. "
        "Ask the administrator to look at the worker's log, then try again.",
    )
    if put_aside:
        return None
    claimed = mine.update(
        state=JobState.RUNNING,
        attempt=F("attempt") + 1,
        leased_until=Now() + LEASE,
        started_at=Now(),
        done=0,
        step="",
    )
    return Job.objects.get(pk=job_id) if claimed else None


def finish(job: Job) -> None:
    """Mark a job done inside the transaction that keeps its result; raises LeaseLost when it is no longer ours."""
    kept = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempt=job.attempt).update(
        state=JobState.DONE, finished_at=Now(), leased_until=None, done=F("total"), step="", error=""
    )
    if not kept:
        raise LeaseLost(f"job {job.pk}, attempt {job.attempt}")


def give_up(job: Job, error: str) -> None:
    """Put a job aside that cannot be done any more, with the reason."""
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempt=job.attempt).update(
        state=JobState.QUARANTINED, finished_at=Now(), leased_until=None, error=error
    )


def retry(job: Job, *, by: Person) -> None:
    """Put a job that was set aside back in the queue."""
    Job.objects.filter(pk=job.pk, state=JobState.QUARANTINED).update(
        state=JobState.WAITING, attempt=0, error="", finished_at=None, by_id=by.id
    )


def let_go(job: Job, error: str) -> None:
    """Give a failed job back to the queue with what went wrong; the sweep tries it again."""
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempt=job.attempt).update(
        leased_until=Now(), error=error[:2000]
    )


class Progress:
    """How far a job is. A thread of its own writes it, with the lease, on a connection of its own."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.step = ""
        self.done = 0
        self.total = 0
        self._began = time.monotonic()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name=f"job {job.pk}")

    def __enter__(self) -> "Progress":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join(timeout=10)

    @property
    def elapsed(self) -> float:
        """Seconds since this worker began."""
        return time.monotonic() - self._began

    def tell(self, step: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done now; written within a second."""
        self.step, self.done, self.total = step, done, total

    def _beat(self) -> None:
        try:
            while not self._stopped.wait(BEAT_SECONDS):
                self._write()
        finally:
            connection.close()

    def _write(self) -> None:
        # A row locked by the final transaction is skipped: that transaction ends the job itself.
        try:
            with transaction.atomic():
                rows = Job.objects.select_for_update(skip_locked=True).filter(
                    pk=self.job.pk, state=JobState.RUNNING, attempt=self.job.attempt
                )
                if rows:
                    Job.objects.filter(pk=self.job.pk).update(
                        leased_until=Now() + LEASE, step=self.step[:200], done=self.done, total=self.total
                    )
        except DatabaseError:
            logger.warning("job %s: the lease could not be renewed", self.job.pk)
            connection.close()


@contextmanager
def worked(job: Job) -> Iterator[Progress]:
    """Keep the lease while the work runs; a failure is written down and the job given back."""
    try:
        with Progress(job) as progress:
            yield progress
    except LeaseLost:
        logger.warning("job %s: the lease was lost, nothing was kept", job.pk)
    except Exception as error:
        logger.exception("job %s failed", job.pk)
        try:
            let_go(job, f"{type(error).__name__}: {error}")
        except DatabaseError:
            logger.warning("job %s: the database is away; its lease runs out by itself", job.pk)
            connection.close()
