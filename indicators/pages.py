"""What the pages of indicators show, arranged from a book of figures. Pure: no database."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from indicators.choices import NoteKind, Window
from indicators.control_charts import TOO_FEW, rule_at
from indicators.exhibits.charting import control_chart
from indicators.exhibits.shown import appendix_text
from indicators.figures import Figure, FigureBook
from indicators.formatting import counted, counts_text
from indicators.periods import Period, Quarter, add_months, first_of_month, month_end, month_text
from indicators.series import Series, Slot, Value
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


def counts(value: Value | None, measure: Measure) -> str:
    """Return the numerator and denominator of a value in words; "" where there is no value, or it has neither."""
    if value is None or value.amount is None:
        return ""
    return counts_text(value.numerator, value.denominator, measure.kind)


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
            notes = [one for one in (measure.made_of, measure.over_time_in_words) if one]
            shown = replace(shown, notes=(*shown.notes, *notes))
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


@dataclass(frozen=True, slots=True)
class Unusual:
    """Whether a figure is unusual: the verdict on the one month it is judged by, told in words.

    `rule` is the one that says so; `about` says which month of a longer period it is, `among` by which months it is
    judged. `has_chart`: these stand in the chart of the page of its indicator, as seen from `quarter`.
    """

    words: str
    rule: str = ""
    about: str = ""
    among: str = ""
    has_chart: bool = False
    quarter: str = ""
    has_too_few: bool = False


def judging_quarters(period: Period, quarter: Quarter) -> tuple[Quarter, ...]:
    """Return the quarters whose charts may judge the month of a figure that a quarter shows, the best first.

    Its own chart is the best where the month stands in it, then that of the month's own quarter, and then the last that
    still shows it: early in a series there are too few months before to judge one by.
    """
    if period.end is None:
        return (quarter,)
    month = first_of_month(period.end)
    is_shown = add_months(first_of_month(quarter.end), -SHOWN_MONTHS) < month <= quarter.end
    first = quarter if is_shown else Quarter.containing(month)
    last = Quarter.containing(add_months(month, SHOWN_MONTHS - 3))
    return tuple(dict.fromkeys((first, last)))


def unusual(book: FigureBook, figure: Figure) -> Unusual | None:
    """Judge the month of a figure, of a longer period its last; None where there are no months to judge it by.

    The book is that of a quarter whose chart shows this month: limits and verdict are those of this chart.
    """
    end = figure.period.end
    if end is None:
        has_months = any(slot.window == Window.MONTH for slot in book.values.get(figure.series, {}))
        return Unusual("The period is not stated: there is no month to judge.") if has_months else None
    shown = signal(book, figure.series, of=first_of_month(end))
    if shown is None:
        return None
    month, verdict, name = shown.month, shown.verdict, month_text(end)
    if month.amount is None:
        return Unusual(f"{name}: there is no value of this month to judge.", about=_about(figure.period))
    state = " (provisional)" if month.is_provisional else ""
    return Unusual(
        words=f"{name}{state}: {verdict.words}{_lies(shown)}.",
        rule=rule_at(verdict.rule, name) if shown.is_exceptional else "",
        about=_about(figure.period),
        among=_among(shown),
        has_chart=not figure.series.part and not figure.series.area,
        quarter=book.quarter.key,
        has_too_few=verdict.words == TOO_FEW,
    )


def _lies(shown: Signal) -> str:
    """Say where the judged month lies, or why there are no limits to say it by."""
    month, limits = shown.month, shown.month.segment
    if limits is None or limits.upper is None:
        return f" to tell ({shown.verdict.rule})"
    if month.side:
        side, limit = ("above the upper", limits.upper) if month.side > 0 else ("below the lower", limits.lower)
        return f". Its {shown.text(month)} lies {side} limit of natural variation, {shown.limit(limit)}"
    within = f"{shown.limit(limits.lower)} to {shown.limit(limits.upper)}"
    return f". Its {shown.text(month)} lies within the limits of natural variation, {within}"


def _about(period: Period) -> str:
    """Say which month of a longer period is judged; "" for a month."""
    if period.window == Window.MONTH or period.end is None:
        return ""
    is_last = period.start is not None and period.end == month_end(period.end)
    which = "the last month of this period" if is_last else "the month in which it ends"
    return f"{month_text(period.end)} alone, {which}. Single months are judged, never longer periods."


def _among(shown: Signal) -> str:
    """Say by which months the judged one is judged: those between two breaks."""
    own = shown.month.segment
    held = [month for month in shown.months if month.amount is not None and month.segment == own]
    words = f"{counted(len(held), 'month')}, {month_text(held[0].first)} to {month_text(held[-1].first)}"
    before = [note for note in shown.notes if note.kind == NoteKind.BREAK and first_of_month(note.day) <= held[0].first]
    newest = max(before, key=lambda note: note.day, default=None)
    return f"{words}. Limits begin anew: {newest.text}." if newest else f"{words}."
