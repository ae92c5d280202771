"""What the page of an import shows the first of, whole as a file: its problems, and the figures it moves."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404

from indicators import previews
from indicators.exports import spreadsheet_text
from indicators.gates import PersonRequest
from indicators.models.data_import import DataImport, ImportProblem
from indicators.queries.moves import all_moves
from indicators.views import gate


@gate("import.see")
def problems(request: PersonRequest, pk: int) -> StreamingHttpResponse:
    """Give every problem of a file as CSV that opens as text in a spreadsheet."""
    data_import = get_object_or_404(DataImport, pk=pk)
    rows = ImportProblem.objects.filter(data_import=data_import).values_list(
        "sheet", "row", "column", "value", "message"
    )
    texts = (
        [spreadsheet_text(cell) if isinstance(cell, str) else cell for cell in row]
        for row in rows.iterator(chunk_size=1000)
    )
    return _csv(["sheet", "row", "column", "value", "what to do"], texts, f"import-{pk}-problems.csv")


@gate("import.see")
def figures(request: PersonRequest, pk: int) -> StreamingHttpResponse:
    """Give every figure that an import moved, or would move, with both values as CSV."""
    data_import = get_object_or_404(DataImport.objects.select_related("force", "version"), pk=pk)
    rows = (previews.move_record(one) for one in all_moves(data_import).get("figures", []))
    return _csv(previews.MOVE_COLUMNS, rows, f"import-{pk}-figures.csv")


class _Lines:
    """A file-like object that gives each written line back."""

    def write(self, line: str) -> str:
        return line


def _csv(headings: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        writer = csv.writer(_Lines())
        yield writer.writerow(headings)
        for row in rows:
            yield writer.writerow(row)

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
