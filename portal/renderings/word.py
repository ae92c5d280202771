"""The report as a Word file: real headings, lists and table headers, charts with alternative text."""

import io
import re
from datetime import UTC, datetime
from typing import Any

import docx
import vl_convert
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from indicators.tables import Cell, Table
from narratives.documents import (
    Block,
    Bullets,
    ChartBlock,
    Document,
    Paragraph,
    Quote,
    Run,
    Subheading,
    TableBlock,
    chart_title,
    heading,
    sha256,
    source_line,
    table_title,
)
from narratives.renderings.characters import written_out
from narratives.renderings.preview import alternative
from portal.renderings import word_parts as parts
from portal.renderings.columns import column_shares, table_width
from portal.renderings.drawings import checked, font_folder

HASH_SHOWN = 8
FLIPPED_COLUMNS = 10
PAPER = (Cm(21), Cm(29.7))
MARGIN = Cm(2.2)
TALLEST = Cm(17)
SHADE = "EEF2F6"
RULE = "1D3557"
APPENDIX, NOTES = "#appendix", "#notes"
"""Anchors of the file itself: no section's anchor begins with a "#"."""


def report_docx(document: Document) -> bytes:
    """The Word file of a report; the same document gives the same bytes.

    It holds no macro, no comment and no link to another file but web and mail addresses. Raises UnsafeDrawing
    for a chart that is not plain shapes.
    """
    return _Writer(document).written()


