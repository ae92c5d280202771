"""Saving a text: what is bound, what is kept, what is refused, and what a lost race costs."""

import pytest

from indicators.models.exhibit import Exhibit
from indicators.people import Refused
from narratives import queries
from narratives.actions import drafting, review
from narratives.documents import ChartBlock, TableBlock
from narratives.models.revision import Binding, Revision
from narratives.models.section import Section, SectionTransition
from narratives.renderings.markdown import MAX_LENGTH
from tests.narratives.conftest import TEXT, load


def plain(blocks):
    """The words of paragraphs and quotations."""
    return " ".join(run.text for block in blocks for run in getattr(block, "runs", ()))


def test_save_binds_each_figure_to_its_words_at_one_data_version(section, people):
    revision = drafting.save(section, TEXT, by=people["lead"].person, version=0)
    assert revision.number == 1
    assert revision.data_version == 1
    assert revision.by_name == "Lee Lead"
    # 260 cadets now, 200 a year before: +60, which is 60 / 200 = 30 per cent.
    assert queries.words_of(revision) == {
        "cadets_enrolled.snapshot.value": "260",
        "cadets_enrolled.snapshot.change": "+30% (+60)",
    }
    held = SectionTransition.objects.get(section=section)
    assert (held.verb, held.from_state, held.to_state) == ("save", "not-started", "drafted")
    assert (held.version, held.revision_number, held.by_name) == (1, 1, "Lee Lead")


@pytest.mark.parametrize(
    "key",
    [
        "cadetts_enrolled.snapshot.value",
        "cadets_enrolled.snapshot-2020-13.value",
        "cadets_enrolled.snapshot-0000-05.value",
        "cadets_enrolled.snapshot-1995-05.value",
        "cadets_enrolled.snapshot.__class__",
        "cadets_enrolled.nowhere.snapshot.value",
        "cadets_enrolled",
        "exhibit.cadets",
        "...",
        "a" * 200,
    ],
)
def test_save_an_unknown_figure_binds_it_with_empty_words(section, people, key):
    revision = drafting.save(section, f"See {{{{ {key} }}}} here.", by=people["lead"].person, version=0)
    assert list(Binding.objects.filter(revision=revision).values_list("key", "words")) == [(key, "")]
    assert f"[unknown figure: {key}]" in plain(queries.section_blocks(revision))


@pytest.mark.parametrize("probe", ["{{7*7}}", "{% debug %}", "{fig:x.__class__}", "%(x)s", "{0.__init__.__globals__}"])
def test_save_what_looks_like_a_template_stays_the_characters_typed(section, people, probe):
    revision = drafting.save(section, f"Before {probe} after", by=people["lead"].person, version=0)
    assert plain(queries.section_blocks(revision)) == f"Before {probe} after"
    assert not revision.bindings.exists()


def test_save_keeps_every_character_and_makes_line_ends_plain(section, people):
    typed = "Ŵyr ŷ “smart” – 😀\r\n\r\nSecond\rThird  \n"
    revision = drafting.save(section, typed, by=people["lead"].person, version=0)
    revision.refresh_from_db()
    assert revision.text == "Ŵyr ŷ “smart” – 😀\n\nSecond\nThird  \n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * (MAX_LENGTH + 1), "100,001 characters"),
        ("a\n" * 6000, "6,001 lines"),
        (">" * 30 + " deep", "too deep"),
        ("a\x00b", "cannot be stored"),
        ("a\ud800b", "cannot be stored"),
    ],
)
def test_save_a_text_that_cannot_be_kept_is_refused(section, people, text, words):
    with pytest.raises(Refused, match=words) as refused:
        drafting.save(section, text, by=people["lead"].person, version=0)
    assert not refused.value.verdict.is_conflict
    assert not Revision.objects.exists()
    assert Section.objects.get(pk=section.pk).version == 0


def test_save_over_a_newer_text_is_a_conflict_that_names_who_saved(section, people):
    drafting.save(section, "First", by=people["lead"].person, version=0)
    with pytest.raises(Refused, match="Lee Lead saved a text") as refused:
        drafting.save(section, "Second", by=people["deputy"].person, version=0)
    assert refused.value.verdict.is_conflict
    assert list(section.revisions.values_list("text", flat=True)) == ["First"]


def test_save_the_same_text_sent_twice_is_saved_once(section, people):
    once = drafting.save(section, "First", by=people["lead"].person, version=0)
    assert drafting.save(section, "First", by=people["lead"].person, version=0) == once
    assert Section.objects.get(pk=section.pk).version == 1
    with pytest.raises(Refused):
        drafting.save(section, "Another", by=people["lead"].person, version=0)


@pytest.mark.parametrize("who", ["other lead", "reviewer"])
def test_save_by_somebody_outside_the_portfolio_is_refused(section, people, who):
    with pytest.raises(Refused, match="Only the lead, the deputy and the contributors"):
        drafting.save(section, TEXT, by=people[who].person, version=0)
    assert not Revision.objects.exists()


