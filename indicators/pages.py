"""What the pages of indicators show, arranged from a book of figures. Pure: no database."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from indicators.choices import NoteKind, Window
from indicators.exhibits.charting import control_chart
from indicators.exhibits.shown import appendix_text
from indicators.figures import Figure, FigureBook
from indicators.periods import Quarter, month_text
from indicators.series import Series, Slot
from indicators.sheets import Measure
from indicators.signals import SHOWN_MONTHS, Signal, signal
from indicators.tables import Chart

EARLIER_QUARTERS = 5
SHARED = (Window.QUARTER, Window.ROLLING_12, Window.SNAPSHOT)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table of figures, as printed."""

    name: str
    period: str
    previous: str
    change: str
    in_year: str
    notes: tuple[str, ...]
    figure: Figure


def line(figure: Figure, name: str = "") -> Line:
    """Arrange one figure for a table. Annotations, which every line of a table may share, stand below it."""
    previous, change, in_year = appendix_text(figure)
    shared = annotations([figure])
    notes = tuple(note for note in figure.notes if note not in shared)
    return Line(name or figure.name, figure.aspect("period"), previous, change, in_year, notes, figure)


def annotations(figures: Iterable[Figure]) -> tuple[str, ...]:
    """Return what happened in the days of these figures, each once."""
    told = (note for figure in figures for note in figure.dated if note.kind == NoteKind.ANNOTATION)
    return tuple(dict.fromkeys(note.text for note in told))


def around(quarter: Quarter) -> dict[str, Any]:
    """Return the quarter with its neighbours, for the links between them."""
    return {"quarter": quarter, "quarter_before": quarter.previous(), "quarter_after": quarter.next()}


def by_portfolio(book: FigureBook) -> list[tuple[str, list[Line]]]:
    """Group one headline figure for each indicator by portfolio."""
    groups: dict[str, list[Line]] = {}
    for key, figures in groupby(book.of_quarter(), key=lambda figure: figure.series.indicator):
        figure = headline(book, figures)
        if figure is not None:
            measure = book.measures[key]
            shown = line(figure, measure.name)
            if measure.made_of:
                shown = replace(shown, notes=(*shown.notes, measure.made_of))
            groups.setdefault(measure.portfolio, []).append(shown)
    return sorted(groups.items())


def without_figures(book: FigureBook, groups: Iterable[tuple[str, list[Line]]]) -> list[Measure]:
    """Return the measures that have no line among those of the portfolios."""
    shown = {one.figure.series.indicator for _, lines in groups for one in lines}
    return [measure for key, measure in book.measures.items() if key not in shown]


def headline(book: FigureBook, figures: Iterable[Figure]) -> Figure | None:
    """Choose the figure that stands for an indicator: 12 months first, else whatever the quarter holds."""
    order = [Window.ROLLING_12, Window.QUARTER, Window.SNAPSHOT]
    own = [figure for figure in figures if figure.series.area in {"", *book.comparators}]
    own.sort(key=lambda f: (order.index(f.period.window) if f.period.window in order else 9, f.series.area != ""))
    return own[0] if own else None


def indicator_page(book: FigureBook, key: str) -> dict[str, Any]:
    """Return the tables and the chart of an indicator's page: this quarter, earlier quarters, districts."""
    figures = list(book.of_quarter(key))
    # Comparators with a list of members stand in a table of their own, beside the force.
    own_areas = {"", *(one for one in book.comparators if (key, one) not in book.memberships)}
    own = [figure for figure in figures if figure.series.area in own_areas]
    return {
        "figures": figures,
        "annotations": annotations(own),
        "lines": [line(figure) for figure in own if figure.period.window != Window.MONTH],
        "single_months": [line(figure) for figure in own if figure.period.window == Window.MONTH],
        "chart": monthly_chart(book, key, is_drawn=False),
        "earlier": _earlier(book, key),
        "places": _places(book, key, figures),
        "shares": [
            (f.name, f.aspect("period"), f.aspect("share"), f.share)
            for f in own
            if f.share is not None and f.period.window in SHARED
        ],
    }


def _earlier(book: FigureBook, key: str) -> list[Line]:
    """The 12-month and as-at figures at the ends of earlier quarters."""
    lines = []
    quarter = book.quarter
    for _ in range(EARLIER_QUARTERS):
        quarter = quarter.previous()
        for series in sorted((s for s in book.values if s.indicator == key and not s.area), key=lambda s: s.part):
            for window in (Window.ROLLING_12, Window.QUARTER, Window.SNAPSHOT):
                if Slot(window, quarter.end) in book.values[series]:
                    lines.append(line(book.build(series, Slot(window, quarter.end))))
                    break
    return lines


def _places(book: FigureBook, key: str, figures: Iterable[Figure]) -> list[Line]:
    """The 12-month figures of divisions, districts and the two remainder lines; without any, what there is of them."""
    slot = Slot(Window.ROLLING_12, book.quarter.end)
    places = [Series(key, "", slug) for slug in book.areas if slug not in book.comparators | book.police_areas]
    found = [book.build(series, slot) for series in places if slot in book.values.get(series, {})]
    if not found:
        found = [one for one in figures if one.series in places and one.period.window != Window.MONTH]
    return [line(one, book.areas[one.series.area]) for one in found]


def monthly_chart(book: FigureBook, key: str, part: str = "", *, is_drawn: bool = True) -> Chart | None:
    """Make the control chart of an indicator's months, or of one part's; nothing where it has not two of them."""
    shown = signal(book, Series(key, part))
    if shown is None or sum(month.value is not None for month in shown.months) < 2:
        return None
    return chart_of(shown, book, is_drawn=is_drawn)


def chart_of(shown: Signal, book: FigureBook, *, is_drawn: bool = False) -> Chart:
    """Make the chart of a signal; its drawing has an address of its own."""
    last = month_text(book.quarter.end)
    title = f"How has {shown.name[0].lower()}{shown.name[1:]} moved in the {SHOWN_MONTHS} months to {last}?"
    key = "-".join(word for word in (shown.series.indicator, shown.series.part, "months") if word)
    return control_chart(key, title, shown, book, {}, is_drawn=is_drawn)
