"""Pages of profiles: beginning one from a sample, editing and saving it, trying it, loading a file by it."""

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.actions import imports, profiles
from indicators.models.case import Case
from indicators.models.data_import import DataImport
from indicators.models.profile import CaseProfile
from indicators.models.source import DataSource
from portal.models.user import User
from tests.indicators import case_files, extract_files
from tests.indicators.case_files import small_force, work
from tests.indicators.extract_files import DEFINITION
from tests.people import make_user

pytestmark = pytest.mark.django_db

FIELD = re.compile(r'<input type="(?:text|hidden)" name="([^"]+)"(?: value="([^"]*)")?')
SELECT = re.compile(r'<select name="([^"]+)".*?</select>', re.S)
CHOSEN = re.compile(r'<option value="([^"]*)" selected')
RADIO = re.compile(r'<input type="radio" name="([^"]+)" value="([^"]*)"[^>]* checked')


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
def crime_system(force, ada) -> CaseProfile:
    """Return a saved profile."""
    return extract_files.profile(force, User.objects.get().person)


def sample(content: bytes, name: str = "sample.csv") -> SimpleUploadedFile:
    """Return a file to send."""
    return SimpleUploadedFile(name, content, "text/csv")


def text(answer) -> str:
    """Return the page's text with spaces made single."""
    return html.unescape(" ".join(answer.content.decode().split()))


def fields(answer) -> dict[str, str]:
    """Return what a browser would send of the page's form, as a person sees it filled in."""
    page = answer.content.decode().partition("<main")[2]
    found = {name: html.unescape(value) for name, value in FIELD.findall(page)}
    found |= {name: html.unescape(value) for name, value in RADIO.findall(page)}
    for select in SELECT.finditer(page):
        chosen = CHOSEN.search(select.group())
        found[select.group(1)] = html.unescape(chosen.group(1)) if chosen else ""
    return found


def lines(sent: dict[str, str], part: str, value: str) -> dict[str, str]:
    """Return the lines of one part of the form: word -> what is chosen for it."""
    key = "name" if part == "columns" else "text"
    return {
        sent[f"{part}-{at}-{key}"]: sent[f"{part}-{at}-{value}"]
        for at in range(int(sent[f"{part}-TOTAL_FORMS"]))
        if sent[f"{part}-{at}-{key}"]
    }


def choose(sent: dict[str, str], part: str, word: str, meaning: str) -> None:
    """Choose what a word means, or what a column holds."""
    key, value = ("name", "holds") if part == "columns" else ("text", "meaning")
    at = next(at for at in range(200) if sent[f"{part}-{at}-{key}"] == word)
    sent[f"{part}-{at}-{value}"] = meaning


def begin(ada: Client, force, **changes: Any):
    """Begin a profile with a sample of the extract."""
    source = DataSource.objects.get(slug="cases")
    given = {"force": force.pk, "source": source.pk, "name": "Crime system", "file": sample(extract_files.text())}
    return ada.post(reverse("profile-new"), given | changes, follow=True)


def test_begin_a_profile_suggests_what_columns_hold_and_words_mean(ada, force):
    answer = begin(ada, force)
    profile = CaseProfile.objects.get()
    assert answer.redirect_chain == [(reverse("profile-edit", args=[profile.pk]), 302)]
    sent = fields(ada.get(reverse("profile-edit", args=[profile.pk])))
    assert lines(sent, "columns", "holds") == {
        "Crime No": "Crime ID", "Date recorded": "Date", "HO class": "Crime type", "Beat": "LSOA code",
        "Status": "unread", "Covid marker": "marker", "Officer": "unread",
    }  # fmt: skip
    offences = lines(sent, "offences", "meaning")
    assert offences.keys() == {"34B Robbery", "34B Personal", "ASB N"}
    assert (offences["34B Robbery"], offences["ASB N"]) == ("Robbery|", "")
    assert lines(sent, "areas", "meaning").keys() == {"H0", "C1", "Nowhere"}
    assert lines(sent, "flags", "meaning") == {"Y": "COVID-19", "N": "-"}
    assert sent["dates"] == "day-first"
    assert profile.version == 0
    page = text(ada.get(reverse("profile", args=[profile.pk])))
    assert "Not finished" in page
    assert "Crime system" not in text(ada.get(reverse("import-receive"))).partition("<main")[2]


