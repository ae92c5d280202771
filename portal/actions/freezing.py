"""The frozen files of an edition: from a document and the figures it prints to bytes with their hashes."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from indicators.actions.jobs import Progress
from indicators.exports import figure_record
from indicators.tables import NARROW
from narratives.documents import Document, charts, to_json
from portal.editions import sha256
from portal.queries import Composed, Printed
from portal.renderings.drawings import checked
from portal.renderings.html import article_html
from portal.renderings.pdf import report_pdf
from portal.renderings.word import report_docx

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SVG = "image/svg+xml"
JSON = "application/json"
COLUMNS = (
    "figure", "printed", "name", "period", "value", "unit", "previous", "previous_period", "vintage",
    "previous_vintage", "change", "change_percent", "share_percent", "target", "target_result", "status", "basis",
    "qualifier", "source", "data_version", "notes",
)  # fmt: skip
NUMBERS = ("value", "previous", "change", "change_percent", "share_percent")


@dataclass(frozen=True, slots=True)
class FrozenFile:
    """One file of an edition: a download, or a drawing that the article shows."""

    name: str
    media_type: str
    content: bytes
    is_download: bool = True

    @property
    def sha256(self) -> str:
        """The SHA-256 of the content, as 64 hexadecimal digits."""
        return sha256(self.content)


@dataclass(frozen=True, slots=True)
class Frozen:
    """An edition before it is kept: the canonical document, the article, the files and their manifest."""

    document: str
    article: str
    files: tuple[FrozenFile, ...]

    @property
    def sha256(self) -> str:
        """The SHA-256 of the document, whose first characters every page prints."""
        return sha256(self.document.encode())


def chart_name(key: str) -> str:
    """Return the name under which a chart's drawing is kept."""
    return f"chart-{key}.svg"


def freeze_files(
    composed: Composed, address: Callable[[str], str], about: dict[str, Any], progress: Progress
) -> Frozen:
    """Make every file of an edition; `address` takes a file's name to its path, `about` goes into the manifest.

    Raises UnsafeDrawing for a chart that is not plain shapes; nothing is kept then.
    """
    document = composed.document
    steps: tuple[tuple[str, str, str, Callable[[], bytes]], ...] = (
        ("report.pdf", "application/pdf", "Setting the PDF", lambda: report_pdf(document)),
        ("report.docx", WORD, "Writing the Word file", lambda: report_docx(document)),
        ("figures.csv", "text/csv; charset=utf-8", "Listing the figures", lambda: figures_csv(composed.printed)),
        ("figures.json", JSON, "Listing the figures", lambda: figures_json(composed)),
        ("document.json", JSON, "Keeping the document", lambda: to_json(document).encode()),
    )
    progress.tell("Drawing the charts", 0, len(steps) + 1)
    article = str(article_html(document, lambda key: address(chart_name(key))))
    drawings = _drawings(document)
    files = []
    for done, (name, media_type, words, make) in enumerate(steps, start=1):
        progress.tell(words, done, len(steps) + 1)
        files.append(FrozenFile(name, media_type, make()))
    text = to_json(document)
    manifest = _manifest((*files, *drawings), text, article, about)
    return Frozen(text, article, (*files, manifest, *drawings))


def _drawings(document: Document) -> tuple[FrozenFile, ...]:
    by_name = {}
    for chart in charts(document):
        by_name[chart_name(chart.key)] = chart.svg
        if chart.narrow:
            by_name[chart_name(f"{chart.key}{NARROW}")] = chart.narrow
    return tuple(FrozenFile(name, SVG, checked(svg).encode(), is_download=False) for name, svg in by_name.items())


def _manifest(files: Sequence[FrozenFile], document: str, article: str, about: dict[str, Any]) -> FrozenFile:
    entries = [
        {"name": one.name, "media_type": one.media_type, "size": len(one.content), "sha256": one.sha256}
        for one in files
    ]
    manifest = {
        **about,
        "document_sha256": sha256(document.encode()),
        "article_sha256": sha256(article.encode()),
        "files": entries,
    }
    return FrozenFile("manifest.json", JSON, json.dumps(manifest, ensure_ascii=False, indent=1).encode())


def figures_csv(printed: Iterable[Printed]) -> bytes:
    """Return every printed figure once as CSV for a spreadsheet: numbers as numbers, no text that is a formula."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(COLUMNS)
    for one in _once(printed):
        record = _record(one)
        writer.writerow([_cell(name, record.get(name)) for name in COLUMNS])
    return lines.getvalue().encode("utf-8-sig")  # without the mark a spreadsheet misreads "£" and "−"


def figures_json(composed: Composed) -> bytes:
    """Return every printed figure once as JSON; numbers are text with a decimal point, so that none is changed."""
    document = composed.document
    return json.dumps(
        {
            "title": document.title,
            "organisation": document.organisation,
            "period": document.period,
            "figures": [_record(one) for one in _once(composed.printed)],
        },
        ensure_ascii=False,
        indent=1,
    ).encode()


def _once(printed: Iterable[Printed]) -> list[Printed]:
    """Each figure in each of its wordings once, in the order of reading."""
    found: dict[tuple[str, str], Printed] = {}
    for one in printed:
        found.setdefault((one.key, one.words), one)
    return list(found.values())


def _record(printed: Printed) -> dict[str, Any]:
    record = figure_record(printed.figure) if printed.figure else {}
    version = record.pop("since_version", None)
    return {"figure": printed.key, "printed": printed.words, **record, "data_version": version}


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in NUMBERS:
        return f"{Decimal(str(value)):f}"
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text
