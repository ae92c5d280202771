"""What presented reports held: the data version of each, by which the next report is compared with it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from indicators.append_only import APPEND_ONLY
from indicators.models.area import Force
from indicators.models.data_version import DataVersion


class ReportedVersion(models.Model):
    """The data version of a report that was presented; of two reports of one quarter the newer row holds."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="reported_versions")
    quarter_key = models.CharField(max_length=12)
    version = models.ForeignKey(DataVersion, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers: ClassVar = APPEND_ONLY
        ordering: ClassVar = ["force", "-quarter_key", "-id"]
        indexes: ClassVar = [models.Index(fields=["force", "quarter_key"], name="reported_version_of_quarter")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quarter_key__regex=r"^[0-9]{4}-[0-9]{2}-Q[1-4]$"), name="reported_quarter_form"
            )
        ]

    def __str__(self) -> str:
        return f"{self.quarter_key}: {self.version}"
