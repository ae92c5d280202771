"""What assembly adds to the sections' words: numbers of tables, charts and notes, and the appendix.

Values in, values out. The appendix is made of measure tables: an entry on an indicator's reference sheet reads
{"part of the report", "position", "measure", "window", "part"}.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from indicators.choices import NoteKind
from indicators.exhibits.shown import source_line
from indicators.figures import Figure, FigureBook, UnknownFigure
from indicators.series import Series
from indicators.tables import Cell, Table
from narratives.documents import Block, Bullets, ChartBlock, Paragraph, Quote, Run, TableBlock

ORDER = ("protecting local policing", "response and contact", "tackling crime", "supporting vulnerable people")
HEADER = ("Measure", "Previous", "Change", "In year")
NOT_AVAILABLE = "not available"


@dataclass(frozen=True, slots=True)
class AppendixLine:
    """One measure in its place: the table it stands in, its position, its printed name and its figure's key."""

    part: str
    position: int
    measure: str
    key: str


def appendix_lines(indicator: str, entries: Iterable[Mapping[str, Any]]) -> list[AppendixLine]:
    """Read the appendix entries of one indicator's reference sheet."""
    return [
        AppendixLine(
            part=str(entry["part of the report"]),
            position=int(entry.get("position", 0)),
            measure=str(entry["measure"]),
            key=f"{Series(indicator, str(entry.get('part') or '')).key}.{entry['window']}",
        )
        for entry in entries
    ]


def appendix_tables(lines: Iterable[AppendixLine], book: FigureBook) -> tuple[Table, ...]:
    """Return one table for each part of the report, in the report's order; unknown parts follow by name.

    A measure without any stored figure reads "not available" in every column.
    """
    parts: dict[str, list[AppendixLine]] = {}
    for line in sorted(lines, key=lambda one: (one.position, one.measure)):
        parts.setdefault(line.part, []).append(line)
    order = [part for part in ORDER if part in parts] + sorted(parts.keys() - set(ORDER))
    return tuple(_table(part, parts[part], book) for part in order)


def _table(part: str, lines: Sequence[AppendixLine], book: FigureBook) -> Table:
    rows, figures = [], []
    for line in lines:
        figure = known_figure(book, line.key)
        rows.append(_row(line, figure))
        if figure is not None:
            figures.append(figure)
    periods = {figure.aspect("period") for figure in figures}
    title = f"{part[:1].upper()}{part[1:]}"
    return Table(
        key=f"appendix-{part.replace(' ', '-')}",
        caption=f"{title}: {periods.pop()}" if len(periods) == 1 else title,
        header=tuple(Cell(text, is_header=True, is_numeric=at > 0) for at, text in enumerate(HEADER)),
        rows=tuple(rows),
        notes=grouped_notes(figures),
        source=source_line([figure.key for figure in figures], book),
    )


def _row(line: AppendixLine, figure: Figure | None) -> tuple[Cell, ...]:
    texts = (figure.before, figure.worded_change, figure.in_year) if figure else (NOT_AVAILABLE,) * 3
    key = figure.key if figure else ""
    return (Cell(line.measure, is_header=True), *(Cell(text, is_numeric=True, figure=key) for text in texts))


def known_figure(book: FigureBook, key: str) -> Figure | None:
    """Return the figure of a key, with or without an aspect behind it; None when nothing is stored for it."""
    for stem in (key, key.rpartition(".")[0]):
        try:
            return book.figure(stem)
        except UnknownFigure:
            continue
    return None


def grouped_notes(figures: Iterable[Figure]) -> tuple[str, ...]:
    """Return what must be known of these figures: footnotes of measures, then each remark with its measures."""
    notes: list[str] = []
    remarks: dict[str, list[str]] = {}
    for figure in figures:
        if figure.measure.footnote:
            notes.append(f"{figure.measure.name}: {figure.measure.footnote}")
        for words in figure.notes:
            remarks.setdefault(words, []).append(figure.measure.name)
    for words, names in remarks.items():
        notes.append(f"{words[:1].upper()}{words[1:]}: {', '.join(dict.fromkeys(names))}.")
    return tuple(dict.fromkeys(notes))


def sentence_note(figure: Figure) -> str:
    """Return the note that a figure quoted in a sentence needs; empty when there is nothing to say of it.

    Only a footnote names its measure: a remark such as "as supplied" is one note for all the figures it is true of.
    An annotation is no remark on the number: it stands beside tables and charts alone.
    """
    annotations = {note.text for note in figure.dated if note.kind == NoteKind.ANNOTATION}
    told = (words for words in figure.notes if words not in annotations)
    remarks = " ".join(f"{words[:1].upper()}{words[1:]}." for words in told)
    footnote = figure.measure.footnote
    return f"{figure.measure.name}: {footnote} {remarks}".strip() if footnote else remarks


def letters(count: int) -> str:
    """Return the letters of the count-th section: 1 is a, 26 is z, 27 is aa."""
    found = ""
    while count:
        count, rest = divmod(count - 1, 26)
        found = chr(ord("a") + rest) + found
    return found


@dataclass(slots=True)
class Numbers:
    """Numbers of tables, charts and notes as they are given out in the order of reading."""

    tables: int = 0
    charts: int = 0
    notes: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def blocks(self, blocks: Iterable[Block], book: FigureBook) -> tuple[Block, ...]:
        """Number the exhibits of a section, and mark the figures of its sentences that need a note."""
        marked: set[tuple[int, Series]] = set()
        return tuple(self._block(block, book, marked) for block in blocks)

    def table(self, table: Table) -> TableBlock:
        """Put a table in its place with the next number."""
        self.tables += 1
        return TableBlock(table, self.tables)

    def anchor(self, wish: str) -> str:
        """Return an id that begins with a letter and is given out only once."""
        plain = re.sub(r"[^a-z0-9]+", "-", wish.lower()).strip("-")
        plain = plain if plain[:1].isalpha() else f"section-{plain}"
        found, count = plain, 1
        while found in self.anchors:
            count += 1
            found = f"{plain}-{count}"
        self.anchors.add(found)
        return found

    def _block(self, block: Block, book: FigureBook, marked: set[tuple[int, Series]]) -> Block:
        if isinstance(block, TableBlock):
            return self.table(block.table)
        if isinstance(block, ChartBlock):
            self.charts += 1
            return replace(block, number=self.charts)
        if isinstance(block, Paragraph | Quote):
            return replace(block, runs=tuple(self._run(run, book, marked) for run in block.runs))
        if isinstance(block, Bullets):
            entries = tuple(tuple(self._run(run, book, marked) for run in entry) for entry in block.entries)
            return replace(block, entries=entries)
        return block

    def _run(self, run: Run, book: FigureBook, marked: set[tuple[int, Series]]) -> Run:
        figure = known_figure(book, run.figure) if run.figure and not run.note else None
        words = sentence_note(figure) if figure else ""
        if figure is None or not words:
            return run
        if words not in self.notes:
            self.notes.append(words)
        note = self.notes.index(words) + 1
        if (note, figure.series) in marked:  # one mark for a series in a section is enough
            return run
        marked.add((note, figure.series))
        return replace(run, note=note)
