"""Relations of indicators that are declared, and the reasons people gave for differences."""

from collections.abc import Mapping
from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from indicators.choices import AGREEMENT_NAMES, DECLARED_AGREEMENTS, Agreement, NoteKind, Window, pairs
from indicators.dated_notes import DatedNote
from indicators.models.area import Force
from indicators.models.breakdown import BreakdownValue
from indicators.models.indicator import Indicator
from indicators.series import Series, Slot, Value


@pghistory.track()
class Relation(models.Model):
    """An indicator, or one part of its breakdown, and those that must agree with it.

    A difference of a relation that blocks keeps reports back until it is gone or somebody has explained it.
    """

    slug = models.SlugField(unique=True)
    agreement = models.CharField(
        max_length=10, choices=[pair for pair in pairs(Agreement, AGREEMENT_NAMES) if pair[0] in DECLARED_AGREEMENTS]
    )
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="relations")
    part = models.ForeignKey(BreakdownValue, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)
    is_blocking = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.slug


@pghistory.track()
class RelationMember(models.Model):
    """One of those that must agree with the indicator of a relation."""

    relation = models.ForeignKey(Relation, on_delete=models.CASCADE, related_name="members")
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="+")
    part = models.ForeignKey(BreakdownValue, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["relation", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["relation", "indicator", "part"], nulls_distinct=False, name="relation_member_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relation_id}: {self.indicator_id}"


class ExplanationQuerySet(models.QuerySet["Explanation"]):
    """Explanations, and the notes they are printed as."""

    def notes(self, values: Mapping[Series, Mapping[Slot, Value]]) -> tuple[DatedNote, ...]:
        """Return the newest explanation of each value that is still what was explained, as a note on it. One query."""
        found: dict[tuple[Series, Slot], DatedNote] = {}
        for one in self.filter(end__isnull=False).order_by("id"):
            series = Series(one.indicator, one.part, one.area)
            for slot, held in values.get(series, {}).items():
                if (slot.window, slot.end) == (one.window, one.end) and held.amount == one.stated and slot.end:
                    found[series, slot] = DatedNote(
                        NoteKind.FOOTNOTE, "", one.reason, indicators=frozenset({one.indicator}),
                        areas=frozenset({one.area}), part=one.part, cell=(slot.window, slot.end),
                    )  # fmt: skip
        return tuple(found.values())


@pghistory.track()
class Explanation(models.Model):
    """Why two numbers that should agree differ, for these two numbers alone: another difference is open again.

    `indicator`, `part` and `area` (as figures name them, "" for the whole and the force), `window` and `end` say where
    the first of the two stands: there the reason is printed as a note, as long as the number is the same.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    check_key = models.CharField(max_length=300)
    indicator = models.CharField(max_length=60)
    part = models.CharField(max_length=80, blank=True)
    area = models.CharField(max_length=80, blank=True)
    window = models.CharField(max_length=20, choices=pairs(Window))
    end = models.DateField(null=True)
    stated = models.DecimalField(max_digits=24, decimal_places=8)
    found = models.DecimalField(max_digits=24, decimal_places=8)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = ExplanationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["force", "check_key"], name="explanation_by_check")]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="explanation_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.check_key}: {self.reason}"
