"""Cases, what imports changed of them, the months they came in, and the cells counted from them.

The tables of cases and of their changes are made by hand in a migration (partitioned by force, cases then by month);
these models stand on top.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from indicators.choices import CaseChangeKind, pairs
from indicators.models.area import Area, Force
from indicators.models.category import Category
from indicators.models.data_import import DataImport


class CaseFields(models.Model):
    """The columns of a case, as loaded.

    `key` is a hash of the reference, or of the content where there is none; `content` a hash of the whole row;
    `ordinal` keeps repeated identifiers apart, ranked by content. `row` is the line of the file and `member` the
    file inside a zip.
    """

    force = models.ForeignKey(Force, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    data_import = models.ForeignKey(DataImport, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    ordinal = models.IntegerField(default=0)
    row = models.IntegerField()
    member = models.TextField(blank=True)
    month = models.DateField()
    key = models.UUIDField()
    content = models.UUIDField()
    reference = models.TextField(blank=True)
    occurred_on = models.DateField(null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    location = models.TextField(blank=True)
    area = models.ForeignKey(Area, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    small_area_code = models.TextField(blank=True)
    small_area_name = models.TextField(blank=True)
    category = models.ForeignKey(Category, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    outcome = models.TextField(blank=True)
    context = models.TextField(blank=True)
    flags = ArrayField(models.SmallIntegerField(), default=list)

    class Meta:
        abstract = True


class Case(CaseFields):
    """One recorded crime or incident, as known now."""

    pk = models.CompositePrimaryKey("force_id", "month", "key", "ordinal")

    class Meta:
        managed = False
        db_table = "indicators_case"

    def __str__(self) -> str:
        return self.reference or f"row {self.row}"


class CaseChange(CaseFields):
    """What a data version did to one case: it came, it changed, it went.

    For a changed or removed case the columns hold it as it was before; for a new one as it came.
    """

    pk = models.CompositePrimaryKey("force_id", "month", "key", "ordinal", "version")
    version = models.IntegerField()
    kind = models.CharField(max_length=10, choices=pairs(CaseChangeKind))

    class Meta:
        managed = False
        db_table = "indicators_casechange"

    def __str__(self) -> str:
        return f"{self.kind} at version {self.version}"


class CaseMonth(models.Model):
    """A month of cases as it stood between two data versions: how many, from which import, how sound.

    `content_sum` adds the hashes of its rows up, whatever their order; empty when it is not known. `is_attached` says
    that the month was not held before and came whole at `since_version`.
    `left_out` counts faulty rows that were left out on purpose: the month is then incomplete.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    data_import = models.ForeignKey(DataImport, on_delete=models.PROTECT, related_name="case_months")
    since_version = models.PositiveIntegerField()
    until_version = models.PositiveIntegerField(null=True)
    rows = models.PositiveIntegerField()
    distinct_rows = models.PositiveIntegerField()
    unlocated = models.PositiveIntegerField(default=0)
    outside = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    content_sum = models.CharField(max_length=32, blank=True)
    is_attached = models.BooleanField(default=False)
    rows_removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["force", "month"],
                condition=models.Q(until_version__isnull=True),
                name="one_current_case_month",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.rows} rows"

    @property
    def repeated(self) -> int:
        """How many rows repeat an identifier of their month."""
        return self.rows - self.distinct_rows


class Counted(models.Model):
    """A count in month × district × category × set of flags; sets of flags do not overlap, so any sum is exact.

    `cases` counts rows; `distinct_cases` counts each identifier once in its month, and every row without one.
    `set_aside` are the rows that two people took out of both. The keys are not checked again: see Aggregate.
    """

    month = models.DateField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    flags = ArrayField(models.SmallIntegerField(), default=list)
    cases = models.PositiveIntegerField()
    distinct_cases = models.PositiveIntegerField()
    set_aside = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class StagedCell(Counted):
    """A count of the staged rows of an import that is not applied yet."""

    data_import = models.ForeignKey(DataImport, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.cases}"


class CaseCell(Counted):
    """A count of the cases held between two data versions."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    since_version = models.PositiveIntegerField()
    until_version = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["force", "month", "area", "category", "flags"],
                condition=models.Q(until_version__isnull=True),
                name="one_current_cell",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.cases}"
