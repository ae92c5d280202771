"""The admin's site: reference data and accounts, behind the portal's own sign-in.

Whoever may keep nothing here is told that there is nothing here.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET
from unfold.sites import UnfoldAdminSite

SIGN_IN = "sign-in"
PERMISSIONS = ("admin.reference", "admin.accounts")
# The portal signs people in; the others would open lookups that no page here uses.
LEFT_OUT = {"login", "password_change", "password_change_done", "autocomplete", "view_on_site"}

View = Callable[..., HttpResponseBase]


class PortalAdminSite(UnfoldAdminSite):  # type: ignore[misc]
    """Opens for those whose roles keep something here. Each view carries `permissions`: any one of them opens it."""

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the doors, each marked with its permissions and with the portal's sign-in page."""
        doors = [door for door in super().get_urls() if getattr(door, "name", None) not in LEFT_OUT]
        _mark(doors)
        return doors

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Send strangers to sign in; answer 404 wherever a person may not go."""
        opened = super().admin_view(view, cacheable)

        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), str(reverse_lazy(SIGN_IN)))
            if not self.has_permission(request):
                raise Http404
            try:
                return opened(request, *args, **kwargs)  # type: ignore[no-any-return]
            except PermissionDenied as denied:
                raise Http404 from denied

        return update_wrapper(gated, opened)

    @method_decorator(require_GET)
    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """Search the names of the tables; a page that does not exist is not found."""
        try:
            return super().search(request, extra_context)  # type: ignore[no-any-return]
        except (ValueError, InvalidPage) as error:
            raise Http404 from error

    def _get_account_links(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Offer the way back; passwords are an administrator's matter."""
        return [{"title": "Back to the portal", "link": reverse_lazy("home")}]


def _mark(doors: list[URLPattern | URLResolver]) -> None:
    for door in doors:
        if isinstance(door, URLResolver):
            _mark(door.url_patterns)
        else:
            own = getattr(getattr(door.callback, "model_admin", None), "permission", "")
            door.callback.permissions = (own,) if own else PERMISSIONS  # type: ignore[attr-defined]
            door.callback.login_url = reverse_lazy(SIGN_IN)  # type: ignore[attr-defined]
