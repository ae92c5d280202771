"""The tables of a wide sheet: found by the texts of their headers, with what stands over columns and before rows.

Geometry only: what a label means and whether a value can be taken is decided by `wide_sheets`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from indicators.choices import Status
from indicators.periods import Period
from indicators.readers.headings import (
    looks_like_period,
    meant,
    month_in_year,
    month_number,
    plain,
    read_period,
    year_of,
)
from indicators.readers.problems import Problems, Unfit
from indicators.readers.sheet_cells import Sheet, SheetCell
from indicators.readers.sheet_layouts import Holds, NamedBy, Shape, SheetLayout
from indicators.readers.sheet_marks import Marks, apart
from indicators.readers.workbooks import CellKind

MOST_TABLES = 200  # of one file
YEARS_ABOVE = 3  # how far above the months a row of their years may stand
NAMELESS = "(the table)"  # what a series is called where nothing names it
_NAMES = " | "
_CORNERS = {"", "year", "years", "financial year", "fy", "month", "months", "period"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of values: its place, its heading, and the period or the kind of total that stands under it.

    In a matrix of years the period is not known without the row: `month` is given instead. `status` is what a mark in
    the heading says of the values under it.
    """

    place: int
    text: str
    period: Period | None = None
    month: int = 0
    holds: Holds | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its number in the sheet, the name of its series, and in a matrix its year or kind of total.

    `status` is what a mark beside the year says of its values.
    """

    row: int
    name: str
    label: str = ""
    year: tuple[int, bool] | None = None
    holds: Holds | None = None
    status: Status | None = None


@dataclass(slots=True)
class Table:
    """One table of a sheet with its columns and lines."""

    sheet: Sheet
    header: int
    columns: list[Column]
    lines: list[Line] = field(default_factory=list)
    strays: set[int] = field(default_factory=set)  # columns with values and no heading, named already

    def beside(self, row: int, column: Column) -> SheetCell | None:
        """Return the cell to the right of a value where it may hold its mark: no value is read from that column."""
        if any(one.place == column.place + 1 and one.holds is not Holds.IGNORED for one in self.columns):
            return None
        return self.sheet.cell(row, column.place + 1)


@dataclass(slots=True)
class Unknown:
    """Texts of a file that the profile says nothing about, in the order of the file."""

    labels: dict[str, None] = field(default_factory=dict)
    headings: dict[str, None] = field(default_factory=dict)
    words: dict[str, None] = field(default_factory=dict)
    marks: dict[str, None] = field(default_factory=dict)


class TableFinder:
    """Finds the tables of a sheet; what stands there without a meaning goes into `problems`, `unknown` and `notes`."""

    def __init__(
        self, layout: SheetLayout, problems: Problems, unknown: Unknown, notes: list[str], most: int = MOST_TABLES
    ) -> None:
        """Look for tables as a layout says, and for no more than `most` in all sheets together."""
        self._left = most
        self._layout = layout
        self._problems = problems
        self._unknown = unknown
        self._notes = notes
        self._headings = {plain(text): holds for text, holds in layout.headings.items()}
        self._labels = {plain(text): meaning.holds for text, meaning in layout.labels.items()}
        self._is_matrix = layout.shape is Shape.YEAR_MATRIX
        self._label_headings = {plain(text) for text in layout.label_columns}
        self._marks = Marks(layout.marks, unknown.marks)

    def find(self, sheet: Sheet) -> Iterator[Table]:
        """Yield the tables of a sheet from top to bottom. Without any, that is a problem."""
        shown = sheet.turned() if self._layout.shape is Shape.PERIODS_DOWN else sheet
        headers = [row for row in range(1, shown.height + 1) if self._is_header(shown, row)]
        if not headers:
            self._problems.add(self._nothing_found(), sheet=sheet.name)
        end = shown.height + 1
        if len(headers) > self._left:
            end = headers[self._left]
            message = f"The file has more than {MOST_TABLES} tables. Split it, or name fewer sheets in the profile."
            self._problems.add(message, sheet=sheet.name, row=shown.line(end, 1))
            del headers[self._left :]
        self._left -= len(headers)
        title, start = "", 1
        for at, header in enumerate(headers):
            for row in range(start, header):
                title = self._title_in(shown, row) or title
            table, labels = self._table(shown, header)
            title = self._corner(shown, header, labels) or title
            start = headers[at + 1] if at + 1 < len(headers) else end
            start = self._without_years(shown, header, start)
            title = self._fill(table, labels, range(header + 1, start), title)
            yield table

    def _nothing_found(self) -> str:
        if self._is_matrix:
            return "No table was found: the profile looks for a row with the names of months (April, May, …)."
        over = " and ".join(f"“{text}”" for text in self._layout.label_columns)
        where = f"a row with {over} and periods" if over else "a row with two periods or more"
        turned = " (the profile reads periods down: a column)" if self._layout.shape is Shape.PERIODS_DOWN else ""
        return f"No table was found: the profile looks for {where} such as April 2017 or Apr-17{turned}."

    def _is_header(self, sheet: Sheet, row: int) -> bool:
        texts = [cell.text for cell in _cells(sheet, row) if cell.text and cell.kind is not CellKind.NUMBER]
        months = sum(1 for text in texts if month_number(self._marks.bare(text)))
        if self._is_matrix:
            return months >= 2
        found = {plain(text) for text in texts}
        if self._label_headings and not self._label_headings <= found:
            return False
        wanted = 1 if self._label_headings else 2
        return months >= 2 or sum(1 for text in texts if self._speaks_of_a_period(text)) >= wanted

    def _without_years(self, sheet: Sheet, header: int, end: int) -> int:
        """Return where the lines of a table end: rows of years over the next header are not among them."""
        row = end
        while row - 1 > header and row <= sheet.height and end - row < YEARS_ABOVE and self._is_years(sheet, row - 1):
            row -= 1
        return row

    def _is_years(self, sheet: Sheet, row: int) -> bool:
        texts = [cell.text for cell in _cells(sheet, row) if cell.text]
        return not self._is_matrix and bool(texts) and all(_year(self._marks.bare(text)) for text in texts)

    def _title_in(self, sheet: Sheet, row: int) -> str:
        """Return the text of a row in which nothing else stands; "" for every other row."""
        own = [cell for cell in _cells(sheet, row) if not cell.is_blank and not cell.is_filled]
        if len(own) != 1 or own[0].kind is CellKind.NUMBER or _year(self._marks.bare(own[0].text)):
            return ""
        if not any(character.isalpha() for character in own[0].text):
            return ""
        return (own[0].marked or own[0].text)[:200]

    def _corner(self, sheet: Sheet, header: int, labels: list[int]) -> str:
        """Return what stands over the years of a matrix, where that names it: the title may stand there."""
        cells = [sheet.cell(header, at) for at in labels] if self._is_matrix else []
        texts = [cell.marked or cell.text for cell in cells]
        return next((text for text in texts if plain(text) not in _CORNERS and not _year(text)), "")

    def _table(self, sheet: Sheet, header: int) -> tuple[Table, list[int]]:
        """Return a table without its lines, and the places of its labels."""
        cells = list(enumerate(_cells(sheet, header), start=1))
        if self._label_headings and not self._is_matrix:
            labels = [at for at, cell in cells if plain(cell.text) in self._label_headings]
            before = max(labels)
        else:
            first = next(at for at, cell in cells if self._is_time(cell))
            labels, before = list(range(1, first)), first - 1
        years = {} if self._is_matrix else self._years_over(sheet, header, before)
        table = Table(sheet, header, [])
        for at, cell in cells[before:]:
            if not cell.is_blank:
                table.columns.append(self._column(sheet, header, at, cell, years.get(at, "")))
        self._note_repeats(table)
        return table, labels

    def _is_time(self, cell: SheetCell) -> bool:
        if cell.kind is CellKind.NUMBER or not cell.text:
            return False
        month = month_number(self._marks.bare(cell.text))
        return bool(month) or (not self._is_matrix and self._speaks_of_a_period(cell.text))

    def _speaks_of_a_period(self, text: str) -> bool:
        """Tell whether a heading speaks of a period, with or without a mark beside it."""
        return looks_like_period(text) or looks_like_period(self._marks.bare(text))

    def _years_over(self, sheet: Sheet, header: int, before: int) -> Mapping[int, str]:
        """Return the text with the year over each column: it holds to the right until the next one."""
        for row in range(header - 1, max(0, header - 1 - YEARS_ABOVE), -1):
            if self._is_years(sheet, row):
                years: dict[int, str] = {}
                last = ""
                for at in range(before + 1, sheet.width + 1):
                    last = sheet.cell(row, at).text or last
                    if last:
                        years[at] = last
                return years
        return {}

    def _column(self, sheet: Sheet, row: int, at: int, cell: SheetCell, over: str) -> Column:
        """Return what stands over a column; a heading without a meaning is noted, and its column left out."""
        holds = self._headings.get(plain(cell.text))
        if holds is not None:
            return Column(at, cell.text, holds=holds)
        try:
            if cell.fault:
                raise Unfit(cell.fault)
            text, status = self._unmarked(cell.text)
            month = month_number(text)
            if month and self._is_matrix:
                return Column(at, cell.text, month=month, status=status)
            above, of_year = self._unmarked(over)
            year = _year(above)
            period = month_in_year(month, year[0], is_financial=year[1]) if month and year else None
            status = status or (of_year if month else None)
            period = period or (None if self._is_matrix else read_period(text))
            if period is not None:
                return Column(at, cell.text, period=meant(period, self._layout.months_mean), status=status)
            if month:
                raise Unfit("This month has no year. Write it in the heading, or in the row above the months.")
            self._unknown.headings.setdefault(cell.text)
            raise Unfit("This heading is no period. Say in the profile whether it is a total, or not read.")
        except Unfit as fault:
            self._add(sheet, row, at, cell.text, str(fault))
            return Column(at, cell.text, holds=Holds.IGNORED)

    def _unmarked(self, text: str) -> tuple[str, Status | None]:
        """Return a heading or a year without the mark beside it, and what the mark says; a text without one as it is.

        `Unfit` for a mark that the profile does not know.
        """
        bare = self._marks.bare(text)
        if bare == text or not (looks_like_period(bare) or month_number(bare) or _year(bare)):
            return text, None
        mark = apart(text)[1]
        status = self._marks.status(mark)
        if status is None:
            raise Unfit(f"The mark “{mark}” stands beside this period. Say in the profile what it means, or delete it.")
        return bare, status

    def _note_repeats(self, table: Table) -> None:
        seen: dict[object, Column] = {}
        for at, column in enumerate(table.columns):
            key = column.period or column.month or None
            if key is None:
                continue
            first = seen.setdefault(key, column)
            if first is not column:
                place = table.sheet.address(table.header, first.place)
                message = f"This period stands over a column already, in {place}. Delete or rename one of them."
                self._add(table.sheet, table.header, column.place, column.text, message)
                table.columns[at] = Column(column.place, column.text, holds=Holds.IGNORED)

    def _fill(self, table: Table, labels: list[int], rows: range, title: str) -> str:
        """Take the lines of a table, and return the title that holds after them."""
        used = {column.place for column in table.columns}
        for row in rows:
            cells = [table.sheet.cell(row, at) for at in labels]
            texts = [cell.marked or cell.text for cell in cells if cell.text]
            has_values = any(not table.sheet.cell(row, at).is_blank for at in used)
            self._check_strays(table, row, used | set(labels))
            if not has_values and not (texts and self._is_known(table, texts, title)):
                if texts:
                    title = self._title_in(table.sheet, row) or title
                if texts and NamedBy.TITLE not in self._layout.named_by:
                    self._notes.append(_unread(table.sheet, row, labels[0], texts[0]))
                continue
            if not texts:
                self._add(table.sheet, row, labels[-1] if labels else 1, "", "This row has values and no label.")
                continue
            table.lines.append(self._line(table, row, texts, title))
        return title

    def _check_strays(self, table: Table, row: int, known: set[int]) -> None:
        """Note a value under a column without a heading, once for each column: it cannot be said what it is."""
        for at in range(min(known, default=1), table.sheet.width + 1):
            cell = table.sheet.cell(row, at)
            is_text = cell.kind is CellKind.TEXT or not any(character.isdigit() for character in cell.text)
            if at not in known | table.strays and not is_text:
                self._add(table.sheet, row, at, cell.text, "This column has values and no heading. Give it one.")
                table.strays.add(at)

    def _line(self, table: Table, row: int, texts: list[str], title: str) -> Line:
        if not self._is_matrix:
            label = _NAMES.join(dict.fromkeys(texts))
            return Line(row, self._name(table, label, title), label)
        bare = {text: self._year_and_status(table, row, text) for text in texts}
        year, status = next((found for found in bare.values() if found[0]), (None, None))
        rest = [text for text in texts if bare[text][0] is None]
        label = _NAMES.join(dict.fromkeys(rest))
        if year is None:
            holds = self._headings.get(plain(label))
            if holds is None:
                self._unknown.headings.setdefault(label)
                message = "This row has no year such as 2017/18. Say in the profile whether it is a total, or not read."
                self._add(table.sheet, row, 1, label, message)
            return Line(row, self._name(table, "", title), label, holds=holds or Holds.IGNORED)
        return Line(row, self._name(table, label, title), label, year=year, status=status)

    def _year_and_status(self, table: Table, row: int, text: str) -> tuple[tuple[int, bool] | None, Status | None]:
        """Return the year that a label names and what a mark beside it says; an unknown mark is a problem."""
        try:
            bare, status = self._unmarked(text)
            return _year(bare), status
        except Unfit as fault:
            self._add(table.sheet, row, 1, text, str(fault))
            return _year(self._marks.bare(text)), None

    def _name(self, table: Table, label: str, title: str) -> str:
        parts = {NamedBy.SHEET: table.sheet.name, NamedBy.TITLE: title, NamedBy.LABEL: label}
        return _NAMES.join(parts[one] for one in self._layout.named_by if parts[one]) or NAMELESS

    def _is_known(self, table: Table, texts: list[str], title: str) -> bool:
        """Tell whether a row without values is one of the table all the same: a measure, or a year that lies ahead."""
        if self._is_matrix:
            return any(_year(self._marks.bare(text)) for text in texts)
        return plain(self._name(table, _NAMES.join(dict.fromkeys(texts)), title)) in self._labels

    def _add(self, sheet: Sheet, row: int, column: int, value: str, message: str) -> None:
        line, letter = sheet.line(row, column), sheet.letter(row, column)
        self._problems.add(message, row=line, column=letter, value=value, sheet=sheet.name)


def _cells(sheet: Sheet, row: int) -> Iterator[SheetCell]:
    """Yield the cells of a row to its last one."""
    return iter(sheet.rows[row - 1])


def _year(text: str) -> tuple[int, bool] | None:
    """Return the year that a text names, None for every other text."""
    try:
        return year_of(text)
    except Unfit:
        return None


def _unread(sheet: Sheet, row: int, column: int, text: str) -> str:
    where = f"Sheet “{sheet.name}”, cell" if sheet.name else "Cell"
    return f"{where} {sheet.address(row, column)}: a line without values was not read, “{text[:80]}”."
