"""Signals: what the months of a series say when they are seen against their natural variation. Pure.

Centre and limits are made of the months shown, so that a reader can work them out again from the data table beside
the chart. Only single months are ever looked at, never rolling totals.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from indicators import control_charts
from indicators.choices import UNIT_NAMES, NoteKind, Status, Window
from indicators.control_charts import ABOVE, BELOW, FALL, NO_VALUE, RISE, TOO_FEW, Segment, Verdict
from indicators.dated_notes import DatedNote, breaks
from indicators.figures import FigureBook
from indicators.formatting import value_text
from indicators.kinds import bounds
from indicators.periods import (
    Period,
    add_months,
    first_of_month,
    month_end,
    month_range,
    month_text,
    period_ending,
    short_label,
)
from indicators.plots import Form, Line, Mark, Panel, Plot, Role
from indicators.plotting import rules, status_of, unsettled, zones
from indicators.series import Series, Slot, Value
from indicators.sheets import Measure
from indicators.tables import Cell, Table

SHOWN_MONTHS = 25
HEADER = ("Centre", "Lower limit", "Upper limit", "State")
KEY_TO_LINES = (
    "Grey line: centre, the mean of the months shown. Dashed lines: limits of natural variation, "
    "centre ± 2.66 × the mean move from month to month, drawn no further than a value can be. "
    "Diamonds lie outside the limits. Hollow points are provisional: judged, and left out of centre and limits."
)


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a series: its value and key, with the limits of the stretch between breaks in which it lies."""

    first: date
    value: Value | None
    figure: str = ""
    segment: Segment | None = None
    is_after_break: bool = False

    @property
    def amount(self) -> Decimal | None:
        """The value, None where there is none."""
        return self.value.amount if self.value else None

    @property
    def is_provisional(self) -> bool:
        """Tell whether the value may still change."""
        return self.amount is not None and self.value is not None and self.value.status == Status.PROVISIONAL

    @property
    def side(self) -> int:
        """1 above the upper limit, -1 below the lower one, 0 elsewhere or without limits."""
        limits = self.segment
        if self.amount is None or limits is None or limits.upper is None or limits.lower is None:
            return 0
        return (self.amount > limits.upper) - (self.amount < limits.lower)

    @property
    def reaches(self) -> Decimal:
        """How far the value lies from the centre, in units of the distance to a limit."""
        if self.amount is None or self.segment is None:
            return Decimal(0)
        return control_charts.reaches(self.amount, self.segment)

    @property
    def state(self) -> str:
        """What is to be said of the month, in words."""
        if self.amount is None:
            place = "not available"
        elif self.segment is None or self.segment.upper is None:
            place = "no limits: not enough points"
        else:
            place = {1: "above the upper limit", -1: "below the lower limit", 0: "within the limits"}[self.side]
        words = (place, "provisional" if self.is_provisional else "", "series break" if self.is_after_break else "")
        return ", ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class Signal:
    """A monthly series as seen from a quarter, and its verdict.

    `month` is the one that the verdict speaks of: the month of the quarter that lies farthest outside the limits, or
    its last. `notes` are the breaks and annotations within the months shown.
    """

    series: Series
    name: str
    measure: Measure
    months: tuple[Month, ...]
    verdict: Verdict
    month: Month
    notes: tuple[DatedNote, ...]

    @property
    def is_exceptional(self) -> bool:
        """Tell whether the verdict is a rise or a fall that natural variation does not explain."""
        return self.verdict.words in {RISE, FALL}

    @property
    def annotations(self) -> tuple[DatedNote, ...]:
        """The spans that are marked in the chart."""
        return tuple(note for note in self.notes if note.kind == NoteKind.ANNOTATION)

    def text(self, month: Month) -> str:
        """Print the value of a month in its one format."""
        value, unit = month.value, self.measure.unit
        if value is None:
            return "not available"
        return value_text(value.amount, unit, self.measure.decimals, value.qualifier, value.reason)

    def limit(self, amount: Decimal | None) -> str:
        """Print a centre or a limit: with one decimal more than the values."""
        return "–" if amount is None else value_text(amount, self.measure.unit, self.measure.decimals + 1)

    @property
    def why_not_judged(self) -> str:
        """Why there is no verdict; "" where there is one."""
        if self.verdict.words == NO_VALUE:
            return f"{month_text(self.month.first)} has no value"
        return self.verdict.rule if self.verdict.words == TOO_FEW else ""

    @property
    def sentence(self) -> str:
        """The verdict as one sentence, with the rule that says so."""
        verdict, limits = self.verdict, self.month.segment
        if verdict.words == TOO_FEW:
            return f"{self.name}: {TOO_FEW} to tell ({verdict.rule})."
        if verdict.words == NO_VALUE:
            return f"{self.name}: {month_text(self.month.first)} has {NO_VALUE}."
        if limits is None:
            raise ValueError("A verdict needs limits.")
        lead = f"{self.name}: {self._at(self.month)}{' (provisional)' if self.month.is_provisional else ''}"
        if verdict.weight == 0:
            side, limit = (
                ("above the upper", limits.upper) if self.month.side > 0 else ("below the lower", limits.lower)
            )
            return f"{lead} is {side} limit of {self.limit(limit)}: {verdict.words}."
        if self.is_exceptional:
            return f"{lead}; {verdict.rule} (centre {self.limit(limits.centre)}): {verdict.words}."
        return (
            f"{lead} lies within the limits {self.limit(limits.lower)} to {self.limit(limits.upper)}: {verdict.words}."
        )

    @property
    def summary(self) -> str:
        """What the chart shows, in words."""
        known = [month for month in self.months if month.amount is not None]
        highest = max(known, key=_amount, default=None)
        lowest = min(known, key=_amount, default=None)
        parts = [self.sentence]
        if highest and lowest:
            parts.append(f"Highest {self._at(highest)}, lowest {self._at(lowest)}.")
        provisional = [month_text(month.first) for month in self.months if month.is_provisional]
        if provisional:
            parts.append(f"Provisional, drawn hollow: {', '.join(provisional)}.")
        gap = len(self.months) - len(known)
        if gap:
            parts.append(f"{gap} {'month' if gap == 1 else 'months'} without a value.")
        parts += [f"Limits begin anew: {note.text}." for note in self.notes if note.kind == NoteKind.BREAK]
        parts += [f"Shaded: {note.text}." for note in self.annotations]
        return " ".join(parts)

    def _at(self, month: Month) -> str:
        return f"{self.text(month)} in {month_text(month.first)}"


