"""Which supplied values a staged file changes: each with its place in the file, as it is held and as it would be."""

from collections.abc import Iterable
from typing import Any

from indicators.choices import Kind, Unit, Window
from indicators.formatting import counts_text, value_text
from indicators.models.observation import Observation, StagedObservation
from indicators.periods import Period, label
from indicators.queries.books import clean

LISTED = 100  # of one file; the months list how many there are
NAMED = ("indicator", "part", "area", "source")


def changed_values(changed: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
    """Return values that a file changes as {"at", "name", "place", "period", "old", "new"}, in its order.

    `changed`: the staged rows with the ones held in their place, by their ids. Two queries.
    """
    ids = dict(changed)
    staged = StagedObservation.objects.filter(pk__in=ids).select_related(*NAMED).order_by("sheet", "row", "pk")
    held = Observation.objects.select_related("source").in_bulk([ids[one.pk] for one in staged])
    return [_told(one, held[ids[one.pk]]) for one in staged]


def _told(new: StagedObservation, old: Observation) -> dict[str, Any]:
    indicator, part = new.indicator, new.part
    texts = [_text(one, indicator.unit, indicator.decimals, indicator.kind) for one in (old, new)]
    if texts[0] == texts[1]:  # what else is held of it differs
        said = [", ".join(filter(None, (one.status, one.source.name, one.note))) for one in (old, new)]
        texts = [f"{text}, {more}" for text, more in zip(texts, said, strict=True)]
    cell = f"{new.sheet}, cell {new.cell}" if new.sheet else f"Cell {new.cell}"
    return {
        "at": cell if new.cell else f"Row {new.row}",
        "name": f"{indicator.name}: {part.name}" if part else indicator.name,
        "place": new.area.name,
        "period": label(Period(Window(new.window), new.start, new.end), new.period_printed),
        "old": texts[0],
        "new": texts[1],
    }


def _text(one: StagedObservation | Observation, unit: str, decimals: int, kind: str) -> str:
    counts = counts_text(clean(one.numerator), clean(one.denominator), Kind(kind))
    value = value_text(clean(one.value), Unit(unit), decimals, reason=one.status.replace("-", " "))
    return f"{value} ({counts})" if counts else value
