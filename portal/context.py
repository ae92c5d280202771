"""What the shell of every page shows: the organisation, and the doors this person may open."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from indicators.people import Person
from portal.choices import PERMISSIONS


@dataclass(frozen=True, slots=True)
class Door:
    """One entry of the navigation."""

    words: str
    url_name: str
    permission: str
    section: str


DOORS = (
    Door("My work", "home", "home.see", "home"),
    Door("Indicators", "indicators", "indicator.see", "indicators"),
    Door("Deliveries", "deliveries", "delivery.see", "deliveries"),
    Door("Partner returns", "returns", "return.see", "returns"),
    Door("Imports", "imports", "import.see", "imports"),
    Door("Cases", "cases", "case.see", "cases"),
    Door("Sections", "sections", "section.see", "sections"),
    Door("Reviews", "reviews", "section.approve", "reviews"),
    Door("Report desk", "desk", "report.see", "desk"),
    Door("Reports", "reports", "edition.read", "reports"),
    Door("Reference data", "admin:index", "admin.reference", "admin"),
    Door("Accounts", "admin:index", "admin.accounts", "admin"),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the names and doors for templates; no query."""
    person: Person | None = getattr(request, "person", None)
    doors = [door for door in DOORS if person is not None and person.has(*PERMISSIONS[door.permission])]
    return {"organisation": settings.ORGANISATION, "doors": doors, "is_demonstration": settings.DEBUG, "person": person}
