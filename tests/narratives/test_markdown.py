"""A section's Markdown: what it may hold, what it refers to, and what never becomes anything but words."""

import time
from dataclasses import replace

import pytest
from lxml import html as lxml_html

from indicators.tables import Cell, Chart, Listing, Table, Words
from narratives.documents import Block, Bullets, ChartBlock, Paragraph, Quote, Run, Subheading, TableBlock
from narratives.renderings.markdown import MAX_LENGTH, UnfitText, UnknownReference, highlight, parse, render
from narratives.renderings.preview import blocks_html, tidy

TABLE = Table("crime", "Crime", (Cell("Offence"), Cell("Count")), ((Cell("All"), Cell("5", is_numeric=True)),))
CHART = Chart("trend", "Is it rising?", "<svg/>", "No.", TABLE)


def words(blocks: tuple[Block, ...]) -> str:
    """The text of blocks, one line each."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Subheading):
            lines.append(block.text)
        elif isinstance(block, Bullets):
            lines.extend("".join(run.text for run in entry) for entry in block.entries)
        elif isinstance(block, Paragraph | Quote):
            lines.append("".join(run.text for run in block.runs))
    return "\n".join(lines)


def test_render_allowed_markdown_gives_its_blocks() -> None:
    text = (
        "## What was done\n\nIt *fell* **sharply** in [the release](https://example.org/a_(b)?c=1&d=2).\n\n"
        "- one\n- two\n\n3. three\n4. four\n\n> We were heard.\n"
    )
    assert render(text, {}, {}) == (
        Subheading("What was done"),
        Paragraph(
            (
                Run("It "),
                Run("fell", is_emphasis=True),
                Run(" "),
                Run("sharply", is_strong=True),
                Run(" in "),
                Run("the release", href="https://example.org/a_(b)?c=1&d=2"),
                Run("."),
            )
        ),
        Bullets(((Run("one"),), (Run("two"),))),
        Bullets(((Run("three"),), (Run("four"),)), True, 3),
        Quote((Run("We were heard."),)),
    )
    assert parse(text).complaints == ()


def test_render_references_puts_figures_in_runs_of_their_own() -> None:
    text = (
        "Rape fell by **{{ rape.r12.change }}** to {{rape.r12.value}}, "
        "see [{{ asb.nuisance.r12-2020-08.share }}](https://e.org)."
    )
    given = {"rape.r12.change": "−18%", "rape.r12.value": "1,204", "asb.nuisance.r12-2020-08.share": "73%"}
    (paragraph,) = render(text, given, {})
    assert isinstance(paragraph, Paragraph)
    assert [run for run in paragraph.runs if run.figure] == [
        Run("−18%", is_strong=True, figure="rape.r12.change"),
        Run("1,204", figure="rape.r12.value"),
        Run("73%", href="https://e.org", figure="asb.nuisance.r12-2020-08.share"),
    ]
    assert words((paragraph,)) == "Rape fell by −18% to 1,204, see 73%."


def test_parse_lists_references_once_in_order_and_exhibits_apart() -> None:
    parsed = parse(
        "{{ b.r12.value }} {{ a.r12.value }} {{ b.r12.value }}\n\n{{ exhibit.trend }}\n\n- {{ c.q.value }}\n"
    )
    assert parsed.references == ("b.r12.value", "a.r12.value", "c.q.value")
    assert parsed.exhibits == ("trend",)
    assert parsed.complaints == ()


def test_render_exhibits_places_table_and_chart_where_they_stand() -> None:
    blocks = render("Before\n\n{{ exhibit.crime }}\n\n {{exhibit.trend}} \n", {}, {"crime": TABLE, "trend": CHART})
    assert blocks == (Paragraph((Run("Before"),)), TableBlock(TABLE), ChartBlock(CHART))


def test_render_exhibit_inside_a_sentence_is_unknown_and_complained_of() -> None:
    text = "See {{ exhibit.crime }} here."
    with pytest.raises(UnknownReference) as raised:
        render(text, {}, {"crime": TABLE})
    assert raised.value.keys == ("exhibit.crime",)
    assert "paragraph of its own" in parse(text).complaints[0]


def test_render_unknown_and_blank_figures_are_refused_all_at_once() -> None:
    with pytest.raises(UnknownReference) as raised:
        render("{{ a.b }} {{ c.d }} {{ e.f }}\n\n{{ exhibit.gone }}", {"a.b": "1", "c.d": " "}, {})
    assert raised.value.keys == ("c.d", "e.f", "exhibit.gone")


def test_highlight_unknown_references_are_marked_never_blank_or_zero() -> None:
    blocks = highlight(
        "Up {{ rape.r12.chnge }} and {{ b.c }} and {{ d.e }}\n\n{{ exhibit.x }}", {"b.c": "0", "d.e": ""}, {}
    )
    assert words(blocks) == (
        "Up [unknown figure: rape.r12.chnge] and 0 and [unknown figure: d.e]\n[unknown exhibit: x]"
    )
    assert words(highlight("{{ exhibit.x }}", {})) == "[exhibit: x]"


@pytest.mark.parametrize(
    "literal",
    [
        "{{7*7}}",
        "{% debug %}",
        "{fig:x.__class__}",
        "%(x)s",
        "{0.__init__.__globals__}",
        "{{ Rape.R12 }}",
        "{{ a b }}",
        "{{ a|safe }}",
        "{{}}",
        "{{ a",
        "{{ ﹛a﹜ }}",
        "#eval(1) $x$ @y",
    ],
)
def test_render_other_braces_stay_the_characters_typed(literal: str) -> None:
    assert words(render(f"Before {literal} after", {}, {})) == f"Before {literal} after"
    assert parse(literal).references == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("![map](http://169.254.169.254/a.png)", "picture"),
        ("<img src=x onerror=alert(1)>", "HTML"),
        ("a <!-- hidden --> b", "HTML"),
        ("```\ncode\n```", "code"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "table"),
        ("[x](javascript:alert(1))", "link"),
        ("[x](file:///etc/passwd)", "link"),
        ("[x](//evil.example)", "link"),
        ("[x](data:text/html,y)", "link"),
        ("{{ Rape.r12 }}", "not a reference"),
        ("fell \u202e31\u202c%", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("fell &#8238;31%", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("a\u200bb", "U+200B ZERO WIDTH SPACE"),
        ("a\ufeffb", "U+FEFF"),
        ("a\u00adb", "U+00AD SOFT HYPHEN"),
        ("p\u043elice", "two alphabets"),
        ("# Title", "heading"),
        ("## Crime {{ a.b }}", "heading"),
        ("- a\n  - b", "inside a list"),
        ("- > a", "quotation"),
    ],
)
def test_parse_what_is_not_allowed_is_named_with_its_line(text: str, complaint: str) -> None:
    found = parse(f"Fine.\n\n{text}").complaints
    assert any(complaint in each and each.startswith("Line ") for each in found)
    assert all(not each.startswith("Line 1:") for each in found)


@pytest.mark.parametrize(
    "text",
    ["![map](http://x.example/a.png)", "<b onclick=x>y</b>", "[x](javascript:alert(1))", "`a` | b", "&lt;script&gt;"],
)
def test_render_what_is_not_allowed_stays_visible_and_harmless(text: str) -> None:
    html = lxml_html.fragment_fromstring(blocks_html(render(text, {}, {})), create_parent=True)
    assert html.text_content() == text.replace("&lt;", "<").replace("&gt;", ">")
    assert [element.tag for element in html.iter()] == ["div", "p"]


def test_render_hidden_characters_are_written_out() -> None:
    assert words(render("fell \u202e31% &#8238;x", {}, {})) == "fell ‹U+202E›31% ‹U+202E›x"
    assert words(render("{{ a.b }}", {"a.b": "\u202e13"}, {})) == "‹U+202E›13"


def test_render_welsh_emoji_and_smart_quotes_are_exact() -> None:
    text = "Heddlu: cŵn, tŷ, 🚔, “smart” ‘quotes’, £54.8m, −18%, ≥ 5"
    assert words(render(text, {}, {})) == text
    assert parse(text).complaints == ()


def test_render_a_year_at_the_start_of_a_line_keeps_its_number() -> None:
    assert render("2020. It was hard.", {}, {}) == (Bullets(((Run("It was hard."),),), True, 2020),)
    html = blocks_html(render("2020. It was hard.", {}, {}))
    assert '<ol class="govuk-list govuk-list--number" start="2020">' in html


def test_render_lists_inside_lists_lose_no_words() -> None:
    text = "- a\n  - b\n\n    > c\n- d\n\n  second\n\n> e\n>\n> - f\n"
    assert words(render(text, {}, {})).split() == ["a", "b", "c", "d", "second", "e", "f"]


def test_parse_text_over_the_limit_is_refused_before_parsing_and_not_lost() -> None:
    text = "x" * (MAX_LENGTH + 1)
    parsed = parse(text)
    assert parsed.is_refused and "100,001" in parsed.complaints[0]
    with pytest.raises(UnfitText):
        render(text, {}, {})
    assert "x" * MAX_LENGTH in words(highlight(text, {}))


@pytest.mark.parametrize("text", [">" * 3_000 + " deep", "- " * 3_000 + "deep", "a\n\n" * 6_000])
def test_parse_deep_or_endless_text_is_refused(text: str) -> None:
    assert parse(text).is_refused
    with pytest.raises(UnfitText):
        render(text, {}, {})


@pytest.mark.parametrize("unit", ["[", "[a](", "![", "{{", "**", "<a", "a_*", "&#", "\\", "\u200b", "[a](x(", "aа"])
def test_parse_hostile_repetition_is_read_without_blowing_up(unit: str) -> None:
    """Twice the text takes about twice the time: a quadratic rule would take four times and minutes here."""
    started = time.process_time()
    parse(unit * (20_000 // len(unit)))
    assert time.process_time() - started < 10  # seconds measured: 0.03 to 0.3; the default rules need over 40


def test_write_preview_gives_unique_ids_and_marks_figures() -> None:
    blocks = render("{{ a.b }}\n\n{{ exhibit.crime }}\n\n{{ exhibit.crime }}", {"a.b": "5 & 6"}, {"crime": TABLE})
    html = lxml_html.fragment_fromstring(blocks_html(blocks, prefix="draft-"), create_parent=True)
    identifiers = html.xpath("//@id")
    assert len(identifiers) == len(set(identifiers)) == 4
    assert all(each.startswith("draft-") for each in identifiers)
    (mark,) = html.xpath("//data")
    assert (mark.get("class"), mark.get("value"), mark.text) == ("figure", "a.b", "5 & 6")


def test_write_preview_of_a_hostile_table_escapes_every_field() -> None:
    evil = '"><img src=x onerror=alert(1)>'
    table = Table(evil, evil, (Cell(evil),), ((Cell(evil, figure=evil),),), (evil,), evil)
    chart = Chart(evil, evil, "<svg/>", evil, table, (evil,), evil)
    html = blocks_html((TableBlock(table, 1), ChartBlock(chart, 1)), chart_url=lambda key: "/charts/1.svg")
    tree = lxml_html.fragment_fromstring(html, create_parent=True)
    assert [img.get("src") for img in tree.iter("img")] == ["/charts/1.svg"]
    assert not tree.xpath("//@onerror")
    assert tree.xpath("string(//caption)") == f"Table 1: {evil}"


def test_write_a_chart_with_a_narrow_drawing_offers_it_to_small_screens() -> None:
    table = Table("t", "Figures", (Cell("Month"),), ())
    chart = Chart("trend", "Is it rising?", "<svg/>", "No.", table, narrow="<svg/>")
    tree = lxml_html.fragment_fromstring(
        blocks_html((ChartBlock(chart, 1),), chart_url=lambda key: f"/charts/{key}.svg"), create_parent=True
    )
    (source,) = tree.xpath("//picture/source")
    assert (source.get("media"), source.get("srcset")) == ("(max-width: 40em)", "/charts/trend-narrow.svg")
    assert [img.get("src") for img in tree.xpath("//picture//img")] == ["/charts/trend.svg"]
    # A chart frozen before there were narrow drawings stays as it was.
    old = blocks_html((ChartBlock(replace(chart, narrow=""), 1),), chart_url=lambda key: f"/charts/{key}.svg")
    assert "<picture" not in old and "/charts/trend.svg" in old


def test_tidy_html_takes_out_what_is_not_on_the_list() -> None:
    html = tidy(
        '<p style="x" onclick="y" class="a">b<script>c</script><a href="javascript:d">e</a>'
        '<img src="data:f" alt=""></p>'
    )
    assert html == '<p class="a">b<a rel="noopener noreferrer">e</a><img alt=""></p>'


def test_render_a_list_places_its_sentences_with_their_figures_bound() -> None:
    entries = (
        (Words("Burglary "), Words("68.03%", "satisfaction.burglary.not-stated"), Words(", as before")),
        (Words("Hate crime: not available"),),
    )
    listing = Listing("satisfied", "Victims who were satisfied", entries, ("Few answered.",), "Survey")
    lead, bullets, note, source = render("{{ exhibit.satisfied }}", {}, {"satisfied": listing})
    assert lead == Paragraph((Run("Victims who were satisfied:"),))
    assert isinstance(bullets, Bullets)
    assert bullets.entries[0][1] == Run("68.03%", figure="satisfaction.burglary.not-stated")
    assert words((bullets,)) == "Burglary 68.03%, as before\nHate crime: not available"
    assert words((note, source)) == "Few answered.\nSource: Survey"
