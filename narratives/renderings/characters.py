"""Characters that a reader cannot see or that turn text round, and letters that pretend to be others."""

import dataclasses
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, TypeVar, cast

Value = TypeVar("Value")

LAYOUT = "\n\r\t"
# Letters without a shape of their own, which Unicode does not count as format characters.
FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2028\u2029\u3164\uffa0")
HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})
LOOKALIKE = "[\u0370-\u03ff\u0400-\u052f]"
# Two neighbours only: a look along the whole word from each of its letters would be quadratic.
MIXED = re.compile(f"[A-Za-z]{LOOKALIKE}|{LOOKALIKE}[A-Za-z]")
LONGEST_SHOWN = 30


def is_hidden(character: str) -> bool:
    """Whether a character is a control, bidi, zero-width or filler character, half of a pair, or none at all."""
    if character in LAYOUT:
        return False
    if ord(character) & 0xFFFE == 0xFFFE:  # the last two places of each plane never hold a character
        return True
    return character in FILLERS or unicodedata.category(character) in HIDDEN_CATEGORIES


def hidden_in(text: str) -> tuple[str, ...]:
    """The hidden characters of a text, each once, in order of first appearance."""
    return tuple(character for character in dict.fromkeys(text) if is_hidden(character))


def name(character: str) -> str:
    """How a character is spoken of: "U+202E RIGHT-TO-LEFT OVERRIDE"."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def visible(text: str) -> str:
    """The text with every hidden character written out as ‹U+202E›, so that nothing changes unseen."""
    found = hidden_in(text)
    if not found:
        return text
    return text.translate({ord(character): f"‹U+{ord(character):04X}›" for character in found})


def written_out(value: Value) -> Value:
    """A report, a block or any other frozen value with `visible` applied to every text in it but drawings."""
    if isinstance(value, str):
        return cast(Value, visible(value))
    if isinstance(value, tuple):
        return cast(Value, tuple(written_out(entry) for entry in value))
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    changed: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        content = getattr(value, field.name)
        after = content if field.name == "svg" else written_out(content)
        if after != content:
            changed[field.name] = after
    return cast(Value, dataclasses.replace(value, **changed)) if changed else value


def mixed_words(text: str) -> Iterator[str]:
    """Words that mix Latin with Greek or Cyrillic letters, such as "pоlice" with a Cyrillic o."""
    for match in MIXED.finditer(text):
        start, end = match.span()
        while start > 0 and text[start - 1].isalpha() and match.start() - start < LONGEST_SHOWN:
            start -= 1
        while end < len(text) and text[end].isalpha() and end - match.end() < LONGEST_SHOWN:
            end += 1
        yield text[start:end]
