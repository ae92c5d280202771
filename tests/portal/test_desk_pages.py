"""Pages of the report desk, of presented reports, and My work: who sees what, and what the buttons do."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from indicators.actions import imports
from indicators.choices import ImportKind
from indicators.periods import Quarter
from narratives.actions import drafting
from portal import tasks
from portal.actions import approval, assembly, editions
from portal.choices import ReportState
from portal.models.report import Report
from tests.portal.small_quarter import TEXTS, SmallQuarter, corrected_records, work

pytestmark = [pytest.mark.slow]

SLUG = "lancashire-quarterly-2020-21-q2"
EDITION = f"/reports/{SLUG}/1/"


@pytest.fixture
def quarter(force):
    return SmallQuarter(force)


def client(quarter, role: str) -> Client:
    signed_in = Client()
    signed_in.force_login(quarter.users[role], backend="django.contrib.auth.backends.ModelBackend")
    return signed_in


def text(response) -> str:
    return response.content.decode()


def post(quarter, role: str, act: str, **fields):
    return client(quarter, role).post(f"/desk/{quarter.report.pk}/{act}/", fields)


DRAFT_DOORS = ("draft/", "draft.pdf", "draft.docx", "draft/charts/investigations.svg", "progress/", "")


def test_open_desk_as_commissioner_or_writer_finds_nothing(quarter):
    quarter.assemble()
    for role in ("commissioner", "lead", "reviewer", "analyst"):
        browser = client(quarter, role)
        assert browser.get("/desk/").status_code == 404, role
        for door in DRAFT_DOORS:
            assert browser.get(f"/desk/{quarter.report.pk}/{door}").status_code == 404, (role, door)


def test_open_reports_before_presenting_shows_the_commissioner_the_same_bytes_with_and_without_a_draft(quarter):
    browser = client(quarter, "commissioner")

    def seen() -> list[bytes]:
        addresses = ("/", "/reports/", f"/reports/{SLUG}/", EDITION, f"{EDITION}files/report.pdf")
        found = [browser.get(address).content for address in addresses]
        return [re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", each) for each in found]

    before = seen()
    quarter.assemble()
    approval.sign_off(quarter.report, by=quarter.person("approver"), version=1)
    editions.present(quarter.report, by=quarter.person("manager"), version=2)
    assert seen() == before
    for address in (f"/reports/{SLUG}/", EDITION, f"{EDITION}files/report.pdf", f"{EDITION}files/figures.csv"):
        assert browser.get(address).status_code == 404
    assert "No report has been presented yet" in text(browser.get("/reports/"))


def test_open_desk_report_lists_what_keeps_it_back_and_every_section(quarter):
    quarter.write("missing-people")
    page = text(client(quarter, "manager").get(f"/desk/{quarter.report.pk}/"))
    assert "The data cut is not fixed." in page
    assert "“Modern slavery” is not started." in page
    assert "2.a Missing people" in page and "2.b Modern slavery" in page
    assert "Rhona Reviewer" in page
    assert "Fix the data cut at version 1" in page
    assert "Put the report together" not in page


def test_fix_cut_assemble_sign_off_and_present_through_the_pages(quarter):
    quarter.write_all()
    address = f"/desk/{quarter.report.pk}/"
    assert post(quarter, "manager", "cut", data_version="1").status_code == 302
    assert "Put the report together" in text(client(quarter, "manager").get(address))
    assert post(quarter, "manager", "assemble", version="0").status_code == 302
    page = text(client(quarter, "approver").get(address))
    assert "Sign the report off" in page and "You sign draft 1 as it stands." in page
    assert page.count('<input type="hidden" name="version" value="1">') == 2  # to sign off, and to send back
    assert "Sign the report off" not in text(client(quarter, "manager").get(address))
    assert post(quarter, "approver", "sign-off", version="1").status_code == 302
    assert "Present the report" in text(client(quarter, "manager").get(address))
    assert post(quarter, "manager", "present", version="2").status_code == 302
    page = text(client(quarter, "manager").get(address))
    assert "Waiting for a worker" in page and "Present the report" not in page
    assert Report.objects.get().state == ReportState.SIGNED_OFF


def test_post_acts_of_others_are_not_found(quarter):
    quarter.assemble()
    acts = {"cut": "manager", "assemble": "manager", "sign-off": "approver", "send-back": "approver"}
    for act, owner in {**acts, "present": "manager"}.items():
        for role in quarter.users.keys() - {owner}:
            response = post(quarter, role, act, version="1", data_version="1", text="x")
            assert response.status_code == 404, (act, role)
    assert Report.objects.get().version == 1


def test_assemble_with_an_old_page_answers_409(quarter):
    quarter.assemble()
    response = post(quarter, "manager", "assemble", version="5")
    assert response.status_code == 409
    assert "has changed since you opened the page" in text(response)


def test_sign_off_with_a_reopened_section_answers_409_and_names_it(quarter):
    quarter.assemble()
    section = quarter.section("issue")
    drafting.save(section, TEXTS["issue"], by=quarter.person("lead"), version=section.version)
    response = post(quarter, "approver", "sign-off", version="1")
    assert response.status_code == 409
    assert "“Issue” is drafted" in text(response)


def test_send_back_that_comes_too_late_gives_the_words_back(quarter):
    quarter.assemble()
    assembly.assemble(quarter.report, by=quarter.person("manager"), version=1)
    response = post(quarter, "approver", "send-back", version="1", text="Name the operation, please.")
    assert response.status_code == 409
    assert "Name the operation, please." in text(response)


def test_send_back_without_words_says_what_is_missing(quarter):
    quarter.assemble()
    response = post(quarter, "approver", "send-back", version="1", text=" ")
    assert response.status_code == 400
    assert "Say what has to change" in text(response)


def test_post_without_a_version_does_nothing(quarter):
    quarter.assemble()
    for role, act in (("manager", "assemble"), ("approver", "sign-off"), ("manager", "present")):
        assert post(quarter, role, act).status_code == 400
    assert post(quarter, "manager", "cut", data_version="none").status_code == 400
    assert Report.objects.get().version == 1


def test_open_draft_shows_status_figures_and_its_own_chart(quarter):
    quarter.assemble()
    browser = client(quarter, "approver")
    page = text(browser.get(f"/desk/{quarter.report.pk}/draft/"))
    assert re.search(r"DRAFT 1, \d\d:\d\d on \d{1,2} \w+ \d{4}", page)
    assert '<data class="figure" value="missing_persons.r12.change">−14% (−1,453)</data>' in page
    (source,) = re.findall(r'src="([^"]+investigations[^"]*)"', page)
    assert source == f"/desk/{quarter.report.pk}/draft/charts/investigations.svg"
    drawing = browser.get(source)
    assert drawing["Content-Type"] == "image/svg+xml" and b"<svg" in drawing.content
    (narrow,) = re.findall(r'<source media="\(max-width: 40em\)" srcset="([^"]+)"', page)
    assert narrow == f"/desk/{quarter.report.pk}/draft/charts/investigations-narrow.svg"
    assert b'width="300"' in browser.get(narrow).content and b'width="680"' in drawing.content
    assert browser.get(f"/desk/{quarter.report.pk}/draft/charts/answering.svg").status_code == 404


def test_download_draft_as_pdf_and_word_says_draft(quarter):
    quarter.assemble()
    browser = client(quarter, "auditor")
    pdf = browser.get(f"/desk/{quarter.report.pk}/draft.pdf")
    assert pdf.content.startswith(b"%PDF") and pdf["Content-Disposition"] == 'attachment; filename="draft-1.pdf"'
    assert browser.get(f"/desk/{quarter.report.pk}/draft.docx").content.startswith(b"PK")
    assert "no-store" in pdf["Cache-Control"]


def test_open_draft_before_assembly_finds_nothing(quarter):
    assert client(quarter, "manager").get(f"/desk/{quarter.report.pk}/draft/").status_code == 404


def test_open_edition_shows_the_frozen_article_and_its_downloads(quarter):
    edition = quarter.present()
    browser = client(quarter, "commissioner")
    assert browser.get(f"/reports/{SLUG}/").headers["Location"] == EDITION
    page = text(browser.get(EDITION))
    assert edition.article in page
    assert edition.sha256[:8] in page
    for file in edition.files.all():
        assert f"{EDITION}files/{file.name}" in page
        response = browser.get(f"{EDITION}files/{file.name}")
        assert response.content == bytes(file.content)
        assert response["Content-Type"] == file.media_type
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response.has_header("Content-Disposition") is file.is_download
        if file.is_download:
            assert file.sha256 in page


@pytest.mark.parametrize(
    "address",
    [f"/reports/{SLUG}/2/", "/reports/other/", f"{EDITION}files/other.pdf", f"{EDITION}files/..%2f..%2fmanage.py"],
)
def test_open_what_is_not_there_finds_nothing(quarter, address):
    quarter.present()
    assert client(quarter, "commissioner").get(address).status_code == 404


def test_open_reports_as_nobody_leads_to_sign_in(quarter):
    quarter.present()
    for address in ("/reports/", EDITION, f"{EDITION}files/report.pdf"):
        assert Client().get(address).headers["Location"].startswith("/sign-in/")


def test_open_progress_while_presenting_polls_and_then_asks_for_a_fresh_page(quarter):
    quarter.assemble()
    approval.sign_off(quarter.report, by=quarter.person("approver"), version=1)
    job = editions.present(quarter.report, by=quarter.person("manager"), version=2)
    browser = client(quarter, "manager")
    busy = browser.get(f"/desk/{quarter.report.pk}/progress/")
    assert "every 2s" in text(busy) and not busy.has_header("HX-Refresh")
    tasks.freeze_edition(job.pk)
    done = browser.get(f"/desk/{quarter.report.pk}/progress/")
    assert done["HX-Refresh"] == "true" and "every 2s" not in text(done)
    assert EDITION in text(browser.get(f"/desk/{quarter.report.pk}/"))


def test_open_the_next_report_through_the_form(quarter):
    browser = client(quarter, "manager")
    page = text(browser.get("/desk/open/"))
    assert "2020/21 Q3, October to December 2020" in page
    fields = {"force": quarter.force.pk, "outline": quarter.cycle.outline_id, "quarter": "2020-21-Q3"}
    wrong = browser.post("/desk/open/", {**fields, "write_by": "2021-01-20", "review_by": "2021-01-10"})
    assert wrong.status_code == 400 and "before the texts are written" in text(wrong)
    done = browser.post("/desk/open/", {**fields, "meeting_on": "9/3/2021"})
    report = Report.objects.get(cycle__quarter_key="2020-21-Q3")
    assert done.headers["Location"] == f"/desk/{report.pk}/"
    assert report.cycle.meeting_on.isoformat() == "2021-03-09"
    again = browser.post("/desk/open/", fields)
    assert again.status_code == 409
    assert client(quarter, "approver").get("/desk/open/").status_code == 404


def test_open_home_shows_each_what_waits_for_them(quarter):
    assert "Reports to put together" in text(client(quarter, "manager").get("/"))
    assert "0 of 3 sections approved" in text(client(quarter, "manager").get("/"))
    lead = text(client(quarter, "lead").get("/"))
    assert "Missing people" in lead and "Reports to" not in lead
    assert "Nothing waits for you" in text(client(quarter, "commissioner").get("/"))
    quarter.assemble()
    approver = text(client(quarter, "approver").get("/"))
    assert "Reports to sign off" in approver and "3 of 3 sections approved" in approver
    approval.sign_off(quarter.report, by=quarter.person("approver"), version=1)
    assert "Reports to present" in text(client(quarter, "manager").get("/"))
    tasks.freeze_edition(editions.present(quarter.report, by=quarter.person("manager"), version=2).pk)
    home = text(client(quarter, "commissioner").get("/"))
    assert "Newest reports" in home and EDITION in home
    assert "Reports to" not in text(client(quarter, "manager").get("/"))


def test_open_home_as_analyst_lists_checked_files_to_confirm(quarter):
    waiting, _ = imports.receive(
        quarter.force, ImportKind.OBSERVATIONS, "later.csv", [corrected_records()], by=quarter.person("analyst")
    )
    work(imports.STAGE_TASK, waiting.pk)
    home = text(client(quarter, "analyst").get("/"))
    assert "To confirm" in home and f"/imports/{waiting.pk}/" in home
    assert "To confirm" not in text(client(quarter, "manager").get("/"))


def test_open_desk_with_many_reports_costs_the_same_queries(quarter):
    browser = client(quarter, "manager")
    browser.get("/desk/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/desk/")
    for number in (3, 4):
        assembly.open_quarter(quarter.force, quarter.cycle.outline, Quarter(2020, number), by=quarter.person("manager"))
    with CaptureQueriesContext(connection) as three:
        browser.get("/desk/")
    assert len(three) == len(one)
