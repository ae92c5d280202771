"""Colours of charts under colour-blindness and grey print, by computing; what else tells lines apart."""

import pytest
from lxml import etree

from indicators.exhibits.making import compute
from indicators.renderings import palette
from indicators.renderings.canvas import NARROW, text_width
from indicators.series import Series
from tests.indicators.books import book, measure, months

WHITE = "#ffffff"
LEAST = 3.0  # WCAG 2.2, 1.4.11: what is needed to understand a graphic
# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
SEEN = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    "full colour": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "grey print": ((0.2126, 0.7152, 0.0722),) * 3,
}


def linear(colour: str) -> list[float]:
    """Return the linear red, green and blue of a colour (IEC 61966-2-1)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def lightness(colour: str, eyes: str) -> float:
    """Return the relative luminance of a colour as these eyes see it."""
    seen = [sum(a * b for a, b in zip(row, linear(colour), strict=True)) for row in SEEN[eyes]]
    red, green, blue = (min(1.0, max(0.0, part)) for part in seen)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, eyes: str) -> float:
    """Return the contrast of two colours (WCAG 2.2)."""
    dark, light = sorted((lightness(one, eyes), lightness(other, eyes)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("eyes", SEEN)
def test_every_colour_stands_out_from_the_paper_and_from_its_neighbours(eyes):
    assert all(contrast(colour, WHITE, eyes) >= LEAST for colour in palette.COLOURS)
    pairs = zip(palette.COLOURS, palette.COLOURS[1:], strict=False)
    assert all(contrast(one, other, eyes) >= LEAST for one, other in pairs)


def test_lines_and_fills_differ_without_any_colour():
    assert len(set(palette.DASHES)) == len(set(palette.PATTERNS)) == palette.MOST == len(palette.COLOURS)
    looks = set(zip(palette.DASHES, palette.POINTS, strict=True))
    assert len(looks) == palette.MOST
    # Words are read, so they need more: 4.5 to 1.
    assert all(contrast(colour, WHITE, "full colour") >= 4.5 for colour in (palette.INK, palette.FAINT))
    assert all(contrast(palette.INK, palette.SHADE, eyes) >= 4.5 for eyes in SEEN)
    assert all(contrast(colour, palette.SHADE, "grey print") >= 2.5 for colour in palette.COLOURS)


SIX = [Series("theft", f"p{n}") for n in range(6)]


def six_lines():
    parts = {one.part: f"Part number {at} of six, with a rather long name" for at, one in enumerate(SIX)}
    theft = measure("theft", parts=parts, is_exclusive=True, breakdown="Type")
    values = {one: months([10 + at, 11 - at, 12 + at] * 8) for at, one in enumerate(SIX)}
    return book({Series("theft"): {}, **values}, theft=theft)


@pytest.mark.parametrize(
    "definition",
    [
        {"kind": "line", "series": [one.key for one in SIX], "months": 24},
        {"kind": "multiples", "series": "theft", "by": "parts"},
        {"kind": "shares", "series": "theft", "window": "month", "points": 3, "every": 1},
        {"kind": "bar", "series": [one.key for one in SIX], "window": "month", "aspects": ["value"]},
    ],
)
def test_no_word_leaves_the_drawing_and_none_is_small_on_a_small_screen(definition):
    chart = compute("c", "Which part is the largest of all of them?", definition, six_lines()).exhibit
    for svg in (chart.svg, chart.narrow):
        root = etree.fromstring(svg.encode())
        width, height = float(root.get("width")), float(root.get("height"))
        size = float(root.find("{*}g").get("font-size"))
        # 320 pixels less the page's margins; the drawing is never made smaller than that.
        assert size * min(1, 290 / width) >= 9 or svg == chart.svg
        for element in root.iter("{*}text"):
            taken = text_width(element.text, size)
            left = float(element.get("x")) - {"end": taken, "middle": taken / 2}.get(element.get("text-anchor"), 0)
            assert left >= -1 and left + taken <= width + 1, element.text
            assert 0 < float(element.get("y")) <= height, element.text
    assert NARROW.width <= 300
