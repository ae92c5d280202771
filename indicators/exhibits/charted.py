"""From a plot to a chart: its drawings, data table and data, notes and source line; and the sentences charts share."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from indicators.choices import Window
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
    (highest, lowest), newest = extremes(held), held[-1]
    words = f"{name}: {valued(newest)}"
    if len(held) > 1:
        words += f"; highest {valued(highest)}, lowest {valued(lowest)}"
    if gaps:
        words += f"; {gaps} {gap}{'' if gaps == 1 else 's'} without a value"
    return f"{words}."


def extremes(held: Sequence[Figure]) -> tuple[Figure, Figure]:
    """Return the highest and the lowest of some figures that have values; of equals the first."""
    return max(held, key=_height), min(held, key=_height)


def valued(figure: Figure) -> str:
    """Return a value with its period, and its status where it may still change: "4,321 in May 2020 (provisional)"."""
    open_ = figure.current.status.value if figure.current else ""
    status = f" ({open_})" if open_ in {"provisional", "estimated"} else ""
    period = figure.aspect("period")
    return f"{figure.aspect('value')} {_link(figure.period.window)}{period}{status}"


def _link(window: Window) -> str:
    """The word between a value and its period: 5 in May, 5 in the 12 months to 31 May, 5 from 1 April to 31 May."""
    if window in {Window.MONTH, Window.QUARTER}:
        return "in "
    if window in {Window.YEAR_TO_DATE, Window.CALENDAR_TO_DATE, Window.SPAN}:
        return "from "
    return "in the " if window in {Window.ROLLING_12, Window.ANNUAL, Window.ROLLING_YEAR_TO_DATE} else ""


def _height(figure: Figure) -> Decimal:
    held = amount(figure)
    return Decimal(0) if held is None else held
