"""Tables: measures, parts or areas down, windows and aspects across; and months across, financial years down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from indicators.calculations import missing_reason, sum_of
from indicators.choices import Kind, Window
from indicators.exhibits import columns as across
from indicators.exhibits import rows as down
from indicators.exhibits.columns import Shown
from indicators.exhibits.definition import (
    RATIO,
    TARGET_STEPS,
    Bracket,
    End,
    MatrixDefinition,
    TableDefinition,
    read_matrix,
    read_table,
)
from indicators.exhibits.rows import Line, Total
from indicators.exhibits.shown import Definition, Exhibited, ExhibitRefused, notes_of, source_line, window_key
from indicators.exhibits.totals import (
    OTHER_PERIODS,
    disagreement,
    lacking,
    ratio,
    share_notes,
    summed,
    why_not_added,
)
from indicators.figures import Figure, FigureBook, UnknownFigure
from indicators.formatting import share_text, value_text
from indicators.kinds import ADDED, Aggregation
from indicators.periods import add_months, month_end, month_text
from indicators.series import Series, Slot
from indicators.tables import Cell, Table
from indicators.targets.asked import NO_TARGET

SHARES = frozenset({"share", "previous_share"})
BLANK_IN_SUMS = frozenset({"target", "target_result", TARGET_STEPS})
OF_BEFORE = frozenset({"previous", "before", "previous_share"})
SAYS_ITS_PERIOD = frozenset({"period", "previous_period", TARGET_STEPS})
LOW_BASE = "n/a (low base)"


@dataclass(slots=True)
class _Made:
    """A table in the making: what it shows, and what is to be said below it."""

    definition: TableDefinition
    book: FigureBook
    used: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    shares: list[Figure] = field(default_factory=list)


def make_table(key: str, title: str, document: Definition, book: FigureBook) -> Exhibited:
    """Make a table. Raises DefinitionFault, ExhibitRefused or UnknownFigure."""
    definition = read_table(document)
    made = _Made(definition, book)
    lines = down.lines(definition.rows, book)
    shown = across.shown(definition.columns, lines, book)
    header = (
        Cell(definition.row_heading, is_header=True),
        *(Cell(across.heading(one, book), is_header=True, is_numeric=True) for one in shown),
    )
    rows = tuple(_line(one, shown, made) if isinstance(one, Line) else _total(one, shown, made) for one in lines)
    used = tuple(key for key in dict.fromkeys(made.used) if key)
    own = (
        *definition.notes,
        *down.why_left_out(definition.rows),
        *share_notes(made.shares),
        *across.notes(shown, book),
    )
    told = {"notes": [*own, *made.remarks]}
    table = Table(
        key=key,
        caption=title,
        header=header,
        rows=rows,
        notes=notes_of(told, used, book),
        source=source_line(used, book),
    )
    return Exhibited(table, used)


def _line(line: Line, shown: Iterable[Shown], made: _Made) -> tuple[Cell, ...]:
    cells = [Cell(line.label, is_header=True)]
    for column in shown:
        text, keys = _cell(line, column, made)
        cells.append(Cell(text, is_numeric=True, figure=keys[0] if keys else ""))
        made.used += keys
    return tuple(cells)


def _cell(line: Line, shown: Shown, made: _Made) -> tuple[str, list[str]]:
    """Return a cell's text and the keys of its figures; blank where the column is not filled for the row."""
    column = shown.column
    if column.only and line.row.series not in column.only and line.series.key not in column.only:
        return "", []
    figure = _figure(line, shown, made)
    if figure is None:
        return "not available", []
    if column.aspect == RATIO:
        whole = _figure(line, _whole_of(line, shown, made), made)
        text = _with_end(_ratio_text([figure], [whole]), figure, shown)
        return text, [figure.key, *([whole.key] if whole else [])]
    text = _with_end(_aspect(figure, column.aspect, made), figure, shown)
    return _with_bracket(text, [figure.key], line, shown, made)


def _whole_of(line: Line, shown: Shown, made: _Made) -> Shown:
    """The column of what a row is in per cent of, to the row's own end."""
    return across.of_whole(across.settled(line, shown, made.book))


def _with_end(text: str, figure: Figure, shown: Shown) -> str:
    """Say behind a value with which month it ends, where a row ends earlier than its column."""
    column = shown.column
    is_other = column.end is End.OWN and shown.end and figure.period.end not in {None, shown.end}
    if not text or not is_other or column.aspect in SAYS_ITS_PERIOD:
        return text
    period = figure.previous_period if column.aspect in OF_BEFORE else figure.period
    return f"{text} (to {month_text(period.end)})" if period and period.end else f"{text} (period not stated)"


