"""A tiny font made on the spot: a box for each character that no font of the report can draw.

PDF/UA refuses a character without a glyph. With this font last in line an emoji or a Chinese name prints as
a box, and the character itself stays in the file for search, copying and screen readers.
"""

import struct

FAMILY = "Scrutiny Placeholder"
UNITS = 1000
ADVANCE = 700
BOX = ((80, 0), (80, 700), (620, 700), (620, 0))
HOLE = ((140, 60), (560, 60), (560, 640), (140, 640))
CHECKSUM_MAGIC = 0xB1B0AFBA
HEAD_MAGIC = 0x5F0F3CF5


def placeholder_font(characters: frozenset[str]) -> bytes:
    """A TrueType font with one box glyph per character, each its own so that the text can be read back."""
    points = sorted(ord(character) for character in characters)
    glyph = _box()
    count = len(points) + 1
    tables = {
        b"OS/2": _os2(points),
        b"cmap": _cmap(points),
        b"glyf": glyph * count,
        b"head": struct.pack(">IIIIHHQQ", 0x10000, 0x10000, 0, HEAD_MAGIC, 0, UNITS, 0, 0)
        + struct.pack(">hhhhHHhhh", 80, 0, 620, 700, 0, 8, 2, 1, 0),
        b"hhea": struct.pack(">IhhhHhhhh", 0x10000, 800, -200, 0, ADVANCE, 80, 80, 620, 1)
        + struct.pack(">7hH", *[0] * 7, count),
        b"hmtx": struct.pack(">Hh", ADVANCE, 80) * count,
        b"loca": b"".join(struct.pack(">I", index * len(glyph)) for index in range(count + 1)),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, count, 8, 2, 0, 0, 2, *[0] * 8),
        b"name": _name(),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }
    return _file(tables)


def _box() -> bytes:
    """An outline box: one contour clockwise, the hole inside it the other way round."""
    points = (*BOX, *HOLE)
    flags = b"\x01" * len(points)
    steps = list(zip(((0, 0), *points), points, strict=False))
    across = b"".join(struct.pack(">h", after[0] - before[0]) for before, after in steps)
    up = b"".join(struct.pack(">h", after[1] - before[1]) for before, after in steps)
    glyph = struct.pack(">hhhhhHHH", 2, 80, 0, 620, 700, 3, 7, 0) + flags + across + up
    return glyph + b"\0" * (-len(glyph) % 4)


def _cmap(points: list[int]) -> bytes:
    groups = b"".join(struct.pack(">III", point, point, glyph) for glyph, point in enumerate(points, start=1))
    subtable = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(points)) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + subtable


def _os2(points: list[int]) -> bytes:
    first, last = (min(points[0], 0xFFFF), min(points[-1], 0xFFFF)) if points else (0, 0)
    return (
        struct.pack(">HhHHH", 4, ADVANCE, 400, 5, 0)
        + struct.pack(">10hh", *[0] * 11)
        + bytes(10)
        + struct.pack(">4I4s", 0, 0, 0, 0, b"NONE")
        + struct.pack(">HHHhhhHH", 0x40, first, last, 800, -200, 0, 800, 200)
        + struct.pack(">IIhhHHH", 0, 0, 500, 700, 0, 32, 1)
    )


def _name() -> bytes:
    names = ((1, FAMILY), (2, "Regular"), (3, FAMILY), (4, FAMILY), (6, FAMILY.replace(" ", "")))
    records, strings = b"", b""
    for identifier, words in names:
        encoded = words.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x409, identifier, len(encoded), len(strings))
        strings += encoded
    return struct.pack(">HHH", 0, len(names), 6 + len(records)) + records + strings


def _file(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    head = struct.pack(">IHHHH", 0x10000, count, 16 << power, power, (count - (1 << power)) * 16)
    offset = len(head) + 16 * count
    directory, body = b"", b""
    for tag in sorted(tables):
        table = tables[tag]
        directory += struct.pack(">4sIII", tag, _checksum(table), offset + len(body), len(table))
        if tag == b"head":
            adjustment_at = offset + len(body) + 8
        body += table + b"\0" * (-len(table) % 4)
    font = head + directory + body
    adjustment = struct.pack(">I", (CHECKSUM_MAGIC - _checksum(font)) & 0xFFFFFFFF)
    return font[:adjustment_at] + adjustment + font[adjustment_at + 4 :]


def _checksum(table: bytes) -> int:
    padded = table + b"\0" * (-len(table) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF
