"""Small multiples: a small chart for each area, part or measure, all on one scale.

{"kind": "multiples", "series": "all_crime", "areas": ["division-east", …], "points": 25} draws a field for each area;
"by": "parts" instead of `areas` one for each part of the breakdown; a list under `series` one for each of these series,
which share a unit. `window` and `every` are as for lines.
"""

from collections.abc import Sequence

from indicators.exhibits.chart_kinds import CHARTS
from indicators.exhibits.charted import charted, extremes, moved, valued
from indicators.exhibits.charting_definition import Reading, heading_of, period_of
from indicators.exhibits.shown import Definition, Exhibited, ExhibitRefused
from indicators.figures import Figure, FigureBook
from indicators.periods import Period, label, short_label
from indicators.plots import Form, Line, Panel, Plot
from indicators.plotting import Drawn, context, drawn
from indicators.series import Series

LEAST, MOST = CHARTS["multiples"].areas
FIELDS = ("areas", "parts", "series")
TOLD = 4
"""Up to so many fields each has a sentence; of more, the ends alone are told."""


def make_multiples(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    """Make small charts beside each other."""
    reading = Reading(definition, book)
    window = reading.window()
    slots = reading.slots(window)
    fields = _fields(reading, definition, book)
    unit = reading.unit([one for _, one in fields], "a scale")
    reading.done()
    shown = [drawn(book, one, slots, name) for name, one in fields]
    if not any(one.held for one in shown):
        raise ExhibitRefused(f"no value is stored for any of the {len(shown)} series in these periods")
    periods = [period_of(slot) for slot in slots]
    made = Plot(
        kind="multiples",
        form=Form.PANELS,
        title=title,
        unit=unit,
        heading=heading_of(window),
        axis=tuple(short_label(one) for one in periods),
        names=tuple(label(one) for one in periods),
        panels=tuple(_panel(book, one, periods) for one in shown),
    )
    used = [used for one in shown for used in one.used]
    return charted(key, made, _summary(shown, len(slots)), definition, book, used)


def _fields(reading: Reading, definition: Definition, book: FigureBook) -> list[tuple[str, Series]]:
    """Return the name and the series of each field."""
    by = "areas" if "by" not in definition and "areas" in definition else reading.choice("by", FIELDS)
    if by == "series":
        return [(book.name_of(one), one) for one in reading.series()]
    whole = reading.one_series()
    if by == "areas":
        return [(book.areas[one.area], one) for one in reading.within(whole)]
    measure = reading.measure(whole)
    if measure is None or whole is None:
        return []
    count = len(measure.parts)
    reading.refuse_unless(not whole.part, f"“series”: “{whole.key}” is a part already; name the indicator alone")
    reading.refuse_unless(
        LEAST <= count <= MOST,
        f"“series”: {measure.name} has {count} parts; {LEAST} to {MOST} can be drawn beside each other",
    )
    return [(name, Series(whole.indicator, part, whole.area)) for part, name in measure.parts.items()]


def _panel(book: FigureBook, one: Drawn, periods: Sequence[Period]) -> Panel:
    spans = [(period.start or end, end) for period in periods if (end := period.end)]
    zones, rules = context(book, [one], spans)
    return Panel((Line(one.line.name, one.line.marks),), zones, rules, one.line.name)


def _summary(shown: Sequence[Drawn], count: int) -> str:
    """Say where the newest value is the highest and the lowest; of few fields also how each moved."""
    newest: dict[str, tuple[str, Figure]] = {}
    for one in shown:
        last = one.figures[-1]
        if last is not None and one.held and one.held[-1] is last:
            newest[last.key] = (one.line.name, last)
    parts = []
    if len(newest) > 1:
        highest, lowest = extremes([figure for _, figure in newest.values()])
        parts.append(
            f"Most: {newest[highest.key][0]}, {valued(highest)}. Least: {newest[lowest.key][0]}, {valued(lowest)}."
        )
    if len(shown) <= TOLD or not parts:
        parts += [moved(one.line.name, one.held, count - len(one.held), "period") for one in shown]
    return " ".join(parts)
