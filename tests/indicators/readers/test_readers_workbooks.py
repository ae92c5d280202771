"""C41, C45 to C54, C62: Excel workbooks, good ones as libraries write them, hostile ones built by hand."""

import io
import socket
import tracemalloc
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from reader_files import (
    LOOKUPS,
    TIDY_HEADER,
    TODAY,
    csv_bytes,
    read_bytes,
    row_xml,
    sheet_xml,
    tidy_cells,
    tidy_sheet,
    words,
    workbook_bytes,
)

from indicators.readers.observations import ObservationRow, read_observations
from indicators.readers.problems import Problems

MEGABYTES = 1024**2


def typed_cells(**changes: object) -> list[object]:
    """Return the cells of a good row as Excel stores them: dates and numbers, not texts."""
    row = dict(zip(TIDY_HEADER, tidy_cells(), strict=True)) | {
        "start": date(2020, 9, 1), "end": date(2020, 9, 30), "value": 5,
    } | changes  # fmt: skip
    return [value or None for value in row.values()]


def saved(book: openpyxl.Workbook) -> bytes:
    """Return the bytes of a workbook as a library writes it."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def book_of(*rows: list[object]) -> openpyxl.Workbook:
    """Return a workbook with the tidy header and these rows."""
    book = openpyxl.Workbook()
    for row in [TIDY_HEADER, *rows]:
        book.active.append(row)
    return book


def read(folder: Path, book: openpyxl.Workbook) -> tuple[list[ObservationRow], Problems]:
    """Read a workbook."""
    return read_bytes(folder, saved(book))


def test_read_workbook_gives_the_same_as_csv(tmp_path: Path) -> None:
    changes = [{"value": 75.4}, {"area": "east", "value": 1234}, {"area": "west", "value": 0.1, "note": "Ŵ – £"}]
    rows, problems = read(tmp_path, book_of(*(typed_cells(**change) for change in changes)))
    texts = [tidy_cells(**{name: str(value) for name, value in change.items()}) for change in changes]
    expected, _ = read_bytes(tmp_path, csv_bytes(TIDY_HEADER, texts))
    assert not problems, words(problems)
    assert rows == expected
    assert [row.value for row in rows] == [Decimal("75.4"), Decimal(1234), Decimal("0.1")]


def test_read_number_as_excel_stores_it_is_the_number_shown(tmp_path: Path) -> None:
    content = workbook_bytes([tidy_sheet(tidy_cells(value="#75.400000000000006"))])
    (row,), problems = read_bytes(tmp_path, content)
    assert not problems
    assert row.value == Decimal("75.4")


def test_read_dates_of_the_1904_system_are_right(tmp_path: Path) -> None:
    book = book_of(typed_cells())
    book.epoch = CALENDAR_MAC_1904
    (row,), problems = read(tmp_path, book)
    assert not problems
    assert (row.start, row.end) == (date(2020, 9, 1), date(2020, 9, 30))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"start": 44075}, "day number"),
        ({"row_id": date(2020, 2, 1)}, "turned this into a date"),
        ({"value": date(2020, 2, 1)}, "turned this into a date"),
        ({"period_printed": datetime(2020, 11, 1)}, "turned this into a date"),  # noqa: DTZ001 - cells have no zone
        ({"end": datetime(2020, 9, 30, 14, 5)}, "time of day"),  # noqa: DTZ001
        ({"row_id": 1230000000000000}, "more than 15 digits"),
        ({"value": True}, "TRUE or FALSE"),
        ({"value": "#N/A"}, "Cell J2 holds an error"),
        ({"value": "=5+5"}, "Cell J2 holds a formula"),
        ({"value": "12 %"}, "percent"),
    ],
)
def test_read_cell_of_wrong_form_is_named(tmp_path: Path, changes: dict[str, object], named: str) -> None:
    rows, problems = read(tmp_path, book_of(typed_cells(**changes)))
    assert not rows
    assert problems.count == 1
    assert named in words(problems)
    assert (problems.listed[0].row, problems.listed[0].sheet) == (2, "Sheet")


@pytest.mark.parametrize(
    ("shown", "column", "named"), [("0.0%", "value", "percentage"), ("00000", "row_id", "leading zeros")]
)
def test_read_number_shown_differently_is_refused(tmp_path: Path, shown: str, column: str, named: str) -> None:
    book = book_of(typed_cells(**{column: 0.754 if column == "value" else 123}))
    book.active.cell(2, TIDY_HEADER.index(column) + 1).number_format = shown
    assert named in words(read(tmp_path, book)[1])


@pytest.mark.parametrize(
    "formula",
    ["<f>5+5</f>", "<f>5+5</f><v>10</v>", "<f>[1]Sheet1!A1</f><v>3</v>", '<f t="array" ref="J2">SUM(A1)</f><v>3</v>',
     '<f t="shared" si="0"/><v>3</v>'],
)  # fmt: skip
def test_read_formula_with_or_without_value_is_refused_with_address(tmp_path: Path, formula: str) -> None:
    sheet = tidy_sheet(tidy_cells(value="#77777")).replace("<v>77777</v>", formula)
    rows, problems = read_bytes(tmp_path, workbook_bytes([sheet]))
    assert not rows
    assert "Cell J2 holds a formula" in words(problems)


def test_read_title_rows_merged_cells_and_hidden_things_are_named(tmp_path: Path) -> None:
    book = book_of(typed_cells(), typed_cells(area="east"))
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["T"].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.active.merge_cells("A5:B5")
    book.create_sheet("Secret").sheet_state = "hidden"
    book.create_sheet("Very").sheet_state = "veryHidden"
    book.create_sheet("More").append([1])
    book.create_sheet("Empty")
    _, problems = read(tmp_path, book)
    named = {(problem.sheet, problem.message.split(".")[0], problem.value) for problem in problems.listed}
    assert named == {
        ("Secret", "This sheet is hidden", ""),
        ("Very", "This sheet is hidden", ""),
        ("More", 'A second sheet holds values beside "Sheet"', ""),
        ("Sheet", "Cells are merged", "A5:B5"),
        ("Sheet", "Rows are hidden", "3"),
        ("Sheet", "Columns are hidden", "B"),
    }


def test_read_title_rows_above_header_of_a_sheet_are_named(tmp_path: Path) -> None:
    book = book_of(typed_cells())
    book.active.insert_rows(1, 3)
    book.active["A1"] = "Quarterly figures"
    assert "The header stands in row 4. Delete the 3 rows above it" in words(read(tmp_path, book)[1])


def test_read_workbook_without_values_is_refused(tmp_path: Path) -> None:
    assert "no visible sheet with values" in words(read(tmp_path, openpyxl.Workbook())[1])


def row_bomb(rows: int) -> str:
    """Return a sheet of so many rows of one small cell."""
    return sheet_xml("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, rows + 1)))


STRINGS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</sst>'
LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


def sheet_of(rows: str) -> bytes:
    """Return a workbook of one sheet of this XML."""
    return workbook_bytes([sheet_xml(rows)])


def with_part(name: str, part: str | bytes) -> bytes:
    """Return a harmless workbook with one more part."""
    return workbook_bytes([tidy_sheet()], parts={name: part})


def attributes() -> str:
    """Return two hundred thousand attributes."""
    return " ".join(f'a{number}="1"' for number in range(200_000))


def blank_rows() -> str:
    """Return rows of 240,000 blank cells."""
    return "".join(f'<row r="{number}">{"<c/>" * 60}</row>' for number in range(1, 4_000))


def numbers() -> str:
    """Return more than 16 MB of text that does not shrink much."""
    return "\n".join(str(number) for number in range(2_300_000))


DEEP = "<v>" * 100 + "</v>" * 100


@pytest.mark.slow
@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: sheet_of('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "1,048,576"),
        (lambda: sheet_of('<row r="1"><c r="XFD1"><v>1</v></c></row>'), "XFD1 lies beyond"),
        (lambda: sheet_of('<row r="1"><c r="ZZZZZ1"><v>1</v></c></row>'), "damaged"),
        (lambda: sheet_of('<row r="99999999999"/>'), "damaged"),
        (lambda: sheet_of('<row r="2"/><row r="1"/>'), "damaged"),
        (lambda: sheet_of('<row r="1"><c r="A9"><v>1</v></c></row>'), "damaged"),
        (lambda: sheet_of('<row r="1"><c r="B1"><v>1</v></c><c r="B1"><v>2</v></c></row>'), "damaged"),
        (lambda: workbook_bytes([row_bomb(100_000)]), "at most 20,000 rows"),
        (lambda: workbook_bytes([tidy_sheet(tidy_cells(note="x" * 40_000))]), "32,767"),
        (lambda: sheet_of(f'<row r="1"><c r="A1">{DEEP}</c></row>'), "far more"),
        (lambda: sheet_of(f"<row {attributes()}/>"), "far more"),
        (lambda: sheet_of(blank_rows()), "blank cells"),
        (lambda: with_part("xl/sharedStrings.xml", STRINGS.format("<si><t>ab</t></si>" * 250_000)), "far more"),
        (lambda: with_part("xl/sharedStrings.xml", STRINGS.format("<si/>" + numbers())), "more than 16 MB"),
        (lambda: with_part("xl/styles.xml", f"<styleSheet>{'<xf/>' * 30_000}</styleSheet>"), "far more"),
        (lambda: with_part("xl/theme.xml", f"{LAUGHS}<w>&b;</w>"), "document type"),
        (lambda: with_part("xl/media/a.png", f"  {LAUGHS}<w>&b;</w>"), "document type"),
        (lambda: with_part("xl/theme.xml", f"{LAUGHS}<w>&b;</w>".encode("utf-16")), "document type"),
        (lambda: workbook_bytes([LAUGHS + tidy_sheet().partition("?>")[2]]), "document type"),
        (lambda: with_part("xl/externalLinks/externalLink1.xml", "<a/>"), "links to other workbooks"),
        (lambda: with_part("xl/embeddings/ole.bin", b"x"), "embedded"),
        (lambda: with_part("xl/pivotCache/records.xml", "<a/>"), "pivot"),
        (lambda: with_part("xl/connections.xml", "<a/>"), "connections"),
        (lambda: workbook_bytes(["<worksheet><unclosed>"]), "damaged"),
        (lambda: workbook_bytes([tidy_sheet()], parts={f"xl/x{n}.xml": "<a/>" for n in range(600)}), "files; at most"),
    ],
)
def test_read_hostile_workbook_is_refused_by_name_in_little_memory(
    tmp_path: Path, build: Callable[[], bytes], named: str
) -> None:
    content = build()
    tracemalloc.start()
    rows, problems = read_bytes(tmp_path, content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not rows
    assert named in words(problems)
    assert peak < 100 * MEGABYTES


def test_read_workbook_of_half_a_gigabyte_is_refused_before_unpacking(tmp_path: Path) -> None:
    content = bytearray(workbook_bytes([tidy_sheet()]))
    place = content.rindex(b"xl/worksheets/sheet1.xml") - 46 + 24
    content[place : place + 4] = (512 * MEGABYTES).to_bytes(4, "little")
    assert "at most 64 MB" in words(read_bytes(tmp_path, bytes(content))[1])


def test_read_sheet_that_lies_about_its_size_is_read_whole(tmp_path: Path) -> None:
    sheet = tidy_sheet(tidy_cells(), tidy_cells(area="east"), before='<dimension ref="A1:B1"/>')
    rows, problems = read_bytes(tmp_path, workbook_bytes([sheet]))
    assert not problems, words(problems)
    assert [row.area for row in rows] == ["lancashire", "east"]


def test_read_rows_set_to_height_nothing_are_hidden_rows(tmp_path: Path) -> None:
    sheet = sheet_xml(row_xml(1, TIDY_HEADER) + row_xml(2, tidy_cells(), 'ht="0" customHeight="1"'))
    assert "Rows are hidden" in words(read_bytes(tmp_path, workbook_bytes([sheet]))[1])


def test_read_second_list_of_sheets_is_refused(tmp_path: Path) -> None:
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Override PartName="/xl/other.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    )
    assert "damaged" in words(
        read_bytes(tmp_path, workbook_bytes([tidy_sheet()], parts={"[Content_Types].xml": types}))[1]
    )


def test_read_external_address_is_refused_and_never_called(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        relation = f'<Relationships><Relationship Id="r1" Target="{address}" TargetMode="External"/></Relationships>'
        entity = f'<!DOCTYPE w [<!ENTITY x SYSTEM "{address}">]><w>&x;</w>'
        for part, text in (("xl/worksheets/_rels/sheet1.xml.rels", relation), ("xl/theme.xml", entity)):
            rows, problems = read_bytes(tmp_path, workbook_bytes([tidy_sheet(tidy_cells())], parts={part: text}))
            assert not rows
            assert problems
        with pytest.raises(TimeoutError):
            listener.accept()


def test_read_workbook_by_path_needs_no_extension(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(saved(book_of(typed_cells())))
    assert len(read_observations(path, LOOKUPS, TODAY)[0]) == 1
