"""What cases were: months as known at every data version against a plain memory of them, and the steps of one case."""

import random
from collections import Counter
from datetime import date
from uuid import UUID

import pytest
from django.utils import timezone

from indicators.choices import CaseChangeKind
from indicators.models.area import Force
from indicators.models.case import Case, CaseChange, CaseMonth
from indicators.people import Person
from indicators.queries import case_history
from indicators.queries.case_history import NoLongerHeld, as_known, steps
from indicators.queries.cases import CaseKey, key_of
from tests.indicators import case_files
from tests.indicators.case_files import ASB, CODES, case, case_file, reference, small_force

pytestmark = pytest.mark.django_db

MONTHS = ["2020-01", "2020-02", "2020-03"]
Line = tuple[str, str, str, str]  # reference, crime type, outcome, small area
Held = dict[str, Counter[Line]]


@pytest.fixture
def force(db) -> Force:
    """Return a small force."""
    return small_force()


@pytest.fixture
def ada(db) -> Person:
    """Return an analyst."""
    return case_files.analyst()


def some_lines(chance: random.Random) -> Counter[Line]:
    """Make a month of few references, so that later files change, repeat and drop them."""
    lines: Counter[Line] = Counter()
    for _ in range(chance.randint(1, 9)):
        number = chance.choice([None, *range(6)])
        kind = ASB if number is None else chance.choice(["Robbery", "Drugs"])
        name = "" if number is None else reference(number)
        lines[name, kind, chance.choice(["", "Open", "Closed"]), chance.choice(["", *CODES["Hill"][:2]])] += 1
    return lines


def as_file(months: Held, chance: random.Random) -> bytes:
    """Write months in any order."""
    rows = [
        case(int(name, 16) if name else None, month, kind, area, outcome)
        for month, lines in months.items()
        for name, kind, outcome, area in lines.elements()
    ]
    chance.shuffle(rows)
    return case_file(*rows)


def known(force: Force, month: str, version: int) -> Counter[Line]:
    """Return a month as known at a version."""
    found = as_known(force, date.fromisoformat(f"{month}-01"), version)
    return Counter((one.reference, one.category.crime_type, one.outcome, one.small_area_code) for one in found)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))])
def test_know_every_month_at_every_version_after_any_loads_and_reverts(force, ada, seed):
    chance = random.Random(f"history {seed}")
    memory: dict[int, Held] = {0: {}}
    applied = []  # (import, all that was held before it), newest last
    reverts = returned = 0
    for version in range(1, 13):
        now = {month: Counter(lines) for month, lines in memory[version - 1].items()}
        if applied and chance.random() < 0.45:
            data_import, before = applied.pop()
            case_files.revert(data_import, ada)
            assert data_import.reverted_version.number == version
            now = before
            reverts += 1
        else:
            sent = {month: some_lines(chance) for month in chance.sample(MONTHS, chance.randint(1, 2))}
            returned += sum(
                1 for month in sent if month not in now and any(month in earlier for earlier in memory.values())
            )
            data_import = case_files.load(force, ada, as_file(sent, chance))
            assert data_import.version is not None and data_import.version.number == version
            applied.append((data_import, memory[version - 1]))
            now.update(sent)
        memory[version] = now
    assert reverts
    if seed == 0:
        assert returned  # a month that was taken away came again
    for version, held in memory.items():
        for month in MONTHS:
            assert known(force, month, version) == held.get(month, Counter()), (version, month)


def test_know_a_month_whose_rows_were_removed_says_so(force, ada):
    case_files.load(force, ada, case_file(case(1, "2020-01")))
    CaseMonth.objects.update(rows_removed_at=timezone.now())
    with pytest.raises(NoLongerHeld):
        list(as_known(force, date(2020, 1, 1), 1))
    assert list(as_known(force, date(2020, 2, 1), 1)) == []


def kept(version: int, kind: CaseChangeKind, outcome: str) -> CaseChange:
    """Return what a version kept of a case."""
    return CaseChange(version=version, kind=kind, outcome=outcome)


def told(*args) -> list[tuple[int, str | None, str | None]]:
    """Return the steps of a case as (version, outcome before, outcome after)."""
    return [
        (step.version, step.before.outcome if step.before else None, step.after.outcome if step.after else None)
        for step in steps(*args)
    ]


def test_steps_of_a_case_follow_its_versions():
    new, changed, removed = CaseChangeKind.NEW, CaseChangeKind.CHANGED, CaseChangeKind.REMOVED
    assert told([2], [], Case(outcome="Open")) == [(2, None, "Open")]
    assert told([2], [kept(4, changed, "Open")], Case(outcome="Shut")) == [(2, None, "Open"), (4, "Open", "Shut")]
    came_later = [kept(3, new, "Open"), kept(5, changed, "Open"), kept(6, removed, "Shut")]
    assert told([1], came_later, None) == [(3, None, "Open"), (5, "Open", "Shut"), (6, "Shut", None)]
    # The month was taken away at version 3 and came whole again at version 7.
    assert told([1, 7], [kept(3, removed, "Open")], Case(outcome="Shut")) == [
        (1, None, "Open"), (3, "Open", None), (7, None, "Shut"),
    ]  # fmt: skip
    # It did not come again with the month.
    assert told([1, 7], [kept(3, removed, "Open")], None) == [(1, None, "Open"), (3, "Open", None)]


def test_tell_the_story_of_a_case_names_imports_and_what_differs(force, ada):
    january = date(2020, 1, 1)
    place = CaseKey(january, key_of(reference(1)), 0)
    first = case_files.load(force, ada, case_file(case(1, "2020-01", outcome="Open"), case(2, "2020-01")))
    second = case_files.load(
        force, ada, case_file(case(1, "2020-01", "Drugs", CODES["Coast"][1], "Closed"), case(2, "2020-01"))
    )
    found = case_history.story(force, place)
    assert found is not None and found.is_held
    assert found.facts["Crime type"] == "Drugs" and found.facts["Area"] == "Coast 1, Coast"
    assert [(one.kind, one.version.number, one.data_import) for one in found.told] == [
        ("changed", 2, second),
        ("new", 1, first),
    ]
    assert found.told[0].differences == (
        ("Crime type", "Robbery", "Drugs"),
        ("Area", "Hill 0, Hill", "Coast 1, Coast"),
        ("Small area", CODES["Hill"][0], CODES["Coast"][1]),
        ("Outcome", "Open", "Closed"),
    )
    case_files.revert(second, ada)
    third = case_files.load(force, ada, case_file(case(2, "2020-01")))
    found = case_history.story(force, place)
    assert found is not None and not found.is_held
    assert [(one.kind, one.data_import, one.is_revert) for one in found.told] == [
        ("removed", third, False),
        ("changed", second, True),
        ("changed", second, False),
        ("new", first, False),
    ]
    assert found.facts["Outcome"] == "Open"
    assert case_history.story(force, CaseKey(january, UUID(int=5), 0)) is None
