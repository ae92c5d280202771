"""Comparing what a surface shows with the recomputed figures: records, tables of figures, exhibits, drawings."""

import json
import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from tests.recomputation.charts import Plot, plot
from tests.recomputation.exhibits import Grid, appendix, sentences, table
from tests.recomputation.figures import COUNTED_WINDOWS, Figure, Recomputation, period_words
from tests.recomputation.printing import value_words
from tests.recomputation.surfaces import (
    Compared,
    Table,
    bands_drawn,
    bars_drawn,
    fields_drawn,
    lists,
    tables,
    words_drawn,
)

FILES = Path(__file__).resolve().parent.parent.parent / "portal" / "demonstration" / "files"


def exact(number: Decimal | None, places: int) -> Decimal | None:
    """Round a number that is given with so many decimals."""
    return None if number is None else number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def as_number(text: object) -> Decimal | None:
    """Read a number of a record; None for an empty one."""
    return None if text in (None, "") else Decimal(str(text))


def record_of(figure: Figure) -> dict[str, Any]:
    """Return what a record of a figure has to hold: words as printed, numbers as numbers."""
    current, previous, moved = figure.current, figure.previous, figure.moved
    state, _ = figure.judgement
    return {
        "name": figure.name,
        "period": figure.words("period"),
        "start": figure.start.isoformat() if figure.start else None,
        "end": figure.end.isoformat() if figure.end else None,
        "unit": figure.sheet["unit"],
        "text": figure.words("value"),
        "status": current.status if current else None,
        "basis": current.basis if current else None,
        "qualifier": current.qualifier if current else None,
        "previous_text": figure.words("previous"),
        "previous_period": figure.words("previous_period"),
        "change_text": figure.words("change"),
        "direction": moved.direction or None,
        "share_text": figure.words("share") if figure.share is not None else None,
        "target": figure.words("target") if figure.target else None,
        "target_state": state or None,
        "missing_months": [f"{month}-01" for month in current.missing] if current else [],
        "value": current.value if current else None,
        "previous": previous.value if previous else None,
        "change": moved.absolute,
        "change_percent": exact(moved.percent, 6),
        "share_percent": exact(figure.share, 6),
    }


def api_record_of(figure: Figure, recomputation: Recomputation) -> dict[str, Any]:
    """Return what a record of the API says of a figure beside what every record holds."""
    series, inputs = figure.series, recomputation.inputs
    start, end = figure.earlier
    counts = figure.current.counts if figure.current else None
    return {
        **record_of(figure),
        "quarter": recomputation.quarter,
        "indicator": series.indicator,
        "indicator_name": figure.sheet["name"],
        "part": series.part or None,
        "part_name": next((one["name"] for one in inputs.parts[series.indicator] if one["slug"] == series.part), None),
        "area": series.area or inputs.force,
        "window": figure.window,
        "reported_for": recomputation.quarter if figure.window == "not-stated" else None,
        "decimals": str(figure.sheet["decimals"]),
        "numerator": counts[0] if counts else None,
        "denominator": counts[1] if counts else None,
        "previous_start": start.isoformat() if start else None,
        "previous_end": end.isoformat() if end else None,
        "previous_share_percent": exact(figure.previous_share, 6),
    }


NUMBERS = (
    "value",
    "previous",
    "change",
    "change_percent",
    "share_percent",
    "numerator",
    "denominator",
    "previous_share_percent",
)
STORED_TO = Decimal("0.00000002")


def check_record(
    compared: Compared, figure: Figure, found: dict[str, Any], record: dict[str, Any] | None = None
) -> None:
    """Compare a record with the figure, field by field: those of every record, or those that are given."""
    for name, expected in (record or record_of(figure)).items():
        got = found[name]
        if name in NUMBERS:
            got = as_number(got)
            # A quotient is stored to eight decimals, and a change is the difference of two that are stored.
            if expected is not None and got is not None and abs(expected - got) <= STORED_TO:
                got = expected
        elif name == "missing_months" and isinstance(got, str):
            got = got.split("; ") if got else []
        elif got == "":
            got = None
        elif name == "decimals":
            got = str(got)
        compared.check(f"{figure.key} {name}", expected, got)
    result, words = found.get("target_result"), figure.judgement[1]
    if words:
        compared.check(f"{figure.key} target_result", words, result)


