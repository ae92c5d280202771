"""Footnote marks of labels: what counts as one, which labels are read without, and where nothing is guessed."""

import io
from pathlib import Path

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from reader_files import sheet_xml, workbook_bytes

from indicators.readers.footnote_marks import shown
from indicators.readers.official_cells import raised_digits
from indicators.readers.wide_sheets import WideRead
from tests.indicators.readers.test_readers_wide import MATRIX, read, values, words
from tests.indicators.wide_files import csv_of, level, matrix, workbook_of

ACROSS = {"shape": "periods-across", "label_columns": ["Measure"]}
HEAD = ["Measure", "Apr-20", "May-20"]


def labelled(*names: str) -> dict[str, object]:
    """Return a layout with these labels: the first is domestic abuse, the second hate crime."""
    meanings = (level(), level("hate"))
    return {**ACROSS, "labels": dict(zip(names, meanings, strict=False))}


def across(*names: str) -> list[list[object]]:
    """Return a table with a row for each label: 1 and 2 in the first, 11 and 12 in the second."""
    return [HEAD, *([name, 10 * at + 1, 10 * at + 2] for at, name in enumerate(names))]


@pytest.mark.parametrize(
    ("text", "bare", "marks"),
    [
        ("Burglary (1)", "Burglary", ("1",)),
        ("Burglary(12)", "Burglary", ("12",)),
        ("Burglary (1)(2)", "Burglary", ("1", "2")),
        ("Burglary [1, 2]", "Burglary", ("1", "2")),
        ("Burglary [note 3]", "Burglary", ("3",)),
        ("Burglary (Notes 3 and 4)", "Burglary", ("3", "4")),
        ("Burglary [note 3, note 4]", "Burglary", ("3", "4")),
        ("Burglary²", "Burglary", ("2",)),
        ("Burglary ¹⁰,¹¹", "Burglary", ("10", "11")),
        ("Burglary ⁽³⁾", "Burglary", ("3",)),
        ("Burglary*", "Burglary", ("*",)),
        ("Burglary †‡", "Burglary", ("†‡",)),
        ("Calls answered (1) (%)", "Calls answered (%)", ("1",)),
        ("Fraud (Action Fraud²)", "Fraud (Action Fraud)", ("2",)),
        # None of these is a mark: digits may belong to the words, and so may a year, a word or a letter.
        ("Grade 2", "Grade 2", ()),
        ("Burglary2", "Burglary2", ()),
        ("Survey (2019)", "Survey (2019)", ()),
        ("Victims (under 18)", "Victims (under 18)", ()),
        ("Victims (F)", "Victims (F)", ()),
        ("Calls (%)", "Calls (%)", ()),
        ("(1)", "(1)", ()),
        ("*", "*", ()),
    ],
)
def test_marks_that_show_themselves_are_parted_from_words(text: str, bare: str, marks: tuple[str, ...]) -> None:
    assert shown(text) == (bare, marks)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Burglary (1)", "Burglary (2)"),
        ("Burglary (1)", "Burglary"),
        ("Burglary", "burglary [note 3]"),
        ("Burglary¹", "Burglary²"),
        ("Burglary*", "Burglary **"),
        ("Burglary (1)", "Burglary²"),
        ("Calls (1) (%)", "Calls (2) (%)"),
    ],
)
def test_read_a_label_whose_mark_was_renamed_and_say_so(tmp_path: Path, ours: str, theirs: str) -> None:
    found = read(tmp_path, csv_of(across(theirs)), labelled(ours))
    assert values(found) == {("abuse", "2020-04-30"): 1, ("abuse", "2020-05-31"): 2}
    at = found.notes.index(f"“{theirs}” was read as “{ours}” of the profile: only the footnote mark differs.")
    assert found.notes[at + 1] == "Check that the notes of the workbook still say the same of them."
    assert not found.unknown.labels and not found.warnings


def test_read_labels_word_for_word_first_though_their_marks_alone_tell_them_apart(tmp_path: Path) -> None:
    found = read(tmp_path, csv_of(across("Burglary (1)", "Burglary (2)")), labelled("Burglary (1)", "Burglary (2)"))
    assert values(found)["abuse", "2020-04-30"] == 1 and values(found)["hate", "2020-04-30"] == 11
    assert not any("footnote" in note for note in found.notes)


def test_two_labels_of_the_profile_that_differ_by_their_mark_are_not_guessed(tmp_path: Path) -> None:
    found = read(tmp_path, csv_of(across("Burglary (3)")), labelled("Burglary (1)", "Burglary (2)"))
    (problem,) = found.problems.listed
    assert (problem.row, problem.column, problem.value) == (2, "A", "Burglary (3)")
    assert "from “Burglary (1)” and “Burglary (2)” of the profile, so it is not clear" in problem.message
    assert "Write it as the profile does" in problem.message
    assert list(found.unknown.labels) == ["Burglary (3)"] and not found.rows


def test_two_labels_of_one_sheet_that_differ_by_their_mark_are_not_guessed(tmp_path: Path) -> None:
    both = read(tmp_path, csv_of(across("Burglary (2)", "Burglary (3)")), labelled("Burglary (1)"))
    assert [(one.row, one.value) for one in both.problems.listed] == [(2, "Burglary (2)"), (3, "Burglary (3)")]
    assert "tells this label from “Burglary (3)” of this sheet" in both.problems.listed[0].message
    assert "is “Burglary (1)” of the profile. Write that one as the profile does" in both.problems.listed[0].message
    assert list(both.unknown.labels) == ["Burglary (2)", "Burglary (3)"] and not both.rows
    # One that is written as in the profile is read; the other is not, even so.
    one = read(tmp_path, csv_of(across("Burglary (1)", "Burglary (2)")), labelled("Burglary (1)"))
    assert [(problem.row, problem.value) for problem in one.problems.listed] == [(3, "Burglary (2)")]
    assert {row.value for row in one.rows} == {1, 2}