def test_edit_and_save_a_profile_then_load_a_file_by_it(ada, force):
    begin(ada, force)
    profile = CaseProfile.objects.get()
    address = reverse("profile-edit", args=[profile.pk])
    sent = fields(ada.get(address)) | {"intent": "save"}
    choose(sent, "columns", "Status", "Last outcome category")
    for word, meaning in (("34B Robbery", "Robbery|"), ("34B Personal", "Robbery|Personal robbery"),
                          ("ASB N", "Anti-social behaviour|Nuisance")):  # fmt: skip
        choose(sent, "offences", word, meaning)
    for word, meaning in (("H0", "hill"), ("C1", "coast"), ("Nowhere", "no-location")):
        choose(sent, "areas", word, meaning)
    spare = next(name for name in sent if name.startswith("areas-") and name.endswith("-text") and not sent[name])
    sent |= {spare: "Abroad", spare.replace("text", "meaning"): "outside-force"}
    answer = ada.post(address, sent, follow=True)
    assert answer.redirect_chain == [(reverse("profile", args=[profile.pk]), 302)]
    assert "is saved as version 1" in text(answer)
    profile.refresh_from_db()
    areas = {"H0": "hill", "C1": "coast", "Nowhere": "no-location", "Abroad": "outside-force"}
    assert profile.definition == {**DEFINITION, "areas": areas}
    page = text(answer)
    for words in ("34B Personal</th> <td class=\"govuk-table__cell\">Robbery: Personal robbery", "Not read: Officer.",
                  "Covid marker: Y</th> <td class=\"govuk-table__cell\">COVID-19", "By rows"):  # fmt: skip
        assert words in page, words
    given = {"force": force.pk, "kind": "cases", "profile": profile.pk, "file": sample(extract_files.workbook())}
    answer = ada.post(reverse("import-receive"), given, follow=True)
    data_import = DataImport.objects.get()
    work(imports.STAGE_TASK, data_import)
    assert data_import.state == "staged", list(data_import.problems.values_list("message", flat=True))
    assert "Read by the profile" in text(answer) and "Crime system</a>, version 1." in text(answer)
    profiles.save(profile, DEFINITION, profile.found, version=1, by=User.objects.get().person)
    page = text(ada.get(reverse("import", args=[data_import.pk])))
    assert "version 1 (it is at version 2 now)" in page
    assert "sample.csv</a>, version 1" in text(ada.get(reverse("profile", args=[profile.pk])))


def test_save_what_is_not_whole_names_all_of_it_and_keeps_what_was_typed(ada, crime_system):
    address = reverse("profile-edit", args=[crime_system.pk])
    sent = fields(ada.get(address)) | {"intent": "save", "name": "Renamed"}
    choose(sent, "columns", "Date recorded", "")
    choose(sent, "columns", "Status", "LSOA code")
    answer = ada.post(address, sent)
    page = text(answer)
    assert answer.status_code == 422
    assert 'Say what the column "Date recorded" holds, or that it is not read.' in page
    assert '"Beat" and "Status" are said to hold the same.' in page
    assert "No column holds the month or the date." in page
    again = fields(answer)
    assert (again["name"], lines(again, "columns", "holds")["Status"], again["version"]) == (
        "Renamed",
        "LSOA code",
        "1",
    )
    crime_system.refresh_from_db()
    assert crime_system.version == 1


