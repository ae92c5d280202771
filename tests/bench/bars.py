"""The bars: which number is compared with which, and what it may be at most or at least."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.measures import BULK_ROWS, EXPORT_ROWS, Numbers

MOST_MB = 300
GROWTH = 1.1  # what counts as no growth: the noise of the measure


@dataclass(frozen=True)
class Line:
    """One line of the table: what is compared, by which reckoning of a round, and the bar if there is one."""

    what: str
    of: Callable[[Numbers], float]
    bar: float | None = None
    seconds: str = ""  # the name of the measure whose seconds are told beside
    is_at_least: bool = False
    unit: str = "x"


def over(above: str, below: str = "raw") -> Callable[[Numbers], float]:
    """Reckon one measure as a multiple of another of the same round."""
    return lambda found: found[above] / found[below]


def per_row(other: str, rows: int) -> Callable[[Numbers], float]:
    """Reckon how many times longer another way takes for a row than the portal with one worker."""
    return lambda found: (found[other] / rows) / (found["one"] / found["rows"])


LINES = (
    Line("raw COPY of 36 month files", over("raw"), seconds="raw"),
    Line("first load, 2 workers (aim 2.3)", over("two"), 3.0, "two"),
    Line("  received, read, checked, previewed", over("two, read"), seconds="two, read"),
    Line("  applied with figures", over("two, applied"), seconds="two, applied"),
    Line("first load, 1 worker", over("one"), 6.0, "one"),
    Line("  received, read, checked, previewed", over("one, read"), seconds="one, read"),
    Line("  applied with figures", over("one, applied"), seconds="one, applied"),
    Line("same bytes again / first load", over("same bytes", "two"), 0.3, "same bytes"),
    Line("same rows, other order / first load", over("other order", "two"), 1.2, "other order"),
    Line("  rows written", lambda found: found["rows written by another order"], 0, unit="rows"),
    Line("a month into history / into none", over("month into history", "month into none"), 1.5, "month into history"),
    Line("one changed month corrected", over("changed month"), seconds="changed month"),
    Line("GROUP BY of a month / serial scan of all", over("group by", "scan"), 1.5, "group by"),
    Line("one month recomputed, in a transaction", over("month recomputed"), 0.4, "month recomputed"),
    Line("full recompute: windows from cells", over("all windows"), 1.0, "all windows"),
    Line("full recompute: cells and windows", over("all recomputed"), 1.0, "all recomputed"),
    Line("  values written by it", lambda found: found["values written by nothing"], 0, unit="values"),
    Line("refusal, 1 % faulty rows", over("refusal"), seconds="refusal"),
    Line("bulk_create / portal, per row", per_row("bulk_create", BULK_ROWS), seconds="bulk_create"),
    Line(
        "django-import-export / portal, per row", per_row("import-export", EXPORT_ROWS), 200, "import-export",
        is_at_least=True,
    ),
    Line("peak of a worker process", lambda found: found["worker MB"], MOST_MB, unit="MB"),
    Line("peak of a database process", lambda found: found["database MB"], MOST_MB, unit="MB"),
    Line("  worker, 100,000 rows", lambda found: found["few worker MB"], MOST_MB, "few", unit="MB"),
    Line("  worker, longest history", lambda found: found["many worker MB"], MOST_MB, "many", unit="MB"),
    Line("  growth from few to many", over("many worker MB", "few worker MB"), GROWTH),
    Line("  database, longest history", lambda found: found["many database MB"], MOST_MB, unit="MB"),
)  # fmt: skip


def table(rounds: Sequence[Numbers]) -> str:
    """Return the table of ratios: the median of the rounds, and the least and the most of them."""
    lines = [f"{'':44}{'median':>10}  {'least - most':>15}  {'bar':>8}  {'':6}  {'seconds':>8}"]
    for line in LINES:
        values = sorted(line.of(found) for found in rounds)
        middle = median(values)
        bar = verdict = seconds = ""
        if line.bar is not None:
            is_held = middle >= line.bar if line.is_at_least else middle <= line.bar
            bar = f"{'>=' if line.is_at_least else '<='} {line.bar:g}"
            verdict = "held" if is_held else "missed"
        if line.seconds:
            seconds = f"{median(found[line.seconds] for found in rounds):.2f}"
        spread = f"{_text(values[0])} - {_text(values[-1])}" if len(values) > 1 else ""
        middle_text = f"{_text(middle)} {line.unit}"
        lines.append(f"{line.what:44}{middle_text:>10}  {spread:>15}  {bar:>8}  {verdict:6}  {seconds:>8}".rstrip())
    return "\n".join(lines)


def _text(value: float) -> str:
    return f"{value:.2f}" if value < 10 and value != int(value) else f"{value:,.0f}"


def keep(path: Path, rounds: Sequence[Numbers]) -> None:
    """Write every number of every round, and the ratios, for comparison."""
    ratios = {line.what.strip(): median(line.of(found) for found in rounds) for line in LINES}
    path.write_text(json.dumps({"ratios": ratios, "rounds": list(rounds)}, indent=1))
