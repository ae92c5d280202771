"""The reporting cycle: one outline for one quarter of one force, with its dates and its data cut."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from indicators.models.area import Force
from indicators.periods import Quarter
from narratives.models.outline import Outline


@pghistory.track()
class Cycle(models.Model):
    """A quarter's round of writing. Until the cut is fixed its figures follow the newest data version."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="cycles")
    outline = models.ForeignKey(Outline, on_delete=models.PROTECT, related_name="cycles")
    quarter_key = models.CharField(max_length=12)
    cut = models.PositiveIntegerField(null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    write_by = models.DateField(null=True, blank=True)
    review_by = models.DateField(null=True, blank=True)
    meeting_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-quarter_key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "outline", "quarter_key"], name="one_cycle_per_quarter"),
            models.CheckConstraint(
                condition=Q(quarter_key__regex=r"^[0-9]{4}-[0-9]{2}-Q[1-4]$"), name="cycle_quarter_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outline} {self.quarter.label}"

    @property
    def quarter(self) -> Quarter:
        """The quarter this cycle reports."""
        return Quarter.parse(self.quarter_key)
