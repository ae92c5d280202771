"""What an import would move, and what would then not add up: found by applying it and taking that back."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from indicators.actions import aggregates, cases, observations
from indicators.choices import ImportKind, Window
from indicators.comparisons import Check
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.periods import Quarter
from indicators.queries.reconciling import findings

LISTED = 500
DIFFERENCES = 50
WINDOWS = [window.value for window in Window]
NAMES = ("indicator", "part", "area", "name", "place", "window", "start", "end", "old", "new", "unit", "decimals")


class _TakenBack(Exception):
    """Ends the trial transaction."""


@contextmanager
def trial() -> Iterator[None]:
    """Take back all that is written within."""
    with suppress(_TakenBack), transaction.atomic():
        yield
        raise _TakenBack


def moves(data_import: DataImport, *, reconciles: bool = True) -> dict[str, Any]:
    """Return {"count": figures that would change, "figures": the first 500 of them}, the force's own first.

    A figure that has no value yet does not move: it comes. For supplied figures besides, "differences": numbers that
    must agree and would not, as far as they agree now; to find these takes most of the time, where it `reconciles`.
    """
    found: dict[str, Any] = {"count": 0, "figures": []}
    force, has_cases = data_import.force, data_import.kind == ImportKind.CASES
    with trial():
        Force.objects.select_for_update().get(pk=force.pk)
        last = DataVersion.objects.filter(force=force).aggregate(last=Max("number"))["last"]
        if last is None and has_cases:
            return found
        version = DataVersion(force=force, number=(last or 0) + 1)
        if has_cases:
            aggregates.recompute_cases(force, version, cases.apply(data_import, version))
            found = _moved(force, version.number)
        else:
            quarter = _quarter(data_import)
            before = _differences(force, quarter) if reconciles else {}
            aggregates.recompute_observations(force, version, observations.apply(data_import, version))
            found = _moved(force, version.number)
            after = _differences(force, quarter) if reconciles else {}
            found["differences"] = [words for seen, words in after.items() if seen not in before][:DIFFERENCES]
    return found


def _quarter(data_import: DataImport) -> Quarter | None:
    """Return the quarter of the newest day that a staged file of observations speaks of."""
    newest = data_import.staged_observations.aggregate(newest=Max("end"))["newest"]
    return Quarter.containing(newest) if newest else None


def _differences(force: Force, quarter: Quarter | None) -> dict[str, dict[str, str]]:
    """Return what does not add up in a quarter and nobody has explained, by how it is known again."""
    found = findings(force, quarter).differences if quarter else []
    return {one.check.seen_as: _in_words(one.check) for one in found if one.is_open}


def _in_words(check: Check) -> dict[str, str]:
    return {
        "name": check.name, "period": check.period, "words": check.words, "stated": check.stated.text,
        "stated_words": check.stated.words, "found": check.found.text, "found_words": check.found.words,
        "gap": check.gap,
    }  # fmt: skip


def _moved(force: Force, version: int) -> dict[str, Any]:
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
            {"force": force.pk, "version": version, "limit": LISTED, "windows": WINDOWS},
        )
        rows = cursor.fetchall()
    return {
        "count": rows[0][-1] if rows else 0,
        "figures": [dict(zip(NAMES, row[:-1], strict=True)) for row in rows],
    }
