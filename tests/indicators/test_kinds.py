"""Every kind of measure from a file to its figure: added up, weighted, as supplied, worked out from others."""

import random
from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from indicators.actions import definitions, recomputing
from indicators.choices import ImportKind
from indicators.figures import UnknownFigure
from indicators.models.aggregate import Aggregate
from indicators.models.area import Force
from indicators.models.formula import FormulaTerm
from indicators.models.indicator import Indicator
from indicators.models.population import Population
from indicators.people import Person, Refused
from indicators.periods import Quarter
from indicators.queries import books, versions
from indicators.queries.control_totals import control_totals
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.case_files import HILL, TIDY_HEADER, case, case_file, indicator, small_force
from tests.people import NOBODY_IN_PARTICULAR

pytestmark = pytest.mark.django_db

PLACES = ("hill", "mill", "coast")
QUARTER = ("quarter", "2020-07-01", "2020-09-30")


def measure(key: str, kind: str = "count", unit: str = "count", **more: Any) -> dict[str, Any]:
    """Describe an indicator whose values are used as supplied, unless it says otherwise."""
    rules = {"over_areas": "supplied", "over_time": "supplied"}
    entry = indicator(key, kind=kind, unit=unit, **rules | more)
    del entry["is_additive"]
    return entry


def term(key: str, **more: Any) -> dict[str, Any]:
    """Describe one term of a formula."""
    return {"indicator": key, **more}


ADDED = {"over_areas": "add", "over_time": "add"}
WEIGHTED = {"over_areas": "weighted", "over_time": "weighted"}
PERCENT = {"kind": "service-level", "unit": "percent", "decimals": 1}
PER_HEAD = {
    "numerator": [term("hours"), term("training")],
    "denominator": [term("specials", is_as_at=True)],
    "is_per_month": True,
}
VISIBLE = {
    "numerator": [term("spend", part="visible")],
    "denominator": [term("spend"), term("spend", part="other", is_subtracted=True)],
    "multiplier": "100",
}
RATE = {"numerator": [term("robbery")], "population": "residents", "multiplier": "1000"}
MORE: dict[str, Any] = {
    "breakdowns": [
        {
            "slug": "spend_on",
            "name": "Spent on",
            "is_exclusive": True,
            "values": [{"slug": "visible", "name": "Visible"}, {"slug": "other", "name": "Other"}],
        },
        {
            "slug": "age",
            "name": "Age",
            "is_exclusive": False,
            "values": [{"slug": "young", "name": "Under 25"}, {"slug": "old", "name": "25 and over"}],
        },
    ],
    "indicators": [
        indicator("a"),
        indicator("b"),
        measure("answered", **PERCENT, **WEIGHTED),
        measure("hours", unit="hours", **ADDED),
        measure("training", unit="hours", **ADDED),
        measure("specials"),
        measure("waiting", "median", "minutes", decimals=1),
        measure("asked", "survey", "percent"),
        measure("spend", "money", "million-pounds", decimals=1, breakdown="spend_on"),
        measure("stops", breakdown="age", **ADDED),
        measure("gap", formula={"numerator": [term("a"), term("b", is_subtracted=True)]}),
        measure("both", formula={"numerator": [term("a"), term("b")]}),
        measure("ratio", "proportion", "percent", decimals=1, formula={
            "numerator": [term("gap")], "denominator": [term("both")], "multiplier": "100"}),
        measure("per_head", "per-head", "hours", decimals=1, formula=PER_HEAD),
        measure("visible_share", "proportion", "percent", decimals=1, formula=VISIBLE),
        measure("robbery_rate", "rate", "per-1000", decimals=1, formula=RATE),
        measure("stop_rate", "rate", "per-1000", decimals=1, breakdown="age", formula={
            "numerator": [term("stops")], "population": "residents", "multiplier": 1000, "is_annualised": True}),
    ],
}  # fmt: skip


