"""Composite indicators: sums, differences and quotients of others, as data. Values in, values out; Decimal. Pure.

value = (sum of the numerator's terms) ÷ (sum of the denominator's terms) ÷ population ÷ months × multiplier, where each
of the divisors may be absent. Nothing is rounded here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from indicators.calculations import ARITHMETIC, sum_of
from indicators.choices import Basis, Kind, Qualifier, Status, Unit
from indicators.kinds import ADDED, PERCENTAGES, PopulationKind

MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Term:
    """One input: an indicator, or a part of it; added or taken away.

    `is_as_at` reads the value as at the end of the period, where all others are read for the same period.
    """

    indicator: str
    part: str = ""
    is_subtracted: bool = False
    is_as_at: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    """How a composite follows from its inputs."""

    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...] = ()
    multiplier: Decimal = Decimal(1)
    population: PopulationKind | None = None
    is_per_month: bool = False
    is_annualised: bool = False

    @property
    def terms(self) -> tuple[Term, ...]:
        """All inputs, those above the line first."""
        return self.numerator + self.denominator

    @property
    def is_quotient(self) -> bool:
        """Whether anything is divided."""
        return bool(self.denominator) or self.population is not None or self.is_per_month


@dataclass(frozen=True, slots=True)
class Ingredient:
    """What a formula has to know of an indicator: its name, kind and unit, its breakdown and the parts of that.

    `is_counted` from cases, `is_aggregated` over areas or time: values that a formula cannot give as well.
    """

    name: str
    kind: Kind
    unit: Unit
    breakdown: str = ""
    parts: frozenset[str] = frozenset()
    is_counted: bool = False
    is_aggregated: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What one input is; without an amount, `reason` says why."""

    amount: Decimal | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a formula gives: unrounded, with both sides as summed. Without a value, `reason` names what is missing."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    reason: str = ""


class Circular(ValueError):
    """A composite needs itself; the message names the way round."""


def work_out(
    formula: Formula, read: Callable[[Term], Reading], months: int, population: Reading | None = None
) -> Outcome:
    """Apply a formula to a period of so many months (0: a day, or not stated).

    `denominator` is what the reader knows: the denominator's sum, or the population, or their product. A divisor of 0
    gives no value.
    """
    readings = {term: read(term) for term in formula.terms}
    reasons = [one.reason for one in (*readings.values(), population) if one is not None and one.amount is None]
    if formula.population is not None and population is None:
        reasons.append(f"no number of {formula.population.value}")
    if (formula.is_per_month or formula.is_annualised) and not months:
        reasons.append("the months of the period are not known")
    if reasons:
        return Outcome(None, reason="; ".join(dict.fromkeys(reasons)))
    numerator = _side(formula.numerator, readings)
    if not formula.is_quotient:
        return Outcome(ARITHMETIC.multiply(numerator, formula.multiplier))
    denominator = _side(formula.denominator, readings) if formula.denominator else Decimal(1)
    if population is not None and population.amount is not None:
        denominator = ARITHMETIC.multiply(denominator, population.amount)
    if denominator == 0:
        return Outcome(None, numerator, denominator, "the denominator is 0")
    above, below = ARITHMETIC.multiply(numerator, formula.multiplier), denominator
    if formula.is_per_month:
        below = ARITHMETIC.multiply(below, Decimal(months))
    if formula.is_annualised:
        above = ARITHMETIC.multiply(above, Decimal(MONTHS_OF_A_YEAR))
        below = ARITHMETIC.multiply(below, Decimal(months))
    return Outcome(ARITHMETIC.divide(above, below), numerator, denominator)


def _side(terms: Iterable[Term], readings: Mapping[Term, Reading]) -> Decimal:
    amounts = [(term, readings[term].amount or Decimal(0)) for term in terms]
    return sum_of(ARITHMETIC.minus(amount) if term.is_subtracted else amount for term, amount in amounts)


def ordered(formulas: Mapping[str, Formula]) -> list[str]:
    """Return the keys so that each composite stands after those it needs. Raises Circular."""
    done: list[str] = []

    def visit(key: str, way: tuple[str, ...]) -> None:
        if key in way:
            raise Circular(" → ".join((*way[way.index(key) :], key)))
        if key in formulas and key not in done:
            for needed in sorted({term.indicator for term in formulas[key].terms}):
                visit(needed, (*way, key))
            done.append(key)

    for key in sorted(formulas):
        visit(key, ())
    return done


def faults(key: str, formula: Formula, known: Mapping[str, Ingredient], others: Mapping[str, Formula]) -> list[str]:
    """Return all that is wrong with the formula of the indicator `key`, each in a sentence; empty when it is sound."""
    unknown = sorted({term.indicator for term in formula.terms} - known.keys())
    if unknown:
        return [f"There is no indicator “{name}”." for name in unknown]
    found = [*_own_faults(known[key]), *_shape_faults(formula), *_part_faults(known[key], formula, known)]
    if formula.numerator:
        found += _unit_faults(known[key], formula, known)
    try:
        ordered({**others, key: formula})
    except Circular as circle:
        found.append(f"The indicators need each other in a circle: {circle}. Take one of them out.")
    return found


