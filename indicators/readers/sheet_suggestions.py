"""What a wide sheet probably says: its shape, and what its labels, headings and words mean.

A person looks at every suggestion before the profile reads a file.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from indicators.choices import Status, Window
from indicators.readers.headings import plain
from indicators.readers.problems import FileRefused, Problems, refusal
from indicators.readers.sheet_cells import SheetBook, read_sheets
from indicators.readers.sheet_layouts import Holds, Meaning, NamedBy, Shape, SheetLayout, SheetLookups, WordMeaning
from indicators.readers.sheet_marks import USUAL, mark_text
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
    layout = replace(layout, label_columns=_label_columns(layout, tables))
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

    @property
    def is_exhausted(self) -> bool:
        """Whether further labels are known by the same words only."""
        return self._left <= 0

    def of(self, text: str) -> Meaning | None:
        """Return what a label probably means, of the force unless it names another area; None when that is unclear."""
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
        names = dict.fromkeys([" ".join(rest), *rest[:1]])
        series = next((found for name in names if (found := self._series(name))), None)
        if series is None:
            return None
        holds = Holds.DENOMINATOR if words & _BASES else Holds.NUMERATOR if "numerator" in words else Holds.LEVEL
        return Meaning(holds, *series, area)

    def _series(self, text: str) -> tuple[str, str] | None:
        """Return what is named nearest to a text, of all that share a word with it or begin like it."""
        exact = self._exact.get(plain(text))
        if exact or not text or self.is_exhausted:
            return exact
        words, first = _words_in(text), text[0].casefold()
        likely = [name for name, own in self._words.items() if words & own or name[0].casefold() == first]
        self._left -= len(likely) + 1
        return self._named.get(nearest(text, likely))


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
