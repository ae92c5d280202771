"""Partner returns and corrections: from the page to the figure, by whom, and what is refused."""

import re
import time
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from indicators.actions import aggregates, corrections, deliveries, imports, received_files, returns
from indicators.choices import Cadence, CorrectionState, ImportKind, VersionKind
from indicators.models.aggregate import Aggregate
from indicators.models.correction import Correction
from indicators.models.data_version import DataVersion
from indicators.models.delivery import ExpectedDelivery
from indicators.models.observation import Observation
from indicators.models.partner_return import PartnerReturn, ReturnSubmission
from indicators.models.source import DataSource
from indicators.people import Refused
from indicators.periods import Quarter
from indicators.queries import partner_returns, shipping
from indicators.readers.return_cells import Entered
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.case_files import small_force, tidy_file, work

pytestmark = pytest.mark.django_db

PERIOD = Quarter(2020, 2)
PAGE = "/returns/referrals/2020-21-Q2/"
RETURN = {
    "key": "referrals", "name": "Referrals", "partner": "Victim services", "portfolio": "crime",
    "source": "supplied", "quarters": 2, "rows": [{"label": "Referrals", "indicator": "investigations"}],
}  # fmt: skip
NOW, BEFORE = ("investigations...quarter:2020-21-Q2:value", "investigations...quarter:2020-21-Q1:value")


@pytest.fixture
def force(db):
    """Return a small force with one return of one row and two quarters."""
    made = small_force()
    returns.load([RETURN])
    return made


@pytest.fixture
def ada(force):
    """Return an analyst."""
    return case_files.analyst()


@pytest.fixture
def browser(client, ada):
    """Return a browser in which the analyst has signed in."""
    client.force_login(User.objects.get(pk=ada.id))
    return client


def value(end: str = "2020-09-30") -> Decimal | None:
    """Return the current figure of a quarter."""
    return Aggregate.objects.get(indicator__key="investigations", window="quarter", end=end, until_version=None).value


def enter(browser, **fields) -> ReturnSubmission:
    """Send the grid in by its page, and do the worker's part of checking it."""
    answer = browser.post(PAGE, {"intent": "send", **fields})
    assert answer.status_code == 302, answer.content.decode()
    sent = ReturnSubmission.objects.latest("id")
    work(imports.STAGE_TASK, sent.data_import)
    return sent


def apply(browser, sent: ReturnSubmission) -> None:
    """Confirm by the page, and do the worker's part."""
    browser.post(reverse("return-confirm", args=[sent.pk]), {"reason": "checked"})
    work(imports.APPLY_TASK, sent.data_import)


def test_enter_a_return_on_behalf_of_a_partner_and_enter_it_again_unchanged(browser, force):
    sent = enter(browser, **{NOW: "41", BEFORE: "38"})
    assert (sent.on_behalf_of, sent.data_import.state) == ("Victim services", "staged")
    apply(browser, sent)
    assert (value(), value("2020-06-30")) == (41, 38)
    page = browser.get(reverse("return-sent", args=[sent.pk])).content.decode()
    assert "Submitted on behalf of" in page and "data version 1" in page
    again = enter(browser, **{NOW: "41", BEFORE: "38"})
    assert again.data_import.preview["rows"][0]["unchanged"] == 1
    apply(browser, again)
    assert Observation.objects.count() == 2 and aggregates.differences(force) == 0


def test_refuse_a_grid_with_every_problem_and_keep_what_was_typed(browser):
    answer = browser.post(PAGE, {"intent": "send", NOW: "12%", BEFORE: "about 5"})
    page = answer.content.decode()
    assert answer.status_code == 422 and not ReturnSubmission.objects.exists()
    assert 'value="12%"' in page and 'value="about 5"' in page
    assert page.count("govuk-error-message") == 2


