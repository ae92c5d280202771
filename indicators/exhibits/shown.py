"""What every kind of exhibit shares: what comes out of a definition, its windows, notes and source line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indicators.dated_notes import DatedNote
from indicators.figures import LOW_BASE, Figure, FigureBook
from indicators.periods import Period, add_months, first_of_month
from indicators.series import Series, comparison_of, on
from indicators.tables import Exhibits

Definition = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Exhibited:
    """An exhibit with the keys of the figures it shows, in their order; notes and source line are of these."""

    exhibit: Exhibits
    figures: tuple[str, ...]


class ExhibitRefused(ValueError):
    """A definition names something that is not there; the message says what, `faults` each thing by itself."""

    def __init__(self, words: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__(words)
        self.faults = faults


def window_key(window: str, back: int, book: FigureBook) -> str:
    """Return a window with the month in which it ends, where that is so many months before the quarter's last."""
    if not back:
        return window
    compared_with = comparison_of(window)
    plain = window.removesuffix(on("", compared_with))
    return on(f"{plain}-{add_months(first_of_month(book.quarter.end), -back):%Y-%m}", compared_with)


def notes_of(
    definition: Definition, keys: Iterable[str], book: FigureBook, *, is_compared: bool = True
) -> tuple[str, ...]:
    """The definition's own notes, the footnotes of its measures, and what must be known of single values.

    A dated note is told when it falls among all that is shown of a series: its values, and, where they are compared,
    the values before them.
    """
    own = definition.get("notes", [])
    notes = [own] if isinstance(own, str) else list(own)
    by_words: dict[str, list[str]] = {}
    shown: dict[Series, list[Period]] = {}
    for key in keys:
        figure = book.figure(key)
        if figure.measure.footnote:
            notes.append(f"{figure.measure.name}: {figure.measure.footnote}")
        # Dated notes are told once for all that is shown; a percentage that nobody looks for is not missed.
        left_out = {note.text for note in figure.dated}
        left_out |= set() if is_compared else {LOW_BASE.format(figure.measure.base_threshold)}
        for words in figure.notes:
            if words not in left_out:
                by_words.setdefault(words, []).append(figure.measure.name)
        periods = shown.setdefault(figure.series, [])
        periods.append(figure.period)
        if is_compared and figure.previous_period and figure.change.direction:
            periods.append(figure.previous_period)
    for note, series in _told(shown, book):
        is_narrow = note.part or note.areas
        name = book.name_of(series) if is_narrow else book.measures[series.indicator].name
        by_words.setdefault(note.text, []).append(name)
    for words, names in by_words.items():
        distinct = list(dict.fromkeys(names))
        notes.append(f"{words[0].upper()}{words[1:]}: {', '.join(distinct)}.")
    return tuple(dict.fromkeys(notes))


def _told(shown: Mapping[Series, Sequence[Period]], book: FigureBook) -> Iterator[tuple[DatedNote, Series]]:
    for series, periods in shown.items():
        yield from ((note, series) for note in book.notes_on(series) if note.is_told_over(periods))


def source_line(keys: Iterable[str], book: FigureBook) -> str:
    """Derive the source line from the figures shown; never typed."""
    names = []
    for key in keys:
        figure = book.figure(key)
        names += [book.sources.get(slug, slug) for slug in figure.sources]
    distinct = list(dict.fromkeys(names))
    return "; ".join(distinct)


def appendix_text(figure: Figure) -> tuple[str, str, str]:
    """Return previous, change and in-year text of a figure as the appendix prints them."""
    return figure.before, figure.worded_change, figure.in_year
