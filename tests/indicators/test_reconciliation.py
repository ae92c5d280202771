"""Numbers that must agree, compared as values: what differs is found with both numbers, what agrees is left alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.choices import Agreement, Basis, Kind, Polarity, Qualifier, Statistic, Status, Unit, Window
from indicators.comparisons import Check, Declared, Link, Reconciliation
from indicators.figures import FigureBook
from indicators.periods import Period, Quarter, add_months, month_end, period_ending
from indicators.reconciliation import reconcile
from indicators.series import Series, Slot, Value
from indicators.sheets import Measure

END, BEFORE = date(2020, 9, 30), date(2019, 9, 30)
YEAR = Slot(Window.ROLLING_12, END)
PARTS = {"nuisance": "Nuisance", "personal": "Personal", "environment": "Environment"}


def measure(key: str, kind: Kind = Kind.COUNT, unit: Unit = Unit.COUNT, decimals: int = 0, **more: object) -> Measure:
    return Measure(key, key.capitalize(), "Crime", kind, unit, decimals, 1, Polarity.LOWER, 50, **more)  # type: ignore[arg-type]


def value(amount: str, end: date = END, window: Window = Window.ROLLING_12) -> Value:
    period = period_ending(window, end)
    return Value(Decimal(amount), period, Status.FINAL, Basis.COUNTED, Qualifier.EXACT, "dashboard", 1)


def book_of(values: Mapping[Series, object], *measures: Measure, supplied: Mapping | None = None) -> FigureBook:
    areas = {slug: slug.capitalize() for slug in ("east", "south", "west", "outside")}
    return FigureBook(
        quarter=Quarter(2020, 2), version=1, measures={one.key: one for one in measures}, areas=areas,
        sources={"dashboard": "Dashboard"}, values=values, supplied=supplied or {},
    )  # fmt: skip


def compared(book: FigureBook, **declared: object) -> Reconciliation:
    return reconcile(book, Declared(**declared))  # type: ignore[arg-type]


def only(found: Reconciliation) -> Check:
    (check,) = found.differences
    return check


def by_type(total: str, *parts: str) -> FigureBook:
    asb = measure("asb", parts=PARTS, is_exclusive=True, breakdown="Type")
    held = {Series("asb"): {YEAR: value(total)}}
    held |= {Series("asb", part): {YEAR: value(amount)} for part, amount in zip(PARTS, parts, strict=False)}
    return book_of(held, asb)


def test_reconcile_total_that_its_parts_add_up_to_agrees():
    found = compared(by_type("100", "73", "25", "2"))
    assert not found.differences and found.agreeing == {Agreement.PARTS: 1}


def test_reconcile_total_that_differs_from_its_parts_gives_both_numbers():
    check = only(compared(by_type("1100", "700", "250", "20")))
    assert (check.stated.text, check.found.text, check.gap) == ("1,100", "970", "130")
    assert check.agreement == Agreement.PARTS and check.period == "12 months to 30 September 2020"


def test_reconcile_total_of_which_a_part_is_missing_is_left_open():
    found = compared(by_type("100", "73", "25"))
    assert not found.differences and found.open == {Agreement.PARTS: 1}


def test_reconcile_parts_that_may_overlap_are_not_added():
    hate = measure("hate", parts=PARTS, is_exclusive=False)
    held = {Series("hate"): {YEAR: value("100")}}
    held |= {Series("hate", part): {YEAR: value("60")} for part in PARTS}
    assert compared(book_of(held, hate)) == Reconciliation()


def test_reconcile_money_allows_what_rounding_explains_and_no_more():
    budget = measure("budget", Kind.MONEY, Unit.MILLION_POUNDS, 1, parts=PARTS, is_exclusive=True)

    def spent(total: str) -> Reconciliation:
        held = {Series("budget"): {YEAR: value(total)}}
        held |= {Series("budget", part): {YEAR: value("10.1")} for part in PARTS}
        return compared(book_of(held, budget))

    # Four numbers, each rounded by up to 0.05: together 0.2.
    assert not spent("30.3").differences and not spent("30.5").differences
    assert only(spent("30.6")).gap == "£0.3m"


def test_reconcile_rates_are_never_added():
    level = measure("answered", Kind.PERCENTAGE, Unit.PERCENT, 1, parts=PARTS, is_exclusive=True)
    held = {Series("answered"): {YEAR: value("81.3")}}
    held |= {Series("answered", part): {YEAR: value("70")} for part in PARTS}
    assert compared(book_of(held, level)) == Reconciliation()


def test_reconcile_force_with_its_areas_needs_no_remainder_that_nobody_supplies():
    held = {Series("rape"): {YEAR: value("100")}}
    held |= {Series("rape", "", slug): {YEAR: value(amount)} for slug, amount in
             (("east", "40"), ("south", "35"), ("west", "24"))}  # fmt: skip
    places = {"": ["east", "south", "west", "outside"]}
    check = only(compared(book_of(held, measure("rape")), places=places, remainders=frozenset({"outside"})))
    assert (check.stated.text, check.found.text, check.agreement) == ("100", "99", Agreement.AREAS)
    held[Series("rape", "", "outside")] = {YEAR: value("1")}
    found = compared(book_of(held, measure("rape")), places=places, remainders=frozenset({"outside"}))
    assert not found.differences and found.agreeing == {Agreement.AREAS: 1}


def monthly(total: str, amounts: list[int]) -> FigureBook:
    months = [month_end(add_months(date(2020, 9, 1), -back)) for back in range(len(amounts))]
    slots = {Slot(Window.MONTH, end): value(str(n), end, Window.MONTH) for end, n in zip(months, amounts, strict=True)}
    return book_of({Series("abuse"): {**slots, YEAR: value(total)}}, measure("abuse"))


def test_reconcile_twelve_months_with_their_months():
    additive = frozenset({"abuse"})
    assert compared(monthly("78", list(range(1, 13))), additive=additive).agreeing == {Agreement.MONTHS: 1}
    check = only(compared(monthly("80", list(range(1, 13))), additive=additive))
    assert (check.stated.text, check.found.text, check.found.words) == ("80", "78", "sum of 12 months")
    assert compared(monthly("80", list(range(1, 12))), additive=additive).open == {Agreement.MONTHS: 1}
    assert compared(monthly("80", list(range(1, 13)))) == Reconciliation()  # a measure that does not add up over time


def stated(current: str, previous: str, given_: Mapping[Statistic, str], kind: Kind = Kind.COUNT) -> Reconciliation:
    series = Series("calls")
    held = {series: {YEAR: value(current), Slot(Window.ROLLING_12, BEFORE): value(previous, BEFORE)}}
    supplied = {(series, YEAR): {statistic: Decimal(text) for statistic, text in given_.items()}}
    unit, decimals = (Unit.COUNT, 0) if kind == Kind.COUNT else (Unit.SECONDS, 2)
    return compared(book_of(held, measure("calls", kind, unit, decimals), supplied=supplied))


def test_reconcile_finds_the_two_faults_of_the_published_appendix():
    # domain.md 8: public order −27 % where 12,649 → 9,770 is −22.8 %; 101 calls −49.43 s where it is −50.43 s.
    public_order = {Statistic.PERCENT_CHANGE: "-27", Statistic.CHANGE: "-2879"}
    check = only(stated("9770", "12649", public_order))
    assert (check.stated.text, check.found.text) == ("−27%", "−22.8%")
    check = only(stated("153.15", "203.58", {Statistic.CHANGE: "-49.43"}, Kind.MEAN))
    assert (check.stated.text, check.found.text, check.gap) == ("−49.43 s", "−50.43 s", "1.00 s")


@pytest.mark.parametrize(("change", "percent"), [("-22260", "-15"), ("-22260", "-14.6"), ("-22260", "-14.60")])
def test_reconcile_change_rounded_by_its_source_agrees(change: str, percent: str):
    found = stated("130207", "152467", {Statistic.CHANGE: change, Statistic.PERCENT_CHANGE: percent})
    assert not found.differences and found.agreeing == {Agreement.STATED: 2}


def test_reconcile_change_without_the_values_is_left_open():
    series = Series("calls")
    book = book_of({}, measure("calls"), supplied={(series, YEAR): {Statistic.CHANGE: Decimal(5)}})
    assert compared(book).open == {Agreement.STATED: 1}


def linked(agreement: Agreement, *, whole: str, one: str, other: str, is_blocking: bool = False) -> Reconciliation:
    held = {Series(key): {YEAR: value(amount)} for key, amount in (("all", whole), ("rape", one), ("other", other))}
    link = Link("a-link", agreement, Series("all"), (Series("rape"), Series("other")), is_blocking)
    return compared(book_of(held, measure("all"), measure("rape"), measure("other")), links=[link])


def test_reconcile_declared_sum_that_differs_blocks_where_that_is_set():
    assert not linked(Agreement.SUM, whole="10", one="4", other="6").differences
    check = only(linked(Agreement.SUM, whole="11", one="4", other="6", is_blocking=True))
    assert check.is_blocking and (check.stated.text, check.found.text) == ("11", "10")


def test_reconcile_part_that_exceeds_its_whole_is_found_and_a_smaller_one_is_not():
    found = linked(Agreement.WITHIN, whole="5", one="4", other="6")
    assert only(found).found.words == "Other" and found.agreeing == {Agreement.WITHIN: 1}


def test_reconcile_one_quantity_from_two_sources_shows_both():
    found = linked(Agreement.SAME, whole="5", one="5", other="6")
    assert (only(found).stated.words, only(found).found.words, only(found).gap) == ("All", "Other", "−1")


def same_in(*slots: tuple[Window, date, str], quarter: Quarter) -> list[str]:
    """Compare two sources of one quantity in some windows; return the periods that differ."""
    held = {Series(key): {Slot(window, end): value(amount if key == "one" else "90", end, window)
                          for window, end, amount in slots} for key in ("one", "other")}  # fmt: skip
    book = replace(book_of(held, measure("one"), measure("other")), quarter=quarter)
    link = Link("a-link", Agreement.SAME, Series("one"), (Series("other"),))
    return [one.period for one in compared(book, links=[link]).differences]


def test_reconcile_same_days_under_two_names_are_told_once_unless_the_numbers_differ():
    last, quarter = date(2019, 3, 31), Quarter(2018, 4)
    both = (Window.QUARTER, last, "100"), (Window.CALENDAR_TO_DATE, last, "100")
    assert same_in(*both, quarter=quarter) == ["January to March 2019"]
    other = (Window.QUARTER, last, "100"), (Window.CALENDAR_TO_DATE, last, "101")
    assert same_in(*other, quarter=quarter) == ["January to March 2019", "1 January to 31 March 2019"]
    year = (Window.ROLLING_12, last, "100"), (Window.YEAR_TO_DATE, last, "100")
    assert same_in(*year, quarter=quarter) == ["12 months to 31 March 2019"]


def test_reconcile_takes_calendar_years_of_the_quarters_months_and_days_that_were_asked_for():
    quarter = Quarter(2018, 4)
    ends = [date(2018, 12, 31), date(2019, 1, 31), date(2019, 3, 31), date(2019, 4, 15), date(2019, 4, 30)]
    found = same_in(*((Window.CALENDAR_TO_DATE, end, "100") for end in ends), quarter=quarter)
    assert found == ["1 to 31 January 2019", "1 January to 31 March 2019", "1 January to 15 April 2019"]
    assert same_in((Window.CALENDAR_TO_DATE, ends[-1], "100"), quarter=Quarter(2019, 1)) == [
        "1 January to 30 April 2019"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("window", "end", "is_quoted"),
    [
        (Window.ROLLING_12, "2020-09-30", True), (Window.ROLLING_12, "2020-08-31", True),
        (Window.ROLLING_12, "2020-06-30", False), (Window.ROLLING_12, "2019-09-30", True),
        (Window.ROLLING_12, "2018-09-30", False), (Window.MONTH, "2020-07-31", True),
        (Window.MONTH, "2020-06-30", False), (Window.MONTH, "2020-10-31", False), (Window.QUARTER, "2020-09-30", True),
        (Window.QUARTER, "2020-08-31", False), (Window.QUARTER, "2019-09-30", True),
        (Window.SNAPSHOT, "2020-03-31", True), (Window.SNAPSHOT, "2020-11-01", True),
        (Window.SNAPSHOT, "2020-12-31", False), (Window.ANNUAL, "2018-03-31", False),
    ],
)  # fmt: skip
def test_reconcile_looks_at_what_a_report_of_the_quarter_can_quote(window: Window, end: str, is_quoted: bool):
    slot = Slot(window, date.fromisoformat(end))
    held = {Series("asb"): {slot: replace(value("9"), period=Period(window, None, slot.end))}}
    held |= {Series("asb", part): {slot: value("1")} for part in PARTS}
    found = compared(book_of(held, measure("asb", parts=PARTS, is_exclusive=True)))
    assert bool(found.differences) is is_quoted


@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=3), st.integers(-5, 5))
@settings(deadline=None, database=None)
def test_reconcile_finds_exactly_the_gap_that_is_there(parts: list[int], gap: int):
    found = compared(by_type(str(sum(parts) + gap), *map(str, parts)))
    assert bool(found.differences) is bool(gap)
    assert [one.stated.amount - one.found.amount for one in found.differences] == ([Decimal(gap)] if gap else [])
