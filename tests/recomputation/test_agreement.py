"""Arithmetic and printing of the product against the second computation, on thousands of numbers nobody chose."""

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.calculations import change, missing_reason, supplied_change
from indicators.choices import Kind, Qualifier, Unit, Window
from indicators.formatting import absolute_text, change_text, percent_text, value_text
from indicators.periods import Period, Quarter, label, month_end, period_ending, previous_equivalent
from tests.recomputation.figures import (
    Amount,
    Figure,
    Moved,
    Recomputation,
    Series,
    back,
    last_day,
    missing_words,
    months_between,
    period_words,
    quarter_of,
    start_of,
    year_before,
)
from tests.recomputation.printing import rounded, value_words

# Numbers as files give them, halves and near halves among them.
numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=4) | st.sampled_from(
    [Decimal(one) for one in ("0", "0.5", "-0.5", "49", "50", "0.00005", "2.675", "99999.95", "-0.004", "1")]
)
kinds = st.sampled_from([Kind.COUNT, Kind.MONEY, Kind.PERCENTAGE, Kind.MEDIAN, Kind.RATE])
days = st.dates(date(2001, 1, 1), date(2099, 12, 31))
many = settings(max_examples=200, deadline=None)


def again(kind: Kind, unit: Unit, decimals: int, threshold: int, moved: Moved) -> Figure:
    sheet = {"kind": kind.value, "unit": unit.value, "decimals": decimals, "base_threshold": threshold}
    return Figure(
        "x.r12", sheet, Series("x"), "X", "r12", None, None, None, None, False, moved, None, None, None
    )  # fmt: skip


def same_words(figure: Figure, made, unit: Unit, decimals: int) -> None:
    """Every way in which a change is printed is the same in both."""
    assert figure.words("change") == change_text(made, unit, decimals)
    assert figure.words("absolute") == absolute_text(made, unit, decimals)
    assert figure.words("percent") == percent_text(made)
    is_worded = figure.sheet["kind"] in ("count", "money")
    assert figure.words("worded_change") == change_text(made, unit, decimals, with_word=is_worded)


@given(now=numbers, then=numbers, kind=kinds, unit=st.sampled_from(Unit), decimals=st.integers(0, 3),
       threshold=st.sampled_from([0, 20, 50]))  # fmt: skip
@many
def test_agree_on_every_change(now, then, kind, unit, decimals, threshold):
    given_threshold = threshold if kind == Kind.COUNT else 0
    made = change(now, then, kind, given_threshold)
    sheet = {"kind": kind.value, "base_threshold": threshold}
    moved = Recomputation.change_between(sheet, now, then)
    assert (made.absolute, made.percent, str(made.direction)) == (moved.absolute, moved.percent, moved.direction)
    assert (made.from_zero, made.is_low_base) == (moved.is_from_zero, moved.is_low)
    same_words(again(kind, unit, decimals, threshold, moved), made, unit, decimals)


@given(absolute=st.none() | numbers, percent=st.none() | numbers, kind=kinds, unit=st.sampled_from(Unit))
@many
def test_agree_on_every_change_that_is_supplied(absolute, percent, kind, unit):
    made = supplied_change(absolute, percent)
    if made.direction is None:
        return  # nothing is supplied, or both contradict each other
    moved = Moved(absolute, percent, made.direction.value, is_supplied=True)
    same_words(again(kind, unit, 1, 0, moved), made, unit, 1)


@given(value=numbers, unit=st.sampled_from(Unit), places=st.integers(0, 4), qualifier=st.sampled_from(Qualifier))
@many
def test_agree_on_every_printed_value(value, unit, places, qualifier):
    assert value_words(value, unit.value, places, qualifier.value) == value_text(value, unit, places, qualifier)
    assert not str(rounded(value, places)).startswith("-0.0") or rounded(value, places)


@given(day=days, window=st.sampled_from([Window.MONTH, Window.QUARTER, Window.ROLLING_12, Window.YEAR_TO_DATE,
                                         Window.CALENDAR_TO_DATE, Window.SNAPSHOT]))  # fmt: skip
@many
def test_agree_on_every_window_its_year_before_and_its_words(day, window):
    end = day if window in (Window.CALENDAR_TO_DATE, Window.SNAPSHOT) else month_end(day)
    period = period_ending(window, end)
    assert (start_of(window.value, end), last_day(day.year, day.month)) == (period.start, month_end(day))
    assert period_words(window.value, period.start, end) == label(period)
    before = previous_equivalent(period)
    assert before is not None and before.end == year_before(end)
    if period.start is not None:
        assert months_between(period.start, end) == [f"{month:%Y-%m}" for month in period.months]
    assert quarter_of(day) == Quarter.containing(day).key


@given(first=days, last=days)
@many
def test_agree_on_the_words_of_every_span(first, last):
    start, end = min(first, last), max(first, last)
    assert period_words("span", start, end) == label(Period(Window.SPAN, start, end))


@given(last=days, left_out=st.sets(st.integers(0, 11), min_size=1))
@many
def test_agree_on_which_months_are_missing(last, left_out):
    months = [back(last.year, last.month, 11 - at) for at in sorted(left_out)]
    named = [f"{year}-{month:02}" for year, month in months]
    firsts = [date(year, month, 1) for year, month in months]
    assert missing_words(named, 12) == missing_reason(firsts, 12)
    start, end = date(*back(last.year, last.month, 11), 1), last_day(last.year, last.month)
    assert Amount(None, "r12", start, end, missing=tuple(named)).reason == missing_reason(firsts, 12)
