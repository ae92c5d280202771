"""Reads of one figure through time: what it was at each data version, and what reports printed."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.timezone import localdate

from indicators.choices import Qualifier, Statistic, Status, Window
from indicators.figures import AS_KNOWN_NOW, USUAL, Figure, FigureBook
from indicators.formatting import counts_text, value_text
from indicators.models.aggregate import Aggregate
from indicators.models.area import Force
from indicators.models.data_version import DataVersion
from indicators.models.observation import Observation
from indicators.periods import ComparedWith, Period, Quarter, date_text
from indicators.queries.books import clean, figure_book
from indicators.queries.first_published import first_values
from indicators.queries.versions import held_at, of_part_and_area
from indicators.series import Series, Slot, Value, why_nothing

NOW, FIRST = "now", "first"  # vintages, as an address names them; or the number of a data version
MOST_OFFERED = 100


@dataclass(frozen=True, slots=True)
class Vintage:
    """What a value was from a data version on, as printed, and the act that made it so."""

    text: str
    status: Status
    since: int
    until: int | None
    act: DataVersion | None
    amount: Decimal | None = None
    counts: str = ""  # numerator and denominator in words


def slot_of(book: FigureBook, figure: Figure) -> Slot:
    """Return where the value of a figure stands; for one without a value, where it would."""
    held = book.values.get(figure.series, {})
    found = (slot for slot, value in held.items() if value is figure.current)
    return next(found, Slot.of(figure.period, "" if figure.period.end else book.quarter.key))


def vintages(force: Force, figure: Figure, slot: Slot) -> list[Vintage]:
    """Return every value this figure has had, the newest first. Two queries."""
    series, measure = figure.series, figure.measure
    rows = Aggregate.objects.filter(
        force=force, indicator__key=series.indicator, window=slot.window, end=slot.end, reported_for=slot.reported_for,
        **({"start": slot.start} if slot.start else {}),
    ).order_by("-since_version", "-id")  # fmt: skip
    held = list(rows.filter(of_part_and_area(series)))
    acts = DataVersion.objects.filter(force=force, number__in=[one.since_version for one in held])
    by_number = {act.number: act for act in acts.select_related("by")}
    return [
        Vintage(
            text=value_text(one.value, measure.unit, measure.decimals, Qualifier(one.qualifier), _reason(one)),
            status=Status(one.status),
            since=one.since_version,
            until=one.until_version,
            act=by_number.get(one.since_version),
            amount=clean(one.value),
            counts=counts_text(clean(one.numerator), clean(one.denominator), measure.kind),
        )
        for one in held
    ]


def _reason(row: Aggregate) -> str:
    period = Period(Window(row.window), row.start, row.end)
    return why_nothing(period, Status(row.status), row.note, tuple(row.missing))


def printed(force: Force, figure: Figure, slot: Slot, at: int) -> list[Observation]:
    """Return the values that reports printed for a figure, as known at a data version, the earliest report first."""
    rows = Observation.objects.filter(
        held_at(at),
        of_part_and_area(figure.series),
        force=force,
        indicator__key=figure.series.indicator,
        window=slot.window,
        end=slot.end,
        statistic=Statistic.FIRST_PUBLISHED,
        **({"start": slot.start} if slot.start else {}),
    )
    return list(rows.order_by("reported_for", "pk"))


@dataclass(frozen=True, slots=True)
class Known:
    """Which vintage a page shows: as known now, as first published, or as known at a data version.

    `choices` are what may be asked for instead, as (value in the address, words).
    """

    asked: str
    choices: list[tuple[str, str]]

    @property
    def version(self) -> int | None:
        """The data version asked for; None for what is known now."""
        return None if self.asked in {NOW, FIRST} else int(self.asked)

    def words(self, compared_with: ComparedWith = USUAL) -> str:
        """Say it for the figures of the page, and for what they are compared with."""
        if compared_with is ComparedWith.REPORT_BEFORE:
            chosen = dict(self.choices)[self.asked]
            return f"The value is {chosen[0].lower()}{chosen[1:]}; the one before is as its report held it"
        if self.asked == FIRST:
            return (
                "Where a report printed a value first, it stands here and in comparisons; all others are as known now"
            )
        shown = AS_KNOWN_NOW if self.version is None else f"as known at data version {self.version}"
        return f"Every value is {shown}, and so is the value before that it is compared with"


def known_as(force: Force, asked: str | None, *, with_first: bool = True) -> Known:
    """Read which vintage an address asks for; what makes no sense is as known now. One query.

    Without `with_first` the values as first published are not offered.
    """
    acts = DataVersion.objects.filter(force=force).order_by("-number")
    choices = [(NOW, "As known now"), *([(FIRST, "As first published")] if with_first else [])]
    versions = {str(act.number): act for act in acts[:MOST_OFFERED]}
    if asked and asked.isascii() and asked.isdigit() and len(asked) <= 9 and asked not in versions:
        versions |= {str(act.number): act for act in acts.filter(number=int(asked))}
    choices += [
        (number, f"As known at data version {number}, {date_text(localdate(act.made_at))}")
        for number, act in versions.items()
    ]
    return Known(asked if asked in dict(choices) else NOW, choices)


def book_as_known(force: Force, quarter: Quarter, known: Known, keys: list[str]) -> FigureBook:
    """Return the figures of some indicators, districts with them, in the vintage that is asked for."""
    book = figure_book(force, quarter, known.version, keys=keys, with_districts=True)
    if known.asked == FIRST:
        book.values = _with_first_published(force, book)
    return book


def _with_first_published(force: Force, book: FigureBook) -> dict[Series, dict[Slot, Value]]:
    """Return the values of a book, those in their place that a report had first."""
    values = {series: dict(slots) for series, slots in book.values.items()}
    for series, first in first_values(force, book.measures.keys()).items():
        if not series.area or series.area in book.areas:
            values.setdefault(series, {}).update(first)
    return values
