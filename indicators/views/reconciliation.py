"""The page of reconciliation: numbers that should agree and do not."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from indicators import pages
from indicators.actions import explaining
from indicators.forms.explanations import ExplanationForm
from indicators.gates import PersonRequest
from indicators.permissions import PERMISSIONS
from indicators.queries.reconciling import findings
from indicators.views import gate
from indicators.views.indicators import has_figures, where


@gate("indicator.see")
def page(request: PersonRequest) -> HttpResponse:
    """List what differs, with both numbers, and say how much agrees."""
    may_explain = request.person.has(*PERMISSIONS["difference.explain"])
    context: dict[str, object] = {"door": "indicators", "may_explain": may_explain}
    if has_figures():
        force, quarter = where(request)
        context |= {"force": force, "findings": findings(force, quarter), **pages.around(quarter)}
    return render(request, "indicators/reconciliation.html", context)


@gate("difference.explain", "POST")
def explain(request: PersonRequest) -> HttpResponse:
    """Keep the reason for some differences."""
    force, quarter = where(request)
    form = ExplanationForm(request.POST)
    back = f"{reverse('reconciliation')}?force={force.slug}&quarter={quarter.key}"
    if not form.is_valid():
        messages.error(request, "The reason is missing or too long. Write it again.")
        return redirect(back)
    there = {one.check.seen_as: one.check for one in findings(force, quarter).differences}
    checks = [there.get(seen) for seen in form.seen()]
    explaining.explain(force, checks, by=request.person, reason=form.cleaned_data["reason"])
    messages.success(request, "The reason is kept beside the numbers.")
    return redirect(back)
