"""Small official workbooks and open data, made by hand in the forms in which they are published.

In a text, what stands between carets is raised above the line: "Ash^7,8^".
"""

import re
from collections.abc import Mapping, Sequence
from html import escape

from indicators.actions import feeds, imports
from indicators.choices import ImportKind
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.feed import OfficialFeed
from indicators.models.source import DataSource
from indicators.people import Person
from tests.indicators.case_files import work
from tests.indicators.readers.reader_files import sheet_xml, workbook_bytes

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STEM = "Police recorded crime by offence group and police force area, number of offences"
CHANGES = "Police recorded crime by offence group and police force area, percentage change"
COLUMNS = ("Total recorded crime (excluding fraud^3^)", "Robbery", "Homicide^4^")
TOTAL = "Total recorded crime (excluding fraud)"
# Code, name, and the force's own three numbers; the sums above them are worked out by hand below.
PLACES = (
    ("K04000001", "ENGLAND AND WALES^5^"), ("E92000001", "ENGLAND"),
    ("E12000001", "North Region"), ("E23000001", "Ash"), ("E23000002", "Birch"), ("E23000003", "Smallshire^6^"),
    ("E12000002", "South Region"), ("E23000004", "Dale"),
    ("W92000004", "WALES"), ("W15000001", "Elm"), ("", "Railway Police"),
)  # fmt: skip
NOTES = (
    "1. Not designated as National Statistics.", "3. Fraud is excluded.", "4. Homicide is counted on its own.",
    "5. Includes the Railway Police.", "6. Smallshire changed its systems.", "7 '..'  indicates data not available.",
    "8. '-'  indicates that the base number is fewer than 50.",
)  # fmt: skip
JUNE = {
    "ENGLAND AND WALES": (1100, 110, 11), "ENGLAND": (850, 85, 8),
    "North Region": (600, 60, 6), "Ash": (100, 10, 1), "Birch": (300, 30, 3), "Smallshire": (200, 20, 2),
    "South Region": (250, 25, 2), "Dale": (250, 25, 2),
    "WALES": (150, 15, 1), "Elm": (150, 15, 1), "Railway Police": (100, 10, 2),
}  # fmt: skip
# Birch sends nothing, and no total holds it: 600 → 330, like for like 300 → 330.
SEPTEMBER = {
    "ENGLAND AND WALES": (860, 86, 9), "ENGLAND": (610, 61, 6),
    "North Region": (330, 33, 4), "Ash": (110, 11, 1), "Birch": ("..", "..", ".."), "Smallshire": (220, 22, 3),
    "South Region": (280, 28, 2), "Dale": (280, 28, 2),
    "WALES": (150, 15, 1), "Elm": (150, 15, 1), "Railway Police": (100, 10, 2),
}  # fmt: skip

RAISED = '<vertAlign val="superscript"/>'

Value = int | str
Values = Mapping[str, Sequence[Value]]


def plain(text: str) -> str:
    """Return a text without what is raised."""
    return re.sub(r"\^[^^]*\^", "", text)


def cell(address: str, value: Value, *, is_glued: bool) -> str:
    """Return the XML of one cell; raised marks in runs of their own, or glued on as plain text."""
    if not isinstance(value, str):
        return f'<c r="{address}"><v>{value}</v></c>'
    if is_glued:
        return f'<c r="{address}" t="inlineStr"><is><t>{escape(value.replace("^", ""))}</t></is></c>'
    runs = [
        f"<r><rPr>{RAISED if at % 2 else ''}</rPr><t>{escape(run)}</t></r>"
        for at, run in enumerate(value.split("^")) if run
    ]  # fmt: skip
    return f'<c r="{address}" t="inlineStr"><is>{"".join(runs)}</is></c>'


def sheet(
    values: Values,
    *,
    title: str,
    columns: Sequence[str] = COLUMNS,
    notes: Sequence[str] = NOTES,
    places: Sequence[tuple[str, str]] = PLACES,
    is_glued: bool = False,
    start: int = 1,
) -> str:
    """Return a sheet with one table, its title in row `start`."""
    rows: dict[int, list[Value]] = {start: [title], start + 2: ["England and Wales"]}
    rows[start + 4] = ["Area Code", "Area Name", *columns]
    rows[start + 5] = ["", "", "Numbers"]
    for at, (code, name) in enumerate(places, start=start + 6):
        rows[at] = [code, name, *values[plain(name)]]
    foot = start + 6 + len(places)
    rows[foot] = ["Source: Home Office"]
    rows |= {foot + 1 + at: [note] for at, note in enumerate(notes)}
    written = "".join(
        f'<row r="{row}">'
        + "".join(
            cell(f"{chr(65 + at)}{row}", value, is_glued=is_glued) for at, value in enumerate(cells) if value != ""
        )
        + "</row>"
        for row, cells in rows.items()
    )
    return sheet_xml(written, after='<mergeCells count="1"><mergeCell ref="A1:E1"/></mergeCells>')


def workbook(
    values: Values = JUNE, ends: str = "June 2019", *, number: str = "P1", is_glued: bool = False, **more: object
) -> bytes:
    """Return a release: a contents page, and the table of numbers on the sheet after it."""
    title = f"Table {number}:  {STEM}, year ending {ends}^1^"
    contents = sheet_xml(
        f'<row r="1"><c r="A1" t="inlineStr"><is><t>Table {number}:  {STEM}, year ending {ends}</t></is></c></row>'
    )
    return workbook_bytes([contents, sheet(values, title=title, is_glued=is_glued, **more)])


def lines(*extra: dict[str, str]) -> dict[str, object]:
    """Return a mapping of the total to all_crime and of robbery to robbery."""
    level = {"table": STEM, "part": "", "statistic": "level"}
    return {
        "lines": [
            {**level, "column": TOTAL, "indicator": "all_crime"},
            {**level, "column": "Robbery", "indicator": "robbery"},
            *extra,
        ]
    }  # fmt: skip


def feed(force: Force, by: Person, folder, content: bytes | None = None, definition: object = None) -> OfficialFeed:
    """Begin a feed with a release and save it; Smallshire is the force itself."""
    path = folder / "sample"
    path.write_bytes(workbook() if content is None else content)
    made = feeds.create(force, DataSource.objects.get(slug="supplied"), "Area tables", path, by=by)
    feeds.save(made, definition or lines(), made.own, version=0, by=by)
    return made


def send(made: OfficialFeed, by: Person, content: bytes, name: str = "release.xlsx") -> DataImport:
    """Receive a release and check it."""
    received, _ = imports.receive(made.force, ImportKind.OFFICIAL, name, [content], by=by, feed=made)
    work(imports.STAGE_TASK, received)
    return received


def load(made: OfficialFeed, by: Person, content: bytes) -> DataImport:
    """Take a release the whole way to the figures."""
    received = send(made, by, content)
    assert received.state == "staged", list(received.problems.values("row", "value", "message"))
    imports.confirm(received, by=by, reason="Looked at the release.")
    work(imports.APPLY_TASK, received)
    assert received.state == "applied"
    return received


OPEN_HEADER = (
    "Financial Year,Financial Quarter,Force Name,Offence Description,Offence Group,Offence Subgroup,Offence Code,"
    "Number of Offences"
)


def open_data(*rows: tuple[str, int, str, str, str, str]) -> bytes:
    """Return open data of (year, quarter, force, offence group, code, number as written)."""
    written = [
        f"{year},{quarter},{force},{code} of {group},{group},{group},{code},{number}"
        for year, quarter, force, group, code, number in rows
    ]
    return "\n".join([OPEN_HEADER, *written, ""]).encode()
