"""C9 to C16, C40, C57, C58, C61, C62 for case files: rows ready to load, or problems with their place."""

from dataclasses import replace
from datetime import date
from hashlib import blake2b
from pathlib import Path

import pytest
from reader_files import (
    CASE_HEADER,
    CASE_LOOKUPS,
    TODAY,
    case_bytes,
    case_cells,
    csv_bytes,
    read_cases,
    words,
    zip_bytes,
)

from indicators.readers.cases import CaseReader

FULL = [*CASE_HEADER, "Date", "Offence", "Flags"]
PLACE = {"outside": 1, "unlocated": 2}


def test_read_case_yields_one_tuple_ready_to_load(tmp_path: Path) -> None:
    cells = case_cells(
        FULL, Date="15/09/2020", Offence="Domestic burglary", Flags="Domestic abuse;COVID-19", Context="x"
    )
    (case,), reader = read_cases(tmp_path, case_bytes(cells, header=FULL))
    assert not reader.problems, words(reader.problems)
    assert case[:3] == (2, "", date(2020, 9, 1))
    assert case[3] == blake2b(b"a" * 64, digest_size=16).digest()
    assert len(case[4]) == 16
    assert case[5:] == (
        "a" * 64, date(2020, 9, 15), "-2.462750", "53.763441", "On or near Tintern Crescent", 11, "E01012607",
        "Blackburn with Darwen 001A", 22, "Under investigation", "x", [31, 32],
    )  # fmt: skip
    assert reader.rows == 1
    assert reader.months == {date(2020, 9, 1)}
    assert reader.bytes_read == reader.total_bytes == len(case_bytes(cells, header=FULL))


def test_read_same_case_in_other_order_has_the_same_content(tmp_path: Path) -> None:
    cells = case_cells(FULL, Date="2020-09-15", Flags="COVID-19; Domestic abuse")
    again = case_cells(
        FULL, Date="15/09/2020", Flags="Domestic abuse;COVID-19", Location=" On or near Tintern Crescent "
    )
    (first,), _ = read_cases(tmp_path, case_bytes(cells, header=FULL))
    (second,), _ = read_cases(tmp_path, case_bytes(again[::-1], header=FULL[::-1]))
    assert first == second


def test_read_file_without_optional_columns_equals_file_with_blank_ones(tmp_path: Path) -> None:
    assert (
        read_cases(tmp_path, case_bytes(case_cells()))[0]
        == read_cases(tmp_path, case_bytes(case_cells(FULL), header=FULL))[0]
    )


@pytest.mark.parametrize("column", ["Outcome", "Location", "LSOA name", "Context"])
def test_read_changed_field_changes_content_and_keeps_key(tmp_path: Path, column: str) -> None:
    name = "Last outcome category" if column == "Outcome" else column
    changed = [f"{cell}x" if title == name else cell for title, cell in zip(CASE_HEADER, case_cells(), strict=True)]
    cases, _ = read_cases(tmp_path, case_bytes(case_cells(), changed))
    assert cases[0][3] == cases[1][3]
    assert cases[0][4] != cases[1][4]


def test_read_moved_text_between_fields_changes_content(tmp_path: Path) -> None:
    cases, _ = read_cases(
        tmp_path, case_bytes(case_cells(Location="ab", Context="c"), case_cells(Location="a", Context="bc"))
    )
    assert cases[0][4] != cases[1][4]


def test_read_identical_rows_without_reference_are_both_kept_with_one_key(tmp_path: Path) -> None:
    cells = case_cells(Crime_ID="", Crime_type="Anti-social behaviour", Last_outcome_category="")
    cases, reader = read_cases(tmp_path, case_bytes(cells, cells, case_cells()))
    assert not reader.problems
    assert [case[0] for case in cases] == [2, 3, 4]
    assert cases[0][3] == cases[0][4] == cases[1][3]
    assert cases[2][3] != cases[0][3]


@pytest.mark.parametrize(
    ("code", "area"),
    [
        ("E01012607", 11),
        ("", PLACE["unlocated"]),
        ("E01999999", PLACE["outside"]),
        ("W01000001", PLACE["outside"]),
    ],
)
def test_read_small_area_known_blank_or_elsewhere_has_its_line(tmp_path: Path, code: str, area: int) -> None:
    (case,), _ = read_cases(tmp_path, case_bytes(case_cells(LSOA_code=code)))
    assert case[10] == area


