"""Colours, dashes, points and patterns of charts, by the place of a line.

Dark and mid colours take turns, so that neighbours differ in lightness by 3 to 1 and more and are told apart in grey
print and by colour-blind readers; each also has its own dash, point and pattern. Every colour has at least 3 to 1
against white except where a dark outline goes round it (WCAG 2.2, 1.4.11).
"""

COLOURS = ("#16294a", "#cb7530", "#4b1d52", "#3f9088", "#3b2a12", "#8f7fb0")
DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 5", "12 3")
POINTS = ("circle", "square", "triangle", "diamond", "circle", "square")
PATTERNS = ("", "rising", "falling", "level", "dotted", "crossed")
INK, FAINT, GRID, SHADE, CENTRE = "#0b0c0c", "#505a5f", "#dddddd", "#e3e6ea", "#6b7280"
MOST = len(COLOURS)
"""So many lines can be told apart in one drawing."""

# What is drawn in white on a tile of 8 by 8 of the colour.
_STROKES = {
    "rising": "M-2,2l4,-4M0,8l8,-8M6,10l4,-4",
    "falling": "M-2,6l4,4M0,0l8,8M6,-2l4,4",
    "level": "M0,2h8M0,6h8",
    "dotted": "M1,2h2M5,6h2",
    "crossed": "M0,0l8,8M0,8l8,-8",
}


def pattern(at: int) -> str:
    """Return the definition of the pattern of a place, to be filled with as `url(#fill-…)`; empty for a plain fill."""
    name = PATTERNS[at]
    if not name:
        return ""
    return (
        f'<pattern id="fill-{at}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{COLOURS[at]}"/>'
        f'<path d="{_STROKES[name]}" fill="none" stroke="#ffffff" stroke-width="1.2"/></pattern>'
    )


def fill(at: int) -> str:
    """Return what an area of a place is filled with."""
    return f"url(#fill-{at})" if PATTERNS[at] else COLOURS[at]
