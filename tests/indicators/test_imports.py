"""Imports from the first byte to the figures: preview, replacing months, identity of cases, refusals, versions.

The tasks are the real ones, called here instead of by a worker.
"""

import io
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection

from indicators import previews
from indicators.actions import imports
from indicators.choices import AreaKind, ImportKind, ImportState, JobState
from indicators.models.aggregate import Aggregate
from indicators.models.area import Area, Force
from indicators.models.case import Case, CaseCell
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.models.job import Job
from indicators.models.observation import Observation, StagedObservation
from indicators.people import Person, Refused
from indicators.periods import Quarter
from indicators.queries import books
from tests.indicators import case_files
from tests.indicators.case_files import ASB, CODES, ELSEWHERE, case, case_file, reference, small_force, tidy_file, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def force(db) -> Force:
    """Return a small force, much quicker to make than the demonstration's."""
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


def held(force: Force) -> Counter[tuple[date, str, str]]:
    """Count the current cells as (month, area, crime type)."""
    counted: Counter[tuple[date, str, str]] = Counter()
    for month, area, crime_type, cases in CaseCell.objects.filter(force=force, until_version__isnull=True).values_list(
        "month", "area__slug", "category__crime_type", "cases"
    ):
        counted[month, area, crime_type] += cases
    return counted


def figures(force: Force) -> set[tuple[object, ...]]:
    """Return every current value, without the versions that wrote it."""
    rows = Aggregate.objects.filter(force=force, until_version__isnull=True).values_list(
        "indicator__key", "part__slug", "area__slug", "window", "start", "end", "value", "status", "missing"
    )
    return {(*row[:-1], tuple(row[-1])) for row in rows}


def everything(force: Force) -> list[object]:
    """Return all that an import could have changed, and the staging tables that are there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname LIKE 'indicators\\_staged\\_%' ORDER BY 1")
        tables = cursor.fetchall()
    return [
        sorted(CaseCell.objects.values_list()),
        sorted(map(str, Aggregate.objects.values_list())),
        sorted(map(str, Observation.objects.values_list())),
        sorted(map(str, Case.objects.values_list())),
        sorted(DataVersion.objects.values_list("number", "force_id")),
        StagedObservation.objects.count(),
        tables,
    ]


def value(force: Force, key: str, window: str, end: str, area: str = "smallshire") -> Decimal | None:
    """Return the current value of an indicator."""
    row = Aggregate.objects.get(
        force=force, until_version__isnull=True, indicator__key=key, part=None, area__slug=area, window=window, end=end
    )
    return row.value


def test_preview_counts_new_changed_unchanged_and_removed_rows(send, load):
    load(case_file(*(case(n, "2020-01", outcome="Open") for n in range(4))))
    later = send(
        case_file(
            case(0, "2020-01", outcome="Open"),
            case(1, "2020-01", outcome="Open"),
            case(2, "2020-01", outcome="Closed"),
            case(9, "2020-01", outcome="Open"),
        )
    )
    assert later.rows == 4
    assert previews.totals(later.preview) == {"new": 1, "changed": 1, "unchanged": 2, "removed": 1}
    assert later.preview["rows"][0]["month"] == "2020-01-01"
    assert later.preview["rows"][0]["category"] == "Robbery"


def test_apply_a_month_replaces_that_month_and_no_other(force, load):
    load(case_file(case(1, "2020-01"), case(2, "2020-01"), case(3, "2020-02")))
    load(case_file(case(4, "2020-01", "Drugs")))
    january, february = date(2020, 1, 1), date(2020, 2, 1)
    assert held(force) == {
        (january, "hill", "Drugs"): 1,
        (february, "hill", "Robbery"): 1,
    }
    assert set(Case.objects.values_list("reference", flat=True)) == {reference(3), reference(4)}
    assert value(force, "all_crime", "month", "2020-01-31") == 1


def test_receive_the_same_bytes_again_is_the_same_import(force, analyst, load):
    content = case_file(case(1, "2020-01"))
    first = load(content)
    before = everything(force)
    again, is_new = imports.receive(force, ImportKind.CASES, "other name.csv", [content], by=analyst)
    assert (again.pk, is_new, again.file_name) == (first.pk, False, "file.csv")
    assert DataImport.objects.count() == 1 and Job.objects.count() == 2
    assert everything(force) == before


def test_apply_permuted_rows_or_split_files_gives_the_same_figures(force, load):
    rows = [case(n % 7, "2020-01", "Drugs" if n % 3 else "Robbery", outcome=f"o{n % 2}") for n in range(12)]
    rows += [case(None, "2020-01", ASB)] * 3 + [case(n, "2020-02", area="") for n in range(4)]
    load(case_file(*rows))
    cells, values = held(force), figures(force)
    ordinals = sorted(Case.objects.values_list("month", "key", "ordinal", "content"))

    load(case_file(*reversed(rows)))
    assert (held(force), figures(force)) == (cells, values)
    assert sorted(Case.objects.values_list("month", "key", "ordinal", "content")) == ordinals

    split = io.BytesIO()
    with zipfile.ZipFile(split, "w") as archive:
        archive.writestr("a.csv", case_file(*rows[::2]))
        archive.writestr("folder/b.csv", case_file(*rows[1::2]))
    load(split.getvalue())
    assert (held(force), figures(force)) == (cells, values)
    assert sorted(Case.objects.values_list("month", "key", "ordinal", "content")) == ordinals

    load(case_file(*rows[-4:]))
    load(case_file(*rows[:-4]))
    assert (held(force), figures(force)) == (cells, values)


def test_apply_identical_incidents_keeps_every_one(force, load):
    load(case_file(*[case(None, "2020-03", ASB)] * 5))
    assert sorted(Case.objects.values_list("ordinal", flat=True)) == [0, 1, 2, 3, 4]
    assert value(force, "asb", "month", "2020-03-31") == 5


def test_apply_repeated_identifiers_keeps_them_apart_by_content(force, load):
    lines = [case(1, "2020-03", outcome=outcome) for outcome in ("Open", "Closed", "Open")]
    load(case_file(*lines))
    first = list(Case.objects.order_by("ordinal").values_list("ordinal", "outcome"))
    assert [ordinal for ordinal, _ in first] == [0, 1, 2]
    assert Counter(outcome for _, outcome in first) == {"Open": 2, "Closed": 1}
    load(case_file(lines[1], lines[0], lines[2]))
    assert list(Case.objects.order_by("ordinal").values_list("ordinal", "outcome")) == first
    assert value(force, "all_crime", "month", "2020-03-31") == 3


def test_apply_text_that_means_something_to_the_loader_keeps_it_exactly(load):
    lines = (
        reference(1) + r",2020-03,L,L,-2.1,53.1,On \N or near C:\temp\new,E01000000,A \. name,Robbery,\,a\\b,,,",
        reference(2) + ',2020-03,L,L,-2.1,53.1,"Quoted, ""so""",E01000000,é ŵ 😀,Robbery,NULL,{1},,,',
    )
    load(case_file(*lines))
    kept = list(Case.objects.order_by("row").values_list("location", "small_area_name", "outcome", "context"))
    assert kept == [
        ("On \\N or near C:\\temp\\new", "A \\. name", "\\", "a\\\\b"),
        ('Quoted, "so"', "é ŵ 😀", "NULL", "{1}"),
    ]


