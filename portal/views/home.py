"""My work: what waits for this person, and the newest presented reports."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from indicators.gates import PersonRequest
from indicators.people import Person
from indicators.templatetags.figures import moment
from narratives import queries as texts
from narratives.queries import Waiting
from portal import editions, queries, supplied
from portal.choices import PERMISSIONS
from portal.gates import gate

NEWEST = 3


@gate("home.see")
def home(request: PersonRequest) -> HttpResponse:
    """Show what waits for the person who asks, grouped by what is to be done."""
    person = request.person
    waiting = [
        *texts.waiting(person),
        *queries.imports_to_confirm(person),
        *queries.set_asides_to_agree(person),
        *supplied.returns_to_confirm(person),
        *supplied.corrections_to_decide(person),
        *queries.waiting(person),
    ]
    groups = [*_grouped(waiting), *_newest(person)]
    return render(request, "portal/home.html", {"door": "home", "groups": groups})


def _grouped(waiting: list[Waiting]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, str]]] = {}
    for one in waiting:
        url = reverse(one.url_name, args=one.url_args)
        task = {"title": one.title, "url": url, "detail": one.detail, "status": one.status}
        groups.setdefault(one.group, []).append(task)
    return [{"title": title, "tasks": tasks} for title, tasks in groups.items()]


def _newest(person: Person) -> list[dict[str, Any]]:
    if not person.has(*PERMISSIONS["edition.read"]):
        return []
    tasks = [
        {
            "title": f"{one.title}, {one.period}",
            "url": reverse("edition", args=[one.slug, one.number]),
            "detail": f"Edition {one.number}, presented at {moment(one.presented_at)}",
            "status": "",
        }
        for one in editions.presented()[:NEWEST]
    ]
    return [{"title": "Newest reports", "tasks": tasks}] if tasks else []
