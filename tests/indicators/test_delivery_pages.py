"""Pages of deliveries: the board, loading a file from it, saying that none will come, and setting deliveries up."""

from datetime import UTC, date, datetime
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.actions import areas, deliveries, feeds, imports
from indicators.choices import ImportKind, ImportState
from indicators.models.data_import import DataImport
from indicators.models.delivery import DeliveryNote, ExpectedDelivery
from indicators.models.source import DataSource
from portal.models.role import RoleHolding
from portal.models.user import User
from tests.indicators import case_files, official_files
from tests.indicators.case_files import case, case_file, small_force, tidy_file, work

pytestmark = pytest.mark.django_db

JANUARY = date(2020, 1, 1)
BOARD = "/deliveries/?quarter=2019-20-Q4"
FIELDS = {
    "name": "Crime extract", "kind": "cases", "cadence": "monthly", "due_days": "5", "sender": "Sam, 01234 567",
    "instructions": "Ask the duty desk.", "checks": "Three months\nNo gap", "starts_on": "2020-01-01", "position": "1",
}  # fmt: skip


@pytest.fixture
def force(db):
    """Return a small force."""
    return small_force()


@pytest.fixture
def analyst(force):
    """Return an analyst."""
    return case_files.analyst()


@pytest.fixture
def ada(client, analyst) -> Client:
    """Return a browser in which the analyst has signed in."""
    client.force_login(User.objects.get(pk=analyst.id))
    return client


def expect(force, by, **more) -> ExpectedDelivery:
    """Expect monthly cases from January 2020 on."""
    fields = {
        "name": "Crime extract", "kind": ImportKind.CASES, "cadence": "monthly", "due_days": 5,
        "sender": "Sam, 01234 567", "starts_on": JANUARY, "source": DataSource.objects.get(slug="cases"),
        "instructions": "Ask the duty desk.", "checks": "Three months\nNo gap",
    }  # fmt: skip
    made = ExpectedDelivery(force=force, **{**fields, **more})
    deliveries.save(made, by=by)
    return made


def text(answer) -> str:
    """Return the page's text with spaces made single."""
    return " ".join(answer.content.decode().split())


def at(moment: datetime):
    """Set the clock that pages ask."""
    return patch("django.utils.timezone.now", return_value=moment)


def upload(client: Client, delivery: ExpectedDelivery, first: str, content: bytes):
    """Send a file by the form that the board leads to, and follow to the page of its import."""
    file = SimpleUploadedFile("january.csv", content, "text/csv")
    return client.post(reverse("delivery-load", args=[delivery.pk, first]), {"file": file}, follow=True)


def test_load_a_quarter_from_the_board_alone(ada, force, analyst):
    expected = expect(force, analyst)
    page = text(ada.get(BOARD))
    for words in ("Crime extract", "Sam, 01234 567", "any analyst", "Ask the duty desk.", "No gap", "5 February 2020"):
        assert words in page, words
    assert "0 of 3 received, 3 late." in page
    assert reverse("delivery-load", args=[expected.pk, "2020-01-01"]) in page
    form = text(ada.get(reverse("delivery-load", args=[expected.pk, "2020-01-01"])))
    assert "Load Crime extract, January 2020" in form and "Ask the duty desk." in form and 'name="force"' not in form
    answer = upload(ada, expected, "2020-01-01", case_file(case(1, "2020-01")))
    data_import = DataImport.objects.get()
    assert (data_import.force, data_import.kind, data_import.delivery) == (force, "cases", expected)
    assert data_import.delivery_period == JANUARY
    assert answer.redirect_chain == [(reverse("import", args=[data_import.pk]), 302)]
    assert "Crime extract, January 2020" in text(answer)
    assert "0 of 3 received, 1 in progress, 2 late." in text(ada.get(BOARD))
    work(imports.STAGE_TASK, data_import)
    preview = text(ada.get(reverse("import", args=[data_import.pk])))
    assert "Check before you confirm" in preview and "No gap" in preview and "Confirm and apply" in preview
    assert "/deliveries/?force=smallshire&amp;quarter=2019-20-Q4" in preview
    ada.post(reverse("import-confirm", args=[data_import.pk]))
    work(imports.APPLY_TASK, data_import)
    page = text(ada.get(BOARD))
    assert "1 of 3 received, 2 late." in page and "january.csv" in page
    assert "1 row, sent in by Ada Analyst at" in page
    assert "Load another file" in page