def test_fill_the_grid_from_a_block_saves_nothing(browser):
    answer = browser.post(PAGE, {"intent": "fill", "block": "Measure\tQ1 20/21\tQ2 20/21\nReferrals\t38\tlots"})
    page = answer.content.decode()
    assert 'value="38"' in page and "1 cell below was filled" in page and "Referrals, Q2 20/21" in page
    assert not ReturnSubmission.objects.exists()


def test_say_that_a_value_was_changed_since_the_page_was_opened(browser):
    apply(browser, enter(browser, **{NOW: "41", "version": "0"}))
    answer = browser.post(PAGE, {"intent": "send", NOW: "42", "version": "0"})
    assert answer.status_code == 422 and "Somebody has changed this value" in answer.content.decode()
    assert 'value="42"' in answer.content.decode()


@pytest.mark.parametrize("step", [{"intent": "fill", "block": ""}, {"intent": "send", "block": "x" * 60_000}])
def test_tell_of_a_value_that_was_changed_while_the_grid_was_filled(browser, step):
    apply(browser, enter(browser, **{NOW: "41", "version": "0"}))
    between = browser.post(PAGE, {NOW: "42", "version": "0", **step}).content.decode()
    assert 'name="version" value="0"' in between
    answer = browser.post(PAGE, {"intent": "send", NOW: "42", "version": "0"})
    assert answer.status_code == 422 and 'name="version" value="1"' in answer.content.decode()
    assert browser.post(PAGE, {"intent": "send", NOW: "42", "version": "1"}).status_code == 302


def test_refuse_to_confirm_a_return_that_was_sent_in_again(browser, ada):
    first, second = enter(browser, **{NOW: "41"}), enter(browser, **{NOW: "44"})
    apply(browser, second)
    assert browser.post(reverse("return-confirm", args=[first.pk]), {"reason": "late"}).status_code == 409
    with pytest.raises(Refused, match="sent in again") as caught:
        imports.confirm(first.data_import, by=ada, reason="by the other door")
    assert caught.value.verdict.is_conflict and value() == 44
    for address in (reverse("return-sent", args=[first.pk]), reverse("import", args=[first.data_import_id])):
        page = browser.get(address).content.decode()
        assert "was sent in again" in page and "Confirm and apply" not in page


def test_confirm_a_return_whose_newer_one_was_withdrawn(browser, ada):
    first, second = enter(browser, **{NOW: "41"}), enter(browser, **{NOW: "44"})
    returns.withdraw(second, by=ada)
    apply(browser, first)
    assert value() == 41


def test_a_return_that_nobody_sent_is_not_received_with_another_of_its_source(browser, ada, force):
    expected = {
        "name": "Quarterly figures", "kind": ImportKind.OBSERVATIONS, "cadence": Cadence.QUARTERLY, "due_days": 20,
        "sender": "Sam, 01234", "starts_on": PERIOD.start, "source": DataSource.objects.get(slug="supplied"),
    }  # fmt: skip
    deliveries.save(ExpectedDelivery(force=force, **expected), by=ada)
    apply(browser, enter(browser, **{NOW: "41"}))
    returns.load([{**RETURN, "key": "other", "name": "Others", "rows": [{"indicator": "robbery"}]}])
    found = partner_returns.due(ada, force, PERIOD, PERIOD.next().end)
    assert [(one.partner_return.key, one.words) for one in found] == [
        ("other", "Not received"), ("referrals", "Received"),
    ]  # fmt: skip


def test_confirm_a_warning_without_a_reason_asks_at_the_field(browser):
    sent = enter(browser, **{NOW: "380", BEFORE: "38"})
    doors = {"return-confirm": (sent.pk, "id_reason"), "import-confirm": (sent.data_import_id, "confirm-reason")}
    for door, (pk, field) in doors.items():
        answer = browser.post(reverse(door, args=[pk]), {"reason": " "})
        page = answer.content.decode()
        assert answer.status_code == 422 and f'href="#{field}"' in page and f'id="{field}"' in page
        assert "<title>Error:" in page and "The preview names things to look at. Give a reason" in page
    apply(browser, sent)
    answer = browser.post(reverse("import-revert", args=[sent.data_import_id]), {"reason": ""})
    page = answer.content.decode()
    assert answer.status_code == 422 and 'href="#revert-reason"' in page and 'id="revert-reason"' in page
    assert value() == 380


