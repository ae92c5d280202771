"""What must agree and does not: its page, the reasons people give, and the report it keeps back."""

import csv
import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from indicators.actions import definitions, imports
from indicators.choices import ImportKind, ImportState
from indicators.models.data_import import DataImport
from indicators.models.relation import Explanation, Relation
from indicators.periods import Quarter
from indicators.queries.books import figure_book
from indicators.queries.reconciling import blocking, findings
from portal import queries
from tests.portal.small_quarter import FILES, SmallQuarter, corrected_records, import_observations, work

pytestmark = [pytest.mark.slow]

ADDRESS = "/indicators/reconciliation/"
EXPLAIN = f"{ADDRESS}explain/"
# Two measures that have nothing to do with each other: 250 records and 8,783 incidents (appendix of the reference).
UNEQUAL = {
    "relations": [
        {"slug": "unequal", "agreement": "same", "of": "modern_slavery_records", "members": ["missing_persons"],
         "note": "For this test.", "is_blocking": True}
    ]
}  # fmt: skip


@pytest.fixture
def quarter(force):
    small = SmallQuarter(force)
    definitions.load(UNEQUAL, by=small.person("analyst"))
    return small


def client(quarter, role: str) -> Client:
    signed_in = Client()
    signed_in.force_login(quarter.users[role], backend="django.contrib.auth.backends.ModelBackend")
    return signed_in


def words(response) -> str:
    """The page's words in one line."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def unequal(quarter):
    """The differences of the two measures, this year's first."""
    found = findings(quarter.force, Quarter(2020, 2)).differences
    return sorted((one for one in found if one.check.key.startswith("same:unequal")), key=lambda one: -year(one))


def year(difference) -> int:
    return int(difference.check.period[-4:])


def sent(difference, reason: str) -> dict[str, object]:
    return {"seen": [difference.check.seen_as], "reason": reason}


def test_open_reconciliation_shows_both_numbers_of_a_difference(quarter):
    page = words(client(quarter, "reviewer").get(ADDRESS))
    assert "12 months to 30 September 2020 250 8,783 −8,533 Not explained" in page, page
    assert "Keeps reports back" in page and "One quantity from two sources" in page
    assert "Why do the numbers differ?" not in page  # a reviewer explains nothing


def test_open_reconciliation_as_commissioner_finds_nothing(quarter):
    assert client(quarter, "commissioner").get(ADDRESS).status_code == 404
    for role in ("commissioner", "lead", "reviewer"):
        answer = client(quarter, role).post(EXPLAIN, sent(unequal(quarter)[0], "because"))
        assert answer.status_code in {403, 404} and not Explanation.objects.exists(), role


def test_explain_a_difference_that_blocks_lets_the_report_go_until_its_numbers_change(quarter):
    quarter.fix_cut()
    held_back = queries.checklist(quarter.report)[0]
    assert any("Modern slavery records 250" in one and "have one of them mended" in one for one in held_back)
    reason = "The two measures count different things."
    assert [year(one) for one in unequal(quarter)] == [2020, 2019]
    for one in unequal(quarter):
        answer = client(quarter, "analyst").post(EXPLAIN, sent(one, reason), follow=True)
        assert reason in words(answer) and "Ada Analyst" in words(answer)
    assert not any("have one of them mended" in one for one in queries.checklist(quarter.report)[0])
    figure = figure_book(quarter.force, Quarter(2020, 2)).figure("modern_slavery_records.r12")
    assert reason.rstrip(".") in figure.notes  # printed wherever the figure is
    import_observations(quarter.force, quarter.person("analyst"), "later.csv", corrected_records())
    assert [one.check.stated.text for one in blocking(quarter.force, Quarter(2020, 2), None)] == ["252"]
    assert blocking(quarter.force, Quarter(2020, 2), 1) == []


def test_explain_a_difference_that_has_changed_is_refused_and_keeps_nothing(quarter):
    seen = sent(unequal(quarter)[0], "because")
    import_observations(quarter.force, quarter.person("analyst"), "later.csv", corrected_records())
    answer = client(quarter, "analyst").post(EXPLAIN, seen)
    assert answer.status_code == 409 and "numbers have changed" in words(answer)
    assert not Explanation.objects.exists()


def test_explain_a_difference_without_a_reason_keeps_nothing(quarter):
    answer = client(quarter, "analyst").post(EXPLAIN, sent(unequal(quarter)[0], "  "), follow=True)
    assert "reason is missing" in words(answer) and not Explanation.objects.exists()


