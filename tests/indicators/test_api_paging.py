"""Pages by cursor: each record once, all pages of one state, whatever is written between them; nothing ever breaks."""

import csv
import io
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.actions import definitions
from indicators.api import asked as asking
from indicators.api import paging
from indicators.models.indicator import Indicator
from tests.indicators.api_world import load, tidy

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LISTS = (
    "areas", "breakdowns", "comparators", "deliveries", "differences", "exhibits", "figures", "indicators", "notes",
    "observations", "relations", "signals", "sources", "spans", "targets", "values", "versions",
)  # fmt: skip
BENEATH = (
    "exhibits/answering/cells", "exhibits/investigations/cells", "figures/domestic_abuse_investigations.month/vintages",
    "indicators/domestic_abuse_investigations/beside", "signals/domestic_abuse_investigations/months",
)  # fmt: skip


def walked(client: Client, address: str, name: str, between=None) -> list[dict]:
    """Follow the pages of a list to its end."""
    records: list[dict] = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.content)
        page = answer.json()
        records += page[name]
        address = page["next"]
        assert answer.headers.get("Link", "") == (f'<{address}>; rel="next"' if address else "")
        if between and address:
            between()
    return records


def test_walk_every_list_in_small_pages_gives_what_one_page_gives(api_reader):
    for path in (*LISTS, *BENEATH):
        name = path.rpartition("/")[2]
        whole = api_reader.get(f"/api/{path}/?limit=5000").json()
        assert whole["next"] is None
        size = max(1, len(whole[name]) // 2)
        assert walked(api_reader, f"/api/{path}/?limit={size}", name) == whole[name], path


def test_walk_while_values_are_written_shows_the_state_of_the_first_page(api_quarter, api_reader):
    """A file arrives after each page: every record stands once, as known when the walk began."""
    lasts = iter(range(150, 400))

    def arrives() -> None:
        load(api_quarter.force, api_quarter.users["analyst"], tidy(next(lasts)))

    for name in ("figures", "values", "observations"):
        version = api_quarter.force.versions.count()
        known = api_reader.get(f"/api/{name}/?limit=5000").json()[name]
        found = walked(api_reader, f"/api/{name}/?limit={len(known) // 3 + 1}", name, arrives)
        assert found == known
        assert {one["version"] for one in found} == {version}
        assert api_reader.get(f"/api/{name}/?limit=5000").json()[name] != known
    assert api_quarter.force.versions.count() >= version + 2


def test_walk_while_definitions_are_written_repeats_and_hides_nothing(api_quarter, api_reader):
    """An indicator before the cursor, one behind it, and all in another order: those that were there come once each."""
    before = [one["key"] for one in api_reader.get("/api/indicators/?limit=5000").json()["indicators"]]
    plain = {"name": "N", "portfolio": "crime", "kind": "count", "unit": "count", "polarity": "lower",
             "definition": "D", "owner": "O"}  # fmt: skip
    new = iter(["aaa_first", "zzz_last", "mmm_middle", "mmm_second"])

    def defined() -> None:
        key = next(new, None)
        if key:
            definitions.load({"indicators": [{**plain, "key": key}]}, by=api_quarter.person("analyst"))
        for at, one in enumerate(Indicator.objects.order_by("-position", "-key")):
            Indicator.objects.filter(pk=one.pk).update(position=at)

    found = [one["key"] for one in walked(api_reader, "/api/indicators/?limit=20", "indicators", defined)]
    assert len(found) == len(set(found))
    assert [key for key in found if key in before] == before
    assert "zzz_last" in found and "aaa_first" not in found


def cursor_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["cursor"][0]


def test_a_cursor_of_another_question_is_refused_in_words(api_reader):
    cursor = cursor_of(api_reader.get("/api/figures/?limit=2").json()["next"])
    plain = "quarter=2020-21-Q2&force=lancashire&at=4"
    version = api_reader.get("/api/figures/?limit=1").json()["version"]
    good = api_reader.get(f"/api/figures/?force=lancashire&quarter=2020-21-Q2&at={version}&cursor={cursor}&limit=7")
    assert good.status_code == 200 and len(good.json()["figures"]) == 7
    for address in (
        f"/api/figures/?{plain}&cursor={cursor}",
        f"/api/figures/?cursor={cursor}&with_districts=1",
        f"/api/figures/?cursor={cursor}&at=1",
        f"/api/values/?cursor={cursor}",
        f"/api/indicators/?cursor={cursor}",
    ):
        answer = api_reader.get(f"{address}&format=json")
        assert answer.status_code == 400, address
        assert "belongs to another question" in answer.json()["detail"]
    for wrong in (
        cursor[:-1],
        cursor + "A",
        "nonsense",
        "",
        signing.dumps("x"),
        signing.dumps(["a", []], salt="other"),
    ):
        answer = api_reader.get("/api/figures/", {"cursor": wrong, "format": "json"})
        assert answer.status_code == 400, wrong
        assert "this is no cursor of this list" in answer.json()["detail"]
    # Our own signature around something of another form is no cursor either.
    for odd in (5, "ab", ["a"], ["a", 5], ["a", None], {"a": 1}, [["a"], []]):
        answer = api_reader.get("/api/figures/", {"cursor": signing.dumps(odd, salt=paging.SALT), "format": "json"})
        assert answer.status_code == 400, odd


def test_csv_without_a_limit_holds_the_whole_list_and_with_one_a_page(api_reader, monkeypatch):
    for name in LISTS:
        whole = list(csv.reader(io.StringIO(api_reader.get(f"/api/{name}/?format=csv").content.decode("utf-8-sig"))))
        records = api_reader.get(f"/api/{name}/?limit=5000&format=json").json()[name]
        assert len(whole) == len(records) + 1, name
        answer = api_reader.get(f"/api/{name}/?format=csv&limit=1")
        assert len(list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))) == 2
        assert ("Link" in answer.headers) == (len(records) > 1), name


