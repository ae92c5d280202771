"""The report as an accessible HTML article, without the page around it."""

from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from narratives.documents import Document, Part, SectionPart, heading, table_title
from narratives.renderings.characters import written_out
from narratives.renderings.preview import BlockWriter, tidy

FIXED_IDS = ("report-title", "contents-title", "appendix", "notes")


def article_html(document: Document, chart_url: Callable[[str], str]) -> SafeString:
    """The article of a report: title block, contents, parts, appendix and notes.

    `chart_url` takes a chart's key to the address of its drawing: a path of this site, or http(s). The
    outcome has no style attribute and no script, unique ids, and headings from h1 to h4 without a gap.
    """
    document = written_out(document)
    writer = BlockWriter(chart_url)
    writer.reserve(FIXED_IDS)
    writer.reserve(f"note-{number}" for number in range(1, len(document.notes) + 1))
    anchors = _anchors(document, writer)
    parts = [_part(part, writer, anchors) for part in document.parts]
    appendix = [
        writer.table(block.table, table_title(block), f"table-{block.number or block.table.key}")
        for block in document.appendix
    ]
    context = {
        "document": document,
        "parts": parts,
        "appendix": appendix,
        "notes": [
            {"number": number, "text": text, "marks": writer.note_marks.get(number, [])}
            for number, text in enumerate(document.notes, start=1)
        ],
    }
    return tidy(render_to_string("portal/edition/article.html", context))


def _anchors(document: Document, writer: BlockWriter) -> dict[str, str]:
    """The id of each part and section: its own anchor, unless the article needs that id itself."""
    wishes = [anchor for part in document.parts for anchor in (part.anchor, *(each.anchor for each in part.sections))]
    return {wish: writer.identifier(wish) for wish in wishes}


def _part(part: Part, writer: BlockWriter, anchors: dict[str, str]) -> dict[str, Any]:
    return {
        "heading": heading(part),
        "anchor": anchors[part.anchor],
        "body": writer.blocks(part.blocks, level=3),
        "sections": [_section(section, writer, anchors) for section in part.sections],
    }


def _section(section: SectionPart, writer: BlockWriter, anchors: dict[str, str]) -> dict[str, Any]:
    return {
        "heading": heading(section),
        "anchor": anchors[section.anchor],
        "owner": section.owner,
        "body": writer.blocks(section.blocks, level=4),
    }
