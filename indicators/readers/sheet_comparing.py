"""The totals of all tables of a wide file, compared once everything is read: counts may stand in another table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from indicators.formatting import number_text
from indicators.periods import Period
from indicators.readers.problems import Problems
from indicators.readers.sheet_cells import Sheet
from indicators.readers.sheet_layouts import Holds, Meaning, SheetLayout, SheetLookups
from indicators.readers.sheet_tables import Table
from indicators.readers.sheet_totals import Comparison, CountsOf, Entry, Place, Total, TotalsCheck, totals_of

LISTED_DIFFERENCES = 50
LISTED_REASONS = 20
LISTED_CELLS = 12  # of one reason
MOST_DECIMALS = 8


@dataclass(frozen=True, slots=True)
class Uncompared:
    """Totals of a sheet that could not be compared with what they stand for: where they are, and the one reason why."""

    where: str
    why: str


@dataclass(slots=True)
class TotalsFound:
    """What comparing the totals of a file gave: counts, those that could not be compared, and what differs.

    `unlisted`: how many of those that could not be compared are not among `listed`, for one reason too many.
    """

    agreeing: int = 0
    differing: int = 0
    uncompared: int = 0
    unlisted: int = 0
    listed: list[Uncompared] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class FileTotals:
    """Collects the totals of the tables of a file, and compares them at its end."""

    def __init__(self, layout: SheetLayout, known: SheetLookups) -> None:
        """Compare as a profile says."""
        self._layout = layout
        self._known = known
        self._totals: list[tuple[Table, Mapping[Place, Entry], Total]] = []

    def add(
        self,
        table: Table,
        meanings: Sequence[Meaning],
        entries: Mapping[Place, Entry],
        period: Callable[[int, int], Period | None],
    ) -> None:
        """Keep the totals of a table; `entries` are its cells by (line, column), `period` says when each is of."""
        columns = [one.holds or Holds.LEVEL for one in table.columns]
        for total in totals_of(meanings, columns, period):
            if entries.get(total.place) is not None:
                self._totals.append((table, entries, total))

    def compare(self, counts: CountsOf, problems: Problems) -> TotalsFound:
        """Compare all; a total that differs is a problem or a warning, as the profile says."""
        found = TotalsFound()
        check = TotalsCheck(self._known, counts, self._layout.tolerance)
        by_reason: dict[tuple[str, str], list[str]] = {}
        for table, entries, total in self._totals:
            result = check.compare(total, entries)
            if result is None:
                continue
            if result.why_not:
                found.uncompared += 1
                by_reason.setdefault((table.sheet.name, result.why_not), []).append(_address(table, total.place))
            elif result.agrees:
                found.agreeing += 1
            else:
                found.differing += 1
                self._differs(table, total, result, found, problems)
        for at, ((sheet, why), cells) in enumerate(by_reason.items()):
            if at < LISTED_REASONS:
                found.listed.append(Uncompared(cells_of(sheet, cells), why))
            else:
                found.unlisted += len(cells)
        if found.differing > LISTED_DIFFERENCES and not self._layout.refuses_totals:
            words = f"{found.differing:,} totals differ from their parts; {LISTED_DIFFERENCES} are listed."
            found.warnings.append(words)
        return found

    def _differs(self, table: Table, total: Total, result: Comparison, found: TotalsFound, problems: Problems) -> None:
        """Tell of a total that is not what its parts give: as a problem or a warning, as the profile says."""
        first, last = (_address(table, part) for part in (total.parts[0], total.parts[-1]))
        gives = f"add up to {written(result.expected)}"
        if result.is_weighted:
            gives = f"give {written(result.expected)} by their numerators and denominators"
        words = (
            f"is {written(result.printed)}, but its parts ({first} to {last}) {gives}: a difference of "
            f"{written(result.printed - result.expected)}."
        )
        if self._layout.refuses_totals:
            row, column = table.lines[total.place[0]].row, table.columns[total.place[1]].place
            place = {"row": table.sheet.line(row, column), "column": table.sheet.letter(row, column)}
            message = f"The total {words} Correct it."
            problems.add(message, **place, value=written(result.printed), sheet=table.sheet.name)  # type: ignore[arg-type]
        elif found.differing <= LISTED_DIFFERENCES:
            found.warnings.append(f"{_where(table, total.place)}: the total {words}")


def _where(table: Table, place: Place) -> str:
    return cell_in_words(table.sheet, table.lines[place[0]].row, table.columns[place[1]].place)


def cell_in_words(sheet: Sheet, row: int, column: int) -> str:
    """Say where a cell stands: Sheet “DA”, cell N5."""
    return cells_of(sheet.name, [sheet.address(row, column)])


def cells_of(sheet: str, addresses: Sequence[str]) -> str:
    """Say where cells of one sheet stand: Sheet “DA”, cells N5, AA5 and BH5; of many the first, and how many more."""
    noun = "cell" if len(addresses) == 1 else "cells"
    *first, last = addresses
    if len(addresses) > LISTED_CELLS:
        first, last = [*addresses[:LISTED_CELLS]], f"{len(addresses) - LISTED_CELLS:,} others"
    words = f"{', '.join(first)} and {last}" if first else last
    return f"Sheet “{sheet}”, {noun} {words}" if sheet else f"{noun.capitalize()} {words}"


def _address(table: Table, place: Place) -> str:
    return table.sheet.address(table.lines[place[0]].row, table.columns[place[1]].place)


def written(number: Decimal) -> str:
    """Return a number with the decimals that it has, eight at most."""
    exponent = round(number, MOST_DECIMALS).normalize().as_tuple().exponent
    return number_text(number, max(-exponent, 0) if isinstance(exponent, int) else 0)
