"""C1 to C8, C41 to C54, C62 for case files in workbooks, gzip and zips of these: the same cases, or a refusal."""

import gzip
import io
import tracemalloc
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from reader_files import (
    CASE_HEADER,
    CASE_LOOKUPS,
    TODAY,
    case_bytes,
    case_cells,
    csv_bytes,
    read_cases,
    row_xml,
    sheet_xml,
    words,
    workbook_bytes,
    zip_bytes,
)

from indicators.readers.cases import CaseReader

CELLS = [case_cells(), case_cells(Crime_ID="", Crime_type="Anti-social behaviour", Longitude="", Latitude="")]
PLAIN = case_bytes(*CELLS)
MEGABYTES = 1024**2


def typed(cells: list[str]) -> list[object]:
    """Return the cells of a case as Excel stores them: coordinates as numbers, blanks as nothing."""
    return [float(cell) if cell and place in (4, 5) else cell or None for place, cell in enumerate(cells)]


def book(*rows: list[object], header: list[str] = CASE_HEADER) -> openpyxl.Workbook:
    """Return a workbook with these rows below the header."""
    made = openpyxl.Workbook()
    for row in [header, *rows]:
        made.active.append(row)
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    """Return the bytes of a workbook."""
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


WORKBOOK = saved(book(*(typed(cells) for cells in CELLS)))


@pytest.mark.parametrize(
    ("content", "member"),
    [
        (gzip.compress(PLAIN), ""),
        (gzip.compress(PLAIN[:90]) + gzip.compress(PLAIN[90:]), ""),
        (WORKBOOK, ""),
        (gzip.compress(WORKBOOK), ""),
        (zip_bytes({"a.csv": PLAIN}), "a.csv"),
        (zip_bytes({"2020-09/2020-09-x.xlsx": WORKBOOK}), "2020-09/2020-09-x.xlsx"),
        (zip_bytes({"2020-09-x.csv.gz": gzip.compress(PLAIN)}), "2020-09-x.csv.gz"),
        (csv_bytes(CASE_HEADER, CELLS, delimiter=";", encoding="cp1252"), ""),
        (gzip.compress(csv_bytes(CASE_HEADER, CELLS, delimiter="\t", encoding="utf-16")), ""),
        (csv_bytes(CASE_HEADER, CELLS, delimiter="|", encoding="utf-8-sig", end="\r"), ""),
    ],
)
def test_read_the_same_cases_in_any_packing(tmp_path: Path, content: bytes, member: str) -> None:
    expected, _ = read_cases(tmp_path, PLAIN)
    cases, reader = read_cases(tmp_path, content)
    assert not reader.problems, words(reader.problems)
    assert [case[2:] for case in cases] == [case[2:] for case in expected]
    assert {case[1] for case in cases} == {member}
    assert reader.rows == 2
    assert reader.bytes_read == reader.total_bytes > 0


def test_read_months_that_excel_has_made_dates_of(tmp_path: Path) -> None:
    row = typed(case_cells())
    row[1] = date(2020, 9, 1)
    (case,), reader = read_cases(tmp_path, saved(book(row)))
    assert not reader.problems
    assert case == read_cases(tmp_path, case_bytes(case_cells()))[0][0]
    row[1] = date(2020, 9, 20)  # "Sep-20" as a spreadsheet program may take it
    _, reader = read_cases(tmp_path, saved(book(row)))
    assert "is not a month" in words(reader.problems)


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("Crime ID", "=A1", "Cell A2 holds a formula"),
        ("Crime ID", 1230000000000000, "more than 15 digits"),
        ("Crime ID", date(2020, 2, 1), "turned this into a date"),
        ("LSOA code", date(2020, 2, 1), "turned this into a date"),
        ("Location", "#REF!", "holds an error"),
        ("Context", True, "TRUE or FALSE"),
        ("Location", datetime(2020, 2, 1, 10, 5), "time of day"),  # noqa: DTZ001 - cells have no zone
        ("Location", "a\nb", "U+000A"),
    ],
)
def test_read_cell_of_wrong_form_is_named_and_the_other_rows_are_read(
    tmp_path: Path, column: str, value: object, named: str
) -> None:
    row = typed(case_cells())
    row[CASE_HEADER.index(column)] = value
    cases, reader = read_cases(tmp_path, saved(book(row, typed(case_cells()))))
    assert len(cases) == 1
    assert named in words(reader.problems)
    assert (reader.problems.count, reader.problems.listed[0].row) == (1, 2)
    assert sum(reader.bad_rows.values()) == 1
    assert not reader.is_broken


def test_read_number_shown_with_leading_zeros_is_refused(tmp_path: Path) -> None:
    made = book([1234, *typed(case_cells())[1:]])
    made.active["A2"].number_format = "00000000"
    assert "leading zeros" in words(read_cases(tmp_path, saved(made))[1].problems)


