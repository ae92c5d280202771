"""Charts as SVG, drawn by Vega-Lite without network. One specification serves web, PDF and Word."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import font_source_sans_pro
import vl_convert

FONT = "Source Sans Pro, Arial, Helvetica, sans-serif"
# Told apart by colour-blind readers and in grey print; every line also has its own dash and name.
COLOURS = ("#1d3557", "#c8553d", "#2a7f78", "#7a5195", "#b8860b")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4])
INK = COLOURS[0]
WIDTH = 640


@dataclass(frozen=True, slots=True)
class Point:
    """One value of one line: `at` is the position on the axis in words, in the order of the points."""

    series: str
    at: str
    value: float | None
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class LimitPoint:
    """One month of a control chart. `stretch` counts the series breaks before it; `zone` names what is shaded there."""

    at: str
    stretch: int
    value: float | None
    centre: float | None
    lower: float | None
    upper: float | None
    is_provisional: bool = False
    is_outside: bool = False
    zone: str = ""


@cache
def _register_fonts() -> None:
    vl_convert.register_font_directory(str(Path(str(font_source_sans_pro.__file__)).parent / "files"))


def line_chart(points: Sequence[Point], unit: str) -> str:
    """Draw lines over months as SVG text. Provisional points are hollow; a missing value leaves a gap."""
    names = list(dict.fromkeys(point.series for point in points))
    axis = list(dict.fromkeys(point.at for point in points))
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
        "axis": _months_axis(axis),
    }
    y = {"field": "value", "type": "quantitative", "axis": _numbers_axis(unit)}
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


def control_chart(points: Sequence[LimitPoint], unit: str) -> str:
    """Draw one monthly series with centre and limits as SVG text; everything can be told apart without colour.

    Lines begin anew at each stretch; points outside the limits are diamonds, provisional ones hollow; zones are shaded
    and carry their names.
    """
    axis = [point.at for point in points]
    # Each month has a band of the same width, so that shaded months leave no gap between them.
    x = {
        "field": "at",
        "type": "ordinal",
        "sort": axis,
        "scale": {"type": "band", "domain": axis, "padding": 0},
        "axis": _months_axis(axis),
    }

    def y(name: str) -> dict[str, Any]:
        scale = {"zero": False, "nice": True}
        return {"field": name, "type": "quantitative", "scale": scale, "axis": _numbers_axis(unit)}

    def line(name: str, **mark: Any) -> dict[str, Any]:
        encoding = {"x": x, "y": y(name), "detail": {"field": "stretch", "type": "nominal"}}
        return {"mark": {"type": "line", "invalid": "break-paths-show-domains", **mark}, "encoding": encoding}

    def dots(test: str, **mark: Any) -> dict[str, Any]:
        chosen = {"transform": [{"filter": f"isValid(datum.value) && ({test})"}]}
        return {
            **chosen,
            "mark": {"type": "point", "stroke": INK, "opacity": 1, **mark},
            "encoding": {"x": x, "y": y("value")},
        }

    limits = [line(name, color=INK, strokeWidth=1.25, strokeDash=[5, 4]) for name in ("lower", "upper")]
    layers = [
        *_zones(points, x),
        line("centre", color="#6b7280", strokeWidth=1.5),
        *limits,
        line("value", color=INK, strokeWidth=2.25),
        dots("!datum.is_outside && !datum.is_provisional", filled=True, size=28, fill=INK),
        dots("!datum.is_outside && datum.is_provisional", filled=True, size=50, fill="white", strokeWidth=1.75),
        dots("datum.is_outside && !datum.is_provisional", filled=True, shape="diamond", size=150, fill=INK),
        dots("datum.is_outside && datum.is_provisional", filled=True, shape="diamond", size=150, fill="white"),
    ]
    return _draw({"layer": layers}, points, height=300)


def _zones(points: Sequence[LimitPoint], x: dict[str, Any]) -> list[dict[str, Any]]:
    """The shaded months with their names above them; dotted lines where a new stretch begins."""
    shaded = [point for point in points if point.zone]
    begun = [later for earlier, later in pairwise(points) if later.stretch != earlier.stretch]
    layers: list[dict[str, Any]] = []
    if shaded:
        layers.append({**_own(shaded), "mark": {"type": "rect", "color": "#e3e6ea"}, "encoding": {"x": x}})
    # Each name stands on a line of its own: it begins at the left end of its zone, or in the right half of the chart
    # ends at the right one.
    for line, zone in enumerate(dict.fromkeys(point.zone for point in shaded)):
        own = [point for point in shaded if point.zone == zone]
        is_left = points.index(own[0]) < len(points) // 2
        at_end = {**x, "bandPosition": 0 if is_left else 1}
        mark = {"type": "text", "baseline": "bottom", "fontSize": 12, "dy": -10 - 15 * line, "text": zone}
        layers.append(
            {
                **_own(own[:1] if is_left else own[-1:]),
                "mark": {**mark, "align": "left" if is_left else "right"},
                "encoding": {"x": at_end, "y": {"value": 0}},
            }
        )
    if begun:
        place = {**x, "bandPosition": 0}
        rule = {"type": "rule", "color": INK, "strokeWidth": 1.5, "strokeDash": [1, 3]}
        words = {"type": "text", "align": "right", "baseline": "top", "fontSize": 12, "dx": -4, "text": "series break"}
        layers.append({**_own(begun), "mark": rule, "encoding": {"x": place}})
        layers.append({**_own(begun), "mark": words, "encoding": {"x": place, "y": {"value": 2}}})
    return layers


def _own(points: Sequence[LimitPoint]) -> dict[str, Any]:
    """The data of a layer that shows some of the months alone."""
    return {"data": {"values": [{"at": point.at} for point in points]}}


def _months_axis(axis: Sequence[str]) -> dict[str, Any]:
    """The axis of months, with no more than six of them named, the last always."""
    shown = [label for place, label in enumerate(reversed(axis)) if place % max(1, -(-len(axis) // 6)) == 0]
    return {"title": None, "values": list(reversed(shown)), "labelAngle": 0, "grid": False}


def _numbers_axis(unit: str) -> dict[str, Any]:
    return {"title": unit, "format": ",.12~g", "tickCount": 5}


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
                "axis": _numbers_axis(unit),
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


def _draw(drawing: dict[str, Any], points: Sequence[Point | LimitPoint], height: int) -> str:
    _register_fonts()
    specification = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": height,
        "background": "white",
        "data": {"values": [asdict(point) for point in points]},
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {"labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal", "gridColor": "#dddddd"},
            "legend": {"labelFontSize": 13, "symbolType": "stroke", "symbolStrokeWidth": 3},
        },
        **drawing,
    }
    return str(vl_convert.vegalite_to_svg(json.dumps(specification)))
