"""Cells of a published workbook: all its sheets, with what is raised above the line kept apart from the words.

Published workbooks have merged titles, many sheets, and links to other files. Every part is looked through as with any
other workbook; no link is followed, and only texts and numbers are taken. Raised digits are footnote marks: read as
plain text they would be glued to names and numbers ("Lancashire8").
"""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Context, Decimal, DecimalException
from typing import IO
from xml.parsers import expat

from indicators.readers.archives import DAMAGED, DAMAGED_WORDS, safe_zip, unpacked
from indicators.readers.footnote_marks import ABOVE_THE_LINE
from indicators.readers.problems import refusal
from indicators.readers.workbook_parts import MOST_PARTS, PUBLISHED, scan_workbook

# A spreadsheet keeps and shows 15 digits: it stores 75.4 as 75.400000000000006.
_KEPT = Context(prec=15)
_SHARED = "xl/sharedStrings.xml"
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]*)")
_PERCENT_FORMATS = {9, 10}  # the two that every workbook has without naming them
_DAMAGED = "The workbook is damaged. Open it in Excel, save it again and send the new one."


@dataclass(frozen=True, slots=True)
class OfficialCell:
    """One cell: its words without what is raised, what is raised, and the number it holds.

    `fault` says why it holds no plain value, for example a formula; it counts only where the cell is read.
    """

    address: str
    text: str
    raised: str = ""
    number: Decimal | None = None
    fault: str = ""


@dataclass(slots=True)
class OfficialSheet:
    """One sheet: its cells by row and column, both counted from 1. Blank cells are not there."""

    name: str
    rows: dict[int, dict[int, OfficialCell]] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> OfficialCell | None:
        """Return a cell; None when it is blank."""
        return self.rows.get(row, {}).get(column)

    def words(self, row: int, column: int) -> str:
        """Return the words of a cell in one line, without what is raised; "" when it is blank."""
        cell = self.cell(row, column)
        return " ".join(cell.text.split()) if cell else ""


def read_sheets(stream: IO[bytes]) -> list[OfficialSheet]:
    """Return every visible worksheet with its cells, in the order of the workbook. `FileRefused` when it may harm."""
    scans = scan_workbook(stream, PUBLISHED)
    with safe_zip(stream, MOST_PARTS, PUBLISHED.total) as archive:
        try:
            parts = _parts_of_sheets(archive)
            strings = _strings(archive)
            percents = _percent_styles(archive)
            shown = {scan.name for scan in scans if not scan.is_hidden}
            return [
                _Sheet(name, strings, percents).read(unpacked(archive, part)) for name, part in parts if name in shown
            ]
        except expat.ExpatError:
            raise refusal(_DAMAGED) from None
        except DAMAGED:
            raise refusal(DAMAGED_WORDS) from None