BLOCK = "Measure\tQ1 20/21\tQ2 20/21\nReferrals\t38\tlots"


def filled(browser, block: str = BLOCK) -> dict[str, str]:
    """Fill the grid from a block; returns what the page then sends beside the cells."""
    page = browser.post(PAGE, {"intent": "fill", "block": block}).content.decode()
    return {"block": block, "filled": re.search('name="filled" value="([0-9a-f]*)"', page)[1]}


def test_what_of_a_block_could_not_be_read_is_answered_for_and_stays_listed(browser):
    sent = {**filled(browser), NOW: "41", BEFORE: "38"}
    answer = browser.post(PAGE, {"intent": "send", **sent})
    page = answer.content.decode()
    assert answer.status_code == 422 and 'href="#id_left_out"' in page and 'id="id_left_out"' in page
    assert "Referrals, Q2 20/21" in page and not ReturnSubmission.objects.exists()
    submission = enter(browser, **sent, left_out="on")
    page = browser.get(reverse("return-sent", args=[submission.pk])).content.decode()
    assert "Not read from the pasted block" in page and "Referrals, Q2 20/21" in page and "lots" in page


def test_a_block_that_was_read_whole_asks_nothing(browser):
    enter(browser, **filled(browser, BLOCK.replace("lots", "41")), **{NOW: "41", BEFORE: "38"})


def test_a_block_that_was_not_filled_in_is_not_sent_past(browser):
    answer = browser.post(PAGE, {"intent": "send", "block": BLOCK, NOW: "41"})
    assert answer.status_code == 422 and "This block was not filled into the grid" in answer.content.decode()


def attached(size: int, first: bytes = b"") -> SimpleUploadedFile:
    """Return a file of so many bytes."""
    return SimpleUploadedFile("from the partner.pdf", first + bytes(size - len(first)), "application/pdf")


def test_a_received_file_that_is_too_large_leaves_the_grid_as_it_was_typed(browser):
    answer = browser.post(PAGE, {"intent": "send", NOW: "41", "received": attached(26 * 1024**2)})
    page = answer.content.decode()
    assert answer.status_code == 422 and 'value="41"' in page and "at most 25 MB are kept" in page
    assert 'href="#id_received"' in page


def test_a_received_file_is_kept_once_a_return_names_it_and_swept_where_none_does(browser):
    later = time.time() + 25 * 60 * 60
    left = browser.post(PAGE, {"intent": "fill", "received": attached(90, b"left")}).content.decode()
    page = browser.post(PAGE, {"intent": "fill", NOW: "x", "received": attached(90, b"sent")}).content.decode()
    tokens = [re.search('name="kept" value="([^"]+)"', one)[1] for one in (left, page)]
    sent = enter(browser, **{NOW: "41", "kept": tokens[1]})
    assert received_files.discard_left_over() == 0 and received_files.discard_left_over(later) == 1
    file = browser.get(reverse("return-file", args=[sent.pk]))
    assert b"".join(file.streaming_content).startswith(b"sent")
    answer = browser.post(PAGE, {"intent": "send", NOW: "42", "kept": tokens[0]})
    assert answer.status_code == 422 and "Choose it again" in answer.content.decode()


def test_definitions_of_returns_go_out_and_come_in(force):
    out = shipping.document()["returns"]
    PartnerReturn.objects.all().delete()
    returns.load(out)
    assert shipping.document()["returns"] == out
    with pytest.raises(Refused, match="there is no indicator “nothing”"):
        returns.load([{**RETURN, "rows": [{"indicator": "nothing"}]}])
    with pytest.raises(Refused, match="1 to 12 quarters, not “five”"):
        returns.load([{**RETURN, "quarters": "five"}])


