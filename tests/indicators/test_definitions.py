"""Documents of definitions: what the demonstration's costs, what loading it again writes, and what it cannot name."""

import copy
import json

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.actions import definitions
from indicators.models.breakdown import BreakdownValue
from indicators.models.indicator import CaseRule, Indicator
from indicators.models.portfolio import Portfolio
from indicators.people import Refused
from tests.indicators import case_files
from tests.people import NOBODY_IN_PARTICULAR, ensure_crime_types

pytestmark = pytest.mark.django_db

BY = NOBODY_IN_PARTICULAR


def load(*indicators, **more) -> None:
    definitions.load({**more, "indicators": list(indicators)}, by=BY)


def test_the_same_definitions_again_write_none_of_the_sheets():
    document = json.loads((settings.BASE_DIR / "deploy" / "starting-set.json").read_text())
    ensure_crime_types()
    definitions.load(document, by=BY)
    with CaptureQueriesContext(connection) as asked:
        definitions.load(document, by=BY)
    tables = ("portfolio", "datasource", "area", "category", "flag", "breakdown", "breakdownvalue", "indicator",
              "caserule", "exhibit")  # fmt: skip
    writes = tuple(f'{verb} "indicators_{table}" ' for verb in ("UPDATE", "INSERT INTO") for table in tables)
    assert not [one["sql"][:60] for one in asked if one["sql"].startswith(writes)]


def test_an_indicator_more_costs_two_queries_at_most_to_create_and_one_to_change():
    definitions.load(case_files.DEFINITIONS, by=BY)
    costs = []
    for count in (1, 11):
        new = [case_files.indicator(f"measure_{count}_{at}") for at in range(count)]
        with CaptureQueriesContext(connection) as asked:
            load(*new)
        changed = [{**one, "name": "Another name"} for one in new]
        with CaptureQueriesContext(connection) as again:
            load(*changed)
        costs.append((len(asked), len(again)))
    (new_one, changed_one), (new_many, changed_many) = costs
    assert new_many - new_one <= 20
    assert changed_many - changed_one <= 10


def test_what_a_document_changes_is_changed_and_what_it_leaves_out_stays():
    definitions.load(case_files.DEFINITIONS, by=BY)
    load(case_files.indicator("investigations", method="Counted by hand.", parent="all_crime", decimals=1))
    held = Indicator.objects.get(key="investigations")
    assert (held.method, held.decimals, held.parent.key) == ("Counted by hand.", 1, "all_crime")
    load(case_files.indicator("investigations"))
    held.refresh_from_db()
    assert (held.method, held.decimals, held.parent) == ("Counted by hand.", 1, None)
    more = copy.deepcopy(case_files.DEFINITIONS)
    more["breakdowns"][0]["values"][0]["name"] = "A nuisance"
    more["indicators"][1]["cases"]["from"] = "2019-01-01"
    more["portfolios"][0]["name"] = "All crime"
    definitions.load(more, by=BY)
    assert BreakdownValue.objects.get(slug="nuisance").name == "A nuisance"
    assert CaseRule.objects.get(indicator__key="robbery").starts_on.isoformat() == "2019-01-01"
    assert Portfolio.objects.get().name == "All crime"


@pytest.mark.parametrize("names", [{"portfolio": "x"}, {"source": "x"}, {"breakdown": "x"}, {"parent": "x"}])
def test_what_nobody_has_defined_is_named_in_words(names):
    definitions.load(case_files.DEFINITIONS, by=BY)
    (what,) = names
    with pytest.raises(Refused, match=f"The indicator “calls” names the {what} “x”, and there is none of this name"):
        load(case_files.indicator("calls", **names))
    assert not Indicator.objects.filter(key="calls").exists()
