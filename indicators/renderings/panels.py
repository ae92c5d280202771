"""Small multiples: one small field for each panel, all on one scale, each with its name and its last value."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from indicators.plots import Panel, Plot
from indicators.renderings.canvas import SPACE, Box, Canvas, Size, text_width, wrapped
from indicators.renderings.lines import Field, axes, draw_line, styles, zones
from indicators.renderings.scales import Scale, named, scale

COLUMNS, FIELD, GAP = 3, 96.0, 16.0
BOLD = 1.08
"""So much wider are bold words."""


def draw(plot: Plot, size: Size) -> str:
    """Draw all panels of a plot: three beside each other, or one below the other on a narrow screen."""
    canvas = Canvas(size)
    held = scale([mark.value for mark in plot.marks if mark.value is not None], is_from_zero=plot.is_from_zero)
    canvas.text(0, SPACE + size.font, f"{plot.unit}, all on one scale", is_faint=True)
    top = size.row + 2 * SPACE
    shared = _shared(plot)
    for row in wrapped(f"Shaded, from the left: {'; '.join(shared)}", size.width, size.font) if shared else ():
        canvas.text(0, top + size.font, row)
        top += size.row
    columns = 1 if size.is_narrow else min(COLUMNS, len(plot.panels))
    width = (size.width - GAP * (columns - 1)) / columns
    panels = [_without(panel, shared) for panel in plot.panels]
    names = max(len(wrapped(panel.name, width, size.font * BOLD)) for panel in panels)
    rows = names + max(len({zone.label for zone in panel.zones if zone.label}) for panel in panels)
    high = FIELD + size.row * (2 + rows) + 2 * SPACE
    top += SPACE
    for at, panel in enumerate(panels):
        place = Box((at % columns) * (width + GAP), top + (at // columns) * high, width, high)
        _panel(canvas, plot, panel, held, place, rows)
    return canvas.written(top + ceil(len(plot.panels) / columns) * high, plot.title)


def _shared(plot: Plot) -> list[str]:
    """Return the names of zones that lie alike in every panel: they are named once."""
    alike = [zone for zone in plot.panels[0].zones if all(zone in panel.zones for panel in plot.panels)]
    alike.sort(key=lambda zone: zone.first)
    return list(dict.fromkeys(zone.label for zone in alike))


def _without(panel: Panel, shared: Sequence[str]) -> Panel:
    return replace(panel, zones=tuple(replace(one, label="") if one.label in shared else one for one in panel.zones))


def _panel(canvas: Canvas, plot: Plot, panel: Panel, held: Scale, place: Box, rows: int) -> None:
    size = canvas.size
    left = max(text_width(held.text(tick), size.font) for tick in held.ticks) + 6
    for at, row in enumerate(wrapped(panel.name, place.width, size.font * BOLD)):
        canvas.text(place.left, place.top + size.font + at * size.row, row, is_bold=True)
    box = Box(place.left + left, place.top + size.row * rows + 2 * SPACE, place.width - left - 4, FIELD)
    field = Field(box, held, len(plot.axis))
    zones(canvas, panel, field, edges=(place.left, place.right))
    axes(canvas, plot, field, is_named=False)
    for line, look in zip(panel.lines, styles(panel.lines), strict=True):
        draw_line(canvas, line, look, field, reach=2.2)
    y = box.bottom + size.row
    if len(named(plot.axis, box.width, size.font)) > 1:
        canvas.text(box.left, y, plot.axis[0], is_faint=True)
        canvas.text(box.right, y, plot.axis[-1], anchor="end", is_faint=True)