def test_save_with_a_role_that_was_removed_is_refused_at_once(section, people):
    lead = people["lead"]
    drafting.save(section, TEXT, by=lead.person, version=0)
    lead.holdings.all().delete()
    with pytest.raises(Refused, match="Only the lead"):
        drafting.save(section, f"{TEXT}More", by=lead.person, version=1)


def test_save_while_the_reviewers_have_it_is_a_conflict(section, people):
    drafting.save(section, TEXT, by=people["lead"].person, version=0)
    review.submit(section, by=people["lead"].person, version=1)
    with pytest.raises(Refused, match="Take it back first") as refused:
        drafting.save(section, "Other", by=people["contributor"].person, version=2)
    assert refused.value.verdict.is_conflict


def test_save_after_approval_ends_the_approval(section, people):
    drafting.save(section, TEXT, by=people["lead"].person, version=0)
    review.submit(section, by=people["lead"].person, version=1)
    review.approve(section, by=people["reviewer"].person, version=2)
    revision = drafting.save(section, f"{TEXT}One more word.", by=people["contributor"].person, version=3)
    section.refresh_from_db()
    assert (section.state, section.version, revision.number) == ("drafted", 4, 2)
    assert SectionTransition.objects.get(section=section, version=4).from_state == "approved"


def test_render_an_old_revision_keeps_its_figures_tables_and_charts(section, people, analyst):
    text = f"{TEXT}\n{{{{ exhibit.cadets }}}}\n\n{{{{ exhibit.investigations }}}}\n"
    old = drafting.save(section, text, by=people["lead"].person, version=0)
    rows = [
        ("cadets_enrolled", "snapshot", "", "2020-09-30", "250"),
        ("domestic_abuse_investigations", "month", "2020-09-01", "2020-09-30", "400"),
    ]
    load(section.cycle.force, analyst, rows)
    new = drafting.take_newer_figures(section, by=people["lead"].person, version=1)
    assert (old.data_version, new.data_version) == (1, 2)
    assert new.text == old.text
    for revision, cadets, september in ((old, "260", "330"), (new, "250", "400")):
        words, table, chart = queries.section_blocks(Revision.objects.get(pk=revision.pk))
        assert cadets in plain([words])
        assert isinstance(table, TableBlock)
        assert table.table.rows[0][1].text == cadets
        assert isinstance(chart, ChartBlock)
        assert chart.chart.table.rows[-1][1].text == september
    changed = {key: (before, after) for key, before, after in queries.changed_figures(old)}
    assert changed["exhibit.cadets: Cadets, Now"] == ("260", "250")
    assert ("330", "400") in changed.values()
    assert queries.changed_figures(new) == []


def test_a_change_is_told_in_each_of_several_rows_and_columns_of_one_name(section, people, analyst):
    columns = [{"window": "snapshot", "aspect": "value", "heading": "Now"}, {"window": "snapshot", "aspect": "change"}]
    columns += [{"window": "snapshot", "aspect": "value", "heading": "Change"}]
    rows = [{"series": key, "label": "Cadets"} for key in ("cadets_enrolled", "cadets_enrolled")]
    Exhibit.objects.filter(key="cadets").update(definition={"kind": "table", "rows": rows, "columns": columns})
    old = drafting.save(section, "{{ exhibit.cadets }}", by=people["lead"].person, version=0)
    load(section.cycle.force, analyst, [("cadets_enrolled", "snapshot", "", "2020-09-30", "250")])
    # 260 becomes 250 after 200 a year before: the column of changes and the one headed so are told apart.
    told = [("Now", "260", "250"), ("Change", "+30% (+60)", "+25% (+50)"), ("Change (2)", "260", "250")]
    assert queries.changed_figures(old) == [
        (f"exhibit.cadets: {row}, {column}", before, after)
        for row in ("Cadets", "Cadets (2)")
        for column, before, after in told
    ]


def test_render_an_exhibit_whose_definition_is_broken_marks_its_place(section, people):
    Exhibit.objects.filter(key="cadets").update(definition={"kind": "table", "rows": 3})
    revision = drafting.save(section, "{{ exhibit.cadets }}", by=people["lead"].person, version=0)
    assert plain(queries.section_blocks(revision)) == "[unknown exhibit: cadets]"
    assert queries.faults(revision) == ["Unknown exhibit cadets: its definition is broken; tell the analyst."]


def test_take_newer_figures_of_an_empty_section_is_refused(section, people):
    with pytest.raises(Refused, match="Nothing is written"):
        drafting.take_newer_figures(section, by=people["lead"].person, version=0)


def test_quote_a_figure_says_what_it_is_and_where_it_comes_from(section, people):
    text = "{{ cadets_enrolled.snapshot.value }} {{ cadets_enrolled.snapshot.previous }} {{ nothing.r12.value }}"
    revision = drafting.save(section, text, by=people["lead"].person, version=0)
    now, before, unknown = queries.quoted(revision, queries.book(section.cycle))
    assert (now.words, now.period, now.indicator) == ("260", "as at 30 September 2020", "cadets_enrolled")
    assert (before.words, before.period) == ("200", "as at 30 September 2019")
    assert now.source == before.source != ""
    assert (unknown.key, unknown.words, unknown.source) == ("nothing.r12.value", "", "")
