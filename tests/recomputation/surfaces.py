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


@dataclass
class Drawn:
    """A line of a drawing: how it looks, and its corners as position on the axis and number."""

    look: tuple[str, str, str]
    corners: list[tuple[Decimal, Decimal]] = field(default_factory=list)


@dataclass
class Plotted:
    """One field of a drawing with its axis: where it begins and ends, which numbers stand at which height."""

    left: Decimal
    right: Decimal
    ticks: list[tuple[Decimal, Decimal]] = field(default_factory=list)
    lines: list[Drawn] = field(default_factory=list)

    @property
    def per_unit(self) -> Decimal:
        """The number that one unit of length stands for."""
        (low, bottom), (high, top) = self.ticks[0], self.ticks[-1]
        return (high - low) / (bottom - top)

    def read(self, x: Decimal, y: Decimal, positions: int) -> tuple[Decimal, Decimal]:
        """Read a corner off the axes: its position, the first being 0, and its number."""
        band = (self.right - self.left) / positions
        number, height = self.ticks[0]
        return (x - self.left) / band - Decimal("0.5"), number + (height - y) * self.per_unit


def _number(text: str) -> Decimal | None:
    found = text.replace(",", "").replace("−", "-")
    return Decimal(found) if re.fullmatch(r"-?\d+(\.\d+)?", found) else None


def words_drawn(svg: str) -> str:
    """Return the words of a drawing, one after the other."""
    root = etree.fromstring(svg.encode())
    return " ".join(one.text for one in root.iter("{*}text") if one.text)


def fields_drawn(svg: str, positions: int) -> list[Plotted]:
    """Return the fields of a drawing with their lines, whose corners are read off the axis.

    Nothing but the picture is read: a line across whose number stands at its left is a part of an axis; a line that
    goes on behind a gap looks as the one before it and begins where that ended.
    """
    shapes = [one for one in etree.fromstring(svg.encode()).iter() if isinstance(one.tag, str)]
    found: list[Plotted] = []
    for at, shape in enumerate(shapes):
        if not shape.tag.endswith("path"):
            continue
        across = re.fullmatch(r"M([-\d.]+),([-\d.]+)H([-\d.]+)", shape.get("d") or "")
        beside = shapes[at + 1] if at + 1 < len(shapes) else None
        number = _number(beside.text or "") if beside is not None and beside.get("text-anchor") == "end" else None
        if across and number is not None:
            left, height, right = (Decimal(one) for one in across.groups())
            if not found or found[-1].lines:
                found.append(Plotted(left, right))
            found[-1].ticks.append((number, height))
        elif shape.get("stroke-linejoin") == "round":
            corners = [(Decimal(x), Decimal(y)) for x, y in re.findall(r"[ML]([-\d.]+),([-\d.]+)", shape.get("d"))]
            read = [found[-1].read(x, y, positions) for x, y in corners]
            look = (shape.get("stroke"), shape.get("stroke-width"), shape.get("stroke-dasharray") or "")
            lines = found[-1].lines
            if not lines or lines[-1].look != look or read[0][0] < lines[-1].corners[-1][0]:
                lines.append(Drawn(look))
            lines[-1].corners.extend(read)
    return found


BAR, BAND = "14", "26"


def bars_drawn(svg: str) -> list[tuple[Decimal, str]]:
    """Return the bars of a drawing from above: their lengths, those to the left below zero, and the words at them."""
    shapes = [one for one in etree.fromstring(svg.encode()).iter() if isinstance(one.tag, str)]
    upright = re.match(r"M([-\d.]+),[-\d.]+V", shapes[-1].get("d") or "")
    assert upright
    zero, found = Decimal(upright[1]), []
    for at, shape in enumerate(shapes):
        if shape.tag.endswith("rect") and shape.get("height") == BAR:
            length = Decimal(shape.get("width"))
            is_left = Decimal(shape.get("x")) < zero - Decimal("0.1")
            found.append((-length if is_left else length, shapes[at + 1].text or ""))
    return found


def bands_drawn(svg: str) -> list[tuple[list[Decimal], Decimal]]:
    """Return the bands of each bar of a hundred per cent, as what they take of its length, and what a unit takes."""
    rows: dict[str, list[Decimal]] = {}
    for shape in etree.fromstring(svg.encode()).iter("{*}rect"):
        if shape.get("height") == BAND:
            rows.setdefault(shape.get("y"), []).append(Decimal(shape.get("width")))
    return [([one * 100 / sum(row) for one in row], 100 / sum(row)) for row in rows.values()]


def lists(page: Any) -> list[tuple[str, list[str], int]]:
    """Return the lists of a page under their titles: what they say, and how many figures are marked in them."""
    found = []
    for element in page.iter("ul"):
        before = element.getprevious()
        if before is not None and before.tag == "p" and words(before).endswith(":"):
            items = element.findall("li")
            marked = sum(1 for one in element.iter("data"))
            found.append((words(before).removesuffix(":"), [words(one) for one in items], marked))
    return found
