"""Corrections: one supplied value put right by two people, and every step of it."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from indicators.append_only import APPEND_ONLY
from indicators.choices import Basis, CorrectionState, Status, pairs
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.observation import Observation
from indicators.permissions import CORRECTION_TRANSITIONS


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Corrections by where they stand."""

    def open(self) -> "CorrectionQuerySet":
        """Those that wait for a second person."""
        return self.filter(state=CorrectionState.PROPOSED)


@pghistory.track()
class Correction(models.Model):
    """Another value for one observation: proposed with a reason by one person, decided by another.

    `observation` is the vintage that is wrong; as soon as another one holds, the proposal cannot be confirmed. Once it
    is, the new value stands in an import of its own, so that it can be traced and taken back as any other.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    observation = models.ForeignKey(Observation, on_delete=models.PROTECT, related_name="corrections")
    state = models.CharField(max_length=10, choices=pairs(CorrectionState), default=CorrectionState.PROPOSED)
    value = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    numerator = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    denominator = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    status = models.CharField(max_length=20, choices=pairs(Status))
    basis = models.CharField(max_length=20, choices=pairs(Basis))
    note = models.TextField(blank=True)
    reason = models.TextField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    data_import = models.OneToOneField(DataImport, on_delete=models.PROTECT, null=True, related_name="correction")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["observation"], condition=Q(state=CorrectionState.PROPOSED), name="one_open_correction"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(state=CorrectionState.CONFIRMED)
                | (Q(decided_by__isnull=False, data_import__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="correction_by_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state=CorrectionState.REFUSED)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by")) & ~Q(decision_reason="")),
                name="refused_correction_has_a_reason",
            ),
            models.CheckConstraint(
                condition=(Q(value__isnull=False) & ~Q(status__in=[Status.NOT_AVAILABLE, Status.SUPPRESSED]))
                | (Q(value__isnull=True, status=Status.NOT_AVAILABLE) & ~Q(note="")),
                name="correction_gives_a_value_or_says_why_not",
            ),
        ]

    def __str__(self) -> str:
        return f"correction {self.pk}: {self.reason}"


class CorrectionTransition(models.Model):
    """A decision about a correction: who, when, and why."""

    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="transitions")
    verb = models.CharField(max_length=20, choices=[(verb, verb) for verb in ("propose", *CORRECTION_TRANSITIONS)])
    from_state = models.CharField(max_length=10, choices=pairs(CorrectionState), blank=True)
    to_state = models.CharField(max_length=10, choices=pairs(CorrectionState))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(blank=True)

    class Meta:
        triggers: ClassVar = APPEND_ONLY
        ordering: ClassVar = ["correction", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["correction", "to_state"], name="one_transition_to_each_state"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} by {self.by_name}"
