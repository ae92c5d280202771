"""Footnote marks in words: "Burglary (1)", "Theft²", "Robbery [note 3]", "Arson*", and "Lancashire8". Pure texts.

Marks of two sorts: those that show themselves wherever they stand, and digits glued to words, which may just as well
belong to them ("Grade 2"). Only official tables, whose marks are known to be glued, lose the second sort.
"""

import re

_NUMBERS = r"[0-9]{1,2}(?:\s?(?:,|;|&|and)\s?(?:notes?\s?)?[0-9]{1,2})*"
_RAISED = "¹²³⁰⁴-⁹"
_SHOWN = re.compile(
    rf"\s?(?:\((?:notes?\s?)?{_NUMBERS}\)|\[(?:notes?\s?)?{_NUMBERS}\]"
    rf"|⁽?[{_RAISED}]+(?:\s?[,⁾]\s?[{_RAISED}]+)*⁾?|[*†‡§]{{1,3}})",
    re.IGNORECASE,
)
_SINGLE = re.compile(rf"[0-9]{{1,2}}|[{_RAISED}]+|[*†‡§]+")
ABOVE_THE_LINE = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
ON_THE_LINE = {above: digit for digit, above in ABOVE_THE_LINE.items()}
# Marks that were typed as ordinary digits: after the last letter or bracket, or before the bracket that ends the words.
_AT_END = re.compile(r"^(?P<words>.*[^\W\d_]\)?)\s?(?P<marks>[0-9]{1,2}(?:\s?,\s?[0-9]{1,2})*)$", re.DOTALL)
_IN_BRACKETS = re.compile(r"(?<=[^\W\d_])\s?(?P<marks>[0-9]{1,2}(?:,[0-9]{1,2})*)(?=\)$)")
_AFTER_YEAR = re.compile(r"^(?P<words>.*\b(?:19|20)[0-9]{2})(?P<marks>[0-9]{1,2}(?:\s?,\s?[0-9]{1,2})*)$", re.DOTALL)


def shown(words: str) -> tuple[str, tuple[str, ...]]:
    """Return words without the marks that show themselves as such, and these marks; words that are only marks stay."""
    found = [match.group() for match in _SHOWN.finditer(words)]
    bare = _SHOWN.sub("", words).strip()
    if not found or not any(character.isalnum() for character in bare):
        return words, ()
    return bare, tuple(mark.translate(ON_THE_LINE) for text in found for mark in _SINGLE.findall(text))


def glued(words: str, *, is_title: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return words without the digits glued to their end, and these; of a title those after a year alone."""
    if is_title:
        found = _AFTER_YEAR.match(words)
        return (found["words"], raised(found["marks"])) if found else (words, ())
    inside = _IN_BRACKETS.search(words)
    if inside:
        return words[: inside.start()] + words[inside.end() :], raised(inside["marks"])
    found = _AT_END.match(words)
    return (found["words"], raised(found["marks"])) if found else (words, ())


def raised(text: str) -> tuple[str, ...]:
    """Return the single marks of a text that holds nothing else: numbers, and signs such as *."""
    return tuple(re.findall(r"[0-9]{1,2}|[^\s,0-9]", text))
