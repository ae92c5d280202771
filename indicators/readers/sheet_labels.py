"""What the labels of a wide sheet mean by a profile: word for word, or without footnote marks where that is clear.

A mark is renumbered from one year's file to the next: "Burglary (1)" becomes "Burglary (2)". Where two labels of the
profile, or of one sheet, differ by their marks alone, these tell them apart, and nothing is guessed.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from indicators.formatting import counted
from indicators.like_for_like import listed
from indicators.readers.footnote_marks import ON_THE_LINE, shown
from indicators.readers.headings import plain
from indicators.readers.sheet_layouts import Meaning, NamedBy, SheetLayout
from indicators.readers.sheet_tables import Table, Unknown
from indicators.readers.texts import Guesses

LISTED = 10
_NAMES = " | "
_MAP = "Add it to the labels of the profile, or correct it in the sheet."


@dataclass(frozen=True, slots=True)
class Label:
    """What was found of a label: its text, as the profile writes it where that is known, and its meaning.

    Without a meaning, `problem` says why.
    """

    text: str
    meaning: Meaning | None = None
    problem: str = ""


class Labels:
    """The labels of a profile, and how those of a file are matched with them, sheet by sheet."""

    def __init__(self, layout: SheetLayout, unknown: Unknown) -> None:
        """Know the labels of a profile; those of the file that mean nothing by it are added to `unknown`."""
        self._labels = layout.labels
        self._exact = {plain(text): meaning for text, meaning in layout.labels.items()}
        self._has_sheet = NamedBy.SHEET in layout.named_by
        self._alike: dict[str, list[str]] = defaultdict(list)
        for text in layout.labels:
            self._alike[self._bare(text)].append(text)
        self._guesses = Guesses(found=_MAP, not_found=_MAP)
        self._unknown = unknown
        self._listed: dict[str, str] = {}  # of the unknown, the one by which those of other sheets are known as well
        self._sheet = ""
        self._here: dict[str, dict[str, str]] = {}
        self._renamed: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)

    def begin(self, sheet: str, tables: Iterable[Table]) -> None:
        """Look at all labels of a sheet before the first of them is asked for."""
        self._sheet = sheet
        self._here = defaultdict(dict)
        for name in (line.name for table in tables for line in table.lines if line.holds is None):
            self._here[self._bare(name)].setdefault(plain(name), name)

    def find(self, name: str) -> Label:
        """Return what a label of the sheet that was begun means."""
        exact = self._exact.get(plain(name)) or self._exact.get(plain(name.translate(ON_THE_LINE)))
        if exact is not None:
            return Label(name, exact)
        bare = self._bare(name)
        known = self._alike.get(bare, [])
        others = [text for key, text in self._here.get(bare, {}).items() if key != plain(name)]
        if len(known) == 1 and not others:
            self._renamed[name, known[0]].setdefault(self._sheet)
            return Label(known[0], self._labels[known[0]])
        listed = name if others or known else self._listed.setdefault(bare, name)
        self._unknown.labels.setdefault(listed)
        return Label(listed, problem=self._why(name, known, others))

    @property
    def notes(self) -> list[str]:
        """What to know of labels that were read as those of the profile though their footnote marks differ."""
        if not self._renamed:
            return []
        read = [
            f"“{name}” was read as “{text}” of the profile: only the footnote mark differs{_in_sheets(sheets)}."
            for (name, text), sheets in self._renamed.items()
        ]
        more = counted(len(read) - LISTED, "more label was", "more labels were")
        check = "Check that the notes of the workbook still say the same of them."
        return [*read[:LISTED], f"{f'{more} read in this way. ' if len(read) > LISTED else ''}{check}"]

    def _why(self, name: str, known: list[str], others: list[str]) -> str:
        """Say why a label means nothing by this profile, and what to do."""
        if len(known) > 1:
            return (
                f"Only a footnote mark tells this label from {_quoted(known)} of the profile, so it is not clear which "
                "of them is meant. Write it as the profile does, or add it to the labels of the profile."
            )
        if known and others:
            return (
                f"Only a footnote mark tells this label from {_quoted(others)} of this sheet, so it is not clear which "
                f"of them is “{known[0]}” of the profile. Write that one as the profile does, and add the other to the "
                "labels of the profile."
            )
        return self._guesses.unknown(name, list(self._labels), "label")

    def _bare(self, name: str) -> str:
        """Return a label without its footnote marks. A copy of a sheet is called “DA (2)”: that is no mark."""
        parts = name.split(_NAMES)
        first = 1 if self._has_sheet else 0
        return plain(_NAMES.join([*parts[:first], *(shown(part)[0] for part in parts[first:])]))


def _in_sheets(sheets: Iterable[str]) -> str:
    named = [f"“{sheet}”" for sheet in sheets if sheet]
    return f" (sheet{'s' if len(named) > 1 else ''} {', '.join(named)})" if named else ""


def _quoted(texts: list[str]) -> str:
    return listed(f"“{text}”" for text in texts)
