"""Tidy files of observations: one supplied number per row, every row complete in itself."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from indicators.choices import Basis, Qualifier, Statistic, Status, Window
from indicators.periods import Quarter, date_text
from indicators.readers.dates import parse_date, today_here, window_fault
from indicators.readers.grids import Grid, GridRow, table_rows
from indicators.readers.headers import TOTALS_FAULT, Columns, is_totals_row
from indicators.readers.numbers import parse_number
from indicators.readers.problems import Problems, Unfit
from indicators.readers.texts import BLANKS, Guesses, spreadsheet_damage, text_fault
from indicators.readers.workbooks import CellKind

COLUMNS = Columns(
    (
        "row_id", "indicator", "part", "area", "window", "start", "end", "reported_for", "statistic", "value",
        "numerator", "denominator", "status", "basis", "qualifier", "period_printed", "source", "note",
    )
)  # fmt: skip
LONGEST_ID = 80
LONGEST_NOTE = 2_000

_WITHOUT_VALUE = {Status.NOT_AVAILABLE, Status.SUPPRESSED}
_MAY_BE_NEGATIVE = {Statistic.CHANGE, Statistic.PERCENT_CHANGE}
_MAY_LIE_AHEAD = {Statistic.PLAN_LOW, Statistic.PLAN_HIGH}
_DATES = {"start", "end"}
_NUMBERS = {"value", "numerator", "denominator"}


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """One supplied number as its file states it; `row` is the line of the file, the header being 1.

    `sheet` and `cell` are its place in a wide sheet; a row of a tidy file has none.
    """

    row: int
    row_id: str
    indicator: str
    part: str
    area: str
    window: Window
    start: date | None
    end: date | None
    reported_for: str
    statistic: Statistic
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    status: Status
    basis: Basis
    qualifier: Qualifier
    period_printed: str
    source: str
    note: str
    sheet: str = ""
    cell: str = ""


@dataclass(frozen=True)
class ObservationLookups:
    """What a file may name: indicator key -> slugs of its parts, area slugs, source slugs."""

    parts: Mapping[str, frozenset[str]]
    areas: frozenset[str]
    sources: frozenset[str]


def read_observations(
    path: Path, lookups: ObservationLookups, today: date | None = None
) -> tuple[list[ObservationRow], Problems]:
    """Return the good rows of a tidy file, CSV or Excel, in its order, and all that is wrong with it.

    Never raises for a bad file. A period may not end after `today` unless the number is a plan.
    """
    problems = Problems()
    rows: list[ObservationRow] = []
    first_rows: dict[tuple[object, ...], int] = {}
    guesses = Guesses()
    day = today or today_here()
    for grid, row in table_rows(path, COLUMNS, problems):
        read = _RowReader(grid, row, lookups, guesses, day).read()
        if read is None:
            continue
        key = (
            read.indicator, read.part, read.area, read.window, read.start, read.end, read.reported_for, read.statistic
        )  # fmt: skip
        first = first_rows.setdefault(key, read.row)
        if first == read.row:
            rows.append(read)
            continue
        message = (
            f"Rows {first} and {read.row} both give this indicator, part, area, period and "
            "statistic. Delete one of them."
        )
        problems.add(message, row=read.row, column="indicator", value=read.indicator, sheet=grid.sheet)
    return rows, problems


def layout_in_words(path: Path) -> str:
    """Return how a file was read, for the preview: encoding and separator, or the sheet. "" when it cannot be read."""
    return next((grid.words for grid, _ in table_rows(path, COLUMNS, Problems())), "")


_Choice = TypeVar("_Choice", bound=StrEnum)


class _RowReader:
    """One row on its way to an observation; every fault is noted before the row is given up."""

    def __init__(self, grid: Grid, row: GridRow, lookups: ObservationLookups, guesses: Guesses, today: date) -> None:
        self._grid = grid
        self._row = row
        self._lookups = lookups
        self._guesses = guesses
        self._today = today
        self._faults = 0
        self._cells = {name: row.cells[place].strip(BLANKS) for name, place in grid.header.places.items()}

    def read(self) -> ObservationRow | None:
        """Return the observation, or None when anything is wrong with the row."""
        if is_totals_row([self._cells[name] for name in ("row_id", "indicator", "part", "area")]):
            self._grid.problems.add(TOTALS_FAULT, row=self._row.row, sheet=self._grid.sheet)
            return None
        self._check_kinds()
        if self._has_faults():
            return None
        cells = self._cells
        indicator = self._known("indicator", self._lookups.parts, "indicator")
        area = self._known("area", self._lookups.areas, "area")
        source = self._known("source", self._lookups.sources, "source")
        part = cells["part"]
        if part and indicator:
            part = self._known("part", self._lookups.parts[indicator], f"part of {indicator}")
        window = self._choice("window", Window, None)
        statistic = self._choice("statistic", Statistic, Statistic.LEVEL)
        status = self._choice("status", Status, Status.FINAL)
        basis = self._choice("basis", Basis, Basis.COUNTED)
        qualifier = self._choice("qualifier", Qualifier, Qualifier.EXACT)
        start, end = self._date("start"), self._date("end")
        value, numerator, denominator = (self._number(name) for name in ("value", "numerator", "denominator"))
        self._check_texts()
        if self._has_faults() or not (window and statistic and status and basis and qualifier):
            return None
        self._check_period(window, statistic, start, end)
        self._check_value(statistic, status, value, numerator, denominator)
        if self._has_faults():
            return None
        return ObservationRow(
            self._row.row, cells["row_id"], indicator, part, area, window, start, end, cells["reported_for"],
            statistic, value, numerator, denominator, status, basis, qualifier, cells["period_printed"], source,
            cells["note"],
        )  # fmt: skip

    def _has_faults(self) -> bool:
        return self._faults > 0

    def _fail(self, column: str, message: str) -> None:
        self._faults += 1
        value = self._cells.get(column, "")
        self._grid.problems.add(message, row=self._row.row, column=column, value=value, sheet=self._grid.sheet)

    def _check_kinds(self) -> None:
        """Refuse what a workbook holds in the wrong form: a date among texts, a number among dates."""
        if self._row.kinds is None:
            return
        for column, place in self._grid.header.places.items():
            kind = self._row.kinds[place]
            if kind is CellKind.REFUSED:
                self._faults += 1  # reported with its address already
            elif kind is CellKind.DATE and column not in _DATES:
                self._fail(
                    column,
                    "Excel has turned this into a date. Format the column as Text and type the value again.",
                )
            elif kind is CellKind.PADDED and column not in _NUMBERS:
                self._fail(
                    column,
                    "The leading zeros shown here are not stored. Format the column as Text and type it again.",
                )

    def _known(self, column: str, known: Collection[str], noun: str) -> str:
        value = self._cells[column]
        if value in known:
            return value
        self._fail(
            column,
            self._guesses.unknown(value, known, noun) if value else f"The {column} is missing. Fill it in.",
        )
        return ""

    def _choice(self, column: str, vocabulary: type[_Choice], default: _Choice | None) -> _Choice | None:
        value = self._cells[column]
        if not value and default is not None:
            return default
        try:
            return vocabulary(value)
        except ValueError:
            words = [member.value for member in vocabulary]
            hint = self._guesses.unknown(value, words, column) if value else f"The {column} is missing."
            self._fail(column, f"{hint} Allowed are: {', '.join(words)}.")
            return None

    def _date(self, column: str) -> date | None:
        try:
            return parse_date(self._cells[column])
        except Unfit as fault:
            self._fail(column, str(fault))
            return None

    def _number(self, column: str) -> Decimal | None:
        try:
            return parse_number(self._cells[column], thousands_commas=self._grid.commas_are_thousands)
        except Unfit as fault:
            self._fail(column, str(fault))
            return None

    def _check_texts(self) -> None:
        """Check the free texts; only a note may have several lines."""
        for column, longest in (
            ("row_id", LONGEST_ID),
            ("period_printed", LONGEST_ID),
            ("note", LONGEST_NOTE),
        ):
            fault = text_fault(self._cells[column], longest, may_break=column == "note")
            if not fault and column == "row_id":
                fault = spreadsheet_damage(self._cells[column])
            if fault:
                self._fail(column, fault)
        quarter = self._cells["reported_for"]
        if quarter:
            try:
                Quarter.parse(quarter)
            except ValueError as fault:
                self._fail("reported_for", str(fault))

    def _check_period(self, window: Window, statistic: Statistic, start: date | None, end: date | None) -> None:
        """Check that the period is stated as its window asks, and has ended."""
        if statistic is Statistic.FIRST_PUBLISHED and not self._cells["reported_for"]:
            self._fail("reported_for", "Which report printed this first? Give its quarter, like 2020-21-Q2.")
        if window is Window.NOT_STATED and not self._cells["reported_for"]:
            self._fail(
                "reported_for",
                "The period is not stated, so the quarter of the report is needed, like 2020-21-Q2.",
            )
        if end is None:
            if window is not Window.NOT_STATED:
                self._fail("end", "The end of the period is missing. Fill it in, or use the window not-stated.")
            return
        fault = window_fault(window, start, end)
        if fault:
            self._fail("end" if start else "start", fault)
        if end > self._today and statistic not in _MAY_LIE_AHEAD:
            self._fail("end", f"The period ends on {date_text(end)}, which is in the future. Correct the date.")

    def _check_value(
        self,
        statistic: Statistic,
        status: Status,
        value: Decimal | None,
        numerator: Decimal | None,
        denominator: Decimal | None,
    ) -> None:
        """Check value and status against each other, and signs. Blank is never zero."""
        if status in _WITHOUT_VALUE:
            if value is not None or numerator is not None:
                self._fail("value", f"The status is {status}, so value and numerator must be blank. Delete them.")
            if not self._cells["note"]:
                self._fail("note", f"The status is {status}: give the reason in note.")
        elif value is None:
            self._fail(
                "value",
                "The value is blank, which does not mean 0. Fill it in, or set the status to "
                "not-available or "
                "suppressed and give the reason in note.",
            )
        if statistic not in _MAY_BE_NEGATIVE:
            for column, number in (("value", value), ("numerator", numerator)):
                if number is not None and number < 0:
                    self._fail(column, f"A {statistic} cannot be negative. Correct it, or use the statistic change.")
        if denominator is not None and denominator <= 0:
            self._fail("denominator", "The denominator must be greater than 0. Correct it, or leave it blank.")
