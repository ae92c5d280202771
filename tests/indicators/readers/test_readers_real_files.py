"""The real files, where they stand two folders above the project: open street-level crime of one force."""

from datetime import date
from pathlib import Path

import pytest

from indicators.readers.areas import read_areas
from indicators.readers.cases import CaseLookups, CaseReader
from indicators.readers.checks import content_kind

PROJECT = Path(__file__).resolve().parents[3]
REAL = PROJECT.parent / "shared" / "realdata"
CRIME_TYPES = (
    "Anti-social behaviour", "Bicycle theft", "Burglary", "Criminal damage and arson", "Drugs", "Other crime",
    "Other theft", "Possession of weapons", "Public order", "Robbery", "Shoplifting", "Theft from the person",
    "Vehicle crime", "Violence and sexual offences",
)  # fmt: skip

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not on this machine")


def test_read_real_areas_are_941_without_problem() -> None:
    areas, problems = read_areas(REAL / "lancashire-lsoa.csv")
    assert not problems
    assert len(areas) == 941
    assert len({area.district for area in areas}) == 14


def test_content_kind_real_workbook_is_xlsx() -> None:
    assert content_kind(REAL / "ons-police-force-areas-year-to-jun-2019.xlsx") == "xlsx"


@pytest.mark.slow
def test_read_real_cases_gives_the_measured_counts() -> None:
    areas, _ = read_areas(REAL / "lancashire-lsoa.csv")
    lookups = CaseLookups(
        areas={area.code: number for number, area in enumerate(areas, start=10)},
        outside=1,
        unlocated=2,
        categories={(name, ""): number for number, name in enumerate(CRIME_TYPES)},
        flags={},
    )
    reader = CaseReader(REAL / "lancashire-street-2019-12_2022-10.zip", lookups, date(2022, 12, 1))
    outside = unlocated = without_reference = 0
    for case in reader:
        outside += case[10] == lookups.outside
        unlocated += case[10] == lookups.unlocated
        without_reference += not case[5]
    assert not reader.problems
    assert reader.rows == 564_082
    assert (outside, unlocated) == (1_439, 35_157)
    assert round(without_reference / reader.rows, 3) == 0.344
    assert len(reader.months) == 32
    assert reader.bytes_read == reader.total_bytes
    assert reader.notes == []
