"""Imports: a received file, its problems, and where it stands."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from indicators import deliveries
from indicators.choices import Cadence, ImportKind, ImportState, pairs
from indicators.models.area import Force
from indicators.models.data_version import DataVersion
from indicators.models.delivery import ExpectedDelivery
from indicators.models.feed import OfficialFeed
from indicators.models.profile import CaseProfile, SheetProfile
from indicators.periods import Period


class DataImport(models.Model):
    """One file for one force, read in one way. The same bytes twice, read by the same profile, are the same import.

    `preview` holds {"rows": counts by month and category, "months": facts, "notes", "warnings", "changed": the first
    supplied values that change, "moves": figures that would change, "uses": what is shown of supplied values, "totals":
    those that were not compared}. `left_out` counts the faulty rows; a refused file can be accepted without them. A
    partial file adds and changes cases of its months and removes none. `layout` is how the profile or the feed read
    files when this one was received ({"return", "notes", "warnings"} for the file of a partner's return), and
    `profile_version` which version of it that was. Wide sheets are read by a `sheet_profile`. Another profile or feed,
    or another report that printed the values (`printed_in`, the quarter of it), makes another import of the same bytes.
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
    left_out = models.PositiveIntegerField(default=0)
    is_partial = models.BooleanField(default=False)
    profile = models.ForeignKey(CaseProfile, on_delete=models.PROTECT, null=True, blank=True, related_name="imports")
    feed = models.ForeignKey(OfficialFeed, on_delete=models.PROTECT, null=True, blank=True, related_name="imports")
    sheet_profile = models.ForeignKey(
        SheetProfile, on_delete=models.PROTECT, null=True, blank=True, related_name="imports"
    )
    printed_in = models.CharField(max_length=12, blank=True)
    report_name = models.CharField(max_length=160, blank=True)
    profile_version = models.PositiveIntegerField(null=True, blank=True)
    layout = models.JSONField(default=dict, blank=True)
    reason = models.TextField(blank=True)
    revert_reason = models.TextField(blank=True)
    file_removed_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    version = models.OneToOneField(
        DataVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="data_import"
    )
    reverted_version = models.OneToOneField(
        DataVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="reverted_import"
    )
    delivery = models.ForeignKey(
        ExpectedDelivery, on_delete=models.PROTECT, null=True, blank=True, related_name="imports"
    )
    delivery_period = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["force", "kind", "sha256", "profile", "sheet_profile", "feed", "printed_in"],
                nulls_distinct=False,
                condition=~Q(
                    state__in=[
                        ImportState.REFUSED,
                        ImportState.ABANDONED,
                        ImportState.FAILED,
                        ImportState.REVERTED,
                    ]
                ),
                name="same_bytes_are_the_same_import",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ImportState.APPLIED, ImportState.REVERTED], version__isnull=False)
                | (~Q(state__in=[ImportState.APPLIED, ImportState.REVERTED]) & Q(version__isnull=True)),
                name="applied_imports_have_a_version",
            ),
            models.CheckConstraint(
                condition=Q(delivery__isnull=True, delivery_period__isnull=True)
                | Q(delivery__isnull=False, delivery_period__isnull=False),
                name="a_delivery_is_for_a_period",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}: {self.file_name}"

    @property
    def read_by(self) -> CaseProfile | SheetProfile | None:
        """The profile by which the file is read; None for the portal's own formats."""
        return self.profile or self.sheet_profile

    @property
    def is_acceptable(self) -> bool:
        """Whether only single rows are wrong, so that the file can be applied without them."""
        return self.state == ImportState.REFUSED and self.left_out > 0

    @property
    def what_wants_a_reason(self) -> str:
        """What of the preview nobody may pass over without a word; "" where nothing is."""
        doubts = {
            "things to look at": self.preview.get("warnings"),
            "numbers that would no longer agree": self.preview.get("moves", {}).get("differences"),
        }
        return " and ".join(words for words, found in doubts.items() if found)

    @property
    def made_for(self) -> Period | None:
        """The period of the delivery that this file was loaded for; `delivery_period` is its first day."""
        if self.delivery is None or self.delivery_period is None:
            return None
        # Not asked of the delivery: its dates may have been narrowed since.
        return deliveries.period_from(Cadence(self.delivery.cadence), self.delivery_period)


class ImportProblem(models.Model):
    """One fault of a file: where it stands, what it says, and what to do."""

    data_import = models.ForeignKey(DataImport, on_delete=models.CASCADE, related_name="problems")
    sheet = models.CharField(max_length=200, blank=True)
    row = models.PositiveIntegerField(null=True, blank=True)
    column = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=300, blank=True)
    message = models.TextField()

    class Meta:
        ordering: ClassVar = ["sheet", "row", "id"]

    def __str__(self) -> str:
        return self.message
