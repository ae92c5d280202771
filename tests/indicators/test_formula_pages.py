"""Replacing and removing the formula of a composite; composites of comparators and groups."""

from datetime import date
from decimal import Decimal

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.actions import definitions, formulas, groups, recomputing
from indicators.choices import ImportKind
from indicators.models.aggregate import Aggregate
from indicators.models.area import Area
from indicators.models.formula import Formula
from indicators.models.indicator import Indicator
from indicators.people import Refused
from indicators.periods import Quarter
from indicators.queries import books, versions
from indicators.queries.formulas import formula_in_words
from portal.models.user import User
from tests.indicators import case_files, official_files
from tests.indicators.official_files import workbook
from tests.people import make_user

pytestmark = pytest.mark.django_db

DAY = date(2019, 4, 1)
RATE = case_files.indicator(
    "robbery_share", name="Robbery share", kind="proportion", unit="percent", decimals=1, is_additive=False,
    over_areas="supplied", over_time="supplied",
    formula={"numerator": [{"indicator": "robbery"}], "denominator": [{"indicator": "all_crime"}], "multiplier": "100"},
)  # fmt: skip


@pytest.fixture
def ada(db, force, client):
    person = case_files.analyst()
    client.force_login(User.objects.get(pk=person.id))
    return person


@pytest.fixture
def force(db):
    return case_files.small_force()


@pytest.fixture
def feed(force, ada, tmp_path):
    """Return a mapping by which a release with all crime and robbery was loaded, and a composite of the two."""
    definitions.load({"indicators": [RATE]}, by=ada)
    feed = official_files.feed(force, ada, tmp_path)
    official_files.load(feed, ada, workbook())
    return feed


def shown(force, key: str, at: int | None = None) -> str:
    return books.figure_book(force, Quarter(2019, 1), at).reference(key)


def current() -> set[str]:
    rows = Aggregate.objects.filter(indicator__key="robbery_share", until_version=None)
    return set(rows.values_list("area__slug", flat=True))


def test_a_composite_is_worked_out_for_comparators_and_groups_that_have_its_inputs(force, ada, feed):
    assert shown(force, "robbery_share.dale-police.r12.value") == "10.0%"  # 25 of 250
    assert shown(force, "robbery_share.north-region-region.r12.value") == "10.0%"
    members = [(Area.objects.get(slug=slug), None, None) for slug in ("ash-police", "dale-police")]
    groups.create("Most Similar Group", "", members, by=ada, reason="Published")
    held = books.figure_book(force, Quarter(2019, 1)).figure("robbery_share.most-similar-group.r12").current
    assert held is not None
    assert (held.numerator, held.denominator, held.amount) == (Decimal(35), Decimal(350), Decimal(10))
    assert recomputing.differences(force).values == 0


def test_a_published_value_of_a_comparator_stands_where_it_cannot_be_worked_out(force, ada, feed):
    rows = [("robbery_share", "elm-police", "2019-05-01", "2019-05-31", 7)]
    case_files.load(force, ada, case_files.tidy_file(*rows), ImportKind.OBSERVATIONS)
    assert shown(force, "robbery_share.elm-police.month-2019-05.value") == "7.0%"
    assert shown(force, "robbery_share.elm-police.r12.value") == "10.0%"
    assert recomputing.differences(force).values == 0


def test_a_removed_formula_ends_its_values_and_earlier_versions_keep_them(force, ada, feed):
    indicator = Indicator.objects.get(key="robbery_share")
    before = versions.newest_version(force)
    assert "dale-police" in current()
    formulas.remove(
        indicator, "As published by the office.", DAY, seen=formula_in_words(indicator), by=ada, reason="No longer ours"
    )
    assert current() == set()
    assert shown(force, "robbery_share.dale-police.r12.value", before) == "10.0%"
    (later,) = indicator.definition_versions.all()
    assert (later.definition, later.starts_on, later.reason) == ("As published by the office.", DAY, "No longer ours")
    # What a file says is a value from now on, not a control total.
    rows = [("robbery_share", "smallshire", "2019-05-01", "2019-05-31", 7)]
    case_files.load(force, ada, case_files.tidy_file(*rows), ImportKind.OBSERVATIONS)
    assert shown(force, "robbery_share.month-2019-05.value") == "7.0%"
    assert recomputing.differences(force).values == 0
    with pytest.raises(Refused, match="Somebody else has changed"):
        formulas.remove(indicator, "Other words.", DAY, seen="Robbery ÷ something", by=ada, reason="Again")


def test_values_that_came_from_cases_end_with_the_formula_too(force, ada):
    definitions.load({"indicators": [RATE]}, by=ada)
    months = [f"2018-{month:02}" for month in range(7, 13)] + [f"2019-{month:02}" for month in range(1, 7)]
    lines = [case_files.case(number, month) for number, month in enumerate(months, 1)]
    case_files.load(force, ada, case_files.case_file(*lines))
    assert shown(force, "robbery_share.r12.value") == "100.0%"
    indicator = Indicator.objects.get(key="robbery_share")
    formulas.remove(indicator, "Nothing.", DAY, seen=formula_in_words(indicator), by=ada, reason="Not asked for")
    assert current() == set()
    assert recomputing.differences(force).values == 0


