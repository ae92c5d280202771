"""Editions: presented whole or not at all, frozen to the byte, the same figures in every form, every tamper found."""

import csv
import io
import json
import re
import shutil
import subprocess
from datetime import timedelta

import docx
import pgtrigger
import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone
from django.utils.html import strip_tags

from indicators.actions import jobs
from indicators.actions.jobs import LeaseLost, Progress
from indicators.choices import JobState
from indicators.models.area import Force
from indicators.models.exhibit import Exhibit
from indicators.models.indicator import Indicator
from indicators.models.job import Job
from narratives.actions import drafting
from narratives.documents import figures, from_json, sha256
from narratives.models.outline import Topic
from portal import editions, queries, tasks
from portal.actions import approval
from portal.actions import editions as presenting
from portal.choices import ReportState
from portal.models.edition import Edition, EditionFile
from portal.models.report import Report
from tests.portal.small_quarter import TEXTS, SmallQuarter, corrected_records, import_observations, refused

pytestmark = [pytest.mark.slow]

# What an intruder with the database in hand would switch off first.
UNGUARDED = "portal.EditionFile:append_only"
SLUG = "lancashire-quarterly-2020-21-q2"


@pytest.fixture
def quarter(force):
    """Return a quarter whose report is signed off at version 2."""
    return SmallQuarter(force, "signed-off")


def present(quarter) -> Job:
    """Order the report to be presented and do the worker's part."""
    job = presenting.present(quarter.report, by=quarter.person("manager"), version=2)
    tasks.freeze_edition(job.pk)
    job.refresh_from_db()
    return job


@pytest.fixture
def edition(force) -> Edition:
    SmallQuarter(force, "presented")
    return Edition.objects.get()


def content(edition: Edition, name: str) -> bytes:
    return bytes(edition.files.get(name=name).content)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_present_a_signed_off_report_makes_one_whole_edition(quarter):
    job = present(quarter)
    assert (job.state, job.error) == (JobState.DONE, "")
    report, edition = Report.objects.get(), Edition.objects.get()
    assert (report.state, report.version) == (ReportState.PRESENTED, 3)
    assert (edition.slug, edition.number) == (SLUG, 1)
    assert (edition.signed_off_by, edition.presented_by) == ("Alma Approver", "Mark Manager")
    names = [file.name for file in edition.files.all()]
    assert names == [
        "report.pdf", "report.docx", "figures.csv", "figures.json", "document.json", "manifest.json",
        "chart-investigations.svg", "chart-investigations-narrow.svg",
    ]  # fmt: skip
    drawings = [file.name for file in edition.files.filter(is_download=False)]
    assert drawings == ["chart-investigations.svg", "chart-investigations-narrow.svg"]
    assert all(file.size == len(bytes(file.content)) for file in edition.files.all())
    assert editions.faults(edition) == ()


def test_present_keeps_the_document_that_was_signed(edition):
    document = from_json(edition.document)
    assert document.status == ""
    assert sha256(document) == edition.sha256
    signature = Report.objects.get().transitions.get(verb="sign_off")
    assert signature.document_sha256 == edition.sha256
    assert content(edition, "document.json").decode() == edition.document


def test_present_prints_the_same_figures_on_the_page_in_word_csv_and_json(edition):
    document = from_json(edition.document)
    printed = figures(document)
    assert dict(printed)["missing_persons.r12.change"] == "−14% (−1,453)"
    article = squeezed(strip_tags(edition.article))
    word = docx.Document(io.BytesIO(content(edition, "report.docx")))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    in_word = squeezed(" ".join([*(paragraph.text for paragraph in word.paragraphs), *cells]))
    rows = list(csv.DictReader(io.StringIO(content(edition, "figures.csv").decode("utf-8-sig"))))
    in_csv = {(row["figure"], row["printed"].removeprefix("'")) for row in rows}
    in_json = {(each["figure"], each["printed"]) for each in json.loads(content(edition, "figures.json"))["figures"]}
    assert in_csv == in_json == set(printed)
    for key, words in printed:
        plain = squeezed(words).replace("&", "&amp;").replace("<", "&lt;")
        assert plain in article or squeezed(words) in article, key
        assert squeezed(words) in in_word, key


