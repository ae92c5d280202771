"""Lists: one sentence for each measure, its words derived from the figure, each number bound to it."""

from collections.abc import Iterator
from dataclasses import replace

from indicators.choices import Direction
from indicators.exhibits import rows as down
from indicators.exhibits.columns import Shown, key_of
from indicators.exhibits.definition import Column, Form, ListDefinition, Row, read_list
from indicators.exhibits.rows import Line
from indicators.exhibits.shown import Definition, Exhibited, source_line
from indicators.figures import Figure, FigureBook, UnknownFigure
from indicators.formatting import own_decimals, value_text
from indicators.tables import Listing, Words


def make_list(key: str, title: str, document: Definition, book: FigureBook) -> Exhibited:
    """Make a list. Raises DefinitionFault, ExhibitRefused or UnknownFigure."""
    definition = read_list(document)
    lines = [line for row in definition.rows for line in down.expanded(row, book)]
    figures = [_figure(line, definition, book) for line in lines]
    used = tuple(figure.key for figure in figures if figure is not None)
    listing = Listing(
        key=key,
        title=title,
        entries=tuple(tuple(_sentence(line, figure, definition)) for line, figure in zip(lines, figures, strict=True)),
        # What must be known of single values is marked on them, as in every sentence, when a report is put together.
        notes=(*definition.notes, *_why(definition.rows)),
        source=source_line(used, book),
    )
    return Exhibited(listing, used)


def _figure(line: Line, definition: ListDefinition, book: FigureBook) -> Figure | None:
    at = Shown(Column(definition.window, "value"), definition.months_back)
    try:
        found = book.figure(key_of(line, at, book))
    except UnknownFigure:
        if line.is_one_of_each:
            return None
        raise
    places = definition.decimals.get(found.series.indicator)
    return found if places is None else replace(found, measure=replace(found.measure, decimals=places))


def _sentence(line: Line, figure: Figure | None, definition: ListDefinition) -> Iterator[Words]:
    """The pieces of a sentence: "Burglary 68.03%, previously 67%"."""
    note = f" {line.row.note}" if line.row.note and not line.is_one_of_each else ""
    if figure is None:
        yield Words(f"{line.label}: not available{'.' if note else ''}{note}")
        return
    has_value = figure.current is not None and figure.current.amount is not None
    yield Words(f"{line.label}{' ' if has_value else ': '}")
    yield Words(figure.aspect("value"), figure.key)
    yield from _beside(figure, definition.form)
    if note:
        yield Words(f".{note}")


def _beside(figure: Figure, form: Form) -> Iterator[Words]:
    """What is said after the value: the one before it, or the change; nothing where neither is known."""
    change = figure.change
    if form is Form.VALUE or change.direction is None:
        return
    if form is Form.CHANGE:
        yield Words(" (")
        yield Words(figure.aspect("change"), figure.key)
        yield Words(")")
    elif change.direction is Direction.NO_CHANGE:
        yield Words(", as before")
    elif figure.previous is not None:
        yield Words(", previously ")
        yield Words(previous_text(figure), figure.key)


def previous_text(figure: Figure) -> str:
    """Return the value before with as many decimals as it was supplied with, where a source gave it beside this one.

    A value of the report before that was printed as 67% was not measured to be 67.00%.
    """
    value, measure = figure.previous, figure.measure
    is_supplied = figure.previous_period is None
    if value is None or value.amount is None or not is_supplied:
        return figure.aspect("previous")
    places = min(measure.decimals, own_decimals(value.amount))
    return value_text(value.amount, measure.unit, places, value.qualifier, value.reason)


def _why(rows: tuple[Row, ...]) -> tuple[str, ...]:
    """Why parts or areas are left out; the note of a row stands in its sentence."""
    told = [row.why for row in rows if row.why] + [row.note for row in rows if row.note and row.each]
    return tuple(dict.fromkeys(told))
