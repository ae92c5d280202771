"""The definition of a table or list: its JSON read into frozen values, with everything that is wrong named at once.

A table is {"kind": "table", "row_heading", "rows": [...], "columns": [...], "decimals": {indicator: places}, "notes"}.

A row is one of
- {"series": "rape", "label"?, "override"?: {"window", "months_back", "quarters_back"}};
- {"series": "asb", "each": "part" | "district" | "division" | "comparator", "except"?: [...], "why"?}: one row for each
  part of its breakdown, or for each area, in their order; "why" says in a note why some are left out;
- {"sum": "above" | "all" | [series, ...], "label", "whole"?}: the rows since the last sum, all rows, or those named,
  added up; "whole" names the stored series with which the sum is compared.

A column is {"window", "aspect"} and, where wanted, "heading" (`{period}` becomes its own period), "area",
"months_back", "quarters_back", "last" (so many columns, the oldest first), "end" ("shared": the newest end that all
rows have; "own": each row's newest, told in the cell), "indicator" (of which the value is, in place of the row's),
"of" (with the aspect "ratio": in per cent of which indicator), "bracket" ({"window", "aspect", "rows"?}: a second value
in the cell, of no ratio), "only" (the series for which it is filled) and "is_optional".

{"kind": "matrix", "series", "years", "totals"?} is financial years by months. {"kind": "list", "window", "rows",
"form"?, "months_back"?} is one sentence for each row, in which a row may have a "note". Charts are read by `charting`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from indicators.choices import Window
from indicators.exhibits.fields import Fields
from indicators.figures import ASPECTS
from indicators.series import WINDOW_KEY, comparison_of, on

RATIO = "ratio"
TARGET_STEPS = "target_steps"
COLUMN_ASPECTS = (*ASPECTS, "before", "in_year", "worded_change", TARGET_STEPS, RATIO)
NAMING = frozenset({"series", "area", "areas", "indicator", "of", "whole", "sum"})
MOST_ROWS, MOST_COLUMNS, MOST_BACK, MOST_YEARS = 100, 40, 120, 20
MOST_DECIMALS = 6
PERIODS = {Window.MONTH: 1, Window.QUARTER: 3, Window.ROLLING_12: 12, Window.YEAR_TO_DATE: 12}
"""How many months lie between one column and the next where "last" asks for several."""


class Each(StrEnum):
    """What a row stands for, one by one."""

    PART = "part"
    DISTRICT = "district"
    DIVISION = "division"
    COMPARATOR = "comparator"


PLACES = frozenset({Each.DISTRICT, Each.DIVISION})


class Scope(StrEnum):
    """Which rows a sum adds up."""

    ABOVE = "above"
    ALL = "all"
    NAMED = "named"


class End(StrEnum):
    """Where the period of a column ends: with the quarter, where every row has a value, or where each row has one."""

    QUARTER = "quarter"
    SHARED = "shared"
    OWN = "own"


class Form(StrEnum):
    """What the sentences of a list say beside the value."""

    PREVIOUSLY = "previously"
    CHANGE = "change"
    VALUE = "value"


class DefinitionFault(ValueError):
    """A definition has not the form of one; `faults` says everything that is wrong."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Row:
    """One series, or one for each part or area. An empty window is that of the column."""

    series: str
    each: Each | None = None
    label: str = ""
    left_out: tuple[str, ...] = ()
    why: str = ""
    window: str = ""
    months_back: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class SumRow:
    """Other rows added up. `whole` is the stored series that says the same."""

    scope: Scope
    label: str
    series: tuple[str, ...] = ()
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Bracket:
    """The second value of a cell; without rows, of every cell."""

    window: str
    aspect: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """What stands in a column: which aspect, of which window, and in which place it differs from the row's series."""

    window: str
    aspect: str
    heading: str = ""
    area: str = ""
    months_back: int = 0
    last: int = 1
    end: End = End.QUARTER
    indicator: str = ""
    of: str = ""
    bracket: Bracket | None = None
    only: tuple[str, ...] = ()
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """Measures, parts or areas down; windows and comparisons across."""

    rows: tuple[Row | SumRow, ...]
    columns: tuple[Column, ...]
    row_heading: str = "Measure"
    decimals: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatrixDefinition:
    """Financial years down, months across."""

    series: str
    years: int
    has_totals: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListDefinition:
    """One sentence for each row."""

    rows: tuple[Row, ...]
    window: str
    months_back: int = 0
    form: Form = Form.PREVIOUSLY
    decimals: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


