"""The real official files: every value equal to an independent reading of the same bytes, and the known change."""

import csv
import re
import zipfile
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from indicators.actions import areas, definitions, feeds
from indicators.models.area import Area
from indicators.models.data_import import DataImport
from indicators.models.observation import Observation
from indicators.models.source import DataSource
from indicators.periods import Quarter
from indicators.queries import books, comparators
from tests.indicators import case_files, official_files
from tests.people import NOBODY_IN_PARTICULAR, ensure_crime_types

REAL = Path(__file__).resolve().parents[3] / "shared" / "realdata"
JUNE = REAL / "ons-police-force-areas-year-to-jun-2019.xlsx"
SEPTEMBER = REAL / "ons-police-force-areas-year-to-sep-2019.xlsx"
RECORDED = REAL / "home-office-recorded-crime-2017-18.csv"

pytestmark = [
    pytest.mark.trial,
    pytest.mark.django_db,
    pytest.mark.skipif(not JUNE.exists(), reason="the real files are not on this machine (../shared/realdata)"),
]

NUMBERS = "Police recorded crime by offence group and police force area, English regions and Wales, number of offences"
CHANGES = "Police recorded crime by offence group and police force area, English regions and Wales, percentage change"
TOTAL = "Total recorded crime (excluding fraud)"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
SHARED = "xl/sharedStrings.xml"


@pytest.fixture
def force(db):
    ensure_crime_types()
    force = areas.ensure_force("lancashire", "Lancashire Constabulary")
    definitions.load(case_files.DEFINITIONS, by=NOBODY_IN_PARTICULAR)
    return force


@pytest.fixture
def ada(force):
    return case_files.analyst()


