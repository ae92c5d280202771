"""Imports: a received file, its problems, and where it stands."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from indicators.choices import ImportKind, ImportState, pairs
from indicators.models.area import Force
from indicators.models.data_version import DataVersion


class DataImport(models.Model):
    """One file for one force. The same bytes twice are the same import.

    `preview` holds counts per month and category as {"months": [...], "totals": {...}, "warnings": [...]}.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="imports")
    kind = models.CharField(max_length=20, choices=pairs(ImportKind))
    state = models.CharField(max_length=20, choices=pairs(ImportState), default=ImportState.RECEIVED)
    file_name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    rows = models.BigIntegerField(default=0)
    months = models.JSONField(default=list)
    preview = models.JSONField(default=dict)
    problem_count = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    version = models.OneToOneField(
        DataVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="data_import"
    )

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["force", "kind", "sha256"],
                condition=~Q(state__in=[ImportState.REFUSED, ImportState.ABANDONED, ImportState.FAILED]),
                name="same_bytes_are_the_same_import",
            ),
            models.CheckConstraint(
                condition=Q(state=ImportState.APPLIED, version__isnull=False)
                | (~Q(state=ImportState.APPLIED) & Q(version__isnull=True)),
                name="applied_imports_have_a_version",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}: {self.file_name}"


class ImportProblem(models.Model):
    """One fault of a file: where it stands, what it says, and what to do."""

    data_import = models.ForeignKey(DataImport, on_delete=models.CASCADE, related_name="problems")
    sheet = models.CharField(max_length=200, blank=True)
    row = models.PositiveIntegerField(null=True, blank=True)
    column = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=300, blank=True)
    message = models.TextField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.message
