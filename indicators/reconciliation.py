"""Reconciliation: numbers that must agree because of what they are, beside each other.

A whole and its parts, a force and its areas, 12 months and their months, a percentage and its counts, a stated change
and the values it is of, two sources of one quantity. Values in, values out: what belongs together is declared with the
definitions; whatever cannot be compared because a value is not there is left out, and counted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from indicators.agreeing import by_counts, half_of, is_near, printed_places, rounding
from indicators.calculations import ARITHMETIC, percentage, round_half_up, storable, sum_of
from indicators.choices import Agreement, Kind, Statistic, Unit
from indicators.comparisons import Check, Declared, Link, Reconciliation, Side, gap_text, told_once
from indicators.figures import FigureBook
from indicators.formatting import counts_text, own_decimals, value_text
from indicators.kinds import ADDED, Aggregation
from indicators.origins import is_supplied
from indicators.over_time import together
from indicators.periods import Period, label, month_end, previous_equivalent
from indicators.series import Series, Slot, Value, can_quote
from indicators.sheets import Measure

AGREES: Final = "agrees"
STORED_DECIMALS = 8  # more than any number is kept with


def reconcile(book: FigureBook, declared: Declared) -> Reconciliation:
    """Compare everything that has to agree in the periods that a report of the book's quarter can quote."""
    found, figures = Reconciliation(), _Figures.of(book)
    for agreement, outcome in _checks(figures, declared):
        if outcome is None:
            found.open[agreement] += 1
        elif isinstance(outcome, Check):
            found.differences.append(outcome)
        else:
            found.agreeing[agreement] += 1
    found.differences = told_once(found.differences, figures.days)
    return found


# Almost all comparisons agree: words are made for the others alone. None: one of the values is not there.
_Outcome = Check | Literal["agrees"] | None
_Made = tuple[Agreement, _Outcome]
_Both = tuple[Decimal | None, Decimal | None]  # a value and the one before it


@dataclass(frozen=True, slots=True)
class _Figures:
    """The values of a book that a report of its quarter can quote: amounts, and changes as a source states them."""

    book: FigureBook
    amounts: Mapping[Series, Mapping[Slot, Decimal]]
    changes: Mapping[Series, Mapping[Slot, Decimal]]

    @classmethod
    def of(cls, book: FigureBook) -> "_Figures":
        """Look a book's values through once."""
        held_in = {slot for held in book.values.values() for slot in held}
        slots = {slot for slot in held_in if can_quote(book.quarter, slot)}
        amounts: dict[Series, dict[Slot, Decimal]] = {}
        for series, held in book.values.items():
            quoted = ((slot, held[slot].amount) for slot in slots if slot in held)
            amounts[series] = {slot: amount for slot, amount in quoted if amount is not None}
        changes: dict[Series, dict[Slot, Decimal]] = {}
        for (series, slot), given in book.supplied.items():
            if Statistic.CHANGE in given and can_quote(book.quarter, slot):
                changes.setdefault(series, {})[slot] = given[Statistic.CHANGE]
        return cls(book, amounts, changes)

    def period(self, series: Series, slot: Slot) -> Period:
        """Return the period of a slot."""
        value = self.book.values.get(series, {}).get(slot)
        return value.period if value else Period(slot.window, slot.start, slot.end)

    def days(self, series: Series, slot: Slot) -> object:
        """Return the first and last day of a slot; itself where it has none."""
        period = self.period(series, slot)
        return (period.start, period.end) if period.start else slot


def _checks(figures: _Figures, declared: Declared) -> Iterator[_Made]:
    for measure in figures.book.measures.values():
        if measure.kind in ADDED:
            yield from _parts(figures, measure)
            yield from _places(figures, measure, declared)
    yield from _over_time(figures, declared.additive)
    yield from _own_counts(figures)
    yield from _stated(figures)
    for link in declared.links:
        yield from _linked(figures, link)


