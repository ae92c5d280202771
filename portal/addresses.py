"""The address a request comes from."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Return the address of the person's machine.

    In production the proxy names it and overwrites what a client sent; without a proxy it is the peer itself.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    return peer if settings.DEBUG else str(request.META.get("HTTP_X_REAL_IP", peer))
