"""Rows of a force's own extract, put into the form of the street-level format as a layout says.

Each distinct text is resolved once and remembered, so that a row costs a handful of look-ups.
"""

from collections.abc import Iterator

from indicators.readers.areas import CODE
from indicators.readers.case_values import CaseLookups, Remembered
from indicators.readers.headers import Columns
from indicators.readers.layouts import Layout
from indicators.readers.packed_tables import Roles, decimals
from indicators.readers.problems import Unfit
from indicators.readers.texts import BLANKS, Guesses
from indicators.readers.written_dates import read_day, read_month

# The columns of a layout in the order in which `Extract.street_row` takes them; those of flags follow.
TAKEN = (
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code",
    "LSOA name", "Crime type", "Last outcome category", "Context", "Date", "Offence",
)  # fmt: skip
# What stands before the slug of an area that is no small area, so that it can never be taken for a code.
PLACE = "="

_MAP = "Add it to the profile's value map, or correct it in the source."
_GONE = 'The profile reads this as "{}", which is not known any more. Correct the profile.'

Fields = tuple[str, ...]


class Extract:
    """How the rows of one extract become rows of the street-level format."""

    def __init__(self, layout: Layout, lookups: CaseLookups) -> None:
        """Start with empty memories."""
        self._layout = layout
        self._lookups = lookups
        self._has_month = "Month" in layout.columns
        self._guesses = Guesses(found=_MAP, not_found=_MAP)
        self._crime_types = {crime_type for crime_type, _ in lookups.categories}
        self._months: Remembered[str, str] = Remembered(self._month)
        self._days: Remembered[str, str] = Remembered(self._day)
        self._areas: Remembered[str, str] = Remembered(self._area)
        self._offences: Remembered[tuple[str, str], tuple[str, str]] = Remembered(self._offence)
        self._flags: Remembered[Fields, str] = Remembered(self._flags_of)
        self._degrees: Remembered[str, str] = Remembered(decimals)

    @property
    def names(self) -> Fields:
        """The extract's own names of the columns that are read, in the order in which they are taken; "" for none."""
        return (*(self._layout.columns.get(held, "") for held in TAKEN), *self._layout.flags)

    @property
    def columns(self) -> Columns:
        """What the columns must be called."""
        read = tuple(name for name in self.names if name)
        return Columns(read, self._layout.ignored, advice="Delete it, or say in the profile what it holds.")

    @property
    def roles(self) -> Roles:
        """What the columns hold, for the cells of a workbook."""
        of = self._layout.columns
        degrees = {of[held] for held in ("Longitude", "Latitude") if held in of}
        months, days = ({of[held]} if held in of else set() for held in ("Month", "Date"))
        return Roles(frozenset(days), frozenset(months), frozenset(degrees), frozenset(self._layout.ignored))

    def street_row(self, cells: Fields) -> Fields:
        """Return the 15 fields of the street-level format for the cells of `names`. `Unfit` for the first fault."""
        (reference, month, by, within, east, north, location, area, area_name, crime_type, outcome, context, day,
         offence, *flags) = cells  # fmt: skip
        date = self._days[day]
        category = self._offences[crime_type, offence]
        return (
            reference, self._months[month] if self._has_month else date[:7], by, within, self._degrees[east],
            self._degrees[north], location, self._areas[area], area_name, category[0], outcome, context, date,
            category[1], self._flags[tuple(flags)] if flags else "",
        )  # fmt: skip

    def faults(self, cells: Fields) -> Iterator[tuple[str, str, str]]:
        """Yield (column, value, what is wrong and what to do) for every cell that has no meaning."""
        of = dict(zip(TAKEN, cells, strict=False))
        own = self._layout.columns
        found = [
            ("Month", of["Month"], self._months.fault_of(of["Month"]) if self._has_month else ""),
            ("Date", of["Date"], self._days.fault_of(of["Date"])),
            ("LSOA code", of["LSOA code"], self._areas.fault_of(of["LSOA code"])),
            (
                "Offence" if of["Offence"] else "Crime type",
                of["Offence"] or of["Crime type"],
                self._offences.fault_of((of["Crime type"], of["Offence"])),
            ),
        ]
        for held, value, fault in found:
            if fault:
                yield own[held], value, fault
        for column, value in zip(self._layout.flags, cells[len(TAKEN) :], strict=True):
            try:
                list(self._flags_in(column, value))
            except Unfit as unfit:
                yield column, value, str(unfit)

    def own_name(self, held: str) -> str:
        """Return the extract's own name of what the street-level format calls so."""
        month = self._layout.columns.get("Date", "") if held == "Month" else ""
        return self._layout.columns.get(held, month)

    def _month(self, text: str) -> str:
        if not text:
            raise Unfit("The month is blank. Fill it in.")
        return f"{read_month(text, self._layout.dates):%Y-%m}"

    def _day(self, text: str) -> str:
        if text:
            return read_day(text, self._layout.dates).isoformat()
        if self._has_month:
            return ""
        raise Unfit("The date is blank, and the month is taken from it. Fill it in.")

    def _area(self, text: str) -> str:
        """Return the code of a small area, "" without a location, or PLACE and the slug of another area."""
        slug = self._layout.areas.get(text)
        if slug is None and (not text or text in self._lookups.areas or CODE.fullmatch(text)):
            return text
        if slug is None:
            slug = self._lookups.districts.get(text)
        if slug is None:
            raise Unfit(self._guesses.unknown(text, [*self._layout.areas, *self._lookups.districts], "area"))
        area = self._lookups.places.get(slug)
        if area is None:
            raise Unfit(_GONE.format(slug))
        code = slug.upper()
        if code in self._lookups.areas:
            return code
        return "" if area == self._lookups.unlocated else f"{PLACE}{slug}"

    def _offence(self, texts: tuple[str, str]) -> tuple[str, str]:
        """Return crime type and offence; the more exact text decides, and is never left aside."""
        crime_type, offence = texts
        found = self._layout.offences.get(offence or crime_type)
        if found is None and offence:
            broad = self._layout.offences.get(crime_type, (crime_type, ""))[0]
            found = (broad, offence)
        elif found is None:
            found = (crime_type, "") if crime_type in self._crime_types else self._only_offence(crime_type)
        if found in self._lookups.categories:
            return found
        if (offence or crime_type) in self._layout.offences:
            raise Unfit(_GONE.format(": ".join(found)))
        if not offence and not crime_type:
            raise Unfit("The offence is blank. Fill it in, or say in the profile's value map what a blank means.")
        known = {*self._layout.offences, *self._crime_types, *(name for _, name in self._lookups.categories)} - {""}
        raise Unfit(self._guesses.unknown(offence or crime_type, known, "offence"))

    def _only_offence(self, text: str) -> tuple[str, str]:
        """Return the one offence of this name with its crime type; what is not known where there is none or several."""
        fitting = [(crime_type, name) for crime_type, name in self._lookups.categories if name and name == text]
        return fitting[0] if len(fitting) == 1 else ("", text)

    def _flags_of(self, cells: Fields) -> str:
        pairs = zip(self._layout.flags, cells, strict=True)
        return ";".join(sorted({flag for column, value in pairs for flag in self._flags_in(column, value)}))

    def _flags_in(self, column: str, value: str) -> Iterator[str]:
        """Yield the names of the flags that a marker means; several values may stand in it, parted by semicolons."""
        values = self._layout.flags[column]
        whole = [value] if value in values else [part.strip(BLANKS) for part in value.split(";")]
        for text in whole:
            flag = values.get(text, text)
            if flag and flag not in self._lookups.flags:
                known = [*values, *self._lookups.flags]
                words = self._guesses.unknown(text, known, "marker") if text not in values else _GONE.format(flag)
                raise Unfit(words)
            if flag:
                yield flag
