"""The page of how cases are counted and how long they are kept."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from indicators.actions import counting, retention
from indicators.choices import CountingPolicy, SourceKind
from indicators.forms.sources import CountingForm, RetentionForm
from indicators.gates import PersonRequest
from indicators.models.area import Force
from indicators.models.source import DataSource
from indicators.queries.case_series import policy_of
from indicators.readers.dates import today_here
from indicators.views import gate


@gate("import.see")
def page(request: PersonRequest) -> HttpResponse:
    """Show the counting policy of every source of cases and how long every force keeps its rows."""
    return _shown(request)


def _shown(request: PersonRequest, wrong: Form | None = None) -> HttpResponse:
    """Show the page; `wrong` is the form that could not be taken."""

    def own(form: Form) -> Form:
        return wrong if wrong is not None and wrong.prefix == form.prefix else form

    today = today_here()
    sources = DataSource.objects.filter(kind=SourceKind.CASES).prefetch_related("counting_rules__by")
    forces = Force.objects.prefetch_related("retention_rules__by").order_by("name")
    context: dict[str, Any] = {
        "door": "imports",
        "sources": [(one, policy_of(one), own(CountingForm(prefix=f"counting-{one.pk}"))) for one in sources],
        "forces": [
            (one, retention.first_kept(one, today), own(RetentionForm(prefix=f"retention-{one.pk}"))) for one in forces
        ],
        "form": wrong or Form(),
    }
    return render(request, "indicators/case_rules.html", context, status=422 if wrong else 200)


@gate("counting.change", "POST")
def count(request: PersonRequest, pk: int) -> HttpResponse:
    """Count the cases of a source by rows or by identifiers from a day on."""
    source = get_object_or_404(DataSource, pk=pk, kind=SourceKind.CASES)
    form = CountingForm(request.POST, prefix=f"counting-{pk}")
    if not form.is_valid():
        return _shown(request, form)
    given = form.cleaned_data
    policy = CountingPolicy(given["policy"])
    counting.change(source, policy, given["starts_on"], by=request.person, reason=given["reason"])
    messages.success(request, f"The cases of {source} are now counted by {policy_of(source).value}.")
    return redirect("case-rules")


@gate("retention.settle", "POST")
def keep(request: PersonRequest, pk: int) -> HttpResponse:
    """Settle how long a force keeps cases row by row."""
    force = get_object_or_404(Force, pk=pk)
    form = RetentionForm(request.POST, prefix=f"retention-{pk}")
    if not form.is_valid():
        return _shown(request, form)
    given = form.cleaned_data
    retention.settle(force, given["months_kept"], given["starts_on"], by=request.person, reason=given["reason"])
    messages.success(request, "Settled. Rows that are no longer kept go in the night after the rule begins.")
    return redirect("case-rules")
