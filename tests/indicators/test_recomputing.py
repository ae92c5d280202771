"""Whatever is loaded, taken back or counted otherwise: every figure follows from the rows. And old rows can go."""

import random
from collections import Counter
from datetime import date
from functools import partial

import pytest
from django.core.management import CommandError, call_command

from indicators.actions import areas, counting, imports, overlay, recomputing, retention
from indicators.choices import CountingPolicy, ImportState
from indicators.models.aggregate import Aggregate
from indicators.models.area import Area
from indicators.models.case import Case, CaseCell, CaseChange, CaseMonth
from indicators.models.category import Category
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.models.overlay import SetAside
from indicators.models.source import DataSource
from indicators.people import Refused
from indicators.queries.cases import CaseKey
from indicators.readers.areas import AreaRow
from tests.indicators import case_files
from tests.indicators.case_files import ASB, CODES, ELSEWHERE, case, case_file, revert, small_force, work

pytestmark = pytest.mark.django_db

MONTHS = ["2019-11", "2019-12", "2020-01", "2020-03"]
PLACES = [*(codes[0] for codes in CODES.values()), "", ELSEWHERE]


@pytest.fixture
def force(db):
    """Return a small force."""
    return small_force()


@pytest.fixture
def analyst(db):
    """Return an analyst."""
    return case_files.analyst()


@pytest.fixture
def load(force, analyst):
    """Return a loader: takes a file from receipt to figures."""
    return partial(case_files.load, force, analyst)


def a_case(chance: random.Random, month: str, *, is_faulty: bool = False) -> str:
    """Return some case; identifiers and incidents repeat now and then."""
    crime_type = "Piracy" if is_faulty else chance.choice(["Robbery", "Drugs", ASB])
    number = None if crime_type == ASB else chance.randrange(12)
    flags = chance.choice(["", "", "COVID-19", "COVID-19;At night"])
    return case(number, month, crime_type, chance.choice(PLACES), outcome=chance.choice("ab"), flags=flags)


def a_file(chance: random.Random, faulty: int = 0) -> bytes:
    """Return a file of some cases of some months."""
    months = chance.sample(MONTHS, chance.randint(1, 3))
    lines = [a_case(chance, month) for month in months for _ in range(chance.randint(1, 12))]
    return case_file(*lines, *(a_case(chance, months[0], is_faulty=True) for _ in range(faulty)))


def take_a_step(chance: random.Random, force, by, second) -> None:
    """Do one of the things that change figures, as a person would."""
    step = chance.choice(["load", "load", "load", "partial", "faulty", "revert", "revert", "counting", "aside", "lift"])
    if step == "aside" and Case.objects.exists():
        case = chance.choice(list(Case.objects.order_by("month", "key", "ordinal")))
        open_already = SetAside.objects.filter(month=case.month, key=case.key, ordinal=case.ordinal, lifted_at=None)
        if not open_already.exists():
            overlay.agree(overlay.ask(force, CaseKey.of(case), by=by, reason="twice"), by=second)
    elif step == "lift" and SetAside.objects.filter(lifted_at=None).exists():
        aside = SetAside.objects.filter(lifted_at=None).earliest("id")
        if CaseMonth.objects.filter(month=aside.month, until_version__isnull=True).exists():
            overlay.lift(aside, by=by, reason="a step")
    elif step == "revert":
        applied = DataImport.objects.filter(state=ImportState.APPLIED).order_by("-version__number").first()
        if applied is not None:
            revert(applied, by)
    elif step == "counting":
        policy = chance.choice(list(CountingPolicy))
        counting.change(DataSource.objects.get(slug="cases"), policy, date(2020, 1, 1), by=by, reason="a step")
    elif step not in {"aside", "lift"}:
        content = a_file(chance, faulty=2 if step == "faulty" else 0)
        data_import, _ = imports.receive(force, "cases", "s.csv", [content], by=by, is_partial=step == "partial")
        work(imports.STAGE_TASK, data_import)
        agree = imports.accept if step == "faulty" else imports.confirm
        agree(data_import, by=by, reason="a step")
        work(imports.APPLY_TASK, data_import)
        assert data_import.state == ImportState.APPLIED


