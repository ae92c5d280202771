"""An exhibit as text: what cannot be read or stored is said at the field, and nothing that is typed is ever lost."""

import json

import pytest
from django.test import Client

from indicators.actions import exhibits
from indicators.forms.exhibit_pages import ExhibitPage
from indicators.forms.exhibits import known
from indicators.models.exhibit import Exhibit
from indicators.models.portfolio import Portfolio
from indicators.people import Refused
from tests.indicators.test_exhibit_pages import CALLS, ada, analyst, calls, fields_of, held, sent_by, words

__all__ = ["ada", "analyst", "calls", "held"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ROW, COLUMN = CALLS["rows"][0], CALLS["columns"][1]


def sent(client: Client, text: str, intent: str = "text-preview"):
    own = fields_of(client.get("/exhibits/calls/edit/"))
    return client.post("/exhibits/calls/edit/", {**own, "intent": intent, "text": text})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"kind": "matrix", "years": ' + "9" * 5_000 + "}", "One of the numbers is too long, or is none"),
        ('{"kind": "matrix", "years": NaN}', "One of the numbers is too long, or is none"),
        ('{"kind": "matrix", "years": -Infinity}', "One of the numbers is too long, or is none"),
        ('{"kind": "matrix", "years": 1e400}', "One of the numbers is too long, or is none"),
        ('{"kind": "table", "row_heading": "a\\u0000b"}', "“ab” holds a character that cannot be stored. Delete it."),
        ('{"kind": "table", "a\\ud800": 1}', "“a” holds a character that cannot be stored. Delete it."),
        ('{"kind": []}', "“kind” is not a text. Write it in quotation marks."),
        ('{"kind": {"a": 1}}', "“kind” is not a text. Write it in quotation marks."),
        ('{"kind": "table", "rows": ' + "[" * 1_500 + "]" * 1_500 + "}", "This goes too deep."),
        ('{"kind": "table", "rows": ' + "[" * 100_000 + "]" * 100_000 + "}", "This goes too deep."),
        ("[]", "Write one object in braces."),
        ('{"kind": "table",\n}', "Line 2: this is not JSON"),
    ],
)
def test_text_that_cannot_be_kept_is_refused_at_its_field_and_stays(calls, ada, text, fault):
    for intent in ("text-preview", "text-save"):
        answer = sent(ada, text, intent)
        assert answer.status_code == 422
        assert f"Definition: {fault}" in words(answer)
        assert answer.context["page"].text["text"].value() == text
    calls.refresh_from_db()
    assert calls.definition == CALLS


def test_the_administration_reads_a_definition_in_the_same_way(calls, ada):
    address = f"/admin/indicators/exhibit/{calls.pk}/change/"
    fields = {"title": "T", "portfolio": calls.portfolio_id}
    for text, fault in (
        ('{"years": ' + "9" * 5_000 + "}", "One of the numbers is too long"),
        ('{"kind": "table", "row_heading": "\\u0000"}', "cannot be stored"),
        ('{"kind": "table", "rows": ' + "[" * 1_500 + "]" * 1_500 + "}", "This goes too deep"),
        ("{", "this is not JSON"),
    ):
        answer = ada.post(address, {**fields, "definition": text})
        assert answer.status_code == 200 and fault in words(answer), text[:40]
    calls.refresh_from_db()
    assert calls.definition == CALLS


