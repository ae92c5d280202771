"""Signals: charts, verdicts and the order of what stands out; expectations worked out by hand."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators import pages, signals
from indicators.choices import Kind, NoteKind, Unit, Window
from indicators.control_charts import limits, verdict
from indicators.dated_notes import DatedNote
from indicators.exhibits.making import compute
from indicators.exhibits.shown import ExhibitRefused
from indicators.periods import add_months
from indicators.renderings import charts
from indicators.series import Series, Slot
from portal.renderings.drawings import checked
from tests.indicators.books import Q2, book, measure, months, value

unhurried = settings(deadline=None, database=None)
THEFT = Series("theft")
# 24 months by turns 10 and 12: centre 11, every move 2, limits 11 ± 2.66 × 2 = 5.68 and 16.32.
STEADY = [10, 12] * 12


def of(amounts, notes=(), **more):
    return signals.signal(book({THEFT: months(amounts, **more)}, notes), THEFT)


def a_break(day: date) -> DatedNote:
    return DatedNote(NoteKind.BREAK, "new system", "Counted anew", day)


LOCKDOWN = DatedNote(NoteKind.ANNOTATION, "Lockdown", "People stayed at home", date(2020, 3, 23), date(2020, 7, 4))


def test_a_quiet_series_is_said_to_be_within_its_limits():
    quiet = of(STEADY)
    assert (quiet.verdict.words, quiet.is_exceptional) == ("no significant change", False)
    assert quiet.sentence == "Theft: 12 in September 2020 lies within the limits 5.7 to 16.3: no significant change."
    assert {month.state for month in quiet.months} == {"not available", "within the limits"}


def test_a_point_above_the_limit_is_an_exceptional_rise_with_the_limit_beside_it():
    # Thirteen points: twelve by turns 10 and 12 and then 30. Mean (132 + 30) / 13 = 12.461…; moves 11 × 2 and 18,
    # mean 40 / 12 = 3.333…; upper limit 12.461… + 8.866… = 21.328….
    high = of([10, 12] * 6 + [30])
    assert high.sentence == "Theft: 30 in September 2020 is above the upper limit of 21.3: exceptional rise."
    assert high.months[-1].state == "above the upper limit"
    # (30 − 12.4615…) / 8.8666… = 1.978…
    assert round(high.month.reaches, 3) == Decimal("1.978")


def test_an_earlier_month_of_the_quarter_outside_the_limits_is_what_is_spoken_of():
    # The last month is quiet again, July was not; August and September come after it.
    found = of([*STEADY[:22], 40, 11, 11])
    assert found.sentence.startswith("Theft: 40 in July 2020 is above the upper limit of ")
    # Seen from the quarter before, nothing had happened yet.
    earlier = signals.signal(book({THEFT: months([*STEADY[:22], 40, 11, 11])}, quarter=Q2.previous()), THEFT)
    assert earlier.verdict.words == "no significant change"


def test_a_run_is_told_with_its_rule_and_the_centre():
    # Sixteen months by turns 10 and 14, then eight of 13: mean (192 + 104) / 24 = 12.33…, inside the limits.
    found = of([10, 14] * 8 + [13] * 8)
    assert found.sentence == (
        "Theft: 13 in September 2020; the last 8 points are above the centre (centre 12.3): exceptional rise."
    )


def test_a_month_without_a_value_is_said_to_have_none_however_many_there_are_before():
    found = of([*STEADY, None])
    assert found.sentence == "Theft: September 2020 has no value to judge."
    assert found.why_not_judged == "September 2020 has no value" and not found.is_exceptional
    assert of(STEADY).why_not_judged == ""


def test_eleven_points_are_not_enough_and_have_no_limits():
    short = of(STEADY[:11])
    assert short.sentence == "Theft: not enough points to tell (limits need 12 points; there are 11)."
    assert short.months[-1].state == "no limits: not enough points"
    assert all(month.segment is None or month.segment.upper is None for month in short.months)


def test_limits_begin_anew_at_a_break_and_the_first_month_says_so():
    found = of([10, 12] * 6 + [100, 110] * 6, notes=[a_break(date(2019, 10, 1))])
    assert found.verdict.words == "no significant change"
    first, last = found.months[1], found.months[-1]
    assert (first.segment.centre, last.segment.centre) == (Decimal(11), Decimal(105))
    assert found.months[13].first == date(2019, 10, 1)
    assert found.months[13].state == "within the limits, series break"
    assert "Limits begin anew: series break on 1 October 2019, new system (Counted anew)." in found.summary


def test_provisional_months_are_judged_but_left_out_of_centre_and_limits():
    found = of([*STEADY, 2], provisional=1)
    assert (found.month.segment.centre, found.month.segment.upper) == (Decimal(11), Decimal("16.32"))
    assert found.sentence == (
        "Theft: 2 in September 2020 (provisional) is below the lower limit of 5.7: exceptional fall."
    )
    assert found.months[-1].state == "below the lower limit, provisional"
    assert "Provisional, drawn hollow: September 2020." in found.summary
    too_few = of(STEADY[:13], provisional=2)
    assert too_few.verdict.rule == "limits need 12 points that are not provisional; there are 11"


def test_rolling_totals_get_no_limits():
    ends = [date(2018 + n // 12, n % 12 + 1, 28) for n in range(30)]
    totals = {Slot(Window.ROLLING_12, end): value(100, end, Window.ROLLING_12) for end in ends}
    assert signals.signal(book({THEFT: totals}), THEFT) is None
    assert signals.standing_out(book({THEFT: totals})) == signals.StandingOut((), 0, ())
    with pytest.raises(ExhibitRefused, match="no single months"):
        compute("c", "Theft?", {"kind": "control", "series": "theft"}, book({THEFT: totals}))


def test_the_lower_limit_of_counts_is_never_below_zero_but_that_of_what_can_fall_below_is():
    counts = of([0, 10] * 12)
    assert counts.months[-1].segment.lower == 0
    changes = of([-5, 5] * 12)
    assert changes.months[-1].segment.lower < 0


def answered(amounts, kind=Kind.SERVICE_LEVEL):
    time = measure("answered", kind=kind, unit=Unit.PERCENT, decimals=1)
    return signals.signal(book({Series("answered"): months(amounts)}, answered=time), Series("answered"))


def test_the_upper_limit_of_a_part_of_a_whole_is_never_above_all_of_it():
    # Mean 98; every move is 2; 98 ± 5.32 = 92.68 and 103.32.
    found = answered([99, 97] * 12)
    assert found.sentence.endswith("lies within the limits 92.68% to 100.00%: no significant change.")
    assert [cell.text for cell in signals.data_table("k", "?", found).rows[-1]][2:5] == ["98.00%", "92.68%", "100.00%"]
    drawn_limits = [line.marks[-1].value for line in signals.plot(found).panels[0].lines[:3]]
    assert drawn_limits == [Decimal(98), Decimal("92.68"), Decimal(100)]
    # A plain percentage may be of anything.
    assert answered([99, 97] * 12, Kind.PERCENTAGE).month.segment.upper == Decimal("103.32")


def test_a_value_beyond_what_can_be_takes_the_bound_away_and_stays_where_it_was():
    # Mean (12 × 196 + 101) / 25 = 98.12; moves (23 × 2 + 4) / 24 = 2.083…; upper limit 98.12 + 5.54… = 103.66….
    found = answered([99, 97] * 12 + [101])
    assert round(found.month.segment.upper, 2) == Decimal("103.66")
    assert found.months[-1].state == "within the limits"


@unhurried
@given(st.lists(st.integers(0, 105), min_size=12, max_size=25))
def test_bounds_move_no_month_outside_its_limits_or_back(amounts):
    bounded, free = answered(amounts), answered(amounts, Kind.PERCENTAGE)
    assert [month.side for month in bounded.months] == [month.side for month in free.months]
    assert bounded.verdict == free.verdict and bounded.month.reaches == free.month.reaches


def test_the_data_table_holds_every_month_with_limits_and_state():
    found = of([10, 12] * 6 + [30])
    table = signals.data_table("k", "Theft?", found)
    assert [cell.text for cell in table.header] == ["Month", "Theft", "Centre", "Lower limit", "Upper limit", "State"]
    assert len(table.rows) == 25
    assert [cell.text for cell in table.rows[0]] == ["September 2018", "not available", "–", "–", "–", "not available"]
    last = [cell.text for cell in table.rows[-1]]
    # Lower limit 12.461… − 8.866… = 3.594….
    assert last == ["September 2020", "30", "12.5", "3.6", "21.3", "above the upper limit"]
    assert table.rows[-1][1].figure == "theft.month"


def test_limits_are_printed_with_one_decimal_more_than_the_values():
    time = measure("time", kind=Kind.MEAN, unit=Unit.SECONDS, decimals=2)
    shown = book({Series("time"): months(["8.10", "8.20"] * 12)}, time=time)
    found = signals.signal(shown, Series("time"))
    # Centre 8.15; every move 0.1; 8.15 ± 0.266.
    assert found.sentence.startswith(
        "Time to answer: 8.20 s in September 2020 lies within the limits 7.884 s to 8.416 s"
    )


def drawn(found) -> str:
    svg = charts.draw(signals.plot(found))
    assert checked(svg)
    return svg


def test_the_drawing_shows_zones_breaks_and_provisional_points_without_colour():
    found = of([*STEADY[:23], 40], notes=[LOCKDOWN, a_break(date(2019, 10, 1))], provisional=2)
    svg = drawn(found)
    assert ">Lockdown<" in svg and ">series break<" in svg
    plain = drawn(of(STEADY))
    assert ">Lockdown<" not in plain and ">series break<" not in plain
    # A white middle is what tells a provisional point from the others.
    whites = [len(re.findall(r'<path[^>]*fill="white"[^>]*stroke=', one)) for one in (svg, plain)]
    assert whites == [2, 0]


def test_the_chart_names_its_question_its_notes_and_its_source():
    shown = book({THEFT: months(STEADY)}, [LOCKDOWN])
    chart = pages.monthly_chart(shown, "theft", is_drawn=False)
    assert chart.title == "How has theft moved in the 25 months to September 2020?"
    assert chart.notes[1:] == ("Lockdown, 23 March 2020 to 4 July 2020 (People stayed at home): Theft.",)
    assert (chart.source, chart.svg) == ("Cases", "")
    assert "Shaded: Lockdown, 23 March 2020 to 4 July 2020 (People stayed at home)." in chart.summary
    assert pages.monthly_chart(shown, "theft").svg.startswith("<svg")


def test_a_reports_chart_is_the_same_as_the_pages():
    shown = book({THEFT: months(STEADY)}, [LOCKDOWN])
    page = pages.monthly_chart(shown, "theft")
    exhibit = compute("c", page.title, {"kind": "control", "series": "theft", "months": 25}, shown).exhibit
    assert (exhibit.summary, exhibit.notes, exhibit.svg) == (page.summary, page.notes, page.svg)
    assert [[cell.text for cell in row] for row in exhibit.table.rows] == [
        [cell.text for cell in row] for row in page.table.rows
    ]


def test_what_stands_out_comes_in_the_order_of_its_weight():
    series = {
        Series("far"): [10, 12] * 12 + [60],
        Series("outside"): [10, 12] * 12 + [24],
        Series("run"): [10, 14] * 8 + [13] * 8,
        Series("trend"): [10, 20] * 9 + [12, 13, 14, 15, 16, 17],
        Series("quiet"): STEADY,
        Series("short"): STEADY[:11],
        Series("gone"): [*STEADY, None],
        Series("theft", "bike"): [12, 10] * 12 + [0],
        Series("far", "", "east"): [10, 12] * 12 + [60],  # not the force
    }
    measures = {"theft": measure("theft", parts={"bike": "bicycles"})}
    held = {one: months(amounts) for one, amounts in series.items()}
    held[Series("old")] = months(STEADY, last=date(2020, 6, 30))  # no month in this quarter
    found = signals.standing_out(book(held, **measures))
    names = [one.name for one in found.exceptional]
    assert names[0] == "Far" and set(names[:3]) == {"Far", "Outside", "Theft: bicycles"}
    assert names[3:] == ["Run", "Trend"]
    assert (found.quiet, [(one.name, one.why_not_judged) for one in found.not_judged]) == (
        1,
        [("Gone", "September 2020 has no value"), ("Short", "limits need 12 points; there are 11")],
    )
    distances = [one.month.reaches for one in found.exceptional[:3]]
    assert distances == sorted(distances, reverse=True)


def test_limits_with_provisional_months_are_those_without_them():
    start = date(2018, 10, 1)
    settled = [(add_months(start, n), Decimal(v)) for n, v in enumerate(STEADY)]
    late = [(add_months(start, 24), Decimal(0)), (add_months(start, 25), Decimal(1))]
    (alone,), (with_late,) = limits(settled), limits(settled + late, provisional={day for day, _ in late})
    assert (alone.centre, alone.lower, alone.upper) == (with_late.centre, with_late.lower, with_late.upper)
    assert with_late.end == date(2020, 11, 1)
    assert verdict(settled + late, provisional={day for day, _ in late}).words == "exceptional fall"


@unhurried
@given(st.lists(st.integers(0, 500), min_size=2, max_size=30), st.integers(1, 40))
def test_verdicts_and_distances_do_not_change_with_the_unit(amounts, factor):
    one, scaled = of(amounts), of([amount * factor for amount in amounts])
    assert one.verdict == scaled.verdict
    assert abs(one.month.reaches - scaled.month.reaches) < Decimal("1e-40")


@unhurried
@given(st.lists(st.integers(0, 500), min_size=12, max_size=25))
def test_every_month_outside_its_limits_says_so_and_no_other(amounts):
    found = of(amounts)
    for month in found.months:
        if month.amount is None:
            continue
        limit = month.segment
        expected = "above" if month.amount > limit.upper else "below" if month.amount < limit.lower else "within"
        assert month.state.startswith(expected)
