"""Which figures a data version moved: those that had a value before it and have another, or none, since."""

from typing import Any

from django.db import connection

from indicators.choices import Window
from indicators.models.area import Force
from indicators.models.data_import import DataImport

MOST = 100_000  # in one file
NAMES = ("indicator", "part", "area", "name", "place", "window", "start", "end", "old", "new", "unit", "decimals")
WINDOWS = [window.value for window in Window]


def moved(force: Force, version: int, limit: int) -> dict[str, Any]:
    """Return {"count": how many figures moved, "figures": the first of them}: the force's own, then by how much.

    A figure that had no value before does not move: it comes.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT i.key, coalesce(p.slug, ''), r.slug, i.name || coalesce(': ' || p.name, ''), r.name, o."window",
                   o.start::text, o."end"::text, trim_scale(o.value)::text, trim_scale(a.value)::text,
                   i.unit, i.decimals, count(*) OVER ()
            FROM indicators_aggregate o
            JOIN indicators_area r ON r.id = o.area_id
            JOIN indicators_indicator i ON i.id = o.indicator_id
            LEFT JOIN indicators_breakdownvalue p ON p.id = o.part_id
            LEFT JOIN indicators_aggregate a
              ON a.force_id = o.force_id AND a.since_version = %(version)s AND a.indicator_id = o.indicator_id
             AND coalesce(a.part_id, 0) = coalesce(o.part_id, 0) AND a.area_id = o.area_id AND a."window" = o."window"
             AND a."end" = o."end" AND a.reported_for = o.reported_for
            WHERE o.force_id = %(force)s AND o.until_version = %(version)s AND o.value IS NOT NULL
              AND o.value IS DISTINCT FROM a.value
            ORDER BY r.kind <> 'force', abs(coalesce(a.value, 0) - o.value) / greatest(abs(o.value), 1) DESC,
                     i.key, 2, 3, o."end", array_position(%(windows)s, o."window"::text)
            LIMIT %(limit)s
            """,
            {"force": force.pk, "version": version, "limit": limit, "windows": WINDOWS},
        )
        rows = cursor.fetchall()
    return {
        "count": rows[0][-1] if rows else 0,
        "figures": [dict(zip(NAMES, row[:-1], strict=True)) for row in rows],
    }


def all_moves(data_import: DataImport) -> dict[str, Any]:
    """Return the figures that an import moved, or that it would move as far as its preview names them."""
    if data_import.version is not None:
        return moved(data_import.force, data_import.version.number, MOST)
    foreseen: dict[str, Any] = data_import.preview.get("moves", {})
    return foreseen
