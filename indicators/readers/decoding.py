"""CSV text of unknown encoding: scanned once for what could garble it, then read row by row in bounded memory."""

import codecs
import contextlib
import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import count, repeat
from typing import IO

from indicators.readers.problems import FileRefused, refusal

CHUNK = 1024 * 1024
PIECE = 128 * 1024  # characters
MOST_LINES_IN_A_ROW = 1_000
_HEAD_LINES = 20
_HEAD_BYTES = 65_536
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
_CONTROLS = bytes({*range(32), 127} - {9, 10, 13})
_AS_UTF8 = "Export the file again from its source as CSV UTF-8."
_QUOTE = (
    'A quotation mark (") opens in this row and is not closed where it should be. Close it, double it, or delete it.'
)
_LONG = (
    'A field of this row is longer than 100,000 characters. Look for a quotation mark (") that opens '
    "in this row and "
    "is not closed."
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a CSV text is written. `is_plain`: printable ASCII only, so that fields need no look at characters."""

    encoding: str
    delimiter: str
    is_plain: bool
    ends_with_line: bool

    @property
    def words(self) -> str:
        """The layout in words, for the preview."""
        return f"CSV text in {_ENCODINGS[self.encoding]}, columns separated by {_DELIMITERS[self.delimiter]}"


@dataclass(frozen=True, slots=True)
class _Scan:
    encoding: str
    is_plain: bool
    has_tabs: bool
    has_quotes: bool
    ends_with_line: bool


class CsvText:
    """One CSV text in a seekable stream. `expected` are the column names by which the separator is found."""

    def __init__(self, stream: IO[bytes], expected: Collection[str], sheet: str = "") -> None:
        """Scan the whole text. `FileRefused` for NUL bytes, an unknown or mixed encoding, or an endless line."""
        self._stream = stream
        self._sheet = sheet
        self._row_start = 1
        scan = self._scan()
        self._has_quotes = scan.has_quotes
        delimiter = self._delimiter(scan.encoding, expected)
        self.layout = Layout(
            scan.encoding,
            delimiter,
            scan.is_plain and not (scan.has_tabs and delimiter != "\t"),
            scan.ends_with_line,
        )

    def rows(self) -> Iterator[tuple[int, int, list[str]]]:
        """Yield (line where the row starts, how many more lines it takes, fields) for every row, header included.

        `FileRefused` in the middle for a quotation mark that is not closed.
        """
        self._stream.seek(0)
        text = io.TextIOWrapper(self._stream, encoding=self.layout.encoding, newline="")
        self._row_start = 1
        try:
            if self._has_quotes:
                yield from self._quoted_rows(text)
            else:
                yield from self._plain_rows(text)
        except csv.Error as error:
            message = _LONG if "limit" in str(error) else _QUOTE
            raise self._refused(message, row=self._row_start if self._has_quotes else None) from None
        finally:
            # The wrapper would close the stream with itself; it may be closed already when rows are left unread.
            with contextlib.suppress(ValueError):
                text.detach()

    def _plain_rows(self, text: io.TextIOWrapper) -> Iterator[tuple[int, int, list[str]]]:
        """Yield the rows of a text without a quotation mark: every line is one, cut at each separator.

        That is all the csv module would do, in a third of its time.
        """
        delimiter, first, rest = self.layout.delimiter, 1, ""
        while piece := text.read(PIECE):
            while piece.endswith("\r") and (following := text.read(1)):
                piece += following
            piece = rest + piece
            if "\r" in piece:
                piece = piece.replace("\r\n", "\n").replace("\r", "\n")
            *lines, rest = piece.split("\n")
            for line in (*lines[:1], rest):  # no other can be longer than a piece
                if len(line) > PIECE and max(map(len, line.split(delimiter))) > csv.field_size_limit():
                    raise csv.Error("field larger than field limit")
            yield from zip(count(first), repeat(0), [line.split(delimiter) for line in lines])
            first += len(lines)
        if rest:
            yield first, 0, rest.split(delimiter)

    def _quoted_rows(self, text: io.TextIOWrapper) -> Iterator[tuple[int, int, list[str]]]:
        """Yield rows that may run over several lines."""
        reader = csv.reader(self._lines(text), delimiter=self.layout.delimiter, strict=True)
        first = 1
        for fields in reader:
            last = reader.line_num
            yield first, last - first, fields
            self._row_start = first = last + 1

    def _lines(self, text: io.TextIOWrapper) -> Iterator[str]:
        """Pass lines on, and stop when one row swallows them without end."""
        for number, line in enumerate(text, start=1):
            if number - self._row_start > MOST_LINES_IN_A_ROW:
                raise self._refused(_QUOTE, row=self._row_start)
            yield line

    def _scan(self) -> _Scan:
        """Read all bytes once, in chunks, and settle the encoding."""
        self._stream.seek(0)
        start = self._stream.read(4)
        if start in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
            raise self._refused(f"The file is encoded in UTF-32, which is not read here. {_AS_UTF8}")
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return self._scan_utf16()
        has_bom = start.startswith(codecs.BOM_UTF8)
        decoder = codecs.getincrementaldecoder("utf-8")()
        is_utf8, is_plain, has_tabs, has_quotes, last, before = True, not has_bom, False, False, b"", 0
        for chunk in self._chunks():
            if b"\0" in chunk:
                self._refuse_nul(chunk, before)
            self._refuse_endless(b"\n" in chunk or b"\r" in chunk, len(chunk))
            is_plain = is_plain and chunk.isascii() and len(chunk.translate(None, _CONTROLS)) == len(chunk)
            has_tabs = has_tabs or b"\t" in chunk
            is_utf8 = is_utf8 and _decodes(decoder, chunk)
            has_quotes = has_quotes or b'"' in chunk
            last = chunk
            before += chunk.count(b"\n")
        is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
        if is_utf8:
            encoding = "utf-8-sig" if has_bom else "utf-8"
        else:
            self._refuse_mixed(has_bom)
            encoding = "cp1252"
        return _Scan(encoding, is_plain, has_tabs, has_quotes, last.endswith((b"\n", b"\r")))

    def _scan_utf16(self) -> _Scan:
        """Check a text that says it is UTF-16; none of its characters may be lost or NUL."""
        decoder = codecs.getincrementaldecoder("utf-16")()
        self._stream.seek(0)
        last = ""
        try:
            for chunk in self._chunks():
                piece = decoder.decode(chunk)
                if "\0" in piece:
                    raise self._refused(f"The file holds NUL characters and may be damaged. {_AS_UTF8}")
                self._refuse_endless("\n" in piece or "\r" in piece, len(chunk))
                last = piece or last
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            message = f"The file says it is UTF-16 but is not, or was cut off on its way. {_AS_UTF8}"
            raise self._refused(message) from None
        return _Scan("utf-16", False, True, True, last.endswith(("\n", "\r")))

    def _chunks(self) -> Iterator[bytes]:
        self._stream.seek(0)
        while chunk := self._stream.read(CHUNK):
            yield chunk

    def _refuse_endless(self, has_line_end: bool, length: int) -> None:
        if not has_line_end and length == CHUNK:
            raise self._refused("One line of the file is longer than a million characters. This is not a table.")

    def _refuse_nul(self, chunk: bytes, lines_before: int) -> None:
        """Name the row of the first NUL byte; every second byte NUL is UTF-16 without its mark."""
        position = chunk.index(b"\0")
        if chunk.count(b"\0") * 3 > len(chunk):
            raise self._refused(f"The file looks like UTF-16 without its byte order mark. {_AS_UTF8}")
        row = lines_before + chunk.count(b"\n", 0, position) + 1
        raise self._refused("This row holds a NUL byte: the file is damaged or not a text. Export it again.", row=row)

    def _refuse_mixed(self, has_bom: bool) -> None:
        """Refuse a text that is neither UTF-8 throughout nor Windows-1252 throughout, by the first odd row."""
        self._stream.seek(0)
        utf8_row = 1 if has_bom else 0
        other_row = 0
        row = 0
        while line := self._stream.readline(2 * CHUNK):
            for part in line.splitlines():
                row += 1
                if part.isascii():
                    continue
                if _reads(part, "utf-8"):
                    utf8_row = utf8_row or row
                    continue
                other_row = other_row or row
                if not _reads(part, "cp1252"):
                    message = f"This row holds bytes that are neither UTF-8 nor Windows-1252. {_AS_UTF8}"
                    raise self._refused(message, row=row)
        if utf8_row and other_row:
            raise self._refused(
                f"The file mixes two encodings: row {utf8_row} is UTF-8, row {other_row} is not. {_AS_UTF8}",
                row=other_row,
            )

    def _delimiter(self, encoding: str, expected: Collection[str]) -> str:
        """Return the separator that finds most of the expected column names in the first lines."""
        self._stream.seek(0)
        head = self._stream.read(_HEAD_BYTES).decode(encoding, "ignore")
        lines = head.splitlines()[:_HEAD_LINES]
        wanted = {name.casefold() for name in expected}

        def found(delimiter: str) -> tuple[int, int]:
            cells = [[cell.strip(' "').casefold() for cell in line.split(delimiter)] for line in lines]
            return max((len(wanted.intersection(row)) for row in cells), default=0), lines[0].count(
                delimiter
            ) if lines else 0

        # The comma stands first and wins a draw.
        return max(_DELIMITERS, key=found)

    def _refused(self, message: str, *, row: int | None = None, value: str = "") -> FileRefused:
        return refusal(message, row=row, value=value, sheet=self._sheet)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _reads(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
