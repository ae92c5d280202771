"""Totals of wide sheets: weighted ones checked by their counts, every other compared or listed with its reason."""

import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from test_readers_wide import ACROSS, MATRIX, read, values

from indicators.readers import sheet_comparing
from indicators.readers.wide_sheets import WideRead
from tests.indicators.wide_files import MONTHS, csv_of, level, matrix, workbook_of

ANSWERED = {
    "shape": "year-matrix",
    "named_by": ["title"],
    "labels": {
        "Rate": level("answered"),
        "Answered": level("answered", holds="numerator"),
        "Calls": level("answered", holds="denominator"),
        "Waiting": level("wait"),
    },
    "headings": {"Year": "total", "Total": "total"},
}
HEAD = ["", *MONTHS, "Year"]
# April 9 of 10, May 30 of 90, then ten months of 10 of 20: 139 of 300 in the year.
NUMERATORS, DENOMINATORS = [9, 30, *[10] * 10], [10, 90, *[20] * 10]
RATES = ["90", "33.3", *["50"] * 10]
COUNTS = [["Answered"], HEAD, ["2018/19", *NUMERATORS, 139], [], ["Calls"], HEAD, ["2018/19", *DENOMINATORS, 300]]


def reasons(found: WideRead) -> list[tuple[str, str]]:
    """Return every total that was listed as not compared: where, and why."""
    assert not found.problems, [one.message for one in found.problems.listed]
    return [(one.where, one.why) for one in found.totals.listed]


@pytest.mark.parametrize(("total", "agrees"), [("46.3", True), ("46.33", True), ("46", True), ("46.4", False)])
def test_compare_a_percentage_of_a_year_with_its_counts_in_other_tables(
    tmp_path: Path, total: str, agrees: bool
) -> None:
    # 139 of 300 are 46.333… %; the plain mean of the months would be 51.9.
    rows = [["Rate"], HEAD, ["2018/19", *RATES, total], [], *COUNTS]
    found = read(tmp_path, csv_of(rows), ANSWERED)
    assert not reasons(found)
    assert (found.totals.agreeing, found.totals.differing) == ((3, 0) if agrees else (2, 1))
    if not agrees:
        assert found.warnings == [
            "Cell N3: the total is 46.4, but its parts (B3 to M3) give 46.33333333 by their numerators and "
            "denominators: a difference of 0.06666667."
        ]


def shown_with(number_format: str):
    """Return what gives the cell of the yearly percentage a number format."""

    def change(book: Any) -> None:
        book["S"]["N3"].number_format = number_format

    return change


@pytest.mark.parametrize(
    ("total", "number_format", "agrees"),
    [
        ("46.0", None, False),  # 46.0 is not 46.3, though 46 is
        (46, "0", True),
        (46, "0.0", False),  # the cell shows 46.0
        (46.36, "0.0", False),  # shows 46.4
        (46.29, "0.0", True),  # shows 46.3, as does 46.333…
        (46.29, "General", False),
        (46.29, "#,##0.0_ ;[Red]-#,##0.0", True),
    ],
)
def test_compare_a_total_with_the_decimals_it_is_printed_with(
    tmp_path: Path, total: Any, number_format: str | None, agrees: bool
) -> None:
    # 139 of 300 are 46.333… %.
    rows = [["Rate"], HEAD, ["2018/19", *(float(one) for one in RATES), total], [], *COUNTS]
    content = workbook_of({"S": rows}, shown_with(number_format)) if number_format else csv_of(rows)
    found = read(tmp_path, content, ANSWERED)
    assert not reasons(found)
    assert (found.totals.agreeing, found.totals.differing) == ((3, 0) if agrees else (2, 1)), found.warnings


def test_count_has_no_slack_however_its_total_is_printed(tmp_path: Path) -> None:
    rows = [["Domestic abuse"], ["", *MONTHS, "Total"], ["2018/19", *[10.4] * 12, 125]]  # 12 × 10.4 are 124.8
    found = read(tmp_path, workbook_of({"S": rows}, shown_with("0")), MATRIX)
    assert found.totals.differing == 1 and "is 125, but its parts (B3 to M3) add up to 124.8" in found.warnings[0]
    # Nor have the counts behind a percentage, whose own total is compared to its last decimal.
    rows = [["Rate"], HEAD, ["2018/19", *RATES, "46.3"], [], *COUNTS]
    rows[6] = ["2018/19", *NUMERATORS, "139.4"]
    found = read(tmp_path, csv_of(rows), ANSWERED)
    assert (found.totals.agreeing, found.totals.differing) == (2, 1) and found.warnings[0].startswith("Cell N7: ")


