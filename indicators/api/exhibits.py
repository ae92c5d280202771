"""Exhibits as data: what each is defined as, what it shows in a quarter, and its cells one by one."""

import json
from collections.abc import Iterator

from django.http import Http404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from indicators.api import doors
from indicators.api.asked import Asked, Scope, refuse
from indicators.api.describing import described, number, text, texts, truth, whole
from indicators.api.doors import Single
from indicators.api.paging import Key, Keyed, Record, of_list, of_query
from indicators.exhibits.making import compute
from indicators.exhibits.shown import ExhibitRefused
from indicators.exports import stored_number
from indicators.figures import FigureBook
from indicators.models.exhibit import Exhibit
from indicators.queries.exhibits import book_for
from indicators.tables import Cell, Chart, Exhibits, Listing, Table


@extend_schema_field({"type": "object", "additionalProperties": True})
class Definition(serializers.JSONField):
    """The definition of an exhibit, in its own form."""


@extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
class Drawn(serializers.JSONField):
    """What a chart is drawn from; null for a table or list."""


DefinitionRecord = described(
    "Definition",
    "What an exhibit is defined as.",
    {
        "exhibit": text("Key of the exhibit."),
        "title": text(),
        "portfolio": text(),
        "kind": text("table, matrix, list, or a kind of chart."),
        "definition": Definition(help_text="In its own form, which the page of the exhibit edits. In CSV as JSON."),
    },
)


class ExhibitList(doors.Listing):
    """The tables and charts that are defined, with their definitions."""

    name = "exhibits"
    permission = "indicator.see"
    record = DefinitionRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the exhibits by their keys."""
        return of_query(Exhibit.objects.select_related("portfolio"), "key", after, most, _definition)


def _definition(one: Exhibit) -> Record:
    return {
        "exhibit": one.key,
        "title": one.title,
        "portfolio": one.portfolio.name,
        "kind": str(one.definition.get("kind", "")),
        "definition": one.definition,
    }


ExhibitRecord = described(
    "Exhibit",
    "What an exhibit shows in a quarter.",
    {
        "exhibit": text("Key of the exhibit."),
        "title": text(),
        "portfolio": text(),
        "kind": text("table, matrix, list, or a kind of chart."),
        "quarter": text("The quarter it is computed for."),
        "version": whole("Data version at which its figures are known."),
        "is_chart": truth("Whether the rows are the data of a chart."),
        "summary": text("Of a chart, what it shows, in words."),
        "header": texts("The headings of the columns."),
        "rows": serializers.ListField(
            child=serializers.ListField(child=serializers.CharField()), help_text="The cells as printed, row by row."
        ),
        "notes": texts("What stands below it."),
        "source": text("The line that names its sources."),
        "drawn": Drawn(
            help_text="Of a chart, every point that is drawn: axis, lines and exact values. In CSV as JSON."
        ),
        "fault": text("Why it cannot be computed; empty where it can."),
    },
)


class OneExhibit(Single):
    """One exhibit as it shows in a quarter, its cells as printed."""

    name = "exhibit"
    permission = "indicator.see"
    scope = Scope.QUARTER
    in_path = {"key": "Key of the exhibit."}
    record = ExhibitRecord

    def found(self, asked: Asked) -> Record | None:
        """Return what the exhibit shows."""
        one = _exhibit(self.kwargs["key"])
        if one is None or asked.quarter is None:
            return None
        fault, shown = "", None
        try:
            book = book_for(one.definition, asked.own, asked.quarter, asked.version)
            shown = compute(one.key, one.title, one.definition, book).exhibit if book else None
        except ExhibitRefused as error:
            fault = str(error)
        table = _table_of(shown)
        return {
            **{name: value for name, value in _definition(one).items() if name != "definition"},
            "quarter": asked.quarter.key,
            "version": asked.version,
            "is_chart": isinstance(shown, Chart),
            "summary": shown.summary if isinstance(shown, Chart) else "",
            "header": [cell.text for cell in table.header] if table else [],
            "rows": [[cell.text for cell in row] for row in table.rows] if table else [],
            "notes": list(shown.notes) if shown else [],
            "source": shown.source if shown else "",
            "drawn": json.loads(shown.data) if isinstance(shown, Chart) and shown.data else None,
            "fault": fault,
        }


def _exhibit(key: str) -> Exhibit | None:
    return Exhibit.objects.select_related("portfolio").filter(key=key).first()


def _table_of(shown: Exhibits | None) -> Table | None:
    """Return what an exhibit shows as a table; of a list, one row for each sentence with its figures behind it."""
    if isinstance(shown, Listing):
        rows = [
            (
                Cell("".join(words.text for words in entry), is_header=True),
                *(Cell(words.text, is_numeric=True, figure=words.figure) for words in entry if words.figure),
            )
            for entry in shown.entries
        ]
        return Table(shown.key, shown.title, (Cell(shown.title, is_header=True),), tuple(rows))
    return shown.table if isinstance(shown, Chart) else shown


CellRecord = described(
    "Cell",
    "One cell of an exhibit, or one point of a chart.",
    {
        "exhibit": text("Key of the exhibit."),
        "row": whole("From 1, without the headings."),
        "column": whole("From 1, without the heading of the row."),
        "row_heading": text(),
        "column_heading": text(),
        "text": text("As printed."),
        "figure": text("Key of the figure it shows; empty for words and blanks."),
        "value": number("The value of that figure, unrounded; the cell may print another side of it."),
        "status": text("The status of that figure."),
    },
)


class Cells(doors.Listing):
    """The cells of an exhibit one by one, with the keys of their figures."""

    name = "cells"
    permission = "indicator.see"
    scope = Scope.QUARTER
    in_path = OneExhibit.in_path
    record = CellRecord

    def rows(self, asked: Asked, after: Key | None, most: int) -> Keyed:
        """Yield the cells row by row; 404 for an exhibit that is not there."""
        one = _exhibit(self.kwargs["key"])
        if one is None:
            raise Http404
        if asked.quarter is None:
            return iter(())
        book = book_for(one.definition, asked.own, asked.quarter, asked.version)
        if book is None:
            return iter(())
        try:
            table = _table_of(compute(one.key, one.title, one.definition, book).exhibit)
        except ExhibitRefused as error:
            raise refuse(f"exhibit: {error}.") from error
        return of_list(_cells(table) if table else (), after, lambda place: _cell(one.key, *place, book))


Place = tuple[Key, str, str, Cell]


def _cells(table: Table) -> Iterator[tuple[Key, Place]]:
    headings = [cell.text for cell in table.header]
    for at, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row[1:], start=1):
            heading = headings[column] if column < len(headings) else ""
            yield (at, column), ((at, column), row[0].text, heading, cell)


def _cell(exhibit: str, key: Key, row: str, column: str, cell: Cell, book: FigureBook) -> Record:
    current = book.figure(cell.figure).current if cell.figure else None
    return {
        "exhibit": exhibit,
        "row": key[0],
        "column": key[1],
        "row_heading": row,
        "column_heading": column,
        "text": cell.text,
        "figure": cell.figure,
        "value": stored_number(current.amount if current else None),
        "status": current.status.value if current else "",
    }
