"""The specification of a chart: the one value of which its drawings, its data table and its data are made. Pure.

A plot has an axis of positions (months, years, names) and panels; a panel has lines; a line has one mark for each
position. Web, PDF and Word are drawn from it (`indicators.renderings.charts`), and `to_json` writes it out for the API,
so that what is drawn can be compared with the figures.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from indicators.choices import Status
from indicators.tables import Cell, Table

UNSETTLED = (Status.PROVISIONAL, Status.ESTIMATED)


class Form(StrEnum):
    """How the marks of a plot are drawn."""

    LINES = "lines"
    BARS = "bars"
    STACK = "stack"
    PANELS = "panels"


class Role(StrEnum):
    """What a line of a plot is."""

    SERIES = "series"
    COMPARATOR = "comparator"
    TARGET = "target"
    CENTRE = "centre"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Mark:
    """One value at one position.

    `value` is exact and unrounded, None where there is none; `text` is as printed, or why there is none. `stretch`
    counts the series breaks before it: a line does not run on from one stretch to the next.
    """

    value: Decimal | None = None
    text: str = ""
    figure: str = ""
    status: str = ""
    is_outside: bool = False
    is_after: bool = False
    stretch: int = 0

    @property
    def is_open(self) -> bool:
        """Tell whether it is drawn hollow: it may still change, or lies after the quarter of the report."""
        return self.value is not None and (self.is_after or self.status in UNSETTLED)


@dataclass(frozen=True, slots=True)
class Line:
    """One line, set of bars or band: its name, and a mark for each position of the axis."""

    name: str
    marks: tuple[Mark, ...]
    role: Role = Role.SERIES

    @property
    def is_named(self) -> bool:
        """Tell whether it carries its name in the drawing; what centre and limits are stands below the chart."""
        return self.role not in {Role.CENTRE, Role.LIMIT}


@dataclass(frozen=True, slots=True)
class Zone:
    """Positions `first` to `last`, both included, that are shaded and named."""

    first: int
    last: int
    label: str


@dataclass(frozen=True, slots=True)
class Rule:
    """An upright line before the position `at`, with its name: a series break, the end of the quarter."""

    at: int
    label: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One field of a plot; only small multiples have several, each with its own name."""

    lines: tuple[Line, ...]
    zones: tuple[Zone, ...] = ()
    rules: tuple[Rule, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """A whole chart. `kind` is that of the definition; `heading` names what the axis holds ("Month").

    `names` are the positions' names in the data table, where those of the axis are short.
    """

    kind: str
    form: Form
    title: str
    unit: str
    heading: str
    axis: tuple[str, ...]
    panels: tuple[Panel, ...]
    is_from_zero: bool = True
    names: tuple[str, ...] = ()

    @property
    def marks(self) -> Iterator[Mark]:
        """Every mark of every line."""
        for panel in self.panels:
            for line in panel.lines:
                yield from line.marks


def data_table(key: str, plot: Plot) -> Table:
    """Return what is drawn as a table: positions down, lines across. Empty where nothing stands for the position."""
    lines = [
        (line, f"{panel.name}: {line.name}" if panel.name and line.name != panel.name else line.name)
        for panel in plot.panels
        for line in panel.lines
    ]
    header = (plot.heading, *(name for _, name in lines))
    return Table(
        key=f"{key}-table",
        caption=f"{plot.title}: figures",
        header=tuple(Cell(text, is_header=True, is_numeric=at > 0) for at, text in enumerate(header)),
        rows=tuple(
            (
                Cell(name, is_header=True),
                *(Cell(line.marks[at].text, is_numeric=True, figure=line.marks[at].figure) for line, _ in lines),
            )
            for at, name in enumerate(plot.names or plot.axis)
        ),
    )


def to_json(plot: Plot) -> str:
    """Return the chart's data as JSON: values exact and as text, None where there is none, beside what is printed."""
    document = {
        "kind": plot.kind,
        "form": plot.form.value,
        "title": plot.title,
        "unit": plot.unit,
        "heading": plot.heading,
        "axis": list(plot.axis),
        "panels": [_panel(panel, plot.axis) for panel in plot.panels],
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _panel(panel: Panel, axis: tuple[str, ...]) -> dict[str, Any]:
    return {
        "name": panel.name,
        "lines": [_line(line, axis) for line in panel.lines],
        "zones": [{"from": axis[one.first], "to": axis[one.last], "label": one.label} for one in panel.zones],
        "rules": [{"before": axis[one.at] if one.at < len(axis) else None, "label": one.label} for one in panel.rules],
    }


def _line(line: Line, axis: tuple[str, ...]) -> dict[str, Any]:
    points = []
    for name, mark in zip(axis, line.marks, strict=True):
        point: dict[str, Any] = {
            "at": name, "value": None if mark.value is None else f"{mark.value:f}", "text": mark.text,
        }  # fmt: skip
        more = {
            "figure": mark.figure,
            "status": mark.status,
            "is_outside": mark.is_outside,
            "is_after": mark.is_after,
            "stretch": mark.stretch,
        }
        points.append({**point, **{name: content for name, content in more.items() if content}})
    return {"name": line.name, "role": line.role.value, "points": points}
