"""What else stands on a reference sheet: later definitions, codes in frameworks, wholes it is part of."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from indicators.append_only import APPEND_ONLY
from indicators.models.indicator import Indicator


class DefinitionVersion(models.Model):
    """The definition of an indicator from a day on; the first one, from the beginning, is `Indicator.definition`.

    Written once: a slip is put right by another version from the same day.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="definition_versions")
    starts_on = models.DateField()
    definition = models.TextField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers: ClassVar = APPEND_ONLY
        ordering: ClassVar = ["indicator", "starts_on", "id"]

    def __str__(self) -> str:
        return f"definition from {self.starts_on:%d/%m/%Y}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class FrameworkCode(models.Model):
    """The code under which a framework knows an indicator, for example a national set of measures."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="framework_codes")
    framework = models.CharField(max_length=120)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering: ClassVar = ["indicator", "framework", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["indicator", "framework", "code"], name="framework_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.framework} {self.code}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PartOf(models.Model):
    """A further whole that an indicator is part of, beside its parent."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="part_of")
    whole = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="further_parts")

    class Meta:
        ordering: ClassVar = ["indicator", "whole"]
        verbose_name = "further whole"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["indicator", "whole"], name="part_of_a_whole_once"),
            models.CheckConstraint(condition=~Q(indicator=F("whole")), name="nothing_is_part_of_itself"),
        ]

    def __str__(self) -> str:
        return f"part of {self.whole}"
