"""The doors of the words."""

from django.urls import URLPattern, path

from narratives.views import drafting, review, sections, touched

urlpatterns: list[URLPattern] = [
    path("sections/", sections.listing, name="sections"),
    path("sections/<int:pk>/", sections.page, name="section"),
    path("sections/<int:pk>/edit/", drafting.edit, name="section-edit"),
    path("sections/<int:pk>/take-figures/", drafting.take_figures, name="section-take-figures"),
    path("sections/<int:pk>/revisions/<int:number>/", sections.revision, name="section-revision"),
    path("sections/<int:pk>/revisions/<int:number>/charts/<slug:key>.svg", sections.chart, name="section-chart"),
    path("sections/<int:pk>/submit/", review.submit, name="section-submit"),
    path("sections/<int:pk>/withdraw/", review.withdraw, name="section-withdraw"),
    path("sections/<int:pk>/request-changes/", review.request_changes, name="section-request-changes"),
    path("sections/<int:pk>/approve/", review.approve, name="section-approve"),
    path("imports/<int:pk>/texts/", touched.page, name="import-texts"),
    path("reviews/", review.waiting, name="reviews"),
]
