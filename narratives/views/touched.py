"""The page of texts that an import touches."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from indicators.gates import PersonRequest
from indicators.models.data_import import DataImport
from narratives.touched import touched
from narratives.views import gate


@gate("touched.see")
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """List the sections that quote a figure which an import moves."""
    data_import = get_object_or_404(DataImport.objects.select_related("force"), pk=pk)
    context = {"door": "imports", "data_import": data_import, "cycles": touched(data_import, request.person)}
    return render(request, "narratives/touched.html", context)
