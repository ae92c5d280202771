"""The problems of an import, identical ones as one line."""

from indicators.models.data_import import DataImport, ImportProblem
from indicators.problem_lines import Place, ProblemLine, lines


def problem_lines(data_import: DataImport) -> list[ProblemLine]:
    """Return the problems of an import, identical ones as one line with their places. One query, however many."""
    rows = ImportProblem.objects.filter(data_import=data_import)
    # Read in one go: they are 10,000 at most, and a cursor on the server takes three times as long.
    places = rows.values_list("sheet", "row", "column", "value", "message")
    return lines(map(Place._make, places), by_cell=data_import.sheet_profile_id is not None)
