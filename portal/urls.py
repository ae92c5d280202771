"""The doors of the portal, and those of the lower packages."""

from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path, re_path

from portal.views import errors, health, home, sign_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", auth_views.LogoutView.as_view(), name="sign-out"),
    path("healthz", health.live, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("", include("indicators.urls")),
    # Last: an address of nobody gets our own page, whatever DEBUG says.
    re_path(r"^(?!static/).*$", login_not_required(errors.not_found), name="not-found"),
]

handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.broken"