def test_save_what_somebody_else_has_saved_meanwhile_is_a_conflict(ada, crime_system):
    address = reverse("profile-edit", args=[crime_system.pk])
    sent = fields(ada.get(address)) | {"intent": "save"}
    assert ada.post(address, sent).status_code == 302
    assert ada.post(address, sent).status_code == 409
    crime_system.refresh_from_db()
    assert crime_system.version == 2


def test_save_a_meaning_that_is_not_offered_is_refused(ada, crime_system):
    address = reverse("profile-edit", args=[crime_system.pk])
    sent = fields(ada.get(address)) | {"intent": "save"}
    choose(sent, "areas", "H0", "smallshire")
    assert ada.post(address, sent).status_code == 422
    # A small area is not offered, and kept where the profile says so already.
    assert lines(fields(ada.get(address)), "areas", "meaning")["H0"] == "e01000000"
    assert ada.post(address, sent | {"areas-TOTAL_FORMS": "100000"}).status_code == 422
    assert CaseProfile.objects.get().version == 1


def test_try_a_profile_shows_what_it_makes_of_a_sample_and_changes_nothing(ada, crime_system):
    address = reverse("profile-edit", args=[crime_system.pk])
    sent = fields(ada.get(address)) | {"intent": "try"}
    rows = extract_files.rows()
    rows[1][2] = "34C Other"
    rows += [rows[1], ["x", "2020", *rows[0][2:]]]
    answer = ada.post(address, sent | {"file": sample(extract_files.text(rows))})
    page = text(answer)
    assert answer.status_code == 200
    assert "7 rows looked at: 4 can be read, 2 kinds of problem. Nothing was changed." in page
    assert "January 2020: 1 case" in page and "February 2020: 2 cases" in page and "December 2020: 1 case" in page
    assert "2 times, HO class, <code>34C Other</code>: This offence is not known." in page
    assert "1 time, Date recorded, <code>2020</code>:" in page
    assert "Open – £" in page and "31 January 2020" not in page and "29 February 2020" in page
    # The word that was not known can be given a meaning now, and is saved with it.
    again = fields(answer) | {"intent": "save"}
    assert "34C Other" in lines(again, "offences", "meaning")
    choose(again, "offences", "34C Other", "Drugs|")
    assert not Case.objects.exists() and not DataImport.objects.exists()
    crime_system.refresh_from_db()
    assert (crime_system.version, crime_system.definition) == (1, DEFINITION)
    assert ada.post(address, again).status_code == 302
    crime_system.refresh_from_db()
    assert crime_system.definition["offences"]["34C Other"] == ["Drugs", ""]


def test_try_on_a_received_file_and_with_a_further_column(ada, force, crime_system):
    content = extract_files.text().replace(b"Officer", b"Victim", 1)
    data_import, _ = imports.receive(
        force, "cases", "extract.csv", [content], by=User.objects.get().person, profile=crime_system
    )
    address = reverse("profile-edit", args=[crime_system.pk])
    sent = fields(ada.get(address)) | {"intent": "try", "received": str(data_import.pk)}
    answer = ada.post(address, sent)
    assert 'The column "Victim" is not known.' in text(answer)
    assert lines(fields(answer), "columns", "holds")["Victim"] == ""
    imports.stored_path(data_import.sha256).unlink()
    assert "no longer held" in text(ada.post(address, sent))


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"only one column\r\nx\r\n", "fewer than three names"),
        (b"a,b,a\r\n1,2,3\r\n", 'The column "a" stands in the header twice'),
        (b"a,,c,d\r\n1,2,3,4\r\n", "A column has no name"),
        (b"a,b\x1b,c\r\n1,2,3\r\n", "cannot be seen"),
    ],
)
def test_sample_that_is_no_extract_is_refused_in_words(ada, force, crime_system, content, named):
    for answer in (
        begin(ada, force, name="Another", file=sample(content)),
        ada.post(
            reverse("profile-edit", args=[crime_system.pk]),
            fields(ada.get(reverse("profile-edit", args=[crime_system.pk])))
            | {"intent": "try", "file": sample(content)},
        ),
    ):
        assert answer.status_code == 422
        assert named in text(answer)
    assert CaseProfile.objects.count() == 1


