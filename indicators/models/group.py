"""Comparator groups that people keep: who belongs to one, version by version, and what each force's figures used."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from indicators.append_only import APPEND_ONLY
from indicators.choices import AreaKind
from indicators.grouping import Dated, in_order
from indicators.models.area import Area, Force


@pghistory.track()
class ComparatorGroup(models.Model):
    """A comparator whose members an analyst keeps; its area carries its name and its figures.

    `note` says what the group is for and who decides it. `version` is the number of its newest list of members.
    """

    area = models.OneToOneField(Area, on_delete=models.PROTECT, related_name="group")
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["area__name"]

    def __str__(self) -> str:
        return self.area.name


class GroupVersion(models.Model):
    """One list of members: written once, with a reason; a change is another version."""

    group = models.ForeignKey(ComparatorGroup, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers: ClassVar = APPEND_ONLY
        ordering: ClassVar = ["group", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "number"], name="group_version_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="group_version_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.group}, version {self.number}"

    @property
    def dated(self) -> list[Dated]:
        """The members with their days, in order."""
        return in_order(one.dated for one in self.members.all())


class GroupMember(models.Model):
    """One member of a version and the days on which it belongs; no day: from the beginning, or still."""

    version = models.ForeignKey(GroupVersion, on_delete=models.PROTECT, related_name="members")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        triggers: ClassVar = APPEND_ONLY
        ordering: ClassVar = ["version", "area__name", "starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "area", "starts_on"], nulls_distinct=False, name="group_member_once_from_a_day"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(starts_on__lte=F("ends_on")),
                name="group_member_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.area)

    @property
    def dated(self) -> Dated:
        """The member as a value."""
        return Dated(self.area.slug, self.area.name, AreaKind(self.area.kind), self.starts_on, self.ends_on)


class GroupUseQuerySet(models.QuerySet["GroupUse"]):
    """Which version of each group a force's figures used."""

    def by_area(self) -> dict[str, list[Dated]]:
        """Return the members of each group by its slug. One query."""
        names = ("slug", "name", "kind")
        rows = self.filter(version__members__isnull=False).values_list(
            "group__area__slug", *(f"version__members__area__{name}" for name in names), "version__members__starts_on",
            "version__members__ends_on",
        )  # fmt: skip
        found: dict[str, list[Dated]] = {}
        for group, slug, name, kind, starts_on, ends_on in rows:
            found.setdefault(group, []).append(Dated(slug, name, AreaKind(kind), starts_on, ends_on))
        return found

    def own_areas(self, force: Force) -> list[tuple[int, str, str]]:
        """Return the places of a force that are members, as (id, slug, name). One query."""
        rows = Area.objects.filter(pk__in=self.values("version__members__area"), force=force)
        return list(rows.values_list("id", "slug", "name"))


class GroupUse(models.Model):
    """The version of a group that a force's figures were made with, between two data versions."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(ComparatorGroup, on_delete=models.PROTECT, related_name="uses")
    version = models.ForeignKey(GroupVersion, on_delete=models.PROTECT, related_name="uses")
    since_version = models.PositiveIntegerField()
    until_version = models.PositiveIntegerField(null=True)

    objects = GroupUseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["force", "group", "-since_version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["force", "group"], condition=Q(until_version__isnull=True), name="one_current_use_of_a_group"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} from data version {self.since_version}"
