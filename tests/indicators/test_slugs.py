"""Short names of areas: no group is known by the name of a place, and no place by that of a group."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from indicators.actions import areas, definitions, groups
from indicators.choices import AreaKind
from indicators.models.area import Area, Force
from indicators.models.group import ComparatorGroup
from indicators.people import Refused
from indicators.readers.areas import AreaRow
from tests.indicators import case_files
from tests.indicators.case_files import small_force

pytestmark = pytest.mark.django_db


@pytest.fixture
def force(db):
    return small_force()


@pytest.fixture
def ada(force):
    return case_files.analyst()


def made(ada, name: str, slug: str = "") -> ComparatorGroup:
    members = [(Area.objects.get(slug="division-east"), None, None)]
    return groups.create(name, "", members, by=ada, reason="Map", slug=slug)


def row(district: str, division: str = "East", code: str = "E01003000") -> AreaRow:
    return AreaRow(code, f"{district} 001A", district, division)


@pytest.mark.parametrize("name", ["Hill", "Division East", "Smallshire", "No location", "E01000000"])
def test_a_group_by_the_short_name_of_a_place_is_refused(force, ada, name):
    with pytest.raises(Refused, match="Choose another name") as refused:
        made(ada, name)
    assert refused.value.verdict.is_conflict
    assert not ComparatorGroup.objects.exists()


@pytest.mark.parametrize("name", ["★", "Север"])
def test_a_group_without_a_letter_for_its_address_is_refused(force, ada, name):
    with pytest.raises(Refused, match="no letter from A to Z"):
        made(ada, name)


def test_a_group_of_a_document_by_the_short_name_of_a_place_is_refused(force, ada):
    entry = {"slug": "hill", "name": "Uplands", "members": [{"area": "division-east", "force": "smallshire"}]}
    with pytest.raises(Refused, match="“Hill” by the short name “hill”"):
        groups.load([entry], by=ada)


def test_a_place_that_comes_later_by_the_short_name_of_a_group_is_refused(force, ada):
    made(ada, "Moor")
    made(ada, "Two ends", slug="division-north")
    made(ada, "Lower", slug="e01003000")
    with pytest.raises(Refused, match="“Moor”"):
        areas.load(force, [row("Moor", code="E01003001")], by=ada)
    with pytest.raises(Refused, match="“Two ends”"):
        areas.load(force, [row("Fell", "North", code="E01003001")], by=ada)
    with pytest.raises(Refused, match="“Lower”"):
        areas.load(force, [row("Fell")], by=ada)
    with pytest.raises(Refused, match="“★” has no letter"):
        areas.load(force, [row("★")], by=ada)
    assert not Area.objects.filter(name__in=["Fell", "★"]).exists()
    assert areas.load(force, [row("Fell", code="E01003001")], by=ada)["districts"] == 1


def test_a_district_by_the_short_name_of_its_force_leaves_the_force_as_it_is(force, ada):
    with pytest.raises(Refused, match="smallshire"):
        areas.load(force, [row("Smallshire")], by=ada)
    assert Area.objects.get(slug="smallshire").kind == AreaKind.FORCE


def test_a_force_by_the_short_name_of_a_group_is_refused_and_not_half_made(force, ada, tmp_path):
    made(ada, "Fellshire")
    path = tmp_path / "areas.csv"
    path.write_text("lsoa_code,lsoa_name,district,division\nE01003000,Fell 001A,Fell,North\n")
    with pytest.raises(CommandError, match=r"“Fellshire”.*Nothing was changed"):
        call_command("load_areas", str(path), "--force", "fellshire", "--as", ada.email)
    assert not Force.objects.filter(slug="fellshire").exists()


@pytest.mark.parametrize("slug", ["hill", "moor"])
def test_a_comparator_of_a_document_by_the_short_name_of_a_place_or_group_is_refused(force, ada, slug):
    made(ada, "Moor")
    with pytest.raises(Refused, match="Choose another name"):
        definitions.load({"areas": [{"slug": slug, "name": "Other"}]}, by=ada)


def test_the_database_keeps_no_area_without_a_short_name(force):
    with pytest.raises(IntegrityError, match="area_has_a_slug"), transaction.atomic():
        Area.objects.create(kind=AreaKind.COMPARATOR, slug="", name="★")
