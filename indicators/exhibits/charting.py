"""Charts: lines over months, bars and control charts, each with a summary in words and its data table."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from indicators.choices import UNIT_NAMES, Status, Window
from indicators.exhibits.shown import Definition, Exhibited, ExhibitRefused, notes_of, source_line, window_key
from indicators.figures import Figure, FigureBook
from indicators.periods import add_months, first_of_month, month_end, month_text, period_ending, short_label
from indicators.renderings import charts
from indicators.series import Series, Slot
from indicators.signals import KEY_TO_LINES, SHOWN_MONTHS, Signal, data_table, drawing, signal
from indicators.tables import Cell, Chart, Table


def make_line(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
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
        notes=notes_of(definition, used, book, is_compared=False),
        source=source_line(used, book),
    )
    return Exhibited(chart, tuple(used))


def make_control(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
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
        notes=(KEY_TO_LINES, *notes_of(definition, used, book, is_compared=False)),
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


def make_bar(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    aspects = list(definition.get("aspects", ["previous", "value"]))
    window = window_key(definition, book)
    figures = [book.figure(f"{stem}.{window}") for stem in definition["series"]]
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
    chart = Chart(key, title, svg, summary, table, notes_of(definition, used, book), source_line(used, book))
    return Exhibited(chart, tuple(used))


def _labels(definition: Definition) -> Iterator[str]:
    given = definition.get("labels") or [""] * len(definition["series"])
    yield from given


def _number(figure: Figure, aspect: str) -> float | None:
    if aspect == "share":
        return None if figure.share_percent is None else float(figure.share_percent)
    value = figure.previous if aspect == "previous" else figure.current
    return None if value is None or value.amount is None else float(value.amount)
