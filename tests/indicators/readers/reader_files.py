"""Files for the tests of the readers, built from bytes: tidy rows, case rows, workbooks and zips, good and hostile."""

import csv
import io
import struct
import zipfile
from datetime import date
from pathlib import Path

from indicators.readers.cases import CaseLookups, CaseReader, CaseTuple
from indicators.readers.observations import ObservationLookups, ObservationRow, read_observations
from indicators.readers.problems import Problems

TODAY = date(2021, 1, 15)
TIDY_HEADER = [
    "row_id", "indicator", "part", "area", "window", "start", "end", "reported_for", "statistic", "value",
    "numerator", "denominator", "status", "basis", "qualifier", "period_printed", "source", "note",
]  # fmt: skip
TIDY_ROW = {
    "indicator": "asb", "area": "lancashire", "window": "month", "start": "2020-09-01", "end": "2020-09-30",
    "value": "5", "source": "ons",
}  # fmt: skip
LOOKUPS = ObservationLookups(
    parts={"asb": frozenset({"nuisance"}), "burglary": frozenset()},
    areas=frozenset({"lancashire", "east", "west", "south", "blackpool"}),
    sources=frozenset({"ons", "command_and_control"}),
)
CASE_HEADER = [
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code",
    "LSOA name", "Crime type", "Last outcome category", "Context",
]  # fmt: skip
CASE_ROW = {
    "Crime ID": "a" * 64, "Month": "2020-09", "Reported by": "Lancashire Constabulary",
    "Falls within": "Lancashire Constabulary", "Longitude": "-2.462750", "Latitude": "53.763441",
    "Location": "On or near Tintern Crescent", "LSOA code": "E01012607", "LSOA name": "Blackburn with Darwen 001A",
    "Crime type": "Burglary", "Last outcome category": "Under investigation",
}  # fmt: skip
CASE_LOOKUPS = CaseLookups(
    areas={"E01012607": 11, "E01012608": 12},
    outside=1,
    unlocated=2,
    categories={("Burglary", ""): 21, ("Burglary", "Domestic burglary"): 22, ("Anti-social behaviour", ""): 23},
    flags={"COVID-19": 31, "Domestic abuse": 32},
)


def csv_bytes(
    header: list[str], rows: list[list[str]], *, delimiter: str = ",", encoding: str = "utf-8", end: str = "\r\n"
) -> bytes:
    """Return a CSV text as bytes."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows([header, *rows])
    return text.getvalue().encode(encoding)


def tidy_cells(**changes: str) -> list[str]:
    """Return the cells of one good tidy row, with changes."""
    row = TIDY_ROW | changes
    return [row.get(name, "") for name in TIDY_HEADER]


def tidy_file(folder: Path, *rows: list[str]) -> Path:
    """Write a tidy CSV file of these rows."""
    path = folder / "tidy.csv"
    path.write_bytes(csv_bytes(TIDY_HEADER, list(rows)))
    return path


def read_bytes(folder: Path, content: bytes) -> tuple[list[ObservationRow], Problems]:
    """Read bytes as a tidy file."""
    path = folder / "file.csv"
    path.write_bytes(content)
    return read_observations(path, LOOKUPS, TODAY)


def read_tidy(folder: Path, **changes: str) -> tuple[list[ObservationRow], Problems]:
    """Read a tidy file of one row, good but for the changes."""
    return read_observations(tidy_file(folder, tidy_cells(**changes)), LOOKUPS, TODAY)


def case_cells(header: list[str] = CASE_HEADER, **changes: str) -> list[str]:
    """Return the cells of one good case, with changes; spaces in names are written as underscores."""
    row = CASE_ROW | {name.replace("_", " "): value for name, value in changes.items()}
    return [row.get(name, "") for name in header]


def case_bytes(*rows: list[str], header: list[str] = CASE_HEADER) -> bytes:
    """Return a case file of these rows."""
    return csv_bytes(header, list(rows))


def read_cases(folder: Path, content: bytes) -> tuple[list[CaseTuple], CaseReader]:
    """Read bytes as a case file, and return its cases and the exhausted reader."""
    path = folder / "cases"
    path.write_bytes(content)
    reader = CaseReader(path, CASE_LOOKUPS, TODAY)
    return list(reader), reader


def zip_bytes(members: dict[str, bytes], *, level: int = 9) -> bytes:
    """Return a zip of these members; a name that ends with a slash is a folder."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name) if name.endswith("/") else name, content)
    return packed.getvalue()


def encrypted(content: bytes) -> bytes:
    """Return a zip with the flag of encryption set on its first member, in both of its headers."""
    changed = bytearray(content)
    central = changed.rindex(b"PK\x01\x02")
    for place in (6, central + 8):
        (flags,) = struct.unpack_from("<H", changed, place)
        struct.pack_into("<H", changed, place, flags | 1)
    return bytes(changed)


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def sheet_xml(rows: str, *, before: str = "", after: str = "") -> str:
    """Return a worksheet part around the XML of its rows."""
    return f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def row_xml(number: int, cells: list[str], attributes: str = "") -> str:
    """Return the XML of one row of texts, numbers unquoted (text that begins with #)."""
    written = "".join(cell_xml(f"{chr(65 + place)}{number}", cell) for place, cell in enumerate(cells) if cell)
    return f'<row r="{number}" {attributes}>{written}</row>'


def cell_xml(address: str, text: str) -> str:
    """Return the XML of one cell: "#5" is the number 5, all else a text."""
    if text.startswith("#"):
        return f'<c r="{address}"><v>{text[1:]}</v></c>'
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


def workbook_bytes(
    sheets: list[str],
    *,
    parts: dict[str, str | bytes] | None = None,
    states: tuple[str, ...] = (),
    properties: str = "",
) -> bytes:
    """Return a workbook of these worksheet parts, named Sheet1, Sheet2 ..., by hand; `parts` are added or replace."""
    numbers = range(1, len(sheets) + 1)
    state = dict(zip(numbers, states, strict=False))
    listed = "".join(
        f'<sheet name="Sheet{n}" sheetId="{n}" r:id="rId{n}" state="{state.get(n, "visible")}"/>' for n in numbers
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    typed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers
    )
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{typed}</Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_RELATIONS}">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{properties}<sheets>{listed}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{related}</Relationships>',
    }
    members |= {f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in zip(numbers, sheets, strict=True)}
    members |= parts or {}
    return zip_bytes({name: part.encode() if isinstance(part, str) else part for name, part in members.items()})


def tidy_sheet(*rows: list[str], before: str = "", after: str = "") -> str:
    """Return a worksheet part with the tidy header and these rows."""
    lines = "".join(row_xml(number, cells) for number, cells in enumerate([TIDY_HEADER, *rows], start=1))
    return sheet_xml(lines, before=before, after=after)


def words(problems: Problems) -> str:
    """Return all messages in one text."""
    return " | ".join(problem.message for problem in problems.listed)
