"""Published numbers beside the ones computed here: reconciled, never printed in a report."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q

from indicators.agreeing import rounding
from indicators.calculations import ARITHMETIC
from indicators.choices import AreaKind, Kind, Statistic, Unit, Window
from indicators.models.aggregate import Aggregate
from indicators.models.area import Force
from indicators.models.observation import Observation
from indicators.periods import Period, previous_equivalent
from indicators.queries.books import clean
from indicators.queries.versions import held_at
from indicators.queries.windows import BY_WINDOW
from indicators.series import Series, Slot


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """A published number beside the one counted from cases; never printed in a report, only compared."""

    series: str
    name: str
    period: Period
    statistic: Statistic
    published: Decimal
    counted: Decimal | None
    row_id: str
    kind: Kind = Kind.COUNT
    unit: Unit = Unit.COUNT
    decimals: int = 0

    @property
    def agrees(self) -> bool:
        """Tell whether both numbers are the same, as far as the published one is printed; a count is exact."""
        if self.counted is None:
            return False
        apart = ARITHMETIC.subtract(self.published, self.counted).copy_abs()
        return apart <= rounding(self.kind, self.decimals, [self.published])


def control_totals(force: Force, at: int | None = None, key: str | None = None) -> Iterator[ControlTotal]:
    """Yield every published number of a period that cases are the source of, or of a composite, with the one computed.

    `key` limits it to one indicator.
    """
    rows = (
        Observation.objects.filter(
            held_at(at),
            Q(start__gte=F("indicator__case_rule__starts_on")) | Q(indicator__formula__isnull=False),
            force=force,
            area__force=force,
            area__kind=AreaKind.FORCE,
            statistic__in=[Statistic.LEVEL, Statistic.CHANGE],
            **({"indicator__key": key} if key else {}),
        )
        .select_related("indicator", "part")
        .order_by("indicator__position", "part__position", "end", BY_WINDOW, "statistic")
    )
    counted = _counted(force, at, {row.indicator_id for row in rows})
    for row in rows:
        if row.end is None or row.start is None or row.value is None:
            continue
        place = (row.indicator_id, row.part_id)
        period = Period(Window(row.window), row.start, row.end)
        now = counted.get((*place, Slot.of(period)))
        if row.statistic == Statistic.CHANGE:
            earlier = previous_equivalent(period)
            before = counted.get((*place, Slot.of(earlier))) if earlier else None
            now = now - before if now is not None and before is not None else None
        yield ControlTotal(
            series=Series(row.indicator.key, row.part.slug if row.part else "").key,
            name=f"{row.indicator.name}{f': {row.part.name}' if row.part else ''}",
            period=period,
            statistic=Statistic(row.statistic),
            published=clean(row.value) or Decimal(0),
            counted=clean(now),
            row_id=row.row_id,
            kind=Kind(row.indicator.kind),
            unit=Unit(row.indicator.unit),
            decimals=row.indicator.decimals,
        )


def _counted(force: Force, at: int | None, indicators: set[int]) -> dict[tuple[int, int | None, Slot], Decimal]:
    rows = Aggregate.objects.filter(
        held_at(at), force=force, area__kind=AreaKind.FORCE, indicator_id__in=indicators, value__isnull=False
    ).values_list("indicator_id", "part_id", "window", "start", "end", "value")
    return {
        (indicator, part, Slot.of(Period(Window(window), start, end))): value
        for indicator, part, window, start, end, value in rows
        if value is not None
    }
