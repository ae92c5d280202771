"""Pages of corrections: the list, proposing one, and deciding on it as the second person."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from indicators import previews, supply_rules
from indicators.actions import corrections as actions
from indicators.choices import CorrectionState, Statistic, Window
from indicators.forms.corrections import CorrectionForm, DecisionForm
from indicators.gates import PersonRequest
from indicators.models.correction import Correction
from indicators.models.observation import Observation
from indicators.people import Person
from indicators.periods import Period, label
from indicators.queries.supplied_values import RELATED, proposal, why_computed
from indicators.views import gate

PER_PAGE = 25


@gate("correction.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List the corrections: those that wait for a second person, and those that were decided."""
    rows = Correction.objects.select_related(*RELATED)
    decided = Paginator(rows.exclude(state=CorrectionState.PROPOSED), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "door": "indicators",
        "waiting": [proposal(one) for one in rows.open()],
        "page": decided,
        "decided": [proposal(one) for one in decided],
    }
    return render(request, "indicators/corrections.html", context)


@gate("correction.propose", "GET", "HEAD", "POST")
def propose(request: PersonRequest, pk: int) -> HttpResponse:
    """Propose another value for a supplied one."""
    rows = Observation.objects.select_related(
        "indicator__case_rule__source", "indicator__formula", "part", "area", "source", "data_import"
    )
    observation = get_object_or_404(rows, pk=pk, statistic=Statistic.LEVEL)
    form = CorrectionForm(observation, request.POST or None)
    if request.method == "POST" and form.is_valid() and form.entered is not None:
        made = actions.propose(observation, form.entered, by=request.person, reason=form.cleaned_data["text"])
        messages.success(request, "Proposed. A second person has to confirm it; until then the figure stays.")
        return redirect("correction", made.pk)
    context = {
        "door": "indicators",
        "form": form,
        "observation": observation,
        "row": form.row,
        "held": form.held.in_words(form.row),
        "period": label(Period(Window(observation.window), observation.start, observation.end)),
        "why_not": why_computed(observation),
        "proposed": Correction.objects.open().filter(observation=observation).first(),
    }
    status = 422 if form.errors else 200
    return render(request, "indicators/correction_form.html", context, status=status)


@gate("correction.see")
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a correction: old and new, who proposed it and why, what would move, and what was decided."""
    return _shown(request, _correction(pk), DecisionForm())


def _correction(pk: int) -> Correction:
    return get_object_or_404(Correction.objects.select_related(*RELATED, "observation__data_import"), pk=pk)


def _shown(request: PersonRequest, correction: Correction, form: DecisionForm, status: int = 200) -> HttpResponse:
    shown, acts = proposal(correction), _acts(request.person, correction)
    why_not = why_computed(correction.observation) if correction.state == CorrectionState.PROPOSED else ""
    # What would move is found by trying it: that is done for those alone who decide.
    found = actions.foresee(correction) if acts["may_decide"] and shown.is_current and not why_not else {}
    context = {
        "door": "indicators",
        "correction": correction,
        "shown": shown,
        "transitions": correction.transitions.all(),
        "why_not": why_not,
        "foreseen": found,
        "moves": previews.moves(found),
        "form": form,
        **acts,
    }
    return render(request, "indicators/correction.html", context, status=status)


def _acts(person: Person, correction: Correction) -> dict[str, bool]:
    """Return what this person may do about it."""
    return {
        "is_own": correction.proposed_by_id == person.id,
        "may_decide": bool(supply_rules.can_decide_correction(person, correction)),
        "may_withdraw": bool(supply_rules.can_withdraw_correction(person, correction)),
    }


@gate("correction.decide", "POST")
def confirm(request: PersonRequest, pk: int) -> HttpResponse:
    """Put the value right as the second person."""
    correction, form = _correction(pk), DecisionForm(request.POST)
    if not form.is_valid():
        return _shown(request, correction, form, status=422)
    given = form.cleaned_data
    actions.confirm(correction, by=request.person, version=given["version"] or 0, reason=given["text"])
    messages.success(request, "Confirmed. The figure is corrected, and its earlier value is kept.")
    return redirect("correction", pk)


@gate("correction.decide", "POST")
def refuse(request: PersonRequest, pk: int) -> HttpResponse:
    """Turn a correction down."""
    correction = _correction(pk)
    may = partial(supply_rules.can_refuse_correction, request.person, correction)
    form = DecisionForm(request.POST, may=may)
    if not form.is_valid():
        return _shown(request, correction, form, status=422)
    actions.refuse(correction, by=request.person, reason=form.cleaned_data["text"])
    messages.success(request, "Refused. The figure stays as it is.")
    return redirect("correction", pk)


@gate("correction.propose", "POST")
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take an own proposal back."""
    actions.withdraw(get_object_or_404(Correction, pk=pk), by=request.person)
    messages.success(request, "Withdrawn. The figure stays as it is.")
    return redirect("correction", pk)
