"""A canvas: shapes and words of an SVG drawing, and how much room words take."""

from dataclasses import dataclass, field
from html import escape

from indicators.renderings.palette import FAINT, INK

FONT = "Source Sans Pro, Arial, Helvetica, sans-serif"
# The advances of Helvetica, which is wider than the report's own typeface: what fits so, fits everywhere.
_NARROW, _WIDE = "fijlrt.,:;'|!()[] -/", "mwMW%@—"
_NARROW_EM, _MIDDLE_EM, _UPPER_EM, _WIDE_EM = 0.31, 0.55, 0.7, 0.9
SPACE = 4.0


@dataclass(frozen=True, slots=True)
class Size:
    """How wide a drawing is, how large its words, how high a plot of lines: in pixels."""

    width: int
    font: int
    height: int
    is_narrow: bool = False

    @property
    def row(self) -> float:
        """The height of a row of words."""
        return self.font * 1.35


WIDE = Size(width=680, font=13, height=270)
NARROW = Size(width=300, font=12, height=210, is_narrow=True)
"""For screens of 320 pixels, where the wide drawing would be shrunk until nobody can read it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the canvas."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height


def text_width(text: str, font: float) -> float:
    """Return how much room a text takes at most."""
    ems = 0.0
    for character in text:
        if character in _WIDE:
            ems += _WIDE_EM
        elif character in _NARROW:
            ems += _NARROW_EM
        else:
            ems += _UPPER_EM if character.isupper() else _MIDDLE_EM
    return ems * font


def wrapped(text: str, room: float, font: float) -> list[str]:
    """Break a text into rows that fit; a single word that does not fit stands alone."""
    rows: list[str] = []
    for word in text.split():
        if rows and text_width(f"{rows[-1]} {word}", font) <= room:
            rows[-1] = f"{rows[-1]} {word}"
        else:
            rows.append(word)
    return rows or [""]


@dataclass(slots=True)
class Canvas:
    """Collects the shapes of a drawing; what is drawn later lies above."""

    size: Size
    shapes: list[str] = field(default_factory=list)
    definitions: list[str] = field(default_factory=list)

    def define(self, definition: str) -> None:
        """Add a pattern, once."""
        if definition and definition not in self.definitions:
            self.definitions.append(definition)

    def shape(self, name: str, **attributes: object) -> None:
        """Add a shape; underscores in names become hyphens, and numbers are cut to a tenth of a pixel."""
        self.shapes.append(f"<{name}{_attributes(attributes)}/>")

    def text(
        self, x: float, y: float, words: str, *, anchor: str = "start", is_faint: bool = False, is_bold: bool = False
    ) -> None:
        """Add words whose baseline is `y`; those of axes are faint."""
        if not words:
            return
        given: dict[str, object] = {"x": x, "y": y, "fill": FAINT if is_faint else INK}
        if is_bold:
            given["font_weight"] = "bold"
        if anchor != "start":
            given["text_anchor"] = anchor
        self.shapes.append(f"<text{_attributes(given)}>{escape(words, quote=False)}</text>")

    def within(
        self,
        x: float,
        y: float,
        words: str,
        *,
        anchor: str = "middle",
        is_faint: bool = False,
        edges: tuple[float, float] | None = None,
    ) -> None:
        """Add words that are moved sideways until they do not leave the canvas, or what lies between two edges."""
        width, (first, last) = text_width(words, self.size.font), edges or (1.0, self.size.width - 1.0)
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        moved = min(max(left, first), max(first, last - width)) - left
        self.text(x + moved, y, words, anchor=anchor, is_faint=is_faint)

    def key(self, names: list[tuple[str, str]], top: float, left: float) -> float:
        """Write names behind their samples, in rows from `top` on; return where the next row begins.

        A sample is the inside of an SVG group of 26 by 10 pixels.
        """
        x, y = left, top
        for sample, name in names:
            rows = wrapped(name, self.size.width - left - 36, self.size.font)
            width = 32 + max(text_width(row, self.size.font) for row in rows) + 14
            if x > left and x + width > self.size.width + 14:
                x, y = left, y + self.size.row
            self.shapes.append(
                f'<g transform="translate({_number(x)},{_number(y + self.size.font * 0.2)})">{sample}</g>'
            )
            for at, row in enumerate(rows):
                self.text(x + 32, y + self.size.font * 0.85 + at * self.size.row, row)
            y += (len(rows) - 1) * self.size.row
            x = x + width if len(rows) == 1 else self.size.width
        return y + self.size.row + SPACE

    def written(self, height: float, title: str) -> str:
        """Return the drawing as SVG text."""
        width, high = self.size.width, round(height)
        defined = f"<defs>{''.join(self.definitions)}</defs>" if self.definitions else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{high}" viewBox="0 0 {width} {high}" '
            f'role="img" aria-label="{escape(title)}">{defined}<rect width="{width}" height="{high}" fill="#ffffff"/>'
            f'<g font-family="{FONT}" font-size="{self.size.font}">{"".join(self.shapes)}</g></svg>'
        )


def _attributes(given: dict[str, object]) -> str:
    return "".join(
        f' {name.replace("_", "-")}="{escape(_number(content))}"' for name, content in given.items() if content != ""
    )


def _number(content: object) -> str:
    return f"{content:.1f}".removesuffix(".0") if isinstance(content, float) else str(content)
