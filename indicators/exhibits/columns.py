"""The columns of a table: several from one, each with the end of its own period, its heading and its figures' keys."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from indicators.choices import Window
from indicators.exhibits.definition import PERIODS, RATIO, Column, End, window_of
from indicators.exhibits.rows import Line, Total
from indicators.exhibits.shown import ExhibitRefused, window_key
from indicators.figures import FigureBook
from indicators.periods import (
    ComparedWith,
    Period,
    add_months,
    first_of_month,
    label,
    month_end,
    month_text,
    period_before,
    period_ending,
)
from indicators.series import Series, Slot, comparison_of

LONGEST_LAG = 12
HEADINGS = {
    "value": "{period}",
    "in_year": "{period}",
    "previous": "{previous_period}",
    "before": "{previous_period}",
    "change": "Change",
    "worded_change": "Change",
    "absolute": "Change",
    "percent": "Change",
    "direction": "Direction",
    "share": "Share, {period}",
    "previous_share": "Share, {previous_period}",
    "period": "Period",
    "previous_period": "Period before",
    "target": "Target",
    "target_steps": "Target",
    "target_result": "Result",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One column as it is shown: its definition, how many months back it ends, and on which day if that is found."""

    column: Column
    back: int = 0
    end: date | None = None


def shown(columns: Sequence[Column], lines: Sequence[Line | Total], book: FigureBook) -> tuple[Shown, ...]:
    """Return the columns one by one. Raises ExhibitRefused where no end is shared by all rows."""
    return tuple(one for column in columns for one in _expanded(column, lines, book))


def _expanded(column: Column, lines: Sequence[Line | Total], book: FigureBook) -> Iterator[Shown]:
    lag = _shared_lag(column, lines, book) if column.end is End.SHARED else column.months_back
    if column.end is End.OWN:
        lag = _newest_lag(column, lines, book)
    step = PERIODS.get(Window(window_of(column.window)), 0)
    for back in range(column.last - 1, -1, -1):
        months = lag + back * step
        end = month_end(add_months(first_of_month(book.quarter.end), -months))
        yield Shown(column, months, end if column.end is not End.QUARTER else None)


def _shared_lag(column: Column, lines: Sequence[Line | Total], book: FigureBook) -> int:
    """How many months before the end of the quarter every row has a value for the first time."""
    own = [one for one in lines if isinstance(one, Line)]
    for back in range(LONGEST_LAG + 1):
        at = Shown(column, back)
        if all(_is_held(series_of(one, at), at, book) for one in own):
            return back
    raise ExhibitRefused(
        f"in the {LONGEST_LAG} months before the end of the quarter there is no end for which every row has a value"
    )


def _newest_lag(column: Column, lines: Sequence[Line | Total], book: FigureBook) -> int:
    """How many months before the end of the quarter any row has a value for the first time."""
    own = [one for one in lines if isinstance(one, Line)]
    backs = (_own_lag(series_of(one, Shown(column)), column, book) for one in own)
    return min((back for back in backs if back is not None), default=0)


def _own_lag(series: Series, column: Column, book: FigureBook) -> int | None:
    """How many months before the end of the quarter a series has a value for the first time; None where never."""
    backs = (back for back in range(LONGEST_LAG + 1) if _is_held(series, Shown(column, back), book))
    return next(backs, None)


def _is_held(series: Series, at: Shown, book: FigureBook) -> bool:
    slot = book.slot(window_key(at.column.window, at.back, book))
    return slot in book.values.get(series, {}) or (series, slot) in book.supplied


def key_of(line: Line, at: Shown, book: FigureBook) -> str:
    """Return the key of the figure in a row and column, whose window, area or indicator one of them may change."""
    column, row = at.column, line.row
    series = series_of(line, at)
    if column.area and line.series.area:
        raise ExhibitRefused(
            f"the row “{line.label}” and the column “{column.heading or column.area}” name an area both: leave one out"
        )
    at = settled(line, at, book)
    if row.window or row.months_back is not None:
        at = replace(at, column=replace(column, window=row.window or column.window), back=row.months_back or at.back)
    known = book.series(series.key)  # says which word is not known
    return f"{known.key}.{window_key(at.column.window, at.back, book)}"


def settled(line: Line, at: Shown, book: FigureBook) -> Shown:
    """Return a column as it holds for one row: to the row's own newest end, where that is asked for."""
    found = _own_lag(series_of(line, at), at.column, book) if at.column.end is End.OWN else None
    return at if found is None else replace(at, back=found)


def series_of(line: Line, at: Shown) -> Series:
    """Return the series of a row in a column, which may name another indicator or area."""
    column, own = at.column, line.series
    return Series(column.indicator or own.indicator, own.part, column.area or own.area)


def of_whole(at: Shown) -> Shown:
    """Return the column of what a ratio is taken of, to the same end: a settled one is not settled again."""
    return replace(at, column=replace(at.column, indicator=at.column.of, end=End.QUARTER))


def heading(at: Shown, book: FigureBook) -> str:
    """Return the heading of a column, with its own period where it is asked for or nothing else is said."""
    column = at.column
    words = column.heading or HEADINGS.get(column.aspect, "")
    if column.aspect == RATIO and not words:
        names = [book.measures[key].name if key in book.measures else key for key in (column.indicator, column.of)]
        words = f"{names[0] or 'Part'} in per cent of {names[1]}, {{period}}"
    if column.area and not column.heading:
        words = f"{book.areas.get(column.area, column.area)}, {words}"
    if "{" not in words:
        return words
    key = window_key(at.column.window, at.back, book)
    now, before = _periods(book.slot(key), comparison_of(key))
    return words.replace("{period}", now).replace("{previous_period}", before)


def _periods(slot: Slot, compared_with: ComparedWith) -> tuple[str, str]:
    """The period of a slot and the one it is compared with, in words."""
    if slot.end is None:
        not_stated = label(Period(slot.window, None, None))
        return not_stated, not_stated
    try:
        period = Period(slot.window, slot.start, slot.end) if slot.start else period_ending(slot.window, slot.end)
    except ValueError:
        return label(Period(slot.window, None, slot.end)), "{previous_period}"
    earlier = period_before(period, compared_with)
    return label(period), label(earlier) if earlier else "{previous_period}"


def notes(columns: Iterable[Shown], book: FigureBook) -> Iterator[str]:
    """Say where columns end before the quarter does, because some rows have no later value."""
    for at in columns:
        if at.column.end is End.SHARED and at.end and at.end < book.quarter.end:
            yield f"All rows end with {month_text(at.end)}, the newest month for which each of them has a value."
