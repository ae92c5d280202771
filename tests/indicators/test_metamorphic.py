"""What must hold of figures whatever the numbers are: scale, permute, split, swap periods, zero is not missing.

Each property is seen on the pages, in the JSON and in the CSV of a real database; the pure functions have theirs beside
them. The database is put back after each example.
"""

import random
from calendar import month_name
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.indicators import case_files
from tests.indicators.case_files import ASB, CODES, ELSEWHERE, case, case_file
from tests.indicators.metamorphic import (
    ALL_PAGES,
    DISTRICTS,
    MONTHS,
    QUARTER,
    Row,
    Said,
    as_inputs,
    lasting,
    loaded,
    prepared_force,
    scaled,
    some_rows,
    swapped,
)
from tests.people import make_user
from tests.recomputation.comparing import check_record, record_of
from tests.recomputation.figures import Recomputation
from tests.recomputation.surfaces import Compared

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MINUS = "−"
# One example of each in every run of the tests, more of them among the trials.
EXAMPLES = [1, *(pytest.param(seed, marks=pytest.mark.trial) for seed in range(2, 9))]
a_few = pytest.mark.parametrize("seed", EXAMPLES)


@pytest.fixture
def force(db):
    """Return a force with one indicator of each kind."""
    return prepared_force()


@pytest.fixture
def ada(force):
    """Return an analyst who may sign in."""
    return make_user("Ada Analyst", "analyst")


def rows_of(seed: int) -> list[Row]:
    return some_rows(random.Random(seed))


def check_surfaces(found: Said) -> None:
    """JSON, CSV and the pages say the same of each figure."""
    assert found.records.keys() == found.lines.keys()
    assert len(found.records.keys() & found.printed.keys()) > 10
    for key, record in found.records.items():
        for name in ("text", "change_text", "previous_text", "direction", "value", "change"):
            assert (record[name] or "") == found.lines[key][name], (key, name)
    for key in found.records.keys() & found.printed.keys():
        record, (previous, changed, in_year) = found.records[key], found.printed[key]
        assert in_year.startswith(record["text"]) and previous.startswith(record["previous_text"]), key
        assert record["change_text"].rpartition("(")[2].rstrip(")") in changed, (key, record["change_text"], changed)


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@a_few
def test_whatever_is_supplied_every_surface_agrees_with_the_second_computation(seed, force, ada):
    chance = random.Random(seed)
    rows = rows_of(seed)
    rows = chance.sample(rows, len(rows) - chance.choice([0, 2, 30]))  # some months are missing
    again = Recomputation(as_inputs(rows), QUARTER)
    with loaded(force, ada, rows, pages=ALL_PAGES) as found:
        check_surfaces(found)
        compared = Compared()
        for key, record in found.records.items():
            figure = again.figure(key)
            for surface in (record, found.lines[key]):
                expected = {name: one for name, one in record_of(figure).items() if name in surface}
                check_record(compared, figure, surface, expected)
        for key, cells in found.printed.items():
            figure = again.figure(key)
            words = tuple(figure.words(aspect) for aspect in ("before", "worded_change", "in_year"))
            compared.check(f"page: {key}", words, cells)
    assert not compared.differences, "\n".join(compared.differences)
    assert compared.cells > 40 * len(found.records) > 40 * 80


@a_few
def test_scaling_every_count_scales_values_and_leaves_what_is_relative(seed, force, ada):
    rows, by = rows_of(seed), [2, 7, 1000][seed % 3]
    with loaded(force, ada, rows) as one:
        pass
    with loaded(force, ada, scaled(rows, by)) as other:
        check_surfaces(other)
    assert one.records.keys() == other.records.keys()
    relative = 0
    for key, before in one.records.items():
        after = other.records[key]
        if before["indicator"] in ("incidents", "hate", "spend"):
            for name in ("value", "previous", "change"):
                expected = number(before[name])
                assert number(after[name]) == (None if expected is None else expected * by), (key, name)
            # A percentage is kept from a base that is too small; a larger one lets it be printed.
            if before["change_percent"] is not None:
                assert after["change_percent"] == before["change_percent"], key
                relative += 1
            elif after["change_percent"] is not None:
                assert before["indicator"] != "spend" and number(before["previous"]) < 50 <= number(after["previous"])
        else:
            counts = {name: number(before[name]) for name in ("numerator", "denominator")}
            assert {name: number(after[name]) for name in counts} == {
                name: None if one is None else one * by for name, one in counts.items()
            }, key
            assert lasting(after) | counts == lasting(before) | counts, key
        assert (before["direction"], before["share_percent"]) == (after["direction"], after["share_percent"]), key
    assert relative > 50


