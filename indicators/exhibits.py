"""Exhibits: tables and charts computed from a saved definition and a book of figures. Pure but for the drawing.

A table's definition is {"kind": "table", "row_heading", "columns": [...], "rows": [...], "notes": [...]}.
A row is {"series": "rape", "label"?}; a column {"heading", "window", "aspect"} and optionally `area`, `months_back`,
`quarters_back` or `bracket` (a second column whose text follows in brackets). `{period}` in a heading becomes the
column's own period. {"kind": "matrix", "series", "years"} makes financial year × month.
A chart's definition is {"kind": "line", "series": [...], "months": 25} or {"kind": "bar", "series": [...], "window",
"aspects": ["previous", "value"]}; {"kind": "control", "series": "asb", "months": 25} draws one series with its limits.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from indicators.choices import UNIT_NAMES, Status, Window
from indicators.dated_notes import DatedNote
from indicators.figures import LOW_BASE, Figure, FigureBook, UnknownFigure
from indicators.periods import (
    Period,
    add_months,
    first_of_month,
    label,
    month_end,
    month_text,
    period_ending,
    short_label,
)
from indicators.renderings import charts
from indicators.series import Series, Slot
from indicators.signals import KEY_TO_LINES, SHOWN_MONTHS, Signal, data_table, drawing, signal
from indicators.tables import Cell, Chart, Table

Definition = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Exhibited:
    """An exhibit with the keys of the figures it shows, so that a text can bind them."""

    exhibit: Table | Chart
    figures: tuple[str, ...]


class ExhibitRefused(ValueError):
    """A definition names something that is not there; the message says what."""


def compute(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    """Compute an exhibit from its definition. Raises ExhibitRefused when the definition does not fit the data."""
    makers = {"table": _table, "matrix": _matrix, "line": _line, "bar": _bar, "control": _control}
    maker = makers.get(str(definition.get("kind")))
    if maker is None:
        raise ExhibitRefused(f"{key}: “{definition.get('kind')}” is not a kind of exhibit")
    try:
        return maker(key, title, definition, book)
    except UnknownFigure as error:
        raise ExhibitRefused(f"{key}: {error.args[0]}") from error


def _window_key(column: Definition, book: FigureBook) -> str:
    window = str(column["window"])
    back = int(column.get("months_back", 0)) + 3 * int(column.get("quarters_back", 0))
    if not back:
        return window
    end = add_months(first_of_month(book.quarter.end), -back)
    return f"{window}-{end:%Y-%m}"


def _heading(column: Definition, book: FigureBook) -> str:
    slot = book.slot(_window_key(column, book))
    if "{" not in str(column["heading"]):
        return str(column["heading"])
    if slot.end is None:
        not_stated = label(Period(slot.window, None, None))
        return str(column["heading"]).replace("{period}", not_stated).replace("{previous_period}", not_stated)
    try:
        period = period_ending(slot.window, slot.end)
    except ValueError:
        return str(column["heading"]).replace("{period}", label(Period(slot.window, None, slot.end)))
    before = period_ending(slot.window, add_months(first_of_month(slot.end), -12)) if period.end else period
    return str(column["heading"]).replace("{period}", label(period)).replace("{previous_period}", label(before))


def _table(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    columns = definition["columns"]
    header = (
        Cell(str(definition.get("row_heading", "Measure")), is_header=True),
        *(Cell(_heading(column, book), is_header=True, is_numeric=True) for column in columns),
    )
    rows, bound = [], []
    for row in definition["rows"]:
        cells = [Cell(str(row.get("label") or book.name_of(book.series(row["series"]))), is_header=True)]
        for column in columns:
            text, keys = _cell(row, column, book)
            cells.append(Cell(text, is_numeric=True, figure=keys[0] if keys else ""))
            bound += keys
        rows.append(tuple(cells))
    used = [key for key in dict.fromkeys(bound) if key]
    table = Table(
        key=key,
        caption=title,
        header=header,
        rows=tuple(rows),
        notes=_notes(definition, used, book),
        source=source_line(used, book),
    )
    return Exhibited(table, tuple(used))


def _cell(row: Definition, column: Definition, book: FigureBook) -> tuple[str, list[str]]:
    """Return a cell's text and the keys of its figures; blank where the row has no such figure at all."""
    only = column.get("only")
    if only and row["series"] not in only:
        return "", []
    area = f".{column['area']}" if column.get("area") else ""
    try:
        figure = book.figure(f"{row['series']}{area}.{_window_key({**column, **row.get('override', {})}, book)}")
    except UnknownFigure:
        if column.get("is_optional"):
            return "not available", []
        raise
    text, keys = _aspect(figure, str(column["aspect"])), [figure.key]
    bracket = column.get("bracket")
    if bracket and row["series"] in bracket.get("rows", [row["series"]]):
        inner, more = _cell(row, {**column, **bracket, "bracket": None}, book)
        text, keys = f"{text} ({inner})", keys + more
    return text, keys