@pytest.mark.parametrize("named", [{"window": "quarter"}, {"window": ""}, {"area": "smallshire"}, {"part": None}])
def test_refuse_rows_of_one_series_however_it_is_named(force, named):
    row = {"indicator": "investigations"}
    with pytest.raises(Refused, match="Row 2: this series stands in an earlier row as well"):
        returns.load([{**RETURN, "rows": [row, {**row, **named}]}])


def test_a_row_that_names_the_own_area_of_the_force_shows_what_is_held(browser, force):
    returns.load([{**RETURN, "rows": [{"indicator": "investigations", "area": "smallshire"}]}])
    apply(browser, enter(browser, **{NOW: "41"}))
    page = browser.get(PAGE).content.decode()
    assert "Held: 41" in page and 'value="41"' in page


def supplied(browser) -> Observation:
    """Enter 41 and return the observation."""
    apply(browser, enter(browser, **{NOW: "41"}))
    return Observation.objects.select_related("indicator", "part", "area", "source", "data_import").get()


def test_correct_a_value_by_two_people_keeps_the_earlier_vintage(browser, ada, force):
    observation, ben = supplied(browser), case_files.analyst("Ben Analyst")
    made = corrections.propose(observation, Entered(Decimal(14)), by=ada, reason="Digits swapped")
    found = corrections.foresee(made)
    assert [(one["old"], one["new"]) for one in found["moves"]["figures"]] == [("41", "14")]
    assert value() == 41 and DataVersion.objects.count() == 1
    with pytest.raises(Refused, match="A second person has to decide"):
        corrections.confirm(made, by=ada, version=1)
    corrections.confirm(made, by=ben, version=1, reason="Compared with the e-mail")
    assert value() == 14 and aggregates.differences(force) == 0
    assert DataVersion.objects.get(number=2).kind == VersionKind.CORRECTION
    assert Observation.objects.filter(until_version=2, value=41).count() == 1
    assert [one.verb for one in made.transitions.all()] == ["propose", "confirm"]
    with pytest.raises(Refused, match="confirmed already"):
        corrections.confirm(made, by=ben, version=2)
    case_files.revert(made.data_import, ada)
    assert value() == 41 and aggregates.differences(force) == 0


def test_confirm_after_a_newer_import_is_a_conflict_in_words(browser, ada, force):
    observation, ben = supplied(browser), case_files.analyst("Ben Analyst")
    made = corrections.propose(observation, Entered(Decimal(14)), by=ada, reason="Digits swapped")
    case_files.load(
        force, ada, tidy_file(("investigations", "smallshire", "2020-10-01", "2020-10-31", 7)), ImportKind.OBSERVATIONS
    )
    with pytest.raises(Refused, match="The figures have changed since you opened the page") as caught:
        corrections.confirm(made, by=ben, version=1)
    assert caught.value.verdict.is_conflict
    apply(browser, enter(browser, **{NOW: "44"}))
    with pytest.raises(Refused, match="A newer value has taken the place"):
        corrections.confirm(made, by=ben, version=DataVersion.objects.count())
    assert value() == 44
    corrections.refuse(made, by=ben, reason="The partner sent it again")
    made.refresh_from_db()
    assert made.state == CorrectionState.REFUSED


def test_the_database_refuses_a_correction_by_one_person_and_without_a_reason(browser, ada):
    made = corrections.propose(supplied(browser), Entered(Decimal(14)), by=ada, reason="Digits swapped")
    for changes in ({"reason": ""}, {"state": "refused", "decided_by_id": ada.id, "decision_reason": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Correction.objects.filter(pk=made.pk).update(**changes)


def test_propose_twice_is_a_conflict(browser, ada):
    observation = supplied(browser)
    corrections.propose(observation, Entered(Decimal(14)), by=ada, reason="Digits swapped")
    with pytest.raises(Refused, match="already"):
        corrections.propose(observation, Entered(Decimal(15)), by=ada, reason="Or so")
