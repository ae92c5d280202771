"""My work: what waits for this person."""

from django.http import HttpResponse
from django.shortcuts import render

from indicators.gates import PersonRequest
from portal.gates import gate


@gate("home.see")
def home(request: PersonRequest) -> HttpResponse:
    """Show what waits for the person who asks."""
    return render(request, "portal/home.html", {})