Tabular = TableDefinition | MatrixDefinition | ListDefinition


def read_table(document: Any) -> TableDefinition:
    """Read the definition of a table. Raises DefinitionFault naming everything that is wrong."""
    fields = Fields(document, "The table")
    found = TableDefinition(
        rows=tuple(_row(one) for one in fields.objects("rows", MOST_ROWS, noun="Row")),
        columns=tuple(_column(one) for one in fields.objects("columns", MOST_COLUMNS, noun="Column")),
        row_heading=fields.text("row_heading") or "Measure",
        decimals=_decimals(fields),
        notes=fields.texts("notes"),
    )
    _finish(fields)
    return found


def read_matrix(document: Any) -> MatrixDefinition:
    """Read the definition of a matrix of years and months. Raises DefinitionFault as for a table."""
    fields = Fields(document, "The matrix")
    found = MatrixDefinition(
        series=fields.text("series", is_needed=True),
        years=fields.number("years", 1, MOST_YEARS, default=4),
        has_totals=fields.flag("totals"),
        notes=fields.texts("notes"),
    )
    _finish(fields)
    return found


def read_list(document: Any) -> ListDefinition:
    """Read the definition of a list. Raises DefinitionFault as for a table."""
    fields = Fields(document, "The list")
    found = ListDefinition(
        rows=tuple(_series_row(one) for one in fields.objects("rows", MOST_ROWS, noun="Row")),
        window=_window(fields),
        months_back=_months_back(fields) or 0,
        form=fields.choice("form", Form, Form.PREVIOUSLY),
        decimals=_decimals(fields),
        notes=fields.texts("notes"),
    )
    _finish(fields)
    return found


READERS: dict[str, Callable[[Any], Tabular]] = {"table": read_table, "matrix": read_matrix, "list": read_list}
KIND_NAMES = {
    "table": "Table",
    "list": "List of sentences",
    "matrix": "Financial years by months",
    "line": "Chart: lines over months",
    "bar": "Chart: bars side by side",
    "control": "Chart: one series with its limits",
    "years": "Chart: several years laid over each other",
    "shares": "Chart: shares of a hundred",
    "multiples": "Chart: a small chart for each area or part",
    "comparators": "Chart: the force beside others",
    "days": "Chart: days or weeks",
}
# What a new exhibit of each kind begins with.
STARTS: dict[str, dict[str, Any]] = {
    "table": {"kind": "table", "rows": [], "columns": []},
    "list": {"kind": "list", "rows": []},
    "matrix": {"kind": "matrix", "years": 4},
    "line": {"kind": "line", "months": 25},
    "bar": {"kind": "bar", "window": "r12"},
    "control": {"kind": "control", "months": 25},
    "years": {"kind": "years", "years": 3},
    "shares": {"kind": "shares", "window": "quarter", "points": 5, "every": 3},
    "multiples": {"kind": "multiples", "by": "parts", "points": 25},
    "comparators": {"kind": "comparators", "window": "r12"},
    "days": {"kind": "days", "window": "week", "points": 26},
}


def read(document: Any) -> Tabular:
    """Read a definition that is no chart. Raises DefinitionFault."""
    kind = document.get("kind") if isinstance(document, Mapping) else None
    reader = READERS.get(str(kind))
    if reader is None:
        raise DefinitionFault((f"“{kind}” is not a kind of exhibit. Use one of: {', '.join(KIND_NAMES)}.",))
    return reader(document)


def _finish(fields: Fields) -> None:
    fields.take("kind")
    faults = fields.faults()
    if faults:
        raise DefinitionFault(faults)


def _row(fields: Fields) -> Row | SumRow:
    return _sum(fields) if fields.has("sum") else _series_row(fields)


def _sum(fields: Fields) -> SumRow:
    named = fields.take("sum")
    series: tuple[str, ...] = ()
    scope = Scope.NAMED
    if isinstance(named, list):
        series = fields.texts("sum")
        if not series:
            fields.fault("“sum” names no series. Name them, or write “above” or “all”.")
    elif named in (Scope.ABOVE, Scope.ALL):
        scope = Scope(named)
    else:
        fields.fault(f"“{named}” is nothing that can be added up. Write “above”, “all”, or a list of series.")
    label = fields.text("label") or ("Total" if scope is Scope.ALL else "Sub-total")
    return SumRow(scope, label, series, fields.text("whole"))


