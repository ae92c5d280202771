"""Which values of presented reports an import, a partner's return or a correction would replace."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from indicators import supply_rules
from indicators.actions import corrections
from indicators.formatting import counted
from indicators.gates import PersonRequest
from indicators.models.area import Force
from indicators.models.correction import Correction
from indicators.models.data_import import DataImport
from indicators.models.partner_return import PartnerReturn, ReturnSubmission
from indicators.queries.supplied_values import RELATED, proposal
from portal.gates import gate
from portal.models.report import Report
from portal.reported import Replaced, replaced

WORST = 5  # are shown within another page at once, the others on demand


@gate("import.see")
def of_import(request: PersonRequest, pk: int) -> HttpResponse:
    """List what an import replaces."""
    data_import = get_object_or_404(DataImport.objects.select_related("force"), pk=pk)
    back = data_import.file_name, reverse("import", args=[pk])
    return _shown(request, data_import.force, data_import.preview, back, is_done=data_import.version_id is not None)


@gate("return.see")
def of_return(request: PersonRequest, pk: int) -> HttpResponse:
    """List what a partner's return replaces."""
    visible = PartnerReturn.objects.visible_to(request.person)
    rows = ReturnSubmission.objects.filter(partner_return__in=visible).select_related("data_import", "force")
    submission = get_object_or_404(rows, pk=pk)
    data_import, back = submission.data_import, (submission.data_import.file_name, reverse("return-sent", args=[pk]))
    return _shown(request, submission.force, data_import.preview, back, is_done=data_import.version_id is not None)


@gate("correction.see")
def of_correction(request: PersonRequest, pk: int) -> HttpResponse:
    """List what a correction would replace, for those who decide on it."""
    correction = get_object_or_404(Correction.objects.select_related(*RELATED, "observation__data_import"), pk=pk)
    shown = proposal(correction)
    may_decide = supply_rules.can_decide_correction(request.person, correction, is_current=shown.is_current)
    found = corrections.foresee(correction, reconciles=False) if may_decide else {}
    return _shown(request, correction.force, found, (shown.name, reverse("correction", args=[pk])), is_done=False)


def _shown(
    request: PersonRequest, force: Force, preview: dict[str, Any], back: tuple[str, str], *, is_done: bool
) -> HttpResponse:
    """Answer a page, or its inner part alone where the page that asks is there already: then the worst few first."""
    is_part = request.headers.get("HX-Request") == "true"
    found = replaced(force, preview.get("moves", {}).get("figures", []))
    context = {
        "door": "imports",
        "reports": [_report(report, values, WORST if is_part else len(values)) for report, values in found],
        "count": sum(len(values) for _, values in found),
        "busy": preview.get("busy", ""),
        "is_done": is_done,
        "back_words": back[0],
        "back_url": back[1],
    }
    return render(request, "portal/_replaced.html" if is_part else "portal/replaced.html", context)


def _report(report: Report, values: list[Replaced], shown: int) -> dict[str, Any]:
    """Return what a page shows of the values of one report: so many at once, the others on demand."""
    name, key = f"Report of {report.cycle.quarter.label}", f"replaced-{report.pk}"
    cut = f", the {shown} that change most first" if shown < len(values) else ""
    return {
        "caption": f"{name}: {counted(len(values), 'value')}{cut}",
        "key": key,
        "rest_caption": f"{name}: those that change less",
        "rest_key": f"{key}-rest",
        "first": values[:shown],
        "rest": values[shown:],
    }
