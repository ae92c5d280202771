"""Text of unknown origin: how it is shown, what is wrong with it, and which known word was probably meant."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable

BLANKS = " \t"  # what may surround a value; a no-break space may not, because nobody sees it
_LONGEST_COMPARED = 100
_MOST_GUESSES = 200  # per file: a guess takes milliseconds, and a hostile file would ask for a million

# Controls, direction marks, zero-width characters and the mark of lost characters. The joiners U+200C and
# U+200D
# are left out: emoji and some names need them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
)
_CELL_CONTROLS = re.compile("[\t\r\n]")
# Excel's doing: a long identifier as 1.23E+15, and "1-2" or "9-20" as a date.
_ROUNDED = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)
_DATED = re.compile(r"([0-9]{1,2}-)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(-[0-9]{1,2})?", re.IGNORECASE)

# Letters of other alphabets that look like Latin ones, and dashes that look like a hyphen.
_LOOKALIKES = str.maketrans(
    dict(zip("АВЕЅІЈКМНОРСТХУаеорсухіјѕԁɡһ", "ABESIJKMHOPCTXYaeopcyxijsdgh", strict=True))
    | dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι", "ABEZHIKMNOPTYXovi", strict=True))
    | dict.fromkeys("‐‑‒–—−", "-")
    | dict.fromkeys("’‘", "'")
    | dict.fromkeys("\u00a0\u2007\u202f", " ")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None)
)


def visible(text: str) -> str:
    """Return `text` with every character that cannot be seen written out, such as [U+202E]."""
    return text if text.isprintable() else "".join(c if c.isprintable() else f"[U+{ord(c):04X}]" for c in text)


def named(character: str) -> str:
    """Return a character in words: "Е" (U+0415, CYRILLIC CAPITAL LETTER IE)."""
    return f'"{visible(character)}" (U+{ord(character):04X}, {unicodedata.name(character, "no name")})'


def text_fault(text: str, longest: int, *, may_break: bool = False) -> str:
    """Return what is wrong with a free text and what to do, or "" when it can be taken as it is.

    `longest` is the limit in characters; `may_break` allows line breaks and tabs (a note of several lines).
    """
    if len(text) > longest:
        return f"The text has {len(text):,} characters; at most {longest:,} are allowed. Shorten it."
    hidden = _HIDDEN.search(text) or (None if may_break else _CELL_CONTROLS.search(text))
    if hidden:
        return (
            f"The text holds a character that cannot be seen, U+{ord(hidden.group()):04X}. Delete it and type it again."
        )
    if "\ufffd" in text:
        return (
            "A character was lost (U+FFFD) before the file came here. Export the file again from its source as UTF-8."
        )
    if _is_garbled(text):
        return (
            "The text was saved in the wrong encoding: its special characters have turned into pairs such as "
            '"Ã©" or "â€™". Export the file again from its source as UTF-8.'
        )
    return ""


def spreadsheet_damage(text: str) -> str:
    """Return how a spreadsheet program has changed an identifier, with what to do; "" when it has not."""
    if _ROUNDED.fullmatch(text):
        return (
            "A spreadsheet program has rounded this identifier; its digits are lost. Format the "
            "column as Text and "
            "export it again from the source."
        )
    if _DATED.fullmatch(text) and any(c.isdigit() for c in text):
        return (
            "A spreadsheet program has turned this into a date. Format the column as Text and type "
            "or export the "
            "value again."
        )
    return ""


class Guesses:
    """Words for names that are not known. The nearest known one is looked for a limited number of times in a file."""

    def __init__(
        self,
        found: str = "Write it exactly so.",
        not_found: str = "Correct it, or ask an administrator to add it before you import the file again.",
    ) -> None:
        """Start with nothing looked for; `found` and `not_found` say what to do with and without a known word near."""
        self._advice = found, not_found
        self._found: dict[tuple[str, str], str] = {}

    def unknown(self, value: str, known: Collection[str], noun: str) -> str:
        """Return why `value` is none of the `known` names of a `noun` ("area"), with the nearest of them."""
        start = f"This {noun} is not known."
        match = self._found.get((noun, value))
        if match is None and len(self._found) < _MOST_GUESSES:
            match = self._found[noun, value] = nearest(value, known)
        odd = [c for c in value[:_LONGEST_COMPARED] if not c.isascii() and c not in (match or "")]
        if odd:
            start += f" It holds {named(odd[0])}, which only looks like an ordinary character or cannot be seen."
        if match:
            return f'{start} Did you mean "{match}"? {self._advice[0]}'
        return f"{start} {self._advice[1]}"


def nearest(value: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, or "".

    First by spaces and case, then by characters that look alike, then by likeness of spelling.
    """
    words = [word for word in known if word]
    short = value[:_LONGEST_COMPARED]
    for plain in (_folded, _unmasked):
        meant = _first(words, plain, plain(short))
        if meant:
            return meant
    folded = {_unmasked(word): word for word in words}
    close = difflib.get_close_matches(_unmasked(short), list(folded), n=1, cutoff=0.6)
    return folded[close[0]] if close else ""


def _first(words: Iterable[str], plain: Callable[[str], str], wanted: str) -> str:
    return next((word for word in words if plain(word) == wanted), "")


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _unmasked(text: str) -> str:
    return _folded(unicodedata.normalize("NFKC", text.translate(_LOOKALIKES)))


def _is_garbled(text: str) -> bool:
    """Say whether UTF-8 was once read as Windows-1252: then, and hardly ever otherwise, the way back works."""
    if text.isascii():
        return False
    try:
        return text.encode("cp1252").decode("utf-8") != text
    except UnicodeError:
        return False
