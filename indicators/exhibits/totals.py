"""Sums of rows: when values may be added up, and the sum as a figure that prints like any other."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from indicators.calculations import ARITHMETIC, Share, change, percentage, storable, sum_of
from indicators.choices import AreaKind, Kind, Status
from indicators.composites import joint_basis, joint_qualifier, joint_status
from indicators.figures import Figure, FigureBook
from indicators.formatting import value_text
from indicators.kinds import ADDED, KIND_NAMES, SCALES, Aggregation
from indicators.series import Series, Slot, Value

LEVELS = (AreaKind.DIVISION, AreaKind.DISTRICT)
OTHER_PERIODS = "the rows are of different periods"
REMAINDERS = frozenset({AreaKind.OUTSIDE, AreaKind.UNLOCATED})


def why_not_added(series: Sequence[Series], whole: Series | None, book: FigureBook) -> str:
    """Say why values of these series may not be added up; empty when they may."""
    if len(series) < 2:
        return "there are fewer than two rows to add up"
    if len(set(series)) < len(series):
        return "a row stands in the sum twice"
    measures = [book.measures[key] for key in dict.fromkeys(one.indicator for one in series)]
    if len(measures) > 1:
        if any(one.kind not in ADDED for one in measures) or len({one.unit for one in measures}) > 1:
            return "only counts, or amounts of money in one unit, are added up over several measures"
        return "" if whole else "different measures may overlap. Name the stored series that is their total as “whole”"
    measure = measures[0]
    if len({one.part for one in series}) > 1:
        return _why_no_parts(series, book)
    if len({one.area for one in series}) > 1:
        return _why_no_areas(series, book)
    return f"nothing tells the rows of {measure.name} apart"


def _why_no_parts(series: Sequence[Series], book: FigureBook) -> str:
    measure = book.measures[series[0].indicator]
    if len({one.area for one in series}) > 1:
        return f"the rows of {measure.name} differ in part and in area. Add up one of them"
    if measure.kind not in ADDED:
        return f"{measure.name} is a {KIND_NAMES[measure.kind].lower()}: such values are not added up"
    if not measure.is_exclusive:
        return f"the parts of {measure.name} overlap, so they do not add up"
    if any(not one.part for one in series):
        return f"the total of {measure.name} stands among its own parts"
    return ""


def _why_no_areas(series: Sequence[Series], book: FigureBook) -> str:
    measure = book.measures[series[0].indicator]
    kinds = {book.area_kinds.get(one.area, AreaKind.FORCE) for one in series}
    if len(kinds - REMAINDERS) > 1 or not kinds - REMAINDERS <= set(LEVELS):
        return f"the areas of {measure.name} do not lie side by side in the force: only districts or divisions add up"
    if measure.over_areas == Aggregation.SUPPLIED:
        return f"{measure.name} is not additive over areas"
    return ""


def whole_of(series: Sequence[Series], book: FigureBook) -> Series | None:
    """Return the stored series of which these are all the parts, or all the areas; None where they are not all."""
    first = series[0]
    if any(one.indicator != first.indicator for one in series):
        return None
    if {one.part for one in series} == set(book.measures[first.indicator].parts):
        return Series(first.indicator, "", first.area)
    places = {one.area for one in series}
    for level in LEVELS:
        kinds = book.area_kinds
        lying = {slug for slug, kind in kinds.items() if kind == level}
        others = {slug for slug, kind in kinds.items() if kind in REMAINDERS}
        # The lines for cases elsewhere and without a location count where any are stored.
        stored = {slug for slug in others if Series(first.indicator, first.part, slug) in book.values}
        if lying and lying | stored <= places <= lying | others:
            return Series(first.indicator, first.part)
    return None


def summed(figures: Sequence[Figure | None], names: Sequence[str], book: FigureBook) -> Figure | None:
    """Return the sum of figures as a figure without a key; None where no row has any.

    Where a row has no value the sum has none either, and says which rows lack it.
    """
    held = [one for one in figures if one is not None]
    if not held:
        return None
    first = held[0]
    current = _sum([one.current if one else None for one in figures], names, first)
    previous = _sum([one.previous if one else None for one in figures], names, first)
    is_together = len({one.period for one in held}) == 1
    if not is_together:
        current, previous = (one and replace(one, amount=None, note=OTHER_PERIODS) for one in (current, previous))
    measure = first.measure
    earlier = first.previous_period if len({one.previous_period for one in held}) == 1 else None
    no_value = next((one.reason for one in (current, previous) if one and one.amount is None), "")
    now, before = (one.amount if one else None for one in (current, previous))
    has_share = is_together and len(held) == len(figures)
    threshold = measure.base_threshold if measure.kind == Kind.COUNT else 0
    return replace(
        first,
        key="",
        printed="",
        current=current,
        previous=previous,
        previous_period=earlier,
        change=change(now, before, measure.kind, threshold, no_value),
        share=_share_of(held) if has_share else None,
        supplied_share=None,
        previous_share=_previous_share(held, book) if has_share else None,
        dated=(),
        judged=None,
    )


def _sum(values: Sequence[Value | None], names: Sequence[str], like: Figure) -> Value | None:
    """Add values up, or their numerators and denominators where the values are quotients; None where there is none."""
    if not any(values):
        return None
    lacking = [name for value, name in zip(values, names, strict=True) if value is None or value.amount is None]
    held = [value for value in values if value is not None]
    amount, note = None, ""
    if lacking:
        note = f"{len(lacking)} of {len(values)} rows missing"
    elif like.measure.kind in ADDED:
        amount = sum_of(value.amount for value in held if value.amount is not None)
    else:
        amount = _quotient(held, like.measure.kind)
        note = "" if amount is not None else "the counts behind the values are not given"
    status = joint_status(value.status for value in held)
    return Value(
        amount=amount,
        period=like.period,
        status=Status.NOT_AVAILABLE if amount is None else status,
        basis=joint_basis(value.basis for value in held),
        qualifier=joint_qualifier(value.qualifier for value in held),
        source=held[0].source,
        version=max(value.version for value in held),
        note=note,
    )


def _quotient(values: Iterable[Value], kind: Kind) -> Decimal | None:
    held = [(one.numerator, one.denominator) for one in values]
    above = [top for top, _ in held if top is not None]
    below = [bottom for _, bottom in held if bottom is not None]
    if kind not in SCALES or len(above) < len(held) or len(below) < len(held) or not sum_of(below):
        return None
    return storable(ARITHMETIC.divide(ARITHMETIC.multiply(sum_of(above), SCALES[kind]), sum_of(below)))


def lacking(figures: Sequence[Figure | None], names: Sequence[str]) -> str:
    """Name the rows that have no value, or no value before; empty where each has both or none has any."""
    told = []
    now = [one.current if one else None for one in figures]
    before = [one.previous if one else None for one in figures]
    for words, values in (("no value", now), ("no value before", before)):
        held = [one is not None and one.amount is not None for one in values]
        if any(held) and not all(held):
            told.append(f"{words} of {', '.join(name for name, has in zip(names, held, strict=True) if not has)}")
    return "; ".join(told)


def _share_of(figures: Sequence[Figure]) -> Share | None:
    """The share of rows together; none where one of them has none, as what is left out of the whole has none."""
    shares = [one.share for one in figures]
    given = [one for one in shares if one is not None]
    if len(given) < len(shares) or len({one.denominator for one in given}) > 1:
        return None
    numerator = sum_of(one.numerator for one in given)
    return replace(given[0], numerator=numerator, percent=percentage(numerator, given[0].denominator))


def _previous_share(figures: Sequence[Figure], book: FigureBook) -> Decimal | None:
    """The share of rows together in the period before, from its own values: shares that were rounded do not add up."""
    before = []
    for one in figures:
        earlier = one.previous_period
        slot = Slot.of(earlier) if earlier else None
        if slot is None or slot not in book.values.get(one.series, {}):
            return None
        before.append(book.build(one.series, slot))
    found = _share_of(before)
    return found.percent if found else None


def ratio(parts: Sequence[Figure | None], wholes: Sequence[Figure | None]) -> Decimal | None:
    """Return what the first figures together are in per cent of the second; None where a value is missing."""
    above = [one.current.amount for one in parts if one and one.current and one.current.amount is not None]
    below = [one.current.amount for one in wholes if one and one.current and one.current.amount is not None]
    if not above or len(above) < len(parts) or len(below) < len(wholes):
        return None
    return percentage(sum_of(above), sum_of(below))


def share_notes(figures: Iterable[Figure]) -> Iterator[str]:
    """Say of what shares are taken where something is left out of the total."""
    for one in figures:
        share = one.share
        out = [one.measure.parts[slug] for slug in one.measure.parts if slug in one.measure.excluded_parts]
        if share is None or not out:
            continue
        total = ARITHMETIC.add(share.denominator, share.excluded)
        of, whole, excluded = (
            value_text(amount, one.measure.unit, one.measure.decimals)
            for amount in (share.denominator, total, share.excluded)
        )
        names, when = " and ".join(out), one.aspect("period")
        yield f"Shares of {one.measure.name}, {when}: of {of}, the total of {whole} less {names} ({excluded})."


def disagreement(total: Figure, whole: Figure, label: str) -> str:
    """Say that a sum is not what is stored for it, with both numbers; empty where they agree as printed."""
    pairs: tuple[tuple[str, Callable[[Figure], str], Callable[[Figure], Value | None]], ...] = (
        ("period", lambda one: one.aspect("value"), lambda one: one.current),
        ("previous_period", lambda one: one.aspect("previous"), lambda one: one.previous),
    )
    found = []
    for period, words, value in pairs:
        both = [value(one) for one in (total, whole)]
        if all(one is not None and one.amount is not None for one in both) and words(total) != words(whole):
            found.append(f"{words(total)}, and {words(whole)} is stored, {whole.aspect(period)}")
    return f"{label}: the rows add up to {'; to '.join(found)}." if found else ""
