"""Background work. The row is the truth; a message on the queue is only a wake-up."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from indicators.choices import JobState, pairs

SOON = 2.0  # seconds: too short to be said
MINUTES_FROM = 90.0  # seconds


class Job(models.Model):
    """One piece of work for a worker: the task that does it, its subject, lease, attempt and progress.

    A worker holds a lease that it renews while it lives; every write of its result names its attempt, so that
    a worker which wakes after its lease was lost changes nothing.
    """

    task = models.CharField(max_length=120)
    subject_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=20, choices=pairs(JobState), default=JobState.WAITING)
    attempt = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    step = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["state", "leased_until"],
                condition=Q(state__in=[JobState.WAITING, JobState.RUNNING]),
                name="job_open",
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task", "subject_id"],
                condition=Q(state__in=[JobState.WAITING, JobState.RUNNING]),
                name="one_open_job_per_task_and_subject",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def words(self) -> str:
        """How far the work is, and how long it will take if it goes on like this."""
        step = self.step or "Starting"
        if not self.started_at or not 0 < self.done < self.total:
            return step
        elapsed = (timezone.now() - self.started_at).total_seconds()
        left = elapsed * (self.total - self.done) / self.done
        if left < SOON:
            return step
        return f"{step}, about {left / 60:.0f} min left" if left > MINUTES_FROM else f"{step}, about {left:.0f} s left"
