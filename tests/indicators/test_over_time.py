"""Longer periods beside what their months give: supplied values are compared wherever the parts are held.

Every expectation is worked out by hand from the numbers in the test.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from indicators.agreeing import rounding
from indicators.choices import Agreement, Kind, Unit, Window
from indicators.comparisons import Declared, Link, Reconciliation
from indicators.figures import FigureBook
from indicators.kinds import Aggregation
from indicators.origins import mark, mixed, told
from indicators.periods import add_months, month_end, period_ending
from indicators.reconciliation import reconcile
from indicators.series import Origin, Series, Slot, Value
from tests.indicators.books import book, measure, value

SEPTEMBER = date(2020, 9, 30)
CALLS = Series("calls")
ANSWERED = measure(
    "calls", kind=Kind.SERVICE_LEVEL, unit=Unit.PERCENT, decimals=1, over_time=Aggregation.WEIGHTED
)  # fmt: skip


def counts(numerator: str | None, denominator: str | None, amount: str, end: date, window=Window.MONTH) -> Value:
    """A percentage with the counts behind it."""
    above, below = (Decimal(one) if one else None for one in (numerator, denominator))
    return replace(value(Decimal(amount), end, window), numerator=above, denominator=below)


def ends(count: int, last: date = SEPTEMBER, step: int = 1) -> list[date]:
    return [month_end(add_months(last.replace(day=1), -back * step)) for back in range(count)]


def supplied(amount: str, end: date = SEPTEMBER, window: Window = Window.ROLLING_12) -> dict[Slot, Value]:
    return {Slot(window, end): replace(value(Decimal(amount), end, window), origin=Origin.SUPPLIED)}


def answered(numerator: str | None, denominator: str | None, amount: str, months: int = 12) -> dict[Slot, Value]:
    return {Slot(Window.MONTH, end): counts(numerator, denominator, amount, end) for end in ends(months)}


def calls(held: dict[Slot, Value]) -> FigureBook:
    return book({CALLS: held}, calls=ANSWERED)


def abuse(held: dict[Slot, Value]) -> Reconciliation:
    return reconcile(book({Series("abuse"): held}), Declared(additive=frozenset({"abuse"})))


def of(held: dict[Slot, Value]) -> Reconciliation:
    """Compare what is held over time alone: what the counts of one period give is compared elsewhere."""
    found = reconcile(calls(held), Declared())
    found.agreeing.pop(Agreement.COUNTS, None)
    return found


def test_supplied_percentage_differs_from_the_counts_of_its_months():
    # 12 months of 8 in 10 are 96 in 120: 80 %. The other sheet said 75.4 %.
    (check,) = of({**answered("8", "10", "80"), **supplied("75.4")}).differences
    assert (check.agreement, check.period) == (Agreement.MONTHS, "12 months to 30 September 2020")
    assert (check.stated.words, check.stated.text) == ("supplied", "75.4%")
    assert (check.found.words, check.found.text, check.gap) == ("worked out from 12 months", "80.0%", "−4.6 pp")


@pytest.mark.parametrize(("amount", "agrees"), [("80", True), ("80.1", False), ("80.04", True), ("80.03", False)])
def test_supplied_percentage_is_compared_as_exactly_as_it_is_stated(amount, agrees):
    # 12 × 2,001 in 12 × 2,500 is 80.04 %, which a sheet with one decimal prints as 80.0.
    found = of({**answered("2001", "2500", "80.04"), **supplied(amount)})
    assert found.agreeing == ({Agreement.MONTHS: 1} if agrees else {})
    assert len(found.differences) == (0 if agrees else 1)


def test_supplied_percentage_is_weighted_by_its_months_and_no_mean_of_them():
    held = answered("8", "10", "80")
    held[Slot(Window.MONTH, SEPTEMBER)] = counts("10", "110", "9.1", SEPTEMBER)
    # 11 × 8 + 10 = 98 in 11 × 10 + 110 = 220: 44.5454… %; the mean of the months would be 74.1 %.
    assert of({**held, **supplied("44.5")}).agreeing == {Agreement.MONTHS: 1}
    assert of({**held, **supplied("74.1")}).differences[0].found.text == "44.5%"
    assert of({**held, **supplied("44.54545455")}).agreeing == {Agreement.MONTHS: 1}  # kept to 8, as formulas give it


def test_supplied_percentage_without_counts_or_with_a_month_missing_cannot_be_compared():
    assert of({**answered(None, None, "80"), **supplied("75.4")}).open == {Agreement.MONTHS: 1}
    assert of({**answered("8", "10", "80", months=11), **supplied("75.4")}).open == {Agreement.MONTHS: 1}
    assert of(supplied("75.4")) == Reconciliation()  # no month is held: nothing to set it against


def test_worked_out_percentage_is_not_compared_with_the_counts_it_was_worked_out_from():
    year = {Slot(Window.ROLLING_12, SEPTEMBER): value(Decimal("79"), SEPTEMBER, Window.ROLLING_12)}
    assert of({**answered("8", "10", "80"), **year}) == Reconciliation()


def test_supplied_count_differs_by_one_in_a_period_that_no_report_of_this_quarter_quotes():
    last = date(2018, 3, 31)
    months = {Slot(Window.MONTH, end): value(100, end) for end in ends(12, last)}
    (check,) = abuse({**months, **supplied("1201", last)}).differences
    assert (check.stated.text, check.found.text, check.gap) == ("1,201", "1,200", "1")
    assert check.period == "12 months to 31 March 2018" and check.found.words == "sum of 12 months"
    assert not abuse({**months, **supplied("1200", last)}).differences
    later = date(2021, 3, 31)  # after the quarter that is looked at
    months = {Slot(Window.MONTH, end): value(100, end) for end in ends(12, later)}
    assert abuse({**months, **supplied("1201", later)}) == Reconciliation()


def test_supplied_year_is_compared_with_its_quarters_where_its_months_are_not_all_held():
    held = {Slot(Window.QUARTER, end): replace(value(25, end, Window.QUARTER), origin=Origin.SUPPLIED)
            for end in ends(4, step=3)}  # fmt: skip
    (check,) = abuse({**held, **supplied("99")}).differences
    assert (check.found.text, check.found.words) == ("100", "sum of 4 quarters")
    assert abuse({**held, **supplied("100"), Slot(Window.MONTH, SEPTEMBER): value(9, SEPTEMBER)}).agreeing == {
        Agreement.MONTHS: 1
    }


def test_supplied_years_of_other_kinds_are_compared_too():
    months = {Slot(Window.MONTH, end): value(10, end) for end in ends(12)}
    year_to_date = supplied("91", window=Window.CALENDAR_TO_DATE)  # nine months of 10 are 90
    (check,) = abuse({**months, **year_to_date}).differences
    assert (check.stated.text, check.found.text) == ("91", "90")
    begun = replace(period_ending(Window.CALENDAR_TO_DATE, date(2020, 9, 15)))
    part = {Slot(Window.CALENDAR_TO_DATE, date(2020, 9, 15)): replace(
        value(Decimal(85), date(2020, 9, 15), Window.CALENDAR_TO_DATE), period=begun, origin=Origin.SUPPLIED
    )}  # fmt: skip
    assert abuse({**months, **part}) == Reconciliation()  # half a month is held by nobody


def test_counts_have_no_slack_and_others_half_of_their_last_decimal():
    assert rounding(Kind.COUNT, 0, [Decimal("10.4"), Decimal(10)]) == 0
    assert rounding(Kind.PERCENTAGE, 1, [Decimal(80)]) == Decimal("0.05")
    assert rounding(Kind.PERCENTAGE, 1, [Decimal("80.04")]) == Decimal("0.005")


@pytest.mark.parametrize(
    ("kind", "stated", "worked_out", "agrees"),
    [
        (Kind.PERCENTAGE, "80", "80.04", True),  # printed as 80.0
        (Kind.PERCENTAGE, "80", "80.07", False),
        (Kind.COUNT, "80", "80.04", False),
        (Kind.COUNT, "1200", "1201", False),
    ],
)
def test_one_quantity_from_two_sources_is_compared_as_exactly_as_the_coarser(kind, stated, worked_out, agrees):
    year = Slot(Window.ROLLING_12, SEPTEMBER)
    held = {Series(key): {year: value(Decimal(text), SEPTEMBER, Window.ROLLING_12)}
            for key, text in (("theft", stated), ("rape", worked_out))}  # fmt: skip
    more = {"kind": kind, "decimals": 0 if kind == Kind.COUNT else 1}
    whole, other = Series("theft"), Series("rape")
    link = Link("same:both", Agreement.SAME, whole, (other,))
    found = reconcile(book(held, theft=measure("theft", **more), rape=measure("rape", **more)), Declared([link]))
    assert (found.agreeing, len(found.differences)) == (({Agreement.SAME: 1}, 0) if agrees else ({}, 1))


def both_kinds() -> dict[Slot, Value]:
    """12 months to September 2020 worked out, those to September 2019 supplied."""
    year = counts("96", "120", "80", SEPTEMBER, Window.ROLLING_12)
    before = date(2019, 9, 30)
    held = {**answered("8", "10", "80"), Slot(Window.ROLLING_12, SEPTEMBER): year}
    held[Slot(Window.ROLLING_12, before)] = value(Decimal("75.4"), before, Window.ROLLING_12)
    mark({CALLS: held}, {CALLS: {(Slot(Window.ROLLING_12, before), "cases")}})
    return held


def test_figure_says_that_its_two_values_were_not_made_in_the_same_way():
    figure = calls(both_kinds()).figure("calls.r12")
    assert figure.aspect("change") == "+4.6 pp"
    assert figure.notes == ("worked out from months; the value before is supplied as 12 months",)
    held = both_kinds()
    now, before = held[Slot(Window.ROLLING_12, SEPTEMBER)], held[Slot(Window.ROLLING_12, date(2019, 9, 30))]
    assert list(told(before, now)) == ["supplied as 12 months; the value before is worked out from months"]


def test_figure_of_one_kind_says_nothing():
    held = both_kinds()
    now, before = held[Slot(Window.ROLLING_12, SEPTEMBER)], held[Slot(Window.ROLLING_12, date(2019, 9, 30))]
    assert not list(told(now, now)) and not list(told(before, before)) and not list(told(now, None))
    assert not list(told(now, replace(before, amount=None)))  # there is no change to speak of
    assert not list(told(now, replace(before, printed_by="2019/20 Q2")))  # that note is another


def test_value_of_another_source_is_not_what_was_supplied():
    held = both_kinds()
    mark({CALLS: held}, {CALLS: {(Slot(Window.ROLLING_12, SEPTEMBER), "dashboard")}})
    assert held[Slot(Window.ROLLING_12, SEPTEMBER)].origin is Origin.FROM_MONTHS


def test_series_with_values_of_both_kinds_are_listed():
    (one,) = mixed({CALLS: both_kinds(), Series("abuse"): supplied("1200")})
    assert (one.series, one.words, one.supplied, one.worked_out) == (CALLS, "12 months", 1, 1)
