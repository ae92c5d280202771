"""What the marks of a published table mean: footnotes glued to words, and the signs that stand in place of numbers.

A sign means what the legend below its own table says. Where the legend is silent, the value is not available and the
words say so: a sign is never taken for zero by guess.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from indicators.choices import Qualifier, Status
from indicators.periods import MONTH_NAMES, month_end
from indicators.readers.footnote_marks import glued, raised, shown
from indicators.readers.numbers import DECIMALS
from indicators.readers.official_cells import OfficialCell
from indicators.readers.problems import Unfit

_NOTE = re.compile(r"(?P<mark>[0-9]{1,2})\.?\s+(?P<text>\S.*)", re.DOTALL)
_LEGEND = re.compile(
    r"['‘’“\"](?P<sign>[^'‘’”\"\s]{1,4})['‘’”\"]\s+(?:indicates|means|denotes)\s+(?:that\s+)?(?P<meaning>.+)", re.I
)
_SIGN = re.compile(r"[.:*+~–—-]{1,3}|n/?a|\[[a-z]\]", re.IGNORECASE)
_WRITTEN = re.compile(r"(?P<number>-?[0-9][0-9,]*(?:\.[0-9]+)?)\s*(?P<letter>[pre])?", re.IGNORECASE)
_LETTERS = {"p": Status.PROVISIONAL, "r": Status.REVISED, "e": Status.ESTIMATED}
_YEAR_ENDING = re.compile(rf"year ending\s+({'|'.join(MONTH_NAMES)})\s+([0-9]{{4}})", re.IGNORECASE)
_SHORT = "|".join(name[:3] for name in MONTH_NAMES)
_SPAN = re.compile(rf"\b(?:{_SHORT})[a-z]* '?([0-9]{{2}}|[0-9]{{4}}) to ({_SHORT})[a-z]* '?([0-9]{{2}}|[0-9]{{4}})\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one cell of a published table says: a value, or why there is none."""

    value: Decimal | None
    status: Status = Status.FINAL
    qualifier: Qualifier = Qualifier.EXACT
    reason: str = ""
    marks: tuple[str, ...] = ()


def split(cell: OfficialCell | None, *, is_title: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return the words of a cell in one line and its footnote marks.

    What is raised is a mark. Where nothing is, marks such as (1) and * are, and digits glued to the end of words; after
    a year only in a title.
    """
    if cell is None:
        return "", ()
    words = " ".join(cell.text.split())
    if cell.raised:
        return words, raised(cell.raised)
    words, marks = shown(words)
    words, more = glued(words, is_title=is_title)
    return words, (*more, *marks)


def note_of(words: str) -> tuple[str, str] | None:
    """Return (mark, text) of a numbered footnote: "8. Lancashire changed …"; None when it is none."""
    found = _NOTE.fullmatch(words)
    return (found["mark"], found["text"].strip()) if found else None


def legend_of(text: str) -> tuple[str, str] | None:
    """Return (sign, meaning) where a footnote explains a sign: '..' indicates data not available."""
    found = _LEGEND.search(text)
    return (found["sign"], found["meaning"].strip().rstrip(".")) if found else None


def entry(cell: OfficialCell | None, legend: Mapping[str, str]) -> Entry:
    """Return what a cell of a table says. Raises Unfit for what is neither a number nor a sign."""
    if cell is None:
        return Entry(None, Status.NOT_AVAILABLE, reason="the table leaves this cell blank")
    if cell.fault:
        raise Unfit(f"Cell {cell.address} {cell.fault}. Look at the published table, and send it as published.")
    marks = raised(cell.raised)
    if cell.number is not None:
        return Entry(_stored(cell.number), marks=marks)
    text = cell.text.strip()
    if text in legend or _SIGN.fullmatch(text):
        return _sign(text, legend.get(text, ""), marks)
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise Unfit(
            f'Cell {cell.address} holds "{text[:60]}", which is neither a number nor a sign of this table. '
            "Look at the published table; if the sign is new there, ask for it to be added."
        )
    status = _LETTERS[written["letter"].lower()] if written["letter"] else Status.FINAL
    return Entry(_stored(Decimal(written["number"].replace(",", ""))), status, marks=marks)


def _sign(sign: str, meaning: str, marks: tuple[str, ...]) -> Entry:
    """Return what a sign says by the legend of its table."""
    lowered = meaning.casefold()
    shown = f'the table prints "{sign}"'
    if not meaning:
        return Entry(None, Status.NOT_AVAILABLE, reason=f"{shown} and does not say what it means", marks=marks)
    reason = f"{shown}: {meaning}"
    if "suppress" in lowered or "disclos" in lowered:
        return Entry(None, Status.SUPPRESSED, reason=reason, marks=marks)
    if re.search(r"\b(round\w* to (zero|0)|less than half|negligible)\b", lowered):
        return Entry(Decimal(0), qualifier=Qualifier.ABOUT, reason=reason, marks=marks)
    if re.search(r"^(a )?(nil|zero|none|no offences)\b", lowered):
        return Entry(Decimal(0), reason=reason, marks=marks)
    return Entry(None, Status.NOT_AVAILABLE, reason=reason, marks=marks)


def _stored(number: Decimal) -> Decimal:
    """Return a number with at most the decimals that the portal stores; a percentage change has thirteen."""
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -DECIMALS:
        number = number.quantize(Decimal(1).scaleb(-DECIMALS))
    return number if number else Decimal(0)


def year_end(words: str) -> date | None:
    """Return the end of the newest year that words name: "year ending June 2019"; None when they name none."""
    ends = [month_end(date(int(year), _month(month), 1)) for month, year in _YEAR_ENDING.findall(words)]
    return max(ends, default=None)


def span_end(words: str) -> date | None:
    """Return the end of twelve months that a column names: "Jul '18 to Jun '19"; None when it names none."""
    found = _SPAN.search(words)
    if found is None:
        return None
    year = found[3] if len(found[3]) == 4 else f"20{found[3]}"
    return month_end(date(int(year), _month(found[2]), 1))


def _month(name: str) -> int:
    short = name[:3].casefold()
    return next(number for number, one in enumerate(MONTH_NAMES, start=1) if one[:3].casefold() == short)


def stem(title: str) -> str:
    """Return a title without its period, by which the same table of the next release is found."""
    return re.split(r",?\s*\byear ending\b", title, maxsplit=1)[0].strip(" ,")
