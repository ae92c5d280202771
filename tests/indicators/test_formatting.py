"""The formatter. Expected phrases come from the specification and a published appendix, typed by hand."""

import re
from decimal import Decimal, localcontext

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indicators.calculations import Change, change, percentage, round_half_up, supplied_change
from indicators.choices import Direction, Kind, Qualifier, Unit
from indicators.formatting import (
    absolute_text,
    change_text,
    number_text,
    percent_text,
    plain_number,
    share_text,
    value_text,
)

unhurried = settings(deadline=None, database=None)
figures = st.decimals(-(10**9), 10**9, places=4, allow_nan=False, allow_infinity=False)
counts = st.integers(0, 10**7).map(Decimal)
decimals_shown = st.integers(0, 4)
# A zero with a sign before it that nothing follows: "-0", "−0.0%", "+0 s", but neither "+0.5" nor "+<0.1 pp".
SIGNED_ZERO = re.compile(r"[-−+]£?0(\.0+)?(?![0-9.])")


def counted(current: int, previous: int) -> Change:
    return change(Decimal(current), Decimal(previous), Kind.COUNT)


def measured(current: str, previous: str, kind: Kind = Kind.PERCENTAGE) -> Change:
    return change(Decimal(current), Decimal(previous), kind)


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        ("152467", Unit.COUNT, 0, "152,467"),
        ("899", Unit.COUNT, 0, "899"),
        ("0", Unit.COUNT, 0, "0"),
        ("54.8", Unit.MILLION_POUNDS, 1, "£54.8m"),
        ("52", Unit.MILLION_POUNDS, 1, "£52.0m"),
        ("-2.84", Unit.MILLION_POUNDS, 1, "−£2.8m"),
        ("1234.56", Unit.MILLION_POUNDS, 1, "£1,234.6m"),
        ("37.1777", Unit.PERCENT, 1, "37.2%"),
        ("68.03", Unit.PERCENT, 2, "68.03%"),
        ("8.74", Unit.SECONDS, 2, "8.74 s"),
        ("203.58", Unit.SECONDS, 2, "203.58 s"),
        ("477.9", Unit.MINUTES, 1, "477.9 min"),
        ("1044.9", Unit.MINUTES, 1, "1,044.9 min"),
        ("13270", Unit.HOURS, 0, "13,270 hours"),
        ("1", Unit.HOURS, 0, "1 hour"),
        ("0", Unit.HOURS, 0, "0 hours"),
        ("165.4", Unit.DAYS, 1, "165.4 days"),
        ("1", Unit.DAYS, 1, "1.0 days"),
        ("1", Unit.DAYS, 0, "1 day"),
        ("-12", Unit.COUNT, 0, "−12"),
        ("-0.4", Unit.COUNT, 0, "0"),
        ("-0.04", Unit.PERCENT, 1, "0.0%"),
        ("2.675", Unit.SECONDS, 2, "2.68 s"),
        ("0.5", Unit.COUNT, 0, "1"),
        ("999999.5", Unit.COUNT, 0, "1,000,000"),
    ],
)
def test_write_value_in_each_unit_gives_the_house_form(value: str, unit: Unit, decimals: int, text: str) -> None:
    assert value_text(Decimal(value), unit, decimals) == text


@pytest.mark.parametrize(
    ("value", "unit", "qualifier", "text"),
    [
        ("5200", Unit.COUNT, Qualifier.OVER, "over 5,200"),
        ("60", Unit.PERCENT, Qualifier.UP_TO, "up to 60%"),
        ("2", Unit.PERCENT, Qualifier.LESS_THAN, "less than 2%"),
        ("1400", Unit.COUNT, Qualifier.ABOUT, "about 1,400"),
        ("1400", Unit.COUNT, Qualifier.EXACT, "1,400"),
    ],
)
def test_write_value_with_a_qualifier_says_it_first(value: str, unit: Unit, qualifier: Qualifier, text: str) -> None:
    assert value_text(Decimal(value), unit, 0, qualifier) == text


