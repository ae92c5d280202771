"""Targets kept by people: setting, changing and ending them, their pages with results, and what else prints them."""

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.actions import definitions, targets
from indicators.exhibits.making import compute
from indicators.figures import ASPECTS
from indicators.models.indicator import Indicator
from indicators.models.target import Target
from indicators.people import Refused
from indicators.periods import Quarter
from indicators.queries import books, standings
from portal.models.user import User
from tests.people import NOBODY_IN_PARTICULAR
from tests.portal.small_quarter import account, bring_analyst, bring_published_figures

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

Q2, Q3 = Quarter(2020, 2), Quarter(2020, 3)
FIELDS = {
    "printed": "At most 20%", "kind": "level", "operator": "<=", "value": "20", "unit": "percent", "window": "quarter",
    "starts_on": "2021-04-01", "owner": "Head of crime", "text": "Agreed by the board", "version": "1",
}  # fmt: skip


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
    """Return the force with the supplied figures of the published quarter."""
    bring_published_figures(force, analyst)
    return force


def words(answer) -> str:
    """Return the page's text: no tags, single spaces."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def target(row: str) -> Target:
    return Target.objects.get(row_id=f"targets.{row}")


def book(force, quarter=Q2):
    return books.figure_book(force, quarter)


# What the published report allows, worked out by hand from its values and its printed targets.
PUBLISHED = {
    "rasso.m1": "met: 71.4% is at least 60%",
    "rasso.m2": "not assessable: no target is stated",
    "rasso.m3.q2": "not met: 56.4% is above 10%",
    "rasso.m4": "not assessable: the target compares each month with the one before, and the value is for July to "
    "September 2020",
    "rasso.m6": "not assessable: the direction is missing: it is not stated whether 40.0% should lie above or "
    "below 50%",
    "rasso.m7.1920": "not met: 20.0% is above 10%",
    "grade1": "met: 10.2 min is below 15 min",
    "grade2": "met: 33.9 min is below 1 hour (60 min)",
    "grade3": "met: 477.9 min is below 48 hours (2,880 min)",
    "c999": "not assessable: the target is words, and no rule can be computed",
}


def test_judge_every_target_of_the_published_quarter(held):
    rows = [row for row in standings.targets() if row.rule.holds_on(Q2.end)]
    found = {
        one.target.row_id.removeprefix("targets."): one.judged.words for one in standings.standings(rows, book(held))
    }
    assert found == {**PUBLISHED, "rasso.m5": PUBLISHED["rasso.m4"]}


def test_judge_each_quarter_by_the_step_that_held(held):
    ends = {"2019-09": "15%", "2020-06": "15%", "2020-09": "10% from Q2"}
    for month, printed in ends.items():
        assert book(held).reference(f"rasso_m3.quarter-{month}.target") == printed
    assert book(held).reference("rasso_m3.quarter-2020-06.target_result") == "not met: 49.2% is above 15%"
    assert book(held).reference("rasso_m3.north_west.quarter.target") == "no target"
    assert book(held).reference("missing_persons.r12.target_result") == "no target"
    assert {"target", "target_result"} <= set(ASPECTS)


def test_list_targets_with_results_for_the_newest_and_for_a_chosen_quarter(held, ada):
    page = words(ada.get("/targets/?quarter=2020-21-Q2"))
    for row, result in PUBLISHED.items():
        assert result[0].upper() + result[1:] in page, row
    assert "2020/21 Q2" in page and "Response department" in page and "Month on month reduction" in page
    assert "It is not a grade" in page
    before, _, after = page.partition("Before or after this quarter")
    assert "5% from Q3" in after and "5% from Q3" not in before
    assert "Not met: 49.2% is above 15%" in words(ada.get("/targets/?quarter=2020-21-Q1"))


def test_list_without_any_figure_says_so(force, ada):
    page = words(ada.get("/targets/"))
    assert "Not assessable: there are no figures yet" in page


def test_indicator_page_shows_its_targets_with_result_and_leads_to_them(held, ada):
    page = ada.get("/indicators/grade_2_time_to_arrive/?quarter=2020-21-Q2")
    assert "Met: 33.9 min is below 1 hour (60 min)" in words(page)
    assert reverse("target", args=[target("grade2").pk]) in page.content.decode()
    assert "target-new" not in words(page) and "/targets/new/?indicator=grade_2_time_to_arrive" in page.content.decode()


def test_page_of_a_target_shows_rule_steps_results_and_changes(held, ada):
    page = words(ada.get(f"/targets/{target('rasso.m3.q2').pk}/?quarter=2020-21-Q2"))
    for said in (
        "10% from Q2", "At most 10%", "1 July 2020 to 30 September 2020", "Criminal justice department",
        "The year of the step is not printed", "Not met: 56.4% is above 10%", "Not met: 49.2% is above 15%",
        "From 1 October 2020", "Until 30 June 2020", "Loaded with the definitions",
    ):  # fmt: skip
        assert said in page, said


def test_set_change_and_end_a_target_with_a_reason_each(held, ada, analyst):
    address = "/targets/new/?indicator=rasso_m2"
    assert 'name="printed"' in ada.get(address).content.decode()
    assert ada.post(address, FIELDS).status_code == 302
    made = Target.objects.get(printed="At most 20%")
    assert (made.indicator.key, made.value, made.reason, made.by) == (
        "rasso_m2", Decimal(20), "Agreed by the board", analyst,
    )  # fmt: skip
    changed = {**FIELDS, "value": "25", "printed": "At most 25%", "text": "Typed wrongly"}
    assert ada.post(f"/targets/{made.pk}/edit/", changed).status_code == 302
    ending = {"ends_on": "2022-03-31", "text": "Replaced"}
    assert ada.post(f"/targets/{made.pk}/end/", ending).status_code == 302
    made.refresh_from_db()
    assert (made.value, made.ends_on, made.version, made.reason) == (Decimal(25), date(2022, 3, 31), 3, "Replaced")
    events = list(made.events.order_by("pgh_id").values_list("value", "ends_on", "reason", "by__name"))
    assert events == [
        (Decimal(20), None, "Agreed by the board", "Ada Analyst"),
        (Decimal(25), None, "Typed wrongly", "Ada Analyst"),
        (Decimal(25), date(2022, 3, 31), "Replaced", "Ada Analyst"),
    ]
    page = words(ada.get(f"/targets/{made.pk}/"))
    assert page.index("Replaced") < page.index("Typed wrongly") < page.index("Agreed by the board")
    following = ada.get(f"/targets/new/?after={made.pk}").content.decode()
    assert 'value="2022-04-01"' in following and "Head of crime" in following


WRONG = {
    "The last day is before the first": {"starts_on": "2021-04-01", "ends_on": "2021-03-31"},
    "holds from 1 October 2020 already": {"window": ""},
    "Give the value to be reached": {"value": ""},
    "cannot be compared": {"unit": "seconds"},
    "Give a reason": {"text": " "},
    "Say whether a reduction or an increase": {"kind": "change", "value": "", "compared_with": "previous-quarter"},
    "Say with which earlier period": {"kind": "change", "value": "", "wanted": "decrease"},
    "needs “Month” here": {"kind": "change", "value": "", "wanted": "decrease", "compared_with": "previous-month"},
    "Enter a number": {"value": "NaN"},
    "Select a valid choice": {"operator": "!="},
}


@pytest.mark.parametrize("said", WRONG)
def test_what_makes_no_sense_is_refused_in_words_and_changes_nothing(force, ada, said):
    before = list(Target.objects.order_by("pk").values())
    answer = ada.post("/targets/new/?indicator=rasso_m3", {**FIELDS, **WRONG[said]})
    assert answer.status_code == 422
    assert said in words(answer)
    assert "There is a problem" in words(answer)
    assert list(Target.objects.order_by("pk").values()) == before


def test_a_count_needs_a_period(force, ada):
    fields = {**FIELDS, "unit": "count", "window": ""}
    assert "Say for which period" in words(ada.post("/targets/new/?indicator=missing_persons", fields))


def test_an_analyst_alone_may_change_and_never_without_reason(force, analyst):
    row, lead = target("grade1"), account("Mark Manager", "report-manager").person
    for by, reason in ((lead, "Because"), (analyst.person, " ")):
        with pytest.raises(Refused):
            targets.save(row, by=by, reason=reason)
        with pytest.raises(Refused):
            targets.end(row, date(2021, 3, 31), by=by, reason=reason)
    assert target("grade1").version == 1


def test_two_who_change_at_once_are_told(force, analyst):
    mine, theirs = target("grade1"), target("grade1")
    theirs.printed = "Theirs"
    targets.save(theirs, by=analyst.person, reason="First")
    mine.printed = "Mine"
    with pytest.raises(Refused, match="Somebody else has changed") as refused:
        targets.save(mine, by=analyst.person, reason="Second")
    assert refused.value.verdict.is_conflict
    assert target("grade1").printed == "Theirs"


def test_ending_keeps_the_days_in_order_and_is_not_repeated(force, analyst):
    row = target("rasso.m3.q2")
    with pytest.raises(Refused, match="begins on 1 July 2020"):
        targets.end(row, date(2020, 6, 30), by=analyst.person, reason="Early")
    with pytest.raises(Refused, match="ends on 30 September 2020 already"):
        targets.end(row, date(2020, 12, 31), by=analyst.person, reason="Late")
    targets.end(row, date(2020, 8, 31), by=analyst.person, reason="Shorter")
    assert target("rasso.m3.q2").ends_on == date(2020, 8, 31)


def test_the_database_refuses_a_rule_that_is_half(force):
    indicator = Indicator.objects.get(key="rape")
    for fields in ({"kind": "level"}, {"kind": "change", "wanted": "decrease"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Target.objects.create(indicator=indicator, unit="count", **fields)


def test_loading_again_changes_nothing_and_overlapping_steps_are_refused(force):
    entry = {"indicator": "rasso_m1", "operator": ">=", "value": "60", "unit": "percent", "row_id": "targets.rasso.m1"}
    before = list(Target.objects.order_by("pk").values())
    with pytest.raises(Refused, match="Only an analyst"):
        definitions.load({"targets": [entry]}, by=account("Mark Manager", "report-manager").person)
    with pytest.raises(Refused, match="Conviction rate for rape"):
        second = {**entry, "row_id": "other", "from": "2020-04-01"}
        definitions.load({"targets": [second]}, by=NOBODY_IN_PARTICULAR)
    assert list(Target.objects.order_by("pk").values()) == before
    definitions.load({"targets": [{**entry, "printed": "60 %"}]}, by=NOBODY_IN_PARTICULAR)
    first = target("rasso.m1")
    definitions.load({"targets": [{**entry, "printed": "60 %"}]}, by=NOBODY_IN_PARTICULAR)
    assert (target("rasso.m1").version, first.version) == (2, 2)


def test_tables_and_records_print_target_and_result(held, ada):
    columns = [{"heading": one, "window": "r12", "aspect": one} for one in ("value", "target", "target_result")]
    rows = [{"series": "grade_2_time_to_arrive"}, {"series": "missing_persons"}]
    table = compute("t", "T", {"kind": "table", "columns": columns, "rows": rows}, book(held)).exhibit
    assert [[cell.text for cell in row[1:]] for row in table.rows] == [
        ["33.9 min", "target <1 hour", PUBLISHED["grade2"]],
        ["8,783", "no target", "no target"],
    ]
    figures = {one["key"]: one for one in ada.get("/api/figures/?quarter=2020-21-Q2&limit=500").json()["figures"]}
    judged = figures["grade_2_time_to_arrive.r12"]
    assert [judged[name] for name in ("target", "target_state", "target_result")] == [
        "target <1 hour", "met", PUBLISHED["grade2"],
    ]  # fmt: skip
    assert figures["missing_persons.r12"]["target_result"] is None
    answer = ada.get("/api/figures/?quarter=2020-21-Q2&limit=500&format=csv")
    flat = {row["key"]: row for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))}
    assert flat["rasso_m3.quarter"]["target_state"] == "not-met"
    sheet = ada.get("/api/indicators/rasso_m4/").json()["targets"][0]
    assert (sheet["kind"], sheet["wanted"], sheet["compared_with"]) == ("change", "decrease", "previous-month")
    assert sheet["meaning"] == "a reduction from the month before"


def test_pages_of_targets_cost_the_same_for_one_and_for_many(held, ada, analyst):
    def cost(address: str) -> int:
        ada.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert ada.get(address).status_code == 200
        return len(captured)

    row = target("grade1")
    addresses = ("/targets/?quarter=2020-21-Q2", f"/targets/{row.pk}/?quarter=2020-21-Q2")
    many = [cost(address) for address in addresses]
    for number in range(5):
        row.version = 1 + number
        targets.save(row, by=analyst.person, reason=f"Change {number}")
    Target.objects.exclude(pk=row.pk).delete()
    assert [cost(address) for address in addresses] == many


def test_every_indicator_may_have_no_target_at_all(held, ada):
    Target.objects.all().delete()
    assert "No target holds" in words(ada.get("/targets/?quarter=2020-21-Q2"))
    assert ada.get("/indicators/rasso_m3/?quarter=2020-21-Q2").status_code == 200


def test_the_command_says_in_words_why_a_document_is_refused(force, analyst, tmp_path):
    entry = {"indicator": "rasso_m1", "operator": ">=", "value": "70", "unit": "percent", "from": "2020-04-01"}
    file = tmp_path / "definitions.json"
    file.write_text(json.dumps({"targets": [entry]}))
    with pytest.raises(CommandError, match="Conviction rate for rape"):
        call_command("load_definitions", str(file), "--as", analyst.email)
    assert Target.objects.filter(indicator__key="rasso_m1").count() == 1
