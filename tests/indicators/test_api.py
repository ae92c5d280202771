"""The read-only API: who may ask, what may be asked, and what comes back."""

import csv
import io

import pytest
from django.urls import resolve

from indicators.actions import dated_notes
from indicators.choices import Role
from indicators.models.dated_note import DatedNote
from indicators.models.indicator import Indicator
from indicators.models.portfolio import Portfolio
from portal.choices import PERMISSIONS
from tests.indicators.api_world import load, tidy

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ADDRESSES = ("/api/indicators/", "/api/indicators/rape/", "/api/figures/", "/api/schema/")


@pytest.fixture
def held(force, analyst, tmp_path, settings):
    """Return the force with two data versions: in the second, September 2020 is 140 in place of 130."""
    settings.FILES = tmp_path
    load(force, analyst, tidy(130))
    load(force, analyst, tidy(140))
    return force


@pytest.fixture
def reader(client, analyst):
    """Return the browser of Ada, an analyst."""
    client.force_login(analyst)
    return client


def by_key(answer) -> dict:
    return {figure["key"]: figure for figure in answer.json()["figures"]}


def rows_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_asking_opens_for_the_roles_of_the_table_alone(force, client, make_person):
    found = {}
    for role in Role:
        client.force_login(make_person(f"One {role.value}", role, portfolio=Portfolio.objects.first()))
        found[role] = {client.get(address).status_code for address in ADDRESSES}
    assert found == {role: {200 if role in PERMISSIONS["api.read"] else 404} for role in Role}


def test_asking_anonymous_is_refused_in_json_without_redirect(client):
    for address in ADDRESSES:
        answer = client.get(f"{address}?format=json")
        assert answer.status_code in {401, 403}
        assert list(answer.json()) == ["detail"]


def test_asking_after_deactivation_is_refused_at_once(force, reader, analyst):
    assert reader.get("/api/indicators/").status_code == 200
    analyst.is_active = False
    analyst.save()
    assert reader.get("/api/indicators/").status_code in {401, 403}


def test_writing_is_refused_and_changes_nothing(force, reader):
    before = list(Indicator.objects.order_by("pk").values())
    for address in ADDRESSES:
        for method in ("post", "put", "patch", "delete"):
            assert getattr(reader, method)(address, {"name": "Other"}, "application/json").status_code == 405
        assert reader.post(address, {}, headers={"X-HTTP-Method-Override": "GET"}).status_code == 405
    assert list(Indicator.objects.order_by("pk").values()) == before


def test_asking_by_head_and_options_meets_the_same_decision(force, reader, make_person):
    def decisions() -> set[int]:
        return {ask(address).status_code for address in ADDRESSES for ask in (reader.head, reader.options)}

    assert decisions() == {200}
    reader.force_login(make_person("Cora Commissioner", "commissioner"))
    assert decisions() == {404}


def test_every_view_carries_its_permission():
    for address in ADDRESSES:
        view = resolve(address).func
        assert (view.permission, view.cls.permission, view.login_required) == ("api.read", "api.read", False)


def test_listing_indicators_gives_the_reference_sheets(force, reader):
    answer = reader.get("/api/indicators/").json()
    assert (len(answer["indicators"]), answer["next"]) == (Indicator.objects.count(), None)
    sheet = next(one for one in answer["indicators"] if one["key"] == "rasso_m3")
    assert (sheet["unit"], sheet["kind"], sheet["polarity"]) == ("percent", "proportion", "lower")
    assert sheet["targets"][0]["printed"] == "15%"
    assert sheet["targets"][0]["value"] == "15"
    burglary = next(one for one in answer["indicators"] if one["key"] == "burglary_residential")
    assert (burglary["source"], burglary["counted_from"]) == ("synthetic-cases", "2018-09-01")


def test_asking_for_one_indicator_gives_its_sheet_or_404(force, reader):
    assert reader.get("/api/indicators/budget/").json()["parts"][:2] == ["visible", "non_visible"]
    assert reader.get("/api/indicators/nothing/").status_code == 404


def test_listing_figures_gives_the_newest_quarter_as_known_now(held, reader):
    answer = reader.get("/api/figures/")
    about = answer.json()
    assert (about["force"], about["quarter"], about["version"]) == ("lancashire", "2020-21-Q2", 2)
    year = by_key(answer)["domestic_abuse_investigations.r12"]
    assert (year["value"], year["previous"], year["change"]) == ("1570", "1200", "370")
    assert (year["start"], year["end"], year["since_version"]) == ("2019-10-01", "2020-09-30", 2)


def test_listing_figures_at_an_earlier_version_gives_what_was_known_then(held, reader):
    answer = reader.get("/api/figures/?at=1&quarter=2020-21-Q2&indicator=domestic_abuse_investigations")
    assert answer.json()["version"] == 1
    figures = by_key(answer)
    assert figures["domestic_abuse_investigations.r12"]["text"] == "1,560"
    assert figures["domestic_abuse_investigations.r12"]["change_text"] == "+30% (+360)"
    assert figures["domestic_abuse_investigations.quarter"]["value"] == "390"
    assert {figure["indicator"] for figure in figures.values()} == {"domestic_abuse_investigations"}


def test_listing_figures_without_any_gives_an_empty_answer(force, reader):
    answer = reader.get("/api/figures/").json()
    assert (answer["quarter"], answer["version"], answer["next"], answer["figures"]) == (None, 0, None, [])


