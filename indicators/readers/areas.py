"""The list of a force's small areas: each with its district and its division."""

import re
from dataclasses import dataclass
from pathlib import Path

from indicators.readers.grids import table_rows
from indicators.readers.headers import TOTALS_FAULT, Columns, is_totals_row
from indicators.readers.problems import Problems
from indicators.readers.texts import BLANKS, nearest, text_fault

# Further columns, such as a population, are left unread.
COLUMNS = Columns(("lsoa_code", "lsoa_name", "district", "division"), others_allowed=True)
CODE = re.compile(r"[EW]01[0-9]{6}")
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A small area as listed: its official code and name, and the names of its district and division."""

    code: str
    name: str
    district: str
    division: str


def read_areas(path: Path) -> tuple[list[AreaRow], Problems]:
    """Return the good rows of a list of small areas (CSV or Excel) and all that is wrong with it.

    Never raises for a bad file.
    """
    problems = Problems()
    areas: list[AreaRow] = []
    first_rows: dict[str, int] = {}
    divisions: dict[str, str] = {}
    for grid, row in table_rows(path, COLUMNS, problems):
        cells = {name: row.cells[place].strip(BLANKS) for name, place in grid.header.places.items()}
        area = AreaRow(*(cells[name] for name in COLUMNS.required))
        column, fault = _fault_of(area)
        first = first_rows.setdefault(area.code, row.row)
        if not fault and first != row.row:
            column, fault = "lsoa_code", f"Rows {first} and {row.row} give the same code. Delete one of them."
        if not fault and divisions.setdefault(area.district, area.division) != area.division:
            column = "division"
            fault = f'The district {area.district} is in "{divisions[area.district]}" above. Correct one of them.'
        if fault:
            problems.add(fault, row=row.row, column=column, value=cells.get(column, ""), sheet=grid.sheet)
        else:
            areas.append(area)
    return areas, problems


def _fault_of(area: AreaRow) -> tuple[str, str]:
    """Return the column and the fault of one area, ("", "") when it is good."""
    if is_totals_row([area.code, area.name, area.district]):
        return "lsoa_code", TOTALS_FAULT
    if not CODE.fullmatch(area.code):
        return "lsoa_code", "This is not the code of a small area. Write E01 or W01 and six digits."
    for column, text in (("lsoa_name", area.name), ("district", area.district), ("division", area.division)):
        fault = text_fault(text, LONGEST_NAME) if text else "This cell is blank. Fill it in."
        if fault:
            return column, fault
    district = area.name.rpartition(" ")[0]
    if area.district != district:
        same = " They differ only in letters that look alike." if nearest(area.district, [district]) == district else ""
        return (
            "district",
            f'The name of the area says its district is "{district}".{same} Correct one of them.',
        )
    return "", ""
