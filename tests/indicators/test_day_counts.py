"""Days and weeks of charts: against their months, as known at any version, and refused where there are none."""

import json
import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.actions import overlay
from indicators.choices import Window
from indicators.days import DAY, WEEK, spans
from indicators.exhibits.making import compute
from indicators.exhibits.shown import ExhibitRefused
from indicators.models.area import Force
from indicators.models.case import Case, CaseMonth
from indicators.people import Person
from indicators.periods import Quarter, month_end
from indicators.queries.books import figure_book
from indicators.queries.case_history import as_known
from indicators.queries.cases import CaseKey, key_of
from indicators.queries.day_counts import with_days
from indicators.series import Series, Slot
from tests.indicators import case_files
from tests.indicators.case_files import ASB, CODES, HILL, case, case_file, reference, small_force

pytestmark = pytest.mark.django_db

Q4 = Quarter.parse("2019-20-Q4")  # January to March 2020
WEEKS = {"kind": "days", "series": ["robbery"], "window": "week", "points": 13}
DAYS = {"kind": "days", "series": ["robbery"], "window": "day", "points": 91}


@pytest.fixture
def force(db) -> Force:
    """Return a small force."""
    return small_force()


@pytest.fixture
def ada(db) -> Person:
    """Return an analyst."""
    return case_files.analyst()


def on(day: str, number: int, kind: str = "Robbery", area: str = HILL, month: str = "") -> str:
    """Return a line of a case file with its day."""
    fields = case(number, month or day[:7], kind, area).split(",")
    fields[-3] = day
    return ",".join(fields)


def chart(force: Force, definition: dict, at: int | None = None):
    """Compute a chart of days."""
    book = with_days(figure_book(force, Q4, at, with_districts=True), [definition])
    return compute("c", "When?", definition, book).exhibit


def drawn(chart, line: int = 0) -> dict[str, int | None]:
    """Return what is drawn by the name of its day or week."""
    points = json.loads(chart.data)["panels"][0]["lines"][line]["points"]
    return {one["at"]: None if one["value"] is None else int(Decimal(one["value"])) for one in points}


def test_weeks_run_from_monday_to_sunday_and_over_the_ends_of_months():
    # 31 March 2020 was a Tuesday: the last whole week ended on Sunday 29 March.
    weeks = spans(WEEK, 13, Q4.end)
    assert weeks[-1] == (date(2020, 3, 23), date(2020, 3, 29)) and weeks[0][0] == date(2019, 12, 30)
    assert all(first.isoweekday() == 1 and last - first == timedelta(days=6) for first, last in weeks)
    assert spans(WEEK, 1, date(2020, 3, 29)) == [weeks[-1]]
    assert spans(DAY, 2, Q4.end) == [(date(2020, 3, 30),) * 2, (date(2020, 3, 31),) * 2]


def test_count_days_and_weeks_from_cases(force, ada):
    days = ["2020-01-31", "2020-02-01", "2020-02-03", "2020-03-30", "2020-03-31", "2020-03-31"]
    case_files.load(force, ada, case_file(*(on(day, at) for at, day in enumerate(days))))
    weekly = drawn(chart(force, WEEKS))
    # The week from 27 January holds 31 January and 1 February; that of 30 March is not whole.
    assert (weekly["27 Jan 2020"], weekly["3 Feb 2020"], weekly["23 Mar 2020"]) == (2, 1, 0)
    assert weekly["30 Dec 2019"] is None  # December is not held
    assert "30 Mar 2020" not in weekly
    shown = chart(force, DAYS)
    daily = drawn(shown)
    assert (daily["31 Mar 2020"], daily["30 Mar 2020"], daily["29 Mar 2020"]) == (2, 1, 0)
    assert sum(number or 0 for number in daily.values()) == 6
    assert shown.summary == (
        "robbery: 2 on Tuesday 31 March 2020; highest 2 on Tuesday 31 March 2020, lowest 0 on Wednesday 1 January 2020."
    )
    assert [cell.text for cell in shown.table.rows[-1]] == ["Tuesday 31 March 2020", "2"] and shown.source == "Cases"


def test_areas_and_parts_of_a_day_add_up_to_the_force(force, ada):
    codes = [CODES["Hill"][0], CODES["Mill"][1], CODES["Coast"][2], ""]
    lines = [
        on(f"2020-0{month}-1{at}", month * 10 + at, area=code) for month in (1, 2, 3) for at, code in enumerate(codes)
    ]
    case_files.load(force, ada, case_file(*lines))
    whole = drawn(chart(force, DAYS))
    both = chart(force, {**DAYS, "series": ["robbery.division-east", "robbery.division-west"]})
    east, west = drawn(both, 0), drawn(both, 1)
    assert (sum(whole.values()), sum(east.values()), sum(west.values())) == (12, 6, 3)
    assert east["10 Mar 2020"] == east["11 Mar 2020"] == west["12 Mar 2020"] == 1


