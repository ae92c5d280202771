"""The page on which a chart is edited: every kind in fields, its lines, its faults at their places, its preview."""

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.exhibits.chart_kinds import CHARTS
from indicators.exhibits.definition import STARTS
from indicators.forms import charts
from indicators.forms.charts import BAR_NAMES
from indicators.forms.exhibits import Known
from indicators.models.exhibit import Exhibit
from indicators.models.portfolio import Portfolio
from portal.models.user import User
from tests.indicators.exhibit_fields import fields_of, words
from tests.portal.small_quarter import bring_analyst, bring_published_figures

INVESTIGATIONS = "domestic_abuse_investigations"
NEW = "/exhibits/new/?kind="


@pytest.fixture
def analyst(force) -> User:
    """Return Ada, an analyst of a force with the supplied figures of the published quarter."""
    user = bring_analyst(force)
    bring_published_figures(force, user)
    return user


@pytest.fixture
def ada(client, analyst) -> Client:
    """Return Ada's browser."""
    client.force_login(analyst)
    return client


def send(client: Client, kind: str, intent: str = "preview", **fields: str):
    """Send the page of a new chart of a kind with its name, its question and some fields."""
    sent = fields_of(client.get(f"{NEW}{kind}")) | {
        "key": "chart", "title": "Does it rise?", "portfolio": str(Portfolio.objects.get(slug="crime").pk),
    }  # fmt: skip
    return client.post(f"{NEW}{kind}", {**sent, "intent": intent, **fields})


def errors(answer) -> dict[str, str]:
    """Return the places that the summary of errors leads to, each with its words."""
    page = answer.context["page"]
    return dict([*page.faults, *page.errors])


STEMS = st.sampled_from(["theft", "theft.bike", "theft.east", "theft.bike.east", "rape"])
SLUGS = st.lists(st.sampled_from(["east", "west", "north"]), min_size=1, unique=True)


@st.composite
def definitions(draw) -> dict:
    """Draw the definition of a chart with any of the names that its kind knows."""
    kind = draw(st.sampled_from(sorted(CHARTS)))
    chart = CHARTS[kind]
    choices = {
        "window": st.sampled_from(chart.windows), "begins": st.sampled_from(["april", "january"]),
        "aspect": st.sampled_from(["value", "percent"]), "by": st.sampled_from(["areas", "parts", "series"]),
        "aspects": st.sampled_from([one.split(",") for one in BAR_NAMES]), "areas": SLUGS,
        **{name: st.integers(*bounds) for name, bounds in chart.numbers.items()},
    }  # fmt: skip
    names = draw(st.sets(st.sampled_from([name for name in chart.names if name not in ("series", "labels")])))
    names -= {"quarters_back"} | ({"months"} if {"points", "months"} <= names else set())
    found = {name: draw(choices[name]) for name in names}
    is_list = chart.has_lines and (
        kind != "multiples" or found.get("by", "areas" if "areas" in found else "series") == "series"
    )
    stems = draw(st.lists(STEMS, min_size=1, max_size=5, unique=True))
    if kind == "bar" and draw(st.booleans()):
        found["labels"] = [f"Bar {at}" for at in range(len(stems))]
    notes = {"notes": ["Counted by the day."]} if draw(st.booleans()) else {}
    return {"kind": kind, "series": stems if is_list else stems[0], **found, **notes}


@settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(definitions())
def test_the_fields_of_any_chart_say_its_definition_back(definition):
    offered = Known([], [], [("east", "East"), ("west", "West"), ("north", "North")])
    shown = charts.shown(definition, offered)
    assert charts.has_fields(definition, offered)
    assert charts.said(definition["kind"], shown, shown["measures"], shown["areas"], definition) == definition


@pytest.mark.parametrize(
    "definition",
    [
        {"kind": "line", "series": ["theft"], "colour": "red"},
        {"kind": "years", "series": ["theft", "rape"]},
        {"kind": "bar", "series": ["theft", "rape"], "labels": ["One"]},
        {"kind": "line", "series": ["theft"], "months": 3, "points": 4},
        {"kind": "control", "series": "theft", "window": "month"},
    ],
)
def test_what_the_fields_cannot_say_is_left_as_text(definition):
    assert not charts.has_fields(definition, Known([], [], []))


def test_quarters_back_are_shown_as_months():
    bar = {"kind": "bar", "series": ["theft"], "window": "quarter", "quarters_back": 2, "months_back": 1}
    assert charts.has_fields(bar, Known([], [], []))
    assert charts.shown(bar, Known([], [], []))["months_back"] == 7


@pytest.mark.django_db
@pytest.mark.slow
def test_each_kind_asks_for_what_it_uses_and_for_nothing_else(ada):
    asked = {}
    for kind in CHARTS:
        page = ada.get(f"{NEW}{kind}").context["page"]
        assert page.has_fields, kind
        general = set(page.general.fields) - {"opened", "key", "title", "portfolio", "notes"}
        asked[kind] = general | {part.key for part in page.parts}
    assert asked == {
        "line": {"measures", "window", "points", "every"},
        "bar": {"measures", "window", "months_back", "aspects"},
        "control": {"series", "area", "points"},
        "years": {"series", "area", "years", "begins"},
        "shares": {"series", "area", "areas", "window", "points", "every"},
        "multiples": {"by", "measures", "areas", "window", "points", "every"},
        "comparators": {"series", "area", "areas", "window", "points", "every", "aspect"},
        "days": {"measures", "window", "points"},
    }