class _Writer:
    """One Word file in the making."""

    def __init__(self, document: Document) -> None:
        self._hash = sha256(document)[:HASH_SHOWN]
        self._document = written_out(document)
        self._file = docx.Document()
        self._names: dict[str, str] = {}

    def written(self) -> bytes:
        document = self._document
        parts.set_styles(self._file)
        prepared = datetime.fromisoformat(document.prepared_at) if document.prepared_at else None
        if prepared and prepared.tzinfo:
            prepared = prepared.astimezone(UTC).replace(tzinfo=None)
        parts.set_properties(self._file, document.title, document.organisation, prepared)
        self._set_page(self._file.sections[0])
        self._title()
        self._contents()
        for part in document.parts:
            self._heading(heading(part), 1, part.anchor)
            for block in part.blocks:
                self._block(block, 2)
            for section in part.sections:
                self._heading(heading(section), 2, section.anchor)
                if section.owner:
                    self._words(f"Owner: {section.owner}", size=9.5)
                for block in section.blocks:
                    self._block(block, 3)
        if document.appendix:
            self._heading("Appendix", 1, APPENDIX)
            for table in document.appendix:
                self._block(table, 2)
        if document.notes:
            self._heading("Notes", 1, NOTES)
            for number, note in enumerate(document.notes, start=1):
                self._bookmark(self._words(f"{number}. {note}", size=10), f"#note-{number}")
        return parts.saved(self._file)

    def _set_page(self, section: Any) -> None:
        section.page_width, section.page_height = PAPER
        section.left_margin = section.right_margin = MARGIN
        section.top_margin = section.bottom_margin = Cm(2.5)
        marking = section.header.paragraphs[0]
        marking.alignment = WD_ALIGN_PARAGRAPH.CENTER
        marking.add_run(self._document.marking).bold = True
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        footer.add_run(self._document.marking).bold = True
        line = section.footer.add_paragraph(style="Footer")
        for _ in list(line.paragraph_format.tab_stops):
            del line.paragraph_format.tab_stops[0]
        line.paragraph_format.tab_stops.add_tab_stop(PAPER[0] - 2 * MARGIN, WD_TAB_ALIGNMENT.RIGHT)
        if self._document.status:
            line.add_run(self._document.status + " · ").bold = True
        line.add_run(f"Document {self._hash}\tPage ")
        parts.add_field(line, "PAGE", "1")
        line.add_run(" of ")
        parts.add_field(line, "NUMPAGES", "1")

    def _title(self) -> None:
        document = self._document
        self._file.add_paragraph(document.title, style="Title")
        if document.status:
            self._words(document.status, size=14, is_bold=True)
        for label in document.labels:
            self._words(label, size=11, is_bold=True)
        facts = (
            ("From", document.organisation),
            ("To", document.addressed_to),
            ("Meeting", document.meeting),
            ("Date of meeting", document.meeting_date),
            ("Period", document.period),
        )
        for name, value in facts:
            if value:
                paragraph = self._file.add_paragraph()
                paragraph.add_run(f"{name}: ").bold = True
                paragraph.add_run(value)
        if document.sources:
            self._words("Sources", size=11, is_bold=True).paragraph_format.keep_with_next = True
            for source in document.sources:
                self._file.add_paragraph(source, style="List Bullet")

    def _contents(self) -> None:
        """The contents as a field whose text is already there, so nothing has to be updated."""
        title = self._words("Contents", size=14, is_bold=True)
        title.paragraph_format.page_break_before = True
        entries: list[tuple[int, str, str]] = []
        for part in self._document.parts:
            entries.append((0, heading(part), part.anchor))
            entries.extend((1, heading(section), section.anchor) for section in part.sections)
        entries.extend([(0, "Appendix", APPENDIX)] if self._document.appendix else [])
        entries.extend([(0, "Notes", NOTES)] if self._document.notes else [])
        paragraph = None
        for level, words, anchor in entries:
            paragraph = self._file.add_paragraph()
            paragraph.paragraph_format.left_indent = Cm(0.8 * level)
            paragraph.paragraph_format.space_after = Pt(3)
            if words == entries[0][1] and anchor == entries[0][2]:
                parts.start_field(paragraph, 'TOC \\o "1-2" \\h \\z \\u')
            link = parts.link_inside(paragraph, self._name(anchor))
            link.append(self._run(paragraph, Run(words)))
        if paragraph is not None:
            parts.end_field(paragraph)

    def _heading(self, words: str, level: int, anchor: str = "") -> None:
        paragraph = self._file.add_heading(words, level)
        if level == 1:
            paragraph.paragraph_format.page_break_before = anchor == APPENDIX or self._is_first_part(anchor)
        if anchor:
            self._bookmark(paragraph, anchor)

    def _is_first_part(self, anchor: str) -> bool:
        return bool(self._document.parts) and self._document.parts[0].anchor == anchor

    def _bookmark(self, paragraph: WordParagraph, anchor: str) -> None:
        name = self._name(anchor)
        parts.add_bookmark(paragraph, name, list(self._names).index(anchor) + 1)

    def _name(self, anchor: str) -> str:
        """A bookmark's name: at most 40 letters, digits and low lines; the number keeps cut ones apart."""
        if anchor not in self._names:
            self._names[anchor] = f"r{len(self._names) + 1}_{re.sub(r'[^a-z0-9]', '_', anchor)}"[:40]
        return self._names[anchor]

    def _words(self, words: str, size: float, is_bold: bool = False) -> WordParagraph:
        paragraph = self._file.add_paragraph()
        run = paragraph.add_run(words)
        run.font.size = Pt(size)
        run.bold = is_bold or None
        return paragraph

    def _block(self, block: Block, level: int) -> None:
        if isinstance(block, Subheading):
            self._heading(block.text, level)
        elif isinstance(block, Paragraph):
            self._runs(self._file.add_paragraph(), block.runs)
        elif isinstance(block, Quote):
            self._runs(self._file.add_paragraph(style="Quote"), block.runs)
        elif isinstance(block, Bullets):
            self._bullets(block)
        elif isinstance(block, TableBlock):
            self._table(block.table, table_title(block))
        else:
            self._chart(block)

    def _bullets(self, block: Bullets) -> None:
        number = parts.new_list(self._file, block.start) if block.is_ordered else 0
        for entry in block.entries:
            paragraph = self._file.add_paragraph(style="Normal" if number else "List Bullet")
            if number:
                parts.join_list(paragraph, number)
            self._runs(paragraph, entry)

    def _runs(self, paragraph: WordParagraph, runs: tuple[Run, ...]) -> None:
        for run in runs:
            made = self._run(paragraph, run)
            if run.href:
                parts.link_outside(paragraph, run.href).append(made)
            if run.note:
                mark = paragraph.add_run(str(run.note))
                mark.font.superscript = True
                parts.link_inside(paragraph, self._name(f"#note-{run.note}")).append(mark._r)

    def _run(self, paragraph: WordParagraph, run: Run) -> Any:
        made = paragraph.add_run(run.text)
        made.bold, made.italic = run.is_strong or None, run.is_emphasis or None
        if run.href:
            made.font.underline, made.font.color.rgb = True, parts.NAVY
        return made._r

    def _chart(self, block: ChartBlock) -> None:
        self._file.add_paragraph(chart_title(block), style="Caption")
        vl_convert.register_font_directory(str(font_folder()))
        picture = vl_convert.svg_to_png(checked(block.chart.svg), scale=2)
        placed = self._file.add_picture(io.BytesIO(picture), width=PAPER[0] - 2 * MARGIN)
        if placed.height > TALLEST:  # a taller drawing would not stand on a page with its title
            placed.width, placed.height = int(placed.width * TALLEST / placed.height), TALLEST
        parts.describe_picture(placed, chart_title(block), alternative(block))
        self._runs(self._file.add_paragraph(), (Run(block.chart.summary),))
        self._beneath(block.chart.notes, block.chart.source)
        self._table(block.chart.table, block.chart.table.caption)

    def _table(self, table: Table, title: str) -> None:
        shares = column_shares(table)
        is_flipped = len(shares) >= FLIPPED_COLUMNS
        if is_flipped:
            self._turn(WD_ORIENT.LANDSCAPE)
        self._file.add_paragraph(title, style="Caption")
        room = (PAPER[1] if is_flipped else PAPER[0]) - 2 * MARGIN
        widths = [int(room * table_width(shares) / 100 * share / sum(shares)) for share in shares]
        made = self._file.add_table(rows=0, cols=len(shares), style="Table Grid")
        made.autofit = False
        parts.describe_table(made, title)
        size = 8 if len(shares) > 7 else 9
        for index, row in enumerate((table.header, *table.rows)):
            self._row(made, row, widths, size, is_header=index == 0)
        self._beneath(table.notes, table.source)
        if is_flipped:
            self._turn(WD_ORIENT.PORTRAIT)

    def _row(self, table: Any, row: tuple[Cell, ...], widths: list[int], size: int, is_header: bool) -> None:
        made = table.add_row()
        parts.keep_row(made)
        if is_header:
            parts.repeat_row(made)
        for index, (cell, place) in enumerate(zip(row, made.cells, strict=False)):
            place.width = widths[index]
            paragraph = place.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(2)
            if cell.is_numeric:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            words = paragraph.add_run(cell.text)
            words.font.size = Pt(size)
            words.bold = is_header or index == 0 or cell.is_header or cell.is_total or None
            if is_header or cell.is_total:
                parts.shade(place, SHADE)
            if cell.is_total:
                parts.rule_above(place, RULE)

    def _beneath(self, notes: tuple[str, ...], source: str) -> None:
        lines = [*notes, source_line(source)] if source else list(notes)
        for words in lines or [""]:  # without a paragraph between them two tables would become one
            self._words(words, size=9).paragraph_format.space_after = Pt(2)

    def _turn(self, orientation: WD_ORIENT) -> None:
        """Go on, on a new page, with the paper turned; header and footer run on."""
        section = self._file.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = orientation
        width, height = PAPER
        is_portrait = orientation == WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (width, height) if is_portrait else (height, width)
