"""Real data by the commands that people use: counts equal to an independent reading of the same zip."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import psycopg
import pytest

from portal.services import Services
from tests.indicators.case_files import ASB, counted, indicator

BASE = Path(__file__).resolve().parent.parent.parent
REAL = BASE.parent / "shared" / "realdata"
STREET = REAL / "lancashire-street-2019-12_2022-10.zip"
SMALL_AREAS = REAL / "lancashire-lsoa.csv"
EMAIL = "ada@example.test"

pytestmark = [
    pytest.mark.trial,
    pytest.mark.skipif(not STREET.exists(), reason="the real files are not on this machine (../shared/realdata)"),
]

DEFINITIONS = {
    "portfolios": [{"slug": "crime", "name": "Crime"}],
    "sources": [{"slug": "cases", "name": "Street-level crime", "kind": "cases"}],
    "indicators": [
        indicator("all_crime", **counted(excluded_crime_types=[ASB])),
        indicator("asb", **counted(crime_types=[ASB])),
    ],
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> Iterator[tuple[Services, dict[str, str]]]:
    """Load areas, definitions and all 32 months by command into a portal of its own, without a worker."""
    var = Path(os.environ["SCRUTINY_VAR"]).resolve() / "real-files"
    var.mkdir(parents=True, exist_ok=True)
    services = Services.at(var, is_throwaway=True)
    services.discard()
    own = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment = {**own, "SCRUTINY_VAR": str(var), "DJANGO_SETTINGS_MODULE": "portal.settings"}

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], cwd=BASE, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    definitions = tmp_path_factory.mktemp("real") / "definitions.json"
    definitions.write_text(json.dumps(DEFINITIONS))
    with services.hold():
        services.start()
        run("manage.py", "migrate", "--verbosity", "0")
        make = "import django; django.setup()\nfrom tests.indicators.case_files import analyst\nanalyst()"
        run("-c", make)
        words = run("manage.py", "load_areas", str(SMALL_AREAS), "--force", "lancashire", "--as", EMAIL)
        assert "941 small areas" in words
        run("manage.py", "load_definitions", str(definitions), "--as", EMAIL)
        began = time.monotonic()
        options = ["--force", "lancashire", "--as", EMAIL, "--yes", "--reason", "Three months were never published."]
        said = run("manage.py", "import_cases", str(STREET), *options)
        seconds = time.monotonic() - began
        sys.stderr.write(f"\n564,082 rows in {seconds:.1f} s: {564_082 / seconds:,.0f} rows a second\n")
        yield services, {**environment, "SAID": said}
    services.discard()


@pytest.fixture(scope="module")
def printed(loaded: tuple[Services, dict[str, str]]) -> Callable[[str], dict[str, dict]]:
    """Return what the command `figures` prints for a quarter, by key; each quarter is asked for once."""

    @cache
    def printed(quarter: str) -> dict[str, dict]:
        command = [sys.executable, "manage.py", "figures", "--quarter", quarter, "--json"]
        done = subprocess.run(command, cwd=BASE, env=loaded[1], capture_output=True, text=True, check=True)
        return {one["key"]: one for one in json.loads(done.stdout)["figures"]}

    return printed


def ask(services: Services, query: str) -> list[tuple]:
    """Ask the database from outside."""
    with psycopg.connect(services.database_url) as connection:
        return connection.execute(query).fetchall()


def read_plainly() -> Iterator[dict[str, str]]:
    """Read every row of the zip with the csv module and nothing of ours."""
    with zipfile.ZipFile(STREET) as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                with archive.open(name) as packed:
                    yield from csv.DictReader(io.TextIOWrapper(packed, "utf-8-sig", newline=""))


def test_import_real_cases_by_command_counts_every_row_once(loaded):
    services, environment = loaded
    said = environment["SAID"]
    assert "564,082 rows, 32 months: 564,082 new, 0 changed, 0 unchanged, 0 removed" in said
    assert "No cases are held for June 2020, August 2020, September 2020" in said
    assert "Applied: 564,082 rows, data version 1." in said

    own = {row["lsoa_code"]: row["district"] for row in csv.DictReader(SMALL_AREAS.open(encoding="utf-8-sig"))}
    by_type: Counter[tuple[str, str]] = Counter()
    by_place: Counter[str] = Counter()
    for row in read_plainly():
        by_type[row["Month"], row["Crime type"]] += 1
        code = row["LSOA code"]
        by_place[own.get(code, "Outside the force's area") if code else "No location recorded"] += 1
    stored = ask(
        services,
        "SELECT to_char(c.month, 'YYYY-MM'), k.crime_type, sum(c.cases)::int FROM indicators_casecell c "
        "JOIN indicators_category k ON k.id = c.category_id WHERE c.until_version IS NULL GROUP BY 1, 2",
    )
    assert {(month, kind): cases for month, kind, cases in stored} == by_type
    places = ask(
        services,
        "SELECT a.name, sum(c.cases)::int FROM indicators_casecell c JOIN indicators_area a ON a.id = c.area_id "
        "WHERE c.until_version IS NULL GROUP BY 1",
    )
    assert dict(places) == by_place
    assert (by_place["Outside the force's area"], by_place["No location recorded"]) == (1_439, 35_157)
    assert sum(cases for (_, kind), cases in by_type.items() if kind == ASB) == 194_096
    assert ask(services, "SELECT count(*)::int FROM indicators_case") == [(564_082,)]


@pytest.mark.parametrize(
    ("quarter", "window", "words"),
    [
        ("2020-21-Q2", "r12", "not available: 5 of 12 months missing"),
        ("2020-21-Q2", "quarter", "not available: 2 of 3 months missing"),
        ("2022-23-Q2", "r12", "143,327"),
        ("2021-22-Q2", "r12", "137,092"),
        ("2022-23-Q2", "quarter", "34,571"),
        ("2021-22-Q2", "quarter", "37,416"),
    ],
)
def test_figures_of_real_cases_equal_the_known_totals(printed, quarter, window, words):
    assert printed(quarter)[f"all_crime.{window}"]["text"].startswith(words)


def test_figures_of_real_cases_give_the_known_change(printed):
    figures = printed("2022-23-Q2")
    assert figures["all_crime.r12"]["change"] == "6235"
    assert figures["all_crime.r12"]["change_percent"].startswith("4.5480")
    assert (figures["asb.r12"]["value"], figures["asb.r12"]["previous"]) == ("58159", "83837")


def test_figures_of_twelve_months_to_april_2021_miss_three(loaded):
    row = ask(
        loaded[0],
        "SELECT value, array_length(missing, 1) FROM indicators_aggregate a JOIN indicators_indicator i "
        "ON i.id = a.indicator_id JOIN indicators_area p ON p.id = a.area_id AND p.kind = 'force' "
        "WHERE i.key = 'all_crime' AND a.\"window\" = 'r12' AND a.\"end\" = '2021-04-30'",
    )
    assert row == [(None, 3)]


def test_months_in_which_many_rows_repeat_an_identifier_are_flagged_and_no_others(loaded):
    said = loaded[1]["SAID"]
    flagged = re.findall(
        r"Note: ([A-Z][a-z]+ [0-9]{4}): [0-9,]+ of [0-9,]+ rows \([0-9.]+%\) repeat an identifier", said
    )
    assert flagged == ["March 2020", "July 2020", "October 2020", "December 2020"]
    by_hand: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    for row in read_plainly():
        name = (row["Month"], row["Crime ID"])
        by_hand[row["Month"]] += bool(row["Crime ID"]) and name in seen
        seen.add(name)
    stored = ask(loaded[0], "SELECT to_char(month, 'YYYY-MM'), rows - distinct_rows FROM indicators_casemonth")
    assert dict(stored) == {month: by_hand[month] for month in by_hand}


def test_every_cell_and_figure_of_the_real_cases_follows_from_the_rows(loaded):
    command = [sys.executable, "manage.py", "recompute", "--check"]
    done = subprocess.run(command, cwd=BASE, env=loaded[1], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "lancashire: 32 months, no difference\n")


def test_figures_by_distinct_identifiers_equal_the_known_totals(loaded):
    """Last, for it changes how everything is counted."""
    command = [
        sys.executable,
        "manage.py",
        "count_cases",
        "--source",
        "cases",
        "--by",
        "distinct",
        "--from",
        "2019-12-01",
    ]
    command += ["--reason", "An identifier is one crime.", "--as", EMAIL]
    done = subprocess.run(command, cwd=BASE, env=loaded[1], capture_output=True, text=True, check=True)
    assert done.stdout == "The cases of Street-level crime are counted by distinct.\n"
    command = [sys.executable, "manage.py", "figures", "--quarter", "2022-23-Q2", "--json"]
    done = subprocess.run(command, cwd=BASE, env=loaded[1], capture_output=True, text=True, check=True)
    figures = {one["key"]: one for one in json.loads(done.stdout)["figures"]}
    crime, quarter, asb = (figures[key] for key in ("all_crime.r12", "all_crime.quarter", "asb.r12"))
    assert (crime["previous"], crime["value"], crime["change"]) == ("135186", "143292", "8106")
    assert crime["change_percent"].startswith("5.99")
    assert (quarter["previous"], quarter["value"]) == ("37409", "34557")
    assert (asb["previous"], asb["value"]) == ("83837", "58159")
