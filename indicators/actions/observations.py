"""Observations of an import, tidy or in wide sheets: staging, preview, and writing what differs as a new vintage."""

from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Q

from indicators.actions import official
from indicators.actions.jobs import Progress
from indicators.choices import AreaKind, ImportKind, Kind, SourceKind, Unit
from indicators.kinds import Aggregation
from indicators.models.area import Area, Force
from indicators.models.breakdown import BreakdownValue
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.models.indicator import Indicator
from indicators.models.observation import StagedObservation
from indicators.models.source import DataSource
from indicators.queries.changed_values import LISTED, changed_values
from indicators.queries.uses import uses
from indicators.readers.observations import ObservationLookups, ObservationRow, layout_in_words, read_observations
from indicators.readers.own_counts import contradictions
from indicators.readers.problems import Problems
from indicators.readers.sheet_layouts import Adding, SheetLookups, parse_sheet_layout
from indicators.readers.wide_sheets import Printed, WideRead, read_wide

COLUMNS = (
    'indicator_id, part_id, area_id, "window", start, "end", reported_for, statistic, value, numerator, denominator, '
    'status, basis, qualifier, period_printed, source_id, note, row_id, "row", sheet, cell'
)
KEY = ("indicator_id", "part_id", "area_id", '"window"', "start", '"end"', "reported_for", "statistic")
VALUES = (
    "value", "numerator", "denominator", "status", "basis", "qualifier", "period_printed", "source_id", "note",
)  # fmt: skip
# Columns that always hold something are compared by "=", so that the two tables are joined by hashing.
MAY_BE_EMPTY = {"part_id", "start", '"end"'}
SAME_KEY = " AND ".join(
    f"o.{column} {'IS NOT DISTINCT FROM' if column in MAY_BE_EMPTY else '='} s.{column}" for column in KEY
)
SAME_VALUES = " AND ".join(f"o.{column} IS NOT DISTINCT FROM s.{column}" for column in VALUES)


@dataclass(slots=True)
class Staged:
    """What a file of observations holds: its problems, or its rows and months and what applying them would change."""

    problems: Problems
    rows: int = 0
    months: set[date] = field(default_factory=set)
    preview: dict[str, Any] = field(default_factory=dict)


def areas_of(force_id: int) -> dict[str, int]:
    """Return the areas that a file of this force may name, by slug: its own and comparators, less the groups kept."""
    named = Area.objects.filter(Q(force_id=force_id) | Q(force__isnull=True), group__isnull=True)
    return dict(named.exclude(kind="small-area").values_list("slug", "id"))


def lookups(force_id: int) -> ObservationLookups:
    """Return the names that a tidy file may use."""
    slugs: dict[int | None, set[str]] = {}
    for breakdown_id, slug in BreakdownValue.objects.values_list("breakdown_id", "slug"):
        slugs.setdefault(breakdown_id, set()).add(slug)
    return ObservationLookups(
        parts={
            key: frozenset(slugs.get(breakdown_id, set()))
            for key, breakdown_id in Indicator.objects.values_list("key", "breakdown_id")
        },
        areas=frozenset(areas_of(force_id)),
        sources=frozenset(DataSource.objects.values_list("slug", flat=True)),
    )


def sheet_lookups(force: Force) -> SheetLookups:
    """Return the names that a profile of wide sheets may use, which indicators add up, and which are only compared."""
    names: dict[int | None, dict[str, str]] = {}
    for breakdown_id, slug, name in BreakdownValue.objects.values_list("breakdown_id", "slug", "name"):
        names.setdefault(breakdown_id, {})[slug] = name
    rows = list(Indicator.objects.select_related("breakdown", "case_rule", "formula"))
    made = (("formula", "worked out from others"), ("case_rule", "counted from cases"))
    supplied = DataSource.objects.filter(kind=SourceKind.OBSERVATIONS).order_by("name")
    areas = Area.objects.filter(pk__in=areas_of(force.pk).values()).order_by("kind", "name")
    return SheetLookups(
        names={one.key: one.name for one in rows},
        parts={one.key: names.get(one.breakdown_id, {}) for one in rows},
        areas=dict(areas.values_list("slug", "name")),
        own_area=Area.objects.get(force=force, kind=AreaKind.FORCE).slug,
        adding={
            one.key: Adding(
                Kind(one.kind),
                Unit(one.unit),
                Aggregation(one.over_time),
                Aggregation(one.over_areas),
                has_exclusive_parts=one.breakdown is not None and one.breakdown.is_exclusive,
                decimals=one.decimals,
            )
            for one in rows
        },
        sources=dict(supplied.values_list("slug", "name")),
        compared={one.key: words for one in rows for name, words in made if hasattr(one, name)},
    )


def _read(data_import: DataImport, path: Path) -> WideRead:
    """Read a file: wide sheets as its profile said when it came, every other as a tidy file."""
    if data_import.sheet_profile is None:
        rows, problems = read_observations(path, lookups(data_import.force_id))
        notes, warnings = (list(data_import.layout.get(name, [])) for name in ("notes", "warnings"))
        warnings += contradictions(rows, sheet_lookups(data_import.force))
        if not data_import.layout:  # how the portal's own file of a partner's return is written tells nobody anything
            notes = [f"Read as {layout_in_words(path)}."]
        return WideRead(rows, problems, notes=notes, warnings=warnings)
    # What was sound when the file came may name an indicator or area that is gone since.
    known = sheet_lookups(data_import.force)
    layout, faults = parse_sheet_layout(data_import.layout, known)
    if faults:
        read = WideRead()
        for fault in faults:
            read.problems.add(
                f"The profile cannot be used any more. {fault} Correct the profile and send the file again."
            )
        return read
    printed = Printed(data_import.printed_in, data_import.report_name)
    return read_wide(path, layout, known, data_import.sheet_profile.source.slug, printed)


