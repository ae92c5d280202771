"""How a wide sheet is read: its shape, where its labels stand, what its labels, headings and words mean.

A layout is plain data. It is written as a document of lists and texts, which `parse_sheet_layout` checks as a whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from indicators.choices import Kind, Status, Unit, Window
from indicators.kinds import SCALES, Aggregation
from indicators.readers.headings import plain
from indicators.readers.numbers import parse_number
from indicators.readers.problems import Unfit
from indicators.readers.sheet_marks import mark_text

LONGEST_TEXT = 200
MOST_TEXTS = 500  # of one list; the page of a profile shows all of them
MOST_SHEETS = 40
FRACTIONS = 100  # a fraction of 1 as per cent: 0.754 is 75.4
FACTORS = (1, FRACTIONS, 1_000, 1_000_000)
PARTS = (
    "shape", "sheets", "label_columns", "named_by", "months_mean", "labels", "headings", "words", "marks",
    "takes_percent", "refuses_totals", "tolerance",
)  # fmt: skip


class Shape(StrEnum):
    """How a table runs: labels down and periods across, years down and months across, or periods down."""

    PERIODS_ACROSS = "periods-across"
    YEAR_MATRIX = "year-matrix"
    PERIODS_DOWN = "periods-down"


class Holds(StrEnum):
    """What stands under a label or a heading."""

    LEVEL = "level"
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    TOTAL = "total"  # of what stands since the total before it
    GRAND_TOTAL = "grand-total"  # of everything in the table
    TAKEN_TOTAL = "taken-total"  # a total of months, taken as the value of their year as well
    IGNORED = "ignored"

    @property
    def is_read(self) -> bool:
        """Whether values are taken from here."""
        return self in {Holds.LEVEL, Holds.NUMERATOR, Holds.DENOMINATOR}

    @property
    def is_total(self) -> bool:
        """Whether a total stands here, which is compared with its parts."""
        return self in {Holds.TOTAL, Holds.GRAND_TOTAL, Holds.TAKEN_TOTAL}


class WordMeaning(StrEnum):
    """What a word in place of a number means."""

    BLANK = "blank"
    ZERO = "zero"
    NOT_AVAILABLE = "not-available"
    SUPPRESSED = "suppressed"


class NamedBy(StrEnum):
    """What tells one series from another."""

    SHEET = "sheet"
    TITLE = "title"
    LABEL = "label"


MONTHS_MEAN = (Window.MONTH, Window.ROLLING_12, Window.SNAPSHOT)
MARKS_MEAN = (Status.PROVISIONAL, Status.ESTIMATED, Status.REVISED)
HEADINGS_MEAN = (Holds.TOTAL, Holds.TAKEN_TOTAL, Holds.GRAND_TOTAL, Holds.IGNORED)
LABELS_MEAN = tuple(one for one in Holds if one is not Holds.TAKEN_TOTAL)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a label means: of which indicator, part and area its row holds which number, in which unit.

    `source` is the slug of its own source; without one it has that of the profile.
    """

    holds: Holds
    indicator: str = ""
    part: str = ""
    area: str = ""
    factor: int = 1
    source: str = ""

    def as_document(self) -> dict[str, Any]:
        """Return the meaning as texts."""
        if not self.holds.is_read:
            return {"holds": self.holds.value}
        series = {"indicator": self.indicator, "part": self.part, "area": self.area, "factor": self.factor}
        return {"holds": self.holds.value, **series, **({"source": self.source} if self.source else {})}


@dataclass(frozen=True, slots=True)
class Adding:
    """How the values of an indicator may be put together and are printed, and whether its parts exclude each other."""

    kind: Kind
    unit: Unit = Unit.COUNT
    over_time: Aggregation = Aggregation.SUPPLIED
    over_areas: Aggregation = Aggregation.SUPPLIED
    has_exclusive_parts: bool = False
    decimals: int = 0


