"""Totals of months that are taken as values of their own: 12 months, or a year to date where months lie ahead."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from indicators.choices import Window
from indicators.formatting import counted
from indicators.periods import Period, add_months, label, month_text, period_ending
from indicators.readers.sheet_cells import Sheet
from indicators.readers.sheet_comparing import cell_in_words
from indicators.readers.sheet_totals import Entry

LISTED = 5
_MONTHS_OF_A_YEAR = 12
_TO_DATE = {4: Window.YEAR_TO_DATE, 1: Window.CALENDAR_TO_DATE}  # by the month in which the year begins
_WORDS = {
    Window.ROLLING_12: ("a value of 12 months", "values of 12 months"),
    Window.YEAR_TO_DATE: ("a financial year to date", "financial years to date"),
    Window.CALENDAR_TO_DATE: ("a calendar year to date", "calendar years to date"),
}

Months = Sequence[tuple[Period | None, Entry]]


class YearTotals:
    """Says of which period each total that is taken speaks, and keeps what a person should know of it."""

    def __init__(self) -> None:
        """Start with nothing taken."""
        self._taken: dict[Window, list[str]] = {}
        self._left: list[str] = []

    def period(self, months: Months, sheet: Sheet, place: tuple[int, int]) -> Period | None:
        """Return the period of a total at (row, column) by its parts; None, with its reason noted, without one."""
        found = period_of(months)
        where = cell_in_words(sheet, *place)
        if isinstance(found, str):
            self._left.append(f"{where}: the total is compared only and not taken as a value, because {found}.")
            return None
        self._taken.setdefault(found.window, []).append(f"{label(found)} in {_small(where)}")
        return found

    @property
    def notes(self) -> list[str]:
        """What was taken, kind by kind, and what was not, with its cell."""
        lines = [
            f"{counted(len(places), 'total is', 'totals are')} taken as {_WORDS[window][len(places) > 1]}, "
            f"and shown in place of what the months give: {_listed(places)}."
            for window, places in self._taken.items()
        ]
        more = len(self._left) - LISTED
        return [*lines, *self._left[:LISTED], *([f"{more:,} more totals were not taken."] if more > 0 else [])]


def period_of(months: Months) -> Period | str:
    """Return the period of a total over these months with what stands in each; why it has none, as end of a sentence.

    Twelve months that are all there are 12 months. From April, or from January, to the last one that is there is a
    year to date. A gap leaves open what the total stands for.
    """
    firsts = [period.start for period, _ in months if period and period.window is Window.MONTH and period.start]
    if not firsts or len(firsts) < len(months):
        return "it does not stand over single months"
    if any(add_months(before, 1) != after for before, after in pairwise(firsts)):
        return "its months do not follow each other"
    entries = [entry for _, entry in months]
    last = max((at for at, entry in enumerate(entries) if entry is not None), default=-1)
    gap = next((at for at, entry in enumerate(entries[: last + 1]) if entry is None or isinstance(entry, str)), None)
    if last < 0:
        return "none of its months has a value"
    if gap is not None:
        entry = entries[gap]
        return f"{month_text(firsts[gap])} {'is blank' if entry is None else entry}"
    return _to(firsts[last], firsts[0], last + 1)


def _to(last: date, first: date, months: int) -> Period | str:
    window = Window.ROLLING_12 if months == _MONTHS_OF_A_YEAR else _TO_DATE.get(first.month)
    if window is None or months > _MONTHS_OF_A_YEAR:
        return f"its {months} months from {month_text(first)} on are neither a year nor a year to date"
    end = add_months(last, 1) - date.resolution
    return period_ending(window, end)


def _small(where: str) -> str:
    return f"{where[0].lower()}{where[1:]}"


def _listed(places: list[str]) -> str:
    more = f" and {len(places) - LISTED:,} more" if len(places) > LISTED else ""
    return "; ".join(places[:LISTED]) + more
