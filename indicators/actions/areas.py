"""Areas: loading the small areas of a force, with the districts and divisions they lie in."""

from django.db import transaction
from django.utils.text import slugify

from indicators.choices import AreaKind
from indicators.models.area import Area, Force
from indicators.people import Person
from indicators.readers.areas import AreaRow


def ensure_force(slug: str, name: str) -> Force:
    """Return the force of this slug, made if it is new, with its own area and its two remainder lines."""
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
    """Add or rename divisions, districts and small areas; returns how many of each the file holds.

    Areas are never removed: cases may stand in them.
    """
    own = Area.objects.get(force=force, kind=AreaKind.FORCE)
    divisions = {
        name: _place(force, AreaKind.DIVISION, f"division-{slugify(name)}", name, own)
        for name in sorted({row.division for row in rows if row.division})
    }
    district_rows = {row.district: row.division for row in rows}
    districts = {
        name: _place(force, AreaKind.DISTRICT, slugify(name), name, divisions.get(division, own))
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
    return {"divisions": len(divisions), "districts": len(districts), "small areas": len(rows)}


def _place(force: Force, kind: AreaKind, slug: str, name: str, parent: Area) -> Area:
    area, _ = Area.objects.update_or_create(
        force=force, slug=slug, defaults={"kind": kind, "name": name, "parent": parent}
    )
    return area