@pytest.fixture
def force(db) -> Force:
    """Return a small force with indicators of every kind."""
    force = small_force()
    definitions.load(MORE, by=NOBODY_IN_PARTICULAR)
    return force


@pytest.fixture
def supply(force: Force) -> Callable[..., None]:
    """Return a loader of tidy rows."""
    by = somebody()

    def supply(*rows: str) -> None:
        case_files.load(force, by, "\n".join([TIDY_HEADER, *rows, ""]).encode(), ImportKind.OBSERVATIONS)

    return supply


def given(
    key: str, period: tuple[str, str, str], value: object, counts: tuple[object, object] = ("", ""), *,
    area: str = "smallshire", part: str = "", status: str = "", basis: str = "", note: str = "",
) -> str:  # fmt: skip
    """Write one tidy row."""
    window, start, end = period
    above, below = counts
    return f"r,{key},{part},{area},{window},{start},{end},,,{value},{above},{below},{status},{basis},,,supplied,{note}"


def month(year: int, number: int) -> tuple[str, str, str]:
    """Return a month as a tidy row states it."""
    return "month", f"{year}-{number:02d}-01", f"{year}-{number:02d}-{monthrange(year, number)[1]}"


def stored(key: str, window: str, end: str, area: str = "smallshire", part: str | None = None) -> Aggregate:
    """Return the current value of a series."""
    return Aggregate.objects.get(
        indicator__key=key, window=window, end=end, area__slug=area, part__slug=part, until_version__isnull=True
    )


def shown(force: Force, reference: str) -> str:
    """Return what a text would print for a reference in the second quarter of 2020/21."""
    return books.figure_book(force, Quarter(2020, 2), with_districts=True).reference(reference)


def somebody() -> Person:
    """Return an analyst, made once: a data version names who made it."""
    found = User.objects.filter(email="ada@example.test").first()
    return found.person if found else case_files.analyst()


def populations(*entries: tuple[str, int, int, str], part: str = "") -> None:
    """Load residents: (area, mid-year, number, day of release)."""
    rows = [
        {
            "force": "smallshire", "area": area, "kind": "residents", "mid_year": year, "value": number,
            "release": f"estimates of {day}", "released_on": day, "breakdown": "age" if part else "", "part": part,
        }
        for area, year, number, day in entries
    ]  # fmt: skip
    definitions.load({"populations": rows}, by=somebody())


# Over areas and over time.


def test_counts_of_districts_add_up_to_divisions_and_to_the_force(force, supply):
    supply(*(given("a", month(2020, 9), value, area=area) for area, value in zip(PLACES, (3, 5, 11), strict=True)))
    values = {area: stored("a", "month", "2020-09-30", area).value for area in ("division-east", "division-west")}
    assert values == {"division-east": 8, "division-west": 11}
    assert stored("a", "month", "2020-09-30").value == 19
    assert recomputing.differences(force).values == 0


def test_a_district_without_a_value_leaves_the_force_without_and_is_named(force, supply):
    supply(*(given("a", month(2020, 9), value, area=area) for area, value in (("hill", 3), ("coast", 11))))
    east, whole = stored("a", "month", "2020-09-30", "division-east"), stored("a", "month", "2020-09-30")
    assert (east.value, east.status, east.note) == (None, "not-available", "no value of Mill")
    assert whole.value is None and whole.status == "not-available"
    assert stored("a", "month", "2020-09-30", "division-west").value == 11
    assert shown(force, "a.division-east.month.value") == "not available: no value of Mill"


def test_a_supplied_value_of_the_force_is_taken_rather_than_the_sum(supply):
    rows = [given("a", month(2020, 9), value, area=area) for area, value in zip(PLACES, (3, 5, 11), strict=True)]
    supply(*rows, given("a", month(2020, 9), 20))
    assert stored("a", "month", "2020-09-30").value == 20


