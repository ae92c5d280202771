"""Sections: one topic in one cycle, with its state; and the transitions that brought it there."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from indicators.append_only import APPEND_ONLY
from indicators.choices import Role, pairs
from indicators.models.portfolio import Portfolio
from indicators.people import Person
from narratives.choices import HANDED_IN, SECTION_TRANSITIONS, SectionState
from narratives.models.cycle import Cycle
from narratives.models.outline import Topic


class SectionQuerySet(models.QuerySet["Section"]):
    """Sections as a person may see them."""

    def visible_to(self, person: Person) -> "SectionQuerySet":
        """Limit to what a person may open: their own portfolios always, others' once handed in."""
        own = Q(portfolio_id__in=person.portfolios(Role.LEAD, Role.DEPUTY, Role.CONTRIBUTOR))
        if person.has(Role.REPORT_MANAGER):
            return self
        if person.has(Role.REVIEWER, Role.APPROVER, Role.AUDITOR):
            return self.filter(own | Q(state__in=HANDED_IN))
        return self.filter(own)


@pghistory.track()
class Section(models.Model):
    """The text of one topic for one quarter. `version` counts every change; forms name the one they saw."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="sections")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="sections")
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="sections")
    state = models.CharField(max_length=20, choices=pairs(SectionState), default=SectionState.NOT_STARTED)
    version = models.PositiveIntegerField(default=0)

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["cycle", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["cycle", "topic"], name="one_section_per_topic")]

    def __str__(self) -> str:
        return f"{self.topic} ({self.cycle.quarter_key})"


class SectionTransition(models.Model):
    """A decision about a section: who, when, which revision, and why where it goes against someone."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="transitions")
    verb = models.CharField(max_length=20, choices=[(verb, verb.replace("_", " ")) for verb in SECTION_TRANSITIONS])
    from_state = models.CharField(max_length=20, choices=pairs(SectionState))
    to_state = models.CharField(max_length=20, choices=pairs(SectionState))
    version = models.PositiveIntegerField()
    revision_number = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(blank=True)

    class Meta:
        triggers: ClassVar = APPEND_ONLY
        ordering: ClassVar = ["section", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["section", "version"], name="one_transition_per_version"),
            models.CheckConstraint(
                condition=~Q(verb="request_changes") | ~Q(reason=""), name="asking_for_changes_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} by {self.by_name}"
