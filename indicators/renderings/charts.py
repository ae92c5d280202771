"""Charts as SVG, drawn by Vega-Lite without network. One specification serves web, PDF and Word."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import font_source_sans_pro
import vl_convert

FONT = "Source Sans Pro, Arial, Helvetica, sans-serif"
# Told apart by colour-blind readers and in grey print; every line also has its own dash and name.
COLOURS = ("#1d3557", "#c8553d", "#2a7f78", "#7a5195", "#b8860b")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4])
WIDTH = 640


@dataclass(frozen=True, slots=True)
class Point:
    """One value of one line: `at` is the position on the axis in words, in the order of the points."""

    series: str
    at: str
    value: float | None
    is_provisional: bool = False


@cache
def _register_fonts() -> None:
    vl_convert.register_font_directory(str(Path(str(font_source_sans_pro.__file__)).parent / "files"))


def line_chart(points: Sequence[Point], unit: str) -> str:
    """Draw lines over months as SVG text. Provisional points are hollow; a missing value leaves a gap."""
    names = list(dict.fromkeys(point.series for point in points))
    axis = list(dict.fromkeys(point.at for point in points))
    shown = [label for place, label in enumerate(reversed(axis)) if place % max(1, -(-len(axis) // 6)) == 0]
    colour = {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": names, "range": list(COLOURS[: len(names)])},
        "legend": {"title": None, "orient": "top", "labelLimit": 400} if len(names) > 1 else None,
    }
    x = {
        "field": "at",
        "type": "ordinal",
        "sort": axis,
        "axis": {"title": None, "values": list(reversed(shown)), "labelAngle": 0, "grid": False},
    }
    y = {"field": "value", "type": "quantitative", "axis": {"title": unit, "format": ",.12~g", "tickCount": 5}}
    dash = {"field": "series", "type": "nominal", "scale": {"domain": names, "range": list(DASHES[: len(names)])}}
    line = {
        "mark": {"type": "line", "strokeWidth": 2.5, "invalid": "break-paths-show-domains"},
        "encoding": {"x": x, "y": y, "color": colour, "strokeDash": {**dash, "legend": None}},
    }
    dots = {
        "transform": [{"filter": "datum.is_provisional"}],
        "mark": {"type": "point", "filled": False, "size": 50, "strokeWidth": 2, "fill": "white"},
        "encoding": {"x": x, "y": y, "color": colour},
    }
    return _draw({"layer": [line, dots]}, points, height=280)


def bar_chart(points: Sequence[Point], unit: str) -> str:
    """Draw horizontal bars, one group for each position, as SVG text."""
    names = list(dict.fromkeys(point.series for point in points))
    axis = list(dict.fromkeys(point.at for point in points))
    bars = {
        "mark": {"type": "bar"},
        "encoding": {
            "y": {"field": "at", "type": "nominal", "sort": axis, "axis": {"title": None, "labelLimit": 260}},
            "x": {
                "field": "value",
                "type": "quantitative",
                "axis": {"title": unit, "format": ",.12~g", "tickCount": 5},
            },
            "yOffset": {"field": "series", "sort": names},
            "color": {
                "field": "series",
                "type": "nominal",
                "scale": {"domain": names, "range": list(COLOURS[: len(names)])},
                "legend": {"title": None, "orient": "top", "labelLimit": 400} if len(names) > 1 else None,
            },
        },
    }
    return _draw(bars, points, height=max(120, 26 * len(axis) * max(1, len(names))))


def _draw(drawing: dict[str, Any], points: Sequence[Point], height: int) -> str:
    _register_fonts()
    specification = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": height,
        "background": "white",
        "data": {
            "values": [
                {"series": p.series, "at": p.at, "value": p.value, "is_provisional": p.is_provisional} for p in points
            ]
        },
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {"labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal", "gridColor": "#dddddd"},
            "legend": {"labelFontSize": 13, "symbolType": "stroke", "symbolStrokeWidth": 3},
        },
        **drawing,
    }
    return str(vl_convert.vegalite_to_svg(json.dumps(specification)))
