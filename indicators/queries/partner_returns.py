"""The part of queries that reads partner returns: their rows, what is held for each cell, and what is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, Q

from indicators.choices import (
    AreaKind,
    Basis,
    Cadence,
    DeliveryState,
    ImportKind,
    ImportState,
    Kind,
    Qualifier,
    Statistic,
    Status,
    Unit,
    Window,
)
from indicators.deliveries import ON_ITS_WAY
from indicators.models.area import Area, Force
from indicators.models.breakdown import BreakdownValue
from indicators.models.data_import import DataImport
from indicators.models.indicator import Indicator
from indicators.models.observation import Observation
from indicators.models.partner_return import PartnerReturn, ReturnRow, ReturnSubmission
from indicators.people import Person
from indicators.periods import Quarter
from indicators.queries import boards
from indicators.queries.boards import Expected
from indicators.queries.books import clean
from indicators.queries.versions import held_at
from indicators.readers.return_cells import Entered, GridRow, Place, period_of

WINDOW_WORDS = {
    Window.ROLLING_YEAR_TO_DATE: "rolling year to date",
    Window.ROLLING_12: "12 months",
    Window.YEAR_TO_DATE: "financial year to date",
    Window.CALENDAR_TO_DATE: "calendar year to date",
    Window.SNAPSHOT: "as at the end",
}


@dataclass(frozen=True, slots=True)
class Held:
    """What is held for a cell, and whether it is of the return's own source."""

    entered: Entered
    is_own: bool
    source: str


def grid_rows(partner_return: PartnerReturn, force: Force) -> list[GridRow]:
    """Return the rows of a return in their order; those of areas that this force does not have are left out."""
    rows = partner_return.rows.select_related("indicator", "part").order_by("position", "id")
    areas = Area.objects.filter(Q(force=force) | Q(force__isnull=True)).exclude(kind=AreaKind.SMALL_AREA)
    names = {"": "", **dict(areas.values_list("slug", "name"))}
    names[own_area(force)] = ""  # a row may name the force's own area, and is then of the force itself
    found = (_grid_row(row, names[row.area]) for row in rows if row.area in names)
    return list({row.key: row for row in found}.values())


def _grid_row(row: ReturnRow, area: str) -> GridRow:
    made = series_row(row.indicator, row.part, row.area if area else "", area, Window(row.window))
    period = WINDOW_WORDS.get(made.window, "")
    label = row.label or f"{made.label}{f', {period}' if period else ''}"
    return replace(made, label=label, names=() if period else (made.label,))


def series_row(measure: Indicator, part: BreakdownValue | None, area: str, area_name: str, window: Window) -> GridRow:
    """Return a series as a row of fields, named in full; `area_name` is empty for the force itself."""
    return GridRow(
        label=f"{measure.name}{f': {part.name}' if part else ''}{f', {area_name}' if area_name else ''}",
        indicator=measure.key,
        part=part.slug if part else "",
        area=area,
        area_name=area_name,
        window=window,
        kind=Kind(measure.kind),
        unit=Unit(measure.unit),
        decimals=measure.decimals,
    )


def own_area(force: Force) -> str:
    """Return the slug of the area that is the force itself."""
    return Area.objects.get(force=force, kind=AreaKind.FORCE).slug


def held_cells(
    partner_return: PartnerReturn,
    force: Force,
    rows: Sequence[GridRow],
    quarters: Sequence[Quarter],
    at: int | None = None,
) -> dict[Place, Held]:
    """Return what is held now, or was at a data version, for the cells of a return. One query."""
    wanted = {
        (row.indicator, row.part, row.area, row.window.value, *_days(row, quarter)): (at_row, quarter)
        for at_row, row in enumerate(rows)
        for quarter in quarters
    }
    found: dict[Place, Held] = {}
    observations = Observation.objects.filter(
        held_at(at),
        Q(area__force=force) | Q(area__force__isnull=True),
        force=force,
        statistic=Statistic.LEVEL,
        indicator__key__in={row.indicator for row in rows},
        end__in={quarter.end for quarter in quarters},
        reported_for="",
    ).select_related("indicator", "part", "area", "source")
    for one in observations:
        area = "" if one.area.kind == AreaKind.FORCE else one.area.slug
        place = wanted.get((one.indicator.key, one.part.slug if one.part else "", area, one.window, one.start, one.end))
        if place is not None:
            found[place] = Held(as_entered(one), one.source_id == partner_return.source_id, one.source.name)
    return found