def test_board_names_a_refused_file_and_leads_to_its_problems(ada, force, analyst):
    expected = expect(force, analyst)
    upload(ada, expected, "2020-01-01", case_file(case(1, "2020-01", "Robery")))
    data_import = DataImport.objects.get()
    work(imports.STAGE_TASK, data_import)
    page = text(ada.get(BOARD))
    assert "0 of 3 received, 1 refused, 2 late." in page
    assert reverse("import", args=[data_import.pk]) in page


def test_board_says_how_many_faulty_rows_an_accepted_file_went_without(ada, force, analyst):
    expected = expect(force, analyst)
    upload(ada, expected, "2020-01-01", case_file(case(1, "2020-01"), case(2, "2020-01", "Robery")))
    data_import = DataImport.objects.get()
    work(imports.STAGE_TASK, data_import)
    assert "Check before you confirm" in text(ada.get(reverse("import", args=[data_import.pk])))
    imports.accept(data_import, by=analyst, reason="One row is wrong.")
    work(imports.APPLY_TASK, data_import)
    page = text(ada.get(BOARD))
    assert "1 of 3 received, 2 late." in page and "without 1 faulty, sent in by" in page


@pytest.mark.parametrize(
    ("now", "summary"),
    [
        # In London it is the due day until midnight, summer time included: April is due on 5 May.
        (datetime(2020, 5, 5, 22, 59, tzinfo=UTC), "3 not due yet"),
        (datetime(2020, 5, 5, 23, 1, tzinfo=UTC), "1 late, 2 not due yet"),
    ],
)
def test_board_counts_days_in_london(ada, force, analyst, now, summary):
    expect(force, analyst)
    with at(now):
        assert f"0 of 3 received, {summary}." in text(ada.get("/deliveries/?quarter=2020-21-Q1"))


def test_board_opens_at_the_newest_quarter_that_is_over_and_survives_any_address(ada, force, analyst):
    expect(force, analyst)
    with at(datetime(2020, 8, 1, 12, 0, tzinfo=UTC)):
        for query in ("", "?quarter=", "?quarter=soon", "?quarter=9998-99-Q4", "?quarter=0001-02-Q1"):
            assert "Deliveries for 2020/21 Q1, April to June 2020" in text(ada.get(f"/deliveries/{query}")), query
    assert "Nothing is expected in this quarter." in text(ada.get("/deliveries/?quarter=2018-19-Q1"))
    assert ada.get("/deliveries/?force=nowhere").status_code == 404


def test_board_without_any_force_says_so(client):
    client.force_login(User.objects.get(pk=case_files.analyst().id))
    for address in ("/deliveries/", "/deliveries/new/"):
        assert "There is no force yet" in text(client.get(address))
    assert "No delivery is expected yet" in text(client.get("/deliveries/all/"))


def test_board_of_several_forces_shows_one_and_keeps_it_between_quarters(ada, force, analyst):
    other = areas.ensure_force("elsewhere", "Elsewhere Police")
    expect(force, analyst)
    expect(other, analyst, name="Another extract")
    page = text(ada.get(f"{BOARD}&force=smallshire"))
    assert "Crime extract" in page and "Another extract" not in page
    assert '<option value="smallshire" selected>' in page
    assert "quarter=2019-20-Q3&amp;force=smallshire" in page
    assert "Another extract" in text(ada.get(BOARD))  # the first by name


