"""The report desk: opening a quarter, putting its report together, sign-off, presenting; and the draft."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from indicators import tasks
from indicators.choices import JobState
from indicators.gates import PersonRequest
from indicators.models.job import Job
from indicators.people import Person
from indicators.queries.versions import newest_version
from indicators.tables import NARROW
from narratives.actions import cycles
from portal import editions, queries, rules
from portal.actions import approval, assembly
from portal.actions import editions as presenting
from portal.actions.approval import FREEZE_TASK
from portal.actions.freezing import WORD
from portal.actions.moves import FULL_REPORT
from portal.choices import PERMISSIONS, ReportState
from portal.forms import CutForm, DecisionForm, OpenForm, SendBackForm
from portal.gates import gate
from portal.models.report import Report
from portal.renderings.drawings import checked
from portal.renderings.html import article_html
from portal.renderings.pdf import report_pdf
from portal.renderings.word import report_docx

DOOR = {"door": "desk"}
WAITS = "Noted. The report will be presented when the queue is back: you need not do anything."


def _find(pk: int) -> Report:
    return get_object_or_404(Report.objects.select_related(*FULL_REPORT), pk=pk)


@gate("report.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List the reports with where they stand."""
    may_open = request.person.has(*PERMISSIONS["cycle.open"])
    return render(request, "portal/desk.html", {**DOOR, "reports": queries.listed(), "may_open": may_open})


@gate("cycle.open", "GET", "HEAD", "POST")
def open_next(request: PersonRequest) -> HttpResponse:
    """Open the cycle of a quarter with its report."""
    form = OpenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        report = assembly.open_quarter(by=request.person, **form.cleaned_data)
        messages.success(request, f"{report} is open. Its sections wait for their writers.")
        return redirect("desk-report", report.pk)
    return render(request, "portal/desk_open.html", {**DOOR, "form": form}, status=400 if form.errors else 200)


