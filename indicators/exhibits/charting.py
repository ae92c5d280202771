"""Charts of series as they stand: lines over periods, bars beside each other, and single months with their limits.

{"kind": "line", "series": ["rape", …], "window": "month", "points": 25, "every": 1} draws up to six series over the
`points` periods that end with the quarter (`months` says the same for months); `every` is how many months lie between
two of them. A target of the force is a stepped line where its series stands alone or all series are of one indicator.
{"kind": "bar", "series": […], "window": "r12", "aspects": ["previous", "value"], "labels": […]} sets values side by
side; aspects are previous, value and share. {"kind": "control", "series": "asb", "months": 25} draws single months
with the limits of their natural variation.
"""

from collections.abc import Sequence
from decimal import Decimal

from indicators.choices import UNIT_NAMES, Window
from indicators.exhibits.charted import chart, charted, moved
from indicators.exhibits.charting_definition import Reading, heading_of, period_of
from indicators.exhibits.shown import Definition, Exhibited, ExhibitRefused, notes_of, source_line, window_key
from indicators.figures import Figure, FigureBook
from indicators.periods import label, short_label
from indicators.plots import Form, Line, Mark, Panel, Plot
from indicators.plotting import context, drawn, status_of, target_line
from indicators.series import Series
from indicators.signals import KEY_TO_LINES, SHOWN_MONTHS, Signal, data_table, plot, signal
from indicators.tables import Chart

SHARE = "per cent"


def make_line(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    """Make a chart of lines over periods."""
    reading = Reading(definition, book)
    series, window = reading.series(), reading.window()
    slots = reading.slots(window)
    unit = reading.unit(series, "an axis")
    reading.done()
    shown = [drawn(book, one, slots) for one in series]
    lines = [one.line for one in shown]
    periods = [period_of(slot) for slot in slots]
    if len({one.indicator for one in series}) == 1:
        targets = [target_line(book, one, periods, _target_name(book, one)) for one in series]
        lines += [one for one in targets if one is not None]
    zones, rules = context(book, shown, [(one.start or end, end) for one in periods if (end := one.end)])
    made = Plot(
        kind="line",
        form=Form.LINES,
        title=title,
        unit=unit,
        heading=heading_of(window),
        axis=tuple(short_label(one) for one in periods),
        panels=(Panel(tuple(lines), zones, rules),),
        names=tuple(label(one) for one in periods),
    )
    words = [moved(one.line.name, one.held, len(slots) - len(one.held), _gap(window)) for one in shown]
    words += [_asked(line) for line in lines[len(shown) :]]
    return charted(key, made, " ".join(words), definition, book, [used for one in shown for used in one.used])


def _target_name(book: FigureBook, series: Series) -> str:
    return f"Target: {book.measures[series.indicator].parts[series.part]}" if series.part else "Target"


def _gap(window: Window) -> str:
    return "month" if window == Window.MONTH else "period"


def _asked(line: Line) -> str:
    """Say what a target asks, step by step."""
    steps = list(dict.fromkeys(mark.text for mark in line.marks if mark.text))
    return f"{line.name}: {', then '.join(steps)}."


def make_control(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    """Make a control chart of one monthly series."""
    reading = Reading(definition, book)
    series, months = reading.one_series(), reading.number("months", SHOWN_MONTHS)
    reading.done()
    shown = signal(book, series, months) if series else None
    if shown is None:
        raise ExhibitRefused(f"{definition['series']} has no single months up to the end of the quarter")
    made = control_chart(key, title, shown, book, definition)
    return Exhibited(made, tuple(cell.figure for row in made.table.rows for cell in row if cell.figure))


def control_chart(
    key: str, title: str, shown: Signal, book: FigureBook, definition: Definition, *, is_drawn: bool = True
) -> Chart:
    """Make the chart of a signal; without its drawing where words and figures are enough, for drawing takes time."""
    used = [month.figure for month in shown.months if month.value]
    notes = (KEY_TO_LINES, *notes_of(definition, used, book, is_compared=False))
    return chart(
        key,
        plot(shown, title),
        shown.summary,
        notes,
        source_line(used, book),
        table=data_table(key, title, shown),
        is_drawn=is_drawn,
    )


def make_bar(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    """Make a chart of bars: a group for each series, a bar for each aspect."""
    reading = Reading(definition, book)
    series = reading.series()
    aspects = reading.words("aspects") if "aspects" in definition else ["previous", "value"]
    labels = reading.words("labels")
    back = reading.number("months_back", 0) + 3 * reading.number("quarters_back", 0)
    reading.refuse_unless(
        aspects and set(aspects) <= {"previous", "value", "share"}, "“aspects” may be previous, value and share"
    )
    reading.refuse_unless(
        aspects == ["share"] or "share" not in aspects,
        "“aspects” names shares, which are in per cent and cannot share an axis with values",
    )
    if "share" not in aspects:
        reading.unit(series, "an axis")
    reading.refuse_unless(not labels or len(labels) == len(series), "“labels” has to name each of the series")
    reading.refuse_unless("window" in definition, "“window” says of which period the values are, and is missing")
    reading.done()
    window = window_key(str(definition["window"]), back, book)
    figures = [book.figure(f"{one.key}.{window}") for one in series]
    names = [given or figure.name for given, figure in zip(labels or [""] * len(series), figures, strict=True)]
    first = figures[0]
    headings = {"value": first.aspect("period"), "previous": first.aspect("previous_period")}
    lines = tuple(
        Line(headings.get(aspect, first.aspect("period")), tuple(_mark(figure, aspect) for figure in figures))
        for aspect in aspects
    )
    unit = SHARE if aspects == ["share"] else UNIT_NAMES[first.measure.unit]
    made = Plot("bar", Form.BARS, title, unit, "Measure", tuple(names), (Panel(lines),))
    words = _largest(names, figures, aspects[-1])
    return charted(key, made, words, definition, book, [one.key for one in figures], is_compared=True)


def _mark(figure: Figure, aspect: str) -> Mark:
    value = figure.previous if aspect == "previous" else figure.current
    number = figure.share_percent if aspect == "share" else value.amount if value else None
    return Mark(number, figure.aspect(aspect), figure.key, status_of(value))


def _largest(names: Sequence[str], figures: Sequence[Figure], aspect: str) -> str:
    """Say which bar is the longest."""
    heights = [_mark(figure, aspect).value for figure in figures]
    at = max(range(len(figures)), key=lambda place: heights[place] or Decimal(0))
    largest = figures[at]
    within = "" if largest.period.window in {Window.SNAPSHOT, Window.NOT_STATED} else "in "
    return f"{names[at]} is the largest: {largest.aspect(aspect)} {within}{figures[0].aspect('period')}."