def test_read_workbook_with_merged_hidden_and_further_sheets_lists_them_and_reads_nothing(tmp_path: Path) -> None:
    made = book(*(typed(cells) for cells in CELLS))
    made.active.merge_cells("A1:B1")
    made.active.row_dimensions[3].hidden = True
    made.active.column_dimensions["C"].hidden = True
    made.create_sheet("Secret").sheet_state = "veryHidden"
    made.create_sheet("More").append([1])
    for content, place in ((saved(made), ""), (zip_bytes({"a.xlsx": saved(made)}), "a.xlsx, sheet ")):
        cases, reader = read_cases(tmp_path, content)
        assert not cases
        assert reader.is_broken
        assert {(problem.sheet, problem.message.split(".")[0]) for problem in reader.problems.listed} == {
            (f"{place}Secret", "This sheet is hidden"),
            (f"{place}More", 'A second sheet holds values beside "Sheet"'),
            (f"{place}Sheet", "Cells are merged"),
            (f"{place}Sheet", "Rows are hidden"),
            (f"{place}Sheet", "Columns are hidden"),
        }


def test_read_title_and_totals_rows_of_a_sheet_are_named(tmp_path: Path) -> None:
    made = book(typed(case_cells()), ["Total", *[None] * 10, "1"])
    assert "row of totals" in words(read_cases(tmp_path, saved(made))[1].problems)
    made.active.insert_rows(1, 3)
    made.active["A1"] = "Street-level crime"
    _, reader = read_cases(tmp_path, saved(made))
    assert "The header stands in row 4. Delete the 3 rows above it" in words(reader.problems)


@pytest.mark.parametrize("content", [openpyxl.Workbook(), book()])
def test_read_workbook_without_cases_is_refused(tmp_path: Path, content: openpyxl.Workbook) -> None:
    cases, reader = read_cases(tmp_path, saved(content))
    assert not cases
    assert reader.problems.count == 1


def test_read_names_the_sheet_inside_its_member_of_a_zip(tmp_path: Path) -> None:
    row = typed(case_cells())
    row[0] = "=A1"
    _, reader = read_cases(tmp_path, zip_bytes({"one.xlsx": saved(book(row)), "two.csv": PLAIN}))
    assert [problem.sheet for problem in reader.problems.listed] == ["one.xlsx, sheet Sheet"]
    assert reader.rows == 3


def test_read_first_rows_only_leaves_the_rest_unread(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes(case_bytes(*[case_cells()] * 50)[:-2])
    reader = CaseReader(path, CASE_LOOKUPS, TODAY, most_rows=10)
    assert len(list(reader)) == reader.rows == 10
    assert not reader.problems  # that the file was cut off is not for a look at its first rows


def tall(rows: int, columns: int) -> bytes:
    """Return a workbook of so many rows and columns of small numbers."""
    cells = ["#1"] * columns
    return workbook_bytes([sheet_xml("".join(row_xml(number, cells) for number in range(1, rows + 1)))])


def repeated(piece: bytes, times: int) -> bytes:
    """Return a gzip of a text repeated, made in pieces."""
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb") as packed:
        for _ in range(times):
            packed.write(piece)
    return stream.getvalue()


LINES = case_bytes(*[case_cells()] * 1_000)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: repeated(LINES, 1_000), "far more than such a file can hold"),
        (lambda: repeated(b"\0" * MEGABYTES, 500), "UTF-16 without its byte order mark"),
        (lambda: zip_bytes({"a.csv.gz": repeated(LINES, 1_000)}, level=0), "far more than such a file can hold"),
        (lambda: gzip.compress(repeated(LINES, 1_000)), "packed with gzip"),
        (lambda: gzip.compress(zip_bytes({"a.csv": PLAIN})), "inside the zip"),
        (lambda: gzip.compress(PLAIN)[:-20], "gzip file is damaged"),
        (lambda: gzip.compress(PLAIN) + b"rest", "gzip file is damaged"),
        (lambda: gzip.compress(PLAIN)[:-8] + bytes(8), "gzip file is damaged"),
        (lambda: gzip.compress(b""), "The file is empty"),
        (lambda: gzip.compress(b"%PDF-1.7"), "PDF"),
        (lambda: tall(130_000, 1), "at most 100,000 rows"),
        (lambda: tall(95_000, 12), "far more than a table needs"),
        (lambda: zip_bytes({"a.xlsx": tall(130_000, 1)}), "at most 100,000 rows"),
        (lambda: workbook_bytes([sheet_xml('<row r="1"><c r="XFD1"><v>1</v></c></row>')]), "lies beyond"),
        (lambda: workbook_bytes(['<!DOCTYPE w [<!ENTITY a "ha">]><w>&a;</w>']), "document type"),
    ],
)
def test_read_hostile_file_is_refused_in_little_memory(tmp_path: Path, build: Callable[[], bytes], named: str) -> None:
    content = build()
    path = tmp_path / "hostile"
    path.write_bytes(content)
    del content
    tracemalloc.start()
    reader = CaseReader(path, CASE_LOOKUPS, TODAY)
    assert not list(reader)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert named in words(reader.problems)
    assert reader.is_broken
    assert peak < 100 * MEGABYTES
