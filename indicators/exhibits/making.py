"""Makes an exhibit of its definition: one maker for each kind.

The form of a table, a matrix and a list stands in `definition`. The definitions of charts are explained where they are
made: line, bar and control in `charting`, years laid over each other in `charting_years`, shares of a hundred in
`charting_shares`, small multiples in `charting_panels`, the force beside its comparators in `charting_comparators`,
days and weeks in `charting_days`.
"""

from indicators.exhibits import (
    charting,
    charting_comparators,
    charting_days,
    charting_panels,
    charting_shares,
    charting_years,
    listing,
    tabulating,
)
from indicators.exhibits.shown import Definition, Exhibited, ExhibitRefused
from indicators.figures import FigureBook, UnknownFigure

MAKERS = {
    "table": tabulating.make_table,
    "matrix": tabulating.make_matrix,
    "list": listing.make_list,
    "line": charting.make_line,
    "bar": charting.make_bar,
    "control": charting.make_control,
    "years": charting_years.make_years,
    "shares": charting_shares.make_shares,
    "multiples": charting_panels.make_multiples,
    "comparators": charting_comparators.make_comparators,
    "days": charting_days.make_days,
}


def compute(key: str, title: str, definition: Definition, book: FigureBook) -> Exhibited:
    """Compute an exhibit from its definition.

    Raises ExhibitRefused when the definition does not fit the data, DefinitionFault when it has not the form of one.
    """
    maker = MAKERS.get(str(definition.get("kind")))
    if maker is None:
        raise ExhibitRefused(f"{key}: “{definition.get('kind')}” is not a kind of exhibit")
    try:
        return maker(key, title, definition, book)
    except UnknownFigure as error:
        raise ExhibitRefused(f"{key}: {error.args[0]}") from error
    except ExhibitRefused as refused:
        words = str(refused)
        words = words if words.startswith(f"{key}: ") else f"{key}: {words}"
        raise ExhibitRefused(words, refused.faults) from refused