def test_try_without_a_sample_or_with_a_large_one_says_what_to_do(ada, crime_system, monkeypatch):
    address = reverse("profile-edit", args=[crime_system.pk])
    sent = fields(ada.get(address)) | {"intent": "try"}
    assert "Choose one file" in text(ada.post(address, sent))
    monkeypatch.setattr("indicators.forms.profiles.LARGEST_SAMPLE", 10)
    assert "larger than 20 MB" in text(ada.post(address, sent | {"file": sample(b"x" * 11)}))


def test_names_and_words_full_of_mischief_are_shown_escaped(ada, force):
    mischief = "<script>alert(1)</script>"
    content = extract_files.text().replace(b"Officer", mischief.encode(), 1).replace(b"34B Robbery", b"<b>x")
    page = begin(ada, force, name='"><img src=x>', file=sample(content)).content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page and "<b>x" not in page
    assert "&lt;script&gt;alert(1)" in page and "&lt;b&gt;x" in page


def test_retire_a_profile_offers_it_no_more(ada, crime_system):
    address = reverse("profile-retire", args=[crime_system.pk])
    assert "is retired" in text(ada.post(address, follow=True))
    assert ada.post(address).status_code == 409
    assert ada.get(reverse("profile-edit", args=[crime_system.pk])).status_code == 404
    page = text(ada.get(reverse("profile", args=[crime_system.pk])))
    assert "Retired." in page and "Edit or try it" not in page
    assert "Crime system" not in text(ada.get(reverse("import-receive")))


def test_load_by_a_profile_of_another_kind_or_force_is_refused_by_name(ada, force, crime_system):
    given = {"force": force.pk, "kind": "observations", "profile": crime_system.pk, "file": sample(b"x")}
    assert "A profile reads cases." in text(ada.post(reverse("import-receive"), given))
    assert not DataImport.objects.exists()


@pytest.mark.parametrize("role", ["report-manager", "auditor"])
def test_who_may_only_look_sees_profiles_and_no_way_to_change_them(crime_system, role):
    other = Client()
    other.force_login(make_user("Sam Somebody", role))
    for address in (reverse("profiles"), reverse("profile", args=[crime_system.pk])):
        page = text(other.get(address))
        assert "Crime system" in page and "Begin a profile" not in page and "Edit or try" not in page
        assert "Retire" not in page


def test_list_profiles_costs_the_same_queries_for_one_and_for_many(ada, force, crime_system):
    counts = []
    for batch in (0, 8):
        for at in range(batch):
            profiles.create(force, crime_system.source, f"More {at}", {}, {}, by=User.objects.get().person)
        with CaptureQueriesContext(connection) as queries:
            assert ada.get(reverse("profiles")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_profile_of_as_many_words_as_it_may_have_is_shown_and_saved_whole(ada, crime_system):
    by = User.objects.get().person
    words = {f"{at:03} Robbery": ["Robbery", ""] for at in range(1_000)}
    found = {"header": ["Crime No"], "offences": [f"open {at}" for at in range(50)]}
    profiles.save(crime_system, {**DEFINITION, "offences": words}, found, version=1, by=by)
    address = reverse("profile-edit", args=[crime_system.pk])
    sent = fields(ada.get(address))
    assert lines(sent, "offences", "meaning") == dict.fromkeys(words, "Robbery|")
    assert ada.post(address, sent | {"intent": "save"}).status_code == 302
    crime_system.refresh_from_db()
    assert (crime_system.version, crime_system.definition["offences"]) == (3, words)
    assert ada.post(address, sent | {"intent": "save", "offences-TOTAL_FORMS": "1100"}).status_code == 422
