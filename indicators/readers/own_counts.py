"""Values of a file that are not what their own numerators and denominators give: named with their cells, and kept.

A text would quote the one and the quarter would be worked out from the other, so whoever loads the file hears of it.
"""

from collections.abc import Iterable
from decimal import Decimal

from indicators.agreeing import by_counts, exact_text, is_near, printed_places
from indicators.calculations import ARITHMETIC
from indicators.choices import Statistic
from indicators.formatting import counted, counts_text, value_text
from indicators.periods import Period, label
from indicators.readers.observations import ObservationRow
from indicators.readers.sheet_layouts import SheetLookups

LISTED_ROWS = 10
_AMOUNTS = {Statistic.LEVEL, Statistic.PREVIOUS, Statistic.FIRST_PUBLISHED}
_HUNDRED = Decimal(100)
_NEAR = Decimal("0.05")  # how far from a hundredth or a hundredfold a value may lie to be taken for one


def contradictions(rows: Iterable[ObservationRow], known: SheetLookups) -> list[str]:
    """Return a warning for each value that its own counts contradict, the first ones one by one."""
    found = [words for row in rows if (words := contradiction(row, known))]
    more = len(found) - LISTED_ROWS
    if more > 0:
        is_not = counted(more, "more value is not what its", "more values are not what their")
        found[LISTED_ROWS:] = [f"{is_not} numerator and denominator give. Reconciliation lists all once it is applied."]
    return found


def contradiction(row: ObservationRow, known: SheetLookups) -> str:
    """Say that a value is not what its own counts give, with both numbers; "" where it is, or cannot be compared."""
    adding = known.adding.get(row.indicator)
    if adding is None or row.value is None or row.statistic not in _AMOUNTS:
        return ""
    exact = by_counts(adding.kind, row.numerator, row.denominator)
    if exact is None or is_near(row.value, adding.decimals, exact):
        return ""
    stated = value_text(row.value, adding.unit, printed_places(row.value, adding.decimals))
    given = exact_text(exact, row.value, adding.unit, adding.decimals)
    what = f"{known.names.get(row.indicator, row.indicator)}, {label(Period(row.window, row.start, row.end))}"
    counts = counts_text(row.numerator, row.denominator, adding.kind)
    if _is_hundredfold(row.value, exact):
        return f"{_place(row)}: {stated} of “{what}” is off by a factor of 100: {counts} are {given}."
    return (
        f"{_place(row)}: “{what}” is given as {stated}, but {counts} are {given}. Both are kept as given, and longer "
        "periods are worked out from the counts. Correct the one that is wrong."
    )


def _is_hundredfold(value: Decimal, exact: Decimal) -> bool:
    """Tell whether a value is about 100 times as large or as small as it should be."""
    if not exact:
        return False
    times = ARITHMETIC.divide(value, exact)
    return any(abs(times * by - 1) < _NEAR for by in (_HUNDRED, 1 / _HUNDRED))


def _place(row: ObservationRow) -> str:
    if row.cell:
        return f"Sheet “{row.sheet}”, cell {row.cell}" if row.sheet else f"Cell {row.cell}"
    return f"Row {row.row}"
