"""The header of a table: every expected column exactly once, under its exact name, and nothing unknown."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from indicators.readers.problems import Problems
from indicators.readers.texts import BLANKS, nearest

SEARCHED = 20  # how many rows are looked through for a header that does not stand in row 1


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a file must be called. `others_allowed`: further columns are left unread.

    `advice` says what to do with a column that is not known.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    others_allowed: bool = False
    advice: str = "Delete it."

    @property
    def names(self) -> tuple[str, ...]:
        """All names the file may use."""
        return self.required + self.optional


@dataclass(frozen=True, slots=True)
class Header:
    """A header as found: where each column stands (0 is the first), and how many columns a row has."""

    row: int
    width: int
    places: dict[str, int] = field(default_factory=dict)


def read_header(row: int, cells: Sequence[str], columns: Columns, problems: Problems, sheet: str = "") -> Header:
    """Return the header in `cells`, adding a problem for each missing, renamed, repeated or unknown column."""
    known = columns.names
    header = Header(row, len(cells))
    strangers: list[str] = []
    for place, cell in enumerate(cells):
        name = cell.strip(BLANKS)
        if name not in known:
            strangers.append(name)
        elif name in header.places:
            message = f'The column "{name}" stands in the header twice. Delete one of the two.'
            problems.add(message, row=row, column=name, value=name, sheet=sheet)
        else:
            header.places[name] = place
    missing = [name for name in known if name not in header.places]
    for name in strangers:
        meant = nearest(name, missing) if name else ""
        if meant:
            missing.remove(meant)
            message = f'The column "{name}" must be called "{meant}", written exactly so. Rename it in the header.'
            problems.add(message, row=row, column=meant, value=name, sheet=sheet)
        elif not columns.others_allowed:
            what = f'The column "{name}" is not known.' if name else "A column has no name."
            message = f"{what} {columns.advice} The columns are: {', '.join(known)}."
            problems.add(message, row=row, column=name, value=name, sheet=sheet)
    for name in missing:
        if name in columns.required:
            problems.add(f'The column "{name}" is missing. Add it to the header.', row=row, column=name, sheet=sheet)
    return header


def is_header(cells: Sequence[str], columns: Columns) -> bool:
    """Say whether a row holds at least half of the required names, in any case: then it is meant as the header."""
    return _likeness(cells, columns.required) * 2 >= len(columns.required)


def _likeness(cells: Sequence[str], names: Collection[str]) -> int:
    wanted = {name.casefold() for name in names}
    return len(wanted.intersection(cell.strip().casefold() for cell in cells))


_TOTALS = {"total", "totals", "grand total", "sum", "overall total", "force total"}


def is_totals_row(cells: Sequence[str]) -> bool:
    """Say whether a row calls itself a total in any of its cells."""
    return any(cell.strip().rstrip(":").casefold() in _TOTALS for cell in cells)


TOTALS_FAULT = "This is a row of totals. Delete it: the portal adds up by itself."


def title_rows_fault(row: int) -> str:
    """Return the words for a header that stands in `row` with other rows above it."""
    above = "row" if row == 2 else f"{row - 1} rows"
    return f"The header stands in row {row}. Delete the {above} above it, so that the header is row 1."
