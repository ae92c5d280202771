"""Bars of a hundred per cent: the parts of an exclusive breakdown, over time or by area.

{"kind": "shares", "series": "asb", "window": "r12", "points": 3, "every": 12} draws a bar for each of the periods that
end with the quarter, `every` months apart; with "areas": [...] it draws a bar for the force and one for each area at
the quarter's end. All parts of the breakdown are drawn, without those that its share leaves out.
"""

from collections.abc import Sequence
from decimal import Decimal

from indicators.calculations import ARITHMETIC, round_half_up
from indicators.exhibits.charted import charted
from indicators.exhibits.charting_definition import Reading, heading_of, slots_back
from indicators.exhibits.shown import Definition, Exhibited, ExhibitRefused
from indicators.figures import Figure, FigureBook
from indicators.plots import Form, Line, Mark, Panel, Plot
from indicators.plotting import status_of
from indicators.renderings.palette import MOST
from indicators.series import Series, Slot
from indicators.tables import Cell, Table

HUNDRED = Decimal(100)
Row = tuple[str, list[Figure]]


def make_shares(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    """Make a chart of shares that add up to a hundred per cent."""
    reading = Reading(definition, book)
    whole, window = reading.one_series(), reading.window()
    by_area = "areas" in definition
    points = reading.number("points", 1 if by_area else 3)
    every = reading.number("every", 12)
    places = reading.within(whole) if by_area else []
    reading.refuse_unless(not by_area or points == 1, "“points” has to be 1 with areas: they are compared at one time")
    parts = _parts(reading, whole)
    reading.done()
    if whole is None:
        raise ExhibitRefused("no series")
    bars = [(one, slots_back(book.quarter, window, 1)[0]) for one in (whole, *places)]
    if not by_area:
        bars = [(whole, slot) for slot in slots_back(book.quarter, window, points, every)]
    rows = [_row(book, one, slot, parts, by_area=by_area) for one, slot in bars]
    if not any(figure.share_percent is not None for _, figures in rows for figure in figures):
        raise ExhibitRefused(f"there is no share of {book.name_of(whole)} in these periods")
    measure = book.measures[whole.indicator]
    lines = tuple(
        Line(measure.parts[part], tuple(_share(figures[at]) for _, figures in rows)) for at, part in enumerate(parts)
    )
    heading = "Area" if by_area else heading_of(window)
    axis = tuple(name for name, _ in rows)
    made = Plot("shares", Form.STACK, title, "per cent", heading, axis, (Panel(lines),))
    used = [figure.key for _, figures in rows for figure in figures if figure.current is not None]
    table = _table(key, made, rows)
    more = _rounding(rows)
    return charted(key, made, _summary(rows, by_area=by_area), definition, book, used, table=table, more=more)


def _parts(reading: Reading, whole: Series | None) -> list[str]:
    """Return the parts that add up to the whole; note why there are none."""
    measure = reading.measure(whole)
    if measure is None or whole is None:
        return []
    parts = [part for part in measure.parts if part not in measure.excluded_parts]
    name = measure.breakdown.lower()
    reading.refuse_unless(not whole.part, f"“series”: “{whole.key}” is a part already; name the indicator alone")
    reading.refuse_unless(measure.parts, f"“series”: {measure.name} has no breakdown, so it has no shares")
    reading.refuse_unless(
        measure.is_exclusive or not measure.parts,
        f"“series”: one case may count in several parts of {measure.name} by {name}, so the parts do not add up to "
        "100%; choose bars or small multiples",
    )
    reading.refuse_unless(len(parts) <= MOST, f"“series”: {len(parts)} parts cannot be told apart; {MOST} can")
    return parts


def _row(book: FigureBook, series: Series, slot: Slot, parts: Sequence[str], *, by_area: bool) -> Row:
    figures = [book.build(Series(series.indicator, part, series.area), slot) for part in parts]
    place = book.areas[series.area] if series.area else "The force"
    return (place if by_area else figures[0].aspect("period")), figures


def _share(figure: Figure) -> Mark:
    if figure.share_percent is None:
        return Mark(text=figure.aspect("share"), figure=figure.key if figure.current else "")
    return Mark(figure.share_percent, figure.aspect("share"), figure.key, status_of(figure.current))


def _table(key: str, made: Plot, rows: Sequence[Row]) -> Table:
    """Return share and number of each part, side by side."""
    header = [Cell(made.heading, is_header=True)]
    for line in made.panels[0].lines:
        header += [Cell(name, is_header=True, is_numeric=True) for name in (line.name, f"{line.name}, share")]
    body = []
    for name, figures in rows:
        cells = [Cell(name, is_header=True)]
        for figure in figures:
            bound = figure.key if figure.current else ""
            cells += [Cell(figure.aspect(one), is_numeric=True, figure=bound) for one in ("value", "share")]
        body.append(tuple(cells))
    return Table(f"{key}-table", f"{made.title}: figures", tuple(header), tuple(body))


def _summary(rows: Sequence[Row], *, by_area: bool) -> str:
    """Say the shares of the newest bar, or of the force, and how the largest of them compares with the other bars."""
    (place, figures), others = (rows[0], rows[1:]) if by_area else (rows[-1], rows[:-1])
    held = [one for one in figures if one.share_percent is not None]
    if not held:
        return f"{place}: not available."
    told = [f"{_name(one)} {one.aspect('share')}" for one in held]
    words = f"{place}: {', '.join(told)}."
    largest = max(held, key=lambda one: one.share_percent or Decimal(0))
    compared = [
        f"{one.aspect('share')} in {name}"
        for name, row in others
        for one in row
        if one.series.part == largest.series.part and one.share_percent is not None
    ]
    return f"{words} {_name(largest)}: {', '.join(compared)}." if compared else words


def _name(figure: Figure) -> str:
    return figure.measure.parts[figure.series.part]


def _rounding(rows: Sequence[Row]) -> tuple[str, ...]:
    """Say so where rounded shares do not add up to a hundred."""
    for _, figures in rows:
        shares = [one.share_percent for one in figures]
        if any(one is None for one in shares):
            continue
        decimals = figures[0].measure.share_decimals
        rounded = [round_half_up(one, decimals) for one in shares if one is not None]
        if ARITHMETIC.subtract(sum(rounded, Decimal(0)), HUNDRED):
            return ("Shares are rounded, so they may not add up to 100%.",)
    return ()