@a_few
def test_permuting_rows_or_splitting_a_file_changes_nothing(seed, force, ada):
    rows, chance = rows_of(seed), random.Random(seed + 1)
    with loaded(force, ada, rows) as one:
        pass
    permuted = chance.sample(rows, len(rows))
    with loaded(force, ada, permuted) as other:
        assert other.values == one.values and other.printed == one.printed
    at = chance.randrange(1, len(rows))
    with loaded(force, ada, permuted[at:], permuted[:at]) as split:
        assert split.values == one.values and split.printed == one.printed


@a_few
def test_an_area_given_in_parts_has_the_same_totals_and_parts_that_overlap_are_never_added(seed, force, ada):
    rows = rows_of(seed)
    whole: list[Row] = [row for row in rows if row.area not in ("hill", "mill") or row.indicator != "incidents"]
    values: dict[Any, int] = {}
    for row in rows:
        if row.indicator == "incidents" and row.area in ("hill", "mill"):
            values[row.year, row.month] = values.get((row.year, row.month), 0) + int(row.value)
    whole += [Row("incidents", *at, f"{value}", area="division-east") for at, value in values.items()]
    with loaded(force, ada, rows) as parts:
        pass
    with loaded(force, ada, whole) as total:
        pass
    compared = 0
    for key, record in total.records.items():
        if record["indicator"] == "incidents" and record["area"] in (
            "smallshire",
            "division-east",
            "coast",
            "division-west",
        ):
            assert lasting(record) == parts.values[key], key
            compared += record["area"] == "smallshire"
    assert compared >= 5
    # A crime may have two strands: without its total there is none, and it is never the sum of the strands.
    alone = [row for row in rows if row.indicator == "hate" and row.part]
    with loaded(force, ada, alone) as strands:
        assert {record["part"] for record in strands.records.values()} == {"race", "religion"}
        assert all(record["share_percent"] is None for record in strands.records.values())


INVERTED = {"increase": "decrease", "decrease": "increase", "no change": "no change", None: None}
WORDS = {"Increase": "Decrease", "Decrease": "Increase"}


@a_few
def test_swapping_two_periods_negates_changes_and_inverts_their_words(seed, force, ada):
    rows = rows_of(seed)
    with loaded(force, ada, rows) as one:
        pass
    with loaded(force, ada, swapped(rows)) as other:
        check_surfaces(other)
    seen = set()
    for key, before in one.records.items():
        if before["previous"] is None or before["value"] is None or before["window"] == "fytd":
            continue  # the two financial years have not all months of both
        after = other.records[key]
        assert (after["value"], after["previous"]) == (before["previous"], before["value"]), key
        assert number(after["change"]) == -number(before["change"]), key
        assert after["direction"] == INVERTED[before["direction"]], key
        sizes = [one["change_text"].rpartition("(")[2].rstrip(")")[1:] for one in (before, after)]
        if before["direction"] != "no change":
            assert sizes[0] == sizes[1] or "n/a" in before["change_text"] + after["change_text"], key
        if key in one.printed:
            word, inverted = (each.printed[key][1].partition(" ")[0] for each in (one, other))
            assert inverted == WORDS.get(word, inverted), key
            seen.add(word)
        if (
            number(before["value"])
            and number(before["previous"])
            and before["change_percent"]
            and after["change_percent"]
        ):
            now, then = number(before["value"]), number(before["previous"])
            assert number(after["change_percent"]) == round((then - now) * 100 / now, 6), key
    assert {"Increase", "Decrease"} <= seen