def test_a_list_too_long_for_one_file_is_refused_rather_than_cut(api_reader, monkeypatch):
    monkeypatch.setattr(asking, "MOST_LINES", 10)
    answer = api_reader.get("/api/values/?format=csv")
    assert answer.status_code == 400
    assert "more than 10 records" in answer.content.decode()
    assert api_reader.get("/api/values/?format=csv&limit=11").status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_records(api_reader):
    """Composites stand on the first page: without any, what belongs to formulas is not even asked for."""
    for path in (*LISTS, *BENEATH):
        quarter = "&quarter=2020-21-Q2" if path == "deliveries" else ""
        counts = []
        for limit in (20, 5000):
            with CaptureQueriesContext(connection) as queries:
                assert api_reader.get(f"/api/{path}/?format=json&limit={limit}{quarter}").status_code == 200
            counts.append(len(queries))
        assert len(set(counts)) == 1 and counts[0] < 45, (path, counts)


WORDS = (
    "1", "0", "-1", "2020-21-Q2", "0001-02-Q1", "9998-99-Q4", "2020-09-30", "9999-12-31", "0001-01-01", "r12",
    "all_crime", "lancashire", "\x00", "1e400", "٣", "999999999", "month", "burnley", "='", "%", "csv", "json",
)  # fmt: skip
ODD = st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.sampled_from(WORDS))
PARAMETERS = (
    "force", "quarter", "at", "limit", "cursor", "indicator", "area", "window", "from", "to", "kind", "format",
    "with_districts",
)  # fmt: skip
NAMES = st.one_of(st.sampled_from(PARAMETERS), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
ACCEPTS = st.sampled_from(["*/*", "text/csv", "application/json", "text/html", "image/png", "", ";;", "text/csv;q=x"])
METHODS = st.sampled_from(["get", "get", "get", "get", "head", "options", "post", "put", "delete", "patch"])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from((*LISTS, *BENEATH, "schema", "figures/{}", "figures/{}/vintages", "signals/{}/months")),
    odd=ODD,
    query=st.lists(st.tuples(NAMES, ODD), max_size=3),
    accept=ACCEPTS,
    method=METHODS,
)
def test_whatever_is_asked_is_answered_or_refused(api_reader, path, odd, query, accept, method):
    address = f"/api/{path.format(quote(odd, safe=''))}/?{urlencode(query)}"
    answer = getattr(api_reader, method)(address, headers={"Accept": accept})
    assert answer.status_code in {200, 301, 400, 404, 405, 406}, (address, answer.status_code)
    if answer.status_code == 400 and method == "get":
        assert len(answer.content) > 20
