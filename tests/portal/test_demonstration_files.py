"""The demonstration's files: complete, consistent with each other, and equal to the published figures."""

import csv
import json
import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from indicators.choices import AreaKind, Basis, Kind, Polarity, Qualifier, SourceKind, Statistic, Status, Unit, Window
from portal.demonstration.constraints import CONSTRAINTS
from portal.demonstration.counts import all_counts

FILES = Path(__file__).resolve().parents[2] / "portal" / "demonstration" / "files"
KEY = ("indicator", "part", "area", "window", "start", "end", "reported_for", "statistic")
OTHER_COLUMNS = "row_id,value,numerator,denominator,status,basis,qualifier,period_printed,source,note"
COLUMNS = {*KEY, *OTHER_COLUMNS.split(",")}
QUARTERS = ("2020-21-Q2", "2020-21-Q3")


def rows_of(name: str) -> list[dict[str, str]]:
    with (FILES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def observations(quarter: str) -> list[dict[str, str]]:
    """Return the rows of a quarter; the force's own area is left out of keys, so it reads as blank here."""
    rows = rows_of(f"observations-{quarter}.csv")
    assert all(row["area"] for row in rows)
    return [{**row, "area": "" if row["area"] == "lancashire" else row["area"]} for row in rows]


@pytest.fixture(scope="module")
def definitions() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FILES / "definitions.json").read_text(encoding="utf-8"))
    return found


def indicators(definitions: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["key"]: each for each in definitions["indicators"]}


def slugs(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["slug"] for entry in entries]


def values_of(definitions: dict[str, Any], indicator: dict[str, Any]) -> set[str]:
    """Return the parts of an indicator's breakdown, with the blank of its total."""
    values = {breakdown["slug"]: slugs(breakdown["values"]) for breakdown in definitions["breakdowns"]}
    return {"", *values.get(indicator["breakdown"], [])}


def area_slugs(definitions: dict[str, Any]) -> set[str]:
    small_areas = rows_of("areas.csv")
    districts = {row["district"].lower().replace(" ", "-") for row in small_areas}
    divisions = {f"division-{row['division'].lower()}" for row in small_areas}
    return {"", *slugs(definitions["areas"]), *districts, *divisions}


def test_list_small_areas_with_districts_and_divisions_of_the_force() -> None:
    small_areas = rows_of("areas.csv")
    divisions = {row["district"]: row["division"] for row in small_areas}
    east = {"Blackburn with Darwen", "Burnley", "Hyndburn", "Pendle", "Ribble Valley", "Rossendale"}
    south = {"Chorley", "Preston", "South Ribble", "West Lancashire"}
    west = {"Blackpool", "Fylde", "Lancaster", "Wyre"}
    names = {"East": east, "South": south, "West": west}
    assert divisions == {district: division for division, group in names.items() for district in group}
    per_district = Counter(row["district"] for row in small_areas)
    assert min(per_district.values()) >= 10
    assert max(per_district.values()) <= 20
    codes = [row["lsoa_code"] for row in small_areas]
    assert codes == [f"E0{1990001 + place}" for place in range(len(codes))]
    assert all(row["lsoa_name"].rpartition(" ")[0] == row["district"] for row in small_areas)
    assert len({row["lsoa_name"] for row in small_areas}) == len(small_areas)


def test_define_names_once_and_refer_only_to_defined_ones(definitions: dict[str, Any]) -> None:
    keys = [each["key"] for each in definitions["indicators"]]
    for names in (
        keys,
        slugs(definitions["portfolios"]),
        slugs(definitions["sources"]),
        slugs(definitions["areas"]),
        slugs(definitions["flags"]),
        slugs(definitions["breakdowns"]),
        [offence["name"] for offence in definitions["offences"]],
    ):
        assert len(set(names)) == len(names)
    assert {each["portfolio"] for each in definitions["indicators"]} == set(slugs(definitions["portfolios"]))
    for each in definitions["indicators"]:
        assert re.fullmatch(r"[a-z0-9_]+", each["key"])
        assert each["breakdown"] is None or each["breakdown"] in slugs(definitions["breakdowns"])
        assert each["parent"] is None or each["parent"] in keys
        assert each["source"] in slugs(definitions["sources"])
        assert each["definition"] and each["owner"] and each["method"]


