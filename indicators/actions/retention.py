"""Retention: the rows of old cases go, with what they were before and the files they came in.

Cells, hashes, counts and figures stay for ever. Nothing here changes a figure, so no data version is taken.
"""

import logging
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.db.models.functions import Now

from indicators import rules
from indicators.actions import case_tables
from indicators.actions.case_tables import Place
from indicators.actions.imports import stored_path
from indicators.choices import ImportState
from indicators.models.area import Force
from indicators.models.case import CaseMonth
from indicators.models.data_import import DataImport
from indicators.models.partner_return import ReturnSubmission
from indicators.models.retention import RetentionRule
from indicators.people import Person
from indicators.periods import add_months, first_of_month
from indicators.readers.dates import today_here

logger = logging.getLogger(__name__)

ENDED = [ImportState.REFUSED, ImportState.ABANDONED, ImportState.FAILED, ImportState.REVERTED]


def settle(force: Force, months_kept: int, starts_on: date, *, by: Person, reason: str) -> RetentionRule:
    """Say how many months of cases a force keeps row by row, from a day on. Raises Refused without a reason."""
    rules.require(rules.can_settle_retention(by, months_kept, reason))
    return RetentionRule.objects.create(
        force=force, months_kept=months_kept, starts_on=starts_on, by_id=by.id, reason=reason
    )


def first_kept(force: Force, today: date) -> date | None:
    """Return the first month whose rows are kept today; None when no rule has begun."""
    rule = next((rule for rule in force.retention_rules.all() if rule.starts_on <= today), None)
    return add_months(first_of_month(today), -rule.months_kept) if rule else None


def remove_old_rows(force: Force, today: date | None = None) -> list[date]:
    """Remove the rows of every month that the rule in force no longer keeps; returns these months."""
    kept = first_kept(force, today or today_here())
    if kept is None:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        Force.objects.select_for_update().get(pk=force.pk)
        old = CaseMonth.objects.filter(force=force, month__lt=kept, rows_removed_at__isnull=True)
        months = list(old.order_by("month").values_list("month", flat=True).distinct())
        case_tables.wait_briefly(cursor)
        for month in months:
            cursor.execute(f"DROP TABLE IF EXISTS {Place(force.pk, month).table}")
        cursor.execute("DELETE FROM indicators_casechange WHERE force_id = %s AND month = ANY(%s)", [force.pk, months])
        old.update(rows_removed_at=Now())
    for data_import in _without_rows(force, kept):
        _remove_file(data_import)
    return months


def _without_rows(force: Force, kept: date) -> list[DataImport]:
    """Return the imports of cases whose file holds no month that is kept any more."""
    files = DataImport.objects.filter(force=force, kind="cases", file_removed_at__isnull=True)
    applied = files.filter(state=ImportState.APPLIED).exclude(case_months__rows_removed_at__isnull=True)
    # A file that changed nothing, or never was applied, goes when all its months have gone, or by its age.
    return [
        one
        for one in (applied | files.filter(state__in=ENDED)).distinct()
        if (max(map(date.fromisoformat, one.months)) if one.months else one.received_at.date()) < kept
    ]


def _remove_file(data_import: DataImport) -> None:
    same = DataImport.objects.filter(sha256=data_import.sha256, file_removed_at__isnull=True).exclude(pk=data_import.pk)
    if not same.exists() and not ReturnSubmission.objects.filter(file_sha256=data_import.sha256).exists():
        path: Path = stored_path(data_import.sha256)
        path.unlink(missing_ok=True)
        logger.info("import %s: its file was removed, its hash stays: %s", data_import.pk, data_import.sha256)
    DataImport.objects.filter(pk=data_import.pk).update(file_removed_at=Now())
