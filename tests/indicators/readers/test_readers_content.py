"""C54, C64: what a file is, by its content; zips that are not what they seem."""

import gzip
import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from reader_files import (
    TIDY_HEADER,
    case_bytes,
    case_cells,
    csv_bytes,
    encrypted,
    read_cases,
    tidy_cells,
    tidy_sheet,
    words,
    workbook_bytes,
    zip_bytes,
)

from indicators.readers.checks import content_kind
from indicators.readers.problems import LISTED, FileRefused, Problems

TIDY = csv_bytes(TIDY_HEADER, [tidy_cells()])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def excel_bytes() -> bytes:
    """Return a workbook as a library writes it."""
    book = openpyxl.Workbook()
    book.active.append(TIDY_HEADER)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def retyped(content_type: str) -> bytes:
    """Return a workbook whose main part says it is something else."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="application/vnd.{content_type}"/></Types>'
    )
    return workbook_bytes([tidy_sheet()], parts={"[Content_Types].xml": types})


def torn(content: bytes) -> bytes:
    """Return a zip with a wrong byte in the packed text of its list of content types."""
    changed = bytearray(content)
    place = changed.index(b"[Content_Types].xml") + 40
    changed[place : place + 20] = bytes(20)
    return bytes(changed)


@pytest.mark.parametrize("name", ["file.csv", "file.xlsx", "file.zip", "file.pdf", "=cmd.csv", "\u202efdp.csv", "a\nb"])
@pytest.mark.parametrize(
    ("content", "kind"), [(TIDY, "csv"), (excel_bytes(), "xlsx"), (zip_bytes({"a.csv": TIDY}), "zip")]
)
def test_content_kind_any_name_is_told_by_content(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert content_kind(path) == kind


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"row_id,value\r\n%PDF-1.7 hidden below a header\r\n", "PDF"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "HTML"),
        (b"\xef\xbb\xbf\r\n <!DOCTYPE html>", "HTML"),
        ("<html>".encode("utf-16"), "HTML"),
        (b'<?xml version="1.0"?><Workbook/>', "XML"),
        (b'{"rows": []}', "JSON"),
        (OLE, "old Excel"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\x1f\x8b\x08\x00rest", "gzip"),
        (b"7z\xbc\xaf\x27\x1crest", "7z"),
        (b"Rar!\x1a\x07rest", "RAR"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"MZ\x90\x00", "program"),
        (zip_bytes({"a.csv": TIDY})[:-30], "damaged"),
        (torn(excel_bytes()), "damaged"),
        (b"%PDF-1.7\n" + zip_bytes({"a.csv": TIDY}), "PDF"),
        (b"PK prefix " + zip_bytes({"a.csv": TIDY}), "in front"),
        (zip_bytes({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}), ".ods"),
        (retyped("ms-excel.sheet.macroEnabled.main+xml"), ".xlsm"),
        (workbook_bytes([tidy_sheet()], parts={"xl/vbaProject.bin": OLE}), "macros"),
        (retyped("ms-excel.sheet.binary.macroEnabled.main"), "macros"),
        (retyped("ms-excel.sheet.binary.main"), ".xlsb"),
        (retyped("openxmlformats-officedocument.wordprocessingml.document.main+xml"), "not an Excel workbook"),
    ],
)
def test_content_kind_other_content_is_refused_by_name(tmp_path: Path, content: bytes, named: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as refused:
        content_kind(path)
    assert named in words(refused.value.problems)


def linked() -> bytes:
    """Return a zip with a symbolic link in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("2020-09-x.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return stream.getvalue()


def twice() -> bytes:
    """Return a zip that holds one name twice."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a.csv", TIDY)
        archive.writestr("a.csv", TIDY)
    return stream.getvalue()


def overlapping() -> bytes:
    """Return a zip whose central directory lists the same bytes as many files (a zip bomb of the better kind)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.csv", b"x" * 200_000)
        kernel = archive.infolist()[0]
        for number in range(1, 1_000):
            copy = zipfile.ZipInfo(f"{number}.csv")
            for name in ("CRC", "compress_size", "file_size", "compress_type", "header_offset"):
                setattr(copy, name, getattr(kernel, name))
            archive.filelist.append(copy)
    return stream.getvalue()


def lying() -> bytes:
    """Return a zip whose directory says its file is small although it unpacks to more."""
    content = bytearray(zip_bytes({"2020-09-a.csv": case_bytes(*[case_cells()] * 1_000)}))
    place = content.rindex(b"PK\x01\x02") + 24
    content[place : place + 4] = (100).to_bytes(4, "little")
    return bytes(content)


GOOD = case_bytes(case_cells())


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: zip_bytes({"../../evil.csv": GOOD}), "outside the zip"),
        (lambda: zip_bytes({"/etc/evil.csv": GOOD}), "outside the zip"),
        (lambda: zip_bytes({"C:/evil.csv": GOOD}), "outside the zip"),
        (lambda: zip_bytes({"..\\evil.csv": GOOD}), "outside the zip"),
        (lambda: zip_bytes({"a\u202eb.csv": GOOD}), "hidden"),
        (lambda: zip_bytes({"a\nb.csv": GOOD}), "hidden"),
        (lambda: zip_bytes({"a" * 300 + ".csv": GOOD}), "longer than 240"),
        (lambda: encrypted(zip_bytes({"a.csv": GOOD})), "password"),
        (lambda: zip_bytes({"a.csv": b"x" * (20 * 1024**2)}), "far more"),
        (lambda: zip_bytes({f"{n}.csv": b"" for n in range(5_001)}), "5,001 files"),
        (lambda: zip_bytes({"x/a.csv": GOOD, "y/a.csv": GOOD}), "twice"),
        (lambda: zip_bytes({"folder/": b""}), "no file"),
        (lambda: zip_bytes({"inner.zip": zip_bytes({"a.csv": GOOD})}), "inside the zip"),
        (lambda: zip_bytes({"a.csv": gzip.compress(zip_bytes({"a.csv": GOOD}))}), "inside the zip"),
        (lambda: zip_bytes({"a.csv": b"\x1f\x8b\x08\x00rest"}), "gzip"),
        (lambda: zip_bytes({"a.csv": b"%PDF-1.7"}), "PDF"),
        (lambda: zip_bytes({"a.csv": GOOD, "readme.txt": b"About this file\r\n"}), 'column "Month" is missing'),
        (linked, "link"),
        (twice, "same name"),
        (overlapping, "overlap"),
        (lying, "damaged"),
    ],
)
def test_read_hostile_zip_is_refused_by_name(tmp_path: Path, build: Callable[[], bytes], named: str) -> None:
    _, reader = read_cases(tmp_path, build())
    assert named in words(reader.problems)


