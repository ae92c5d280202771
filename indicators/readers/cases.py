"""Case files: one recorded crime or incident per row, as CSV or as a zip of CSV files, read in one pass.

A row costs a few dictionary look-ups and one or two hashes; everything slower is done once per distinct text, or
only for rows in which something is wrong.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from hashlib import blake2b
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import IO

from indicators.periods import month_text
from indicators.readers.archives import DAMAGED, DAMAGED_WORDS, LARGEST_TOTAL, Member, open_zip
from indicators.readers.case_values import CaseLookups, CaseValues
from indicators.readers.checks import kind_of
from indicators.readers.dates import parse_month, today_here
from indicators.readers.decoding import CsvText
from indicators.readers.grids import CUT_OFF, width_fault
from indicators.readers.headers import (
    SEARCHED,
    TOTALS_FAULT,
    Columns,
    Header,
    is_header,
    is_totals_row,
    read_header,
    title_rows_fault,
)
from indicators.readers.problems import FileRefused, Problems, Unfit, refusal
from indicators.readers.texts import BLANKS, spreadsheet_damage, text_fault

__all__ = ["COLUMNS", "CaseLookups", "CaseReader", "CaseTuple"]

COLUMNS = Columns(
    (
        "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code",
        "LSOA name", "Crime type", "Last outcome category", "Context",
    ),
    ("Date", "Offence", "Flags"),
)  # fmt: skip
LIMITS = {"Context": 2_000}  # characters
LIMIT = 500

# Row number, file in the zip, month, key, content, reference, day, longitude, latitude, location, area id,
# code and
# name of the small area, category id, outcome, context, flag ids: in the order of the staging table.
CaseTuple = tuple[
    int, str, date, str, str, str, date | None, str | None, str | None, str, int, str, str, int, str, str, list[int]
]  # fmt: skip

_IN_MEMORY = 32 * 1024**2
_SEPARATOR = "\x1f"  # no field can hold it: control characters are refused
_MONTH_NAMED = re.compile(r"([0-9]{4}-[0-9]{2})-")
_DIGEST = 16
_SHORT = 16  # characters; the official identifiers have 64, what a spreadsheet makes of one has fewer than 16
_HALF_PLACE = "Longitude and latitude must both be filled in or both be blank. Correct one of them."


class CaseReader:
    """The cases of one file. Iterate once: good rows come out ready to load, bad ones end up in `problems`.

    `rows` and `bytes_read` count what has been read so far, of `total_bytes` unpacked; `months` are those seen;
    `notes` says in words what a person should know although nothing is wrong. `bad_rows` counts the rows that were
    left out by month (None = a month that cannot be read); `is_broken` says that more than single rows is wrong.
    """

    def __init__(
        self,
        path: Path,
        lookups: CaseLookups,
        today: date | None = None,
        only: Collection[str] | None = None,
        values: CaseValues | None = None,
    ) -> None:
        """Look at the file's content; `only` names the members of a zip to be read, None means all.

        `values` are the memories of an earlier reading with the same lookups, which save time.
        Never raises for a bad file: `problems` says what is wrong.
        """
        self.problems = Problems()
        self.rows = 0
        self.notes: list[str] = []
        self.bad_rows: Counter[date | None] = Counter()
        self.is_broken = False
        self.total_bytes = 0
        self._only = only
        self._named: date | None = None  # the month in the name of the file that is read
        self._path = path
        self._today = today or today_here()
        self._values = values or CaseValues(lookups, self._today)
        self._done = 0  # bytes of the files already finished
        self._current: IO[bytes] | None = None
        self._members: list[Member] = []
        self._forces: set[str] = set()
        self._files_of: dict[date, list[str]] = {}
        try:
            self._look()
        except FileRefused as refused:
            self._break(refused.problems)

    @property
    def values(self) -> CaseValues:
        """The memories of this reading, for the next one."""
        return self._values

    @property
    def months(self) -> set[date]:
        """The first days of the months seen so far."""
        return {*self._files_of, *self._values.months.values()}

    @property
    def bytes_read(self) -> int:
        """How many unpacked bytes have been read so far."""
        return self._done + (self._current.tell() if self._current and not self._current.closed else 0)

    def _look(self) -> None:
        """Settle what kind of file this is and how large; nothing is unpacked."""
        with self._path.open("rb") as stream:
            kind = kind_of(stream)
            if kind == "xlsx":
                raise refusal("Cases are read from CSV, not from an Excel workbook. Save the sheet as CSV UTF-8.")
            if kind == "csv":
                self.total_bytes = stream.seek(0, 2)
                if self.total_bytes > LARGEST_TOTAL:
                    raise refusal("The file is larger than 4 GiB. Split it by month.")
                return
            archive, members = open_zip(stream)
            archive.close()
            self._members = [one for one in members if self._only is None or one.name in self._only]
            self.total_bytes = sum(member.size for member in self._members)

    def parts(self) -> list[tuple[tuple[str, ...], int]]:
        """Return what can be read side by side, as (names of members, their bytes): one month each where names tell.

        A file that is not a zip, or a zip with a member whose name says no month, is one part.
        """
        months: dict[str, list[Member]] = {}
        for member in self._members:
            named = _MONTH_NAMED.match(member.base)
            months.setdefault(named[1] if named else "", []).append(member)
        if "" in months or not months:
            return [(tuple(member.name for member in self._members), self.total_bytes)]
        return [
            (tuple(member.name for member in group), sum(member.size for member in group))
            for _, group in sorted(months.items())
        ]

    def _break(self, problems: Problems) -> None:
        self.is_broken = True
        self.problems.include(problems)

    def __iter__(self) -> Iterator[CaseTuple]:
        """Yield the good rows, file by file in the order of their names."""
        if self.problems:
            return
        with self._path.open("rb") as stream:
            if not self._members:
                yield from self._file(stream, "")
                self._current, self._done = None, self.total_bytes
            else:
                with zipfile.ZipFile(stream) as archive:
                    for member in self._members:
                        yield from self._member(archive, member)
        if not self.rows and not self.problems:
            self.is_broken = True
            self.problems.add("There are no cases below the header. Nothing was changed; send a file with rows.")
        self._note_what_was_seen()

    def _member(self, archive: zipfile.ZipFile, member: Member) -> Iterator[CaseTuple]:
        """Read one file of a zip; a damaged one is a problem and the next is read."""
        try:
            with archive.open(member.name) as packed:
                # One unpacking serves both the scan and the reading, where the file is small enough.
                stream = io.BytesIO(packed.read()) if member.size <= _IN_MEMORY else packed
                if kind_of(stream, member.name) != "csv":
                    raise refusal(
                        "A zip or a workbook stands inside the zip. Put in CSV files only.", sheet=member.name
                    )
                yield from self._file(stream, member.name)
        except FileRefused as refused:
            self._break(refused.problems)
        except DAMAGED:
            self.is_broken = True
            self.problems.add(DAMAGED_WORDS, sheet=member.name)
        self._current = None
        self._done += member.size

    def _file(self, stream: IO[bytes], member: str) -> Iterator[CaseTuple]:
        """Read one CSV text; a refusal in the middle ends it and is a problem."""
        self._current = stream
        named = _MONTH_NAMED.match(member.rpartition("/")[2])
        self._values.start_file(named[1] if named else "")
        self._named = parse_month(named[1]) if named else None
        before = self.rows
        try:
            text = CsvText(stream, COLUMNS.names, member)
            if (text.layout.encoding, text.layout.delimiter) not in {("utf-8", ","), ("utf-8-sig", ",")}:
                self.notes.append(f"{member or 'The file'} was read as {text.layout.words}.")
            rows = text.rows()
            header = self._header(rows, member)
            yield from self._cases(self._fields(rows, header, text, member), member)
        except FileRefused as refused:
            self._break(refused.problems)
            return
        if member and self.rows == before:
            self.problems.add("This file holds no cases. Leave it out, or send one with rows.", sheet=member)

    def _header(self, rows: Iterator[tuple[int, int, list[str]]], member: str) -> Header:
        """Read the header, or refuse with all that is wrong with it."""
        row, cells = next(((row, cells) for row, _, cells in rows if any(cells)), (0, [""]))
        if not row:
            raise refusal("The file is empty. Export it again and send the new one.", sheet=member)
        if not is_header(cells, COLUMNS):
            for later, _, others in islice(rows, SEARCHED):
                if is_header(others, COLUMNS):
                    raise refusal(title_rows_fault(later), row=later, sheet=member)
        problems = Problems()
        header = read_header(row, cells, COLUMNS, problems, member)
        if row != 1:
            problems.add(title_rows_fault(row), row=row, sheet=member)
        if problems:
            raise FileRefused(problems)
        return header

    def _fields(
        self, rows: Iterator[tuple[int, int, list[str]]], header: Header, text: CsvText, member: str
    ) -> Iterator[tuple[int, tuple[str, ...], str]]:
        """Yield (row, its 15 fields in the order of COLUMNS, the same joined) for every row whose form is right."""
        width, is_plain = header.width, text.layout.is_plain
        # A column the file does not have is read from the blank cell that is added at the end of each row.
        pick = itemgetter(*(header.places.get(name, width) for name in COLUMNS.names))
        last, blank, short = header.row, 0, 0
        for row, further, cells in rows:
            last = row + further
            if not any(cells):
                blank = blank or row
                continue
            self.rows += 1
            if len(cells) != width or further or blank:
                self.bad_rows[self._named] += 1
                self._note_form(row, further, len(cells) - width, blank, member)
                blank, short = 0, row if len(cells) < width else 0
                continue
            cells.append("")
            fields: tuple[str, ...] = pick(cells)
            joined = _SEPARATOR.join(fields)
            # Only a row that may hold something odd is looked at field by field.
            if (
                not is_plain
                or len(joined) > LIMIT
                or " \x1f" in joined
                or "\x1f " in joined
                or joined[0] == " "
                or joined[-1] == " "
            ):
                fields = tuple(field.strip(BLANKS) for field in fields)
                if self._has_text_fault(row, fields, member):
                    self.bad_rows[self._named] += 1
                    continue
                joined = _SEPARATOR.join(fields)
            yield row, fields, joined
        if not text.layout.ends_with_line:
            self.is_broken = True
            end = "its last row is short and unfinished" if short == last else "its last line has no line break"
            self.problems.add(CUT_OFF.format(end), row=last, sheet=member)

    def _cases(self, rows: Iterator[tuple[int, tuple[str, ...], str]], member: str) -> Iterator[CaseTuple]:
        """Yield the cases in rows of the right form. This loop is all that most rows ever see."""
        values = self._values
        months, areas, categories, flags = values.months, values.areas, values.categories, values.flags
        days, longitudes, latitudes, forces = values.days, values.longitudes, values.latitudes, self._forces
        unused = blake2b(digest_size=_DIGEST).copy
        for row, fields, joined in rows:
            (reference, month_code, _, force, east, north, location, code, name, crime_type, outcome, context,
             day_text, offence, flag_names) = fields  # fmt: skip
            try:
                month = months[month_code]
                area = areas[code]
                category = categories[crime_type, offence]
                longitude, latitude = longitudes[east], latitudes[north]
                day, day_code = days[month_code, day_text] if day_text else (None, "")
                flag_ids, flag_code = flags[flag_names]
                if (longitude is None) is not (latitude is None):
                    raise Unfit(_HALF_PLACE)
                if reference and len(reference) < _SHORT and spreadsheet_damage(reference):
                    raise Unfit(spreadsheet_damage(reference))
            except Unfit as unfit:
                self.bad_rows[self._named or months.get(month_code)] += 1
                self._explain(row, fields, member, str(unfit))
                continue
            forces.add(force)
            if day_text or flag_names:
                joined = _SEPARATOR.join((*fields[:12], day_code, offence, flag_code))
            # A copy is made in half the time of a new one.
            hashing = unused()
            hashing.update(joined.encode())
            content = key = hashing.hexdigest()
            if reference:
                hashing = unused()
                hashing.update(reference.encode())
                key = hashing.hexdigest()
            yield (
                row, member, month, key, content, reference, day,
                longitude, latitude, location, area, code, name, category, outcome, context, flag_ids,
            )  # fmt: skip
        for month in months.values():
            self._files_of.setdefault(month, []).append(member)

    def _note_form(self, row: int, further: int, surplus: int, blank: int, member: str) -> None:
        """Note a row with too few or too many columns, one of several lines, or blank rows above it."""
        if blank:
            message = "This row is blank but rows follow it. Delete it, or fill it in."
            self.problems.add(message, row=blank, sheet=member)
        if surplus:
            self.problems.add(width_fault(surplus), row=row, sheet=member)
        elif further:
            message = (
                "This row runs over several lines. Delete the line break, or close the "
                'quotation mark (") that opens in it.'
            )
            self.problems.add(message, row=row, sheet=member)

    def _has_text_fault(self, row: int, fields: tuple[str, ...], member: str) -> bool:
        """Note every field with hidden or garbled characters or too much text, and say whether there is one."""
        found = False
        for column, field in zip(COLUMNS.names, fields, strict=True):
            fault = text_fault(field, LIMITS.get(column, LIMIT)) if field else ""
            if fault:
                self.problems.add(fault, row=row, column=column, value=field, sheet=member)
                found = True
        return found

    def _explain(self, row: int, fields: tuple[str, ...], member: str, first: str) -> None:
        """Note everything that is wrong with a row of which at least one field cannot be taken."""
        if self.problems.is_full or is_totals_row([*fields[:2], *fields[6:10]]):
            self.problems.add(first if self.problems.is_full else TOTALS_FAULT, row=row, sheet=member)
            return
        named = dict(zip(COLUMNS.names, fields, strict=True))
        before = self.problems.count
        for column, fault in self._values.faults(named):
            if fault:
                self.problems.add(fault, row=row, column=column, value=named[column], sheet=member)
        damage = spreadsheet_damage(named["Crime ID"])
        if damage:
            self.problems.add(damage, row=row, column="Crime ID", value=named["Crime ID"], sheet=member)
        if self.problems.count == before:
            self.problems.add(first, row=row, sheet=member)

    def _note_what_was_seen(self) -> None:
        """Say in words what is unusual in the file as a whole."""
        names = sorted(name for name in self._forces if name)
        if len(names) > 1:
            self.notes.append(f"The cases fall within more than one force: {', '.join(names[:10])}.")
        for month, files in sorted(self._files_of.items()):
            if len(files) > 1:
                self.notes.append(
                    f"{month_text(month)} stands in {len(files)} files of the zip: {', '.join(files[:5])}."
                )
