"""The starting set: definitions and outlines go out as one file and make another installation the same."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from indicators.actions import groups, sheets
from indicators.actions.areas import ensure_force
from indicators.models.aggregate import Aggregate
from indicators.models.area import Area
from indicators.models.formula import Formula
from indicators.models.group import ComparatorGroup
from indicators.models.indicator import Indicator
from indicators.models.observation import Observation
from narratives.actions import starting_set
from narratives.models.outline import Outline, OutlineEntry
from narratives.shipping import document
from portal.models.role import RoleHolding
from tests.house.starting_set import STARTING_SET, text
from tests.indicators import case_files
from tests.people import ensure_crime_types

pytestmark = pytest.mark.django_db


def emptied(analyst) -> None:
    """Make the database as a new installation finds it, but for the accounts and the role of one."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public' "
            "AND (tablename LIKE 'indicators\\_%' OR tablename LIKE 'narratives\\_%')"
        )
        (tables,) = cursor.fetchone()
        cursor.execute(f"TRUNCATE {tables} CASCADE")
    ensure_crime_types()
    RoleHolding.objects.create(user_id=analyst.id, role="analyst")


@pytest.fixture
def ada(db):
    return case_files.analyst()


def test_the_starting_set_is_that_of_the_demonstration():
    assert STARTING_SET.read_text(encoding="utf-8") == text(), "run: python -m tests.house.starting_set"


def test_one_command_makes_an_empty_installation_ready_without_figures_or_people(ada, capsys):
    call_command("load_definitions", STARTING_SET, "--as", ada.email)
    assert "60 indicators" in capsys.readouterr().out
    assert Outline.objects.get().parts.count() > 5 and OutlineEntry.objects.exists()
    assert not Observation.objects.exists() and not Aggregate.objects.exists()
    written = STARTING_SET.read_text(encoding="utf-8")
    assert "@" not in written and '"is_synthetic": true' not in written and '"is_invented": true' not in written


def test_a_round_trip_through_an_empty_installation_is_identical(ada, tmp_path):
    ensure_force("smallshire", "Smallshire Police")
    starting_set.load(json.loads(STARTING_SET.read_text(encoding="utf-8")), by=ada)
    members = [
        (Area.objects.create(kind="police-area", slug=f"{name}-police", code=code, name=name.title()), None, None)
        for name, code in (("ash", "E23000001"), ("dale", "E23000004"))
    ]
    groups.create("Most Similar Group", "As published.", members, by=ada, reason="Published in 2020")
    whole = Indicator.objects.filter(formula=None, case_rule=None, kind="count", breakdown=None).first()
    own = Indicator.objects.filter(
        formula=None, case_rule=None, kind="count", breakdown=None, over_time="supplied", over_areas="supplied"
    ).exclude(pk=whole.pk)
    for one in own[:1]:
        entry = {"numerator": [{"indicator": whole.key}]}
        sheets.write_formula(one, entry, {each.key: each for each in Indicator.objects.all()})
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    call_command("export_definitions", first)
    emptied(ada)
    assert not Indicator.objects.exists() and not ComparatorGroup.objects.exists()
    call_command("load_definitions", first, "--as", ada.email)
    call_command("export_definitions", second)
    assert second.read_text(encoding="utf-8") == first.read_text(encoding="utf-8")
    assert Formula.objects.count() == own.model.objects.filter(formula__isnull=False).count()
    shipped = json.loads(first.read_text(encoding="utf-8"))
    assert [one["slug"] for one in shipped["groups"]] == ["most-similar-group"]
    assert [one["slug"] for one in shipped["outlines"]] == ["quarterly"]


def test_a_document_that_is_refused_loads_nothing_of_it(ada, tmp_path):
    made = json.loads(STARTING_SET.read_text(encoding="utf-8"))
    made["groups"] = [{"slug": "g", "name": "G", "members": [{"area": "nowhere"}]}]
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(made), encoding="utf-8")
    with pytest.raises(CommandError, match="there is no such area"):
        call_command("load_definitions", file, "--as", ada.email)
    assert not Indicator.objects.exists() and not Outline.objects.exists()


def test_the_same_document_twice_changes_nothing(ada):
    made = json.loads(STARTING_SET.read_text(encoding="utf-8"))
    starting_set.load(made, by=ada)
    before = document()
    starting_set.load(made, by=ada)
    assert document() == before
