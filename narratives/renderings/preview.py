"""Blocks as HTML: one writer for the preview of a draft and for the frozen edition, so that both look alike.

Every word is escaped where it is put in, and the outcome passes through an allow-list of elements.
"""

from collections.abc import Callable, Iterable, Sequence

import nh3
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from indicators.tables import NARROW, Cell, Table
from narratives.documents import (
    Block,
    Bullets,
    ChartBlock,
    Paragraph,
    Quote,
    Run,
    Subheading,
    TableBlock,
    chart_title,
    source_line,
    table_title,
)
from narratives.renderings.characters import written_out

WIDE_COLUMNS = 4
NARROW_SCREENS = "(max-width: 40em)"
"""Where the wide drawing of a chart would be shrunk too far to be read."""
HEADINGS = {
    2: '<h2 class="govuk-heading-m">{}</h2>',
    3: '<h3 class="govuk-heading-s">{}</h3>',
    4: '<h4 class="govuk-heading-s">{}</h4>',
}
LINK_SCHEMES = {"http", "https", "mailto"}
EVERYWHERE = {"class", "id"}
ALLOWED: dict[str, set[str]] = {
    "a": {"href", "aria-label"},
    "article": {"lang", "aria-labelledby"},
    "blockquote": set(),
    "br": set(),
    "caption": set(),
    "data": {"value"},
    "dd": set(),
    "details": set(),
    "div": {"tabindex", "role", "aria-labelledby"},
    "dl": set(),
    "dt": set(),
    "em": set(),
    "figcaption": set(),
    "figure": {"aria-labelledby"},
    "h1": set(),
    "h2": set(),
    "h3": set(),
    "h4": set(),
    "header": set(),
    "img": {"src", "alt"},
    "li": set(),
    "nav": {"aria-labelledby"},
    "ol": {"start"},
    "p": set(),
    "picture": set(),
    "section": {"aria-labelledby"},
    "source": {"media", "srcset"},
    "span": set(),
    "strong": set(),
    "summary": set(),
    "sup": set(),
    "table": set(),
    "tbody": set(),
    "td": set(),
    "th": {"scope"},
    "thead": set(),
    "tr": set(),
    "ul": set(),
}


class BlockWriter:
    """Writes blocks; one writer per page, because ids are given once and note marks are counted.

    `chart_url` takes the key of a chart to the address of its drawing; without one, charts are shown as their
    summary and table. `prefix` keeps the ids of several previews on one page apart.
    """

    def __init__(self, chart_url: Callable[[str], str] | None = None, prefix: str = "") -> None:
        self._chart_url = chart_url
        self._prefix = prefix
        self._taken: set[str] = set()
        self.note_marks: dict[int, list[str]] = {}

    def reserve(self, anchors: Iterable[str]) -> None:
        """Keep ids that the page gives itself from being given to a block."""
        self._taken.update(anchors)

    def identifier(self, wish: str) -> str:
        """The wish itself, or with a number behind it when it is taken."""
        wish = self._prefix + wish
        identifier, count = wish, 1
        while identifier in self._taken:
            count += 1
            identifier = f"{wish}-{count}"
        self._taken.add(identifier)
        return identifier

    def blocks(self, blocks: Iterable[Block], level: int = 4) -> SafeString:
        """The HTML of blocks in order; `level` (2 to 4) is that of their subheadings."""
        return _joined(self._block(block, level) for block in blocks)

    def runs(self, runs: Sequence[Run]) -> SafeString:
        """The HTML of a line of text."""
        return _joined(self._run(run) for run in runs)

    def table(self, table: Table, title: str, wish: str) -> SafeString:
        """A table below its caption, its notes and source beneath it."""
        caption = self.identifier(f"{wish}-caption")
        html = format_html(
            '<table class="govuk-table">'
            '<caption class="govuk-table__caption govuk-table__caption--s" id="{}">{}</caption>'
            '<thead class="govuk-table__head"><tr class="govuk-table__row">{}</tr></thead>'
            '<tbody class="govuk-table__body">{}</tbody></table>',
            caption,
            title,
            _joined(_header_cell(cell) for cell in table.header),
            _joined(_row(row) for row in table.rows),
        )
        if len(table.header) >= WIDE_COLUMNS:
            html = format_html(
                '<div class="table-scroll" tabindex="0" role="region" aria-labelledby="{}">{}</div>',
                caption,
                html,
            )
        return _joined((html, _beneath(table.notes, table.source)))

    def _block(self, block: Block, level: int) -> SafeString:
        if isinstance(block, Paragraph):
            return format_html('<p class="govuk-body">{}</p>', self.runs(block.runs))
        if isinstance(block, Quote):
            return format_html(
                '<blockquote class="govuk-inset-text"><p class="govuk-body">{}</p></blockquote>',
                self.runs(block.runs),
            )
        if isinstance(block, Bullets):
            return self._bullets(block)
        if isinstance(block, Subheading):
            return format_html(HEADINGS[level], block.text)
        if isinstance(block, TableBlock):
            return self._placed_table(block)
        return self._chart(block)

    def _placed_table(self, block: TableBlock) -> SafeString:
        wish = f"table-{block.number or block.table.key}"
        identifier = self.identifier(wish)
        table = self.table(block.table, table_title(block), wish)
        return format_html('<div class="exhibit" id="{}">{}</div>', identifier, table)

    def _bullets(self, block: Bullets) -> SafeString:
        entries = format_html_join("", "<li>{}</li>", ((self.runs(entry),) for entry in block.entries))
        if not block.is_ordered:
            return format_html('<ul class="govuk-list govuk-list--bullet">{}</ul>', entries)
        start = format_html(' start="{}"', block.start) if block.start != 1 else ""
        return format_html('<ol class="govuk-list govuk-list--number"{}>{}</ol>', start, entries)

    def _chart(self, block: ChartBlock) -> SafeString:
        chart = block.chart
        wish = f"chart-{block.number or chart.key}"
        identifier, title = self.identifier(wish), self.identifier(f"{wish}-title")
        drawing = SafeString("")
        if self._chart_url:
            drawing = format_html(
                '<img class="chart__drawing" src="{}" alt="{}">',
                self._chart_url(chart.key),
                alternative(block),
            )
            if chart.narrow:
                narrow = self._chart_url(f"{chart.key}{NARROW}")
                source = format_html('<source media="{}" srcset="{}">', NARROW_SCREENS, narrow)
                drawing = format_html("<picture>{}{}</picture>", source, drawing)
        words = f"Figures of chart {block.number}" if block.number else "Figures of this chart"
        return format_html(
            '<figure class="chart" id="{}" aria-labelledby="{}">'
            '<figcaption class="govuk-heading-s chart__title" id="{}">{}</figcaption>{}'
            '<p class="govuk-body chart__summary">{}</p>'
            '<details class="govuk-details"><summary class="govuk-details__summary">'
            '<span class="govuk-details__summary-text">{}</span></summary>'
            '<div class="govuk-details__text">{}</div></details>{}</figure>',
            identifier,
            title,
            title,
            chart_title(block),
            drawing,
            chart.summary,
            words,
            self.table(chart.table, chart.table.caption, f"{wish}-table"),
            _beneath(chart.notes, chart.source),
        )

    def _run(self, run: Run) -> SafeString:
        html = format_html_join(SafeString("<br>"), "{}", ((line,) for line in run.text.split("\n")))
        if run.figure:
            html = format_html('<data class="figure" value="{}">{}</data>', run.figure, html)
        if run.is_emphasis:
            html = format_html("<em>{}</em>", html)
        if run.is_strong:
            html = format_html("<strong>{}</strong>", html)
        if run.href:
            html = format_html('<a class="govuk-link" href="{}">{}</a>', run.href, html)
        return _joined((html, self._note_mark(run.note))) if run.note else html

    def _note_mark(self, number: int) -> SafeString:
        identifier = self.identifier(f"note-mark-{number}")
        self.note_marks.setdefault(number, []).append(identifier)
        return format_html(
            '<sup><a class="govuk-link" id="{}" href="#{}note-{}" aria-label="Note {}">{}</a></sup>',
            identifier,
            self._prefix,
            number,
            number,
            number,
        )


