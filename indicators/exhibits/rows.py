"""The lines of a table: its rows one by one, each part and each area in its place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indicators.choices import AreaKind
from indicators.exhibits.definition import Each, Row, Scope, SumRow
from indicators.exhibits.shown import ExhibitRefused
from indicators.exhibits.totals import REMAINDERS, whole_of, why_not_added
from indicators.figures import FigureBook
from indicators.series import Series

KINDS = {
    Each.DISTRICT: AreaKind.DISTRICT,
    Each.DIVISION: AreaKind.DIVISION,
    Each.COMPARATOR: AreaKind.COMPARATOR,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One series in its row. `is_one_of_each` says that nobody named it, so it may lack a value."""

    series: Series
    label: str
    row: Row
    is_one_of_each: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """Lines added up, and the stored series that says the same, if there is one."""

    label: str
    lines: tuple[Line, ...]
    whole: Series | None


def lines(rows: Sequence[Row | SumRow], book: FigureBook) -> list[Line | Total]:
    """Return the lines of a table. Raises UnknownFigure, and ExhibitRefused for what may not be added up."""
    found: list[Line | Total] = []
    for row in rows:
        if isinstance(row, SumRow):
            found.append(total(row, found, book))
        else:
            found.extend(expanded(row, book))
    return found


def expanded(row: Row, book: FigureBook) -> list[Line]:
    """Return the line of a row, or one for each part or area. Raises UnknownFigure or ExhibitRefused."""
    series = book.series(row.series)
    if row.each is None:
        return [Line(series, row.label or book.name_of(series), row)]
    found = {line.series.part if row.each is Each.PART else line.series.area: line for line in _each(series, row, book)}
    unknown = [slug for slug in row.left_out if slug not in found]
    if unknown:
        words = f"{row.series}: “{unknown[0]}” is to be left out, and is none of {', '.join(found)}"
        raise ExhibitRefused(f"{words}. Take it out of “except”")
    kept = [line for slug, line in found.items() if slug not in row.left_out]
    if not kept:
        words = "it has no breakdown" if row.each is Each.PART else f"there is no {row.each} with a value"
        raise ExhibitRefused(f"{row.series}: there are no rows, for {words}")
    return kept


def _each(series: Series, row: Row, book: FigureBook) -> Iterator[Line]:
    if row.each is Each.PART:
        for slug, name in book.measures[series.indicator].parts.items():
            yield Line(Series(series.indicator, slug, series.area), name, row, is_one_of_each=True)
        return
    wanted = KINDS[row.each] if row.each else None
    for slug, name in book.areas.items():
        line = Line(Series(series.indicator, series.part, slug), name, row, is_one_of_each=True)
        if book.area_kinds.get(slug) == wanted and (wanted != AreaKind.COMPARATOR or _is_held(line.series, book)):
            yield line
    if wanted != AreaKind.COMPARATOR:  # what lies elsewhere or nowhere is never lost
        for slug, name in book.areas.items():
            remainder = Series(series.indicator, series.part, slug)
            if book.area_kinds.get(slug) in REMAINDERS and _is_held(remainder, book):
                yield Line(remainder, name, row, is_one_of_each=True)


def _is_held(series: Series, book: FigureBook) -> bool:
    return series in book.values or any(one == series for one, _ in book.supplied)


def total(row: SumRow, before: Sequence[Line | Total], book: FigureBook) -> Total:
    """Return what a sum adds up of the lines before it. Raises ExhibitRefused with the reason why it may not."""
    plain = [one for one in before if isinstance(one, Line)]
    added = plain
    if row.scope is Scope.ABOVE:
        last = max((at for at, one in enumerate(before) if isinstance(one, Total)), default=-1)
        added = [one for one in before[last + 1 :] if isinstance(one, Line)]
    elif row.scope is Scope.NAMED:
        named = [book.series(stem) for stem in row.series]
        by_series = {one.series: one for one in plain}
        added = [by_series.get(one) or Line(one, book.name_of(one), Row(one.key)) for one in named]
    series = [one.series for one in added]
    whole = book.series(row.whole) if row.whole else None
    reason = why_not_added(series, whole, book)
    if not reason and any(one.row.window or one.row.months_back is not None for one in added):
        reason = "a row in it has a window of its own"
    if reason:
        raise ExhibitRefused(f"“{row.label}” cannot be added up: {reason}")
    return Total(row.label, tuple(added), whole or whole_of(series, book))


def why_left_out(rows: Sequence[Row | SumRow]) -> tuple[str, ...]:
    """Return the words that say why parts or areas are not shown, and the notes of single rows."""
    told = [words for row in rows if isinstance(row, Row) for words in (row.why, row.note) if words]
    return tuple(dict.fromkeys(told))
