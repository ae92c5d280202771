"""The open data of recorded crime: one row for each force, quarter and offence code, added up as a mapping asks.

Numbers stand between spaces, zero is written "-00", and a number below zero takes crimes of earlier quarters back.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from indicators.periods import Quarter
from indicators.readers.grids import Grid, GridRow, table_rows
from indicators.readers.headers import Columns
from indicators.readers.problems import Problems, Unfit

COLUMNS = Columns(
    (
        "Financial Year", "Financial Quarter", "Force Name", "Offence Description", "Offence Group", "Offence Subgroup",
        "Offence Code", "Number of Offences",
    )
)  # fmt: skip
ALL, WITHOUT_FRAUD = "All offences", "All offences without fraud"
FRAUD = "Fraud offences"
_YEAR = re.compile(r"([0-9]{4})/([0-9]{2})")
_NUMBER = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)")
LONGEST_NAME = 120


@dataclass(slots=True)
class RecordedCrime:
    """Offences by (force, quarter) and by what they are; `rows` is the first row of each force and quarter."""

    counts: dict[tuple[str, Quarter], dict[str, Decimal]] = field(default_factory=dict)
    rows: dict[tuple[str, Quarter], int] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)

    @property
    def forces(self) -> list[str]:
        """The names of the forces, in the order of the alphabet."""
        return sorted({name for name, _ in self.counts})


def read_recorded_crime(path: Path, problems: Problems) -> RecordedCrime:
    """Return the sums of a file; everything that is wrong with it goes to `problems`. Never raises for a bad file."""
    found = RecordedCrime()
    times: Counter[tuple[str, ...]] = Counter()
    for grid, row in table_rows(path, COLUMNS, problems):
        cells = {name: row.cells[place].strip() for name, place in grid.header.places.items()}
        try:
            quarter, number = _quarter(cells), _number(cells["Number of Offences"])
        except Unfit as fault:
            _add(grid, row, str(fault), cells)
            continue
        force = cells["Force Name"]
        if not force or len(force) > LONGEST_NAME:
            _add(grid, row, "The name of the force is missing or too long. Send the file as published.", cells)
            continue
        same = (force, quarter.key, cells["Offence Code"], cells["Offence Description"])
        times[same] += 1
        # Several codes that are published under one name ("1/4.1/4.10/4.2") come with one row each.
        if times[same] > len(cells["Offence Code"].split("/")):
            words = "This offence stood before for the same force and quarter. Send the file as published."
            _add(grid, row, words, cells)
            continue
        sums = found.counts.setdefault((force, quarter), defaultdict(Decimal))
        found.rows.setdefault((force, quarter), row.row)
        for kind in _kinds(cells):
            sums[kind] += number
            found.kinds.add(kind)
    return found


def _add(grid: Grid, row: GridRow, message: str, cells: dict[str, str]) -> None:
    value = cells["Number of Offences"]
    grid.problems.add(message, row=row.row, column="Number of Offences", value=value, sheet=grid.sheet)


def _quarter(cells: dict[str, str]) -> Quarter:
    """Return the quarter of a row. Raises Unfit."""
    year, number = _YEAR.fullmatch(cells["Financial Year"]), cells["Financial Quarter"]
    if year is None or int(year[2]) != (int(year[1]) + 1) % 100 or number not in {"1", "2", "3", "4"}:
        raise Unfit(
            f'"{cells["Financial Year"][:20]}", quarter "{number[:20]}", is no quarter of a financial year. It is '
            "written 2017/18 and 1 to 4. Send the file as published."
        )
    return Quarter(int(year[1]), int(number))


def _number(text: str) -> Decimal:
    """Return a number of offences; it may be below zero. Raises Unfit for what is no whole number."""
    if not _NUMBER.fullmatch(text):
        raise Unfit(f'"{text[:40]}" is not a whole number of offences. Send the file as published.')
    number = Decimal(text.replace(",", ""))
    return number if number else Decimal(0)  # "-00" would be a zero with a sign


def _kinds(cells: dict[str, str]) -> list[str]:
    """Return everything that an offence counts in."""
    group = cells["Offence Group"]
    kinds = [ALL, *([] if group == FRAUD else [WITHOUT_FRAUD]), f"Offence group: {group}"]
    return [*kinds, f"Offence subgroup: {cells['Offence Subgroup']}", f"Offence code: {cells['Offence Code']}"]
