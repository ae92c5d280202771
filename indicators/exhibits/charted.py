"""From a plot to a chart: its drawings, data table and data, the notes of its figures, its source line; and sentences."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from indicators.exhibits.shown import Definition, Exhibited, notes_of, source_line
from indicators.figures import Figure, FigureBook
from indicators.plots import Plot, data_table, to_json
from indicators.plotting import amount
from indicators.renderings import charts
from indicators.tables import Chart, Table


def chart(
    key: str,
    plot: Plot,
    summary: str,
    notes: Iterable[str] = (),
    source: str = "",
    *,
    table: Table | None = None,
    is_drawn: bool = True,
) -> Chart:
    """Make the chart of a plot; without its drawings where words and figures are enough."""
    return Chart(
        key=key,
        title=plot.title,
        svg=charts.draw(plot) if is_drawn else "",
        summary=summary,
        table=table or data_table(key, plot),
        notes=tuple(notes),
        source=source,
        narrow=charts.draw(plot, is_narrow=True) if is_drawn else "",
        data=to_json(plot),
    )


def charted(
    key: str,
    plot: Plot,
    summary: str,
    definition: Definition,
    book: FigureBook,
    used: Iterable[str],
    *,
    table: Table | None = None,
    more: Sequence[str] = (),
    is_compared: bool = False,
) -> Exhibited:
    """Make an exhibit of a plot; `used` are the keys of its figures, `more` the notes that it needs itself."""
    keys = tuple(dict.fromkeys(used))
    notes = (*more, *notes_of(definition, keys, book, is_compared=is_compared))
    return Exhibited(chart(key, plot, summary, notes, source_line(keys, book), table=table), keys)


def moved(name: str, held: Sequence[Figure], gaps: int = 0, gap: str = "month") -> str:
    """Say what a series shows: its newest value, its highest and lowest, and how many positions have none."""
    if not held:
        return f"{name}: no values in this time."
    highest, lowest, newest = max(held, key=_height), min(held, key=_height), held[-1]
    words = f"{name}: {valued(newest)}"
    if len(held) > 1:
        words += f"; highest {valued(highest)}, lowest {valued(lowest)}"
    if gaps:
        words += f"; {gaps} {gap}{'' if gaps == 1 else 's'} without a value"
    return f"{words}."


def valued(figure: Figure) -> str:
    """Return a value with its period, and its status where it may still change: "4,321 in May 2020 (provisional)"."""
    open_ = figure.current.status.value if figure.current else ""
    status = f" ({open_})" if open_ in {"provisional", "estimated"} else ""
    period = figure.aspect("period")
    link = "" if period.startswith(("as at", "year to", "rolling")) else "in the " if period[0].isdigit() else "in "
    return f"{figure.aspect('value')} {link}{period}{status}"


def _height(figure: Figure) -> Decimal:
    held = amount(figure)
    return Decimal(0) if held is None else held
