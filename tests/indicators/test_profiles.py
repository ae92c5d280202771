"""Profiles: saving them whole, reading a force's extract by one, what an import keeps of it. C62 across packings."""

from datetime import date

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from indicators.actions import deliveries, imports, profiles
from indicators.choices import ImportKind, ImportState
from indicators.models.aggregate import Aggregate
from indicators.models.case import Case, CaseCell
from indicators.models.data_import import DataImport
from indicators.models.delivery import ExpectedDelivery
from indicators.models.profile import CaseProfile
from indicators.models.source import DataSource
from indicators.people import Refused
from tests.indicators import case_files, extract_files
from tests.indicators.case_files import case_file, small_force, work
from tests.indicators.extract_files import DEFINITION, PACKINGS, profile
from tests.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def force(db):
    """Return a small force."""
    return small_force()


@pytest.fixture
def ada(db):
    """Return an analyst."""
    return case_files.analyst()


def load(force, by, content: bytes, read_by: CaseProfile | None, name: str = "extract") -> DataImport:
    """Take a file from receipt to figures."""
    data_import, _ = imports.receive(force, ImportKind.CASES, name, [content], by=by, profile=read_by)
    work(imports.STAGE_TASK, data_import)
    assert data_import.state == ImportState.STAGED, list(data_import.problems.values_list("message", flat=True))
    imports.confirm(data_import, by=by, reason="checked")
    work(imports.APPLY_TASK, data_import)
    assert data_import.state == ImportState.APPLIED
    return data_import


def results(force) -> tuple[list[object], ...]:
    """Return what the figures stand on and the figures, without the versions that wrote them."""
    cells = CaseCell.objects.filter(force=force, until_version__isnull=True)
    figures = Aggregate.objects.filter(force=force, until_version__isnull=True)
    return (
        sorted(map(str, cells.values_list("month", "area", "category", "flags", "cases", "distinct_cases"))),
        sorted(map(str, figures.values_list("indicator", "part", "area", "window", "start", "end", "value", "status"))),
    )


def test_extract_in_any_packing_gives_the_cells_and_figures_of_the_street_level_file(force, ada):
    street = load(force, ada, case_file(*extract_files.street_lines()), None)
    expected = results(force)
    assert len(expected[0]) == 4 and sum(CaseCell.objects.values_list("cases", flat=True)) == 5
    crime_system = profile(force, ada)
    before = street
    for name, packing in PACKINGS.items():
        if before is street:  # the extract says days besides, so its rows replace those of the street-level file
            before = load(force, ada, packing(), crime_system, name)
        else:  # whatever packs them, these are the same rows: nothing is new
            again = load(force, ada, packing(), crime_system, name)
            totals = {row["unchanged"] for row in again.preview["rows"]}
            assert totals and not any(row["new"] or row["changed"] or row["removed"] for row in again.preview["rows"])
        assert results(force) == expected, name
    assert Case.objects.count() == 5


def test_import_keeps_the_profile_as_it_was_received_with(force, ada):
    crime_system = profile(force, ada)
    data_import, _ = imports.receive(
        force, ImportKind.CASES, "x.csv", [extract_files.text()], by=ada, profile=crime_system
    )
    without = {**DEFINITION, "offences": {}}
    profiles.save(crime_system, without, {}, version=1, by=ada)
    work(imports.STAGE_TASK, data_import)
    assert (data_import.state, data_import.profile, data_import.profile_version) == ("staged", crime_system, 1)
    later, _ = imports.receive(
        force, ImportKind.CASES, "y.csv", [extract_files.text(encoding="utf-8")], by=ada, profile=crime_system
    )
    work(imports.STAGE_TASK, later)
    assert (later.state, later.profile_version) == ("refused", 2)
    messages = set(later.problems.values_list("column", "value"))
    assert messages == {("HO class", "34B Robbery"), ("HO class", "34B Personal"), ("HO class", "ASB N")}


def test_partial_coverage_removes_no_case(force, ada):
    crime_system = profile(force, ada, coverage="partial")
    load(force, ada, extract_files.text(), crime_system)
    part = load(force, ada, extract_files.text(extract_files.rows()[:1]), crime_system)
    assert part.is_partial
    assert Case.objects.count() == 5


def test_areas_that_are_no_small_area_keep_the_force_whole(force, ada):
    areas = {"H0": "hill", "C1": "outside-force", "Nowhere": "no-location"}
    load(force, ada, extract_files.text(), profile(force, ada, areas=areas))
    by_area = dict.fromkeys(["hill", "outside-force", "no-location"], 0)
    for slug, count in CaseCell.objects.values_list("area__slug", "cases"):
        by_area[slug] += count
    assert by_area == {"hill": 3, "outside-force": 1, "no-location": 1}
    assert set(Case.objects.values_list("small_area_code", flat=True)) == {""}