def _parts(figures: _Figures, measure: Measure) -> Iterator[_Made]:
    """Compare a total with the values of its breakdown, where these exclude each other."""
    if not measure.is_exclusive:
        return
    for area in ["", *figures.book.areas]:
        members = [Series(measure.key, part, area) for part in measure.parts]
        whole = Series(measure.key, "", area)
        yield from _sums(figures, f"parts:{whole.key}", Agreement.PARTS, whole, members)


def _places(figures: _Figures, measure: Measure, declared: Declared) -> Iterator[_Made]:
    """Compare an area with those it is made of."""
    for part in ["", *measure.parts]:
        for area, below in declared.places.items():
            whole = Series(measure.key, part, area)
            members = [Series(measure.key, part, one) for one in below]
            held = [one for one in members if one in figures.book.values or one.area not in declared.remainders]
            yield from _sums(figures, f"areas:{whole.key}", Agreement.AREAS, whole, held)


def _sums(
    figures: _Figures,
    key: str,
    agreement: Agreement,
    whole: Series,
    members: Sequence[Series],
    link: Link | None = None,
) -> Iterator[_Made]:
    """Compare levels, and changes as stated, of a whole with the sum of its members wherever all are known."""
    for amounts, suffix, word in ((figures.amounts, "", ""), (figures.changes, ".change", ", change")):
        stated = amounts.get(whole, {})
        known = [amounts.get(member, {}) for member in members] if stated else []
        for slot, amount in stated.items():
            held = [one[slot] for one in known if slot in one]
            if not held:
                continue
            if len(held) < len(members):
                yield agreement, None
                continue
            words = (f"stated{word}", f"sum of {len(members)}{word}")
            yield agreement, _compared(figures, f"{key}{suffix}", agreement, whole, slot, amount, held, words, link)


def _compared(
    figures: _Figures,
    key: str,
    agreement: Agreement,
    series: Series,
    slot: Slot,
    stated: Decimal,
    held: Sequence[Decimal],
    words: tuple[str, str],
    link: Link | None = None,
    *,
    is_exact: bool = False,
) -> _Outcome:
    measure = figures.book.measures[series.indicator]
    found, rounded = sum_of(held), [stated] if is_exact else [stated, *held]
    if _agree(agreement, stated, found, rounding(measure.kind, measure.decimals, rounded)):
        return AGREES
    found = storable(found) if is_exact else found
    return _check(figures, key, agreement, series, slot, stated, found, words, link)


def _check(
    figures: _Figures,
    key: str,
    agreement: Agreement,
    series: Series,
    slot: Slot,
    stated: Decimal,
    found: Decimal,
    words: tuple[str, str],
    link: Link | None = None,
) -> Check:
    """Put two amounts of a series that differ into words."""
    measure = figures.book.measures[series.indicator]
    # What was worked out has more decimals than anybody reads; of counts each one tells.
    told = [stated, found] if measure.kind == Kind.COUNT else [stated]
    places = max(printed_places(one, measure.decimals) for one in told)
    return Check(
        key=f"{key}.{slot.window.value}.{slot.day}",
        group=key,
        agreement=agreement,
        series=series,
        slot=slot,
        name=figures.book.name_of(series),
        period=label(figures.period(series, slot)),
        stated=Side(words[0], stated, _text(stated, measure)),
        found=Side(words[1], found, value_text(found, measure.unit, places)),
        gap=gap_text(ARITHMETIC.subtract(stated, found), measure.unit, places),
        unit=measure.unit,
        decimals=measure.decimals,
        is_blocking=link.is_blocking if link else False,
        note=link.note if link else "",
    )


def _agree(agreement: Agreement, stated: Decimal, found: Decimal, tolerance: Decimal) -> bool:
    """Say whether two numbers agree but for rounding; a part only has to be no more than its whole."""
    over = ARITHMETIC.subtract(found, stated)
    return over <= tolerance if agreement == Agreement.WITHIN else over.copy_abs() <= tolerance


