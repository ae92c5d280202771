"""The part of queries that reads the board of deliveries: what should arrive for a quarter, and where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from indicators import deliveries
from indicators.choices import DELIVERY_NAMES, Cadence, DeliveryState, ImportKind, ImportState
from indicators.models.area import Force
from indicators.models.case import CaseMonth
from indicators.models.data_import import DataImport
from indicators.models.delivery import DeliveryNote, ExpectedDelivery
from indicators.periods import Period, Quarter, label

AROUND = ("force", "source", "loader", "profile", "sheet_profile", "feed")  # what a line of the board tells


@dataclass(frozen=True, slots=True)
class Expected:
    """One period of a delivery and all that is known of it; its first day names it.

    `file` is the one to look at; `note` says why it is not available and holds now.
    """

    delivery: ExpectedDelivery
    period: Period
    first: date
    due_on: date
    state: DeliveryState
    file: DataImport | None
    note: DeliveryNote | None

    @property
    def name(self) -> str:
        """The period in words: October 2020."""
        return label(self.period)

    @property
    def key(self) -> str:
        """The period in an address: 2020-10-01."""
        return self.first.isoformat()

    @property
    def words(self) -> str:
        """The state as the board says it."""
        return DELIVERY_NAMES[self.state]

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has to do something: load a file, or say that there is none."""
        return self.state in {DeliveryState.REFUSED, DeliveryState.LATE, DeliveryState.NOT_DUE}


@dataclass(frozen=True, slots=True)
class Line:
    """A delivery with its periods in the quarter, in their order."""

    delivery: ExpectedDelivery
    expected: tuple[Expected, ...]

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has to do something about one of the periods."""
        return any(one.is_open for one in self.expected)

    @property
    def cells(self) -> list[tuple[int, Expected | None]]:
        """What stands in the columns of the three months: how many columns it spans, and what (None = not expected)."""
        if self.delivery.cadence == Cadence.QUARTERLY:
            return [(3, one) for one in self.expected]
        by_month = {one.first: one for one in self.expected}
        return [(1, by_month.get(month)) for month in Quarter.containing(self.expected[0].first).months]


@dataclass(frozen=True, slots=True)
class _Known:
    """What was loaded or said for some deliveries, by delivery and first day; and the months of cases held."""

    files: dict[tuple[int, date], list[DataImport]]
    notes: dict[tuple[int, date], DeliveryNote]
    months: dict[date, DataImport]


def newest_quarter(force: Force, today: date) -> Quarter:
    """Return the newest quarter that is over; where every delivery has ended before it, the last one that had any."""
    over = Quarter.containing(today).previous()
    ends = ExpectedDelivery.objects.filter(force=force).aggregate(
        newest=Max("ends_on"), open=Count("pk", filter=Q(ends_on__isnull=True))
    )
    if ends["newest"] is None or ends["open"]:
        return over
    return min(over, Quarter.containing(ends["newest"]))


def board(force: Force, quarter: Quarter, today: date) -> list[Line]:
    """Return the deliveries of which a quarter expects something, in the order of the board. Four queries."""
    rows = (
        ExpectedDelivery.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=quarter.start), force=force)
        .filter(starts_on__lte=quarter.end)
        .select_related(*AROUND)
    )
    found = list(rows)
    known = _known(force.pk, found, quarter.start, quarter.end)
    lines = []
    for delivery in found:
        wanted = [
            period
            for period in deliveries.periods_in(Cadence(delivery.cadence), quarter)
            if deliveries.covers(period, delivery.starts_on, delivery.ends_on)
        ]
        if wanted:
            lines.append(Line(delivery, tuple(_expected(delivery, period, known, today) for period in wanted)))
    return lines


def summary(lines: Iterable[Line]) -> str:
    """Say in one line how the quarter stands."""
    return deliveries.summary(one.state for line in lines for one in line.expected)


def expected(delivery: ExpectedDelivery, first: date, today: date) -> Expected | None:
    """Return the period of a delivery that begins on a day; None when it covers none that does. Three queries."""
    period = delivery.period_from(first)
    if period is None or period.start is None or period.end is None:
        return None
    return _expected(delivery, period, _known(delivery.force_id, [delivery], period.start, period.end), today)


def kept() -> QuerySet[ExpectedDelivery]:
    """Return every delivery, for those who keep them: by force, in the order of the board."""
    return ExpectedDelivery.objects.select_related(*AROUND).order_by("force__name", "position", "name")


def _known(force_id: int, found: list[ExpectedDelivery], first: date, last: date) -> _Known:
    within: dict[str, Any] = {"delivery__in": [one.pk for one in found]}
    files: dict[tuple[int, date], list[DataImport]] = {}
    rows = DataImport.objects.filter(delivery_period__range=(first, last), **within).select_related("received_by")
    for row in rows.order_by("id"):
        if row.delivery_id is not None and row.delivery_period is not None:
            files.setdefault((row.delivery_id, row.delivery_period), []).append(row)
    notes = DeliveryNote.objects.filter(period__range=(first, last), lifted_at__isnull=True, **within)
    held = CaseMonth.objects.filter(force_id=force_id, month__range=(first, last), until_version__isnull=True)
    return _Known(
        files=files,
        notes={(note.delivery_id, note.period): note for note in notes.select_related("by")},
        months={row.month: row.data_import for row in held.select_related("data_import__received_by")},
    )


def _expected(delivery: ExpectedDelivery, period: Period, known: _Known, today: date) -> Expected:
    if period.start is None:
        raise ValueError("An expected period has a first day.")
    place = (delivery.pk, period.start)
    files, note = known.files.get(place, []), known.notes.get(place)
    applied = _applied(delivery, period, files, known)
    due = deliveries.due_on(period, delivery.due_days)
    state = deliveries.state_of(
        due,
        today,
        has_arrived=bool(applied),
        files=[ImportState(file.state) for file in files],
        is_unavailable=note is not None,
    )
    return Expected(delivery, period, period.start, due, state, _to_look_at(files, applied), note)


def _applied(delivery: ExpectedDelivery, period: Period, files: list[DataImport], known: _Known) -> list[DataImport]:
    """Return the files that brought a period into the figures, oldest first; none unless it is all there.

    For cases that is seen from the months held, whoever loaded them and however: a file loaded for October
    that holds September only has not brought October.
    """
    if delivery.kind == ImportKind.CASES:
        held = [known.months[month] for month in period.months if month in known.months]
        return sorted(held, key=lambda file: file.pk) if len(held) == len(period.months) else []
    return [file for file in files if file.state == ImportState.APPLIED]


def _to_look_at(files: list[DataImport], applied: list[DataImport]) -> DataImport | None:
    """Return a file that waits for somebody, else the newest that counts, else the newest there was."""
    waiting = [file for file in files if ImportState(file.state) in deliveries.ON_ITS_WAY]
    return next((some[-1] for some in (waiting, applied, files) if some), None)
