"""The doors of the read-only API."""

from django.urls import URLPattern, path

from indicators.api import (
    arrivals,
    checks,
    comparators,
    doors,
    exhibits,
    figures,
    measures,
    notes,
    signals,
    spans,
    stored,
)
from indicators.api.targets import Targets

urlpatterns: list[URLPattern] = [
    path("indicators/", measures.Indicators.as_view(), name="api-indicators"),
    path("indicators/<slug:key>/", measures.OneIndicator.as_view(), name="api-indicator"),
    path("indicators/<slug:key>/beside/", comparators.BesideComparators.as_view(), name="api-beside"),
    path("figures/", figures.Figures.as_view(), name="api-figures"),
    path("figures/<str:key>/", figures.OneFigure.as_view(), name="api-figure"),
    path("figures/<str:key>/vintages/", figures.Vintages.as_view(), name="api-vintages"),
    path("values/", stored.Values.as_view(), name="api-values"),
    path("observations/", stored.Observations.as_view(), name="api-observations"),
    path("versions/", stored.Versions.as_view(), name="api-versions"),
    path("areas/", measures.Areas.as_view(), name="api-areas"),
    path("breakdowns/", measures.Breakdowns.as_view(), name="api-breakdowns"),
    path("sources/", measures.Sources.as_view(), name="api-sources"),
    path("targets/", Targets.as_view(), name="api-targets"),
    path("comparators/", comparators.Comparators.as_view(), name="api-comparators"),
    path("notes/", notes.Notes.as_view(), name="api-notes"),
    path("spans/", spans.Spans.as_view(), name="api-spans"),
    path("relations/", checks.Relations.as_view(), name="api-relations"),
    path("differences/", checks.Differences.as_view(), name="api-differences"),
    path("signals/", signals.Signals.as_view(), name="api-signals"),
    path("signals/<str:series>/months/", signals.Months.as_view(), name="api-months"),
    path("exhibits/", exhibits.ExhibitList.as_view(), name="api-exhibits"),
    path("exhibits/<slug:key>/", exhibits.OneExhibit.as_view(), name="api-exhibit"),
    path("exhibits/<slug:key>/cells/", exhibits.Cells.as_view(), name="api-cells"),
    path("deliveries/", arrivals.Deliveries.as_view(), name="api-deliveries"),
    path("schema/", doors.SchemaView.as_view(), name="api-schema"),
]
