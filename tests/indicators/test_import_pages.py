"""Pages of imports: sending a file, the preview, confirming, problems as CSV, a queue that is away."""

import csv
import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.actions import imports, jobs
from indicators.choices import ImportKind, ImportState, JobState
from indicators.models.case import Case
from indicators.models.data_import import DataImport, ImportProblem
from indicators.models.data_version import DataVersion
from indicators.models.job import Job
from indicators.periods import add_months, month_end
from portal.models.refusal import Refusal
from portal.models.role import RoleHolding
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.case_files import case, case_file, small_force, work
from tests.indicators.test_jobs import queue_at

pytestmark = pytest.mark.django_db

WAITS = "Saved. It will run when the queue is back"


@pytest.fixture
def force(db):
    """Return a small force."""
    return small_force()


@pytest.fixture
def ada(client) -> Client:
    """Return a browser in which an analyst has signed in."""
    client.force_login(User.objects.get(pk=case_files.analyst().id))
    return client


def browser(*roles: str) -> Client:
    """Return a browser of somebody with these roles."""
    user = User.objects.create_user(f"sam.{'.'.join(roles)}@example.test", "Sam Somebody")
    for role in roles:
        RoleHolding.objects.create(user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


def upload(client: Client, force, content: bytes, name: str = "cases.csv"):
    """Send a file by the form and follow to the page of its import."""
    file = SimpleUploadedFile(name, content, "text/csv")
    return client.post(reverse("import-receive"), {"force": force.pk, "kind": "cases", "file": file}, follow=True)


def text(answer) -> str:
    """Return the page's text with spaces made single."""
    return " ".join(answer.content.decode().split())


def test_upload_preview_confirm_by_pages_applies_the_file(ada, force):
    answer = upload(ada, force, case_file(case(1, "2020-01"), case(2, "2020-02")))
    data_import = DataImport.objects.get()
    assert answer.redirect_chain == [(reverse("import", args=[data_import.pk]), 302)]
    assert "Waiting for a worker" in text(answer)
    work(imports.STAGE_TASK, data_import)
    page = text(ada.get(reverse("import", args=[data_import.pk])))
    assert "2 rows: 2 new, 0 changed, 0 unchanged, 0 removed" in page
    assert "January 2020" in page and "February 2020" in page and "Confirm and apply" in page
    assert not Case.objects.exists()
    answer = ada.post(reverse("import-confirm", args=[data_import.pk]), {"reason": ""}, follow=True)
    assert answer.status_code == 200
    work(imports.APPLY_TASK, data_import)
    page = text(ada.get(reverse("import", args=[data_import.pk])))
    assert "data version 1" in page and "Confirm and apply" not in page
    assert Case.objects.count() == 2


def test_upload_the_same_bytes_again_says_which_import_it_is(ada, force):
    content = case_file(case(1, "2020-01"))
    upload(ada, force, content)
    again = upload(ada, force, content, "renamed.csv")
    assert f"The same file as import {DataImport.objects.get().pk}" in text(again)


def test_upload_a_file_name_full_of_mischief_is_shown_escaped(ada, force):
    page = upload(ada, force, case_file(case(1, "2020-01")), '<script>alert(1)</script>=cmd"x.csv').content.decode()
    assert "<script>alert" not in page and "script&gt;=cmd" in page
    data_import = DataImport.objects.get()
    assert imports.stored_path(data_import.sha256).name == data_import.sha256


def test_upload_nothing_or_an_empty_file_says_what_to_do(ada, force):
    answer = ada.post(reverse("import-receive"), {"force": force.pk, "kind": "cases"})
    assert answer.status_code == 200 and "file" in text(answer)
    answer = upload(ada, force, b"")
    assert answer.status_code in {200, 403} and "empty" in text(answer)
    assert not DataImport.objects.exists()


@pytest.mark.parametrize("role", ["report-manager", "auditor"])
def test_confirm_by_somebody_who_may_only_look_is_not_found(force, role):
    data_import = case_files.send(force, case_files.analyst(), case_file(case(1, "2020-01")))
    other = browser(role)
    assert "Confirm and apply" not in text(other.get(reverse("import", args=[data_import.pk])))
    for name in ("import-confirm", "import-abandon", "import-retry"):
        assert other.post(reverse(name, args=[data_import.pk])).status_code == 404
    data_import.refresh_from_db()
    assert data_import.state == ImportState.STAGED and Refusal.objects.count() == 3


@pytest.mark.parametrize("role", ["commissioner", "administrator", "reviewer"])
def test_open_imports_without_the_role_is_not_found(force, role):
    data_import = case_files.send(force, case_files.analyst(), case_file(case(1, "2020-01")))
    other = browser(role)
    for name in ("import", "import-progress", "import-problems"):
        assert other.get(reverse(name, args=[data_import.pk])).status_code == 404
    assert other.get(reverse("imports")).status_code == other.get(reverse("import-receive")).status_code == 404


def test_confirm_what_is_not_checked_is_a_conflict_and_changes_nothing(ada, force):
    upload(ada, force, case_file(case(1, "2020-01")))
    data_import = DataImport.objects.get()
    address = reverse("import-confirm", args=[data_import.pk])
    answer = ada.post(address)
    assert answer.status_code == 409 and "only a checked import can be confirmed" in text(answer)
    work(imports.STAGE_TASK, data_import)
    assert ada.post(address).status_code == 302
    assert ada.post(address).status_code == 409  # a second click
    assert Job.objects.filter(task=imports.APPLY_TASK).count() == 1
    work(imports.APPLY_TASK, data_import)
    assert ada.post(address).status_code == 409
    assert ada.post(reverse("import-abandon", args=[data_import.pk])).status_code == 409
    assert DataVersion.objects.count() == 1
    assert ada.post(reverse("import-confirm", args=[data_import.pk + 1])).status_code == 404
    assert ada.get(address).status_code == 405


def test_confirm_a_preview_with_warnings_needs_a_reason(ada, force):
    upload(ada, force, case_file(case(1, "2020-01"), case(2, "2020-03")))
    data_import = DataImport.objects.get()
    work(imports.STAGE_TASK, data_import)
    address = reverse("import-confirm", args=[data_import.pk])
    assert "No cases are held for February 2020" in text(ada.get(reverse("import", args=[data_import.pk])))
    assert "Give a reason" in text(ada.post(address, {"reason": "  "}, follow=True))
    assert "too long" in text(ada.post(address, {"reason": "x" * 2001}, follow=True))
    data_import.refresh_from_db()
    assert data_import.state == ImportState.STAGED
    ada.post(address, {"reason": "The month follows."})
    data_import.refresh_from_db()
    assert (data_import.state, data_import.reason) == (ImportState.CONFIRMED, "The month follows.")


def test_problems_of_a_refused_file_are_listed_and_open_as_text_in_a_spreadsheet(ada, force):
    lines = [case(1, "2020-01", kind) for kind in ("=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "Robery")]
    upload(ada, force, case_file(*lines))
    data_import = DataImport.objects.get()
    work(imports.STAGE_TASK, data_import)
    ImportProblem.objects.create(data_import=data_import, value="\t=1", message="a tab")
    page = text(ada.get(reverse("import", args=[data_import.pk])))
    assert "5 problems: nothing was changed" in page and "Robery" in page and "Confirm and apply" not in page
    answer = ada.get(reverse("import-problems", args=[data_import.pk]))
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert rows[0] == ["sheet", "row", "column", "value", "what to do"]
    assert [row[1] for row in rows[1:]] == ["2", "3", "4", "5", "6", ""]
    assert [row[3] for row in rows[1:]] == ["'=HYPERLINK(1)", "'+1", "'-1", "'@SUM(1)", "Robery", "'\t=1"]
    assert "attachment" in answer["Content-Disposition"]


def test_identical_problems_are_one_line_with_their_rows(ada, force):
    lines = [case(at, "2020-01", "Piracy") for at in range(130)] + [case(500, "2020-01", area="nonsense")]
    upload(ada, force, case_file(case(999, "2020-01"), *lines))
    data_import = DataImport.objects.get()
    work(imports.STAGE_TASK, data_import)
    page = text(ada.get(reverse("import", args=[data_import.pk])))
    assert "131 problems: nothing was changed" in page and "2 kinds of problem" in page
    # The header is row 1 and a sound case row 2.
    assert "130 places: rows 3 to 132" in page and "row 133" in page
    assert page.count("Piracy") < 3
    answer = ada.get(reverse("import-problems", args=[data_import.pk]))
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert len(rows) == 132  # the CSV keeps every place


def test_page_of_an_import_costs_the_same_for_one_problem_and_for_many(ada, force):
    upload(ada, force, case_file(case(1, "2020-01", "Piracy")))
    data_import = DataImport.objects.get()
    work(imports.STAGE_TASK, data_import)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert ada.get(reverse("import", args=[data_import.pk])).status_code == 200
        return len(asked)

    cost()
    one = cost()
    more = (
        ImportProblem(data_import=data_import, row=row, column="Type", message=f"m{row % 300}") for row in range(900)
    )
    ImportProblem.objects.bulk_create(more)
    assert cost() == one
    page = text(ada.get(reverse("import", args=[data_import.pk])))
    assert "301 kinds of problem, the 100 with most places shown" in page


def test_accept_a_file_without_its_faulty_rows_and_revert_it_by_pages(ada, force):
    upload(ada, force, case_file(case(1, "2020-01"), case(2, "2020-01", "Piracy")))
    data_import = DataImport.objects.get()
    work(imports.STAGE_TASK, data_import)
    address = reverse("import", args=[data_import.pk])
    assert "Apply this file without its faulty rows" in text(ada.get(address))
    accept = reverse("import-accept", args=[data_import.pk])
    assert "Give a reason" in text(ada.post(accept, {"reason": ""}, follow=True))
    ada.post(accept, {"reason": "The source mends it next month."})
    work(imports.APPLY_TASK, data_import)
    page = text(ada.get(address))
    assert "1 problem: these rows were left out" in page and "The source mends it next month." in page
    assert Case.objects.count() == 1 and "Revert this import" in page
    again = upload(ada, force, case_file(case(3, "2020-01")))
    later = DataImport.objects.latest("id")
    work(imports.STAGE_TASK, later)
    ada.post(reverse("import-confirm", args=[later.pk]), {"reason": "x"})
    work(imports.APPLY_TASK, later)
    assert again.status_code == 200 and f"import {later.pk} (cases.csv). Revert these first" in text(ada.get(address))
    for one in (later, data_import):
        ada.post(reverse("import-revert", args=[one.pk]), {"reason": "the wrong file"})
        work(imports.REVERT_TASK, one)
    page = text(ada.get(address))
    assert "Reverted as <strong>data version 4</strong>" in page and "the wrong file" in page
    assert not Case.objects.exists()


def test_preview_shows_the_figures_that_would_move(ada, force):
    case_files.load(force, User.objects.get().person, case_file(case(1, "2020-01"), case(2, "2020-01")))
    upload(ada, force, case_file(case(1, "2020-01")))
    later = DataImport.objects.latest("id")
    work(imports.STAGE_TASK, later)
    page = text(ada.get(reverse("import", args=[later.pk])))
    # January and its calendar year, of two measures, in the force, a division and a district
    assert "12 figures with a value would change" in page
    assert '<td class="govuk-table__cell govuk-table__cell--numeric">2</td>' in page


def test_send_and_confirm_while_the_queue_is_away_is_saved_and_says_so(ada, force):
    with queue_at("redis+socket:///tmp/nobody-listens.sock?virtual_host=0"):
        assert WAITS in text(upload(ada, force, case_file(case(1, "2020-01"))))
        data_import = DataImport.objects.get()
        work(imports.STAGE_TASK, data_import)
        assert WAITS in text(ada.post(reverse("import-confirm", args=[data_import.pk]), follow=True))
        for name in ("imports", "import-receive"):
            assert ada.get(reverse(name)).status_code == 200
    data_import.refresh_from_db()
    assert data_import.state == ImportState.CONFIRMED
    assert Job.objects.get(task=imports.APPLY_TASK).state == JobState.WAITING


def test_retry_work_that_was_put_aside_puts_it_back(ada, force):
    upload(ada, force, case_file(case(1, "2020-01")))
    data_import, job = DataImport.objects.get(), Job.objects.get()
    address = reverse("import-retry", args=[data_import.pk])
    assert ada.post(address).status_code == 404  # nothing is put aside
    for _ in range(3):
        jobs.let_go(jobs.claim(job.pk), "it failed")
    assert jobs.claim(job.pk) is None
    assert "stopped unexpectedly 3 times" in text(ada.get(reverse("import", args=[data_import.pk])))
    assert ada.post(address).status_code == 302
    work(imports.STAGE_TASK, data_import)
    assert data_import.state == ImportState.STAGED


def test_progress_of_an_import_reloads_the_page_when_the_work_has_ended(ada, force):
    upload(ada, force, case_file(case(1, "2020-01")))
    data_import = DataImport.objects.get()
    address = reverse("import-progress", args=[data_import.pk])
    assert "HX-Refresh" not in ada.get(address)
    work(imports.STAGE_TASK, data_import)
    assert ada.get(address)["HX-Refresh"] == "true"


def test_list_imports_costs_the_same_queries_for_one_and_for_many(ada, force):
    counts = []
    for batch in (1, 8):
        for at in range(batch):
            imports.receive(force, "cases", "x.csv", [f"{batch} {at}".encode()], by=User.objects.get().person)
        with CaptureQueriesContext(connection) as queries:
            assert ada.get(reverse("imports")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_send_too_much_or_without_signing_in_is_refused_before_a_byte_is_read(ada, settings):
    address = reverse("import-receive")

    class Unread(io.BytesIO):
        def read(self, *size):
            raise AssertionError("the body was read")

    def send(client, size: int):
        kind = "multipart/form-data; boundary=x"
        return client.generic("POST", address, b"", kind, CONTENT_LENGTH=str(size), **{"wsgi.input": Unread()})

    answer = send(ada, 2 * 1024**3)
    assert answer.status_code == 413 and "larger than 512 MB" in text(answer)
    answer = send(Client(), 6 * 1024**2)
    assert answer.status_code == 413 and "Sign in before you send a file" in text(answer)
    settings.UPLOAD_LIMIT = 10**15
    answer = send(ada, 10**15)
    assert answer.status_code == 413 and "too little space" in text(answer)


def test_send_more_than_a_hundred_files_without_deciding_is_refused(ada, force):
    by = User.objects.get().person
    DataImport.objects.bulk_create(
        DataImport(force=force, kind="cases", file_name="x", sha256=f"{n:064x}", size=1, received_by_id=by.id)
        for n in range(100)
    )
    assert "100 files that you sent wait" in text(upload(ada, force, case_file(case(1, "2020-01"))))
    assert DataImport.objects.count() == 100


def test_page_of_an_applied_import_costs_the_same_queries_for_one_month_and_for_many(ada, force):
    by, counts = User.objects.get().person, []
    for months in (["2020-01"], ["2020-02", "2020-03", "2020-04", "2020-05", "2020-06"]):
        applied = case_files.load(force, by, case_file(*(case(1, month) for month in months)))
        with CaptureQueriesContext(connection) as queries:
            assert "Revert this import" in text(ada.get(reverse("import", args=[applied.pk])))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_every_figure_that_moves_can_be_downloaded_before_and_after_it_is_applied(ada, force):
    by = User.objects.get().person
    first = [("investigations", "smallshire", *span(at), 10) for at in range(36)]
    case_files.load(force, by, case_files.tidy_file(*first), ImportKind.OBSERVATIONS)
    # Every month of three years is 11 in place of 10, so that more figures move than the page shows.
    again = [(*one[:4], 11) for one in first]
    sent = case_files.send(force, by, case_files.tidy_file(*again), ImportKind.OBSERVATIONS)
    page = text(ada.get(reverse("import", args=[sent.pk])))
    assert "the 20 that change most are shown" in page and "Download all of them as CSV" in page
    foreseen = figures_of(ada, sent)
    assert len(foreseen) == sent.preview["moves"]["count"] > 100
    months = {(row["period"], row["before"], row["after"]) for row in foreseen if row["window"] == "month"}
    assert len(months) == 36 and ("September 2020", "10", "11") in months
    assert ("12 months to 30 September 2020", "120", "132") in {
        (row["period"], row["before"], row["after"]) for row in foreseen
    }
    imports.confirm(sent, by=by, reason="checked")
    work(imports.APPLY_TASK, sent)
    assert figures_of(ada, sent) == foreseen
    assert ada.get(reverse("import-figures", args=[10**6])).status_code == 404


def span(back: int) -> tuple[str, str]:
    """The first and last day of a month, so many before September 2020."""
    first = add_months(date(2020, 9, 1), -back)
    return f"{first}", f"{month_end(first)}"


def figures_of(browser, data_import) -> list[dict[str, str]]:
    """The figures that an import moves, from its file."""
    answer = browser.get(reverse("import-figures", args=[data_import.pk]))
    assert "attachment" in answer["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
