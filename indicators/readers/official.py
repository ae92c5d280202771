"""Official publications read as a mapping says: observations of comparators, and of whom each was made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from indicators.calculations import sum_of
from indicators.choices import Basis, OfficialLayout, Qualifier, Statistic, Status, Window
from indicators.periods import Period, Quarter, date_text, month_text, period_ending
from indicators.readers.checks import kind_of
from indicators.readers.dates import today_here
from indicators.readers.observations import ObservationRow
from indicators.readers.official_mappings import MappingLine
from indicators.readers.official_marks import Entry
from indicators.readers.official_tables import Column, OfficialTable, Place, column_of, find_tables
from indicators.readers.problems import FileRefused, Problems, Unfit
from indicators.readers.recorded_crime import read_recorded_crime
from indicators.readers.texts import nearest

UNKNOWN_AREA = "This area is not known to the mapping. Open the mapping, and let it take up the areas of this file."


@dataclass(frozen=True, slots=True)
class OfficialLookups:
    """What a file may name: the slug of each area by its code and by its name in small letters; source and name of the
    publication."""

    areas: Mapping[str, str]
    source: str
    name: str


@dataclass(slots=True)
class ReleaseRead:
    """What a file says of one indicator's comparators at one end: comparator → member → whether it is counted."""

    indicator: str
    name: str
    title: str
    ends_on: date
    notes: list[str] = field(default_factory=list)
    members: dict[str, dict[str, bool]] = field(default_factory=dict)


@dataclass(slots=True)
class OfficialReading:
    """Everything that a file says of the columns of a mapping, and all that is wrong with it."""

    problems: Problems = field(default_factory=Problems)
    rows: list[ObservationRow] = field(default_factory=list)
    releases: dict[tuple[str, date], ReleaseRead] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_official(
    path: Path, layout: OfficialLayout, lines: list[MappingLine], lookups: OfficialLookups, today: date | None = None
) -> OfficialReading:
    """Return what the file says of the columns in `lines`. Never raises for a bad file; every problem is named."""
    reading, day = OfficialReading(), today or today_here()
    try:
        check_kind(path, layout)
        if layout is OfficialLayout.RECORDED_CRIME:
            _read_open_data(path, lines, lookups, reading)
        else:
            with path.open("rb") as stream:
                tables = find_tables(stream)
            _Tables(tables, lookups, reading).read(lines)
    except FileRefused as refused:
        reading.problems.include(refused.problems)
    for end in sorted({row.end for row in reading.rows if row.end is not None and row.end > day}):
        reading.problems.add(
            f"The period ends on {date_text(end)}, which is in the future. Look at the published file."
        )
    if not reading.rows and not reading.problems:
        reading.problems.add("The file holds no value of the columns in the mapping. Look at the mapping.")
    return reading


def check_kind(path: Path, layout: OfficialLayout) -> None:
    """Raise FileRefused when a file is not of the kind in which a publication comes."""
    wanted = "csv" if layout is OfficialLayout.RECORDED_CRIME else "xlsx"
    with path.open("rb") as stream:
        found = kind_of(stream)
    if found not in {wanted, "zip" if wanted == "csv" else wanted}:
        problems = Problems()
        words = {"csv": "the CSV file of open data", "xlsx": "the Excel workbook (.xlsx)"}
        problems.add(f"This is a {found} file. The mapping reads {words[wanted]} as it is published.")
        raise FileRefused(problems)