def _days(row: GridRow, quarter: Quarter) -> tuple[date | None, date | None]:
    period = period_of(row.window, quarter)
    return period.start, period.end


def as_entered(one: Observation) -> Entered:
    """Return what an observation says, as a cell says it."""
    return Entered(
        clean(one.value), clean(one.numerator), clean(one.denominator), Status(one.status), Basis(one.basis),
        Qualifier(one.qualifier), one.period_printed, one.note,
    )  # fmt: skip


def was_sent_again(data_import: DataImport) -> bool:
    """Tell whether an import is a return that was sent in again for its quarter, and the newer one still counts."""
    sent = ReturnSubmission.objects.filter(data_import=data_import).first()
    if sent is None:
        return False
    later = ReturnSubmission.objects.filter(
        partner_return=sent.partner_return_id, force=sent.force_id, quarter=sent.quarter, pk__gt=sent.pk
    )
    return later.filter(data_import__state__in=[*ON_ITS_WAY, ImportState.APPLIED]).exists()


@dataclass(frozen=True, slots=True)
class Due:
    """How one return stands for a quarter: the newest time it was sent in, and the delivery that expects it."""

    partner_return: PartnerReturn
    submission: ReturnSubmission | None
    expected: Expected | None

    @property
    def state(self) -> str:
        """The state as a tag shows it."""
        if self.submission is not None:
            state = self.submission.data_import.state
            words = {ImportState.APPLIED: DeliveryState.ARRIVED, ImportState.REFUSED: DeliveryState.REFUSED}
            if state in words:
                return words[ImportState(state)]
            if state not in {ImportState.ABANDONED, ImportState.REVERTED, ImportState.FAILED}:
                return DeliveryState.IN_PROGRESS
        return self.expected.state if self.expected is not None else DeliveryState.NOT_DUE

    @property
    def words(self) -> str:
        """The state in words."""
        if self.submission is not None and self.state == DeliveryState.IN_PROGRESS:
            is_staged = self.submission.data_import.state == ImportState.STAGED
            return "Waits to be confirmed" if is_staged else "Being checked"
        if self.expected is not None and self.state == self.expected.state:
            return self.expected.words
        return {DeliveryState.ARRIVED: "Received", DeliveryState.REFUSED: "Refused"}.get(
            DeliveryState(self.state), "Not received"
        )


def due(person: Person, force: Force, quarter: Quarter, today: date) -> list[Due]:
    """Return how every return that a person may see stands for a quarter. Seven queries, whatever their number."""
    visible = PartnerReturn.objects.visible_to(person).filter(is_retired=False)
    returns = list(visible.select_related("portfolio", "source"))
    newest: dict[int, ReturnSubmission] = {}
    sent = ReturnSubmission.objects.filter(force=force, quarter=quarter.key, partner_return__in=returns)
    for submission in sent.select_related("data_import", "submitted_by").order_by("id"):
        newest[submission.partner_return_id] = submission
    by_source = _expected(boards.board(force, quarter, today))
    return [Due(one, newest.get(one.pk), by_source.get(one.source_id)) for one in returns]


def _expected(lines: Iterable[boards.Line]) -> dict[int, Expected]:
    """Return the quarterly figures that are expected, by source. One query.

    None where a source sends several, or where several returns are of it: nobody can say which of them came.
    """
    in_use = PartnerReturn.objects.filter(is_retired=False).values("source").annotate(returns=Count("pk"))
    shared = set(in_use.filter(returns__gt=1).values_list("source", flat=True))
    found: dict[int, list[Expected]] = {}
    for line in lines:
        if line.delivery.kind == ImportKind.OBSERVATIONS and line.delivery.cadence == Cadence.QUARTERLY:
            found.setdefault(line.delivery.source_id, []).extend(line.expected)
    return {source: several[0] for source, several in found.items() if len(several) == 1 and source not in shared}


def expected_of(partner_return: PartnerReturn, force: Force, quarter: Quarter, today: date) -> Expected | None:
    """Return the delivery that expects a return for a quarter, if there is one."""
    return _expected(boards.board(force, quarter, today)).get(partner_return.source_id)
