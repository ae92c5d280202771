"""Reads of exhibits: the figures that a definition can name, what comes out of it, and the mark of what it says."""

import hashlib
import json
from typing import Any

from indicators.exhibits.checking import form_faults, tried
from indicators.exhibits.definition import words_named
from indicators.exhibits.shown import Exhibited
from indicators.figures import FigureBook
from indicators.models.area import Force
from indicators.models.exhibit import Exhibit
from indicators.periods import Quarter
from indicators.queries import books, versions
from indicators.queries.day_counts import with_days


def book_for(
    document: Any, force: Force | None = None, quarter: Quarter | None = None, at: int | None = None
) -> FigureBook | None:
    """Return the figures that a definition can name, of the newest quarter and version by default; None before any."""
    force = force or Force.objects.order_by("pk").first()
    quarter = quarter or (versions.newest_quarter(force) if force else None)
    if force is None or quarter is None:
        return None
    book = books.figure_book(force, quarter, at, keys=set(words_named(document)), with_districts=True)
    return with_days(book, [document])


def trial(exhibit: Exhibit, book: FigureBook | None) -> tuple[Exhibited | None, tuple[str, ...]]:
    """Make an exhibit that need not be kept: what comes out, or all that is wrong; before any figure, neither."""
    if book is None:
        return None, form_faults(exhibit.definition)
    return tried(exhibit.key, exhibit.title, exhibit.definition, book)


def state_of(exhibit: Exhibit) -> str:
    """Return a mark of what an exhibit says now, by which a page that was opened earlier is known."""
    told = [exhibit.title, exhibit.portfolio_id, exhibit.definition]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
