"""Lines over positions: with zones and breaks behind them, limits, stepped targets, and their names at their ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.plots import Line, Mark, Panel, Plot, Role
from indicators.renderings import palette
from indicators.renderings.canvas import SPACE, Box, Canvas, Size, text_width, wrapped
from indicators.renderings.scales import Scale, named, scale

LABEL_ROOM = 165.0
NARROW_LABEL_ROOM = 58.0
FEW = 14
"""Up to so many positions every value carries a point."""

SHAPES = {
    "circle": "M{0},{1}m-{2},0a{2},{2} 0 1,0 {3},0a{2},{2} 0 1,0 -{3},0Z",
    "square": "M{0},{1}m-{2},-{2}h{3}v{3}h-{3}Z",
    "triangle": "M{0},{1}m0,-{2}l{2},{3}h-{3}Z",
    "diamond": "M{0},{1}m0,-{2}l{2},{2}l-{2},{2}l-{2},-{2}Z",
}


@dataclass(frozen=True, slots=True)
class Style:
    """How a line looks."""

    colour: str
    dash: str = ""
    width: float = 2.0
    point: str = "circle"


@dataclass(frozen=True, slots=True)
class Field:
    """Where positions and values lie in a box."""

    box: Box
    scale: Scale
    count: int

    @property
    def band(self) -> float:
        """The width of one position."""
        return self.box.width / max(1, self.count)

    def x(self, at: float) -> float:
        """Return the middle of a position."""
        return self.box.left + (at + 0.5) * self.band

    def y(self, value: Decimal) -> float:
        """Return the height of a value."""
        return self.box.bottom - self.scale.place(value) * self.box.height


def styles(lines: Sequence[Line]) -> list[Style]:
    """Return the look of each line: by its place among those that carry a name, or by what it is."""
    found, place = [], 0
    for line in lines:
        if line.role == Role.CENTRE:
            found.append(Style(palette.CENTRE, "", 1.5))
        elif line.role == Role.LIMIT:
            found.append(Style(palette.COLOURS[0], "5 4", 1.25))
        elif line.role == Role.TARGET:
            found.append(Style(palette.INK, "1 2", 1.75))
        else:
            at = place % palette.MOST
            width = 2.5 if place == 0 else 2.0
            found.append(Style(palette.COLOURS[at], palette.DASHES[at], width, palette.POINTS[at]))
            place += 1
    return found


def draw(plot: Plot, size: Size) -> str:
    """Draw a plot of one panel as SVG text."""
    canvas, panel = Canvas(size), plot.panels[0]
    looks = styles(panel.lines)
    held = scale([mark.value for mark in plot.marks if mark.value is not None], is_from_zero=plot.is_from_zero)
    left = max(text_width(held.text(tick), size.font) for tick in held.ticks) + 8
    labels = _labels(panel, size)
    right = max((text_width(row, size.font) for rows in labels for row in rows), default=0.0)
    top = SPACE
    if not labels and sum(line.is_named for line in panel.lines) > 1:
        names = [(sample(look), line.name) for line, look in zip(panel.lines, looks, strict=True) if line.is_named]
        top = canvas.key(names, top, 0.0)
    canvas.text(0, top + size.font, plot.unit, is_faint=True)
    top += size.row + 2 * SPACE + _rows(panel) * size.row
    room = Box(left, top, size.width - left - (right + 16 if labels else 6.0), float(size.height))
    field = Field(room, held, len(plot.axis))
    zones(canvas, panel, field)
    axes(canvas, plot, field)
    for line, look in zip(panel.lines, looks, strict=True):
        draw_line(canvas, line, look, field)
    if labels:
        _name_lines(canvas, panel, labels, field)
    return canvas.written(room.bottom + size.row + 2 * SPACE, plot.title)


def sample(look: Style) -> str:
    """Return the sample of a line for the key."""
    dash = f' stroke-dasharray="{look.dash}"' if look.dash else ""
    return f'<path d="M0,5H26" fill="none" stroke="{look.colour}" stroke-width="{look.width + 0.5}"{dash}/>'


def zones(canvas: Canvas, panel: Panel, field: Field, *, edges: tuple[float, float] | None = None) -> None:
    """Shade zones, each named on a row of its own above the plot, and draw upright rules with their names.

    The names stay between the edges, which are those of the canvas where none are given.
    """
    box, row = field.box, canvas.size.row
    labels = list(dict.fromkeys(zone.label for zone in panel.zones if zone.label))
    for zone in panel.zones:
        left, width = box.left + zone.first * field.band, (zone.last - zone.first + 1) * field.band
        canvas.shape("rect", x=left, y=box.top, width=width, height=box.height, fill=palette.SHADE)
    for zone in (one for one in panel.zones if one.label):
        left, right = box.left + zone.first * field.band, box.left + (zone.last + 1) * field.band
        y = box.top - 5 - (labels.index(zone.label)) * row
        canvas.shape("path", d=f"M{left:.1f},{y + 3:.1f}H{right:.1f}", fill="none", stroke=palette.FAINT)
        is_left = (left + right) / 2 < (box.left + box.right) / 2
        canvas.within(left if is_left else right, y, zone.label, anchor="start" if is_left else "end", edges=edges)
    for rule in panel.rules:
        x = box.left + rule.at * field.band
        d = f"M{x:.1f},{box.top:.1f}V{box.bottom:.1f}"
        canvas.shape("path", d=d, fill="none", stroke=palette.INK, stroke_width=1.5, stroke_dasharray="1 3")
        is_left = text_width(rule.label, canvas.size.font) < x - box.left
        canvas.within(
            x + (-4 if is_left else 4),
            box.top + canvas.size.font,
            rule.label,
            anchor="end" if is_left else "start",
            edges=edges,
        )


def _rows(panel: Panel) -> int:
    return len({zone.label for zone in panel.zones})


def axes(canvas: Canvas, plot: Plot, field: Field, *, is_named: bool = True) -> None:
    """Draw the lines of the values with their numbers, and name as many positions as have room."""
    box, size = field.box, canvas.size
    for tick in field.scale.ticks:
        y = field.y(tick)
        stroke = palette.FAINT if tick == 0 else palette.GRID
        canvas.shape("path", d=f"M{box.left:.1f},{y:.1f}H{box.right:.1f}", fill="none", stroke=stroke)
        canvas.text(box.left - 5, y + size.font * 0.35, field.scale.text(tick), anchor="end", is_faint=True)
    if is_named:
        _name_positions(canvas, plot, field)


def _name_positions(canvas: Canvas, plot: Plot, field: Field) -> None:
    """Name positions from the last to the first; the last may be moved inwards, and what it would touch has no name."""
    size, y = canvas.size, field.box.bottom + canvas.size.row
    free = float(size.width)
    for at in reversed(named(plot.axis, field.box.width, size.font)):
        half = text_width(plot.axis[at], size.font) / 2
        middle = min(field.x(at), size.width - 1 - half)
        if middle + half <= free:
            canvas.within(middle, y, plot.axis[at], is_faint=True)
            free = middle - half - 6


def draw_line(canvas: Canvas, line: Line, look: Style, field: Field, *, reach: float = 3.0) -> None:
    """Draw a line: with a gap where there is no value, anew after a break, and points where they say something."""
    for part in _stretches(line.marks):
        if line.role == Role.TARGET:
            d = _steps(part, field)
        else:
            d = "M" + "L".join(f"{field.x(at):.1f},{field.y(value):.1f}" for at, value, _ in part)
        if len(part) > 1 or line.role == Role.TARGET:
            dash = {"stroke_dasharray": look.dash} if look.dash else {}
            canvas.shape(
                "path", d=d, fill="none", stroke=look.colour, stroke_width=look.width, stroke_linejoin="round", **dash
            )
        if line.role in {Role.SERIES, Role.COMPARATOR}:
            for at, value, mark in part:
                if mark.is_open or mark.is_outside or len(part) == 1 or field.count <= FEW:
                    _point(canvas, mark, look, field.x(at), field.y(value), reach)


Placed = tuple[int, Decimal, Mark]


def _stretches(marks: Sequence[Mark]) -> list[list[Placed]]:
    """Return the runs of values without a gap or a break between them."""
    runs: list[list[Placed]] = []
    before: tuple[int, int] | None = None
    for at, mark in enumerate(marks):
        if mark.value is None:
            continue
        if before != (at - 1, mark.stretch):
            runs.append([])
        runs[-1].append((at, mark.value, mark))
        before = (at, mark.stretch)
    return runs


def _steps(part: Sequence[Placed], field: Field) -> str:
    """A target holds for the whole of each position and steps between them."""
    first, value, _ = part[0]
    d = f"M{field.box.left + first * field.band:.1f},{field.y(value):.1f}"
    for at, height, _ in part:
        d += f"V{field.y(height):.1f}H{field.box.left + (at + 1) * field.band:.1f}"
    return d


def _point(canvas: Canvas, mark: Mark, look: Style, x: float, y: float, reach: float) -> None:
    name = "diamond" if mark.is_outside else look.point
    size = reach * 2 if mark.is_outside else reach * 1.3 if mark.is_open else reach
    d = SHAPES[name].format(f"{x:.1f}", f"{y:.1f}", f"{size:.1f}", f"{2 * size:.1f}")
    inside = "white" if mark.is_open else look.colour
    canvas.shape("path", d=d, fill=inside, stroke=look.colour, stroke_width=1.75)


def _labelled(panel: Panel, size: Size) -> list[Line]:
    """Return the lines that have their names at their ends: centre and limits too, where there is room for them."""
    return [
        one
        for one in panel.lines
        if one.is_named or (not size.is_narrow and any(m.value is not None for m in one.marks))
    ]


def _labels(panel: Panel, size: Size) -> list[list[str]]:
    """Return the rows of the names at the ends of the lines; none where a key has to name them, or nothing has to."""
    lines = _labelled(panel, size)
    room = NARROW_LABEL_ROOM if size.is_narrow else LABEL_ROOM
    found = [wrapped(line.name, room, size.font) for line in lines]
    fits = all(text_width(row, size.font) <= room for rows in found for row in rows)
    has_ends = all(any(mark.value is not None for mark in line.marks) for line in lines)
    few = max((len(rows) for rows in found), default=0) <= (1 if size.is_narrow else 3)
    return found if len(lines) > 1 and fits and has_ends and few else []


def _name_lines(canvas: Canvas, panel: Panel, labels: Sequence[list[str]], field: Field) -> None:
    """Write each name beside the last value of its line, moved up or down where two would touch."""
    row, font = canvas.size.row, canvas.size.font
    ends = []
    for line in _labelled(panel, canvas.size):
        at, value = [(at, mark.value) for at, mark in enumerate(line.marks) if mark.value is not None][-1]
        ends.append((field.x(at + 0.5 if line.role == Role.TARGET else at), field.y(value)))
    heights = [len(rows) * row for rows in labels]
    middles = spread([y for _, y in ends], heights, field.box.top, field.box.bottom + row)
    x = field.box.right + 14
    for (end, y), middle, rows, height in zip(ends, middles, labels, heights, strict=True):
        d = f"M{end + 5:.1f},{y:.1f}L{field.box.right + 2:.1f},{middle:.1f}H{x - 3:.1f}"
        canvas.shape("path", d=d, fill="none", stroke=palette.FAINT, stroke_width=0.75, stroke_dasharray="1 2")
        for at, words in enumerate(rows):
            canvas.text(x, middle - height / 2 + (at + 0.5) * row + font * 0.35, words)


def spread(wanted: Sequence[float], heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """Return middles as near as can be to those wanted, so that things of these heights do not touch each other."""
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    placed: dict[int, float] = {}
    edge = top
    for at in order:
        placed[at] = max(wanted[at], edge + heights[at] / 2)
        edge = placed[at] + heights[at] / 2
    edge = bottom
    for at in reversed(order):
        placed[at] = min(placed[at], edge - heights[at] / 2)
        edge = placed[at] - heights[at] / 2
    return [placed[at] for at in range(len(wanted))]
