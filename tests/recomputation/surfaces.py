"""What readers are given, taken apart: tables and figures of pages, drawings of charts, cells of Word files."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lxml import etree, html

ASPECTS = (
    "value", "previous", "change", "absolute", "percent", "direction", "share", "previous_share", "period",
    "previous_period", "target", "target_result",
)  # fmt: skip
QUIET = "app-note", "govuk-visually-hidden", "govuk-tag"


@dataclass(frozen=True)
class Cell:
    """A cell as a reader sees it, with the key of its figure."""

    text: str
    key: str
    is_numeric: bool


@dataclass(frozen=True)
class Table:
    """A table of a page."""

    name: str
    caption: str
    header: list[str]
    rows: list[list[Cell]]

    @property
    def grid(self) -> list[list[str]]:
        """The texts of all cells, the header first."""
        return [self.header, *([cell.text for cell in row] for row in self.rows)]

    @property
    def numeric(self) -> int:
        """How many cells hold numbers."""
        return sum(cell.is_numeric for row in self.rows for cell in row)


@dataclass
class Compared:
    """What was compared on one surface, and what differed: where, expected and found."""

    cells: int = 0
    differences: list[str] = field(default_factory=list)

    def check(self, where: str, expected: object, found: object) -> None:
        """Compare one cell."""
        self.cells += 1
        if expected != found:
            self.differences.append(f"{where}: worked out {expected!r}, printed {found!r}")

    def check_grid(self, where: str, expected: list[list[str]], found: list[list[str]]) -> None:
        """Compare a table cell by cell; one of another shape differs as a whole."""
        shapes = [[len(row) for row in grid] for grid in (expected, found)]
        if shapes[0] != shapes[1]:
            self.check(where, expected, found)
            return
        for row, printed in zip(expected, found, strict=True):
            for head, want, got in zip(expected[0], row, printed, strict=True):
                self.check(f"{where} / {row[0]} / {head}", want, got)


def words(element: Any) -> str:
    """Return the words of an element that stand in the line, in single spaces: no notes, no hidden ones, no marks."""
    texts: list[str] = []

    def read(one: Any) -> None:
        texts.append(one.text or "")
        for child in one:
            classes = (child.get("class") or "").split()
            if child.tag != "sup" and not any(name in classes for name in QUIET):
                read(child)
            texts.append(child.tail or "")

    read(element)
    return " ".join("".join(texts).split())


def parsed(text: str | bytes) -> Any:
    """Read a page."""
    if isinstance(text, bytes):
        text = text.decode()
    return html.document_fromstring(text)


def tables(page: Any) -> list[Table]:
    """Return the tables of a page."""
    found = []
    for element in page.iter("table"):
        caption = element.find("caption")
        heads = [words(cell) for cell in element.xpath(".//thead//tr/*")]
        rows = [[_cell(cell) for cell in row] for row in element.xpath(".//tbody/tr")]
        name = caption.get("id") or "" if caption is not None else ""
        found.append(Table(name, words(caption) if caption is not None else "", heads, rows))
    return found


def _cell(element: Any) -> Cell:
    keys = [one.get("value") for one in element.iter("data")]
    numeric = "govuk-table__cell--numeric" in (element.get("class") or "")
    return Cell(words(element), keys[0] if keys else "", numeric)


def quoted(page: Any) -> list[tuple[str, str, str]]:
    """Return the figures in the sentences of a page: key, aspect, words."""
    found = []
    for element in page.iter("data"):
        key, _, aspect = (element.get("value") or "").rpartition(".")
        if aspect in ASPECTS:
            found.append((key, aspect, words(element)))
    return found


@dataclass(frozen=True)
class Drawn:
    """A line of a drawing: its name, what it draws, and the numbers at its corners, read off the axis."""

    series: str
    field: str
    heights: list[Decimal]


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


def _scale(root: Any, name: str) -> tuple[Decimal, Decimal]:
    """Return the least and the greatest number of an axis, which stand at the two ends of the drawing.

    Ticks would say the same, but they are set to whole points.
    """
    labels = [one.get("aria-label") or "" for one in root.iter("{*}g") if "role-axis" in (one.get("class") or "")]
    said = [re.search(r"values from (\S+) to (\S+)$", label) for label in labels if label.startswith(name)]
    found = [one for one in said if one]
    assert len(found) == 1, labels
    return _number(found[0][1]), _number(found[0][2])


def _extent(root: Any) -> tuple[Decimal, Decimal]:
    """Return the width and height of the drawing inside its axes."""
    background = next(one for one in root.iter("{*}path") if one.get("class") == "background")
    found = re.match(r"M0,0h([\d.]+)v([\d.]+)h", background.get("d") or "")
    assert found
    return Decimal(found[1]), Decimal(found[2])


def lines_drawn(svg: str) -> tuple[list[Drawn], Decimal]:
    """Return the lines of a drawing as the numbers of their corners, and the number that one unit of length stands for.

    Nothing but the picture is read: the corners of each line, and the numbers at the ends of the axis.
    """
    root = etree.fromstring(svg.encode())
    (low, high), (_, height) = _scale(root, "Y-axis"), _extent(root)
    per_unit = (high - low) / height
    found = []
    for group in root.iter("{*}g"):
        if "mark-line" not in (group.get("class") or "").split():
            continue
        for path in group.iter("{*}path"):
            label = dict(part.split(": ", 1) for part in (path.get("aria-label") or "").split("; ") if ": " in part)
            what = next((one for one in ("value", "centre", "lower", "upper") if one in label), "value")
            corners = re.findall(r"[ML]([-\d.]+),([-\d.]+)", path.get("d") or "")
            heights = [high - Decimal(y) * per_unit for _, y in corners]
            found.append(Drawn(label.get("series", ""), what, heights))
    return found, per_unit


def bars_drawn(svg: str) -> tuple[dict[tuple[str, str], Decimal], Decimal]:
    """Return the bars of a drawing by (name, series) as the numbers of their lengths, and what a unit of length is."""
    root = etree.fromstring(svg.encode())
    (low, high), (width, _) = _scale(root, "X-axis"), _extent(root)
    per_unit = (high - low) / width
    found = {}
    for group in root.iter("{*}g"):
        if "mark-rect" not in (group.get("class") or "").split():
            continue
        for path in group.iter("{*}path"):
            label = dict(part.split(": ", 1) for part in (path.get("aria-label") or "").split("; ") if ": " in part)
            length = re.search(r"h([-\d.]+)v", path.get("d") or "")
            assert length, path.get("d")
            found[label["at"], label["series"]] = Decimal(length[1]) * per_unit
    return found, per_unit