def test_apply_cases_of_every_place_adds_districts_and_remainders_to_the_force(force, load):
    chosen = [*CODES["Hill"], *CODES["Coast"][:2], *[ELSEWHERE] * 3, *[""] * 4]
    load(case_file(*(case(n, "2020-05", area=code) for n, code in enumerate(chosen))))
    month = Aggregate.objects.filter(indicator__key="all_crime", part=None, window="month", until_version__isnull=True)
    by_kind = {
        kind: list(month.filter(area__kind=kind).values_list("value", flat=True))
        for kind in (AreaKind.FORCE, AreaKind.DISTRICT, AreaKind.DIVISION, AreaKind.OUTSIDE, AreaKind.UNLOCATED)
    }
    assert by_kind[AreaKind.FORCE] == [len(chosen)]
    assert (by_kind[AreaKind.OUTSIDE], by_kind[AreaKind.UNLOCATED]) == ([3], [4])
    assert sum(by_kind[AreaKind.DISTRICT]) == sum(by_kind[AreaKind.DIVISION]) == len(chosen) - 7
    assert Case.objects.filter(small_area_code=ELSEWHERE).count() == 3


def test_apply_with_missing_months_says_which_and_gives_no_total(force, send, analyst):
    data_import = send(case_file(case(1, "2019-10"), case(2, "2020-09")))
    assert "November 2019" in data_import.preview["warnings"][0] and "August 2020" in data_import.preview["warnings"][0]
    with pytest.raises(Refused, match="Give a reason"):
        imports.confirm(data_import, by=analyst, reason=" ")
    imports.confirm(data_import, by=analyst, reason="The rest follows.")
    work(imports.APPLY_TASK, data_import)
    book = books.figure_book(force, Quarter(2020, 2), keys=["all_crime"])
    current = book.figure("all_crime.r12").current
    assert current.amount is None and len(current.missing) == 10
    assert book.reference("all_crime.r12.value").startswith("not available: 10 of 12 months missing")
    assert book.reference("all_crime.month.value") == "1"