def test_read_huge_zip_is_refused_before_unpacking(tmp_path: Path) -> None:
    content = bytearray(zip_bytes({"a.csv": GOOD, "b.csv": GOOD}))
    for name in (b"a.csv", b"b.csv"):
        place = content.rindex(name) - 46 + 24
        content[place : place + 4] = (0xF0000000).to_bytes(4, "little")
    _, reader = read_cases(tmp_path, bytes(content))
    assert "at most 4,096 MB" in words(reader.problems)


def test_read_zip_with_dust_of_macos_reads_the_rest(tmp_path: Path) -> None:
    content = zip_bytes({
        "2020-09/": b"", "2020-09/2020-09-lancashire-street.csv": GOOD, "2020-09/.DS_Store": b"\0\0",
        "__MACOSX/2020-09/._2020-09-lancashire-street.csv": b"\0\5\x16\7", "Thumbs.db": OLE,
    })  # fmt: skip
    cases, reader = read_cases(tmp_path, content)
    assert not reader.problems, words(reader.problems)
    assert [case[1] for case in cases] == ["2020-09/2020-09-lancashire-street.csv"]


def test_problems_beyond_the_cap_are_counted_and_closed() -> None:
    problems = Problems()
    for row in range(LISTED + 7):
        problems.add("x", row=row, value="v" * 300)
    assert problems.count == LISTED + 7
    assert len(problems.listed) == LISTED
    assert len(problems.listed[0].value) == 200
    assert "10,007 problems" in problems.lines()[-1].message
