"""Comparing what a surface shows with the recomputed figures: records, tables of figures, exhibits, drawings."""

import json
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from tests.recomputation.exhibits import Grid, appendix, months_of, table
from tests.recomputation.figures import Figure, Recomputation
from tests.recomputation.surfaces import Compared, Table, lines_drawn, tables

FILES = Path(__file__).resolve().parent.parent.parent / "portal" / "demonstration" / "files"


def known(recomputation: Recomputation, key: str) -> Figure | None:
    """Return a figure; None where the files say nothing of it."""
    try:
        return recomputation.figure(key)
    except KeyError:
        return None


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


NUMBERS = ("value", "previous", "change", "change_percent", "share_percent")
STORED_TO = Decimal("0.00000002")


def check_record(compared: Compared, figure: Figure, found: dict[str, Any], names: set[str]) -> None:
    """Compare a record with the figure, field by field."""
    for name, expected in record_of(figure).items():
        if name not in names:
            continue
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
    figures = [recomputation.figure(f"{indicator}.{window}") for window in ("month", "quarter", "r12", "fytd")]
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


def check_line_drawing(compared: Compared, svg: str, stems: list[str], recomputation: Recomputation) -> int:
    """Compare the corners of each line of a drawing with the monthly values, to a tenth of a unit of length."""
    drawn, unit = lines_drawn(svg)
    count = 0
    for stem in stems:
        figure = recomputation.figure(f"{stem}.month")
        line = next(one for one in drawn if one.series == figure.name and one.field == "value")
        amounts = months_of(recomputation, figure.series).values()
        values = [one.value for one in amounts if one is not None and one.value is not None]
        assert len(values) == len(line.heights)
        for value, height in zip(values, line.heights, strict=True):
            compared.check(f"drawing of {stem}: {value} at {height:.2f}", True, abs(height - value) <= unit / 10)
            count += 1
    return count


def definitions_of_exhibits() -> dict[str, dict[str, Any]]:
    """Return the saved definitions of tables and charts by title."""
    document = json.loads((FILES / "exhibits.json").read_text(encoding="utf-8"))
    return {one["title"]: one for one in document["exhibits"]}


def check_exhibits(compared: Compared, page: Any, recomputation: Recomputation) -> tuple[int, set[str]]:
    """Compare every table of a page that a saved definition makes; return their cells and which they were."""
    defined, count, seen = definitions_of_exhibits(), 0, set()
    annex = appendix(recomputation)
    for found in tables(page):
        title = re.sub(r"^Table \d+: |: figures$", "", found.caption)
        part = title.partition(":")[0]
        if title in defined:
            expected = table(defined[title]["definition"], recomputation)
            seen.add(defined[title]["key"])
        elif part.lower() in annex:
            expected = annex[part.lower()]
            seen.add(part.lower())
        else:
            continue
        compared.check_grid(title, expected, found.grid)
        count += len(expected) * len(expected[0])
    return count, seen


def tables_of_the_report(recomputation: Recomputation) -> list[Grid]:
    """Return every table that the report prints for itself, the appendix last; charts have theirs beside them."""
    definitions = [one["definition"] for one in definitions_of_exhibits().values()]
    found = [table(one, recomputation) for one in definitions if one["kind"] in ("table", "matrix")]
    return [*found, *appendix(recomputation).values()]
