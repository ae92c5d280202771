"""The synthetic case files, read with nothing but zipfile and csv: every published total holds in them."""

import csv
import io
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest

from portal.demonstration.allocation import divide_within, share_out, spread
from portal.demonstration.cases import CaseFiles, write_cases
from portal.demonstration.constraints import CONSTRAINTS

pytestmark = [pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context,Date,Offence,Flags\n"
)
ASB = "Anti-social behaviour"
TYPES = (
    "Anti-social behaviour,Bicycle theft,Burglary,Criminal damage and arson,Drugs,Other crime,Other theft,"
    "Possession of weapons,Public order,Robbery,Shoplifting,Theft from the person,Vehicle crime,"
    "Violence and sexual offences"
)
OFFICIAL_TYPES = set(TYPES.split(","))
SEXUAL = ("Rape", "Other sexual offences")


class Kind(NamedTuple):
    """What a row is, as far as the published totals tell rows apart."""

    month: str
    crime_type: str
    offence: str
    flags: tuple[str, ...]


class Line(NamedTuple):
    """What a row says, without its reference and place, so that equal rows are looked at once."""

    member: str
    month: str
    crime_type: str
    outcome: str
    date: str
    offence: str
    flags: str
    reference_length: int
    falls_within: str


class Spot(NamedTuple):
    """The place of a row."""

    has_point: bool
    code: str
    name: str


class Survey(NamedTuple):
    """What one reading of both files found."""

    counts: Counter[Kind]
    lines: Counter[Line]
    spots: Counter[Spot]
    rows: Counter[str]
    references: set[str]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> CaseFiles:
    return write_cases(tmp_path_factory.mktemp("cases"))


@pytest.fixture(scope="module")
def survey(files: CaseFiles) -> Survey:
    lines: Counter[Line] = Counter()
    spots: Counter[Spot] = Counter()
    references: set[str] = set()
    rows: Counter[str] = Counter()
    for path in files:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                member = name.partition("/")[0]
                text = io.StringIO(archive.read(name).decode("utf-8"), newline="")
                assert text.readline() == HEADER
                for row in csv.reader(text):
                    reference, month, _, force, longitude, _, _, code, place, kind, outcome, _, *rest = row
                    lines[Line(member, month, kind, outcome, *rest, len(reference), force)] += 1
                    spots[Spot(longitude != "", code, place)] += 1
                    rows[member] += 1
                    references.add(reference)
    counts: Counter[Kind] = Counter()
    for line, number in lines.items():
        flags_of = tuple(line.flags.split(";")) if line.flags else ()
        counts[Kind(line.month, line.crime_type, line.offence, flags_of)] += number
    return Survey(counts, lines, spots, rows, references - {""})


def known_areas() -> dict[str, str]:
    path = ROOT / "portal" / "demonstration" / "files" / "areas.csv"
    with path.open(encoding="utf-8", newline="") as text:
        return {row["lsoa_code"]: row["lsoa_name"] for row in csv.DictReader(text)}


def fault_of(line: Line) -> str:
    """Return what breaks the format in a row, or nothing."""
    is_incident = line.crime_type == ASB
    checks = {
        "month": line.month == line.member,
        "date": line.date[:8] == f"{line.member}-" and date.fromisoformat(line.date) is not None,
        "reference": line.reference_length == (0 if is_incident else 64),
        "type": line.crime_type in OFFICIAL_TYPES,
        "outcome": (line.outcome == "") == is_incident,
        "force": line.falls_within == "Lancashire Constabulary (synthetic)",
    }
    return ", ".join(name for name, is_right in checks.items() if not is_right)


@pytest.fixture(scope="module")
def count(survey: Survey) -> Callable[..., int]:
    def of(first: str, last: str, rule: Callable[[Kind], bool]) -> int:
        return sum(number for kind, number in survey.counts.items() if first <= kind.month <= last and rule(kind))

    return of


YEAR_2019, YEAR_2020 = ("2018-10", "2019-09"), ("2019-10", "2020-09")


def offence(*names: str) -> Callable[[Kind], bool]:
    return lambda kind: kind.offence in names


