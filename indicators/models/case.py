"""Cases, their staging rows and the cells counted from them.

The tables of cases are made by hand in a migration (partitioned by force, then month); these models stand on top.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from indicators.models.area import Area, Force
from indicators.models.category import Category
from indicators.models.data_import import DataImport


class CaseFields(models.Model):
    """The columns of a case, as loaded.

    `key` is a hash of the reference, or of the content where there is none; `content` a hash of the whole row.
    `row` is the line of the file and `member` the file inside a zip.
    """

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


class StagedCase(CaseFields):
    """A checked row of a case file that nobody has applied yet."""

    pk = models.CompositePrimaryKey("data_import_id", "row", "member")
    data_import = models.ForeignKey(DataImport, on_delete=models.DO_NOTHING, related_name="+")

    class Meta:
        managed = False
        db_table = "indicators_stagedcase"

    def __str__(self) -> str:
        return f"row {self.row}"


class Case(CaseFields):
    """One recorded crime or incident. `ordinal` keeps repeated identifiers apart, ranked by content."""

    pk = models.CompositePrimaryKey("force_id", "month", "key", "ordinal")
    force = models.ForeignKey(Force, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    ordinal = models.SmallIntegerField(default=0)
    data_import = models.ForeignKey(DataImport, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)

    class Meta:
        managed = False
        db_table = "indicators_case"

    def __str__(self) -> str:
        return self.reference or f"row {self.row}"


class CaseCell(models.Model):
    """How many cases stand in month × district × category × set of flags, between two data versions.

    Sets of flags do not overlap, so that any sum of cells is exact.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    flags = ArrayField(models.SmallIntegerField(), default=list)
    cases = models.PositiveIntegerField()
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
