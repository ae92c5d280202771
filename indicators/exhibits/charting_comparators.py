"""The force beside its comparators, each to its own end date.

{"kind": "comparators", "series": "all_crime", "areas": ["most_similar", …], "window": "r12", "aspect": "percent"} sets
the newest value of each comparator beside the force's, to the quarter's end and to each comparator's own. With
"points" of 2 and more each is a line over that many periods; a line that ends earlier says when. `aspect` is value or
percent (the change on the year before): counts and money of areas of different size are compared by percent alone.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from indicators.choices import UNIT_NAMES, Direction, Kind, Window
from indicators.exhibits.charted import charted, moved
from indicators.exhibits.charting_definition import Reading, heading_of, period_of, slots_back
from indicators.exhibits.shown import Definition, Exhibited, ExhibitRefused
from indicators.figures import Figure, FigureBook
from indicators.periods import label, month_text, short_label
from indicators.plots import Form, Line, Mark, Panel, Plot, Role
from indicators.plotting import amount, context, drawn, status_of, target_line
from indicators.series import Series, Slot

ASPECTS = ("value", "percent")
MOST_LINES = 5
FORCE = "The force"
NAMES = {"value": "Newest value", "percent": "Change on the year before"}


def make_comparators(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    """Make a chart of the force and its comparators."""
    reading = Reading(definition, book)
    own, window = reading.one_series(), reading.window()
    points, every = reading.number("points", 1), reading.number("every", 1)
    aspect = reading.choice("aspect", ASPECTS)
    others = reading.within(own, most=None if points == 1 else MOST_LINES)
    measure = reading.measure(own)
    reading.refuse_unless(
        own is None or not own.area,
        f"“series”: “{own.key if own else ''}” is one area already, and the force is drawn beside the others; name the "
        "measure alone",
    )
    reading.refuse_unless(
        measure is None or aspect == "percent" or measure.kind not in {Kind.COUNT, Kind.MONEY},
        "“aspect” is the value, and areas of different size cannot be compared by their numbers; choose “percent”",
    )
    reading.refuse_unless(
        points == 1 or aspect == "value", "“points” has to be 1 with “percent”: changes are compared at one time"
    )
    reading.done()
    if own is None:
        raise ExhibitRefused("no series")
    if points > 1:
        return _lines(key, title, definition, book, [own, *others], slots_back(book.quarter, window, points, every))
    return _bars(key, title, definition, book, [own, *others], window, aspect)


def _bars(
    key: str,
    title: str,
    definition: Definition,
    book: FigureBook,
    series: Sequence[Series],
    window: Window,
    aspect: str,
) -> Exhibited:
    """One bar for each comparator at its newest end, and for the force at each of these ends."""
    own, *others = series
    newest = [(one, slot) for one in others if (slot := _newest(book, one, window)) is not None]
    if not newest:
        raise ExhibitRefused("no comparator has a value for this window up to the end of the quarter")
    ends = sorted({slot.end for _, slot in newest if slot.end} | {book.quarter.end}, reverse=True)
    rows = [(own, slot) for end in ends if (slot := Slot(window, end)) and _is_held(book, own, slot)] + newest
    figures = [book.build(one, slot) for one, slot in rows]
    names = tuple(f"{_place(book, one.series)}, {one.aspect('period')}" for one in figures)
    measure = book.measures[own.indicator]
    unit = "per cent" if aspect == "percent" else UNIT_NAMES[measure.unit]
    line = Line(NAMES[aspect], tuple(_mark(one, aspect) for one in figures))
    made = Plot("comparators", Form.BARS, title, unit, "Area", names, (Panel((line,)),))
    used = [one.key for one in figures]
    return charted(key, made, _told(book, figures, aspect), definition, book, used, is_compared=aspect == "percent")


def _is_held(book: FigureBook, series: Series, slot: Slot) -> bool:
    return slot in book.values.get(series, {}) or (series, slot) in book.supplied


def _newest(book: FigureBook, series: Series, window: Window) -> Slot | None:
    """Return the newest slot of a comparator that does not end after the quarter."""
    slots = {*book.values.get(series, {}), *(slot for one, slot in book.supplied if one == series)}
    ended = [slot for slot in slots if slot.window == window and slot.end and slot.end <= book.quarter.end]
    return max(ended, key=lambda slot: slot.end or date.min, default=None)


def _place(book: FigureBook, series: Series) -> str:
    return book.areas[series.area] if series.area else FORCE


def _mark(figure: Figure, aspect: str) -> Mark:
    size, change = amount(figure), figure.change
    if aspect == "percent":
        is_told = change.direction is not None and not change.is_low_base and not change.from_zero
        size = (Decimal(0) if change.direction is Direction.NO_CHANGE else change.percent) if is_told else None
    return Mark(size, figure.aspect(aspect), figure.key, status_of(figure.current))


def _told(book: FigureBook, figures: Sequence[Figure], aspect: str) -> str:
    """Say what each has, end by end, and where the force stands among those that end alike."""
    ends = dict.fromkeys(one.period.end for one in figures)
    return " ".join(_told_end(book, [one for one in figures if one.period.end == end], aspect) for end in ends)


def _told_end(book: FigureBook, figures: Sequence[Figure], aspect: str) -> str:
    told = ", ".join(f"{_place(book, one.series)} {one.aspect(aspect)}" for one in figures)
    period = figures[0].aspect("period")
    words = f"{period[:1].upper()}{period[1:]}: {told}"
    sizes = [(_mark(one, aspect).value, one.series.area) for one in figures]
    own = next((size for size, area in sizes if not area), None)
    others = [size for size, area in sizes if area and size is not None]
    if own is None or not others:
        return f"{words}."
    if own > max(others):
        return f"{words}; the force is the highest."
    return f"{words}; the force is the lowest." if own < min(others) else f"{words}; the force lies among them."


def _lines(
    key: str, title: str, definition: Definition, book: FigureBook, series: Sequence[Series], slots: Sequence[Slot]
) -> Exhibited:
    """One line for each, as far as its values reach."""
    own, *others = series
    shown = [drawn(book, own, slots, FORCE)]
    shown += [drawn(book, one, slots, book.areas[one.area], Role.COMPARATOR) for one in others]
    missing = [one.line.name for one in shown if not one.held]
    if missing:
        raise ExhibitRefused(f"{', '.join(missing)}: no value is stored in these periods")
    periods = [period_of(slot) for slot in slots]
    target = target_line(book, own, periods)
    lines = [_ending(one.line, slots) for one in shown]
    spans = [(one.start or end, end) for one in periods if (end := one.end)]
    zones, rules = context(book, shown, spans)
    made = Plot(
        kind="comparators",
        form=Form.LINES,
        title=title,
        unit=UNIT_NAMES[book.measures[own.indicator].unit],
        heading=heading_of(slots[0].window),
        axis=tuple(short_label(one) for one in periods),
        names=tuple(label(one) for one in periods),
        panels=(Panel((*lines, *([target] if target else [])), zones, rules),),
    )
    gaps = [len(slots) - len(one.held) for one in shown]
    words = [moved(line.name, one.held, gap, "period") for line, one, gap in zip(lines, shown, gaps, strict=True)]
    return charted(key, made, " ".join(words), definition, book, [used for one in shown for used in one.used])


def _ending(line: Line, slots: Sequence[Slot]) -> Line:
    """Say in the name of a line when it ends, where that is before the others."""
    last = max(at for at, mark in enumerate(line.marks) if mark.value is not None)
    end = slots[last].end
    if last == len(slots) - 1 or end is None:
        return line
    return Line(f"{line.name} (to {month_text(end)})", line.marks, line.role)
