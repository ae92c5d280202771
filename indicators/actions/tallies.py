"""Cases of every series by area: of whole months from their cells, of part months day by day."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from indicators.choices import AreaKind
from indicators.models.area import Area, Force
from indicators.models.case import CaseCell
from indicators.periods import Period
from indicators.queries.case_days import DayRow, counted_by_day
from indicators.queries.case_series import CaseSeries
from indicators.queries.spans import AskedSpan
from indicators.queries.versions import newest_version

Place = tuple[int, int]  # position of the series, area


@dataclass(slots=True)
class Tally:
    """The cases of one series in one area by month, and how many two people have set aside."""

    cases: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    set_aside: dict[date, int] = field(default_factory=dict)

    def between(self, months: Sequence[date]) -> int:
        """Return the cases of some months."""
        cases = self.cases
        return sum([cases[m] for m in months if m in cases])


@dataclass(slots=True)
class Part:
    """The cases of one series in one area in the months that a span holds only in part.

    `undated` are those of these months that have no day: nobody can say whether they lie in the span.
    """

    cases: int = 0
    set_aside: int = 0
    undated: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """A period to be counted: `months` whole, and what its part months hold by place. `span`: who asked for it."""

    period: Period
    months: tuple[date, ...]
    parts: Mapping[Place, Part] = field(default_factory=dict)
    span: AskedSpan | None = None


class Lines:
    """Which areas and series a cell counts in."""

    def __init__(self, force: Force, series: Sequence[CaseSeries]) -> None:
        self._series = series
        self._areas = _lines(force)
        self._belongs: dict[tuple[int, tuple[int, ...]], list[int]] = {}

    def of(self, area_id: int | None, category_id: int, flags: Sequence[int]) -> Iterator[Place]:
        """Yield each place in which cases of an area, a category and a set of flags count."""
        signature = (category_id, tuple(flags))
        positions = self._belongs.get(signature)
        if positions is None:
            positions = [at for at, one in enumerate(self._series) if one.counts(category_id, flags)]
            self._belongs[signature] = positions
        for line in self._areas.get(area_id, ()):
            for position in positions:
                yield position, line


def count(force: Force, series: Sequence[CaseSeries], lines: Lines, first: date, last: date) -> dict[Place, Tally]:
    """Add the cells of the months from `first` to `last` up, for districts and all above them."""
    tallies: dict[Place, Tally] = defaultdict(Tally)
    cells = CaseCell.objects.filter(
        force=force, until_version__isnull=True, month__gte=first, month__lte=last
    ).values_list("month", "area_id", "category_id", "flags", "cases", "distinct_cases", "set_aside")
    for month, area_id, category_id, flags, cases, distinct, set_aside in cells.iterator(chunk_size=10_000):
        for place in lines.of(area_id, category_id, flags):
            tally = tallies[place]
            tally.cases[month] += distinct if series[place[0]].is_distinct else cases
            if set_aside:
                tally.set_aside[month] = tally.set_aside.get(month, 0) + set_aside
    return tallies


def counted_spans(
    force: Force, series: Sequence[CaseSeries], lines: Lines, spans: Sequence[AskedSpan]
) -> list[Counted]:
    """Count the days of the part months of spans; no query where all of them hold whole months."""
    months = {month for one in spans for month in one.period.part_months}
    categories = frozenset[int]().union(*(one.categories for one in series))
    rows = counted_by_day(force.pk, newest_version(force), sorted(months), categories, by_area=True)
    found = []
    for span in spans:
        parts: dict[Place, Part] = defaultdict(Part)
        within = set(span.period.part_months)
        for row in rows:
            if row.month in within:
                _add(parts, row, span.period, series, lines)
        found.append(Counted(span.period, span.period.whole_months, parts, span))
    return found


def _add(parts: dict[Place, Part], row: DayRow, period: Period, series: Sequence[CaseSeries], lines: Lines) -> None:
    if row.day is not None and not period.holds(row.day):
        return
    for place in lines.of(row.place, row.category, row.flags):
        part = parts[place]
        number = row.distinct if series[place[0]].is_distinct else row.cases
        if row.day is None:
            part.undated += number
        else:
            part.cases += number
            part.set_aside += row.set_aside


def _lines(force: Force) -> dict[int | None, tuple[int, ...]]:
    """Return for each area of a force the areas that its cases count in: itself and all above it."""
    above = dict(Area.objects.filter(force=force).values_list("id", "parent_id"))
    force_area = Area.objects.get(force=force, kind=AreaKind.FORCE).pk
    lines: dict[int | None, tuple[int, ...]] = {}
    for pk in above:
        chain, current = [pk], above[pk]
        while current is not None and current != force_area:
            chain.append(current)
            current = above[current]
        lines[pk] = (*chain, force_area) if pk != force_area else (force_area,)
    return lines
