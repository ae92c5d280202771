"""Reads of data versions: which rows hold at one, and which is the newest."""

from django.db.models import Max, Q

from indicators.choices import AreaKind, Window
from indicators.models.aggregate import Aggregate
from indicators.models.area import Force
from indicators.models.data_version import DataVersion
from indicators.periods import Quarter
from indicators.series import Series


def held_at(version: int | None) -> Q:
    """Return the condition for rows that hold at a data version, or now."""
    if version is None:
        return Q(until_version__isnull=True)
    return Q(since_version__lte=version) & (Q(until_version__isnull=True) | Q(until_version__gt=version))


def of_part_and_area(series: Series) -> Q:
    """Return the condition for the rows of a series among those of its indicator."""
    part = Q(part__slug=series.part) if series.part else Q(part__isnull=True)
    return part & (Q(area__slug=series.area) if series.area else Q(area__kind=AreaKind.FORCE))


def newest_version(force: Force) -> int:
    """Return the number of the newest data version of a force, 0 when there is none."""
    return DataVersion.objects.filter(force=force).aggregate(newest=Max("number"))["newest"] or 0


def newest_quarter(force: Force) -> Quarter | None:
    """Return the quarter of the newest month that anything is counted for."""
    end = Aggregate.objects.filter(force=force, until_version__isnull=True, window=Window.MONTH).aggregate(
        newest=Max("end")
    )["newest"]
    return Quarter.containing(end) if end else None
