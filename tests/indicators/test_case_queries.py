"""Cases found: every filter against a plain one, pages without gaps, counts from cells, and what the database reads."""

import json
import random
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from indicators.actions import overlay
from indicators.models.area import Area, Force
from indicators.models.case import Case, CaseMonth
from indicators.models.category import Category, Flag
from indicators.models.data_import import DataImport
from indicators.queries import cases
from indicators.queries.cases import CaseKey, Wanted, page, tally
from tests.indicators import case_files
from tests.indicators.case_files import ASB, CODES, ELSEWHERE, case, case_file, reference, small_force
from tests.indicators.test_aggregates import areas_of

pytestmark = pytest.mark.django_db

MONTHS = ["2020-01", "2020-02", "2020-04", "2020-05"]
KINDS = [("Robbery", "", ""), ("Robbery", "Personal robbery", "COVID-19"), ("Drugs", "", "At night"), (ASB, "", "")]
Line = tuple[int | None, str, str, str, str, str]  # number, month, crime type, offence, flags, area


@pytest.fixture
def force(db) -> Force:
    """Return a small force."""
    return small_force()


@pytest.fixture
def lines(force) -> list[Line]:
    """Return cases of four months that were loaded, two months each by their own import."""
    chance = random.Random("cases found")
    codes = [*CODES["Hill"], *CODES["Mill"], CODES["Coast"][0], ELSEWHERE, ""]
    made: list[Line] = []
    for month in MONTHS:
        for number in range(40):
            kind, offence, flags = chance.choice(KINDS)
            name = None if kind == ASB else number % 35  # some references are repeated
            made.append((name, month, kind, offence, flags, chance.choice(codes)))
    by = case_files.analyst()
    for months in (MONTHS[:2], MONTHS[2:]):
        case_files.load(force, by, as_file(line for line in made if line[1] in months))
    return made


def as_file(lines) -> bytes:
    """Write lines as a case file."""
    return case_file(
        *(case(number, month, kind, area, "", offence, flags) for number, month, kind, offence, flags, area in lines)
    )


def all_pages(force: Force, wanted: Wanted, limit: int) -> list[Case]:
    """Follow the pages to the end."""
    found: list[Case] = []
    after = None
    while True:
        shown = page(force, wanted, tally(force, wanted), after, limit)
        assert len(shown.cases) <= limit
        found += shown.cases
        if not shown.after:
            return found
        assert len(shown.cases) == limit
        after = CaseKey.parse(shown.after)
        assert after is not None


def kinds(*names: str) -> frozenset[int]:
    """Return the categories of some crime types."""
    return frozenset(Category.objects.filter(crime_type__in=names).values_list("pk", flat=True))


def flag(name: str) -> frozenset[int]:
    """Return a flag as a set."""
    return frozenset({Flag.objects.get(name=name).pk})


def in_area(slug: str) -> dict[str, Area]:
    """Return the filter of an area."""
    return {"area": Area.objects.get(slug=slug)}


HILL = CODES["Hill"][0]
SEARCHES: dict[str, tuple[Callable[[], dict[str, object]], Callable[[Line], bool], bool]] = {
    "everything": (dict, lambda line: True, True),
    "force": (lambda: in_area("smallshire"), lambda line: True, True),
    "reference": (lambda: {"reference": reference(3)}, lambda line: line[0] == 3, False),
    "months": (
        lambda: {"months": frozenset({date(2020, 2, 1), date(2020, 4, 1)})},
        lambda line: line[1] in {"2020-02", "2020-04"},
        True,
    ),
    "division": (lambda: in_area("division-east"), lambda line: "division-east" in areas_of(line[5]), True),
    "district": (lambda: in_area("hill"), lambda line: "hill" in areas_of(line[5]), True),
    "small area": (lambda: {"area": Area.objects.get(code=HILL)}, lambda line: line[5] == HILL, False),
    "outside": (lambda: in_area("outside-force"), lambda line: line[5] == ELSEWHERE, True),
    "unlocated": (lambda: in_area("no-location"), lambda line: line[5] == "", True),
    "crime type": (lambda: {"categories": kinds("Robbery")}, lambda line: line[2] == "Robbery", True),
    "offence": (
        lambda: {
            "categories": frozenset(Category.objects.filter(offence="Personal robbery").values_list("pk", flat=True))
        },
        lambda line: line[3] == "Personal robbery",
        True,
    ),
    "flag": (lambda: {"flags": (flag("COVID-19"),)}, lambda line: line[4] == "COVID-19", True),
    "import": (
        lambda: {"data_import": DataImport.objects.earliest("id")},
        lambda line: line[1] in {"2020-01", "2020-02"},
        False,
    ),
    "several": (
        lambda: {"categories": kinds("Robbery", "Drugs"), "flags": (flag("At night"),), **in_area("mill")},
        lambda line: line[4] == "At night" and "mill" in areas_of(line[5]),
        True,
    ),
    "nothing": (lambda: {"categories": kinds("Burglary")}, lambda line: False, True),
}


def numbered(number: int | None) -> str:
    """Return the reference of a line."""
    return "" if number is None else reference(number)