def test_service_levels_are_weighted_over_months_and_areas_and_never_averaged(force, supply):
    counts = {"hill": ((9, 10), (10, 10), (30, 100)), "mill": ((1, 2), (1, 2), (0, 1)), "coast": ((5, 5),) * 3}
    supply(*(
        given("answered", month(2020, 7 + at), Decimal(above * 100) / below, (above, below), area=area)
        for area, months in counts.items()
        for at, (above, below) in enumerate(months)
    ))  # fmt: skip
    hill = stored("answered", "quarter", "2020-09-30", "hill")
    assert (hill.numerator, hill.denominator) == (49, 120)
    assert abs(hill.value - Decimal(4900) / 120) < Decimal("2e-8")  # 40.8, where the mean of the months is 73.3
    whole = stored("answered", "quarter", "2020-09-30")
    assert (whole.numerator, whole.denominator) == (49 + 2 + 15, 120 + 5 + 15)
    assert shown(force, "answered.quarter.value") == "47.1%"  # 66 of 140
    assert recomputing.differences(force).values == 0


def test_medians_and_surveys_are_used_as_supplied_only_and_say_so(force, supply):
    supply(
        *(given("waiting", month(2020, number), "10.5", area=area) for number in (7, 8, 9) for area in PLACES),
        *(given("asked", month(2020, number), 60, (60, 100)) for number in (7, 8, 9)),
    )
    assert set(Aggregate.objects.values_list("window", flat=True)) == {"month"}
    assert not Aggregate.objects.filter(indicator__key="waiting", area__slug="smallshire").exists()
    with pytest.raises(UnknownFigure, match="waiting is not additive, and its source has supplied nothing"):
        shown(force, "waiting.hill.quarter.value")
    book = books.figure_book(force, Quarter(2020, 2))
    assert "100 people asked" in book.figure("asked.month").notes


@pytest.mark.parametrize(("kind", "over_areas", "over_time"), [
    ("median", "add", "supplied"), ("percentage", "add", "supplied"), ("count", "weighted", "supplied"),
    ("rate", "weighted", "weighted"), ("survey", "supplied", "weighted"), ("mean", "supplied", "add"),
])  # fmt: skip
def test_the_database_refuses_a_rule_that_a_kind_does_not_allow(force, kind, over_areas, over_time):
    with pytest.raises(IntegrityError), transaction.atomic():
        Indicator.objects.filter(key="a").update(kind=kind, over_areas=over_areas, over_time=over_time)


# Composites.


def test_an_average_per_head_is_that_of_the_report(force, supply):
    supply(
        given("hours", QUARTER, 13270),
        given("training", QUARTER, 763),
        given("specials", ("snapshot", "", "2020-09-30"), 190),
    )
    row = stored("per_head", "quarter", "2020-09-30")
    assert (row.numerator, row.denominator) == (14033, 190)
    assert shown(force, "per_head.quarter.value") == "24.6 hours"
    assert recomputing.differences(force).values == 0


def test_a_number_of_people_given_for_the_report_of_the_quarter_is_found(force, supply):
    supply(
        given("hours", QUARTER, 13270),
        given("training", QUARTER, 763),
        "r,specials,,smallshire,not-stated,,,2020-21-Q2,,190,,,,,,2020-11,supplied,",
    )
    assert shown(force, "per_head.quarter.value") == "24.6 hours"


def test_a_share_of_spending_leaves_out_what_its_formula_takes_away(force, supply):
    at = ("snapshot", "", "2020-09-30")
    supply(
        given("spend", at, "155.4"),
        given("spend", at, "54.8", part="visible"),
        given("spend", at, "8.0", part="other"),
    )
    row = stored("visible_share", "snapshot", "2020-09-30")
    assert (row.numerator, row.denominator) == (Decimal("54.8"), Decimal("147.4"))
    assert shown(force, "visible_share.snapshot.value") == "37.2%"


