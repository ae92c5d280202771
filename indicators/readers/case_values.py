"""What the texts of a case file mean: each distinct text is looked up once and remembered, for speed."""

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from indicators.periods import first_of_month, month_text
from indicators.readers.areas import CODE
from indicators.readers.dates import parse_date, parse_month
from indicators.readers.problems import Unfit
from indicators.readers.texts import BLANKS, Guesses

REMEMBERED = 100_000  # per column; precise places would otherwise fill the memory

_Text = TypeVar("_Text", bound=Hashable)
_Meaning = TypeVar("_Meaning")
_COORDINATE = re.compile(r"-?(0|[1-9][0-9]{0,2})(\.[0-9]{1,6})?")


@dataclass(frozen=True)
class CaseLookups:
    """What a case file may name, and the ids that stand for it.

    `areas`: code of a small area -> id; `outside`, `unlocated`: the ids of the two lines that keep sums whole;
    `categories`: (crime type, offence or "") -> id; `flags`: name -> id. For extracts besides: `places`: slug of any
    area in which a case may stand -> id; `districts`: name -> slug.
    """

    areas: Mapping[str, int]
    outside: int
    unlocated: int
    categories: Mapping[tuple[str, str], int]
    flags: Mapping[str, int]
    places: Mapping[str, int] = field(default_factory=dict)
    districts: Mapping[str, str] = field(default_factory=dict)


class Remembered(dict[_Text, _Meaning], Generic[_Text, _Meaning]):
    """A dictionary that works out what it does not hold. A text without meaning raises `Unfit` every time."""

    def __init__(self, meaning_of: Callable[[_Text], _Meaning]) -> None:
        """Start empty; `meaning_of` gives the meaning of a text or raises `Unfit`."""
        super().__init__()
        self._meaning_of = meaning_of
        self._faults: dict[_Text, str] = {}

    def __missing__(self, text: _Text) -> _Meaning:
        """Work out a meaning and keep it."""
        fault = self._faults.get(text)
        if fault is not None:
            raise Unfit(fault)
        if len(self) + len(self._faults) > REMEMBERED:
            self.clear()
            self._faults.clear()
        try:
            meaning = self._meaning_of(text)
        except Unfit as unfit:
            self._faults[text] = str(unfit)
            raise
        self[text] = meaning
        return meaning

    def fault_of(self, text: _Text) -> str:
        """Return why a text has no meaning, "" when it has one."""
        try:
            self[text]
        except Unfit as unfit:
            return str(unfit)
        return ""


class CaseValues:
    """The memories of one reading: months, areas, categories, flags, dates and coordinates."""

    def __init__(self, lookups: CaseLookups, today: date, places: Mapping[str, int] | None = None) -> None:
        """Start with empty memories. No month may begin after `today`. `places` stand beside the codes of areas."""
        self._lookups = lookups
        self._places = places or {}
        self._today = today
        self._crime_types = {crime_type for crime_type, _ in lookups.categories}
        self._guesses = Guesses()
        self._file_month = ""
        self.months: Remembered[str, date] = Remembered(self._month)
        self.areas: Remembered[str, int] = Remembered(self._area)
        self.categories: Remembered[tuple[str, str], int] = Remembered(self._category)
        self.flags: Remembered[str, tuple[list[int], str]] = Remembered(self._flags)
        self.days: Remembered[tuple[str, str], tuple[date | None, str]] = Remembered(self._day)
        self.longitudes: Remembered[str, str | None] = Remembered(self._longitude)
        self.latitudes: Remembered[str, str | None] = Remembered(self._latitude)
        self.areas.update(lookups.areas)

    def start_file(self, month: str) -> None:
        """Begin a file whose name says it holds only `month` (YYYY-MM), "" when it says nothing."""
        self._file_month = month
        self.months = Remembered(self._month)

    def faults(self, fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Yield (column, what is wrong and what to do) for every field of a row that has no meaning."""
        month_fault = self.months.fault_of(fields["Month"])
        yield "Month", month_fault
        yield "LSOA code", self.areas.fault_of(fields["LSOA code"])
        column = "Offence" if fields["Crime type"] in self._crime_types else "Crime type"
        yield column, self.categories.fault_of((fields["Crime type"], fields["Offence"]))
        yield "Longitude", self.longitudes.fault_of(fields["Longitude"])
        yield "Latitude", self.latitudes.fault_of(fields["Latitude"])
        yield "Flags", self.flags.fault_of(fields["Flags"])
        if not month_fault and fields["Date"]:
            yield "Date", self.days.fault_of((fields["Month"], fields["Date"]))

    def _month(self, text: str) -> date:
        month = parse_month(text)
        if month > self._today:
            raise Unfit(f"{month_text(month)} lies in the future. Correct the month.")
        if self._file_month and text != self._file_month:
            named = month_text(parse_month(self._file_month))
            raise Unfit(
                f"The row is of {month_text(month)}, but the file is named for {named}. Move it or rename the file."
            )
        return month

    def _area(self, code: str) -> int:
        if not code:
            return self._lookups.unlocated
        if code in self._lookups.areas:
            return self._lookups.areas[code]
        if code in self._places:
            return self._places[code]
        if CODE.fullmatch(code):
            return self._lookups.outside
        raise Unfit(self._guesses.unknown(code, self._lookups.areas, "code of a small area"))

    def _category(self, words: tuple[str, str]) -> int:
        crime_type, offence = words
        found = self._lookups.categories.get(words)
        if found is not None:
            return found
        if crime_type not in self._crime_types:
            raise Unfit(
                self._guesses.unknown(crime_type, self._crime_types, "crime type")
                if crime_type
                else "The crime type is blank."
            )
        offences = [offence for known, offence in self._lookups.categories if known == crime_type]
        raise Unfit(self._guesses.unknown(offence, offences, f"offence of {crime_type}"))

    def _flags(self, text: str) -> tuple[list[int], str]:
        """Return the ids of the flags in a text, and their canonical text."""
        names = sorted({name.strip(BLANKS) for name in text.split(";")} - {""})
        for name in names:
            if name not in self._lookups.flags:
                raise Unfit(f'"{name[:60]}": {self._guesses.unknown(name, self._lookups.flags, "flag")}')
        return sorted({self._lookups.flags[name] for name in names}), ";".join(names)

    def _day(self, texts: tuple[str, str]) -> tuple[date | None, str]:
        """Return the day of a date and its canonical text; it must lie in the row's month and not ahead."""
        month_code, text = texts
        day = parse_date(text)
        if day is None:
            return None, ""
        if first_of_month(day) != parse_month(month_code):
            raise Unfit(
                f"The date does not lie in the row's month, {month_text(parse_month(month_code))}. Correct one."
            )
        if day > self._today:
            raise Unfit("The date lies in the future. Correct it.")
        return day, day.isoformat()

    def _longitude(self, text: str) -> str | None:
        return _coordinate(text, 180)

    def _latitude(self, text: str) -> str | None:
        return _coordinate(text, 90)


def _coordinate(text: str, limit: int) -> str | None:
    if not text:
        return None
    if not _COORDINATE.fullmatch(text):
        raise Unfit("This is not a coordinate. Write degrees with at most 6 decimals, for example -2.462750.")
    if abs(float(text)) > limit:
        raise Unfit(f"A coordinate here lies between -{limit} and {limit}. Correct it.")
    return text
