"""Pages of spans: of which days figures are kept up, asking for more days, and for some no longer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from indicators import rules
from indicators.actions import spans as actions
from indicators.forms.cases import reason_of
from indicators.forms.spans import SpanForm
from indicators.gates import PersonRequest
from indicators.models.span import Span
from indicators.people import Refused
from indicators.queries.spans import listed
from indicators.views import gate


@gate("span.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List the spans with how their figures are named in texts; those that were ended last."""
    can_edit = bool(rules.can_keep_span(request.person, [], "given"))
    return render(request, "indicators/spans.html", {"door": "indicators", "spans": listed(), "can_edit": can_edit})


@gate("span.edit", "GET", "HEAD", "POST")
def add(request: PersonRequest) -> HttpResponse:
    """Ask for the figures of some days."""
    form, refused = SpanForm(request.POST if request.method == "POST" else None), None
    if form.is_valid():
        given = form.cleaned_data
        days = given["force"], given["first"], given["last"]
        try:
            span = actions.ask(*days, given["indicators"], by=request.person, reason=given["text"])
        except Refused as error:
            form.add_error("last", error.verdict.reason)
            refused = error.verdict
        else:
            messages.success(request, f"The figures of {span} are worked out, and follow every file from now on.")
            return redirect("spans")
    status = 409 if refused is not None and refused.is_conflict else 422 if form.errors else 200
    return render(request, "indicators/span_form.html", {"door": "indicators", "form": form}, status=status)


@gate("span.edit", "POST")
def end(request: PersonRequest, pk: int) -> HttpResponse:
    """Keep figures of some days up no longer."""
    span = get_object_or_404(Span.objects.select_related("force"), pk=pk)
    actions.end(span, by=request.person, reason=reason_of(request.POST))
    messages.success(request, f"The figures of {span} are kept up no longer. Earlier data versions still show them.")
    return redirect("spans")