def test_a_missing_input_is_named_and_a_later_file_closes_the_gap(force, supply):
    supply(given("a", month(2020, 9), 8))
    row = stored("ratio", "month", "2020-09-30")
    assert (row.value, row.status) == (None, "not-available")
    assert shown(force, "ratio.month.value") == "not available: gap: no value of b; both: no value of b"
    assert shown(force, "gap.quarter.value") == (
        "not available: a: 2 of 3 months missing (July 2020 and August 2020); no value of b"
    )
    supply(given("b", month(2020, 9), 2))
    assert (stored("gap", "month", "2020-09-30").value, stored("ratio", "month", "2020-09-30").value) == (6, 60)
    assert recomputing.differences(force).values == 0


def test_a_suppressed_or_provisional_input_marks_what_follows_from_it(force, supply):
    supply(
        given("a", month(2020, 8), "", status="suppressed", note="small"),
        given("b", month(2020, 8), 4),
        given("a", month(2020, 9), 5, status="provisional"),
        given("b", month(2020, 9), 4, basis="as-supplied"),
    )
    hidden, early = stored("both", "month", "2020-08-31"), stored("both", "month", "2020-09-30")
    assert (hidden.value, hidden.status) == (None, "suppressed")
    assert (early.value, early.status, early.basis) == (9, "provisional", "as-supplied")


def test_a_change_touches_only_the_composites_that_depend_on_it(force, supply):
    supply(given("a", month(2020, 9), 8), given("b", month(2020, 9), 2), given("hours", month(2020, 9), 1))
    before = dict(Aggregate.objects.values_list("id", "until_version"))
    supply(given("b", month(2020, 9), 3))
    now = Aggregate.objects.filter(until_version__isnull=True)
    written = set(now.filter(since_version=newest(force)).values_list("indicator__key", flat=True))
    assert written == {"b", "gap", "both", "ratio"}
    closed = {pk for pk, until in Aggregate.objects.values_list("id", "until_version") if until and not before[pk]}
    keys = Aggregate.objects.filter(pk__in=closed).values_list("indicator__key", flat=True)
    assert set(keys) == {"b", "gap", "both", "ratio"}
    old = books.figure_book(force, Quarter(2020, 2), newest(force) - 1)
    assert (old.reference("ratio.month.value"), shown(force, "ratio.month.value")) == ("60.0%", "45.5%")  # 5 of 11


def newest(force: Force) -> int:
    """Return the number of the newest data version."""
    return versions.newest_version(force)


def test_reverting_an_import_takes_its_composites_back(force):
    by = somebody()

    def load(value: int):
        rows = [given("a", month(2020, 9), value), given("b", month(2020, 9), 2)]
        return case_files.load(force, by, "\n".join([TIDY_HEADER, *rows, ""]).encode(), ImportKind.OBSERVATIONS)

    load(8)
    wrong = load(80)
    assert stored("gap", "month", "2020-09-30").value == 78
    case_files.revert(wrong, by)
    assert stored("gap", "month", "2020-09-30").value == 6
    assert recomputing.differences(force).values == 0


def test_check_finds_a_composite_that_somebody_changed(force, supply):
    supply(given("a", month(2020, 9), 8), given("b", month(2020, 9), 2))
    Aggregate.objects.filter(pk=stored("ratio", "month", "2020-09-30").pk).update(value=61)
    assert recomputing.differences(force).values == 2  # what is there and what is wanted
    with pytest.raises(CommandError, match="do not follow"):
        call_command("recompute", "--check")