def counted_by_hand() -> Counter[tuple[object, ...]]:
    """Count the cases in Python, without those set aside: by month, district or line, category and flags."""
    line_of = {
        pk: parent if kind == "small-area" else pk
        for pk, kind, parent in Area.objects.values_list("id", "kind", "parent")
    }
    counted: Counter[tuple[object, ...]] = Counter()
    aside = set(SetAside.objects.filter(lifted_at=None).values_list("month", "key", "ordinal"))
    columns = ("month", "key", "ordinal", "area_id", "category_id", "flags")
    for month, key, ordinal, area, category, flags in Case.objects.values_list(*columns):
        if (month, key, ordinal) not in aside:
            counted[month, line_of[area], category, tuple(flags)] += 1
    return counted


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_done_every_cell_and_figure_follows_from_the_rows(force, analyst, seed):
    chance, second = random.Random(seed), case_files.analyst("Bob Analyst")
    for _ in range(9):
        take_a_step(chance, force, analyst, second)
        found = recomputing.differences(force)
        assert (found.cells, found.values) == (0, 0)
    cells = CaseCell.objects.filter(until_version__isnull=True, cases__gt=0)
    stored = {(month, area, category, tuple(flags)): cases for month, area, category, flags, cases in cells.values_list(
        "month", "area_id", "category_id", "flags", "cases")}  # fmt: skip
    assert stored == counted_by_hand()
    months = CaseMonth.objects.filter(until_version__isnull=True).values_list("month", "rows")
    assert dict(months) == Counter(Case.objects.values_list("month", flat=True))


def test_check_finds_a_cell_and_a_value_that_somebody_changed(force, analyst, load, capsys):
    load(case_file(case(1, "2020-01"), case(2, "2020-01", "Drugs")))
    call_command("recompute", "--check")
    assert "smallshire: 1 months, no difference" in capsys.readouterr().out
    CaseCell.objects.filter(category__crime_type="Drugs").update(cases=7)
    with pytest.raises(CommandError, match="do not follow"):
        call_command("recompute", "--check")
    call_command("recompute", "--as", analyst.email)
    call_command("recompute", "--check")
    robbery = Aggregate.objects.get(indicator__key="robbery", area__slug="smallshire", window="month", part=None)
    Aggregate.objects.filter(pk=robbery.pk).update(value=9)
    assert recomputing.differences(force).values == 2  # what is there and what is wanted
    with pytest.raises(CommandError, match="--check"):
        call_command("recompute")


def test_preview_names_the_figures_that_move_with_both_values_and_changes_nothing(force, analyst, load):
    load(case_file(case(1, "2020-01"), case(2, "2020-01"), case(3, "2020-02")))
    before = sorted(map(str, Aggregate.objects.values_list()))
    later = case_files.send(force, analyst, case_file(case(1, "2020-01")))
    assert sorted(map(str, Aggregate.objects.values_list())) == before and Case.objects.count() == 3
    moves = later.preview["moves"]
    own = {(row["indicator"], row["window"], row["end"]): (row["old"], row["new"]) for row in moves["figures"]
           if row["area"] == "smallshire"}  # fmt: skip
    # January falls from 2 to 1, and the calendar year with it; no quarter, financial year or 12 months is whole yet
    two, three = ("2", "1"), ("3", "2")
    fallen = {("month", "2020-01-31"): two, ("cytd", "2020-01-31"): two, ("cytd", "2020-02-29"): three}
    assert own == {(key, *place): both for key in ("all_crime", "robbery") for place, both in fallen.items()}
    # the same in its district Hill and its division East
    assert moves["count"] == len(moves["figures"]) == 18
    new_month = case_files.send(force, analyst, case_file(case(1, "2020-03")))
    assert "moves" not in new_month.preview


TODAY = date(2021, 6, 15)


@pytest.fixture
def kept_for_a_year(force, analyst, load):
    """Load three months in two files, correct one, and keep rows for twelve months: May 2020 is gone in June 2021."""
    first = load(case_file(case(1, "2020-05"), case(2, "2020-06")))
    second = load(case_file(case(1, "2020-05"), case(3, "2020-05"), case(3, "2020-07")))
    third = load(case_file(case(1, "2020-05"), case(4, "2020-05")))
    retention.settle(force, 12, date(2021, 1, 1), by=analyst, reason="retention schedule")
    return first, second, third


