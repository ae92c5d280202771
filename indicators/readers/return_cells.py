"""The cells of a partner's return: what somebody typed into one, checked against its counts and what is held.

Blank says nothing and is never zero. The percentage of counts is worked out; one typed beside them has to agree.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal

from indicators.calculations import ARITHMETIC, round_half_up, storable
from indicators.choices import Basis, Kind, Qualifier, Status, Unit, Window
from indicators.formatting import own_decimals, value_text
from indicators.kinds import PARTS_OF_A_WHOLE, PERCENTAGES, SCALES
from indicators.periods import Period, Quarter, period_ending
from indicators.readers.numbers import INTEGER_DIGITS, parse_number
from indicators.readers.observations import COLUMNS, LONGEST_NOTE, ObservationRow
from indicators.readers.problems import Unfit
from indicators.readers.texts import BLANKS, text_fault

JUMP = 10  # times the value of the quarter before: worth a look before anybody confirms it

Place = tuple[int, Quarter]  # of a cell: the position of its row, and the quarter

FIELD_NAMES = {
    "numerator": "Numerator",
    "denominator": "Denominator",
    "value": "Value",
    "why": "Not available, because",
}


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of a return: its series, how its values are written, and by which names a pasted line may call it."""

    label: str
    indicator: str
    part: str
    area: str
    area_name: str  # empty for the force itself
    window: Window
    kind: Kind
    unit: Unit
    decimals: int = 0
    names: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells this row from the others of its return, whatever their order."""
        return ".".join((self.indicator, self.part, self.area, self.window.value))

    @property
    def asks(self) -> tuple[str, ...]:
        """The fields of a cell, in their order: counts where the kind has any, the base of a survey percentage."""
        if self.kind in SCALES:
            return ("numerator", "denominator", "value", "why")
        return ("value", "denominator", "why") if self.kind is Kind.SURVEY else ("value", "why")

    def name_of(self, field_name: str) -> str:
        """Return the words over a field."""
        if field_name == "value" and self.kind in SCALES:
            return "Or the percentage alone" if self.unit is Unit.PERCENT else "Or the value alone"
        if field_name == "value" and self.kind is Kind.SURVEY:
            return "Percentage"
        if field_name == "denominator" and self.kind is Kind.SURVEY:
            return "People asked"
        return FIELD_NAMES[field_name]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields of one cell, as text."""

    numerator: str = ""
    denominator: str = ""
    value: str = ""
    why: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        return not any(getattr(self, one.name).strip(BLANKS) for one in fields(self))