@dataclass(frozen=True)
class SheetLookups:
    """What a profile may name: indicator -> name, indicator -> part -> name, area -> name; and how each adds up.

    `sources`: slug -> name. `compared`: indicator -> why a value that is supplied is compared only.
    """

    names: Mapping[str, str]
    parts: Mapping[str, Mapping[str, str]]
    areas: Mapping[str, str]
    own_area: str = ""
    adding: Mapping[str, Adding] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    compared: Mapping[str, str] = field(default_factory=dict)

    def is_percent(self, indicator: str) -> bool:
        """Tell whether the values of an indicator are percentages."""
        return indicator in self.adding and self.adding[indicator].unit == Unit.PERCENT

    def scale(self, indicator: str) -> Decimal:
        """Return by what a numerator over a denominator is multiplied to be a value of an indicator."""
        kind = self.adding[indicator].kind if indicator in self.adding else None
        return SCALES.get(kind, Decimal(100 if self.is_percent(indicator) else 1)) if kind else Decimal(1)


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """How one kind of wide sheet is read.

    `sheets`: the names of those that are read, all when empty. `label_columns`: the headings over the labels; without
    them every column before the first period. `named_by`: what a series is called by. `labels`, `headings`, `words`:
    texts and what they mean. `marks`: what stands beside a number or a period, such as p, and the status it gives.
    `tolerance`: how far a total may lie from the sum of its parts.
    """

    shape: Shape = Shape.PERIODS_ACROSS
    sheets: tuple[str, ...] = ()
    label_columns: tuple[str, ...] = ()
    named_by: tuple[NamedBy, ...] = (NamedBy.LABEL,)
    months_mean: Window = Window.MONTH
    labels: Mapping[str, Meaning] = field(default_factory=dict)
    headings: Mapping[str, Holds] = field(default_factory=dict)
    words: Mapping[str, tuple[WordMeaning, str]] = field(default_factory=dict)
    marks: Mapping[str, Status] = field(default_factory=dict)
    takes_percent: bool = False
    refuses_totals: bool = False
    tolerance: Decimal = Decimal(0)

    def as_document(self) -> dict[str, Any]:
        """Return the layout as lists and texts, in an order that does not depend on how it was made."""
        return {
            "shape": self.shape.value,
            "sheets": list(self.sheets),
            "label_columns": list(self.label_columns),
            "named_by": [one.value for one in self.named_by],
            "months_mean": self.months_mean.value,
            "labels": {text: meant.as_document() for text, meant in sorted(self.labels.items())},
            "headings": {text: holds.value for text, holds in sorted(self.headings.items())},
            "words": {text: [meant.value, why] for text, (meant, why) in sorted(self.words.items())},
            "marks": {text: status.value for text, status in sorted(self.marks.items())},
            "takes_percent": self.takes_percent,
            "refuses_totals": self.refuses_totals,
            "tolerance": format(self.tolerance, "f"),
        }


def parse_sheet_layout(document: object, lookups: SheetLookups | None = None) -> tuple[SheetLayout, list[str]]:
    """Return the layout that a document writes, and everything that is wrong with it, in words.

    With `lookups`, indicators, parts and areas must be known as well. A document with any fault is not to be used.
    """
    reader = _Document(document)
    layout = SheetLayout(
        reader.choice("shape", Shape, Shape.PERIODS_ACROSS),
        reader.texts("sheets", MOST_SHEETS),
        reader.texts("label_columns", 10),
        reader.named_by(),
        reader.choice("months_mean", MONTHS_MEAN, Window.MONTH),
        reader.labels(),
        reader.headings(),
        reader.words(),
        reader.marks(),
        reader.flag("takes_percent"),
        reader.flag("refuses_totals"),
        reader.tolerance(),
    )
    return layout, [*reader.faults, *_faults_of(layout), *(_unknown(layout, lookups) if lookups else ())]


