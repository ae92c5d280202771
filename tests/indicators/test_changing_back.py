"""Imports that are taken back, files taken without their faulty rows, partial files, and the counting policy."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection

from indicators.actions import counting, imports
from indicators.choices import CountingPolicy, ImportKind, ImportState, JobState
from indicators.models.aggregate import Aggregate
from indicators.models.area import Force
from indicators.models.case import Case, CaseCell, CaseChange, CaseMonth
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.models.job import Job
from indicators.models.observation import Observation
from indicators.models.overlay import CountingRule
from indicators.models.source import DataSource
from indicators.people import Person, Refused
from tests.indicators import case_files
from tests.indicators.case_files import ASB, HILL, case, case_file, reference, revert, small_force, tidy_file, work

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY = date(2020, 1, 1), date(2020, 2, 1)


@pytest.fixture
def force(db) -> Force:
    """Return a small force."""
    return small_force()


@pytest.fixture
def analyst(db) -> Person:
    """Return an analyst."""
    return case_files.analyst()


@pytest.fixture
def send(force, analyst) -> Callable[..., DataImport]:
    """Return a sender: receives a file and checks it."""
    return partial(case_files.send, force, analyst)


@pytest.fixture
def load(force, analyst) -> Callable[..., DataImport]:
    """Return a loader: takes a file from receipt to figures."""
    return partial(case_files.load, force, analyst)


def held() -> list[object]:
    """Return all that readers of cases and figures see now, without the data versions that wrote it."""
    columns = ("month", "key", "ordinal", "content", "data_import_id", "row", "outcome", "category_id", "area_id")
    months = ("month", "data_import_id", "rows", "distinct_rows", "unlocated", "outside", "left_out", "content_sum")
    figures = ("indicator__key", "part__slug", "area__slug", "window", "start", "end", "value", "status", "missing",
               "caution")  # fmt: skip
    now = {"until_version__isnull": True}
    return [
        sorted(Case.objects.values_list(*columns)),
        sorted(CaseMonth.objects.filter(**now).values_list(*months)),
        sorted(
            CaseCell.objects.filter(**now).values_list("month", "area_id", "category_id", "flags", "cases", "set_aside")
        ),
        sorted(map(str, Aggregate.objects.filter(**now).values_list(*figures))),
        sorted(map(str, Observation.objects.filter(**now).values_list("indicator__key", "start", "value", "row"))),
    ]


def value(key: str, window: str, end: str) -> Decimal | None:
    """Return the current value of an indicator for the force."""
    current = Aggregate.objects.filter(until_version__isnull=True, indicator__key=key, part=None)
    return current.get(area__slug="smallshire", window=window, end=end).value


def test_revert_the_first_load_of_months_leaves_nothing_of_them(load, analyst):
    load(case_file(case(1, "2020-01")))
    before = held()
    later = load(case_file(*(case(n, "2020-03") for n in range(4)), case(9, "2019-06")))
    assert value("all_crime", "month", "2020-03-31") == 4 and held() != before
    revert(later, analyst)
    assert held() == before
    assert list(DataVersion.objects.order_by("number").values_list("number", "kind")) == [
        (1, "import"), (2, "import"), (3, "revert")]  # fmt: skip
    removed = CaseChange.objects.filter(version=3, kind="removed").values_list("reference", flat=True)
    assert sorted(removed) == sorted(reference(n) for n in (0, 1, 2, 3, 9))
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname ~ 'indicators_case_f[0-9]+_' AND relkind = 'r'")
        assert [name[-6:] for (name,) in cursor.fetchall()] == ["202001"]


def test_revert_a_corrected_month_brings_changed_removed_and_new_cases_back(load, analyst):
    load(case_file(case(1, "2020-01", outcome="Open"), case(2, "2020-01"), case(None, "2020-01", ASB)))
    before = held()
    corrected = load(
        case_file(case(1, "2020-01", outcome="Closed"), case(3, "2020-01"), *[case(None, "2020-01", ASB)] * 2)
    )
    kinds = CaseChange.objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["changed", "new", "new", "removed"]  # 1; 3 and a second incident; 2
    revert(corrected, analyst)
    assert held() == before
    assert set(Case.objects.values_list("data_import__version__number", flat=True)) == {1}


def test_revert_is_refused_while_later_imports_stand_on_it_and_names_them(force, load, analyst):
    first = load(case_file(case(1, "2020-01"), case(1, "2020-02")))
    second = load(case_file(case(1, "2020-01"), case(2, "2020-01")))
    with pytest.raises(Refused) as refusal:
        imports.ask_revert(first, by=analyst, reason="wrong")
    assert refusal.value.verdict.is_conflict and f"import {second.pk} (file.csv)" in str(refusal.value)
    revert(second, analyst)
    revert(first, analyst)  # now it is the newest again
    assert not Case.objects.exists() and not CaseMonth.objects.filter(until_version__isnull=True).exists()


def test_revert_without_a_reason_or_twice_is_refused(load, analyst):
    first = load(case_file(case(1, "2020-01")))
    with pytest.raises(Refused, match="reason"):
        imports.ask_revert(first, by=analyst, reason=" ")
    revert(first, analyst)
    with pytest.raises(Refused, match="reverted"):
        imports.ask_revert(first, by=analyst, reason="again")


def test_revert_overtaken_by_a_later_import_changes_nothing_and_says_why(load, analyst):
    first = load(case_file(case(1, "2020-01")))
    imports.ask_revert(first, by=analyst, reason="wrong")
    load(case_file(case(2, "2020-01")))
    before = held()
    work(imports.REVERT_TASK, first)
    assert first.state == ImportState.APPLIED and held() == before
    job = Job.objects.get(task=imports.REVERT_TASK)
    assert job.state == JobState.QUARANTINED and "Later imports" in job.error


def test_the_same_file_can_be_loaded_again_after_its_revert(load, analyst):
    content = case_file(case(1, "2020-01"), case(2, "2020-01"))
    first = load(content)
    now = [*held()[2:]]
    revert(first, analyst)
    assert not Case.objects.exists() and not Aggregate.objects.filter(until_version__isnull=True).exists()
    again = load(content)
    assert again.pk != first.pk and [*held()[2:]] == now


def test_revert_observations_opens_what_they_replaced(load, analyst):
    first = load(tidy_file(("investigations", "smallshire", "2020-01-01", "2020-01-31", 5)), ImportKind.OBSERVATIONS)
    before = held()
    later = load(
        tidy_file(
            ("investigations", "smallshire", "2020-01-01", "2020-01-31", 7),
            ("investigations", "smallshire", "2020-02-01", "2020-02-29", 1),
        ),
        ImportKind.OBSERVATIONS,
    )
    assert value("investigations", "month", "2020-01-31") == 7
    with pytest.raises(Refused, match=f"import {later.pk}"):
        imports.ask_revert(first, by=analyst, reason="wrong")
    revert(later, analyst)
    assert held() == before and value("investigations", "month", "2020-01-31") == 5
    revert(first, analyst)
    assert not Aggregate.objects.filter(until_version__isnull=True).exists()


def faulty() -> bytes:
    """Return a file of three good rows and two faulty ones, one of each month."""
    return case_file(
        case(1, "2020-01"),
        case(2, "2020-01", "Piracy"),
        case(3, "2020-02"),
        case(4, "2020-02", area="nonsense"),
        case(5, "2020-02"),
        case(6, "2020-03"),
    )


def test_a_file_with_faulty_rows_is_refused_but_can_be_applied_without_them_for_a_reason(send, analyst):
    refused = send(faulty())
    assert (refused.state, refused.problem_count, refused.left_out) == (ImportState.REFUSED, 2, 2)
    assert not Case.objects.exists()
    with pytest.raises(Refused, match="reason"):
        imports.accept(refused, by=analyst, reason="")
    imports.accept(refused, by=analyst, reason="the source mends them next month")
    work(imports.APPLY_TASK, refused)
    assert refused.state == ImportState.APPLIED and refused.problems.count() == 2
    assert Case.objects.count() == 4
    assert dict(CaseMonth.objects.values_list("month", "left_out")) == {
        JANUARY: 1, FEBRUARY: 1, date(2020, 3, 1): 0}  # fmt: skip
    current = Aggregate.objects.filter(indicator__key="all_crime", area__slug="smallshire", part=None)
    cautions = {str(row.end): row.caution for row in current.filter(window="month")}
    assert cautions == {
        "2020-01-31": "incomplete: faulty rows were left out of January 2020 (1)",
        "2020-02-29": "incomplete: faulty rows were left out of February 2020 (1)",
        "2020-03-31": "",
    }
    quarter = current.get(window="quarter", end="2020-03-31")
    assert quarter.value == 4
    assert quarter.caution == "incomplete: faulty rows were left out of January 2020 (1), February 2020 (1)"


def test_a_corrected_file_ends_the_mark_of_an_incomplete_month(send, load, analyst):
    refused = send(faulty())
    imports.accept(refused, by=analyst, reason="meanwhile")
    work(imports.APPLY_TASK, refused)
    load(case_file(case(1, "2020-01"), case(2, "2020-01"), case(3, "2020-02"), case(4, "2020-02"), case(5, "2020-02")))
    current = Aggregate.objects.filter(until_version__isnull=True)
    assert not current.exclude(caution="").exists() and value("all_crime", "quarter", "2020-03-31") == 6


@pytest.mark.parametrize(
    "content",
    [
        case_file(case(1, "2020-01", "Piracy")),  # no row is left
        case_file(case(1, "2020-01"), case(2, "2020-01"))[:-20],  # cut off
        b"a,b\n1,2\n",
    ],
)
def test_a_file_of_which_more_than_rows_is_wrong_cannot_be_accepted(send, analyst, content):
    refused = send(content)
    assert refused.state == ImportState.REFUSED and refused.left_out == 0
    with pytest.raises(Refused):
        imports.accept(refused, by=analyst, reason="please")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'indicators\\_staged\\_%%'", [])
        assert cursor.fetchone() == (0,)


def test_accept_a_file_sent_again_meanwhile_is_a_conflict(send, analyst):
    first = send(faulty())
    second = send(faulty())
    assert second.pk != first.pk
    imports.accept(second, by=analyst, reason="this one")
    with pytest.raises(Refused) as refusal:
        imports.accept(first, by=analyst, reason="that one")
    assert refusal.value.verdict.is_conflict


def load_partial(send, analyst, content: bytes) -> DataImport:
    """Apply a file that holds only some cases of its months."""
    data_import, _ = imports.receive(
        Force.objects.get(), ImportKind.CASES, "part.csv", [content], by=analyst, is_partial=True
    )
    work(imports.STAGE_TASK, data_import)
    imports.confirm(data_import, by=analyst, reason="part")
    work(imports.APPLY_TASK, data_import)
    assert data_import.state == ImportState.APPLIED
    return data_import


def test_a_partial_file_adds_and_changes_cases_and_removes_none(load, send, analyst):
    load(case_file(case(1, "2020-01", outcome="Open"), case(2, "2020-01"), case(3, "2020-01", area="")))
    before = held()
    part = load_partial(
        send, analyst, case_file(case(1, "2020-01", outcome="Closed"), case(2, "2020-01"), case(4, "2020-01"))
    )
    assert sum(row["removed"] for row in part.preview["rows"]) == 0
    assert dict(Case.objects.values_list("reference", "outcome")) == {
        reference(1): "Closed", reference(2): "", reference(3): "", reference(4): ""}  # fmt: skip
    assert set(Case.objects.filter(data_import=part).values_list("reference", flat=True)) == {
        reference(1),
        reference(4),
    }
    month = CaseMonth.objects.get(until_version__isnull=True)
    assert (month.rows, month.distinct_rows, month.unlocated) == (4, 4, 1)
    assert value("all_crime", "month", "2020-01-31") == 4
    revert(part, analyst)
    assert held() == before


def test_count_by_distinct_identifiers_counts_each_once_in_its_month_and_every_row_without_one(load, analyst):
    rows = [case(1, "2020-01"), case(1, "2020-01", outcome="Closed"), case(1, "2020-02"), case(2, "2020-01")]
    rows += [case(None, "2020-01", ASB)] * 3
    load(case_file(*rows))
    assert (value("all_crime", "month", "2020-01-31"), value("asb", "month", "2020-01-31")) == (3, 3)
    before = held()
    source = DataSource.objects.get(slug="cases")
    with pytest.raises(Refused, match="reason"):
        counting.change(source, CountingPolicy.DISTINCT, date(2020, 1, 1), by=analyst, reason="")
    with pytest.raises(Refused, match="ahead"):
        counting.change(source, CountingPolicy.DISTINCT, date(2999, 1, 1), by=analyst, reason="x")
    counting.change(source, CountingPolicy.DISTINCT, date(2020, 1, 1), by=analyst, reason="as the Home Office counts")
    assert (value("all_crime", "month", "2020-01-31"), value("asb", "month", "2020-01-31")) == (2, 3)
    assert value("all_crime", "month", "2020-02-29") == 1
    assert DataVersion.objects.first().kind == "counting"
    counting.change(source, CountingPolicy.ROWS, date(2020, 1, 2), by=analyst, reason="back")
    assert held() == before and CountingRule.objects.count() == 2


def test_the_first_by_content_counts_whatever_the_order_of_the_file(load, analyst):
    rows = [case(1, "2020-01", area=HILL), case(1, "2020-01", area=case_files.CODES["Coast"][0])]
    counting.change(
        DataSource.objects.get(slug="cases"), CountingPolicy.DISTINCT, date(2020, 1, 1), by=analyst, reason="x"
    )
    load(case_file(*rows))
    before = held()[3]
    load(case_file(*reversed(rows)))
    assert held()[3] == before and value("all_crime", "month", "2020-01-31") == 1
