"""The gates of the portal's own pages and of the API."""

from django.views import View as AnyView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from indicators.gates import gate_of
from indicators.people import Person
from portal.choices import PERMISSIONS

gate = gate_of(PERMISSIONS)


class ApiGate(BasePermission):
    """The read-only API opens for the roles of `api.read`, each door for those of its own permission among them."""

    permission = "api.read"

    def has_permission(self, request: Request, view: AnyView) -> bool:
        """Allow safe methods for the roles of the table; nothing else, and nothing for a door without a permission."""
        person: Person | None = getattr(request._request, "person", None)
        own = PERMISSIONS.get(getattr(view, "permission", ""), frozenset())
        return (
            request.method in {"GET", "HEAD", "OPTIONS"}
            and person is not None
            and person.has(*PERMISSIONS[self.permission])
            and person.has(*own)
        )
