"""Tables and charts once more: every cell that a saved definition asks for, from the recomputed figures."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Any

from tests.recomputation.figures import (
    MONTHS,
    Amount,
    Recomputation,
    Series,
    back,
    last_day,
    months_between,
    period_words,
    start_of,
)
from tests.recomputation.printing import value_words

HEADINGS = ("Measure", "Previous", "Change", "In year")
LEAST_POINTS = 12
REACH = Decimal("2.66")

Grid = list[list[str]]


def month_words(month: str) -> str:
    """Write 2020-09 as September 2020."""
    return f"{MONTHS[int(month[5:]) - 1]} {month[:4]}"


def months_up_to(recomputation: Recomputation, count: int) -> list[str]:
    """Return so many months up to the end of the quarter."""
    year, month = back(recomputation.end.year, recomputation.end.month, count - 1)
    return months_between(last_day(year, month), recomputation.end)


def series_of(recomputation: Recomputation, stem: str) -> Series:
    """Read indicator[.part][.area]."""
    return recomputation.figure(f"{stem}.month").series


def table(definition: dict[str, Any], recomputation: Recomputation) -> Grid:
    """Return the cells of a table as printed, the header first."""
    makers = {"table": _table, "matrix": _matrix, "line": _line, "bar": _bar}
    return makers[definition["kind"]](definition, recomputation)


def _column_key(column: dict[str, Any], recomputation: Recomputation) -> str:
    steps = int(column.get("months_back", 0)) + 3 * int(column.get("quarters_back", 0))
    if not steps:
        return str(column["window"])
    year, month = back(recomputation.end.year, recomputation.end.month, steps)
    return f"{column['window']}-{year}-{month:02}"


def _heading(column: dict[str, Any], recomputation: Recomputation) -> str:
    steps = int(column.get("months_back", 0)) + 3 * int(column.get("quarters_back", 0))
    end = last_day(*back(recomputation.end.year, recomputation.end.month, steps))
    window = column["window"]
    of = None if window == "not-stated" else end
    start = start_of(window, end)
    started = start.replace(year=start.year - 1) if start else None
    before = period_words(window, started, last_day(end.year - 1, end.month))
    words = {"{period}": period_words(window, start, of), "{previous_period}": before if of else "period not stated"}
    text = str(column["heading"])
    for name, said in words.items():
        text = text.replace(name, said)
    return text


def _table(definition: dict[str, Any], recomputation: Recomputation) -> Grid:
    columns = definition["columns"]
    grid = [[definition.get("row_heading", "Measure"), *(_heading(one, recomputation) for one in columns)]]
    for row in definition["rows"]:
        first = row.get("label") or _name(recomputation, row["series"])
        grid.append([first, *(_cell(row, column, recomputation) for column in columns)])
    return grid


def _name(recomputation: Recomputation, stem: str) -> str:
    words = stem.split(".")
    sheet = recomputation.inputs.indicators[words[0]]
    parts = {one["slug"]: one["name"] for one in recomputation.inputs.parts[words[0]]}
    name = str(sheet["name"])
    for word in words[1:]:
        name += f": {parts[word]}" if word in parts else f", {recomputation.inputs.area_names[word]}"
    return name


def _cell(row: dict[str, Any], column: dict[str, Any], recomputation: Recomputation) -> str:
    if column.get("only") and row["series"] not in column["only"]:
        return ""
    area = f".{column['area']}" if column.get("area") else ""
    key = f"{row['series']}{area}.{_column_key({**column, **row.get('override', {})}, recomputation)}"
    try:
        text = recomputation.figure(key).words(column["aspect"])
    except KeyError:
        if column.get("is_optional"):
            return "not available"
        raise
    bracket = column.get("bracket")
    if bracket and row["series"] in bracket.get("rows", [row["series"]]):
        text += f" ({_cell(row, {**column, **bracket, 'bracket': None}, recomputation)})"
    return text


def _matrix(definition: dict[str, Any], recomputation: Recomputation) -> Grid:
    """Financial years down, their months across; a month without a value is blank."""
    year = recomputation.end.year - (recomputation.end.month < 4)
    order = [*range(4, 13), 1, 2, 3]
    grid = [["Financial year", *(MONTHS[month - 1][:3] for month in order)]]
    for april in range(year - definition["years"] + 1, year + 1):
        line = [f"{april}/{(april + 1) % 100:02}"]
        for month in order:
            end = last_day(april + (month < 4), month)
            line.append(_month(recomputation, definition["series"], end) if end <= recomputation.end else "")
        grid.append(line)
    return grid


def _month(recomputation: Recomputation, stem: str, end: Any) -> str:
    try:
        return recomputation.figure(f"{stem}.month-{end:%Y-%m}").words("value")
    except KeyError:
        return ""


def _line(definition: dict[str, Any], recomputation: Recomputation) -> Grid:
    stems = definition["series"]
    grid = [["Month", *(_name(recomputation, stem) for stem in stems)]]
    for month in months_up_to(recomputation, int(definition.get("months", 25))):
        end = last_day(int(month[:4]), int(month[5:]))
        grid.append([month_words(month), *(_month(recomputation, stem, end) for stem in stems)])
    return grid


def _bar(definition: dict[str, Any], recomputation: Recomputation) -> Grid:
    aspects = definition.get("aspects", ["previous", "value"])
    key = _column_key(definition, recomputation)
    figures = [recomputation.figure(f"{stem}.{key}") for stem in definition["series"]]
    names = definition.get("labels") or [figure.name for figure in figures]
    periods = {"value": "period", "share": "period", "previous": "previous_period"}
    grid = [["Measure", *(figures[0].words(periods[aspect]) for aspect in aspects)]]
    return grid + [[name, *(f.words(aspect) for aspect in aspects)] for name, f in zip(names, figures, strict=True)]


def appendix(recomputation: Recomputation) -> dict[str, Grid]:
    """Return the appendix by part of the report, from the entries on the reference sheets."""
    lines: dict[str, list[tuple[int, list[str]]]] = {}
    for key, sheet in recomputation.inputs.indicators.items():
        entries = sheet["appendix"] or []
        for entry in entries if isinstance(entries, list) else [entries]:
            stem = ".".join(filter(None, (key, entry["part"])))
            figure = recomputation.figure(f"{stem}.{entry['window']}")
            cells = [entry["measure"], *(figure.words(one) for one in ("before", "worded_change", "in_year"))]
            lines.setdefault(entry["part of the report"], []).append((entry["position"], cells))
    return {part: [list(HEADINGS), *(cells for _, cells in sorted(rows))] for part, rows in lines.items()}


@dataclass(frozen=True)
class Limits:
    """Centre and limits of the months of a chart, unrounded."""

    centre: Decimal
    lower: Decimal
    upper: Decimal


def months_of(recomputation: Recomputation, series: Series, count: int = 25) -> dict[str, Amount | None]:
    """Return the monthly values up to the end of the quarter."""
    found = {}
    for month in months_up_to(recomputation, count):
        found[month] = recomputation.amount(series, "month", last_day(int(month[:4]), int(month[5:])))
    return found


def limits(amounts: dict[str, Amount | None]) -> Limits | None:
    """Return the limits of natural variation: mean ± 2.66 × mean moving range of the settled months."""
    known = [one for one in amounts.values() if one is not None and one.value is not None]
    settled = [one.value for one in known if one.status != "provisional" and one.value is not None]
    if len(settled) < LEAST_POINTS:
        return None
    with localcontext(prec=60):
        centre = sum(settled) / Decimal(len(settled))
        moves = [abs(later - earlier) for earlier, later in pairwise(settled)]
        reach = REACH * sum(moves) / Decimal(len(moves))
        lower = centre - reach
        if all(one.value is not None and one.value >= 0 for one in known):
            lower = max(lower, Decimal(0))
        return Limits(centre, lower, centre + reach)


def control(recomputation: Recomputation, series: Series, name: str) -> Grid:
    """Return the data table of a control chart: each month with its value, centre, limits and state."""
    sheet = recomputation.inputs.indicators[series.indicator]
    amounts = months_of(recomputation, series)
    lines = limits(amounts)
    places = sheet["decimals"] + 1
    shown = ["–"] * 3
    if lines:
        shown = [value_words(one, sheet["unit"], places) for one in (lines.centre, lines.lower, lines.upper)]
    grid = [["Month", name, "Centre", "Lower limit", "Upper limit", "State"]]
    for month, amount in amounts.items():
        text = "not available"
        if amount is not None:
            text = amount.reason
            if amount.value is not None:
                text = value_words(amount.value, sheet["unit"], sheet["decimals"], amount.qualifier)
        grid.append([month_words(month), text, *shown, _state(amount, lines)])
    return grid


def _state(amount: Amount | None, lines: Limits | None) -> str:
    if amount is None or amount.value is None:
        return "not available"
    if lines is None:
        place = "no limits: not enough points"
    elif amount.value > lines.upper:
        place = "above the upper limit"
    else:
        place = "below the lower limit" if amount.value < lines.lower else "within the limits"
    return f"{place}, provisional" if amount.status == "provisional" else place
