"""What an import would move, and what would then not add up: found by applying it and taking that back."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import transaction
from django.db.models import Max

from indicators.actions import aggregates, cases, observations
from indicators.choices import ImportKind
from indicators.comparisons import Check
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.periods import Quarter
from indicators.queries.moves import moved
from indicators.queries.reconciling import findings

LISTED = 2000
DIFFERENCES = 50


class _TakenBack(Exception):
    """Ends the trial transaction."""


@contextmanager
def trial() -> Iterator[None]:
    """Take back all that is written within."""
    with suppress(_TakenBack), transaction.atomic():
        yield
        raise _TakenBack


def moves(data_import: DataImport, *, reconciles: bool = True) -> dict[str, Any]:
    """Return {"count": figures that would change, "figures": the first 2,000 of them}, the force's own first.

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
            found = moved(force, version.number, LISTED)
        else:
            quarter = _quarter(data_import)
            before = _differences(force, quarter) if reconciles else {}
            aggregates.recompute_observations(force, version, observations.apply(data_import, version))
            found = moved(force, version.number, LISTED)
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