def test_write_missing_value_gives_the_reason_and_never_zero() -> None:
    reason = "not available: 1 of 12 months missing (June 2020)"
    assert value_text(None, Unit.COUNT, 0, reason=reason) == reason
    assert value_text(None, Unit.COUNT, 0) == "not available"
    assert value_text(None, Unit.COUNT, 0, Qualifier.OVER) == "not available"


# As printed in the appendix of the report to 30 September 2020, signs and unit words in the house form. For
# the two cells printed wrong (public order and the 101 answer time) the recomputed text stands here.
@pytest.mark.parametrize(
    ("previous", "current", "previous_text", "text", "current_text"),
    [
        (152467, 130207, "152,467", "Decrease (−15%, −22,260)", "130,207"),
        (17580, 15371, "17,580", "Decrease (−13%, −2,209)", "15,371"),
        (23441, 20927, "23,441", "Decrease (−11%, −2,514)", "20,927"),
        (8623, 6262, "8,623", "Decrease (−27%, −2,361)", "6,262"),
        (1154, 899, "1,154", "Decrease (−22%, −255)", "899"),
        (12649, 9770, "12,649", "Decrease (−23%, −2,879)", "9,770"),
        (52483, 78893, "52,483", "Increase (+50%, +26,410)", "78,893"),
        (1474, 1205, "1,474", "Decrease (−18%, −269)", "1,205"),
        (3219, 2805, "3,219", "Decrease (−13%, −414)", "2,805"),
        (540, 542, "540", "Increase (+<1%, +2)", "542"),
        (101, 127, "101", "Increase (+26%, +26)", "127"),
        (20204, 21352, "20,204", "Increase (+6%, +1,148)", "21,352"),
        (2722, 2538, "2,722", "Decrease (−7%, −184)", "2,538"),
        (10236, 8783, "10,236", "Decrease (−14%, −1,453)", "8,783"),
    ],
)
def test_write_appendix_counts_matches_the_published_cells(
    previous: int, current: int, previous_text: str, text: str, current_text: str
) -> None:
    assert value_text(Decimal(previous), Unit.COUNT, 0) == previous_text
    assert change_text(counted(current, previous), Unit.COUNT, 0, with_word=True) == text
    assert value_text(Decimal(current), Unit.COUNT, 0) == current_text


@pytest.mark.parametrize(
    ("kind", "unit", "decimals", "previous", "current", "previous_text", "text", "current_text"),
    [
        (Kind.MEDIAN, Unit.MINUTES, 1, "10.2", "10.2", "10.2 min", "no change", "10.2 min"),
        (Kind.MEDIAN, Unit.MINUTES, 1, "33.2", "33.9", "33.2 min", "+0.7 min", "33.9 min"),
        (Kind.MEDIAN, Unit.MINUTES, 1, "1044.9", "477.9", "1,044.9 min", "−567.0 min", "477.9 min"),
        (Kind.PERCENTAGE, Unit.PERCENT, 1, "75.4", "81.3", "75.4%", "+5.9 pp", "81.3%"),
        (Kind.MEAN, Unit.SECONDS, 2, "8.74", "7.87", "8.74 s", "−0.87 s", "7.87 s"),
        (Kind.PERCENTAGE, Unit.PERCENT, 1, "38.3", "44.7", "38.3%", "+6.4 pp", "44.7%"),
        (Kind.MEAN, Unit.SECONDS, 2, "203.58", "153.15", "203.58 s", "−50.43 s", "153.15 s"),
    ],
)
def test_write_appendix_response_matches_the_published_cells(
    kind: Kind,
    unit: Unit,
    decimals: int,
    previous: str,
    current: str,
    previous_text: str,
    text: str,
    current_text: str,
) -> None:
    assert value_text(Decimal(previous), unit, decimals) == previous_text
    assert change_text(measured(current, previous, kind), unit, decimals) == text
    assert value_text(Decimal(current), unit, decimals) == current_text


