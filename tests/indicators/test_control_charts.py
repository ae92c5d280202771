"""Control charts: limits worked out by hand, and each rule of the verdict alone."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.control_charts import Segment, Verdict, limits, reaches, rule_at, verdict
from indicators.periods import add_months

unhurried = settings(deadline=None, database=None)
START = date(2018, 10, 1)
STEADY = [10, 12] * 6
numbers_of_months = st.lists(st.integers(0, 5000), min_size=12, max_size=40)
Series = list[tuple[date, Decimal | None]]


def monthly(numbers: Sequence[int | None]) -> Series:
    return [
        (add_months(START, index), None if number is None else Decimal(number)) for index, number in enumerate(numbers)
    ]


def test_limits_of_twelve_points_are_mean_and_moving_range() -> None:
    # Mean 11; every move is 2; 2.66 × 2 = 5.32.
    assert limits(monthly(STEADY)) == (
        Segment(date(2018, 10, 1), date(2019, 9, 1), Decimal(11), Decimal("5.68"), Decimal("16.32")),
    )


def test_limits_of_eleven_points_are_not_drawn() -> None:
    assert limits(monthly(STEADY[:11])) == (Segment(date(2018, 10, 1), date(2019, 8, 1), None, None, None),)


def test_limits_of_missing_months_do_not_count_them_as_points_or_zero() -> None:
    with_gap = monthly([*STEADY[:6], None, *STEADY[6:]])
    (segment,) = limits(with_gap)
    assert (segment.centre, segment.lower, segment.upper) == (Decimal(11), Decimal("5.68"), Decimal("16.32"))
    assert limits(monthly([None, *STEADY[:11]])) == (Segment(date(2018, 11, 1), date(2019, 9, 1), None, None, None),)
    assert limits(monthly([None, None])) == ()
    assert limits([]) == ()


def test_limits_at_a_series_break_start_again() -> None:
    series = monthly(STEADY + [100, 110] * 6)
    one, two = limits(series, breaks=[date(2019, 10, 1)])
    assert (one.start, one.end, one.centre) == (date(2018, 10, 1), date(2019, 9, 1), Decimal(11))
    # Mean 105; every move is 10; 2.66 × 10 = 26.6.
    assert two == Segment(date(2019, 10, 1), date(2020, 9, 1), Decimal(105), Decimal("78.4"), Decimal("131.6"))


def test_limits_at_a_break_in_mid_month_start_again_with_that_month() -> None:
    _, two = limits(monthly(STEADY * 2), breaks=[date(2019, 10, 15)])
    assert two.start == date(2019, 10, 1)


def test_limits_with_breaks_outside_the_series_ignore_them() -> None:
    series = monthly(STEADY)
    assert limits(series, breaks=[date(2010, 1, 1), date(2030, 1, 1)]) == limits(series)


def test_limits_with_a_short_stretch_after_a_break_have_none_there() -> None:
    _, two = limits(monthly([*STEADY, 50, 51]), breaks=[date(2019, 10, 1)])
    assert two == Segment(date(2019, 10, 1), date(2019, 11, 1), None, None, None)


def test_limits_with_a_floor_do_not_go_below_it() -> None:
    series = monthly([0, 10] * 6)
    (free,) = limits(series)
    (floored,) = limits(series, floor=Decimal(0))
    # Mean 5; every move is 10; 5 − 26.6 is below nothing.
    assert (free.lower, floored.lower) == (Decimal("-21.6"), Decimal(0))
    assert free.upper == floored.upper == Decimal("31.6")


def test_limits_with_a_ceiling_do_not_go_above_it_and_keep_their_distances() -> None:
    series = monthly([90, 100] * 6)
    (free,), (bounded,) = limits(series), limits(series, ceiling=Decimal(100))
    # Mean 95; every move is 10; 95 + 26.6 is more than there is.
    assert (free.upper, bounded.upper) == (Decimal("121.6"), Decimal(100))
    assert free.lower == bounded.lower == Decimal("68.4")
    # 90 lies 5 of 26.6 away, whether the limits are bounded or not.
    assert reaches(Decimal(90), free) == reaches(Decimal(90), bounded) == reaches(Decimal(100), bounded)
    assert round(reaches(Decimal(90), bounded), 4) == Decimal("0.1880")


def test_limits_of_a_month_given_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        limits([(START, Decimal(1)), (date(2018, 10, 31), Decimal(2))])


def test_limits_of_floats_are_refused() -> None:
    with pytest.raises(TypeError):
        limits([(START, 1.5)])  # type: ignore[list-item]


def test_judge_an_ordinary_point_sees_no_significant_change() -> None:
    assert verdict(monthly(STEADY)) == Verdict("no significant change", "")


def test_judge_a_steady_series_sees_no_significant_change() -> None:
    assert verdict(monthly([7] * 24)) == Verdict("no significant change", "")


@pytest.mark.parametrize("series", [[], STEADY[:11], [*[None] * 20, 1]])
def test_judge_too_few_points_says_so(series: list[int | None]) -> None:
    assert verdict(monthly(series)).words == "not enough points"


def test_judge_a_missing_last_month_does_not_judge_the_month_before() -> None:
    answer = verdict(monthly([*STEADY, 40, None]))
    assert answer == Verdict("no value to judge", "")


def test_judge_a_month_in_the_middle_looks_at_no_later_point() -> None:
    # 24 points of which the sixth is 60: mean 13, moves (21 × 2 + 2 × 50) / 23 = 6.17, upper limit 29.4.
    numbers = [*STEADY, *STEADY]
    numbers[5] = 60
    assert verdict(monthly(numbers), at=date(2019, 3, 1)) == Verdict(
        "exceptional rise", "the last point is above the upper limit"
    )
    assert verdict(monthly(numbers), at=date(2019, 4, 30)) == Verdict("no significant change", "")
    # What the newest point says is another thing: none of the last eight reaches 13.
    assert verdict(monthly(numbers)) == Verdict("exceptional fall", "the last 8 points are below the centre")


def test_judge_the_seventh_month_of_a_series_has_no_eight_points_yet() -> None:
    # Mean of 13 × 8 and of ten months by turns 10 and 12 is 11.9…: every 13 lies above it, and near no limit.
    series = monthly([13] * 8 + [10, 12] * 5)
    assert verdict(series, at=date(2019, 4, 1)) == Verdict("no significant change", "")
    eight = Verdict("exceptional rise", "the last 8 points are above the centre")
    assert verdict(series, at=date(2019, 5, 1)) == eight
    assert rule_at(eight.rule, "May 2019") == "the 8 points to May 2019 are above the centre"


def test_judge_a_month_before_a_break_by_the_limits_of_its_own_stretch() -> None:
    series = monthly(STEADY + [100, 110] * 6)
    # Without the break 12 would lie under the centre of all with eleven others.
    assert verdict(series, at=date(2019, 9, 1)).words == "exceptional fall"
    assert verdict(series, [date(2019, 10, 1)], at=date(2019, 9, 1)) == Verdict("no significant change", "")


@pytest.mark.parametrize("at", [date(2018, 12, 1), date(2030, 1, 1)])
def test_judge_a_month_without_a_value_says_so(at: date) -> None:
    answer = verdict(monthly([*STEADY[:2], None, *STEADY]), at=at)
    assert answer == Verdict("no value to judge", "")


@unhurried
@given(numbers_of_months)
def test_judge_the_last_month_by_name_says_what_is_said_of_the_last(numbers: list[int]) -> None:
    series = monthly(numbers)
    assert verdict(series, at=series[-1][0]) == verdict(series)


def test_judge_after_a_break_counts_only_the_points_since() -> None:
    answer = verdict(monthly([*STEADY, 40]), breaks=[date(2019, 10, 1)])
    assert answer.words == "not enough points"


# Each series after twelve points that go up and down; only the named rule holds for it.
RULES = [
    # Mean 13.23, mean move 4.17, upper limit 24.3.
    ([*STEADY, 40], "the last point is above the upper limit", "the last point is below the lower limit"),
    # Mean 12.6, mean move 2, upper limit 17.92: the last eight are above the mean and inside.
    (
        [*STEADY, 14, 16, 14, 16, 14, 16, 14, 16],
        "the last 8 points are above the centre",
        "the last 8 points are below the centre",
    ),
    # Mean 9.79, so that three of the six rising points are below it.
    ([0, 20, 0, 20, 0, 20, 0, 20, 7, 8, 9, 10, 11, 12], "the last 6 points rise", "the last 6 points fall"),
    # Mean 10.87, limits 7.03 away, their inner line 4.69 away: 16 is near, not outside.
    (
        [9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 16, 11, 16],
        "2 of the last 3 points are near the upper limit",
        "2 of the last 3 points are near the lower limit",
    ),
]


@pytest.mark.parametrize(("numbers", "rise", "fall"), RULES)
def test_judge_each_rule_sees_the_rise_and_its_mirror_the_fall(numbers: list[int], rise: str, fall: str) -> None:
    assert verdict(monthly(numbers)) == Verdict("exceptional rise", rise)
    assert verdict(monthly([100 - number for number in numbers])) == Verdict("exceptional fall", fall)


@pytest.mark.parametrize(
    "numbers",
    [
        [*STEADY, 14, 16, 14, 16, 14, 16, 14],  # seven on one side
        [0, 20, 0, 20, 0, 20, 0, 20, 8, 8, 9, 10, 11, 12],  # five rising, after a standstill
        [9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 16, 16, 11],  # two near a limit, but not the last
        [9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 11, 11, 15],  # one near a limit
        [*STEADY, 40, 12],  # the point before the last was outside
    ],
)
def test_judge_one_step_short_of_a_rule_sees_no_significant_change(numbers: list[int]) -> None:
    assert verdict(monthly(numbers)) == Verdict("no significant change", "")


def test_judge_rules_against_each_other_takes_the_weightier() -> None:
    # Eight points under the centre, the last six of them rising: the side weighs more than the trend.
    numbers = [20, 22] * 6 + [9, 9, 8, 9, 10, 11, 12, 13]
    assert verdict(monthly(numbers)) == Verdict("exceptional fall", "the last 8 points are below the centre")


@unhurried
@given(numbers_of_months, st.randoms(use_true_random=False))
def test_limits_and_verdict_of_shuffled_points_stay_the_same(numbers: list[int], random: Random) -> None:
    series = monthly(numbers)
    shuffled = list(series)
    random.shuffle(shuffled)
    assert limits(shuffled) == limits(series)
    assert verdict(shuffled) == verdict(series)


@unhurried
@given(numbers_of_months, st.integers(0, 10**6))
def test_verdict_of_a_series_moved_up_stays_the_same(numbers: list[int], constant: int) -> None:
    moved = verdict(monthly([number + constant for number in numbers]))
    assert moved.words == verdict(monthly(numbers)).words


@unhurried
@given(numbers_of_months)
def test_verdict_of_a_series_upside_down_is_never_the_same_signal(numbers: list[int]) -> None:
    words = verdict(monthly(numbers)).words
    upside_down = verdict(monthly([-number for number in numbers])).words
    opposite = {"exceptional rise": "exceptional fall", "exceptional fall": "exceptional rise"}
    assert upside_down == opposite.get(words, words)


@unhurried
@given(numbers_of_months)
def test_limits_of_any_series_hold_the_mean_between_them(numbers: list[int]) -> None:
    (segment,) = limits(monthly(numbers))
    assert segment.centre is not None and segment.lower is not None and segment.upper is not None
    assert segment.lower <= segment.centre <= segment.upper
    assert min(numbers) <= segment.centre <= max(numbers)
