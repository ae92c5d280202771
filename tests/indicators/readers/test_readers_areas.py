"""Lists of small areas: code, name, district and division that agree with each other."""

from pathlib import Path

import pytest
from reader_files import csv_bytes, words

from indicators.readers.areas import AreaRow, read_areas
from indicators.readers.problems import Problems

HEADER = ["lsoa_code", "lsoa_name", "district", "division", "population_mid_2020"]
GOOD = ["E01012607", "Blackburn with Darwen 001A", "Blackburn with Darwen", "East", "1489"]


def read(folder: Path, *rows: list[str], header: list[str] = HEADER) -> tuple[list[AreaRow], Problems]:
    """Read a list of these areas."""
    path = folder / "areas.csv"
    path.write_bytes(csv_bytes(header, list(rows)))
    return read_areas(path)


def test_read_areas_good_row_becomes_an_area(tmp_path: Path) -> None:
    areas, problems = read(tmp_path, GOOD)
    assert not problems
    assert areas == [AreaRow("E01012607", "Blackburn with Darwen 001A", "Blackburn with Darwen", "East")]


@pytest.mark.parametrize(
    ("row", "column", "named"),
    [
        (["E0101260", *GOOD[1:]], "lsoa_code", "six digits"),
        ([*GOOD[:2], "Blackpool", *GOOD[3:]], "district", '"Blackburn with Darwen"'),
        ([*GOOD[:2], "Blackburn with Darwеn", *GOOD[3:]], "district", "look alike"),
        ([*GOOD[:3], "", "1"], "division", "blank"),
        (["Total", "", "", "", "1,400,000"], "lsoa_code", "totals"),
    ],
)
def test_read_areas_faulty_row_is_named(tmp_path: Path, row: list[str], column: str, named: str) -> None:
    areas, problems = read(tmp_path, GOOD, row)
    assert len(areas) == 1
    assert (problems.listed[0].row, problems.listed[0].column) == (3, column)
    assert named in words(problems)


def test_read_areas_same_code_twice_is_refused_with_both_rows(tmp_path: Path) -> None:
    assert "Rows 2 and 3" in words(read(tmp_path, GOOD, GOOD)[1])


def test_read_areas_district_in_two_divisions_is_refused(tmp_path: Path) -> None:
    other = ["E01012608", "Blackburn with Darwen 001B", "Blackburn with Darwen", "West", "1"]
    assert 'is in "East" above' in words(read(tmp_path, GOOD, other)[1])


def test_read_areas_missing_column_is_refused(tmp_path: Path) -> None:
    assert 'The column "division" is missing' in words(read(tmp_path, GOOD[:3], header=HEADER[:3])[1])