def test_another_formula_moves_what_is_worked_out_from_it_and_writes_nothing_else(force, ada, feed):
    double = {"numerator": [{"indicator": "robbery_share"}], "multiplier": 2}
    both = {**RATE, "key": "double_share", "name": "Double", "formula": double}
    definitions.load({"indicators": [both]}, by=ada)
    assert shown(force, "double_share.dale-police.r12.value") == "20.0%"
    indicator, then = Indicator.objects.get(key="robbery_share"), versions.newest_version(force)
    entry = {"numerator": [{"indicator": "all_crime"}], "denominator": [{"indicator": "robbery"}], "multiplier": 100}
    seen = formula_in_words(indicator)
    with CaptureQueriesContext(connection) as asked:
        formulas.replace(indicator, entry, "All of robbery.", DAY, seen=seen, by=ada, reason="Asked for")
    assert shown(force, "robbery_share.dale-police.r12.value") == "1,000.0%"
    assert shown(force, "double_share.dale-police.r12.value") == "2,000.0%"
    assert versions.newest_version(force) == then + 1
    written = Aggregate.objects.filter(since_version=then + 1).values_list("indicator__key", flat=True)
    assert set(written) == {"robbery_share", "double_share"}
    # What is counted from cases is not counted again for it.
    assert not [one for one in asked if "indicators_casecell" in one["sql"]]
    assert recomputing.differences(force).values == 0


def test_a_term_twice_on_a_side_is_refused_and_nothing_is_lost(force, ada, feed):
    twice = [{"indicator": "robbery"}, {"indicator": "robbery", "is_subtracted": True}, {"indicator": "all_crime"}]
    indicator = Indicator.objects.get(key="robbery_share")
    before = formula_in_words(indicator)
    with pytest.raises(Refused, match="“robbery” stands twice above the line"):
        formulas.replace(indicator, {"numerator": twice}, "Sum.", DAY, seen=before, by=ada, reason="Asked for")
    with pytest.raises(Refused, match="“robbery” stands twice below the line"):
        definitions.load({"indicators": [{**RATE, "formula": {**RATE["formula"], "denominator": twice}}]}, by=ada)
    assert formula_in_words(Indicator.objects.get(key="robbery_share")) == before


def test_the_page_replaces_a_formula_and_asks_for_its_definition_and_reason(force, ada, feed, client):
    at = reverse("formula", args=["robbery_share"])
    assert "Robbery share" in client.get(at).content.decode()
    seen = formula_in_words(Indicator.objects.get(key="robbery_share"))
    fields = {
        "seen": seen, "multiplier": "100", "population": "", "definition": "robbery_share", "starts_on": "2019-04-01",
        "text": "", "terms-TOTAL_FORMS": 2, "terms-INITIAL_FORMS": 2,
        "terms-0-side": "numerator", "terms-0-series": "all_crime",
        "terms-1-side": "denominator", "terms-1-series": "robbery", "intent": "replace",
    }  # fmt: skip
    answer = client.post(at, fields)
    assert answer.status_code == 422 and "Give a reason" in answer.content.decode()
    same = client.post(at, fields | {"text": "Asked for"})
    assert same.status_code == 422 and "already holds on that day" in same.content.decode()
    done = client.post(at, fields | {"text": "Asked for", "definition": "All of robbery."})
    assert done["Location"] == reverse("indicator", args=["robbery_share"])
    assert shown(force, "robbery_share.dale-police.r12.value") == "1,000.0%"  # 250 of 25


def test_the_page_removes_a_formula_and_only_analysts_see_it(force, ada, feed, client):
    at = reverse("formula", args=["robbery_share"])
    seen = formula_in_words(Indicator.objects.get(key="robbery_share"))
    fields = {
        "seen": seen, "multiplier": "100", "population": "", "definition": "As published.", "starts_on": "2019-04-01",
        "text": "Asked for", "terms-TOTAL_FORMS": 0, "terms-INITIAL_FORMS": 0, "intent": "remove",
    }  # fmt: skip
    lost = client.post(at, fields | {"seen": "other", "text": "Nobody asks for it"})
    assert lost.status_code == 409
    for words in ("Somebody else has changed this formula", "Nobody asks for it", "As published."):
        assert words in lost.content.decode(), words
    for changed, words in (
        ({"terms-TOTAL_FORMS": ""}, "did not arrive whole"),
        ({"terms-TOTAL_FORMS": 31}, "Enter 30"),
    ):
        answer = client.post(at, fields | changed)
        assert answer.status_code == 422 and words in answer.content.decode()
    assert Formula.objects.exists()
    assert client.post(at, fields).status_code == 302
    assert not Formula.objects.exists()
    assert "Give it a formula" in client.get(at).content.decode()
    client.force_login(make_user("Rhona Reviewer", "reviewer"))
    assert client.get(at).status_code == 404


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_while_an_import_holds_the_figures_a_formula_and_a_group_say_try_again(ada, force):
    definitions.load({"indicators": [RATE]}, by=ada)
    rows = [("investigations", "division-east", "2019-05-01", "2019-05-31", 7)]
    case_files.load(force, ada, case_files.tidy_file(*rows), ImportKind.OBSERVATIONS)
    indicator, division = Indicator.objects.get(key="robbery_share"), Area.objects.get(slug="division-east")
    seen = formula_in_words(indicator)
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT * FROM indicators_force FOR UPDATE")
        with pytest.raises(Refused, match="Try again in a minute"):
            formulas.remove(indicator, "Nothing.", DAY, seen=seen, by=ada, reason="Not asked for")
        with pytest.raises(Refused, match="Try again in a minute") as refusal:
            groups.create("East", "", [(division, None, None)], by=ada, reason="Map")
        assert refusal.value.verdict.is_conflict
    assert Formula.objects.exists() and not Area.objects.filter(slug="east").exists()