@pytest.mark.parametrize(
    ("changes", "column", "named"),
    [
        ({"Month": "2020-9"}, "Month", "2020-09"),
        ({"Month": "09/2020"}, "Month", "2020-09"),
        ({"Month": "Sep-20"}, "Month", "2020-09"),
        ({"Month": "44075"}, "Month", "2020-09"),
        ({"Month": ""}, "Month", "2020-09"),
        ({"Month": "2021-02"}, "Month", "future"),
        ({"LSOA_code": "EO1012607"}, "LSOA code", 'Did you mean "E01012607"'),
        ({"LSOA_code": "Е01012607"}, "LSOA code", "CYRILLIC CAPITAL LETTER IE"),
        ({"LSOA_code": "e01012607"}, "LSOA code", 'Did you mean "E01012607"'),
        ({"Crime_type": "Burglery"}, "Crime type", 'Did you mean "Burglary"'),
        ({"Crime_type": "burglary"}, "Crime type", 'Did you mean "Burglary"'),
        ({"Crime_type": "Burglary\u00a0"}, "Crime type", "NO-BREAK SPACE"),
        ({"Crime_type": ""}, "Crime type", "blank"),
        ({"Offence": "Domestic burglery"}, "Offence", 'Did you mean "Domestic burglary"'),
        ({"Flags": "COVID-19;Covid"}, "Flags", '"Covid"'),
        ({"Date": "30/02/2020"}, "Date", "no 30 February"),
        ({"Date": "01/10/2020"}, "Date", "September 2020"),
        ({"Date": "44075"}, "Date", "day number"),
        ({"Longitude": "-2,46"}, "Longitude", "coordinate"),
        ({"Longitude": "181"}, "Longitude", "between"),
        ({"Latitude": "1e1"}, "Latitude", "coordinate"),
        ({"Latitude": "NaN"}, "Latitude", "coordinate"),
        ({"Latitude": "90.5"}, "Latitude", "between"),
        ({"Latitude": ""}, "", "both"),
        ({"Crime_ID": "1.23E+15"}, "Crime ID", "rounded"),
        ({"Crime_ID": "01-Feb"}, "Crime ID", "turned this into a date"),
        ({"Location": "x" * 501}, "Location", "501 characters"),
        ({"Location": "a\tb"}, "Location", "U+0009"),
        ({"Context": "a\x1bb"}, "Context", "U+001B"),
        ({"Context": "a\u202eb"}, "Context", "U+202E"),
        ({"Location": "CafÃ©"}, "Location", "encoding"),
        ({"Location": "one\ntwo"}, "", "several lines"),
    ],
)
def test_read_faulty_case_is_named_and_the_others_are_read(
    tmp_path: Path, changes: dict[str, str], column: str, named: str
) -> None:
    content = csv_bytes(FULL, [case_cells(FULL, **changes), case_cells(FULL, LSOA_code="E01012608")])
    cases, reader = read_cases(tmp_path, content)
    assert [case[10] for case in cases] == [12]
    assert reader.problems.count == 1, words(reader.problems)
    problem = reader.problems.listed[0]
    assert (problem.row, problem.column) == (2, column)
    assert named in problem.message
    assert reader.rows == 2


def test_read_case_with_several_faults_names_them_all(tmp_path: Path) -> None:
    _, reader = read_cases(tmp_path, case_bytes(case_cells(Month="2020-13", LSOA_code="x", Longitude="east")))
    assert [problem.column for problem in reader.problems.listed] == ["Month", "LSOA code", "Longitude"]


def test_read_nul_byte_is_refused(tmp_path: Path) -> None:
    cases, reader = read_cases(tmp_path, case_bytes(case_cells(), case_cells(Location="a\0b")))
    assert not cases
    assert (reader.problems.listed[0].row, "NUL" in words(reader.problems)) == (3, True)


def test_read_field_beyond_the_limit_of_csv_is_refused(tmp_path: Path) -> None:
    _, reader = read_cases(tmp_path, case_bytes(case_cells(Location="x" * 200_000)))
    assert "100,000 characters" in words(reader.problems)


def test_read_row_of_endless_quoted_lines_is_refused(tmp_path: Path) -> None:
    content = case_bytes(case_cells()) + b'"\n",' * 100_000
    _, reader = read_cases(tmp_path, content)
    assert (reader.problems.listed[0].row, "quotation mark" in words(reader.problems)) == (3, True)


def test_read_wrong_header_is_named_with_its_file(tmp_path: Path) -> None:
    header = ["Crime type" if name == "Context" else name for name in CASE_HEADER]
    content = zip_bytes({"2020-09/2020-09-x.csv": case_bytes(case_cells(), header=header)})
    cases, reader = read_cases(tmp_path, content)
    assert not cases
    assert 'The column "Crime type" stands in the header twice' in words(reader.problems)
    assert 'The column "Context" is missing' in words(reader.problems)
    assert {problem.sheet for problem in reader.problems.listed} == {"2020-09/2020-09-x.csv"}


