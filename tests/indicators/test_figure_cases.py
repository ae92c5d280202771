"""From every figure down to its cases: the list holds as many as the figure says, and just those."""

import random
from collections import Counter
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from indicators.actions import counting, overlay
from indicators.choices import CountingPolicy, Window
from indicators.models.aggregate import Aggregate
from indicators.models.area import Force
from indicators.models.case import Case, CaseMonth
from indicators.models.category import Flag
from indicators.models.indicator import Indicator
from indicators.models.source import DataSource
from indicators.people import Person
from indicators.queries.cases import CaseKey, page
from indicators.queries.figure_cases import FigureAddress, FigureCases, figure_cases
from tests.indicators import case_files
from tests.indicators.case_files import ASB, CODES, ELSEWHERE, case, case_file, small_force
from tests.indicators.test_aggregates import SERIES, areas_of
from tests.indicators.test_case_pages import browser, text

pytestmark = pytest.mark.django_db

MONTHS = [f"2019-{month:02}" for month in range(4, 13)] + ["2020-01", "2020-02", "2020-03"]
KINDS = [
    ("Robbery", "", ""),
    ("Robbery", "Personal robbery", "COVID-19"),
    ("Drugs", "", "At night"),
    (ASB, "Nuisance", "COVID-19;At night"),
    (ASB, "Personal", "COVID-19"),
    (ASB, "", ""),
]


@pytest.fixture
def force(db) -> Force:
    """Return a small force."""
    return small_force()


@pytest.fixture
def ada(db) -> Person:
    """Return an analyst."""
    return case_files.analyst()


def load_a_year(force: Force, by: Person) -> None:
    """Load twelve months of cases of all kinds; some references are repeated within their month."""
    chance = random.Random("a year")
    codes = [*CODES["Hill"], *CODES["Mill"], CODES["Coast"][0], ELSEWHERE, ""]
    lines = []
    for month in MONTHS:
        for number in range(12):
            kind, offence, flags = chance.choice(KINDS)
            name = None if kind == ASB else number % 9
            lines.append(case(name, month, kind, chance.choice(codes), f"o{number}", offence, flags))
    case_files.load(force, by, case_file(*lines))


def address(row: Aggregate, version: int | None = None) -> FigureAddress:
    """Return the address of a stored value."""
    area = "" if row.area.kind == "force" else row.area.slug
    part = row.part.slug if row.part else ""
    assert row.end is not None
    return FigureAddress(row.indicator, Window(row.window), row.end, part, area, version)


def listed(force: Force, found: FigureCases | None) -> list[Case]:
    """Return all cases of a list."""
    assert found is not None
    return page(force, found.wanted, found.tally, limit=10_000).cases


def belongs(one: Case, row: Aggregate, names: dict[int, str]) -> bool:
    """Tell in the plainest way whether a case belongs to a value; `names` are those of the flags."""
    part = row.part.slug if row.part else None
    counts = SERIES[row.indicator.key, part]
    assert row.start and row.end
    return (
        counts(one.category.crime_type, one.category.offence, ";".join(names[pk] for pk in one.flags))
        and row.area.slug in areas_of(one.small_area_code)
        and row.start <= one.month <= row.end
    )


@pytest.mark.parametrize("policy", list(CountingPolicy))
def test_step_down_from_every_figure_finds_exactly_its_cases(force, ada, policy):
    load_a_year(force, ada)
    counting.change(DataSource.objects.get(slug="cases"), policy, date(2020, 1, 1), by=ada, reason="for the test")
    ben = case_files.analyst("Ben Analyst")
    every = list(Case.objects.order_by("month", "key", "ordinal").select_related("category"))
    for one in every[::25]:
        overlay.agree(overlay.ask(force, CaseKey.of(one), by=ada, reason="twice"), by=ben)
    is_row = policy == CountingPolicy.ROWS
    counted = [one for at, one in enumerate(every) if at % 25 and (is_row or one.ordinal == 0 or not one.reference)]
    rows = Aggregate.objects.filter(force=force, until_version__isnull=True, value__isnull=False)
    rows = rows.filter(end__in=["2020-03-31", "2019-12-31"]).select_related("indicator", "area", "part")
    chance = random.Random(f"figures {policy}")
    names = dict(Flag.objects.values_list("id", "name"))
    looked_at: Counter[str] = Counter()
    for row in chance.sample(list(rows), 120):
        if row.indicator.key == "asb_covid" or (row.part and row.indicator.key == "asb"):
            looked_at["narrowed"] += 1
        found = figure_cases(force, address(row, row.since_version))
        assert found is not None and not found.has_moved and found.tally.total == row.value
        own = {CaseKey.of(one) for one in listed(force, found)}
        assert len(own) == row.value
        expected = {CaseKey.of(one) for one in counted if belongs(one, row, names)}
        assert own == expected
        looked_at["with cases"] += bool(own)
        looked_at["set aside"] += bool(found.set_aside)
        assert (found.set_aside == 0) == ("set aside" not in row.caution)
    assert min(looked_at["narrowed"], looked_at["with cases"], looked_at["set aside"]) > 5