def test_apply_a_month_without_a_crime_of_a_kind_counts_zero_not_missing(force, load):
    load(case_file(case(1, "2020-01"), case(2, "2020-02", "Drugs")))
    assert value(force, "robbery", "month", "2020-02-29") == 0


def test_apply_unchanged_rows_writes_no_cell_and_no_figure(force, load):
    lines = [case(n, "2020-01") for n in range(3)]
    load(case_file(*lines))
    before = everything(force)
    again = load(case_file(*reversed(lines)))
    after = everything(force)
    assert after[:3] == before[:3]
    assert again.version.number == 2


def test_read_at_an_earlier_version_still_answers_the_earlier_figures(force, load):
    load(case_file(*(case(n, "2020-09") for n in range(3))))
    load(case_file(*(case(n, "2020-09") for n in range(5))))
    quarter = Quarter(2020, 2)
    now, then = (books.figure_book(force, quarter, at, keys=["all_crime"]) for at in (None, 1))
    assert (now.reference("all_crime.month.value"), then.reference("all_crime.month.value")) == ("5", "3")
    assert (now.version, then.version) == (2, 1)


def test_stage_a_file_with_one_bad_row_refuses_all_and_changes_nothing(force, load, send):
    load(case_file(case(1, "2020-01")))
    load(
        tidy_file(("investigations", "smallshire", "2020-01-01", "2020-01-31", 7)),
        ImportKind.OBSERVATIONS,
    )
    before = everything(force)
    bad = send(case_file(case(1, "2020-01"), case(2, "2020-01", "Robery")))
    assert bad.state == ImportState.REFUSED and bad.problem_count == 1
    problem = bad.problems.get()
    assert (problem.row, problem.column, problem.value) == (3, "Crime type", "Robery")
    assert "Robbery" in problem.message
    good = ("investigations", "smallshire", "2020-02-01", "2020-02-29", 8)
    bad = send(tidy_file(good, ("no_such_indicator", *good[1:])), ImportKind.OBSERVATIONS)
    assert bad.state == ImportState.REFUSED
    assert everything(force) == before
    assert not Job.objects.exclude(state=JobState.DONE).exists()


def test_stage_a_tidy_file_of_an_unknown_area_refuses_it_and_makes_no_area(force, send):
    areas = Area.objects.count()
    row = ("investigations", "smallshyre", "2020-01-01", "2020-01-31", 7)
    refused = send(tidy_file(row), ImportKind.OBSERVATIONS)
    assert refused.state == ImportState.REFUSED
    problem = refused.problems.get()
    assert (problem.row, problem.column, problem.value) == (2, "area", "smallshyre")
    assert "smallshire" in problem.message
    assert Area.objects.count() == areas


def test_apply_a_revised_observation_keeps_the_earlier_vintage(force, load):
    key = "investigations"
    rows = [(key, "smallshire", "2020-01-01", "2020-01-31", 7), (key, "smallshire", "2020-02-01", "2020-02-29", 8)]
    load(tidy_file(*rows), ImportKind.OBSERVATIONS)
    revised = load(tidy_file((*rows[0][:4], 9), rows[1]), ImportKind.OBSERVATIONS)
    assert previews.totals(revised.preview) == {"new": 0, "changed": 1, "unchanged": 1, "removed": 0}
    assert revised.preview["notes"] == ["Read as CSV text in UTF-8, columns separated by commas."]
    vintages = Observation.objects.order_by("start", "since_version").values_list(
        "value", "since_version", "until_version"
    )
    assert list(vintages) == [(7, 1, 2), (9, 2, None), (8, 1, None)]
    assert value(force, key, "month", "2020-01-31") == 9
    assert StagedObservation.objects.count() == 0


def test_apply_two_files_of_one_month_leaves_the_later_one_with_versions_in_order(force, send, analyst):
    first = send(case_file(case(1, "2020-01")))
    second = send(case_file(case(1, "2020-01"), case(2, "2020-01")))
    for data_import in (first, second):
        imports.confirm(data_import, by=analyst)
    work(imports.APPLY_TASK, first)
    work(imports.APPLY_TASK, second)
    assert (first.version.number, second.version.number) == (1, 2)
    assert value(force, "all_crime", "month", "2020-01-31") == 2
    vintages = Aggregate.objects.filter(indicator__key="all_crime", window="month", area__kind=AreaKind.FORCE).order_by(
        "since_version"
    )
    assert list(vintages.values_list("value", "since_version", "until_version")) == [(1, 1, 2), (2, 2, None)]


