"""What a wide sheet probably says: its shape, and what its labels, headings and words mean.

A person looks at every suggestion before the profile reads a file.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from indicators.choices import Kind, Status, Window
from indicators.kinds import ADDED, PARTS_OF_A_WHOLE, PERCENTAGES
from indicators.readers.footnote_marks import shown
from indicators.readers.headings import plain
from indicators.readers.problems import FileRefused, Problems, refusal
from indicators.readers.sheet_cells import SheetBook, read_sheets
from indicators.readers.sheet_doubles import ValueOf, value_of
from indicators.readers.sheet_layouts import (
    FRACTIONS,
    Holds,
    Meaning,
    NamedBy,
    Shape,
    SheetLayout,
    SheetLookups,
    WordMeaning,
)
from indicators.readers.sheet_marks import USUAL, mark_text
from indicators.readers.sheet_percents import Look
from indicators.readers.sheet_tables import NAMELESS, Table, TableFinder, Unknown
from indicators.readers.suggestions import plain as words_of
from indicators.readers.texts import nearest

TABLES = 30  # are looked at; what tells them apart shows in the first ones
# Every shape is tried on every cell: what a sample needs is a small part of what a profile reads.
MOST_LOOKED_AT = 30_000  # cells within the edges of all sheets
MOST_COMPARED = 5_000  # pairs of a label and a name, in one sample
_TOTALS = {"total", "totals", "sum", "ytd", "year", "subtotal", "all"}
_GRAND = {"grand", "overall", "force"}
_NO_VALUES = {
    "average",
    "mean",
    "change",
    "difference",
    "variance",
    "trend",
    "target",
    "notes",
    "note",
    "comment",
    "rank",
}
_BASES = {"denominator", "base", "population", "out"}
# What a label says of its own numbers, beside the name of what is measured.
_PERCENT = re.compile(r"[(\[]?\s*(?:%|\bper ?cent(?:age)?\b|\bpct\b)(?:\s+of\b)?\s*[)\]]?")
_NUMBER = re.compile(
    r"[(\[]\s*(?:n|no\.?|nos\.?|numbers?|counts?|volumes?|#)\s*[)\]]|\b(?:total )?(?:number|no\.?|count|volume) of\b"
    r"|[,:–-]\s*(?:number|no\.?|count|volume)$"
)
_QUOTIENT = re.compile(r"\b(?:rate|proportion|share|ratio)\b")
_WORDS = {
    # Why there is no number, only a person knows: the reason is left to them.
    "n/a": (WordMeaning.NOT_AVAILABLE, ""),
    "na": (WordMeaning.NOT_AVAILABLE, ""),
    "#n/a": (WordMeaning.NOT_AVAILABLE, ""),
    "not available": (WordMeaning.NOT_AVAILABLE, ""),
    "..": (WordMeaning.NOT_AVAILABLE, ""),
    "...": (WordMeaning.NOT_AVAILABLE, ""),
    "tbc": (WordMeaning.NOT_AVAILABLE, "to be confirmed"),
    "*": (WordMeaning.SUPPRESSED, "small number"),
    "<5": (WordMeaning.SUPPRESSED, "small number"),
}
_NAMINGS = {
    Shape.YEAR_MATRIX: [(NamedBy.TITLE,), (NamedBy.SHEET,), (NamedBy.SHEET, NamedBy.TITLE)],
    Shape.PERIODS_ACROSS: [
        (NamedBy.LABEL,),
        (NamedBy.TITLE, NamedBy.LABEL),
        (NamedBy.SHEET, NamedBy.LABEL),
        (NamedBy.SHEET, NamedBy.TITLE, NamedBy.LABEL),
    ],
}


def suggest_layout(path: Path) -> SheetLayout:
    """Return the shape of a file's tables and what tells its series apart.

    `FileRefused` when it cannot be read, or is too large to suggest anything from.
    """
    problems = Problems()
    book = read_sheets(path, problems)
    if not book.sheets:
        raise FileRefused(problems)
    cells = sum(sheet.height * sheet.width for sheet in book.sheets)
    if cells > MOST_LOOKED_AT:
        raise refusal(
            f"The file is too large to suggest from: its sheets span {cells:,} cells, and at most {MOST_LOOKED_AT:,} "
            "are looked through. Send a sample with the first tables and some of their rows: the saved profile then "
            "reads the whole file."
        )
    layout = max((SheetLayout(shape) for shape in Shape), key=lambda one: _score(_tables(book, one)))
    tables = _tables(book, layout)
    layout = replace(layout, label_columns=_label_columns(layout, tables), takes_percent=_has_percent(tables))
    for named_by in _NAMINGS.get(layout.shape, _NAMINGS[Shape.PERIODS_ACROSS]):
        layout = replace(layout, named_by=named_by)
        if _tells_apart(_tables(book, layout)):
            break
    return layout


def _tables(book: SheetBook, layout: SheetLayout) -> list[Table]:
    finder = TableFinder(layout, Problems(), Unknown(), [], TABLES)
    return [table for sheet in book.sheets for table in finder.find(sheet)]


def _score(tables: Iterable[Table]) -> int:
    """Return how many cells have both a period and a name."""
    score = 0
    for table in tables:
        columns = sum(1 for one in table.columns if one.period or one.month)
        lines = sum(1 for line in table.lines if line.holds is None)
        # Months without a year over years alone are a matrix, though each year could be a period of its own.
        score += columns * lines * (2 if any(one.month for one in table.columns) else 1)
    return score


def _label_columns(layout: SheetLayout, tables: list[Table]) -> tuple[str, ...]:
    """Return the headings over the labels, where every label column of the first table has one."""
    if layout.shape is Shape.YEAR_MATRIX or not tables or not tables[0].columns:
        return ()
    first = tables[0]
    texts = [first.sheet.cell(first.header, at).text for at in range(1, first.columns[0].place)]
    return tuple(dict.fromkeys(texts)) if texts and all(texts) else ()


def _has_percent(tables: list[Table]) -> bool:
    """Tell whether a number is written with a percent sign, or formatted as per cent."""
    look = Look()
    for table in tables:
        look.see(table.sheet.cell(line.row, column.place) for line in table.lines for column in table.columns)
    return look.is_percent


def _tells_apart(tables: list[Table]) -> bool:
    """Tell whether no name has two values for one period."""
    seen = set()
    for table in tables:
        for line in table.lines:
            for column in table.columns:
                if line.holds is not None or not (column.period or column.month):
                    continue
                key = (plain(line.name), column.period or column.month, line.year)
                if key in seen or line.name == NAMELESS:
                    return False
                seen.add(key)
    return True


class LabelGuesses:
    """Says what labels probably mean: by the same words always, by likeness as long as its patience lasts."""

    def __init__(self, known: SheetLookups) -> None:
        """Take the names that a label may mean."""
        self._known = known
        self._areas = {plain(name): slug for slug, name in known.areas.items()}
        self._named = {name: (key, "") for key, name in known.names.items()} | {
            f"{known.names[key]}: {part_name}": (key, part)
            for key, parts in known.parts.items()
            for part, part_name in parts.items()
        }
        self._exact = {plain(name): series for name, series in self._named.items()}
        self._words = {name: _words_in(name) for name in self._named}
        self._left = MOST_COMPARED
        self._sure: set[str] = set()

    @property
    def is_exhausted(self) -> bool:
        """Whether further labels are known by the same words only."""
        return self._left <= 0

    def of_all(
        self, looks: Mapping[str, Look], texts: Iterable[str], decided: Iterable[Meaning] = ()
    ) -> dict[str, Meaning]:
        """Return what each of some labels probably means; no two of them, nor a decided one, are the same value.

        Of several that would be, the one that has the very name is kept.
        """
        found = {text: meaning for text in texts if (meaning := self.of(text, looks.get(text)))}
        claims: dict[ValueOf, list[str]] = defaultdict(list)
        for text, meaning in found.items():
            if meaning.holds.is_read:
                claims[value_of(meaning)].append(text)
        settled = {value_of(meaning) for meaning in decided if meaning.holds.is_read}
        for value, labels in claims.items():
            exact = [text for text in labels if text in self._sure]
            kept = [] if value in settled else labels if len(labels) == 1 else exact if len(exact) == 1 else []
            for text in set(labels) - set(kept):
                del found[text]
        return found

    def of(self, text: str, look: Look | None = None) -> Meaning | None:
        """Return what a label probably means, of the force unless it names another area; None when that is unclear.

        `look`: how its numbers are written. A row of numbers is never the value of a percentage, nor the other way.
        """
        words = set(words_of(text).split())
        if words & _TOTALS and (len(words) <= 2 or words & _GRAND):
            return Meaning(Holds.GRAND_TOTAL if words & _GRAND else Holds.TOTAL)
        area, rest = self._known.own_area, []
        for segment in text.split(" | "):
            same = self._areas.get(plain(segment), "")
            if same:
                area = same
            else:
                rest.append(segment)
        series = self._series(text, list(dict.fromkeys([" ".join(rest), *rest[:1]])), _kinds(text, look))
        if series is None:
            return None
        kind = self._kind(series[0])
        holds = Holds.LEVEL
        if kind not in ADDED and words & _BASES:
            holds = Holds.DENOMINATOR
        elif kind in PERCENTAGES and (words & {"numerator"} or _is_number(text, look) or _is_above(look, kind)):
            holds = Holds.NUMERATOR
        is_fraction = holds is Holds.LEVEL and kind in PERCENTAGES and look is not None and look.may_be_fractions
        return Meaning(holds, *series, area, FRACTIONS if is_fraction else 1)

    def _kind(self, indicator: str) -> Kind:
        adding = self._known.adding.get(indicator)
        return adding.kind if adding else Kind.COUNT

    def _series(self, label: str, texts: list[str], kinds: frozenset[Kind]) -> tuple[str, str] | None:
        """Return what is named nearest to one of some texts, of all that share a word with it or begin like it."""
        bare = list(dict.fromkeys(_bare(text) for text in texts))
        for text in (*texts, *bare):
            exact = self._exact.get(plain(text))
            if exact and self._kind(exact[0]) in kinds:
                self._sure.add(label)
                return exact
        for text in bare:
            if not text or self.is_exhausted:
                continue
            words, first = _words_in(text), text[0].casefold()
            likely = [
                name
                for name, own in self._words.items()
                if (words & own or name[0].casefold() == first) and self._kind(self._named[name][0]) in kinds
            ]
            self._left -= len(likely) + 1
            if found := self._named.get(nearest(text, likely)):
                return found
        return None


def _is_number(text: str, look: Look | None) -> bool:
    """Tell whether a label says that numbers stand in its row, and no cell shows a percent sign."""
    return bool(_NUMBER.search(text.casefold())) and not (look and look.is_percent)


def _is_above(look: Look | None, kind: Kind) -> bool:
    """Tell whether numbers are too large to be a part of a whole in per cent."""
    return look is not None and not look.signs and kind in PARTS_OF_A_WHOLE and look.largest > 100


def _kinds(text: str, look: Look | None) -> frozenset[Kind]:
    """Return the kinds of measures that a label may speak of, by its words and the signs of its numbers."""
    short = text.casefold()
    if (look and look.is_percent) or _PERCENT.search(short):
        return PERCENTAGES
    if _is_number(text, look):
        return frozenset({Kind.COUNT}) | PERCENTAGES
    return frozenset(Kind) - ADDED if _QUOTIENT.search(short) else frozenset(Kind)


def _bare(text: str) -> str:
    """Return a label without its footnote marks and the words that say how its numbers are written."""
    return " ".join(_NUMBER.sub(" ", _PERCENT.sub(" ", shown(text)[0].casefold())).split()).strip(" ,:–-")


def _words_in(text: str) -> frozenset[str]:
    """Return the words of a text by which it may be known: not the short ones that every second name holds."""
    return frozenset(word for word in words_of(text).split() if len(word) > 3)


def suggest_heading(text: str) -> Holds | None:
    """Return what a heading that is no period probably is."""
    words = set(words_of(text).split())
    if words & _NO_VALUES or "%" in text or mark_text(text) in USUAL:
        return Holds.IGNORED
    if words & _TOTALS:
        return Holds.GRAND_TOTAL if words & _GRAND else Holds.TOTAL
    return None


def suggest_word(text: str) -> tuple[WordMeaning, str] | None:
    """Return what a word in place of a number probably means; a dash can be nothing or nought, so it is not guessed."""
    return _WORDS.get(plain(text))


def suggest_mark(text: str) -> Status | None:
    """Return what a mark beside a number or a period probably says."""
    return USUAL.get(mark_text(text))


def months_words(window: Window) -> str:
    """Return in words what a heading that names a month stands for."""
    return {
        Window.MONTH: "That month",
        Window.ROLLING_12: "The 12 months to its end",
        Window.SNAPSHOT: "Its last day (as at)",
    }[window]
