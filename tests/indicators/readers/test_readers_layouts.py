"""C9 to C16, C32 to C40, C57, C58, C62 for extracts: a force's own columns and words, read as a layout says."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from reader_files import CASE_HEADER, CASE_LOOKUPS, TODAY, case_bytes, case_cells, csv_bytes, words

from indicators.choices import Coverage, DateOrder
from indicators.readers.cases import CaseReader, CaseTuple
from indicators.readers.layouts import Layout, parse_layout
from indicators.readers.problems import Unfit
from indicators.readers.written_dates import order_of, read_day, read_month

PLACES = {"e01012607": 11, "e01012608": 12, "blackburn": 41, "burnley": 42, "no-location": 2, "outside-force": 1}
LOOKUPS = replace(CASE_LOOKUPS, places=PLACES, districts={"Blackburn": "blackburn", "Burnley": "burnley"})
HEADER = ["Crime No", "Recorded", "HO class", "Beat", "X", "Y", "Street", "Outcome", "Covid", "Officer"]
LAYOUT = Layout(
    columns={
        "Crime ID": "Crime No", "Date": "Recorded", "Crime type": "HO class", "LSOA code": "Beat", "Longitude": "X",
        "Latitude": "Y", "Location": "Street", "Last outcome category": "Outcome",
    },
    offences={"Burg dwelling": ("Burglary", "Domestic burglary"), "Nuisance": ("Anti-social behaviour", "")},
    areas={"BB1": "e01012607", "BB": "blackburn", "Unknown": "no-location", "Cumbria": "outside-force"},
    flags={"Covid": {"Y": "COVID-19", "N": ""}},
    ignored=("Officer",),
)  # fmt: skip
ROW = {
    "Crime No": "07/1234/20", "Recorded": "03/09/2020 14:05", "HO class": "Burg dwelling", "Beat": "BB1",
    "X": "-2.46275", "Y": "53.763441", "Street": "High Street", "Outcome": "Open", "Covid": "Y", "Officer": "PC 1",
}  # fmt: skip


def cells(header: list[str] = HEADER, **changes: str) -> list[str]:
    """Return the cells of a good row of the extract, with changes; "_" stands for a space in a name."""
    row = ROW | {name.replace("_", " "): value for name, value in changes.items()}
    return [row.get(name, "") for name in header]


def read(
    folder: Path, content: bytes, layout: Layout = LAYOUT, today: date = TODAY
) -> tuple[list[CaseTuple], CaseReader]:
    """Read bytes as an extract."""
    path = folder / "extract"
    path.write_bytes(content)
    reader = CaseReader(path, LOOKUPS, today, layout=layout)
    return list(reader), reader


def test_read_extract_row_is_the_same_case_as_in_the_street_level_format(tmp_path: Path) -> None:
    street = [*CASE_HEADER, "Date", "Offence", "Flags"]
    same = case_cells(
        street, Crime_ID="07/1234/20", Reported_by="", Falls_within="", Longitude="-2.462750", Location="High Street",
        LSOA_name="", Last_outcome_category="Open", Date="03/09/2020", Offence="Domestic burglary", Flags="COVID-19",
    )  # fmt: skip
    path = tmp_path / "street.csv"
    path.write_bytes(case_bytes(same, header=street))
    (expected,) = CaseReader(path, LOOKUPS, TODAY)
    (case,), reader = read(tmp_path, csv_bytes(HEADER, [cells()], delimiter=";", encoding="cp1252"))
    assert not reader.problems, words(reader.problems)
    assert case == expected
    assert (case[2], case[6], case[10], case[13], case[16]) == (date(2020, 9, 1), date(2020, 9, 3), 11, 22, [31])
    assert reader.notes == ["The file was read as CSV text in UTF-8, columns separated by semicolons."]


@pytest.mark.parametrize(
    ("text", "area", "code"),
    [
        ("BB1", 11, "E01012607"),  # mapped to a small area
        ("E01012608", 12, "E01012608"),  # a small area says itself what it is
        ("E01999999", 1, "E01999999"),  # as in the street-level format: in another force
        ("BB", 41, ""),  # mapped to a district
        ("Burnley", 42, ""),  # the exact name of a district
        ("Unknown", 2, ""),
        ("", 2, ""),
        ("Cumbria", 1, ""),
    ],
)
def test_read_area_text_stands_where_the_map_says(tmp_path: Path, text: str, area: int, code: str) -> None:
    (case,), reader = read(tmp_path, csv_bytes(HEADER, [cells(Beat=text)]))
    assert not reader.problems
    assert (case[10], case[11]) == (area, code)


@pytest.mark.parametrize(
    ("text", "category"),
    [("Burg dwelling", 22), ("Nuisance", 23), ("Burglary", 21), ("Domestic burglary", 22)],
)
def test_read_offence_text_is_mapped_or_says_itself_what_it_is(tmp_path: Path, text: str, category: int) -> None:
    (case,), _ = read(tmp_path, csv_bytes(HEADER, [cells(HO_class=text)]))
    assert case[13] == category


@pytest.mark.parametrize(("group", "offence", "category"), [("Burglary", "", 21), ("Burglary", "Domestic burglary", 22),
                                                            ("Other", "Burg dwelling", 22)])  # fmt: skip
def test_read_two_columns_for_the_offence_the_more_exact_decides(
    tmp_path: Path, group: str, offence: str, category: int
) -> None:
    layout = replace(LAYOUT, columns={**LAYOUT.columns, "Crime type": "Group", "Offence": "HO class"})
    header = [*HEADER, "Group"]
    (case,), _ = read(tmp_path, csv_bytes(header, [cells(header, HO_class=offence, Group=group)]), layout)
    assert case[13] == category


def test_read_unknown_offence_beside_a_known_group_is_never_left_aside(tmp_path: Path) -> None:
    layout = replace(LAYOUT, columns={**LAYOUT.columns, "Crime type": "Group", "Offence": "HO class"})
    header = [*HEADER, "Group"]
    cases, reader = read(tmp_path, csv_bytes(header, [cells(header, HO_class="Burg dwel", Group="Burglary")]), layout)
    assert not cases
    assert (reader.problems.listed[0].column, reader.problems.listed[0].value) == ("HO class", "Burg dwel")


@pytest.mark.parametrize(
    ("changes", "column", "value", "named"),
    [
        ({"HO_class": "Burg dweling"}, "HO class", "Burg dweling", 'Did you mean "Burg dwelling"? Add it to the prof'),
        ({"HO_class": "Вurg dwelling"}, "HO class", "Вurg dwelling", "CYRILLIC CAPITAL LETTER VE"),
        ({"HO_class": ""}, "HO class", "", "The offence is blank"),
        ({"Beat": "bb1"}, "Beat", "bb1", 'Did you mean "BB1"'),
        ({"Beat": "blackburn"}, "Beat", "blackburn", 'Did you mean "Blackburn"'),
        ({"Covid": "Yes"}, "Covid", "Yes", "This marker is not known"),
        ({"Recorded": ""}, "Recorded", "", "The date is blank"),
        ({"Recorded": "31/06/2020"}, "Recorded", "31/06/2020", "There is no 31 June 2020"),
        ({"Recorded": "09/13/2020"}, "Recorded", "09/13/2020", "no month 13"),
        ({"Recorded": "03/09/20"}, "Recorded", "03/09/20", "year of four digits"),
        ({"Recorded": "44075"}, "Recorded", "44075", "not a date"),
        ({"Recorded": "03/02/2021"}, "Recorded", "2021-02", "lies in the future"),
        ({"Crime_No": "1.23E+15"}, "Crime No", "1.23E+15", "rounded"),
        ({"X": ""}, "", "", "both"),
        ({"Street": "a\x1bb"}, "Street", "a[U+001B]b", "cannot be seen"),
    ],
)
def test_read_faulty_row_is_named_by_the_extracts_own_column(
    tmp_path: Path, changes: dict[str, str], column: str, value: str, named: str
) -> None:
    cases, reader = read(tmp_path, csv_bytes(HEADER, [cells(**changes), cells()]))
    assert len(cases) == 1
    assert named in words(reader.problems)
    problem = reader.problems.listed[0]
    assert (problem.row, problem.column, problem.value) == (2, column, value)
    assert sum(reader.bad_rows.values()) == 1
    assert not reader.is_broken


def test_read_row_with_several_faults_names_them_all(tmp_path: Path) -> None:
    _, reader = read(tmp_path, csv_bytes(HEADER, [cells(Recorded="x", Beat="y", HO_class="z", Covid="w")]))
    assert [problem.column for problem in reader.problems.listed] == ["Recorded", "Beat", "HO class", "Covid"]


def test_read_ignored_column_is_not_looked_at_and_an_unnamed_one_is_refused(tmp_path: Path) -> None:
    cases, _ = read(tmp_path, csv_bytes(HEADER, [cells(Officer="Ã© \x1b")]))
    assert len(cases) == 1
    cases, reader = read(tmp_path, csv_bytes([*HEADER, "Victim"], [[*cells(), "Jo"]]))
    assert not cases
    assert 'The column "Victim" is not known. Delete it, or say in the profile what it holds.' in words(reader.problems)


def test_read_missing_renamed_and_repeated_columns_are_named(tmp_path: Path) -> None:
    header = ["Crime number" if name == "Crime No" else "Beat" if name == "Street" else name for name in HEADER]
    _, reader = read(tmp_path, csv_bytes(header, [cells(HEADER)]))
    assert 'The column "Beat" stands in the header twice' in words(reader.problems)
    assert 'The column "Crime number" must be called "Crime No"' in words(reader.problems)
    assert 'The column "Street" is missing' in words(reader.problems)


def test_read_totals_row_and_title_rows_of_an_extract_are_named(tmp_path: Path) -> None:
    _, reader = read(tmp_path, csv_bytes(HEADER, [cells(), ["Total", *[""] * 8, "1"]]))
    assert "row of totals" in words(reader.problems)
    _, reader = read(tmp_path, b"Recorded crime\r\n\r\n" + csv_bytes(HEADER, [cells()]))
    assert "The header stands in row 3" in words(reader.problems)


def test_read_rows_without_a_reference_column_have_their_content_as_identity(tmp_path: Path) -> None:
    columns = {held: name for held, name in LAYOUT.columns.items() if held != "Crime ID"}
    layout = replace(LAYOUT, columns=columns, ignored=("Officer", "Crime No"))
    cases, _ = read(tmp_path, csv_bytes(HEADER, [cells(), cells(Crime_No="other"), cells(Beat="BB")]), layout)
    assert [case[5] for case in cases] == ["", "", ""]
    assert cases[0][3] == cases[1][3] == cases[0][4] != cases[2][3]


def test_read_several_markers_and_values_parted_by_semicolons(tmp_path: Path) -> None:
    header = [*HEADER, "Markers"]
    layout = replace(LAYOUT, flags={**LAYOUT.flags, "Markers": {"DA": "Domestic abuse", "-": ""}})
    rows = [cells(header, Markers=text) for text in ("DA; Covid-x", "DA", "-", "", "Domestic abuse;COVID-19")]
    cases, reader = read(tmp_path, csv_bytes(header, rows, delimiter="|"), layout)
    assert [case[16] for case in cases] == [[31, 32], [31], [31], [31, 32]]
    assert reader.problems.listed[0].column == "Markers"


def test_read_meaning_that_is_not_known_any_more_is_said(tmp_path: Path) -> None:
    layout = replace(LAYOUT, areas={"BB1": "gone"}, offences={"Burg dwelling": ("Burglary", "Gone")},
                     flags={"Covid": {"Y": "Gone"}})  # fmt: skip
    _, reader = read(tmp_path, csv_bytes(HEADER, [cells()]), layout)
    assert [problem.message.count("not known any more") for problem in reader.problems.listed] == [1, 1, 1]


def test_read_workbook_with_dates_and_numbers_is_the_same_as_the_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    row: list[object] = [*cells()]
    row[1], row[4], row[5], row[9] = date(2020, 9, 3), -2.46275, 53.763441, "=1+1"
    book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    expected, _ = read(tmp_path, csv_bytes(HEADER, [cells()]))
    cases, reader = read(tmp_path, stream.getvalue())
    assert not reader.problems, words(reader.problems)  # the formula stands in a column that is not read
    assert cases == expected


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("03/04/2020", DateOrder.DAY_FIRST, date(2020, 4, 3)),
        ("03/04/2020", DateOrder.MONTH_FIRST, date(2020, 3, 4)),
        ("3.4.2020", DateOrder.DAY_FIRST, date(2020, 4, 3)),
        ("2020-04-03T09:15:00", DateOrder.DAY_FIRST, date(2020, 4, 3)),
        ("2020/04/03", DateOrder.YEAR_FIRST, date(2020, 4, 3)),
        ("29/02/2020 23:59", DateOrder.DAY_FIRST, date(2020, 2, 29)),
        ("3 April 2020", DateOrder.MONTH_FIRST, date(2020, 4, 3)),
        ("03-APR-2020 10:00 am", DateOrder.DAY_FIRST, date(2020, 4, 3)),
    ],
)
def test_read_day_takes_the_order_of_the_profile(text: str, order: DateOrder, day: date) -> None:
    assert read_day(text, order) == day


@pytest.mark.parametrize(
    "text",
    ["29/02/2021", "30/02/2020", "Sep-20", "01/09/20", "44075", "2020-W36", "12:30", "03/04-2020", "3 Apryl 2020",
     "٠٣/٠٤/٢٠٢٠", "2020-13-01", "01/01/0020"],
)  # fmt: skip
def test_read_day_of_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(Unfit, match=r"day, month, year|There is no"):
        read_day(text, DateOrder.DAY_FIRST)


def test_read_day_with_numbers_where_the_year_comes_first_is_refused() -> None:
    with pytest.raises(Unfit, match="year, month, day"):
        read_day("03/04/2020", DateOrder.YEAR_FIRST)


@pytest.mark.parametrize("text", ["2020-09", "09/2020", "Sep 2020", "September-2020", "01/09/2020", "2020-09-30"])
def test_read_month_written_in_any_clear_form(text: str) -> None:
    assert read_month(text, DateOrder.DAY_FIRST) == date(2020, 9, 1)


@pytest.mark.parametrize("text", ["Sep-20", "13/2020", "2020", "09/20", "Septembre 2020", ""])
def test_read_month_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(Unfit, match="is not a month"):
        read_month(text, DateOrder.DAY_FIRST)


def test_order_of_dates_is_told_only_where_one_order_fits() -> None:
    assert order_of(["03/04/2020", "13/04/2020"]) is DateOrder.DAY_FIRST
    assert order_of(["03/04/2020", "04/13/2020"]) is DateOrder.MONTH_FIRST
    assert order_of(["2020-04-03"]) is DateOrder.YEAR_FIRST
    assert order_of(["03/04/2020"]) is None
    assert order_of(["13/04/2020", "04/13/2020"]) is None


def test_parse_layout_gives_back_what_a_document_says() -> None:
    layout, faults = parse_layout(LAYOUT.as_document(), LOOKUPS)
    assert not faults
    assert layout == LAYOUT
    assert parse_layout({**LAYOUT.as_document(), "coverage": "partial"})[0].coverage is Coverage.PARTIAL


def test_parse_layout_names_all_that_is_wrong_at_once() -> None:
    document = {
        "columns": {"Crime ID": "Beat", "Weather": "W", "LSOA code": "Beat"}, "ignored": ["W"],
        "offences": {"x": ["Burglary", "Gone"]}, "areas": {"y": "gone"}, "flags": {"Covid": {"Y": "Gone", "N": ""}},
    }  # fmt: skip
    _, faults = parse_layout(document, LOOKUPS)
    assert faults == [
        '"Weather" is nothing that a column can hold.',
        'The column "Beat" is used twice. Say what it holds once.',
        'The column "W" is used twice. Say what it holds once.',
        "No column holds the offence or crime type. Choose one.",
        "No column holds the month or the date. Choose one: a case without a month cannot be counted.",
        '"x": there is no offence "Burglary: Gone".',
        '"y": there is no area "gone".',
        '"Y" in Covid: there is no flag "Gone".',
    ]


@pytest.mark.parametrize(
    ("document", "named"),
    [
        (None, "empty or not written"),
        ([], "empty or not written"),
        ({"colums": {}}, 'no part "colums"'),
        ({"columns": {"Month": 1}}, '"columns" must give'),
        ({"dates": "sideways"}, "day-first, month-first, year-first"),
        ({"offences": {"x": "Burglary"}}, "a crime type and an offence"),
        ({"flags": {"Covid": "Y"}}, '"flags of Covid"'),
        ({"flags": []}, '"flags" must give'),
        ({"ignored": "Officer"}, '"ignored" must be a list'),
        ({"areas": {str(at): "x" for at in range(1_001)}}, "1,001 lines"),
        ({"flags": {c: {str(at): "" for at in range(600)} for c in "ab"}}, "1,200 lines"),
    ],
)
def test_parse_layout_of_the_wrong_form_is_named(document: object, named: str) -> None:
    assert named in " ".join(parse_layout(document)[1])
