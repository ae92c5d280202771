"""Reads the definition of a chart and finds everything that is wrong with it, in plain words, before it is drawn."""

from collections.abc import Collection, Sequence

from indicators.choices import UNIT_NAMES, WINDOW_NAMES, Window
from indicators.exhibits.chart_kinds import CHARTS, EVERYWHERE, USUAL_POINTS
from indicators.exhibits.shown import Definition, ExhibitRefused
from indicators.figures import FigureBook, UnknownFigure
from indicators.like_for_like import listed
from indicators.periods import Period, Quarter, add_months, first_of_month, month_end, period_ending
from indicators.series import Series, Slot
from indicators.sheets import Measure

STEP_MONTHS = {Window.MONTH: 1, Window.ROLLING_12: 1}
"""How many months lie between neighbours on an axis; three where a window is not named here."""


class Reading:
    """A definition on its way to be drawn; `done` refuses it with every fault that was found.

    A fault begins with the name that it is about in quotation marks, or with the number of the measure or area that is
    named: the page that edits the chart shows it there.
    """

    def __init__(self, definition: Definition, book: FigureBook) -> None:
        self._definition, self._book = definition, book
        self._kind = CHARTS[str(definition.get("kind"))]
        self.faults: list[str] = []
        unknown = sorted(set(definition) - EVERYWHERE - set(self._kind.names))
        if unknown:
            known = quoted(sorted(self._kind.names))
            self.faults.append(
                f"{quoted(unknown)} means nothing to a chart of the kind “{definition['kind']}”, which knows {known}"
            )
        if "notes" in definition:
            self.words("notes")

    def series(self) -> list[Series]:
        """Return the series named under `series`, one or a list of them: as many as the kind of chart takes."""
        return self._named(*self._kind.series)

    def one_series(self) -> Series | None:
        """Return the one series named under `series`."""
        return next(iter(self._named(1, 1)), None)

    def _named(self, least: int, most: int) -> list[Series]:
        stems = self.words("series")
        if not least <= len(stems) <= most:
            wanted = "one series" if most == 1 else f"{least} to {most} series"
            self.faults.append(f"“series” has to name {wanted}, and names {len(stems)}")
        return [found for at, stem in enumerate(stems, start=1) if (found := self._series(at, stem)) is not None]

    def within(self, series: Series | None, most: int | None = None) -> list[Series]:
        """Return a series in each of the areas named under `areas`; `most` where there may be fewer than usual."""
        slugs = self.words("areas")
        least, usual = self._kind.areas
        if not least <= len(slugs) <= (most or usual):
            self.faults.append(f"“areas” has to name {least} to {most or usual} areas, and names {len(slugs)}")
        for at, slug in enumerate(slugs, start=1):
            known = slug in self._book.areas
            self.refuse_unless(known, f"Area {at}: “{slug}” is no area of this force or of its comparators")
        return (
            [Series(series.indicator, series.part, slug) for slug in slugs if slug in self._book.areas]
            if series
            else []
        )

    def words(self, name: str) -> list[str]:
        """Return one text or a list of texts."""
        given = self._definition.get(name, [])
        listed_words = [given] if isinstance(given, str) else given
        if not isinstance(listed_words, Sequence) or not all(isinstance(one, str) and one for one in listed_words):
            self.faults.append(f"“{name}” has to be a text or a list of texts")
            return []
        repeated = sorted({one for one in listed_words if list(listed_words).count(one) > 1})
        if repeated:
            self.faults.append(f"“{name}” names {quoted(repeated)} twice")
        return list(dict.fromkeys(listed_words))

    def number(self, name: str, default: int, most: int | None = None) -> int:
        """Return a whole number; `most` where it may be less than usual."""
        least, usual = self._kind.numbers[name]
        most = most or usual
        given = self._definition.get(name, default)
        if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
            self.faults.append(f"“{name}” has to be a whole number from {least} to {most}, and is “{given}”")
            return default
        return given

    def choice(self, name: str, options: Collection[str]) -> str:
        """Return one of some words; without any what is usual for the kind of chart."""
        default = self._kind.usual[name]
        given = self._definition.get(name, default)
        if not isinstance(given, str) or given not in options:
            self.faults.append(f"“{name}” has to be one of {quoted(list(options))}, and is “{given}”")
            return default
        return given

    def window(self) -> Window:
        """Return the window of the values."""
        return Window(self.choice("window", self._kind.windows))

    def slots(self, window: Window) -> list[Slot]:
        """Return where the values of lines stand: `points` of them up to the quarter's end, `every` months apart."""
        name = "months" if "months" in self._definition else "points"
        points = self.number(name, USUAL_POINTS)
        every = self.number("every", STEP_MONTHS.get(window, 3))
        return slots_back(self._book.quarter, window, points, every)

    def unit(self, series: Collection[Series], shared: str) -> str:
        """Return the name of the one unit of some series; what they share with two is a fault."""
        units = {self._book.measures[one.indicator].unit for one in series}
        self.refuse_unless(len(units) < 2, f"“series” are in different units and cannot share {shared}")
        return UNIT_NAMES[units.pop()] if units else ""

    def measure(self, series: Series | None) -> Measure | None:
        """Return the measure of a series."""
        return self._book.measures[series.indicator] if series else None

    def refuse_unless(self, is_sound: object, words: str) -> None:
        """Note a fault where something does not hold."""
        if not is_sound:
            self.faults.append(words)

    def done(self) -> None:
        """Raise ExhibitRefused with all faults, if there are any."""
        if self.faults:
            raise ExhibitRefused("; ".join(self.faults), tuple(self.faults))

    def _series(self, at: int, stem: str) -> Series | None:
        try:
            return self._book.series(stem)
        except UnknownFigure as error:
            self.faults.append(f"Measure {at}: {str(error.args[0]).removeprefix(f'{stem}: ')}")
            return None


def slots_back(quarter: Quarter, window: Window, points: int, months: int = 0) -> list[Slot]:
    """Return `points` slots that end with the quarter and before it, `months` apart."""
    last, step = first_of_month(quarter.end), months or STEP_MONTHS.get(window, 3)
    return [Slot(window, month_end(add_months(last, -back * step))) for back in range(points - 1, -1, -1)]


def period_of(slot: Slot) -> Period:
    """Return the period of a slot, whether a value is stored there or not; without its start where nothing fixes it."""
    if slot.end is None or slot.window in {Window.ANNUAL, Window.ROLLING_YEAR_TO_DATE}:
        return Period(slot.window, None, slot.end)
    return period_ending(slot.window, slot.end)


def quoted(words: Sequence[str]) -> str:
    """Return words in quotation marks, joined as in a sentence."""
    return listed(f"“{word}”" for word in words)


def heading_of(window: Window) -> str:
    """Return what an axis of such periods holds."""
    return WINDOW_NAMES[window]
