"""Between request and view: who is asking, and what happens when an action is refused."""

import logging
import shutil
from collections.abc import Callable
from tempfile import gettempdir
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

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


class UploadMiddleware:
    """Refuse a body that is too large, large and from nobody, or larger than the disk, before a byte of it is read."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        size = request.headers.get("Content-Length", "")
        reason = self.reason_against(request, int(size) if size.isdecimal() else 0)
        if reason:
            return render(request, "portal/refused.html", {"reason": reason}, status=413)
        return self.get_response(request)

    def reason_against(self, request: HttpRequest, size: int) -> str:
        """Say why a body of this size is not taken; empty when it is."""
        if size <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return ""
        if not request.person.id:  # type: ignore[attr-defined]
            return "Sign in before you send a file. Nothing was received."
        if size > settings.UPLOAD_LIMIT + settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            limit = settings.UPLOAD_LIMIT // (1024 * 1024)
            return f"The file is larger than {limit} MB. Nothing was received. Split it by month and send the parts."
        # It stands on the disk twice for a moment: as it comes in, and as it is kept.
        if min(shutil.disk_usage(folder).free for folder in (gettempdir(), settings.VAR)) < 2 * size:
            return "There is too little space left for this file. Nothing was received. Tell the administrator."
        return ""


def came_from(request: HttpRequest) -> str:
    """Return the address of the portal's page on which somebody pressed a button; empty when it is not known."""
    before = request.headers.get("Referer", "")
    is_own = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    found = urlsplit(before)
    return f"{found.path}?{found.query}".rstrip("?") if is_own and found.path.startswith("/") else ""


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
            context = {
                "reason": exception.verdict.reason,
                "kept": request.POST.get("text") or request.POST.get("reason", ""),
                "back_url": came_from(request),
            }
            return render(request, "portal/refused.html", context, status=status)
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
