"""Values of divisions and of the force from those of the areas in them, where a file gives only these."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from indicators.actions.values import Row
from indicators.calculations import ARITHMETIC, storable, sum_of
from indicators.choices import AreaKind, Kind, Status, Window
from indicators.composites import joint_basis, joint_qualifier, joint_status
from indicators.kinds import SCALES, Aggregation
from indicators.models.area import Area, Force
from indicators.models.indicator import Indicator

Key = tuple[object, ...]
# Where each column of a row stands.
AREA, VALUE, NUMERATOR, DENOMINATOR, MISSING, STATUS, BASIS, QUALIFIER, SOURCE, CAUTION = (
    2, 7, 8, 9, 10, 11, 12, 13, 16, 17,
)  # fmt: skip

NOT_ADDITIVE = "not additive: values of this measure are not put together over areas"


def key_of(row: Row) -> Key:
    """Return what a supplied row stands for, so that nothing is worked out beside it: part, area, window and end.

    Of a span also its first day, which its end does not say.
    """
    return (row[1], row[AREA], row[3], row[5], row[4] if row[3] == Window.SPAN else None)


def added_over_areas(indicator: Indicator, force: Force, rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the values of areas that `rows` have none of, from the areas in them, lowest first.

    One area without a value leaves the higher one without: its name stands in the note. The lines for cases elsewhere
    and without a location count where they are supplied.
    """
    if indicator.over_areas == Aggregation.SUPPLIED or not rows:
        return
    groups: dict[Key, dict[int, Row]] = defaultdict(dict)
    for row in rows:
        groups[_period_of(row)][_area_of(row)] = row
    inside = _inside(force)
    for held in groups.values():
        for parent, children in inside:
            if parent in held:
                continue
            found = [held[child.pk] for child in children if child.pk in held]
            needed = [child for child in children if child.kind in {AreaKind.DIVISION, AreaKind.DISTRICT}]
            if found and any(child.pk in held for child in needed):
                lacking = [child.name for child in needed if child.pk not in held]
                held[parent] = joined(indicator, parent, found, lacking)
                yield held[parent]


def _period_of(row: Row) -> Key:
    return (row[1], *row[3:7])


def _area_of(row: Row) -> int:
    pk: Any = row[AREA]
    return int(pk)


def _inside(force: Force) -> list[tuple[int, list[Area]]]:
    """Return each higher area with the areas directly in it: divisions first, then the force."""
    children: dict[int, list[Area]] = defaultdict(list)
    kinds: dict[int, str] = {}
    for area in Area.objects.filter(force=force).exclude(kind=AreaKind.SMALL_AREA).order_by("name"):
        kinds[area.pk] = area.kind
        if area.parent_id is not None:
            children[area.parent_id].append(area)
    force_pk = next((pk for pk, kind in kinds.items() if kind == AreaKind.FORCE), None)
    own = [pk for pk in children if pk != force_pk]
    return [(pk, children[pk]) for pk in (*own, force_pk) if pk is not None and pk in children]


def joined(indicator: Indicator, parent: int, rows: Sequence[Any], lacking: Sequence[str]) -> Row:
    """Put the rows of the areas in one area together by the indicator's rule.

    `lacking` are the names of those without a row. What does not add up has no value, and says so.
    """
    first = rows[0]
    missing = sorted({month for row in rows for month in row[MISSING]})
    numerator = denominator = value = None
    blank = [row for row in rows if row[VALUE] is None]
    if not blank and not lacking:
        if indicator.over_areas == Aggregation.ADD:
            value = sum_of(row[VALUE] for row in rows)
        elif indicator.over_areas == Aggregation.WEIGHTED and all(
            row[NUMERATOR] is not None and row[DENOMINATOR] is not None for row in rows
        ):
            numerator = sum_of(row[NUMERATOR] for row in rows)
            denominator = sum_of(row[DENOMINATOR] for row in rows)
            scaled = ARITHMETIC.multiply(numerator, SCALES[Kind(indicator.kind)])
            value = storable(ARITHMETIC.divide(scaled, denominator)) if denominator else None
    status = joint_status(Status(row[STATUS]) for row in rows)
    if value is None and status != Status.SUPPRESSED:
        status = Status.NOT_AVAILABLE
    note = "" if value is not None else _why(indicator, blank, lacking)
    cautions = "; ".join(dict.fromkeys(row[CAUTION] for row in rows if row[CAUTION]))
    return (
        *first[:AREA], parent, *first[AREA + 1 : VALUE], value, numerator, denominator, missing, status.value,
        joint_basis(row[BASIS] for row in rows).value, joint_qualifier(row[QUALIFIER] for row in rows).value, "", note,
        first[SOURCE], cautions,
    )  # fmt: skip


def _why(indicator: Indicator, blank: Sequence[Any], lacking: Sequence[str]) -> str:
    if indicator.over_areas == Aggregation.SUPPLIED:
        return NOT_ADDITIVE
    if lacking:
        return f"no value of {', '.join(lacking)}"
    return "an area in it has no value" if blank else "the counts behind the values of its areas are not given"