def _parse(content: bytes, start: Callable[[str, dict[str, str]], None], **more: Callable[..., None]) -> None:
    """Parse one part that was looked through before; names are given without their namespaces."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(" ")[2], attributes)
    if "end" in more:
        parser.EndElementHandler = lambda name: more["end"](name.rpartition(" ")[2])
    if "text" in more:
        parser.CharacterDataHandler = more["text"]
    parser.Parse(content, True)


def _parts_of_sheets(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Return (name of the sheet, name of its part) in the order of the workbook."""
    declared: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def sheet(local: str, attributes: dict[str, str]) -> None:
        if local == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(" id")), "")
            declared.append((attributes.get("name", ""), relation))

    def relation(local: str, attributes: dict[str, str]) -> None:
        if local == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    _parse(unpacked(archive, "xl/workbook.xml"), sheet)
    _parse(unpacked(archive, "xl/_rels/workbook.xml.rels"), relation)
    found = []
    for name, identifier in declared:
        target = targets.get(identifier, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in archive.NameToInfo:
            found.append((name, part))
    return found


class _Texts:
    """Runs of text of one shared string or one cell: those on the line, and those raised above it.

    `plain` holds both in their order; so does `marked`, in which raised digits are such characters: "Burglary²".
    """

    def __init__(self) -> None:
        self.line = self.raised = self.plain = self.marked = ""
        self._is_raised = self._is_text = self._is_reading_aid = False

    def start(self, local: str, attributes: dict[str, str]) -> None:
        """Take the start of an element inside the text."""
        if local == "r":
            self._is_raised = False
        elif local == "vertAlign":
            self._is_raised = attributes.get("val") == "superscript"
        elif local == "rPh":
            self._is_reading_aid = True
        self._is_text = local == "t"

    def end(self, local: str) -> None:
        """Take the end of an element inside the text."""
        if local == "rPh":
            self._is_reading_aid = False
        self._is_text = False

    def take(self, text: str) -> None:
        """Take characters."""
        if self._is_text and not self._is_reading_aid:
            self.plain += text
            self.marked += text.translate(ABOVE_THE_LINE) if self._is_raised else text
            if self._is_raised:
                self.raised += text
            else:
                self.line += text


def _strings(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Return the shared strings as (words, what is raised)."""
    if _SHARED not in archive.NameToInfo:
        return []
    return [(one.line, one.raised) for one in _texts(unpacked(archive, _SHARED))]


def _texts(content: bytes) -> list[_Texts]:
    """Return the texts of the part of shared strings, or those that stand in the cells of a sheet themselves."""
    found: list[_Texts] = []

    def start(local: str, attributes: dict[str, str]) -> None:
        if local in {"si", "is"}:
            found.append(_Texts())
        elif found:
            found[-1].start(local, attributes)

    _parse(
        content,
        start,
        end=lambda local: found[-1].end(local) if found else None,
        text=lambda text: found[-1].take(text) if found else None,
    )
    return found


def raised_digits(stream: IO[bytes]) -> dict[str, str]:
    """Return the texts of a workbook in which digits are raised: as plain text -> with raised digits as such.

    "Burglary1" -> "Burglary¹". A text that stands elsewhere without raised digits is left out. `FileRefused` for a
    damaged workbook; one that may harm was refused before.
    """
    with safe_zip(stream, MOST_PARTS, PUBLISHED.total) as archive:
        try:
            names = [_SHARED, *(part for _, part in _parts_of_sheets(archive))]
            parts = [unpacked(archive, name) for name in names if name in archive.NameToInfo]
            if not any(b"superscript" in content for content in parts):
                return {}
            texts = {(one.plain, one.marked) for content in parts for one in _texts(content)}
        except expat.ExpatError:
            raise refusal(_DAMAGED) from None
        except DAMAGED:
            raise refusal(DAMAGED_WORDS) from None
    unraised = {plain for plain, marked in texts if plain == marked}
    return {plain: marked for plain, marked in texts if plain not in unraised}


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Return the numbers of the cell styles that show a number as a percentage."""
    if "xl/styles.xml" not in archive.NameToInfo:
        return frozenset()
    formats, styles, inside = set(_PERCENT_FORMATS), list[int](), [False]

    def start(local: str, attributes: dict[str, str]) -> None:
        if local == "numFmt" and "%" in attributes.get("formatCode", ""):
            formats.add(int(attributes.get("numFmtId", "0")))
        elif local == "cellXfs":
            inside[0] = True
        elif local == "xf" and inside[0]:
            styles.append(int(attributes.get("numFmtId", "0")))

    def end(local: str) -> None:
        if local == "cellXfs":
            inside[0] = False

    _parse(unpacked(archive, "xl/styles.xml"), start, end=end)
    return frozenset(place for place, number in enumerate(styles) if number in formats)


class _Sheet:
    """One worksheet while it is read."""

    def __init__(self, name: str, strings: list[tuple[str, str]], percents: frozenset[int]) -> None:
        self._sheet = OfficialSheet(name)
        self._strings = strings
        self._percents = percents
        self._row = self._column = 0
        self._kind = self._style = self._value = ""
        self._texts: _Texts | None = None
        self._is_value = self._is_formula = False

    def read(self, content: bytes) -> OfficialSheet:
        """Return the sheet."""
        _parse(content, self._start, end=self._end, text=self._take)
        return self._sheet

    def _start(self, local: str, attributes: dict[str, str]) -> None:
        if local == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
        elif local == "c":
            address = _ADDRESS.fullmatch(attributes.get("r", ""))
            self._column = _number_of(address[1]) if address else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._value, self._texts, self._is_formula = "", None, False
        elif local == "is":
            self._texts = _Texts()
        elif self._texts is not None:
            self._texts.start(local, attributes)
        self._is_value = local == "v"
        self._is_formula |= local == "f"

    def _take(self, text: str) -> None:
        if self._texts is not None:
            self._texts.take(text)
        elif self._is_value:
            self._value += text

    def _end(self, local: str) -> None:
        self._is_value = False
        if local == "c":
            cell = self._cell(f"{letters(self._column)}{self._row}")
            if cell.number is not None or cell.fault or cell.text.strip():
                self._sheet.rows.setdefault(self._row, {})[self._column] = cell
            self._texts = None
        elif self._texts is not None:
            self._texts.end(local)

    def _cell(self, address: str) -> OfficialCell:
        """Return what one cell holds."""
        if self._texts is not None:
            return OfficialCell(address, self._texts.line, self._texts.raised)
        if not self._value:
            return OfficialCell(address, "", fault="holds a formula without a value" if self._is_formula else "")
        if self._kind == "s":
            text, raised = self._strings[int(self._value)]
            return OfficialCell(address, text, raised)
        if self._kind == "str":
            return OfficialCell(address, self._value)
        if self._kind != "n":
            return OfficialCell(address, self._value, fault="holds an error or TRUE or FALSE")
        return self._number(address)

    def _number(self, address: str) -> OfficialCell:
        try:
            number = _KEPT.create_decimal(self._value)
        except DecimalException:
            raise refusal(_DAMAGED, value=self._value) from None
        if not number.is_finite():
            raise refusal(_DAMAGED, value=self._value)
        is_percent = self._style.isdigit() and int(self._style) in self._percents
        fault = "is formatted as a percentage, so that it stores a hundredth of what it shows" if is_percent else ""
        return OfficialCell(address, self._value, number=number, fault=fault)


def letters(column: int) -> str:
    """Return the letters of a column: A for 1, AA for 27."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def _number_of(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number