def flagged(*names: str) -> Callable[[Kind], bool]:
    return lambda kind: any(name in kind.flags for name in names)


def is_crime(kind: Kind) -> bool:
    return kind.crime_type != ASB


def is_hate(kind: Kind) -> bool:
    return any(flag.startswith("Hate: ") for flag in kind.flags)


def incident(part: str, *flags: str) -> Callable[[Kind], bool]:
    return lambda kind: kind.crime_type == ASB and kind.offence == part and all(flag in kind.flags for flag in flags)


def is_marked_incident(kind: Kind) -> bool:
    return kind.crime_type == ASB and "COVID-19" in kind.flags


# What counts for each indicator and part, said here once more and not taken from the program.
RULES: dict[tuple[str, str], Callable[[Kind], bool]] = {
    ("all_crime", ""): is_crime,
    ("violence_with_injury", ""): offence("Violence with injury"),
    ("violence_without_injury", ""): offence("Violence without injury"),
    ("burglary_residential", ""): offence("Residential burglary"),
    ("robbery_personal", ""): offence("Personal robbery"),
    ("public_order", ""): lambda kind: kind.crime_type == "Public order",
    ("rape", ""): offence("Rape"),
    ("other_sexual_offences", ""): offence("Other sexual offences"),
    ("sexual_offences", ""): offence(*SEXUAL),
    ("cse_crime", ""): flagged("CSE"),
    ("modern_slavery_crime", ""): offence("Modern slavery"),
    ("domestic_abuse_crime", ""): lambda kind: is_crime(kind) and "Domestic abuse" in kind.flags,
    ("hate_crime", ""): is_hate,
    ("hate_crime", "race"): flagged("Hate: race"),
    ("hate_crime", "religion"): flagged("Hate: religion"),
    ("hate_crime", "transgender"): flagged("Hate: transgender"),
    ("asb", ""): lambda kind: kind.crime_type == ASB,
    ("asb", "nuisance"): incident("Nuisance"),
    ("asb", "personal"): incident("Personal"),
    ("asb", "environment"): incident("Environment"),
    ("asb_covid", ""): is_marked_incident,
    ("asb_covid", "nuisance"): incident("Nuisance", "COVID-19"),
    ("asb_covid", "personal"): incident("Personal", "COVID-19"),
    ("asb_covid", "environment"): incident("Environment", "COVID-19"),
}

# Published twelve months to September 2019 and to September 2020.
PUBLISHED_YEARS = [
    ("all_crime", "", 152467, 130207),
    ("violence_with_injury", "", 17580, 15371),
    ("violence_without_injury", "", 23441, 20927),
    ("burglary_residential", "", 8623, 6262),
    ("robbery_personal", "", 1154, 899),
    ("public_order", "", 12649, 9770),
    ("rape", "", 1474, 1205),
    ("other_sexual_offences", "", 3219, 2805),
    ("cse_crime", "", 540, 542),
    ("modern_slavery_crime", "", 101, 127),
    ("domestic_abuse_crime", "", 20204, 21352),
    ("hate_crime", "", 2722, 2538),
    ("asb", "environment", 1422, 1955),
    ("asb", "nuisance", 34980, 57600),
    ("asb", "personal", 16081, 19338),
    ("asb", "", 52483, 78893),
    ("asb_covid", "environment", 0, 424),
    ("asb_covid", "nuisance", 0, 15378),
    ("asb_covid", "personal", 0, 468),
]


@pytest.mark.parametrize(("indicator", "part", "earlier", "later"), PUBLISHED_YEARS)
def test_count_twelve_months_equals_the_published_total(
    count: Callable[..., int], indicator: str, part: str, earlier: int, later: int
) -> None:
    rule = RULES[indicator, part]
    assert (count(*YEAR_2019, rule), count(*YEAR_2020, rule)) == (earlier, later)


# July to September 2020 against 2019, as published: indicator, part, change.
PUBLISHED_CHANGES = """
all_crime - -2919
violence_with_injury - 436
violence_without_injury - -638
burglary_residential - -505
robbery_personal - -57
public_order - -51
hate_crime - 43
hate_crime race 49
hate_crime religion -13
hate_crime transgender 3
"""


