"""Formulas of composite indicators: what they give, checked by fractions, and what makes no sense."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.calculations import change, round_half_up, storable
from indicators.choices import Basis, Kind, Qualifier, Status, Unit
from indicators.composites import (
    Circular,
    Formula,
    Ingredient,
    Reading,
    Term,
    faults,
    joint_basis,
    joint_qualifier,
    joint_status,
    ordered,
    words,
    work_out,
)
from indicators.kinds import PopulationKind, may_aggregate, usual_aggregation

numbers = st.integers(0, 10**9).map(lambda hundredths: Decimal(hundredths).scaleb(-2))
above_zero = st.integers(1, 10**9).map(lambda hundredths: Decimal(hundredths).scaleb(-2))
HOURS, TRAINING, SPECIALS = Term("hours"), Term("training"), Term("specials", is_as_at=True)
PER_HEAD = Formula((HOURS, TRAINING), (SPECIALS,), is_per_month=True)


def reader(**amounts: str | Decimal) -> Callable[[Term], Reading]:
    """Return a way to read terms by the key of their indicator, or by key and part."""

    def read(term: Term) -> Reading:
        name = f"{term.indicator}_{term.part}" if term.part else term.indicator
        return Reading(Decimal(amounts[name])) if name in amounts else Reading(None, f"no value of {name}")

    return read


def test_an_average_per_head_and_month_is_that_of_the_report():
    outcome = work_out(PER_HEAD, reader(hours="13270", training="763", specials="190"), 3)
    assert (outcome.numerator, outcome.denominator) == (14033, 190)
    assert outcome.value is not None and round_half_up(outcome.value, 1) == Decimal("24.6")
    assert Fraction(14033, 570) - Fraction(outcome.value) < Fraction(1, 10**50)


def test_a_proportion_leaves_its_exclusion_out_of_the_denominator():
    formula = Formula((Term("spend", "visible"),), (Term("spend"), Term("spend", "other", True)), Decimal(100))
    outcome = work_out(formula, reader(spend="155.4", spend_visible="54.8", spend_other="8.0"), 0)
    assert (outcome.numerator, outcome.denominator) == (Decimal("54.8"), Decimal("147.4"))
    assert outcome.value is not None and round_half_up(outcome.value, 1) == Decimal("37.2")


RATE = Formula((Term("robbery"),), (), Decimal(1000), PopulationKind.RESIDENTS)


def test_a_rate_of_a_quarter_is_not_annualised_unless_the_formula_says_so():
    # 30 robberies among 12,000 people: 2.5 per 1,000 in the quarter, 10 in a year at that pace
    plain = work_out(RATE, reader(robbery="30"), 3, Reading(Decimal(12_000)))
    yearly = work_out(replace(RATE, is_annualised=True), reader(robbery="30"), 3, Reading(Decimal(12_000)))
    assert (plain.value, plain.denominator, yearly.value) == (Decimal("2.5"), 12_000, 10)


def test_a_difference_may_be_negative_and_has_no_denominator():
    outcome = work_out(Formula((Term("a"), Term("b", is_subtracted=True))), reader(a="3", b="5.5"), 1)
    assert (outcome.value, outcome.numerator, outcome.denominator) == (Decimal("-2.5"), None, None)


def test_nothing_follows_from_a_missing_input_and_the_reason_names_every_one():
    outcome = work_out(PER_HEAD, reader(training="763"), 3)
    assert outcome.value is None and outcome.reason == "no value of hours; no value of specials"
    assert work_out(RATE, reader(robbery="30"), 3).reason == "no number of residents"
    assert work_out(RATE, reader(robbery="30"), 3, Reading(None, "no estimate")).reason == "no estimate"
    assert "months" in work_out(PER_HEAD, reader(hours="1", training="1", specials="1"), 0).reason


def test_a_denominator_of_zero_gives_no_value():
    assert work_out(PER_HEAD, reader(hours="1", training="0", specials="0"), 3).reason == "the denominator is 0"


RATIO = Formula((Term("a"), Term("b")), (Term("c"), Term("d")), Decimal(100))


@given(numbers, numbers, above_zero, numbers, st.integers(1, 9))
def test_scaling_every_input_leaves_a_quotient_and_scales_a_sum(a, b, c, d, factor):
    plain = work_out(RATIO, reader(a=a, b=b, c=c, d=d), 1)
    scaled = work_out(RATIO, reader(a=a * factor, b=b * factor, c=c * factor, d=d * factor), 1)
    assert storable(plain.value) == storable(scaled.value)
    both = Formula((Term("a"), Term("b")))
    assert work_out(both, reader(a=a * factor, b=b * factor), 1).value == (a + b) * factor


@given(numbers, numbers, above_zero, numbers)
def test_a_quotient_is_that_of_fractions_and_its_terms_may_be_permuted(a, b, c, d):
    found = work_out(RATIO, reader(a=a, b=b, c=c, d=d), 1).value
    expected = (Fraction(a) + Fraction(b)) / (Fraction(c) + Fraction(d)) * 100
    assert abs(Fraction(found) - expected) <= abs(expected) / 10**58
    permuted = replace(RATIO, numerator=RATIO.numerator[::-1], denominator=RATIO.denominator[::-1])
    assert work_out(permuted, reader(a=a, b=b, c=c, d=d), 1).value == found


@given(numbers, numbers, numbers, numbers)
def test_swapping_the_periods_of_a_difference_flips_its_change(a, b, a2, b2):
    gap = Formula((Term("a"), Term("b", is_subtracted=True)))
    one, other = work_out(gap, reader(a=a, b=b), 1).value, work_out(gap, reader(a=a2, b=b2), 1).value
    there, back = (change(*pair, Kind.PERCENTAGE).absolute for pair in ((one, other), (other, one)))
    assert there == -back


@given(st.fractions(min_value=0, max_value=1000, max_denominator=9999), st.integers(0, 6))
def test_a_stored_quotient_rounds_as_the_whole_one_would(quotient, places):
    with_all_digits = work_out(
        Formula((Term("a"),), (Term("b"),)), reader(a=Decimal(quotient.numerator), b=Decimal(quotient.denominator)), 1
    ).value
    # half away from zero, said once more in whole numbers
    expected = Decimal((2 * quotient * 10**places + 1) // 2).scaleb(-places)
    assert round_half_up(storable(with_all_digits), places) == expected


def test_composites_stand_after_what_they_need_and_a_circle_is_named():
    formulas = {"a": Formula((Term("b"), Term("c"))), "b": Formula((Term("c"),)), "d": Formula((Term("a"),))}
    assert ordered(formulas) == ["b", "a", "d"]
    with pytest.raises(Circular, match="a → b → c → a"):
        ordered({**formulas, "c": Formula((Term("a"),))})


KNOWN = {
    "hours": Ingredient("Hours", Kind.COUNT, Unit.HOURS),
    "training": Ingredient("Training", Kind.COUNT, Unit.HOURS),
    "specials": Ingredient("Specials", Kind.COUNT, Unit.COUNT),
    "robbery": Ingredient("Robbery", Kind.COUNT, Unit.COUNT, "age", frozenset({"young"})),
    "waiting": Ingredient("Waiting", Kind.MEDIAN, Unit.MINUTES),
    "answering": Ingredient("Answering", Kind.MEDIAN, Unit.MINUTES),
    "driving": Ingredient("Driving", Kind.MEDIAN, Unit.MINUTES),
    "per_head": Ingredient("Per head", Kind.PER_HEAD, Unit.HOURS),
    "rate": Ingredient("Rate", Kind.RATE, Unit.PER_1000),
    "part_rate": Ingredient("Part rate", Kind.RATE, Unit.PER_1000, "age", frozenset({"young"})),
    "share": Ingredient("Share", Kind.PROPORTION, Unit.PERCENT),
    "gap": Ingredient("Gap", Kind.MEDIAN, Unit.MINUTES),
    "counted": Ingredient("Counted", Kind.COUNT, Unit.COUNT, is_counted=True),
    "added": Ingredient("Added", Kind.COUNT, Unit.COUNT, is_aggregated=True),
}
TIMES = (Term("waiting"), Term("answering"))
SOUND = {
    "per_head": PER_HEAD,
    "rate": RATE,
    "part_rate": RATE,
    "share": Formula((Term("specials"),), (Term("robbery"),), Decimal(100)),
    "gap": Formula((TIMES[0], replace(TIMES[1], is_subtracted=True))),
}
WRONG = [
    ("per_head", Formula((HOURS,), (Term("nothing"),)), "no indicator “nothing”"),
    ("per_head", Formula(()), "nothing above the line"),
    ("per_head", Formula((SPECIALS,)), "for the period itself"),
    ("per_head", Formula((HOURS, HOURS)), "stands twice"),
    ("per_head", replace(PER_HEAD, multiplier=Decimal(0)), "greater than 0"),
    ("rate", replace(RATE, is_per_month=True, is_annualised=True), "for a month or for a year"),
    ("per_head", Formula((HOURS,), is_annualised=True), "can be shown for a year"),
    ("share", Formula((Term("specials", "old"),), (Term("robbery"),), Decimal(100)), "not a part of Specials"),
    ("part_rate", replace(RATE, numerator=(Term("specials"),)), "does not have the breakdown"),
    ("per_head", Formula((HOURS, Term("robbery"))), "Different units"),
    ("gap", Formula(TIMES), "does not add up"),
    ("gap", Formula((*TIMES, Term("driving", is_subtracted=True))), "does not add up"),
    ("gap", Formula((HOURS,)), "another unit"),
    ("share", Formula((Term("specials"),), (Term("robbery"),)), "times 100"),
    ("share", Formula((HOURS,), (Term("robbery"),), Decimal(100)), "times 100"),
    ("rate", replace(RATE, multiplier=Decimal(100)), "times 1,000"),
    ("rate", Formula((Term("robbery"),), (), Decimal(1000)), "over a population"),
    ("per_head", Formula((HOURS,), (Term("per_head"),)), "in a circle: per_head → per_head"),
    ("counted", Formula((Term("robbery"),)), "counts cases"),
    ("added", Formula((Term("robbery"),)), "as supplied only"),
]


@pytest.mark.parametrize("key", SOUND)
def test_a_sound_formula_has_no_fault(key):
    assert faults(key, SOUND[key], KNOWN, SOUND) == []


@pytest.mark.parametrize(("key", "formula", "said"), WRONG, ids=[said for *_, said in WRONG])
def test_a_formula_that_makes_no_sense_is_refused_in_words(key, formula, said):
    assert any(said in fault for fault in faults(key, formula, KNOWN, {}))


def test_a_formula_reads_as_a_sentence_of_the_sheet():
    def name_of(term: Term) -> str:
        return KNOWN[term.indicator].name

    assert (
        words(PER_HEAD, name_of) == "(Hours + Training) ÷ Specials at the end of the period ÷ the months of the period"
    )
    assert words(SOUND["gap"], name_of) == "Waiting − Answering"
    assert words(SOUND["share"], name_of) == "Specials ÷ Robbery × 100"
    assert words(RATE, name_of) == (
        "Robbery ÷ residents at the latest mid-year estimate before the end of the period × 1,000, not annualised"
    )


def test_the_weakest_input_decides_what_is_said_of_a_value():
    assert joint_status([Status.FINAL, Status.FINAL]) == Status.FINAL
    assert joint_status([Status.FINAL, Status.PROVISIONAL]) == Status.PROVISIONAL
    assert joint_status([Status.NOT_AVAILABLE, Status.SUPPRESSED]) == Status.SUPPRESSED
    assert joint_basis([Basis.COUNTED, Basis.AS_SUPPLIED]) == Basis.AS_SUPPLIED
    assert joint_qualifier([Qualifier.EXACT, Qualifier.OVER]) == Qualifier.ABOUT


# domain.md, section 3: what adds up, what is weighted, and what is only ever as supplied.
ALLOWED = {
    "add": ({"count", "money"}, {"count", "money"}),
    "weighted": (
        {"percentage", "proportion", "share", "service-level", "rate", "per-head"},
        {"percentage", "proportion", "share", "service-level"},
    ),
    "supplied": ({kind.value for kind in Kind}, {kind.value for kind in Kind}),
}


@pytest.mark.parametrize("rule", ALLOWED)
def test_each_kind_may_be_put_together_only_as_it_makes_sense(rule):
    areas, time = ({kind.value for kind in Kind if may_aggregate(kind, rule, over_time=at)} for at in (False, True))
    assert (areas, time) == ALLOWED[rule]


def test_an_older_definition_keeps_its_meaning():
    assert usual_aggregation(Kind.COUNT, is_additive=True) == "add"
    assert usual_aggregation(Kind.COUNT, is_additive=False) == "supplied"
    assert usual_aggregation(Kind.PERCENTAGE, is_additive=False) == "weighted"
    assert usual_aggregation(Kind.MEAN, is_additive=False) == "supplied"
