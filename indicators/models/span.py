"""Spans from one day to another of which a force's figures are worked out, because somebody asked for them."""

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from indicators.models.area import Force
from indicators.periods import Period, from_to, label


class SpanQuerySet(models.QuerySet["Span"]):
    """Spans by whether their figures are kept up."""

    def current(self) -> "SpanQuerySet":
        """Those that nobody has ended."""
        return self.filter(until_version__isnull=True)


@pghistory.track()
class Span(models.Model):
    """Days, both included, of which the figures of a force are kept up between two data versions.

    `indicators` holds keys; empty means all. Who asked for it and why stands on its first data version.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="spans")
    starts_on = models.DateField()
    ends_on = models.DateField()
    indicators = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    since_version = models.PositiveIntegerField()
    until_version = models.PositiveIntegerField(null=True)

    objects = SpanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-ends_on", "-starts_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="span_days_in_order"),
            models.UniqueConstraint(
                fields=["force", "starts_on", "ends_on"],
                condition=Q(until_version__isnull=True),
                name="one_current_span_of_these_days",
            ),
        ]

    def __str__(self) -> str:
        return label(self.period)

    @property
    def period(self) -> Period:
        """The days as a period."""
        return from_to(self.starts_on, self.ends_on)