def _own_faults(own: Ingredient) -> Iterator[str]:
    if own.is_counted:
        yield f"{own.name} counts cases. A value is either counted or worked out from others."
    if own.is_aggregated:
        yield f"{own.name} is worked out for every period and area. Set both of its rules to “as supplied only”."


def _shape_faults(formula: Formula) -> Iterator[str]:
    if not formula.numerator:
        yield "There is nothing above the line. Add a term to the numerator."
    elif all(term.is_as_at for term in formula.numerator):
        yield "Every term above the line is read as at the end of the period. Read one of them for the period itself."
    if len(set(formula.terms)) != len(formula.terms):
        yield "A term stands twice in the formula. Delete one of the two, or use the multiplier."
    if formula.multiplier <= 0:
        yield "The multiplier must be greater than 0. To subtract, mark the term as taken away."
    if formula.is_annualised and formula.is_per_month:
        yield "A figure is either for a month or for a year. Choose one of the two."
    if formula.is_annualised and not formula.is_quotient:
        yield "Only what is divided by a population or a denominator can be shown for a year."


def _part_faults(own: Ingredient, formula: Formula, known: Mapping[str, Ingredient]) -> Iterator[str]:
    for term in formula.terms:
        read = known[term.indicator]
        if term.part and term.part not in read.parts:
            yield f"“{term.part}” is not a part of {read.name}."
        elif own.breakdown and not term.part and read.breakdown != own.breakdown:
            yield f"{read.name} does not have the breakdown of {own.name}, so its parts cannot be worked out."


def _unit_faults(own: Ingredient, formula: Formula, known: Mapping[str, Ingredient]) -> Iterator[str]:
    above = [known[term.indicator] for term in formula.numerator]
    below = [known[term.indicator] for term in formula.denominator]
    for side in (above, below):
        if len({one.unit for one in side}) > 1:
            yield f"Different units cannot be added: {_listed(side)}."
    for terms, side in ((formula.numerator, above), (formula.denominator, below)):
        quotients = [one for one in side if one.kind not in ADDED]
        is_gap = not formula.is_quotient and len(terms) == 2 and {one.is_subtracted for one in terms} == {True, False}
        if quotients and len(side) > 1 and not is_gap:
            yield f"{quotients[0].name} is not a count or money, and does not add up with others."
    if not formula.is_quotient and formula.multiplier == 1 and own.unit != above[0].unit:
        yield f"{own.name} is in another unit than its terms. Give it the same unit, or a multiplier."
    is_share = bool(below) and formula.multiplier == 100 and above[0].unit == below[0].unit
    if own.kind in PERCENTAGES and formula.is_quotient and not is_share:
        yield "A percentage is one number over another of the same unit, times 100."
    if own.kind == Kind.RATE and (not (formula.population or below) or formula.multiplier != 1000):
        yield "A rate is a number over a population or a denominator, times 1,000."


def _listed(side: Iterable[Ingredient]) -> str:
    return ", ".join(f"{one.name} ({one.unit.value})" for one in side)


def words(formula: Formula, names: Callable[[Term], str]) -> str:
    """Return a formula in words, for the reference sheet."""
    text = _side_words(formula.numerator, names)
    divisors = [_bracketed(_side_words(formula.denominator, names), formula.denominator)] if formula.denominator else []
    if formula.population:
        divisors.append(f"{formula.population.value} at the latest mid-year estimate before the end of the period")
    if formula.is_per_month:
        divisors.append("the months of the period")
    if divisors or formula.multiplier != 1:
        text = _bracketed(text, formula.numerator)
    text += "".join(f" ÷ {divisor}" for divisor in divisors)
    if formula.multiplier != 1:
        text += f" × {_plain(formula.multiplier)}"
    if formula.is_annualised:
        return f"{text}, annualised: × 12 ÷ the months of the period"
    return f"{text}, not annualised" if formula.population else text


def _side_words(terms: tuple[Term, ...], names: Callable[[Term], str]) -> str:
    text = ""
    for term in terms:
        name = f"{names(term)}{' at the end of the period' if term.is_as_at else ''}"
        sign = "− " if term.is_subtracted else "+ " if text else ""
        text += f"{' ' if text else ''}{sign}{name}"
    return text


def _bracketed(text: str, terms: tuple[Term, ...]) -> str:
    return f"({text})" if len(terms) > 1 else text


def _plain(number: Decimal) -> str:
    return f"{number.normalize():,f}"


def joint_status(statuses: Iterable[Status]) -> Status:
    """Return the status of what follows from values of these: the weakest of them decides."""
    found = set(statuses)
    order = (
        Status.SUPPRESSED, Status.NOT_AVAILABLE, Status.ESTIMATED, Status.PROVISIONAL, Status.CARRIED_FORWARD,
        Status.REVISED,
    )  # fmt: skip
    return next((one for one in order if one in found), Status.FINAL)


def joint_basis(bases: Iterable[Basis]) -> Basis:
    """Return the basis of what follows from values of these."""
    found = set(bases)
    return next((one for one in (Basis.AS_SUPPLIED, Basis.DERIVED) if one in found), Basis.COUNTED)


def joint_qualifier(qualifiers: Iterable[Qualifier]) -> Qualifier:
    """Return exact where every value is; about where one of them is a bound or a guess."""
    return Qualifier.EXACT if set(qualifiers) <= {Qualifier.EXACT} else Qualifier.ABOUT
