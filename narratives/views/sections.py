"""Pages that show sections: those of a cycle, one section, an older revision, a chart in it."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control

from indicators.gates import PersonRequest
from indicators.tables import NARROW, Chart
from narratives import queries
from narratives.forms import ChangesForm
from narratives.models.cycle import Cycle
from narratives.models.revision import Revision
from narratives.renderings.markdown import parse
from narratives.views import contents, gate


@gate("section.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List the sections of a cycle by the parts of its outline."""
    cycles = list(Cycle.objects.select_related("outline", "force").order_by("-quarter_key", "outline__name"))
    cycle = contents.chosen_cycle(request, cycles)
    parts = queries.sections_by_part(cycle, request.person) if cycle else []
    context = {"door": "sections", "cycles": cycles, "cycle": cycle, "parts": parts}
    return render(request, "narratives/sections.html", context)


@gate("section.see")
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one section: its text with figures in place, what may be done with it, how it came here."""
    section = contents.find(request, pk)
    form = ChangesForm(initial={"version": section.version})
    context = {"form": form, **contents.section_page(section, request.person)}
    return render(request, "narratives/section.html", context)


@gate("section.see")
def revision(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Show an older revision as it was, with the figures it was saved with."""
    section = contents.find(request, pk)
    shown = get_object_or_404(Revision.objects.prefetch_related("bindings"), section=section, number=number)
    shown.section = section
    return render(request, "narratives/revision.html", contents.revision_page(section, shown))


@gate("section.see")
def chart(request: PersonRequest, pk: int, number: int, key: str) -> HttpResponse:
    """Draw a chart that a revision places, with the figures of that revision."""
    section = contents.find(request, pk)
    shown = get_object_or_404(Revision, section=section, number=number)
    name = key.removesuffix(NARROW)
    if name not in parse(shown.text).exhibits:
        raise Http404
    text = f"{{{{ exhibit.{name} }}}}"
    drawn = queries.exhibits([name], queries.book_for(section.cycle, [text], shown.data_version)).get(name)
    if not isinstance(drawn, Chart):
        raise Http404
    response = HttpResponse(drawn.drawing(key), content_type="image/svg+xml")
    patch_cache_control(response, private=True)
    return response
