"""Expected deliveries: which files should arrive, and which periods of them are known not to."""

from datetime import date
from typing import ClassVar

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from indicators import deliveries
from indicators.choices import CADENCE_NAMES, Cadence, ImportKind, pairs
from indicators.models.area import Force
from indicators.models.feed import OfficialFeed
from indicators.models.profile import CaseProfile, SheetProfile
from indicators.models.source import DataSource
from indicators.periods import Period

LONGEST_WAIT = 366


@pghistory.track()
class ExpectedDelivery(models.Model):
    """A file that a source sends for every month or quarter, and all a colleague needs to know to load it.

    Its files are read by its profile, its profile of sheets or its mapping, as the kind asks.
    Due `due_days` days after the last day of the period it covers. `checks` holds one check to a line.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="deliveries")
    source = models.ForeignKey(DataSource, on_delete=models.PROTECT, related_name="deliveries")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=pairs(ImportKind))
    cadence = models.CharField(max_length=10, choices=pairs(Cadence, CADENCE_NAMES))
    due_days = models.PositiveSmallIntegerField(validators=[MaxValueValidator(LONGEST_WAIT)])
    sender = models.CharField(max_length=200)
    loader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    profile = models.ForeignKey(CaseProfile, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries")
    sheet_profile = models.ForeignKey(
        SheetProfile, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    feed = models.ForeignKey(OfficialFeed, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries")
    instructions = models.TextField(blank=True)
    checks = models.TextField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "name"], name="delivery_name_once_per_force"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__lte=F("ends_on")), name="delivery_dates_in_order"
            ),
            models.CheckConstraint(
                condition=(Q(kind=ImportKind.CASES) | Q(profile__isnull=True))
                & (Q(kind=ImportKind.OBSERVATIONS) | Q(sheet_profile__isnull=True))
                # Official tables need a mapping, which older deliveries have not: it is asked for when one is saved.
                & (Q(kind=ImportKind.OFFICIAL) | Q(feed__isnull=True)),
                name="delivery_is_read_as_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def read_by(self) -> CaseProfile | SheetProfile | OfficialFeed | None:
        """The profile or mapping by which its files are read; None for the portal's own formats."""
        return self.profile or self.sheet_profile or self.feed

    @property
    def check_lines(self) -> list[str]:
        """The checks that somebody makes before confirming a file."""
        return [line.strip() for line in self.checks.splitlines() if line.strip()]

    def period_from(self, first: date) -> Period | None:
        """Return the expected period that begins on a day; None when this delivery covers none that does."""
        period = deliveries.period_from(Cadence(self.cadence), first)
        return period if period and deliveries.covers(period, self.starts_on, self.ends_on) else None


@pghistory.track()
class DeliveryNote(models.Model):
    """Why one period of a delivery is not available; it holds until it is lifted. `period` is the first day of it."""

    delivery = models.ForeignKey(ExpectedDelivery, on_delete=models.PROTECT, related_name="notes")
    period = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["delivery", "period"], condition=Q(lifted_at__isnull=True), name="one_open_note_per_period"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="a_lifted_note_has_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery}, {self.period:%Y-%m}: {self.reason}"
