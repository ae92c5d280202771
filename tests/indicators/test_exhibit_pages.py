"""The pages on which exhibits are listed, shown, made and edited, with a preview that changes nothing."""

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from indicators.actions import definitions, exhibits
from indicators.forms.exhibit_pages import ExhibitPage
from indicators.forms.exhibits import known
from indicators.models.exhibit import Exhibit
from indicators.models.indicator import Indicator
from indicators.models.portfolio import Portfolio
from indicators.people import Refused
from indicators.periods import Quarter
from indicators.queries.books import figure_book
from portal.demonstration.quarter import FILES
from portal.models.user import User
from tests.indicators.exhibit_fields import fields_of, sent_by, words
from tests.portal.small_quarter import account, bring_analyst, bring_published_figures

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CALLS = {
    "kind": "table",
    "row_heading": "Calls",
    "rows": [{"series": "calls_999_time_to_answer"}, {"series": "calls_101_time_to_answer", "label": "101 calls"}],
    "columns": [
        {"heading": "Before", "window": "r12", "aspect": "previous"},
        {"window": "r12", "aspect": "value"},
    ],
    "notes": ["A mean says nothing of the longest waits."],
}


@pytest.fixture
def analyst(force) -> User:
    """Return Ada, an analyst."""
    return bring_analyst(force)


@pytest.fixture
def ada(client, analyst) -> Client:
    """Return Ada's browser."""
    client.force_login(analyst)
    return client


@pytest.fixture
def held(force, analyst):
    """Return the force with the supplied figures of the published quarter; ask for it before signing in (kept.py)."""
    bring_published_figures(force, analyst)
    return force


@pytest.fixture
def calls(held) -> Exhibit:
    """Return a table of the time to answer calls."""
    return Exhibit.objects.create(
        key="calls", title="Time to answer", portfolio=Portfolio.objects.get(slug="crime"), definition=CALLS
    )


def edit(client: Client, **changes: str):
    sent = fields_of(client.get("/exhibits/calls/edit/"))
    return client.post("/exhibits/calls/edit/", {"intent": "preview", **sent, **changes})


def test_the_list_and_the_page_show_an_exhibit_with_its_figures_and_history(calls, ada):
    listed = words(ada.get("/exhibits/"))
    assert "Time to answer" in listed and "Table" in listed
    shown = words(ada.get("/exhibits/calls/?quarter=2020-21-Q2"))
    for text in ("203.58 s", "153.15 s", "101 calls", "A mean says nothing", "{{ exhibit.calls }}", "made"):
        assert text in shown
    assert ada.get("/exhibits/none/").status_code == 404


def test_the_pages_open_before_anything_is_defined_or_imported(ada, force):
    assert "No table, chart or list is defined yet" in words(ada.get("/exhibits/"))
    assert ada.get("/exhibits/new/").status_code == 200
    Exhibit.objects.create(key="x", title="X", portfolio=Portfolio.objects.first(), definition=CALLS)
    assert "There are no figures yet" in words(ada.get("/exhibits/x/"))
    sent = fields_of(ada.get("/exhibits/x/edit/"))
    assert "There are no figures yet" in words(ada.post("/exhibits/x/edit/", {"intent": "preview", **sent}))


def test_a_preview_computes_what_was_changed_and_saves_nothing(calls, ada):
    answer = edit(ada, **{"rows-1-label": "Calls to 101", "columns-1-aspect": "change"})
    assert answer.status_code == 200
    assert "Calls to 101" in words(answer) and "−50.43 s" in words(answer)
    calls.refresh_from_db()
    assert calls.definition == CALLS


def test_saving_keeps_the_order_of_the_numbers_and_writes_history_with_the_name(calls, ada):
    answer = edit(
        ada, **{"intent": "save", "rows-0-position": "25", "title": "How long calls wait", "rows-1-note": "x"}
    )
    assert answer.status_code == 302, words(answer)
    calls.refresh_from_db()
    assert calls.title == "How long calls wait"
    assert calls.definition["rows"] == [
        {"series": "calls_101_time_to_answer", "label": "101 calls", "note": "x"},
        {"series": "calls_999_time_to_answer"},
    ]
    assert calls.definition["columns"] == CALLS["columns"] and calls.definition["notes"] == CALLS["notes"]
    assert "Ada Analyst: changed (“How long calls wait”)" in words(ada.get("/exhibits/calls/"))


