"""Limits of control charts against the second computation: where a value can go no further, and where it can."""

from datetime import date
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indicators.choices import Kind, Status, Unit, Window
from indicators.series import Series, Slot
from indicators.signals import signal
from tests.indicators.books import book, measure, value
from tests.recomputation.exhibits import limits
from tests.recomputation.figures import Amount, last_day

MONTHS = [(2018 + (8 + at) // 12, (8 + at) % 12 + 1) for at in range(25)]  # September 2018 to September 2020
KINDS = [Kind.SERVICE_LEVEL, Kind.SHARE, Kind.PROPORTION, Kind.SURVEY, Kind.PERCENTAGE, Kind.COUNT]
anything = st.decimals(-20, 130, places=2)
nearly_all = st.decimals(90, 100, places=1)
hardly_any = st.decimals(0, 4, places=1)
SHARE = Series("share")


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.sampled_from([anything, nearly_all, hardly_any]).flatmap(
        lambda one: st.lists(st.none() | one, min_size=25, max_size=25)
    ),
    st.integers(0, 4),
)
def test_agree_on_the_limits_of_a_chart(kind, numbers, late):
    """The last months are provisional, as many as `late` says."""
    assume(any(one is not None for one in numbers))
    states = [Status.FINAL] * (25 - late) + [Status.PROVISIONAL] * late
    ends: list[date] = [last_day(*one) for one in MONTHS]
    held = {
        Slot(Window.MONTH, end): value(one, end, status=state)
        for end, one, state in zip(ends, numbers, states, strict=True)
    }
    shown = signal(book({SHARE: held}, share=measure("share", kind=kind, unit=Unit.PERCENT)), SHARE)
    again = limits(
        {
            str(end): Amount(one, "month", end, end, status=state.value)
            for end, one, state in zip(ends, numbers, states, strict=True)
        },
        kind.value,
    )
    told = next(month.segment for month in shown.months if month.segment)
    if again is None:
        assert (told.centre, told.lower, told.upper) == (None, None, None)
        return
    for one, other in ((told.centre, again.centre), (told.lower, again.lower), (told.upper, again.upper)):
        assert abs(one - other) < Decimal("1e-25")
    for month, number in zip(shown.months, numbers, strict=True):
        # Both round far behind the point: on the line itself neither is surer than the other.
        if number is not None and min(abs(number - again.upper), abs(number - again.lower)) > Decimal("1e-25"):
            assert month.side == (number > again.upper) - (number < again.lower)
