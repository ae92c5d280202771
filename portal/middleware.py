"""Between request and view: who is asking, and what happens when an action is refused."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from indicators.people import Person, Refused
from portal.models.refusal import Refusal
from portal.models.user import User
from portal.permissions import person_of

logger = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponse]
NOBODY = Person(id=0, name="", email="", roles=frozenset())


class PersonMiddleware:
    """Put the person who asks on the request; pages of signed-in people are never stored by a browser or proxy."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.person = person_of(user) if isinstance(user, User) else NOBODY  # type: ignore[attr-defined]
        response = self.get_response(request)
        if isinstance(user, User):
            add_never_cache_headers(response)
        if request.path.startswith("/admin/"):
            response._csp_config = settings.ADMIN_CONTENT_SECURITY_POLICY["DIRECTIVES"]  # type: ignore[attr-defined]
        return response


class RefusalMiddleware:
    """Answer a refused action with its reason: 409 when the state moved on, 403 when the person may not."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn known exceptions into pages; everything else stays a fault."""
        if isinstance(exception, Refused):
            self.record(request, exception.verdict.reason)
            status = 409 if exception.verdict.is_conflict else 403
            kept = request.POST.get("text", "")
            return render(
                request, "portal/refused.html", {"reason": exception.verdict.reason, "kept": kept}, status=status
            )
        if isinstance(exception, PermissionDenied):
            self.record(request, str(exception) or "not allowed")
            return render(request, "portal/refused.html", {"reason": str(exception)}, status=403)
        if isinstance(exception, Http404):
            if request.method != "GET":
                self.record(request, "not found for this person")
            return render(request, "404.html", status=404)
        return None

    def record(self, request: HttpRequest, reason: str) -> None:
        """Write the refusal in its own transaction; a failure to write is logged, never shown."""
        person: Person = request.person  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                Refusal.objects.create(
                    by_id=person.id or None, method=str(request.method)[:10], path=request.path[:500], reason=reason
                )
        except DatabaseError:
            logger.exception("a refusal could not be recorded")
