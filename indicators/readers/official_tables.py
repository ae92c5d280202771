"""Tables of police force areas in a published workbook, each found by its title.

The number of a table and its sheet change from release to release, so neither says anything. A table begins with a
line "Table P1: …", has a header with "Area Code", one row for each area, and its notes below.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import IO

from indicators.readers import official_marks as marks
from indicators.readers.official_cells import OfficialSheet, read_sheets
from indicators.readers.official_marks import Entry
from indicators.readers.problems import Unfit

_TITLE = re.compile(r"Table\s+[A-Z]*[0-9]+[a-z]?\s*:\s*(?P<words>.+)", re.DOTALL)
_CODE = re.compile(r"[EWNK][0-9]{8}")
HEADER_WITHIN = 12  # rows below a title in which its header stands; a contents page has titles and no header


class PlaceKind(StrEnum):
    """What a row of the table speaks of."""

    WHOLE = "whole"  # England and Wales
    COUNTRY = "country"
    REGION = "region"
    FORCE = "force"
    OTHER = "other"  # a total of another kind, for example of all but one force


@dataclass(frozen=True, slots=True)
class Place:
    """One area of a table: its code ("" where it has none), name and footnote marks."""

    row: int
    code: str
    name: str
    kind: PlaceKind
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of figures; `ends_on` where it names twelve months of its own."""

    place: int
    label: str
    marks: tuple[str, ...]
    ends_on: date | None


@dataclass(slots=True)
class OfficialTable:
    """One table. `stem` is its title without number and period; `ends_on` the end of the year that its title names."""

    sheet: OfficialSheet
    row: int
    title: str
    stem: str
    marks: tuple[str, ...]
    ends_on: date | None
    columns: list[Column] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)
    legend: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[int, str, str]] = field(default_factory=list)  # row, value, message

    def entry(self, place: Place, column: Column) -> Entry:
        """Return what the table says of a place in a column. Raises Unfit."""
        return marks.entry(self.sheet.cell(place.row, column.place), self.legend)

    def texts(self, *found: tuple[str, ...]) -> list[str]:
        """Return the texts of footnote marks, each once, in the order of the marks."""
        wanted = dict.fromkeys(mark for some in found for mark in some)
        return [text for mark in wanted for text in self.notes.get(mark, [])]

    def unexplained(self) -> list[str]:
        """Return in words each footnote mark that the notes below the table do not explain."""
        carried = [("The title", self.marks), *((f"“{one.label}”", one.marks) for one in self.columns)]
        carried += [(f"“{one.name}”", one.marks) for one in self.places]
        return [f"{name} carries the mark {m}" for name, some in carried for m in some if m not in self.notes]

    def members(self) -> dict[Place, list[Place]]:
        """Return for each whole, country and region the forces that belong to it, as the order of the rows says."""
        found: dict[Place, list[Place]] = {}
        above: dict[PlaceKind, Place] = {}
        for place in self.places:
            if place.kind in {PlaceKind.FORCE, PlaceKind.OTHER}:
                # A force without a code, such as a transport police, belongs to the whole alone.
                kinds = [PlaceKind.WHOLE] if not place.code else list(above)
                for kind in kinds if place.kind == PlaceKind.FORCE else []:
                    if kind in above:
                        found[above[kind]].append(place)
                continue
            found[place] = []
            below = {PlaceKind.WHOLE: 0, PlaceKind.COUNTRY: 1, PlaceKind.REGION: 2}
            above = {kind: one for kind, one in above.items() if below[kind] < below[place.kind]}
            above[place.kind] = place
        return {place: forces for place, forces in found.items() if forces}


def find_tables(stream: IO[bytes]) -> list[OfficialTable]:
    """Return every table of police force areas in a workbook. Raises FileRefused for a workbook that may harm."""
    found = []
    for sheet in read_sheets(stream):
        titles = [row for row in sorted(sheet.rows) if _TITLE.match(sheet.words(row, 1))]
        ends = [*titles[1:], max(sheet.rows, default=0) + 1]
        for row, following in zip(titles, ends, strict=False):
            header = _header(sheet, row, following)
            if header:
                found.append(_table(sheet, row, header, following))
    return found


