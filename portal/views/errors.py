"""Pages that say what went wrong and what to do."""

from uuid import uuid4

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import resolve


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for an address that does not exist, or not for this person; a forgotten last slash is put right."""
    completed = f"{request.path_info}/"
    is_unfinished = request.method == "GET" and exception is None and not request.path_info.endswith("/")
    if is_unfinished and resolve(completed).url_name != "not-found":
        return HttpResponsePermanentRedirect(completed)
    return render(request, "404.html", status=404)


@login_not_required
def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer for a form whose token has expired; what was typed is given back."""
    words = "The page had been open for too long, so the form was not sent. Go back, reload the page and send it again."
    return render(request, "portal/refused.html", {"reason": words, "kept": request.POST.get("text", "")}, status=403)


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    """Answer for a fault of ours, with a reference and nothing of its inside."""
    return render(request, "500.html", {"reference": uuid4().hex[:8]}, status=500)
