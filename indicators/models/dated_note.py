"""Dated notes: series breaks, annotations and footnotes, attached to indicators, areas or one value."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from indicators.choices import NOTE_NAMES, WINDOW_NAMES, NoteKind, Window, pairs
from indicators.models.area import Force
from indicators.models.breakdown import BreakdownValue

IS_CELL = ~Q(window="")


class DatedNoteQuerySet(models.QuerySet["DatedNote"]):
    """Notes by whether they are printed."""

    def open(self) -> "DatedNoteQuerySet":
        """Those that nobody has ended."""
        return self.filter(ended_at__isnull=True)


@pghistory.track()
class DatedNote(models.Model):
    """A note that follows the figures it is about into every table, chart and export until somebody ends it.

    `indicators` holds keys, `areas` slugs (the force's own among them); empty means all. `indicators.dated_notes` says
    which figures a note follows, and what makes one sound. Each save is a version. `key` is the name by which a
    document of definitions knows it.
    """

    key = models.SlugField(max_length=60, blank=True)
    kind = models.CharField(max_length=12, choices=pairs(NoteKind, NOTE_NAMES))
    label = models.CharField(max_length=120)
    words = models.TextField()
    force = models.ForeignKey(Force, on_delete=models.PROTECT, null=True, blank=True, related_name="dated_notes")
    indicators = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    areas = ArrayField(models.SlugField(max_length=80), default=list, blank=True)
    part = models.ForeignKey(BreakdownValue, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    window = models.CharField(max_length=20, choices=pairs(Window, WINDOW_NAMES), blank=True)
    end = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = DatedNoteQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="one_note_per_key"),
            models.CheckConstraint(
                condition=Q(kind=NoteKind.FOOTNOTE) | Q(starts_on__isnull=False), name="break_and_annotation_have_a_day"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True)
                | (~Q(kind=NoteKind.BREAK) & (Q(starts_on__isnull=True) | Q(starts_on__lte=F("ends_on")))),
                name="note_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(part__isnull=True) | Q(indicators__len=1), name="note_on_a_part_names_one_indicator"
            ),
            models.CheckConstraint(
                condition=(~IS_CELL & Q(end__isnull=True))
                | (
                    IS_CELL
                    & Q(kind=NoteKind.FOOTNOTE, end__isnull=False, indicators__len=1, areas__len=1)
                    & Q(starts_on__isnull=True, ends_on__isnull=True)
                ),
                name="note_on_one_value_names_it",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="an_ended_note_has_a_person",
            ),
        ]

    def __str__(self) -> str:
        return self.label
