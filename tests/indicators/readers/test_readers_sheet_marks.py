"""Marks in wide sheets: p, (p) and [p] beside a number, a month or a year, or in a cell of their own."""

from pathlib import Path
from typing import Any

import pytest
from test_readers_wide import ACROSS, MATRIX, read, words

from indicators.choices import Status
from indicators.readers.sheet_layouts import parse_sheet_layout
from indicators.readers.sheet_marks import apart, mark_text
from indicators.readers.sheet_suggestions import suggest_layout, suggest_mark
from tests.indicators.wide_files import csv_of, matrix, workbook_of

MARKS = {"p": "provisional", "r": "revised"}
HEAD = ["Measure", "Apr-20", "May-20", "June 2020"]


def statuses(folder: Path, rows: Any, document: Any) -> dict[str, tuple[int, Status]]:
    """Return the last day of each value with the value and its status."""
    found = read(folder, csv_of(rows), document)
    assert not found.problems, words(found)
    return {str(row.end): (int(row.value or 0), row.status) for row in found.rows}


@pytest.mark.parametrize("written", ["1,234p", "1,234 p", "1234P", "1,234 (p)", "1234[p]"])
def test_read_a_mark_beside_a_number(tmp_path: Path, written: str) -> None:
    rows = [HEAD, ["Domestic abuse", "10", "20 r", written]]
    assert statuses(tmp_path, rows, {**ACROSS, "marks": MARKS}) == {
        "2020-04-30": (10, Status.FINAL), "2020-05-31": (20, Status.REVISED), "2020-06-30": (1234, Status.PROVISIONAL),
    }  # fmt: skip
    found = read(tmp_path, csv_of(rows), {**ACROSS, "marks": MARKS})
    assert "1 value is marked as provisional (cell D2)." in found.notes and not any(
        "stored as text" in one for one in found.notes
    )


@pytest.mark.parametrize("heading", ["Jun-20p", "Jun-20 (p)", "June 2020 [P]", "June 2020 p"])
def test_read_a_mark_beside_a_month(tmp_path: Path, heading: str) -> None:
    rows = [[*HEAD[:3], heading], ["Domestic abuse", 10, 20, 30], ["Hate crime", 1, 2, 3]]
    found = read(tmp_path, csv_of(rows), {**ACROSS, "marks": MARKS})
    assert not found.problems, words(found)
    assert [row.cell for row in found.rows if row.status == Status.PROVISIONAL] == ["D2", "D3"]


@pytest.mark.parametrize("heading", ["p", "(p)", ""])
def test_read_a_mark_in_a_column_of_its_own(tmp_path: Path, heading: str) -> None:
    rows = [[*HEAD, heading], ["Domestic abuse", 10, 20, 30, "p"], ["Hate crime", 1, 2, 3, ""]]
    document = {**ACROSS, "marks": MARKS, "headings": {heading: "ignored"} if heading else {}}
    found = read(tmp_path, csv_of(rows), document)
    assert not found.problems, words(found)
    assert [row.cell for row in found.rows if row.status == Status.PROVISIONAL] == ["D2"]
    unknown = read(tmp_path, csv_of(rows), {**document, "marks": {}})
    assert "D2 30: The mark “p” stands beside the number. Say in the profile" in words(unknown)
    assert list(unknown.unknown.marks) == ["p"]


def test_read_a_mark_beside_a_year_and_beside_years_over_months(tmp_path: Path) -> None:
    rows = matrix()
    rows[-1][0] = "2020/21 (p)"
    found = read(tmp_path, workbook_of({"DA": rows}), {**MATRIX, "marks": MARKS})
    assert not found.problems, words(found)
    assert [str(row.end) for row in found.rows if row.status == Status.PROVISIONAL] == [
        "2020-04-30", "2020-05-31", "2020-06-30", "2020-07-31", "2020-08-31", "2020-09-30",
    ]  # fmt: skip
    above = [
        ["", "2018/19", "", "2019/20 p", ""],
        ["Measure", "Feb", "Mar", "Apr", "May"],
        ["Domestic abuse", 1, 2, 3, 4],
    ]
    assert statuses(tmp_path, above, {**ACROSS, "marks": MARKS}) == {
        "2019-02-28": (1, Status.FINAL), "2019-03-31": (2, Status.FINAL),
        "2019-04-30": (3, Status.PROVISIONAL), "2019-05-31": (4, Status.PROVISIONAL),
    }  # fmt: skip


def test_a_mark_without_a_meaning_is_named_and_asked_for(tmp_path: Path) -> None:
    rows = [[*HEAD[:3], "June 2020 (p)"], ["Domestic abuse", 10, "20e", 30]]
    found = read(tmp_path, csv_of(rows), ACROSS)
    assert "D1 June 2020 (p): The mark “(p)” stands beside this period. Say in the profile what it means" in words(
        found
    )
    assert "C2 20e: The mark “e” stands beside the number. Say in the profile what it means" in words(found)
    assert list(found.unknown.marks) == ["p", "e"]
    assert [suggest_mark(text) for text in found.unknown.marks] == [Status.PROVISIONAL, Status.ESTIMATED]


@pytest.mark.parametrize("written", ["12*", "12 days", "12 (1)", "12†"])
def test_a_mark_that_no_status_stands_for_is_still_refused(tmp_path: Path, written: str) -> None:
    found = read(tmp_path, csv_of([HEAD, ["Domestic abuse", 10, 20, written]]), {**ACROSS, "marks": MARKS})
    assert "stands beside the number. Delete it, and keep what it says in a note" in words(found)
    assert not found.unknown.marks


def test_headings_that_only_end_like_a_mark_stay_what_they_are(tmp_path: Path) -> None:
    rows = [["Measure", "Apr-20", "May-20", "Apr-20 change", "2020/21 target"], ["Domestic abuse", 1, 2, 3, 4]]
    found = read(tmp_path, csv_of(rows), {**ACROSS, "marks": MARKS})
    assert list(found.unknown.headings) == ["Apr-20 change", "2020/21 target"] and not found.unknown.marks


def test_suggest_a_shape_although_every_month_has_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes(csv_of([["Measure", "Apr-20p", "May-20p"], ["Domestic abuse", 1, 2]]))
    assert suggest_layout(path).shape.value == "periods-across"


def test_marks_of_a_profile_are_checked() -> None:
    label = {"A": {"holds": "level", "indicator": "abuse", "part": "", "area": "smallshire", "factor": 1}}
    layout, faults = parse_sheet_layout({"labels": label, "marks": {"p": "provisional"}})
    assert not faults and layout.as_document()["marks"] == {"p": "provisional"}
    for marks, named in (
        ({"p": "final"}, "provisional, estimated or revised"),
        ({"p": "revised", "(P)": "revised"}, "the same mark"),
    ):
        (fault,) = parse_sheet_layout({"labels": label, "marks": marks})[1]
        assert named in fault


def test_take_a_mark_apart() -> None:
    assert [apart(text) for text in ("1,234p", "5 (prov)", "April", "75.4% p", "12")] == [
        ("1,234", "p"), ("5", "(prov)"), ("April", ""), ("75.4%", "p"), ("12", ""),
    ]  # fmt: skip
    assert {mark_text(text) for text in ("p", "P", "(p)", "[ p ]")} == {"p"}