def _with_bracket(text: str, keys: list[str], line: Line, shown: Shown, made: _Made) -> tuple[str, list[str]]:
    bracket: Bracket | None = shown.column.bracket
    named = (line.row.series, line.series.key)
    if bracket is None or (bracket.rows and not set(named) & set(bracket.rows)):
        return text, keys
    column = replace(shown.column, window=bracket.window, aspect=bracket.aspect, bracket=None)
    inner, more = _cell(line, replace(shown, column=column), made)
    return f"{text} ({inner})", keys + more


def _figure(line: Line, shown: Shown, made: _Made) -> Figure | None:
    """Return the figure of a row in a column; None where none is stored and the row or column need not have one."""
    try:
        found = made.book.figure(across.key_of(line, shown, made.book))
    except UnknownFigure:
        if line.is_one_of_each or shown.column.is_optional:
            return None
        raise
    return _rounded(found, made.definition.decimals)


def _rounded(figure: Figure, decimals: Mapping[str, int]) -> Figure:
    places = decimals.get(figure.series.indicator)
    return figure if places is None else replace(figure, measure=replace(figure.measure, decimals=places))


def _aspect(figure: Figure, aspect: str, made: _Made) -> str:
    if aspect in SHARES:
        if figure.series.part in figure.measure.excluded_parts and figure.key:
            return ""  # it is not in the total of which shares are taken; a note says so
        made.shares.append(figure)
    return text_of(figure, aspect)


def text_of(figure: Figure, aspect: str) -> str:
    """Return what a figure says, in one of the aspects of texts or of the appendix."""
    own = {"in_year": figure.in_year, "before": figure.before, "worded_change": figure.worded_change}
    if aspect == TARGET_STEPS:
        return _steps(figure)
    return own[aspect] if aspect in own else figure.aspect(aspect)


def _steps(figure: Figure) -> str:
    """Every step of the targets of a measure, in the order of their days."""
    rules = [one for one in figure.measure.targets if one.part == figure.series.part and not figure.series.area]
    ordered = sorted(rules, key=lambda one: one.starts_on or date.min)
    return "; ".join(dict.fromkeys(one.words for one in ordered)) or NO_TARGET


def _ratio_text(parts: list[Figure | None], wholes: list[Figure | None]) -> str:
    """The first in per cent of the second; none from a base under the threshold of what is counted."""
    whole = next((one for one in wholes if one is not None), None)
    part = next((one for one in parts if one is not None), None)
    if whole is None or part is None:
        return "not available"
    if part.measure.kind not in ADDED or whole.measure.unit != part.measure.unit:
        raise ExhibitRefused(f"{part.measure.name} cannot be given in per cent of {whole.measure.name}")
    base = [one.current.amount for one in wholes if one and one.current and one.current.amount is not None]
    if whole.measure.kind == Kind.COUNT and sum_of(base) < whole.measure.base_threshold:
        return LOW_BASE
    return share_text(ratio(parts, wholes), part.measure.share_decimals)


def _total(total: Total, shown: Iterable[Shown], made: _Made) -> tuple[Cell, ...]:
    cells = [Cell(total.label, is_header=True, is_total=True)]
    for column in shown:
        text, key = _total_cell(total, column, made)
        cells.append(Cell(text, is_numeric=True, figure=key, is_total=True))
    return tuple(cells)


def _total_cell(total: Total, shown: Shown, made: _Made) -> tuple[str, str]:
    """Return the text of a sum, and the key of the stored figure that says the same."""
    column = shown.column
    named = [column.only and not {one.row.series, one.series.key} & set(column.only) for one in total.lines]
    if column.aspect in BLANK_IN_SUMS or any(named):
        return "", ""
    figures = [_figure(one, shown, made) for one in total.lines]
    made.used += [one.key for one in figures if one is not None]
    if column.indicator and not _may_add([across.series_of(one, shown) for one in total.lines], total, shown, made):
        return "not available", ""
    if column.aspect == RATIO:
        return _total_ratio(figures, total, shown, made), ""
    found = summed(figures, [one.label for one in total.lines], made.book)
    if found is None:
        return "not available", ""
    if column.aspect in SHARES and any(one and one.series.part in one.measure.excluded_parts for one in figures):
        return "", ""  # shares are of a total without it
    text = text_of(found, column.aspect)
    told = lacking(figures, [one.label for one in total.lines]) if text.startswith("not available: ") else ""
    made.remarks += [f"{total.label}: {told}."] if told else []
    is_together = len({one.period for one in figures if one is not None}) == 1
    return _with_end(text, found, shown) if is_together else text, _checked(total, found, shown, made)


