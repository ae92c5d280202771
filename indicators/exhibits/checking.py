"""Whether a definition can be kept: its form, every name in it, what may be added up, and one trial on the figures."""

from collections.abc import Iterator, Sequence
from typing import Any

from indicators.exhibits import rows as down
from indicators.exhibits.definition import (
    READERS,
    Column,
    DefinitionFault,
    ListDefinition,
    Row,
    SumRow,
    TableDefinition,
    Tabular,
    read,
)
from indicators.exhibits.making import MAKERS, compute
from indicators.exhibits.rows import Line, Total
from indicators.exhibits.shown import Exhibited, ExhibitRefused
from indicators.figures import FigureBook, UnknownFigure


def form_faults(document: Any) -> tuple[str, ...]:
    """Return everything that is wrong with the form of a definition, whatever the figures are."""
    kind = str(document.get("kind")) if isinstance(document, dict) else ""
    if kind in MAKERS and kind not in READERS:
        return ()  # charts say on their trial what they lack
    try:
        read(document)
    except DefinitionFault as fault:
        return fault.faults
    return ()


def tried(key: str, title: str, document: Any, book: FigureBook) -> tuple[Exhibited | None, tuple[str, ...]]:
    """Make an exhibit on trial: what comes out, or everything that is wrong."""
    wrong = form_faults(document)
    if not wrong and document.get("kind") in READERS:
        wrong = tuple(dict.fromkeys(_names(read(document), book)))
    if wrong:
        return None, wrong
    try:
        return compute(key, title, document, book), ()
    except ExhibitRefused as refused:
        return None, tuple(_sentence(words) for words in refused.faults or [str(refused)])


def _names(definition: Tabular, book: FigureBook) -> Iterator[str]:
    """Every name that no indicator, part or area has, and every sum that may not be made."""
    if isinstance(definition, TableDefinition | ListDefinition):
        yield from _rows(definition.rows, book)
        yield from (
            f"Decimals: there is no indicator “{key}” among the figures. Write it as on its reference sheet."
            for key in definition.decimals
            if key not in book.measures
        )
    else:
        yield from _series("The matrix", definition.series, book)
    if isinstance(definition, TableDefinition):
        for at, column in enumerate(definition.columns, start=1):
            yield from _column(f"Column {at}", column, definition.rows, book)


def _rows(rows: Sequence[Row | SumRow], book: FigureBook) -> Iterator[str]:
    before: list[Line | Total] = []
    is_whole = True
    for at, row in enumerate(rows, start=1):
        named = [*row.series, *([row.whole] if row.whole else [])] if isinstance(row, SumRow) else [row.series]
        wrong = [words for stem in named for words in _series(f"Row {at}", stem, book)]
        if not wrong and isinstance(row, Row):
            wrong = _into(before, row, f"Row {at}", book)
        elif not wrong and is_whole and isinstance(row, SumRow):
            # A sum is judged only when every row that it adds up is known.
            wrong = list(_sum(row, f"Row {at}", before, book))
        if isinstance(row, SumRow):
            before.append(Total(row.label, (), None))
        is_whole = is_whole and not (wrong and isinstance(row, Row))
        yield from wrong


def _into(before: list[Line | Total], row: Row, place: str, book: FigureBook) -> list[str]:
    """Put the lines of a row behind those before it; return why there are none."""
    try:
        before.extend(down.expanded(row, book))
    except ExhibitRefused as refused:
        return [f"{place}: {_sentence(str(refused), capital=False)}"]
    return []


def _sum(row: SumRow, place: str, before: Sequence[Line | Total], book: FigureBook) -> Iterator[str]:
    try:
        down.total(row, before, book)
    except ExhibitRefused as refused:
        yield f"{place}: {_sentence(str(refused), capital=False)} Add up other rows, or take the sum out."


def _column(place: str, column: Column, rows: Sequence[Row | SumRow], book: FigureBook) -> Iterator[str]:
    for key in filter(None, (column.indicator, column.of)):
        if key not in book.measures:
            yield f"{place}: there is no indicator “{key}”. Write it as on its reference sheet."
    if column.area and column.area not in book.areas:
        yield f"{place}: there is no area “{column.area}”. Use one of: {', '.join(book.areas) or 'none is known'}."
    own = [row for row in rows if isinstance(row, Row)]
    known = {row.series for row in own}
    lines: list[Line | Total] = []
    for row in own:
        if row.each and not list(_series("", row.series, book)):
            _into(lines, row, "", book)
    known |= {line.series.key for line in lines if isinstance(line, Line)}
    limited = (("only", column.only), ("bracket", column.bracket.rows if column.bracket else ()))
    for name, stems in limited:
        for stem in stems:
            if stem not in known:
                yield f"{place}: “{name}” names “{stem}”, and no row shows it. Take it out, or add the row."


def _series(place: str, stem: str, book: FigureBook) -> Iterator[str]:
    try:
        book.series(stem)
    except UnknownFigure as unknown:
        yield f"{place}: {unknown.args[0].removeprefix(f'{stem}: ')}. Write it as on its reference sheet."


def _sentence(words: str, *, capital: bool = True) -> str:
    """Words as a sentence, its first letter large unless something stands before it, and a key as it is written."""
    key, _, rest = words.partition(": ")
    if rest and " " not in key and ("." in key or "_" in key):
        words = f"“{key}”: {rest}"
    begun = f"{words[:1].upper()}{words[1:]}" if capital else words
    return begun if begun.endswith((".", "?", "!")) else f"{begun}."
