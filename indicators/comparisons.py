"""What is to be compared, and what a comparison of two numbers gave. Values alone.

`indicators.reconciliation` makes the comparisons.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from indicators.agreeing import printed_places
from indicators.choices import AGREEMENT_NAMES, WINDOW_PLACES, Agreement, Unit
from indicators.formatting import value_text
from indicators.series import Series, Slot


def gap_text(gap: Decimal, unit: Unit, decimals: int) -> str:
    """Return how far two numbers lie apart; percentages differ by points."""
    if unit == Unit.PERCENT:
        return f"{value_text(gap, Unit.COUNT, decimals)} pp"
    return value_text(gap, unit, decimals)


@dataclass(frozen=True, slots=True)
class Link:
    """A declared relation of series: of a whole and its members, or of one quantity from two sources.

    `note` says once and for all why they may differ.
    """

    key: str
    agreement: Agreement
    whole: Series
    members: tuple[Series, ...]
    is_blocking: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """What is to be compared.

    `links`: relations; `places`: areas and what they are made of ("" is the force); `additive`: what adds up over time;
    `remainders`: the lines of cases in no place of the force, which a series that is supplied by place need not have.
    """

    links: Sequence[Link] = ()
    places: Mapping[str, Sequence[str]] = field(default_factory=dict)
    additive: frozenset[str] = frozenset()
    remainders: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Side:
    """One of two numbers: what it is in words, and the number as printed and as stored."""

    words: str
    amount: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """Two numbers that must agree and do not. `key` names the comparison for good.

    `group` is shared by the comparisons of the same numbers in other periods. `unit` and `decimals` are those of both.
    """

    key: str
    group: str
    agreement: Agreement
    series: Series
    slot: Slot
    name: str
    period: str
    stated: Side
    found: Side
    gap: str
    unit: Unit = Unit.COUNT
    decimals: int = 0
    is_blocking: bool = False
    note: str = ""

    def text(self, amount: Decimal) -> str:
        """Return another number of what is compared, as these two are printed."""
        return value_text(amount, self.unit, printed_places(amount, self.decimals))

    @property
    def seen_as(self) -> str:
        """The comparison with its two numbers as one word, by which it is known again."""
        return f"{self.key}|{self.stated.amount:f}|{self.found.amount:f}"

    @property
    def words(self) -> str:
        """What has to agree, in words."""
        return AGREEMENT_NAMES[self.agreement]


@dataclass(slots=True)
class Reconciliation:
    """All comparisons of a book: those that differ, and how many agree or could not be made, by kind."""

    differences: list[Check] = field(default_factory=list)
    agreeing: Counter[Agreement] = field(default_factory=Counter)
    open: Counter[Agreement] = field(default_factory=Counter)


def told_once(differences: Iterable[Check], days: Callable[[Series, Slot], object]) -> list[Check]:
    """Return differences in their order, without what is said already of the same `days` of a series.

    To March, a quarter is a calendar year to date as well.
    """
    first: dict[tuple[object, ...], Check] = {}
    for one in sorted(differences, key=_order):
        first.setdefault((one.group, days(one.series, one.slot), one.stated.amount, one.found.amount), one)
    return list(first.values())


def _order(one: Check) -> tuple[object, ...]:
    place = WINDOW_PLACES[one.slot.window]
    return not one.is_blocking, one.agreement.value, one.name, one.group, place, one.slot.end or date.min, one.key