@pytest.mark.django_db
@pytest.mark.slow
def test_a_chart_is_made_in_fields_and_its_preview_shows_both_drawings_with_words_and_figures(ada):
    fields = {"measures-0-series": INVESTIGATIONS, "points": "13", "notes": "As the police record them."}
    looked = send(ada, "line", **fields)
    page = looked.content.decode()
    assert looked.status_code == 200 and not Exhibit.objects.filter(key="chart").exists()
    wide, narrow = looked.context["drawing"], looked.context["narrow"]
    assert wide != narrow and page.count(f'src="{wide}"') == page.count(f'src="{narrow}"') == 1
    assert "Domestic abuse" in words(looked) and "September 2020" in words(looked)
    assert "As the police record them." in words(looked) and "data table" not in errors(looked)
    assert len(looked.context["chart"].table.rows) == 13
    assert send(ada, "line", "save", **fields).status_code == 302
    made = Exhibit.objects.get(key="chart")
    assert (made.title, made.definition) == (
        "Does it rise?",
        {"kind": "line", "series": [INVESTIGATIONS], "months": 13, "notes": ["As the police record them."]},
    )


@pytest.mark.django_db
@pytest.mark.slow
def test_a_chart_is_changed_in_fields_and_keeps_the_order_of_the_numbers(ada):
    asb = [f"asb.{part}" for part in ("nuisance", "personal", "environment")]
    bar = {"kind": "bar", "series": asb, "labels": ["Nuisance", "Personal", "Places"], "window": "r12"}
    Exhibit.objects.create(key="bars", title="Which?", portfolio=Portfolio.objects.first(), definition=bar)
    sent = fields_of(ada.get("/exhibits/bars/edit/"))
    assert (sent["measures-1-series"], sent["measures-1-label"]) == ("asb.personal", "Personal")
    change = {"measures-0-position": "25", "measures-2-series": "", "measures-2-label": "", "aspects": "value"}
    page = ada.post("/exhibits/bars/edit/", {**sent, **change, "intent": "measures-add"}).context["page"]
    assert [part.key for part in page.parts] == ["measures"] and len(page.parts[0].lines.forms) == 6
    saved = ada.post("/exhibits/bars/edit/", {**sent, **change, "intent": "save"})
    # The supplied figures hold no incidents of this force: what the fields say is judged on the figures there are.
    said = (
        saved.context["page"].exhibit.definition
        if saved.status_code != 302
        else Exhibit.objects.get(key="bars").definition
    )
    assert said == {
        "kind": "bar", "series": ["asb.personal", "asb.nuisance"], "labels": ["Personal", "Nuisance"],
        "window": "r12", "aspects": ["value"],
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.slow
def test_everything_that_is_wrong_stands_at_its_field_at_once(ada):
    typed = errors(send(ada, "shares", title="", points="900", every="x", window=""))
    assert set(typed) == {"id_title", "id_series", "id_points", "id_every", "id_window"}
    assert typed["id_series"] == "Measure: Choose a measure."
    assert typed["id_points"] == "Bars: Give a whole number from 1 to 16."
    answer = send(ada, "line", "save", **{
        "measures-0-series": INVESTIGATIONS, "measures-1-series": "murder", "measures-2-series": "all_crime.nowhere",
    })  # fmt: skip
    assert answer.status_code == 422
    told = errors(send(ada, "line", **{"measures-0-series": INVESTIGATIONS, "measures-1-series": "murder"}))
    assert told == {"id_measures-1-series": "Measure 2, Measure: There is no indicator “murder”."}
    units = {"measures-0-series": INVESTIGATIONS, "measures-1-series": "calls_999_time_to_answer"}
    told = errors(send(ada, "line", **units))
    assert told == {"measures": "“Measures” are in different units and cannot share an axis."}
    told = errors(send(ada, "comparators", series=INVESTIGATIONS, **{"areas-0-area": "nowhere"}))
    assert set(told) == {"id_areas-0-area", "id_aspect"} and "“What is compared?” is the value" in told["id_aspect"]
    assert "no area of this force" in told["id_areas-0-area"]
    (nothing,) = errors(send(ada, "bar", **{"measures-0-series": "asb.nuisance"})).values()
    assert nothing.startswith("“asb.nuisance.r12”: ")  # a key stands as it is written
    none = errors(send(ada, "line", "save"))
    assert none == {"measures": "“Measures” has to name 1 to 6 series, and names 0."}


@pytest.mark.django_db
@pytest.mark.slow
def test_fields_that_speak_against_each_other_are_told(ada):
    half = {"measures-0-series": "asb.nuisance", "measures-0-label": "Noise", "measures-1-series": "asb.personal"}
    told = errors(send(ada, "bar", **half))
    assert told == {"id_measures-1-label": "Measure 2, Words of the bars: Give words for each measure, or for none."}
    told = errors(send(ada, "multiples", by="parts", **{"measures-0-series": "asb", "areas-0-area": "division-east"}))
    assert told == {
        "id_by": "What does each small chart show?: Areas are named below. Choose “One area”, or take them out."
    }


@pytest.mark.django_db
@pytest.mark.slow
def test_the_text_of_a_chart_is_taken_whatever_the_fields_say(ada):
    line = {"kind": "line", "series": [INVESTIGATIONS], "months": 13}
    kept = send(ada, "years", "text-save", text=json.dumps(line), years="x")
    assert kept.status_code == 302, errors(kept)
    assert Exhibit.objects.get(key="chart").definition == line
    Exhibit.objects.filter(key="chart").update(definition={**line, "colour": "red"})
    page = ada.get("/exhibits/chart/edit/")
    assert not page.context["page"].has_fields and "Preview the text" in words(page)
    answer = ada.post("/exhibits/chart/edit/", {**fields_of(page), "intent": "text-preview"})
    assert "“colour” means nothing to a chart of the kind “line”" in errors(answer)["definition"]
    assert set(STARTS) >= set(CHARTS)
