"""What people lay over cases without changing them: marks to look at, and cases set aside by two people.

Both hang on the place of a case (force, month, key, ordinal), so that they survive its month being imported again.
"""

from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from indicators.choices import CountingPolicy, SetAsideState, pairs
from indicators.models.area import Force
from indicators.models.source import DataSource


class CasePlace(models.Model):
    """Which case is meant."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    key = models.UUIDField()
    ordinal = models.IntegerField(default=0)
    reference = models.TextField(blank=True)
    reason = models.TextField()

    class Meta:
        abstract = True


class MarkQuerySet(models.QuerySet["Mark"]):
    """Marks by where they stand."""

    def open(self) -> Self:
        """Those nobody has cleared."""
        return self.filter(cleared_at__isnull=True)


class SetAsideQuerySet(models.QuerySet["SetAside"]):
    """Cases set aside by where they stand."""

    def asked(self) -> Self:
        """Those that wait for a second person."""
        return self.filter(lifted_at__isnull=True, since_version__isnull=True)

    def in_force(self) -> Self:
        """Those whose case is not counted now."""
        return self.filter(since_version__isnull=False, until_version__isnull=True)

    def ended(self) -> Self:
        """Those that were lifted, or withdrawn before anybody agreed."""
        return self.filter(lifted_at__isnull=False)


@pghistory.track()
class Mark(CasePlace):
    """A case that somebody marked to be looked at; it counts as before."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    cleared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    cleared_at = models.DateTimeField(null=True)

    objects = MarkQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["force", "month", "key", "ordinal"], condition=Q(cleared_at__isnull=True), name="one_open_mark"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference or self.key}: {self.reason}"


@pghistory.track()
class SetAside(CasePlace):
    """A case that is not counted: asked for by one person, agreed by a second, until it is lifted.

    It takes effect at data version `since_version` and ends at `until_version`; without the first it is only asked
    for, and withdrawn when `until_version` is empty but `lifted_at` is not.
    """

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    since_version = models.PositiveIntegerField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.TextField(blank=True)
    until_version = models.PositiveIntegerField(null=True)

    objects = SetAsideQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["force", "month", "key", "ordinal"],
                condition=Q(lifted_at__isnull=True),
                name="set_aside_once",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("asked_by")), name="set_aside_by_two_people"
            ),
            models.CheckConstraint(
                condition=Q(since_version__isnull=True) | Q(agreed_by__isnull=False), name="set_aside_is_agreed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference or self.key}: {self.reason}"

    @property
    def state(self) -> SetAsideState:
        """Where it stands."""
        if self.since_version is None:
            return SetAsideState.ASKED if self.lifted_at is None else SetAsideState.WITHDRAWN
        return SetAsideState.IN_FORCE if self.until_version is None else SetAsideState.LIFTED


@pghistory.track()
class CountingRule(models.Model):
    """How the cases of a source are counted from a day on: rows, or distinct identifiers. The newest holds."""

    source = models.ForeignKey(DataSource, on_delete=models.PROTECT, related_name="counting_rules")
    policy = models.CharField(max_length=10, choices=pairs(CountingPolicy))
    starts_on = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["source", "-starts_on", "-id"]

    def __str__(self) -> str:
        return f"{self.source}: {self.policy} from {self.starts_on:%d/%m/%Y}"
