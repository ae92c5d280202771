"""Taking an applied import back: its months as they were before it, under a new data version.

Only what nothing later was built on can be taken back, and only while the earlier rows are still held.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.backends.utils import CursorWrapper

from indicators.actions import case_tables, cells, official
from indicators.actions.case_tables import COLUMNS, SET_COLUMNS, Place, columns_of
from indicators.actions.cases import keep
from indicators.actions.observations import SAME_KEY
from indicators.choices import CaseChangeKind
from indicators.models.case import CaseMonth
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.models.observation import Observation
from indicators.people import ALLOWED, Verdict
from indicators.periods import month_text

CASE_KEY = "(h.key, h.ordinal) = (s.key, s.ordinal)"


@dataclass(frozen=True, slots=True)
class Touched:
    """A month that an import wrote: as it stood right after it, before it (None: not held), and now."""

    after: CaseMonth
    before: CaseMonth | None
    now: CaseMonth | None


def touched_months(data_import: DataImport) -> list[Touched]:
    """Return the months that an applied import wrote."""
    if data_import.version is None:
        return []
    number, after = data_import.version.number, {}
    before, now = {}, {}
    wrote = CaseMonth.objects.filter(force=data_import.force, since_version=number)
    life = CaseMonth.objects.filter(force=data_import.force, month__in=wrote.values("month"))
    for one in life.select_related("data_import"):
        if one.since_version == number:
            after[one.month] = one
        if one.until_version == number:
            before[one.month] = one
        if one.until_version is None:
            now[one.month] = one
    return [Touched(one, before.get(month), now.get(month)) for month, one in sorted(after.items())]


def can_be_reverted(data_import: DataImport) -> Verdict:
    """Tell whether an applied import is the newest for all it touched and its earlier rows are held."""
    later = _later_observations(data_import) | official.later_imports(data_import)
    gone: list[str] = []
    for one in touched_months(data_import):
        if one.now is not None and one.now.data_import_id != data_import.pk:
            later[one.now.data_import_id] = one.now.data_import.file_name
        if any(month is not None and month.rows_removed_at is not None for month in (one.now, one.before)):
            gone.append(month_text(one.after.month))
    if later:
        names = ", ".join(f"import {pk} ({name})" for pk, name in sorted(later.items()))
        return Verdict(False, f"Later imports stand on this one: {names}. Revert these first.", is_conflict=True)
    if gone:
        words = "The rows before this import are no longer held"
        return Verdict(False, f"{words}: {', '.join(gone)}. It cannot be reverted.", is_conflict=True)
    return ALLOWED


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
        case_tables.wait_briefly(cursor)
        case_tables.sort_in_memory(cursor)
        for one in months:
            place = Place(data_import.force_id, one.after.month)
            if one.before is None:
                _remove(cursor, place, version.number)
            else:
                _undo(cursor, place, one.after.since_version, version.number)
            _note(one, version.number)
        dates = [one.after.month for one in months]
        cells.recount(cursor, data_import.force_id, version.number, dates)
    return dates


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


def _note(one: Touched, version: int) -> None:
    """Close the month as it is, and open it again as it was before."""
    if one.now is not None:
        CaseMonth.objects.filter(pk=one.now.pk).update(until_version=version)
    if one.before is not None:
        again = one.before
        again.pk, again.since_version, again.until_version, again.is_attached = None, version, None, False
        again.save(force_insert=True)


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
    official.revert(data_import, version)
    return sorted(touched)