def stage(data_import: DataImport, path: Path, progress: Progress) -> Staged:
    """Read a file, keep its rows apart, and count what applying it would change."""
    progress.tell("Reading")
    reading = official.read(data_import, path) if data_import.kind == ImportKind.OFFICIAL else None
    read = reading or _read(data_import, path)
    rows, problems = read.rows, read.problems
    if problems:
        return Staged(problems)
    progress.tell("Comparing with what is held", len(rows), len(rows))
    unstage(data_import)
    keep(data_import, rows)
    preview = {**_preview(data_import), "notes": read.notes, "warnings": read.warnings}
    preview["uses"] = uses(data_import.force, rows)
    if isinstance(read, WideRead) and read.totals.uncompared:
        listed = [asdict(one) for one in read.totals.listed]
        found = read.totals
        preview["totals"] = {"uncompared": found.uncompared, "listed": listed, "unlisted": found.unlisted}
    if reading:
        preview["warnings"] = [*reading.warnings, *official.keep(data_import, reading)]
    months = {row.end.replace(day=1) for row in rows if row.end is not None}
    return Staged(problems, rows=len(rows), months=months, preview=preview)


def keep(data_import: DataImport, rows: list[ObservationRow]) -> None:
    """Keep rows apart until their import is applied."""
    indicators = dict(Indicator.objects.values_list("key", "id"))
    breakdowns = dict(Indicator.objects.values_list("key", "breakdown_id"))
    parts = {
        (breakdown_id, slug): pk
        for pk, breakdown_id, slug in BreakdownValue.objects.values_list("id", "breakdown_id", "slug")
    }
    areas = areas_of(data_import.force_id)
    sources = dict(DataSource.objects.values_list("slug", "id"))
    StagedObservation.objects.bulk_create(
        (
            StagedObservation(
                data_import=data_import,
                indicator_id=indicators[row.indicator],
                part_id=parts[(breakdowns[row.indicator] or 0, row.part)] if row.part else None,
                area_id=areas[row.area],
                source_id=sources[row.source],
                window=row.window,
                start=row.start,
                end=row.end,
                reported_for=row.reported_for,
                statistic=row.statistic,
                value=row.value,
                numerator=row.numerator,
                denominator=row.denominator,
                status=row.status,
                basis=row.basis,
                qualifier=row.qualifier,
                period_printed=row.period_printed,
                note=row.note,
                row_id=row.row_id,
                row=row.row,
                sheet=row.sheet,
                cell=row.cell,
            )
            for row in rows
        ),
        batch_size=1000,
    )


def _preview(data_import: DataImport) -> dict[str, Any]:
    """Count new, changed and unchanged rows by indicator. A file of observations removes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT coalesce(to_char(s."end", 'YYYY-MM-DD'), ''), i.name,
                   count(*) FILTER (WHERE o.id IS NULL),
                   count(*) FILTER (WHERE o.id IS NOT NULL AND NOT ({SAME_VALUES})),
                   count(*) FILTER (WHERE o.id IS NOT NULL AND ({SAME_VALUES})), 0
            FROM indicators_stagedobservation s JOIN indicators_indicator i ON i.id = s.indicator_id
            LEFT JOIN indicators_observation o
              ON o.force_id = %s AND o.until_version IS NULL AND {SAME_KEY}
            WHERE s.data_import_id = %s GROUP BY 1, 2 ORDER BY 1, 2
            """,  # noqa: S608
            [data_import.force_id, data_import.pk],
        )
        names = ("month", "category", "new", "changed", "unchanged", "removed")
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute(
            f"""
            SELECT s.id, o.id FROM indicators_stagedobservation s JOIN indicators_observation o
              ON o.force_id = %s AND o.until_version IS NULL AND {SAME_KEY} AND NOT ({SAME_VALUES})
            WHERE s.data_import_id = %s
            ORDER BY s.sheet, s."row", s.id LIMIT %s
            """,  # noqa: S608
            [data_import.force_id, data_import.pk, LISTED],
        )
        return {"rows": rows, "changed": changed_values(cursor.fetchall())}


def unstage(data_import: DataImport) -> None:
    """Throw the staged rows of an import away."""
    StagedObservation.objects.filter(data_import=data_import).delete()
    official.unstage(data_import)


def apply(data_import: DataImport, version: DataVersion) -> list[int]:
    """Close what the file changes, write its rows as the current vintage; return the touched indicators' ids."""
    values = {"import": data_import.pk, "force": data_import.force_id, "version": version.number}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE indicators_observation o SET until_version = %(version)s
            FROM indicators_stagedobservation s
            WHERE s.data_import_id = %(import)s AND o.force_id = %(force)s AND o.until_version IS NULL
              AND {SAME_KEY} AND NOT ({SAME_VALUES})
            """,  # noqa: S608
            values,
        )
        cursor.execute(
            f"""
            INSERT INTO indicators_observation (force_id, data_import_id, since_version, {COLUMNS})
            SELECT %(force)s, %(import)s, %(version)s, {COLUMNS} FROM indicators_stagedobservation s
            WHERE s.data_import_id = %(import)s AND NOT EXISTS (
              SELECT 1 FROM indicators_observation o
              WHERE o.force_id = %(force)s AND o.until_version IS NULL AND {SAME_KEY})
            RETURNING indicator_id
            """,  # noqa: S608
            values,
        )
        touched = {row[0] for row in cursor.fetchall()}
    official.apply(data_import, version)
    unstage(data_import)
    return sorted(touched)
