"""Groups whose members change: compared by the members in both or not at all, with who is missing named."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.choices import Direction, Kind, Statistic
from indicators.like_for_like import Members, changed, compare, differ, difference_words, listed, rank

NAMES = {"gm": "Greater Manchester", "ch": "Cheshire", "cu": "Cumbria", "la": "Lancashire", "me": "Merseyside"}
ALL, FOUR = frozenset(NAMES), frozenset(NAMES) - {"gm"}
JUNE = {"gm": 328268, "ch": 92516, "cu": 37545, "la": 162194, "me": 133272}
SEPTEMBER = {"ch": 94180, "cu": 37855, "la": 153309, "me": 134038}
# The year before, worked back by hand from the published percentage changes of the four.
YEAR_BEFORE = {"ch": 93984, "cu": 33095, "la": 152146, "me": 132875}

members = st.sets(st.sampled_from(sorted(NAMES)), min_size=1).map(frozenset)
amounts = st.fixed_dictionaries({key: st.decimals(0, 10**9, places=2) for key in NAMES})


@dataclass(frozen=True)
class Measured:
    kind: Kind = Kind.COUNT
    base_threshold: int = 50


def decimals(values: dict[str, int]) -> dict[str, Decimal | None]:
    return {key: Decimal(value) for key, value in values.items()}


def test_compare_a_region_that_lost_a_member_names_it_and_adds_up_the_others():
    now, then = Members(FOUR, frozenset({"gm"})), Members(ALL)
    found = compare(now, then, decimals(SEPTEMBER), decimals(JUNE), NAMES)
    assert (found.previous, found.current) == (Decimal(425527), Decimal(419382))
    assert found.words == "like for like, 4 members in both: Greater Manchester is no longer counted"
    change = changed(found, Measured(), {})
    assert change.absolute == Decimal(-6145)
    assert str(change.percent).startswith("-1.444")


def test_compare_with_the_year_before_gives_the_published_change_and_never_minus_44():
    then = Members(ALL)
    found = compare(Members(FOUR, frozenset({"gm"})), then, decimals(SEPTEMBER), decimals(YEAR_BEFORE), NAMES)
    change = changed(found, Measured(), {})
    assert (found.previous, found.current) == (Decimal(412100), Decimal(419382))
    assert round(change.percent, 2) == Decimal("1.77")
    assert change.reason == found.words


def test_refuse_a_comparison_where_a_member_has_no_value():
    found = compare(Members(FOUR), Members(ALL), decimals(SEPTEMBER), {"ch": Decimal(1)}, NAMES)
    assert (found.current, found.previous) == (None, None)
    assert "there are not both values of Cumbria, Lancashire and Merseyside" in found.words
    change = changed(found, Measured(), {})
    assert (change.direction, change.percent) == (None, None)
    assert "Greater Manchester" in change.reason


def test_take_the_published_change_where_members_cannot_be_added_up():
    found = compare(Members(FOUR), Members(ALL), {}, {}, NAMES)
    change = changed(found, Measured(), {Statistic.PERCENT_CHANGE: Decimal("1.76704683")})
    assert (change.percent, change.direction, change.is_supplied) == (Decimal("1.76704683"), Direction.INCREASE, True)
    assert change.reason == "as published, like for like: Greater Manchester is no longer counted"


@pytest.mark.parametrize("kind", [Kind.PERCENTAGE, Kind.MEAN, Kind.MEDIAN])
def test_refuse_to_add_up_what_does_not_add_up(kind):
    found = compare(Members(FOUR), Members(ALL), decimals(SEPTEMBER), decimals(JUNE), NAMES)
    change = changed(found, Measured(kind), {})
    assert change.direction is None
    assert "do not add up" in change.reason


def test_no_percentage_from_a_small_base_of_the_members_in_both():
    one = {"ch": Decimal(40)}
    found = compare(Members(frozenset({"ch"})), Members(frozenset({"ch", "gm"})), {"ch": Decimal(60)}, one, NAMES)
    change = changed(found, Measured(), {})
    assert (change.is_low_base, change.percent, change.absolute) == (True, None, Decimal(20))


def test_differ_where_one_list_is_not_known():
    assert not differ(None, None)
    assert not differ(Members(ALL), None)
    assert differ(Members(FOUR, frozenset({"gm"})), None)
    assert "the other list is not known" in difference_words(None, Members(FOUR, frozenset({"gm"})), NAMES)
    assert compare(Members(FOUR, frozenset({"gm"})), None, {}, {}, NAMES).current is None


def test_words_name_who_came_and_who_went():
    words = difference_words(Members(frozenset({"ch", "cu"})), Members(frozenset({"ch", "gm", "la"})), NAMES)
    assert words == "Greater Manchester and Lancashire are no longer counted; Cumbria is counted now and was not before"
    assert (listed([]), listed("a"), listed("ba"), listed("cab")) == ("", "a", "a and b", "a, b and c")


@given(members, members, amounts, amounts)
def test_like_for_like_is_the_sum_over_those_in_both(now, then, first, second):
    found = compare(Members(now), Members(then), first, second, NAMES)
    both = now & then
    if both:
        assert found.current == sum(first[key] for key in both)
        assert found.previous == sum(second[key] for key in both)
    else:
        assert found.current is None
    swapped = compare(Members(then), Members(now), second, first, NAMES)
    assert (swapped.current, swapped.previous) == (found.previous, found.current)


@given(members, amounts)
def test_a_member_that_comes_or_goes_changes_no_like_for_like(now, values):
    """Whatever the value of the one in a single list, the comparison is that of the others."""
    others = now - {"gm"}
    if others:
        raised = {**values, "gm": Decimal(10) ** 12}
        with_gm = compare(Members(others), Members(others | {"gm"}), values, raised, NAMES)
        assert with_gm.current == with_gm.previous == sum(values[key] for key in others)


@given(members)
def test_the_same_members_may_be_compared_as_they_stand(now):
    assert not differ(Members(now), Members(now, frozenset({"x"})))
    assert difference_words(Members(now), Members(now), NAMES) == ""


@given(amounts, st.sampled_from(sorted(NAMES)))
def test_rank_counts_those_above(values, own):
    found = rank(own, values)
    assert found.place == 1 + sum(value > values[own] for value in values.values())
    assert str(found.place) in found.words


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"a": 3, "b": 2, "c": 1}, "2nd highest of 3"),
        ({"a": 3, "b": 3, "c": 1}, "1st highest of 3 (shared)"),
        ({"a": 3, "b": 1, "c": None}, "not available: 1 of 3 values missing"),
        ({"a": None, "b": None}, "not available: 2 of 2 values missing"),
        ({"a": 1}, "not available: it is not a member"),
    ],
)
def test_rank_in_words(values, words):
    given = {key: None if value is None else Decimal(value) for key, value in values.items()}
    assert rank("b", given).words == words


@pytest.mark.parametrize(
    ("place", "words"), [(1, "1st"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (21, "21st"), (23, "23rd")]
)
def test_rank_writes_ordinals(place, words):
    values = {str(one): Decimal(-one) for one in range(1, 44)}
    assert rank(str(place), values).words == f"{words} highest of 43"