@pytest.mark.parametrize("line", [line for line in PUBLISHED_CHANGES.split("\n") if line])
def test_count_second_quarters_differ_by_the_published_change(count: Callable[..., int], line: str) -> None:
    indicator, part, change = line.split()
    rule = RULES[indicator, part.removeprefix("-")]
    assert count("2020-07", "2020-09", rule) - count("2019-07", "2019-09", rule) == int(change)


# Published for other months: indicator, part, first and last month, cases.
PUBLISHED_MONTHS = """
sexual_offences - 2018-09 2019-08 4830
sexual_offences - 2019-09 2020-08 4056
hate_crime - 2019-07 2019-09 724
hate_crime - 2020-07 2020-09 767
hate_crime - 2020-04 2020-06 629
hate_crime religion 2019-07 2019-09 34
hate_crime religion 2020-07 2020-09 21
asb_covid - 2018-09 2020-02 0
asb_covid - 2020-03 2020-03 1023
asb_covid - 2020-04 2020-04 5742
asb_covid - 2020-05 2020-05 5310
asb_covid - 2020-06 2020-06 1193
asb_covid - 2020-07 2020-07 452
asb_covid - 2020-08 2020-08 1242
asb_covid - 2020-09 2020-09 1308
"""


@pytest.mark.parametrize("line", [line for line in PUBLISHED_MONTHS.split("\n") if line])
def test_count_months_equals_the_published_number(count: Callable[..., int], line: str) -> None:
    indicator, part, first, last, value = line.split()
    assert count(first, last, RULES[indicator, part.removeprefix("-")]) == int(value)


def test_count_sexual_offences_septembers_differ_as_the_two_sources_require(count: Callable[..., int]) -> None:
    in_2018, in_2019, in_2020 = (count(month, month, offence(*SEXUAL)) for month in ("2018-09", "2019-09", "2020-09"))
    assert (in_2018 - in_2019, in_2019 - in_2020) == (137, 46)


LENGTHS = {"month": 1, "quarter": 3, "r12": 12}


def months_to(year: int, month: int, length: int) -> tuple[str, str]:
    first = year * 12 + month - length
    return f"{first // 12}-{first % 12 + 1:02}", f"{year}-{month:02}"


def test_hold_every_listed_constraint_when_files_are_counted(count: Callable[..., int]) -> None:
    broken = []
    for constraint in CONSTRAINTS:
        rule = RULES[constraint.indicator, constraint.part]
        length = LENGTHS[constraint.window.value]
        year, month = constraint.end.year, constraint.end.month
        value = count(*months_to(year, month, length), rule)
        assert (constraint.value is None) != (constraint.change is None)
        if constraint.value is None:
            value -= count(*months_to(year - 1, month, length), rule)
            expected = constraint.change
        else:
            expected = constraint.value
        if value != expected:
            broken.append((constraint, value))
    assert broken == []


def test_mark_march_incidents_only_from_the_first_lockdown_on(survey: Survey) -> None:
    days = {line.date for line in survey.lines if line.month == "2020-03" and "COVID-19" in line.flags}
    assert days == {f"2020-03-{day}" for day in range(23, 32)}


# Published domestic abuse crimes and investigations, September 2018 to September 2020.
INVESTIGATIONS = (
    "2096 2115 1821 1445 1331 1422 1747 1732 1679 1735 1770 1839 1577 "
    "1657 1667 1775 1822 1757 1695 1632 1807 1835 2042 2028 1820"
)


def test_count_domestic_abuse_crimes_stay_just_below_the_investigations(
    survey: Survey, count: Callable[..., int]
) -> None:
    months = sorted(survey.rows)[:25]
    for month, investigations in zip(months, map(int, INVESTIGATIONS.split()), strict=True):
        crimes = count(month, month, RULES["domestic_abuse_crime", ""])
        assert investigations - 25 <= crimes <= investigations, month