def test_a_button_takes_a_row_out_or_adds_one_and_judges_and_loses_nothing(calls, ada):
    sent = fields_of(edit(ada, intent="columns-drop-0", title="", **{"rows-1-label": "Kept words"}))
    assert sent["rows-1-label"] == "Kept words" and "title" not in sent
    assert (sent["columns-0-aspect"], "columns-1-aspect" in sent) == ("value", False)
    answer = ada.post("/exhibits/calls/edit/", {**sent, "intent": "rows-add"})
    assert answer.status_code == 200 and "There is a problem" not in words(answer)
    sent = fields_of(answer)
    # Two rows and two to spare were there.
    assert sent["rows-TOTAL_FORMS"] == "5" and "Row 5 (new)" in words(answer)
    new = {"rows-4-what": "series", "rows-4-series": "calls_999_service_level", "title": "Calls", "intent": "save"}
    assert ada.post("/exhibits/calls/edit/", {**sent, **new}).status_code == 302
    calls.refresh_from_db()
    assert [row["series"] for row in calls.definition["rows"]][-1] == "calls_999_service_level"
    assert calls.definition["columns"] == CALLS["columns"][1:]


def test_a_new_line_is_added_and_one_set_to_nothing_is_taken_out(calls, ada):
    new = {"rows-2-what": "series", "rows-2-series": "calls_999_service_level", "rows-0-what": ""}
    assert edit(ada, intent="save", **new).status_code == 302
    calls.refresh_from_db()
    assert [row["series"] for row in calls.definition["rows"]] == [
        "calls_101_time_to_answer", "calls_999_service_level",
    ]  # fmt: skip


def test_everything_that_is_wrong_is_said_with_the_way_to_its_place_and_nothing_is_lost(calls, ada):
    wrong = {"rows-2-what": "sum-all", "columns-1-of": "asb", "rows-1-label": "Kept words", "columns-0-last": "99"}
    typed = edit(ada, intent="save", **wrong)
    assert typed.status_code == 422 and "Kept words" in typed.content.decode()
    assert 'href="#id_columns-0-last"' in typed.content.decode()
    answer = edit(ada, intent="save", **(wrong | {"columns-0-last": "1"}))
    page = answer.content.decode()
    assert answer.status_code == 422 and "Kept words" in page
    assert 'href="#id_columns-1-of"' in page
    assert "Column 2: “In per cent of” says in per cent of which indicator" in words(answer)
    answer = edit(ada, intent="save", **{"rows-2-what": "sum-all"})
    assert 'href="#id_rows-2-what"' in answer.content.decode()
    assert "cannot be added up: only counts, or amounts of money in one unit" in words(answer)
    calls.refresh_from_db()
    assert calls.definition == CALLS


def test_a_table_is_made_from_the_empty_page(held, ada):
    first = ada.get("/exhibits/new/?kind=table")
    sent = fields_of(first) | {
        "key": "spend", "title": "Spend", "portfolio": str(Portfolio.objects.get(slug="finance").pk), "intent": "save",
        "rows-0-what": "part", "rows-0-series": "budget", "rows-0-left_out": "other", "rows-1-what": "sum-above",
        "rows-1-label": "Total less Other", "columns-0-aspect": "value", "columns-0-window": "snapshot",
    }  # fmt: skip
    made = ada.post("/exhibits/new/?kind=table", sent)
    assert made.status_code == 302, words(made)[:1500]
    assert Exhibit.objects.get(key="spend").definition == {
        "kind": "table",
        "rows": [
            {"series": "budget", "each": "part", "except": ["other"]},
            {"sum": "above", "label": "Total less Other"},
        ],
        "columns": [{"window": "snapshot", "aspect": "value"}],
    }
    shown = ada.get("/exhibits/spend/?quarter=2020-21-Q2").content.decode()
    assert "£147.4m" in shown and "app-row--total" in shown
    again = ada.post("/exhibits/new/?kind=table", sent)
    assert again.status_code == 422 and "Another exhibit is called “spend”" in words(again)


def test_a_formula_gives_a_sum_the_key_by_which_texts_quote_it(held, ada, analyst):
    parts = list(Indicator.objects.get(key="budget").breakdown.values.values_list("slug", flat=True))
    front_line = {
        "key": "budget_less_other", "name": "Spend less Other", "portfolio": "finance", "kind": "money",
        "unit": "million-pounds", "decimals": 1, "polarity": "neutral", "polarity_reason": "Neither is better.",
        "definition": "Spend without the category Other.", "owner": "Finance", "source": "finance",
        "formula": {"numerator": [{"indicator": "budget", "part": slug} for slug in parts if slug != "other"]},
    }  # fmt: skip
    definitions.load({"indicators": [front_line]}, by=analyst.person)
    rows = [{"series": "budget", "each": "part", "except": ["other"]}, {"sum": "above", "whole": "budget_less_other"}]
    spend = {"kind": "table", "rows": rows, "columns": [{"window": "snapshot", "aspect": "value"}]}
    Exhibit.objects.create(
        key="spend", title="Spend", portfolio=Portfolio.objects.get(slug="finance"), definition=spend
    )
    total = ada.get("/exhibits/spend/?quarter=2020-21-Q2").context["table"].rows[-1][1]
    book = figure_book(held, Quarter(2020, 2))
    assert (total.text, total.figure) == ("£147.4m", "budget_less_other.snapshot")
    assert book.reference(f"{total.figure}.value") == total.text
    spend["rows"][1].pop("whole")
    Exhibit.objects.filter(key="spend").update(definition=spend)
    assert ada.get("/exhibits/spend/?quarter=2020-21-Q2").context["table"].rows[-1][1].figure == ""


