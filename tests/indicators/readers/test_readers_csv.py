"""C1 to C16, C42 to C44, C61: encodings, separators, headers, torn rows, and rows that are no rows."""

from pathlib import Path

import pytest
from reader_files import (
    TIDY_HEADER,
    csv_bytes,
    read_bytes,
    tidy_cells,
    words,
    zip_bytes,
)

from indicators.readers.observations import layout_in_words

NOTED = tidy_cells(note="Café Ŵyn – £5")
LATIN = tidy_cells(note="Café – £5")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_read_unicode_file_keeps_every_character(tmp_path: Path, encoding: str) -> None:
    rows, problems = read_bytes(tmp_path, csv_bytes(TIDY_HEADER, [NOTED], encoding=encoding))
    assert not problems, words(problems)
    assert rows[0].note == "Café Ŵyn – £5"


def test_read_utf16_big_endian_keeps_every_character(tmp_path: Path) -> None:
    content = b"\xfe\xff" + csv_bytes(TIDY_HEADER, [NOTED], encoding="utf-16-be")
    assert read_bytes(tmp_path, content)[0][0].note == "Café Ŵyn – £5"


def test_read_windows_1252_file_keeps_every_character(tmp_path: Path) -> None:
    rows, problems = read_bytes(tmp_path, csv_bytes(TIDY_HEADER, [LATIN], encoding="cp1252"))
    assert not problems
    assert rows[0].note == "Café – £5"


def test_read_mixed_encodings_is_refused_with_both_rows(tmp_path: Path) -> None:
    content = csv_bytes(TIDY_HEADER, [NOTED]) + ",".join(LATIN).encode("cp1252") + b"\r\n"
    rows, problems = read_bytes(tmp_path, content)
    assert not rows
    assert problems.listed[0].row == 3
    assert "row 2 is UTF-8, row 3 is not" in words(problems)