def test_shares_of_parts_may_make_a_hundred_but_for_what_the_total_hides(tmp_path: Path) -> None:
    labels = {"Race": level("shares", part="race"), "Faith": level("shares", part="faith")}
    definition = {"shape": "periods-across", "named_by": ["label"], "labels": labels, "headings": {}}
    definition["labels"]["All"] = {"holds": "total"}
    for printed, differing in (("100", 0), ("100.0", 1)):
        rows = [["", "Apr-20", "May-20"], ["Race", "33.3", "40"], ["Faith", "66.6", "60"], ["All", printed, "100"]]
        found = read(tmp_path, csv_of(rows), definition)
        assert found.totals.differing == differing, (printed, found.warnings, reasons(found))


def test_profile_may_still_allow_more_than_the_last_decimal(tmp_path: Path) -> None:
    rows = [["Rate"], HEAD, ["2018/19", *RATES, "46.4"], [], *COUNTS]
    assert read(tmp_path, csv_of(rows), {**ANSWERED, "tolerance": "0.1"}).totals.differing == 0


def test_list_a_percentage_without_its_counts_and_a_median_with_their_reasons(tmp_path: Path) -> None:
    rows = [["Rate"], HEAD, ["2018/19", *RATES, "46.3"], [], ["Waiting"], HEAD, ["2018/19", *[4] * 12, 4]]
    found = read(tmp_path, workbook_of({"Calls": rows}), ANSWERED)
    assert reasons(found) == [
        (
            "Sheet “Calls”, cell N3",
            "the months of a service level do not add up to a year, and numerators and denominators are not given for "
            "all of them",
        ),
        ("Sheet “Calls”, cell N7", "the months of a median do not add up to a year"),
    ]
    assert found.totals.uncompared == 2 and not found.totals.agreeing


def test_list_a_total_over_a_month_that_is_not_available_and_one_that_is_not_itself(tmp_path: Path) -> None:
    rows = matrix()[:5]
    rows[3][3] = "n/a"  # June 2017
    rows[4][-1] = "n/a"
    document = {**MATRIX, "words": {"n/a": ["not-available", "system change"]}}
    assert reasons(read(tmp_path, workbook_of({"DA": rows}), document)) == [
        ("Sheet “DA”, cell N4", "June 2017 is not available"),
        ("Sheet “DA”, cell N5", "the total is not available"),
    ]


def test_tell_totals_of_one_reason_together_the_first_twelve_by_their_cells(tmp_path: Path) -> None:
    years = [[f"{year}/{(year + 1) % 100:02d}", *[4] * 12, 4] for year in range(1994, 2019)]
    found = read(tmp_path, csv_of([["Waiting"], HEAD, *years]), ANSWERED)
    cells = ", ".join(f"N{row}" for row in range(3, 15))
    assert reasons(found) == [(f"Cells {cells} and 13 others", "the months of a median do not add up to a year")]
    assert (found.totals.uncompared, found.totals.unlisted) == (25, 0)


def test_count_the_totals_of_more_reasons_than_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_comparing, "LISTED_REASONS", 1)
    rows = matrix()[:5]
    rows[3][3] = "n/a"  # June 2017
    rows[4][-1] = "n/a"
    document = {**MATRIX, "words": {"n/a": ["not-available", "system change"]}}
    found = read(tmp_path, workbook_of({"DA": rows}), document)
    assert reasons(found) == [("Sheet “DA”, cell N4", "June 2017 is not available")]
    assert (found.totals.uncompared, found.totals.unlisted) == (2, 1)


def test_compare_totals_over_areas_of_what_adds_up_there_and_not_over_time(tmp_path: Path) -> None:
    """As-at values add up over areas and never over months; 12-month values share months."""
    labels = {"Hill": level(area="hill"), "Coast": level(area="coast"), "Total": {"holds": "total"}}
    rows = [["", "Apr-20", "May-20", "Total"], ["Hill", 1, 2, 3], ["Coast", 4, 5, 9], ["Total", 5, 8, 12]]
    document = {"labels": labels, "headings": {"Total": "total"}, "months_mean": "snapshot"}
    found = read(tmp_path, csv_of(rows), document)
    assert found.warnings == ["Cell C4: the total is 8, but its parts (C2 to C3) add up to 7: a difference of 1."]
    assert found.totals.agreeing == 1
    assert {why for _, why in reasons(found)} == {"values as at a day do not add up over time"}
    overlapping = read(tmp_path, csv_of(rows), {**document, "months_mean": "r12"})
    assert {why for _, why in reasons(overlapping)} == {
        "values of 12 months share months with each other, and do not add up"
    }


