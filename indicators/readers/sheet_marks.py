"""Marks beside a number or a period of a wide sheet, such as p for provisional: "1,234p", "Sep-20 (p)", "2020/21 p"."""

import re
from collections.abc import Mapping

from indicators.choices import Status

_LONGEST = 12
_BRACKETS = {"(": ")", "[": "]"}
_AT_END = re.compile(
    rf"(?P<bare>.*?\S)\s*"
    rf"(?P<mark>\([a-zA-Z*†‡#]{{1,{_LONGEST}}}\)|\[[a-zA-Z*†‡#]{{1,{_LONGEST}}}\]"
    rf"|(?<=[0-9%\s])[a-zA-Z]{{1,{_LONGEST}}}|[*†‡#]{{1,3}})",
    re.DOTALL,
)
_USUAL = {
    Status.PROVISIONAL: ("p", "prov", "provisional"),
    Status.ESTIMATED: ("e", "est", "estimate", "estimated"),
    Status.REVISED: ("r", "rev", "revised"),
}
USUAL = {mark: status for status, marks in _USUAL.items() for mark in marks}


def mark_text(text: str) -> str:
    """Return a mark without its brackets and in one case, so that p, P, (p) and [p] are the same."""
    short = text.strip()
    if len(short) > 2 and _BRACKETS.get(short[0]) == short[-1]:
        short = short[1:-1]
    return short.strip().casefold()


def apart(text: str) -> tuple[str, str]:
    """Return (what stands before a mark, the mark); the whole text and "" where it ends with none."""
    found = _AT_END.fullmatch(text.strip())
    return (found["bare"].rstrip(), found["mark"]) if found else (text, "")


class Marks:
    """The marks of a layout: what each says, and those that are met without a meaning."""

    def __init__(self, meanings: Mapping[str, Status], unknown: dict[str, None]) -> None:
        """Know the marks of a profile; one that probably has a meaning and none here is added to `unknown`."""
        self._meanings = {mark_text(text): status for text, status in meanings.items()}
        self._unknown = unknown

    def status(self, mark: str) -> Status | None:
        """Return what a mark says; None where the profile does not say, and then it is noted if it may mean much."""
        short = mark_text(mark)
        if short not in self._meanings and self.is_likely(short):
            self._unknown.setdefault(short)
        return self._meanings.get(short)

    def bare(self, text: str) -> str:
        """Return a heading without a mark that may mean something; every other text as it is."""
        before, mark = apart(text)
        return before if mark and self.is_likely(mark) else text

    def is_likely(self, text: str) -> bool:
        """Tell whether a text is a mark of the profile, or one that people often use."""
        short = mark_text(text)
        return short in self._meanings or short in USUAL
