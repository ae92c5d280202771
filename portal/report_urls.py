"""The doors of the report desk and of presented reports."""

from django.urls import URLPattern, path

from portal.views import desk, reading

urlpatterns: list[URLPattern] = [
    path("desk/", desk.listing, name="desk"),
    path("desk/open/", desk.open_next, name="desk-open"),
    path("desk/<int:pk>/", desk.page, name="desk-report"),
    path("desk/<int:pk>/cut/", desk.cut, name="desk-cut"),
    path("desk/<int:pk>/assemble/", desk.assemble, name="desk-assemble"),
    path("desk/<int:pk>/sign-off/", desk.sign_off, name="desk-sign-off"),
    path("desk/<int:pk>/send-back/", desk.send_back, name="desk-send-back"),
    path("desk/<int:pk>/present/", desk.present, name="desk-present"),
    path("desk/<int:pk>/progress/", desk.progress, name="desk-progress"),
    path("desk/<int:pk>/draft/", desk.draft, name="desk-draft"),
    path("desk/<int:pk>/draft.pdf", desk.draft_pdf, name="desk-draft-pdf"),
    path("desk/<int:pk>/draft.docx", desk.draft_word, name="desk-draft-word"),
    path("desk/<int:pk>/draft/charts/<slug:key>.svg", desk.draft_chart, name="desk-draft-chart"),
    path("reports/", reading.listing, name="reports"),
    path("reports/<slug:slug>/", reading.newest, name="report"),
    path("reports/<slug:slug>/<int:number>/", reading.page, name="edition"),
    path("reports/<slug:slug>/<int:number>/files/<str:name>", reading.file, name="edition-file"),
]
