"""Series, slots and values: what a stored number is of, where it stands in time, and what it says."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from indicators.calculations import missing_reason
from indicators.choices import Basis, Qualifier, Status, Window
from indicators.periods import Period, Quarter, add_months, first_of_month, month_end

LATE = timedelta(days=45)  # texts may speak of a little later than the quarter


@dataclass(frozen=True, slots=True)
class Series:
    """Indicator × part × area; an empty area is the force itself."""

    indicator: str
    part: str = ""
    area: str = ""

    @property
    def key(self) -> str:
        """The name by which texts refer to the series."""
        return ".".join(word for word in (self.indicator, self.part, self.area) if word)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value stands in time: window, end, and the report it was given for when it has no end."""

    window: Window
    end: date | None
    reported_for: str = ""


class Origin(StrEnum):
    """How the value of a longer period came to be, where its series has values of either kind."""

    SUPPLIED = "supplied"
    FROM_MONTHS = "from-months"
    ADDED_UP = "added-up"  # from the areas in it


@dataclass(frozen=True, slots=True)
class Value:
    """One stored value with its state and origin."""

    amount: Decimal | None
    period: Period
    status: Status
    basis: Basis
    qualifier: Qualifier
    source: str
    version: int
    printed: str = ""
    note: str = ""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    missing: tuple[date, ...] = ()
    caution: str = ""
    origin: Origin | None = None
    printed_by: str = ""  # the report that first published this value; "" for what the portal knows itself

    @property
    def reason(self) -> str:
        """Why there is no amount, in words."""
        return why_nothing(self.period, self.status, self.note, self.missing)


def why_nothing(period: Period, status: Status, note: str, missing: tuple[date, ...]) -> str:
    """Say why a stored value has no amount: months that are missing, suppression, or what its source noted."""
    if missing:
        return missing_reason(missing, len(period.months))
    if status == Status.SUPPRESSED:
        return "suppressed"
    return f"not available: {note}" if note else "not available"


def can_quote(quarter: Quarter, slot: Slot) -> bool:
    """Tell whether the report of a quarter can quote a slot, as its own or as the one before it."""
    end = slot.end
    if end is None:
        return slot.reported_for == quarter.key
    last = month_end(add_months(first_of_month(quarter.end), -12))
    if slot.window in {Window.QUARTER, Window.YEAR_TO_DATE}:
        return end in {quarter.end, last}
    if slot.window in {Window.MONTH, Window.ROLLING_12}:
        # Comparators end a month or two before the quarter does.
        return any(add_months(first_of_month(one), -2) <= end <= one for one in (quarter.end, last))
    return last < add_months(end, 12) and end <= quarter.end + LATE