@pytest.mark.parametrize("name", SEARCHES)
def test_find_every_case_of_a_search_once_in_order(force, lines, name):
    make, belongs, is_exact = SEARCHES[name]
    wanted = Wanted(**make())
    expected = sorted((numbered(line[0]), line[1], line[5]) for line in lines if belongs(line))
    counted = tally(force, wanted)
    assert counted.is_exact is is_exact
    if is_exact:
        assert counted.total == len(expected)
    for limit in (1, 7, 1000):
        found = all_pages(force, wanted, limit)
        assert sorted((one.reference, f"{one.month:%Y-%m}", one.small_area_code) for one in found) == expected
        order = [(-one.month.toordinal(), one.key.bytes, one.ordinal) for one in found]
        assert order == sorted(order)


def test_find_marked_set_aside_and_counted_cases(force, lines):
    ada, ben = case_files.analyst("Cy Analyst"), case_files.analyst("Ben Analyst")
    named = list(Case.objects.exclude(reference="").order_by("month", "key", "ordinal")[:30:10])
    for one in named[:2]:
        overlay.mark(force, CaseKey.of(one), by=ada, reason="look")
    for one in named[1:]:
        overlay.agree(overlay.ask(force, CaseKey.of(one), by=ada, reason="twice"), by=ben)
    everything = {CaseKey.of(one) for one in Case.objects.all()}
    aside = {CaseKey.of(one) for one in named[1:]}
    for wanted, expected in (
        (Wanted(is_marked=True), {CaseKey.of(one) for one in named[:2]}),
        (Wanted(is_set_aside=True), aside),
        (Wanted(is_set_aside=False), everything - aside),
    ):
        assert {CaseKey.of(one) for one in all_pages(force, wanted, 9)} == expected
    assert tally(force, Wanted(is_set_aside=True)).total == 2
    assert tally(force, Wanted(is_set_aside=False)).total == len(lines) - 2
    assert tally(force, Wanted()).total == len(lines)
    marked, out = cases.overlaid(force, named)
    assert (marked, out) == ({CaseKey.of(one) for one in named[:2]}, aside)


def test_find_nothing_of_months_whose_rows_were_removed_but_their_count(force, lines):
    CaseMonth.objects.filter(month=date(2020, 1, 1)).update(rows_removed_at=timezone.now())
    counted = tally(force, Wanted())
    assert counted.gone == {date(2020, 1, 1): 40} and counted.total == 160 and counted.rows == 120
    assert len(all_pages(force, Wanted(), 50)) == 120


def test_find_where_a_reference_stood_before(force, lines):
    by = case_files.analyst("Cy Analyst")
    number = next(line[0] for line in lines if line[1] == "2020-01" and line[0] is not None)
    assert cases.earlier_places(force, reference(number)) == []
    case_files.load(force, by, case_file(case(99, "2020-01")))
    assert {at.month for at in cases.earlier_places(force, reference(number))} == {date(2020, 1, 1)}


@pytest.mark.parametrize(
    "cursor", ["", "x", "--", "202001-zz-0", "202013-00000000000000000000000000000000-0", "2020-1-2-3", "202001-0-0"]
)
def test_read_a_broken_cursor_as_none(cursor):
    assert CaseKey.parse(cursor) is None


def plan_of(sql: str) -> list[dict[str, object]]:
    """Return the nodes of a statement's plan."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        (plan,) = cursor.fetchone()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    nodes, waiting = [], [plan[0]["Plan"]]
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        waiting += node.get("Plans", [])
    return nodes


@pytest.mark.parametrize("name", ["everything", "reference", "crime type"])
def test_read_a_page_by_keys_and_no_month_that_it_does_not_need(force, name):
    # Without repeats: what the loading transaction ranks it cannot yet look up by key, and a test is one transaction.
    lines = [case(at * 100 + number, month) for at, month in enumerate(MONTHS) for number in range(40)]
    case_files.load(force, case_files.analyst(), case_file(*lines))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # four dozen rows are quicker read whole; millions are not
    wanted = Wanted(**SEARCHES[name][0]())
    counted = tally(force, wanted)
    with CaptureQueriesContext(connection) as asked:
        page(force, wanted, counted, limit=5)
    (statement,) = [query["sql"] for query in asked if 'FROM "indicators_case"' in query["sql"]]
    nodes = [node for node in plan_of(statement) if "Relation Name" in node]
    read = [(node["Node Type"], str(node["Relation Name"])[-6:]) for node in nodes]
    months = ["202005"] if name != "reference" else [month.replace("-", "") for month in reversed(MONTHS)]
    assert sorted(read, reverse=True) == [("Index Scan", month) for month in months]
    assert all("key" in str(node["Index Cond"]) for node in nodes if name == "reference")


def test_find_costs_the_same_queries_for_one_and_for_many(force, lines):
    costs = []
    for limit in (1, 30):
        with CaptureQueriesContext(connection) as asked:
            page(force, Wanted(), tally(force, Wanted()), limit=limit)
        costs.append(len(asked))
    assert costs[0] == costs[1]
