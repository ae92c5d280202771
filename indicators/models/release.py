"""Releases: which edition of an official publication was applied, and of whom each comparator was made in it."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from indicators.like_for_like import Members
from indicators.models.area import Area, Force
from indicators.models.data_import import DataImport
from indicators.models.feed import OfficialFeed
from indicators.models.indicator import Indicator


class Release(models.Model):
    """What one edition says of the comparators of an indicator, between two data versions.

    It holds for the figures that end on `ends_on`. Without `since_version` it is staged. `notes` are those of the whole
    table; what belongs to one area or column stands with its values.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    feed = models.ForeignKey(OfficialFeed, on_delete=models.PROTECT, related_name="releases")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    data_import = models.ForeignKey(DataImport, on_delete=models.PROTECT, related_name="releases")
    name = models.CharField(max_length=160)
    title = models.TextField()
    ends_on = models.DateField()
    notes = ArrayField(models.TextField(), default=list)
    since_version = models.PositiveIntegerField(null=True)
    until_version = models.PositiveIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["-ends_on", "indicator", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["force", "indicator", "ends_on"],
                condition=Q(since_version__isnull=False, until_version__isnull=True),
                name="one_current_release",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Members of comparators, release by release."""

    def lists(self) -> dict[tuple[str, str], dict[date, Members]]:
        """Return of whom comparators were made: (indicator, comparator) → end → members by slug. One query."""
        rows = self.values_list(
            "release__indicator__key", "comparator__slug", "release__ends_on", "member__slug", "is_counted"
        )
        found: dict[tuple[str, str], dict[date, tuple[set[str], set[str]]]] = {}
        for key, comparator, end, member, is_counted in rows:
            ends = found.setdefault((key, comparator), {})
            ends.setdefault(end, (set(), set()))[not is_counted].add(member)
        return {
            place: {end: Members(frozenset(counted), frozenset(out)) for end, (counted, out) in ends.items()}
            for place, ends in found.items()
        }


class Membership(models.Model):
    """One member of a comparator in a release. Not counted: it belongs to it, and its values are not in the total."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="memberships")
    comparator = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    is_counted = models.BooleanField()

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "comparator", "member"], name="member_once_in_a_release"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.comparator_id}"
