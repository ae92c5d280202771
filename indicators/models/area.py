"""Forces and the areas figures speak of."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from indicators.choices import SHARED_AREAS, AreaKind, pairs

SHARED = sorted(kind.value for kind in SHARED_AREAS)


class Force(models.Model):
    """A police force: the owner of cases, imports, data versions, observations and aggregates."""

    id = models.SmallAutoField(primary_key=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    """A place: the force itself, its divisions, districts and small areas, or a comparator.

    A police area is a force as official publications name it: comparators are made of them.

    Every force also has the two lines that keep sums whole: outside its area, and without a location.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, null=True, blank=True, related_name="areas")
    kind = models.CharField(max_length=20, choices=pairs(AreaKind))
    slug = models.SlugField(max_length=80)
    code = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        ordering: ClassVar = ["kind", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["force", "slug"], nulls_distinct=False, name="area_slug_once_per_force"),
            models.UniqueConstraint(
                fields=["force", "code"], condition=~Q(code=""), nulls_distinct=False, name="area_code_once_per_force"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=SHARED, force__isnull=True) | (~Q(kind__in=SHARED) & Q(force__isnull=False)),
                name="area_belongs_to_a_force_unless_comparator",
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="area_has_a_slug"),
        ]

    def __str__(self) -> str:
        return self.name
