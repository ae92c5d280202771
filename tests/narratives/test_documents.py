"""The report as values: its JSON goes out and in unchanged, and says so when it does not fit."""

import hashlib
import json
from dataclasses import replace

import pytest

from indicators.tables import Cell, Chart, Table
from narratives.documents import (
    Bullets,
    ChartBlock,
    Document,
    DocumentFault,
    Paragraph,
    Part,
    Quote,
    Run,
    SectionPart,
    Subheading,
    TableBlock,
    charts,
    figures,
    from_json,
    heading,
    sha256,
    source_line,
    table_title,
    tables,
    to_json,
)


def table(key: str = "crime") -> Table:
    header = (Cell("Offence", is_header=True), Cell("Count", is_numeric=True))
    row = (Cell("Cŵn 🚔", is_header=True), Cell("−18%", is_numeric=True, figure="dogs.r12.change"))
    return Table(key, "Recorded crime", header, (row,), ("Provisional.",), "Extract of 5 October 2020")


def report() -> Document:
    chart = Chart("trend", "Is it rising?", "<svg/>", "No.", table("trend-table"))
    section = SectionPart(
        "3.a",
        "Domestic abuse",
        "domestic-abuse",
        "A lead",
        (
            Paragraph((Run("It fell by "), Run("−5%", True, figure="da.r12.change", note=1), Run("\u202eodd\nline"))),
            Bullets(((Run("one"),), ()), True, 2020),
            Subheading("What was done"),
            Quote((Run("Heard", is_emphasis=True, href="https://example.org/"),)),
            ChartBlock(chart, 1),
        ),
    )
    part = Part("3", "Supporting", "supporting", (TableBlock(table(), 1),), (section,))
    return Document("Title", "Force", parts=(part,), appendix=(TableBlock(table("late"), 2),), notes=("A note.",))


def test_read_written_document_gives_the_same_document_and_hash() -> None:
    document = report()
    again = from_json(to_json(document))
    assert again == document
    assert sha256(again) == sha256(document)


def test_write_document_gives_sorted_keys_no_spaces_and_no_defaults() -> None:
    document = Document("T", "F", parts=(Part("1", "P", "p", (Paragraph((Run("−5%", note=0),)),)),))
    assert to_json(document) == (
        '{"organisation":"F","parts":[{"anchor":"p","blocks":[{"kind":"paragraph","runs":[{"text":"−5%"}]}],'
        '"number":"1","title":"P"}],"title":"T"}'
    )


def test_hash_document_is_that_of_its_json_in_utf8() -> None:
    document = report()
    assert sha256(document) == hashlib.sha256(to_json(document).encode("utf-8")).hexdigest()
    assert sha256(replace(document, title="Title ")) != sha256(document)


def test_read_document_with_spelt_out_defaults_gives_the_same_hash() -> None:
    tree = json.loads(to_json(report()))
    tree["status"] = ""
    tree["parts"][0]["sections"][0]["blocks"][0]["runs"][0]["is_strong"] = False
    assert sha256(from_json(json.dumps(tree, indent=2))) == sha256(report())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "an object is expected"),
        ('{"title":"T"}', "missing field organisation"),
        ('{"title":"T","organisation":"F","colour":"red"}', "unknown field colour"),
        ('{"title":1,"organisation":"F"}', "document.title: str is expected"),
        ('{"title":"T","organisation":"F","notes":"one"}', "document.notes: a list is expected"),
        ('{"title":"T","organisation":"F","parts":[{"number":"1","title":"P","anchor":"p","blocks":[{}]}]}', "kind"),
        (
            '{"title":"T","organisation":"F","parts":[{"number":"1","title":"P","anchor":"p",'
            '"blocks":[{"kind":"bullets","entries":[],"start":1.5}]}]}',
            "start: int is expected",
        ),
    ],
)
def test_read_text_of_another_shape_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(DocumentFault, match=words.replace("[", r"\[")):
        from_json(text)


@pytest.mark.parametrize("anchor", ["", "1a", "A", "a b", 'a"b', "a\n"])
def test_build_document_with_a_bad_anchor_is_refused(anchor: str) -> None:
    with pytest.raises(DocumentFault, match="anchor"):
        Document("T", "F", parts=(Part("1", "P", anchor),))


def test_build_document_with_an_anchor_twice_is_refused() -> None:
    with pytest.raises(DocumentFault, match="twice"):
        Document("T", "F", parts=(Part("1", "P", "p", (), (SectionPart("1.a", "S", "p"),)),))


@pytest.mark.parametrize("run", [Run("x", note=2), Run("x", note=-1)])
def test_build_document_with_a_note_that_is_missing_is_refused(run: Run) -> None:
    with pytest.raises(DocumentFault, match="does not exist"):
        Document("T", "F", parts=(Part("1", "P", "p", (Bullets(((run,),)),)),), notes=("one",))


@pytest.mark.parametrize("href", ["javascript:alert(1)", "file:///etc/passwd", "/relative", "data:text/html,x"])
def test_build_document_with_another_link_is_refused(href: str) -> None:
    with pytest.raises(DocumentFault, match="link"):
        Document("T", "F", parts=(Part("1", "P", "p", (Quote((Run("x", href=href),)),)),))


def test_list_figures_gives_sentences_then_cells() -> None:
    assert figures(report()) == (
        ("da.r12.change", "−5%"),
        ("dogs.r12.change", "−18%"),
        ("dogs.r12.change", "−18%"),
        ("dogs.r12.change", "−18%"),
    )
    assert [each.key for each in tables(report())] == ["crime", "trend-table", "late"]
    assert [each.key for each in charts(report())] == ["trend"]


def test_name_headings_and_captions_as_printed() -> None:
    assert heading(SectionPart("3.a", "Domestic abuse", "a")) == "3.a Domestic abuse"
    assert heading(SectionPart("", "Partners", "a")) == "Partners"
    assert table_title(TableBlock(table(), 4)) == "Table 4: Recorded crime"
    assert table_title(TableBlock(table())) == "Recorded crime"
    assert source_line("ONS") == source_line("Source: ONS") == "Source: ONS"


def test_a_document_frozen_before_charts_had_data_reads_and_hashes_as_it_did() -> None:
    text = to_json(report())
    assert '"narrow"' not in text and '"data"' not in text
    assert to_json(from_json(text)) == text
    with_data = replace(charts(report())[0], narrow="<svg/>", data='{"axis":[]}')
    document = Document("T", "F", parts=(Part("1", "P", "p", (ChartBlock(with_data, 1),)),))
    assert from_json(to_json(document)) == document
