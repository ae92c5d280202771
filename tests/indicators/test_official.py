"""Official releases from their first byte to the figures: staged, applied, revised, taken back; members with them."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from indicators.actions import feeds, imports, observations
from indicators.choices import AreaKind, ImportKind, Statistic
from indicators.models.aggregate import Aggregate
from indicators.models.area import Area
from indicators.models.data_import import DataImport
from indicators.models.feed import OfficialFeed
from indicators.models.observation import Observation
from indicators.models.release import Membership, Release
from indicators.models.source import DataSource
from indicators.people import Refused
from indicators.periods import Quarter
from indicators.queries import books, comparators
from tests.indicators import case_files, official_files
from tests.indicators.case_files import small_force, tidy_file, work
from tests.indicators.official_files import CHANGES, JUNE, SEPTEMBER, TOTAL, workbook

pytestmark = pytest.mark.django_db

QUARTER = Quarter(2019, 2)
# A year before September 2019, as it was published then: Birch was counted.
EARLIER = {
    "ENGLAND AND WALES": (1000, 100, 11), "ENGLAND": (750, 75, 8),
    "North Region": (550, 55, 6), "Ash": (100, 10, 1), "Birch": (250, 25, 3), "Smallshire": (200, 20, 2),
    "South Region": (200, 20, 2), "Dale": (200, 20, 2),
    "WALES": (150, 15, 1), "Elm": (150, 15, 1), "Railway Police": (100, 10, 2),
}  # fmt: skip


@pytest.fixture
def force(db):
    return small_force()


@pytest.fixture
def ada(force):
    return case_files.analyst()


@pytest.fixture
def feed(force, ada, tmp_path) -> OfficialFeed:
    return official_files.feed(force, ada, tmp_path)


def figure(force, key: str, quarter: Quarter = QUARTER):
    return books.figure_book(force, quarter).figure(key)


def test_begin_a_feed_takes_up_the_areas_of_its_release(feed):
    kinds = dict(Area.objects.filter(force=None).values_list("slug", "kind"))
    assert kinds == {
        "england-and-wales": "comparator", "england": "comparator", "wales": "comparator",
        "north-region-region": "comparator", "south-region-region": "comparator", "ash-police": "police-area",
        "birch-police": "police-area", "smallshire-police": "police-area", "dale-police": "police-area",
        "elm-police": "police-area", "railway-police-police": "police-area",
    }  # fmt: skip
    assert Area.objects.get(slug="ash-police").code == "E23000001"
    assert feed.own is not None and feed.own.name == "Smallshire"
    assert feed.found["tables"] == [{"title": official_files.STEM, "columns": [TOTAL, "Robbery", "Homicide"]}]


def test_begin_a_feed_knows_a_comparator_by_its_name_and_gives_it_its_code(force, ada, tmp_path):
    Area.objects.create(kind=AreaKind.COMPARATOR, slug="england_wales", name="England and Wales")
    official_files.feed(force, ada, tmp_path)
    assert Area.objects.get(slug="england_wales").code == "K04000001"
    assert Area.objects.filter(name__iexact="england and wales").count() == 1


def test_apply_a_release_writes_every_area_with_its_footnotes(force, ada, feed):
    data_import = official_files.load(feed, ada, workbook())
    assert data_import.rows == 22
    assert (data_import.feed, data_import.profile_version, data_import.layout) == (feed, 1, feed.definition)
    held = Aggregate.objects.filter(force=force, until_version=None, indicator__key="all_crime", window="r12")
    assert {(row.area.slug, row.value) for row in held.select_related("area")} >= {
        ("england-and-wales", Decimal(1100)), ("north-region-region", Decimal(600)), ("birch-police", Decimal(300)),
    }  # fmt: skip
    found = figure(force, "all_crime.smallshire-police.r12-2019-06")
    assert found.aspect("value") == "200"
    assert found.notes == ("Smallshire changed its systems. Fraud is excluded.",)
    release = Release.objects.get(indicator__key="all_crime")
    assert (release.name, release.ends_on) == ("Area tables, year ending June 2019", date(2019, 6, 30))
    assert release.notes == ["Not designated as National Statistics."]
    north = Membership.objects.filter(release=release, comparator__slug="north-region-region", is_counted=True)
    assert north.count() == 3


def test_a_region_that_lost_a_member_is_shown_like_for_like_never_as_a_fall(force, ada, feed):
    official_files.load(feed, ada, workbook())
    later = official_files.send(feed, ada, workbook(SEPTEMBER, "September 2019"))
    assert [words for words in later.preview["warnings"] if "North Region" in words] == [
        "North Region: Birch is no longer counted (Area tables, year ending September 2019, against Area tables, year "
        "ending June 2019). Totals of the two are compared like for like or not at all."
    ]
    with pytest.raises(Refused, match="reason"):
        imports.confirm(later, by=ada)
    imports.confirm(later, by=ada, reason="Looked at.")
    work(imports.APPLY_TASK, later)
    region = Area.objects.get(slug="north-region-region")
    newest, first = (one for one in comparators.steps(force, region) if one.release.indicator.key == "all_crime")
    assert (newest.total, newest.total_before, newest.change) == ("330", "600", "+10.00% (+30)")
    assert newest.note.startswith("like for like, 2 members in both: Birch is no longer counted")
    assert "300 before, 330 now" in newest.note
    assert (newest.counted, newest.left_out, newest.overlaps) == (["Ash", "Smallshire"], ["Birch"], True)
    assert (first.before, first.counted) == (None, ["Ash", "Birch", "Smallshire"])


def test_a_change_on_a_year_before_is_made_of_the_members_in_both(force, ada, feed):
    official_files.load(feed, ada, workbook(EARLIER, "September 2018"))
    official_files.load(feed, ada, workbook(SEPTEMBER, "September 2019"))
    north = figure(force, "all_crime.north-region-region.r12")
    assert (north.aspect("value"), north.aspect("previous"), north.aspect("change")) == ("330", "550", "+10% (+30)")
    assert "like for like, 2 members in both: Birch is no longer counted" in north.notes
    south = figure(force, "all_crime.south-region-region.r12")
    assert (south.aspect("change"), south.change.reason) == ("+40% (+80)", "")
    birch = figure(force, "all_crime.birch-police.r12")
    assert birch.aspect("value").startswith('not available: The table prints "..": data not available.')


def test_a_region_without_values_of_its_members_is_refused_in_words(force, ada, feed):
    official_files.load(feed, ada, workbook(EARLIER, "September 2018"))
    official_files.load(feed, ada, workbook(SEPTEMBER, "September 2019"))
    book = books.figure_book(force, QUARTER)
    for series in list(book.values):
        if series.area == "ash-police":
            del book.values[series]
    text = book.figure("all_crime.north-region-region.r12").aspect("change")
    assert text == "not compared: Birch is no longer counted, and there are not both values of Ash"


def test_a_published_change_stands_where_the_year_before_is_not_held(force, ada, tmp_path):
    more = {"table": CHANGES, "column": TOTAL, "indicator": "all_crime", "part": "", "statistic": "percent-change"}
    title = f"Table P2: {CHANGES}, year ending September 2018 compared with year ending September 2019"
    changes = dict.fromkeys(SEPTEMBER, ("-", "-", "-")) | {"North Region": ("1.7670468332928901", "2", "-")}
    sheets = [
        official_files.sheet(SEPTEMBER, title=f"Table P1: {official_files.STEM}, year ending September 2019"),
        official_files.sheet(changes, title=title),
    ]
    content = official_files.workbook_bytes(sheets)
    made = official_files.feed(force, ada, tmp_path, content, official_files.lines(more))
    official_files.load(made, ada, content)
    given = Observation.objects.get(area__slug="north-region-region", statistic=Statistic.PERCENT_CHANGE)
    assert given.value == Decimal("1.76704683")
    south = Observation.objects.get(area__slug="south-region-region", statistic=Statistic.PERCENT_CHANGE)
    assert (south.value, south.note[:60]) == (
        None,
        'The table prints "-": the base number is fewer than 50. Fraud'[:60],
    )
    found = figure(force, "all_crime.north-region-region.r12")
    assert (found.aspect("value"), round(found.change.percent, 2)) == ("330", Decimal("1.77"))


def test_apply_the_same_release_again_as_other_bytes_changes_nothing(force, ada, feed):
    official_files.load(feed, ada, workbook())
    again = official_files.send(feed, ada, workbook(number="P9"))
    counts = {name: sum(row[name] for row in again.preview["rows"]) for name in ("new", "changed", "unchanged")}
    assert counts == {"new": 0, "changed": 0, "unchanged": 22}


def test_apply_a_revised_release_keeps_the_earlier_vintage_and_its_members(force, ada, feed):
    first = official_files.load(feed, ada, workbook())
    revised = {**JUNE, "Birch": ("..", "..", ".."), "North Region": (300, 30, 3)}
    second = official_files.load(feed, ada, workbook(revised))
    key = ("all_crime", "north-region-region")
    end = date(2019, 6, 30)
    assert books.memberships(force)[key][end].left_out == {"birch-police"}
    assert books.memberships(force, first.version.number)[key][end].counted == {
        "ash-police", "birch-police", "smallshire-police"
    }  # fmt: skip
    before = books.figure_book(force, QUARTER, first.version.number).figure("all_crime.north-region-region.r12-2019-06")
    assert before.aspect("value") == "600"
    with pytest.raises(Refused, match=f"import {second.pk}"):
        imports.ask_revert(first, by=ada, reason="wrong")


def test_revert_a_release_brings_back_the_values_and_the_members_before_it(force, ada, feed):
    official_files.load(feed, ada, workbook())
    before = (books.memberships(force), set(held_values(force)))
    revised = {**JUNE, "Birch": ("..", "..", ".."), "North Region": (300, 30, 3)}
    case_files.revert(official_files.load(feed, ada, workbook(revised)), ada)
    assert (books.memberships(force), set(held_values(force))) == before
    case_files.revert(DataImport.objects.earliest("id"), ada)
    assert books.memberships(force) == {}
    assert list(held_values(force)) == []


def held_values(force):
    rows = Aggregate.objects.filter(force=force, until_version=None, window="r12", area__force=None)
    return rows.values_list("indicator__key", "area__slug", "end", "value", "caution")


def test_abandon_a_staged_release_leaves_nothing(force, ada, feed):
    received = official_files.send(feed, ada, workbook())
    assert Release.objects.filter(since_version=None).count() == 2
    assert books.memberships(force) == {}
    imports.abandon(received, by=ada)
    assert (Release.objects.count(), Membership.objects.count()) == (0, 0)


def test_a_file_with_problems_is_refused_with_all_of_them_and_stages_nothing(force, ada, feed):
    received = official_files.send(feed, ada, workbook({**JUNE, "Ash": ("many", "few", 1)}))
    assert (received.state, received.problem_count) == ("refused", 2)
    problem = received.problems.first()
    assert (problem.sheet, problem.row, problem.column) == ("Sheet2", 10, TOTAL)
    assert Release.objects.count() == 0


def test_an_area_that_is_not_known_is_named_and_taken_up_by_an_analyst(force, ada, feed, tmp_path):
    places = [*official_files.PLACES, ("W15000009", "Fir")]
    content = workbook({**JUNE, "Fir": (1, 1, 1)}, places=places)
    received = official_files.send(feed, ada, content)
    assert (received.state, received.problems.get().value) == ("refused", "Fir")
    path = tmp_path / "later"
    path.write_bytes(content)
    assert feeds.take_up(feed, path, by=ada) == 1
    assert official_files.send(feed, ada, content).state == "staged"


def test_official_figures_are_no_tidy_rows_and_tidy_rows_stay_as_they_are(force, ada, feed):
    with pytest.raises(Refused, match="Choose the mapping"):
        imports.receive(force, ImportKind.OFFICIAL, "x", [b"x"], by=ada)
    with pytest.raises(Refused, match="no other file"):
        imports.receive(force, ImportKind.OBSERVATIONS, "x", [b"x"], by=ada, feed=feed)
    row = ("investigations", "smallshire", "2020-01-01", "2020-01-31", 5)
    case_files.load(force, ada, tidy_file(row), ImportKind.OBSERVATIONS)
    assert "north-region-region" in observations.lookups(force.pk).areas


def test_a_retired_or_unfinished_feed_reads_nothing(force, ada, tmp_path):
    path = tmp_path / "sample"
    path.write_bytes(workbook())
    begun = feeds.create(force, DataSource.objects.get(slug="supplied"), "Begun", path, by=ada)
    with pytest.raises(Refused, match="not finished"):
        imports.receive(force, ImportKind.OFFICIAL, "x", [b"x"], by=ada, feed=begun)
    feeds.save(begun, official_files.lines(), None, version=0, by=ada)
    with pytest.raises(Refused, match="Somebody else"):
        feeds.save(begun, official_files.lines(), None, version=0, by=ada)
    feeds.retire(begun, by=ada)
    with pytest.raises(Refused, match="retired"):
        imports.receive(force, ImportKind.OFFICIAL, "x", [b"x"], by=ada, feed=begun)
    with pytest.raises(Refused, match="retired already"):
        feeds.retire(begun, by=ada)


def test_beside_gives_both_figures_to_the_comparators_own_end_and_the_place(force, ada, feed):
    months = [(f"2018-{m:02d}" if m > 6 else f"2019-{m:02d}") for m in (7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6)]
    cases = [case_files.case(number, month) for number, month in enumerate(months)]
    case_files.load(force, ada, case_files.case_file(*cases))
    official_files.load(feed, ada, workbook())
    book = books.figure_book(force, QUARTER, keys=["all_crime"])
    shown = comparators.beside(force, book, "all_crime")
    assert [(one.name, one.value, one.own_value, one.rank) for one in shown] == [
        ("North Region", "600", "12", "2nd highest of 3"),
        ("England", "850", "12", "3rd highest of 4"),
        ("England and Wales", "1,100", "12", "3rd highest of 6"),
    ]
    assert {one.figure.period.end for one in shown} == {one.own.period.end for one in shown} == {date(2019, 6, 30)}
    official_files.load(feed, ada, workbook(SEPTEMBER, "September 2019"))
    shown = comparators.beside(force, books.figure_book(force, QUARTER, keys=["all_crime"]), "all_crime")
    assert (shown[0].name, shown[0].rank) == ("North Region", "not available: 1 of 3 values missing")
    assert shown[0].members == "2 members; not counted: Birch"
    assert shown[0].own is None  # cases are held to June only


def test_open_data_is_imported_by_command(force, ada, tmp_path, capsys):
    rows = [
        ("2017/18", quarter, name, "Robbery", "34A", f" {quarter} ")
        for quarter in (1, 2, 3, 4)
        for name in ("Ash", "Elm")
    ]
    content = official_files.open_data(*rows, ("2017/18", 4, "Elm", "Robbery", "34B", "-00 "))
    column = {"table": "", "column": "Offence group: Robbery", "indicator": "robbery", "part": "", "statistic": "level"}
    official_files.feed(force, ada, tmp_path, content, {"lines": [column]})
    file = tmp_path / "open.csv"
    file.write_bytes(content)
    arguments = ["--force", "smallshire", "--as", "ada@example.test"]
    with pytest.raises(CommandError, match="Its mappings are: “Area tables”"):
        call_command("import_official", file, *arguments, "--feed", "Other")
    call_command("import_official", file, *arguments, "--feed", "Area tables", "--yes")
    assert "Applied: 10 rows" in capsys.readouterr().out
    assert figure(force, "robbery.elm-police.r12-2018-03", Quarter(2017, 4)).aspect("value") == "10"
    assert figure(force, "robbery.ash-police.quarter", Quarter(2017, 4)).aspect("value") == "4"
