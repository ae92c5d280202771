"""The API's own page: what it holds, how Excel and Power BI load it, and the key that they need."""

import re
from inspect import getdoc
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.debug import sensitive_variables

from indicators.api_urls import urlpatterns
from indicators.gates import PersonRequest
from portal.choices import PERMISSIONS
from portal.gates import gate
from portal.keys import LIFE, key_of
from portal.models.user import User

NAMED = re.compile(r"<\w+:(\w+)>")


@gate("api.read", "GET", "HEAD", "POST")
@sensitive_variables("context")
def page(request: PersonRequest) -> HttpResponse:
    """Show what the API holds for this person; make a key when asked for one, and show it this once."""
    doors: list[tuple[str, Any]] = [(str(one.pattern), one.callback) for one in urlpatterns]
    lists = [
        ("/api/" + NAMED.sub(r"{\1}", path), getdoc(view.cls), "<" not in path)
        for path, view in doors
        if request.person.has(*PERMISSIONS[view.permission])
    ]
    context = {
        "door": "indicators",
        "lists": lists,
        "address": request.build_absolute_uri("/api/"),
        "days": LIFE.days,
        "key": key_of(get_object_or_404(User, pk=request.person.id)) if request.method == "POST" else "",
    }
    return render(request, "portal/api.html", context)