def unescaped(record: dict[str, str]) -> dict[str, str]:
    """Take the apostrophe away that keeps a spreadsheet from reading a formula."""
    return {name: value[1:] if value[:2] in ("'+", "'-", "'=", "'@") else value for name, value in record.items()}


def is_of_figures(found: Table) -> bool:
    """Tell whether each line of a table is a figure with its change."""
    return {"Measure", "Period", "Previous", "Change", "In year"} <= set(found.header)


def check_lines(compared: Compared, found: Table, recomputation: Recomputation) -> int:
    """Compare a table of figures, one line each; the numbers of its cells are returned."""
    at = {name: found.header.index(name) for name in ("Period", "Previous", "Change", "In year")}
    for row in found.rows:
        key = next(cell.key for cell in row if cell.key)
        figure = recomputation.figure(key)
        period = figure.words("period")
        expected = {
            "Period": period[0].upper() + period[1:],
            "Previous": figure.words("before"),
            "Change": figure.words("worded_change"),
            "In year": figure.words("in_year"),
        }
        for name, text in expected.items():
            compared.check(f"{found.caption}: {key} / {name}", text, row[at[name]].text)
    return found.numeric


def check_control_totals(compared: Compared, found: Table, recomputation: Recomputation, indicator: str) -> int:
    """Compare published numbers with the rows that carry them, and counted ones with the cases."""
    rule, expected = recomputation.inputs.indicators[indicator]["cases"], []
    for row in recomputation.inputs.observations:
        is_own = row.indicator == indicator and not row.area and row.statistic in ("level", "change")
        if not (is_own and row.start and f"{row.start}" >= rule["from"]):
            continue
        key = ".".join(filter(None, (row.indicator, row.part, f"{row.window}-{row.end:%Y-%m}")))
        figure = recomputation.figure(key)
        assert figure.current is not None
        counted = figure.current.value if row.statistic == "level" else figure.moved.absolute
        shown = [f"{one:,}".replace("-", "−") if one is not None else "not available" for one in (row.value, counted)]
        expected.append([*shown, "Agrees" if row.value == counted else "Differs"])
    printed = [[cell.text for cell in row[2:]] for row in found.rows]
    head = ["Published", "Counted", "Result"]
    compared.check_grid(f"{found.caption}: {indicator}", [head, *sorted(expected)], [head, *sorted(printed)])
    return found.numeric


def check_both_ways(compared: Compared, found: Table, recomputation: Recomputation, indicator: str) -> int:
    """Compare the counts by rows and by identifiers: every reference of the demonstration stands once."""
    figures = [recomputation.figure(f"{indicator}.{window}") for window in COUNTED_WINDOWS]
    for row in found.rows:
        words = row[0].text
        figure = next(one for one in figures if one.words("period").lower() == words.lower())
        for cell in row[1:]:
            compared.check(f"{found.caption}: {indicator} {words}", figure.words("value"), cell.text)
    return found.numeric


def check_beside(compared: Compared, found: Table, recomputation: Recomputation) -> int:
    """Compare comparators and the force, both for the months of the comparator."""
    for row in found.rows:
        numbers = [cell for cell in row if cell.is_numeric]
        for value, moved in (numbers[:2], numbers[2:]):
            figure = recomputation.figure(value.key)
            assert figure.end == recomputation.figure(numbers[0].key).end
            compared.check(f"{found.caption}: {value.key}", figure.words("value"), value.text)
            compared.check(f"{found.caption}: {value.key}, change", figure.words("change"), moved.text)
    return found.numeric


