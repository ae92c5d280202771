"""Pages of comparators: the list, and one with its members by release and what changed between releases."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from indicators import rules
from indicators.choices import AreaKind
from indicators.gates import PersonRequest
from indicators.models.area import Area
from indicators.queries import comparators
from indicators.views import gate
from indicators.views.asked import force_of


@gate("comparator.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List the groups that people keep, and the comparators with their newest release."""
    force = force_of(request)
    rows = comparators.listing(force) if force else []
    context = {
        "door": "indicators",
        "force": force,
        "rows": rows,
        "groups": comparators.groups(),
        "can_edit": bool(rules.can_edit_feed(request.person)),
        "can_group": bool(rules.can_edit_group(request.person)),
    }
    return render(request, "indicators/comparators.html", context)


@gate("comparator.see")
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show of whom a comparator was made in each release, and what changed from one to the next."""
    comparator = get_object_or_404(Area.objects.select_related("group"), pk=pk, kind=AreaKind.COMPARATOR)
    if hasattr(comparator, "group"):
        return redirect("group", comparator.group.pk)
    force = force_of(request)
    steps = comparators.steps(force, comparator) if force else []
    context = {"door": "indicators", "force": force, "comparator": comparator, "steps": steps}
    return render(request, "indicators/comparator.html", context)
