"""Tables: measures down, windows and aspects across; and months across, financial years down."""

from datetime import date

from indicators.choices import Window
from indicators.exhibits.shown import Definition, Exhibited, notes_of, source_line, window_key
from indicators.figures import Figure, FigureBook, UnknownFigure
from indicators.periods import Period, add_months, first_of_month, label, month_end, period_ending
from indicators.series import Slot
from indicators.tables import Cell, Table


def _heading(column: Definition, book: FigureBook) -> str:
    slot = book.slot(window_key(column, book))
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


def make_table(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
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
        notes=notes_of(definition, used, book),
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
        figure = book.figure(f"{row['series']}{area}.{window_key({**column, **row.get('override', {})}, book)}")
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


def make_matrix(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
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
        notes=notes_of(definition, bound, book, is_compared=False),
        source=source_line(bound, book),
    )
    return Exhibited(table, tuple(bound))
