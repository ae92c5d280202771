"""Case files: one recorded crime or incident per row, in the street-level format or as a layout says, read in one pass.

Rows go by in blocks, column by column; everything slower is done once per distinct text, or only for rows in which
something is wrong.
"""

import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO

from indicators.periods import month_text
from indicators.readers.archives import DAMAGED, DAMAGED_WORDS, LARGEST_TOTAL, Member, open_zip
from indicators.readers.case_batches import COLUMNS, CaseBatch, CaseTuple, Meanings
from indicators.readers.case_blocks import Blocks, Place, Tally
from indicators.readers.case_values import CaseLookups, CaseValues
from indicators.readers.checks import kind_of
from indicators.readers.dates import parse_month, today_here
from indicators.readers.extracts import PLACE, Extract
from indicators.readers.headers import SEARCHED, Header, is_header, read_header, title_rows_fault
from indicators.readers.layouts import Layout
from indicators.readers.packed_tables import GZIP, Roles, Row, open_table
from indicators.readers.problems import FileRefused, Problems, refusal

__all__ = ["COLUMNS", "CaseBatch", "CaseLookups", "CaseReader", "CaseTuple"]

ROLES = Roles(frozenset({"Date"}), frozenset({"Month"}), frozenset({"Longitude", "Latitude"}))
LIMITS = {"Context": 2_000}  # characters

_IN_MEMORY = 32 * 1024**2
_MONTH_NAMED = re.compile(r"([0-9]{4}-[0-9]{2})-")


