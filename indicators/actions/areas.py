"""Areas: loading the small areas of a force, with the districts and divisions they lie in."""

from django.db import connection, transaction
from django.db.models import Q

from indicators.actions import imports, recomputing, slugs
from indicators.choices import AreaKind, ImportKind, ImportState
from indicators.models.area import Area, Force
from indicators.models.case import CaseMonth
from indicators.models.data_import import DataImport
from indicators.people import Person
from indicators.readers.areas import AreaRow


def ensure_force(slug: str, name: str) -> Force:
    """Return the force of this slug, made if it is new, with its own area and its two remainder lines.

    Raises Refused when a comparator is known by the slug of one of them.
    """
    if not Force.objects.filter(slug=slug).exists():
        wanted = [slug, slugs.slug_of(slug), "outside-force", "no-location"]
        slugs.require_free(wanted, Area.objects.filter(force__isnull=True))
    force, _ = Force.objects.get_or_create(slug=slug, defaults={"name": name or slug.replace("-", " ").title()})
    own, _ = Area.objects.get_or_create(force=force, kind=AreaKind.FORCE, defaults={"slug": slug, "name": force.name})
    for kind, area_slug, words in (
        (AreaKind.OUTSIDE, "outside-force", "Outside the force's area"),
        (AreaKind.UNLOCATED, "no-location", "No location recorded"),
    ):
        Area.objects.get_or_create(force=force, kind=kind, defaults={"slug": area_slug, "name": words, "parent": own})
    return force


@transaction.atomic
def load(force: Force, rows: list[AreaRow], *, by: Person) -> dict[str, int]:
    """Add, rename or move divisions, districts and small areas; returns how many of each the file holds.

    Areas are never removed: cases may stand in them. Where the map of held cases changes, they are counted anew under a
    new data version. Raises Refused for a name that figures know another area by.
    """
    before = _map(force)
    named = {name: slugs.slug_of(name) for row in rows for name in (row.division, row.district) if name}
    _require_free(force, rows, named)
    own = Area.objects.get(force=force, kind=AreaKind.FORCE)
    divisions = {
        name: _place(force, AreaKind.DIVISION, f"division-{named[name]}", name, own)
        for name in sorted({row.division for row in rows if row.division})
    }
    district_rows = {row.district: row.division for row in rows}
    districts = {
        name: _place(force, AreaKind.DISTRICT, named[name], name, divisions.get(division, own))
        for name, division in sorted(district_rows.items())
    }
    Area.objects.bulk_create(
        (
            Area(
                force=force,
                kind=AreaKind.SMALL_AREA,
                slug=row.code.lower(),
                code=row.code,
                name=row.name,
                parent=districts[row.district],
            )
            for row in rows
        ),
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["force", "slug"],
        update_fields=["name", "parent"],
    )
    if CaseMonth.objects.filter(force=force).exists() and _map(force) != before:
        _count_anew(force, by)
    return {"divisions": len(divisions), "districts": len(districts), "small areas": len(rows)}


def _require_free(force: Force, rows: list[AreaRow], named: dict[str, str]) -> None:
    """Refuse a place by whose short name figures know a comparator, or the force and its remainder lines."""
    wanted = {f"division-{named[row.division]}" for row in rows if row.division}
    wanted |= {named[row.district] for row in rows} | {row.code.lower() for row in rows}
    fixed = Q(force=force, kind__in=[AreaKind.FORCE, AreaKind.OUTSIDE, AreaKind.UNLOCATED])
    slugs.require_free(wanted, Area.objects.filter(Q(force__isnull=True) | fixed))


def _map(force: Force) -> dict[int, int | None]:
    """Return what each area lies in."""
    return dict(Area.objects.filter(force=force).values_list("id", "parent_id"))


def _count_anew(force: Force, by: Person) -> None:
    """Move cases whose small area has become known out of the line for other forces' areas, then count everything."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE indicators_case c SET area_id = a.id FROM indicators_area a, indicators_area line
            WHERE c.force_id = %(force)s AND c.month = ANY(%(months)s) AND c.area_id = line.id AND line.kind = 'outside'
              AND a.force_id = c.force_id AND a.kind = 'small-area' AND a.code = c.small_area_code
            """,
            {"force": force.pk, "months": recomputing.countable_months(force)},
        )
    recomputing.recompute(force, by=by, reason="Areas loaded")
    checked = DataImport.objects.filter(force=force, kind=ImportKind.CASES)
    for data_import in checked.filter(state__in=[ImportState.STAGED, ImportState.CONFIRMED]):
        imports.check_again(data_import, by=by)


def _place(force: Force, kind: AreaKind, slug: str, name: str, parent: Area) -> Area:
    area, _ = Area.objects.update_or_create(
        force=force, slug=slug, defaults={"kind": kind, "name": name, "parent": parent}
    )
    return area
