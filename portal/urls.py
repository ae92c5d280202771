"""The doors of the portal, and those of the lower packages."""

from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path, re_path

from portal.admin import site
from portal.views import api, errors, figure, health, home, reported, revised, sign_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", auth_views.LogoutView.as_view(), name="sign-out"),
    path("healthz", health.live, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("imports/<int:pk>/reported/", reported.of_import, name="import-reported"),
    path("returns/sent/<int:pk>/reported/", reported.of_return, name="return-reported"),
    path("corrections/<int:pk>/reported/", reported.of_correction, name="correction-reported"),
    path("indicators/revised/", revised.page, name="revised"),
    path("figures/<str:key>/", figure.page, name="figure"),
    path("", include("indicators.urls")),
    path("", include("narratives.urls")),
    path("", include("portal.report_urls")),
    path("api/", api.page, name="api"),
    path("api/", include("indicators.api_urls")),
    path("admin/", site.urls),
    # Last: an address of nobody gets our own page, whatever DEBUG says.
    re_path(r"^(?!static/).*$", login_not_required(errors.not_found), name="not-found"),
]

handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.broken"