@gate("report.see")
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show where a report stands, what keeps it back, and what this person may do about it."""
    return render(request, "portal/desk_report.html", _page(_find(pk), request.person))


def _page(report: Report, person: Person, form: SendBackForm | None = None) -> dict[str, Any]:
    found = queries.places(report.cycle)
    facts = queries.facts(report, found)
    verdicts = {
        "assemble": rules.can_assemble(person, facts, report.version),
        "sign_off": rules.can_sign_off(person, facts, report.version),
        "present": rules.can_present(person, facts, report.version),
    }
    return {
        "places": found,
        "errors": [*facts.unready, *facts.moved],
        "warnings": [] if report.state == ReportState.PRESENTED else list(queries.warnings(report, found)),
        "verdicts": verdicts,
        "may": {verb: person.has(*PERMISSIONS[f"report.{verb}"]) for verb in (*verdicts, "send_back")},
        "may_fix_cut": person.has(*PERMISSIONS["cycle.fix_cut"]),
        "newest_version": newest_version(report.cycle.force),
        "form": form or SendBackForm(initial={"version": report.version}),
        "history": [(row, rules.DONE_WORDS[row.verb]) for row in report.transitions.order_by("-version")],
        **_work(report),
    }


def _work(report: Report) -> dict[str, Any]:
    decided = report.transitions.order_by("-version").values("at")[:1]
    # An order from before the last decision has nothing to say any more.
    job = Job.objects.filter(task=FREEZE_TASK, subject_id=report.pk, asked_at__gte=decided).order_by("-id").first()
    slug = presenting.edition_slug(report)
    return {
        **DOOR,
        "report": report,
        "job": job,
        "is_busy": job is not None and job.state in {JobState.WAITING, JobState.RUNNING},
        "edition": editions.newest(slug) if report.state == ReportState.PRESENTED else None,
    }


@gate("report.see")
def progress(request: PersonRequest, pk: int) -> HttpResponse:
    """Answer the part of the page that changes while the report is being frozen."""
    work = _work(_find(pk))
    response = render(request, "portal/_desk_progress.html", work)
    if not work["is_busy"]:
        response["HX-Refresh"] = "true"
    return response


@gate("cycle.fix_cut", "POST")
def cut(request: PersonRequest, pk: int) -> HttpResponse:
    """Fix the data version at which the report reads its figures."""
    report, form = _find(pk), CutForm(request.POST)
    if not form.is_valid():
        return _incomplete(request, report)
    cycles.fix_cut(report.cycle, form.cleaned_data["data_version"], by=request.person)
    messages.success(request, f"The data cut is fixed at version {report.cycle.cut}.")
    return redirect("desk-report", pk)


@gate("report.assemble", "POST")
def assemble(request: PersonRequest, pk: int) -> HttpResponse:
    """Put the report together."""
    return _decided(request, pk, assembly.assemble, "The report is put together. Read the draft.")


@gate("report.sign_off", "POST")
def sign_off(request: PersonRequest, pk: int) -> HttpResponse:
    """Sign the report off."""
    return _decided(request, pk, approval.sign_off, "The report is signed off. The report manager presents it.")


def _decided(request: PersonRequest, pk: int, action: Callable[..., None], words: str) -> HttpResponse:
    report, form = _find(pk), DecisionForm(request.POST)
    if not form.is_valid():
        return _incomplete(request, report)
    action(report, by=request.person, version=form.cleaned_data["version"])
    messages.success(request, words)
    return redirect("desk-report", pk)


def _incomplete(request: PersonRequest, report: Report) -> HttpResponse:
    messages.error(request, "The form came incomplete. Nothing was done. Here is the report as it stands.")
    return render(request, "portal/desk_report.html", _page(report, request.person), status=400)


@gate("report.send_back", "POST")
def send_back(request: PersonRequest, pk: int) -> HttpResponse:
    """Send the report back with a reason."""
    report, form = _find(pk), SendBackForm(request.POST)
    if not form.is_valid():
        return render(request, "portal/desk_report.html", _page(report, request.person, form), status=400)
    words = form.cleaned_data
    approval.send_back(report, by=request.person, version=words["version"], reason=words["text"])
    messages.success(request, "The report went back with what has to change.")
    return redirect("desk-report", pk)


@gate("report.present", "POST")
def present(request: PersonRequest, pk: int) -> HttpResponse:
    """Order the report to be frozen and presented."""
    report, form = _find(pk), DecisionForm(request.POST)
    if not form.is_valid():
        return _incomplete(request, report)
    presenting.present(report, by=request.person, version=form.cleaned_data["version"])
    if not tasks.wake_open(FREEZE_TASK, report.pk):
        messages.warning(request, WAITS)
    return redirect("desk-report", pk)


def _drafted(pk: int) -> Report:
    report = _find(pk)
    if not report.draft:
        raise Http404
    return report


@gate("report.see")
def draft(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the draft as it will be read."""
    report = _drafted(pk)
    document = queries.report_document(report, queries.draft_status(report))
    article = article_html(document, lambda key: reverse("desk-draft-chart", args=[pk, key]))
    return render(request, "portal/desk_draft.html", {**DOOR, "report": report, "article": article})


@gate("report.see")
def draft_pdf(request: PersonRequest, pk: int) -> HttpResponse:
    """Give the draft as a PDF that says on every page that it is one."""
    report = _drafted(pk)
    made = report_pdf(queries.report_document(report, queries.draft_status(report)))
    return _download(made, "application/pdf", f"draft-{report.draft}.pdf")


@gate("report.see")
def draft_word(request: PersonRequest, pk: int) -> HttpResponse:
    """Give the draft as a Word file."""
    report = _drafted(pk)
    made = report_docx(queries.report_document(report, queries.draft_status(report)))
    return _download(made, WORD, f"draft-{report.draft}.docx")


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@gate("report.see")
def draft_chart(request: PersonRequest, pk: int, key: str) -> HttpResponse:
    """Draw a chart of the draft."""
    chart = queries.draft_chart(_drafted(pk), key.removesuffix(NARROW))
    if chart is None:
        raise Http404
    return HttpResponse(checked(chart.drawing(key)), content_type="image/svg+xml")
