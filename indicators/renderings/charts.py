"""Charts as SVG, drawn from their specification: one for pages, PDF and Word, and a narrow one for small screens.

The shapes are written here and not by a general chart library: names stand at the ends of lines, patterns and dashes
survive grey print, the same specification gives the same bytes, and a drawing takes a millisecond.
"""

from functools import lru_cache

from indicators.plots import Form, Plot
from indicators.renderings import bars, lines, panels
from indicators.renderings.canvas import NARROW, WIDE

DRAWERS = {
    Form.LINES: lines.draw,
    Form.BARS: bars.draw,
    Form.STACK: bars.draw_stack,
    Form.PANELS: panels.draw,
}


@lru_cache(maxsize=128)
def draw(plot: Plot, *, is_narrow: bool = False) -> str:
    """Draw a chart as SVG text: shapes and words only, nothing that fetches or runs."""
    return DRAWERS[plot.form](plot, NARROW if is_narrow else WIDE)
