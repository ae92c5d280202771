"""Wide sheets of observations: measures down and periods across, or years down and months across, read by a layout.

Each value becomes the row that a tidy file would hold, and knows its sheet, row and column. Totals are compared with
what they stand for and not taken. Nothing is guessed: what the layout does not say is a problem with its place.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from indicators.calculations import ARITHMETIC
from indicators.choices import Basis, Qualifier, Statistic, Status, Window
from indicators.composites import joint_status
from indicators.formatting import counted
from indicators.periods import Period, date_text
from indicators.problem_lines import cells_in_words
from indicators.readers.dates import today_here
from indicators.readers.headings import meant, month_in_year
from indicators.readers.numbers import DECIMALS
from indicators.readers.observations import ObservationRow
from indicators.readers.own_counts import contradictions
from indicators.readers.problems import Problems, Unfit
from indicators.readers.sheet_adding import Addend
from indicators.readers.sheet_cells import Sheet, SheetBook, read_sheets
from indicators.readers.sheet_comparing import FileTotals, TotalsFound
from indicators.readers.sheet_joining import Cell, Found, Joined, Joining
from indicators.readers.sheet_labels import Labels
from indicators.readers.sheet_layouts import Holds, Meaning, SheetLayout, SheetLookups
from indicators.readers.sheet_percents import Look, odd_sizes, sayings
from indicators.readers.sheet_tables import Column, Line, Table, TableFinder, Unknown
from indicators.readers.sheet_totals import Counts, Entry, totals_of
from indicators.readers.sheet_values import CellValue, SheetValues, WithoutNumber, in_units
from indicators.readers.sheet_year_totals import YearTotals

LISTED_NOTES = 20
NO_BLANKS = "No blank cells: each period that has ended has a value, or a word in place of one."
_OR_COMPARED = " Or say in the profile that this total is compared only."
_SMALLEST = Decimal(1).scaleb(-DECIMALS)

Key = tuple[str, str, str, Window, date | None, date]


@dataclass(frozen=True, slots=True)
class Printed:
    """The report in which the values of a file were printed: its quarter as a key, and its name."""

    quarter: str = ""
    report: str = ""


@dataclass(slots=True)
class WideRead:
    """What a wide file holds: rows as of a tidy file, problems, what to know and to be warned of, unknown texts.

    `totals`: what comparing its totals gave, those that could not be compared among it. `looks`: every label in the
    order of the file, and how its numbers are written.
    """

    rows: list[ObservationRow] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unknown: Unknown = field(default_factory=Unknown)
    sheets: list[str] = field(default_factory=list)
    totals: TotalsFound = field(default_factory=TotalsFound)
    looks: dict[str, Look] = field(default_factory=dict)


def read_wide(
    path: Path,
    layout: SheetLayout,
    lookups: SheetLookups,
    source: str,
    printed: Printed | None = None,
    today: date | None = None,
) -> WideRead:
    """Return what a file holds, read as a layout says; `source` is the slug of its source. Never raises for a bad file.

    With `printed` the values are what that report printed (first-published); else they are values as known now.
    A month that has not ended by `today` must be blank.
    """
    read = WideRead()
    book = read_sheets(path, read.problems, layout.sheets)
    return _Reader(read, layout, lookups, source, printed, today or today_here()).read(book)


class _Reader:
    """One file on its way to observations."""

    def __init__(
        self,
        read: WideRead,
        layout: SheetLayout,
        lookups: SheetLookups,
        source: str,
        printed: Printed | None,
        today: date,
    ) -> None:
        self._read = read
        self._layout = layout
        self._lookups = lookups
        self._source = source
        self._printed = printed or Printed()
        self._today = today
        self._labels = Labels(layout, read.unknown)
        self._found: dict[Key, dict[Holds, Found]] = {}
        self._joining = Joining()
        self._totals = FileTotals(layout, lookups)
        self._years = YearTotals()
        self._ahead = 0
        self._blank: list[Cell] = []

    def read(self, book: SheetBook) -> WideRead:
        """Read all tables of all sheets, then put together what belongs to one observation."""
        read = self._read
        read.sheets = book.names
        read.warnings += book.warnings
        finder = TableFinder(self._layout, read.problems, read.unknown, read.notes)
        values = SheetValues(self._layout, read.unknown)
        for sheet in book.sheets:
            start = len(read.problems.listed)
            tables = list(finder.find(sheet))
            self._labels.begin(sheet.name, tables)
            for table in tables:
                self._table(table, values)
            read.problems.sort_from(start)
        read.totals = self._totals.compare(self._counts, read.problems)
        read.warnings += read.totals.warnings
        read.rows = list(self._rows())
        notes, warnings = sayings(read.looks, self._layout.labels, self._lookups)
        read.notes[:0] = [*self._labels.notes, *notes, *self._years.notes, *self._joining.notes]
        read.warnings += [*warnings, *self._joining.warnings]
        read.warnings += [*contradictions(read.rows, self._lookups), *odd_sizes(read.rows, self._lookups)]
        if not read.rows and not read.problems:
            read.problems.add("No value was found in the tables of this file. Nothing was changed.")
        self._say(book, values)
        return read

    def _say(self, book: SheetBook, values: SheetValues) -> None:
        """Say in words how the file was read."""
        marked = Counter(row.status for row in self._read.rows)
        cells, nowhere = self._cells_by_status(), list[Cell]()
        told = [
            (self._read.totals.agreeing, "total was compared with its parts and agrees",
             "totals were compared with their parts and agree", nowhere),
            *((marked[status], f"value is marked as {status.value}", f"values are marked as {status.value}",
               cells[status]) for status in (Status.PROVISIONAL, Status.ESTIMATED, Status.REVISED)),
            *((marked[status], f"period has no value: its cell says {words}",
               f"periods have no value: their cells say {words}", cells[status])
              for status, words in ((Status.NOT_AVAILABLE, "not available"), (Status.SUPPRESSED, "suppressed"))),
            (len(self._blank), "blank cell: no value was loaded for it",
             "blank cells: no value was loaded for them", self._blank),
            (self._ahead, "cell of a month that has not ended is blank, and stays blank",
             "cells of months that have not ended are blank, and stay blank", nowhere),
            (values.numbers_as_text, "number is stored as text, and was read as the number it shows",
             "numbers are stored as text, and were read as the numbers they show", nowhere),
            (values.numbers_rounded, "number has more than 8 decimals, as formulas give them, and is kept to 8",
             "numbers have more than 8 decimals, as formulas give them, and are kept to 8", nowhere),
        ]  # fmt: skip
        lines = self._read.notes
        surplus = len(lines) - LISTED_NOTES
        more = counted(surplus, "more line without values was not read", "more lines without values were not read")
        counts = [f"{counted(count, one, many)}{_at(where)}." for count, one, many, where in told if count]
        counts += [] if self._blank or self._read.problems else [NO_BLANKS]
        self._read.notes = [f"Read as {book.words}.", *counts, *book.notes, *lines[:LISTED_NOTES]]
        self._read.notes += [f"{more}."] if surplus > 0 else []

    def _cells_by_status(self) -> dict[Status, list[Cell]]:
        """Return the cells that a mark, a heading or a word in them gives a status."""
        cells: dict[Status, list[Cell]] = defaultdict(list, self._joining.wordless)
        for found in (one for kept in self._found.values() for one in kept.values()):
            if found.status is not None:
                cells[found.status].append(found.at)
        return cells

    def _table(self, table: Table, values: SheetValues) -> None:
        """Take the values of a table, and compare its totals."""
        meanings = [self._meaning(table, line) for line in table.lines]
        entries: dict[tuple[int, int], Entry] = {}
        for at, (line, meaning) in enumerate(zip(table.lines, meanings, strict=True)):
            if meaning is None:
                values.look([table.sheet.cell(line.row, column.place) for column in table.columns], table.sheet)
            if meaning is None or meaning.holds is Holds.IGNORED:
                continue
            signs = set()
            for place, column in enumerate(table.columns):
                if column.holds is Holds.IGNORED:
                    continue
                if meaning.holds.is_total or column.holds is not None:
                    entries[at, place] = values.total(table.sheet.cell(line.row, column.place), table.sheet)
                    continue
                entry, has_percent = self._cell(table, line, meaning, column, values)
                entries[at, place] = entry
                if isinstance(entry, Decimal) and entry:
                    signs.add(has_percent)
            if len(signs) > 1:
                message = "Some values of this row have a percent sign and others have none. Write all in one way."
                self._add(table.sheet, line.row, table.columns[0].place, line.label, message)
        known = [one for one in meanings if one is not None]
        if len(known) == len(meanings):  # a row that means nothing yet is missing in every total
            self._totals.add(
                table, known, entries, lambda line, column: self._period(table.lines[line], table.columns[column])
            )
            self._take_totals(table, known, entries, values)

    def _take_totals(
        self, table: Table, meanings: list[Meaning], entries: dict[tuple[int, int], Entry], values: SheetValues
    ) -> None:
        """Take the totals of months that are values as well: of 12 months, or of a year to date."""
        columns = [one.holds or Holds.LEVEL for one in table.columns]
        lines = table.lines
        for total in totals_of(meanings, columns, lambda at, place: self._period(lines[at], table.columns[place])):
            at, place = total.place
            line, column = lines[at], table.columns[place]
            if column.holds is not Holds.TAKEN_TOTAL or not meanings[at].holds.is_read or entries[at, place] is None:
                continue
            months = [(one.period, entries.get(part)) for one, part in zip(total.addends, total.parts, strict=True)]
            period = self._years.period(months, table.sheet, (line.row, column.place))
            if period is None:
                continue
            kept = self._found
            held = (kept.get(_key(meanings[at], month), {}).get(meanings[at].holds) for month, _ in months if month)
            status = joint_status(one.status for one in held if one and one.status)
            whole = replace(column, period=period, status=column.status or (None if status is Status.FINAL else status))
            self._cell(table, line, meanings[at], whole, values)

    def _meaning(self, table: Table, line: Line) -> Meaning | None:
        """Return what a line holds; None, with a problem, when the profile does not say."""
        if line.holds is not None:
            return Meaning(line.holds)
        found = self._labels.find(line.name)
        look = self._read.looks.setdefault(found.text, Look())
        if found.meaning is None or found.meaning.holds.is_read:
            look.see(table.sheet.cell(line.row, column.place) for column in table.columns if column.holds is None)
        if found.meaning is None:
            self._add(table.sheet, line.row, 1, line.name, found.problem)
        return found.meaning

    def _cell(
        self, table: Table, line: Line, meaning: Meaning, column: Column, values: SheetValues
    ) -> tuple[Entry, bool]:
        """Take one cell; return what it counts for in totals, and whether it has a percent sign."""
        cell = table.sheet.cell(line.row, column.place)
        try:
            value = values.take(cell, table.sheet, table.beside(line.row, column))
            period = self._period(line, column)
            if period is None or period.end is None:
                raise Unfit(
                    "The year of this row and the month of this column give no month. Write the year as 2017/18."
                )
            self._require_unit(meaning, has_percent=value.has_percent)
            self._keep(table, line, meaning, column, period, value)
        except Unfit as fault:
            otherwise = _OR_COMPARED if column.holds is Holds.TAKEN_TOTAL else ""
            self._add(table.sheet, line.row, column.place, cell.text, f"{fault}{otherwise}")
            return "has a problem", False
        taken = value.taken
        entry = f"is {taken.status.value.replace('-', ' ')}" if isinstance(taken, WithoutNumber) else taken
        return entry, value.has_percent

    def _require_unit(self, meaning: Meaning, *, has_percent: bool) -> None:
        """Refuse (`Unfit`) a percent sign where it makes no sense: beside a count, or beside a unit of its own."""
        if not has_percent:
            return
        if meaning.factor != 1:
            raise Unfit("This has a percent sign, and its label another unit. Choose the unit “As written”.")
        if meaning.indicator in self._lookups.adding and (
            meaning.holds is not Holds.LEVEL or not self._lookups.is_percent(meaning.indicator)
        ):
            name = self._lookups.names.get(meaning.indicator, meaning.indicator)
            what = f"“{name}” is no percentage" if meaning.holds is Holds.LEVEL else f"a {meaning.holds} has none"
            raise Unfit(f"This has a percent sign, and {what}. Choose another meaning for its label.")

    def _period(self, line: Line, column: Column) -> Period | None:
        if column.period is not None or line.year is None:
            return column.period
        year, is_financial = line.year
        return meant(month_in_year(column.month, year, is_financial=is_financial), self._layout.months_mean)

    def _keep(
        self, table: Table, line: Line, meaning: Meaning, column: Column, period: Period, value: CellValue
    ) -> None:
        """Keep a value for its observation. `Unfit` for one that lies ahead, has the wrong sign or is there already."""
        taken, sheet = value.taken, table.sheet
        if period.end is None or period.end > self._today:
            self._ahead += 1
            if isinstance(taken, Decimal) and period.end:
                self._ahead -= 1
                raise Unfit(
                    f"The period ends on {date_text(period.end)}, which is in the future. Delete the value: what lies "
                    "ahead is blank, not 0."
                )
            return
        if taken is None:
            at = sheet.line(line.row, column.place), sheet.letter(line.row, column.place)
            self._blank.append((sheet.name, *at))
            return
        if isinstance(taken, Decimal):
            taken = in_units(taken, meaning)
        row, letter = sheet.line(line.row, column.place), sheet.letter(line.row, column.place)
        found = Found(taken, sheet.name, row, letter, value.status or column.status or line.status, meaning.source)
        kept = self._found.setdefault(_key(meaning, period), {})
        first = kept.setdefault(meaning.holds, found)
        if first is not found:
            where = f"{f'sheet “{first.sheet}”, ' if first.sheet else ''}cell {first.cell}"
            raise Unfit(f"The same indicator, area and period has a value already, in {where}. Delete one of them.")

    def _counts(self, one: Addend) -> Counts | None:
        """Return numerator and denominator of a value that was read; None where one of them is not there."""
        if one.period is None or one.period.end is None:
            return None
        kept = self._found.get(_key(one.meaning, one.period), {})
        numbers = [kept[holds].value for holds in (Holds.NUMERATOR, Holds.DENOMINATOR) if holds in kept]
        found = [number for number in numbers if isinstance(number, Decimal)]
        return (found[0], found[1]) if len(found) == 2 else None

    def _rows(self) -> Iterator[ObservationRow]:
        """Yield an observation for each key, with numerator and denominator where the file has them."""
        for key, kept in self._found.items():
            try:
                yield self._row(key, self._joining.join(kept))
            except Unfit as fault:
                place = next(iter(kept.values()))
                self._read.problems.add(str(fault), row=place.row, column=place.letter, sheet=place.sheet)

    def _row(self, key: Key, joined: Joined) -> ObservationRow:
        indicator, part, area, window, start, end = key
        place, value, note = joined.place, joined.value, joined.note
        if value is None and joined.numerator is not None and joined.denominator is not None:
            scaled = ARITHMETIC.multiply(joined.numerator, self._lookups.scale(indicator))
            value = ARITHMETIC.divide(scaled, joined.denominator).quantize(_SMALLEST, ROUND_HALF_UP)
        is_bare = self._lookups.is_percent(indicator) and joined.denominator is None and value is not None
        is_printed = bool(self._printed.quarter)
        if is_printed:
            note = "; ".join(words for words in (self._printed.report, note) if words)
        return ObservationRow(
            place.row, "", indicator, part, area, window, start, end, self._printed.quarter,
            Statistic.FIRST_PUBLISHED if is_printed else Statistic.LEVEL, value, joined.numerator, joined.denominator,
            joined.status, Basis.AS_SUPPLIED if is_bare else Basis.COUNTED,
            Qualifier.EXACT, "", place.source or self._source, note, place.sheet, place.cell,
        )  # fmt: skip

    def _add(self, sheet: Sheet, row: int, column: int, value: str, message: str) -> None:
        line, letter = sheet.line(row, column), sheet.letter(row, column)
        self._read.problems.add(message, row=line, column=letter, value=value, sheet=sheet.name)


def _key(meaning: Meaning, period: Period) -> Key:
    """Return what tells one observation from another."""
    if period.end is None:
        raise ValueError("A value of a wide sheet is of a period with an end.")
    return meaning.indicator, meaning.part, meaning.area, period.window, period.start, period.end


def _at(cells: list[Cell]) -> str:
    """Name the cells that a note is about; "" where it is about none."""
    return f" ({cells_in_words(cells)})" if cells else ""