@pytest.mark.parametrize("role", ["report-manager", "auditor"])
def test_board_for_those_who_only_look_offers_nothing_to_do(force, analyst, role):
    expected = expect(force, analyst)
    deliveries.set_unavailable(expected, JANUARY, "The system was replaced.", by=analyst)
    user = User.objects.create_user("sam@example.test", "Sam Somebody")
    RoleHolding.objects.create(user=user, role=role)
    other = Client()
    other.force_login(user)
    page = text(other.get(BOARD))
    assert "0 of 3 received, 2 late, 1 not available." in page and "The system was replaced." in page
    for words in ("Load this file", "Load a file", "Not available…", "Expect it again", "Set up deliveries"):
        assert words not in page, words
    assert "Crime extract" in text(other.get("/deliveries/all/"))
    assert "/edit/" not in text(other.get("/deliveries/all/"))


def test_say_that_a_file_will_not_come_and_take_it_back(ada, force, analyst):
    expected = expect(force, analyst)
    address = reverse("delivery-unavailable", args=[expected.pk, "2020-01-01"])
    assert "Crime extract, January 2020, is not available" in text(ada.get(address))
    assert "Give the reason" in text(ada.post(address, {"text": "  "}))
    answer = ada.post(address, {"text": "The system was <replaced>."}, follow=True)
    assert answer.redirect_chain == [("/deliveries/?force=smallshire&quarter=2019-20-Q4", 302)]
    assert "The system was &lt;replaced&gt;." in text(answer) and "1 not available" in text(answer)
    again = ada.post(address, {"text": "Once more."})
    assert again.status_code == 409 and "Once more." in text(again)
    lift = reverse("delivery-lift", args=[expected.pk, "2020-01-01"])
    assert "3 late" in text(ada.post(lift, follow=True))
    assert ada.post(lift).status_code == 404
    assert DeliveryNote.objects.get().lifted_by.name == "Ada Analyst"


@pytest.mark.parametrize("first", ["2020-01-02", "2019-12-01", "soon", "2020-13-01", "9999-12-01", "0001-01-01"])
def test_open_a_period_that_is_not_expected_is_not_found(ada, force, analyst, first):
    expected = expect(force, analyst)
    for name in ("delivery-load", "delivery-unavailable"):
        assert ada.get(reverse(name, args=[expected.pk, first])).status_code == 404
    assert ada.post(reverse("delivery-lift", args=[expected.pk, first])).status_code == 404


def test_load_nothing_says_what_to_do_and_keeps_nothing(ada, force, analyst):
    expected = expect(force, analyst)
    answer = ada.post(reverse("delivery-load", args=[expected.pk, "2020-01-01"]))
    assert answer.status_code == 200 and "There is a problem" in text(answer)
    assert "empty" in text(upload(ada, expected, "2020-01-01", b""))
    assert not DataImport.objects.exists()


def test_load_the_same_bytes_for_another_period_says_what_they_were_loaded_for(ada, force, analyst):
    source = DataSource.objects.get(slug="supplied")
    expected = expect(force, analyst, kind=ImportKind.OBSERVATIONS, source=source)
    content = tidy_file(("investigations", "smallshire", "2020-01-01", "2020-01-31", 7))
    upload(ada, expected, "2020-01-01", content)
    answer = upload(ada, expected, "2020-02-01", content)
    assert f"the same file as import {DataImport.objects.get().pk}, loaded for “Crime extract”, January 2020" in text(
        answer
    )


def test_set_up_change_and_end_a_delivery_by_pages(ada, force):
    source = DataSource.objects.get(slug="cases")
    assert "Add a delivery" in text(ada.get("/deliveries/new/"))
    answer = ada.post("/deliveries/new/?force=smallshire", {**FIELDS, "source": source.pk, "loader": ""}, follow=True)
    assert "“Crime extract” is saved." in text(answer)
    made = ExpectedDelivery.objects.get()
    assert (made.force, made.due_days, made.starts_on, made.ends_on) == (force, 5, JANUARY, None)
    assert made.check_lines == ["Three months", "No gap"]
    loader = User.objects.get()
    changed = {**FIELDS, "source": source.pk, "loader": loader.pk, "ends_on": "31/03/2020"}
    ada.post(reverse("delivery-edit", args=[made.pk]), changed)
    made.refresh_from_db()
    assert (made.loader, made.ends_on) == (loader, date(2020, 3, 31))
    assert "Nothing is expected" in text(ada.get("/deliveries/?quarter=2020-21-Q1"))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "This field is required"),
        ({"due_days": "367"}, "Give a number of days up to 366"),
        ({"due_days": "-1"}, "greater than or equal to 0"),
        ({"starts_on": "31/02/2020"}, "This is not a date"),
        ({"ends_on": "2019-12-31"}, "The last day is before the first"),
        ({"cadence": "hourly"}, "Select a valid choice"),
        ({"name": "Taken"}, "This force has a delivery of this name"),
    ],
)
def test_set_up_a_delivery_wrongly_says_what_to_do(ada, force, analyst, wrong, words):
    expect(force, analyst, name="Taken")
    fields = {**FIELDS, "source": DataSource.objects.get(slug="cases").pk, **wrong}
    answer = ada.post("/deliveries/new/", fields)
    assert answer.status_code == 200 and words in text(answer)
    assert answer.content.decode().count("govuk-error-message") == 1
    assert ExpectedDelivery.objects.count() == 1


