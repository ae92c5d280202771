"""The short names by which figures know areas: no place of a force shares one with an area that all forces see."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.text import slugify

from indicators.models.area import Area
from indicators.people import Refused, Verdict


def slug_of(name: str) -> str:
    """Return the short name that is made of a name. Raises Refused where nothing of the name can stand in one."""
    slug = slugify(name)[:80].strip("-_")
    if not slug:
        words = f"“{name}” has no letter from A to Z and no digit, so that no address can be made of it."
        raise Refused(Verdict(False, f"{words} Choose another name."))
    return slug


def require_free(slugs: Iterable[str], others: QuerySet[Area]) -> None:
    """Raise Refused naming each of the `others` by whose short name an area is to be known as well."""
    taken = others.filter(slug__in=set(slugs)).order_by("name").values_list("name", "slug")
    if taken:
        words = " ".join(f"Figures know an area “{name}” by the short name “{slug}” already." for name, slug in taken)
        raise Refused(Verdict(False, f"{words} Choose another name.", is_conflict=True))
