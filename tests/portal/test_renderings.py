"""The same report as HTML, PDF and Word: equal figures, real structure, words that stay words."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from itertools import pairwise

import docx
import docx.document
import page as pdf_check
import pikepdf
import pytest
from docx.oxml.ns import qn
from lxml import html as lxml_html

from indicators.tables import Cell, Table
from narratives.documents import (
    Document,
    Paragraph,
    Part,
    Run,
    TableBlock,
    from_json,
    sha256,
    tables,
    to_json,
)
from portal.renderings.drawings import UnsafeDrawing, checked, proportion
from portal.renderings.html import article_html
from portal.renderings.pdf import report_pdf
from portal.renderings.word import report_docx
from tests.portal.sample_report import EVERY_SCRIPT, HOSTILE, head, line, report

NOT_PLAIN_SHAPES = (
    '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:1/x.png"/></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><rect onclick="x()"/></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><rect fill="url(http://127.0.0.1:1/x)"/></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><style>@import "http://127.0.0.1:1/x";</style></svg>',
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>',
    "not svg",
)

FIGURES = {
    "da.r12.change": "−18%",
    "own.volunteers": "5,200",
    "crime.r12.0": "152,467",
    "crime.r12.2": "−15% (−22,260)",
}


def squeezed(text: str) -> str:
    """The text without white space, so that a line broken in a narrow column still compares."""
    return re.sub(r"\s+", "", text)


def cells(document: Document) -> list[str]:
    return [cell.text for table in tables(document) for row in (table.header, *table.rows) for cell in row]


@pytest.fixture(scope="module")
def article() -> lxml_html.HtmlElement:
    return lxml_html.fragment_fromstring(article_html(report(), lambda key: f"/charts/{key}.svg"))


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return report_pdf(report())


@pytest.fixture(scope="module")
def pdf_words(pdf: bytes, tmp_path_factory: pytest.TempPathFactory) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not on this machine")
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode("utf-8")


@pytest.fixture(scope="module")
def word() -> docx.document.Document:
    return docx.Document(io.BytesIO(report_docx(report())))


def elements(pdf: bytes) -> list[dict[str, str]]:
    """Every structure element of a PDF."""
    found: list[dict[str, str]] = []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        waiting = [opened.Root.StructTreeRoot.K]
        while waiting:
            node = waiting.pop()
            if isinstance(node, pikepdf.Array):
                waiting.extend(node)
            elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
                found.append({"kind": str(node.S), "alt": str(node.get("/Alt", "")), "scope": attribute(node)})
                waiting.append(node.get("/K", pikepdf.Array()))
    return found


def attribute(node: pikepdf.Dictionary) -> str:
    given = node.get("/A", pikepdf.Array())
    entries = list(given) if isinstance(given, pikepdf.Array) else [given]
    return "".join(str(each.get("/Scope", "")) for each in entries if isinstance(each, pikepdf.Dictionary))


# HTML


def test_write_article_gives_unique_ids_and_no_dead_link_inside(article: lxml_html.HtmlElement) -> None:
    identifiers = article.xpath("//@id")
    assert len(identifiers) == len(set(identifiers))
    targets = [href.removeprefix("#") for href in article.xpath("//a/@href") if href.startswith("#")]
    assert len(targets) >= 12
    assert set(targets) <= set(identifiers)
    assert set(article.xpath("//@aria-labelledby")) <= set(identifiers)


def test_write_article_gives_no_style_script_or_event(article: lxml_html.HtmlElement) -> None:
    assert not article.xpath("//@style | //script | //style | //iframe | //@*[starts-with(name(), 'on')]")
    assert [img.get("src") for img in article.xpath("//img")] == ["/charts/asb-trend.svg"]


def test_write_article_headings_step_down_without_a_gap(article: lxml_html.HtmlElement) -> None:
    levels = [int(heading.tag[1]) for heading in article.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert article.xpath("string(//h3)") == "3.a Domestic abuse"


def test_write_article_tables_have_captions_scopes_and_numeric_cells(article: lxml_html.HtmlElement) -> None:
    captions = [caption.text_content() for caption in article.xpath("//caption")]
    assert captions[0] == "Table 1: Recorded crime, 12 months to 30 September 2020"
    assert captions[-1] == "Table 4: Recorded crime by district and month"
    for table in article.xpath("//table"):
        assert table.xpath("./thead/tr/th/@scope") == ["col"] * len(table.xpath("./thead/tr/th"))
        assert table.xpath("./tbody/tr/*[1]/@scope") == ["row"] * len(table.xpath("./tbody/tr"))
    numeric = article.xpath("(//table)[1]//td[contains(@class, 'govuk-table__cell--numeric')]")
    assert [cell.text_content() for cell in numeric][:3] == ["152,467", "130,207", "−15% (−22,260)"]


def test_write_article_wide_tables_scroll_in_a_region_with_focus(
    article: lxml_html.HtmlElement,
) -> None:
    for table in article.xpath("//table[count(./thead/tr/*) >= 4]"):
        region = table.getparent()
        assert (region.get("role"), region.get("tabindex")) == ("region", "0")
        assert region.get("aria-labelledby") == table.xpath("./caption/@id")[0]


def test_write_article_wraps_every_bound_figure_in_its_key(article: lxml_html.HtmlElement) -> None:
    shown = {mark.get("value"): mark.text_content() for mark in article.xpath("//data[@class='figure']")}
    assert shown.items() >= FIGURES.items()


def test_write_article_notes_lead_back_to_each_mark(article: lxml_html.HtmlElement) -> None:
    back = article.xpath("//li[@id='note-1']/a/@href")
    assert len(back) == 2
    marks = [article.xpath(f"//*[@id='{href.removeprefix('#')}']")[0] for href in back]
    assert [(mark.get("href"), mark.text) for mark in marks] == [("#note-1", "1"), ("#note-1", "1")]


def test_write_article_hostile_words_stay_words(article: lxml_html.HtmlElement) -> None:
    assert HOSTILE in article.text_content()
    assert EVERY_SCRIPT in article.text_content()


def test_write_article_chart_has_alternative_summary_and_data_table(article: lxml_html.HtmlElement) -> None:
    figure = article.xpath("//figure")[0]
    assert "from 107 to 184" in figure.xpath(".//img/@alt")[0]
    assert "from 107 to 184" in figure.xpath("string(./p[1])")
    assert figure.xpath("count(./details//tbody/tr)") == 12


# PDF


def test_write_pdf_undated_conforms_to_ua(pdf: bytes) -> None:
    outcome = pdf_check.validate_pdf_bytes(pdf, profile="ua1")
    assert outcome.is_compliant, [failure.message for failure in outcome.failures]


def test_write_pdf_dated_conforms_to_archive_standard_as_well() -> None:
    made = report_pdf(replace(report(), prepared_at="2020-11-23T14:02:00+00:00"))
    for profile in ("ua1", "3a"):
        outcome = pdf_check.validate_pdf_bytes(made, profile=profile)
        assert outcome.is_compliant, [failure.message for failure in outcome.failures]


def test_write_pdf_carries_title_language_and_outline(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.Root.Lang) == "en-GB"
        assert str(opened.docinfo["/Title"]) == "Performance report: Quarter 2, 2020/21"
        assert bool(opened.Root.ViewerPreferences.DisplayDocTitle)
        with opened.open_outline() as outline:
            titles = [entry.title for entry in outline.root]
    assert "3 Supporting vulnerable people" in titles


def test_write_pdf_tags_headings_table_headers_and_alternative_text(pdf: bytes) -> None:
    found = elements(pdf)
    kinds = [each["kind"] for each in found]
    assert {"/H1", "/H2", "/H3", "/Table", "/THead", "/TH", "/TD", "/L", "/LI", "/Link"} <= set(kinds)
    # Header cells: 4 + 4 of the crime tables, 2 of the chart's, 3 of the long and 13 of the wide table.
    assert kinds.count("/TH") == 26
    assert {each["scope"] for each in found if each["kind"] == "/TH"} == {"/Column"}
    assert [each["alt"] for each in found if each["kind"] == "/Figure"] == [
        "Chart 1: Is anti-social behaviour rising? It rose in every month of 2020, from 107 to 184."
    ]


def test_write_pdf_prints_every_cell_note_and_odd_character(pdf_words: str) -> None:
    printed = squeezed(pdf_words)
    missing = [text for text in cells(report()) if squeezed(text) not in printed]
    assert missing == []
    for text in (HOSTILE, EVERY_SCRIPT, *report().notes, *report().labels, *report().sources):
        assert squeezed(text) in printed


def test_write_pdf_marks_every_page(pdf_words: str) -> None:
    pages = pdf_words.rstrip("\f").split("\f")
    assert len(pages) > 5
    for number, words in enumerate(pages, start=1):
        assert words.count("OFFICIAL") == 2
        assert "DRAFT 3, 14:02 on 23 November 2020" in words
        assert f"Page {number} of {len(pages)}" in words
        assert sha256(report())[:8] in words
    assert sum("Measure\n" in words or "Measure " in words for words in pages) >= 3  # the header is repeated


def test_write_pdf_twice_gives_the_same_bytes(pdf: bytes) -> None:
    assert report_pdf(report()) == pdf


@pytest.mark.parametrize("svg", NOT_PLAIN_SHAPES)
def test_check_drawing_that_is_more_than_shapes_is_refused(svg: str) -> None:
    with pytest.raises(UnsafeDrawing):
        checked(svg)


# Word


def test_write_word_has_real_headings_in_order(word: docx.document.Document) -> None:
    headings = [(each.style.name, each.text) for each in word.paragraphs if each.style.name.startswith("Heading")]
    assert headings == [
        ("Heading 1", "1 Issue"),
        ("Heading 1", "2 Tackling crime and reoffending"),
        ("Heading 1", "3 Supporting vulnerable people"),
        ("Heading 2", "3.a Domestic abuse"),
        ("Heading 3", "What was done"),
        ("Heading 1", "Appendix"),
        ("Heading 1", "Notes"),
    ]
    assert word.paragraphs[0].style.name == "Title"


def test_write_word_tables_hold_every_cell_below_a_repeated_header(word: docx.document.Document) -> None:
    printed = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert printed == cells(report())
    for table in word.tables:
        repeated = [row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
        assert repeated == [True] + [False] * (len(table.rows) - 1)
        look = table._tbl.tblPr.find(qn("w:tblLook"))
        assert (look.get(qn("w:firstRow")), look.get(qn("w:firstColumn"))) == ("1", "1")


def test_write_word_picture_has_alternative_text(word: docx.document.Document) -> None:
    assert len(word.inline_shapes) == 1
    assert "from 107 to 184" in word.inline_shapes[0]._inline.docPr.get("descr")


def test_write_word_marks_each_page_and_names_its_properties(word: docx.document.Document) -> None:
    section = word.sections[0]
    assert section.header.paragraphs[0].text == "OFFICIAL"
    footer = "\n".join(each.text for each in section.footer.paragraphs)
    assert "OFFICIAL" in footer and "DRAFT 3, 14:02 on 23 November 2020" in footer
    assert sha256(report())[:8] in footer
    fields = [each.text.strip() for each in section.footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert all(each.header.is_linked_to_previous for each in list(word.sections)[1:])
    properties = word.core_properties
    assert (properties.title, properties.author) == (report().title, "Lancashire Constabulary")
    language = next(word.styles.element.iter(qn("w:lang")))
    assert language.get(qn("w:val")) == "en-GB"


def test_write_word_contents_lead_to_bookmarks_that_exist_once(word: docx.document.Document) -> None:
    names = [each.get(qn("w:name")) for each in word.element.iter(qn("w:bookmarkStart"))]
    targets = [each.get(qn("w:anchor")) for each in word.element.iter(qn("w:hyperlink")) if each.get(qn("w:anchor"))]
    assert len(names) == len(set(names))
    assert set(targets) <= set(names)
    assert len(targets) == 6 + 3  # the contents and the note marks


def test_write_word_ordered_lists_keep_their_first_numbers(word: docx.document.Document) -> None:
    value = qn("w:val")
    numbering = word.part.numbering_part.element
    starts = {
        each.get(qn("w:abstractNumId")): each.find(f"{qn('w:lvl')}/{qn('w:start')}").get(value)
        for each in numbering.findall(qn("w:abstractNum"))
    }
    lists = {each.get(qn("w:numId")): each.find(qn("w:abstractNumId")).get(value) for each in numbering.num_lst}
    shown = {}
    for paragraph in word.paragraphs:
        number = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
        if number is not None:
            shown[paragraph.text] = starts[lists[number.get(qn("w:val"))]]
    assert shown == {"was the first year.": "2019", "was the second.": "2019", "a list of its own": "1"}


def test_write_word_leads_outside_only_by_web_links() -> None:
    made = report_docx(report())
    assert made == report_docx(report())
    with zipfile.ZipFile(io.BytesIO(made)) as opened:
        assert not [name for name in opened.namelist() if re.search(r"vba|macro|comment|thumbnail|embed", name)]
        relations = "".join(opened.read(name).decode() for name in opened.namelist() if name.endswith(".rels"))
    outside = [each for each in re.findall(r"<Relationship [^>]*>", relations) if "External" in each]
    assert len(outside) == 1 and "https://www.example.org/release?a=1&amp;b=2" in outside[0]


def test_write_all_three_print_the_same_figures(
    article: lxml_html.HtmlElement, pdf_words: str, word: docx.document.Document
) -> None:
    body = "".join(each.text for each in word.paragraphs)
    body += "".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    surfaces = (squeezed(article.text_content()), squeezed(pdf_words), squeezed(body))
    for text in (*FIGURES.values(), HOSTILE, EVERY_SCRIPT):
        assert all(squeezed(text) in surface for surface in surfaces), text


def test_write_all_three_hidden_characters_are_written_out() -> None:
    part = Part("1", "Issue", "issue", (Paragraph((Run("fell \u202e31\u202c% \x07 now"),)),))
    document = replace(report(), parts=(part,), notes=())
    html = article_html(document, str)
    word = "".join(each.text for each in docx.Document(io.BytesIO(report_docx(document))).paragraphs)
    for surface in (html, word):
        assert "fell ‹U+202E›31‹U+202C›% ‹U+0007› now" in surface
    with pikepdf.open(io.BytesIO(report_pdf(document))) as opened:
        assert len(opened.pages) > 1


def test_proportion_of_a_drawing_is_what_it_says_or_a_half() -> None:
    assert proportion('<svg xmlns="http://www.w3.org/2000/svg" width="680" height="340" viewBox="0 0 1 9">') == 0.5
    assert proportion('<svg height="30px" width="10px"><rect width="1" height="2"/></svg>') == 3.0
    assert proportion('<svg><rect width="1" height="9"/></svg>') == proportion("") == 0.5


def with_a_total() -> Document:
    """A report with one table whose last row adds the others up."""
    row = tuple(Cell(text, is_header=at == 0, is_numeric=at > 0, is_total=True) for at, text in enumerate(("All", "3")))
    table = Table("sum", "Sum", head("Type", "Count"), (line("One", "1"), line("Two", "2"), row))
    return Document("Report", "Force", parts=(Part("1", "Part", "part", (TableBlock(table),)),))


def test_write_all_three_set_a_row_of_sums_apart(tmp_path) -> None:
    page = lxml_html.fragment_fromstring(article_html(with_a_total(), lambda key: key))
    rows = page.xpath("//tbody/tr")
    assert ["app-row--total" in row.get("class") for row in rows] == [False, False, True]
    (table,) = docx.Document(io.BytesIO(report_docx(with_a_total()))).tables
    ruled = [row.cells[1]._tc.tcPr.find(qn("w:tcBorders")) is not None for row in table.rows]
    shaded = [row.cells[1]._tc.tcPr.find(qn("w:shd")) is not None for row in table.rows]
    assert (ruled, shaded) == ([False, False, False, True], [True, False, False, True])
    # A table without sums is drawn otherwise than one with: its rule and its ground are missing.
    plain = report_pdf(from_json(to_json(with_a_total()).replace(',"is_total":true', "")))
    assert plain != report_pdf(with_a_total())
