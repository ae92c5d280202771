"""Value, numerator and denominator of one month in three rows: a word in one takes nothing from the others unsaid."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from test_readers_wide import read, words

from indicators.choices import Basis, Status
from indicators.readers.observations import ObservationRow
from indicators.readers.wide_sheets import WideRead
from tests.indicators.wide_files import csv_of, level, workbook_of

LABELS = {
    "Rate": level("answered"), "In time": level("answered", holds="numerator"),
    "Calls": level("answered", holds="denominator"),
}  # fmt: skip
SAYS = {"labels": LABELS, "words": {"..": ["not-available", "system change"], "<5": ["suppressed", "small number"]}}


def one(folder: Path, rate: Any, above: Any, below: Any) -> tuple[WideRead, ObservationRow]:
    """Return what a sheet of two months gives, the second of which is blank."""
    rows = [["", "Apr-20", "May-20"], ["Rate", rate, ""], ["In time", above, ""], ["Calls", below, ""]]
    found = read(folder, csv_of(rows), SAYS)
    assert not found.problems, words(found)
    (row,) = found.rows
    return found, row


def numbers(row: ObservationRow) -> tuple[Decimal | None, ...]:
    return row.value, row.numerator, row.denominator


@pytest.mark.parametrize("rate", ["..", ""])
def test_word_for_a_numerator_leaves_the_month_without_a_value_and_keeps_its_base(tmp_path: Path, rate: str) -> None:
    found, row = one(tmp_path, rate, "..", 38)
    assert numbers(row) == (None, None, 38) and (row.status, row.note) == (Status.NOT_AVAILABLE, "system change")
    cell = "B2" if rate else "B3"
    assert f"1 period has no value: its cell says not available (cell {cell})." in found.notes
    assert not found.warnings


@pytest.mark.parametrize(("above", "below", "kept"), [("..", 38, (None, 38)), (12, "..", (12, None))])
def test_value_stays_where_a_count_beside_it_is_a_word(tmp_path: Path, above: Any, below: Any, kept: Any) -> None:
    found, row = one(tmp_path, "31.6", above, below)
    assert numbers(row) == (Decimal("31.6"), *kept) and row.status is Status.FINAL
    which, cell = ("Numerator", "B3") if above == ".." else ("Denominator", "B4")
    assert row.note == f"{which} not available: system change"
    assert row.basis is (Basis.COUNTED if kept[1] else Basis.AS_SUPPLIED)
    (note,) = [line for line in found.notes if "instead of a number" in line]
    assert note == (
        "1 numerator or denominator has a word instead of a number: the value beside it is kept without it "
        f"(cell {cell})."
    )
    assert not [line for line in found.notes if "no value: its cell" in line] and not found.warnings


def test_both_counts_may_be_words(tmp_path: Path) -> None:
    found, row = one(tmp_path, "31.6", "<5", "..")
    assert numbers(row) == (Decimal("31.6"), None, None) and row.basis is Basis.AS_SUPPLIED
    assert row.note == "Numerator suppressed: small number; Denominator not available: system change"
    assert any(line.startswith("2 numerators or denominators have a word") for line in found.notes)


def test_numerator_of_a_month_whose_value_is_a_word_is_left_out_and_told(tmp_path: Path) -> None:
    found, row = one(tmp_path, "..", 12, 38)
    assert numbers(row) == (None, None, 38) and row.status is Status.NOT_AVAILABLE
    (warning,) = found.warnings
    assert warning == (
        "1 numerator is not taken: a word says that its period has no value (cell B3). Delete the word beside it where "
        "the counts hold: the value is then worked out from them."
    )


def test_numerator_beside_a_denominator_that_is_a_word_is_told_with_sheet_and_cells(tmp_path: Path) -> None:
    rows = [["", "Apr-20", "May-20", "Jun-20"], ["In time", 12, 13, 14], ["Calls", "..", "..", 40]]
    found = read(tmp_path, workbook_of({"Calls": rows}), SAYS)
    assert [numbers(row) for row in found.rows] == [(None, None, None), (None, None, None), (35, 14, 40)]
    (warning,) = found.warnings
    assert warning.startswith("2 numerators are not taken: a word says that their periods have no value (Calls, B2")


def test_count_that_stands_alone_is_a_problem_as_before(tmp_path: Path) -> None:
    found = read(tmp_path, csv_of([["", "Apr-20", "May-20"], ["In time", 12, 13], ["Calls", "", 40]]), SAYS)
    assert "The denominator of this period is blank. Fill it in, or delete the other number." in words(found)


def test_value_that_its_counts_contradict_is_a_warning_with_its_cell(tmp_path: Path) -> None:
    found, row = one(tmp_path, "90", 12, 38)
    assert numbers(row) == (90, 12, 38)
    (warning,) = found.warnings
    assert warning.startswith(
        "Cell B2: “Calls answered in time, April 2020” is given as 90%, but 12 of\u00a038 are 31.6%."
    )


def test_many_contradictions_are_counted(tmp_path: Path) -> None:
    months = [f"{name}-19" for name in ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov")]
    rows = [["", *months], ["Rate", *[90] * 11], ["In time", *[12] * 11], ["Calls", *[38] * 11]]
    found = read(tmp_path, csv_of(rows), SAYS)
    assert len(found.warnings) == 11
    assert found.warnings[-1].startswith("1 more value is not what its numerator and denominator give.")
