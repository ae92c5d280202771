"""The parts of an Excel workbook, looked through before any library opens it.

A streaming parser of the standard library reads every XML part once, with caps, and stops at the first thing that
could harm: a document type, an external link, a far cell, more rows or texts than a table has. What is merely not
allowed (formulas, hidden rows, merged cells, a second sheet with values) is collected with its address.
"""

import zipfile
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from indicators.readers.archives import DAMAGED, DAMAGED_WORDS, safe_zip
from indicators.readers.problems import refusal

MOST_PARTS = 500
MOST_COLUMNS = 64
LONGEST_TEXT = 32_767  # the limit of Excel itself
_DEEPEST = 64
_MOST_IN_OTHERS = 20_000
_MOST_BLANK_CELLS = 200_000
_ADDRESSES_LISTED = 50
_HEAD = 64
_PIECE = 65_536
_NAMES_KEPT = 200
_INSIDE_CELLS = {"v", "is", "t"}
_MOST_SILENT = 16  # pieces in a row without an element or a text: a tag of a megabyte
_XML_STARTS = (b"<", b"\0<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

_FORBIDDEN = {
    "vbaproject": "macros. Save it as an Excel workbook without macros (.xlsx).",
    "xl/externallinks/": "links to other workbooks. Break the links (Data, Edit Links) and save it again.",
    "xl/connections.xml": "connections to other sources. Delete them (Data, Queries & Connections) and save it again.",
    "xl/querytables/": "queries of other sources. Copy the values into a new workbook.",
    "xl/embeddings/": "embedded files. Copy the values into a new workbook.",
    "xl/activex/": "controls. Copy the values into a new workbook.",
    "xl/ctrlprops/": "controls. Copy the values into a new workbook.",
    "xl/macrosheets/": "macros. Copy the values into a new workbook.",
    "xl/dialogsheets/": "dialogs. Copy the values into a new workbook.",
    "xl/pivotcache/": "a pivot table, which carries a hidden copy of its source. Copy the values into a new workbook.",
}

_LINKS = {"xl/externallinks/"}

_TOO_MUCH = "The workbook holds far more than a table needs. Copy the values into a new workbook, or send CSV."
_DAMAGED = "The workbook is damaged. Open it in Excel, save it again and send the new one."


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a workbook may hold: unpacked bytes, bytes of texts, rows, elements of a part and of all, columns.

    With `may_link` links to addresses and other workbooks may stand in it; nothing ever follows them.
    """

    total: int
    strings: int
    rows: int
    sheet_elements: int
    string_elements: int
    together: int
    may_link: bool = False
    columns: int = MOST_COLUMNS

    @property
    def most(self) -> dict[str, int]:
        """The most elements of the parts that hold the table, by the name of their root."""
        return {"worksheet": self.sheet_elements, "sst": self.string_elements}


TABLE = Limits(64 * 1024**2, 16 * 1024**2, 20_000, 1_000_000, 400_000, 1_500_000)
# A published workbook: its sheets carry links to the publication and to the workbooks it was made from.
PUBLISHED = Limits(64 * 1024**2, 16 * 1024**2, 20_000, 1_000_000, 400_000, 1_500_000, may_link=True)
# Sheets with a column for each month: twenty years of them, with their totals.
WIDE = Limits(32 * 1024**2, 8 * 1024**2, 5_000, 400_000, 200_000, 600_000, columns=300)
# A quarter of a large force's cases; looking through as much as this takes 5 seconds.
CASES = Limits(192 * 1024**2, 32 * 1024**2, 100_000, 2_100_000, 500_000, 2_200_000)


@dataclass(slots=True)
class SheetScan:
    """What stands in one sheet that must not, by address, and whether it holds any value."""

    name: str = ""
    is_hidden: bool = False
    has_values: bool = False
    last_column: int = 0
    last_row: int = 0
    merged: list[str] = field(default_factory=list)
    hidden_rows: list[str] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


def scan_workbook(stream: IO[bytes], limits: Limits = TABLE) -> list[SheetScan]:
    """Look through every part of a workbook and return its worksheets in order. `FileRefused` when it may harm."""
    scan = _WorkbookScan(limits)
    with safe_zip(stream, MOST_PARTS, limits.total) as archive:
        try:
            for member in archive.infolist():
                scan.read(archive, member)
        except expat.ExpatError:
            raise refusal(_DAMAGED) from None
        except DAMAGED:
            raise refusal(DAMAGED_WORDS) from None
    return scan.worksheets()


class _WorkbookScan:
    """All parts of one workbook, with one budget of elements for them together."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.elements = 0
        self._sheets: dict[str, SheetScan] = {}
        self._declared: list[tuple[str, str, bool]] = []  # name, relation, whether hidden
        self._targets: dict[str, str] = {}
        self._part = ""

    def read(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        """Look through one part. Its name decides nothing but what is forbidden; whatever may be XML is parsed."""
        self._part = member.filename.lower()
        for forbidden, words in _FORBIDDEN.items():
            if forbidden in self._part and not (self.limits.may_link and forbidden in _LINKS):
                raise refusal(f"The workbook holds {words}")
        with archive.open(member) as stream:
            start = stream.read(_HEAD)
            if start.strip() and not start.lstrip().startswith(_XML_STARTS):
                return  # a picture or printer settings; no XML parser takes more than its first byte
            parser = _GuardedParser(self, member.file_size)
            parser.read(start, stream)
        if parser.root == "worksheet":
            self._sheets[member.filename] = parser.sheet.scan

    def element(self, local: str, attributes: dict[str, str]) -> None:
        """Take an element of a part that is no worksheet."""
        if local == "Relationship":
            if attributes.get("TargetMode", "").lower() == "external" and not self.limits.may_link:
                raise refusal(
                    "The workbook links to an address or file outside it. Remove links and "
                    "hyperlinks and save it again.",
                    value=attributes.get("Target", ""),
                )
            if self._part == "xl/_rels/workbook.xml.rels":
                self._targets[attributes.get("Id", "")] = attributes.get("Target", "")
        elif local == "sheet" and self._part == "xl/workbook.xml":
            relation = next((value for key, value in attributes.items() if key.endswith(" id")), "")
            is_hidden = attributes.get("state", "visible") != "visible"
            self._declared.append((attributes.get("name", ""), relation, is_hidden))
        elif local == "Override" and attributes.get("ContentType", "").endswith("sheet.main+xml"):
            self._check_list_of_sheets(attributes.get("PartName", ""))

    def _check_list_of_sheets(self, part: str) -> None:
        """Refuse another list of sheets than the one looked at here: the library would open that one."""
        if part != "/xl/workbook.xml":
            raise refusal(_DAMAGED)

    def worksheets(self) -> list[SheetScan]:
        """Return the worksheets in the order of the workbook, with their names."""
        found = []
        for name, relation, is_hidden in self._declared:
            target = self._targets.get(relation, "")
            sheet = self._sheets.get(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
            if sheet is not None:
                sheet.name, sheet.is_hidden = name, is_hidden
                found.append(sheet)
        return found


class _GuardedParser:
    """One XML part, read once: no document type, no depth or number of elements beyond what a table needs."""

    def __init__(self, workbook: _WorkbookScan, size: int) -> None:
        self.root = ""
        self.sheet = _SheetReader(workbook.limits)
        self._workbook = workbook
        self._size = size
        self._depth = self._elements = self._text = self._texts = 0
        self._holds_table = False
        self._locals: dict[str, str] = {}
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser.EntityDeclHandler = _refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def read(self, start: bytes, stream: IO[bytes]) -> None:
        """Read the part in pieces, `start` first; memory does not grow with its size."""
        self._parser.Parse(start, False)
        silent = 0
        while piece := stream.read(_PIECE):
            before = self._elements, self._texts
            self._parser.Parse(piece, False)
            silent = silent + 1 if (self._elements, self._texts) == before else 0
            if silent >= _MOST_SILENT:
                raise refusal(_TOO_MUCH)
        self._parser.Parse(b"", True)
        self._workbook.elements += self._elements

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = self._locals.get(name) or self._local(name)
        self._depth += 1
        # A tag with many attributes costs as much as many tags.
        self._elements += 1 + (len(attributes) >> 3)
        self._text = 0
        if not self.root:
            self._start_root(local)
        if self._elements > self._most or self._depth > _DEEPEST:
            raise refusal(_TOO_MUCH)
        if self.root != "worksheet":
            self._workbook.element(local, attributes)
        elif local not in _INSIDE_CELLS:
            self.sheet.start(local, attributes)

    def _local(self, name: str) -> str:
        """Return a name without its namespace; the first ones are remembered."""
        local = name.rpartition(" ")[2]
        if len(self._locals) < _NAMES_KEPT:
            self._locals[name] = local
        return local

    def _start_root(self, local: str) -> None:
        self.root = local
        limits = self._workbook.limits
        self._holds_table = local in limits.most
        self._most = min(limits.most.get(local, _MOST_IN_OTHERS), limits.together - self._workbook.elements)
        if local == "sst" and self._size > limits.strings:
            raise refusal(f"The texts of the workbook take more than {limits.strings // 1024**2} MB. Send it as CSV.")

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._depth == 1:
            self.sheet.leave()

    def _characters(self, text: str) -> None:
        self._texts += 1
        self._text += len(text)
        if self._text > LONGEST_TEXT and self._holds_table:
            raise refusal(f"A cell holds a text longer than {LONGEST_TEXT:,} characters. Shorten it.")
        if self.root == "worksheet" and not text.isspace():
            self.sheet.characters()


class _SheetReader:
    """The elements of one worksheet, kept only as addresses of what must not be there."""

    def __init__(self, limits: Limits) -> None:
        self.scan = SheetScan()
        self._most_rows = limits.rows
        self._most_columns = limits.columns
        self._row = self._column = self._cells = self._filled = 0
        self._row_text = "0"
        self._is_row_hidden = False
        self._in_values = False

    def start(self, local: str, attributes: dict[str, str]) -> None:
        """Take the start of one element."""
        if local == "c":
            self._cell(attributes)
        elif local == "row":
            self._start_row(attributes)
        elif local == "mergeCell":
            _note(self.scan.merged, attributes.get("ref", ""))
        elif local == "col" and (attributes.get("hidden") in {"1", "true"} or attributes.get("width") == "0"):
            self.scan.hidden_columns.append((_whole(attributes.get("min", "")), _whole(attributes.get("max", ""))))
        elif local == "sheetFormatPr" and attributes.get("zeroHeight") in {"1", "true"}:
            _note(self.scan.hidden_rows, "all rows without a height of their own")
        elif local == "sheetData":
            self._in_values = True

    def leave(self) -> None:
        """Take the end of a part of the sheet such as its rows; what follows is no cell."""
        self._in_values = False

    def characters(self) -> None:
        """Take text that is not only space: inside a cell it is a value."""
        if not self._in_values or not self._column:
            return
        self.scan.has_values = True
        self._filled += 1
        self.scan.last_column = max(self.scan.last_column, self._column)
        self.scan.last_row = self._row
        if self._is_row_hidden:
            _note(self.scan.hidden_rows, str(self._row))
            self._is_row_hidden = False

    def _start_row(self, attributes: dict[str, str]) -> None:
        row = _whole(attributes["r"]) if "r" in attributes else self._row + 1
        if row <= self._row:
            raise refusal(_DAMAGED)
        if row > self._most_rows + 1:
            raise refusal(
                f"The sheet has a row {row:,}; at most {self._most_rows:,} rows are read. Delete the rest or send CSV."
            )
        self._row, self._row_text, self._column = row, str(row), 0
        self._is_row_hidden = attributes.get("hidden") in {"1", "true"} or attributes.get("ht") == "0"

    def _cell(self, attributes: dict[str, str]) -> None:
        address = attributes.get("r", "")
        if not address:
            column = self._column + 1
        else:
            letters = address.rstrip("0123456789")
            column = _LETTERS.get(letters) or _column_number(letters)
            if address[len(letters) :] != self._row_text:
                raise refusal(_DAMAGED, value=address)
        if column <= self._column:
            raise refusal(_DAMAGED, value=address)
        self._cells += 1
        if self._cells - self._filled > _MOST_BLANK_CELLS:
            raise refusal(
                "The sheet holds hundreds of thousands of blank cells with a format. Copy the table alone into a new "
                "workbook."
            )
        if column > self._most_columns:
            raise refusal(
                f"Cell {address} lies beyond the {self._most_columns} columns that are read. Delete the "
                "columns outside the "
                "table, or copy the table into a new workbook.",
                value=address,
            )
        self._column = column


def _refuse_doctype(*_: object) -> None:
    raise refusal("A part of the workbook declares a document type or entities, as no Excel file does. Make it again.")


def _note(addresses: list[str], address: str) -> None:
    if len(addresses) < _ADDRESSES_LISTED:
        addresses.append(address)


def _whole(text: str) -> int:
    """Return a row or column number of at most seven digits; anything else is damage."""
    if not (text.isascii() and text.isdigit() and len(text) <= 7):
        raise refusal(_DAMAGED, value=text)
    return int(text)


_LETTERS: dict[str, int] = {}


def _column_number(letters: str) -> int:
    """Return 1 for A, 27 for AA; the first few are remembered."""
    number = _LETTERS.get(letters)
    if number is None:
        if not (letters.isascii() and letters.isalpha() and letters.isupper() and len(letters) <= 3):
            raise refusal(_DAMAGED, value=letters)
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - 64
        if number <= MOST_COLUMNS:
            _LETTERS[letters] = number
    return number
