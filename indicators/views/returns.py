"""Pages of partner returns: what is due, the grid of one, and each time it was sent in."""

from functools import partial

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from indicators import pages, supply_rules, tasks
from indicators.actions import imports, observations
from indicators.actions import returns as actions
from indicators.forms.fields import quarter_of
from indicators.forms.imports import ConfirmForm
from indicators.forms.returns import ReturnPage
from indicators.gates import PersonRequest
from indicators.models.partner_return import PartnerReturn, ReturnSubmission
from indicators.people import Person
from indicators.periods import Period, Quarter, label
from indicators.queries import partner_returns
from indicators.queries.boards import newest_quarter
from indicators.readers.observations import ObservationRow, read_observations
from indicators.readers.return_cells import Entered
from indicators.rules import require
from indicators.views import gate
from indicators.views.asked import force_of
from indicators.views.imports import WAITS, state_of

SHOWN_SENT = 10


@gate("return.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List the partner returns with what is due and what has come for a quarter."""
    force = force_of(request)
    if force is None:
        return render(request, "indicators/returns.html", {"door": "returns", "due": []})
    today = timezone.localdate()
    quarter = quarter_of(request.GET.get("quarter"), None) or newest_quarter(force, today)
    context = {
        "door": "returns",
        "force": force,
        "due": partner_returns.due(request.person, force, quarter, today),
        "is_over": quarter.end < today,
        **pages.around(quarter),
    }
    return render(request, "indicators/returns.html", context)


@gate("return.see")
def help_page(request: PersonRequest) -> HttpResponse:
    """Tell somebody who has never seen the portal how to enter a partner's return."""
    return render(request, "indicators/return_help.html", {"door": "returns"})


@gate("return.see", "GET", "HEAD", "POST")
def grid(request: PersonRequest, key: str, quarter: str) -> HttpResponse:
    """Show the grid of a return for a quarter; fill it from a pasted block, or send it in."""
    rows = PartnerReturn.objects.visible_to(request.person).select_related("portfolio", "source")
    partner_return = get_object_or_404(rows, key=key)
    force, asked = force_of(request), quarter_of(quarter, None)
    if force is None or asked is None or asked.end >= timezone.localdate():
        raise Http404
    if request.method != "POST":
        return _shown(request, ReturnPage(partner_return, force, asked))
    require(supply_rules.can_enter_return(request.person, partner_return))
    page = ReturnPage(partner_return, force, asked, request.POST, request.FILES)
    is_valid = page.form.is_valid()
    if is_valid:
        page.take_file(request.person)
    if is_valid and request.POST.get("intent") == "fill":
        page.fill()
        return _shown(request, page)
    return _sent(request, page) if is_valid else _shown(request, page, status=422)


def _sent(request: PersonRequest, page: ReturnPage) -> HttpResponse:
    """Send a return in if nothing is wrong with it; else show it as it was sent, with every problem."""
    page.look()
    if not page.entered and not page.problems:
        page.form.add_error(None, "No cell is filled in, so nothing was sent. Fill in what you know.")
    if page.problems or page.form.errors:
        return _shown(request, page, status=422)
    where = page.partner_return, page.force, page.quarter
    submission = actions.submit(
        *where, page.entered, by=request.person, warnings=page.warnings, notes=page.unread, file=page.file
    )
    if not tasks.wake_open(imports.STAGE_TASK, submission.data_import_id):
        messages.warning(request, WAITS)
    return redirect("return-sent", submission.pk)


def _shown(request: PersonRequest, page: ReturnPage, status: int = 200) -> HttpResponse:
    sent = page.partner_return.submissions.filter(force=page.force, quarter=page.quarter.key)
    today = timezone.localdate()
    context = {
        "door": "returns",
        "page": page,
        "form": page.form,
        "partner_return": page.partner_return,
        "force": page.force,
        "token": page.token(request.person),
        "may_enter": bool(supply_rules.can_enter_return(request.person, page.partner_return)),
        "sent": sent.select_related("data_import", "submitted_by")[:SHOWN_SENT],
        "expected": partner_returns.expected_of(page.partner_return, page.force, page.quarter, today),
        **pages.around(page.quarter),
        "is_newest": page.quarter.next().end >= today,
    }
    return render(request, "indicators/return.html", context, status=status)


def _submission(request: PersonRequest, pk: int) -> ReturnSubmission:
    """Return one time that a return was sent in; 404 unless this person may see the return."""
    rows = ReturnSubmission.objects.filter(partner_return__in=PartnerReturn.objects.visible_to(request.person))
    return get_object_or_404(
        rows.select_related(
            "partner_return__portfolio", "partner_return__source", "force", "submitted_by", "data_import__force",
            "data_import__version", "data_import__confirmed_by", "data_import__delivery",
        ),
        pk=pk,
    )  # fmt: skip


@gate("return.see")
def sent(request: PersonRequest, pk: int) -> HttpResponse:
    """Show where a return that was sent in stands: its values, the preview with its confirmation, its origin."""
    return _stands(request, _submission(request, pk), ConfirmForm())


def _stands(request: PersonRequest, submission: ReturnSubmission, form: ConfirmForm, status: int = 200) -> HttpResponse:
    data_import = submission.data_import
    context = {
        "submission": submission,
        "quarter": Quarter.parse(submission.quarter),
        "values": _values(submission),
        "form": form,
        "sent_again": partner_returns.was_sent_again(data_import),
        **_acts(request.person, submission),
        **state_of(data_import),
        "door": "returns",
    }
    return render(request, "indicators/return_sent.html", context, status=status)


def _acts(person: Person, submission: ReturnSubmission) -> dict[str, bool]:
    """Return what this person may do about it, once a reason is given."""
    asked = (person, submission.partner_return, submission.data_import)
    return {
        "may_confirm": bool(supply_rules.can_confirm_return(*asked, "given")),
        "may_withdraw": bool(supply_rules.can_withdraw_return(*asked, submission.submitted_by_id)),
    }


def _values(submission: ReturnSubmission) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what the return says, from its kept file: (row, [(period, value)])."""
    rows = partner_returns.grid_rows(submission.partner_return, submission.force)
    own = partner_returns.own_area(submission.force)
    places = {(row.indicator, row.part, row.area or own, row.window): row for row in rows}
    known = observations.lookups(submission.force_id)
    read, _ = read_observations(imports.stored_path(submission.data_import.sha256), known)
    found: dict[str, list[tuple[str, str]]] = {}
    for one in read:
        row = places.get((one.indicator, one.part, one.area, one.window))
        if row is not None:  # the row may be gone from the definition since
            words = _entered(one).in_words(row)
            found.setdefault(row.label, []).append((label(Period(one.window, one.start, one.end)), words))
    return list(found.items())


def _entered(one: ObservationRow) -> Entered:
    return Entered(one.value, one.numerator, one.denominator, one.status, one.basis, one.qualifier, "", one.note)


@gate("return.see")
def progress(request: PersonRequest, pk: int) -> HttpResponse:
    """Answer the part of the page that changes while work runs."""
    submission = _submission(request, pk)
    state = state_of(submission.data_import)
    response = render(request, "indicators/_return_progress.html", {"submission": submission, **state})
    if not state["is_busy"]:
        response["HX-Refresh"] = "true"
    return response


@gate("return.confirm", "POST")
def confirm(request: PersonRequest, pk: int) -> HttpResponse:
    """Let a return into the figures; a worker applies it."""
    submission = _submission(request, pk)
    asked = request.person, submission.partner_return, submission.data_import
    form = ConfirmForm(request.POST, may=partial(supply_rules.can_confirm_return, *asked))
    if not form.is_valid():
        return _stands(request, submission, form, status=422)
    actions.confirm(submission, by=request.person, reason=form.cleaned_data["reason"])
    if not tasks.wake_open(imports.APPLY_TASK, submission.data_import_id):
        messages.warning(request, WAITS)
    return redirect("return-sent", pk)


@gate("return.enter", "POST")
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a return back that nobody has confirmed."""
    actions.withdraw(_submission(request, pk), by=request.person)
    messages.success(request, "The return is withdrawn. Nothing was changed.")
    return redirect("returns")


@gate("return.see")
def file(request: PersonRequest, pk: int) -> FileResponse:
    """Give the file in which a return was received, as it is; a browser never opens it by itself."""
    submission = _submission(request, pk)
    path = imports.stored_path(submission.file_sha256) if submission.file_sha256 else None
    if path is None or not path.exists():
        raise Http404
    binary = "application/octet-stream"
    return FileResponse(path.open("rb"), as_attachment=True, filename=submission.file_name, content_type=binary)
