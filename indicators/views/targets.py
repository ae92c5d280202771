"""Pages of targets: the list with results, one target, setting, changing and ending one."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from indicators import pages, rules
from indicators.actions import targets as actions
from indicators.figures import FigureBook
from indicators.forms.fields import quarter_of
from indicators.forms.targets import EndTargetForm, TargetForm
from indicators.gates import PersonRequest
from indicators.models.area import Force
from indicators.models.indicator import Indicator
from indicators.models.target import Target
from indicators.people import Person
from indicators.periods import Quarter
from indicators.queries import books, standings, versions
from indicators.views import gate
from indicators.views.asked import force_of

SHOWN_QUARTERS = 5


def _where(request: PersonRequest) -> tuple[Force | None, Quarter | None]:
    """Return the force and quarter that an address asks for, by default the newest; neither before any figure."""
    force = force_of(request)
    return force, quarter_of(request.GET.get("quarter"), versions.newest_quarter(force) if force else None)


def _book(force: Force | None, quarter: Quarter | None, rows: list[Target]) -> FigureBook | None:
    if force is None or quarter is None:
        return None
    return books.figure_book(force, quarter, keys={row.indicator.key for row in rows})


@gate("target.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List the targets: those that hold at the end of the quarter with their results, then the others."""
    force, quarter = _where(request)
    rows = list(standings.targets())
    held = [row for row in rows if quarter is None or row.rule.holds_on(quarter.end)]
    context = {
        "door": "indicators",
        "force": force,
        "standings": standings.standings(held, _book(force, quarter, rows)),
        "others": [row for row in rows if row not in held],
        "can_edit": bool(rules.can_edit_target(request.person)),
        **(pages.around(quarter) if quarter else {}),
    }
    return render(request, "indicators/targets.html", context)


@gate("target.see")
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one target: its rule, its steps, its result in this quarter and those before, and who changed it."""
    target = get_object_or_404(standings.targets(), pk=pk)
    force, quarter = _where(request)
    steps = [row for row in standings.targets().filter(indicator=target.indicator) if _is_step(row, target)]
    context = {
        "door": "indicators",
        "target": target,
        "steps": steps,
        "results": _results(_book(force, quarter, steps), steps),
        "changes": target.events.select_related("by").order_by("-pgh_id"),  # type: ignore[attr-defined]
        **_acts(request.person, target),
        **(pages.around(quarter) if quarter else {}),
    }
    return render(request, "indicators/target.html", context)


def _is_step(row: Target, target: Target) -> bool:
    return row.rule.is_step_beside(target.rule)


def _acts(person: Person, target: Target) -> dict[str, bool]:
    may = bool(rules.can_edit_target(person))
    return {"can_edit": may, "can_end": may and target.ends_on is None}


def _results(book: FigureBook | None, steps: list[Target]) -> list[tuple[Quarter, standings.Standing | None]]:
    """Return the result of the step that held, for the book's quarter and those before it, newest first."""
    results: list[tuple[Quarter, standings.Standing | None]] = []
    for _ in range(SHOWN_QUARTERS if book else 0):
        if book is not None:
            held = [row for row in steps if row.rule.holds_on(book.quarter.end)][:1]
            results.append((book.quarter, next(iter(standings.standings(held, book)), None)))
            # The book holds years of figures: only the view of it moves.
            book = replace(book, quarter=book.quarter.previous())
    return results


@gate("target.edit", "GET", "HEAD", "POST")
def add(request: PersonRequest) -> HttpResponse:
    """Choose the measure, then set a target of it; with `after` as a further step of one there is."""
    key, after = request.GET.get("indicator"), request.GET.get("after", "")
    if key:
        indicator = next((one for one in Indicator.objects.select_related("portfolio") if one.key == key), None)
        if indicator is None:
            raise Http404
        return _kept(request, Target(indicator=indicator, unit=indicator.unit))
    if after:
        pk = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
        before = get_object_or_404(standings.targets(), pk=pk)
        return _kept(request, actions.step_after(before))
    measures = Indicator.objects.select_related("portfolio").order_by("portfolio__name", "position", "name")
    return render(request, "indicators/target_new.html", {"door": "indicators", "measures": measures})


@gate("target.edit", "GET", "HEAD", "POST")
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a target."""
    return _kept(request, get_object_or_404(standings.targets(), pk=pk))


def _kept(request: PersonRequest, target: Target) -> HttpResponse:
    form = TargetForm(request.POST if request.method == "POST" else None, instance=target)
    if form.is_valid():
        actions.save(form.instance, by=request.person, reason=form.cleaned_data["text"])
        messages.success(request, f"The target of “{form.instance.measure_name}” is saved.")
        return redirect("target", form.instance.pk)
    context = {"door": "indicators", "form": form, "target": target, "name": target.indicator.name}
    return render(request, "indicators/target_form.html", context, status=422 if form.errors else 200)


@gate("target.edit", "GET", "HEAD", "POST")
def end(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a target its last day."""
    target = get_object_or_404(standings.targets(), pk=pk)
    form = EndTargetForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        actions.end(target, given["ends_on"], by=request.person, reason=given["text"])
        messages.success(request, f"The target of “{target.measure_name}” has its last day.")
        return redirect("target", target.pk)
    context = {"door": "indicators", "form": form, "target": target}
    return render(request, "indicators/target_end.html", context, status=422 if form.errors else 200)