def test_reconcile_costs_the_same_queries_for_one_relation_and_for_many(quarter):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            findings(quarter.force, Quarter(2020, 2))
        return len(asked)

    first, before = cost(), Relation.objects.count()
    many = [{**UNEQUAL["relations"][0], "slug": f"unequal-{at}"} for at in range(5)]
    definitions.load({"relations": many}, by=quarter.person("analyst"))
    assert Relation.objects.count() == before + 5 and cost() == first


def test_receive_a_file_that_does_not_add_up_says_so_before_it_is_applied(quarter):
    months = [(2019, 10), (2019, 11), (2019, 12), *((2020, month) for month in range(1, 10))]
    lines = ["row_id,indicator,part,area,window,start,end,reported_for,statistic,value,numerator,denominator,status,"
             "basis,qualifier,period_printed,source,note"]  # fmt: skip
    supplied = (
        "domestic_abuse_investigations,,lancashire,r12,2019-10-01,2020-09-30,,,{},,,,,,,recorded-crime-dashboard,"
    )
    held = total_of(months)
    lines.append(f"whole,{supplied.format(held + 7)}")
    data_import = staged(quarter, "\n".join([*lines, ""]).encode())
    page = words(client(quarter, "analyst").get(f"/imports/{data_import.pk}/"))
    assert "Numbers that would no longer agree" in page, page
    assert f"{held + 7:,} Supplied {held:,} Sum of 12 months 7" in page, page


def total_of(months) -> int:
    """Add up months of the quarter's file, as anybody would from the file itself."""
    with (FILES / "observations-2020-21-Q2.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["indicator"] == "domestic_abuse_investigations"]
    starts = {f"{year}-{month:02d}-01" for year, month in months}
    found = [int(row["value"]) for row in rows if row["window"] == "month" and row["start"] in starts]
    assert len(found) == 12
    return sum(found)


def staged(quarter, content: bytes) -> DataImport:
    """Send a tidy file and have it checked."""
    data_import, _ = imports.receive(
        quarter.force, ImportKind.OBSERVATIONS, "whole.csv", [content], by=quarter.person("analyst")
    )
    work(imports.STAGE_TASK, data_import.pk)
    data_import.refresh_from_db()
    assert data_import.state == ImportState.STAGED, [each.message for each in data_import.problems.all()]
    return data_import


def test_reason_for_other_numbers_explains_nothing_and_is_told_with_those_numbers(quarter):
    reason = "The two measures count different things."
    client(quarter, "analyst").post(EXPLAIN, sent(unequal(quarter)[0], reason))
    page = words(client(quarter, "reviewer").get(ADDRESS))
    assert "Explained for the numbers as they are: 1 by Ada Analyst." in page
    assert re.search(rf"250 8,783 −8,533 {reason} Ada Analyst, .{{5,40}}, for 250 and 8,783", page), page
    before = findings(quarter.force, Quarter(2020, 2))
    import_observations(quarter.force, quarter.person("analyst"), "later.csv", corrected_records())
    found = findings(quarter.force, Quarter(2020, 2))
    assert (before.moved, found.moved) == (0, 1) and found.open == before.open + 1 and not found.explained_by
    page = words(client(quarter, "reviewer").get(ADDRESS))
    assert "1 of those not explained was explained for other numbers." in page
    assert f"252 8,783 −8,531 Not explained Was explained for other numbers, 250 and 8,783: {reason} (Ada" in page, page
    assert reason.rstrip(".") not in figure_book(quarter.force, Quarter(2020, 2)).figure(
        "modern_slavery_records.r12"
    ).notes  # fmt: skip
    (record,) = [
        one for one in client(quarter, "analyst").get("/api/differences/?quarter=2020-21-Q2").json()["differences"]
        if one["key"] == unequal(quarter)[0].check.key
    ]  # fmt: skip
    assert record["is_open"] and record["explanation"] == ""
    assert (record["explained_before"], record["explained_before_for"]) == (reason, "250 and 8,783")


def test_what_a_relation_notes_once_for_all_explains_no_difference(quarter):
    noted = {**UNEQUAL["relations"][0], "is_blocking": False}
    definitions.load({"relations": [noted]}, by=quarter.person("analyst"))
    shown = unequal(quarter)
    assert [(one.is_open, one.holds_back) for one in shown] == [(True, False), (True, False)]
    page = words(client(quarter, "analyst").get(ADDRESS))
    assert "For this test. Said once for all such numbers. It explains none of them" in page
    client(quarter, "analyst").post(EXPLAIN, sent(shown[0], "For this test."))
    assert [one.is_open for one in unequal(quarter)] == [False, True]
