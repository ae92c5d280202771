"""The gate of a page: which permission opens it, readable by the access test as `view.permission`."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods

from indicators.choices import Role
from indicators.people import Person


class PersonRequest(HttpRequest):
    """A request after the portal's middleware: it knows the person who asks."""

    person: Person


View = Callable[..., HttpResponseBase]


def gate_of(table: Mapping[str, frozenset[Role]]) -> Callable[..., Callable[[View], View]]:
    """Return the decorator `gate(permission, methods)` for one package's part of the permission table."""

    def gate(permission: str, *methods: str) -> Callable[[View], View]:
        roles = table[permission]

        def decorate(view: View) -> View:
            @wraps(view)
            def gated(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
                # Not found rather than forbidden: whoever may not see a page does not learn that it exists.
                if not request.person.has(*roles):
                    raise Http404
                return view(request, *args, **kwargs)

            allowed = require_http_methods(list(methods or ("GET", "HEAD")))(gated)
            allowed.permission = permission  # type: ignore[attr-defined]
            return allowed

        return decorate

    return gate