def test_present_prints_the_same_figures_in_the_pdf(edition, tmp_path):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not on this machine")
    (tmp_path / "report.pdf").write_bytes(content(edition, "report.pdf"))
    done = subprocess.run(["pdftotext", "-layout", tmp_path / "report.pdf", "-"], capture_output=True, check=True)
    raw = subprocess.run(["pdftotext", tmp_path / "report.pdf", "-"], capture_output=True, check=True)
    words = squeezed(done.stdout.decode()) + squeezed(raw.stdout.decode())
    for key, text in figures(from_json(edition.document)):
        assert squeezed(text) in words, key
    assert edition.sha256[:8] in words
    assert "DRAFT" not in words


def test_present_writes_numbers_as_numbers_and_no_formula_in_the_csv(edition):
    rows = list(csv.DictReader(io.StringIO(content(edition, "figures.csv").decode("utf-8-sig"))))
    (missing,) = [row for row in rows if row["figure"] == "missing_persons.r12.change"]
    assert (missing["value"], missing["previous"], missing["change"]) == ("8783", "10236", "-1453")
    assert missing["source"] == "responding-dashboard"
    assert missing["data_version"] == "1"
    numbers = {"value", "previous", "change", "change_percent", "share_percent"}
    cells = [(name, cell) for row in rows for name, cell in row.items()]
    assert not [cell for name, cell in cells if name not in numbers and cell[:1] in tuple("=+-@\t\r")]
    assert all(re.fullmatch(r"-?\d*(\.\d+)?", cell) for name, cell in cells if name in numbers)


def test_change_everything_after_presenting_leaves_every_frozen_byte(quarter):
    quarter.present()

    def everything() -> list[object]:
        kept = Edition.objects.values().get()
        return [kept, *((file.name, bytes(file.content), file.sha256) for file in EditionFile.objects.all())]

    before = everything()
    Indicator.objects.filter(key="missing_persons").update(name="Renamed", footnote="New footnote")
    Topic.objects.update(title="Renamed")
    Force.objects.update(name="Renamed")
    for user in quarter.users.values():
        type(user).objects.filter(pk=user.pk).update(name="Renamed")
    section = quarter.section("issue")
    drafting.save(section, "Another text.", by=quarter.person("lead"), version=section.version)
    import_observations(quarter.force, quarter.person("analyst"), "later.csv", corrected_records())
    assert everything() == before
    assert editions.faults(Edition.objects.get()) == ()


def test_write_to_a_frozen_file_is_stopped_by_the_database(edition):
    for write in (lambda: EditionFile.objects.update(content=b"x"), EditionFile.objects.all().delete):
        with pytest.raises(ProgrammingError), transaction.atomic():
            write()
    assert editions.faults(edition) == ()


