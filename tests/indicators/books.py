"""Small books of figures made of values, for tests that need no database."""

from datetime import date
from decimal import Decimal

from indicators.choices import Basis, Kind, Polarity, Qualifier, Status, Unit, Window
from indicators.figures import FigureBook
from indicators.periods import Quarter, add_months, first_of_month, month_end, period_ending
from indicators.series import Series, Slot, Value
from indicators.sheets import Measure

Q2 = Quarter(2020, 2)
NAMES = {"theft": "Theft", "rape": "Rape", "time": "Time to answer"}


def measure(key: str, **more) -> Measure:
    """A count whose lower values are better."""
    fields = {"kind": Kind.COUNT, "unit": Unit.COUNT, "decimals": 0, **more}
    name = NAMES.get(key, key.title())
    return Measure(
        key,
        name,
        "Crime",
        fields.pop("kind"),
        fields.pop("unit"),
        fields.pop("decimals"),
        0,
        Polarity.LOWER,
        50,
        **fields,
    )


def value(amount, end: date, window=Window.MONTH, status=Status.FINAL) -> Value:
    """A counted value."""
    number = None if amount is None else Decimal(amount)
    return Value(number, period_ending(window, end), status, Basis.COUNTED, Qualifier.EXACT, "cases", 1)


def months(amounts, last: date = Q2.end, provisional: int = 0) -> dict[Slot, Value]:
    """Values of single months, the last of them of the month of `last`; the last `provisional` ones may change."""
    found = {}
    for back, amount in enumerate(reversed(list(amounts))):
        end = month_end(add_months(first_of_month(last), -back))
        if amount != "":
            status = Status.PROVISIONAL if back < provisional else Status.FINAL
            found[Slot(Window.MONTH, end)] = value(amount, end, status=status)
    return found


def book(values: dict[Series, dict[Slot, Value]], notes=(), quarter: Quarter = Q2, **measures) -> FigureBook:
    """A book of a quarter; its indicators are counts unless `measures` says otherwise."""
    known = {series.indicator: measures.get(series.indicator) or measure(series.indicator) for series in values}
    return FigureBook(
        quarter=quarter, version=1, measures=known, areas={"east": "East"}, sources={"cases": "Cases"}, values=values,
        supplied={}, dated_notes=tuple(notes),
    )  # fmt: skip
