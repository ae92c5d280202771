"""The doors of the read-only API."""

from django.urls import URLPattern, path

from indicators import api

urlpatterns: list[URLPattern] = [
    path("indicators/", api.IndicatorsView.as_view(), name="api-indicators"),
    path("indicators/<slug:key>/", api.IndicatorView.as_view(), name="api-indicator"),
    path("figures/", api.FiguresView.as_view(), name="api-figures"),
    path("schema/", api.SchemaView.as_view(), name="api-schema"),
]