def parsed(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    return ElementTree.fromstring(archive.read(part))  # noqa: S314 - files of our own choice


def read_plainly(path: Path, words: str) -> dict[int, dict[str, str]]:
    """Return the cells of the table whose title holds some words, by row and column, with nothing of ours."""
    with zipfile.ZipFile(path) as archive:
        strings = ["".join(part.text or "" for part in one.iter(f"{MAIN}t")) for one in parsed(archive, SHARED)]
        parts = {one.get("Id"): one.get("Target") for one in parsed(archive, "xl/_rels/workbook.xml.rels")}
        for sheet in parsed(archive, "xl/workbook.xml").iter(f"{MAIN}sheet"):
            cells: dict[int, dict[str, str]] = defaultdict(dict)
            for cell in parsed(archive, f"xl/{parts[sheet.get(OFFICE_ID)]}").iter(f"{MAIN}c"):
                value = cell.find(f"{MAIN}v")
                column, row = re.fullmatch(r"([A-Z]+)([0-9]+)", cell.get("r")).groups()
                if value is not None:
                    cells[int(row)][column] = strings[int(value.text)] if cell.get("t") == "s" else value.text
            title = cells[1].get("A", "")
            if title.startswith("Table") and words in title:
                return cells
    raise AssertionError(words)


def feed(force, ada):
    """Return a mapping of totals and robberies, and of the published change of the totals."""
    source = DataSource.objects.get(slug="supplied")
    made = feeds.create(force, source, "Crime in England and Wales", JUNE, by=ada)
    level = {"table": NUMBERS, "part": "", "statistic": "level"}
    lines = [
        {**level, "column": TOTAL, "indicator": "all_crime"},
        {**level, "column": "Robbery", "indicator": "robbery"},
        {**level, "table": CHANGES, "column": TOTAL, "indicator": "all_crime", "statistic": "percent-change"},
    ]
    feeds.save(made, {"lines": lines}, made.own, version=0, by=ada)
    return made


def load_both(force, ada) -> DataImport:
    made = feed(force, ada)
    official_files.load(made, ada, JUNE.read_bytes())
    return official_files.load(made, ada, SEPTEMBER.read_bytes())


@pytest.mark.parametrize(("path", "end"), [(JUNE, date(2019, 6, 30)), (SEPTEMBER, date(2019, 9, 30))])
def test_every_area_of_a_real_release_equals_an_independent_reading(force, ada, path, end):
    made = feed(force, ada)
    loaded = official_files.load(made, ada, path.read_bytes())
    plain = read_plainly(path, "number of offences")
    # C is the total and L robbery in both releases; rows 7 to 62 are the areas, from the whole to the transport police.
    for key, column in (("all_crime", "C"), ("robbery", "L")):
        rows = Observation.objects.filter(data_import=loaded, indicator__key=key, statistic="level", end=end)
        stored = {(row.row, row.area.code): row.value for row in rows.select_related("area")}
        cells = {row: (plain[row].get("A", ""), plain[row][column]) for row in range(7, 63)}
        expected = {(row, code): None if text == ".." else Decimal(text) for row, (code, text) in cells.items()}
        assert stored == expected
        assert len(stored) == 56
    assert Area.objects.filter(kind="police-area").count() == 44
    # The whole, England, nine regions and Wales; and two totals without one force, which have no code.
    assert Area.objects.filter(kind="comparator").exclude(code="").count() == 12
    assert Area.objects.filter(kind="comparator", code="", name__contains="excluding").count() == 2
    assert not Area.objects.filter(name__regex="[0-9]").exists()


def test_footnotes_of_real_releases_follow_the_figures(force, ada):
    load_both(force, ada)
    assert Area.objects.get(name="Lancashire").code == "E23000003"
    june = books.figure_book(force, Quarter(2019, 1)).figure("all_crime.lancashire-police.r12")
    assert june.aspect("value") == "162,194"
    assert june.notes[0].startswith("Lancashire changed recording systems in November 2018")
    september = books.figure_book(force, Quarter(2019, 2)).figure("all_crime.greater-manchester-police.r12")
    assert 'the table prints "..": data not available' in september.aspect("value").lower()


def test_the_region_that_lost_a_member_is_compared_like_for_like_never_minus_44(force, ada):
    second = load_both(force, ada)
    lost = [words for words in second.preview["warnings"] if "Greater Manchester is no longer counted" in words]
    assert {words.partition(":")[0] for words in lost} == {"England and Wales", "England", "North West"}
    region = Area.objects.get(name="North West")
    newest, first = (one for one in comparators.steps(force, region) if one.release.indicator.key == "all_crime")
    assert (first.total, newest.total, newest.total_before) == ("753,795", "419,382", "753,795")
    assert newest.left_out == ["Greater Manchester"]
    # 92,516 + 37,545 + 162,194 + 133,272 in the four others a release before.
    assert "425,527 before, 419,382 now" in newest.note
    assert newest.change == "−1.44% (−6,145)"
    figure = books.figure_book(force, Quarter(2019, 2)).figure("all_crime.north-west-region.r12")
    assert round(figure.change.percent, 2) == Decimal("1.77")
    assert figure.aspect("value") == "419,382"
    assert [one for one in second.preview["warnings"] if "add up" in one] == []


def test_lancashire_stands_in_its_region_and_the_whole(force, ada):
    load_both(force, ada)
    book = books.figure_book(force, Quarter(2019, 1), keys=["all_crime"])
    places = {one.name: one.rank for one in comparators.beside(force, book, "all_crime")}
    # Above it in the region stands Greater Manchester alone (328,268).
    assert places["North West"] == "2nd highest of 5"
    book = books.figure_book(force, Quarter(2019, 2), keys=["all_crime"])
    places = {one.name: one.rank for one in comparators.beside(force, book, "all_crime")}
    assert places["North West"] == "not available: 1 of 5 values missing"


def test_every_force_of_the_real_open_data_equals_an_independent_sum(force, ada):
    sums: dict[tuple[str, int], int] = defaultdict(int)
    with RECORDED.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["Offence Group"] == "Robbery":
                sums[row["Force Name"], int(row["Financial Quarter"])] += int(row["Number of Offences"].strip())
    made = feeds.create(force, DataSource.objects.get(slug="supplied"), "Recorded crime", RECORDED, by=ada)
    line = {"table": "", "column": "Offence group: Robbery", "indicator": "robbery", "part": "", "statistic": "level"}
    feeds.save(made, {"lines": [line]}, made.own, version=0, by=ada)
    official_files.load(made, ada, RECORDED.read_bytes())
    ends = {1: date(2017, 6, 30), 2: date(2017, 9, 30), 3: date(2017, 12, 31), 4: date(2018, 3, 31)}
    stored = {
        (row.area.name, row.end): row.value
        for row in Observation.objects.filter(window="quarter").select_related("area")
    }
    for (name, quarter), value in sums.items():
        assert stored.pop((name, ends[quarter])) == value, (name, quarter)
    assert set(stored.values()) == {Decimal(0)}  # bodies that record fraud alone
    year = Observation.objects.get(window="r12", area__name="Lancashire")
    assert year.value == sum(sums["Lancashire", quarter] for quarter in (1, 2, 3, 4))
