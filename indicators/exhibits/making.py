"""Makes an exhibit of its definition: one maker for each kind.

The form of a table, a matrix and a list stands in `definition`. A chart's definition is
{"kind": "line", "series": [...], "months": 25} or {"kind": "bar", "series": [...], "window",
"aspects": ["previous", "value"]}; {"kind": "control", "series": "asb", "months": 25} draws one series with its limits.
"""

from indicators.exhibits import charting, listing, tabulating
from indicators.exhibits.shown import Definition, Exhibited, ExhibitRefused
from indicators.figures import FigureBook, UnknownFigure

MAKERS = {
    "table": tabulating.make_table,
    "matrix": tabulating.make_matrix,
    "list": listing.make_list,
    "line": charting.make_line,
    "bar": charting.make_bar,
    "control": charting.make_control,
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
        raise ExhibitRefused(words if words.startswith(f"{key}: ") else f"{key}: {words}") from refused