@pytest.mark.parametrize(
    ("spent", "of", "text"), [("54.8", "147.4", "£54.8m (37.2%)"), ("47.7", "147.4", "£47.7m (32.4%)")]
)
def test_write_appendix_budget_matches_the_published_cells(spent: str, of: str, text: str) -> None:
    money, part = Decimal(spent), percentage(Decimal(spent), Decimal(of))
    assert f"{value_text(money, Unit.MILLION_POUNDS, 1)} ({share_text(part, 1)})" == text


@pytest.mark.parametrize(
    ("current", "previous", "plain", "worded"),
    [
        (130207, 152467, "−15% (−22,260)", "Decrease (−15%, −22,260)"),
        (542, 540, "+<1% (+2)", "Increase (+<1%, +2)"),
        (538, 540, "−<1% (−2)", "Decrease (−<1%, −2)"),
        (201, 200, "+1% (+1)", "Increase (+1%, +1)"),  # exactly 0.5 %
        (199, 200, "−1% (−1)", "Decrease (−1%, −1)"),
        (20099, 20000, "+<1% (+99)", "Increase (+<1%, +99)"),  # 0.495 %
        (205, 200, "+3% (+5)", "Increase (+3%, +5)"),  # 2.5 %
        (540, 540, "no change", "no change"),
        (0, 0, "no change", "no change"),
        (7, 7, "no change", "no change"),
        (24, 21, "+3", "Increase (+3)"),
        (21, 24, "−3", "Decrease (−3)"),
        (5, 0, "+5 (n/a, from 0)", "Increase (n/a from 0, +5)"),
        (0, 60, "−100% (−60)", "Decrease (−100%, −60)"),
    ],
)
def test_write_change_of_a_count_in_both_styles(current: int, previous: int, plain: str, worded: str) -> None:
    answer = counted(current, previous)
    assert change_text(answer, Unit.COUNT, 0) == plain
    assert change_text(answer, Unit.COUNT, 0, with_word=True) == worded


@pytest.mark.parametrize(
    ("unit", "decimals", "current", "previous", "plain", "worded"),
    [
        (Unit.PERCENT, 1, "81.3", "75.4", "+5.9 pp", "Increase (+5.9 pp)"),
        (Unit.PERCENT, 1, "75.44", "75.4", "+<0.1 pp", "Increase (+<0.1 pp)"),
        (Unit.PERCENT, 1, "75.35", "75.4", "−0.1 pp", "Decrease (−0.1 pp)"),
        (Unit.PERCENT, 0, "75.1", "75.4", "−<1 pp", "Decrease (−<1 pp)"),
        (Unit.SECONDS, 2, "8.001", "8.00", "+<0.01 s", "Increase (+<0.01 s)"),
        (Unit.DAYS, 1, "166.6", "165.4", "+1.2 days", "Increase (+1.2 days)"),
        (Unit.HOURS, 0, "28", "25", "+3 hours", "Increase (+3 hours)"),
        (Unit.HOURS, 0, "24", "25", "−1 hour", "Decrease (−1 hour)"),
        (Unit.MINUTES, 1, "10.20", "10.2", "no change", "no change"),
    ],
)
def test_write_change_of_a_measure_is_in_its_own_unit(
    unit: Unit, decimals: int, current: str, previous: str, plain: str, worded: str
) -> None:
    answer = measured(current, previous, Kind.MEAN)
    assert change_text(answer, unit, decimals) == plain
    assert change_text(answer, unit, decimals, True) == worded


