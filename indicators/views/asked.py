"""What the address of a page asks for: compared with what there is, so that no text of it reaches the database."""

from collections.abc import Sequence

from django.http import Http404

from indicators.gates import PersonRequest
from indicators.models.area import Force


def force_of(request: PersonRequest, forces: Sequence[Force] | None = None) -> Force | None:
    """Return the force that an address asks for, the first of all without; 404 for one that is not there."""
    held = list(Force.objects.order_by("id")) if forces is None else forces
    slug = request.GET.get("force")
    if not slug:
        return held[0] if held else None
    found = next((one for one in held if one.slug == slug), None)
    if found is None:
        raise Http404
    return found
