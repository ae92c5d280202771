"""Whether a figure is unusual: the verdict on its own month, told in words; expectations worked out by hand."""

from datetime import date

import pytest

from indicators import pages
from indicators.choices import Kind, NoteKind, Unit, Window
from indicators.dated_notes import DatedNote
from indicators.periods import Period, Quarter
from indicators.series import Series, Slot
from tests.indicators.books import Q2, book, measure, months, value

THEFT = Series("theft")
# October 2018 to September 2020 by turns 10 and 12: centre 11, limits 5.68 and 16.32.
STEADY = [10, 12] * 12


def told(key, amounts=STEADY, quarter=Q2, notes=(), more=None, **given):
    shown = book({THEFT: months(amounts, **given) | (more or {})}, notes, quarter)
    return pages.unusual(shown, shown.figure(key))


def test_the_last_month_lies_within_its_limits():
    found = told("theft.month")
    assert found.words == (
        "September 2020: no significant change. Its 12 lies within the limits of natural variation, 5.7 to 16.3."
    )
    assert (found.rule, found.about, found.quarter) == ("", "", "2020-21-Q2")
    assert found.among == "24 months, October 2018 to September 2020."


def test_an_older_month_is_judged_itself_and_not_the_newest():
    # As seen from the quarter to June 2019: twelve months by turns 10 and 12, of which May 2019 is 40.
    # July 2018 to May 2019 is 10, 12, … 10; then 40 in the place of 12: mean (132 + 28) / 12 = 13.33….
    # Moves: 9 × 2, then 12 → … 10 → 40 (30) and 40 → 10 (30): (9 × 2 + 60) / 11 = 7.09…; upper limit 32.19….
    amounts = [12, 10] * 5 + [40, 10, *STEADY[:12], 12, 10, 12]
    found = told("theft.month-2019-05", amounts, Quarter(2019, 1))
    assert found.words == ("May 2019: exceptional rise. Its 40 lies above the upper limit of natural variation, 32.2.")
    assert found.rule == "the point of May 2019 is above the upper limit"
    assert found.among == "12 months, July 2018 to June 2019."
    assert told("theft.month-2019-06", amounts, Quarter(2019, 1)).words.startswith("June 2019: no significant change.")


@pytest.mark.parametrize(
    ("key", "period", "about"),
    [
        ("r12", Window.ROLLING_12, "September 2020 alone, the last month of this period."),
        ("quarter", Window.QUARTER, "September 2020 alone, the last month of this period."),
        ("snapshot", Window.SNAPSHOT, "September 2020 alone, the month in which it ends."),
    ],
)
def test_of_a_longer_period_the_verdict_says_which_month_it_is_about(key, period, about):
    found = told(f"theft.{key}", more={Slot(period, Q2.end): value(130, Q2.end, period)})
    assert found.words.startswith("September 2020: no significant change. Its 12 lies within")
    assert found.about == f"{about} Single months are judged, never longer periods."


def test_limits_are_those_of_the_stretch_since_the_break():
    anew = DatedNote(NoteKind.BREAK, "new system", "Counted anew", date(2019, 10, 1))
    amounts = [10, 12] * 6 + [100, 110] * 6
    found = told("theft.month", amounts, notes=[anew])
    # Mean 105; every move is 10; 105 ± 26.6.
    assert found.words.endswith("Its 110 lies within the limits of natural variation, 78.4 to 131.6.")
    assert found.among == (
        "12 months, October 2019 to September 2020. "
        "Limits begin anew: series break on 1 October 2019, new system (Counted anew)."
    )
    earlier = told("theft.month-2019-09", amounts, notes=[anew])
    assert earlier.words.endswith("Its 12 lies within the limits of natural variation, 5.7 to 16.3.")
    assert earlier.among == "12 months, October 2018 to September 2019."


def test_too_few_months_are_said_to_be_too_few():
    found = told("theft.month", STEADY[:7])
    assert found.words == "September 2020: not enough points to tell (limits need 12 points; there are 7)."
    assert (found.rule, found.among) == ("", "7 months, March 2020 to September 2020.")


def test_a_provisional_month_says_so():
    assert told("theft.month", [*STEADY, 2], provisional=1).words == (
        "September 2020 (provisional): exceptional fall. Its 2 lies below the lower limit of natural variation, 5.7."
    )


def test_a_month_without_a_value_is_not_judged_by_another():
    gap = told("theft.month-2020-08", [*STEADY[:22], None, 12])
    assert gap.words == "August 2020: there is no value of this month to judge."
    late = told("theft.r12", STEADY[:23], last=date(2020, 8, 31), more={Slot(Window.ROLLING_12, Q2.end): value(
        130, Q2.end, Window.ROLLING_12)})  # fmt: skip
    assert late.words == "September 2020: there is no value of this month to judge."
    assert late.about.startswith("September 2020 alone")


def test_without_months_or_a_stated_period_there_is_nothing_to_judge():
    alone = book({THEFT: {Slot(Window.ROLLING_12, Q2.end): value(130, Q2.end, Window.ROLLING_12)}})
    assert pages.unusual(alone, alone.figure("theft.r12")) is None
    place = Slot(Window.NOT_STATED, None, Q2.key)
    unknown = value(5, Q2.end)
    object.__setattr__(unknown, "period", Period(Window.NOT_STATED, None, None))
    assert told("theft.not-stated", more={place: unknown}).words.startswith("The period is not stated")
    bare = book({THEFT: {place: unknown}})
    assert pages.unusual(bare, bare.figure("theft.not-stated")) is None


def test_only_the_indicator_as_a_whole_has_its_chart_on_a_page():
    shares = measure("theft", kind=Kind.SHARE, unit=Unit.PERCENT, parts={"bike": "bicycles"})
    bikes = Series("theft", "bike")
    shown = book({THEFT: months(STEADY), bikes: months(STEADY)}, theft=shares)
    assert pages.unusual(shown, shown.figure("theft.month")).has_chart
    assert not pages.unusual(shown, shown.figure("theft.bike.month")).has_chart