def test_remove_old_rows_keeps_counts_and_figures_and_says_so(force, kept_for_a_year):
    first, second, third = kept_for_a_year
    values = sorted(map(str, Aggregate.objects.values_list()))
    assert retention.remove_old_rows(force, date(2020, 12, 31)) == []  # the rule has not begun
    assert retention.remove_old_rows(force, TODAY) == [date(2020, 5, 1)]
    assert retention.remove_old_rows(force, TODAY) == []
    assert set(Case.objects.values_list("month", flat=True)) == {date(2020, 6, 1), date(2020, 7, 1)}
    assert not CaseChange.objects.filter(month=date(2020, 5, 1)).exists()
    assert sorted(map(str, Aggregate.objects.values_list())) == values
    month = CaseMonth.objects.get(month=date(2020, 5, 1), until_version__isnull=True)
    assert month.rows == 2 and month.rows_removed_at is not None and month.content_sum
    found = recomputing.differences(force)
    assert (found.months, found.cells, found.values) == (2, 0, 0)
    # The third file held May alone; June and July still stand in the other two.
    removed = {one.pk: one.file_removed_at is not None for one in DataImport.objects.all()}
    assert removed == {first.pk: False, second.pk: False, third.pk: True}
    assert not imports.stored_path(third.sha256).exists() and imports.stored_path(first.sha256).exists()


def test_revert_an_import_whose_earlier_rows_are_gone_is_refused_and_says_so(force, analyst, kept_for_a_year):
    retention.remove_old_rows(force, TODAY)
    with pytest.raises(Refused, match="no longer held: May 2020"):
        imports.ask_revert(kept_for_a_year[2], by=analyst, reason="wrong")


def test_load_a_month_again_whose_rows_are_gone_holds_them_again(force, load, kept_for_a_year):
    retention.remove_old_rows(force, TODAY)
    again = load(case_file(case(1, "2020-05"), case(4, "2020-05"), case(5, "2020-05")))
    assert Case.objects.filter(month=date(2020, 5, 1)).count() == 3
    assert recomputing.differences(force).cells == 0 and recomputing.differences(force).months == 3
    assert sum(row["new"] for row in again.preview["rows"]) == 3


def test_settle_retention_below_a_year_or_without_a_reason_is_refused(force, analyst):
    for months, reason in ((11, "x"), (24, " ")):
        with pytest.raises(Refused):
            retention.settle(force, months, TODAY, by=analyst, reason=reason)
    assert Category.objects.exists() and retention.first_kept(force, TODAY) is None


def test_load_a_changed_map_of_areas_counts_held_cases_anew(force, analyst, load):
    hill, coast = CODES["Hill"][0], CODES["Coast"][0]
    load(case_file(case(1, "2020-01", area=hill), case(2, "2020-01", area=ELSEWHERE), case(3, "2020-01", area=coast)))
    waiting = case_files.send(force, analyst, case_file(case(4, "2020-02", area=hill)))
    rows = [AreaRow(hill, "Coast 9", "Coast", "West"), AreaRow(ELSEWHERE, "Mill 9", "Mill", "East")]
    areas.load(force, rows, by=analyst)
    current = Aggregate.objects.filter(until_version__isnull=True, indicator__key="robbery", window="month", part=None)
    counts = {slug: int(value) for slug, value in current.values_list("area__slug", "value") if value}
    assert counts == {"smallshire": 3, "coast": 2, "division-west": 2, "mill": 1, "division-east": 1}
    found = recomputing.differences(force)
    assert (found.cells, found.values) == (0, 0)
    waiting.refresh_from_db()
    assert waiting.state == ImportState.RECEIVED
    work(imports.STAGE_TASK, waiting)
    imports.confirm(waiting, by=analyst)
    work(imports.APPLY_TASK, waiting)
    assert recomputing.differences(force).cells == 0
    versions = DataVersion.objects.count()
    areas.load(force, rows, by=analyst)  # the same map again is nothing new
    assert DataVersion.objects.count() == versions
