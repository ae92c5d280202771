"""Figures compared with what the report of the quarter before held; expectations worked out by hand.

Theft in 12 months: 1,000 to September 2020; to June the report of the first quarter held 900, and 960 is known now.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from indicators.choices import Kind, Status, Unit, Window
from indicators.exhibits.making import compute
from indicators.figures import FigureBook, UnknownFigure
from indicators.forms.fields import WINDOW_CHOICES
from indicators.last_report import LastReport
from indicators.like_for_like import Members
from indicators.periods import Period, Quarter, period_ending
from indicators.series import Series, Slot
from tests.indicators.books import Q2, book, measure, value

THEFT, Q1 = Series("theft"), Quarter(2020, 1)
SEPTEMBER, JUNE, YEAR_BEFORE = date(2020, 9, 30), date(2020, 6, 30), date(2019, 9, 30)
YEAR, AS_AT, NOT_STATED = Window.ROLLING_12, Window.SNAPSHOT, Window.NOT_STATED


def years(amounts: dict[date, object]) -> dict[Slot, object]:
    return {Slot(YEAR, end): value(amount, end, YEAR) for end, amount in amounts.items()}


def thefts(reported: dict[Slot, object] | None = None, **more: object) -> FigureBook:
    """Theft as known now, beside what the report of the first quarter held."""
    figures = book({THEFT: years({SEPTEMBER: 1000, JUNE: 960, YEAR_BEFORE: 800})}, theft=measure("theft", **more))
    held = years({JUNE: 900, SEPTEMBER: 1}) if reported is None else reported
    return replace(figures, last_report=LastReport(Q1, {THEFT: held}, is_known=True))


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("theft.r12.previous", "800"),
        ("theft.r12-on-previous-report.value", "1,000"),
        ("theft.r12-on-previous-report.previous", "900"),
        ("theft.r12-on-previous-report.change", "+11% (+100)"),
        ("theft.r12-on-previous-report.previous_period", "12 months to 30 June 2020"),
        # Its own value before stands in no report of that quarter: nothing is taken in its place.
        ("theft.r12-2020-06-on-previous-report.previous",
         "not available: the report of 2020/21 Q1 holds no value for it"),
    ],
)  # fmt: skip
def test_text_quotes_what_the_report_before_held(key, said):
    assert thefts().reference(key) == said


def test_figure_says_which_report_it_is_compared_with():
    figure = thefts().figure("theft.r12-on-previous-report")
    assert figure.key == "theft.r12-on-previous-report"
    assert (figure.vintage, figure.previous_vintage) == ("as known now", "as held in the report of 2020/21 Q1")
    assert "as known now, compared with the value before as held in the report of 2020/21 Q1" in figure.notes
    usual = thefts().figure("theft.r12")
    assert usual.previous_vintage == "as known now" and not any("report of" in note for note in usual.notes)


def test_without_a_report_before_the_reason_is_said():
    figures = replace(thefts(), last_report=None)
    assert figures.reference("theft.r12-on-previous-report.value") == "1,000"
    for aspect in ("previous", "change", "direction"):
        said = figures.reference(f"theft.r12-on-previous-report.{aspect}")
        assert said == "not available: no report of 2020/21 Q1 was presented or loaded", aspect
    assert figures.figure("theft.r12-on-previous-report").previous_vintage == ""


@pytest.mark.parametrize("window", ["month", "fytd", "cytd", "cytd-2020-10-29", "span-2020-05-01-to-2020-10-29"])
def test_periods_of_another_length_in_each_report_are_refused(window):
    with pytest.raises(UnknownFigure, match="only a period as long in each report is compared with the report"):
        thefts().figure(f"theft.{window}-on-previous-report")
    assert f"{window}-on-previous-report" not in dict(WINDOW_CHOICES)


def test_tables_offer_the_periods_that_may_be_compared_so():
    own = [name for name, _ in WINDOW_CHOICES if name.endswith("-on-previous-report")]
    assert own == [
        f"{one}-on-previous-report" for one in ("quarter", "r12", "snapshot", "annual", "rytd", "not-stated")
    ]
    assert dict(WINDOW_CHOICES)["r12-on-previous-report"] == "12 months, compared with the report of the quarter before"


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ({date(2020, 8, 5): 7, date(2020, 7, 31): 6, date(2019, 8, 5): 4}, "7"),
        ({date(2020, 6, 30): 3}, "3"),
        # Older than a year, or later than the report could speak of.
        ({date(2019, 6, 30): 4, date(2020, 8, 20): 5}, "not available: the report of 2020/21 Q1 holds no value for it"),
    ],
)
def test_a_count_as_at_a_day_stands_beside_the_last_one_of_the_report_before(held, said):
    """Such days follow no calendar: 3 November beside 5 August."""
    day = date(2020, 11, 3)
    figures = book({THEFT: {Slot(AS_AT, day): value(9, day, AS_AT)}})
    slots = {Slot(AS_AT, one): value(amount, one, AS_AT) for one, amount in held.items()}
    figures = replace(figures, last_report=LastReport(Q1, {THEFT: slots}, is_known=True))
    assert figures.reference("theft.snapshot-2020-11-03-on-previous-report.previous") == said


def test_a_value_without_a_stated_period_stands_beside_that_of_the_report_before():
    def stated(amount: int):
        return replace(value(amount, SEPTEMBER, YEAR), period=Period(NOT_STATED, None, None), printed="Q2")

    figures = book({THEFT: {Slot(NOT_STATED, None, Q2.key): stated(68)}})
    slots = {Slot(NOT_STATED, None, "2019-20-Q4"): stated(1), Slot(NOT_STATED, None, Q1.key): stated(67)}
    figures = replace(figures, last_report=LastReport(Q1, {THEFT: slots}, is_known=True))
    figure = figures.figure("theft.not-stated-on-previous-report")
    assert (figure.aspect("previous"), figure.aspect("absolute")) == ("67", "+1")
    assert figure.aspect("previous_period") == "period not stated"


def test_a_year_that_both_reports_hold_is_compared_with_itself_as_it_was_there():
    annual = Period(Window.ANNUAL, date(2019, 4, 1), date(2020, 3, 31))
    slot = Slot.of(annual)
    figures = book({THEFT: {slot: replace(value(104, SEPTEMBER, YEAR), period=annual)}})
    held = {slot: replace(value(100, SEPTEMBER, YEAR), period=annual)}
    figures = replace(figures, last_report=LastReport(Q1, {THEFT: held}, is_known=True))
    figure = figures.figure("theft.annual-2020-03-on-previous-report")
    assert figure.aspect("change") == "+4% (+4)" and figure.aspect("previous_period") == "year to 31 March 2020"


def test_what_the_report_left_out_keeps_its_reason():
    nothing = replace(value(None, JUNE, YEAR, Status.NOT_AVAILABLE), note="the system was down")
    said = thefts({Slot(YEAR, JUNE): nothing}).reference("theft.r12-on-previous-report.change")
    assert said == "not available: the system was down"


def test_share_before_is_that_of_the_report():
    parts = {"parts": {"shop": "Shop", "other": "Other"}, "is_exclusive": True}
    slots = {"shop": {SEPTEMBER: 30, JUNE: 30}, "other": {SEPTEMBER: 70, JUNE: 30}}
    reported = {"shop": {JUNE: 20}, "other": {JUNE: 60}}
    figures = book(
        {Series("theft", part): years(held) for part, held in slots.items()}, theft=measure("theft", **parts)
    )
    then = {Series("theft", part): years(held) for part, held in reported.items()}
    figures = replace(figures, last_report=LastReport(Q1, then, is_known=True))
    figure = figures.figure("theft.shop.r12-on-previous-report")
    assert (figure.aspect("share"), figure.aspect("previous_share")) == ("30%", "25%")


def test_points_are_points_between_reports_too():
    percent = {"kind": Kind.PROPORTION, "unit": Unit.PERCENT, "decimals": 2}
    figures = thefts({Slot(YEAR, JUNE): value("67.10", JUNE, YEAR)}, **percent)
    figures.values[THEFT][Slot(YEAR, SEPTEMBER)] = value("68.03", SEPTEMBER, YEAR)
    assert figures.reference("theft.r12-on-previous-report.change") == "+0.93 pp"


@pytest.mark.parametrize(
    ("then", "said"),
    [
        # Ash, Birch and Cedar were counted then; Cedar is no longer. Ash 40 and Birch 50 then; 44 and 55 now.
        ({"ash": 40, "birch": 50}, "+10% (+9)"),
        ({"ash": 40}, "not compared: Cedar is no longer counted, and there are not both values of Birch"),
    ],
)  # fmt: skip
def test_a_group_that_lost_a_member_since_that_report_is_compared_like_for_like(then, said):
    places = {"group": "Group", "ash": "Ash", "birch": "Birch", "cedar": "Cedar"}
    now = {"group": 99, "ash": 44, "birch": 55}
    held = {"group": 190, **then}
    figures = book({Series("theft", "", one): years({SEPTEMBER: amount}) for one, amount in now.items()})
    of = ("theft", "group")
    report = LastReport(
        Q1, {Series("theft", "", one): years({JUNE: amount}) for one, amount in held.items()},
        {of: {JUNE: Members(frozenset({"ash", "birch", "cedar"}))}}, is_known=True,
    )  # fmt: skip
    figures = replace(
        figures, areas=places, last_report=report, memberships={of: {
            SEPTEMBER: Members(frozenset({"ash", "birch"})),
            # As the list of June reads now; the report counted all three.
            JUNE: Members(frozenset({"ash", "birch"})),
        }},
    )  # fmt: skip
    assert figures.reference("theft.group.r12-on-previous-report.change") == said


def test_table_shows_the_value_of_the_report_before_beside_the_year_before():
    columns = [
        {"window": "r12-on-previous-report", "aspect": "previous", "heading": "Last report, {previous_period}"},
        {"window": "r12", "aspect": "value"}, {"window": "r12-on-previous-report", "aspect": "absolute"},
    ]  # fmt: skip
    made = compute("t", "Table", {"kind": "table", "rows": [{"series": "theft"}], "columns": columns}, thefts())
    assert [one.text for one in made.exhibit.header][1] == "Last report, 12 months to 30 June 2020"
    assert [cell.text for cell in made.exhibit.rows[0]][1:] == ["900", "1,000", "+100"]
    assert any("as held in the report of 2020/21 Q1" in note for note in made.exhibit.notes)


def test_targets_are_judged_as_without_it():
    figures = thefts()
    assert figures.figure("theft.r12-on-previous-report").judged == figures.figure("theft.r12").judged
    assert Decimal(900) == figures.figure("theft.r12-on-previous-report").previous.amount
    assert period_ending(YEAR, JUNE) == figures.figure("theft.r12-on-previous-report").previous_period
