"""JSON and CSV: the same records, in the same order of columns.

CSV is UTF-8 with a byte order mark, one line for each record: numbers with a point for decimals and nothing else, days
as 2020-09-30, TRUE and FALSE, nothing where there is nothing. A text that a spreadsheet would take for a formula has an
apostrophe before it. A list is one text, its entries with “; ” between them; of an entry with fields its `words`.
"""

import csv
import io
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from rest_framework.renderers import BaseRenderer

from indicators.exports import spreadsheet_text

MARK = "\ufeff"


class CsvRenderer(BaseRenderer):
    """Writes a refusal, or any other small answer, as CSV; lists are written by `lines` before they come here."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return one line with its header."""
        shown = data if isinstance(data, dict) else {}
        return lines(list(shown), (), [shown])


def lines(columns: Sequence[str], numbers: Collection[str], records: Iterable[Mapping[str, Any]]) -> bytes:
    """Return records as a CSV file; `numbers` are the columns whose texts are numbers."""
    written = io.StringIO()
    written.write(MARK)
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([cell(record.get(name), name in numbers) for name in columns] for record in records)
    return written.getvalue().encode()


def cell(value: Any, is_number: bool = False) -> str:
    """Return one value as it stands in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if is_number:
        return str(value)
    if isinstance(value, list):
        value = "; ".join(_words(one) for one in value)
    elif isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    return spreadsheet_text(str(value))


def _words(one: Any) -> str:
    """Return one entry of a list."""
    if isinstance(one, dict):
        return str(one["words"])
    if isinstance(one, list):
        return " | ".join(_words(each) for each in one)
    return str(one)