def _text(amount: Decimal, measure: Measure, unit: Unit | None = None) -> str:
    return value_text(amount, unit or measure.unit, max(measure.decimals, own_decimals(amount)))


def _over_time(figures: _Figures, additive: frozenset[str]) -> Iterator[_Made]:
    """Compare longer periods with what their months or quarters give: those quoted, and all that were supplied."""
    for series, every in figures.book.values.items():
        measure = figures.book.measures[series.indicator]
        rule = Aggregation.ADD if series.indicator in additive else measure.over_time
        if rule == Aggregation.SUPPLIED or (rule == Aggregation.WEIGHTED and measure.is_composite):
            continue
        quoted, members = figures.amounts[series], figures.book.memberships.get((series.indicator, series.area), {})
        for slot, value in every.items():
            if value.amount is None or not _is_compared(figures, slot, value, is_quoted=slot in quoted):
                continue
            if rule == Aggregation.WEIGHTED and not is_supplied(value):
                continue  # from these very counts
            if members and len({members.get(month_end(month)) for month in value.period.months}) > 1:
                continue  # the months of a comparator are of other members than the whole
            made = together(every, value.period, measure, rule)
            if made is None:
                continue
            if not made.amounts:
                yield Agreement.MONTHS, None
                continue
            words, key = ("supplied" if is_supplied(value) else "stated", made.words), f"months:{series.key}"
            yield (
                Agreement.MONTHS,
                _compared(
                    figures,
                    key,
                    Agreement.MONTHS,
                    series,
                    slot,
                    value.amount,
                    made.amounts,
                    words,
                    is_exact=made.is_exact,
                ),
            )


def _is_compared(figures: _Figures, slot: Slot, value: Value, *, is_quoted: bool) -> bool:
    """Tell whether a longer period is compared: where a report quotes it, or where it was supplied before."""
    return is_quoted or (is_supplied(value) and slot.end is not None and _has_come(figures, slot))


def _has_come(figures: _Figures, slot: Slot) -> bool:
    """Tell whether a period has ended with the quarter of the book, or was given for its report."""
    quarter = figures.book.quarter
    return slot.reported_for == quarter.key if slot.end is None else slot.end <= quarter.end


def _own_counts(figures: _Figures) -> Iterator[_Made]:
    """Compare every value up to the end of the quarter with the counts that were given beside it.

    Texts quote the value, and longer periods are worked out from the counts: in no month may they say two things.
    """
    for series, every in figures.book.values.items():
        measure = figures.book.measures[series.indicator]
        if measure.is_composite:
            continue  # worked out from others by its own formula
        for slot, value in every.items():
            exact = by_counts(measure.kind, value.numerator, value.denominator)
            if exact is None or value.amount is None or not _has_come(figures, slot):
                continue
            if is_near(value.amount, measure.decimals, exact):
                yield Agreement.COUNTS, AGREES
                continue
            counts, key = counts_text(value.numerator, value.denominator, measure.kind), f"counts:{series.key}"
            both = value.amount, storable(exact)
            made = _check(figures, key, Agreement.COUNTS, series, slot, *both, ("as supplied", counts))
            yield Agreement.COUNTS, made


def _stated(figures: _Figures) -> Iterator[_Made]:
    """Compare changes, percentages and shares that a source states with the values it states them of."""
    for (series, slot), given in figures.book.supplied.items():
        if not can_quote(figures.book.quarter, slot):
            continue
        both = _both_values(figures, series, slot, given)
        for statistic, worked_out in _WORKED_OUT.items():
            if statistic not in given:
                continue
            found = worked_out(figures.book, series, slot, both)
            if found is None:
                yield Agreement.STATED, None
            else:
                yield Agreement.STATED, _stated_check(figures, series, slot, statistic, given[statistic], found)


def _both_values(figures: _Figures, series: Series, slot: Slot, given: Mapping[Statistic, Decimal]) -> _Both:
    values = figures.book.values.get(series, {})
    current = values.get(slot)
    earlier = previous_equivalent(figures.period(series, slot))
    previous = values.get(Slot.of(earlier)) if earlier else None
    return (
        current.amount if current else None,
        previous.amount if previous else given.get(Statistic.PREVIOUS),
    )


