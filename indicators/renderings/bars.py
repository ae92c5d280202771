"""Bars beside each other, and bands that add up to a hundred: names and values written at each of them."""

from decimal import Decimal

from indicators.plots import Line, Mark, Plot
from indicators.renderings import palette
from indicators.renderings.canvas import SPACE, Box, Canvas, Size, text_width, wrapped
from indicators.renderings.scales import Scale, scale

NAME_ROOM = 240.0
THICK, THIN = 17.0, 14.0
LEAST_WIDTH = 60.0


def draw(plot: Plot, size: Size) -> str:
    """Draw lying bars, a group for each position, each with its value behind it."""
    canvas, lines = Canvas(size), plot.panels[0].lines
    held = scale([mark.value for mark in plot.marks if mark.value is not None])
    top = _begin(canvas, plot)
    font = size.font
    names = 0.0 if size.is_narrow else _name_room(plot, size)
    # Why a bar is not there is no reason to draw the others short: only what stands behind bars takes room from them.
    room = max((text_width(mark.text, font) for mark in plot.marks if mark.value is not None), default=0.0) + 10
    room = min(room, (size.width - names - LEAST_WIDTH) / (2 if held.low < 0 < held.high else 1))
    left = names + (room if held.low < 0 else 0.0)
    box = Box(left, top, size.width - left - (room if held.high > 0 else 6.0), 0.0)
    y = top
    for at, name in enumerate(plot.axis):
        y, next_y = _name(canvas, name, y, THICK * len(lines))
        for place, line in enumerate(lines):
            _bar(canvas, line.marks[at], place, box, held, y)
            y += THICK
        y = max(y, next_y) + 11
    zero = box.left + held.place(Decimal(0)) * box.width
    canvas.shape("path", d=f"M{zero:.1f},{top - 2:.1f}V{y - 7:.1f}", fill="none", stroke=palette.FAINT)
    return canvas.written(y, plot.title)


def _begin(canvas: Canvas, plot: Plot) -> float:
    """Write the key of several lines, and the unit; return where the bars begin."""
    lines, top = plot.panels[0].lines, SPACE
    for at in range(len(lines)):
        canvas.define(palette.pattern(at))
    if len(lines) > 1:
        top = canvas.key([(_sample(at), line.name) for at, line in enumerate(lines)], top, 0.0)
    unit = plot.unit if len(lines) > 1 else f"{lines[0].name}, {plot.unit}"
    for row in wrapped(unit, canvas.size.width, canvas.size.font):
        canvas.text(0, top + canvas.size.font, row, is_faint=True)
        top += canvas.size.row
    return top + SPACE


def _sample(at: int) -> str:
    colour = palette.COLOURS[at]
    return f'<rect x="1" y="-1" width="22" height="11" fill="{palette.fill(at)}" stroke="{colour}"/>'


def _name_room(plot: Plot, size: Size) -> float:
    rows = [row for name in plot.axis for row in wrapped(name, NAME_ROOM, size.font)]
    return max(text_width(row, size.font) for row in rows) + 12


def _name(canvas: Canvas, name: str, y: float, height: float) -> tuple[float, float]:
    """Write the name of a group beside it, or above it on a narrow drawing.

    Return where its bars begin, and where the next group may begin at the earliest.
    """
    size = canvas.size
    if size.is_narrow:
        for row in wrapped(name, size.width, size.font):
            canvas.text(0, y + size.font, row)
            y += size.row
        return y + 2, y
    rows = wrapped(name, NAME_ROOM, size.font)
    end = y + len(rows) * size.row
    y += max(0.0, (len(rows) * size.row - height) / 2)
    middle = y + height / 2 - len(rows) * size.row / 2
    for at, row in enumerate(rows):
        canvas.text(0, middle + (at + 0.5) * size.row + size.font * 0.35, row)
    return y, end


def _bar(canvas: Canvas, mark: Mark, place: int, box: Box, held: Scale, y: float) -> None:
    font, colour = canvas.size.font, palette.COLOURS[place]
    zero = box.left + held.place(Decimal(0)) * box.width
    if mark.value is None:
        first = 1.0 if canvas.size.is_narrow else box.left
        words = _fitting(mark.text, canvas.size.width - first - 6, font)
        edges = (first, canvas.size.width - 1.0)
        canvas.within(zero + 6, y + THIN / 2 + font * 0.35, words, anchor="start", is_faint=True, edges=edges)
        return
    end = box.left + held.place(mark.value) * box.width
    inside = "#ffffff" if mark.is_open else palette.fill(place)
    canvas.shape(
        "rect", x=min(zero, end), y=y, width=abs(end - zero), height=THIN, fill=inside, stroke=colour, stroke_width=1
    )
    is_left = mark.value < 0
    canvas.within(
        end - 6 if is_left else end + 6, y + THIN / 2 + font * 0.35, mark.text, anchor="end" if is_left else "start"
    )


def _fitting(words: str, room: float, font: float) -> str:
    """Why there is no value, as far as there is room; the table below the chart says all of it."""
    if text_width(words, font) <= room:
        return words
    short = words.partition(":")[0]
    return short if text_width(short, font) <= room else f"{wrapped(short, room - font, font)[0]}…"


def draw_stack(plot: Plot, size: Size) -> str:
    """Draw one bar of a hundred per cent for each position, its bands labelled where they have room."""
    canvas, lines = Canvas(size), plot.panels[0].lines
    top = _begin(canvas, plot)
    left = 0.0 if size.is_narrow else _name_room(plot, size)
    box = Box(left, top, size.width - left - 2, 0.0)
    y, height = top, 26.0
    for at, name in enumerate(plot.axis):
        y, next_y = _name(canvas, name, y, height)
        _bands(canvas, lines, at, box, y, height)
        y = max(y + height, next_y) + 9
    return canvas.written(y, plot.title)


def _bands(canvas: Canvas, lines: tuple[Line, ...], at: int, box: Box, y: float, height: float) -> None:
    font, x = canvas.size.font, box.left
    whole = sum((mark.value for line in lines if (mark := line.marks[at]).value is not None), Decimal(0))
    if not whole:
        words = next((line.marks[at].text for line in lines if line.marks[at].text), "not available")
        canvas.text(x + 6, y + height / 2 + font * 0.35, words, is_faint=True)
        return
    for place, line in enumerate(lines):
        mark = line.marks[at]
        if not mark.value:
            continue
        width = float(mark.value / whole) * box.width
        inside = "#ffffff" if mark.is_open else palette.fill(place)
        canvas.shape("rect", x=x, y=y, width=width, height=height, fill=inside, stroke="#ffffff", stroke_width=2)
        if mark.is_open:
            canvas.shape(
                "rect", x=x + 2, y=y + 2, width=max(0.0, width - 4), height=height - 4, fill="none",
                stroke=palette.COLOURS[place], stroke_width=1.5,
            )  # fmt: skip
        wide = text_width(mark.text, font)
        if wide + 12 <= width:
            middle = x + width / 2
            canvas.shape(
                "rect", x=middle - wide / 2 - 4, y=y + 4, width=wide + 8, height=height - 8, rx=2, fill="#ffffff"
            )
            canvas.text(middle, y + height / 2 + font * 0.35, mark.text, anchor="middle")
        x += width
