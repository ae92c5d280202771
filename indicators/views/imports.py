"""Pages of imports: the list, the upload, the preview with its confirmation, progress."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from indicators import previews, rules, tasks
from indicators.actions import imports as actions
from indicators.actions import jobs, reverting
from indicators.choices import ImportKind, ImportState, JobState
from indicators.forms.imports import ConfirmForm, KindForm, UploadForm
from indicators.gates import PersonRequest
from indicators.models.data_import import DataImport
from indicators.models.job import Job
from indicators.people import Person, Verdict
from indicators.problem_lines import LINES_SHOWN
from indicators.queries.import_problems import problem_lines
from indicators.queries.partner_returns import was_sent_again
from indicators.views import gate

TASKS = (actions.STAGE_TASK, actions.APPLY_TASK, actions.REVERT_TASK)
# What a person decides about an import: the action, its rule, and the task that does the rest.
DECISIONS: dict[str, tuple[Callable[..., None], Callable[[Person, DataImport, str], Verdict], str]] = {
    "confirm": (actions.confirm, rules.can_confirm_import, actions.APPLY_TASK),
    "accept": (actions.accept, rules.can_accept_import, actions.APPLY_TASK),
    "revert": (actions.ask_revert, rules.can_revert_import, actions.REVERT_TASK),
}
WAITS = "Saved. It will run when the queue is back: you need not do anything."


@gate("import.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List the imports, newest first."""
    rows = DataImport.objects.select_related("force", "received_by", "version").order_by("-id")
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    return render(request, "indicators/imports.html", {"door": "imports", "page": page})


@gate("import.receive", "GET", "HEAD", "POST")
def receive(request: PersonRequest) -> HttpResponse:
    """Receive a file, once it is said what it holds; its check begins at once."""
    holds = request.GET.get("holds", "")
    if request.method != "POST" and holds not in KindForm.asks:
        return _kinds(request)
    form = UploadForm(request.POST or None, request.FILES or None, holds=holds)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        data_import, is_new = actions.receive(
            form.cleaned_data["force"],
            ImportKind(form.cleaned_data["kind"]),
            file.name,
            file.chunks(),
            by=request.person,
            **form.read_by,
        )
        if not is_new:
            words = f"The same file as import {data_import.pk} (sha256 {data_import.sha256[:12]}). Nothing was changed."
            messages.info(request, words)
        elif not tasks.wake_open(actions.STAGE_TASK, data_import.pk):
            messages.warning(request, WAITS)
        return redirect("import", data_import.pk)
    return render(request, "indicators/import_form.html", {"door": "imports", "form": form, "holds": holds})


def _kinds(request: PersonRequest) -> HttpResponse:
    """Ask what a file holds, before anything else."""
    form = KindForm(request.GET if "holds" in request.GET else None)
    context = {"door": "imports", "form": form, "kinds": form.kinds}
    return render(request, "indicators/import_kind.html", context)


@gate("import.see")
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show where an import stands: progress, problems, or the preview with its confirmation."""
    return _shown(request, _import(pk), ConfirmForm())


def _import(pk: int) -> DataImport:
    rows = DataImport.objects.select_related("force", "received_by", "version", "profile", "sheet_profile", "feed")
    rows = rows.select_related("submission__submitted_by", "submission__partner_return", "correction__proposed_by")
    return get_object_or_404(rows, pk=pk)


def _shown(request: PersonRequest, data_import: DataImport, form: ConfirmForm, status: int = 200) -> HttpResponse:
    is_applied = data_import.state == ImportState.APPLIED
    revertible = reverting.can_be_reverted(data_import) if is_applied else None
    sent_again = was_sent_again(data_import)
    context = {"form": form, "revertible": revertible, "sent_again": sent_again, **state_of(data_import)}
    return render(request, "indicators/import.html", context, status=status)


@gate("import.see")
def progress(request: PersonRequest, pk: int) -> HttpResponse:
    """Answer the part of the page that changes while work runs."""
    data_import = get_object_or_404(DataImport.objects.select_related("force", "version"), pk=pk)
    state = state_of(data_import)
    response = render(request, "indicators/_import_progress.html", state)
    if not state["is_busy"]:
        response["HX-Refresh"] = "true"
    return response


def state_of(data_import: DataImport) -> dict[str, object]:
    """Return what pages show of where an import stands."""
    job = Job.objects.filter(task__in=TASKS, subject_id=data_import.pk).order_by("-id").first()
    return {
        "door": "imports",
        "data_import": data_import,
        "job": job,
        "is_busy": job is not None and job.state in {JobState.WAITING, JobState.RUNNING},
        "totals": previews.totals(data_import.preview),
        "by_month": previews.by_month(data_import.preview),
        "moves": previews.moves(data_import.preview),
        # Asked for by the pages that list them, and not each time a page asks how far the work is.
        "problem_lines": partial(problem_lines, data_import),
        "lines_shown": LINES_SHOWN,
    }


@gate("import.confirm", "POST")
def confirm(request: PersonRequest, pk: int) -> HttpResponse:
    """Confirm the preview; a worker applies the file."""
    return _decided(request, pk, "confirm")


@gate("import.confirm", "POST")
def accept(request: PersonRequest, pk: int) -> HttpResponse:
    """Have a refused file applied without its faulty rows."""
    return _decided(request, pk, "accept")


@gate("import.revert", "POST")
def revert(request: PersonRequest, pk: int) -> HttpResponse:
    """Have an applied import taken back whole."""
    return _decided(request, pk, "revert")


def _decided(request: PersonRequest, pk: int, verb: str) -> HttpResponse:
    """Do what a person decided, with their reason, and wake a worker for the rest; ask for a reason that is missing."""
    data_import, (act, may, task) = _import(pk), DECISIONS[verb]
    form = ConfirmForm(request.POST, may=partial(may, request.person, data_import), auto_id=f"{verb}-%s")
    if not form.is_valid():
        return _shown(request, data_import, form, status=422)
    act(data_import, by=request.person, reason=form.cleaned_data["reason"])
    if not tasks.wake_open(task, pk):
        messages.warning(request, WAITS)
    return redirect("import", pk)


@gate("import.abandon", "POST")
def abandon(request: PersonRequest, pk: int) -> HttpResponse:
    """Throw a checked file away."""
    actions.abandon(get_object_or_404(DataImport, pk=pk), by=request.person)
    messages.success(request, "The import was abandoned. Nothing was changed.")
    return redirect("imports")


@gate("import.confirm", "POST")
def retry(request: PersonRequest, pk: int) -> HttpResponse:
    """Try work again that was put aside."""
    job = Job.objects.filter(task__in=TASKS, state=JobState.QUARANTINED, subject_id=pk).first()
    if job is None:
        raise Http404
    jobs.retry(job, by=request.person)
    if not tasks.wake(job):
        messages.warning(request, WAITS)
    return redirect("import", pk)
