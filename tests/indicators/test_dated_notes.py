"""Dated notes as values: which figures each follows, how it reads, and what makes it unsound."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.choices import NoteKind, Window
from indicators.dated_notes import DatedNote, breaks, faults, told
from indicators.exhibits.making import compute
from indicators.exports import figure_record
from indicators.periods import Period, period_ending, previous_equivalent
from indicators.series import Series, Slot
from tests.indicators.books import Q2, book, measure, months, value

unhurried = settings(deadline=None, database=None)
END, BEFORE = date(2020, 9, 30), date(2019, 9, 30)
YEAR = period_ending(Window.ROLLING_12, END)
YEAR_BEFORE = period_ending(Window.ROLLING_12, BEFORE)
days = st.dates(date(2015, 1, 1), date(2024, 12, 31))


def a_break(day: date, **more) -> DatedNote:
    return DatedNote(NoteKind.BREAK, "new crime system", "Counted by day of report.", day, **more)


def an_annotation(first: date | None, last: date | None, **more) -> DatedNote:
    return DatedNote(NoteKind.ANNOTATION, "First lockdown", "People stayed at home", first, last, **more)


def a_footnote(words: str = "Without fraud.", **more) -> DatedNote:
    return DatedNote(NoteKind.FOOTNOTE, "fraud", words, **more)


@pytest.mark.parametrize(
    ("day", "alone", "compared"),
    [
        (date(2018, 9, 30), False, False),  # before both years
        (date(2018, 10, 1), False, False),  # everything compared was counted after it
        (date(2018, 10, 2), False, True),
        (date(2019, 10, 1), False, True),  # exactly between both years
        (date(2019, 10, 2), True, True),
        (date(2020, 9, 30), True, True),
        (date(2020, 10, 1), False, False),  # after both
    ],
)
def test_tell_of_a_break_only_where_values_stand_on_both_sides_of_it(day, alone, compared):
    assert bool(told([a_break(day)], YEAR, None)) == alone
    assert bool(told([a_break(day)], YEAR, YEAR_BEFORE)) == compared


@pytest.mark.parametrize(
    ("first", "last", "is_told"),
    [
        (date(2020, 3, 23), date(2020, 7, 4), True),
        (date(2020, 9, 30), None, True),
        (date(2020, 10, 1), None, False),
        (date(2018, 1, 1), date(2018, 9, 30), False),
        (date(2018, 1, 1), date(2018, 10, 1), True),  # the first day of the year before
        (None, date(2018, 9, 30), False),
        (None, date(2018, 10, 1), True),
    ],
)
def test_tell_of_an_annotation_where_it_shares_a_day_with_the_value_or_the_one_before(first, last, is_told):
    assert bool(told([an_annotation(first, last)], YEAR, YEAR_BEFORE)) == is_told


def test_tell_of_an_undated_footnote_everywhere_even_without_a_period():
    assert told([a_footnote()], Period(Window.NOT_STATED, None, None), None)
    assert not told([a_footnote(starts_on=END)], Period(Window.NOT_STATED, None, None), None)
    assert not told([a_break(END)], Period(Window.NOT_STATED, None, None), None)


def test_tell_of_a_snapshot_on_its_day_alone():
    snapshot = Period(Window.SNAPSHOT, None, END)
    assert told([an_annotation(END, END)], snapshot, None)
    assert not told([a_break(END)], snapshot, None)
    assert told([a_break(END)], snapshot, Period(Window.SNAPSHOT, None, BEFORE))


def test_tell_of_a_footnote_on_one_value_wherever_that_value_is_shown_or_compared():
    note = a_footnote(cell=(Window.ROLLING_12, BEFORE))
    assert told([note], YEAR_BEFORE, None) and told([note], YEAR, YEAR_BEFORE)
    assert not told([note], YEAR, None)
    assert not told([note], period_ending(Window.QUARTER, BEFORE), None)


@unhurried
@given(days, days, days)
def test_a_break_is_told_over_two_periods_exactly_when_a_day_of_them_lies_on_each_side(one, other, day):
    periods = [period_ending(Window.MONTH, one), period_ending(Window.MONTH, other)]
    covered = [p.start + timedelta(n) for p in periods for n in range((p.end - p.start).days + 1)]
    on_both_sides = any(d < day for d in covered) and any(d >= day for d in covered)
    assert a_break(day).is_told_over(periods) == on_both_sides


@unhurried
@given(days, st.integers(0, 400), days)
def test_an_annotation_is_told_over_a_month_exactly_when_they_share_a_day(first, length, day):
    month = period_ending(Window.MONTH, day)
    covered = {month.start + timedelta(n) for n in range((month.end - month.start).days + 1)}
    last = first + timedelta(length)
    shares = any(first <= d <= last for d in covered)
    assert an_annotation(first, last).is_told_over([month]) == shares


@pytest.mark.parametrize(
    ("scope", "series", "expected"),
    [
        ({}, ("theft", "bike", "east"), True),
        ({"indicators": frozenset({"theft", "rape"})}, ("theft", "", ""), True),
        ({"indicators": frozenset({"rape"})}, ("theft", "", ""), False),
        ({"areas": frozenset({""})}, ("theft", "", ""), True),
        ({"areas": frozenset({""})}, ("theft", "", "east"), False),
        ({"areas": frozenset({"east"})}, ("theft", "", "east"), True),
        ({"indicators": frozenset({"theft"}), "part": "bike"}, ("theft", "bike", ""), True),
        ({"indicators": frozenset({"theft"}), "part": "bike"}, ("theft", "", ""), False),
    ],
)
def test_a_note_is_about_what_its_scope_names(scope, series, expected):
    assert a_footnote(**scope).is_about(*series) is expected


def test_notes_read_in_plain_words():
    assert a_break(date(2020, 4, 1)).text == "series break on 1 April 2020, new crime system (Counted by day of report)"
    lockdown = an_annotation(date(2020, 3, 23), date(2020, 7, 4))
    assert lockdown.text == "First lockdown, 23 March 2020 to 4 July 2020 (People stayed at home)"
    assert an_annotation(date(2020, 3, 23), None).span == "from 23 March 2020"
    assert a_footnote().text == "Without fraud"


def test_breaks_are_days_in_their_order():
    notes = [a_break(END), an_annotation(BEFORE, None), a_break(BEFORE), a_break(END), a_footnote()]
    assert breaks(notes) == (BEFORE, END)


SOUND = {
    "starts_on": None, "ends_on": None, "indicators": [], "areas": [], "has_part": False, "window": "", "end": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "given", "fields"),
    [
        ("footnote", {}, set()),
        ("break", {}, {"starts_on"}),
        ("annotation", {}, {"starts_on"}),
        ("break", {"starts_on": END}, set()),
        ("break", {"starts_on": BEFORE, "ends_on": END}, {"ends_on"}),
        ("annotation", {"starts_on": BEFORE, "ends_on": END}, set()),
        ("annotation", {"starts_on": END, "ends_on": BEFORE}, {"ends_on"}),
        ("footnote", {"has_part": True}, {"part"}),
        ("footnote", {"has_part": True, "indicators": ["theft"]}, set()),
        ("footnote", {"window": "r12"}, {"end", "indicators", "areas"}),
        ("footnote", {"end": END, "indicators": ["theft"], "areas": ["lancashire"]}, {"window"}),
        ("footnote", {"window": "r12", "end": END, "indicators": ["theft"], "areas": ["lancashire"]}, set()),
        (
            "footnote",
            {"window": "r12", "end": END, "indicators": ["theft"], "areas": ["lancashire"], "starts_on": END},
            {"starts_on"},
        ),
        (
            "break",
            {"window": "r12", "end": END, "indicators": ["theft"], "areas": ["lancashire"], "starts_on": END},
            {"kind"},
        ),
    ],
)
def test_faults_stand_beside_their_fields(kind, given, fields):
    assert set(faults(kind, **{**SOUND, **given})) == fields


def year_book(*notes: DatedNote):
    """Theft of two years, 120 and 100, and rape of the newer year alone."""
    theft = {Slot(Window.ROLLING_12, day): value(n, day, Window.ROLLING_12) for day, n in ((BEFORE, 120), (END, 100))}
    rape = {Slot(Window.ROLLING_12, END): value(70, END, Window.ROLLING_12)}
    return book(
        {Series("theft"): theft, Series("rape"): rape}, notes, rape=measure("rape", footnote="By day recorded.")
    )


def test_a_note_follows_a_figure_into_its_notes_and_its_record():
    lockdown = an_annotation(date(2020, 3, 23), date(2020, 7, 4), indicators=frozenset({"theft"}))
    shown = year_book(a_break(date(2019, 4, 1)), lockdown)
    expected = (
        "series break on 1 April 2019, new crime system (Counted by day of report)",
        "First lockdown, 23 March 2020 to 4 July 2020 (People stayed at home)",
    )
    theft = shown.figure("theft.r12")
    assert theft.notes == expected
    assert figure_record(theft)["notes"] == list(expected)
    # Nothing is compared: the break lies before the only year that is shown.
    assert shown.figure("rape.r12").notes == ()


def test_a_note_follows_its_figures_into_the_notes_of_a_table():
    columns = [{"heading": "Now", "window": "r12", "aspect": "value"}]
    definition = {"kind": "table", "columns": columns, "rows": [{"series": "theft"}, {"series": "rape"}]}
    shown = year_book(a_break(date(2019, 11, 1)), a_footnote(areas=frozenset({"east"})))
    table = compute("t", "Crime", definition, shown).exhibit
    assert table.notes == (
        "Rape: By day recorded.",
        "Series break on 1 November 2019, new crime system (Counted by day of report): Theft, Rape.",
    )


def test_a_break_between_two_columns_of_a_table_is_told():
    quarters = {Slot(Window.QUARTER, end): value(9, end, Window.QUARTER) for end in (date(2020, 6, 30), END)}
    shown = book({Series("theft"): quarters}, [a_break(date(2020, 7, 1))])
    now = {"heading": "Now", "window": "quarter", "aspect": "value"}
    before = {**now, "quarters_back": 1}
    for columns, is_told in (([now], False), ([before], False), ([before, now], True)):
        definition = {"kind": "table", "columns": columns, "rows": [{"series": "theft"}]}
        assert bool(compute("t", "Crime", definition, shown).exhibit.notes) == is_told


def test_a_break_is_told_under_a_line_chart_only_when_the_months_shown_span_it():
    shown = book({Series("theft"): months([5] * 24)}, [a_break(date(2020, 7, 1))])
    for count, is_told in ((3, False), (4, True)):
        chart = compute("c", "Crime?", {"kind": "line", "series": ["theft"], "months": count}, shown).exhibit
        assert bool(chart.notes) == is_told


def test_previous_equivalent_of_the_quarter_is_what_these_tests_compare_with():
    assert previous_equivalent(YEAR) == YEAR_BEFORE
    assert Q2.end == END
