"""The parts of a case file that workers check side by side."""

from typing import ClassVar

from django.db import models

from indicators.choices import PartState, pairs
from indicators.models.data_import import DataImport


class ImportPart(models.Model):
    """Some members of a case file that are read as one: those of one month, or the whole file.

    Claimed like a job: a worker that dies leaves a lease behind, and `attempt` fences what it may still write.
    `found` holds {"months": {month: facts}, "preview": [...], "notes": [...]} when it is done.
    """

    data_import = models.ForeignKey(DataImport, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveIntegerField()
    members = models.JSONField(default=list)
    size = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=pairs(PartState), default=PartState.WAITING)
    attempt = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    bytes_read = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    left_out = models.BigIntegerField(default=0)
    problem_count = models.PositiveIntegerField(default=0)
    found = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["data_import", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["data_import", "position"], name="one_part_per_position"),
        ]

    def __str__(self) -> str:
        return f"part {self.position} of import {self.data_import_id}"
