"""Zips from outside: their names, sizes and members are checked before anything in them is read."""

import io
import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO

from indicators.readers.problems import FileRefused, Problems, refusal
from indicators.readers.texts import text_fault

MOST_MEMBERS = 5_000
LARGEST_TOTAL = 4 * 1024**3
# Text of this kind shrinks to a fifth or a tenth; only a bomb shrinks to a hundredth.
RATIO_CHECKED_FROM = 8 * 1024**2
LARGEST_RATIO = 150
LONGEST_NAME = 240

# What unpacking raises when the bytes are not what the zip says.
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)
DAMAGED_WORDS = "The zip is damaged or was cut off on its way. Make it again and send the new one."

_DRIVE = re.compile(r"[A-Za-z]:")
_DUST = {".ds_store", "thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside a zip that is to be read: its name and its unpacked size in bytes."""

    name: str
    size: int

    @property
    def base(self) -> str:
        """The name without its folders."""
        return self.name.rpartition("/")[2]


def open_zip(stream: IO[bytes]) -> tuple[zipfile.ZipFile, list[Member]]:
    """Open a zip and return it with the files to read, sorted by name; folders and macOS dust are left out.

    `FileRefused` when any member is unsafe or strange; nothing has been unpacked then.
    """
    archive = safe_zip(stream, MOST_MEMBERS, LARGEST_TOTAL)
    wanted = [member for member in archive.infolist() if not _is_left_out(member)]
    problems = Problems()
    _note_repeats(wanted, problems)
    if not wanted:
        problems.add("The zip holds no file. Put the files in and send it again.")
    if problems:
        raise FileRefused(problems)
    kept = [Member(member.filename, member.file_size) for member in wanted]
    return archive, sorted(kept, key=lambda member: member.name)


def only_member(stream: IO[bytes], largest: int) -> tuple[IO[bytes], str]:
    """Return the one file inside a zip, of at most so many bytes, in memory, and its name. `FileRefused` otherwise."""
    archive, members = open_zip(stream)
    with archive:
        if len(members) > 1:
            names = ", ".join(member.name for member in members[:5])
            raise refusal(f"The zip holds {len(members)} files ({names}). Send one file at a time.")
        if members[0].size > largest:
            raise refusal(f"The file inside the zip is larger than {largest // 1024**2} MB. Split it.")
        return io.BytesIO(unpacked(archive, members[0].name)), members[0].name


def safe_zip(stream: IO[bytes], most_members: int, largest_total: int) -> zipfile.ZipFile:
    """Open a zip of at most so many members and unpacked bytes, each with a safe name, size and packing."""
    try:
        archive = zipfile.ZipFile(stream)
    except DAMAGED:
        raise refusal(DAMAGED_WORDS) from None
    members = archive.infolist()
    if len(members) > most_members:
        raise refusal(f"The zip holds {len(members):,} files; at most {most_members:,} are allowed. Split it.")
    total = sum(member.file_size for member in members)
    if total > largest_total:
        sizes = f"{total / 1024**2:,.0f} MB; at most {largest_total / 1024**2:,.0f} MB"
        raise refusal(f"The file would unpack to {sizes} are allowed. Split it into several files.")
    _refuse_overlap(stream, members)
    problems = Problems()
    for member in members:
        fault = _fault_of(member)
        if fault:
            problems.add(fault, sheet=member.filename)
    if len({member.filename for member in members}) < len(members):
        problems.add("The zip holds two files of exactly the same name. Make the zip again.")
    if problems:
        raise FileRefused(problems)
    return archive


def unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a member's bytes; `FileRefused` when they are not what the zip says. Check its size first."""
    try:
        return archive.read(name)
    except DAMAGED:
        raise refusal(DAMAGED_WORDS, sheet=name) from None


def _is_left_out(member: zipfile.ZipInfo) -> bool:
    """Say whether a member is a folder or something an operating system adds by itself."""
    parts = member.filename.split("/")
    base = parts[-1].lower()
    return member.is_dir() or parts[0] == "__MACOSX" or base in _DUST or base.startswith("._")


def _fault_of(member: zipfile.ZipInfo) -> str:
    """Return what is wrong with one member, with what to do; "" when it is harmless."""
    name = member.orig_filename
    if "\\" in name or name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
        return "The name of this file points outside the zip. Make the zip again with plain folders and file names."
    if len(name) > LONGEST_NAME or text_fault(name, LONGEST_NAME):
        return f"The name of this file is longer than {LONGEST_NAME} characters or holds hidden ones. Rename it."
    if member.flag_bits & 0x1:
        return "This file is encrypted with a password. Make the zip again without a password."
    if stat.S_ISLNK(member.external_attr >> 16):
        return "This is a link to another file. Put the file itself into the zip."
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "This file is packed in a way that is not read here. Make an ordinary zip."
    is_big = member.file_size > RATIO_CHECKED_FROM
    if is_big and member.file_size > LARGEST_RATIO * max(member.compress_size, 1):
        return "This file would unpack to far more than such a file can hold. Make the zip again from the real files."
    return ""


def _note_repeats(wanted: list[zipfile.ZipInfo], problems: Problems) -> None:
    """Add a problem for each file name that occurs twice: its rows would count twice."""
    first: dict[str, str] = {}
    for member in wanted:
        base = member.filename.rpartition("/")[2].casefold()
        earlier = first.setdefault(base, member.filename)
        if earlier is not member.filename:
            problems.add(
                f'The same file name is in the zip twice, also as "{earlier}". Remove one.',
                sheet=member.filename,
            )


def _refuse_overlap(stream: IO[bytes], members: list[zipfile.ZipInfo]) -> None:
    """Refuse a zip whose members share bytes, or that has something in front."""
    size = stream.seek(0, 2)
    if sum(member.compress_size for member in members) > size or any(m.header_offset >= size for m in members):
        raise refusal("The parts of this zip overlap, as only a harmful file's do. Make the zip again.")