def test_list_rows_that_do_not_go_together_with_why(tmp_path: Path) -> None:
    def why(*labels: dict[str, Any]) -> set[str]:
        names = [f"Row {at}" for at in range(len(labels))]
        rows = [["", "Apr-20", "May-20"], *([name, 1, 2] for name in names), ["Total", 2, 4]]
        document = {"labels": {**dict(zip(names, labels, strict=True)), "Total": {"holds": "total"}}}
        return {reason for _, reason in reasons(read(tmp_path, csv_of(rows), document))}

    assert not why(level(), level("hate"))
    assert not why(level(area="hill"), level(area="coast"))
    assert why(level(), level("answered")) == {"its rows are in different units"}
    assert why(level(factor=1000), level("hate")) == {"its rows are in different units"}
    assert why(level("hate", area="hill"), level("hate", area="coast")) == {
        "“Hate crime” is not added up over areas: its reference sheet says “as supplied only”"
    }
    assert why(level("wait", area="hill"), level("wait", area="coast")) == {
        "the areas of a median do not add up to one value"
    }
    assert why(level("hate", part="race"), level("hate", part="faith")) == {
        "the parts of “Hate crime” may overlap, and do not add up"
    }
    counts = level("answered", holds="numerator"), level("answered", holds="denominator")
    assert why(*counts) == {"its rows hold different things: values, numerators or denominators"}


def test_compare_a_formula_by_the_result_that_was_stored_with_it(tmp_path: Path) -> None:
    rows = [
        ["Measure", "Apr-20", "May-20", "Total"],
        ["Domestic abuse", 1, 2, "=B2"],
        ["Hate crime", 1, 2, "=SUM(B3:C3)"],
    ]
    content = with_results(workbook_of({"S": rows}), {"D2": "1", "D3": "3"})
    found = read(tmp_path, content, ACROSS)
    assert values(found) and found.totals.agreeing == 1 and not reasons(found)
    assert found.warnings == [
        "Sheet “S”, cell D2: the total is 1, but its parts (B2 to C2) add up to 3: a difference of -2.".replace(
            "-", "−"
        )
    ]
    # A stored result is never taken as a value.
    rows[1][1] = "=1+1"
    refused = read(tmp_path, with_results(workbook_of({"S": rows}), {"B2": "2", "D2": "1", "D3": "3"}), ACROSS)
    assert [one.message for one in refused.problems.listed] == [
        "Cell B2 holds a formula. Copy the sheet and paste it as values."
    ]


def with_results(content: bytes, results: dict[str, str]) -> bytes:
    """Return a workbook as Excel saves it: with the results of its formulas."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                text = part.decode()
                for address, result in results.items():
                    start = text.index(f'r="{address}"')
                    at = text.index("<v", start)
                    end = text.index("</c>", at)
                    text = f"{text[:at]}<v>{result}</v>{text[end:]}"
                part = text.encode()
            new.writestr(name, part)
    return packed.getvalue()


def test_blank_cells_are_counted_and_one_is_one(tmp_path: Path) -> None:
    rows = [["Measure", "Apr-20", "May-20", "Jun-20"], ["Domestic abuse", 1, None, 3]]
    assert "1 blank cell: no value was loaded for it (cell C2)." in read(tmp_path, csv_of(rows), ACROSS).notes
    rows.append(["Hate crime", "-", 2, None])
    found = read(tmp_path, csv_of(rows), ACROSS)
    assert "3 blank cells: no value was loaded for them (cell C2; cell B3; cell D3)." in found.notes
    assert len(found.rows) == 3


def test_cells_that_say_there_is_no_value_are_named_and_no_values(tmp_path: Path) -> None:
    rows = [["Measure", "Apr-20", "May-20", "Jun-20"], ["Domestic abuse", "..", "..", 3], ["Hate crime", 1, 2, ".."]]
    found = read(tmp_path, csv_of(rows), {**ACROSS, "words": {"..": ["not-available", "late"]}})
    assert not found.problems, [one.message for one in found.problems.listed]
    assert "3 periods have no value: their cells say not available (B2 to C2; cell D3)." in found.notes


def test_rate_worked_out_from_its_counts_is_per_thousand(tmp_path: Path) -> None:
    labels = {"A": level("rate", holds="numerator"), "B": level("rate", holds="denominator")}
    rows = [["", "Apr-20", "May-20", "Total"], ["A", 3, 6, 9], ["B", 1500, 1500, 3000]]
    found = read(tmp_path, csv_of(rows), {"labels": labels, "headings": {"Total": "total"}})
    assert [row.value for row in found.rows] == [Decimal(2), Decimal(4)]
    assert reasons(found) == [
        ("Cell D3", "the denominators of a rate are the same people each month, and do not add up")
    ]
