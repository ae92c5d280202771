"""Reference sheets: definitions from a day on, what the page shows, and definitions as one document."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from indicators.actions import definitions, sheets
from indicators.choices import ImportKind, Role
from indicators.models.aggregate import Aggregate
from indicators.models.data_version import DataVersion
from indicators.models.indicator import Indicator
from indicators.models.sheet import DefinitionVersion, FrameworkCode, PartOf
from indicators.people import Person, Refused
from indicators.periods import Quarter
from indicators.queries import books
from indicators.queries.shipping import document
from indicators.sheets import changes_between, in_force, numbered
from portal.demonstration.quarter import FILES
from tests.indicators import case_files
from tests.indicators.case_files import DEFINITIONS, TIDY_HEADER, small_force
from tests.indicators.test_kinds import MORE, given, month, populations
from tests.people import NOBODY_IN_PARTICULAR

APRIL = date(2020, 4, 1)
LATER = [(APRIL, "With malware.", "Home Office rules"), (date(2018, 4, 1), "With fraud.", "Agreed in March")]


# Wordings as values.


def test_wordings_are_numbered_by_the_day_they_begin():
    found = numbered("Plain.", LATER)
    assert [(one.number, one.text, one.since) for one in found] == [
        (1, "Plain.", "from the beginning"),
        (2, "With fraud.", "from 1 April 2018"),
        (3, "With malware.", "from 1 April 2020"),
    ]


def test_of_several_wordings_from_one_day_the_last_written_holds():
    found = numbered("Plain.", [*LATER, (APRIL, "With malware and spyware.", "A word was missing")])
    assert [one.text for one in found] == ["Plain.", "With fraud.", "With malware and spyware."]


@pytest.mark.parametrize(("day", "number"), [
    (date(2018, 3, 31), 1), (date(2018, 4, 1), 2), (date(2020, 3, 31), 2), (APRIL, 3), (None, 3),
])  # fmt: skip
def test_the_wording_in_force_is_that_of_the_day(day, number):
    assert in_force(numbered("Plain.", LATER), day).number == number


def test_a_change_of_definition_between_two_periods_is_said():
    wordings = numbered("Plain.", LATER)
    assert changes_between(wordings, date(2019, 9, 30), date(2020, 9, 30)) == [
        "another definition holds from 1 April 2020"
    ]
    assert changes_between(wordings, APRIL, date(2020, 9, 30)) == []
    assert changes_between(wordings, None, APRIL) == []


# Definitions in the database.


@pytest.fixture
def small(db):
    """Return a small force with indicators of every kind."""
    force = small_force()
    definitions.load(MORE, by=NOBODY_IN_PARTICULAR)
    return force


def load_months(force) -> None:
    """Supply September of two years."""
    rows = [given("a", month(2019, 9), 60), given("a", month(2020, 9), 66)]
    content = "\n".join([TIDY_HEADER, *rows, ""]).encode()
    case_files.load(force, case_files.analyst(), content, ImportKind.OBSERVATIONS)


def test_redefine_keeps_the_figures_and_each_knows_its_definition(small):
    load_months(small)
    indicator, values = Indicator.objects.get(key="a"), list(Aggregate.objects.order_by("id").values())
    by = Person(id=0, name="Ann", email="ann@example.test", roles=frozenset({Role.ANALYST}))
    sheets.redefine(indicator, "With malware.", APRIL, by=by, reason="Home Office rules")
    assert list(Aggregate.objects.order_by("id").values()) == values
    book = books.figure_book(small, Quarter(2020, 2))
    now, before = book.figure("a.month"), book.figure("a.month-2019-09")
    assert (now.wording.text, before.wording.text) == ("With malware.", "a")
    assert "another definition holds from 1 April 2020" in now.notes and not before.notes
    assert indicator.current_definition == "With malware."
    assert indicator.definition == "a"


WRONG = {
    "Only an analyst": (Role.LEAD, "With malware.", "rules"),
    "in full": (Role.ANALYST, " ", "rules"),
    "already holds": (Role.ANALYST, " a ", "rules"),
    "Give a reason": (Role.ANALYST, "With malware.", " "),
}


@pytest.mark.parametrize("said", WRONG)
def test_redefine_without_right_words_or_reason_is_refused(small, said):
    role, words, reason = WRONG[said]
    by = Person(id=0, name="Ann", email="ann@example.test", roles=frozenset({role}))
    with pytest.raises(Refused, match=said):
        sheets.redefine(Indicator.objects.get(key="a"), words, APRIL, by=by, reason=reason)
    assert not DefinitionVersion.objects.exists()


def test_a_definition_once_written_cannot_be_changed_or_deleted(small):
    indicator = Indicator.objects.get(key="a")
    made = sheets.redefine(indicator, "With malware.", APRIL, by=NOBODY_IN_PARTICULAR, reason="rules")
    for act in (lambda: DefinitionVersion.objects.update(definition="x"), made.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_what_is_said_of_frameworks_and_wholes_is_audited(small):
    sheet = {
        "frameworks": [{"framework": "National measures", "code": "N1"}, {"framework": "Plan", "code": "7"}],
        "part_of": ["both", "all_crime"],
    }
    entry = next(one for one in MORE["indicators"] if one["key"] == "a")
    definitions.load({"indicators": [{**entry, **sheet}]}, by=NOBODY_IN_PARTICULAR)
    definitions.load(
        {"indicators": [{**entry, "frameworks": sheet["frameworks"][:1], "part_of": ["both"]}]}, by=NOBODY_IN_PARTICULAR
    )
    assert [one.code for one in FrameworkCode.objects.all()] == ["N1"]
    assert [one.whole.key for one in PartOf.objects.all()] == ["both"]
    labels = (
        FrameworkCode.pgh_event_model.objects.filter(code="7").order_by("pgh_id").values_list("pgh_label", flat=True)
    )
    assert list(labels) == ["insert", "delete"]


# The document.


def test_a_document_is_what_was_loaded_and_loading_it_again_changes_nothing(small):
    load_months(small)
    definitions.load(
        {
            "indicators": [
                {**one, "frameworks": [{"framework": "Plan", "code": "1", "name": "x"}], "part_of": ["both"]}
                | {"definitions": [{"from": "2020-04-01", "definition": "Other.", "reason": "rules"}]}
                for one in MORE["indicators"]
                if one["key"] == "a"
            ]
        },
        by=NOBODY_IN_PARTICULAR,
    )
    populations(("hill", 2019, 12_000, "2020-06-24"))
    populations(("hill", 2019, 2_000, "2020-06-24"), part="young")
    made, versions = document(), DataVersion.objects.count()
    assert json.loads(json.dumps(made)) == made
    entry = next(one for one in made["indicators"] if one["key"] == "ratio")
    given_formula = next(one for one in MORE["indicators"] if one["key"] == "ratio")["formula"]
    for side in ("numerator", "denominator"):
        assert [one["indicator"] for one in entry["formula"][side]] == [one["indicator"] for one in given_formula[side]]
    assert {one["key"] for one in made["indicators"]} == {
        one["key"] for one in (*DEFINITIONS["indicators"], *MORE["indicators"])
    }
    definitions.load(made, by=NOBODY_IN_PARTICULAR)
    assert document() == made and DataVersion.objects.count() == versions


def test_the_demonstrations_definitions_go_out_and_come_in_by_commands(force, analyst, tmp_path, capsys):
    file = Path(tmp_path) / "definitions.json"
    call_command("export_definitions", file)
    assert "60 indicators" in capsys.readouterr().out
    made = json.loads(file.read_text(encoding="utf-8"))
    shipped = json.loads((FILES / "definitions.json").read_text(encoding="utf-8"))
    by_key = {one["key"]: one for one in made["indicators"]}
    for one in shipped["indicators"]:
        found = by_key[one["key"]]
        for name in ("name", "kind", "unit", "definition", "owner", "source", "breakdown", "parent", "polarity"):
            assert found[name] == one[name], (one["key"], name)
        assert (found["over_time"] == "add") == one["is_additive"]
        assert (found["cases"] is None) == (one["cases"] is None)
    call_command("load_definitions", file, "--as", analyst.email)
    assert json.loads(json.dumps({**document(), "outlines": []})) == made


# The page.


def test_the_page_of_an_indicator_shows_its_whole_sheet(small, client):
    load_months(small)
    user_person = case_files.analyst("Bea Boss")
    from portal.models.user import User

    client.force_login(User.objects.get(pk=user_person.id))
    sheets.redefine(Indicator.objects.get(key="a"), "With malware.", APRIL, by=user_person, reason="Home Office rules")
    FrameworkCode.objects.create(
        indicator=Indicator.objects.get(key="a"), framework="Plan", code="7", name="Less crime"
    )
    page = client.get("/indicators/a/").content.decode()
    for words in (
        "Definition from the beginning", "Definition from 1 April 2020", "With malware.", "Home Office rules",
        "Added up", "Less crime", "Small numbers are those below", "Count, number",
    ):  # fmt: skip
        assert words in page, words
    composite = client.get("/indicators/ratio/").content.decode()
    assert "gap ÷ both × 100" in composite and "Not additive" not in composite
    assert "Not additive: as supplied only" in client.get("/indicators/waiting/").content.decode()