def test_a_source_that_gives_months_is_refused_in_words(force, ada):
    case_files.load(force, ada, case_file(*(case(number, f"2020-0{number}") for number in (1, 2, 3))))
    with pytest.raises(ExhibitRefused, match="robbery: the source gives months, not days"):
        chart(force, WEEKS)
    with pytest.raises(ExhibitRefused, match="investigations: the source gives months, not days"):
        chart(force, {**WEEKS, "series": ["investigations"]})


def test_cases_without_a_day_are_told(force, ada):
    lines = [on("2020-03-02", 1), on("", 2, month="2020-03"), on("", 3, month="2020-03")]
    case_files.load(force, ada, case_file(*lines))
    shown = chart(force, DAYS)
    assert sum(number or 0 for number in drawn(shown).values()) == 1
    assert shown.notes[0] == "robbery: cases without a day are in the months and not in this chart: March 2020 (2)."


def test_cases_set_aside_are_on_no_day_from_then_on(force, ada):
    case_files.load(force, ada, case_file(on("2020-03-02", 1), on("2020-03-02", 2)))
    asked = overlay.ask(force, CaseKey(date(2020, 3, 1), key_of(reference(1)), 0), by=ada, reason="recorded twice")
    overlay.agree(asked, by=case_files.analyst("Ben Analyst"))
    assert drawn(chart(force, DAYS))["2 Mar 2020"] == 1
    assert drawn(chart(force, DAYS, at=1))["2 Mar 2020"] == 2


def test_days_that_do_not_add_up_to_their_month_are_not_drawn(force, ada):
    case_files.load(force, ada, case_file(on("2020-03-02", 1), on("2020-03-03", 2)))
    Case.objects.filter(occurred_on=date(2020, 3, 2)).delete()
    with pytest.raises(ExhibitRefused, match="the days of March 2020 add up to 1, and the month's figure is 2"):
        chart(force, DAYS)


def test_months_whose_rows_are_gone_have_no_days(force, ada):
    case_files.load(force, ada, case_file(on("2020-02-02", 1), on("2020-03-03", 2)))
    CaseMonth.objects.filter(month=date(2020, 2, 1)).update(rows_removed_at="2020-06-01T00:00Z")
    daily = drawn(chart(force, DAYS))
    assert (daily["2 Feb 2020"], daily["3 Mar 2020"]) == (None, 1)


def test_the_same_number_of_queries_for_one_chart_and_for_many(force, ada):
    case_files.load(force, ada, case_file(*(on(f"2020-0{n}-02", n) for n in (1, 2, 3)), on("2020-03-05", 9, ASB)))
    book = figure_book(force, Q4, with_districts=True)
    counts = []
    for definitions in ([WEEKS], [WEEKS, DAYS, {**DAYS, "series": ["all_crime", "asb", "asb_covid"]}]):
        with CaptureQueriesContext(connection) as asked:
            with_days(book, definitions)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10
    with CaptureQueriesContext(connection) as asked:
        assert with_days(book, [{"kind": "line", "series": ["robbery"]}]) is book
    assert not asked


@pytest.mark.parametrize("seed", range(3))
def test_days_at_every_version_are_those_of_the_cases_known_then(force, ada, seed):
    chance = random.Random(f"days {seed}")
    applied, version = [], 0
    while version < 8:
        version += 1
        if applied and chance.random() < 0.4:
            case_files.revert(applied.pop(), ada)
            continue
        months = chance.sample(["2020-01", "2020-02", "2020-03"], 2)
        lines = [
            on(f"{month}-{chance.randint(1, 28):02}", chance.randint(0, 9), "Robbery", chance.choice(["", HILL]))
            for month in months
            for _ in range(chance.randint(1, 8))
        ]
        applied.append(case_files.load(force, ada, case_file(*lines)))
    for at in range(1, version + 1):
        book = with_days(figure_book(force, Q4, at), [DAYS])
        held, robbery = book.days[Series("robbery")], book.values.get(Series("robbery"), {})
        for month in (date(2020, 1, 1), date(2020, 2, 1), date(2020, 3, 1)):
            known = Counter(one.occurred_on for one in as_known(force, month, at))
            days = {day: number for day, number in held.counts.items() if day.replace(day=1) == month}
            assert days == known, (at, month)
            value = robbery.get(Slot(Window.MONTH, month_end(month)))
            assert (value is not None and value.amount is not None and value.amount == known.total()) or not known
