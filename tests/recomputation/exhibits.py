"""Tables and lists once more: every cell and sentence that a saved definition asks for, from the recomputed figures."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Any

from tests.recomputation.figures import (
    MONTHS,
    Amount,
    Figure,
    Recomputation,
    Series,
    back,
    last_day,
    missing_words,
    months_between,
    period_words,
    start_of,
    weakest,
    year_before,
)
from tests.recomputation.printing import places_of, value_words

HEADINGS = ("Measure", "Previous", "Change", "In year")
LEAST_POINTS = 12
REACH = Decimal("2.66")
# How many months lie between one column and the next where several are asked for.
APART = {"month": 1, "quarter": 3, "r12": 12, "fytd": 12}

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


def known(recomputation: Recomputation, key: str) -> Figure | None:
    """Return a figure; None where the files say nothing of it."""
    try:
        return recomputation.figure(key)
    except KeyError:
        return None


def table(definition: dict[str, Any], recomputation: Recomputation) -> Grid:
    """Return the cells of a table as printed, the header first."""
    return (_matrix if definition["kind"] == "matrix" else _table)(definition, recomputation)


@dataclass(frozen=True)
class Line:
    """One row of a table: the series of which it is, or, for a sum, the rows that are added up."""

    label: str
    stem: str = ""
    row: dict[str, Any] = field(default_factory=dict)
    added: tuple["Line", ...] = ()

    @property
    def names(self) -> set[str]:
        """The words by which a column may name it."""
        return {self.stem, self.row.get("series", "")}


@dataclass(frozen=True)
class Column:
    """One column as it is shown, and how many months before the quarter it ends."""

    asked: dict[str, Any]
    steps: int

    def key(self, line: Line, recomputation: Recomputation) -> str:
        """Return the key of the figure of a row in it."""
        own = {**self.asked, **line.row.get("override", {})}
        steps = _steps(line.row["override"]) or self.steps if "override" in line.row else self.steps
        indicator, _, inside = line.stem.partition(".")
        words = (self.asked.get("indicator") or indicator, inside, self.asked.get("area", ""))
        return ".".join(filter(None, (*words, _window_key(own["window"], steps, recomputation))))


def _steps(column: dict[str, Any]) -> int:
    return int(column.get("months_back", 0)) + 3 * int(column.get("quarters_back", 0))


def _window_key(window: str, steps: int, recomputation: Recomputation) -> str:
    if not steps:
        return window
    year, month = back(recomputation.end.year, recomputation.end.month, steps)
    return f"{window}-{year}-{month:02}"


def lines_of(rows: list[dict[str, Any]], recomputation: Recomputation) -> list[Line]:
    """Return the rows of a table one by one: each part in its place, and the sums."""
    found: list[Line] = []
    for row in rows:
        if "sum" in row:
            assert row["sum"] in ("above", "all"), row
            last = max((at for at, one in enumerate(found) if one.added), default=-1)
            above = found[last + 1 :] if row["sum"] == "above" else found
            found.append(Line(row["label"], added=tuple(one for one in above if not one.added)))
        elif "each" in row:
            assert row["each"] == "part", row
            left_out = row.get("except", [])
            for part in recomputation.inputs.parts[row["series"]]:
                if part["slug"] not in left_out:
                    found.append(Line(part["name"], f"{row['series']}.{part['slug']}", row))
        else:
            found.append(Line(row.get("label") or name_of(recomputation, row["series"]), row["series"], row))
    return found


def _columns(columns: list[dict[str, Any]], lines: list[Line], recomputation: Recomputation) -> list[Column]:
    found = []
    for asked in columns:
        steps = _steps(asked)
        if asked.get("end") == "shared":
            own = [one for one in lines if not one.added]
            backs = (one for one in range(13) if all(_is_held(row, Column(asked, one), recomputation) for row in own))
            steps = next(backs)
        for step in range(int(asked.get("last", 1)) - 1, -1, -1):
            found.append(Column(asked, steps + step * APART.get(asked["window"], 0)))
    return found


def _is_held(line: Line, column: Column, recomputation: Recomputation) -> bool:
    return known(recomputation, column.key(line, recomputation)) is not None


def _heading(column: Column, recomputation: Recomputation) -> str:
    end = last_day(*back(recomputation.end.year, recomputation.end.month, column.steps))
    window = column.asked["window"]
    of = None if window == "not-stated" else end
    start = start_of(window, end)
    started = start.replace(year=start.year - 1) if start else None
    before = period_words(window, started, last_day(end.year - 1, end.month))
    words = {"{period}": period_words(window, start, of), "{previous_period}": before if of else "period not stated"}
    text = str(column.asked["heading"])
    for name, said in words.items():
        text = text.replace(name, said)
    return text


def _table(definition: dict[str, Any], recomputation: Recomputation) -> Grid:
    lines = lines_of(definition["rows"], recomputation)
    columns = _columns(definition["columns"], lines, recomputation)
    grid = [[definition.get("row_heading", "Measure"), *(_heading(one, recomputation) for one in columns)]]
    for line in lines:
        cell = _sum_cell if line.added else _cell
        grid.append([line.label, *(cell(line, column, recomputation) for column in columns)])
    return grid


def name_of(recomputation: Recomputation, stem: str) -> str:
    """Return the name of a series: indicator, part, area."""
    words = stem.split(".")
    sheet = recomputation.inputs.indicators[words[0]]
    parts = {one["slug"]: one["name"] for one in recomputation.inputs.parts[words[0]]}
    name = str(sheet["name"])
    for word in words[1:]:
        name += f": {parts[word]}" if word in parts else f", {recomputation.inputs.area_names[word]}"
    return name


def _figure(line: Line, column: Column, recomputation: Recomputation) -> Figure | None:
    found = known(recomputation, column.key(line, recomputation))
    assert found or "each" in line.row or column.asked.get("is_optional"), column.key(line, recomputation)
    return found


def _cell(line: Line, column: Column, recomputation: Recomputation) -> str:
    asked = column.asked
    if asked.get("only") and not line.names & set(asked["only"]):
        return ""
    figure = _figure(line, column, recomputation)
    if figure is None:
        return "not available"
    if asked["aspect"] == "ratio":
        return _ratio([figure], [_figure(line, _of_whole(column), recomputation)])
    if asked["aspect"] in ("share", "previous_share") and _is_left_out(figure, recomputation):
        return ""
    if asked["aspect"] == "target_steps":
        text = _target_steps(figure, recomputation)
    else:
        text = figure.words(asked["aspect"])
    bracket = asked.get("bracket")
    if bracket and line.names & set(bracket.get("rows", line.names)):
        text += f" ({_cell(line, Column({**asked, **bracket, 'bracket': None}, column.steps), recomputation)})"
    return text


def _is_left_out(figure: Figure, recomputation: Recomputation) -> bool:
    parts = recomputation.inputs.parts[figure.series.indicator]
    return any(one["slug"] == figure.series.part and one["is_excluded_from_share"] for one in parts)


def _target_steps(figure: Figure, recomputation: Recomputation) -> str:
    """Every step of a target as printed, in the order of the days from which they hold."""
    rules = [
        one
        for one in recomputation.inputs.definitions["targets"]
        if (one["indicator"], one["part"] or "") == (figure.series.indicator, figure.series.part)
    ]
    ordered = sorted(rules, key=lambda one: one["from"] or "")
    if figure.series.area or not ordered:
        return "no target"
    return "; ".join(dict.fromkeys(one["printed"] or "not printed" for one in ordered))


def _of_whole(column: Column) -> Column:
    return replace(column, asked={**column.asked, "indicator": column.asked["of"]})


def _values(figures: list[Figure | None]) -> list[Decimal | None]:
    return [one.current.value if one and one.current else None for one in figures]


def _ratio(parts: list[Figure | None], wholes: list[Figure | None]) -> str:
    """What some figures together are in per cent of others; nothing from a base that is too small."""
    above, below = ([one for one in _values(figures) if one is not None] for figures in (parts, wholes))
    part, whole = (next((one for one in figures if one), None) for figures in (parts, wholes))
    if part is None or whole is None:
        return "not available"
    if whole.sheet["kind"] == "count" and sum(below) < whole.sheet["base_threshold"]:
        return "n/a (low base)"
    if len(above) < len(parts) or len(below) < len(wholes) or not sum(below):
        return "not available"
    with localcontext(prec=60):
        return value_words(sum(above, Decimal(0)) * 100 / sum(below), "percent", part.sheet["share_decimals"])


def _sum_cell(line: Line, column: Column, recomputation: Recomputation) -> str:
    asked = column.asked
    if asked.get("only") and any(not one.names & set(asked["only"]) for one in line.added):
        return ""
    if asked["aspect"] in ("target", "target_result", "target_steps"):
        return ""
    figures = [_figure(one, column, recomputation) for one in line.added]
    if asked["aspect"] == "ratio":
        wholes = [_figure(one, _of_whole(column), recomputation) for one in line.added]
        return _ratio(figures, _each_once(wholes))
    held = [one for one in figures if one]
    if not held:
        return "not available"
    if asked["aspect"] in ("share", "previous_share") and any(_is_left_out(one, recomputation) for one in held):
        return ""
    return _added(figures, recomputation).words(asked["aspect"])


def _each_once(wholes: list[Figure | None]) -> list[Figure | None]:
    """What rows are in per cent of: a base that all rows share is one base; one that only some share is not added."""
    distinct = {one.series: one for one in wholes if one}
    assert len(distinct) in (1, len(wholes)) or None in wholes, distinct
    return list(distinct.values()) if len(distinct) == 1 and None not in wholes else wholes


def _added(figures: list[Figure | None], recomputation: Recomputation) -> Figure:
    """Add figures up: a sum has a value where each of them has one, and shares where each of them has one."""
    held = [one for one in figures if one]
    first = held[0]
    assert len({(one.window, one.end) for one in held}) == 1 and first.sheet["kind"] in ("count", "money")
    current = _together([one.current if one else None for one in figures])
    previous = _together([one.previous if one else None for one in figures])
    shares, before = (
        [recomputation.share(one.series, one.window, end) if one and end else None for one in figures]
        for end in (first.end, year_before(first.end) if first.end else None)
    )
    moved = recomputation.moved(first.sheet, current, previous, {})
    share, previous_share = (None if None in some else sum(one for one in some if one) for some in (shares, before))
    return replace(
        first, current=current, previous=previous, moved=moved,
        share=None if share is None else Decimal(share),
        previous_share=None if previous_share is None else Decimal(previous_share),
        target=None,
    )  # fmt: skip


def _together(amounts: list[Amount | None]) -> Amount | None:
    held = [one for one in amounts if one]
    if not held:
        return None
    values = [one.value for one in held if one.value is not None]
    like = held[0]
    status, basis, qualifier = weakest(held)
    if len(values) == len(amounts):
        return Amount(sum(values, Decimal(0)), like.window, like.start, like.end, status, basis, qualifier)
    note = f"{len(amounts) - len(values)} of {len(amounts)} rows missing"
    return Amount(None, like.window, None, None, "not-available", note=note)


def _matrix(definition: dict[str, Any], recomputation: Recomputation) -> Grid:
    """Financial years down, their months across; a month without a value is blank. The whole year may stand last."""
    year = recomputation.end.year - (recomputation.end.month < 4)
    order = [*range(4, 13), 1, 2, 3]
    grid = [["Financial year", *(MONTHS[month - 1][:3] for month in order)]]
    grid[0] += ["Year"] if definition.get("totals") else []
    for april in range(year - definition["years"] + 1, year + 1):
        line = [f"{april}/{(april + 1) % 100:02}"]
        ends = [last_day(april + (month < 4), month) for month in order]
        passed = [end for end in ends if end <= recomputation.end]
        line += [_month(recomputation, definition["series"], end) if end in passed else "" for end in ends]
        if definition.get("totals"):
            line.append(_year(recomputation, definition["series"], passed))
        grid.append(line)
    return grid


def _year(recomputation: Recomputation, stem: str, ends: list[date]) -> str:
    """The months of a year that have passed, added up."""
    series = series_of(recomputation, stem)
    amounts = {end: recomputation.amount(series, "month", end) for end in ends}
    values = {end: one.value for end, one in amounts.items() if one and one.value is not None}
    lacking = [f"{end:%Y-%m}" for end in ends if end not in values]
    if lacking:
        return missing_words(lacking, len(ends))
    sheet = recomputation.inputs.indicators[series.indicator]
    total = value_words(sum(values.values(), Decimal(0)), sheet["unit"], sheet["decimals"])
    return total if len(ends) == 12 else f"{total} (to {month_words(f'{ends[-1]:%Y-%m}')})"


def _month(recomputation: Recomputation, stem: str, end: date) -> str:
    found = known(recomputation, f"{stem}.month-{end:%Y-%m}")
    return found.words("value") if found else ""


Sentence = list[tuple[str, str]]


def sentences(definition: dict[str, Any], recomputation: Recomputation) -> list[Sentence]:
    """Return the sentences of a list in pieces: words, with the key of the figure that they say."""
    assert definition.get("form", "previously") == "previously", definition
    column = Column({"window": definition["window"]}, _steps(definition))
    found = []
    for line in lines_of(definition["rows"], recomputation):
        figure = known(recomputation, column.key(line, recomputation))
        if figure is None:
            found.append([(f"{line.label}: not available", "")])
            continue
        pieces = [(f"{line.label} ", ""), (figure.words("value"), figure.key)]
        if figure.moved.direction == "no change":
            pieces.append((", as before", ""))
        elif figure.moved.direction and figure.previous:
            pieces += [(", previously ", ""), (_previously(figure), figure.key)]
        found.append(pieces)
    return found


def _previously(figure: Figure) -> str:
    """A value before that was supplied beside the value has as many decimals as it was supplied with."""
    value = figure.previous.value if figure.previous else None
    if value is None or not figure.is_previous_stated:
        return figure.words("previous")
    return value_words(value, figure.sheet["unit"], min(figure.sheet["decimals"], places_of(value)))


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


def limits(amounts: dict[str, Amount | None], kind: str) -> Limits | None:
    """Return the limits of natural variation: mean ± 2.66 × mean moving range of the settled months.

    They end at what a value can be: at nought where none was below it, and of parts of a whole at a hundred.
    """
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
        upper = centre + reach
        is_part = kind in ("proportion", "share", "service-level", "survey")
        if is_part and all(one.value is not None and one.value <= 100 for one in known):
            upper = min(upper, Decimal(100))
        return Limits(centre, lower, upper)


def control(recomputation: Recomputation, series: Series, name: str) -> Grid:
    """Return the data table of a control chart: each month with its value, centre, limits and state."""
    sheet = recomputation.inputs.indicators[series.indicator]
    amounts = months_of(recomputation, series)
    lines = limits(amounts, sheet["kind"])
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