def test_change_a_delivery_that_has_files_keeps_what_it_is(ada, force, analyst):
    expected = expect(force, analyst)
    upload(ada, expected, "2020-01-01", case_file(case(1, "2020-01")))
    address = reverse("delivery-edit", args=[expected.pk])
    assert "stay as they are" in text(ada.get(address))
    fields = {**FIELDS, "source": expected.source_id, "cadence": "quarterly", "kind": "observations", "due_days": "9"}
    assert ada.post(address, fields).status_code == 302
    expected.refresh_from_db()
    assert (expected.cadence, expected.kind, expected.due_days) == ("monthly", "cases", 9)


def test_offer_analysts_and_whoever_loads_it_now_as_loaders(ada, force, analyst):
    past = User.objects.create_user("past@example.test", "Past Loader")
    User.objects.create_user("reader@example.test", "Only Reader")
    expected = expect(force, analyst, loader=past)
    assert "Ada Analyst" in text(ada.get("/deliveries/new/")) and "Past Loader" not in text(ada.get("/deliveries/new/"))
    page = text(ada.get(reverse("delivery-edit", args=[expected.pk])))
    assert "Past Loader" in page and "Only Reader" not in page


def test_board_and_list_cost_the_same_queries_for_one_and_for_twenty(ada, force, analyst):
    counts: dict[str, list[int]] = {BOARD: [], "/deliveries/all/": []}
    made = 0
    for batch in (1, 19):
        for _ in range(batch):
            made += 1
            expected = expect(force, analyst, name=f"Extract {made}", loader_id=analyst.id)
            deliveries.receive(expected, JANUARY, "x.csv", [f"file {made}".encode()], by=analyst)
            deliveries.set_unavailable(expected, date(2020, 2, 1), "No file", by=analyst)
        for address, found in counts.items():
            with CaptureQueriesContext(connection) as queries:
                assert ada.get(address).status_code == 200
            found.append(len(queries))
    assert ExpectedDelivery.objects.count() == 20
    assert all(found[0] == found[1] for found in counts.values()), counts
    assert ImportState.RECEIVED in set(DataImport.objects.values_list("state", flat=True))


def test_give_a_delivery_with_a_retired_mapping_its_last_day(ada, force, analyst, tmp_path):
    feed = official_files.feed(force, analyst, tmp_path)
    source = DataSource.objects.get(slug="supplied")
    made = expect(force, analyst, name="Area tables", kind=ImportKind.OFFICIAL, feed=feed, source=source)
    feeds.retire(feed, by=analyst)
    at_page = reverse("delivery-edit", args=[made.pk])
    assert f'<option value="{feed.pk}" selected' in ada.get(at_page).content.decode()
    fields = FIELDS | {"name": "Area tables", "kind": "official", "source": source.pk, "ends_on": "2020-03-31"}
    assert ada.post(at_page, fields | {"feed": feed.pk}).status_code == 302
    made.refresh_from_db()
    assert (made.ends_on, made.feed) == (date(2020, 3, 31), feed)
    added = ada.post(reverse("delivery-new"), fields | {"feed": feed.pk, "name": "Another"})
    assert added.status_code != 302 and ExpectedDelivery.objects.count() == 1