@pytest.mark.parametrize(
    ("current", "previous", "plain", "worded"),
    [
        ("54.8", "52.0", "+5% (+£2.8m)", "Increase (+5%, +£2.8m)"),
        ("52.0", "54.8", "−5% (−£2.8m)", "Decrease (−5%, −£2.8m)"),
        ("52.01", "52.0", "+<1% (+<£0.1m)", "Increase (+<1%, +<£0.1m)"),
        ("5", "0", "+£5.0m (n/a, from 0)", "Increase (n/a from 0, +£5.0m)"),
        ("1", "-2", "+£3.0m", "Increase (+£3.0m)"),
    ],
)
def test_write_change_of_money_puts_the_sign_before_the_pound(
    current: str, previous: str, plain: str, worded: str
) -> None:
    answer = measured(current, previous, Kind.MONEY)
    assert change_text(answer, Unit.MILLION_POUNDS, 1) == plain
    assert change_text(answer, Unit.MILLION_POUNDS, 1, with_word=True) == worded


@pytest.mark.parametrize(
    ("absolute", "percent", "plain", "worded"),
    [
        (None, "-6.2", "−6.2%", "Decrease (−6.2%)"),
        (None, "-6.200000", "−6.2%", "Decrease (−6.2%)"),
        (None, "20", "+20%", "Increase (+20%)"),
        (None, "2E+1", "+20%", "Increase (+20%)"),
        (None, "0.3", "+0.3%", "Increase (+0.3%)"),
        (None, "0", "no change", "no change"),
        ("-2919", None, "−2,919", "Decrease (−2,919)"),
        ("-2919", "-7", "−7% (−2,919)", "Decrease (−7%, −2,919)"),
        ("2", "0", "+<1% (+2)", "Increase (+<1%, +2)"),
        ("-5", "3", *(("not available: the supplied change and its percentage contradict each other",) * 2)),
    ],
)
def test_write_supplied_change_shows_what_is_known(
    absolute: str | None, percent: str | None, plain: str, worded: str
) -> None:
    answer = supplied_change(Decimal(absolute) if absolute else None, Decimal(percent) if percent else None)
    assert change_text(answer, Unit.COUNT, 0) == plain
    assert change_text(answer, Unit.COUNT, 0, with_word=True) == worded


def test_write_supplied_percentage_takes_percent_decimals_as_the_least() -> None:
    assert change_text(supplied_change(None, Decimal(-6)), Unit.COUNT, 0, percent_decimals=1) == "−6.0%"
    assert change_text(supplied_change(None, Decimal("-6.25")), Unit.COUNT, 0, percent_decimals=1) == "−6.25%"


def test_write_computed_percentage_follows_percent_decimals() -> None:
    answer = counted(9770, 12649)
    assert change_text(answer, Unit.COUNT, 0, percent_decimals=1) == "−22.8% (−2,879)"
    # 2 of 540 is 0.37 %: visible at one decimal, hidden at none.
    assert change_text(counted(542, 540), Unit.COUNT, 0, percent_decimals=1) == "+0.4% (+2)"
    assert percent_text(answer, 1) == "−22.8%"


def test_write_unknown_change_gives_the_reason() -> None:
    unknown = change(None, Decimal(1), Kind.COUNT, reason="not available: 5 of 12 months missing")
    for text in (
        change_text(unknown, Unit.COUNT, 0),
        change_text(unknown, Unit.COUNT, 0, with_word=True),
        percent_text(unknown),
        absolute_text(unknown, Unit.COUNT, 0),
    ):
        assert text == "not available: 5 of 12 months missing"
    silent = Change(None, None, None, False, False, "")
    assert change_text(silent, Unit.COUNT, 0) == percent_text(silent) == "not available"
    assert absolute_text(silent, Unit.COUNT, 0) == "not available"


@pytest.mark.parametrize(
    ("answer", "percent", "absolute"),
    [
        (counted(130207, 152467), "−15%", "−22,260"),
        (counted(542, 540), "+<1%", "+2"),
        (counted(5, 0), "n/a (from 0)", "+5"),
        (counted(0, 0), "no change", "no change"),
        (counted(24, 21), "n/a (low base)", "+3"),
        (counted(540, 540), "no change", "no change"),
        (measured("81.3", "75.4"), "not available", "+6"),
        (supplied_change(None, Decimal("-6.2")), "−6.2%", "not available"),
        (supplied_change(Decimal(-2919), None), "not available", "−2,919"),
    ],
)
def test_write_percentage_and_number_of_a_change_apart(answer: Change, percent: str, absolute: str) -> None:
    assert percent_text(answer) == percent
    assert absolute_text(answer, Unit.COUNT, 0) == absolute