def test_define_values_from_the_vocabulary_and_a_reason_for_neutral(definitions: dict[str, Any]) -> None:
    for each in definitions["indicators"]:
        Kind(each["kind"]), Unit(each["unit"])
        assert (Polarity(each["polarity"]) is Polarity.NEUTRAL) == bool(each["polarity_reason"]), each["key"]
        assert not each["is_additive"] or each["kind"] in (Kind.COUNT, Kind.MONEY)
    for source in definitions["sources"]:
        SourceKind(source["kind"])
    assert {AreaKind(area["kind"]) for area in definitions["areas"]} == {AreaKind.COMPARATOR}
    invented = [source for source in definitions["sources"] if source["is_invented"]]
    assert [source["slug"] for source in invented] == ["invented"]
    assert "Invented" in invented[0]["name"]


def test_define_case_rules_with_known_offences_and_flags(definitions: dict[str, Any]) -> None:
    offences = {(each["crime_type"], each["name"]) for each in definitions["offences"]}
    assert offences == {(each.crime_type, each.name) for each in all_counts()}
    names, types = {name for _, name in offences}, {crime_type for crime_type, _ in offences}
    flags = set(slugs(definitions["flags"]))
    counted = [each for each in definitions["indicators"] if each["cases"]]
    assert len(counted) == 15
    for each in counted:
        rule = each["cases"]
        assert (rule["source"], rule["from"]) == ("synthetic-cases", "2018-09-01")
        assert {*rule["crime_types"], *rule["excluded_crime_types"]} <= types
        assert set(rule["offences"]) <= names
        assert set(rule["flags"]) <= flags
    for breakdown in definitions["breakdowns"]:
        for value in breakdown["values"]:
            assert set(value["offences"]) <= names and set(value["flags"]) <= flags


# The appendix as printed: part of the report, measure.
APPENDIX = """
protecting local policing|Proportion of force budget spent on front-line policing: visible
protecting local policing|Proportion of force budget spent on front-line policing: non visible
response and contact|Grade 1 - Emergency Response Median Time to Arrive (Target <15 Mins)
response and contact|Grade 2 - Priority Response Median Time to Arrive (target <1 hour)
response and contact|Grade 3 - Routine Response Median Time to Arrive (<48 hours)
response and contact|999 Calls - Service Level < 10 secs
response and contact|999 Calls - Time To Answer (Average)
response and contact|101 Calls - Service Level
response and contact|101 Calls - Time To Answer (Average)
tackling crime|All Crime
tackling crime|Violence with injury
tackling crime|Violence without injury
tackling crime|Burglary Residential
tackling crime|Robbery (Personal)
tackling crime|Public Order
tackling crime|Number of Anti-Social Behaviour Incidents
supporting vulnerable people|Rape
supporting vulnerable people|Other Sexual Offences
supporting vulnerable people|CSE Crime
supporting vulnerable people|Modern Slavery Crimes
supporting vulnerable people|Domestic Abuse Crime
supporting vulnerable people|Hate Crime
supporting vulnerable people|Missing Person Incidents
"""


def test_define_appendix_rows_in_printed_order_each_once(definitions: dict[str, Any]) -> None:
    entries = []
    for each in definitions["indicators"]:
        found = each["appendix"] or []
        for entry in found if isinstance(found, list) else [found]:
            assert entry["window"] == ("snapshot" if each["key"] == "budget" else "r12")
            assert entry["part"] in values_of(definitions, each)
            entries.append((entry["part of the report"], entry["position"], entry["measure"]))
    printed = [tuple(line.split("|")) for line in APPENDIX.split("\n") if line]
    order = list(dict.fromkeys(part for part, _ in printed))
    entries.sort(key=lambda entry: (order.index(entry[0]), entry[1]))
    assert [(part, measure) for part, _, measure in entries] == printed


