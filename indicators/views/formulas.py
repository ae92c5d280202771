"""The page of a composite's formula: giving it another one, or none."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from indicators.actions import formulas as actions
from indicators.forms.formulas import FormulaPage
from indicators.gates import PersonRequest
from indicators.models.indicator import Indicator
from indicators.people import Refused, Verdict
from indicators.queries import books
from indicators.queries.formulas import formula_in_words
from indicators.sheets import in_force
from indicators.views import gate


@gate("indicator.define", "GET", "HEAD", "POST")
def page(request: PersonRequest, key: str) -> HttpResponse:
    """Replace or remove the formula of an indicator, with a reason and the definition that holds from then on."""
    indicator = get_object_or_404(Indicator.objects.select_related("formula"), key=key)
    seen, wording = formula_in_words(indicator), in_force(books.wordings([indicator.pk])[key], timezone.localdate())
    given = request.POST if request.method == "POST" else None
    sent = FormulaPage(indicator, seen, wording.text if wording else "", given)
    if request.method != "POST" or not sent.is_valid():
        return _shown(request, indicator, seen, sent)
    try:
        words = _done(request, indicator, sent)
    except Refused as refused:
        return _shown(request, indicator, seen, sent, refused.verdict)
    messages.success(request, words)
    return redirect("indicator", key)


def _done(request: PersonRequest, indicator: Indicator, sent: FormulaPage) -> str:
    """Do what the button says that was pressed; returns what was done."""
    given, by = sent.general.cleaned_data, request.person
    about = given["definition"], given["starts_on"]
    if request.POST.get("intent") == "remove":
        actions.remove(indicator, *about, seen=given["seen"], by=by, reason=given["text"])
        return f"“{indicator}” is worked out no more. Earlier data versions keep its values."
    actions.replace(indicator, sent.entry, *about, seen=given["seen"], by=by, reason=given["text"])
    return f"“{indicator}” is worked out by its new formula. Earlier data versions keep the values of the old one."


def _shown(
    request: PersonRequest, indicator: Indicator, seen: str, sent: FormulaPage, refused: Verdict | None = None
) -> HttpResponse:
    """Show the form, with all that was entered and what is wrong with it."""
    context = {"door": "indicators", "indicator": indicator, "formula": seen, "page": sent}
    return render(request, "indicators/formula_form.html", context, status=sent.status(refused))
