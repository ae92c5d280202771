"""Readers' pages: presented editions and their files, and nothing that could show a draft."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from indicators.gates import PersonRequest
from portal import editions
from portal.gates import gate

WORDS = {
    "report.pdf": "The report as PDF, to print",
    "report.docx": "The report as a Word file",
    "figures.csv": "Every figure as CSV, for a spreadsheet",
    "figures.json": "Every figure as JSON, for a program",
    "document.json": "The frozen document as JSON",
    editions.MANIFEST: "The hashes of all files",
}


@gate("edition.read")
def listing(request: PersonRequest) -> HttpResponse:
    """List the presented editions, newest first."""
    return render(request, "portal/reports.html", {"door": "reports", "editions": editions.presented()})


@gate("edition.read")
def newest(request: PersonRequest, slug: str) -> HttpResponse:
    """Lead to the newest edition of a report, whose address says its number."""
    found = editions.newest(slug)
    if found is None:
        raise Http404
    return redirect("edition", slug, found.number)


@gate("edition.read")
def page(request: PersonRequest, slug: str, number: int) -> HttpResponse:
    """Show the frozen article of an edition, with its downloads."""
    edition, latest = editions.find(slug, number), editions.newest(slug)
    if edition is None or latest is None:
        raise Http404
    files = [(file, WORDS.get(file.name, file.name)) for file in editions.downloads(edition)]
    context = {"door": "reports", "edition": edition, "latest": latest, "files": files}
    return render(request, "portal/report.html", context)


@gate("edition.read")
def file(request: PersonRequest, slug: str, number: int, name: str) -> HttpResponse:
    """Give a frozen file: a download under a name of its own, or the drawing of a chart."""
    found = editions.file(slug, number, name)
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    if found.is_download:
        response["Content-Disposition"] = f'attachment; filename="{slug}-{number}-{name}"'
    return response
