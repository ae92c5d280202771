"""Groups that people keep: values from their members, members by day, versions, and comparing like for like."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from indicators.actions import aggregates, definitions, groups
from indicators.choices import AreaKind, ImportKind
from indicators.models.aggregate import Aggregate
from indicators.models.area import Area
from indicators.models.data_version import DataVersion
from indicators.models.feed import OfficialFeed
from indicators.models.group import ComparatorGroup, GroupMember, GroupVersion
from indicators.people import Refused
from indicators.periods import Quarter
from indicators.queries import books, comparators, versions
from indicators.queries.reconciling import findings
from indicators.queries.shipping import document
from tests.indicators import case_files, official_files
from tests.indicators.case_files import small_force, tidy_file
from tests.indicators.official_files import SEPTEMBER, workbook
from tests.indicators.test_official import EARLIER
from tests.people import NOBODY_IN_PARTICULAR

pytestmark = pytest.mark.django_db

QUARTER = Quarter(2019, 2)
# The year before, when Birch sent nothing and Dale 200.
BEFORE = {**EARLIER, "Dale": (200, 20, 2)}


@pytest.fixture
def force(db):
    return small_force()


@pytest.fixture
def ada(force):
    return case_files.analyst()


@pytest.fixture
def feed(force, ada, tmp_path) -> OfficialFeed:
    """Return a mapping by which two years were loaded; Smallshire is this force there."""
    feed = official_files.feed(force, ada, tmp_path)
    official_files.load(feed, ada, workbook(BEFORE, "September 2018"))
    official_files.load(feed, ada, workbook(SEPTEMBER, "September 2019"))
    return feed


def area(slug: str) -> Area:
    return Area.objects.get(slug=slug)


def members(*slugs: str, **days: tuple[date | None, date | None]) -> list[groups.Member]:
    """Return members without days, and those with days by the first word of their slug."""
    plain = [(area(slug), None, None) for slug in slugs]
    return [*plain, *((area(f"{name}-police"), *pair) for name, pair in days.items())]


def kept(ada, *slugs: str, name: str = "Most Similar Group", **days) -> ComparatorGroup:
    return groups.create(name, "Named by the inspectorate.", members(*slugs, **days), by=ada, reason="As published")


def figure(force, key: str):
    return books.figure_book(force, QUARTER).figure(key)


def test_a_group_is_the_sum_of_its_members_and_compared_with_a_year_before(force, ada, feed):
    kept(ada, "ash-police", "smallshire-police", "dale-police")
    found = figure(force, "all_crime.most-similar-group.r12")
    # 110 + 220 + 280, before 100 + 200 + 200.
    assert (found.aspect("value"), found.aspect("previous"), found.aspect("change")) == ("610", "500", "+22% (+110)")
    assert aggregates.differences(force) == 0


def test_a_group_without_the_value_of_a_member_has_none_and_names_it(force, ada, feed):
    kept(ada, "ash-police", "birch-police")
    assert figure(force, "all_crime.most-similar-group.r12").aspect("value") == "not available: no value of Birch"
    assert figure(force, "all_crime.most-similar-group.r12-2018-09").aspect("value") == "350"


def test_what_does_not_add_up_says_so(force, ada, feed):
    given = {**case_files.DEFINITIONS["indicators"][4], "kind": "median", "is_additive": False}
    definitions.load({"indicators": [given]}, by=ada)
    rows = [("investigations", slug, "2019-09-01", "2019-09-30", 5) for slug in ("ash-police", "dale-police")]
    case_files.load(force, ada, tidy_file(*rows), ImportKind.OBSERVATIONS)
    kept(ada, "ash-police", "dale-police")
    assert figure(force, "investigations.most-similar-group.month-2019-09").aspect("value").startswith(
        "not available: not additive"
    )  # fmt: skip


def test_a_share_is_weighted_by_its_denominators(force, ada, feed):
    share = {**case_files.indicator("calls"), "kind": "service-level", "unit": "percent", "is_additive": False}
    definitions.load({"indicators": [share]}, by=ada)
    header = case_files.TIDY_HEADER
    lines = [
        f"{slug},calls,,{slug},month,2019-09-01,2019-09-30,,,{value},{above},{below},,,,,supplied,"
        for slug, value, above, below in (("ash-police", 50, 1, 2), ("dale-police", 75, 6, 8))
    ]
    case_files.load(force, ada, "\n".join([header, *lines, ""]).encode(), ImportKind.OBSERVATIONS)
    kept(ada, "ash-police", "dale-police")
    held = figure(force, "calls.most-similar-group.month-2019-09").current
    assert held is not None
    assert (held.amount, held.numerator, held.denominator) == (Decimal(70), Decimal(7), Decimal(10))


def test_members_of_a_period_are_those_on_its_last_day_and_compared_like_for_like(force, ada, feed):
    kept(ada, "ash-police", "smallshire-police", dale=(date(2019, 4, 1), None))
    found = figure(force, "all_crime.most-similar-group.r12")
    # Now with Dale 610, before without it 300; of the two in both 330 against 300.
    assert (found.aspect("value"), found.aspect("previous"), found.aspect("change")) == ("610", "300", "+10% (+30)")
    assert found.change.reason == "like for like, 2 members in both: Dale is counted now and was not before"


def test_a_change_makes_a_version_and_leaves_what_was_known(force, ada, feed):
    group = kept(ada, "ash-police", "smallshire-police")
    then = versions.newest_version(force)
    chosen = members("ash-police", "dale-police")
    groups.save(group, group.note, chosen, version=1, by=ada, reason="Smallshire left it")
    assert group.version == 2
    now = books.figure_book(force, QUARTER)
    before = books.figure_book(force, QUARTER, then)
    key = "all_crime.most-similar-group.r12"
    assert (now.figure(key).aspect("value"), before.figure(key).aspect("value")) == ("390", "330")
    assert now.memberships["all_crime", "most-similar-group"][date(2019, 9, 30)].counted == {
        "ash-police", "dale-police"
    }  # fmt: skip
    assert "smallshire-police" in before.memberships["all_crime", "most-similar-group"][date(2019, 9, 30)].counted
    assert [(one.number, words) for one, words in comparators.history(group)] == [
        (2, "added: Dale; taken out: Smallshire"), (1, "the first list"),
    ]  # fmt: skip
    assert DataVersion.objects.latest("pk").reason == "Members of Most Similar Group: Smallshire left it"
    assert aggregates.differences(force) == 0


def test_an_earlier_list_cannot_be_rewritten(force, ada, feed):
    kept(ada, "ash-police")
    for rows, value in ((GroupVersion, {"reason": "x"}), (GroupMember, {"ends_on": date(2020, 1, 1)})):
        with pytest.raises(ProgrammingError), transaction.atomic():
            rows.objects.update(**value)


def test_the_same_list_again_is_no_version(force, ada, feed):
    group = kept(ada, "ash-police", "dale-police")
    version = versions.newest_version(force)
    groups.save(group, "Other words.", members("dale-police", "ash-police"), version=1, by=ada, reason="words")
    group.refresh_from_db()
    assert (group.version, group.note, versions.newest_version(force)) == (1, "Other words.", version)


def test_the_same_list_of_a_member_twice_is_no_version(force, ada, feed):
    first, last = (None, date(2018, 3, 31)), (date(2019, 4, 1), None)
    rows = [(area("ash-police"), *days) for days in (last, first)]
    group = groups.create("Twice", "", rows, by=ada, reason="Left and came back")
    version = versions.newest_version(force)
    groups.save(group, "", list(reversed(rows)), version=1, by=ada, reason="Again")
    group.refresh_from_db()
    assert (group.version, versions.newest_version(force)) == (1, version)


def test_many_groups_of_a_document_come_under_one_data_version(force, ada, feed):
    version = versions.newest_version(force)
    entries = [
        {"slug": f"group-{at}", "name": f"Group {at}", "members": [{"area": "ash-police"}, {"area": slug}]}
        for at, slug in enumerate(("dale-police", "birch-police", "elm-police"))
    ]
    groups.load(entries, by=ada)
    assert versions.newest_version(force) == version + 1
    assert figure(force, "all_crime.group-0.r12").aspect("value") == "390"  # 110 + 280
    entries[0]["members"][1]["area"] = "smallshire-police"
    definitions.load({"groups": entries}, by=ada)
    assert versions.newest_version(force) == version + 2
    assert figure(force, "all_crime.group-0.r12").aspect("value") == "330"
    assert aggregates.differences(force) == 0


def test_groups_and_what_else_moves_figures_come_under_one_data_version(force, ada, feed):
    version = versions.newest_version(force)
    entry = {"slug": "pair", "name": "Pair", "members": [{"area": "ash-police"}, {"area": "dale-police"}]}
    mean = {**case_files.DEFINITIONS["indicators"][4], "kind": "median", "is_additive": False}
    definitions.load({"groups": [entry], "indicators": [mean]}, by=ada)
    assert versions.newest_version(force) == version + 1
    assert figure(force, "all_crime.pair.r12").aspect("value") == "390"
    assert aggregates.differences(force) == 0


def test_a_change_of_one_group_writes_nothing_of_another(force, ada, feed):
    kept(ada, "ash-police", "dale-police")
    other = kept(ada, "ash-police", "smallshire-police", name="Other")
    then = versions.newest_version(force)
    groups.save(other, "", members("ash-police", "elm-police"), version=1, by=ada, reason="Left")
    written = Aggregate.objects.filter(since_version__gt=then)
    assert set(written.values_list("area__slug", flat=True)) == {"other"}
    assert aggregates.differences(force) == 0


def test_the_list_in_force_is_used_from_the_first_day_by_months_that_come_later(force, ada):
    rows = [(area(f"division-{name}"), None, None) for name in ("east", "west")]
    groups.create("Two divisions", "", rows, by=ada, reason="Map")
    case_files.load(force, ada, case_files.case_file(case_files.case(1, "2018-01")))
    case_files.load(force, ada, case_files.case_file(case_files.case(2, "2019-09"), case_files.case(3, "2019-09")))
    for month, value in (("2018-01", "1"), ("2019-09", "2")):
        assert figure(force, f"all_crime.two-divisions.month-{month}").aspect("value") == value
    assert aggregates.differences(force) == 0


def test_a_later_release_moves_the_group_with_it_and_taking_it_back_too(force, ada, feed):
    kept(ada, "ash-police", "dale-police")
    later = official_files.load(feed, ada, workbook({**SEPTEMBER, "Dale": (300, 30, 2)}, "September 2019"))
    assert figure(force, "all_crime.most-similar-group.r12").aspect("value") == "410"
    case_files.revert(later, ada)
    assert figure(force, "all_crime.most-similar-group.r12").aspect("value") == "390"
    assert aggregates.differences(force) == 0


def test_divisions_make_a_group_that_is_counted_from_cases(force, ada):
    months = [f"{year}-{month:02}" for year, first in ((2018, 10), (2019, 1)) for month in range(first, 13)][:12]
    lines = [case_files.case(number, month) for number, month in enumerate(months, 1)]
    case_files.load(force, ada, case_files.case_file(*lines, case_files.case(99, "2019-09", area="E01002000")))
    group = groups.create(
        "Two divisions", "", [(area(f"division-{name}"), None, None) for name in ("east", "west")], by=ada, reason="Map"
    )
    assert figure(force, "all_crime.two-divisions.r12").aspect("value") == "13"
    book = books.figure_book(force, QUARTER, with_districts=True)
    shown = next(one for one in comparators.of_group(force, book, group) if one.figure.series.indicator == "all_crime")
    assert comparators.within(book, shown) == [("East", "12", "1st highest of 2"), ("West", "1", "2nd highest of 2")]
    assert aggregates.differences(force) == 0


def test_divisions_that_joined_are_compared_like_for_like_wherever_the_figure_stands(force, ada):
    lines = [case_files.case(number, f"{2017 + number // 12}-{number % 12 + 1:02}") for number in range(21, 45)]
    case_files.load(force, ada, case_files.case_file(*lines, case_files.case(99, "2020-09", area="E01002000")))
    rows = [(area("division-east"), None, None), (area("division-west"), date(2020, 9, 1), None)]
    groups.create("Two divisions", "", rows, by=ada, reason="Map")
    # Its months are of other members than its year: they need not add up.
    assert not findings(force, Quarter(2020, 2)).differences
    for with_districts in (False, True):
        book = books.figure_book(force, Quarter(2020, 2), with_districts=with_districts)
        found = book.figure("all_crime.two-divisions.r12")
        assert found.change.reason == "like for like, 1 member in both: West is counted now and was not before"


def test_the_place_of_the_force_among_the_members(force, ada, feed):
    kept(ada, "ash-police", "smallshire-police", "dale-police")
    book = books.figure_book(force, QUARTER, keys=["all_crime"])
    nearest = comparators.beside(force, book, "all_crime")
    found = next(one for one in nearest if one.name == "Most Similar Group")
    assert (found.members, found.rank, found.value) == ("3 members", "2nd highest of 3", "610")


def test_a_group_shows_the_force_to_its_own_end_and_to_the_quarters(force, ada, tmp_path):
    feed = official_files.feed(force, ada, tmp_path)
    official_files.load(feed, ada, workbook())  # to June 2019
    months = [f"2018-{month:02}" for month in range(7, 13)] + [f"2019-{month:02}" for month in range(1, 10)]
    lines = [case_files.case(number, month) for number, month in enumerate(months, 1)]
    case_files.load(force, ada, case_files.case_file(*lines))
    kept(ada, "ash-police", "smallshire-police")
    book = books.figure_book(force, QUARTER, keys=["all_crime"])
    found = next(one for one in comparators.beside(force, book, "all_crime") if one.name == "Most Similar Group")
    assert found.figure.period.end == date(2019, 6, 30)
    assert (found.own_value, found.later_value) == ("12", "12")
    assert found.later is not None and found.later.period.end == date(2019, 9, 30)


def test_a_list_that_makes_no_sense_is_refused_with_everything_that_is_wrong(force, ada, feed):
    with pytest.raises(Refused, match="at least one member"):
        kept(ada)
    first = date(2019, 1, 1)
    with pytest.raises(Refused) as refused:
        kept(ada, "ash-police", "division-east", ash=(first, None), dale=(first, date(2018, 1, 1)))
    for words in ("Ash stands twice for the same days", "Dale: the last day is before", "lie in each other"):
        assert words in str(refused.value), words
    with pytest.raises(Refused, match="reason"):
        groups.create("G", "", members("ash-police"), by=ada, reason=" ")
    assert not ComparatorGroup.objects.exists()


def test_two_people_change_a_group_the_second_is_refused(force, ada, feed):
    group = kept(ada, "ash-police")
    groups.save(group, "", members("dale-police"), version=1, by=ada, reason="one")
    with pytest.raises(Refused, match="Somebody else"):
        groups.save(group, "", members("ash-police", "dale-police"), version=1, by=ada, reason="two")


def test_only_analysts_keep_groups(force, ada, feed):
    from tests.people import make_user

    with pytest.raises(Refused, match="Only an analyst"):
        kept(make_user("Rhona Reviewer", "reviewer").person, "ash-police")


def test_a_file_cannot_say_what_a_group_is(force, ada, feed):
    kept(ada, "ash-police", "dale-police")
    content = tidy_file(("investigations", "most-similar-group", "2019-09-01", "2019-09-30", 5))
    sent = case_files.send(force, ada, content, ImportKind.OBSERVATIONS)
    assert sent.state == "refused"


def test_groups_go_out_with_the_definitions_and_come_back_in(force, ada, feed):
    kept(ada, "ash-police", dale=(date(2019, 4, 1), date(2020, 3, 31)))
    shipped = document()
    (entry,) = shipped["groups"]
    assert entry["members"][1] == {
        "area": "dale-police", "force": None, "from": "2019-04-01", "until": "2020-03-31"
    }  # fmt: skip
    version = versions.newest_version(force)
    groups.load(shipped["groups"], by=ada)
    assert (ComparatorGroup.objects.get().version, versions.newest_version(force)) == (1, version)
    assert "most-similar-group" not in {one["slug"] for one in shipped["areas"]}
    missing = {**entry, "slug": "other", "name": "Other", "members": [{"area": "nowhere"}]}
    with pytest.raises(Refused, match="the member “nowhere”, and there is no such area"):
        groups.load([missing], by=ada)


def test_a_group_that_was_there_before_any_figure_is_used_from_the_first(force, ada, tmp_path):
    feed = official_files.feed(force, ada, tmp_path)
    kept(ada, "ash-police", "dale-police")
    assert not Aggregate.objects.exists()
    official_files.load(feed, ada, workbook())
    assert figure(force, "all_crime.most-similar-group.r12-2019-06").aspect("value") == "350"
    assert Area.objects.get(slug="most-similar-group").kind == AreaKind.COMPARATOR
    assert NOBODY_IN_PARTICULAR.id == 0


def test_a_book_costs_seventeen_queries_and_two_more_where_places_of_a_group_change(force, ada, feed):
    rows = [(area("division-east"), None, None), (area("division-west"), date(2020, 9, 1), None)]
    counts = []
    for name in ("", "Two divisions"):
        if name:
            groups.create(name, "", rows, by=ada, reason="Map")
        with CaptureQueriesContext(connection) as asked:
            books.figure_book(force, QUARTER)
        counts.append(len(asked))
    assert counts == [17, 19]
