"""Counting everything anew: cells from the rows that are held, windows from the cells."""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from indicators.actions import aggregates, case_tables, cells, versions
from indicators.actions.cases import held_months
from indicators.choices import VersionKind
from indicators.models.area import Force
from indicators.models.case import CaseMonth
from indicators.models.data_version import DataVersion
from indicators.models.indicator import Indicator
from indicators.people import Person


@dataclass(frozen=True, slots=True)
class Differences:
    """How many months could be counted anew, and how many cells and values would then differ."""

    months: int
    cells: int
    values: int

    @property
    def words(self) -> str:
        """Say it in a line."""
        if not self.cells and not self.values:
            return "no difference"
        return f"{self.cells:,} cells and {self.values:,} values differ"


def countable_months(force: Force) -> list[date]:
    """Return the months of which the rows themselves are held; cells of older months stay as they are."""
    months = CaseMonth.objects.filter(force=force, until_version__isnull=True, rows_removed_at__isnull=True)
    return list(months.order_by("month").values_list("month", flat=True))


@transaction.atomic
def differences(force: Force) -> Differences:
    """Compare what is stored with what a full recompute would store; writes nothing."""
    months = countable_months(force)
    with connection.cursor() as cursor:
        case_tables.sort_in_memory(cursor)
        return Differences(len(months), cells.differences(cursor, force.pk, months), aggregates.differences(force))


@transaction.atomic
def recompute(force: Force, *, by: Person, reason: str = "Recomputed") -> DataVersion:
    """Count every cell and every window of a force anew under a new data version; what is equal is not written."""
    version = versions.take(force, VersionKind.DEFINITIONS, by=by, reason=reason)
    with connection.cursor() as cursor:
        case_tables.sort_in_memory(cursor)
        cells.recount(cursor, force.pk, version.number, countable_months(force))
    aggregates.recompute_cases(force, version, held_months(force))
    aggregates.recompute_observations(force, version, Indicator.objects.values_list("pk", flat=True))
    return version
