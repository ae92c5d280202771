"""Figures after imports: an incremental computation against a plain one, earlier versions, supplied months."""

import random
from collections import Counter
from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal

import pytest

from indicators.choices import ImportKind, Status
from indicators.models.aggregate import Aggregate
from indicators.models.area import Force
from indicators.models.observation import Observation
from indicators.models.source import DataSource
from indicators.queries.versions import held_at
from tests.indicators import case_files
from tests.indicators.case_files import ASB, CODES, ELSEWHERE, PLACES, case, case_file, small_force, tidy_file

pytestmark = pytest.mark.django_db

MONTHS = [date(2019 + at // 12, at % 12 + 1, 1) for at in range(2, 28)]  # March 2019 to April 2021
KINDS = [
    ("Robbery", "", ""),
    ("Robbery", "Personal robbery", "COVID-19"),
    ("Drugs", "", "At night"),
    (ASB, "", ""),
    (ASB, "Nuisance", "COVID-19;At night"),
    (ASB, "Nuisance", ""),
    (ASB, "Personal", "COVID-19"),
]
# What each series counts, said once more and independently of the definitions.
SERIES: dict[tuple[str, str | None], Callable[[str, str, str], bool]] = {
    ("all_crime", None): lambda kind, offence, flags: kind != ASB,
    ("robbery", None): lambda kind, offence, flags: kind == "Robbery",
    ("asb", None): lambda kind, offence, flags: kind == ASB,
    ("asb", "nuisance"): lambda kind, offence, flags: offence == "Nuisance",
    ("asb", "personal"): lambda kind, offence, flags: offence == "Personal",
    ("asb_covid", None): lambda kind, offence, flags: kind == ASB and "COVID-19" in flags,
}
DIVISIONS = {f"division-{name.lower()}": name for name in set(PLACES.values())}
PLAIN_AREAS = ["smallshire", *DIVISIONS, *(name.lower() for name in PLACES), "outside-force", "no-location"]

Found = tuple[str, str, str, str]  # crime type, offence, flags, area code


def areas_of(code: str) -> list[str]:
    """Return the areas that a case counts for."""
    district = next((name for name, codes in CODES.items() if code in codes), "")
    if district:
        return ["smallshire", district.lower(), f"division-{PLACES[district].lower()}"]
    return ["smallshire", "outside-force" if code else "no-location"]


def window_months(window: str, last: int) -> list[int]:
    """Return the months of a window as running numbers (year × 12 + month - 1)."""
    length = {"month": 1, "quarter": 3, "r12": 12, "fytd": (last - 3) % 12 + 1, "cytd": last % 12 + 1}[window]
    return list(range(last - length + 1, last + 1))


def plain(held: dict[date, list[Found]]) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Compute every value that must be there from the cases held, in the plainest way."""
    counts: Counter[tuple[int, str, str | None, str]] = Counter()
    for month, found in held.items():
        for kind, offence, flags, code in found:
            for (key, part), belongs in SERIES.items():
                if belongs(kind, offence, flags):
                    for area in areas_of(code):
                        counts[month.year * 12 + month.month - 1, key, part, area] += 1
    numbers = {month.year * 12 + month.month - 1 for month in held}
    values = {}
    for last in range(min(numbers), max(numbers) + 1):
        for window in ("month", "quarter", "r12", "fytd", "cytd"):
            months = window_months(window, last)
            if window == "cytd" and months[0] not in numbers:
                continue  # a calendar year is counted where its January is held
            missing = tuple(date(number // 12, number % 12 + 1, 1) for number in months if number not in numbers)
            late = last > 2020 * 12 + 11  # the source is checked to 31 December 2020
            status = Status.NOT_AVAILABLE if missing else Status.PROVISIONAL if late else Status.FINAL
            for key, part in SERIES:
                for area in PLAIN_AREAS:
                    value = None if missing else sum(counts[number, key, part, area] for number in months)
                    values[key, part, area, window, last] = (value, missing, status.value)
    return values


def stored(force: Force, at: int | None = None) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Return every value that holds now or at a version."""
    rows = Aggregate.objects.filter(held_at(at), force=force).values_list(
        "indicator__key", "part__slug", "area__slug", "window", "end", "value", "missing", "status"
    )
    found = {
        (key, part, area, window, end.year * 12 + end.month - 1): (value, tuple(missing), status)
        for key, part, area, window, end, value, missing, status in rows
    }
    assert len(found) == len(rows)
    return found


def some_cases(chance: random.Random) -> list[Found]:
    """Make up to 12 cases of all kinds in all kinds of places."""
    codes = [*CODES["Hill"], *CODES["Mill"], *CODES["Coast"], ELSEWHERE, ""]
    return [(*chance.choice(KINDS), chance.choice(codes)) for _ in range(chance.randint(1, 12))]


def as_file(months: dict[date, list[Found]]) -> bytes:
    """Write cases as a file, incidents without an identifier."""
    lines = [
        case(None if kind == ASB else at, f"{month:%Y-%m}", kind, code, offence=offence, flags=flags)
        for month, found in months.items()
        for at, (kind, offence, flags, code) in enumerate(found)
    ]
    return case_file(*lines)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_recompute_after_any_sequence_of_imports_equals_a_plain_computation(seed):
    chance = random.Random(f"imports {seed}")
    force, by = small_force(), case_files.analyst()
    held: dict[date, list[Found]] = {}
    after: dict[int, dict[tuple[object, ...], tuple[object, ...]]] = {}
    for version in range(1, 8):
        chosen = chance.sample(MONTHS, chance.choice([1, 1, 2, 5]))
        if held and version % 3 == 0:
            chosen = [chance.choice(list(held)), *chosen[1:]]  # a correction
        months = {month: some_cases(chance) for month in chosen}
        case_files.load(force, by, as_file(months))
        held |= months
        after[version] = plain(held)
        assert stored(force) == after[version]
    # As known at each version the figures are still those of that day.
    for version, values in after.items():
        assert stored(force, version) == values


def test_recompute_a_month_far_from_the_others_fills_the_windows_between():
    force, by = small_force(), case_files.analyst()
    held: dict[date, list[Found]] = {}
    for month in (date(2020, 12, 1), date(2019, 3, 1), date(2020, 1, 1)):
        held[month] = [("Drugs", "", "", "")]
        case_files.load(force, by, as_file({month: held[month]}))
        assert stored(force) == plain(held)


def test_recompute_a_period_that_begins_before_cases_are_the_source_gives_no_value():
    force = small_force()
    case_files.load(force, case_files.analyst(), case_file(case(1, "2018-03")))
    windows = Aggregate.objects.filter(force=force, until_version__isnull=True).values_list("window", flat=True)
    assert set(windows) == {"month", "quarter"}  # cases count from 1 January 2018


@pytest.fixture
def supply(force: Force) -> Callable[..., None]:
    """Return a loader of tidy files."""
    by = case_files.analyst()

    def supply(*rows: tuple[str, str, str, str, int], more: Collection[str] = ()) -> None:
        content = tidy_file(*rows).decode() + "".join(f"{line}\n" for line in more)
        case_files.load(force, by, content.encode(), ImportKind.OBSERVATIONS)

    return supply


@pytest.fixture
def force(db) -> Force:
    """Return a small force."""
    return small_force()


def year_of(value: int, *, without: Collection[int] = ()) -> list[tuple[str, str, str, str, int]]:
    """Return the months of 2020 with one value each."""
    days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return [
        ("investigations", "smallshire", f"2020-{month:02d}-01", f"2020-{month:02d}-{day}", value)
        for month, day in enumerate(days, start=1)
        if month not in without
    ]


def supplied_value(window: str, end: str) -> tuple[Decimal | None, list[date]]:
    """Return value and missing months of the supplied indicator now."""
    row = Aggregate.objects.get(indicator__key="investigations", window=window, end=end, until_version__isnull=True)
    return row.value, row.missing


def test_recompute_supplied_months_adds_them_up(supply):
    supply(*year_of(7))
    assert supplied_value("r12", "2020-12-31") == (84, [])
    assert supplied_value("quarter", "2020-06-30") == (21, [])
    assert supplied_value("fytd", "2020-12-31") == (63, [])
    assert supplied_value("r12", "2020-11-30") == (None, [date(2019, 12, 1)])


def test_recompute_a_calendar_year_needs_its_january_and_stands_beside_a_supplied_day(supply):
    line = "t,investigations,,smallshire,cytd,2020-01-01,2020-10-29,,,65,,,,,,,supplied,"
    supply(*year_of(7), more=[line])
    assert supplied_value("cytd", "2020-09-30") == (63, [])
    assert supplied_value("cytd", "2020-10-29") == (65, [])
    held = Aggregate.objects.filter(indicator__key="investigations", window="cytd", until_version__isnull=True)
    ends = set(held.values_list("end", flat=True))
    assert supplied_value("cytd", "2020-10-31") == (70, []) and {one.year for one in ends} == {2020}
    supply(("investigations", "smallshire", "2021-02-01", "2021-02-28", 3))
    assert not held.filter(end__year=2021).exists()  # nothing says what January 2021 was
    supply(("investigations", "smallshire", "2021-01-01", "2021-01-31", 4))
    assert supplied_value("cytd", "2021-02-28") == (7, [])


def test_recompute_supplied_months_with_a_gap_names_it_and_a_later_file_closes_it(supply):
    supply(*year_of(7, without=[5]))
    assert supplied_value("r12", "2020-12-31") == (None, [date(2020, 5, 1)])
    supply(("investigations", "smallshire", "2020-05-01", "2020-05-31", 0))
    assert supplied_value("r12", "2020-12-31") == (77, [])


def test_recompute_a_supplied_total_is_taken_rather_than_the_sum(supply):
    line = "t,investigations,,smallshire,r12,2020-01-01,2020-12-31,,,85,,,,,,,supplied,"
    supply(*year_of(7), more=[line])
    assert supplied_value("r12", "2020-12-31") == (85, [])
    assert supplied_value("quarter", "2020-12-31") == (21, [])


@pytest.mark.parametrize(
    ("status", "basis", "qualifier", "marked"),
    [
        ("estimated", "", "", ("estimated", "counted", "exact")),
        ("provisional", "", "", ("provisional", "counted", "exact")),
        ("", "derived", "", ("final", "derived", "exact")),
        ("", "", "over", ("final", "counted", "about")),
    ],
)
def test_recompute_a_total_is_no_surer_than_the_least_sure_of_its_months(supply, status, basis, qualifier, marked):
    line = f"e,investigations,,smallshire,month,2020-05-01,2020-05-31,,,7,,,{status},{basis},{qualifier},,supplied,"
    supply(*year_of(7, without=[5]), more=[line])
    rows = Aggregate.objects.filter(indicator__key="investigations", until_version__isnull=True)
    columns = ("status", "basis", "qualifier")
    for window, end in (("quarter", "2020-06-30"), ("r12", "2020-12-31")):
        assert rows.filter(window=window, end=end).values_list("value", *columns).get()[1:] == marked
    assert rows.filter(window="quarter", end="2020-03-31").values_list(*columns).get() == ("final", "counted", "exact")


def test_recompute_a_total_with_a_month_after_the_day_of_the_last_check_is_provisional(supply):
    DataSource.objects.filter(slug="supplied").update(checked_to=date(2020, 11, 30))
    supply(*year_of(7))
    rows = Aggregate.objects.filter(indicator__key="investigations", until_version__isnull=True)
    ends = {(row.window, row.end): row.status for row in rows}
    assert ends["month", date(2020, 12, 31)] == ends["r12", date(2020, 12, 31)] == Status.PROVISIONAL
    assert ends["quarter", date(2020, 12, 31)] == Status.PROVISIONAL
    assert ends["quarter", date(2020, 11, 30)] == ends["month", date(2020, 11, 30)] == Status.FINAL


def test_recompute_a_published_number_of_a_period_that_cases_cover_is_no_value(force, supply):
    supply(("all_crime", "smallshire", "2020-01-01", "2020-01-31", 99))
    assert Observation.objects.count() == 1
    assert not Aggregate.objects.filter(indicator__key="all_crime").exists()
    supply(("all_crime", "smallshire", "2017-12-01", "2017-12-31", 98))
    values = Aggregate.objects.filter(indicator__key="all_crime", value__isnull=False)
    assert [(row.value, row.window, row.source) for row in values] == [
        (98, "month", DataSource.objects.get(slug="supplied"))
    ]
