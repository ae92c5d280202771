"""C41–C52, C58, C62 for wide sheets: every shape, totals reconciled, Excel's habits reported, hostile files refused."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles import numbers
from reader_files import sheet_xml, workbook_bytes

from indicators.choices import Basis, Statistic, Status, Window
from indicators.periods import period_ending
from indicators.readers.problems import FileRefused
from indicators.readers.sheet_layouts import Holds, Meaning, parse_sheet_layout
from indicators.readers.sheet_suggestions import LabelGuesses, suggest_layout
from indicators.readers.sheet_totals import Entry, TotalsCheck, totals_of
from indicators.readers.wide_sheets import Printed, WideRead, read_wide
from tests.indicators.wide_files import LOOKUPS, YEARS, csv_of, level, matrix, month_value, workbook_of

TODAY = date(2020, 11, 15)
MATRIX = {
    "shape": "year-matrix",
    "named_by": ["title"],
    "labels": {"Domestic abuse": level()},
    "headings": {"Total": "total"},
}
ACROSS = {
    "shape": "periods-across",
    "label_columns": ["Measure"],
    "labels": {"Domestic abuse": level(), "Hate crime": level("hate"), "Total": {"holds": "total"}},
    "headings": {"Total": "total"},
    "words": {"n/a": ["not-available", "system change"], "-": ["blank", ""], "<5": ["suppressed", "small number"]},
}
TABLE = [
    ["Measure", "Apr-20", "May-20", "June 2020", "Total"],
    ["Domestic abuse", "10", "1,200", "30", "1240"],
    ["Hate crime", "1", "2", "3", "6"],
    ["Total", "11", "1202", "33", "1246"],
]


def read(folder: Path, content: bytes, document: dict[str, Any], **more: Any) -> WideRead:
    """Read a file by the document of a layout."""
    path = folder / "wide"
    path.write_bytes(content)
    layout, faults = parse_sheet_layout(document, LOOKUPS)
    assert not faults
    return read_wide(path, layout, LOOKUPS, "supplied", today=TODAY, **more)


def values(found: WideRead) -> dict[tuple[str, str], Decimal | None]:
    """Return (indicator, last day) -> value."""
    assert not found.problems, words(found)
    return {(row.indicator, str(row.end)): row.value for row in found.rows}


def words(found: WideRead) -> str:
    """Return all problems as one text."""
    return " | ".join(f"{one.sheet}!{one.column}{one.row} {one.value}: {one.message}" for one in found.problems.listed)


def changed(row: int, column: int, value: Any) -> list[list[Any]]:
    """Return the small table with another value in one cell, both counted from 0."""
    rows: list[list[Any]] = [list(one) for one in TABLE]
    rows[row][column] = value
    return rows


def test_read_a_matrix_of_four_years_gives_each_month_with_its_place(tmp_path: Path) -> None:
    found = read(tmp_path, workbook_of({"DA": matrix()}), MATRIX)
    assert not found.problems, words(found)
    assert len(found.rows) == 42 and not found.warnings
    by_end = {row.end: row for row in found.rows}
    march = by_end[date(2018, 3, 31)]
    assert (march.value, march.window, march.start) == (month_value(0, 11), Window.MONTH, date(2018, 3, 1))
    assert (march.sheet, march.cell, march.row) == ("DA", "M4", 4)
    assert max(by_end) == date(2020, 9, 30)  # six months ahead are blank, not zero
    assert any("4 totals were compared" in note for note in found.notes)
    assert any(note.startswith("5 cells of months that have not ended") for note in found.notes)


def test_read_a_total_that_differs_is_listed_with_both_numbers_and_its_place(tmp_path: Path) -> None:
    content = workbook_of({"DA": matrix(wrong={"2018/19": 15_061})})
    found = read(tmp_path, content, MATRIX)
    # 12 months of 1200 + 10 each: 14,400 + 660 = 15,060
    assert found.warnings == [
        "Sheet “DA”, cell N5: the total is 15,061, but its parts (B5 to M5) add up to 15,060: a difference of 1."
    ]
    refused = read(tmp_path, content, {**MATRIX, "refuses_totals": True})
    assert [(one.sheet, one.row, one.column) for one in refused.problems.listed] == [("DA", 5, "N")]
    assert not read(tmp_path, content, {**MATRIX, "tolerance": "1"}).warnings


def test_read_a_zero_in_a_month_that_lies_ahead_is_refused(tmp_path: Path) -> None:
    rows = matrix()
    rows[-1][9] = 0  # December 2020
    found = read(tmp_path, workbook_of({"DA": rows}), MATRIX)
    (problem,) = found.problems.listed
    assert (problem.row, problem.column, problem.value) == (7, "J", "0")
    assert "in the future" in problem.message and "blank, not 0" in problem.message


def test_read_measures_down_and_months_across_in_csv_and_workbook_alike(tmp_path: Path) -> None:
    expected = {
        ("abuse", "2020-04-30"): 10, ("abuse", "2020-05-31"): 1200, ("abuse", "2020-06-30"): 30,
        ("hate", "2020-04-30"): 1, ("hate", "2020-05-31"): 2, ("hate", "2020-06-30"): 3,
    }  # fmt: skip
    assert values(read(tmp_path, csv_of(TABLE), ACROSS)) == expected
    typed = [TABLE[0], *[[row[0], *(int(cell.replace(",", "")) for cell in row[1:])] for row in TABLE[1:]]]
    found = read(tmp_path, workbook_of({"Sheet": typed}), ACROSS)
    assert values(found) == expected and any("6 totals" in note for note in found.notes)


def test_read_periods_down_gives_the_same_values_with_their_own_places(tmp_path: Path) -> None:
    turned = [list(row) for row in zip(*TABLE, strict=True)]
    found = read(tmp_path, csv_of(turned), {**ACROSS, "shape": "periods-down"})
    assert values(found) == values(read(tmp_path, csv_of(TABLE), ACROSS))
    assert {(row.indicator, str(row.end)): row.cell for row in found.rows}["hate", "2020-05-31"] == "C3"


@pytest.mark.parametrize(
    ("row", "column", "value", "named"),
    [
        (0, 1, "Apr-2O", "no period"),
        (0, 1, "April", "has no year"),
        (0, 1, "May-20", "stands over a column already"),
        (0, 1, "Q1 2020", "financial or a calendar quarter"),
        (1, 0, "Domestic abuse1", 'Did you mean "Domestic abuse"'),
        (1, 0, "Domestic\u00a0abuse", "NO-BREAK SPACE"),
        (1, 0, "", "values and no label"),
        (1, 1, "10*", "The mark “*”"),
        (1, 1, "10 (1)", "The mark “(1)”"),
        (1, 1, "10r", "The mark “r”"),
        (1, 1, "tbc", "does not say what “tbc” means"),
        (1, 1, "75%", "percent sign"),
        (1, 1, "-5", "negative"),
        (1, 1, "1,20", "comma"),
        (1, 1, "1e3", "scientific"),
        (2, 0, "Domestic abuse", "has a value already, in cell B2"),
    ],
)
def test_read_what_nobody_can_be_sure_of_is_named_with_its_place(
    tmp_path: Path, row: int, column: int, value: str, named: str
) -> None:
    found = read(tmp_path, csv_of(changed(row, column, value)), ACROSS)
    assert named in words(found)
    assert {one.row for one in found.problems.listed} == {row + 1}


def test_read_names_every_problem_of_the_file_at_once(tmp_path: Path) -> None:
    rows = changed(1, 1, "x")
    rows[2][2], rows[0][3] = "10*", "Sept"
    found = read(tmp_path, csv_of(rows), ACROSS)
    assert [(one.row, one.column) for one in found.problems.listed] == [(1, "D"), (2, "B"), (3, "C")]


def test_read_words_as_the_profile_says(tmp_path: Path) -> None:
    rows = changed(1, 1, "n/a")
    rows[1][2], rows[2][1] = "-", "<5"
    found = read(tmp_path, csv_of(rows), ACROSS)
    assert not found.problems, words(found)
    by_key = {(row.indicator, str(row.end)): row for row in found.rows}
    gone = by_key["abuse", "2020-04-30"]
    assert (gone.value, gone.status, gone.note) == (None, Status.NOT_AVAILABLE, "system change")
    assert ("abuse", "2020-05-31") not in by_key
    assert by_key["hate", "2020-04-30"].status is Status.SUPPRESSED
    # Totals over what is not available are not called wrong; the one of May is: 1202 against 2 + blank.
    assert [one.partition(":")[0] for one in found.warnings] == ["Cell C4"]


def test_read_what_a_formula_gave_keeps_the_decimals_that_are_stored(tmp_path: Path) -> None:
    third = 100 / 3  # pasted as a value, Excel holds 33.3333333333333
    rows = [
        ["Figures of the force"],
        [],
        ["Measure", date(2020, 4, 1), date(2020, 5, 1)],
        ["Domestic abuse", third, 2.5],
    ]
    found = read(tmp_path, workbook_of({"Data": rows}), ACROSS)
    assert values(found) == {("abuse", "2020-04-30"): Decimal("33.33333333"), ("abuse", "2020-05-31"): Decimal("2.5")}
    assert "1 number has more than 8 decimals, as formulas give them, and is kept to 8." in found.notes
    rows[-1][1] = "33.3333333333"
    refused = read(tmp_path, workbook_of({"Data": rows}), ACROSS)
    assert "10 decimals" in refused.problems.listed[0].message  # what somebody typed is theirs to round


def test_read_what_excel_makes_of_headings_and_numbers(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        sheet = book["Data"]
        for column in (2, 3):
            sheet.cell(3, column).number_format = "mmm-yy"
        sheet.merge_cells("A1:D1")

    rows = [
        ["Figures of the force"],
        [],
        ["Measure", date(2020, 4, 1), date(2020, 5, 1)],
        [" Domestic abuse ", "10", 20],
    ]
    found = read(tmp_path, workbook_of({"Data": rows}, change), ACROSS)
    assert values(found) == {("abuse", "2020-04-30"): 10, ("abuse", "2020-05-31"): 20}
    notes = " ".join(found.notes)
    assert "1 number is stored as text" in notes and "merged cells (“A1:D1”)" in notes
    rows[2][1] = date(2020, 4, 17)
    assert "takes a heading like Apr-17 for 17 April" in words(read(tmp_path, workbook_of({"Data": rows}), ACROSS))


def test_read_years_merged_over_months_and_years_that_stand_once(tmp_path: Path) -> None:
    rows = [
        ["", "2018/19", None, "2019/20", None],
        ["Measure", "Feb", "Mar", "Apr", "May"],
        ["Domestic abuse", 1, 2, 3, 4],
    ]
    expected = {"2019-02-28": 1, "2019-03-31": 2, "2019-04-30": 3, "2019-05-31": 4}
    for change in (None, lambda book: (book["S"].merge_cells("B1:C1"), book["S"].merge_cells("D1:E1"))):
        found = values(read(tmp_path, workbook_of({"S": rows}, change), ACROSS))
        assert {end: value for (_, end), value in found.items()} == expected


def test_read_percentages_with_their_sign_and_their_counts(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["S"]["B2"].number_format = numbers.FORMAT_PERCENTAGE_00

    document = {
        "label_columns": ["Measure"],
        "takes_percent": True,
        "labels": {
            "Rate": level("answered"),
            "Answered": level("answered", holds="numerator"),
            "Calls": level("answered", holds="denominator"),
        },
    }
    rows = [["Measure", "Apr-20"], ["Rate", 0.754]]
    (bare,) = read(tmp_path, workbook_of({"S": rows}, change), document).rows
    assert (bare.value, bare.basis) == (Decimal("75.4"), Basis.AS_SUPPLIED)
    rows += [["Answered", 377], ["Calls", 500]]
    (counted,) = read(tmp_path, workbook_of({"S": rows}, change), document).rows
    assert (counted.value, counted.numerator, counted.denominator, counted.basis) == (
        Decimal("75.4"), 377, 500, Basis.COUNTED,
    )  # fmt: skip
    (worked_out,) = read(tmp_path, csv_of([rows[0], *rows[2:]]), document).rows
    assert worked_out.value == Decimal("75.4")
    lonely = read(tmp_path, csv_of([rows[0], rows[2]]), document)
    assert "The denominator of this period is blank" in words(lonely)


def test_read_thousands_months_as_snapshots_and_areas(tmp_path: Path) -> None:
    labels = {"Hill": level(area="hill", factor=1000), "Coast": level(area="coast", factor=1000)}
    rows = [["", "Apr-20", "May-20"], ["Hill", "1.5", "2"], ["Coast", "0.25", "0"]]
    found = read(tmp_path, csv_of(rows), {"labels": labels, "months_mean": "snapshot"})
    assert {(row.area, str(row.end), row.value) for row in found.rows} == {
        ("hill", "2020-04-30", 1500), ("hill", "2020-05-31", 2000), ("coast", "2020-04-30", 250),
        ("coast", "2020-05-31", 0),
    }  # fmt: skip
    assert {(row.window, row.start) for row in found.rows} == {(Window.SNAPSHOT, None)}


def test_read_several_tables_in_a_sheet_by_their_titles(tmp_path: Path) -> None:
    both = [*matrix(), [], *matrix("Hate crime", known=3), ["Source: the crime system"]]
    document = {**MATRIX, "labels": {"Domestic abuse": level(), "Hate crime": level("hate")}}
    found = read(tmp_path, csv_of(both), document)
    assert not found.problems, words(found)
    assert [row.indicator for row in found.rows].count("abuse") == 42
    assert {str(row.end): row.value for row in found.rows if row.indicator == "hate"} == {
        "2017-04-30": 1000, "2017-05-31": 1010, "2017-06-30": 1020,
    }  # fmt: skip


def test_read_sheets_that_the_profile_names_and_say_which_were_left(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["Secret"].sheet_state = "hidden"

    sheets = {"DA": matrix(), "Notes": [["A note"]], "Secret": [["x", 1]]}
    found = read(tmp_path, workbook_of(sheets, change), {**MATRIX, "sheets": ["DA"]})
    assert len(found.rows) == 42
    assert any("“Notes”" in note for note in found.notes)
    assert found.warnings == ["The workbook has hidden sheets with values, which are not read: “Secret”."]
    missing = read(tmp_path, workbook_of(sheets), {**MATRIX, "sheets": ["DA", "Gone"]})
    assert "no such visible sheet" in words(missing)


def test_read_formulas_are_refused_as_values_and_not_compared_as_totals(tmp_path: Path) -> None:
    rows = [["Measure", "Apr-20", "May-20", "Total"], ["Domestic abuse", 1, 2, "=SUM(B2:C2)"]]
    found = read(tmp_path, workbook_of({"S": rows}), ACROSS)
    assert values(found)
    (listed,) = found.totals.listed
    assert (listed.where, listed.why) == ("Sheet “S”, cell D2", "a formula without a stored result")
    rows[1][1] = "=1+1"
    assert "Cell B2 holds a formula" in words(read(tmp_path, workbook_of({"S": rows}), ACROSS))


def test_read_hidden_rows_and_merged_values_are_refused(tmp_path: Path) -> None:
    def hide(book: Any) -> None:
        book["S"].row_dimensions[2].hidden = True

    def merge(book: Any) -> None:
        book["S"].merge_cells("B2:C2")

    rows = [["Measure", "Apr-20", "May-20"], ["Domestic abuse", 1, None]]
    assert "Rows are hidden" in words(read(tmp_path, workbook_of({"S": rows}, hide), ACROSS))
    assert "merged cells" in words(read(tmp_path, workbook_of({"S": rows}, merge), ACROSS))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.4",
        b"Measure,Apr-20\n",
        b"Measure,Apr-20\nDomestic abuse,1",
        b"a,b\n" * 6_000,
        b",".join([b"x"] * 400) + b"\n",
        (b",".join([b"x"] * 200) + b"\n") * 1_000,
        (b"Measure,Apr-17,May-17\n" * 300),
        workbook_bytes([sheet_xml('<row r="1"><c r="XFD1"><v>1</v></c></row>')]),
        workbook_bytes([sheet_xml('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')]),
        workbook_bytes([sheet_xml("")]),
    ],
    ids=["empty", "pdf", "header", "cut", "long", "wide", "large", "tables", "far-column", "far-row", "blank"],
)
def test_read_a_hostile_or_empty_file_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    found = read(tmp_path, content, ACROSS)
    assert found.problems and not (found.rows and not found.problems)
    assert all(one.message for one in found.problems.listed)


def test_read_as_printed_names_the_report_and_is_never_a_level(tmp_path: Path) -> None:
    printed = Printed("2019-20-Q2", "Quarterly report, November 2019")
    found = read(tmp_path, csv_of(TABLE), ACROSS, printed=printed)
    assert {(row.statistic, row.reported_for, row.note) for row in found.rows} == {
        (Statistic.FIRST_PUBLISHED, "2019-20-Q2", "Quarterly report, November 2019")
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(0, 10**6), min_size=12, max_size=12), min_size=1, max_size=4), st.data())
def test_read_any_matrix_returns_its_numbers_and_finds_a_total_that_was_changed(
    tmp_path: Path, numbers_of: list[list[int]], data: st.DataObject
) -> None:
    head = matrix()[:3]
    rows = [[year, *line, sum(line)] for year, line in zip(YEARS, numbers_of, strict=False)]
    found = read(tmp_path, csv_of([*head, *rows]), MATRIX)
    past = [value for at, line in enumerate(numbers_of) for place, value in enumerate(line) if 12 * at + place < 43]
    if len(numbers_of) < 4:
        assert [int(row.value or 0) for row in found.rows] == past and not found.warnings
    else:  # five months lie ahead, and hold numbers
        assert found.problems.count == 5
    at = data.draw(st.integers(0, len(rows) - 1))
    rows[at][-1] += 7
    if len(numbers_of) < 4:
        again = read(tmp_path, csv_of([*head, *rows]), MATRIX)
        assert len(again.warnings) == 1 and again.warnings[0].endswith("a difference of 7.")


def test_compare_totals_of_parts_and_of_everything() -> None:
    lines = [Holds.LEVEL, Holds.LEVEL, Holds.TOTAL, Holds.LEVEL, Holds.TOTAL, Holds.GRAND_TOTAL]
    numbers = [1, 2, 3, 4, 5, 7]  # the second total says 5 where one row of 4 stands
    entries: dict[tuple[int, int], Entry] = {(at, 0): Decimal(number) for at, number in enumerate(numbers)}
    june = period_ending(Window.MONTH, date(2020, 6, 1))

    def compared(indicator: str) -> list[Any]:
        meanings = [Meaning(one, indicator, "", f"area-{at}") for at, one in enumerate(lines)]
        check = TotalsCheck(LOOKUPS, lambda _: None)
        totals = totals_of(meanings, [Holds.LEVEL], lambda *_: june)
        return [(total.place, check.compare(total, entries)) for total in totals]

    first, second, grand = compared("abuse")
    assert first[1].agrees and grand[1].agrees and not second[1].agrees
    assert (second[0], second[1].printed, second[1].expected) == ((4, 0), 5, 4)
    # The total over one row alone needs no adding up; the other two are of medians.
    assert [one.why_not for _, one in compared("wait")] == [
        "the areas of a median do not add up to one value", "", "the areas of a median do not add up to one value",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "shape", "named_by", "label_columns"),
    [
        (matrix(), "year-matrix", ["title"], []),
        ([*matrix(), [], *matrix("Hate crime")], "year-matrix", ["title"], []),
        (TABLE, "periods-across", ["label"], ["Measure"]),
        ([["North"], *TABLE, [], ["South"], *TABLE], "periods-across", ["title", "label"], ["Measure"]),
        ([list(row) for row in zip(*TABLE, strict=True)], "periods-down", ["label"], ["Measure"]),
    ],
)
def test_suggest_shape_and_names_from_the_file_itself(
    tmp_path: Path, rows: Any, shape: str, named_by: list[str], label_columns: list[str]
) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes(csv_of(rows))
    layout = suggest_layout(path)
    assert (layout.shape, list(layout.named_by), list(layout.label_columns)) == (shape, named_by, label_columns)


def test_suggest_looks_at_the_first_of_many_tables(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes(csv_of([row for at in range(40) for row in [*matrix(f"Measure {at}"), []]]))
    layout = suggest_layout(path)
    assert (layout.shape.value, list(layout.named_by)) == ("year-matrix", ["title"])


def test_suggest_what_labels_mean() -> None:
    def meant(text: str) -> tuple[str, str, str, str] | None:
        one = LabelGuesses(LOOKUPS).of(text)
        return one and (one.holds.value, one.indicator, one.part, one.area)

    assert meant("Domestic abuse") == ("level", "abuse", "", "smallshire")
    assert meant("domestic abuse | Hill") == ("level", "abuse", "", "hill")
    assert meant("Hate crime: Race") == ("level", "hate", "race", "smallshire")
    assert meant("Total") == ("total", "", "", "") and meant("Grand total") == ("grand-total", "", "", "")
    assert meant("Quite something else") is None


def test_suggest_from_too_large_a_sheet_says_so(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    months = [f"Month {number}" for number in range(298)]
    path.write_bytes(csv_of([["Measure", "April 2017", *months], *([f"Line {at}"] for at in range(200))]))
    with pytest.raises(FileRefused) as refused:
        suggest_layout(path)
    (problem,) = refused.value.problems.listed
    assert problem.message.startswith("The file is too large to suggest from: its sheets span 60,300 cells")


def test_suggest_many_labels_ends_with_its_patience_and_keeps_the_very_names() -> None:
    names = {f"measure_{number}": f"Measure of something {number}" for number in range(200)}
    guesses = LabelGuesses(replace(LOOKUPS, names={**LOOKUPS.names, **names}))
    for number in range(100):
        guesses.of(f"Something else to measure, line {number}")
    assert guesses.is_exhausted
    assert guesses.of("Something elze 1") is None
    found = guesses.of("measure of  something 7")
    assert found is not None and found.indicator == "measure_7"
