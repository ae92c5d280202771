"""Pages of expected deliveries: the board of a quarter, loading a file from it, and keeping what is expected."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from indicators import pages, rules, tasks
from indicators.actions import deliveries as actions
from indicators.actions import imports
from indicators.forms.fields import quarter_of
from indicators.forms.imports import ExpectedUploadForm
from indicators.forms.sources import DeliveryForm, UnavailableForm
from indicators.gates import PersonRequest
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.delivery import ExpectedDelivery
from indicators.periods import Quarter, label
from indicators.queries import boards
from indicators.queries.boards import Expected
from indicators.views import gate
from indicators.views.asked import force_of
from indicators.views.imports import WAITS

NO_FORCE = "indicators/delivery_no_force.html"


@gate("delivery.see")
def board(request: PersonRequest) -> HttpResponse:
    """Show what should arrive for a quarter, and where each file stands."""
    forces = list(Force.objects.order_by("name"))
    force = force_of(request, forces)
    if force is None:
        return render(request, NO_FORCE, {"door": "deliveries"})
    today = timezone.localdate()
    quarter = quarter_of(request.GET.get("quarter"), None) or boards.newest_quarter(force, today)
    lines = boards.board(force, quarter, today)
    context = {
        "door": "deliveries",
        "forces": forces,
        "force": force,
        "lines": lines,
        "summary": boards.summary(lines),
        "can_edit": bool(rules.can_edit_delivery(request.person)),
        "can_load": bool(rules.can_receive_import(request.person)),
        **pages.around(quarter),
    }
    return render(request, "indicators/deliveries.html", context)


@gate("delivery.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List every delivery, ended ones as well."""
    context = {
        "door": "deliveries",
        "deliveries": boards.kept(),
        "forces": Force.objects.order_by("name"),
        "can_edit": bool(rules.can_edit_delivery(request.person)),
    }
    return render(request, "indicators/delivery_list.html", context)


@gate("delivery.edit", "GET", "HEAD", "POST")
def add(request: PersonRequest) -> HttpResponse:
    """Expect another delivery of a force."""
    force = force_of(request, list(Force.objects.order_by("name")))
    if force is None:
        return render(request, NO_FORCE, {"door": "deliveries"})
    return _kept(request, ExpectedDelivery(force=force), is_used=False)


@gate("delivery.edit", "GET", "HEAD", "POST")
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a delivery, or give it a last day."""
    delivery = get_object_or_404(ExpectedDelivery.objects.select_related("force"), pk=pk)
    return _kept(request, delivery, is_used=actions.is_used(delivery))


def _kept(request: PersonRequest, delivery: ExpectedDelivery, is_used: bool) -> HttpResponse:
    form = DeliveryForm(request.POST or None, instance=delivery, is_used=is_used)
    if request.method == "POST" and form.is_valid():
        actions.save(form.instance, by=request.person)
        messages.success(request, f"“{form.instance.name}” is saved.")
        return redirect("delivery-list")
    context = {"door": "deliveries", "form": form, "delivery": delivery, "is_used": is_used}
    return render(request, "indicators/delivery_form.html", context)


def _expected(pk: int, first: str) -> Expected:
    """Return the period of a delivery that an address names, as it stands now; 404 when there is none."""
    rows = ExpectedDelivery.objects.select_related(*boards.AROUND)
    delivery = get_object_or_404(rows, pk=pk)
    try:
        found = boards.expected(delivery, date.fromisoformat(first), timezone.localdate())
    except ValueError as error:  # not a day, or one whose quarter the calendar does not know
        raise Http404 from error
    if found is None:
        raise Http404
    return found


def _to_board(one: Expected) -> HttpResponseRedirect:
    """Lead back to the quarter of a period."""
    query = f"force={one.delivery.force.slug}&quarter={Quarter.containing(one.first).key}"
    return HttpResponseRedirect(f"{reverse('deliveries')}?{query}")


@gate("import.receive", "GET", "HEAD", "POST")
def load(request: PersonRequest, pk: int, first: str) -> HttpResponse:
    """Receive the file that is expected; its check begins at once."""
    one = _expected(pk, first)
    # Its only field is the file: without one nothing is posted that would count as an answer.
    form = ExpectedUploadForm(request.POST, request.FILES) if request.method == "POST" else ExpectedUploadForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        data_import, is_new = actions.receive(one.delivery, one.first, file.name, file.chunks(), by=request.person)
        if not is_new:
            messages.info(request, _known_already(data_import))
        elif not tasks.wake_open(imports.STAGE_TASK, data_import.pk):
            messages.warning(request, WAITS)
        return redirect("import", data_import.pk)
    return render(request, "indicators/delivery_load.html", {"door": "deliveries", "one": one, "form": form})


def _known_already(data_import: DataImport) -> str:
    made_for = f", loaded for “{data_import.delivery}”, {label(data_import.made_for)}" if data_import.made_for else ""
    return f"This is the same file as import {data_import.pk}{made_for}. No other import was made."


@gate("delivery.edit", "GET", "HEAD", "POST")
def set_unavailable(request: PersonRequest, pk: int, first: str) -> HttpResponse:
    """Say why a file will not come."""
    one = _expected(pk, first)
    form = UnavailableForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.set_unavailable(one.delivery, one.first, form.cleaned_data["text"], by=request.person)
        messages.success(request, f"“{one.delivery.name}”, {one.name}, is marked as not available.")
        return _to_board(one)
    return render(request, "indicators/delivery_unavailable.html", {"door": "deliveries", "one": one, "form": form})


@gate("delivery.edit", "POST")
def lift(request: PersonRequest, pk: int, first: str) -> HttpResponse:
    """Expect the file again."""
    one = _expected(pk, first)
    if one.note is None:
        raise Http404
    actions.lift(one.note, by=request.person)
    messages.success(request, f"“{one.delivery.name}”, {one.name}, is expected again.")
    return _to_board(one)
