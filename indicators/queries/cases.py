"""Reads of cases: found by what they are, a page at a time, and counted from cells instead of row by row.

A page reads only the months it needs, each by its own key; the cells say which months can hold anything at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Self
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, prefetch_related_objects
from django.db.models.expressions import Combinable

from indicators.choices import AreaKind
from indicators.identity import digest
from indicators.models.area import Area, Force
from indicators.models.case import Case, CaseCell, CaseChange, CaseMonth
from indicators.models.data_import import DataImport
from indicators.models.overlay import Mark, SetAside
from indicators.periods import Period

PAGE = 50
SHOWN_WITH = ("area__parent", "category", "data_import")


@dataclass(frozen=True, slots=True)
class CaseKey:
    """Where a case stands within its force."""

    month: date
    key: UUID
    ordinal: int

    @classmethod
    def of(cls, case: Case) -> Self:
        """Return the place of a case."""
        return cls(case.month, case.key, case.ordinal)

    @property
    def cursor(self) -> str:
        """The place as one word for an address."""
        return f"{self.month:%Y%m}-{self.key.hex}-{self.ordinal}"

    @classmethod
    def parse(cls, cursor: str) -> Self | None:
        """Read a cursor; None when it is none."""
        try:
            month, key, ordinal = cursor.split("-")
            return cls(date(int(month[:4]), int(month[4:]), 1), UUID(key), int(ordinal))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases are looked for; what is empty does not narrow.

    Of each set in `flags` a case has at least one. `is_set_aside` asks for those only, or for all others.
    `is_distinct` takes each identifier once in its month. `days`, within the months, takes those of its part months
    alone that have one of its days.
    """

    reference: str = ""
    months: frozenset[date] | None = None
    area: Area | None = None
    categories: frozenset[int] | None = None
    flags: tuple[frozenset[int], ...] = ()
    data_import: DataImport | None = None
    is_marked: bool = False
    is_set_aside: bool | None = None
    is_distinct: bool = False
    days: Period | None = None

    @property
    def is_counted(self) -> bool:
        """Whether the cells know how many there are."""
        in_small_area = self.area is not None and self.area.kind == AreaKind.SMALL_AREA
        return not (self.reference or self.data_import or self.is_marked or in_small_area) and (
            not self.is_distinct or self.is_set_aside is False
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases each month can hold of what is wanted; `gone` are months whose rows are no longer held."""

    held: dict[date, int] = field(default_factory=dict)
    gone: dict[date, int] = field(default_factory=dict)
    is_exact: bool = True

    @property
    def rows(self) -> int:
        """How many cases are held row by row."""
        return sum(self.held.values())

    @property
    def total(self) -> int:
        """How many cases were counted, held or not."""
        return self.rows + sum(self.gone.values())


@dataclass(frozen=True, slots=True)
class CasePage:
    """Some cases in order, and the cursor of the last where more follow."""

    cases: list[Case]
    after: str


def tally(force: Force, wanted: Wanted) -> Tally:
    """Count what is wanted by month from the cells, an upper bound where they cannot tell. Four queries at most."""
    months = CaseMonth.objects.filter(force=force, until_version__isnull=True)
    if wanted.months is not None:
        months = months.filter(month__in=wanted.months)
    if wanted.data_import is not None:
        months = months.filter(month__in=wanted.data_import.months)
    if wanted.is_marked:
        months = months.filter(month__in=Mark.objects.filter(force=force).open().values("month"))
    removed = dict(months.values_list("month", "rows_removed_at"))
    counts = {month: number for month, number in _counts(force, wanted, list(removed)) if number}
    # Cells know no days: the rows of the first and the last month are counted themselves.
    parts = [month for month in (wanted.days.part_months if wanted.days else ()) if removed.get(month, True) is None]
    if parts:
        rows = _rows(force, wanted).filter(month__in=parts).values("month").annotate(number=Count("*"))
        counts |= dict.fromkeys(parts, 0) | dict(rows.values_list("month", "number"))
    return Tally(
        held={month: number for month, number in counts.items() if removed[month] is None},
        gone={month: number for month, number in counts.items() if removed[month] is not None},
        is_exact=wanted.is_counted,
    )


def _counts(force: Force, wanted: Wanted, months: list[date]) -> QuerySet[CaseCell, tuple[date, int]]:
    cells = CaseCell.objects.filter(force=force, until_version__isnull=True, month__in=months)
    # Cells stand for districts and for the lines beside them.
    area = wanted.area.parent if wanted.area and wanted.area.kind == AreaKind.SMALL_AREA else wanted.area
    cells = cells.filter(_kind_of(wanted, area))
    counted: Combinable = F("cases") + F("set_aside")
    if wanted.is_set_aside is not None:
        own = "distinct_cases" if wanted.is_distinct else "cases"
        counted = F("set_aside") if wanted.is_set_aside else F(own)
    return cells.values("month").annotate(number=Sum(counted)).values_list("month", "number")


def _kind_of(wanted: Wanted, area: Area | None) -> Q:
    """Return what cells and cases have in common: area, category, flags."""
    kind = Q()
    if area is not None and area.kind != AreaKind.FORCE:
        kind &= Q(area__in=areas_within(area))
    if wanted.categories is not None:
        kind &= Q(category__in=wanted.categories)
    for some in wanted.flags:
        kind &= Q(flags__overlap=sorted(some))
    return kind


def areas_within(area: Area) -> list[int]:
    """Return an area and all below it: districts of a division, small areas of a district."""
    below = Q(pk=area.pk) | Q(parent=area) | Q(parent__parent=area)
    return list(Area.objects.filter(below, force=area.force_id).values_list("pk", flat=True))


def page(force: Force, wanted: Wanted, counted: Tally, after: CaseKey | None = None, limit: int = PAGE) -> CasePage:
    """Return the next cases, newest month first, with what a list shows of them; `counted` says which months hold any.

    The number of queries depends neither on the rows held nor on those found.
    """
    rows = _rows(force, wanted)
    months = sorted((month for month in counted.held if after is None or month <= after.month), reverse=True)
    found: list[Case] = []
    for batch in _batches(months, at_once=bool(wanted.reference)):
        found += _first(rows, batch, after, limit + 1 - len(found))
        if len(found) > limit:
            break
    shown = found[:limit]
    prefetch_related_objects(shown, *SHOWN_WITH)
    return CasePage(shown, CaseKey.of(shown[-1]).cursor if len(found) > limit else "")


def _batches(months: list[date], *, at_once: bool) -> Iterator[list[date]]:
    """Divide months: one, two, four and so on, as the first mostly fills a page; all where each costs one look."""
    start, size = 0, len(months) if at_once else 1
    while start < len(months):
        yield months[start : start + size]
        start, size = start + size, size * 2


def _first(rows: QuerySet[Case], months: Sequence[date], after: CaseKey | None, limit: int) -> list[Case]:
    """Return the first cases of some months. Each month is read by its own key and stops at the limit."""
    parts = []
    for month in months:
        part = rows.filter(month=month)
        if after is not None and month == after.month:
            part = part.filter(Q(key__gt=after.key) | Q(key=after.key, ordinal__gt=after.ordinal), key__gte=after.key)
        parts.append(part.order_by("key", "ordinal")[:limit])
    first, *others = parts
    if not others:
        return list(first)
    return list(first.union(*others, all=True).order_by("-month", "key", "ordinal")[:limit])


def _rows(force: Force, wanted: Wanted) -> QuerySet[Case]:
    rows = Case.objects.filter(_kind_of(wanted, wanted.area), force=force)
    here = {name: OuterRef(name) for name in ("force", "month", "key", "ordinal")}
    if wanted.reference:
        rows = rows.filter(key=key_of(wanted.reference), reference=wanted.reference)
    if wanted.data_import is not None:
        rows = rows.filter(data_import=wanted.data_import)
    if wanted.is_marked:
        rows = rows.filter(Exists(Mark.objects.filter(**here).open()))
    if wanted.is_set_aside is not None:
        is_there = Exists(SetAside.objects.filter(**here).in_force())
        rows = rows.filter(is_there if wanted.is_set_aside else ~is_there)
    if wanted.is_distinct:
        rows = rows.filter(Q(ordinal=0) | Q(reference=""))
    if wanted.days is not None:
        for month, first, last in wanted.days.parts:
            rows = rows.filter(~Q(month=month) | Q(occurred_on__range=(first, last)))
    return rows


def key_of(reference: str) -> UUID:
    """Return the key under which cases with this reference are stored."""
    return UUID(bytes=digest(reference))


def earlier_places(force: Force, reference: str) -> list[CaseKey]:
    """Return the places at which cases with this reference once stood and stand no longer."""
    months = sorted(set(CaseMonth.objects.filter(force=force).values_list("month", flat=True)))
    kept = CaseChange.objects.filter(force=force, month__in=months, key=key_of(reference), reference=reference)
    places = kept.order_by("-month", "key", "ordinal").values_list("month", "key", "ordinal").distinct()
    now = set(Case.objects.filter(force=force, month__in=months, key=key_of(reference)).values_list("month", "ordinal"))
    return [CaseKey(*place) for place in places if (place[0], place[2]) not in now]


def overlaid(force: Force, cases: Sequence[Case]) -> tuple[set[CaseKey], set[CaseKey]]:
    """Return which of these cases are marked, and which are set aside. Two queries."""
    months, keys = {case.month for case in cases}, {case.key for case in cases}
    here = Q(force=force, month__in=months, key__in=keys)
    marked = Mark.objects.filter(here).open().values_list("month", "key", "ordinal")
    aside = SetAside.objects.filter(here).in_force().values_list("month", "key", "ordinal")
    return {CaseKey(*place) for place in marked}, {CaseKey(*place) for place in aside}


def without_rows(force: Force, month: date) -> CaseMonth | None:
    """Return a month whose rows were removed when their time had come; None while they are held, or it never was."""
    months = CaseMonth.objects.filter(force=force, month=month, until_version__isnull=True)
    return months.filter(rows_removed_at__isnull=False).first()
