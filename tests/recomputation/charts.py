"""Charts once more: every point that a saved definition asks for, and the table that stands beside the drawing."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.recomputation.exhibits import Grid, known, month_words, months_up_to, name_of
from tests.recomputation.figures import MONTHS, Amount, Figure, Recomputation, Series, back, last_day, period_words
from tests.recomputation.printing import value_words

HEADINGS = {"month": "Month", "quarter": "Quarter", "r12": "12 months"}


@dataclass(frozen=True)
class Point:
    """One point of a drawing: its number, unrounded, and the words that stand for it."""

    value: Decimal | None = None
    text: str = ""
    key: str = ""
    status: str = ""
    is_after: bool = False


@dataclass(frozen=True)
class Line:
    """One line, set of bars or band, with a point for each position."""

    name: str
    points: list[Point]


@dataclass(frozen=True)
class Plot:
    """A drawing: positions, their names in the table, and lines; of small multiples each line has its own field."""

    heading: str
    axis: list[str]
    names: list[str]
    lines: list[Line]
    table: Grid
    is_in_fields: bool = False


def plot(definition: dict[str, Any], recomputation: Recomputation) -> Plot:
    """Return what a chart draws."""
    makers = {
        "line": _line, "bar": _bar, "years": _years, "shares": _shares, "multiples": _multiples,
        "comparators": _comparators, "days": _days,
    }  # fmt: skip
    return makers[definition["kind"]](definition, recomputation)


def _made(heading: str, axis: list[str], names: list[str], lines: list[Line], *, is_in_fields: bool = False) -> Plot:
    rows = [[name, *(line.points[at].text for line in lines)] for at, name in enumerate(names)]
    return Plot(heading, axis, names, lines, [[heading, *(one.name for one in lines)], *rows], is_in_fields)


def _short(name: str) -> str:
    """Write September 2020 as Sep 2020."""
    month, year = name.split()
    return f"{month[:3]} {year}"


def _status(amount: Amount | None) -> str:
    return "" if amount is None or amount.status == "final" else amount.status


def _point(figure: Figure | None, recomputation: Recomputation) -> Point:
    if figure is None or figure.current is None:
        return Point()
    is_after = figure.end is not None and figure.end > recomputation.end
    return Point(figure.current.value, figure.words("value"), figure.key, _status(figure.current), is_after)


def _key(stem: str, window: str, end: date, recomputation: Recomputation) -> str:
    return f"{stem}.{window}" + ("" if end == recomputation.end else f"-{end:%Y-%m}")


def _at(stem: str, window: str, end: date, recomputation: Recomputation) -> Figure | None:
    return known(recomputation, _key(stem, window, end, recomputation))


def _ends(definition: dict[str, Any], recomputation: Recomputation, step: int) -> list[date]:
    """Return the ends of so many periods up to the quarter."""
    count = int(definition.get("months", definition.get("points", 25)))
    year, month = recomputation.end.year, recomputation.end.month
    return [last_day(*back(year, month, at * step)) for at in range(count - 1, -1, -1)]


def _monthly(stem: str, ends: list[date], recomputation: Recomputation) -> list[Point]:
    return [_point(_at(stem, "month", end, recomputation), recomputation) for end in ends]


def _line(definition: dict[str, Any], recomputation: Recomputation) -> Plot:
    assert definition.get("window", "month") == "month", definition
    ends = _ends(definition, recomputation, int(definition.get("every", 1)))
    names = [month_words(f"{end:%Y-%m}") for end in ends]
    lines = []
    for stem in definition["series"]:
        lines.append(Line(name_of(recomputation, stem), _monthly(stem, ends, recomputation)))
    return _made("Month", [_short(one) for one in names], names, lines)


def _multiples(definition: dict[str, Any], recomputation: Recomputation) -> Plot:
    """One field for each area."""
    assert definition.get("window", "month") == "month", definition
    ends = _ends(definition, recomputation, int(definition.get("every", 1)))
    names = [month_words(f"{end:%Y-%m}") for end in ends]
    lines = [
        Line(
            recomputation.inputs.area_names[area],
            _monthly(f"{definition['series']}.{area}", ends, recomputation),
        )
        for area in definition["areas"]
    ]
    return _made("Month", [_short(one) for one in names], names, lines, is_in_fields=True)


def _years(definition: dict[str, Any], recomputation: Recomputation) -> Plot:
    """Financial years laid over each other, the newest first."""
    assert definition.get("begins", "april") == "april", definition
    newest = recomputation.end.year - (recomputation.end.month < 4)
    order = [*range(4, 13), 1, 2, 3]
    lines = []
    for april in range(newest, newest - int(definition["years"]), -1):
        ends = [last_day(april + (month < 4), month) for month in order]
        name = f"{april}/{(april + 1) % 100:02}"
        lines.append(Line(name, _monthly(definition["series"], ends, recomputation)))
    names = [MONTHS[month - 1] for month in order]
    return _made("Month", [one[:3] for one in names], names, lines)


def _bar(definition: dict[str, Any], recomputation: Recomputation) -> Plot:
    aspects = definition.get("aspects", ["previous", "value"])
    assert set(aspects) <= {"previous", "value"}, definition
    figures = [recomputation.figure(f"{stem}.{definition['window']}") for stem in definition["series"]]
    names = definition.get("labels") or [figure.name for figure in figures]
    headings = {"value": "period", "previous": "previous_period"}
    lines = []
    for aspect in aspects:
        amounts = [one.current if aspect == "value" else one.previous for one in figures]
        points = [
            Point(amount.value if amount else None, one.words(aspect), one.key, _status(amount))
            for one, amount in zip(figures, amounts, strict=True)
        ]
        lines.append(Line(figures[0].words(headings[aspect]), points))
    return _made("Measure", names, names, lines)


def _shares(definition: dict[str, Any], recomputation: Recomputation) -> Plot:
    """A bar of a hundred per cent for each period; its table holds number and share."""
    window, stem = definition["window"], definition["series"]
    assert "areas" not in definition, definition
    ends = _ends(definition, recomputation, int(definition.get("every", 12)))
    parts = [one for one in recomputation.inputs.parts[stem] if not one["is_excluded_from_share"]]
    figures = [[_at(f"{stem}.{part['slug']}", window, end, recomputation) for part in parts] for end in ends]
    names = [period_words(window, None, end) for end in ends]
    lines = []
    for at, part in enumerate(parts):
        points = []
        for row in figures:
            one = row[at]
            assert one is not None and one.share is not None
            points.append(Point(one.share, one.words("share"), one.key, _status(one.current)))
        lines.append(Line(part["name"], points))
    heads = [name for one in lines for name in (one.name, f"{one.name}, share")]
    rows = [
        [name, *(one.words(aspect) for one in row if one for aspect in ("value", "share"))]
        for name, row in zip(names, figures, strict=True)
    ]
    return Plot(HEADINGS[window], names, names, lines, [[HEADINGS[window], *heads], *rows])


def _comparators(definition: dict[str, Any], recomputation: Recomputation) -> Plot:
    """The newest change of each comparator, and that of the force to the same end and to the quarter's."""
    assert definition["aspect"] == "percent" and definition.get("points", 1) == 1, definition
    stem, window = definition["series"], definition["window"]
    newest = {}
    for area in definition["areas"]:
        ends = [last_day(int(one[:4]), int(one[5:])) for one in reversed(months_up_to(recomputation, 36))]
        newest[area] = next(end for end in ends if _at(f"{stem}.{area}", window, end, recomputation))
    rows = [(stem, end) for end in sorted({*newest.values(), recomputation.end}, reverse=True)]
    rows += [(f"{stem}.{area}", end) for area, end in newest.items()]
    names, points = [], []
    for one, end in rows:
        figure = _at(one, window, end, recomputation)
        if figure is None:
            assert one == stem
            continue
        area = figure.series.area
        place = recomputation.inputs.area_names[area] if area else "The force"
        names.append(f"{place}, {figure.words('period')}")
        moved = figure.moved
        is_told = moved.direction and not moved.is_low and not moved.is_from_zero
        size = Decimal(0) if moved.direction == "no change" else moved.percent
        points.append(Point(size if is_told else None, figure.words("percent"), figure.key, _status(figure.current)))
    return _made("Area", names, names, [Line("Change on the year before", points)])