def alternative(block: ChartBlock) -> str:
    """The words that stand for a chart where it cannot be seen: its title and its summary."""
    title = chart_title(block)
    stop = "" if title.endswith((".", "?", "!")) else "."
    return f"{title}{stop} {block.chart.summary}" if block.chart.summary else title


def blocks_html(
    blocks: Iterable[Block],
    chart_url: Callable[[str], str] | None = None,
    level: int = 4,
    prefix: str = "",
) -> SafeString:
    """The safe HTML of blocks for a preview; arguments as for BlockWriter and its `blocks`."""
    return tidy(BlockWriter(chart_url, prefix).blocks(written_out(tuple(blocks)), level))


def tidy(html: str) -> SafeString:
    """The HTML with every element, attribute and address scheme that is not on the list taken out."""
    cleaned = nh3.clean(
        html,
        tags=set(ALLOWED),
        attributes={tag: EVERYWHERE | names for tag, names in ALLOWED.items()},
        url_schemes=LINK_SCHEMES,
        link_rel="noopener noreferrer",
    )
    return mark_safe(cleaned)  # noqa: S308 - the allow-list has just been applied


def _joined(pieces: Iterable[str]) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _content(cell: Cell) -> SafeString:
    text = format_html("{}", cell.text)
    return format_html('<data class="figure" value="{}">{}</data>', cell.figure, text) if cell.figure else text


def _header_cell(cell: Cell) -> SafeString:
    if not cell.text:  # an empty header would be announced as a header of nothing
        return SafeString('<td class="govuk-table__header"></td>')
    classes = "govuk-table__header govuk-table__header--numeric" if cell.is_numeric else "govuk-table__header"
    return format_html('<th class="{}" scope="col">{}</th>', classes, _content(cell))


def _row(row: Sequence[Cell]) -> SafeString:
    cells = _joined(_cell(cell, is_first=index == 0) for index, cell in enumerate(row))
    classes = "govuk-table__row app-row--total" if any(cell.is_total for cell in row) else "govuk-table__row"
    return format_html('<tr class="{}">{}</tr>', classes, cells)


def _cell(cell: Cell, is_first: bool) -> SafeString:
    if (is_first or cell.is_header) and cell.text:
        return format_html('<th class="govuk-table__header" scope="row">{}</th>', _content(cell))
    classes = "govuk-table__cell govuk-table__cell--numeric" if cell.is_numeric else "govuk-table__cell"
    return format_html('<td class="{}">{}</td>', classes, _content(cell))


def _beneath(notes: Sequence[str], source: str) -> SafeString:
    lines = [*notes, source_line(source)] if source else list(notes)
    return format_html_join("", '<p class="govuk-body-s exhibit__note">{}</p>', ((line,) for line in lines))