def yearly(names: dict[str, str]) -> bytes:
    """Return a workbook with a sheet for each year, of which each has its measure under another title."""
    whole = matrix(known=36)
    return workbook_of({sheet: [[title], whole[2], whole[3 + at]] for at, (sheet, title) in enumerate(names.items())})


NAMES = {"1": "Domestic abuse (1)", "2": "Domestic abuse (2)", "3": "Domestic abuse (1)"}


def test_each_sheet_may_have_a_mark_of_its_own_and_each_is_told(tmp_path: Path) -> None:
    found: WideRead = read(tmp_path, yearly(NAMES), {**MATRIX, "labels": {"Domestic abuse": level()}})
    assert not found.problems, words(found)
    assert len(found.rows) == 36
    told = (
        "“Domestic abuse ({})” was read as “Domestic abuse” of the profile: only the footnote mark differs (sheet{})."
    )
    assert {told.format(1, "s “1”, “3”"), told.format(2, " “2”")} <= set(found.notes)


def test_a_label_that_nobody_knows_is_asked_for_once_whatever_its_mark(tmp_path: Path) -> None:
    document = {**MATRIX, "labels": {"Hate crime": level("hate")}}
    found = read(tmp_path, yearly(NAMES), document)
    assert list(found.unknown.labels) == ["Domestic abuse (1)"] == list(found.looks)
    assert [(one.sheet, one.value) for one in found.problems.listed] == list(NAMES.items())
    decided = {**document, "labels": {**document["labels"], "Domestic abuse (1)": level()}}
    assert len(read(tmp_path, yearly(NAMES), decided).rows) == 36


def test_the_copy_of_a_sheet_is_no_footnote(tmp_path: Path) -> None:
    """Excel calls the copy of sheet DA “DA (2)”: what stands in it is not taken for what stands in DA."""
    document = {**MATRIX, "named_by": ["sheet"], "labels": {"DA": level()}}
    found = read(tmp_path, workbook_of({"DA (2)": matrix()}), document)
    assert {one.value for one in found.problems.listed} == {"DA (2)"}
    titled = {**MATRIX, "named_by": ["sheet", "title"], "labels": {"DA | Domestic abuse (1)": level()}}
    assert read(tmp_path, workbook_of({"DA": matrix("Domestic abuse")}), titled).rows
    assert read(tmp_path, workbook_of({"DA (2)": matrix("Domestic abuse")}), titled).problems


def test_fractions_of_a_renamed_label_are_warned_of_as_ever(tmp_path: Path) -> None:
    rows = [HEAD, ["Answered (2)", 0.7, 0.8]]
    found = read(tmp_path, csv_of(rows), {**ACROSS, "labels": {"Answered (1)": level("answered")}})
    assert any("choose “Fractions”" in warning for warning in found.warnings), found.warnings


def test_no_blank_cells_is_said_where_there_are_none(tmp_path: Path) -> None:
    document = labelled("Burglary")
    assert any(note.startswith("No blank cells") for note in read(tmp_path, csv_of(across("Burglary")), document).notes)
    rows = [HEAD, ["Burglary", "", 2]]
    notes = read(tmp_path, csv_of(rows), document).notes
    assert "1 blank cell: no value was loaded for it (cell B2)." in notes
    assert not any(note.startswith("No blank cells") for note in notes)


def raised(words: str, digits: str) -> CellRichText:
    """Return the text of a cell with digits raised above the line, as Excel formats footnote marks."""
    return CellRichText(words, TextBlock(InlineFont(vertAlign="superscript"), digits))


def test_digits_that_are_formatted_as_raised_are_marks_of_a_label(tmp_path: Path) -> None:
    rows = [HEAD, [raised("Burglary", "2"), 1, 2]]
    found = read(tmp_path, workbook_of({"S": rows}), labelled("Burglary (1)"))
    assert values(found) == {("abuse", "2020-04-30"): 1, ("abuse", "2020-05-31"): 2}
    assert any("“Burglary²” was read as “Burglary (1)” of the profile" in note for note in found.notes)
    # A profile that was saved with the digit on the line reads it as before, and "Grade 2" is never "Grade 1".
    assert read(tmp_path, workbook_of({"S": rows}), labelled("Burglary2")).rows
    flat = [HEAD, ["Burglary2", 1, 2]]
    assert read(tmp_path, workbook_of({"S": flat}), labelled("Burglary (1)")).problems


def test_digits_of_shared_texts_are_raised_only_where_they_are_so_everywhere(tmp_path: Path) -> None:
    """Excel keeps texts apart from the sheets: one that stands there both ways is taken as plain text."""
    marked = '<si><r><t>Crime</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>3</t></r></si>'
    assert raised_digits(with_texts(marked)) == {"Crime3": "Crime³"}
    assert raised_digits(with_texts(f"{marked}<si><t>Crime3</t></si>")) == {}
    assert raised_digits(with_texts("<si><t>Crime3</t></si>")) == {}


def with_texts(texts: str) -> io.BytesIO:
    """Return a workbook with these shared texts."""
    part = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{texts}</sst>'
    return io.BytesIO(workbook_bytes([sheet_xml("")], parts={"xl/sharedStrings.xml": part}))


def test_a_number_with_a_raised_digit_is_never_read_as_ten_times_as_much(tmp_path: Path) -> None:
    found = read(tmp_path, workbook_of({"S": [HEAD, ["Burglary", raised("1,234", "1"), 2]]}), labelled("Burglary"))
    (problem,) = found.problems.listed
    assert (problem.row, problem.column) == (2, "B") and "The mark “¹” stands beside the number" in problem.message