@pytest.mark.parametrize("role", ["reviewer", "report-manager", "approver", "commissioner", "auditor", "administrator"])
def test_receive_and_confirm_without_the_role_is_refused(force, send, make_person, role):
    somebody = make_person("Sam Somebody", role).person
    with pytest.raises(Refused, match="Only an analyst"):
        imports.receive(force, ImportKind.CASES, "x.csv", [b"x"], by=somebody)
    data_import = send(case_file(case(1, "2020-01")))
    for act in (imports.confirm, imports.abandon):
        with pytest.raises(Refused, match="Only an analyst"):
            act(data_import, by=somebody)
    data_import.refresh_from_db()
    assert data_import.state == ImportState.STAGED
    assert not Job.objects.filter(task=imports.APPLY_TASK).exists()


def test_receive_an_empty_or_too_large_file_is_refused_and_nothing_is_kept(force, analyst, settings, tmp_path):
    settings.FILES, settings.UPLOAD_LIMIT = tmp_path, 10
    for chunks, words in (([], "empty"), ([b"123456", b"789012"], "larger")):
        with pytest.raises(Refused, match=words):
            imports.receive(force, ImportKind.CASES, "x.csv", chunks, by=analyst)
    assert not DataImport.objects.exists() and not list(tmp_path.iterdir())


def test_receive_when_the_file_cannot_be_kept_is_refused_in_words(force, analyst, settings, tmp_path):
    settings.FILES = tmp_path

    def full_disk():
        yield b"abc"
        raise OSError(28, "No space left on device")

    with pytest.raises(Refused, match="No space left on device"):
        imports.receive(force, ImportKind.CASES, "x.csv", full_disk(), by=analyst)
    assert not DataImport.objects.exists() and not list(tmp_path.iterdir())


def test_abandon_a_checked_file_drops_its_rows_and_lets_it_be_sent_again(force, send, analyst):
    before = everything(force)
    content = case_file(case(1, "2020-01"))
    data_import = send(content)
    assert everything(force) != before
    imports.abandon(data_import, by=analyst)
    assert everything(force) == before and data_import.state == ImportState.ABANDONED
    with pytest.raises(Refused) as refusal:
        imports.confirm(data_import, by=analyst)
    assert refusal.value.verdict.is_conflict
    assert send(content).pk != data_import.pk


def test_stage_a_file_abandoned_before_its_turn_does_nothing(force, analyst):
    content = case_file(case(1, "2020-01"))
    data_import, _ = imports.receive(force, ImportKind.CASES, "x.csv", [content], by=analyst)
    before = everything(force)
    imports.abandon(data_import, by=analyst)
    work(imports.STAGE_TASK, data_import)
    assert data_import.state == ImportState.ABANDONED and everything(force) == before
    assert Job.objects.get().state == JobState.DONE


def test_apply_a_month_that_was_unchanged_but_changed_since_is_checked_again(force, load, send, analyst):
    rows = [case(1, "2020-01"), case(2, "2020-01")]
    load(case_file(*rows))
    same = send(case_file(*reversed(rows)))
    imports.confirm(same, by=analyst)
    load(case_file(case(1, "2020-01")))
    work(imports.APPLY_TASK, same)
    assert same.state == ImportState.RECEIVED and Case.objects.count() == 1
    work(imports.STAGE_TASK, same)
    assert previews.totals(same.preview) == {"new": 1, "changed": 0, "unchanged": 1, "removed": 0}
    imports.confirm(same, by=analyst)
    work(imports.APPLY_TASK, same)
    assert same.state == ImportState.APPLIED and Case.objects.count() == 2


def test_a_month_far_smaller_than_what_is_held_or_beside_it_is_warned_of(load, send):
    load(case_file(*(case(n, month) for month in ("2020-01", "2020-02") for n in range(40))))
    small = send(case_file(case(1, "2020-02")))
    assert small.preview["warnings"] == [
        "February 2020 has 1 rows; the month beside it has 40. Check that it is whole.",
        "February 2020: the file has 1 rows where 40 are held. What it does not have is removed. Send the whole month, "
        "or read it by a profile for partial files.",
    ]
    usual = send(case_file(*(case(n, "2020-02") for n in range(32))))
    assert usual.preview["warnings"] == []