def check_first_published(compared: Compared, found: Table, then: Recomputation, now: Recomputation, key: str) -> int:
    """Compare the supplied values that the presented report held and that read otherwise now."""
    label, expected = f"{then.quarter[:4]}/{then.quarter[5:7]} {then.quarter[8:]}", []
    for place, rows in then.given.items():
        series, was, is_now = place[0], rows.get("level"), now.given[place].get("level")
        if series.indicator == key and was and is_now and was.value != is_now.value and was.value is not None:
            figures = [one.amount(series, place[1], was.end) for one in (then, now)]
            sheet, area = now.inputs.indicators[key], now.inputs.area_names.get(series.area, "Lancashire Constabulary")
            texts = [value_words(one.value, sheet["unit"], sheet["decimals"]) for one in figures if one and one.value]
            period = period_words(place[1], was.start, was.end)
            expected.append([period, area, label, *texts])
    assert expected, key
    compared.check_grid(
        f"{found.caption}: {key}", [found.header, *sorted(expected)], [found.header, *sorted(found.grid[1:])]
    )
    return found.numeric


def definitions_of_exhibits() -> dict[str, dict[str, Any]]:
    """Return the saved definitions of tables and charts by title."""
    document = json.loads((FILES / "exhibits.json").read_text(encoding="utf-8"))
    return {one["title"]: one for one in document["exhibits"]}


TABULAR = ("table", "matrix")
# Drawings are cut to a tenth of a unit of length, and so are the axes that they are read off.
NEAR = Decimal("0.15")


def grid_of(definition: dict[str, Any], recomputation: Recomputation) -> Grid:
    """Return the cells of a table, or of the table beside a drawing."""
    is_table = definition["kind"] in TABULAR
    return table(definition, recomputation) if is_table else plot(definition, recomputation).table


@dataclass
class Exhibits:
    """What was compared on a page: which exhibits, how many cells and sentences, and figures marked in lists."""

    seen: set[str] = field(default_factory=set)
    cells: int = 0
    in_lists: int = 0


def check_exhibits(compared: Compared, page: Any, recomputation: Recomputation) -> Exhibits:
    """Compare every table and list of a page that a saved definition makes."""
    defined, found_there = definitions_of_exhibits(), Exhibits()
    annex = appendix(recomputation)
    for found in tables(page):
        title = re.sub(r"^Table \d+: |: figures$", "", found.caption)
        part = title.partition(":")[0]
        if title in defined:
            expected = grid_of(defined[title]["definition"], recomputation)
            found_there.seen.add(defined[title]["key"])
        elif part.lower() in annex:
            expected = annex[part.lower()]
            found_there.seen.add(part.lower())
        else:
            continue
        compared.check_grid(title, expected, found.grid)
        found_there.cells += len(found.grid) * len(found.header)
    for title, said, marked in lists(page):
        if title not in defined:
            continue
        expected_words = ["".join(words for words, _ in one) for one in list_of(title, recomputation)]
        compared.check_grid(title, [[one] for one in expected_words], [[one] for one in said])
        found_there.seen.add(defined[title]["key"])
        found_there.cells += len(said)
        found_there.in_lists += marked
    return found_there


def list_of(title: str, recomputation: Recomputation) -> list[list[tuple[str, str]]]:
    """Return the sentences of the list with a title."""
    return sentences(definitions_of_exhibits()[title]["definition"], recomputation)


def everything(recomputation: Recomputation) -> set[str]:
    """Return what a whole report shows: the keys of all exhibits, and the parts of the appendix."""
    return {one["key"] for one in definitions_of_exhibits().values()} | appendix(recomputation).keys()


def tables_of_the_report(recomputation: Recomputation) -> list[Grid]:
    """Return every table that the report prints for itself, the appendix last; charts have theirs beside them."""
    definitions = [one["definition"] for one in definitions_of_exhibits().values()]
    found = [table(one, recomputation) for one in definitions if one["kind"] in TABULAR]
    return [*found, *appendix(recomputation).values()]


