"""From a figure down to the cases behind it: the same kinds, places, months and policy by which it was counted."""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q

from indicators.choices import AreaKind, Window
from indicators.models.aggregate import Aggregate
from indicators.models.area import Area, Force
from indicators.models.indicator import Indicator
from indicators.periods import Period, period_ending
from indicators.queries.case_series import CaseSeries, case_series
from indicators.queries.cases import Tally, Wanted, tally
from indicators.queries.versions import held_at


@dataclass(frozen=True, slots=True)
class FigureAddress:
    """Which figure is meant; an empty area is the force itself, without a version the current one."""

    indicator: Indicator
    window: Window
    end: date
    part: str = ""
    area: str = ""
    version: int | None = None
    start: date | None = None

    @property
    def period(self) -> Period:
        """The span that the figure speaks of; `start` is needed where the window does not say it."""
        return Period(self.window, self.start, self.end) if self.start else period_ending(self.window, self.end)


@dataclass(frozen=True, slots=True)
class FigureCases:
    """The cases behind a figure: which they are, how many each month holds, and how many are set aside.

    `shown` is the value that was asked about, `current` the one that holds now.
    """

    address: FigureAddress
    wanted: Wanted
    shown: Aggregate
    current: Aggregate | None
    tally: Tally
    set_aside: int

    @property
    def has_moved(self) -> bool:
        """Whether the data has changed since the value that was asked about."""
        return self.current is None or self.current.value != self.shown.value


def figure_cases(force: Force, address: FigureAddress) -> FigureCases | None:
    """Return the cases behind a figure; None when there is no such figure, or it was not counted from cases."""
    series = _series(address)
    area = _area(force, address.area)
    if series is None or area is None or address.period.start is None:
        return None
    values = Aggregate.objects.filter(
        Q(part__slug=address.part) if address.part else Q(part=None),
        force=force,
        indicator=address.indicator,
        area=area,
        source=series.source_id,
        window=address.window,
        start=address.period.start,
        end=address.period.end,
        value__isnull=False,
    ).select_related("area", "part")
    shown = values.filter(held_at(address.version)).first()
    if shown is None:
        return None
    wanted = _wanted(series, address.period, area)
    aside = tally(force, replace(wanted, is_set_aside=True, is_distinct=False))
    return FigureCases(
        address=address,
        wanted=wanted,
        shown=shown,
        current=values.filter(held_at(None)).first(),
        tally=tally(force, wanted),
        set_aside=aside.total,
    )


def _series(address: FigureAddress) -> CaseSeries | None:
    parts = address.indicator.breakdown.values if address.indicator.breakdown else None
    part_id = None
    if address.part:
        part_id = parts.filter(slug=address.part).values_list("pk", flat=True).first() if parts else None
        if part_id is None:
            return None
    own = (one for one in case_series() if (one.indicator_id, one.part_id) == (address.indicator.pk, part_id))
    return next(own, None)


def _area(force: Force, slug: str) -> Area | None:
    areas = Area.objects.filter(force=force)
    return areas.filter(slug=slug).first() if slug else areas.filter(kind=AreaKind.FORCE).first()


def _wanted(series: CaseSeries, period: Period, area: Area) -> Wanted:
    flags = tuple(some for some in (series.flags, series.part_flags) if some is not None)
    return Wanted(
        months=frozenset(period.months),
        area=area,
        categories=series.categories,
        flags=flags,
        is_set_aside=False,
        is_distinct=series.is_distinct,
        days=period,
    )