REFUSED = {
    "quarter=2020-Q2": "quarter",
    "quarter=": "quarter",
    "quarter=1999-00-Q1": "1999-00-Q1",
    "force=kent": "kent",
    "indicator=murder": "murder",
    "at=3": "1 to 2",
    "at=0": "at",
    "at=-1": "at",
    "at=1.0": "at",
    "at=²": "at",
    "limit=5001": "1 to 5000",
    "limit=1e9": "limit",
    "limit=0": "limit",
    "offset=10": "offset",
    "cursor=": "cursor",
    "cursor=abc:def": "cursor",
    "area=nowhere": "nowhere",
    "window=year": "window",
    "indicator=%00": "indicator",
    "with_districts=yes": "with_districts",
    "ordering=-value": "ordering",
    "indicator__startswith=r": "indicator__startswith",
    "page_size=10": "page_size",
    "limit=10&limit=20": "more than once",
}


def test_asking_for_what_is_not_there_is_refused_in_words(held, reader):
    for question, word in REFUSED.items():
        for sort in ("json", "csv"):
            answer = reader.get(f"/api/figures/?{question}&format={sort}")
            assert (question, answer.status_code) == (question, 400)
            assert word in answer.content.decode()


def test_asking_for_an_unknown_format_is_refused(force, reader):
    assert reader.get("/api/figures/?format=api").status_code == 404
    assert reader.get("/api/figures/?format=html").status_code == 404


def test_districts_are_listed_only_when_asked_for(force, reader, analyst, tmp_path, settings):
    settings.FILES = tmp_path
    line = "d1,missing_persons,,burnley,month,2020-09-01,2020-09-30,,,7,,,,,,,responding-dashboard,"
    load(force, analyst, tidy(130) + f"{line}\n".encode())
    key = "missing_persons.burnley.month"
    assert key not in by_key(reader.get("/api/figures/?quarter=2020-21-Q2"))
    assert by_key(reader.get("/api/figures/?quarter=2020-21-Q2&with_districts=1"))[key]["value"] == "7"
    assert by_key(reader.get("/api/figures/?quarter=2020-21-Q2&area=burnley"))[key]["value"] == "7"


def test_figures_as_csv_open_as_text_and_keep_their_numbers(held, reader):
    Indicator.objects.filter(key="domestic_abuse_investigations").update(name="=HYPERLINK(1)")
    answer = reader.get("/api/figures/?quarter=2020-21-Q2", headers={"Accept": "text/csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = {row["key"]: row for row in rows_of(answer)}
    year = rows["domestic_abuse_investigations.r12"]
    assert (year["name"], year["value"], year["change"]) == ("'=HYPERLINK(1)", "1570", "370")
    assert year["change_text"].startswith("'+")
    fall = rows["calls_999_service_level.r12"]
    assert (fall["previous"], fall["change"], fall["notes"]) == ("80", "-6", "as supplied, counts not given")


def test_csv_and_json_hold_the_same_records(held, reader):
    flat = rows_of(reader.get("/api/figures/?format=csv"))
    figures = reader.get("/api/figures/").json()["figures"]
    assert [row["key"] for row in flat] == [figure["key"] for figure in figures]
    assert set(flat[0]) == set(figures[0])


def test_sheets_as_csv_have_one_line_each(force, reader):
    rows = rows_of(reader.get("/api/indicators/?format=csv"))
    assert len(rows) == Indicator.objects.count()
    assert next(row for row in rows if row["key"] == "rasso_m3")["targets"].startswith("15%; 10% from Q2")
    assert len(rows_of(reader.get("/api/indicators/rape/?format=csv"))) == 1


def test_asking_again_is_answered_304_until_data_or_definitions_change(held, reader, analyst):
    address = "/api/figures/?quarter=2020-21-Q2"
    first = reader.get(address)
    etag = first.headers["ETag"]
    assert "private" in first.headers["Cache-Control"]
    again = reader.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    others = [f"{address}&limit=1", f"{address}&format=csv", f"{address}&at=1", f"{address}&with_districts=1"]
    assert len({etag, *(reader.get(other).headers["ETag"] for other in others)}) == 5
    load(held, analyst, tidy(150))
    assert reader.get(address, headers={"If-None-Match": etag}).status_code == 200
    fixed = reader.get(f"{address}&at=2").headers["ETag"]
    Indicator.objects.filter(key="domestic_abuse_investigations").update(name="Investigations")
    assert reader.get(f"{address}&at=2", headers={"If-None-Match": fixed}).status_code == 200


def test_an_etag_opens_nothing_for_others(held, reader, client, make_person):
    etag = reader.get("/api/figures/").headers["ETag"]
    client.force_login(make_person("Cora Commissioner", "commissioner"))
    assert client.get("/api/figures/", headers={"If-None-Match": etag}).status_code == 404


def test_an_etag_changes_with_whatever_is_told_of_a_figure(held, reader, analyst):
    """Also with what no data version numbers: a note, or the reason that somebody gave for a difference."""
    address = "/api/figures/?quarter=2020-21-Q2"
    before = reader.get(address).headers["ETag"]
    note = DatedNote(
        kind="footnote", label="One", words="Read with care.", indicators=["domestic_abuse_investigations"]
    )
    dated_notes.save(note, by=analyst.person)
    answer = reader.get(address, headers={"If-None-Match": before})
    assert answer.status_code == 200
    assert by_key(answer)["domestic_abuse_investigations.r12"]["footnotes"] == ["Read with care"]