class _Tables:
    """The tables of one workbook on their way to observations."""

    def __init__(self, tables: list[OfficialTable], lookups: OfficialLookups, reading: OfficialReading) -> None:
        self._tables = tables
        self._lookups = lookups
        self._reading = reading

    def read(self, lines: list[MappingLine]) -> None:
        """Read every line; what cannot be read is a problem."""
        of_tables: dict[int, list[MappingLine]] = {}
        missing: set[str] = set()
        for line in lines:
            table = self._found(line, missing)
            if table is not None:
                of_tables.setdefault(self._tables.index(table), []).append(line)
        for place, own in of_tables.items():
            self._read_table(self._tables[place], own)

    def _found(self, line: MappingLine, missing: set[str]) -> OfficialTable | None:
        """Return the table of a line. Where two differ by their period alone, the one that has its column."""
        title = line.table
        found = [table for table in self._tables if table.stem.casefold() == title.casefold()]
        having = [table for table in found if any(column.label == line.column for column in table.columns)]
        if len(found) == 1 or len(having) == 1:
            return having[0] if having else found[0]
        if title in missing:
            return None
        missing.add(title)
        if found:
            sheets = ", ".join(table.sheet.name.strip() for table in found)
            words = (
                f'The workbook has {len(found)} tables "{title}" (sheets {sheets}). It cannot be told which is meant.'
            )
        else:
            meant = nearest(title, [table.stem for table in self._tables])
            hint = f' Did its title change to "{meant}"? Choose that in the mapping.' if meant else ""
            words = f'The workbook has no table "{title}".{hint or " Look at the mapping."}'
        self._reading.problems.add(words, value=title)
        return None

    def _read_table(self, table: OfficialTable, lines: list[MappingLine]) -> None:
        sheet, before = table.sheet.name, self._reading.problems.count
        for row, value, message in table.faults:
            self._reading.problems.add(message, row=row, value=value, sheet=sheet)
        slugs = self._slugs(table)
        columns = [(line, column) for line in lines if (column := self._column(table, line)) is not None]
        read = [(line, column, self._entries(table, column)) for line, column in columns]
        if self._reading.problems.count > before:
            return
        for line, column, entries in read:
            self._keep(table, line, column, entries, slugs)
        for indicator in dict.fromkeys(line.indicator for line, *_ in read if line.statistic == Statistic.LEVEL):
            of_it = [one for one in read if one[0].indicator == indicator and one[0].statistic == Statistic.LEVEL]
            self._keep_members(table, of_it, slugs)
        self._reading.notes += [
            f"{words}, which the notes below the table do not explain." for words in table.unexplained()
        ]

    def _slugs(self, table: OfficialTable) -> dict[Place, str]:
        """Return the area of each row; one that is not known is a problem."""
        found = {}
        for place in table.places:
            slug = self._lookups.areas.get(place.code) or self._lookups.areas.get(place.name.casefold())
            if slug:
                found[place] = slug
            else:
                self._reading.problems.add(UNKNOWN_AREA, row=place.row, value=place.name, sheet=table.sheet.name)
        return found

    def _column(self, table: OfficialTable, line: MappingLine) -> Column | None:
        try:
            column = column_of(table, line.column)
        except Unfit as fault:
            meant = nearest(line.column, [one.label for one in table.columns])
            hint = (
                f' Did its name change to "{meant}"? Choose that in the mapping.' if meant else " Look at the mapping."
            )
            self._reading.problems.add(f"{fault}{hint}", row=table.row, value=line.column, sheet=table.sheet.name)
            return None
        if column.ends_on or table.ends_on:
            return column
        words = "Neither the title of this table nor its column says with which month the year ends."
        self._reading.problems.add(words, row=table.row, value=table.title, sheet=table.sheet.name)
        return None

    def _entries(self, table: OfficialTable, column: Column) -> dict[Place, Entry]:
        found = {}
        for place in table.places:
            try:
                found[place] = table.entry(place, column)
            except Unfit as fault:
                self._reading.problems.add(
                    str(fault), row=place.row, column=column.label, value=place.name, sheet=table.sheet.name
                )
        return found

    def _keep(
        self,
        table: OfficialTable,
        line: MappingLine,
        column: Column,
        entries: dict[Place, Entry],
        slugs: dict[Place, str],
    ) -> None:
        """Make an observation of every area."""
        period = period_ending(Window.ROLLING_12, _end(table, column))
        whole = all(one.value is None or one.value == one.value.to_integral_value() for one in entries.values())
        basis = Basis.COUNTED if whole or line.statistic != Statistic.LEVEL else Basis.AS_SUPPLIED
        for place, entry in entries.items():
            notes = [f"{entry.reason[0].upper()}{entry.reason[1:]}."] if entry.reason else []
            notes += table.texts(place.marks, column.marks, entry.marks)
            where = f"{table.sheet.name.strip()}, row {place.row}"[:80]
            self._reading.rows.append(
                _row(place.row, where, line, slugs[place], period, entry, basis, self._lookups.source, " ".join(notes))
            )

    def _keep_members(
        self, table: OfficialTable, read: list[tuple[MappingLine, Column, dict[Place, Entry]]], slugs: dict[Place, str]
    ) -> None:
        """Note of whom each comparator is made, and whether its total is the sum of those counted in it."""
        for end in dict.fromkeys(_end(table, column) for _, column, _ in read):
            of_end = [one for one in read if _end(table, one[1]) == end]
            release = ReleaseRead(
                indicator=of_end[0][0].indicator,
                name=f"{self._lookups.name}, year ending {month_text(end)}",
                title=table.title,
                ends_on=end,
                notes=table.texts(table.marks),
            )
            kept = self._reading.releases.setdefault((release.indicator, end), release)
            for group, forces in table.members().items():
                members = kept.members.setdefault(slugs[group], {})
                for force in forces:
                    has_value = any(_is_counted(entries[force]) for _, _, entries in of_end)
                    members[slugs[force]] = members.get(slugs[force], False) or has_value
                self._check_sums(group, forces, of_end)

    def _check_sums(
        self, group: Place, forces: list[Place], read: list[tuple[MappingLine, Column, dict[Place, Entry]]]
    ) -> None:
        for _, column, entries in read:
            amounts = [entries[force].value for force in forces]
            total = entries[group].value
            counted = [one for one in amounts if one is not None]
            is_whole = all(
                one == one.to_integral_value() for one in (*counted, *([total] if total is not None else []))
            )
            added = sum_of(counted)
            if total is not None and counted and is_whole and added != total:
                self._reading.warnings.append(
                    f"{group.name}, {column.label}: its {len(counted)} members with values add up to {added:,f}, the "
                    f"table says {total:,f}."
                )