def _days(definition: dict[str, Any], recomputation: Recomputation) -> Plot:
    """Whole weeks, Monday to Sunday, that end with the quarter or before it: counted row by row."""
    assert definition["window"] == "week", definition
    sunday = recomputation.end
    while sunday.weekday() != 6:
        sunday -= timedelta(days=1)
    weeks = [sunday - timedelta(days=7 * at) for at in range(int(definition["points"]) - 1, -1, -1)]
    spans = [(one - timedelta(days=6), one) for one in weeks]
    lines = []
    for stem in definition["series"]:
        points = [_counted(stem, first, last, recomputation) for first, last in spans]
        lines.append(Line(name_of(recomputation, stem), points))
    axis = [f"{first.day} {MONTHS[first.month - 1][:3]} {first.year}" for first, _ in spans]
    names = [period_words("span", first, last) for first, last in spans]
    return _made("Week, Monday to Sunday", axis, names, lines)


def _counted(stem: str, first: date, last: date, recomputation: Recomputation) -> Point:
    number = recomputation.counted_on(Series(stem), first, last)
    if number is None:
        return Point(text="not available")
    months = [recomputation.amount(Series(stem), "month", last_day(one.year, one.month)) for one in (first, last)]
    status = next((said for one in months if (said := _status(one))), "")
    return Point(Decimal(number), value_words(Decimal(number), "count", 0), status=status)
