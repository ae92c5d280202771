"""Taking an applied import back: its months as they were before it, under a new data version.

Only what nothing later was built on can be taken back, and only while the earlier rows are still held.
"""

from datetime import date

from django.db import connection
from django.db.backends.utils import CursorWrapper

from indicators.actions import case_tables, cells
from indicators.actions.case_tables import COLUMNS, Place
from indicators.actions.cases import LOCK_TIMEOUT, SET_COLUMNS, columns_of, keep
from indicators.actions.observations import SAME_KEY
from indicators.choices import CaseChangeKind
from indicators.models.case import CaseMonth
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.models.observation import Observation
from indicators.people import ALLOWED, Verdict
from indicators.periods import month_text

CASE_KEY = "(h.key, h.ordinal) = (s.key, s.ordinal)"


def touched_months(data_import: DataImport) -> list[CaseMonth]:
    """Return the months that an applied import wrote, as they stood right after it."""
    if data_import.version is None:
        return []
    months = CaseMonth.objects.filter(force=data_import.force, since_version=data_import.version.number)
    return list(months.order_by("month"))


def _current(month: CaseMonth) -> CaseMonth | None:
    now = CaseMonth.objects.filter(force_id=month.force_id, month=month.month, until_version__isnull=True)
    return now.select_related("data_import").first()


def can_be_reverted(data_import: DataImport) -> Verdict:
    """Tell whether an applied import is the newest for all it touched and its earlier rows are held."""
    later = _later_observations(data_import)
    gone: list[str] = []
    for one in touched_months(data_import):
        now, before = _current(one), _before(one)
        if now is not None and now.data_import_id != data_import.pk:
            later[now.data_import_id] = now.data_import.file_name
        if any(month is not None and month.rows_removed_at is not None for month in (now, before)):
            gone.append(month_text(one.month))
    if later:
        names = ", ".join(f"import {pk} ({name})" for pk, name in sorted(later.items()))
        return Verdict(False, f"Later imports stand on this one: {names}. Revert these first.", is_conflict=True)
    if gone:
        words = "The rows before this import are no longer held"
        return Verdict(False, f"{words}: {', '.join(gone)}. It cannot be reverted.", is_conflict=True)
    return ALLOWED


def _before(month: CaseMonth) -> CaseMonth | None:
    return CaseMonth.objects.filter(
        force_id=month.force_id, month=month.month, until_version=month.since_version
    ).first()


def _later_observations(data_import: DataImport) -> dict[int, str]:
    """Return the imports, with their file names, whose observations replaced some of this one's."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT DISTINCT i.id, i.file_name
            FROM indicators_observation s JOIN indicators_observation o ON o.force_id = s.force_id AND {SAME_KEY}
            JOIN indicators_dataimport i ON i.id = o.data_import_id
            WHERE s.data_import_id = %(own)s AND o.until_version IS NULL AND o.data_import_id <> %(own)s
            """,  # noqa: S608
            {"own": data_import.pk},
        )
        return dict(cursor.fetchall())


def revert_cases(data_import: DataImport, version: DataVersion) -> list[date]:
    """Bring every month of an import back to what it was; returns these months. In the caller's transaction."""
    months = touched_months(data_import)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        case_tables.sort_in_memory(cursor)
        for one in months:
            place, before = Place(one.force_id, one.month), _before(one)
            if before is None:
                _remove(cursor, place, version.number)
            else:
                _undo(cursor, place, one.since_version, version.number)
            _note(one, before, version.number)
        cells.recount(cursor, data_import.force_id, version.number, [one.month for one in months])
    return [one.month for one in months]


def _remove(cursor: CursorWrapper, place: Place, version: int) -> None:
    """Take away a month that was not held before; its rows are kept as changes."""
    keep(cursor, CaseChangeKind.REMOVED, "h", f"{place.table} h", version)
    cursor.execute(f"DROP TABLE {place.table}")


def _undo(cursor: CursorWrapper, place: Place, version: int, new_version: int) -> None:
    """Do the opposite of every change of a data version to a month, and keep that as changes of the new version."""
    changes = (
        f"(SELECT * FROM indicators_casechange WHERE force_id = {int(place.force_id)} "  # noqa: S608
        f"AND month = '{place.month.isoformat()}' AND version = {int(version)} AND kind = '{{}}') s"
    )
    came, changed, gone = (
        changes.format(kind.value) for kind in (CaseChangeKind.NEW, CaseChangeKind.CHANGED, CaseChangeKind.REMOVED)
    )
    keep(cursor, CaseChangeKind.CHANGED, "h", f"{place.table} h JOIN {changed} USING (key, ordinal)", new_version)
    keep(cursor, CaseChangeKind.REMOVED, "h", f"{place.table} h JOIN {came} USING (key, ordinal)", new_version)
    keep(cursor, CaseChangeKind.NEW, "s", gone, new_version)
    cursor.execute(f"DELETE FROM {place.table} h USING {came} WHERE {CASE_KEY}")  # noqa: S608
    cursor.execute(f"UPDATE {place.table} h SET {SET_COLUMNS} FROM {changed} WHERE {CASE_KEY}")  # noqa: S608
    cursor.execute(f"INSERT INTO {place.table} ({COLUMNS}) SELECT {columns_of('s')} FROM {gone}")  # noqa: S608


def _note(after: CaseMonth, before: CaseMonth | None, version: int) -> None:
    """Close the month as it is, and open it again as it was before."""
    now = CaseMonth.objects.filter(force_id=after.force_id, month=after.month, until_version__isnull=True)
    now.update(until_version=version)
    if before is not None:
        before.pk, before.since_version, before.until_version, before.is_attached = None, version, None, False
        before.save(force_insert=True)


def revert_observations(data_import: DataImport, version: DataVersion) -> list[int]:
    """Close the observations of an import and open again what they replaced; returns the touched indicators' ids.

    What is opened again is a new row: a vintage once closed stays as it was.
    """
    if data_import.version is None:
        return []
    written = Observation.objects.filter(data_import=data_import, until_version__isnull=True)
    touched = set(written.values_list("indicator_id", flat=True))
    replaced = list(Observation.objects.filter(force=data_import.force, until_version=data_import.version.number))
    written.update(until_version=version.number)
    for row in replaced:
        row.pk, row.since_version, row.until_version = None, version.number, None
    Observation.objects.bulk_create(replaced, batch_size=1000)
    return sorted(touched)
