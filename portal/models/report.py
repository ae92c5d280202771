"""The report of a cycle: what it is put together from, and the decisions about it."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from indicators.append_only import APPEND_ONLY
from indicators.choices import pairs
from narratives.models.cycle import Cycle
from narratives.models.revision import Revision
from narratives.models.section import Section
from portal.choices import REPORT_TRANSITIONS, ReportState


@pghistory.track()
class Report(models.Model):
    """The report of one cycle. `version` counts every change; `draft` counts assemblies."""

    cycle = models.OneToOneField(Cycle, on_delete=models.PROTECT, related_name="report")
    state = models.CharField(max_length=20, choices=pairs(ReportState), default=ReportState.OPEN)
    version = models.PositiveIntegerField(default=0)
    draft = models.PositiveIntegerField(default=0)
    assembled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-cycle__quarter_key"]

    def __str__(self) -> str:
        return str(self.cycle)


class ReportEntry(models.Model):
    """A section's approved revision in its place, numbered at assembly."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="entries")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    part_number = models.PositiveSmallIntegerField()
    part_title = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=10, blank=True)
    title = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["report", "part_number", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "part_number", "position"], name="report_entry_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class ReportTransition(models.Model):
    """A decision about a report: who, when, which version, and why where it goes against someone."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="transitions")
    verb = models.CharField(max_length=20, choices=[(verb, verb.replace("_", " ")) for verb in REPORT_TRANSITIONS])
    from_state = models.CharField(max_length=20, choices=pairs(ReportState))
    to_state = models.CharField(max_length=20, choices=pairs(ReportState))
    version = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(blank=True)
    document_sha256 = models.CharField(max_length=64, blank=True)
    """The hash of the document that was signed off; empty for other decisions."""

    class Meta:
        triggers: ClassVar = APPEND_ONLY
        ordering: ClassVar = ["report", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "version"], name="one_report_transition_per_version"),
            models.CheckConstraint(condition=~Q(verb="send_back") | ~Q(reason=""), name="sending_back_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(verb="sign_off") | ~Q(document_sha256=""), name="signing_off_has_a_document"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} by {self.by_name}"