@pytest.mark.parametrize(
    "document",
    [
        {**CALLS, "rows": [{**ROW, "override": "x"}]},
        {**CALLS, "rows": [{**ROW, "except": 5}]},
        {**CALLS, "rows": [{**ROW, "series": ["a"]}]},
        {**CALLS, "rows": [{**ROW, "serie": "asb"}]},
        {**CALLS, "rows": [{"sum": "below"}], "colour": "red"},
        {**CALLS, "columns": [{**COLUMN, "bracket": "x"}]},
        {**CALLS, "columns": [{**COLUMN, "bracket": {"window": [], "aspect": {}, "rows": 3}}]},
        {**CALLS, "columns": [{**COLUMN, "only": 5}]},
        {**CALLS, "columns": [{**COLUMN, "months_back": "many"}]},
        {**CALLS, "columns": [{**COLUMN, "aspect": []}]},
        {**CALLS, "columns": [{**COLUMN, "last": 1.5}]},
        {**CALLS, "notes": [1]},
        {**CALLS, "notes": {}},
        {**CALLS, "decimals": "x"},
        {"kind": "matrix", "series": ["a"]},
        {"kind": "list", "window": {}, "rows": [ROW]},
        {"kind": "bar", "series": {"a": 1}},
    ],
)
def test_what_the_fields_cannot_say_is_told_as_faults_and_stays_as_text(calls, ada, document):
    answer = sent(ada, json.dumps(document))
    assert answer.status_code == 422 and "There is a problem" in words(answer)
    page = answer.context["page"]
    assert not page.has_fields and json.loads(page.text["text"].value()) == document
    # Kept by another door, it can still be opened and mended.
    Exhibit.objects.filter(key="calls").update(definition=document)
    assert ada.get("/exhibits/calls/edit/").status_code == 200
    assert ada.get("/exhibits/calls/").status_code == 200


@pytest.mark.parametrize(
    ("document", "kept"),
    [
        (
            {"kind": "list", "window": "r12", "quarters_back": 1, "months_back": 1, "rows": [ROW]},
            {"kind": "list", "window": "r12", "months_back": 4, "rows": [ROW]},
        ),
        (
            {**CALLS, "rows": [{**ROW, "each": None, "override": None, "except": None, "label": None, "sum": None}]},
            {**CALLS, "rows": [ROW]},
        ),
        (
            {**CALLS, "columns": [{**COLUMN, "bracket": None, "only": None, "end": None, "quarters_back": 2}]},
            {**CALLS, "columns": [{**COLUMN, "months_back": 6}]},
        ),
        (
            {**CALLS, "columns": [{**COLUMN, "bracket": {"window": "month", "aspect": "value", "rows": None}}]},
            {**CALLS, "columns": [{**COLUMN, "bracket": {"window": "month", "aspect": "value"}}]},
        ),
        (
            {**CALLS, "rows": [{**ROW, "override": {"quarters_back": 1}}]},
            {**CALLS, "rows": [{**ROW, "override": {"months_back": 3}}]},
        ),
    ],
)
def test_what_is_written_in_another_way_is_the_same_when_the_fields_save_it(force, document, kept):
    given = Exhibit(key="calls", title="Calls", portfolio=Portfolio.objects.get(slug="crime"), definition=document)
    page = ExhibitPage(given, known(), "")
    assert page.has_fields
    back = ExhibitPage(given, known(), "", data={**sent_by(page), "intent": "save"})
    assert back.is_valid(), back.errors
    assert back.sent().definition == kept


def test_two_people_who_make_one_short_name_at_once_are_told_apart(calls, analyst):
    second = Exhibit(key="calls", title="Mine", portfolio=calls.portfolio, definition=CALLS)
    with pytest.raises(Refused, match="Somebody else has just made an exhibit that is called “calls”") as refused:
        exhibits.save(second, by=analyst.person)
    assert refused.value.verdict.is_conflict and second.pk is None
    assert Exhibit.objects.get(key="calls").title == calls.title


def test_the_administration_too_keeps_what_another_has_saved_meanwhile(calls, ada):
    address = f"/admin/indicators/exhibit/{calls.pk}/change/"
    opened = ada.get(address).context["adminform"].form["opened"].value()
    Exhibit.objects.filter(pk=calls.pk).update(title="Changed meanwhile")
    fields = {"title": "Mine", "portfolio": calls.portfolio_id, "definition": json.dumps(CALLS)}
    answer = ada.post(address, {**fields, "opened": opened})
    assert answer.status_code == 200 and "Somebody else has changed this exhibit" in words(answer)
    calls.refresh_from_db()
    assert calls.title == "Changed meanwhile"
    opened = ada.get(address).context["adminform"].form["opened"].value()
    assert ada.post(address, {**fields, "opened": opened}).status_code == 302
    calls.refresh_from_db()
    assert (calls.title, calls.definition) == ("Mine", CALLS)