def test_step_down_after_later_data_says_what_the_figure_was_and_is(force, ada):
    case_files.load(force, ada, case_file(case(1, "2020-01"), case(2, "2020-01")))
    robbery = Indicator.objects.get(key="robbery")
    at = FigureAddress(robbery, Window.MONTH, date(2020, 1, 1), version=1)
    first = figure_cases(force, at)
    assert first is not None and not first.has_moved
    case_files.load(force, ada, case_file(case(1, "2020-01"), case(2, "2020-01"), case(3, "2020-01")))
    found = figure_cases(force, at)
    assert found is not None and found.has_moved and found.current is not None
    assert (found.shown.since_version, found.shown.value, found.current.value, found.tally.total) == (1, 2, 3, 3)


def test_step_down_to_what_is_no_figure_of_cases_finds_nothing(force, ada):
    case_files.load(force, ada, case_file(case(1, "2020-01")))
    robbery, supplied = Indicator.objects.get(key="robbery"), Indicator.objects.get(key="investigations")
    january = date(2020, 1, 1)
    for wrong in (
        FigureAddress(supplied, Window.MONTH, january),
        FigureAddress(robbery, Window.MONTH, date(2020, 2, 1)),
        FigureAddress(robbery, Window.ROLLING_12, january),  # eleven months are missing
        FigureAddress(robbery, Window.MONTH, january, part="nuisance"),
        FigureAddress(robbery, Window.MONTH, january, area="nowhere"),
        FigureAddress(robbery, Window.SNAPSHOT, january),
    ):
        assert figure_cases(force, wrong) is None, wrong


def test_indicator_page_leads_analysts_to_the_cases_and_nobody_else(force, ada):
    load_a_year(force, ada)
    address = f"{reverse('indicator', args=['robbery'])}?quarter=2019-20-Q4"
    value = int(
        Aggregate.objects.get(
            indicator__key="robbery", window="r12", end="2020-03-31", area__slug="smallshire", until_version=None
        ).value
        or 0
    )
    way = f"{reverse('indicator-cases', args=['robbery'])}?force=smallshire&amp;window=r12&amp;end=2020-03"
    for role in ("analyst", "auditor"):
        shown = text(browser(role, role).get(address))
        assert f"Show the {value} cases" in shown and way in shown
    for role in ("reviewer", "report-manager", "approver"):
        shown = text(browser(role, role).get(address))
        assert f"Show the {value} cases" not in shown and "/cases/" not in shown


def test_list_behind_a_figure_shows_its_number_and_pages_to_the_end(force, ada):
    load_a_year(force, ada)
    sam = browser("Sam", "analyst")
    total = int(
        Aggregate.objects.get(
            indicator__key="all_crime", window="r12", end="2020-03-31", area__slug="smallshire", until_version=None
        ).value
        or 0
    )
    address = f"{reverse('indicator-cases', args=['all_crime'])}?force=smallshire&window=r12&end=2020-03&version=1"
    shown = sam.get(address)
    assert f"{total} cases</h1>" in text(shown) and "counted from these cases at data version 1" in text(shown)
    assert total > 50 and shown.context["after"]
    following = sam.get(f"{address}&after={shown.context['after']}")
    first = [one.pk for one, *_ in shown.context["rows"]]
    second = [one.pk for one, *_ in following.context["rows"]]
    assert len(first) == 50 and len(set(first) | set(second)) == len(first) + len(second) == min(total, 100)
    for broken in ("force=nowhere&window=r12&end=2020-03", "force=smallshire&window=r99&end=2020-03", "window=r12",
                   "force=smallshire&window=r12&end=2020-13", "force=smallshire&window=r12&end=2031-03"):  # fmt: skip
        assert sam.get(f"{reverse('indicator-cases', args=['all_crime'])}?{broken}").status_code == 404


def test_list_behind_a_figure_that_moved_or_whose_rows_are_gone_says_so(force, ada):
    case_files.load(
        force, ada, case_file(case(1, "2020-01"), case(2, "2020-01"), case(3, "2020-02"), case(4, "2020-03"))
    )
    case_files.load(force, ada, case_file(case(1, "2020-01"), case(2, "2020-01"), case(5, "2020-01")))
    CaseMonth.objects.filter(month=date(2020, 2, 1)).update(rows_removed_at=timezone.now())
    sam = browser("Sam", "analyst")
    address = f"{reverse('indicator-cases', args=['robbery'])}?force=smallshire&window=quarter&end=2020-03&version=1"
    shown = text(sam.get(address))
    assert "The figure was counted at data version 1: 4." in shown and "now 5." in shown and "5 cases</h1>" in shown
    assert "No longer held" in shown and "February 2020: 1 case</li>" in shown


def test_caution_stands_with_the_figure_on_the_indicator_page(force, ada):
    case_files.load(force, ada, case_file(case(1, "2020-01"), case(2, "2020-02"), case(3, "2020-03")))
    ben = case_files.analyst("Ben Analyst")
    one = Case.objects.get(month=date(2020, 2, 1))
    overlay.agree(overlay.ask(force, CaseKey.of(one), by=ada, reason="twice"), by=ben)
    sam = browser("Sam", "reviewer")
    shown = sam.get(f"{reverse('indicator', args=['robbery'])}?quarter=2019-20-Q4")
    (quarter,) = [line for line in shown.context["lines"] if line.period == "January to March 2020"]
    assert quarter.figure.current.amount == 2 and quarter.notes == ("1 case is set aside",)
    row = text(shown).split("January to March 2020")[0].rsplit("<tr", 1)[1]
    assert '<span class="app-note">1 case is set aside</span>' in row
    assert "Data version 2, set aside: 1 case of February 2020 is set aside" in text(shown)
    assert "twice" not in text(shown)  # why stays with the case
