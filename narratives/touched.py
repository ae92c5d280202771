"""Texts that quote figures which an import would move, or moved: by cycle and section."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from indicators.choices import AreaKind
from indicators.figures import Figure, FigureBook
from indicators.models.data_import import DataImport
from indicators.people import Person
from indicators.previews import Move, move_of
from indicators.series import Value
from narratives import queries
from narratives.models.cycle import Cycle
from narratives.models.revision import Revision
from narratives.models.section import Section
from narratives.renderings.markdown import parse

NEWEST_CYCLES = 4
# A moved value: series, window, end.
Moved = dict[tuple[str, str, str | None], Move]


@dataclass(frozen=True, slots=True)
class TouchedSection:
    """A section that quotes moved figures; `is_open` says that the person may open it."""

    section: Section
    is_open: bool
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class TouchedCycle:
    """A cycle with the sections that quote moved figures; where the cut is fixed, nothing moves by itself."""

    cycle: Cycle
    sections: tuple[TouchedSection, ...]


def touched(data_import: DataImport, person: Person) -> list[TouchedCycle]:
    """Return the newest cycles of the import's force whose texts quote a figure of its preview that moves."""
    own = data_import.force.areas.get(kind=AreaKind.FORCE)
    moved = moved_values(data_import.preview.get("moves", {}).get("figures", []), own.slug)
    cycles = Cycle.objects.filter(force=data_import.force).select_related("outline", "force")[:NEWEST_CYCLES]
    found = []
    for cycle in cycles:
        sections = tuple(_sections(cycle, moved, person))
        if sections:
            found.append(TouchedCycle(cycle, sections))
    return found


def moved_values(figures: Iterable[dict[str, Any]], force_slug: str) -> Moved:
    """Key the moved values as figures name them: the force itself has no area."""
    moved: Moved = {}
    for one in figures:
        area = "" if one["area"] == force_slug else one["area"]
        series = ".".join(word for word in (one["indicator"], one["part"], area) if word)
        moved[series, one["window"], one["end"]] = move_of(one)
    return moved


def _sections(cycle: Cycle, moved: Moved, person: Person) -> Iterator[TouchedSection]:
    newest = Revision.objects.filter(section__cycle=cycle).order_by("section_id", "-number").distinct("section_id")
    revisions = list(newest.select_related("section__topic", "section__portfolio", "section__cycle__force"))
    if not revisions or not moved:
        return
    book = queries.book_for(cycle, [revision.text for revision in revisions])
    visible = set(cycle.sections.visible_to(person).values_list("pk", flat=True))
    for revision in revisions:
        moves = dict.fromkeys(
            move for key in parse(revision.text).references for move in _moves(key.rpartition(".")[0], book, moved)
        )
        if moves:
            yield TouchedSection(revision.section, revision.section_id in visible, tuple(moves))


def _moves(stem: str, book: FigureBook, moved: Moved) -> Iterator[Move]:
    """Yield the moved values that a quoted figure rests on: its own and the one it is compared with."""
    try:
        figure: Figure = book.figure(stem)
    except (LookupError, ValueError, OverflowError):
        return
    for value in (figure.current, figure.previous):
        # What a report held stays as it was there.
        if value is not None and not value.printed_by:
            move = moved.get(_place(figure, value))
            if move is not None:
                yield move


def _place(figure: Figure, value: Value) -> tuple[str, str, str | None]:
    end = value.period.end
    return figure.series.key, value.period.window.value, end.isoformat() if end else None