def _aspect(figure: Figure, aspect: str) -> str:
    own = {"in_year": figure.in_year, "before": figure.before, "worded_change": figure.worded_change}
    return own[aspect] if aspect in own else figure.aspect(aspect)


def _matrix(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    """Financial years down, months April to March across; months ahead are blank, not zero."""
    series = book.series(str(definition["series"]))
    this_april = date(book.quarter.year, 4, 1)
    rows, bound = [], []
    for year in range(this_april.year - int(definition["years"]) + 1, this_april.year + 1):
        cells = [Cell(f"{year}/{(year + 1) % 100:02d}", is_header=True)]
        for month in (add_months(date(year, 4, 1), step) for step in range(12)):
            slot = Slot(Window.MONTH, month_end(month))
            if month > book.quarter.end or slot not in book.values.get(series, {}):
                cells.append(Cell("", is_numeric=True))
                continue
            figure = book.build(series, slot)
            cells.append(Cell(figure.aspect("value"), is_numeric=True, figure=figure.key))
            bound.append(figure.key)
        rows.append(tuple(cells))
    header = ("Financial year", *(f"{add_months(this_april, step):%b}" for step in range(12)))
    table = Table(
        key=key,
        caption=title,
        header=tuple(Cell(text, is_header=True, is_numeric=at > 0) for at, text in enumerate(header)),
        rows=tuple(rows),
        notes=_notes(definition, bound, book, is_compared=False),
        source=source_line(bound, book),
    )
    return Exhibited(table, tuple(bound))


def _line(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    last = first_of_month(book.quarter.end)
    months = [add_months(last, -back) for back in range(int(definition.get("months", 25)) - 1, -1, -1)]
    figures: list[tuple[Series, date, Figure | None]] = []
    for stem in definition["series"]:
        series = book.series(stem)
        for month in months:
            slot = Slot(Window.MONTH, month_end(month))
            held = slot in book.values.get(series, {})
            figures.append((series, month, book.build(series, slot) if held else None))
    points = [
        charts.Point(book.name_of(series), short_label(period_ending(Window.MONTH, month)), *_drawn(figure))
        for series, month, figure in figures
    ]
    stems = [book.series(stem) for stem in definition["series"]]
    unit = UNIT_NAMES[book.measures[stems[0].indicator].unit]
    by_place = {(series, month): figure for series, month, figure in figures}
    table = Table(
        key=f"{key}-table",
        caption=f"{title}: figures",
        header=(
            Cell("Month", is_header=True),
            *(Cell(book.name_of(series), is_header=True, is_numeric=True) for series in stems),
        ),
        rows=tuple(
            (Cell(month_text(month), is_header=True), *(_value_cell(by_place[series, month]) for series in stems))
            for month in months
        ),
    )
    used = [figure.key for _, _, figure in figures if figure is not None]
    summary = " ".join(_line_summary(book.name_of(s), [by_place[s, m] for m in months]) for s in stems)
    chart = Chart(
        key=key,
        title=title,
        svg=charts.line_chart(points, unit),
        summary=summary,
        table=table,
        notes=_notes(definition, used, book, is_compared=False),
        source=source_line(used, book),
    )
    return Exhibited(chart, tuple(used))


def _control(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    shown = signal(book, book.series(str(definition["series"])), int(definition.get("months", SHOWN_MONTHS)))
    if shown is None:
        raise ExhibitRefused(f"{key}: {definition['series']} has no single months up to the end of the quarter")
    chart = control_chart(key, title, shown, book, definition)
    return Exhibited(chart, tuple(cell.figure for row in chart.table.rows for cell in row if cell.figure))


def control_chart(
    key: str, title: str, shown: Signal, book: FigureBook, definition: Definition, *, is_drawn: bool = True
) -> Chart:
    """Make the chart of a signal; without its drawing where words and figures are enough, for drawing takes time."""
    slots = [Slot(Window.MONTH, month_end(month.first)) for month in shown.months if month.value]
    used = [book.key_of(shown.series, slot) for slot in slots]
    return Chart(
        key=key,
        title=title,
        svg=drawing(shown) if is_drawn else "",
        summary=shown.summary,
        table=data_table(key, title, shown, book),
        notes=(KEY_TO_LINES, *_notes(definition, used, book, is_compared=False)),
        source=source_line(used, book),
    )


def _drawn(figure: Figure | None) -> tuple[float | None, bool]:
    if figure is None or figure.current is None or figure.current.amount is None:
        return None, False
    # A drawing alone: no figure is read back from it.
    return float(figure.current.amount), figure.current.status == Status.PROVISIONAL


def _value_cell(figure: Figure | None) -> Cell:
    if figure is None:
        return Cell("", is_numeric=True)
    return Cell(figure.aspect("value"), is_numeric=True, figure=figure.key)


def _line_summary(name: str, figures: Sequence[Figure | None]) -> str:
    held = [f for f in figures if f is not None and f.current is not None and f.current.amount is not None]
    if not held:
        return f"{name}: no values in these months."

    def amount(figure: Figure) -> Decimal:
        return figure.current.amount if figure.current and figure.current.amount is not None else Decimal(0)

    highest, lowest, newest = max(held, key=amount), min(held, key=amount), held[-1]
    gap = len(figures) - len(held)
    words = (
        f"{name}: {newest.aspect('value')} in {newest.aspect('period')}; highest {highest.aspect('value')} in "
        f"{highest.aspect('period')}, lowest {lowest.aspect('value')} in {lowest.aspect('period')}"
    )
    return f"{words}; {gap} months without a value." if gap else f"{words}."


def _bar(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    aspects = list(definition.get("aspects", ["previous", "value"]))
    window_key = _window_key(definition, book)
    figures = [book.figure(f"{stem}.{window_key}") for stem in definition["series"]]
    names = [str(label or figure.name) for label, figure in zip(_labels(definition), figures, strict=True)]
    first = figures[0]
    words = {
        "value": first.aspect("period"),
        "previous": first.aspect("previous_period"),
        "share": first.aspect("period"),
    }
    points = [
        charts.Point(words[aspect], name, _number(figure, aspect))
        for name, figure in zip(names, figures, strict=True)
        for aspect in aspects
    ]
    header = ("", *(words[aspect] for aspect in aspects))
    table = Table(
        key=f"{key}-table",
        caption=f"{title}: figures",
        header=tuple(Cell(text or "Measure", is_header=True, is_numeric=at > 0) for at, text in enumerate(header)),
        rows=tuple(
            (
                Cell(name, is_header=True),
                *(Cell(figure.aspect(aspect), is_numeric=True, figure=figure.key) for aspect in aspects),
            )
            for name, figure in zip(names, figures, strict=True)
        ),
    )
    used = [figure.key for figure in figures]
    largest = max(figures, key=lambda one: _number(one, aspects[-1]) or 0)
    place = names[figures.index(largest)]
    at = "" if first.period.window in {Window.SNAPSHOT, Window.NOT_STATED} else "in "
    summary = f"{place} is the largest: {largest.aspect(aspects[-1])} {at}{first.aspect('period')}."
    unit = "per cent" if aspects == ["share"] else UNIT_NAMES[first.measure.unit]
    svg = charts.bar_chart(points, unit)
    chart = Chart(key, title, svg, summary, table, _notes(definition, used, book), source_line(used, book))
    return Exhibited(chart, tuple(used))


def _labels(definition: Definition) -> Iterator[str]:
    given = definition.get("labels") or [""] * len(definition["series"])
    yield from given


def _number(figure: Figure, aspect: str) -> float | None:
    if aspect == "share":
        return None if figure.share_percent is None else float(figure.share_percent)
    value = figure.previous if aspect == "previous" else figure.current
    return None if value is None or value.amount is None else float(value.amount)


def _notes(
    definition: Definition, keys: Iterable[str], book: FigureBook, *, is_compared: bool = True
) -> tuple[str, ...]:
    """The definition's own notes, the footnotes of its measures, and what must be known of single values.

    A dated note is told when it falls among all that is shown of a series: its values, and, where they are compared,
    the values before them.
    """
    notes = list(definition.get("notes", []))
    by_words: dict[str, list[str]] = {}
    shown: dict[Series, list[Period]] = {}
    for key in keys:
        figure = book.figure(key)
        if figure.measure.footnote:
            notes.append(f"{figure.measure.name}: {figure.measure.footnote}")
        # Dated notes are told once for all that is shown; a percentage that nobody looks for is not missed.
        left_out = {note.text for note in figure.dated}
        left_out |= set() if is_compared else {LOW_BASE.format(figure.measure.base_threshold)}
        for words in figure.notes:
            if words not in left_out:
                by_words.setdefault(words, []).append(figure.measure.name)
        periods = shown.setdefault(figure.series, [])
        periods.append(figure.period)
        if is_compared and figure.previous_period and figure.change.direction:
            periods.append(figure.previous_period)
    for note, series in _told(shown, book):
        is_narrow = note.part or note.areas
        name = book.name_of(series) if is_narrow else book.measures[series.indicator].name
        by_words.setdefault(note.text, []).append(name)
    for words, names in by_words.items():
        distinct = list(dict.fromkeys(names))
        notes.append(f"{words[0].upper()}{words[1:]}: {', '.join(distinct)}.")
    return tuple(dict.fromkeys(notes))


def _told(shown: Mapping[Series, Sequence[Period]], book: FigureBook) -> Iterator[tuple[DatedNote, Series]]:
    for series, periods in shown.items():
        yield from ((note, series) for note in book.notes_on(series) if note.is_told_over(periods))


def source_line(keys: Iterable[str], book: FigureBook) -> str:
    """Derive the source line from the figures shown; never typed."""
    names = []
    for key in keys:
        figure = book.figure(key)
        names += [book.sources.get(slug, slug) for slug in figure.sources]
    distinct = list(dict.fromkeys(names))
    return "; ".join(distinct)


def appendix_text(figure: Figure) -> tuple[str, str, str]:
    """Return previous, change and in-year text of a figure as the appendix prints them."""
    return figure.before, figure.worded_change, figure.in_year