def test_a_published_number_of_a_composite_is_a_control_total(force, supply):
    supply(
        given("hours", QUARTER, 13270),
        given("training", QUARTER, 763),
        given("specials", ("snapshot", "", "2020-09-30"), 190),
        given("per_head", QUARTER, "24.6"),
    )
    (total,) = control_totals(force, key="per_head")
    assert total.agrees and total.published == Decimal("24.6")
    supply(given("per_head", QUARTER, "24.7"))
    (total,) = control_totals(force, key="per_head")
    assert not total.agrees
    assert shown(force, "per_head.quarter.value") == "24.6 hours"
    supply(given("per_head", QUARTER, "25"))  # kept without its zero, and printed with one decimal: 25.0 is not 24.6
    (total,) = control_totals(force, key="per_head")
    assert not total.agrees


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_supplied_composites_are_what_fractions_give(force, supply, seed):
    chance = random.Random(f"composites {seed}")
    held: dict[tuple[str, str, date], int] = {}
    months = [date(2020, number, 1) for number in range(1, 10)]
    for _ in range(3):
        new = {
            (key, area, chosen): chance.randint(0, 40)
            for key in ("a", "b")
            for area in PLACES
            for chosen in chance.sample(months, 5)
        }
        held |= new
        rows = [given(key, month(day.year, day.month), value, area=area) for (key, area, day), value in new.items()]
        chance.shuffle(rows)  # permuted, and split over two files
        supply(*rows[: len(rows) // 2])
        supply(*rows[len(rows) // 2 :])
        assert recomputing.differences(force).values == 0
    for area, within in (("hill", ["hill"]), ("division-east", ["hill", "mill"]), ("smallshire", list(PLACES))):
        for last in months[2:]:
            span = [date(2020, number, 1) for number in range(last.month - 2, last.month + 1)]
            sums = [total_of(held, key, within, span) for key in ("a", "b")]
            end = f"{last:%Y-%m}-{monthrange(last.year, last.month)[1]}"
            found = {key: stored_or_none(key, end, area) for key in ("gap", "both", "ratio")}
            if None in sums:
                assert set(found.values()) == {None}
                continue
            a, b = sums
            assert (found["gap"], found["both"]) == (a - b, a + b)
            if a + b == 0:
                assert found["ratio"] is None
            else:
                assert abs(Fraction(found["ratio"]) - Fraction(100 * (a - b), a + b)) < Fraction(1, 10**7)


def total_of(held: dict[tuple[str, str, date], int], key: str, areas: Iterable[str], span: list[date]) -> int | None:
    """Add up what is held; None where anything is missing."""
    values = [held.get((key, area, day)) for area in areas for day in span]
    return None if None in values else sum(value for value in values if value is not None)


def stored_or_none(key: str, end: str, area: str) -> Decimal | None:
    """Return the value of a quarter; None where there is none, or no row."""
    rows = Aggregate.objects.filter(indicator__key=key, window="quarter", end=end, area__slug=area)
    row = rows.filter(until_version__isnull=True).first()
    return row.value if row else None


# Rates.


def load_robberies(force: Force, count: int) -> None:
    """Load robberies of September 2020 in Hill."""
    lines = [case(number, "2020-09", area=HILL) for number in range(count)]
    case_files.load(force, somebody(), case_file(*lines))


def test_a_rate_follows_from_cases_and_says_which_estimate_it_used(force):
    populations(("hill", 2019, 12_000, "2020-06-24"), ("smallshire", 2019, 60_000, "2020-06-24"))
    load_robberies(force, 30)
    row = stored("robbery_rate", "month", "2020-09-30", "hill")
    assert (row.value, row.numerator, row.denominator) == (Decimal("2.5"), 30, 12_000)
    assert row.caution == "residents at mid-2019: estimates of 2020-06-24; not annualised"
    assert shown(force, "robbery_rate.month.value") == "0.5 per 1,000"
    mill = stored("robbery_rate", "month", "2020-09-30", "mill")
    assert (mill.value, mill.note) == (None, "no estimate of the residents of Mill")
    assert recomputing.differences(force).values == 0


def test_the_newest_release_of_the_newest_year_reached_is_used_and_earlier_versions_stay(force):
    populations(("hill", 2019, 12_000, "2020-06-24"))
    load_robberies(force, 30)
    before = newest(force)
    populations(("hill", 2019, 10_000, "2021-06-25"), ("hill", 2021, 1, "2022-06-25"))
    assert newest(force) == before + 1
    row = stored("robbery_rate", "month", "2020-09-30", "hill")
    assert (row.value, row.denominator) == (3, 10_000)
    old = books.figure_book(force, Quarter(2020, 2), before, with_districts=True)
    assert old.reference("robbery_rate.hill.month.value") == "2.5 per 1,000"
    assert "estimates of 2020-06-24" in old.figure("robbery_rate.hill.month").notes[0]


def test_a_release_stays_as_it_was_written(force):
    populations(("hill", 2019, 12_000, "2020-06-24"))
    populations(("hill", 2019, 12_000, "2020-06-24"))
    assert Population.objects.count() == 1
    with pytest.raises(Refused, match="as another release"):
        populations(("hill", 2019, 13_000, "2020-06-24"))


def test_a_rate_by_breakdown_uses_the_population_of_each_part(force, supply):
    populations(("smallshire", 2019, 60_000, "2020-06-24"))
    populations(("smallshire", 2019, 20_000, "2020-06-24"), part="young")
    supply(*(given("stops", QUARTER, value, part=part) for part, value in (("", 90), ("young", 60), ("old", 30))))
    # 90 × 4 ÷ 60, and 60 × 4 ÷ 20; annualised, as the formula says
    assert shown(force, "stop_rate.quarter.value") == "6.0 per 1,000"
    assert shown(force, "stop_rate.young.quarter.value") == "12.0 per 1,000"
    assert "no estimate of the residents (25 and over) of Smallshire" in shown(force, "stop_rate.old.quarter.value")
    assert "annualised" in stored("stop_rate", "quarter", "2020-09-30").caution


# Definitions.


def test_a_formula_in_a_document_that_makes_no_sense_is_refused_and_nothing_changes(force):
    before = list(FormulaTerm.objects.order_by("id").values())
    wrong = measure("gap", formula={"numerator": [term("ratio")]})
    with pytest.raises(Refused, match="in a circle"):
        definitions.load({"indicators": [wrong]}, by=NOBODY_IN_PARTICULAR)
    assert list(FormulaTerm.objects.order_by("id").values()) == before


def test_a_changed_formula_moves_its_figures_under_a_new_version(force, supply):
    supply(given("a", month(2020, 9), 8), given("b", month(2020, 9), 2))
    before = newest(force)
    other = measure("gap", formula={"numerator": [term("a")], "multiplier": 3})
    definitions.load({"indicators": [other]}, by=somebody())
    assert newest(force) == before + 1
    assert stored("gap", "month", "2020-09-30").value == 24
    assert FormulaTerm.objects.filter(formula__indicator__key="gap").count() == 1
    definitions.load({"indicators": [other]}, by=NOBODY_IN_PARTICULAR)
    assert newest(force) == before + 1  # the same again is nothing new


# Installations that hold older sheets.


def rules_of(model: Any) -> dict[str, tuple[str, str]]:
    """Return the rules over areas and time of three indicators, as their sheets or the end of their history say."""
    rows = model.objects.filter(key__in=["a", "answered", "waiting"]).order_by("key", "pk")
    return {row.key: (row.over_areas, row.over_time) for row in rows}


def test_older_sheets_and_their_history_are_carried_over(force):
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    kinds = next(key for key in graph.nodes if key[0] == "indicators" and key[1].endswith("_kinds"))
    earlier = [parent.key for parent in graph.node_map[kinds].parents if parent.key[0] == "indicators"]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    executor.migrate(earlier)
    old = executor.loader.project_state(earlier).apps.get_model("indicators", "Indicator")
    chosen = old.objects.filter(key__in=["a", "waiting"])
    assert dict(chosen.values_list("key", "is_additive")) == {"a": True, "waiting": False}
    old.objects.filter(key="answered").update(kind="percentage")
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    expected = {"a": ("add", "add"), "answered": ("weighted", "weighted"), "waiting": ("supplied", "supplied")}
    assert rules_of(Indicator) == expected
    assert rules_of(Indicator.pgh_event_model) == expected
    with pytest.raises(DatabaseError), transaction.atomic():
        Indicator.pgh_event_model.objects.update(name="x")
