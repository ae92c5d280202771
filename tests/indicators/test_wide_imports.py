"""Wide sheets the whole way: a profile begun, tried and saved on pages, four years loaded, reconciled, taken back."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.actions import imports, profiles
from indicators.actions.areas import ensure_force
from indicators.choices import ImportKind, ImportState
from indicators.models.aggregate import Aggregate
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.models.observation import Observation
from indicators.models.profile import SheetProfile
from indicators.models.source import DataSource
from indicators.people import Refused
from indicators.periods import Quarter
from indicators.queries import books, vintages
from indicators.queries.first_published import first_published
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.case_files import small_force, work
from tests.indicators.test_official_pages import text as shown_in
from tests.indicators.test_profile_pages import fields, text
from tests.indicators.wide_files import csv_of, matrix, month_value, workbook_of
from tests.people import make_user

pytestmark = pytest.mark.django_db

TITLE = "Domestic abuse crimes"
DEFINITION = {
    "shape": "year-matrix",
    "named_by": ["title"],
    "labels": {TITLE: {"holds": "level", "indicator": "investigations", "part": "", "area": "smallshire", "factor": 1}},
    "headings": {"Total": "total"},
}


@pytest.fixture
def force(db):
    """Return a small force."""
    return small_force()


@pytest.fixture
def ada(client, force) -> Client:
    """Return a browser in which an analyst has signed in."""
    client.force_login(User.objects.get(pk=case_files.analyst().id))
    return client


@pytest.fixture
def by(ada):
    """Return the analyst who has signed in."""
    return User.objects.get().person


@pytest.fixture
def profile(force, by) -> SheetProfile:
    """Return a saved profile."""
    source = DataSource.objects.get(slug="supplied")
    made = profiles.create_for_sheets(force, source, "History", {}, {}, by=by)
    profiles.save(made, DEFINITION, {}, version=0, by=by)
    return made


def sample(content: bytes, name: str = "history.xlsx") -> SimpleUploadedFile:
    """Return a file to send."""
    return SimpleUploadedFile(name, content)


def load(profile, content: bytes, by, **printed: str) -> DataImport:
    """Take wide sheets from receipt to figures."""
    wide = imports.WideSheets(profile, **printed)
    data_import, is_new = imports.receive(
        profile.force, ImportKind.OBSERVATIONS, "history.xlsx", [content], by=by, wide=wide
    )
    assert is_new
    work(imports.STAGE_TASK, data_import)
    assert data_import.state == ImportState.STAGED, list(data_import.problems.values_list("message", flat=True))
    imports.confirm(data_import, by=by, reason="checked")
    work(imports.APPLY_TASK, data_import)
    assert data_import.state == ImportState.APPLIED
    return data_import


def value(window: str, end: str) -> Decimal | None:
    """Return a current value of the force."""
    return Aggregate.objects.get(
        indicator__key="investigations", area__slug="smallshire", window=window, end=end, until_version__isnull=True
    ).value


def test_load_four_years_on_the_pages_that_the_help_page_names(ada, force):
    """Somebody who only read the help page: begin, look, save, send, confirm, compare, take back."""
    content = workbook_of({"Domestic abuse": matrix(TITLE)})
    assert reverse("history-help") in ada.get(reverse("import-receive")).content.decode()
    page = text(ada.get(reverse("history-help")))
    for words in ("Begin a profile of sheets", "Try it on a sample", "Save the profile", "Confirm and apply"):
        assert words in page
    source = DataSource.objects.get(slug="supplied")
    given = {"force": force.pk, "source": source.pk, "name": "History", "file": sample(content)}
    answer = ada.post(reverse("sheet-profile-new"), given, follow=True)
    profile = SheetProfile.objects.get()
    assert answer.redirect_chain == [(reverse("sheet-profile-edit", args=[profile.pk]), 302)], text(answer)
    sent = fields(answer)
    assert (sent["shape"], sent["headings-0-text"], sent["headings-0-holds"]) == ("year-matrix", "Total", "total")
    assert sent["labels-0-text"] == TITLE and profile.version == 0
    sent |= {"named_by": "title", "intent": "try", "labels-0-holds": "level", "labels-0-series": "investigations",
             "labels-0-area": "smallshire", "labels-0-factor": "1"}  # fmt: skip
    address = reverse("sheet-profile-edit", args=[profile.pk])
    tried = text(ada.post(address, sent | {"file": sample(content)}))
    assert "42 values can be read, no problem." in tried and "April 2017" in tried
    answer = ada.post(address, sent | {"intent": "save"}, follow=True)
    assert "is saved as version 1" in text(answer)
    profile.refresh_from_db()
    assert profile.definition["labels"] == DEFINITION["labels"] and profile.definition["headings"] == {"Total": "total"}
    given = {"force": force.pk, "kind": "observations", "sheet_profile": profile.pk, "file": sample(content)}
    answer = ada.post(reverse("import-receive"), given, follow=True)
    data_import = DataImport.objects.get()
    work(imports.STAGE_TASK, data_import)
    assert data_import.state == ImportState.STAGED, list(data_import.problems.values_list("message", flat=True))
    assert data_import.rows == 42 and len(data_import.months) == 42
    assert not data_import.preview["warnings"] and any("4 totals" in note for note in data_import.preview["notes"])
    page = text(ada.get(reverse("import", args=[data_import.pk])))
    assert "History</a>, version 1." in page and "42 values: 42 new" in page
    ada.post(reverse("import-confirm", args=[data_import.pk]), {"reason": ""})
    work(imports.APPLY_TASK, data_import)
    assert DataVersion.objects.count() == 1
    # By hand: each year has twelve months of 1000 + 200 for each year before, and 10 × (0 + … + 11) = 660 more.
    assert [value("r12", f"{year}-03-31") for year in (2018, 2019, 2020)] == [12_660, 15_060, 17_460]
    assert value("month", "2017-04-30") == 1000 and value("quarter", "2020-09-30") == 1630 + 1640 + 1650
    assert not Aggregate.objects.filter(end__gt=date(2020, 9, 30), value__isnull=False).exists()
    march = Observation.objects.get(end=date(2018, 3, 31))
    assert (march.sheet, march.cell, march.row) == ("Domestic abuse", "M4", 4)
    ada.post(reverse("import-revert", args=[data_import.pk]), {"reason": "wrong file"})
    work(imports.REVERT_TASK, data_import)
    assert data_import.state == ImportState.REVERTED
    assert not Observation.objects.filter(until_version__isnull=True).exists()
    assert not Aggregate.objects.filter(until_version__isnull=True).exists()


def test_load_a_total_that_differs_needs_a_reason_and_changes_no_value(force, by, profile):
    content = workbook_of({"S": matrix(TITLE, wrong={"2018/19": 15_061})})
    wide = imports.WideSheets(profile)
    data_import, _ = imports.receive(force, ImportKind.OBSERVATIONS, "x.xlsx", [content], by=by, wide=wide)
    work(imports.STAGE_TASK, data_import)
    (warning,) = data_import.preview["warnings"]
    for words in ("cell N5", "15,061", "15,060", "a difference of 1"):
        assert words in warning
    with pytest.raises(Refused, match="Give a reason"):
        imports.confirm(data_import, by=by, reason=" ")
    imports.confirm(data_import, by=by, reason="The total was typed.")
    work(imports.APPLY_TASK, data_import)
    assert value("r12", "2019-03-31") == 15_060


def test_load_csv_workbook_and_tidy_file_give_the_same_figures(force, by, profile):
    """C62: the same numbers as a matrix in two packings and as a tidy file change nothing."""
    load(profile, workbook_of({"S": matrix(TITLE)}), by)
    again = load(profile, csv_of(matrix(TITLE)), by)
    assert {row["unchanged"] for row in again.preview["rows"]} == {1}
    rows = []
    for at in range(42):
        year, month = 2017 + (at + 3) // 12, (at + 3) % 12 + 1
        last = (date(year + month // 12, month % 12 + 1, 1) - date.resolution).isoformat()
        number = month_value(at // 12, at % 12)
        rows.append(("investigations", "smallshire", f"{year}-{month:02d}-01", last, number))
    tidy = case_files.load(force, by, case_files.tidy_file(*rows), ImportKind.OBSERVATIONS)
    assert sum(row["unchanged"] for row in tidy.preview["rows"]) == 42
    assert not any(row["new"] or row["changed"] for row in tidy.preview["rows"])


def test_first_published_values_stand_beside_the_current_ones_and_never_replace_them(ada, force, by, profile):
    now = matrix(TITLE)
    now[3][1] = 1040  # April 2017 was revised by 4 %
    now[3][-1] += 40
    load(profile, csv_of(now), by)
    before = list(Aggregate.objects.order_by("id").values_list("id", "value", "until_version"))
    printed = load(profile, csv_of(matrix(TITLE)), by, printed_in="2020-21-Q2", report_name="Report of November 2020")
    assert printed.preview["moves"]["count"] == 0
    assert list(Aggregate.objects.order_by("id").values_list("id", "value", "until_version")) == before
    assert value("month", "2017-04-30") == 1040
    of = books.measures(["investigations"])["investigations"]
    earlier = load(profile, csv_of(matrix(TITLE, known=1)), by, printed_in="2017-18-Q1")
    found = {one.period.end: one for one in first_published(force, of)}
    april = found[date(2017, 4, 30)]
    assert (april.report, april.printed, april.now, april.is_revised) == ("2017/18 Q1", "1,000", "1,040", True)
    may = found[date(2017, 5, 31)]
    assert (may.report, may.printed, may.now, may.note) == ("2020/21 Q2", "1,010", "1,010", "Report of November 2020")
    book = books.figure_book(force, Quarter(2020, 2), keys=["investigations"])
    assert book.figure("investigations.month").current.amount == 1650 and not book.supplied
    address = f"{reverse('indicator', args=['investigations'])}?quarter=2020-21-Q2"
    page = text(ada.get(address))
    assert "As first published" in page and "Report of November 2020" in page and "Revised" in page
    # As known before the earlier report was loaded, the later one was the first.
    at = {one.period.end: one for one in first_published(force, of, earlier.version.number - 1)}
    assert at[date(2017, 4, 30)].report == "2020/21 Q2"


def test_first_published_without_a_report_is_refused_by_the_database(force, by, profile):
    load(profile, csv_of(matrix(TITLE, known=1)), by)
    with pytest.raises(IntegrityError, match="first_published_names_its_report"), transaction.atomic():
        Observation.objects.update(statistic="first-published")


def test_receive_the_same_bytes_by_another_profile_or_as_printed_is_another_import(force, by, profile):
    content, source = csv_of(matrix(TITLE)), DataSource.objects.get(slug="supplied")
    other = profiles.create_for_sheets(force, source, "Other", {}, {}, by=by)
    profiles.save(other, DEFINITION, {}, version=0, by=by)

    def receive(wide):
        return imports.receive(force, ImportKind.OBSERVATIONS, "x.csv", [content], by=by, wide=wide)

    first, is_new = receive(imports.WideSheets(profile))
    assert is_new and receive(imports.WideSheets(profile)) == (first, False)
    assert receive(imports.WideSheets(other))[1] and receive(imports.WideSheets(profile, "2020-21-Q2"))[1]
    assert DataImport.objects.count() == 3


def test_profile_that_is_unfinished_retired_or_of_another_force_reads_nothing(force, by, profile):
    begun = profiles.create_for_sheets(force, profile.source, "Begun", {}, {}, by=by)
    for wide, kind, owner, named in (
        (imports.WideSheets(begun), ImportKind.OBSERVATIONS, force, "not finished"),
        (imports.WideSheets(profile), ImportKind.CASES, force, "reads observations"),
        (imports.WideSheets(profile), ImportKind.OBSERVATIONS, ensure_force("other", "Other"), "another force"),
        (imports.WideSheets(profile, "2020-22-Q2"), ImportKind.OBSERVATIONS, force, "Write a quarter like"),
    ):
        with pytest.raises(Refused, match=named):
            imports.receive(owner, kind, "x", [b"x"], by=by, wide=wide)
    profiles.retire(profile, by=by)
    with pytest.raises(Refused, match="retired"):
        imports.receive(force, ImportKind.OBSERVATIONS, "x", [b"x"], by=by, wide=imports.WideSheets(profile))


def test_only_an_analyst_saves_and_each_save_is_audited(force, by, profile):
    auditor = make_user("Audrey Auditor", "auditor").person
    with pytest.raises(Refused, match="Only an analyst"):
        profiles.save(profile, DEFINITION, {}, version=1, by=auditor)
    with pytest.raises(Refused, match=r'no indicator "gone".*choose the area'):
        wrong = {"x": {"holds": "level", "indicator": "gone", "part": "", "area": "", "factor": 1}}
        profiles.save(profile, {**DEFINITION, "labels": wrong}, {}, version=1, by=by)
    profiles.save(profile, {**DEFINITION, "refuses_totals": True}, {}, version=1, by=by)
    with pytest.raises(Refused, match="Somebody else") as refused:
        profiles.save(profile, DEFINITION, {}, version=1, by=by)
    assert refused.value.verdict.is_conflict
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM indicators_sheetprofileevent ORDER BY pgh_id")
        assert [row[0] for row in cursor.fetchall()] == [0, 1, 2]


def test_import_keeps_the_profile_as_it_was_received_with(force, by, profile):
    wide = imports.WideSheets(profile)
    content = csv_of(matrix(TITLE))
    data_import, _ = imports.receive(force, ImportKind.OBSERVATIONS, "x.csv", [content], by=by, wide=wide)
    other = {"Another": DEFINITION["labels"][TITLE]}
    profiles.save(profile, {**DEFINITION, "labels": other}, {}, version=1, by=by)
    work(imports.STAGE_TASK, data_import)
    assert (data_import.state, data_import.profile_version) == ("staged", 1)


def test_upload_that_does_not_fit_is_refused_in_words(ada, force, profile):
    def answer(**changes):
        given = {"force": force.pk, "kind": "observations", "file": sample(b"a,b\n"), **changes}
        return text(ada.post(reverse("import-receive"), given))

    assert "A profile of sheets reads observations" in answer(kind="cases", sheet_profile=profile.pk)
    assert "A tidy file names the report itself" in answer(printed_in="2020-21-Q2")
    assert "Write a quarter like 2020-21-Q2" in answer(sheet_profile=profile.pk, printed_in="Q2")
    assert "Give the quarter of the report" in answer(sheet_profile=profile.pk, report_name="Appendix")
    assert not DataImport.objects.exists()


def test_edit_a_profile_names_all_that_is_missing_and_keeps_what_was_typed(ada, profile):
    address = reverse("sheet-profile-edit", args=[profile.pk])
    sent = fields(ada.get(address)) | {"named_by": "title", "intent": "save", "name": "Renamed"}
    sent |= {"labels-0-series": "", "words-0-text": "n/a", "words-0-meaning": "not-available"}
    answer = ada.post(address, sent)
    page = text(answer)
    assert answer.status_code == 422
    assert "choose the indicator" in page and "give the reason" in page
    assert fields(answer)["name"] == "Renamed" and fields(answer)["words-0-text"] == "n/a"
    assert ada.post(address, sent | {"labels-TOTAL_FORMS": "100000"}).status_code == 422
    profile.refresh_from_db()
    assert profile.version == 1


def test_try_a_sample_that_cannot_be_read_says_why(ada, force, profile):
    address = reverse("sheet-profile-edit", args=[profile.pk])
    sent = fields(ada.get(address)) | {"named_by": "title", "intent": "try"}
    page = text(ada.post(address, sent | {"file": sample(b"%PDF-1.4 nothing")}))
    assert "This is a PDF" in page and "0 values can be read" in page
    assert "Choose one file" in text(ada.post(address, sent))
    source = DataSource.objects.get(slug="supplied")
    given = {"force": force.pk, "source": source.pk, "name": "New", "file": sample(b"%PDF-1.4 nothing")}
    answer = ada.post(reverse("sheet-profile-new"), given)
    assert answer.status_code == 422 and "This is a PDF" in text(answer)


def test_pages_of_profiles_cost_the_same_with_one_and_many(ada, force, by, profile):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries_made:
            assert ada.get(reverse("profiles")).status_code == 200
        return len(queries_made)

    count()
    one = count()
    for at in range(8):
        profiles.create_for_sheets(force, profile.source, f"P{at}", {}, {}, by=by)
    assert count() == one


def test_command_loads_wide_sheets_by_the_name_of_a_profile(force, by, profile, tmp_path, capsys):
    path = tmp_path / "history.csv"
    path.write_bytes(csv_of(matrix(TITLE)))
    arguments = ["import_observations", str(path), "--force", "smallshire", "--as", by.email]
    call_command(*arguments, "--profile", "History", "--yes")
    assert value("r12", "2020-03-31") == 17_460
    call_command(*arguments, "--profile", "History", "--printed-in", "2020-21-Q2", "--report", "Appendix", "--yes")
    assert Observation.objects.filter(statistic="first-published", reported_for="2020-21-Q2").count() == 42
    with pytest.raises(CommandError, match="Its profiles are: “History”"):
        call_command(*arguments, "--profile", "Histroy")
    with pytest.raises(CommandError, match="A tidy file names the report itself"):
        call_command(*arguments, "--printed-in", "2020-21-Q2")


def test_pages_show_values_as_known_now_as_first_published_and_at_a_data_version(ada, force, by):
    header = case_files.TIDY_HEADER
    rows = [
        f"r,investigations,,smallshire,month,{year}-06-01,{year}-06-30,{report},{kind},{value},,,,,,,supplied,"
        for year, report, kind, value in (
            (2019, "", "", 40), (2020, "", "", 60), (2019, "2019-20-Q1", "first-published", 30),
            (2019, "2019-20-Q2", "first-published", 35),
        )
    ]  # fmt: skip
    case_files.load(force, by, "\n".join([header, *rows, ""]).encode(), ImportKind.OBSERVATIONS)
    corrected = case_files.tidy_file(("investigations", "smallshire", "2020-06-01", "2020-06-30", 66))
    case_files.load(force, by, corrected, ImportKind.OBSERVATIONS)
    address = reverse("figure", args=["investigations.month"]) + "?quarter=2020-21-Q1"
    now = shown_in(ada.get(address))
    assert "Every value is as known now, and so is the value before" in now
    assert "66" in now and "The value before As known now" in now
    first = shown_in(ada.get(f"{address}&known=first"))
    assert "Before 30" in first
    assert "The value before As first published in the report of 2019/20 Q1" in first
    earlier = shown_in(ada.get(f"{address}&known=1"))
    assert "This value As known at data version 1" in earlier and "Every value is as known at data version 1" in earlier
    book = vintages.book_as_known(force, Quarter(2020, 1), vintages.known_as(force, "1"), ["investigations"])
    assert book.figure("investigations.month").aspect("value") == "60"
    for nonsense in ("0", "99", "-1", "x", "9" * 30):
        assert "Every value is as known now" in shown_in(ada.get(f"{address}&known={nonsense}"))
    page = shown_in(ada.get(reverse("indicator", args=["investigations"]) + "?quarter=2020-21-Q1&known=first"))
    assert "compared with the value before as first published in the report of 2019/20 Q1" in page.casefold().replace(
        "q1", "Q1"
    )
    answer = ada.get("/api/figures/?quarter=2020-21-Q1&format=csv").content.decode("utf-8-sig")
    assert answer.count("as known at data version 2") >= 2
    answer = ada.get("/api/figures/?quarter=2020-21-Q1&at=1").json()["figures"][0]
    assert (answer["vintage"], answer["previous_vintage"]) == ("as known at data version 1",) * 2