@pgtrigger.ignore(UNGUARDED)
def test_tamper_with_one_byte_anywhere_is_found(edition):
    for file in edition.files.all():
        good = bytes(file.content)
        for place in (0, len(good) // 2, len(good) - 1):
            bad = bytearray(good)
            bad[place] ^= 1
            EditionFile.objects.filter(pk=file.pk).update(content=bytes(bad))
            assert any(file.name in fault for fault in editions.faults(edition)), (file.name, place)
        EditionFile.objects.filter(pk=file.pk).update(content=good)
    for name in ("document", "article"):
        good = getattr(edition, name)
        setattr(edition, name, good.replace("250", "251", 1))
        assert editions.faults(edition) == (f"The {name} has changed.",)
        setattr(edition, name, good)
    edition.sha256 = edition.sha256[::-1]
    assert editions.faults(edition) == ("The printed hash has changed.",)


@pgtrigger.ignore(UNGUARDED)
def test_take_a_file_away_or_add_one_is_found(edition):
    EditionFile.objects.filter(name="figures.csv").delete()
    EditionFile.objects.create(edition=edition, name="extra.txt", media_type="text/plain", content=b"x", size=1)
    assert editions.faults(edition) == ("extra.txt is not in the manifest.", "figures.csv is missing.")


def test_present_twice_makes_one_edition(quarter):
    first = presenting.present(quarter.report, by=quarter.person("manager"), version=2)
    second = presenting.present(quarter.report, by=quarter.person("manager"), version=2)
    assert first.pk == second.pk
    for _ in range(2):
        tasks.freeze_edition(first.pk)
    assert Edition.objects.count() == 1
    error = refused(presenting.present, quarter.report, by=quarter.person("manager"), version=2)
    assert error.verdict.is_conflict


def test_freeze_a_presented_report_once_more_gives_up_with_the_reason(quarter):
    quarter.present()
    manager = quarter.person("manager")
    job = Job.objects.create(task=approval.FREEZE_TASK, subject_id=quarter.report.pk, title="Again", by_id=manager.id)
    tasks.freeze_edition(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert "presented" in job.error
    assert Edition.objects.count() == 1


def test_keep_two_editions_with_one_number_is_impossible(edition):
    edition.pk = None
    with pytest.raises(IntegrityError):
        edition.save()


def test_present_by_anybody_but_a_report_manager_is_refused(quarter):
    for role in quarter.users.keys() - {"manager"}:
        refused(presenting.present, quarter.report, by=quarter.person(role), version=2)
    assert not Job.objects.filter(task=approval.FREEZE_TASK).exists()


def test_present_with_a_section_opened_again_is_refused(quarter):
    section = quarter.section("missing-people")
    drafting.save(section, TEXTS["missing-people"], by=quarter.person("lead"), version=section.version)
    error = refused(presenting.present, quarter.report, by=quarter.person("manager"), version=2)
    assert error.verdict.is_conflict
    assert "“Missing people”" in error.verdict.reason


def test_open_a_section_while_the_worker_waits_ends_the_job_without_an_edition(quarter):
    job = presenting.present(quarter.report, by=quarter.person("manager"), version=2)
    section = quarter.section("issue")
    drafting.save(section, "Another text.", by=quarter.person("lead"), version=section.version)
    tasks.freeze_edition(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE and "“Issue”" in job.error
    assert not Edition.objects.exists()
    assert Report.objects.get().state == ReportState.SIGNED_OFF


def test_rename_an_indicator_after_sign_off_is_not_presented_as_signed(quarter):
    Indicator.objects.filter(key="calls_101_time_to_answer").update(name="Renamed")
    job = present(quarter)
    assert job.state == JobState.DONE and "no longer read as it did when it was signed off" in job.error
    assert not Edition.objects.exists()


def test_fail_in_a_rendering_leaves_the_report_signed_off_and_the_job_for_another_try(force):
    # A title that reads as an address in the drawing: the renderers refuse such a chart.
    quarter = SmallQuarter(force)
    Exhibit.objects.filter(key="investigations").update(title="Does url(http://127.0.0.1:1/x) rise?")
    quarter.assemble()
    approval.sign_off(quarter.report, by=quarter.person("approver"), version=1)
    job = present(quarter)
    assert (Report.objects.get().state, Report.objects.get().version) == (ReportState.SIGNED_OFF, 2)
    assert not Edition.objects.exists() and not EditionFile.objects.exists()
    assert job.state == JobState.RUNNING and "UnsafeDrawing" in job.error
    assert job in jobs.open_jobs()  # its lease has ended: the sweep wakes it again
    for _ in range(jobs.MOST_ATTEMPTS):
        tasks.freeze_edition(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.QUARANTINED
    assert Report.objects.get().state == ReportState.SIGNED_OFF


def test_lose_the_worker_in_the_middle_keeps_nothing_of_it_and_the_next_one_presents(quarter):
    manager = quarter.person("manager")
    asked = presenting.present(quarter.report, by=manager, version=2)
    first = jobs.claim(asked.pk)
    Job.objects.filter(pk=asked.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    second = jobs.claim(asked.pk)
    with pytest.raises(LeaseLost):
        presenting.freeze(quarter.report.pk, first, Progress(first), by=manager)
    assert not Edition.objects.exists()
    assert Report.objects.get().state == ReportState.SIGNED_OFF
    made = presenting.freeze(quarter.report.pk, second, Progress(second), by=manager)
    assert made is not None and editions.faults(made) == ()
    assert Report.objects.get().transitions.filter(verb="present").count() == 1


def test_freeze_the_same_document_twice_gives_the_same_bytes(quarter):
    report = Report.objects.get()
    composed = [queries.compose(report) for _ in range(2)]
    job = jobs.ask("none", 1, "None", by=quarter.person("manager"))
    made = [presenting.freeze_files(each, lambda name: f"/{name}", {}, Progress(job)) for each in composed]
    assert made[0] == made[1]
