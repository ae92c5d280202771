"""Published workbooks of police force areas and open data of recorded crime: what is found, and what is refused."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from indicators.choices import OfficialLayout, Qualifier, Statistic, Status, Window
from indicators.periods import Quarter
from indicators.readers.official import OfficialLookups, OfficialReading, read_official
from indicators.readers.official_cells import OfficialCell, letters
from indicators.readers.official_mappings import MappingLine, parse_mapping
from indicators.readers.official_marks import entry, legend_of, note_of, span_end, split, stem, year_end
from indicators.readers.official_tables import find_tables
from indicators.readers.problems import FileRefused, Problems, Unfit
from indicators.readers.recorded_crime import ALL, WITHOUT_FRAUD, read_recorded_crime
from tests.indicators import official_files
from tests.indicators.official_files import JUNE, PLACES, SEPTEMBER, STEM, TOTAL, open_data, plain, workbook

TODAY = date(2021, 1, 15)
SLUGS = {plain(name): plain(name).casefold().replace(" ", "-") for _, name in PLACES}
LOOKUPS = OfficialLookups(
    areas={code: SLUGS[plain(name)] for code, name in PLACES if code}
    | {name.casefold(): slug for name, slug in SLUGS.items()},
    source="ons",
    name="Area tables",
)
LINES = [
    MappingLine(STEM, TOTAL, "all_crime", "", Statistic.LEVEL),
    MappingLine(STEM, "Robbery", "robbery", "", Statistic.LEVEL),
]


def read(folder: Path, content: bytes, lines: list[MappingLine] = LINES) -> OfficialReading:
    path = folder / "release.xlsx"
    path.write_bytes(content)
    return read_official(path, OfficialLayout.FORCE_AREAS, lines, LOOKUPS, TODAY)


def said(reading: OfficialReading) -> list[str]:
    return [problem.message for problem in reading.problems.listed]


def text(words: str, raised: str = "") -> OfficialCell:
    return OfficialCell("B2", words, raised)


@pytest.mark.parametrize("is_glued", [False, True])
@pytest.mark.parametrize("number", ["P1", "P17"])
def test_read_every_area_with_code_name_value_and_footnotes(tmp_path, is_glued, number):
    reading = read(tmp_path, workbook(number=number, is_glued=is_glued))
    assert said(reading) == []
    totals = {row.area: row for row in reading.rows if row.indicator == "all_crime"}
    assert {area: row.value for area, row in totals.items()} == {
        SLUGS[name]: Decimal(values[0]) for name, values in JUNE.items()
    }
    assert {(row.window, row.start, row.end) for row in reading.rows} == {
        (Window.ROLLING_12, date(2018, 7, 1), date(2019, 6, 30))
    }
    assert totals["smallshire"].note == "Smallshire changed its systems. Fraud is excluded."
    assert totals["england-and-wales"].note == "Includes the Railway Police. Fraud is excluded."
    assert totals["ash"].note == "Fraud is excluded."
    assert totals["ash"].row == 10
    assert totals["ash"].row_id == "Sheet2, row 10"
    release = reading.releases["all_crime", date(2019, 6, 30)]
    assert (release.name, release.notes) == (
        "Area tables, year ending June 2019",
        ["Not designated as National Statistics."],
    )
    assert reading.warnings == []


def test_read_members_of_whole_country_and_region(tmp_path):
    members = read(tmp_path, workbook(SEPTEMBER, "September 2019")).releases["all_crime", date(2019, 9, 30)].members
    assert members["north-region"] == {"ash": True, "birch": False, "smallshire": True}
    assert members["south-region"] == {"dale": True}
    assert members["wales"] == {"elm": True}
    assert members["england"] == {"ash": True, "birch": False, "smallshire": True, "dale": True}
    assert members["england-and-wales"] == members["england"] | {"elm": True, "railway-police": True}


def test_read_a_sign_as_its_table_says_never_as_zero(tmp_path):
    reading = read(tmp_path, workbook(SEPTEMBER, "September 2019"))
    row = next(row for row in reading.rows if (row.indicator, row.area) == ("all_crime", "birch"))
    assert (row.value, row.status) == (None, Status.NOT_AVAILABLE)
    assert row.note.startswith('The table prints "..": data not available.')


@pytest.mark.parametrize(
    ("legend", "value", "status", "qualifier"),
    [
        ("data not available", None, Status.NOT_AVAILABLE, Qualifier.EXACT),
        ("the base number is fewer than 50", None, Status.NOT_AVAILABLE, Qualifier.EXACT),
        ("not applicable", None, Status.NOT_AVAILABLE, Qualifier.EXACT),
        ("rates have been suppressed", None, Status.SUPPRESSED, Qualifier.EXACT),
        ("rounded to zero", Decimal(0), Status.FINAL, Qualifier.ABOUT),
        ("less than half the final digit shown", Decimal(0), Status.FINAL, Qualifier.ABOUT),
        ("nil", Decimal(0), Status.FINAL, Qualifier.EXACT),
        ("", None, Status.NOT_AVAILABLE, Qualifier.EXACT),
    ],
)
@pytest.mark.parametrize("sign", ["..", "-", "*", ":"])
def test_read_each_sign_by_the_legend_of_its_table(sign, legend, value, status, qualifier):
    found = entry(text(f" {sign} "), {sign: legend} if legend else {})
    assert (found.value, found.status, found.qualifier) == (value, status, qualifier)
    assert sign in found.reason


@pytest.mark.parametrize(
    ("cell", "value", "status"),
    [
        (OfficialCell("A1", "5279956", number=Decimal(5279956)), Decimal(5279956), Status.FINAL),
        (
            OfficialCell("A1", "1.76704683329289", number=Decimal("1.76704683329289")),
            Decimal("1.76704683"),
            Status.FINAL,
        ),
        (text("1,234"), Decimal(1234), Status.FINAL),
        (text("12.5 p"), Decimal("12.5"), Status.PROVISIONAL),
        (text("-3r"), Decimal(-3), Status.REVISED),
        (None, None, Status.NOT_AVAILABLE),
    ],
)
def test_read_a_written_number(cell, value, status):
    found = entry(cell, {})
    assert (found.value, found.status) == (value, status)


@pytest.mark.parametrize(
    "cell", [text("about 5"), text("12 34"), text("?"), OfficialCell("C7", "5", fault="holds a formula")]
)
def test_read_what_is_neither_number_nor_sign_is_refused(cell):
    with pytest.raises(Unfit, match="Cell"):
        entry(cell, {})


@pytest.mark.parametrize(
    ("cell", "words", "marks"),
    [
        (text("Lancashire", "8"), "Lancashire", ("8",)),
        (text("North West", " 7,8"), "North West", ("7", "8")),
        (text("Lancashire8"), "Lancashire", ("8",)),
        (text("Lancashire 8"), "Lancashire", ("8",)),
        (text("ENGLAND AND WALES7,8,9,10"), "ENGLAND AND WALES", ("7", "8", "9", "10")),
        (text("Total recorded crime (excluding fraud3)"), "Total recorded crime (excluding fraud)", ("3",)),
        (text("Apr '10 to Mar '11"), "Apr '10 to Mar '11", ()),
        (text("Stalking\nand harassment "), "Stalking and harassment", ()),
        (text("Lancashire [note 8]"), "Lancashire", ("8",)),
        (text("Fraud3 (1)"), "Fraud", ("3", "1")),
        (None, "", ()),
    ],
)
def test_split_marks_from_words(cell, words, marks):
    assert split(cell) == (words, marks)


def test_split_marks_from_the_year_of_a_title():
    title = text("Table P1: Crime, year ending June 20191,2")
    assert split(title, is_title=True) == ("Table P1: Crime, year ending June 2019", ("1", "2"))
    assert split(text("Table P1: Crime, year ending June 2019"), is_title=True)[1] == ()


def test_read_periods_notes_and_legends_from_words():
    assert year_end("percentage change, year ending June 2018 compared with year ending June 2019") == date(2019, 6, 30)
    assert year_end("in the year to June 2019") is None
    assert span_end("Jul '18 to Jun '19: Number") == date(2019, 6, 30)
    assert span_end("Robbery") is None
    assert note_of("7 '..'  indicates data") == ("7", "'..'  indicates data")
    assert note_of("10. Includes") == ("10", "Includes")
    assert note_of("Source: Home Office") is None
    assert legend_of("'-'  indicates that the base number is fewer than 50.") == (
        "-",
        "the base number is fewer than 50",
    )
    assert stem("Crime by area, rate of offences, year ending June 2019") == "Crime by area, rate of offences"
    assert [letters(number) for number in (1, 26, 27, 64)] == ["A", "Z", "AA", "BL"]


def test_read_a_missing_table_or_column_names_the_nearest(tmp_path):
    lines = [
        MappingLine(STEM.replace("number", "numbers"), "Robbery", "robbery", "", Statistic.LEVEL),
        MappingLine(STEM, "Robberies", "robbery", "", Statistic.LEVEL),
    ]
    words = said(read(tmp_path, workbook(), lines))
    assert len(words) == 2
    assert f'Did its title change to "{STEM}"' in words[0]
    assert 'no column "Robberies". Did its name change to "Robbery"' in words[1]


def test_read_says_every_problem_at_once(tmp_path):
    values = {**JUNE, "Ash": ("many", 10, 1), "Dale": (250, "some", 2)}
    places = [*PLACES, ("E99", "Nowhere"), ("E23000099", "New Force")]
    values |= {"Nowhere": (1, 1, 1), "New Force": (1, 1, 1)}
    reading = read(tmp_path, workbook(values, places=places))
    assert reading.rows == []
    assert len(said(reading)) == 4
    assert [(one.row, one.value) for one in reading.problems.listed] == [
        (18, "E99"), (19, "New Force"), (10, "Ash"), (14, "Dale"),
    ]  # fmt: skip


def test_read_a_total_that_is_not_the_sum_of_its_members_warns(tmp_path):
    reading = read(tmp_path, workbook({**JUNE, "North Region": (601, 60, 6)}))
    assert reading.warnings == [
        "North Region, Total recorded crime (excluding fraud): its 3 members with values add up to 600, the table says "
        "601."
    ]


def test_read_a_period_ahead_is_refused(tmp_path):
    assert "in the future" in said(read(tmp_path, workbook(ends="June 2029")))[0]


def test_read_two_tables_of_one_title_is_refused(tmp_path):
    title = f"Table P1: {STEM}, year ending June 2019"
    both = [official_files.sheet(JUNE, title=title), official_files.sheet(JUNE, title=title.replace("P1", "P2"))]
    assert "has 2 tables" in said(read(tmp_path, official_files.workbook_bytes(both)))[0]


def test_read_the_table_of_two_alike_that_has_the_column_and_the_months_that_the_column_names(tmp_path):
    title = f"Table P4: {STEM}, year ending June 2019"
    trend = f"Table P5: {STEM}, year ending March 2011 to year ending September 2019"
    spans = ("Apr '10 to Mar '11", "Jul '17 to Jun '18", "Oct '18 to Sep '19")
    sheets = [official_files.sheet(JUNE, title=title), official_files.sheet(SEPTEMBER, title=trend, columns=spans)]
    lines = [
        MappingLine(STEM, "Robbery", "robbery", "", Statistic.LEVEL),
        MappingLine(STEM, "Jul '17 to Jun '18", "knife_crime", "", Statistic.LEVEL),
    ]
    reading = read(tmp_path, official_files.workbook_bytes(sheets), lines)
    assert said(reading) == []
    ends = {(row.indicator, row.end, row.value) for row in reading.rows if row.area == "ash"}
    assert ends == {("robbery", date(2019, 6, 30), 10), ("knife_crime", date(2018, 6, 30), 11)}
    assert reading.releases["knife_crime", date(2018, 6, 30)].name == "Area tables, year ending June 2018"


def test_read_a_mark_without_a_note_is_noted(tmp_path):
    reading = read(tmp_path, workbook(notes=official_files.NOTES[:-3]))
    assert [note for note in reading.notes if "Smallshire" in note] == [
        "“Smallshire” carries the mark 6, which the notes below the table do not explain."
    ]


def test_read_an_unknown_layout_is_refused(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"a,b\n1,2\n")
    assert (
        "reads the Excel workbook"
        in read_official(path, OfficialLayout.FORCE_AREAS, LINES, LOOKUPS, TODAY).problems.listed[0].message
    )
    path.write_bytes(workbook())
    assert (
        "CSV file"
        in read_official(path, OfficialLayout.RECORDED_CRIME, LINES, LOOKUPS, TODAY).problems.listed[0].message
    )


def test_find_no_table_in_another_workbook(tmp_path):
    path = tmp_path / "file.xlsx"
    path.write_bytes(
        official_files.workbook_bytes([official_files.sheet_xml('<row r="1"><c r="A1"><v>5</v></c></row>')])
    )
    with path.open("rb") as stream:
        assert find_tables(stream) == []


def test_read_a_workbook_with_links_but_none_with_macros(tmp_path):
    linked = {"xl/externalLinks/externalLink1.xml": '<externalLink xmlns="x"/>'}
    title = f"Table P1: {STEM}, year ending June 2019"
    assert read(tmp_path, official_files.workbook_bytes([official_files.sheet(JUNE, title=title)], parts=linked)).rows
    macros = {"xl/vbaProject.bin": b"x"}
    reading = read(tmp_path, official_files.workbook_bytes([official_files.sheet(JUNE, title=title)], parts=macros))
    assert "macros" in said(reading)[0]


def test_parse_a_mapping_names_all_that_is_wrong():
    good = {"table": "T", "column": "C", "indicator": "i", "part": "", "statistic": "level"}
    assert parse_mapping({"lines": [good]}, {"i": ["a"]})[1] == []
    assert parse_mapping({"lines": []}, {})[1] == ["Choose at least one column and the indicator that it feeds."]
    bad = [{**good, "column": ""}, {**good, "indicator": "x"}, {**good, "column": "D", "part": "z"}, "text", good, good]
    faults = parse_mapping({"lines": bad}, {"i": ["a"]})[1]
    assert len(faults) == 6
    assert parse_mapping({"lines": "x"}, {})[0] == []


QUARTERS = [("2017/18", quarter) for quarter in (1, 2, 3, 4)]


def crime(folder: Path, content: bytes) -> tuple[object, Problems]:
    path = folder / "open.csv"
    path.write_bytes(content)
    problems = Problems()
    return read_recorded_crime(path, problems), problems


def test_read_open_data_with_padded_numbers_zero_and_negatives(tmp_path):
    content = open_data(
        ("2017/18", 1, "Ash", "Robbery", "34A", " 12 "), ("2017/18", 1, "Ash", "Robbery", "34B", "-00 "),
        ("2017/18", 1, "Ash", "Sexual offences", "88C", "-45 "),
        ("2017/18", 1, "Ash", "Fraud offences", "AF", '" 1,000 "'),
        ("2017/18", 2, "Ash", "Robbery", "34A", " 1 "),
    )  # fmt: skip
    found, problems = crime(tmp_path, content)
    assert not problems
    sums = found.counts["Ash", Quarter(2017, 1)]
    assert sums[ALL] == Decimal(967)
    assert sums[WITHOUT_FRAUD] == Decimal(-33)
    assert (sums["Offence group: Robbery"], sums["Offence code: 88C"]) == (Decimal(12), Decimal(-45))
    assert not sums["Offence code: 34B"].is_signed()
    assert found.forces == ["Ash"]


@pytest.mark.parametrize("row", [("2017/19", 1, "Ash", "R", "1", "1"), ("2017/18", 5, "Ash", "R", "1", "1"),
                                 ("2017/18", 1, "Ash", "R", "1", "1.5"), ("2017/18", 1, "Ash", "R", "1", "-"),
                                 ("2017/18", 1, "", "R", "1", "1"), ("2017/18", 1, "Ash", "Q", "1", "7")])  # fmt: skip
def test_read_open_data_refuses_a_faulty_row_by_its_number(tmp_path, row):
    good = ("2017/18", 1, "Ash", "Q", "1", "7")
    _, problems = crime(tmp_path, open_data(good, row))
    assert [problem.row for problem in problems.listed] == [3]


def test_read_open_data_gives_quarters_and_whole_years(tmp_path):
    rows = [(year, quarter, "Ash", "Robbery", "34A", f" {quarter} ") for year, quarter in QUARTERS]
    rows += [("2017/18", 4, "Birch", "Fraud offences", "AF", " 9 ")]
    path = tmp_path / "open.csv"
    path.write_bytes(open_data(*rows))
    line = MappingLine("", "Offence group: Robbery", "robbery", "", Statistic.LEVEL)
    reading = read_official(path, OfficialLayout.RECORDED_CRIME, [line], LOOKUPS, TODAY)
    assert said(reading) == []
    values = {(row.area, row.window, row.end): row.value for row in reading.rows}
    assert values == {
        ("ash", Window.QUARTER, date(2017, 6, 30)): 1, ("ash", Window.QUARTER, date(2017, 9, 30)): 2,
        ("ash", Window.QUARTER, date(2017, 12, 31)): 3, ("ash", Window.QUARTER, date(2018, 3, 31)): 4,
        ("ash", Window.ROLLING_12, date(2018, 3, 31)): 10, ("birch", Window.QUARTER, date(2018, 3, 31)): 0,
    }  # fmt: skip


def test_read_open_data_names_unknown_forces_and_offences(tmp_path):
    path = tmp_path / "open.csv"
    path.write_bytes(open_data(("2017/18", 1, "Atlantis", "Robbery", "34A", "1")))
    line = MappingLine("", "Offence group: Robberies", "robbery", "", Statistic.LEVEL)
    reading = read_official(path, OfficialLayout.RECORDED_CRIME, [line], LOOKUPS, TODAY)
    assert "Did its name change" in said(reading)[0]
    assert reading.problems.listed[1].value == "Atlantis"


def test_refuse_a_damaged_workbook(tmp_path):
    content = workbook()
    path = tmp_path / "file.xlsx"
    path.write_bytes(content[: len(content) // 2])
    with path.open("rb") as stream, pytest.raises(FileRefused):
        find_tables(stream)
