"""What has been revised since it was last reported."""

from django.http import HttpResponse
from django.shortcuts import render

from indicators.gates import PersonRequest
from indicators.models.data_version import DataVersion
from indicators.revisions import revised
from indicators.views.indicators import has_figures, where
from portal.gates import gate
from portal.reported import books, last_presented


@gate("indicator.see")
def page(request: PersonRequest) -> HttpResponse:
    """List the values of the last presented report that are known otherwise now."""
    report = last_presented(where(request)[0]) if has_figures() else None
    context: dict[str, object] = {"door": "indicators", "report": report}
    if report is not None:
        then, now = books(report)
        found = revised(then, now)
        acts = DataVersion.objects.filter(
            force=report.cycle.force, number__in={one.version for one in found if one.version}
        )
        by_number = {act.number: act for act in acts.select_related("by")}
        context |= {"then": then, "now": now, "lines": [(one, by_number.get(one.version or 0)) for one in found]}
    return render(request, "portal/revised.html", context)