def test_write_share_without_a_value_says_not_available() -> None:
    assert share_text(Decimal("37.1777"), 1) == "37.2%"
    assert share_text(Decimal("73.01"), 0) == "73%"
    assert share_text(None, 1) == "not available"


def test_write_number_without_a_unit_keeps_sign_and_separators() -> None:
    assert number_text(Decimal("-1234567.891"), 2) == "−1,234,567.89"
    assert number_text(Decimal("-0.001"), 2) == "0.00"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("152467", 0, "152467"),
        ("-22260", 0, "-22260"),
        ("-0.4", 0, "0"),
        ("2.675", 2, "2.68"),
        ("1E+3", 0, "1000"),
        ("0.0000001", 6, "0.000000"),
        ("10.2", 1, "10.2"),
    ],
)
def test_write_plain_number_for_machines_has_no_separator(value: str, decimals: int, text: str) -> None:
    assert plain_number(Decimal(value), decimals) == text


def test_write_very_large_number_loses_no_digit_whatever_the_thread_precision() -> None:
    large = Decimal("123456789012345678901234567890123")
    with localcontext() as context:
        context.prec = 5
        assert number_text(large, 0) == "123,456,789,012,345,678,901,234,567,890,123"
        assert plain_number(large.copy_negate(), 0) == "-123456789012345678901234567890123"


@unhurried
@given(figures, decimals_shown)
def test_write_any_number_reads_back_as_the_rounded_value(value: Decimal, decimals: int) -> None:
    rounded = round_half_up(value, decimals)
    printed = number_text(value, decimals)
    assert Decimal(printed.replace(",", "").replace("−", "-")) == rounded
    assert Decimal(plain_number(value, decimals)) == rounded
    assert not SIGNED_ZERO.search(printed)
    assert not SIGNED_ZERO.search(plain_number(value, decimals))


@unhurried
@given(figures, figures, st.sampled_from(Kind), st.sampled_from(Unit), decimals_shown, st.booleans())
def test_write_any_change_never_shows_a_signed_zero_and_always_a_sign(
    current: Decimal, previous: Decimal, kind: Kind, unit: Unit, decimals: int, with_word: bool
) -> None:
    printed = change_text(change(current, previous, kind), unit, decimals, with_word)
    assert not SIGNED_ZERO.search(printed)
    assert "-" not in printed
    if current == previous:
        assert printed == "no change"
    else:
        sign, word = ("+", "Increase") if current > previous else ("−", "Decrease")
        assert sign in printed
        assert ("−" if sign == "+" else "+") not in printed
        assert printed.startswith(word if with_word else sign)


@unhurried
@given(counts, counts)
def test_write_change_with_swapped_periods_flips_sign_and_word(one: Decimal, two: Decimal) -> None:
    assume(one != two)
    flipped = str.maketrans("+−", "−+")
    forth = absolute_text(change(one, two, Kind.COUNT), Unit.COUNT, 0)
    back = absolute_text(change(two, one, Kind.COUNT), Unit.COUNT, 0)
    assert forth.translate(flipped) == back


@unhurried
@given(counts, counts)
def test_write_change_of_counts_shows_less_than_one_exactly_below_half_a_per_cent(
    current: Decimal, previous: Decimal
) -> None:
    answer = change(current, previous, Kind.COUNT)
    assume(answer.percent is not None and answer.direction is not Direction.NO_CHANGE)
    # |change| / previous < 0.5 %, in whole numbers.
    is_small = abs(current - previous) * 200 < previous
    assert ("<1%" in change_text(answer, Unit.COUNT, 0)) is is_small