def test_read_mark_of_utf8_with_other_bytes_is_refused(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + csv_bytes(TIDY_HEADER, [LATIN], encoding="cp1252")
    assert "mixes two encodings" in words(read_bytes(tmp_path, content)[1])


def test_read_undefined_byte_is_refused_with_row(tmp_path: Path) -> None:
    content = csv_bytes(TIDY_HEADER, [tidy_cells(note="x")]).replace(b",x", b",\x81")
    _, problems = read_bytes(tmp_path, content)
    assert problems.listed[0].row == 2
    assert "neither UTF-8 nor Windows-1252" in words(problems)


@pytest.mark.parametrize("note", ["CafÃ© closed", "itâ€™s", "caf\ufffd", "a\u202eb", "a\u200bb", "a\x07b"])
def test_read_garbled_or_hidden_character_is_a_problem(tmp_path: Path, note: str) -> None:
    rows, problems = read_bytes(tmp_path, csv_bytes(TIDY_HEADER, [tidy_cells(note=note)]))
    assert not rows
    assert (problems.listed[0].row, problems.listed[0].column) == (2, "note")
    assert problems.listed[0].value.isprintable()


def test_read_nul_byte_is_refused_with_row(tmp_path: Path) -> None:
    content = csv_bytes(TIDY_HEADER, [tidy_cells(), tidy_cells(note="a\0b")])
    _, problems = read_bytes(tmp_path, content)
    assert problems.listed[0].row == 3
    assert "NUL" in words(problems)


def test_read_utf16_without_mark_is_refused_by_name(tmp_path: Path) -> None:
    assert "UTF-16" in words(read_bytes(tmp_path, csv_bytes(TIDY_HEADER, [NOTED], encoding="utf-16-le"))[1])


def test_read_utf32_is_refused_by_name(tmp_path: Path) -> None:
    assert "UTF-32" in words(read_bytes(tmp_path, csv_bytes(TIDY_HEADER, [NOTED], encoding="utf-32"))[1])


@pytest.mark.parametrize(
    ("delimiter", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars"), (",", "commas")]
)
def test_read_other_separator_is_found_and_named(tmp_path: Path, delimiter: str, name: str) -> None:
    path = tmp_path / "file"
    content = csv_bytes(TIDY_HEADER, [tidy_cells(note="a, b")], delimiter=delimiter)
    path.write_bytes(content)
    rows, problems = read_bytes(tmp_path, content)
    assert not problems, words(problems)
    assert rows[0].note == "a, b"
    assert name in layout_in_words(path)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_read_any_line_end_is_taken(tmp_path: Path, end: str) -> None:
    content = csv_bytes(TIDY_HEADER, [tidy_cells(), tidy_cells(area="east")], end=end)
    rows, problems = read_bytes(tmp_path, content)
    assert not problems
    assert [row.row for row in rows] == [2, 3]


def test_read_note_of_several_lines_counts_lines_as_a_person_does(tmp_path: Path) -> None:
    content = csv_bytes(TIDY_HEADER, [tidy_cells(note="one\r\ntwo"), tidy_cells(area="east")])
    rows, problems = read_bytes(tmp_path, content)
    assert not problems
    assert [row.row for row in rows] == [2, 4]


def test_read_unclosed_quote_is_refused_by_name(tmp_path: Path) -> None:
    content = csv_bytes(TIDY_HEADER, [tidy_cells()]) + b'"oops' + b",".join([b"x"] * 18) + b"\r\n"
    _, problems = read_bytes(tmp_path, content)
    assert problems.listed[-1].row == 3
    assert "quotation mark" in words(problems)


def test_read_quote_that_swallows_the_file_is_refused_at_its_row(tmp_path: Path) -> None:
    lines = (",".join(tidy_cells()) + "\r\n").encode() * 5_000
    content = csv_bytes(TIDY_HEADER, []) + b'"' + lines
    _, problems = read_bytes(tmp_path, content)
    assert problems.listed[0].row == 2
    assert "quotation mark" in words(problems)


def test_read_line_without_end_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    assert "longer than a million" in words(read_bytes(tmp_path, b"a," * 2_000_000)[1])


def test_read_renamed_missing_and_extra_columns_are_all_named(tmp_path: Path) -> None:
    header = ["Value" if name == "value" else name for name in TIDY_HEADER if name != "basis"] + ["colour"]
    rows, problems = read_bytes(tmp_path, csv_bytes(header, []))
    found = words(problems)
    assert not rows
    assert 'The column "Value" must be called "value"' in found
    assert 'The column "basis" is missing' in found
    assert 'The column "colour" is not known' in found
    assert {problem.row for problem in problems.listed} == {1}


def test_read_misspelt_column_offers_the_nearest(tmp_path: Path) -> None:
    header = ["denominater" if name == "denominator" else name for name in TIDY_HEADER]
    assert 'must be called "denominator"' in words(read_bytes(tmp_path, csv_bytes(header, []))[1])


def test_read_no_break_space_in_header_is_refused(tmp_path: Path) -> None:
    header = ["value\u00a0" if name == "value" else name for name in TIDY_HEADER]
    assert 'must be called "value"' in words(read_bytes(tmp_path, csv_bytes(header, []))[1])


def test_read_padded_columns_in_another_order_are_taken(tmp_path: Path) -> None:
    header = [f" {name} " for name in reversed(TIDY_HEADER)]
    rows, problems = read_bytes(tmp_path, csv_bytes(header, [tidy_cells()[::-1]]))
    assert not problems
    assert rows[0].indicator == "asb"


def test_read_duplicate_column_is_refused(tmp_path: Path) -> None:
    _, problems = read_bytes(tmp_path, csv_bytes([*TIDY_HEADER, "value"], [[*tidy_cells(), "6"]]))
    assert 'The column "value" stands in the header twice' in words(problems)


@pytest.mark.parametrize(("cells", "named"), [(tidy_cells()[:-1], "fewer"), ([*tidy_cells(), "x"], "more")])
def test_read_short_or_long_row_is_a_problem_with_its_row(tmp_path: Path, cells: list[str], named: str) -> None:
    rows, problems = read_bytes(tmp_path, csv_bytes(TIDY_HEADER, [cells, tidy_cells(area="east")]))
    assert [row.area for row in rows] == ["east"]
    assert problems.listed[0].row == 2
    assert f"1 column {named}" in words(problems)


def test_read_file_cut_in_last_number_is_refused_as_cut_off(tmp_path: Path) -> None:
    content = csv_bytes(["note", *TIDY_HEADER[:-1]], [["", *tidy_cells()[:-1]]])
    whole, problems = read_bytes(tmp_path, content)
    assert whole
    assert not problems
    _, problems = read_bytes(tmp_path, content[:-2])
    assert "cut off" in words(problems)
    assert problems.listed[-1].row == 2


def test_read_file_cut_in_a_row_says_so(tmp_path: Path) -> None:
    content = csv_bytes(TIDY_HEADER, [tidy_cells(), tidy_cells(area="east")])[:-20]
    _, problems = read_bytes(tmp_path, content)
    assert "cut off: its last row is short" in words(problems)


def test_read_title_rows_above_header_are_named(tmp_path: Path) -> None:
    titles = b"Performance report\r\nQuarter 2\r\n\r\n"
    _, problems = read_bytes(tmp_path, titles + csv_bytes(TIDY_HEADER, [tidy_cells()]))
    assert "The header stands in row 4. Delete the 3 rows above it" in words(problems)


def test_read_totals_row_at_the_foot_is_a_problem(tmp_path: Path) -> None:
    totals = tidy_cells(row_id="Total", value="10")
    rows, problems = read_bytes(tmp_path, csv_bytes(TIDY_HEADER, [tidy_cells(), totals]))
    assert len(rows) == 1
    assert "row of totals" in words(problems)


def test_read_blank_rows_matter_only_between_rows(tmp_path: Path) -> None:
    blank = [""] * len(TIDY_HEADER)
    rows, problems = read_bytes(tmp_path, csv_bytes(TIDY_HEADER, [tidy_cells(), blank, []]))
    assert (len(rows), problems.count) == (1, 0)
    _, problems = read_bytes(tmp_path, csv_bytes(TIDY_HEADER, [blank, tidy_cells()]))
    assert problems.listed[0].row == 2


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", csv_bytes(TIDY_HEADER, [])])
def test_read_empty_file_or_header_only_is_refused(tmp_path: Path, content: bytes) -> None:
    rows, problems = read_bytes(tmp_path, content)
    assert not rows
    assert problems.count == 1


def test_read_zip_of_one_file_is_read(tmp_path: Path) -> None:
    content = zip_bytes({"folder/tidy.csv": csv_bytes(TIDY_HEADER, [tidy_cells()])})
    rows, problems = read_bytes(tmp_path, content)
    assert not problems
    assert len(rows) == 1


def test_read_zip_of_two_files_is_refused(tmp_path: Path) -> None:
    content = zip_bytes({name: csv_bytes(TIDY_HEADER, [tidy_cells()]) for name in ("a.csv", "b.csv")})
    assert "2 files" in words(read_bytes(tmp_path, content)[1])


def test_read_damaged_member_is_refused(tmp_path: Path) -> None:
    content = bytearray(zip_bytes({"tidy.csv": csv_bytes(TIDY_HEADER, [tidy_cells()] * 50)}))
    content[60] ^= 0xFF
    assert "damaged" in words(read_bytes(tmp_path, bytes(content))[1])


def test_read_many_unknown_names_lists_the_first_10000(tmp_path: Path) -> None:
    rows = [tidy_cells(area=f"nowhere-{number:06d}-{'x' * 80}") for number in range(20_000)]
    _, problems = read_bytes(tmp_path, csv_bytes(TIDY_HEADER, rows))
    assert problems.count == 20_000
    assert len(problems.listed) == 10_000
    assert "20,000 problems" in problems.lines()[-1].message


@pytest.mark.parametrize("name", ["=cmd|' C calc'!A0", "‮fdp.csv", "a" * 200, "line\nbreak.csv"])
def test_read_hostile_file_name_says_nothing(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(csv_bytes(TIDY_HEADER, [tidy_cells()]))
    assert layout_in_words(path) == "CSV text in UTF-8, columns separated by commas"
