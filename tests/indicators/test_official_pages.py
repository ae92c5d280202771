"""Pages of mappings and comparators: beginning one from a release, choosing columns, loading by it, what is shown."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.actions import imports
from indicators.models.area import Area
from indicators.models.data_import import DataImport
from indicators.models.feed import OfficialFeed
from indicators.models.source import DataSource
from portal.models.user import User
from tests.indicators import case_files, official_files
from tests.indicators.case_files import small_force, work
from tests.indicators.official_files import SEPTEMBER, STEM, TOTAL, workbook
from tests.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def force(db):
    return small_force()


@pytest.fixture
def ada(client, force) -> Client:
    client.force_login(User.objects.get(pk=case_files.analyst().id))
    return client


def file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("release.xlsx", content)


def text(answer) -> str:
    """Return the words of a page, without its tags, spaces made single."""
    main = answer.content.decode().partition("<main")[2]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))


def begin(ada: Client, force, content: bytes):
    source = DataSource.objects.get(slug="supplied")
    given = {"force": force.pk, "source": source.pk, "name": "Area tables", "file": file(content)}
    return ada.post(reverse("feed-new"), given)


def sent(feed: OfficialFeed, *lines: tuple[str, str], **more: object) -> dict[str, object]:
    """Return what a browser would send of the page of a mapping."""
    fields: dict[str, object] = {
        "version": feed.version, "name": feed.name, "own": feed.own_id or "", "lines-TOTAL_FORMS": len(lines),
        "lines-INITIAL_FORMS": 0,
    }  # fmt: skip
    for at, (column, feeds) in enumerate(lines):
        fields |= {f"lines-{at}-column": column, f"lines-{at}-holds": "level", f"lines-{at}-feeds": feeds}
    return fields | more


def test_begin_a_mapping_choose_columns_and_load_by_it(ada, force):
    answer = begin(ada, force, workbook())
    feed = OfficialFeed.objects.get()
    assert answer["Location"] == reverse("feed-edit", args=[feed.pk])
    page = text(ada.get(answer["Location"]))
    assert f"{STEM} | {TOTAL}" in page and "asb: Nuisance" in page
    assert "Not finished" in text(ada.get(reverse("feeds")))
    assert "Area tables" not in text(ada.get(reverse("import-receive")))

    lines = ((f"{STEM} | {TOTAL}", "all_crime"), (f"{STEM} | Robbery", "asb | nuisance"), ("", ""))
    assert ada.post(reverse("feed-edit", args=[feed.pk]), sent(feed, *lines))["Location"] == reverse("feeds")
    feed.refresh_from_db()
    assert feed.definition["lines"][1] == {
        "table": STEM, "column": "Robbery", "indicator": "asb", "part": "nuisance", "statistic": "level"
    }  # fmt: skip
    shown = text(ada.get(reverse("feeds")))
    assert "Version 1" in shown and "this force is “Smallshire” there" in shown

    upload = {"force": force.pk, "kind": "official", "feed": feed.pk, "file": file(workbook())}
    answer = ada.post(reverse("import-receive"), upload)
    received = DataImport.objects.get()
    assert answer["Location"] == reverse("import", args=[received.pk])
    work(imports.STAGE_TASK, received)
    assert "22 rows: 22 new" in text(ada.get(answer["Location"]))
    assert "version 1 of its mapping" in text(ada.get(answer["Location"]))


def test_begin_a_mapping_with_another_file_says_why_not(ada, force):
    answer = begin(ada, force, b"a,b\n1,2\n")
    assert answer.status_code == 422
    assert "is missing" in text(answer)
    assert not OfficialFeed.objects.exists()
    plain = official_files.workbook_bytes([official_files.sheet_xml('<row r="1"><c r="A1"><v>5</v></c></row>')])
    assert "no table of police force areas" in text(begin(ada, force, plain))


def test_edit_a_mapping_says_all_that_is_missing_and_keeps_it(ada, force):
    begin(ada, force, workbook())
    feed = OfficialFeed.objects.get()
    at = reverse("feed-edit", args=[feed.pk])
    answer = ada.post(at, sent(feed, (f"{STEM} | {TOTAL}", "")))
    assert (answer.status_code, feed.version) == (422, 0)
    assert "Choose the indicator that this column feeds." in text(answer)
    answer = ada.post(at, sent(feed))
    assert answer.status_code == 422
    assert "Choose at least one column" in text(answer)
    twice = (f"{STEM} | {TOTAL}", "all_crime"), (f"{STEM} | Robbery", "all_crime")
    assert "The same indicator stands in two lines" in text(ada.post(at, sent(feed, *twice)))


def test_edit_a_mapping_that_somebody_else_saved_is_refused(ada, force):
    begin(ada, force, workbook())
    feed = OfficialFeed.objects.get()
    fields = sent(feed, (f"{STEM} | {TOTAL}", "all_crime"))
    assert ada.post(reverse("feed-edit", args=[feed.pk]), fields).status_code == 302
    # The page that was opened before: what it was opened at is not the newest version.
    assert ada.post(reverse("feed-edit", args=[feed.pk]), fields | {"lines-INITIAL_FORMS": 1}).status_code == 409


def test_take_up_another_release_loads_nothing(ada, force):
    begin(ada, force, workbook())
    feed = OfficialFeed.objects.get()
    places = [*official_files.PLACES, ("W15000009", "Fir")]
    content = workbook({**official_files.JUNE, "Fir": (1, 1, 1)}, places=places)
    answer = ada.post(reverse("feed-edit", args=[feed.pk]), sent(feed, file=file(content)), follow=True)
    assert "1 new areas" in answer.content.decode()
    assert Area.objects.filter(name="Fir").exists()
    assert not DataImport.objects.exists()


def test_retire_a_mapping_offers_it_no_longer(ada, force):
    begin(ada, force, workbook())
    feed = OfficialFeed.objects.get()
    assert ada.post(reverse("feed-retire", args=[feed.pk])).status_code == 302
    assert ada.get(reverse("feed-edit", args=[feed.pk])).status_code == 404
    assert ada.post(reverse("feed-retire", args=[feed.pk])).status_code == 409


def test_load_official_tables_without_a_mapping_is_refused_at_the_field(ada, force):
    answer = ada.post(reverse("import-receive"), {"force": force.pk, "kind": "official", "file": file(b"x")})
    assert "Choose the mapping by which the official tables are read." in text(answer)


@pytest.fixture
def released(ada, force, tmp_path) -> OfficialFeed:
    """Return a mapping by which two releases were loaded; the second has lost a member."""
    person = User.objects.get().person
    feed = official_files.feed(force, person, tmp_path)
    official_files.load(feed, person, workbook())
    official_files.load(feed, person, workbook(SEPTEMBER, "September 2019"))
    return feed


def test_comparators_are_listed_with_their_newest_release(ada, released):
    page = text(ada.get(reverse("comparators")))
    assert "North Region E12000001 Area tables, year ending September 2019 30 September 2019 2 1" in page
    assert "South Region E12000002 Area tables, year ending September 2019 30 September 2019 1 0" in page


def test_a_comparator_shows_its_members_by_release_and_both_numbers(ada, released):
    region = Area.objects.get(slug="north-region-region")
    page = text(ada.get(reverse("comparator", args=[region.pk])))
    for words in (
        "Area tables, year ending June 2019: 600, as published", "Birch is no longer counted",
        "300 before, 330 now", "+10.00% (+30)", "Not counted (1) Birch", "Counted (3) Ash, Birch, Smallshire",
        "The two years overlap",
    ):  # fmt: skip
        assert words in page, words
    assert "45%" not in page  # 600 → 330 is never shown as a fall


def test_an_indicator_shows_the_force_beside_its_comparators(ada, released, client):
    person = User.objects.get().person
    case_files.load(released.force, person, case_files.case_file(case_files.case(1, "2019-09")))
    page = text(ada.get(f"{reverse('indicator', args=['all_crime'])}?quarter=2019-20-Q2"))
    assert "Beside others" in page
    assert "North Region 2 members; not counted: Birch" in page
    assert "Not available: 1 of 3 values missing" in page
    assert "not available: 11 of 12 months missing" in page
    assert "South Region" not in page  # the force does not belong to it


def test_pages_of_comparators_cost_the_same_with_more_releases(ada, released):
    region = Area.objects.get(slug="north-region-region")
    counts = []
    for later in (None, "December 2019"):
        if later:
            official_files.load(released, User.objects.get().person, workbook(SEPTEMBER, later))
        for address in (reverse("comparators"), reverse("comparator", args=[region.pk])):
            with CaptureQueriesContext(
                connection,
            ) as found:
                ada.get(address)
            counts.append(len(found))
    assert counts[:2] == counts[2:]


def test_only_analysts_change_mappings(force, client):
    client.force_login(make_user("Mark Manager", "report-manager"))
    assert client.get(reverse("feeds")).status_code == 200
    assert client.get(reverse("feed-new")).status_code == 404
    client.force_login(make_user("Lena Lead", "reviewer"))
    assert client.get(reverse("feeds")).status_code == 404
    assert client.get(reverse("comparators")).status_code == 200
