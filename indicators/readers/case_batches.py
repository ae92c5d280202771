"""Cases column by column: what the texts of a block of rows mean, and the keys by which its cases are known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress, repeat
from typing import Any

from indicators.identity import digests
from indicators.readers.case_blocks import SEPARATOR, Block, Fields, Place, Tally
from indicators.readers.case_values import CaseValues
from indicators.readers.extracts import PLACE, Extract
from indicators.readers.headers import TOTALS_FAULT, Columns, is_totals_row
from indicators.readers.problems import Unfit
from indicators.readers.texts import spreadsheet_damage

COLUMNS = Columns(
    (
        "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code",
        "LSOA name", "Crime type", "Last outcome category", "Context",
    ),
    ("Date", "Offence", "Flags"),
)  # fmt: skip

# Row number, file in the zip, month, key, content, reference, day, longitude, latitude, location, area id, code and
# name of the small area, category id, outcome, context, flag ids.
CaseTuple = tuple[
    int, str, date, bytes, bytes, str, date | None, str | None, str | None, str, int, str, str, int, str, str, list[int]
]  # fmt: skip

_SHORT = 16  # characters; the official identifiers have 64, what a spreadsheet makes of one has fewer than 16
_HALF_PLACE = "Longitude and latitude must both be filled in or both be blank. Correct one of them."
_HASHED = 12  # columns of which the content is made as they are written; date, offence and flags in their own words


@dataclass(frozen=True, slots=True)
class CaseBatch:
    """Cases of one file and one month by column, ready to load; iterating gives them one by one."""

    member: str
    month: date
    rows: Sequence[int]
    keys: Sequence[bytes]
    contents: Sequence[bytes]
    references: Sequence[str]
    days: Sequence[date | None]
    longitudes: Sequence[str | None]
    latitudes: Sequence[str | None]
    locations: Sequence[str]
    areas: Sequence[int]
    codes: Sequence[str]
    names: Sequence[str]
    categories: Sequence[int]
    outcomes: Sequence[str]
    contexts: Sequence[str]
    flags: Sequence[list[int]]

    def __len__(self) -> int:
        """How many cases there are."""
        return len(self.rows)

    def __iter__(self) -> Iterator[CaseTuple]:
        """Yield the cases one by one."""
        return zip(
            self.rows, repeat(self.member), repeat(self.month), self.keys, self.contents, self.references, self.days,
            self.longitudes, self.latitudes, self.locations, self.areas, self.codes, self.names, self.categories,
            self.outcomes, self.contexts, self.flags,
        )  # fmt: skip


class Meanings:
    """What the blocks of one table mean. Rows without meaning are told to a tally, each with all that is wrong."""

    def __init__(self, values: CaseValues, extract: Extract | None, tally: Tally, place: Place) -> None:
        self._values = values
        self._extract = extract
        self._tally = tally
        self._place = place

    def batches(self, block: Block) -> list[CaseBatch]:
        """Return the cases of a block, those of each month apart."""
        if self._extract:
            block = Block.of_rows(self._street_rows(self._extract, block))
        try:
            return self._meant(block)
        except Unfit:
            return self._meant(Block.of_rows(self._fit_rows(block)))

    def _street_rows(self, extract: Extract, block: Block) -> Iterator[tuple[int, Fields]]:
        """Yield the rows of an extract in the street-level format; those that cannot be are problems."""
        for row, cells in block.rows():
            try:
                yield row, extract.street_row(cells)
            except Unfit as unfit:
                self._tally.bad_rows[self._place.month] += 1
                self._explain_extracted(extract, row, cells, str(unfit))

    def _explain_extracted(self, extract: Extract, row: int, cells: Fields, first: str) -> None:
        problems, sheet = self._tally.problems, self._place.member
        if problems.is_full or is_totals_row(cells):
            problems.add(first if problems.is_full else TOTALS_FAULT, row=row, sheet=sheet)
            return
        for column, value, fault in extract.faults(cells):
            problems.add(fault, row=row, column=column, value=value, sheet=sheet)

    def _meant(self, block: Block) -> list[CaseBatch]:
        """Return the cases of a block; `Unfit` when any of its rows has no meaning."""
        if not block.numbers:
            return []
        values, columns, joined = self._values, block.columns, block.joined
        (references, month_codes, _, forces, easts, norths, locations, codes, names, crime_types, outcomes, contexts,
         day_texts, offences, flag_names) = columns  # fmt: skip
        months = {code: values.months[code] for code in set(month_codes)}
        areas = list(map(values.areas.__getitem__, codes))
        categories = list(map(values.categories.__getitem__, zip(crime_types, offences, strict=True)))
        longitudes = list(map(values.longitudes.__getitem__, easts))
        latitudes = list(map(values.latitudes.__getitem__, norths))
        days: Sequence[date | None] = (None,) * len(joined)
        flags: Sequence[list[int]] = ([],) * len(joined)
        if any(day_texts) or any(flag_names):
            days, day_codes = zip(*map(self._day, month_codes, day_texts), strict=True)
            flags, flag_codes = zip(*map(values.flags.__getitem__, flag_names), strict=True)
            joined = list(map(SEPARATOR.join, zip(*columns[:_HASHED], day_codes, offences, flag_codes, strict=True)))
        if list(map(bool, easts)) != list(map(bool, norths)):
            raise Unfit(_HALF_PLACE)
        if min(map(len, filter(None, references)), default=_SHORT) < _SHORT and any(map(_damage, references)):
            raise Unfit("an identifier is damaged")
        if self._extract:  # an area that is not a small one has no code
            codes = ["" if code.startswith(PLACE) else code for code in codes]
        self._tally.forces.update(forces)
        contents = digests(joined)
        hashed = iter(digests(filter(None, references)))
        keys = [next(hashed) if one else content for one, content in zip(references, contents, strict=True)]
        found: tuple[Any, ...] = (
            block.numbers, keys, contents, references, days, longitudes, latitudes, locations, areas, codes, names,
            categories, outcomes, contexts, flags,
        )  # fmt: skip
        batches = []
        for code, month in sorted(months.items()):
            if len(months) > 1:
                chosen = list(map(code.__eq__, month_codes))
                own = tuple(list(compress(column, chosen)) for column in found)
            else:
                own = found
            batches.append(CaseBatch(self._place.member, month, *own))
        return batches

    def _day(self, month_code: str, text: str) -> tuple[date | None, str]:
        return self._values.days[month_code, text] if text else (None, "")

    def _fit_rows(self, block: Block) -> Iterator[tuple[int, Fields]]:
        """Yield the rows that have a meaning; what is wrong with the others is noted."""
        for row, fields in block.rows():
            fault = self._fault(fields)
            if not fault:
                yield row, fields
                continue
            self._tally.bad_rows[self._place.month or self._values.months.get(fields[1])] += 1
            self._explain(row, fields, fault)

    def _fault(self, fields: Fields) -> str:
        """Return the first thing that is wrong with a row, "" when it has a meaning."""
        (reference, month_code, _, _, east, north, _, code, _, crime_type, _, _, day_text, offence, flag_names) = fields
        values = self._values
        try:
            _ = values.months[month_code], values.areas[code], values.categories[crime_type, offence]
            _ = values.longitudes[east], values.latitudes[north], values.flags[flag_names]
            self._day(month_code, day_text)
        except Unfit as unfit:
            return str(unfit)
        return _HALF_PLACE if bool(east) is not bool(north) else _damage(reference)

    def _explain(self, row: int, fields: Fields, first: str) -> None:
        """Note everything that is wrong with a row of which at least one field cannot be taken."""
        problems, sheet = self._tally.problems, self._place.member
        if problems.is_full or is_totals_row([*fields[:2], *fields[6:10]]):
            problems.add(first if problems.is_full else TOTALS_FAULT, row=row, sheet=sheet)
            return
        named = dict(zip(COLUMNS.names, fields, strict=True))
        damage = ("Crime ID", _damage(named["Crime ID"]))
        before = problems.count
        for column, fault in (*self._values.faults(named), damage):
            if fault:
                own = self._extract.own_name(column) if self._extract else column
                problems.add(fault, row=row, column=own, value=named[column], sheet=sheet)
        if problems.count == before:
            problems.add(first, row=row, sheet=sheet)


def _damage(reference: str) -> str:
    return spreadsheet_damage(reference) if reference and len(reference) < _SHORT else ""