@dataclass(frozen=True, slots=True)
class Entered:
    """What a cell says, as it is stored."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    status: Status = Status.FINAL
    basis: Basis = Basis.COUNTED
    qualifier: Qualifier = Qualifier.EXACT
    period_printed: str = ""
    note: str = ""

    def says_the_same_as(self, other: "Entered") -> bool:
        """Whether both give the same numbers, or both the same reason for having none."""
        if self.value is None or other.value is None:
            return self.value == other.value and self.note == other.note
        # The last digits of a quotient depend on who divided, so counts are compared by themselves.
        value, theirs = (one.value if one.numerator is None else None for one in (self, other))
        return (self.numerator, self.denominator, value) == (other.numerator, other.denominator, theirs)

    def as_texts(self) -> dict[str, str]:
        """Return the columns of a tidy file that say it."""
        numbers = {name: _plain(getattr(self, name)) for name in ("value", "numerator", "denominator")}
        states = {"status": self.status.value, "basis": self.basis.value, "qualifier": self.qualifier.value}
        return {**numbers, **states, "period_printed": self.period_printed, "note": self.note}

    def in_words(self, row: GridRow) -> str:
        """Return the value as it is printed, with its counts; or why there is none."""
        if self.value is None:
            return f"{'suppressed' if self.status is Status.SUPPRESSED else 'not available'}: {self.note}"
        text = value_text(self.value, row.unit, row.decimals, self.qualifier)
        if self.numerator is not None and self.denominator is not None:
            return f"{text} ({_plain(self.numerator)} of {_plain(self.denominator)})"
        return f"{text}, as supplied, counts not given" if self.basis is Basis.AS_SUPPLIED else text


@dataclass(slots=True)
class Checked:
    """A cell after it was read: what it says, what is wrong with each of its fields, what a person should look at."""

    entered: Entered | None = None
    problems: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def period_of(window: Window, quarter: Quarter) -> Period:
    """Return the period of a window that ends with a quarter."""
    if window is Window.ROLLING_YEAR_TO_DATE:  # as supplied: nobody states its first day
        return Period(window, None, quarter.end)
    return period_ending(window, quarter.end)


def quarters_up_to(last: Quarter, count: int) -> list[Quarter]:
    """Return so many quarters in their order, the last one included."""
    found = [last]
    while len(found) < count:
        found.insert(0, found[0].previous())
    return found


def typed_of(held: Entered | None, row: GridRow) -> Typed:
    """Return what the fields of a cell show before anybody types: the value that is held."""
    if held is None:
        return Typed()
    if held.value is None:
        return Typed(why=held.note)
    texts = {name: _plain(getattr(held, name)) for name in ("numerator", "denominator") if name in row.asks}
    has_counts = held.numerator is not None and held.denominator is not None and row.kind in SCALES
    return Typed(**texts, value="" if has_counts else _plain(held.value))


def check_cell(row: GridRow, typed: Typed, held: Entered | None) -> Checked:
    """Read what was typed into a cell. What is held and typed again stays as it is held, with its note and state.

    `held` is what the partner gave before; a cell of it that is emptied is a problem, for blank takes nothing away.
    """
    found = Checked()
    if typed.is_blank:
        if held is not None:
            message = (
                f"This is held as {held.in_words(row)}. A blank takes nothing away: fill it in again, or say why it is "
                "not available."
            )
            found.problems[row.asks[0]] = message
        return found
    entered = _reason(typed, found) if typed.why.strip(BLANKS) else _numbers(row, typed, found)
    if entered is None or found.problems:
        return found
    found.entered = held if held is not None and held.says_the_same_as(entered) else entered
    return found


def _reason(typed: Typed, found: Checked) -> Entered | None:
    why = typed.why.strip(f"{BLANKS}\r\n")
    if any(one.strip(BLANKS) for one in (typed.numerator, typed.denominator, typed.value)):
        found.problems["why"] = "Give either a number or the reason why there is none, and delete the other."
        return None
    fault = text_fault(why, LONGEST_NOTE, may_break=True)
    if fault:
        found.problems["why"] = fault
        return None
    return Entered(None, status=Status.NOT_AVAILABLE, note=why)


def _numbers(row: GridRow, typed: Typed, found: Checked) -> Entered | None:
    given: dict[str, Decimal | None] = {}
    for name in ("numerator", "denominator", "value"):
        try:
            given[name] = _number(row, name, getattr(typed, name))
        except Unfit as fault:
            found.problems[name if name in row.asks else "value"] = str(fault)
    if found.problems:
        return None
    numerator, denominator, value = given["numerator"], given["denominator"], given["value"]
    if row.kind is not Kind.SURVEY and (numerator is None) != (denominator is None):
        missing, there = ("numerator", "denominator") if numerator is None else ("denominator", "numerator")
        found.problems[missing] = f"The {missing} is missing. Fill it in, or delete the {there}."
        return None
    if denominator == 0:
        found.problems["denominator"] = "This must be greater than 0. Correct it, or say why it is not available."
        return None
    if numerator is not None and denominator is not None:
        return _from_counts(row, numerator, denominator, value, found)
    if value is None:
        found.problems["value"] = "The percentage is missing. Fill it in, or say why it is not available."
        return None
    if value > 100 and not _may_exceed(row, "value", f"{value_text(value, row.unit, row.decimals)} is more", found):
        return None
    is_bare = row.unit is Unit.PERCENT and denominator is None
    return Entered(value, None, denominator, basis=Basis.AS_SUPPLIED if is_bare else Basis.COUNTED)


def _may_exceed(row: GridRow, name: str, above: str, found: Checked) -> bool:
    """Tell whether a percentage may be more than the whole: where it is of a part never, else with a warning."""
    if row.kind in PARTS_OF_A_WHOLE:
        found.problems[name] = f"{above} than the whole. Correct it: this measure counts a part of a whole."
        return False
    if row.kind in PERCENTAGES:
        found.warnings.append(f"{above} than the whole")
    return True


def _from_counts(
    row: GridRow, numerator: Decimal, denominator: Decimal, value: Decimal | None, found: Checked
) -> Entered | None:
    """Work the value out of its counts; one that was typed as well has to agree as far as it was written."""
    exact = ARITHMETIC.divide(ARITHMETIC.multiply(numerator, SCALES[row.kind]), denominator)
    if exact and exact.adjusted() >= INTEGER_DIGITS:
        found.problems["numerator"] = (
            f"{_plain(numerator)} of {_plain(denominator)} is a number of more than {INTEGER_DIGITS} digits. Correct "
            "the counts."
        )
        return None
    if value is not None and round_half_up(exact, own_decimals(value)) != value:
        places = max(own_decimals(value), row.decimals)
        found.problems["value"] = (
            f"{value_text(value, row.unit, places)} was typed, but {_plain(numerator)} of {_plain(denominator)} is "
            f"{value_text(exact, row.unit, places)}. Correct the counts, or delete what was typed here: it is worked "
            "out from them."
        )
        return None
    above = f"{_plain(numerator)} of {_plain(denominator)} is more"
    if numerator > denominator and not _may_exceed(row, "numerator", above, found):
        return None
    return Entered(storable(exact), numerator, denominator)


def _number(row: GridRow, name: str, text: str) -> Decimal | None:
    """Read one number; a percentage may carry its sign."""
    short = text.strip(BLANKS)
    if name not in row.asks and short:
        raise Unfit(f"“{row.label}” is given as one value, without counts. Delete the counts.")
    if name == "value" and row.unit is Unit.PERCENT and short.endswith("%"):
        short = short[:-1]
    number = parse_number(short)
    if number is not None and number < 0:
        raise Unfit("This cannot be negative. Correct it.")
    return number


def jumps(row: GridRow, values: Mapping[Quarter, Decimal | None], shown: Iterable[Quarter]) -> list[str]:
    """Say which quarters are ten times the one before, or a tenth of it: a slip of the decimal point looks so."""
    found = []
    for quarter in shown:
        now, before = values.get(quarter), values.get(quarter.previous())
        if now and before and (now >= JUMP * before or before >= JUMP * now):
            texts = (value_text(one, row.unit, row.decimals) for one in (before, now))
            found.append(f"{row.label}, {quarter.label}: from {' to '.join(texts)}")
    return found


def tidy_file(
    cells: Iterable[tuple[GridRow, Quarter, Entered]], *, own_area: str, source: str, reference: str
) -> bytes:
    """Write the cells of a return as a tidy file of observations; `reference` begins the name of each of its rows.

    `own_area` and `source` are the slugs of the force's own area and of the source.
    """
    return tidy_bytes(
        {
            "row_id": f"{reference}.{at}", "indicator": row.indicator, "part": row.part,
            "area": row.area or own_area, "window": row.window.value, "start": period.start, "end": period.end,
            "source": source, **entered.as_texts(),
        }
        for at, (row, period, entered) in enumerate(
            ((row, period_of(row.window, quarter), entered) for row, quarter, entered in cells), start=1
        )
    )  # fmt: skip


def tidy_texts(row: ObservationRow) -> dict[str, object]:
    """Return an observation as the columns of a tidy file that say it."""
    said = {name: getattr(row, name) for name in COLUMNS.required}
    return {name: _plain(one) if isinstance(one, Decimal) else one for name, one in said.items()}


def tidy_bytes(rows: Iterable[Mapping[str, object]]) -> bytes:
    """Write rows of observations as a tidy file; what a row does not name is blank."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS.required, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _plain(number: Decimal | None) -> str:
    """Return a number as it is typed: no separators, no zeros that storage added."""
    if number is None:
        return ""
    return format(round_half_up(number, own_decimals(number)), "f")
