"""Wide sheets of observations: measures down and periods across, or years down and months across, read by a layout.

Each value becomes the row that a tidy file would hold, and knows its sheet, row and column. Totals are compared with
their parts and not taken. Nothing is guessed: what the layout does not say is a problem with its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from indicators.calculations import percentage
from indicators.choices import Basis, Qualifier, Statistic, Status, Window
from indicators.formatting import number_text
from indicators.periods import Period, date_text
from indicators.readers.dates import today_here
from indicators.readers.headings import meant, month_in_year, plain
from indicators.readers.numbers import DECIMALS
from indicators.readers.observations import ObservationRow
from indicators.readers.problems import Problems, Unfit
from indicators.readers.sheet_cells import Sheet, SheetBook, pasted, read_sheets
from indicators.readers.sheet_layouts import Holds, Meaning, SheetLayout, SheetLookups
from indicators.readers.sheet_tables import Column, Line, Table, TableFinder, Unknown
from indicators.readers.sheet_totals import Compared, Difference, Entry
from indicators.readers.sheet_values import SheetValues, Taken, WithoutNumber
from indicators.readers.texts import Guesses

LISTED_DIFFERENCES = 50
LISTED_NOTES = 20
_MAP = "Add it to the labels of the profile, or correct it in the sheet."
_SMALLEST = Decimal(1).scaleb(-DECIMALS)

Key = tuple[str, str, str, Window, date | None, date]


@dataclass(frozen=True, slots=True)
class Printed:
    """The report in which the values of a file were printed: its quarter as a key, and its name."""

    quarter: str = ""
    report: str = ""


@dataclass(slots=True)
class WideRead:
    """What a wide file holds: rows as of a tidy file, problems, what to know and to be warned of, unknown texts."""

    rows: list[ObservationRow] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unknown: Unknown = field(default_factory=Unknown)
    sheets: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """One number or reason with its place in the file."""

    value: Taken
    sheet: str
    row: int
    letter: str
    has_percent: bool = False

    @property
    def cell(self) -> str:
        """The address of the cell."""
        return f"{self.letter}{self.row}"


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


def read_pasted(
    text: str, layout: SheetLayout, lookups: SheetLookups, source: str, today: date | None = None
) -> WideRead:
    """Return what a block holds that was copied from a spreadsheet. `FileRefused` when it is too large."""
    book = SheetBook([pasted(text)], words="Pasted block")
    return _Reader(WideRead(), layout, lookups, source, None, today or today_here()).read(book)


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
        self._labels = {plain(text): meaning for text, meaning in layout.labels.items()}
        self._guesses = Guesses(found=_MAP, not_found=_MAP)
        self._found: dict[Key, dict[Holds, Found]] = {}
        self._compared = Compared()
        self._differing = self._ahead = 0

    def read(self, book: SheetBook) -> WideRead:
        """Read all tables of all sheets, then put together what belongs to one observation."""
        read = self._read
        read.sheets = book.names
        read.warnings += book.warnings
        finder = TableFinder(self._layout, read.problems, read.unknown, read.notes)
        values = SheetValues(self._layout, read.unknown)
        for sheet in book.sheets:
            start = len(read.problems.listed)
            for table in finder.find(sheet):
                self._table(table, values)
            read.problems.sort_from(start)
        read.rows = list(self._rows())
        if not read.rows and not read.problems:
            read.problems.add("No value was found in the tables of this file. Nothing was changed.")
        self._say(book, values)
        return read

    def _say(self, book: SheetBook, values: SheetValues) -> None:
        """Say in words how the file was read."""
        counted = [
            (self._compared.agreeing, "totals were compared with their parts and agree"),
            (self._compared.uncompared, "totals could not be compared: a formula, a part that is not available, or a "
             "measure that does not add up"),
            (self._ahead, "cells of months that have not ended are blank, and stay blank"),
            (values.numbers_as_text, "numbers are stored as text, and were read as the numbers they show"),
        ]  # fmt: skip
        if self._differing > LISTED_DIFFERENCES and not self._layout.refuses_totals:
            words = f"{self._differing:,} totals differ from their parts; {LISTED_DIFFERENCES} are listed."
            self._read.warnings.append(words)
        lines = self._read.notes
        surplus = len(lines) - LISTED_NOTES
        more = [f"{surplus:,} more lines without values were not read."] if surplus > 0 else []
        counts = [f"{count:,} {what}." for count, what in counted if count]
        self._read.notes = [f"Read as {book.words}.", *counts, *book.notes, *lines[:LISTED_NOTES], *more]

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
                is_total = meaning.holds.is_total or column.holds is not None
                entry, has_percent = self._cell(table, line, meaning, column, values, is_total=is_total)
                entries[at, place] = entry
                if isinstance(entry, Decimal) and entry and not is_total:
                    signs.add(has_percent)
            if len(signs) > 1:
                message = "Some values of this row have a percent sign and others have none. Write all in one way."
                self._add(table.sheet, line.row, table.columns[0].place, line.label, message)
        if None in meanings:  # a row that means nothing yet is missing in every total
            return
        kinds = [Holds.IGNORED if one is None else _kind(one.holds) for one in meanings]
        columns = [_kind(one.holds) if one.holds else Holds.LEVEL for one in table.columns]
        adds_up = [one is not None and self._adds_up(one) for one in meanings]
        for difference in self._compared.differences(
            kinds, columns, entries, adds_up.__getitem__, self._layout.tolerance
        ):
            self._differs(table, difference)

    def _meaning(self, table: Table, line: Line) -> Meaning | None:
        """Return what a line holds; None, with a problem, when the profile does not say."""
        if line.holds is not None:
            return Meaning(line.holds)
        found = self._labels.get(plain(line.name))
        if found is None:
            self._read.unknown.labels.setdefault(line.name)
            words = self._guesses.unknown(line.name, list(self._layout.labels), "label")
            self._add(table.sheet, line.row, 1, line.name, words)
        return found

    def _adds_up(self, meaning: Meaning) -> bool:
        return meaning.holds is not Holds.LEVEL or meaning.indicator in self._lookups.additive

    def _cell(
        self, table: Table, line: Line, meaning: Meaning, column: Column, values: SheetValues, *, is_total: bool
    ) -> tuple[Entry, bool]:
        """Take one cell; return what it counts for in totals, and whether it has a percent sign."""
        cell = table.sheet.cell(line.row, column.place)
        try:
            taken, has_percent = values.take(cell, table.sheet, is_total=is_total)
            if is_total:
                return (taken.why if isinstance(taken, WithoutNumber) else taken), has_percent
            period = self._period(line, column)
            if period is None or period.end is None:
                raise Unfit(
                    "The year of this row and the month of this column give no month. Write the year as 2017/18."
                )
            self._keep(table, line, meaning, column, period, taken, has_percent=has_percent)
        except Unfit as fault:
            self._add(table.sheet, line.row, column.place, cell.text, str(fault))
            return "a problem", False
        return (taken.why if isinstance(taken, WithoutNumber) else taken), has_percent

    def _period(self, line: Line, column: Column) -> Period | None:
        if column.period is not None or line.year is None:
            return column.period
        year, is_financial = line.year
        return meant(month_in_year(column.month, year, is_financial=is_financial), self._layout.months_mean)

    def _keep(
        self, table: Table, line: Line, meaning: Meaning, column: Column, period: Period, taken: Taken | None,
        *, has_percent: bool,
    ) -> None:  # fmt: skip
        """Keep a value for its observation. `Unfit` for one that lies ahead, has the wrong sign or is there already."""
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
            return
        if isinstance(taken, Decimal):
            taken = _in_units(taken, meaning)
        sheet = table.sheet
        found = Found(
            taken, sheet.name, sheet.line(line.row, column.place), sheet.letter(line.row, column.place), has_percent
        )
        key = (meaning.indicator, meaning.part, meaning.area, period.window, period.start, period.end)
        kept = self._found.setdefault(key, {})
        first = kept.setdefault(meaning.holds, found)
        if first is not found:
            where = f"{f'sheet “{first.sheet}”, ' if first.sheet else ''}cell {first.cell}"
            raise Unfit(f"The same indicator, area and period has a value already, in {where}. Delete one of them.")

    def _rows(self) -> Iterator[ObservationRow]:
        """Yield an observation for each key, with numerator and denominator where the file has them."""
        for key, kept in self._found.items():
            level, numerator, denominator = (
                kept.get(holds) for holds in (Holds.LEVEL, Holds.NUMERATOR, Holds.DENOMINATOR)
            )
            place = level or numerator or denominator
            if place is None:
                continue
            reasons = [one.value for one in kept.values() if isinstance(one.value, WithoutNumber)]
            numbers = [
                one.value if one and isinstance(one.value, Decimal) else None for one in (level, numerator, denominator)
            ]
            if reasons:
                yield self._row(key, place, [None, None, None], reasons[0])
            elif level is None and (numerator is None or denominator is None):
                missing = "denominator" if denominator is None else "numerator"
                message = f"The {missing} of this period is blank. Fill it in, or delete the other number."
                self._read.problems.add(message, row=place.row, column=place.letter, sheet=place.sheet)
            else:
                yield self._row(key, place, numbers, None)

    def _row(
        self, key: Key, place: Found, numbers: list[Decimal | None], reason: WithoutNumber | None
    ) -> ObservationRow:
        indicator, part, area, window, start, end = key
        value, numerator, denominator = numbers
        is_percent = indicator in self._lookups.percent
        if value is None and numerator is not None and denominator is not None:
            share = percentage(numerator, denominator) if is_percent else numerator / denominator
            value = None if share is None else share.quantize(_SMALLEST, ROUND_HALF_UP)
        is_bare = is_percent and denominator is None and reason is None
        is_printed = bool(self._printed.quarter)
        note = reason.why if reason else ""
        if is_printed:
            note = "; ".join(words for words in (self._printed.report, note) if words)
        return ObservationRow(
            place.row, "", indicator, part, area, window, start, end, self._printed.quarter,
            Statistic.FIRST_PUBLISHED if is_printed else Statistic.LEVEL, value, numerator, denominator,
            reason.status if reason else Status.FINAL, Basis.AS_SUPPLIED if is_bare else Basis.COUNTED,
            Qualifier.EXACT, "", self._source, note, place.sheet, place.cell,
        )  # fmt: skip

    def _differs(self, table: Table, difference: Difference) -> None:
        """Tell of a total that is not the sum of its parts: as a problem or a warning, as the profile says."""
        sheet = table.sheet

        def address(place: tuple[int, int]) -> str:
            return sheet.address(table.lines[place[0]].row, table.columns[place[1]].place)

        apart = difference.printed - difference.summed
        words = (
            f"is {_text(difference.printed)}, but its parts "
            f"({address(difference.first)} to {address(difference.last)}) "
            f"add up to {_text(difference.summed)}: a difference of {_text(apart)}."
        )
        self._differing += 1
        row, column = table.lines[difference.place[0]].row, table.columns[difference.place[1]].place
        if self._layout.refuses_totals:
            message = f"The total {words} Correct it."
            self._add(sheet, row, column, _text(difference.printed), message)
        elif self._differing <= LISTED_DIFFERENCES:
            where = f"Sheet “{sheet.name}”, cell" if sheet.name else "Cell"
            self._read.warnings.append(f"{where} {address(difference.place)}: the total {words}")

    def _add(self, sheet: Sheet, row: int, column: int, value: str, message: str) -> None:
        line, letter = sheet.line(row, column), sheet.letter(row, column)
        self._read.problems.add(message, row=line, column=letter, value=value, sheet=sheet.name)


def _kind(holds: Holds | None) -> Holds:
    """Return what a line or column counts for when totals are compared."""
    return Holds.LEVEL if holds is None or holds.is_read else holds


def _in_units(number: Decimal, meaning: Meaning) -> Decimal:
    """Return a number in the unit of its indicator. `Unfit` for what no value can be."""
    if number < 0:
        raise Unfit("A value cannot be negative. Correct it, or load changes with a tidy file.")
    if meaning.holds is Holds.DENOMINATOR and number == 0:
        raise Unfit("The denominator must be greater than 0. Correct it, or leave it blank.")
    scaled = number * meaning.factor
    if scaled >= Decimal(10) ** 15:
        raise Unfit("The number has more than 15 digits in its full unit. Is it written in thousands by mistake?")
    return scaled


def _text(number: Decimal) -> str:
    exponent = number.normalize().as_tuple().exponent
    return number_text(number, max(-exponent, 0) if isinstance(exponent, int) else 0)