def check_data(compared: Compared, where: str, data: dict[str, Any], expected: Plot) -> int:
    """Compare the data of a chart point by point, its numbers exactly; return how many points it has."""
    fields = data["panels"]
    lines = [line for one in fields for line in one["lines"]]
    compared.check(f"{where}: axis", (expected.heading, expected.axis), (data["heading"], data["axis"]))
    compared.check(f"{where}: lines", [one.name for one in expected.lines], [one["name"] for one in lines])
    assert len(fields) == (len(expected.lines) if expected.is_in_fields else 1), where
    for own, line in zip(expected.lines, lines, strict=True):
        for at, want, got in zip(expected.axis, own.points, line["points"], strict=True):
            number = as_number(got["value"])
            # What is divided is compared to more decimals than anything stores; all else to the last.
            is_divided = want.value is not None and number is not None and abs(want.value - number) <= STORED_TO
            number = want.value if is_divided and want.value != want.value.to_integral_value() else number
            printed = (got["at"], number, got["text"], got.get("figure", ""), got.get("status", ""))
            expected_words = (at, want.value, want.text, want.key, want.status)
            compared.check(f"{where}: {line['name']}, {at}", expected_words, printed)
            compared.check(f"{where}: {line['name']}, {at}: after", want.is_after, got.get("is_after", False))
    return sum(len(line["points"]) for line in lines)


def check_drawing(compared: Compared, where: str, svg: str, kind: str, expected: Plot) -> int:
    """Compare what is drawn, read off the picture alone; return how many points have a value."""
    checks = {"bar": _check_bars, "comparators": _check_bars, "shares": _check_bands}
    checks.get(kind, _check_corners)(compared, where, svg, expected)
    return sum(point.value is not None for line in expected.lines for point in line.points)


def _check_corners(compared: Compared, where: str, svg: str, expected: Plot) -> None:
    fields = fields_drawn(svg, len(expected.axis))
    assert len(fields) == (len(expected.lines) if expected.is_in_fields else 1), where
    drawn = [(one, line) for one in fields for line in one.lines]
    assert len(drawn) == len(expected.lines), where
    for own, (one, line) in zip(expected.lines, drawn, strict=True):
        wanted = [(at, point.value) for at, point in enumerate(own.points) if point.value is not None]
        check_corners(compared, f"{where}, {own.name}", wanted, line.corners, one.per_unit)
        if len(expected.lines) > 1:
            compared.check(f"{where}: its name", True, own.name in words_drawn(svg))


def check_corners(
    compared: Compared,
    where: str,
    wanted: list[tuple[int, Decimal]],
    corners: list[tuple[Decimal, Decimal]],
    per_unit: Decimal,
) -> None:
    """Compare the corners of a line with the values that it stands for, and with their places on the axis."""
    assert len(wanted) == len(corners), (where, wanted, corners)
    for (at, value), (place, height) in zip(wanted, corners, strict=True):
        is_there = abs(place - at) < NEAR and abs(height - value) <= per_unit * NEAR
        compared.check(f"{where}: {value:.2f} at {at} drawn {height:.2f} at {place:.2f}", True, is_there)


def _check_bars(compared: Compared, where: str, svg: str, expected: Plot) -> None:
    """The longest bar says what a unit of length stands for; every other has to fit to it."""
    points = [line.points[at] for at in range(len(expected.axis)) for line in expected.lines]
    wanted = [(one.value, one.text) for one in points if one.value is not None]
    drawn = bars_drawn(svg)
    assert len(drawn) == len(wanted), where
    per_unit = max(abs(value) for value, _ in wanted) / max(abs(length) for length, _ in drawn)
    for (value, text), (length, words) in zip(wanted, drawn, strict=True):
        is_there = abs(length * per_unit - value) <= per_unit * NEAR and words == text
        compared.check(f"{where}: {text} drawn {length * per_unit:.2f}, {words}", True, is_there)
    for name in expected.axis:
        compared.check(f"{where}: {name}", True, name in words_drawn(svg))


def _check_bands(compared: Compared, where: str, svg: str, expected: Plot) -> None:
    drawn = bands_drawn(svg)
    assert len(drawn) == len(expected.axis), where
    for at, (row, per_unit) in enumerate(drawn):
        for line, share in zip(expected.lines, row, strict=True):
            value = line.points[at].value
            assert value is not None
            is_there = abs(share - value) <= per_unit * (NEAR + NEAR / 3)  # the whole length is a sum that is cut too
            compared.check(f"{where}: {line.name}, {expected.axis[at]}: {share:.2f}", True, is_there)
