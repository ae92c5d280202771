"""What is different between two texts, line by line and, within a changed line, word by word. Values only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

WORDS = re.compile(r"\s+|\S+")
CONTEXT_LINES = 1
# Comparing words costs the square of their number; beyond this a changed passage is shown whole.
MOST_WORDS = 1500


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that both hold ("same"), or only the older ("removed") or the newer ("added")."""

    kind: str
    text: str


def differences(older: str, newer: str) -> list[tuple[Piece, ...]]:
    """List the passages that differ, each with a line before and after; empty when the texts are the same."""
    old, new = older.splitlines(), newer.splitlines()
    found = []
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(CONTEXT_LINES):
        pieces: list[Piece] = []
        for tag, start, end, new_start, new_end in group:
            before, after = "\n".join(old[start:end]), "\n".join(new[new_start:new_end])
            pieces.extend([Piece("same", before)] if tag == "equal" else _words(before, after))
            pieces.append(Piece("same", "\n"))
        found.append(tuple(piece for piece in pieces[:-1] if piece.text))
    return found


def _words(before: str, after: str) -> Iterator[Piece]:
    old, new = WORDS.findall(before), WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        yield from (Piece("removed", before), Piece("added", after))
        return
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[start:end]))
        else:
            yield Piece("removed", "".join(old[start:end]))
            yield Piece("added", "".join(new[new_start:new_end]))
