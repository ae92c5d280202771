"""What applying a staged month would change: new, changed, unchanged and removed cases by category."""

from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Sum

from indicators.actions.case_tables import Place
from indicators.models.case import CaseMonth, StagedCell
from indicators.models.data_import import DataImport

NAMES = ("category", "new", "changed", "unchanged", "removed")


def held_month(place: Place) -> CaseMonth | None:
    """Return the month as it is held now; None when it is not."""
    return CaseMonth.objects.filter(force_id=place.force_id, month=place.month, until_version__isnull=True).first()


def preview(cursor: CursorWrapper, table: str, place: Place, *, is_partial: bool) -> list[dict[str, Any]]:
    """Count what a staged table would change in a month that is held, by category. A partial file removes nothing."""
    join = "LEFT" if is_partial else "FULL"
    counts = f"""
        SELECT coalesce(s.category_id, h.category_id) AS category_id,
               count(*) FILTER (WHERE h.content IS NULL) AS n, count(*) FILTER (WHERE s.content <> h.content) AS c,
               count(*) FILTER (WHERE s.content = h.content) AS u, count(*) FILTER (WHERE s.content IS NULL) AS r
        FROM {table} s {join} JOIN {place.table} h USING (key, ordinal) GROUP BY 1
    """  # noqa: S608
    return _named(cursor, place, counts)


def all_new(data_import: DataImport, place: Place) -> list[dict[str, Any]]:
    """Count a month of which nothing is held, from its staged cells."""
    counted = (
        StagedCell.objects.filter(data_import=data_import, month=place.month)
        .values_list("category__crime_type")
        .annotate(cases=Sum("cases"))
        .order_by("category__crime_type")
    )
    month = place.month.isoformat()
    return [{"month": month, **dict(zip(NAMES, (name, cases, 0, 0, 0), strict=True))} for name, cases in counted]


def unchanged(place: Place) -> list[dict[str, Any]]:
    """Count a month that a file brings just as it is held."""
    counts = f"SELECT category_id, 0 AS n, 0 AS c, count(*) AS u, 0 AS r FROM {place.table} GROUP BY 1"  # noqa: S608
    with connection.cursor() as cursor:
        return _named(cursor, place, counts)


def _named(cursor: CursorWrapper, place: Place, counts: str) -> list[dict[str, Any]]:
    cursor.execute(
        f"""
        SELECT category.crime_type, sum(n)::int, sum(c)::int, sum(u)::int, sum(r)::int
        FROM ({counts}) counts JOIN indicators_category category ON category.id = category_id
        GROUP BY 1 ORDER BY 1
        """  # noqa: S608
    )
    month = place.month.isoformat()
    return [{"month": month, **dict(zip(NAMES, row, strict=True))} for row in cursor.fetchall()]
