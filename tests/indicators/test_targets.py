"""What targets ask and whether figures meet them: hand-made cases, and properties against fractions."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.calculations import supplied_change
from indicators.choices import Direction, Qualifier, Status, Unit, Window
from indicators.periods import ComparedWith, Period, period_ending
from indicators.targets.asked import TargetRule, converted, faults, in_force
from indicators.targets.judging import judge
from indicators.targets.vocabulary import TargetKind, TargetOperator, TargetResult

END = date(2020, 9, 30)
YEAR, QUARTER, MONTH = (period_ending(window, END) for window in (Window.ROLLING_12, Window.QUARTER, Window.MONTH))
MET, NOT_MET, NOT_ASSESSABLE = TargetResult
# Typed here and not taken from the module: how many seconds a unit of time has.
IN_SECONDS = {"seconds": 1, "minutes": 60, "hours": 60 * 60, "days": 24 * 60 * 60}


@dataclass(frozen=True)
class Value:
    """A stored value."""

    amount: Decimal | None
    period: Period = YEAR
    status: Status = Status.FINAL
    qualifier: Qualifier = Qualifier.EXACT
    caution: str = ""
    reason: str = ""


def level(operator: str, value: str, unit: str = "percent", **more) -> TargetRule:
    asked = TargetOperator(operator) if operator else None
    return TargetRule(TargetKind.LEVEL, operator=asked, value=Decimal(value), unit=Unit(unit), **more)


def falling(compared_with: str, wanted: Direction = Direction.DECREASE, **more) -> TargetRule:
    return TargetRule(TargetKind.CHANGE, wanted=wanted, compared_with=ComparedWith(compared_with), **more)


def said(rule, amount, unit="percent", decimals=1, period=YEAR, **more) -> tuple[TargetResult, str]:
    value = Value(None if amount is None else Decimal(amount), period, **more)
    judged = judge(rule, Unit(unit), decimals, period, value)
    return judged.result, judged.reason


@pytest.mark.parametrize(
    ("rule", "amount", "unit", "expected"),
    [
        # The published quarter: Grade 1 to 3, time to arrive in minutes.
        (level("<", "15", "minutes"), "10.2", "minutes", (MET, "10.2 min is below 15 min")),
        (level("<", "1", "hours"), "33.9", "minutes", (MET, "33.9 min is below 1 hour (60 min)")),
        (level("<", "48", "hours"), "477.9", "minutes", (MET, "477.9 min is below 48 hours (2880 min)")),
        (level(">=", "60"), "71.4", "percent", (MET, "71.4% is at least 60%")),
        (level("<=", "10"), "56.4", "percent", (NOT_MET, "56.4% is above 10%")),
        (level("<=", "10"), "20.0", "percent", (NOT_MET, "20.0% is above 10%")),
    ],
)
def test_judge_targets_of_the_published_report(rule, amount, unit, expected):
    reason = expected[1].replace("2880", "2,880")
    assert said(rule, amount, unit) == (expected[0], reason)


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [("<", MET, NOT_MET, NOT_MET), ("<=", MET, MET, NOT_MET), (">", NOT_MET, NOT_MET, MET), (">=", NOT_MET, MET, MET)],
)
def test_judge_at_the_boundary_as_the_operator_says(operator, below, at, above):
    found = [said(level(operator, "15", "minutes"), amount, "minutes")[0] for amount in ("14.9", "15", "15.1")]
    assert found == [below, at, above]
    in_hours = [said(level(operator, "0.25", "hours"), amount, "minutes")[0] for amount in ("14.9", "15", "15.1")]
    assert in_hours == found


def test_say_that_a_result_holds_before_rounding():
    assert said(level("<", "15", "minutes"), "14.96", "minutes") == (MET, "15.0 min is below 15 min before rounding")
    assert said(level("<=", "15", "minutes"), "15.04", "minutes") == (
        NOT_MET,
        "15.0 min is above 15 min before rounding",
    )
    assert said(level("<=", "15", "minutes"), "14.96", "minutes") == (MET, "15.0 min is at most 15 min")


def test_level_without_direction_is_not_assessable_and_says_what_is_missing():
    result, reason = said(level("", "50"), "40.0")
    assert result is NOT_ASSESSABLE
    assert "direction is missing" in reason and "40.0%" in reason and "50%" in reason


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (TargetRule(TargetKind.WORDS, printed="< 10 secs"), "no rule can be computed"),
        (TargetRule(TargetKind.WORDS), "no target is stated"),
        (level("<", "10", "seconds"), "the target is in seconds and the measure in per cent"),
        (level("<", "10", window=Window.QUARTER), "the target is for the period “Quarter”"),
        (level("<", "10", starts_on=date(2020, 10, 1)), "the target holds from 1 October 2020"),
        (level("<", "10", ends_on=date(2020, 6, 30)), "the target holds until 30 June 2020"),
        (falling("previous-month"), "compares each month with the one before"),
        (falling("previous-equivalent"), "there is no value of the same period of the year before"),
    ],
)
def test_what_cannot_be_compared_is_not_assessable_with_its_reason(rule, words):
    result, reason = said(rule, "50.0")
    assert result is NOT_ASSESSABLE
    assert words in reason


@pytest.mark.parametrize(
    ("qualifier", "amount", "operator", "expected"),
    [
        # "over 100" may be any number above it, "up to 100" any up to it, "less than 100" any below it.
        ("over", "100", ">", MET), ("over", "100", ">=", MET), ("over", "99", ">=", NOT_ASSESSABLE),
        ("over", "100", "<=", NOT_MET), ("over", "100", "<", NOT_MET), ("over", "99", "<", NOT_ASSESSABLE),
        ("up-to", "100", "<=", MET), ("up-to", "100", "<", NOT_ASSESSABLE), ("up-to", "99", "<", MET),
        ("up-to", "100", ">", NOT_MET), ("up-to", "100", ">=", NOT_ASSESSABLE), ("up-to", "101", ">", NOT_ASSESSABLE),
        ("less-than", "100", "<", MET), ("less-than", "100", ">=", NOT_MET), ("less-than", "101", "<", NOT_ASSESSABLE),
        ("about", "1", "<", NOT_ASSESSABLE), ("about", "100", ">=", NOT_ASSESSABLE),
    ],
)  # fmt: skip
def test_judge_a_bound_only_where_all_it_allows_agrees(qualifier, amount, operator, expected):
    rule = level(operator, "100", "count")
    assert said(rule, amount, "count", 0, qualifier=Qualifier(qualifier))[0] is expected


def test_mark_results_of_provisional_and_incomplete_values():
    rule = level("<", "15", "minutes")
    assert said(rule, "10", "minutes", status=Status.PROVISIONAL)[1] == "10.0 min is below 15 min (provisional)"
    assert said(rule, "10", "minutes", caution="incomplete: May")[1] == "10.0 min is below 15 min (incomplete: May)"
    assert said(rule, "10", "minutes", status=Status.CARRIED_FORWARD)[0] is NOT_ASSESSABLE


def days(amount: str, period: Period = QUARTER) -> Value:
    return Value(Decimal(amount), period)


def test_judge_a_month_on_month_reduction():
    august = Period(Window.MONTH, date(2020, 8, 1), date(2020, 8, 31))
    rule = falling("previous-month")
    assert rule.before(MONTH) == august
    found = judge(rule, Unit.DAYS, 1, MONTH, days("20", MONTH), days("22.5", august))
    assert (found.result, found.reason) == (MET, "20.0 days is less than 22.5 days (August 2020)")
    found = judge(rule, Unit.DAYS, 1, MONTH, days("22.5", MONTH), days("22.5", august))
    assert (found.result, found.reason) == (NOT_MET, "22.5 days is the same as 22.5 days (August 2020)")


def test_judge_a_change_that_only_the_source_states():
    change = supplied_change(Decimal(-2919), None)
    found = judge(falling("previous-equivalent"), Unit.COUNT, 0, QUARTER, None, None, change)
    assert (found.result, found.reason) == (MET, "the change, as supplied, is −2,919")
    rising = falling("previous-equivalent", Direction.INCREASE)
    assert judge(rising, Unit.COUNT, 0, QUARTER, None, None, change).result is NOT_MET
    assert judge(falling("previous-quarter"), Unit.COUNT, 0, QUARTER, None, None, change).result is NOT_ASSESSABLE


def test_quarter_before_and_month_before_cross_the_year():
    march = period_ending(Window.QUARTER, date(2020, 3, 31))
    assert falling("previous-quarter").before(march).end == date(2019, 12, 31)
    january = period_ending(Window.MONTH, date(2021, 1, 31))
    assert falling("previous-month").before(january).end == date(2020, 12, 31)
    march = period_ending(Window.MONTH, date(2020, 3, 31))
    assert falling("previous-month").before(march).end == date(2020, 2, 29)
    assert falling("previous-month").before(QUARTER) is None


STEPS = (
    level("<=", "15", printed="15%", ends_on=date(2020, 6, 30)),
    level("<=", "10", printed="10% from Q2", starts_on=date(2020, 7, 1), ends_on=END),
    level("<=", "5", printed="5% from Q3", starts_on=date(2020, 10, 1)),
)


@pytest.mark.parametrize(
    ("end", "printed"),
    [
        (date(2019, 3, 31), "15%"), (date(2020, 6, 30), "15%"), (date(2020, 7, 1), "10% from Q2"), (END, "10% from Q2"),
        (date(2020, 10, 1), "5% from Q3"), (date(2030, 1, 1), "5% from Q3"),
    ],
)  # fmt: skip
def test_the_step_that_holds_on_the_last_day_is_in_force(end, printed):
    assert in_force(STEPS, "", Period(Window.QUARTER, None, end)).printed == printed


def test_a_target_for_its_own_period_comes_before_one_for_every_period():
    every, own = level("<", "10"), level("<", "5", window=Window.MONTH)
    assert in_force([every, own], "", MONTH) is own
    assert in_force([every, own], "", QUARTER) is every
    assert in_force([own], "", QUARTER) is None
    assert in_force([every], "burglary", MONTH) is None


def words_of(rule, unit="percent", adds_up=False, others=()) -> dict[str, str]:
    return dict(faults(rule, Unit(unit), adds_up, list(others)))


def test_name_what_is_wrong_with_a_target_at_its_field():
    assert words_of(STEPS[1], others=(STEPS[0], STEPS[2])) == {}
    assert "last day is before" in words_of(level("<", "1", starts_on=END, ends_on=date(2020, 9, 29)))["ends_on"]
    assert "10% from Q2" in words_of(level("<", "1", starts_on=END), others=STEPS)["starts_on"]
    assert words_of(level("<", "1", starts_on=END, window=Window.MONTH), others=STEPS) == {}
    assert words_of(level("<", "1", starts_on=END, part="burglary"), others=STEPS) == {}
    assert set(words_of(TargetRule(TargetKind.LEVEL), "count", True)) == {"value", "window"}
    assert "per cent" in words_of(level("<", "10", "seconds"))["unit"]
    assert words_of(level("<", "1", "hours"), "minutes") == {}
    assert set(words_of(TargetRule(TargetKind.CHANGE))) == {"wanted", "compared_with"}
    assert "Month" in words_of(falling("previous-month", window=Window.QUARTER))["window"]
    assert words_of(TargetRule(TargetKind.WORDS, printed="As agreed")) == {}


def test_convert_times_exactly_or_not_at_all():
    assert converted(Decimal(1), Unit.HOURS, Unit.MINUTES) == 60
    assert converted(Decimal("0.5"), Unit.DAYS, Unit.HOURS) == 12
    assert converted(Decimal(90), Unit.SECONDS, Unit.MINUTES) == Decimal("1.5")
    assert converted(Decimal(10), Unit.SECONDS, Unit.MINUTES) is None  # 0.1666…
    assert converted(Decimal(10), Unit.SECONDS, Unit.PERCENT) is None


AMOUNTS = st.decimals(min_value=0, max_value=10_000, places=3)
TIMES = st.sampled_from(sorted(IN_SECONDS))
OPERATORS = st.sampled_from(["<", "<=", ">", ">="])
TRIED = {"<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}


@given(AMOUNTS, AMOUNTS, TIMES, TIMES, OPERATORS)
def test_a_level_is_met_exactly_when_fractions_say_so(ours, theirs, unit, other, operator):
    seconds = [Fraction(one) * IN_SECONDS[in_unit] for one, in_unit in ((ours, unit), (theirs, other))]
    expected = getattr(seconds[0], TRIED[operator])(seconds[1])
    result, reason = said(level(operator, str(theirs), other), str(ours), unit, 2)
    assert result is (MET if expected else NOT_MET)
    assert reason


@given(AMOUNTS, TIMES, TIMES)
def test_a_converted_time_is_the_same_time(amount, unit, other):
    there = converted(amount, Unit(unit), Unit(other))
    exact = Fraction(amount) * IN_SECONDS[unit] / IN_SECONDS[other]
    assert there is None or Fraction(there) == exact
    # It is left out only where the decimals have no end: with a 3 in the reduced denominator.
    assert (there is None) == (exact.denominator % 3 == 0)


RULES = st.one_of(
    st.builds(lambda operator, value: level(operator, str(value)), OPERATORS | st.just(""), AMOUNTS),
    st.builds(falling, st.sampled_from([one.value for one in ComparedWith]), st.sampled_from(list(Direction)[:2])),
    st.just(TargetRule(TargetKind.WORDS, printed="words")),
)


@given(RULES, st.sampled_from([YEAR, QUARTER, MONTH]), st.sampled_from([Status.NOT_AVAILABLE, Status.SUPPRESSED]))
def test_a_value_that_is_not_available_is_never_met_nor_missed(rule, period, status):
    nothing = Value(None, period, status, reason="not available: 5 of 12 months missing")
    for current in (nothing, None):
        for before in (None, nothing, Value(Decimal(3), period)):
            judged = judge(rule, Unit.PERCENT, 1, period, current, before)
            assert judged.result is NOT_ASSESSABLE and judged.reason


@given(AMOUNTS, AMOUNTS, st.integers(1, 1000), st.sampled_from([Direction.INCREASE, Direction.DECREASE]))
def test_a_change_is_judged_the_same_at_any_scale_and_the_other_way_round(ours, theirs, factor, wanted):
    other = Direction.DECREASE if wanted is Direction.INCREASE else Direction.INCREASE

    def result(now, then, direction, scale=1):
        values = [Value(Decimal(one) * scale, QUARTER) for one in (now, then)]
        return judge(falling("previous-equivalent", direction), Unit.COUNT, 0, QUARTER, *values).result

    assert result(ours, theirs, wanted) is result(ours, theirs, wanted, factor)
    assert result(ours, theirs, wanted) is result(theirs, ours, other)
    if ours == theirs:
        assert result(ours, theirs, wanted) is NOT_MET


DAYS = st.dates(date(2018, 1, 1), date(2022, 12, 31))


@given(st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS), min_size=1, max_size=5), DAYS)
def test_of_steps_without_fault_at_most_one_holds_on_any_day(spans, day):
    kept: list[TargetRule] = []
    for starts_on, ends_on in spans:
        rule = level("<", "1", starts_on=starts_on, ends_on=ends_on)
        if not faults(rule, Unit.PERCENT, False, kept):
            kept.append(rule)
    held = [rule for rule in kept if rule.holds_on(day)]
    assert len(held) <= 1
    assert in_force(kept, "", Period(Window.SNAPSHOT, None, day)) is (held[0] if held else None)
    # Whatever was refused really shares a day with one that was kept, or stands in the wrong order.
    for starts_on, ends_on in spans:
        first, last = starts_on or date.min, ends_on or date.max
        is_kept = any((one.starts_on, one.ends_on) == (starts_on, ends_on) for one in kept)
        shares = any((one.starts_on or date.min) <= last and first <= (one.ends_on or date.max) for one in kept)
        assert is_kept or last < first or shares