def _total_ratio(figures: list[Figure | None], total: Total, shown: Shown, made: _Made) -> str:
    """Rows together in per cent of what they are parts of; a base that all of them share counts once."""
    wholes = [_figure(one, _whole_of(one, shown, made), made) for one in total.lines]
    made.used += [one.key for one in wholes if one is not None]
    held = [one for one in figures if one is not None]
    if len({one.period for one in held}) > 1:
        return f"not available: {OTHER_PERIODS}"
    bases = {one.series: one for one in wholes if one is not None}
    if len(bases) == 1 and all(wholes):
        wholes = [*bases.values()]
    elif len(bases) > 1 and not _may_add([one.series for one in wholes if one is not None], total, shown, made):
        return "not available"
    text = _ratio_text(figures, wholes)
    return _with_end(text, held[0], shown) if held else text


def _may_add(series: list[Series], total: Total, shown: Shown, made: _Made) -> bool:
    """Tell whether a sum may be made of what a column shows for its rows; a note says why not."""
    reason = why_not_added(series, total.whole, made.book)
    if reason:
        made.remarks.append(f"{total.label}, {across.heading(shown, made.book)}: not added up, for {reason}.")
    return not reason


def _checked(total: Total, found: Figure, shown: Shown, made: _Made) -> str:
    """Compare a sum with the stored value of the same; say where they differ, or return its key."""
    if total.whole is None:
        return ""
    column, whole = shown.column, total.whole
    series = Series(column.indicator or whole.indicator, whole.part, column.area or whole.area)
    slot = made.book.slot(window_key(column.window, shown.back, made.book))
    if slot.end != found.period.end or slot not in made.book.values.get(series, {}):
        return ""
    stored = _rounded(made.book.build(series, slot), made.definition.decimals)
    words = disagreement(found, stored, total.label)
    if words:
        made.remarks.append(words)
    return "" if words or text_of(found, column.aspect) != text_of(stored, column.aspect) else stored.key


def make_matrix(key: str, title: str, document: Definition, book: FigureBook) -> Exhibited:
    """Financial years down, months April to March across; months ahead are blank, not zero."""
    definition = read_matrix(document)
    series = book.series(definition.series)
    measure = book.measures[series.indicator]
    if definition.has_totals and (measure.kind not in ADDED or measure.over_time == Aggregation.SUPPLIED):
        raise ExhibitRefused(f"the months of {measure.name} are not added up, so a year has no total")
    this_year = book.quarter.year
    years = range(this_year - definition.years + 1, this_year + 1)
    made = [_year(year, series, definition, book) for year in years]
    bound = tuple(cell.figure for row in made for cell in row if cell.figure)
    header = ["Financial year", *(f"{add_months(date(this_year, 4, 1), step):%b}" for step in range(12))]
    header += ["Year"] if definition.has_totals else []
    table = Table(
        key=key,
        caption=title,
        header=tuple(Cell(text, is_header=True, is_numeric=at > 0) for at, text in enumerate(header)),
        rows=tuple(made),
        notes=notes_of({"notes": definition.notes}, bound, book, is_compared=False),
        source=source_line(bound, book),
    )
    return Exhibited(table, bound)


def _year(year: int, series: Series, definition: MatrixDefinition, book: FigureBook) -> tuple[Cell, ...]:
    cells = [Cell(f"{year}/{(year + 1) % 100:02d}", is_header=True)]
    months = [add_months(date(year, 4, 1), step) for step in range(12)]
    held: dict[date, Figure] = {}
    for month in months:
        slot = Slot(Window.MONTH, month_end(month))
        if month > book.quarter.end or slot not in book.values.get(series, {}):
            cells.append(Cell("", is_numeric=True))
            continue
        held[month] = book.build(series, slot)
        cells.append(Cell(held[month].aspect("value"), is_numeric=True, figure=held[month].key))
    if definition.has_totals:
        passed = [month for month in months if month <= book.quarter.end]
        text, key = _year_total(passed, held, series, book)
        cells.append(Cell(text, is_numeric=True, figure=key))
    return tuple(cells)


def _year_total(passed: list[date], held: dict[date, Figure], series: Series, book: FigureBook) -> tuple[str, str]:
    """The months of a year that have passed, added up, with the key of the stored figure that says the same.

    Where a month has no value, why there is no total.
    """
    measure = book.measures[series.indicator]
    amounts = {at: one.current.amount for at, one in held.items() if one.current and one.current.amount is not None}
    missing = [month for month in passed if month not in amounts]
    if missing:
        return missing_reason(missing, len(passed)), ""
    total = value_text(sum_of(amounts.values()), measure.unit, measure.decimals)
    slot = Slot(Window.YEAR_TO_DATE, month_end(passed[-1]))
    stored = book.build(series, slot) if slot in book.values.get(series, {}) else None
    key = stored.key if stored and stored.aspect("value") == total else ""
    return (total if len(passed) == 12 else f"{total} (to {month_text(passed[-1])})"), key