def test_read_short_long_and_cut_rows_are_named(tmp_path: Path) -> None:
    content = case_bytes(case_cells()[:-1], [*case_cells(), "x"], case_cells()) + b"a,2020-09,La"
    cases, reader = read_cases(tmp_path, content)
    assert [case[0] for case in cases] == [4]
    assert [problem.row for problem in reader.problems.listed] == [2, 3, 5, 5]
    assert "cut off: its last row is short" in words(reader.problems)


def test_read_file_cut_in_its_last_field_is_refused(tmp_path: Path) -> None:
    _, reader = read_cases(tmp_path, case_bytes(case_cells())[:-2])
    assert "cut off: its last line has no line break" in words(reader.problems)


@pytest.mark.parametrize("content", [b"", case_bytes(), b"\r\n", zip_bytes({"a.csv": case_bytes()})])
def test_read_no_cases_is_refused(tmp_path: Path, content: bytes) -> None:
    cases, reader = read_cases(tmp_path, content)
    assert not cases
    assert reader.problems.count == 1


def test_read_totals_row_and_title_rows_are_named(tmp_path: Path) -> None:
    totals = ["Total"] + [""] * 10 + ["1"]
    _, reader = read_cases(tmp_path, case_bytes(case_cells(), totals))
    assert "row of totals" in words(reader.problems)
    _, reader = read_cases(tmp_path, b"Street crime\r\n\r\n" + case_bytes(case_cells()))
    assert "The header stands in row 3" in words(reader.problems)


def test_read_blank_row_between_cases_is_named_and_at_the_end_is_not(tmp_path: Path) -> None:
    _, reader = read_cases(tmp_path, case_bytes(case_cells()) + b",,,,,,,,,,,\r\n\r\n")
    assert not reader.problems
    _, reader = read_cases(tmp_path, case_bytes(case_cells(), [""] * 12, case_cells()))
    assert [problem.row for problem in reader.problems.listed] == [3]


def test_read_zip_goes_by_name_and_holds_each_file_to_its_month(tmp_path: Path) -> None:
    content = zip_bytes({
        "2020-10/2020-10-lancashire-street.csv": case_bytes(case_cells(Month="2020-10")),
        "2020-09/2020-09-lancashire-street.csv": case_bytes(case_cells(), case_cells(Month="2020-10")),
    })  # fmt: skip
    cases, reader = read_cases(tmp_path, content)
    assert [(case[1][:7], case[2].month) for case in cases] == [("2020-09", 9), ("2020-10", 10)]
    (problem,) = reader.problems.listed
    assert (problem.row, problem.column, problem.sheet[:7]) == (3, "Month", "2020-09")
    assert "October 2020" in problem.message
    assert reader.bytes_read == reader.total_bytes


def test_read_file_split_in_two_gives_the_same_cases(tmp_path: Path) -> None:
    rows = [case_cells(Crime_ID=str(number) * 64) for number in range(4)]
    whole, _ = read_cases(tmp_path, case_bytes(*rows))
    split, reader = read_cases(tmp_path, zip_bytes({"b.csv": case_bytes(*rows[:1]), "a.csv": case_bytes(*rows[1:])}))
    assert sorted(case[2:] for case in whole) == sorted(case[2:] for case in split)
    assert reader.notes == ["September 2020 stands in 2 files of the zip: a.csv, b.csv."]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_read_other_encoding_is_read_and_said(tmp_path: Path, encoding: str) -> None:
    content = csv_bytes(CASE_HEADER, [case_cells(Location="Café £")], encoding=encoding, delimiter=";")
    (case,), reader = read_cases(tmp_path, content)
    assert case[9] == "Café £"
    assert "semicolons" in reader.notes[0]


def test_read_two_forces_is_said(tmp_path: Path) -> None:
    _, reader = read_cases(tmp_path, case_bytes(case_cells(), case_cells(Falls_within="Cumbria Constabulary")))
    assert reader.notes == ["The cases fall within more than one force: Cumbria Constabulary, Lancashire Constabulary."]


def test_read_many_bad_rows_counts_all_and_lists_the_first(tmp_path: Path) -> None:
    rows = [case_cells(LSOA_code=f"X{number}") for number in range(11_000)]
    cases, reader = read_cases(tmp_path, case_bytes(*rows, case_cells()))
    assert len(cases) == 1
    assert (reader.problems.count, len(reader.problems.listed)) == (11_000, 10_000)


def test_read_part_of_a_file_leaves_nothing_open(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes(case_bytes(case_cells(), case_cells()))
    reader = CaseReader(path, replace(CASE_LOOKUPS, outside=9), TODAY)
    iterator = iter(reader)
    assert next(iterator)[10] == 11
    iterator.close()  # type: ignore[attr-defined]
    assert reader.rows == 2  # a block of rows is read at once