def _header(sheet: OfficialSheet, title: int, stop: int) -> int:
    """Return the row of the header below a title; 0 when there is none."""
    rows = range(title + 1, min(title + HEADER_WITHIN, stop))
    return next((row for row in rows if sheet.words(row, 1).casefold().startswith("area code")), 0)


def _table(sheet: OfficialSheet, row: int, header: int, stop: int) -> OfficialTable:
    words, title_marks = marks.split(sheet.cell(row, 1), is_title=True)
    found = _TITLE.match(words)
    title = found["words"].strip() if found else words
    table = OfficialTable(sheet, row, title, marks.stem(title), title_marks, marks.year_end(title))
    table.columns = _columns(sheet, row, header)
    foot = _read_places(table, header, stop)
    _read_notes(table, foot, stop)
    return table


def _columns(sheet: OfficialSheet, title: int, header: int) -> list[Column]:
    """Return the columns of figures. A name that stands more than once is led by the heading above it."""
    width = max((column for row in range(title, header + 1) for column in sheet.rows.get(row, {})), default=0)
    lowest = {column: _lowest(sheet, title, header, column) for column in range(3, width + 1)}
    named = {column: marks.split(sheet.cell(row, column)) for column, row in lowest.items() if row}
    times = Counter(words for words, _ in named.values())
    found = []
    for column, (words, own) in named.items():
        heading, more = _heading(sheet, header - 1, column) if lowest[column] == header else ("", ())
        label = f"{heading}: {words}" if times[words] > 1 and heading else words
        found.append(Column(column, label, (*own, *(more if label != words else ())), marks.span_end(label)))
    return found


def _lowest(sheet: OfficialSheet, title: int, header: int, column: int) -> int:
    """Return the lowest row of the header that names a column; 0 when none does."""
    return next((row for row in range(header, title + 1, -1) if sheet.words(row, column)), 0)


def _heading(sheet: OfficialSheet, row: int, column: int) -> tuple[str, tuple[str, ...]]:
    """Return the heading that reaches over a column: the nearest one to its left."""
    above = next((at for at in range(column, 2, -1) if sheet.words(row, at)), 0)
    return marks.split(sheet.cell(row, above)) if above else ("", ())


def _read_places(table: OfficialTable, header: int, stop: int) -> int:
    """Read the rows of areas; return the row below them."""
    for row in range(header + 1, stop):
        code, (name, own) = table.sheet.words(row, 1), marks.split(table.sheet.cell(row, 2))
        has_figures = any(table.sheet.cell(row, column.place) for column in table.columns)
        if code and (code.casefold().startswith("source") or marks.note_of(code)):
            return row
        if not name and not code:
            continue  # the row of units, or a blank one
        if not name or not has_figures:
            table.faults.append(
                (row, code or name, "This row has no name of an area, or no figures. Send the table as published.")
            )
        elif code and not _CODE.fullmatch(code):
            table.faults.append(
                (row, code, "This is not the code of an area, like E23000003. Send the table as published.")
            )
        else:
            table.places.append(Place(row, code, name, _kind(code, name), own))
    return stop


def _kind(code: str, name: str) -> PlaceKind:
    if code.startswith("K"):
        return PlaceKind.WHOLE
    if code[1:3] == "92":
        return PlaceKind.COUNTRY
    if code.startswith("E12"):
        return PlaceKind.REGION
    return PlaceKind.OTHER if not code and "excluding" in name.casefold() else PlaceKind.FORCE


def _read_notes(table: OfficialTable, foot: int, stop: int) -> None:
    """Read the numbered notes below the rows, and what they say of signs. A number that stands twice keeps both."""
    for row in range(foot, stop):
        note = marks.note_of(table.sheet.words(row, 1))
        if note is None:
            continue
        mark, text = note
        table.notes.setdefault(mark, []).append(text)
        legend = marks.legend_of(text)
        if legend:
            table.legend[legend[0]] = legend[1]


def column_of(table: OfficialTable, label: str) -> Column:
    """Return a column by its label. Raises Unfit naming what is nearest."""
    found = [column for column in table.columns if column.label == label]
    if len(found) == 1:
        return found[0]
    if found:
        raise Unfit(f'The table has {len(found)} columns called "{label}". It cannot be told which is meant.')
    raise Unfit(f'The table has no column "{label}".')