def test_write_rows_in_the_format_of_the_open_files(survey: Survey) -> None:
    assert [(line, fault_of(line)) for line in survey.lines if fault_of(line)] == []
    assert {line.crime_type for line in survey.lines} == OFFICIAL_TYPES
    assert len(survey.references) == sum(number for kind, number in survey.counts.items() if is_crime(kind))


def test_write_every_month_once_and_about_430_000_rows(survey: Survey, files: CaseFiles) -> None:
    years = {2018: range(9, 13), 2019: range(1, 13), 2020: range(1, 13)}
    assert list(survey.rows) == [f"{year}-{month:02}" for year, months in years.items() for month in months]
    assert 425_000 < sum(number for month, number in survey.rows.items() if month < "2020-10") < 440_000
    assert [path.name[6:-4] for path in files] == ["2018-09-to-2020-09", "2020-10-to-2020-12"]


def test_place_cases_mostly_inside_some_outside_some_nowhere(survey: Survey) -> None:
    areas = known_areas()
    places: Counter[str] = Counter()
    for spot, number in survey.spots.items():
        places["unlocated" if not spot.code else "inside" if spot.code in areas else "outside"] += number
        assert spot.has_point == bool(spot.code)
        assert not spot.code or re.fullmatch(r"E01[0-9]{6}", spot.code)
        assert areas.get(spot.code, spot.name) == spot.name
    rows = sum(places.values())
    assert 55 < places["unlocated"] * 1000 / rows < 65
    assert 2 < places["outside"] * 1000 / rows < 4
    assert areas.keys() <= {spot.code for spot in survey.spots}


def test_shape_months_with_the_pandemic_dip_and_the_incident_peak(count: Callable[..., int]) -> None:
    crimes = {month: count(month, month, is_crime) for month in (f"2020-{number:02}" for number in range(1, 10))}
    assert min(crimes, key=lambda month: crimes[month]) == "2020-04"
    incidents = {month: count(month, month, RULES["asb", ""]) for month in crimes}
    assert set(sorted(incidents, key=lambda month: incidents[month])[-2:]) == {"2020-04", "2020-05"}


def test_settle_outcomes_with_age(survey: Survey) -> None:
    crimes: Counter[tuple[str, bool]] = Counter()
    for line, number in survey.lines.items():
        if line.crime_type != ASB:
            crimes[line.month, line.outcome == "Under investigation"] += number

    def share(month: str) -> int:
        return crimes[month, True] * 100 // (crimes[month, True] + crimes[month, False])

    assert 44 <= share("2020-09") <= 50
    assert share("2020-04") == 0
    assert share("2020-12") > share("2020-11") > share("2020-10") > 0


@pytest.mark.slow
def test_write_again_in_another_process_gives_the_same_bytes(files: CaseFiles, tmp_path: Path) -> None:
    program = (
        "import pathlib, sys; from portal.demonstration import cases; cases.write_cases(pathlib.Path(sys.argv[1]))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, env=environment, check=True)
    for path in files:
        again = tmp_path / path.name
        assert sha256(again.read_bytes()).hexdigest() == sha256(path.read_bytes()).hexdigest()


def test_share_out_total_gives_largest_remainders_and_the_whole() -> None:
    # 10 over 1 : 1 : 1 is 3.33 each; the one left goes to the first. 7 over 5 : 3 : 2 is 3.5, 2.1, 1.4.
    assert share_out(10, (1, 1, 1)) == [4, 3, 3]
    assert share_out(7, (5, 3, 2)) == [4, 2, 1]
    assert spread(((2, 5), (1, 8)), (1, 1, 9)) == [3, 2, 8]


def test_share_out_without_weight_or_with_negative_total_is_refused() -> None:
    for total, weights in ((1, (0, 0)), (-1, (1, 1)), (1, (2, -1))):
        with pytest.raises(ValueError, match="cannot be divided"):
            share_out(total, weights)


def test_divide_within_limits_moves_the_excess_and_refuses_too_much() -> None:
    assert divide_within(10, (9, 1), (4, 8)) == [4, 6]
    with pytest.raises(ValueError, match="do not fit"):
        divide_within(13, (1, 1), (4, 8))