def _is_counted(entry: Entry) -> bool:
    """Tell whether a member stands in the total: it has a value, or one that is only kept back."""
    return entry.value is not None or entry.status == Status.SUPPRESSED


def _end(table: OfficialTable, column: Column) -> date:
    end = column.ends_on or table.ends_on
    if end is None:
        raise ValueError("A column is read only when its period is known.")
    return end


def _row(
    row: int,
    where: str,
    line: MappingLine,
    area: str,
    period: Period,
    entry: Entry,
    basis: Basis,
    source: str,
    note: str,
) -> ObservationRow:
    return ObservationRow(
        row, where, line.indicator, line.part, area, period.window, period.start, period.end, "", line.statistic,
        entry.value, None, None, entry.status, basis, entry.qualifier, "", source, note,
    )  # fmt: skip


def _read_open_data(path: Path, lines: list[MappingLine], lookups: OfficialLookups, reading: OfficialReading) -> None:
    """Make an observation of every force, quarter and column; and of each twelve months whose quarters are there."""
    found = read_recorded_crime(path, reading.problems)
    for line in lines:
        if line.column not in found.kinds and not reading.problems:
            meant = nearest(line.column, found.kinds)
            hint = f' Did its name change to "{meant}"?' if meant else ""
            words = f'No offence of the file counts in "{line.column}".{hint} Look at the mapping.'
            reading.problems.add(words, value=line.column)
    for name in found.forces:
        if name.casefold() not in lookups.areas:
            row = min(found.rows[name, quarter] for force, quarter in found.rows if force == name)
            reading.problems.add(UNKNOWN_AREA, row=row, column="Force Name", value=name)
    if reading.problems:
        return
    for line in lines:
        for (name, row), period, value in _sums(found.counts, found.rows, line.column):
            entry = Entry(value, Status.FINAL, Qualifier.EXACT)
            where = f"{name}, from row {row}"[:80]
            slug = lookups.areas[name.casefold()]
            reading.rows.append(_row(row, where, line, slug, period, entry, Basis.COUNTED, lookups.source, ""))
    newest = max(quarter for _, quarter in found.counts)
    for indicator in dict.fromkeys(line.indicator for line in lines):
        reading.releases[indicator, newest.end] = ReleaseRead(
            indicator, f"{lookups.name}, to {month_text(newest.end)}", "Recorded crime open data", newest.end
        )


def _sums(
    counts: Mapping[tuple[str, Quarter], Mapping[str, Decimal]], rows: Mapping[tuple[str, Quarter], int], kind: str
) -> Iterator[tuple[tuple[str, int], Period, Decimal]]:
    """Yield ((force, first row), period, offences of a kind) for each quarter, and each twelve months that are whole.

    A force that has rows of a quarter, but none of a kind, had none: zero. One without any row has no value.
    """
    for name, quarter in sorted(counts):
        at = (name, rows[name, quarter])
        yield at, period_ending(Window.QUARTER, quarter.end), counts[name, quarter].get(kind, Decimal(0))
        year = [quarter, before := quarter.previous(), before := before.previous(), before.previous()]
        if all((name, one) in counts for one in year):
            total = sum_of(counts[name, one].get(kind, Decimal(0)) for one in year)
            yield at, period_ending(Window.ROLLING_12, quarter.end), total