def test_define_targets_of_the_report_three_of_them_without_value(definitions: dict[str, Any]) -> None:
    targets = {target["row_id"]: target for target in definitions["targets"]}
    assert len(definitions["targets"]) == len(targets) == 14
    assert sorted(row for row, target in targets.items() if target["value"] is None) == [
        "targets.rasso.m2",
        "targets.rasso.m4",
        "targets.rasso.m5",
    ]
    rules = {row: (target["operator"], target["value"], target["unit"]) for row, target in targets.items()}
    assert rules["targets.grade1"] == ("<", "15", "minutes")
    assert rules["targets.grade2"] == ("<", "1", "hours")
    assert rules["targets.grade3"] == ("<", "48", "hours")
    assert rules["targets.rasso.m6"] == (None, "50", "percent")
    assert rules["targets.c999"] == (None, "10", "seconds")
    steps = [targets[f"targets.rasso.m3{step}"] for step in ("", ".q2", ".q3")]
    assert [(step["value"], step["from"], step["until"]) for step in steps] == [
        ("15", None, "2020-06-30"),
        ("10", "2020-07-01", "2020-09-30"),
        ("5", "2020-10-01", None),
    ]
    known = indicators(definitions)
    assert all(target["indicator"] in known for target in targets.values())
    assert all(Unit(target["unit"]) for target in targets.values())


@pytest.mark.parametrize("quarter", QUARTERS)
def test_write_observations_with_known_names_and_unique_keys(definitions: dict[str, Any], quarter: str) -> None:
    known, areas, sources = indicators(definitions), area_slugs(definitions), slugs(definitions["sources"])
    keys: Counter[tuple[str, ...]] = Counter()
    for row in observations(quarter):
        assert set(row) == COLUMNS
        assert row["part"] in values_of(definitions, known[row["indicator"]]), row
        assert row["area"] in areas and row["source"] in sources, row
        Decimal(row["value"])
        Statistic(row["statistic"] or "level"), Status(row["status"] or "final")
        Basis(row["basis"] or "counted"), Qualifier(row["qualifier"] or "exact")
        keys[tuple(row[column] for column in KEY)] += 1
    assert max(keys.values()) == 1