def _stated_check(
    figures: _Figures, series: Series, slot: Slot, statistic: Statistic, stated: Decimal, found: Decimal
) -> _Outcome:
    measure = figures.book.measures[series.indicator]
    is_percent = statistic != Statistic.CHANGE
    unit = Unit.PERCENT if is_percent else None
    places = own_decimals(stated)
    thrice = rounding(measure.kind, measure.decimals, [stated, stated, stated])
    tolerance = half_of(places) if is_percent else thrice
    kept = round_half_up(found, STORED_DECIMALS)
    if _agree(Agreement.STATED, stated, kept, tolerance):
        return AGREES
    shown = value_text(found, unit or measure.unit, places + 1 if is_percent else max(measure.decimals, places))
    gap = gap_text(
        ARITHMETIC.subtract(stated, found), unit or measure.unit, places + 1 if is_percent else measure.decimals
    )
    return Check(
        key=f"stated:{series.key}.{statistic.value}.{slot.window.value}.{slot.day}",
        group=f"stated:{series.key}.{statistic.value}",
        agreement=Agreement.STATED,
        series=series,
        slot=slot,
        name=figures.book.name_of(series),
        period=label(figures.period(series, slot)),
        stated=Side(_STATED_WORDS[statistic], stated, _text(stated, measure, unit)),
        found=Side("worked out from the values", kept, shown),
        gap=gap,
        unit=unit or measure.unit,
        decimals=0 if is_percent else measure.decimals,
    )


def _change_of(book: FigureBook, series: Series, slot: Slot, both: _Both) -> Decimal | None:
    now, before = both
    return None if now is None or before is None else ARITHMETIC.subtract(now, before)


def _percent_of(book: FigureBook, series: Series, slot: Slot, both: _Both) -> Decimal | None:
    now, before = both
    if now is None or before is None or book.measures[series.indicator].kind not in ADDED:
        return None
    return percentage(ARITHMETIC.subtract(now, before), before)


def _share_of(book: FigureBook, series: Series, slot: Slot, both: _Both) -> Decimal | None:
    share = book.build(series, slot).share
    return share.percent if share else None


_WorkedOut = Callable[[FigureBook, Series, Slot, _Both], Decimal | None]
_WORKED_OUT: dict[Statistic, _WorkedOut] = {
    Statistic.CHANGE: _change_of,
    Statistic.PERCENT_CHANGE: _percent_of,
    Statistic.SHARE: _share_of,
}
_STATED_WORDS = {
    Statistic.CHANGE: "change as supplied",
    Statistic.PERCENT_CHANGE: "percentage change as supplied",
    Statistic.SHARE: "share as supplied",
}


def _linked(figures: _Figures, link: Link) -> Iterator[_Made]:
    """Compare series that are declared to belong together, in every area of the whole."""
    for area in _areas_of(figures.book, link.whole):
        whole = Series(link.whole.indicator, link.whole.part, area)
        members = [Series(one.indicator, one.part, area) for one in link.members]
        key = f"{link.key}{f'.{area}' if area else ''}"
        if link.agreement == Agreement.SUM:
            yield from _sums(figures, key, link.agreement, whole, members, link)
            continue
        stated = figures.amounts.get(whole, {})
        for member in members:
            name = figures.book.name_of(member)
            for slot, amount in figures.amounts.get(member, {}).items():
                if slot in stated:
                    words = (figures.book.name_of(whole), name)
                    own = f"{key}:{member.key}"
                    pair = _compared(figures, own, link.agreement, whole, slot, stated[slot], [amount], words, link)
                    yield link.agreement, pair


def _areas_of(book: FigureBook, series: Series) -> Iterable[str]:
    if series.area:
        return [series.area]
    return sorted({one.area for one in book.values if (one.indicator, one.part) == (series.indicator, series.part)})
