"""What a Word file needs and python-docx has no word for: fields, bookmarks, links, lists, alt text."""

import io
import zipfile
from datetime import datetime
from typing import Any

from docx.document import Document as WordFile
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

NAVY = RGBColor(0x1D, 0x35, 0x57)
FONT = "Arial"
LANGUAGE = "en-GB"
SIZES = {
    "Normal": 11,
    "Title": 26,
    "Heading 1": 18,
    "Heading 2": 14,
    "Heading 3": 12,
    "Caption": 10,
    "Quote": 11,
    "Header": 10,
    "Footer": 8.5,
}
LONGEST_PROPERTY = 255
FIRST_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def element(tag: str, **attributes: str) -> Any:
    """A new element such as w:lang, its attributes in the same namespace (`val="en-GB"`)."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def add_field(paragraph: WordParagraph, instruction: str, shown: str) -> None:
    """A field such as PAGE; `shown` stands there until Word works it out."""
    start_field(paragraph, instruction)
    paragraph.add_run(shown)
    end_field(paragraph)


def start_field(paragraph: WordParagraph, instruction: str) -> None:
    """The opening of a field whose shown text follows, over several paragraphs if need be."""
    paragraph.add_run()._r.append(element("w:fldChar", fldCharType="begin"))
    words = element("w:instrText")
    words.set(qn("xml:space"), "preserve")
    words.text = f" {instruction} "
    paragraph.add_run()._r.append(words)
    paragraph.add_run()._r.append(element("w:fldChar", fldCharType="separate"))


def end_field(paragraph: WordParagraph) -> None:
    """The end of a field that start_field opened."""
    paragraph.add_run()._r.append(element("w:fldChar", fldCharType="end"))


def add_bookmark(paragraph: WordParagraph, name: str, number: int) -> None:
    """A bookmark round a paragraph, for links inside the file."""
    start = element("w:bookmarkStart", id=str(number), name=name)
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
    paragraph._p.append(element("w:bookmarkEnd", id=str(number)))


def link_inside(paragraph: WordParagraph, name: str) -> Any:
    """A link to a bookmark; runs are appended to the element given back."""
    link = element("w:hyperlink", anchor=name, history="1")
    paragraph._p.append(link)
    return link


def link_outside(paragraph: WordParagraph, address: str) -> Any:
    """A link to an address; runs are appended to the element given back."""
    identifier = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = element("w:hyperlink", history="1")
    link.set(qn("r:id"), identifier)
    paragraph._p.append(link)
    return link


def new_list(file: WordFile, start: int) -> int:
    """A numbered list of its own, beginning at `start`: the number its paragraphs refer to."""
    numbering = file.part.numbering_part.element
    known = [int(each.get(qn("w:abstractNumId"))) for each in numbering.findall(qn("w:abstractNum"))]
    abstract = element("w:abstractNum", abstractNumId=str(max(known, default=0) + 1))
    level = element("w:lvl", ilvl="0")
    level.append(element("w:start", val=str(start)))
    level.append(element("w:numFmt", val="decimal"))
    level.append(element("w:lvlText", val="%1."))
    level.append(element("w:lvlJc", val="left"))
    indent = element("w:pPr")
    indent.append(element("w:ind", left="720", hanging="720"))
    level.append(indent)
    abstract.append(level)
    first = numbering.find(qn("w:num"))
    if first is None:
        numbering.append(abstract)
    else:
        first.addprevious(abstract)  # the format wants every description before the first list
    return int(numbering.add_num(int(abstract.get(qn("w:abstractNumId")))).numId)


def join_list(paragraph: WordParagraph, number: int) -> None:
    """Make a paragraph an entry of the list that new_list gave."""
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = number


def describe_picture(picture: Any, name: str, alternative: str) -> None:
    """Alternative text of a picture that python-docx has placed."""
    properties = picture._inline.docPr
    properties.set("name", name)
    properties.set("descr", alternative)


def describe_table(table: Any, title: str) -> None:
    """Title of a table for assistive technology, its header row and first column declared as headers."""
    properties = table._tbl.tblPr
    for old in properties.findall(qn("w:tblLook")):
        properties.remove(old)
    properties.append(
        element("w:tblLook", val="04A0", firstRow="1", lastRow="0", firstColumn="1", lastColumn="0", noHBand="0")
    )
    properties.append(element("w:tblCaption", val=title))


def repeat_row(row: Any) -> None:
    """Declare a table row as header, repeated on each page."""
    row._tr.get_or_add_trPr().append(element("w:tblHeader"))


def keep_row(row: Any) -> None:
    """Keep a table row on one page."""
    row._tr.get_or_add_trPr().append(element("w:cantSplit"))


def shade(cell: Any, colour: str) -> None:
    """Colour the ground of a table cell (six hexadecimal digits)."""
    cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=colour))


def rule_above(cell: Any, colour: str) -> None:
    """A stronger line above a table cell (six hexadecimal digits)."""
    borders = element("w:tcBorders")
    borders.append(element("w:top", val="single", sz="12", space="0", color=colour))
    properties = cell._tc.get_or_add_tcPr()
    shading = properties.find(qn("w:shd"))
    if shading is None:
        properties.append(borders)
    else:
        shading.addprevious(borders)  # the format wants the lines before the ground


def set_styles(file: WordFile) -> None:
    """The report's typeface, colours and language in place of those of the library's template."""
    defaults = file.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    defaults.append(element("w:lang", val=LANGUAGE, eastAsia=LANGUAGE, bidi="ar-SA"))
    for name, size in SIZES.items():
        style: Any = file.styles[name]
        style.font.size = Pt(size)
        style.font.name = FONT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)
        if name.startswith(("Title", "Heading", "Caption")):
            style.font.bold = True
            style.font.color.rgb = NAVY
            style.paragraph_format.keep_with_next = True
    for name in ("Heading 1", "Heading 2", "Heading 3"):
        file.styles[name].paragraph_format.space_before = Pt(18 if name == "Heading 1" else 12)
        file.styles[name].paragraph_format.space_after = Pt(6)


def set_properties(file: WordFile, title: str, author: str, prepared: datetime | None) -> None:
    """The file's own title, author, language and date; without a date it carries none."""
    properties = file.core_properties
    properties.title, properties.author = title[:LONGEST_PROPERTY], author[:LONGEST_PROPERTY]
    properties.last_modified_by = properties.author
    properties.language, properties.comments, properties.subject, properties.keywords = LANGUAGE, "", "", ""
    package = file.part.package
    for identifier, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):  # a picture of the library's own template
            del package.rels[identifier]
    if prepared:
        properties.created = properties.modified = prepared
        return
    tree = properties._element
    for name in ("dcterms:created", "dcterms:modified"):
        for old in tree.findall(qn(name)):
            tree.remove(old)


def saved(file: WordFile) -> bytes:
    """The file's bytes, the same for the same content: no clock in them."""
    first, second = io.BytesIO(), io.BytesIO()
    file.save(first)
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(zipfile.ZipInfo(entry.filename, FIRST_ZIP_DAY), source.read(entry), zipfile.ZIP_DEFLATED)
    return second.getvalue()
