"""The problems of an import, by kind."""

from django.db.models import Count

from indicators.models.data_import import DataImport, ImportProblem


def problems_by_kind(data_import: DataImport, shown: int) -> tuple[list[tuple[str, str, int]], list[ImportProblem]]:
    """Return the kinds of problems as (message, column, count), most frequent first, and the first problems."""
    listed = ImportProblem.objects.filter(data_import=data_import)
    first = list(listed[:shown])
    kinds = listed.values_list("message", "column").annotate(count=Count("id")).order_by("-count", "message")
    among = {(problem.message, problem.column) for problem in first}
    return [kind for kind in kinds if kind[:2] in among], first