def _series_row(fields: Fields) -> Row:
    given = fields.inner("override") if fields.has("override") else None
    back = _months_back(given) if given else None
    row = Row(
        series=fields.text("series", is_needed=True),
        each=fields.choice("each", Each, None),
        label=fields.text("label"),
        left_out=fields.texts("except"),
        why=fields.text("why"),
        window=_window(given, is_needed=False) if given else "",
        months_back=back,
        note=fields.text("note"),
    )
    if row.left_out and not row.each:
        fields.fault("“except” leaves parts or areas out, and the row stands for one series. Add “each”, or drop it.")
    if row.each and row.label:
        fields.fault("a row for each part or area takes their names. Remove “label”.")
    return row


def _column(fields: Fields) -> Column:
    bracket = fields.inner("bracket") if fields.has("bracket") else None
    column = Column(
        window=_window(fields),
        aspect=_aspect(fields),
        heading=fields.text("heading"),
        area=fields.text("area"),
        months_back=_months_back(fields) or 0,
        last=fields.number("last", 1, MOST_COLUMNS, default=1),
        end=fields.choice("end", End, End.QUARTER),
        indicator=fields.text("indicator"),
        of=fields.text("of"),
        bracket=Bracket(_window(bracket), _aspect(bracket), bracket.texts("rows")) if bracket else None,
        only=fields.texts("only"),
        is_optional=fields.flag("is_optional"),
    )
    for words in _column_faults(column):
        fields.fault(words)
    return column


def _column_faults(column: Column) -> Iterator[str]:
    if (column.aspect == RATIO) != bool(column.of):
        yield "“of” says in per cent of which indicator, and belongs to the aspect “ratio”. Give both, or neither."
    if column.bracket and RATIO in (column.aspect, column.bracket.aspect):
        yield "“bracket” is a second value beside a value, and neither of them can be a “ratio”. Use two columns."
    plain = window_of(column.window)
    names_month = column.window != on(plain, comparison_of(column.window))
    if names_month and (column.months_back or column.last > 1 or column.end is not End.QUARTER):
        yield "the window names its month already. Remove the month, or what counts back from the quarter."
    if column.last > 1 and plain not in {one.value for one in PERIODS}:
        yield f"“last” asks for several columns, and of “{column.window}” there is none before. Remove it."
    if column.last > 1 and column.end is End.OWN:
        yield "“last” asks for several columns, and the newest month of each row is one. Remove “last” or “end”."
    if column.end is not End.QUARTER and column.months_back:
        yield "the end is worked out, and “months_back” says it too. Remove one of them."


def window_of(window: str) -> str:
    """Return a window without the month that its key may name, and without what it is compared with."""
    found = WINDOW_KEY.match(window)
    return found["window"] if found else window


def _window(fields: Fields, *, is_needed: bool = True) -> str:
    window = fields.text("window", is_needed=is_needed)
    if window and not WINDOW_KEY.match(window):
        fields.fault(f"“{window}” is not a window. Use one of: {', '.join(Window)}.")
    return window


def _aspect(fields: Fields) -> str:
    aspect = fields.text("aspect", is_needed=True)
    if aspect and aspect not in COLUMN_ASPECTS:
        fields.fault(f"“{aspect}” is not something a figure says. Use one of: {', '.join(COLUMN_ASPECTS)}.")
    return aspect


def _months_back(fields: Fields) -> int | None:
    months = fields.number("months_back", 0, MOST_BACK, default=None)
    quarters = fields.number("quarters_back", 0, MOST_BACK // 3, default=None)
    return None if months is None and quarters is None else (months or 0) + 3 * (quarters or 0)


def _decimals(fields: Fields) -> dict[str, int]:
    given = fields.inner("decimals") if fields.has("decimals") else None
    return {key: given.number(key, 0, MOST_DECIMALS, default=0) for key in given.names()} if given else {}


def words_named(document: Any) -> Iterator[str]:
    """Yield every word of a series, an area or an indicator that a definition names, charts included."""
    if isinstance(document, Mapping):
        for name, inner in document.items():
            if name in NAMING:
                stems = inner if isinstance(inner, list) else [inner]
                yield from (word for stem in stems if isinstance(stem, str) for word in stem.split("."))
            else:
                yield from words_named(inner)
    elif isinstance(document, list):
        for inner in document:
            yield from words_named(inner)


def needs_places(document: Any) -> bool:
    """Tell whether a definition stands for all districts or divisions, which a book holds only when asked for."""
    if isinstance(document, Mapping):
        own = document.get("each") in PLACES
        return own or any(needs_places(inner) for inner in document.values())
    return isinstance(document, list) and any(needs_places(inner) for inner in document)
