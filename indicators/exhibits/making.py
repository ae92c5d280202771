"""Makes an exhibit of its definition: one maker for each kind.

The form of a table, a matrix and a list stands in `definition`. The definitions of charts are explained where they are
made: line, bar and control in `charting`, years laid over each other in `charting_years`, shares of a hundred in
`charting_shares`, small multiples in `charting_panels`, the force beside its comparators in `charting_comparators`,
days and weeks in `charting_days`.
"""

import logging
from collections.abc import Mapping

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
from indicators.exhibits.definition import DefinitionFault
from indicators.exhibits.shown import Definition, Exhibited, ExhibitRefused
from indicators.figures import FigureBook, UnknownFigure

logger = logging.getLogger(__name__)

BROKEN = "its definition is broken; tell the analyst"
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

    Raises ExhibitRefused, and nothing else, when the definition has not the form of one or does not fit the data: it is
    kept by people, or came in a document that nobody tried.
    """
    kind = definition.get("kind") if isinstance(definition, Mapping) else None
    maker = MAKERS.get(str(kind))
    if maker is None:
        raise ExhibitRefused(f"“{kind}” is not a kind of exhibit")
    try:
        return maker(key, title, definition, book)
    except ExhibitRefused:
        raise
    except DefinitionFault as fault:
        raise ExhibitRefused(BROKEN, fault.faults) from fault
    except UnknownFigure as error:
        raise ExhibitRefused(str(error.args[0])) from error
    except (LookupError, ArithmeticError, TypeError, ValueError, AttributeError, RecursionError) as error:
        logger.warning("the definition of exhibit %s is broken", key, exc_info=True)
        raise ExhibitRefused(BROKEN, (f"The definition cannot be drawn: {type(error).__name__} {error}.",)) from error
