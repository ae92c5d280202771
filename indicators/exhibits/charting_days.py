"""Days and weeks, which only charts show: counted from cases whose source gives their days, never kept as figures.

{"kind": "days", "series": ["asb"], "window": "week", "points": 26} draws the whole weeks, Monday to Sunday, that end
with the quarter or before it; "window": "day" draws single days. Up to three series. The book has to hold their days
(`indicators.queries.day_counts.with_days`).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from indicators.choices import UNIT_NAMES, Window
from indicators.days import DAY, NO_DAYS, WEEK, DayCounts, months_of, span_label, span_name, span_words, spans
from indicators.exhibits.charted import charted
from indicators.exhibits.charting_definition import Reading
from indicators.exhibits.shown import Definition, Exhibited
from indicators.figures import FigureBook, UnknownFigure
from indicators.formatting import value_text
from indicators.periods import first_of_month, month_end, month_text
from indicators.plots import Form, Line, Mark, Panel, Plot
from indicators.plotting import rules, status_of, unsettled, zones
from indicators.series import Series, Slot

KIND = "days"
MOST = {DAY: 92, WEEK: 53}
USUAL = {DAY: 92, WEEK: 26}
HEADINGS = {DAY: "Day", WEEK: "Week, Monday to Sunday"}
Span = tuple[date, date]


def wanted_days(definition: Definition, book: FigureBook) -> Iterator[tuple[Series, list[Span]]]:
    """Yield which days of which series a definition draws; nothing of what it names wrongly."""
    reading, series, drawn = _read(definition, book)
    if not reading.faults:
        yield from ((one, drawn) for one in series)


def _read(definition: Definition, book: FigureBook) -> tuple[Reading, list[Series], list[Span]]:
    reading = Reading(definition, book)
    window = reading.choice("window", MOST)
    points = reading.number("points", USUAL[window], most=MOST[window])
    series = reading.series()
    for one in series:
        measure = book.measures[one.indicator]
        reading.refuse_unless(
            measure.unit.value == "count",
            f"“series”: {measure.name} is in {UNIT_NAMES[measure.unit]}; days are counted",
        )
    return reading, series, spans(window, points, book.quarter.end)


def make_days(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    """Make a chart of days or weeks."""
    reading, series, drawn = _read(definition, book)
    for one in series:
        held = book.days.get(one, DayCounts(reason=NO_DAYS))
        reading.refuse_unless(not held.reason, f"“series”: {book.name_of(one)}: {held.reason}")
        has_days = held.reason or any(held.on(*span) is not None for span in drawn)
        reading.refuse_unless(has_days, f"“series”: {book.name_of(one)}: no day is held in this time")
    reading.done()
    lines = tuple(_line(book, one, drawn) for one in series)
    notes = [note for one in series for note in book.notes_on(one)]
    made = Plot(
        kind=KIND,
        form=Form.LINES,
        title=title,
        unit="number",
        heading=HEADINGS[WEEK if drawn[0][0] != drawn[0][1] else DAY],
        axis=tuple(span_label(first) for first, _ in drawn),
        names=tuple(span_name(first, last) for first, last in drawn),
        panels=(Panel(lines, tuple(dict.fromkeys((*zones(notes, drawn), *unsettled(lines)))), rules(notes, drawn)),),
    )
    words = " ".join(_summary(line, drawn) for line in lines)
    used = [figure for one in series for figure in _months(book, one, drawn)]
    return charted(key, made, words, definition, book, used, more=_undated(book, series, drawn))


def _line(book: FigureBook, series: Series, drawn: Sequence[Span]) -> Line:
    held, measure = book.days[series], book.measures[series.indicator]
    marks = []
    for first, last in drawn:
        number = held.on(first, last)
        if number is None:
            marks.append(Mark(text="not available"))
            continue
        months = [book.values[series].get(Slot(Window.MONTH, month_end(first_of_month(day)))) for day in (first, last)]
        status = next((words for one in months if (words := status_of(one))), "")
        marks.append(Mark(Decimal(number), value_text(Decimal(number), measure.unit, 0), status=status))
    return Line(book.name_of(series), tuple(marks))


def _months(book: FigureBook, series: Series, drawn: Sequence[Span]) -> Iterator[str]:
    """Yield the figures of the months in which the days lie: what changes them changes the chart."""
    for month in months_of(drawn):
        try:
            yield book.figure(book.key_of(series, Slot(Window.MONTH, month_end(month)))).key
        except UnknownFigure:
            continue


def _summary(line: Line, drawn: Sequence[Span]) -> str:
    held = [(mark, span) for mark, span in zip(line.marks, drawn, strict=True) if mark.value is not None]
    highest = max(held, key=lambda one: one[0].value or Decimal(0))
    lowest = min(held, key=lambda one: one[0].value or Decimal(0))
    newest = held[-1]
    told = [f"{mark.text} {span_words(*span)}" for mark, span in (newest, highest, lowest)]
    gaps = len(drawn) - len(held)
    words = f"{line.name}: {told[0]}; highest {told[1]}, lowest {told[2]}"
    return f"{words}; {gaps} without a value." if gaps else f"{words}."


def _undated(book: FigureBook, series: Sequence[Series], drawn: Sequence[Span]) -> tuple[str, ...]:
    """Say how many cases are in the figures of the months and on no day."""
    found = []
    for one in series:
        undated = {month: number for month, number in book.days[one].undated.items() if month in months_of(drawn)}
        if undated:
            named = ", ".join(f"{month_text(month)} ({number:,})" for month, number in sorted(undated.items()))
            found.append(f"{book.name_of(one)}: cases without a day are in the months and not in this chart: {named}.")
    return tuple(found)
