"""Cases of an import: what its parts found put together, its months applied, and taken back.

A month that was not held is attached whole; in a month that is held only what differs is written, and what it was
before is kept, so that every earlier data version can be read again.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import F, Q, Sum

from indicators.actions import case_tables, cells, staging
from indicators.actions.case_tables import COLUMNS, SET_COLUMNS, Place, columns_of
from indicators.actions.jobs import Progress
from indicators.choices import AreaKind, CaseChangeKind
from indicators.models.area import Force
from indicators.models.case import CaseCell, CaseMonth
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.models.import_part import ImportPart
from indicators.periods import add_months, month_range, month_text
from indicators.previews import is_repetitive
from indicators.readers.problems import Problems

FAR = 0.4  # how far a month may lie from the mean of its neighbours, as a share of it
FEWEST = 20  # rows of a month below which nothing is far: chance alone moves so few

Tell = Callable[[str, int, int], None]


def _silently(step: str, done: int, total: int) -> None:
    """Say nothing of how far the work is."""


class Outdated(Exception):
    """What a file was compared with has changed since: its preview no longer tells the truth."""


def read(data_import: DataImport, path: Path, progress: Progress) -> Problems:
    """Read the whole file, together with every worker that is free; returns what is wrong with the file as a whole."""
    problems = staging.plan(data_import, path)
    if not problems:
        staging.share(data_import, path, progress)
    return problems


def outcome(data_import: DataImport) -> dict[str, Any]:
    """Put together what the parts found, as fields of the import.

    `left_out` stays 0 where the file cannot be taken without its faulty rows: more is wrong, or no row is good.
    """
    found = list(data_import.parts.all())
    months = staging.staged_months(data_import)
    counts = {
        "rows": sum(part.rows for part in found),
        "problem_count": sum(part.problem_count for part in found),
        "left_out": sum(part.left_out for part in found),
    }
    if counts["problem_count"] and (not months or any(part.found["is_broken"] for part in found)):
        return {**counts, "left_out": 0}
    preview = _preview(data_import, months, found)
    return {**counts, "months": [month.isoformat() for month in months], "preview": preview}


def _preview(data_import: DataImport, months: dict[date, dict[str, Any]], parts: list[ImportPart]) -> dict[str, Any]:
    notes: list[str] = []
    bad: Counter[str] = Counter()
    for part in parts:
        notes += [note for note in part.found["notes"] if note not in notes]
        bad.update(part.found["bad"])
    facts = [{name: value for name, value in one.items() if name != "preview"} for one in months.values()]
    return {
        "rows": [row for one in months.values() for row in one["preview"]],
        "months": facts,
        "bad": dict(bad),
        "notes": notes,
        "warnings": [*_gaps(data_import.force, list(months)), *_repeats(months), *_jumps(data_import, months)],
    }


def can_move_figures(data_import: DataImport) -> bool:
    """Tell whether the staged months could change a value there is, and not only add months after the last."""
    held = held_months(data_import.force)
    changed = [month for month, one in staging.staged_months(data_import).items() if not one.get("is_unchanged")]
    return bool(held and changed and min(changed) <= held[-1])


def held_facts(force: Force) -> dict[date, int]:
    """Return the months of which cases are held, and how many faulty rows were left out of each."""
    held = CaseMonth.objects.filter(force=force, until_version__isnull=True).order_by("month")
    return dict(held.values_list("month", "left_out"))


def held_months(force: Force) -> list[date]:
    """Return the months of which cases are held."""
    return list(held_facts(force))


def _gaps(force: Force, months: list[date]) -> list[str]:
    """Warn of months that neither the file nor the force holds, between the first and the last month."""
    held = sorted({*held_months(force), *months})
    missing = [month for month in month_range(held[0], held[-1]) if month not in set(held)] if held else []
    if not missing:
        return []
    names = ", ".join(month_text(month) for month in missing)
    return [f"No cases are held for {names}. Figures that need these months will not be available."]


def _repeats(months: dict[date, dict[str, Any]]) -> list[str]:
    """Warn of months in which many rows repeat an identifier."""
    warnings = []
    for month, one in months.items():
        rows, distinct = one["rows"], one["distinct_rows"]
        if is_repetitive(rows, distinct):
            share = 100 * (rows - distinct) / rows
            warnings.append(
                f"{month_text(month)}: {rows - distinct:,} of {rows:,} rows ({share:.1f}%) repeat an identifier. "
                "How they count is the counting policy of the source."
            )
    return warnings


def _jumps(data_import: DataImport, months: dict[date, dict[str, Any]]) -> list[str]:
    """Warn of months that lie far from those beside them, or from what is held of them."""
    if data_import.is_partial:
        return []
    current = CaseMonth.objects.filter(force=data_import.force, until_version__isnull=True)
    held = dict(current.values_list("month", "rows"))
    rows = {**held, **{month: one["rows"] for month, one in months.items()}}
    warnings = []
    for month in sorted(months):
        beside = [rows[other] for other in (add_months(month, -1), add_months(month, 1)) if other in rows]
        mean = sum(beside) / len(beside) if beside else 0
        if mean >= FEWEST and abs(rows[month] - mean) > FAR * mean:
            others = " and ".join(f"{number:,}" for number in beside)
            beside_it = "months beside it have" if len(beside) > 1 else "month beside it has"
            warnings.append(
                f"{month_text(month)} has {rows[month]:,} rows; the {beside_it} {others}. Check that it is whole."
            )
        if held.get(month, 0) >= FEWEST and rows[month] < (1 - FAR) * held[month]:
            warnings.append(
                f"{month_text(month)}: the file has {rows[month]:,} rows where {held[month]:,} are held. "
                "What it does not have is removed. Send the whole month, or read it by a profile for partial files."
            )
    return warnings


def apply(data_import: DataImport, version: DataVersion, tell: Tell = _silently) -> list[date]:
    """Make the staged months the ones that are held; returns those that changed. In the caller's transaction.

    What differs is worked out anew, as another file may have been applied since the preview. Raises Outdated when a
    month that the file brought just as it was held, and of which therefore nothing was kept, has changed since.
    """
    found = staging.staged_months(data_import)
    _require_unchanged(data_import, found)
    changed = [month for month, one in found.items() if not one.get("is_unchanged")]
    bad = data_import.preview.get("bad", {})
    with connection.cursor() as cursor:
        case_tables.wait_briefly(cursor)
        case_tables.sort_in_memory(cursor)
        for done, month in enumerate(changed):
            tell("Storing the cases", done, len(changed))
            place = Place(data_import.force_id, month)
            is_attached = not case_tables.exists(cursor, place.table)
            if is_attached:
                case_tables.attach(cursor, found[month]["table"], place)
            else:
                write_differences(cursor, found[month]["table"], place, version.number, data_import.is_partial)
            _note_month(
                data_import, version.number, found[month], bad.get(month.isoformat(), 0) + bad.get("", 0), is_attached
            )
        tell("Counting", len(changed), len(changed))
        if data_import.is_partial or cells.has_set_aside(cursor, data_import.force_id, changed):
            cells.recount(cursor, data_import.force_id, version.number, changed)
        else:
            cells.take_staged(cursor, data_import, version.number, changed)
        if data_import.is_partial:
            _measure(data_import, changed)
    staging.unstage(data_import)
    return changed


def _require_unchanged(data_import: DataImport, found: dict[date, dict[str, Any]]) -> None:
    same = {month: one["held"] for month, one in found.items() if one.get("is_unchanged")}
    current = CaseMonth.objects.filter(force_id=data_import.force_id, until_version__isnull=True, month__in=list(same))
    if not found or dict(current.values_list("month", "pk")) != same:
        raise Outdated(data_import.pk)


def write_differences(cursor: CursorWrapper, table: str, place: Place, version: int, is_partial: bool) -> None:
    """Bring a month that is held to what a staged table says, and keep what each case was before."""
    differing = f"{table} s JOIN {place.table} h USING (key, ordinal) WHERE s.content <> h.content"
    not_there = "WHERE NOT EXISTS (SELECT 1 FROM {} WHERE (s.key, s.ordinal) = (h.key, h.ordinal))"
    came = f"{table} s {not_there.format(f'{place.table} h')}"
    gone = f"{place.table} h {not_there.format(f'{table} s')}"
    keep(cursor, CaseChangeKind.CHANGED, "h", differing, version)
    keep(cursor, CaseChangeKind.NEW, "s", came, version)
    if not is_partial:
        keep(cursor, CaseChangeKind.REMOVED, "h", gone, version)
        cursor.execute(f"DELETE FROM {gone}")  # noqa: S608
    cursor.execute(
        f"UPDATE {place.table} h SET {SET_COLUMNS} FROM {table} s "  # noqa: S608
        "WHERE s.key = h.key AND s.ordinal = h.ordinal AND s.content <> h.content"
    )
    cursor.execute(f"INSERT INTO {place.table} ({COLUMNS}) SELECT {columns_of('s')} FROM {came}")  # noqa: S608


def keep(cursor: CursorWrapper, kind: CaseChangeKind, alias: str, rows: str, version: int) -> None:
    """Keep what a data version does to some cases; `rows` is what follows FROM, `alias` the table to keep from it."""
    cursor.execute(
        f"INSERT INTO indicators_casechange (version, kind, {COLUMNS}) "  # noqa: S608
        f"SELECT {int(version)}, '{kind.value}', {columns_of(alias)} FROM {rows}"
    )


def _note_month(data_import: DataImport, version: int, facts: dict[str, Any], bad: int, is_attached: bool) -> None:
    month = date.fromisoformat(facts["month"])
    current = CaseMonth.objects.filter(force_id=data_import.force_id, month=month, until_version__isnull=True)
    current.update(until_version=version)
    CaseMonth.objects.create(
        force_id=data_import.force_id,
        month=month,
        data_import=data_import,
        since_version=version,
        rows=facts["rows"],
        distinct_rows=facts["distinct_rows"],
        unlocated=facts["unlocated"],
        outside=facts["outside"],
        content_sum="" if data_import.is_partial else facts["content_sum"],
        is_attached=is_attached,
        left_out=bad,
    )


def _measure(data_import: DataImport, months: list[date]) -> None:
    """Count what a month holds in all after a partial file."""
    for one in CaseMonth.objects.filter(data_import=data_import, month__in=months, until_version__isnull=True):
        counted = CaseCell.objects.filter(force_id=one.force_id, month=one.month, until_version__isnull=True).aggregate(
            rows=Sum(F("cases") + F("set_aside")),
            distinct=Sum("distinct_cases"),
            unlocated=Sum("cases", filter=Q(area__kind=AreaKind.UNLOCATED)),
            outside=Sum("cases", filter=Q(area__kind=AreaKind.OUTSIDE)),
        )
        one.rows, one.distinct_rows = counted["rows"] or 0, counted["distinct"] or 0
        one.unlocated, one.outside = counted["unlocated"] or 0, counted["outside"] or 0
        one.save()
