"""The report as a tagged PDF, set by typst from the template `report.typ` beside this module.

The report goes in as a JSON file that the template reads: its words are never typst code. The compiler sees
one temporary folder and the fonts, uses no package and opens no connection.
"""

import html
import json
import tempfile
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from indicators.tables import Cell, Table
from narratives.documents import (
    Block,
    Bullets,
    ChartBlock,
    Document,
    Part,
    Quote,
    Run,
    SectionPart,
    Subheading,
    TableBlock,
    chart_title,
    charts,
    heading,
    sha256,
    source_line,
    table_title,
)
from narratives.renderings.characters import is_hidden, written_out
from narratives.renderings.preview import alternative
from portal.renderings.columns import column_shares, table_width
from portal.renderings.drawings import TYPEFACE, checked, font_folder, proportion
from portal.renderings.placeholder_font import FAMILY, placeholder_font

LAST_OF_LATIN = "\u024f"
HASH_SHOWN = 8
UNTITLED = "Report"
TEXT_WIDTH, TALLEST = 166, 170
"""Millimetres: a drawing takes the width of the text unless it would be higher than this."""
FLIPPED_COLUMNS = 10
"""From so many columns on a table stands on a page turned on its side."""


def report_pdf(document: Document) -> bytes:
    """The PDF of a report: PDF/UA-1 and, when `prepared_at` gives it a date, PDF/A-3a as well.

    The same document gives the same bytes. Raises UnsafeDrawing for a chart that is not plain shapes.
    """
    digest = sha256(document)
    document = written_out(document)
    with tempfile.TemporaryDirectory(prefix="scrutiny-pdf-") as folder:
        root = Path(folder)
        drawings: dict[str, str] = {}
        for number, chart in enumerate(charts(document), start=1):
            drawings[chart.key] = f"chart-{number}.svg"
            (root / drawings[chart.key]).write_text(checked(chart.svg), encoding="utf-8")
        content = _content(document, digest, drawings)
        text = json.dumps(content, ensure_ascii=False)
        (root / "report.json").write_text(text, encoding="utf-8")
        # A drawing may spell a character as &#…;.
        words = text + "".join(html.unescape(chart.svg) for chart in charts(document))
        unusual = frozenset(each for each in words if each > LAST_OF_LATIN and not is_hidden(each))
        (root / "placeholder.ttf").write_bytes(placeholder_font(unusual))
        template = resources.files("portal.renderings").joinpath("report.typ").read_text(encoding="utf-8")
        (root / "report.typ").write_text(template, encoding="utf-8")
        compiler = typst.Compiler(
            input=str(root / "report.typ"),
            root=str(root),
            font_paths=[str(font_folder()), str(root)],
            ignore_system_fonts=True,
            package_path=str(root),
            package_cache_path=str(root),
        )
        prepared = _prepared_at(document)
        standards: list[Any] = ["a-3a", "ua-1"] if prepared else ["ua-1"]
        made = compiler.compile(format="pdf", pdf_standards=standards, timestamp=prepared)
    if not isinstance(made, bytes):
        raise TypeError("typst gave pages where one file is expected")
    return made


def _prepared_at(document: Document) -> datetime | None:
    if not document.prepared_at:
        return None
    moment = datetime.fromisoformat(document.prepared_at).replace(microsecond=0)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _content(document: Document, digest: str, drawings: dict[str, str]) -> dict[str, Any]:
    facts = (
        ("From", document.organisation),
        ("To", document.addressed_to),
        ("Meeting", document.meeting),
        ("Date of meeting", document.meeting_date),
        ("Period", document.period),
    )
    return {
        "fonts": [TYPEFACE, "DejaVu Sans Mono", "Libertinus Serif", FAMILY],
        "title": document.title or document.organisation or UNTITLED,
        "organisation": document.organisation,
        "marking": document.marking,
        "status": document.status,
        "hash": digest[:HASH_SHOWN],
        "is_dated": bool(document.prepared_at),
        "facts": [{"name": name, "value": value} for name, value in facts if value],
        "labels": document.labels,
        "sources": document.sources,
        "blocks": [each for part in document.parts for each in _part(part, drawings)],
        "appendix": [_table(block.table, table_title(block)) for block in document.appendix],
        "notes": document.notes,
    }


def _part(part: Part, drawings: dict[str, str]) -> list[dict[str, Any]]:
    written = [_heading(part, 1), *(_block(block, 2, drawings) for block in part.blocks)]
    for section in part.sections:
        written.append(_heading(section, 2))
        written.extend(_block(block, 3, drawings) for block in section.blocks)
    return written


def _heading(part: Part | SectionPart, level: int) -> dict[str, Any]:
    owner = part.owner if isinstance(part, SectionPart) else ""
    return {"kind": "heading", "level": level, "text": heading(part), "owner": owner}


def _block(block: Block, level: int, drawings: dict[str, str]) -> dict[str, Any]:
    if isinstance(block, TableBlock):
        return _table(block.table, table_title(block))
    if isinstance(block, ChartBlock):
        return {
            "kind": "chart",
            "title": chart_title(block),
            "file": drawings[block.chart.key],
            "height": min(round(TEXT_WIDTH * proportion(block.chart.svg), 1), TALLEST),
            "alternative": alternative(block),
            "summary": block.chart.summary,
            "beneath": _beneath(block.chart.notes, block.chart.source),
            "table": _table(block.chart.table, block.chart.table.caption),
        }
    if isinstance(block, Subheading):
        return {"kind": "subheading", "level": level, "text": block.text.strip() or UNTITLED}
    if isinstance(block, Bullets):
        entries = [_runs(entry) for entry in block.entries]
        return {"kind": "bullets", "entries": entries, "is_ordered": block.is_ordered, "start": block.start}
    return {"kind": "quote" if isinstance(block, Quote) else "paragraph", "runs": _runs(block.runs)}


def _runs(runs: tuple[Run, ...]) -> list[dict[str, Any]]:
    return [
        {
            "lines": run.text.split("\n"),
            "is_strong": run.is_strong,
            "is_emphasis": run.is_emphasis,
            "href": run.href,
            "note": run.note,
        }
        for run in runs
    ]


def _table(table: Table, title: str) -> dict[str, Any]:
    shares = column_shares(table)
    return {
        "kind": "table",
        "title": title,
        "shares": [str(share) for share in shares],
        "width": table_width(shares),
        "is_flipped": len(shares) >= FLIPPED_COLUMNS,
        "is_numeric": [
            bool(table.rows) and all(row[index].is_numeric for row in table.rows if index < len(row))
            for index in range(len(shares))
        ],
        "header": [cell.text for cell in _filled(table.header, len(shares))],
        "rows": [
            [
                {
                    "text": cell.text,
                    "is_header": index == 0 or cell.is_header or cell.is_total,
                    "is_numeric": cell.is_numeric,
                }
                for index, cell in enumerate(_filled(row, len(shares)))
            ]
            for row in table.rows
        ],
        "sums": [number for number, row in enumerate(table.rows, start=1) if any(cell.is_total for cell in row)],
        "beneath": _beneath(table.notes, table.source),
    }


def _filled(row: tuple[Cell, ...], width: int) -> tuple[Cell, ...]:
    """The row with empty cells to its full width: typst would draw the next row's cells into the gap."""
    return (*row, *[Cell("")] * (width - len(row)))


def _beneath(notes: tuple[str, ...], source: str) -> list[str]:
    return [*notes, source_line(source)] if source else list(notes)