class CaseReader:
    """The cases of one file. Read once, by `batches` or one by one: good rows come out, bad ones end up in `problems`.

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
        layout: Layout | None = None,
        most_rows: int | None = None,
        values: CaseValues | None = None,
    ) -> None:
        """Look at the file's content; `only` names the members of a zip to be read, None means all.

        Without a `layout` it has the street-level format. At most `most_rows` rows of each table are read. `values`
        are the memories of an earlier reading of the same kind, which save time. Never raises for a bad file:
        `problems` says what is wrong.
        """
        self.notes: list[str] = []
        self.total_bytes = 0
        self._tally = Tally()
        self._only = only
        self._most_rows = most_rows
        self._path = path
        self._extract = Extract(layout, lookups) if layout else None
        self._columns = self._extract.columns if self._extract else COLUMNS
        own: Callable[[str], str] = self._extract.own_name if self._extract else str
        self._limits = {own(name): limit for name, limit in LIMITS.items()}
        self._roles = self._extract.roles if self._extract else ROLES
        self._names = self._extract.names if self._extract else COLUMNS.names
        places = {f"{PLACE}{slug}": pk for slug, pk in lookups.places.items()} if layout else {}
        self._values = values or CaseValues(lookups, today or today_here(), places)
        self._done = 0  # bytes of the files already finished
        self._position: Callable[[], int] | None = None
        self._members: list[Member] = []
        self._files_of: dict[date, list[str]] = {}
        try:
            self._look()
        except FileRefused as refused:
            self._break(refused.problems)

    @property
    def problems(self) -> Problems:
        """What is wrong with the file."""
        return self._tally.problems

    @property
    def rows(self) -> int:
        """How many rows have been read so far."""
        return self._tally.rows

    @property
    def bad_rows(self) -> Mapping[date | None, int]:
        """How many rows were left out so far, by month; None: of a month that cannot be read."""
        return self._tally.bad_rows

    @property
    def is_broken(self) -> bool:
        """Whether more than single rows is wrong."""
        return self._tally.is_broken

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
        """How many bytes of the files, a gzip's as it is packed, have been read so far."""
        try:
            return self._done + (self._position() if self._position else 0)
        except ValueError:  # the file is closed: reading ended early
            return self._done

    def _look(self) -> None:
        """Settle what kind of file this is and how large; nothing is unpacked."""
        with self._path.open("rb") as stream:
            is_packed = stream.read(len(GZIP)) == GZIP
            if is_packed or kind_of(stream) != "zip":
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
        self._tally.is_broken = True
        self.problems.include(problems)

    def __iter__(self) -> Iterator[CaseTuple]:
        """Yield the good rows one by one."""
        for batch in self.batches():
            yield from batch

    def batches(self) -> Iterator[CaseBatch]:
        """Yield the good rows by column, file by file in the order of their names."""
        if self.problems:
            return
        with self._path.open("rb") as stream:
            if not self._members:
                yield from self._file(stream, self.total_bytes, "")
                self._position, self._done = None, self.total_bytes
            else:
                with zipfile.ZipFile(stream) as archive:
                    for member in self._members:
                        yield from self._member(archive, member)
        if not self.rows and not self.problems:
            self._tally.is_broken = True
            self.problems.add("There are no cases below the header. Nothing was changed; send a file with rows.")
        self._note_what_was_seen()

    def _member(self, archive: zipfile.ZipFile, member: Member) -> Iterator[CaseBatch]:
        """Read one file of a zip; a damaged one is a problem and the next is read."""
        try:
            with archive.open(member.name) as packed:
                # One unpacking serves both the scan and the reading, where the file is small enough.
                stream = io.BytesIO(packed.read()) if member.size <= _IN_MEMORY else packed
                yield from self._file(stream, member.size, member.name)
        except DAMAGED:
            self._tally.is_broken = True
            self.problems.add(DAMAGED_WORDS, sheet=member.name)
        self._position = None
        self._done += member.size

    def _file(self, stream: IO[bytes], size: int, member: str) -> Iterator[CaseBatch]:
        """Read one table; a refusal in the middle ends it and is a problem."""
        named = _MONTH_NAMED.match(member.rpartition("/")[2])
        self._values.start_file(named[1] if named else "")
        place = Place(member, parse_month(named[1]) if named else None)
        meanings = Meanings(self._values, self._extract, self._tally, place)
        before, noted = self.rows, len(self.problems.listed)
        try:
            with open_table(stream, size, self._columns.names, self._roles, self.problems, member) as table:
                self._position = table.position
                if not table.is_usual:
                    self.notes.append(f"{member or 'The file'} was read as {table.words}.")
                header = self._header(table.rows, member)
                blocks = Blocks(table, header, self._names, self._limits, self._tally)
                for block in blocks.read(place, self._most_rows):
                    yield from meanings.batches(block)
                    self.problems.sort_from(noted)
                    noted = len(self.problems.listed)
        except FileRefused as refused:
            self._break(refused.problems)
            return
        for month in self._values.months.values():
            self._files_of.setdefault(month, []).append(member)
        if member and self.rows == before:
            self.problems.add("This file holds no cases. Leave it out, or send one with rows.", sheet=member)

    def _header(self, rows: Iterator[Row], member: str) -> Header:
        """Read the header, or refuse with all that is wrong with it."""
        row, cells = next(((row, cells) for row, _, cells in rows if any(cells)), (0, [""]))
        if not row:
            raise refusal("The file is empty. Export it again and send the new one.", sheet=member)
        if not is_header(cells, self._columns):
            for later, _, others in islice(rows, SEARCHED):
                if is_header(others, self._columns):
                    raise refusal(title_rows_fault(later), row=later, sheet=member)
        problems = Problems()
        header = read_header(row, cells, self._columns, problems, member)
        if row != 1:
            problems.add(title_rows_fault(row), row=row, sheet=member)
        if problems:
            raise FileRefused(problems)
        return header

    def _note_what_was_seen(self) -> None:
        """Say in words what is unusual in the file as a whole."""
        names = sorted(name for name in self._tally.forces if name)
        if len(names) > 1:
            self.notes.append(f"The cases fall within more than one force: {', '.join(names[:10])}.")
        for month, files in sorted(self._files_of.items()):
            if len(files) > 1:
                self.notes.append(
                    f"{month_text(month)} stands in {len(files)} files of the zip: {', '.join(files[:5])}."
                )
