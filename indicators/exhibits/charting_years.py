"""Several years laid over each other: twelve months across, a line for each year, the newest running on to its end.

{"kind": "years", "series": "all_crime", "years": 3, "begins": "april"} draws the financial years up to the one in which
the quarter lies; "begins": "january" draws calendar years. Months after the quarter are drawn where data stand, hollow
and behind the line that ends the quarter. The drawing and its table hold single months alone.
"""

from datetime import date

from indicators.choices import UNIT_NAMES, Window
from indicators.exhibits.charted import charted, extremes, valued
from indicators.exhibits.charting_definition import Reading
from indicators.exhibits.shown import Definition, Exhibited, ExhibitRefused
from indicators.figures import FigureBook, UnknownFigure
from indicators.periods import MONTH_NAMES, Quarter, add_months, month_end, month_text
from indicators.plots import Form, Panel, Plot, Rule
from indicators.plotting import Drawn, drawn, unsettled
from indicators.series import Series, Slot

BEGINS = {"april": 4, "january": 1}
END = "end of the quarter"


def make_years(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    """Make a chart of years laid over each other, the newest first."""
    reading = Reading(definition, book)
    series = reading.one_series()
    years = reading.number("years", 3)
    first_month = BEGINS[reading.choice("begins", BEGINS)]
    reading.done()
    if series is None:
        raise ExhibitRefused("no series")
    starts = [_start(book.quarter, first_month, back) for back in range(years)]
    shown = [_year(book, series, start) for start in starts]
    if not any(one.held for one in shown):
        raise ExhibitRefused(f"{book.name_of(series)} has no single months in these years")
    ended = (book.quarter.end.year - starts[0].year) * 12 + book.quarter.end.month - starts[0].month + 1
    runs_on = any(mark.is_after for mark in shown[0].line.marks)
    made = Plot(
        kind="years",
        form=Form.LINES,
        title=title,
        unit=UNIT_NAMES[book.measures[series.indicator].unit],
        heading="Month",
        axis=tuple(MONTH_NAMES[(first_month - 1 + step) % 12][:3] for step in range(12)),
        names=tuple(MONTH_NAMES[(first_month - 1 + step) % 12] for step in range(12)),
        panels=(
            Panel(
                tuple(one.line for one in shown),
                unsettled([shown[0].line]),
                (Rule(ended, END),) if ended < 12 and runs_on else (),
            ),
        ),
    )
    words = _summary(book, series, shown, starts[0])
    used = [used for one in shown for used in one.used]
    return charted(key, made, words, definition, book, used, more=_after(shown[0]))


def _start(quarter: Quarter, first_month: int, back: int) -> date:
    """Return the first day of the year in which the quarter ends, or of one before it."""
    end = quarter.end
    year = end.year if end.month >= first_month else end.year - 1
    return date(year - back, first_month, 1)


def _year(book: FigureBook, series: Series, start: date) -> Drawn:
    slots = [Slot(Window.MONTH, month_end(add_months(start, step))) for step in range(12)]
    name = f"{start.year}" if start.month == 1 else f"{start.year}/{(start.year + 1) % 100:02d}"
    return drawn(book, series, slots, name)


def _summary(book: FigureBook, series: Series, shown: list[Drawn], start: date) -> str:
    """Say where the newest month of the quarter stands among the years, and the year so far where it is stored."""
    last = (book.quarter.end.year - start.year) * 12 + book.quarter.end.month - start.month
    month = [one.figures[last] for one in shown]
    held = [valued(figure) for figure in month if figure is not None]
    parts = [f"{book.name_of(series)}: {', '.join(held)}." if held else f"{month_text(book.quarter.end)}: no value."]
    window = Window.YEAR_TO_DATE if start.month != 1 else Window.CALENDAR_TO_DATE
    try:
        so_far = book.figure(f"{series.key}.{window.value}")
    except UnknownFigure:
        so_far = None
    if so_far is not None and so_far.current is not None and so_far.change.direction:
        parts.append(f"{valued(so_far)}, a change of {so_far.aspect('change')} on the year before.")
    highest, lowest = extremes([figure for one in shown for figure in one.held])
    parts.append(f"Highest {valued(highest)}, lowest {valued(lowest)}.")
    return " ".join(parts)


def _after(newest: Drawn) -> tuple[str, ...]:
    """Name the months that lie after the quarter."""
    names = [
        month_text(figure.period.end)
        for figure, mark in zip(newest.figures, newest.line.marks, strict=True)
        if mark.is_after and figure is not None and figure.period.end
    ]
    if not names:
        return ()
    return (f"After the quarter, drawn hollow and no part of its figures: {', '.join(names)}.",)