def _amount(month: Month) -> Decimal:
    return month.amount if month.amount is not None else Decimal(0)


def signal(book: FigureBook, series: Series, months: int = SHOWN_MONTHS, of: date | None = None) -> Signal | None:
    """Return what a series' months up to the end of the quarter say; None where it has no month among them.

    `of` is the first day of the one month that the verdict is to speak of, among the same months and limits.
    """
    last = first_of_month(book.quarter.end)
    shown = month_range(add_months(last, 1 - months), last)
    held = book.values.get(series, {})
    found = [_month(book, series, first, held) for first in shown]
    if all(month.value is None for month in found):
        return None
    span = Period(Window.SPAN, shown[0], book.quarter.end)
    notes = tuple(note for note in book.notes_on(series) if note.kind != NoteKind.FOOTNOTE)
    notes = tuple(note for note in notes if note.is_told_over((span,)))
    days = breaks(notes)
    values = [(month.first, month.amount) for month in found]
    provisional = {month.first for month in found if month.is_provisional}
    measure = book.measures[series.indicator]
    floor, ceiling = bounds(measure.kind, (amount for _, amount in values))
    segments = control_charts.limits(values, days, floor, provisional, ceiling)
    restarts = {first_of_month(day) for day in days}
    placed = tuple(_placed(month, segments, restarts) for month in found)
    verdict = control_charts.verdict(values, days, provisional, of)
    if of is None:
        verdict, spoken_of = _verdict(placed, verdict, book.quarter.months)
    else:
        spoken_of = next(month for month in placed if month.first == of)
    return Signal(series, book.name_of(series), measure, placed, verdict, spoken_of, notes)


def _month(book: FigureBook, series: Series, first: date, held: Mapping[Slot, Value]) -> Month:
    slot = Slot(Window.MONTH, month_end(first))
    return Month(first, held.get(slot), book.key_of(series, slot) if slot in held else "")


def _placed(month: Month, segments: Iterable[Segment], restarts: set[date]) -> Month:
    own = next((one for one in segments if one.start <= month.first <= one.end), None)
    return replace(month, segment=own, is_after_break=month.first in restarts)


