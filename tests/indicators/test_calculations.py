"""Totals, percentages, shares, changes and rounding. Expected numbers are worked out by hand or published."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, localcontext

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indicators.calculations import (
    Change,
    Share,
    WindowTotal,
    base_of,
    change,
    mean_of,
    missing_reason,
    percentage,
    require_decimal,
    round_half_up,
    share,
    sum_of,
    supplied_change,
    total,
)
from indicators.choices import Direction, Kind
from indicators.periods import add_months, month_range

unhurried = settings(deadline=None, database=None)
figures = st.decimals(-(10**12), 10**12, places=4, allow_nan=False, allow_infinity=False)
counts = st.integers(0, 10**9).map(Decimal)
factors = st.integers(1, 10**6).map(Decimal)
YEAR = month_range(date(2019, 10, 1), date(2020, 9, 1))
BUDGET_PARTS = ("visible", "non_visible", "frontline_support", "business_support", "other")
BUDGET = dict(zip(BUDGET_PARTS, map(Decimal, ("54.8", "47.7", "12.4", "32.5", "8.0")), strict=True))


def test_total_of_a_complete_window_adds_every_month_and_zero_is_a_value() -> None:
    values = {month: Decimal(index) for index, month in enumerate(YEAR)}
    assert values[YEAR[0]] == 0
    assert total(values, YEAR) == WindowTotal(Decimal(66), ())


def test_total_with_a_missing_month_is_none_and_names_it() -> None:
    values = {month: Decimal(10) for month in YEAR if month != date(2020, 6, 1)}
    assert total(values, YEAR) == WindowTotal(None, (date(2020, 6, 1),))


def test_total_of_no_months_is_none() -> None:
    assert total({YEAR[0]: Decimal(1)}, ()) == WindowTotal(None, ())


def test_total_with_a_month_named_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        total({YEAR[0]: Decimal(1)}, (YEAR[0], YEAR[0]))


@unhurried
@given(st.lists(figures, min_size=12, max_size=12), st.permutations(range(12)), st.integers(1, 11))
def test_total_of_split_or_permuted_months_stays_the_same(numbers: list[Decimal], order: list[int], cut: int) -> None:
    values = dict(zip(YEAR, numbers, strict=True))
    whole = total(values, YEAR).value
    permuted = {YEAR[index]: numbers[index] for index in order}
    assert total(permuted, list(permuted)).value == whole
    first, second = total(values, YEAR[:cut]).value, total(values, YEAR[cut:]).value
    assert first is not None and second is not None
    assert whole == first + second


def test_total_of_very_large_and_small_numbers_is_exact() -> None:
    values = {YEAR[0]: Decimal("123456789012345678901234567890"), YEAR[1]: Decimal("0.000001")}
    answer = total(values, YEAR[:2]).value
    assert str(answer) == "123456789012345678901234567890.000001"


@pytest.mark.parametrize("wrong", [1.5, 1, "1", None, True])
def test_use_anything_but_a_decimal_raises_type_error(wrong: object) -> None:
    with pytest.raises(TypeError, match="Decimal"):
        require_decimal(wrong)


@pytest.mark.parametrize(
    "calculate",
    [
        lambda wrong, right: total({YEAR[0]: wrong}, YEAR[:1]),
        lambda wrong, right: percentage(wrong, right),
        lambda wrong, right: percentage(right, wrong),
        lambda wrong, right: share("a", {"a": right, "b": wrong}),
        lambda wrong, right: change(wrong, right, Kind.COUNT),
        lambda wrong, right: change(right, wrong, Kind.COUNT),
        lambda wrong, right: change(right, right, Kind.COUNT, wrong),
        lambda wrong, right: supplied_change(None, wrong),
        lambda wrong, right: round_half_up(wrong, 1),
        lambda wrong, right: mean_of([wrong]),
    ],
)
def test_calculate_with_a_float_raises_type_error_everywhere(
    calculate: Callable[[float, Decimal], object],
) -> None:
    with pytest.raises(TypeError, match="Decimal"):
        calculate(0.1, Decimal(1))


@pytest.mark.parametrize("wrong", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_use_a_decimal_that_is_no_number_raises_value_error(wrong: str) -> None:
    with pytest.raises(ValueError, match="must be a number"):
        require_decimal(Decimal(wrong))


def test_mean_of_no_values_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        mean_of([])


def test_mean_of_values_is_their_sum_over_their_number() -> None:
    assert mean_of([Decimal(1), Decimal("2.5"), Decimal(10)]) == Decimal("4.5")


def test_percentage_over_zero_is_none() -> None:
    assert percentage(Decimal(5), Decimal(0)) is None
    assert percentage(Decimal(0), Decimal("0.00")) is None


def test_percentage_is_not_rounded() -> None:
    answer = percentage(Decimal("54.8"), Decimal("147.4"))
    assert answer is not None
    assert str(answer).startswith("37.1777476255088195386702849")


@unhurried
@given(figures, figures, factors)
def test_percentage_of_scaled_numbers_stays_the_same(numerator: Decimal, denominator: Decimal, by: Decimal) -> None:
    assert percentage(numerator * by, denominator * by) == percentage(numerator, denominator)


def test_percentage_ignores_the_precision_of_the_calling_thread() -> None:
    expected = percentage(Decimal(1), Decimal(3))
    with localcontext() as context:
        context.prec = 3
        assert percentage(Decimal(1), Decimal(3)) == expected
        assert round_half_up(Decimal("1234567.5"), 0) == Decimal("1234568")


def test_share_with_an_exclusion_leaves_it_out_of_the_whole() -> None:
    visible = share("visible", BUDGET, ("other",))
    assert visible is not None
    assert (visible.numerator, visible.denominator) == (Decimal("54.8"), Decimal("147.4"))
    assert visible.excluded == Decimal("8.0")
    assert visible.percent is not None
    assert round_half_up(visible.percent, 1) == Decimal("37.2")
    non_visible = share("non_visible", BUDGET, ("other",))
    assert non_visible is not None and non_visible.percent is not None
    assert round_half_up(non_visible.percent, 1) == Decimal("32.4")


def test_share_without_an_exclusion_uses_the_whole_total() -> None:
    # 57,600 of 78,893 incidents are nuisance: 73 %; 19,338 personal: 25 %; 1,955 environment: 2 %.
    incidents = {"nuisance": Decimal(57600), "personal": Decimal(19338), "environment": Decimal(1955)}
    found = {}
    for part in incidents:
        answer = share(part, incidents)
        assert answer is not None and answer.percent is not None
        assert (answer.denominator, answer.excluded) == (Decimal(78893), Decimal(0))
        found[part] = round_half_up(answer.percent, 0)
    assert found == {"nuisance": Decimal(73), "personal": Decimal(25), "environment": Decimal(2)}


@pytest.mark.parametrize("part", ["missing", "other"])
def test_share_of_a_missing_or_excluded_part_is_none(part: str) -> None:
    assert share(part, BUDGET, ("other",)) is None


def test_share_with_an_excluded_name_without_value_counts_nothing() -> None:
    answer = share("a", {"a": Decimal(1), "b": Decimal(3)}, ("c",))
    assert answer == Share(Decimal(1), Decimal(4), Decimal(0), Decimal(25))


def test_share_of_nothing_has_no_percentage() -> None:
    assert share("a", {"a": Decimal(0), "b": Decimal(0)}) == Share(Decimal(0), Decimal(0), Decimal(0), None)


@unhurried
@given(st.dictionaries(st.sampled_from("abcdefgh"), counts, min_size=1), st.sets(st.sampled_from("abcdefgh")))
def test_share_parts_of_a_whole_add_up_to_it(values: dict[str, Decimal], excluded: set[str]) -> None:
    shares = [answer for part in values if (answer := share(part, values, excluded)) is not None]
    assert len(shares) == len(set(values) - excluded)
    assume(shares and shares[0].denominator != 0)
    assert sum_of(answer.numerator for answer in shares) == shares[0].denominator
    assert shares[0].denominator + shares[0].excluded == sum_of(values.values())
    whole = sum_of(answer.percent for answer in shares if answer.percent is not None)
    assert round_half_up(whole, 20) == Decimal(100)


def test_change_of_a_count_has_number_percentage_and_direction() -> None:
    answer = change(Decimal(130207), Decimal(152467), Kind.COUNT)
    assert answer.absolute == Decimal(-22260)
    assert answer.percent is not None
    assert round_half_up(answer.percent, 1) == Decimal("-14.6")
    assert answer == Change(Decimal(-22260), answer.percent, Direction.DECREASE, False, False, "")


@pytest.mark.parametrize("kind", [Kind.PERCENTAGE, Kind.MEAN, Kind.MEDIAN])
def test_change_of_a_percentage_or_average_has_no_percentage_even_from_zero(kind: Kind) -> None:
    answer = change(Decimal("81.3"), Decimal("75.4"), kind)
    assert answer == Change(Decimal("5.9"), None, Direction.INCREASE, False, False, "")
    from_zero = change(Decimal(2), Decimal(0), kind)
    assert from_zero == Change(Decimal(2), None, Direction.INCREASE, False, False, "")


def test_change_of_money_has_a_percentage_whatever_its_base() -> None:
    answer = change(Decimal("54.8"), Decimal("52.0"), Kind.MONEY)
    assert answer.absolute == Decimal("2.8")
    assert answer.percent is not None
    assert round_half_up(answer.percent, 2) == Decimal("5.38")
    assert answer.is_low_base is False
    small = change(Decimal(3), Decimal(2), Kind.MONEY)
    assert small.percent == Decimal(50)


@pytest.mark.parametrize("kind", [Kind.COUNT, Kind.MONEY])
def test_change_from_zero_has_no_percentage(kind: Kind) -> None:
    risen, still = change(Decimal(5), Decimal(0), kind), change(Decimal(0), Decimal(0), kind)
    assert risen == Change(Decimal(5), None, Direction.INCREASE, True, False, "")
    assert still == Change(Decimal(0), None, Direction.NO_CHANGE, True, False, "")


def test_change_to_zero_is_minus_a_hundred_per_cent() -> None:
    assert change(Decimal(0), Decimal(80), Kind.COUNT).percent == Decimal(-100)


@pytest.mark.parametrize(
    ("previous", "threshold", "is_low"),
    [(49, 50, True), (50, 50, False), (50, Decimal("50.5"), True), (21, 20, False), (1, 0, False)],
)
def test_change_of_a_count_below_the_threshold_is_low_base(
    previous: int, threshold: Decimal | int, is_low: bool
) -> None:
    answer = change(Decimal(previous + 3), Decimal(previous), Kind.COUNT, threshold)
    assert answer.is_low_base is is_low
    assert (answer.percent is None) is is_low
    assert answer.absolute == Decimal(3)


def test_change_from_a_negative_base_has_no_percentage() -> None:
    answer = change(Decimal("1.0"), Decimal("-2.0"), Kind.MONEY)
    assert (answer.absolute, answer.percent, answer.is_low_base) == (Decimal("3.0"), None, True)


@pytest.mark.parametrize(
    ("current", "previous", "reason"),
    [
        (None, Decimal(1), "not available: there is no current value"),
        (Decimal(1), None, "not available: there is no previous value"),
        (None, None, "not available: there is neither a current nor a previous value"),
    ],
)
def test_change_with_an_unknown_side_is_unknown_and_says_why(
    current: Decimal | None, previous: Decimal | None, reason: str
) -> None:
    assert change(current, previous, Kind.COUNT) == Change(None, None, None, False, False, reason)
    given_reason = "not available: 1 of 12 months missing (June 2020)"
    assert change(current, previous, Kind.COUNT, reason=given_reason).reason == given_reason


def test_change_between_known_values_drops_the_reason() -> None:
    assert change(Decimal(60), Decimal(60), Kind.COUNT, reason="not available: x").reason == ""


@unhurried
@given(figures, figures, st.sampled_from(Kind))
def test_change_with_swapped_periods_flips_the_sign(one: Decimal, two: Decimal, kind: Kind) -> None:
    forth, back = change(one, two, kind), change(two, one, kind)
    assert forth.absolute is not None and back.absolute is not None
    assert forth.absolute == -back.absolute
    assert (forth.direction is Direction.INCREASE) == (one > two) == (back.direction is Direction.DECREASE)
    assert (forth.direction is Direction.NO_CHANGE) == (one == two) == (back.direction is Direction.NO_CHANGE)


@unhurried
@given(counts, counts, factors)
def test_change_of_scaled_counts_keeps_the_percentage(current: Decimal, previous: Decimal, by: Decimal) -> None:
    plain = change(current, previous, Kind.COUNT, 0)
    scaled = change(current * by, previous * by, Kind.COUNT, 0)
    assert scaled.percent == plain.percent
    assert scaled.direction == plain.direction
    assert plain.absolute is not None
    assert scaled.absolute == plain.absolute * by


@unhurried
@given(counts, counts, counts)
def test_change_with_a_constant_added_to_both_sides_keeps_the_difference(
    current: Decimal, previous: Decimal, constant: Decimal
) -> None:
    plain = change(current, previous, Kind.COUNT)
    assert change(current + constant, previous + constant, Kind.COUNT).absolute == plain.absolute


@unhurried
@given(figures, figures, st.sampled_from(Kind), st.integers(0, 100))
def test_change_has_a_percentage_only_where_nothing_forbids_it(
    current: Decimal, previous: Decimal, kind: Kind, threshold: int
) -> None:
    answer = change(current, previous, kind, threshold)
    assert not (answer.from_zero and answer.is_low_base)
    if answer.percent is not None:
        assert kind in (Kind.COUNT, Kind.MONEY)
        assert previous > 0
        assert not answer.from_zero and not answer.is_low_base
        assert (answer.percent > 0) == (current > previous)


def test_take_a_supplied_change_keeps_both_numbers() -> None:
    both = supplied_change(Decimal(-2919), Decimal("-6.2"))
    assert both == Change(Decimal(-2919), Decimal("-6.2"), Direction.DECREASE, False, False, "", is_supplied=True)
    assert supplied_change(Decimal(3), None).direction is Direction.INCREASE
    assert supplied_change(None, Decimal("-24.5")).direction is Direction.DECREASE
    assert supplied_change(None, Decimal(0)).direction is Direction.NO_CHANGE


def test_take_a_supplied_percentage_of_a_known_small_base_keeps_the_number_alone() -> None:
    given = Decimal(-6), Decimal("-15")
    low = supplied_change(*given, Decimal(40), 50)
    assert (low.absolute, low.percent, low.is_low_base) == (Decimal(-6), None, True)
    alone = supplied_change(None, Decimal("-15"), Decimal(40), 50)
    assert (alone.direction, alone.reason) == (
        None, "not available: only a percentage was supplied, of a value below 50"
    )  # fmt: skip
    # At the threshold, of a base that nobody knows, and where nothing changed, the source is taken as it says.
    for base in (Decimal(50), None):
        assert supplied_change(*given, base, 50).percent == Decimal("-15")
    assert supplied_change(None, Decimal(0), Decimal(40), 50).direction is Direction.NO_CHANGE


def test_a_supplied_change_starts_from_the_earlier_value_or_from_the_current_one_less_the_change() -> None:
    assert base_of(Decimal(34), Decimal(41), Decimal(-6)) == Decimal(41)
    assert base_of(Decimal(34), None, Decimal(-6)) == Decimal(40)
    assert base_of(None, None, Decimal(-6)) is None and base_of(Decimal(34), None, None) is None


def test_take_a_supplied_change_with_a_percentage_rounded_to_zero_follows_the_number() -> None:
    assert supplied_change(Decimal(2), Decimal(0)).direction is Direction.INCREASE


@pytest.mark.parametrize(("absolute", "percent"), [("-5", "3"), ("5", "-3"), ("0", "3")])
def test_take_a_supplied_change_that_contradicts_itself_gives_a_reason(absolute: str, percent: str) -> None:
    answer = supplied_change(Decimal(absolute), Decimal(percent))
    assert (answer.absolute, answer.percent, answer.direction) == (None, None, None)
    assert "contradict" in answer.reason


def test_take_a_supplied_change_without_numbers_gives_a_reason() -> None:
    assert supplied_change(None, None).reason == "not available: no change was supplied"


@pytest.mark.parametrize(
    ("places", "values", "expected"),
    [
        (0, "0.5 1.5 2.5 -2.5 -0.5 -0.4 -0 0.4999999 1E+3", "1 2 3 -3 -1 0 0 0 1000"),
        (1, "0.45 -0.45 -0.04 0.449", "0.5 -0.5 0.0 0.4"),
        (2, "2.675 -2.675 1.005 9.995 37", "2.68 -2.68 1.01 10.00 37.00"),
    ],
)
def test_round_half_cases_goes_away_from_zero_and_never_to_minus_zero(places: int, values: str, expected: str) -> None:
    assert [str(round_half_up(Decimal(value), places)) for value in values.split()] == expected.split()


def test_round_to_fewer_than_no_decimals_is_refused() -> None:
    with pytest.raises(ValueError, match="decimals"):
        round_half_up(Decimal(150), -1)


@unhurried
@given(figures, st.integers(0, 6))
def test_round_any_value_stays_within_half_a_step_and_is_symmetric(value: Decimal, places: int) -> None:
    rounded = round_half_up(value, places)
    assert abs(rounded - value) * 2 <= Decimal(1).scaleb(-places)
    assert round_half_up(-value, places) == -rounded
    assert round_half_up(rounded, places) == rounded
    assert not str(rounded).startswith("-") or rounded < 0


def test_give_missing_reason_for_the_real_files_lists_each_month() -> None:
    missing = [date(2019, 10, 1), date(2019, 11, 1), date(2020, 6, 1), date(2020, 8, 1), date(2020, 9, 1)]
    assert missing_reason(missing, 12) == (
        "not available: 5 of 12 months missing (October 2019, November 2019, June 2020, August 2020 and September 2020)"
    )


@pytest.mark.parametrize(
    ("missing", "of", "words"),
    [
        ([date(2020, 6, 1)], 12, "not available: 1 of 12 months missing (June 2020)"),
        ([date(2020, 6, 1)], 1, "not available: 1 of 1 month missing (June 2020)"),
        ([date(2020, 8, 1), date(2020, 6, 1)], 3, "not available: 2 of 3 months missing (June 2020 and August 2020)"),
        ([], 12, ""),
    ],
)
def test_give_missing_reason_for_few_months_reads_as_a_sentence(missing: list[date], of: int, words: str) -> None:
    assert missing_reason(missing, of) == words


def test_give_missing_reason_for_many_months_uses_ranges() -> None:
    assert missing_reason(month_range(date(2017, 10, 1), date(2018, 8, 1)), 12) == (
        "not available: 11 of 12 months missing (October 2017 to August 2018)"
    )
    broken = [*month_range(date(2017, 10, 1), date(2018, 3, 1)), date(2018, 5, 1), date(2018, 8, 1)]
    assert missing_reason(broken, 12) == (
        "not available: 8 of 12 months missing (October 2017 to March 2018, May 2018 and August 2018)"
    )


def test_give_missing_reason_for_six_and_seven_months_changes_its_form() -> None:
    six = month_range(date(2020, 1, 1), date(2020, 6, 1))
    assert "January 2020, February 2020" in missing_reason(six, 12)
    seven = (*six, add_months(six[-1], 1))
    assert "January 2020 to July 2020" in missing_reason(seven, 12)
