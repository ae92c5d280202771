"""Rows of numbers and of percentages told apart, none off by 100 in silence; totals taken as values; sources."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl.styles import numbers
from test_readers_wide import MATRIX, read, values, words

from indicators.choices import Status, Window
from indicators.readers.sheet_doubles import doubled
from indicators.readers.sheet_layouts import Holds, Meaning, parse_sheet_layout
from indicators.readers.sheet_percents import Look
from indicators.readers.sheet_suggestions import LabelGuesses, suggest_layout
from indicators.readers.wide_sheets import WideRead
from tests.indicators.wide_files import LOOKUPS, MONTHS, csv_of, level, matrix, workbook_of

SHOWN_AS_PERCENT = Look(numbers=3, signs=3, formatted=3, largest=Decimal("75.4"), example=Decimal("75.4"))
TAKEN = {**MATRIX, "labels": {"Waiting": level("wait")}, "headings": {"Total": "taken-total"}}


def guess(text: str, look: Look | None = None) -> tuple[str, str, int] | None:
    """Return what a label is thought to hold, of which indicator, in which unit."""
    found = LabelGuesses(LOOKUPS).of(text, look)
    return found and (found.holds.value, found.indicator, found.factor)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Domestic abuse (number)", ("level", "abuse", 1)),
        ("Number of domestic abuse", ("level", "abuse", 1)),
        ("Domestic abuse (n)", ("level", "abuse", 1)),
        ("Domestic abuse (%)", None),
        ("Domestic abuse, per cent", None),
        ("Calls answered in time (%)", ("level", "answered", 1)),
        ("Calls answered in time (per cent)", ("level", "answered", 1)),
        ("Calls answered in time (number)", ("numerator", "answered", 1)),
        ("No. of calls answered in time", ("numerator", "answered", 1)),
        ("Calls answered in time: denominator", ("denominator", "answered", 1)),
    ],
)
def test_suggest_by_the_words_of_a_label(text: str, meant: tuple[str, str, int] | None) -> None:
    assert guess(text) == meant


def test_suggest_by_the_format_of_the_cells() -> None:
    assert guess("Domestic abuse", SHOWN_AS_PERCENT) is None  # a count is not written in per cent
    assert guess("Calls answered in time", SHOWN_AS_PERCENT) == ("level", "answered", 1)
    fractions = Look(numbers=2, largest=Decimal("0.8"), example=Decimal("0.754"), has_decimals=True)
    assert guess("Calls answered in time", fractions) == ("level", "answered", 100)
    above = Look(numbers=2, largest=Decimal(377), example=Decimal(370))
    assert guess("Calls answered in time", above) == ("numerator", "answered", 1)


def test_suggest_no_two_labels_as_one_value() -> None:
    texts = ["Domestic abuse (number)", "Domestic abuse (%)", "Hate crime", "Hate crimes", "Hate crime."]
    found = LabelGuesses(LOOKUPS).of_all({}, texts)
    assert {text: one.indicator for text, one in found.items()} == {
        "Domestic abuse (number)": "abuse", "Hate crime": "hate",
    }  # fmt: skip
    decided = [Meaning(Holds.LEVEL, "hate", "", "smallshire")]
    assert "Hate crime" not in LabelGuesses(LOOKUPS).of_all({}, texts, decided)
    unsure = LabelGuesses(LOOKUPS).of_all({}, ["Hate crimes", "Hate crime."])
    assert not unsure


def test_two_labels_of_one_value_are_refused_with_both_named() -> None:
    series = ("abuse", "", "smallshire")
    labels = {"A (number)": Meaning(Holds.LEVEL, *series), "A (%)": Meaning(Holds.LEVEL, *series)}
    (fault,) = doubled(labels, LOOKUPS)
    assert "“A (%)” and “A (number)” are both the value of “Domestic abuse”, Smallshire Police" in fault
    answered = ("answered", "", "smallshire", 1)
    apart = {
        "Rate": Meaning(Holds.LEVEL, *answered),
        "Answered": Meaning(Holds.NUMERATOR, *answered, source="calls"),
    }
    (fault,) = doubled(apart, LOOKUPS)
    assert "“Answered” and “Rate” belong to one value" in fault and "different sources" in fault
    assert not doubled({"Rate": apart["Rate"], "Other": Meaning(Holds.LEVEL, *series)}, LOOKUPS)


def percent_cells(book: Any) -> None:
    """Format the numbers of the sheet as Excel does with its percent button."""
    for row in book["S"].iter_rows(min_row=2, min_col=2):
        for cell in row:
            cell.number_format = numbers.FORMAT_PERCENTAGE


def test_cells_formatted_as_per_cent_are_suggested_and_told(tmp_path: Path) -> None:
    content = workbook_of({"S": [["", "Apr-20", "May-20"], ["Rate", 0.754, 0.8]]}, percent_cells)
    (tmp_path / "x").write_bytes(content)
    assert suggest_layout(tmp_path / "x").takes_percent
    found = read(tmp_path, content, {"labels": {"Rate": level("answered")}, "takes_percent": True})
    assert values(found) == {("answered", "2020-04-30"): Decimal("75.4"), ("answered", "2020-05-31"): 80}
    assert "2 cells are formatted as per cent: 0.754 is read as 75.4 %." in found.notes and not found.warnings
    plain = csv_of([["", "Apr-20", "May-20"], ["Rate", "0.754", "0.8"]])
    (tmp_path / "x").write_bytes(plain)
    assert not suggest_layout(tmp_path / "x").takes_percent


def test_fractions_without_a_sign_are_a_unit_or_a_warning(tmp_path: Path) -> None:
    content = csv_of([["", "Apr-20", "May-20"], ["Rate", "0.754", "0.8"]])
    bare = read(tmp_path, content, {"labels": {"Rate": level("answered")}})
    (warning,) = bare.warnings
    assert "0.754 is read as 0.754 %. If 75.4 % is meant" in warning and "“Fractions”" in warning
    chosen = read(tmp_path, content, {"labels": {"Rate": level("answered", factor=100)}})
    assert values(chosen)["answered", "2020-04-30"] == Decimal("75.4") and not chosen.warnings
    assert "“Rate” holds fractions: 0.754 is read as 75.4 %." in chosen.notes
    _, faults = parse_sheet_layout({"labels": {"A": level("abuse", factor=100)}}, LOOKUPS)
    assert any("only the value of a percentage can be written in fractions" in fault for fault in faults)


def test_percent_sign_where_it_makes_no_sense_is_refused(tmp_path: Path) -> None:
    content = csv_of([["", "Apr-20", "May-20"], ["A", "75%", "80%"]])
    document = {"labels": {"A": level("abuse")}, "takes_percent": True}
    assert "“Domestic abuse” is no percentage" in words(read(tmp_path, content, document))
    fractions = {"labels": {"A": level("answered", factor=100)}, "takes_percent": True}
    assert "its label another unit" in words(read(tmp_path, content, fractions))


@pytest.mark.parametrize("rate", ["0.754", "7540"])
def test_a_percentage_off_by_a_hundred_of_its_counts_is_a_warning(tmp_path: Path, rate: str) -> None:
    labels = {"Rate": level("answered"), "Answered": level("answered", holds="numerator"),
              "Calls": level("answered", holds="denominator")}  # fmt: skip
    rows = [["", "Apr-20", "May-20"], ["Rate", rate, "75.4"], ["Answered", 377, 377], ["Calls", 500, 500]]
    (warning,) = read(tmp_path, csv_of(rows), {"labels": labels}).warnings
    assert warning.startswith("Cell B2:") and "off by a factor of 100: 377 of\u00a0500 are 75.4%." in warning


def test_a_part_of_a_whole_above_a_hundred_is_a_warning(tmp_path: Path) -> None:
    rows = [["", "Apr-20", "May-20"], ["Rate", "7540%", "75.4%"]]
    (warning,) = read(tmp_path, csv_of(rows), {"labels": {"Rate": level("answered")}, "takes_percent": True}).warnings
    assert warning.startswith("Cell B2:") and "read as 7,540 %. If 75.4 % is meant" in warning


def taken(found: WideRead) -> dict[str, tuple[str, Decimal | None]]:
    """Return the values that are of no single month: cell -> (window and last day, value)."""
    assert not found.problems, words(found)
    return {row.cell: (f"{row.window} {row.end}", row.value) for row in found.rows if row.window is not Window.MONTH}


def test_totals_of_a_year_are_taken_as_12_months_and_as_a_year_to_date(tmp_path: Path) -> None:
    found = read(tmp_path, csv_of(matrix("Waiting", wrong={"2017/18": 4, "2018/19": 5, "2020/21": 6})), TAKEN)
    assert taken(found) == {
        "N4": ("r12 2018-03-31", 4), "N5": ("r12 2019-03-31", 5),
        # By hand: 1400 + 10 for each month of the third year is 12 × 1400 + 660.
        "N6": ("r12 2020-03-31", 17_460), "N7": ("fytd 2020-09-30", 6),
    }  # fmt: skip
    told = " ".join(found.notes)
    assert "3 totals are taken as values of 12 months" in told and "12 months to 31 March 2018 in cell N4" in told
    assert "1 total is taken as a financial year to date" in told and "in cell N7" in told


def test_totals_are_compared_only_unless_the_profile_takes_them(tmp_path: Path) -> None:
    found = read(tmp_path, csv_of(matrix("Waiting")), {**TAKEN, "headings": {"Total": "total"}})
    assert not taken(found)


def test_a_taken_total_over_a_gap_says_why_it_was_not(tmp_path: Path) -> None:
    rows = matrix("Waiting")[:4]
    rows[3][3] = None
    found = read(tmp_path, csv_of(rows), TAKEN)
    assert not taken(found)
    assert "Cell N4: the total is compared only and not taken as a value, because June 2017 is blank." in found.notes
    late = [["Waiting"], [], ["Year", *MONTHS, "Total"], ["2017/18", *[None] * 6, *[7] * 6, 7]]
    found = read(tmp_path, csv_of(late), TAKEN)
    assert not taken(found) and any("because April 2017 is blank" in note for note in found.notes)


def test_a_taken_total_follows_months_across_and_their_marks(tmp_path: Path) -> None:
    months = [f"{month[:3]}-{19 if at < 9 else 20}" for at, month in enumerate(MONTHS)]
    rows = [["", *months, "Year", "Apr-20", "Year to date"], ["Waiting", *[4] * 11, "5p", 4.1, 6, 6.1]]
    document = {
        "labels": {"Waiting": level("wait")},
        "headings": {"Year": "taken-total", "Year to date": "taken-total"},
        "marks": {"p": "provisional"},
    }
    found = read(tmp_path, csv_of(rows), document)
    assert taken(found) == {"N2": ("r12 2020-03-31", Decimal("4.1")), "P2": ("fytd 2020-04-30", Decimal("6.1"))}
    status = {row.cell: row.status for row in found.rows}
    assert (status["N2"], status["P2"]) == (Status.PROVISIONAL, Status.FINAL)


def test_a_taken_total_that_is_a_formula_is_refused_with_the_way_out(tmp_path: Path) -> None:
    rows = matrix("Waiting")[:4]
    rows[3][-1] = "=SUM(B4:M4)"
    said = words(read(tmp_path, workbook_of({"S": rows}), TAKEN))
    assert "holds a formula" in said and "say in the profile that this total is compared only" in said


def test_totals_are_taken_only_where_months_stand_for_themselves() -> None:
    _, faults = parse_sheet_layout({**TAKEN, "months_mean": "r12"})
    assert any("stands for that month" in fault for fault in faults)


def test_a_label_has_its_own_source_and_the_others_that_of_the_profile(tmp_path: Path) -> None:
    rows = [["", "Apr-20", "May-20"], ["A", 1, 2], ["W", 3, 4]]
    found = read(tmp_path, csv_of(rows), {"labels": {"A": level("abuse"), "W": level("wait", source="calls")}})
    assert {row.indicator: row.source for row in found.rows} == {"abuse": "supplied", "wait": "calls"}
    _, faults = parse_sheet_layout({"labels": {"W": level("wait", source="nobody")}}, LOOKUPS)
    assert any("no source of figures" in fault for fault in faults)