def test_a_definition_is_edited_as_text_and_a_chart_is_previewed(calls, ada):
    line = {"kind": "line", "series": ["domestic_abuse_investigations"], "months": 13}
    shown = edit(ada, intent="text-preview", text=json.dumps(line))
    assert shown.status_code == 200 and "data:image/svg+xml;base64," in shown.content.decode()
    for text, reason in (("{", "Line 1: this is not JSON"), ("[]", "Write one object in braces"), ("{}", "kind")):
        broken = edit(ada, intent="text-save", text=text)
        assert broken.status_code == 422 and reason in words(broken)
    assert edit(ada, intent="text-save", text=json.dumps(line)).status_code == 302
    calls.refresh_from_db()
    assert calls.definition == line
    assert "data:image/svg+xml;base64," in ada.get("/exhibits/calls/?quarter=2020-21-Q2").content.decode()


def test_whoever_saves_second_is_told_and_keeps_what_was_written(calls, ada):
    sent = fields_of(ada.get("/exhibits/calls/edit/"))
    Exhibit.objects.filter(key="calls").update(title="Changed meanwhile")
    answer = ada.post("/exhibits/calls/edit/", {**sent, "intent": "save", "rows-1-label": "Mine"})
    assert answer.status_code == 409
    assert "Somebody else has changed this exhibit" in words(answer) and "Mine" in answer.content.decode()
    calls.refresh_from_db()
    assert (calls.title, calls.definition) == ("Changed meanwhile", CALLS)
    calls.definition = CALLS | {"row_heading": "Mine"}
    with pytest.raises(Refused, match="Somebody else"):
        exhibits.save(calls, by=account("Bea Analyst", "analyst").person, opened="what was before")


def test_only_analysts_edit_and_the_action_refuses_what_cannot_be_drawn(calls, analyst):
    lead = account("Lena Lead", "lead", Portfolio.objects.get(slug="crime"))
    with pytest.raises(Refused, match="Only an analyst"):
        exhibits.save(calls, by=lead.person)
    calls.definition = {"kind": "table", "rows": [{"series": "murder"}], "columns": CALLS["columns"]}
    with pytest.raises(Refused, match="Row 1: there is no indicator “murder”"):
        exhibits.save(calls, by=analyst.person)
    browser = Client()
    browser.force_login(lead)
    assert browser.get("/exhibits/calls/").status_code == 200
    assert "Edit this exhibit" not in words(browser.get("/exhibits/calls/"))
    assert browser.get("/exhibits/calls/edit/").status_code == 404


def test_a_document_with_a_faulty_exhibit_is_refused_whole_with_every_fault(force, analyst):
    faulty = {"kind": "table", "rows": [{"serie": "asb"}], "columns": [{"window": "r13", "aspect": "value"}]}
    entry = {"key": "bad", "title": "Bad", "portfolio": "crime", "definition": faulty}
    with pytest.raises(Refused) as refused:
        definitions.load({"exhibits": [entry]}, by=analyst.person)
    assert "bad: Row 1: “series” is missing" in str(refused.value)
    assert "bad: Column 1: “r13” is not a window" in str(refused.value)
    assert not Exhibit.objects.filter(key="bad").exists()


def test_the_page_says_the_same_definition_back_for_every_exhibit_that_ships(force):
    offered, shipped = known(), []
    for path in (FILES / "exhibits.json", Path("deploy/starting-set.json")):
        shipped += json.loads(path.read_text(encoding="utf-8"))["exhibits"]
    assert {"table", "list", "matrix", "line", "bar", "years", "shares", "multiples", "comparators", "days"} == {
        entry["definition"]["kind"] for entry in shipped
    }
    for entry in shipped:
        given = Exhibit(key=entry["key"], title=entry["title"], definition=entry["definition"])
        given.portfolio = Portfolio.objects.get(slug=entry["portfolio"])
        page = ExhibitPage(given, offered, "")
        assert page.has_fields, entry["key"]
        back = ExhibitPage(given, offered, "", data={**sent_by(page), "intent": "save"})
        assert back.is_valid(), (entry["key"], back.errors)
        assert back.sent().definition == plain(entry["definition"]), entry["key"]


def plain(definition):
    """Return a definition as the page writes it: quarters as months, nothing that says what holds anyway."""
    for column in definition.get("columns", []):
        back = column.pop("months_back", 0) + 3 * column.pop("quarters_back", 0)
        column |= {"months_back": back} if back else {}
    return definition


def test_the_list_costs_the_same_whatever_there_is(calls, ada):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert ada.get("/exhibits/").status_code == 200
        return len(queries)

    few = cost()
    for number in range(20):
        Exhibit.objects.create(key=f"more_{number}", title="More", portfolio=calls.portfolio, definition=CALLS)
    assert cost() == few