def test_save_names_all_that_is_wrong_and_changes_nothing(force, ada):
    crime_system = profile(force, ada)
    wrong = {**DEFINITION, "columns": {"Crime ID": "Crime No"}, "areas": {"H0": "gone"}}
    with pytest.raises(Refused, match=r'No column holds the area.*month or the date.*no area "gone"'):
        profiles.save(crime_system, wrong, {}, version=1, by=ada)
    crime_system.refresh_from_db()
    assert (crime_system.version, crime_system.definition["areas"]["H0"]) == (1, "e01000000")


def test_save_what_somebody_else_has_saved_meanwhile_is_a_conflict(force, ada):
    crime_system = profile(force, ada)
    other = CaseProfile.objects.get()
    profiles.save(other, {**DEFINITION, "dates": "month-first"}, {}, version=1, by=ada)
    with pytest.raises(Refused, match="Somebody else") as refused:
        profiles.save(crime_system, DEFINITION, {}, version=1, by=ada)
    assert refused.value.verdict.is_conflict
    assert CaseProfile.objects.get().definition["dates"] == "month-first"


def test_two_profiles_of_one_name_are_refused(force, ada):
    profile(force, ada)
    with pytest.raises(Refused, match="has a profile “Crime system” already"):
        profile(force, ada)


def test_profile_that_is_unfinished_retired_or_of_another_force_reads_nothing(force, ada):
    source = DataSource.objects.get(slug="cases")
    begun = profiles.create(force, source, "Begun", {}, {}, by=ada)
    ready = profile(force, ada)
    arguments = {"by": ada, "profile": ready}
    with pytest.raises(Refused, match="not finished"):
        imports.receive(force, ImportKind.CASES, "x", [b"x"], by=ada, profile=begun)
    with pytest.raises(Refused, match="Load observations without one"):
        imports.receive(force, ImportKind.OBSERVATIONS, "x", [b"x"], **arguments)
    from indicators.actions.areas import ensure_force

    with pytest.raises(Refused, match="another force"):
        imports.receive(ensure_force("other", "Other"), ImportKind.CASES, "x", [b"x"], **arguments)
    profiles.retire(ready, by=ada)
    with pytest.raises(Refused, match="retired"):
        imports.receive(force, ImportKind.CASES, "x", [b"x"], **arguments)
    for act in (
        lambda: profiles.retire(ready, by=ada),
        lambda: profiles.save(ready, DEFINITION, {}, version=1, by=ada),
    ):
        with pytest.raises(Refused, match="retired"):
            act()
    assert not DataImport.objects.exists()


def test_only_analysts_change_profiles(force, ada):
    crime_system = profile(force, ada)
    manager = make_user("Max Manager", "report-manager").person
    for act in (
        lambda: profiles.create(force, crime_system.source, "More", {}, {}, by=manager),
        lambda: profiles.save(crime_system, DEFINITION, {}, version=1, by=manager),
        lambda: profiles.retire(crime_system, by=manager),
    ):
        with pytest.raises(Refused, match="Only an analyst"):
            act()


def test_expected_delivery_is_read_by_its_profile(force, ada):
    crime_system = profile(force, ada)
    delivery = ExpectedDelivery(
        force=force, source=crime_system.source, name="Extract", kind="cases", cadence="monthly", due_days=5,
        sender="Sam", starts_on="2020-01-01", profile=crime_system,
    )  # fmt: skip
    deliveries.save(delivery, by=ada)
    first = date(2020, 1, 1)
    delivery.refresh_from_db()
    data_import, _ = deliveries.receive(delivery, first, "x.csv", [extract_files.text()], by=ada)
    work(imports.STAGE_TASK, data_import)
    assert (data_import.state, data_import.profile) == ("staged", crime_system)


def test_command_reads_by_a_profile_and_names_those_there_are(force, tmp_path, capsys):
    user = make_user("Ada Analyst", "analyst")
    profile(force, user.person)
    path = tmp_path / "extract.csv"
    path.write_bytes(extract_files.text())
    arguments = [str(path), "--force", "smallshire", "--as", user.email, "--yes", "--reason", "checked"]
    with pytest.raises(CommandError, match=r"no profile “Crime”\. Its profiles are: “Crime system”"):
        call_command("import_cases", *arguments, "--profile", "Crime")
    with pytest.raises(CommandError, match="Leave --profile out"):
        call_command("import_cases", *arguments, "--profile", "Crime system", "--delivery", "Extract")
    call_command("import_cases", *arguments, "--profile", "Crime system")
    assert "Applied: 5 rows, data version 1." in capsys.readouterr().out
    assert DataImport.objects.get().profile == CaseProfile.objects.get()
