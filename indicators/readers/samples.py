"""A look at the first rows of an extract: its columns and values for a new profile, and a trial of one.

Nothing is kept and nothing is changed; a file of any size or malice costs no more than a look.
"""

import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO

from indicators.readers.archives import DAMAGED, DAMAGED_WORDS, open_zip
from indicators.readers.case_values import CaseLookups
from indicators.readers.cases import CaseReader, CaseTuple
from indicators.readers.checks import kind_of
from indicators.readers.layouts import LONGEST_NAME, Layout
from indicators.readers.packed_tables import GZIP, Roles, open_table
from indicators.readers.problems import FileRefused, Problems, refusal
from indicators.readers.texts import BLANKS, text_fault

ROWS = 5_000
MOST_VALUES = 300  # of one column; more are no list of words
CASES_SHOWN = 10
KINDS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Sample:
    """The columns of a table, and the distinct texts of each column that has few."""

    header: list[str]
    values: dict[str, list[str]]


@dataclass(slots=True)
class Trial:
    """What reading the first rows by a layout gave: rows, the good ones by month, problems by kind, the first cases.

    `problems`: (how often, column, value, words), the most frequent first; `kinds` counts all of them.
    """

    rows: int = 0
    good: int = 0
    months: Counter[date] = field(default_factory=Counter)
    problems: list[tuple[int, str, str, str]] = field(default_factory=list)
    kinds: int = 0
    cases: list[CaseTuple] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def look(path: Path, rows: int = ROWS) -> Sample:
    """Return the columns and values in the first rows of the first table of a file. `FileRefused` when it has none."""
    with path.open("rb") as stream:
        is_packed = stream.read(len(GZIP)) == GZIP
        if is_packed or kind_of(stream) != "zip":
            return _sample(stream, stream.seek(0, 2), "", rows)
        archive, members = open_zip(stream)
        with archive:
            try:
                with archive.open(members[0].name) as packed:
                    is_small = members[0].size <= 32 * 1024**2
                    table = io.BytesIO(packed.read()) if is_small else packed
                    return _sample(table, members[0].size, members[0].name, rows)
            except DAMAGED:
                raise refusal(DAMAGED_WORDS, sheet=members[0].name) from None


def _sample(stream: IO[bytes], size: int, member: str, rows: int) -> Sample:
    # What is wrong with single cells is for the trial to say.
    with open_table(stream, size, (), Roles(), Problems(), member) as table:
        cells = next((cells for _, _, cells in table.rows if any(cells)), [])
        header = [cell.strip(BLANKS) for cell in cells]
        _check(header, member)
        found: list[dict[str, None]] = [{} for _ in header]
        for _, _, row in islice(table.rows, rows):
            for seen, cell in zip(found, row, strict=False):
                if len(seen) <= MOST_VALUES:
                    seen[cell.strip(BLANKS)[:LONGEST_NAME]] = None
    few = {name: sorted(seen) for name, seen in zip(header, found, strict=True) if len(seen) <= MOST_VALUES}
    return Sample(header, few)


def _check(header: Sequence[str], member: str) -> None:
    """Refuse what cannot be the header of an extract."""
    problems = Problems()
    if len([name for name in header if name]) < 3:
        problems.add("The first row holds fewer than three names. Make it the header, with one name in each column.")
    elif not all(header):
        problems.add("A column has no name. Give it one, or delete it.")
    for name in sorted({name for name in header if name and header.count(name) > 1}):
        problems.add(f'The column "{name}" stands in the header twice. Rename one of the two.', value=name)
    for name in header:
        fault = text_fault(name, LONGEST_NAME)
        if fault:
            problems.add(f"The name of a column: {fault}", value=name)
    if problems:
        raise FileRefused(problems)


def try_out(path: Path, lookups: CaseLookups, layout: Layout, rows: int = ROWS, today: date | None = None) -> Trial:
    """Read the first rows of the first table of a file as a layout says. Never raises for a bad file."""
    reader = CaseReader(path, lookups, today, only=_first_member(path), layout=layout, most_rows=rows)
    trial = Trial()
    for case in reader:
        trial.good += 1
        trial.months[case[2]] += 1
        if len(trial.cases) < CASES_SHOWN:
            trial.cases.append(case)
    trial.rows = reader.rows
    trial.notes = reader.notes
    kinds = Counter((problem.column, problem.value, problem.message) for problem in reader.problems.listed)
    trial.kinds = len(kinds)
    trial.problems = [(count, *kind) for kind, count in kinds.most_common(KINDS_SHOWN)]
    return trial


def _first_member(path: Path) -> list[str] | None:
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream):
            stream.seek(0)
            return [open_zip(stream)[1][0].name] if kind_of(stream) == "zip" else None
    except (FileRefused, *DAMAGED):
        return None  # not a zip, or one that the reader will refuse in words
