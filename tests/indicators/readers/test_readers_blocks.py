"""Rows are read in blocks: how many stand in one may change nothing about what is read and what is found wrong."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest
from reader_files import CASE_HEADER, CASE_LOOKUPS, TODAY, case_cells, csv_bytes

from indicators.actions.repeats import Repeats
from indicators.identity import digests
from indicators.readers import case_blocks
from indicators.readers.cases import CaseReader, CaseTuple
from indicators.readers.layouts import Layout
from indicators.readers.problems import Problem

FULL = [*CASE_HEADER, "Date", "Offence", "Flags"]

GOOD: Sequence[dict[str, str]] = (
    {},
    {"Crime_ID": "", "Crime_type": "Anti-social behaviour", "Last_outcome_category": ""},
    {"Crime_ID": "b" * 64, "Flags": "COVID-19; Domestic abuse"},
    {"Crime_ID": "C/7", "Date": "2020-09-15"},
    {"Location": "  On or near a blank  "},
    {"Location": "Café \\ backslash"},
    {"Longitude": "", "Latitude": "", "LSOA_code": "", "LSOA_name": ""},
    {"Month": "2020-08", "LSOA_code": "E01012608"},
    {"Month": "2020-07", "Date": ""},
)
FAULTY: Sequence[dict[str, str]] = (
    {"Month": "2020-13"},
    {"Latitude": ""},
    {"Crime_type": "Jaywalking", "Longitude": "far"},
    {"Crime_ID": "1.23E+15"},
    {"Location": "x" * 501},
    {"Flags": "Unheard of"},
    {"Date": "2020-01-01"},
)


def mixture(seed: int, share_faulty: float) -> bytes:
    """Return a file of many rows, good and faulty, some of the wrong width, some blank."""
    chance = Random(seed)
    rows = []
    for _ in range(chance.randint(1, 150)):
        is_faulty = chance.random() < share_faulty
        cells = case_cells(FULL, **chance.choice(FAULTY if is_faulty else GOOD))
        spoiled = chance.random() if is_faulty else 1.0
        if spoiled < 0.1:
            cells = cells[:-1] if spoiled < 0.05 else [*cells, "surplus"]
        elif spoiled < 0.15:
            cells[6] = "two\nlines"
        elif spoiled < 0.2:
            cells = [""] * len(cells)
        rows.append(cells)
    content = csv_bytes(FULL, rows)
    return content[:-7] if share_faulty and chance.random() < 0.2 else content


def read(path: Path, size: int, layout: Layout | None = None) -> tuple[list[CaseTuple], list[Problem], object]:
    """Read a file in blocks of this size, and say all that came of it."""
    with patch.object(case_blocks, "ROWS", size):
        reader = CaseReader(path, CASE_LOOKUPS, TODAY, layout=layout)
        cases = sorted(reader)
    found = reader.rows, dict(reader.bad_rows), reader.notes, reader.is_broken, reader.months, reader.problems.count
    return cases, reader.problems.listed, found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("share_faulty", [0, 0.02, 0.5])
def test_read_in_blocks_of_any_size_gives_the_same(tmp_path: Path, seed: int, share_faulty: float) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes(mixture(seed, share_faulty))
    one_by_one = read(path, 1)
    assert one_by_one[0]
    for size in (2, 7, 500):
        assert read(path, size) == one_by_one, size


def test_read_faulty_rows_are_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    good = case_cells(FULL)
    rows = [case_cells(FULL, Month="2020-13"), good[:-1], case_cells(FULL, Location="x" * 501), good, good[:-1]]
    path.write_bytes(csv_bytes(FULL, rows))
    _, problems, _ = read(path, 500)
    assert [problem.row for problem in problems] == [2, 3, 4, 6]


@pytest.mark.parametrize("seed", range(6))
def test_repeats_are_ranked_by_content_however_the_rows_come(seed: int) -> None:
    chance = Random(seed)
    rows = [(f"reference {chance.randint(0, 30)}", f"content {chance.randint(0, 9)}") for _ in range(120)]
    names, texts = zip(*rows, strict=True)
    expected = sorted(zip(digests(names), digests(texts), strict=True))
    for _ in range(3):
        chance.shuffle(rows)
        repeats, came = Repeats(), []
        for start in range(0, len(rows), 25):
            names, texts = zip(*rows[start : start + 25], strict=True)
            keys, contents = digests(names), digests(texts)
            ordinals = islice(repeats.ordinals(keys, contents, is_tracked=True), len(keys))
            came += zip(keys, map(int, ordinals), contents, strict=True)
        moved = {(key, old): new for key, old, new in repeats.moves()}
        ranked = sorted((key, moved.get((key, ordinal), ordinal), content) for key, ordinal, content in came)
        assert repeats.is_whole
        assert [(key, content) for key, _, content in ranked] == expected
        assert len({(key, ordinal) for key, ordinal, _ in ranked}) == len(rows)
