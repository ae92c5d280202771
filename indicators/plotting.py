"""From figures to the marks of a plot, from dated notes to zones and breaks, from targets to stepped lines. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from indicators.choices import NoteKind, Status, Unit
from indicators.dated_notes import DatedNote, breaks
from indicators.figures import Figure, FigureBook
from indicators.formatting import own_decimals, value_text
from indicators.periods import Period, first_of_month
from indicators.plots import UNSETTLED, Line, Mark, Role, Rule, Zone
from indicators.series import Series, Slot, Value
from indicators.targets.asked import TargetRule, converted, in_force
from indicators.targets.vocabulary import TargetKind

BREAK = "series break"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A series as it is drawn: its figure for each position, None where none is stored, and the line made of them."""

    series: Series
    figures: tuple[Figure | None, ...]
    line: Line

    @property
    def held(self) -> list[Figure]:
        """The figures that have a value, in the order of the axis."""
        return [one for one in self.figures if one is not None and amount(one) is not None]

    @property
    def used(self) -> list[str]:
        """The keys of the figures, those without a value included."""
        return [one.key for one in self.figures if one is not None]


def amount(figure: Figure) -> Decimal | None:
    """Return the exact value of a figure."""
    return figure.current.amount if figure.current else None


def status_of(value: Value | None) -> str:
    """Return what has to be said of how far a value can be relied on; empty for one that is final."""
    return "" if value is None or value.status == Status.FINAL else value.status.value


def mark(figure: Figure | None, book: FigureBook, stretch: int = 0) -> Mark:
    """Return the mark of a figure's value; an empty one where nothing is stored."""
    if figure is None or figure.current is None:
        return Mark(stretch=stretch)
    end = figure.period.end
    return Mark(
        value=figure.current.amount,
        text=figure.aspect("value"),
        figure=figure.key,
        status=status_of(figure.current),
        is_after=end is not None and end > book.quarter.end,
        stretch=stretch,
    )


def drawn(
    book: FigureBook, series: Series, slots: Sequence[Slot | None], name: str = "", role: Role = Role.SERIES
) -> Drawn:
    """Draw a series over slots; it begins anew with the period in which a series break lies."""
    held = book.values.get(series, {})
    figures = tuple(book.build(series, slot) if slot is not None and slot in held else None for slot in slots)
    days = [first_of_month(day) for day in breaks(book.notes_on(series))]
    marks = []
    for slot, figure in zip(slots, figures, strict=True):
        end = slot.end if slot is not None else None
        marks.append(mark(figure, book, sum(day <= end for day in days) if end else 0))
    return Drawn(series, figures, Line(name or book.name_of(series), tuple(marks), role))


def zones(notes: Iterable[DatedNote], spans: Sequence[tuple[date, date]], where: str = "") -> tuple[Zone, ...]:
    """Return the positions in which annotations lie, each named; `where` names the area that they are about."""
    found = []
    for note in notes:
        within = [at for at, (first, last) in enumerate(spans) if note.day <= last and (note.ends_on or last) >= first]
        if note.kind == NoteKind.ANNOTATION and within:
            found.append(Zone(within[0], within[-1], f"{note.label} ({where})" if where else note.label))
    return tuple(found)


def rules(notes: Iterable[DatedNote], spans: Sequence[tuple[date, date]], where: str = "") -> tuple[Rule, ...]:
    """Return where series break, before the position in which the day of the break lies."""
    label = f"{BREAK} ({where})" if where else BREAK
    days = [day for day in breaks(notes) if spans and spans[0][0] < day <= spans[-1][1]]
    places = [next(at for at, (_, last) in enumerate(spans) if day <= last) for day in days]
    return tuple(Rule(at, label) for at in dict.fromkeys(places) if at)


def unsettled(lines: Iterable[Line]) -> tuple[Zone, ...]:
    """Return the positions at which a value is provisional or estimated, as named zones."""
    marks = [mark for line in lines for mark in enumerate(line.marks)]
    found = []
    for status in UNSETTLED:
        places = sorted({at for at, one in marks if one.status == status and one.value is not None})
        found += [Zone(first, last, status.value) for first, last in _runs(places)]
    return tuple(found)


def _runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each run of neighbours."""
    for at in places:
        if at - 1 not in places:
            last = at
            while last + 1 in places:
                last += 1
            yield at, last


def context(
    book: FigureBook, shown: Sequence[Drawn], spans: Sequence[tuple[date, date]]
) -> tuple[tuple[Zone, ...], tuple[Rule, ...]]:
    """Return the zones and breaks of some series in one field, each once.

    What is about some areas alone names the area where several are drawn together.
    """
    is_mixed = len({one.series.area for one in shown}) > 1
    found_zones: dict[Zone, None] = {}
    found_rules: dict[Rule, None] = {}
    for one in shown:
        for note in book.notes_on(one.series):
            where = book.areas.get(one.series.area, "the force") if note.areas and is_mixed else ""
            found_zones |= dict.fromkeys(zones([note], spans, where))
            found_rules |= dict.fromkeys(rules([note], spans, where))
    found_zones |= dict.fromkeys(unsettled(one.line for one in shown))
    return tuple(found_zones), tuple(found_rules)


def target_line(book: FigureBook, series: Series, periods: Sequence[Period], name: str = "Target") -> Line | None:
    """Return the target of a series as a line that steps where the target does; None where no level is asked.

    Only the force's own series have targets. A level in another unit is converted where that is exact.
    """
    measure = book.measures[series.indicator]
    if series.area:
        return None
    marks = []
    for period in periods:
        rule = in_force(measure.targets, series.part, period)
        level = _level(rule, measure.unit)
        text = "" if level is None else value_text(level, measure.unit, own_decimals(level))
        marks.append(Mark(value=level, text=text))
    return Line(name, tuple(marks), Role.TARGET) if any(one.value is not None for one in marks) else None


def _level(rule: TargetRule | None, unit: Unit) -> Decimal | None:
    if rule is None or rule.kind is not TargetKind.LEVEL or rule.value is None:
        return None
    return converted(rule.value, rule.unit, unit)