class _Document:
    """A document from outside, taken apart; what has not the right form is a fault."""

    def __init__(self, document: object) -> None:
        self.faults: list[str] = []
        self._parts: Mapping[str, Any] = document if isinstance(document, dict) else {}
        if not isinstance(document, dict):
            self.faults.append("The profile is not written as a document.")
        for name in self._parts:
            if name not in PARTS:
                self.faults.append(f'The profile has no part "{name[:60]}". Its parts are: {", ".join(PARTS)}.')

    def choice(self, name: str, members: Any, default: Any) -> Any:
        """Return a member of a vocabulary."""
        value = self._parts.get(name, default)
        found = next((one for one in members if one.value == value), None)
        if found is None:
            self.faults.append(f'"{name}" must be one of: {", ".join(one.value for one in members)}.')
        return found or default

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self._parts.get(name, False)
        if not isinstance(value, bool):
            self.faults.append(f'"{name}" must be true or false.')
        return value is True

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        """Return a list of texts."""
        values = self._parts.get(name, [])
        if not isinstance(values, list) or len(values) > most or not all(map(_is_text, values)):
            self.faults.append(f'"{name}" must be a list of at most {most} short texts.')
            return ()
        return tuple(dict.fromkeys(values))

    def named_by(self) -> tuple[NamedBy, ...]:
        """Return what series are called by, in the order in which their names are put together."""
        values = self._parts.get("named_by", [NamedBy.LABEL.value])
        known = [one for one in NamedBy if isinstance(values, list) and one.value in values]
        if not known:
            self.faults.append("Say what tells one series from another: the sheet, the title or the label.")
        return tuple(known) or (NamedBy.LABEL,)

    def labels(self) -> dict[str, Meaning]:
        """Return what each label means."""
        meanings = {}
        for text, given in self._mapping("labels").items():
            parts = given if isinstance(given, dict) else {}
            words = {name: parts.get(name, "") for name in ("indicator", "part", "area", "source")}
            factor = parts.get("factor", 1)
            if parts.get("holds") not in LABELS_MEAN or not all(map(_may_be_text, words.values())):
                self.faults.append(f'"{text}": say what its row holds.')
            elif isinstance(factor, bool) or factor not in FACTORS:
                self.faults.append(f'"{text}": the numbers may stand for ones, fractions, thousands or millions.')
            else:
                meanings[text] = Meaning(Holds(parts["holds"]), **words, factor=factor)
        return meanings

    def headings(self) -> dict[str, Holds]:
        """Return what each heading that is no period means."""
        found = {}
        for text, value in self._mapping("headings").items():
            if value in HEADINGS_MEAN:
                found[text] = Holds(value)
            else:
                self.faults.append(f'"{text}": a heading that is no period is a total, a grand total or not read.')
        return found

    def words(self) -> dict[str, tuple[WordMeaning, str]]:
        """Return what each word in place of a number means, and the reason where there is no number."""
        found = {}
        for text, given in self._mapping("words", may_be_blank=True).items():
            is_pair = isinstance(given, list) and len(given) == 2 and all(map(_may_be_text, given))
            if not is_pair or given[0] not in list(WordMeaning):
                self.faults.append(f'"{text}": say what this word means.')
                continue
            meant, why = WordMeaning(given[0]), given[1].strip()
            if meant in {WordMeaning.NOT_AVAILABLE, WordMeaning.SUPPRESSED} and not why:
                self.faults.append(f'"{text or "(blank)"}" means {meant.value.replace("-", " ")}: give the reason.')
            found[text] = (meant, why)
        return found

    def marks(self) -> dict[str, Status]:
        """Return what each mark beside a number or a period says of the value."""
        found = {}
        for text, value in self._mapping("marks").items():
            if value in MARKS_MEAN:
                found[text] = Status(value)
            else:
                self.faults.append(f'"{text}": a mark says that a value is provisional, estimated or revised.')
        return found

    def tolerance(self) -> Decimal:
        """Return how far a total may lie from its parts."""
        text = self._parts.get("tolerance", "0")
        try:
            number = parse_number(text) if isinstance(text, str) else None
        except Unfit:
            number = None
        if number is None or number < 0:
            self.faults.append("How far a total may lie from its parts must be a number, 0 or more.")
            return Decimal(0)
        return number

    def _mapping(self, name: str, *, may_be_blank: bool = False) -> dict[str, Any]:
        values = self._parts.get(name, {})
        is_sound = isinstance(values, dict) and len(values) <= MOST_TEXTS
        if not is_sound or not all(_is_text(text) or (may_be_blank and text == "") for text in values):
            self.faults.append(f'"{name}" must give a meaning to at most {MOST_TEXTS} short texts.')
            return {}
        return dict(values)


def _may_be_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= LONGEST_TEXT


def _faults_of(layout: SheetLayout) -> list[str]:
    """Return what is missing in a layout, or stands in it twice."""
    faults = []
    for texts in (layout.labels, layout.headings, layout.words):
        seen: dict[str, str] = {}
        for text in texts:
            first = seen.setdefault(plain(text), text)
            if first != text:
                faults.append(f'"{first}" and "{text}" differ only in case or spaces. Delete one of them.')
    seen = {}
    for text in layout.marks:
        first = seen.setdefault(mark_text(text), text)
        if first != text:
            faults.append(f'"{first}" and "{text}" are the same mark. Delete one of them.')
    if not any(meant.holds.is_read for meant in layout.labels.values()):
        faults.append("No label means an indicator yet. Try the profile on a sample, and say what each label means.")
    if Holds.TAKEN_TOTAL in layout.headings.values() and layout.months_mean is not Window.MONTH:
        faults.append("A total can be taken as a value only where a heading such as April 2017 stands for that month.")
    faults += [
        f'"{text}": choose the indicator.'
        for text, meant in layout.labels.items()
        if meant.holds.is_read and not meant.indicator
    ]
    return faults


def _unknown(layout: SheetLayout, lookups: SheetLookups) -> list[str]:
    """Return every indicator, part and area that is not known."""
    faults = []
    for text, meant in layout.labels.items():
        if not meant.holds.is_read or not meant.indicator:
            continue
        if meant.indicator not in lookups.names:
            faults.append(f'"{text}": there is no indicator "{meant.indicator}".')
        elif meant.part and meant.part not in lookups.parts.get(meant.indicator, {}):
            faults.append(f'"{text}": {meant.indicator} has no part "{meant.part}".')
        elif meant.factor == FRACTIONS and not (meant.holds is Holds.LEVEL and lookups.is_percent(meant.indicator)):
            faults.append(f'"{text}": only the value of a percentage can be written in fractions. Choose another unit.')
        if meant.source and meant.source not in lookups.sources:
            faults.append(f'"{text}": there is no source of figures "{meant.source}".')
        if meant.area not in lookups.areas:
            faults.append(
                f'"{text}": there is no area "{meant.area}".' if meant.area else f'"{text}": choose the area.'
            )
    return faults