def expected_start(window: Window, end: date) -> date:
    length = {Window.MONTH: 1, Window.QUARTER: 3, Window.ROLLING_12: 12, Window.CALENDAR_TO_DATE: end.month}[window]
    first = end.year * 12 + end.month - length
    return date(first // 12, first % 12 + 1, 1)


@pytest.mark.parametrize("quarter", QUARTERS)
def test_write_periods_whole_or_not_stated_with_the_report(quarter: str) -> None:
    for row in observations(quarter):
        window = Window(row["window"])
        if window is Window.NOT_STATED:
            assert (row["start"], row["end"], row["reported_for"]) == ("", "", quarter), row
            continue
        end = date.fromisoformat(row["end"])
        assert row["reported_for"] == ""
        if window in (Window.SNAPSHOT, Window.ROLLING_YEAR_TO_DATE):
            assert row["start"] == ""
        else:
            assert date.fromisoformat(row["start"]) == expected_start(window, end), row
        if window is not Window.CALENDAR_TO_DATE:
            assert (end + timedelta(days=1)).day == 1, row


# Published: (indicator, part, area, window, end, statistic) and the value, typed from the report's extracts.
SPOT_CHECKS = """
all_crime - - r12 2018-09-30 level 152037
all_crime - - r12 2019-09-30 level 152467
all_crime - - r12 2020-09-30 level 130207
all_crime - - r12 2019-09-30 change 430
all_crime - england_wales r12 2020-08-31 percent-change -6.2
all_crime - - quarter 2020-09-30 change -2919
violence_with_injury - - r12 2018-09-30 level 19047
violence_without_injury - - r12 2019-09-30 change 2362
burglary_residential - - r12 2020-09-30 level 6262
public_order - - r12 2020-09-30 level 9770
rape - - r12 2019-09-30 level 1474
modern_slavery_crime - - r12 2020-09-30 level 127
modern_slavery_records n200 - r12 2020-09-30 level 35
domestic_abuse_crime - - r12 2020-09-30 level 21352
domestic_abuse_investigations - - month 2017-04-30 level 986
domestic_abuse_investigations - - month 2020-07-31 level 2042
hate_crime race - quarter 2020-09-30 change 49
hate_crime religion - quarter 2019-09-30 level 34
asb nuisance - r12 2020-09-30 level 57600
asb_covid - - month 2020-04-30 level 5742
asb - national not-stated - percent-change 30
sexual_offences - england_wales r12 2019-08-31 level 161592
sexual_offences - most_similar r12 2020-08-31 level 35412
sexual_offences - - r12 2020-08-31 level 4056
robbery_business - - r12 2020-09-30 percent-change -24.5
budget visible - snapshot 2020-09-30 level 54.8
budget other - snapshot 2020-09-30 level 8.0
budget visible - snapshot 2020-09-30 previous 52.0
budget non_visible - snapshot 2020-09-30 previous-share 32.8
grade_3_time_to_arrive - - r12 2019-09-30 level 1044.9
calls_999_service_level - - r12 2020-09-30 level 81.3
calls_101_time_to_answer - - r12 2019-09-30 level 203.58
calls_101_time_to_answer - - r12 2020-09-30 level 153.15
missing_persons - - r12 2020-09-30 level 8783
rasso_m1 - - rytd 2019-09-30 level 73.7
rasso_m1 - national rytd 2020-09-30 level 72.0
rasso_m7 - - quarter 2020-06-30 level 0.0
homicide - - cytd 2020-10-29 level 14
knife_crime - - quarter 2020-09-30 level 307
nrm_referrals - - not-stated - percent-change 20
satisfaction burglary - not-stated - level 68.03
satisfaction burglary - not-stated - previous 67
satisfaction_ethnicity mixed - not-stated - previous 66.07
stop_search_asian_share - division-east not-stated - level 37.51
asian_population_share - division-west not-stated - level 2
special_constable_intake - - month 2021-02-28 plan-high 20
our_lancashire_members - - not-stated - level 180000
community_funding - - not-stated - level 1.8
csew_confidence - - r12 2020-03-31 level 74
"""


@pytest.mark.parametrize("line", [line for line in SPOT_CHECKS.split("\n") if line])
def test_write_published_values_as_printed(line: str) -> None:
    *key, value = [word if word != "-" else "" for word in line.split()]
    columns = ("indicator", "part", "area", "window", "end")
    found = [
        row
        for row in observations("2020-21-Q2")
        if [row[column] for column in columns] + [row["statistic"] or "level"] == key
    ]
    assert [Decimal(row["value"]) for row in found] == [Decimal(value)]


def test_write_bounds_and_percentages_without_base_as_such(definitions: dict[str, Any]) -> None:
    found = {row["row_id"]: row for row in observations("2020-21-Q2")}
    bounds = {row_id: row["qualifier"] for row_id, row in found.items() if row["qualifier"]}
    over = ("lvp_volunteers", "lvp_referrals_marked_pct", "ol_groups", "ol_members", "ol_funding")
    assert bounds == {
        "road_stop_search.traffic": "up-to",
        "road_stop_search.pop_west": "less-than",
        **{f"workforce_volunteers.{row}": "over" for row in over},
    }
    units = {key: each["unit"] for key, each in indicators(definitions).items()}
    assert all(row["basis"] == "as-supplied" for row in found.values() if units[row["indicator"]] == "percent")
    # 41 rows have no period end and 7 only a year or a month; 14 are targets, 4 previous values of the budget.
    not_stated = [row for row in found.values() if row["window"] == "not-stated"]
    assert len(not_stated) == 41 + 7 - 14 - 4
    printed = Counter(row["period_printed"] for row in not_stated)
    assert (printed["2020-11"], printed["2011"]) == (4, 3)


def test_write_domestic_abuse_months_that_add_up_to_the_known_years() -> None:
    months = {
        row["start"][:7]: int(row["value"])
        for row in observations("2020-21-Q2")
        if row["indicator"] == "domestic_abuse_investigations"
    }
    assert len(months) == 42
    assert sum(count for month, count in months.items() if "2018-10" <= month <= "2019-09") == 20213
    assert sum(count for month, count in months.items() if "2019-10" <= month <= "2020-09") == 21537


def test_write_following_quarter_as_invented_and_for_observed_indicators(definitions: dict[str, Any]) -> None:
    following = observations("2020-21-Q3")
    assert {row["source"] for row in following} == {"invented"}
    assert all("Invented" in row["note"] for row in following)
    counted = {each["key"] for each in definitions["indicators"] if each["cases"]}
    assert all(row["area"] for row in following if row["indicator"] in counted)
    observed = {row["indicator"] for row in observations("2020-21-Q2")} - counted
    # The census is a fact of 2011, not a figure of a quarter.
    assert observed - {row["indicator"] for row in following} == {"asian_population_share"}
    months = {row["start"][:7] for row in following if row["indicator"] == "domestic_abuse_investigations"}
    assert months == {"2020-10", "2020-11", "2020-12"}


# Rows per extract of the published report.
EXTRACTS = """
asb_by_type 9, asb_covid_monthly 6, budget 9, csew_confidence 1, da_monthly 42, hate_crime 8, homicide 2,
knife_crime 3, missing_persons 2, modern_slavery 8, nrm 5, op_encompass 4, rasso 56, recorded_crime_12m 36,
recorded_crime_comparators 5, recorded_crime_q2 6, response 14, road_stop_search 5, satisfaction 14,
sexual_offences_area 8, targets 14, workforce_volunteers 13
"""


def test_account_for_every_published_row_once() -> None:
    account = rows_of("rows.csv")
    assert len(account) == len({row["row_id"] for row in account}) == 270
    extracts = {name: int(rows) for name, rows in (entry.split() for entry in EXTRACTS.split(","))}
    assert dict(Counter(row["row_id"].partition(".")[0] for row in account)) == extracts
    assert {row["becomes"] for row in account} == {"observation", "target", "control-total"}


def test_account_names_what_each_row_became(definitions: dict[str, Any]) -> None:
    observed = {row["row_id"]: row for row in observations("2020-21-Q2")}
    targets = {target["row_id"]: target["indicator"] for target in definitions["targets"]}
    known = indicators(definitions)
    without_observation = []
    for row in rows_of("rows.csv"):
        if row["becomes"] == "target":
            assert targets.pop(row["row_id"]) == row["key"]
        elif row["row_id"] in observed:
            found = observed.pop(row["row_id"])
            key = ".".join(filter(None, (found["indicator"], found["part"], found["area"])))
            assert key == row["key"]
            is_counted = (
                known[found["indicator"]]["cases"] is not None and not found["area"] and found["start"] >= "2018-09-01"
            )
            assert (row["becomes"] == "control-total") == is_counted, row
        else:
            without_observation.append((row["row_id"], row["becomes"], row["key"]))
    assert (targets, observed) == ({}, {})
    # Printed twice by the report: the observation is that of the recorded crime table.
    assert without_observation == [
        ("modern_slavery.crimes.2019", "control-total", "modern_slavery_crime"),
        ("modern_slavery.crimes.2020", "control-total", "modern_slavery_crime"),
    ]


def test_list_a_constraint_for_every_control_total() -> None:
    control_totals = {row["row_id"] for row in rows_of("rows.csv") if row["becomes"] == "control-total"}
    constrained = {row_id for constraint in CONSTRAINTS for row_id in constraint.row_ids}
    # The changes to September 2019 also need the twelve months before September 2018, which are no cases.
    stems = ("all", "vwi", "vwoi", "burg", "rob", "po")
    assert control_totals - constrained == {f"recorded_crime_12m.{stem}.chg2019" for stem in stems}
    assert constrained <= control_totals