@a_few
def test_a_month_of_zero_counts_as_zero_and_a_missing_one_leaves_no_total(seed, force, ada):
    chance = random.Random(seed)
    (year, month), district = chance.choice(MONTHS[13:23]), chance.choice(DISTRICTS)
    rows = rows_of(seed)
    others = [r for r in rows if (r.indicator, r.year, r.month, r.area) != ("incidents", year, month, district)]
    name = month_name[month]
    words = f"not available: 1 of 12 months missing ({name} {year})"
    expected = sum(int(r.value) for r in others if r.indicator == "incidents" and r.year == 2020)
    with loaded(force, ada, [*others, Row("incidents", year, month, "0", area=district)]) as zero:
        assert number(zero.records["incidents.r12"]["value"]) == expected
        assert zero.records["incidents.r12"]["text"] == zero.printed["incidents.r12"][2] == f"{expected:,}"
        assert number(zero.lines["incidents.r12"]["value"]) == expected
    with loaded(force, ada, others) as missing:
        for key in ("incidents.r12", f"incidents.{district}.r12"):
            record, line = missing.records[key], missing.lines[key]
            assert (record["value"], record["text"], record["change_text"]) == (None, words, words)
            assert (line["value"], line["text"], line["missing_months"]) == ("", words, f"{year}-{month:02}-01")
            assert missing.printed[key][1:] == (words, words)
            assert record["direction"] is None and record["change_percent"] is None


# Cases.

CASE_MONTHS = [f"{year}-{month:02}" for year, month in MONTHS]
PLACES = [*CODES["Hill"], *CODES["Mill"], *CODES["Coast"], ELSEWHERE, ""]


def some_cases(seed: int) -> list[tuple[str, str]]:
    """Make up case lines with their months."""
    chance = random.Random(seed)
    lines = []
    for month in CASE_MONTHS:
        for at in range(chance.randint(1, 6)):
            kind = chance.choice(["Robbery", "Drugs", ASB])
            name = None if kind == ASB else at + 100 * CASE_MONTHS.index(month)
            lines.append((month, case(name, month, kind, chance.choice(PLACES), flags=chance.choice(["", "COVID-19"]))))
    return lines


COUNTED = ("all_crime", "robbery", "asb", "asb_covid")


def counted(force, ada, *files: list[str]) -> dict[str, Any]:
    """Load case files and return what the API says of each series with its districts, without data versions."""
    client, found = Client(), {}
    client.force_login(ada)
    with transaction.atomic():
        for lines in files:
            case_files.load(force, ada.person, case_file(*lines))
        for key in COUNTED:
            asked = f"/api/figures/?quarter={QUARTER}&indicator={key}&with_districts=1&limit=500"
            found |= {one["key"]: lasting(one) for one in client.get(asked).json()["figures"]}
        transaction.set_rollback(True)
    return found


@a_few
def test_permuting_or_splitting_cases_or_moving_them_within_a_district_changes_no_total(seed, force, ada):
    lines, chance = some_cases(seed), random.Random(seed + 1)
    one = counted(force, ada, [line for _, line in lines])
    assert len(one) > 100
    mixed = chance.sample(lines, len(lines))
    assert counted(force, ada, [line for _, line in mixed]) == one
    chosen = set(chance.sample(CASE_MONTHS, 9))
    halves = ([line for month, line in mixed if (month in chosen) is side] for side in (False, True))
    assert counted(force, ada, *halves) == one
    moved = [line.replace(CODES["Hill"][0], CODES["Hill"][1]) for _, line in lines]
    assert counted(force, ada, moved) == one
    # The same cases twice, with other identifiers, are twice as many everywhere.
    twice = []
    for _, line in lines:
        first, rest = line.split(",", 1)
        twice += [line, f"{first[:1] and 'f' + first[1:]},{rest}"]
    doubled = counted(force, ada, twice)
    for key, record in one.items():
        for name in ("value", "previous", "change"):
            assert number(doubled[key][name]) == (None if record[name] is None else 2 * number(record[name])), key
        assert doubled[key]["direction"] == record["direction"]