def _verdict(months: tuple[Month, ...], of_last: Verdict, quarter: Iterable[date]) -> tuple[Verdict, Month]:
    """Return the verdict and its month: a month of the quarter outside the limits says more than any other rule."""
    outside = [month for month in months if month.first in set(quarter) and month.side]
    if not outside:
        return of_last, months[-1]
    farthest = max(outside, key=lambda month: month.reaches)
    return (Verdict(RISE, ABOVE) if farthest.side > 0 else Verdict(FALL, BELOW)), farthest


@dataclass(frozen=True, slots=True)
class StandingOut:
    """The monthly series of a quarter: the exceptional ones in order, how many are quiet, and what cannot be judged."""

    exceptional: tuple[Signal, ...]
    quiet: int
    not_judged: tuple[Signal, ...]


def judged(book: FigureBook) -> list[Signal]:
    """Judge every monthly series of the force itself, parts included, that has a month in the quarter."""
    slots = [Slot(Window.MONTH, month_end(first)) for first in book.quarter.months]
    wanted = [one for one in book.values if not one.area and any(slot in book.values[one] for slot in slots)]
    return [one for one in (signal(book, series) for series in wanted) if one is not None]


def standing_out(book: FigureBook, found: Iterable[Signal] | None = None) -> StandingOut:
    """Sort the judged series of a quarter (`found`, where they are known already).

    Points outside the limits come first, the farthest before the others; then runs, trends and points near a limit.
    """
    found = judged(book) if found is None else list(found)
    exceptional = [one for one in found if one.is_exceptional]
    exceptional.sort(key=lambda one: (one.verdict.weight, -one.month.reaches, one.name))
    not_judged = sorted((one for one in found if one.why_not_judged), key=lambda one: one.name)
    return StandingOut(tuple(exceptional), len(found) - len(exceptional) - len(not_judged), tuple(not_judged))


def data_table(key: str, title: str, shown: Signal) -> Table:
    """Return every month with its value, centre, limits and state in words."""
    named = ("Month", shown.name, *HEADER)
    last = len(named) - 1
    header = tuple(Cell(text, is_header=True, is_numeric=0 < at < last) for at, text in enumerate(named))
    return Table(
        key=f"{key}-table",
        caption=f"{title}: figures",
        header=header,
        rows=tuple(_row(month, shown) for month in shown.months),
    )


def _row(month: Month, shown: Signal) -> tuple[Cell, ...]:
    limits = month.segment
    lines = (limits.centre, limits.lower, limits.upper) if limits else (None, None, None)
    return (
        Cell(month_text(month.first), is_header=True),
        Cell(shown.text(month), is_numeric=True, figure=month.figure),
        *(Cell(shown.limit(amount), is_numeric=True) for amount in lines),
        Cell(month.state),
    )


def plot(shown: Signal, title: str = "") -> Plot:
    """Return the specification of a signal's chart: its values, with centre and limits of natural variation."""
    stretch, marks, lines = 0, [], []
    for month in shown.months:
        stretch += month.is_after_break
        limits = month.segment
        bounds = (limits.centre, limits.lower, limits.upper) if limits else (None, None, None)
        lines.append([Mark(one, shown.limit(one), stretch=stretch) for one in bounds])
        status = status_of(month.value)
        marks.append(
            Mark(month.amount, shown.text(month), month.figure, status, is_outside=month.side != 0, stretch=stretch)
        )
    centre, lower, upper = (tuple(each) for each in zip(*lines, strict=True))
    value = Line(shown.name, tuple(marks))
    spans = [(month.first, month_end(month.first)) for month in shown.months]
    panel = Panel(
        lines=(Line(HEADER[0], centre, Role.CENTRE), *_limits(lower, upper), value),
        zones=(*zones(shown.notes, spans), *unsettled([value])),
        rules=rules(shown.notes, spans),
    )
    axis = tuple(short_label(period_ending(Window.MONTH, month.first)) for month in shown.months)
    unit = UNIT_NAMES[shown.measure.unit]
    return Plot("control", Form.LINES, title, unit, "Month", axis, (panel,), is_from_zero=False)


def _limits(lower: tuple[Mark, ...], upper: tuple[Mark, ...]) -> tuple[Line, Line]:
    return Line(HEADER[1], lower, Role.LIMIT), Line(HEADER[2], upper, Role.LIMIT)
