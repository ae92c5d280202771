"""What a file is, by its content: the fingerprint of its bytes and its kind. Names and extensions say nothing."""

import zipfile
from pathlib import Path
from typing import IO, Literal

from indicators.readers.archives import DAMAGED, DAMAGED_WORDS
from indicators.readers.problems import refusal

ContentKind = Literal["csv", "xlsx", "zip"]

_HEAD = 65_536
_OLE_SEARCHED = 32 * 1024 * 1024
_TYPES_PART = "[Content_Types].xml"
_TYPES_LIMIT = 1024 * 1024
_AS_CSV = "Save it as CSV UTF-8 or as an Excel workbook (.xlsx) and send that."

_PACKED = {
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "RAR",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
_PICTURES = {b"\x89PNG": "PNG picture", b"\xff\xd8\xff": "JPEG picture", b"GIF8": "GIF picture"}
_PROGRAMS = {b"MZ": "program", b"\x7fELF": "program", b"SQLite format 3": "database"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def content_kind(path: Path) -> ContentKind:
    """Return whether a file is CSV text, an Excel workbook or a zip. `FileRefused` names everything else."""
    with path.open("rb") as stream:
        return kind_of(stream)


def kind_of(stream: IO[bytes], sheet: str = "") -> ContentKind:
    """Return the kind of an open file, as `content_kind` does. `sheet` is its name inside a zip."""
    stream.seek(0)
    head = stream.read(_HEAD)
    if not head:
        raise refusal("The file is empty (0 bytes). Export it again and send the new one.", sheet=sheet)
    if head.startswith(b"PK"):
        return _kind_of_zip(stream, head, sheet)
    if head.startswith(_OLE):
        stream.seek(0)
        is_encrypted = "EncryptedPackage".encode("utf-16-le") in stream.read(_OLE_SEARCHED)
        raise refusal(_OLE_ENCRYPTED if is_encrypted else _OLE_OLD, sheet=sheet)
    _refuse_foreign(head, sheet)
    return "csv"


_OLE_ENCRYPTED = (
    "The workbook is encrypted with a password. Remove the password in Excel (File, "
    "Info, Protect Workbook) and save it again."
)
_OLE_OLD = f"This is an old Excel or Office file (.xls), whatever its name says. {_AS_CSV}"


def _refuse_foreign(head: bytes, sheet: str) -> None:
    """Raise `FileRefused` when the first bytes are not those of a text table."""
    for magics, words in ((_PICTURES, "a {}"), (_PROGRAMS, "a {}"), (_PACKED, "a file packed with {}")):
        for magic, name in magics.items():
            if head.startswith(magic):
                what = words.format(name)
                fix = "Unpack it, or pack it as an ordinary zip." if magics is _PACKED else _AS_CSV
                raise refusal(f"This is {what}, not a table, whatever its name says. {fix}", sheet=sheet)
    if b"%PDF-" in head[:1024]:
        raise refusal(
            f"This is a PDF, whatever its name says. Go to the table it was made from. {_AS_CSV}", sheet=sheet
        )
    start = head[:4096].decode("utf-16", "ignore") if head.startswith(_UTF16) else head[:4096].decode("latin-1")
    start = start.removeprefix("ï»¿").lstrip().lower()
    if start.startswith("<"):
        what = "a web page (HTML)" if "<html" in start or "<table" in start or "<!doctype" in start else "XML"
        raise refusal(f"This is {what}, not a table, whatever its name says. Open it in Excel. {_AS_CSV}", sheet=sheet)
    if start.startswith(("{", "[")):
        raise refusal(f"This looks like JSON, not a table. {_AS_CSV}", sheet=sheet)


def _kind_of_zip(stream: IO[bytes], head: bytes, sheet: str) -> ContentKind:
    """Tell a plain zip from the office formats that are zips inside."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            names = {member.filename.lower() for member in members}
            is_first = not members or min(member.header_offset for member in members) == 0
            types = _part(archive, _TYPES_PART)
            mimetype = _part(archive, "mimetype")
    except DAMAGED:
        raise refusal(DAMAGED_WORDS, sheet=sheet) from None
    if not is_first or not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise refusal("Something else stands in front of the zip inside this file. Make the zip again.", sheet=sheet)
    if b"opendocument" in mimetype:
        raise refusal(f"This is an OpenDocument file (.ods). {_AS_CSV}", sheet=sheet)
    if not types and _TYPES_PART.lower() not in names:
        return "zip"
    if b"macroenabled" in types or any("vbaproject" in name for name in names):
        raise refusal(
            "The workbook holds macros (.xlsm). Save it as an Excel workbook without macros (.xlsx).",
            sheet=sheet,
        )
    if b"sheet.binary" in types:
        raise refusal(f"This is a binary Excel workbook (.xlsb). {_AS_CSV}", sheet=sheet)
    if b"spreadsheetml.sheet.main+xml" not in types:
        raise refusal(f"This is an Office file but not an Excel workbook. {_AS_CSV}", sheet=sheet)
    return "xlsx"


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the start of a small part in lower case, empty when there is none."""
    if name not in archive.NameToInfo:
        return b""
    with archive.open(name) as part:
        return part.read(_TYPES_LIMIT).lower()
