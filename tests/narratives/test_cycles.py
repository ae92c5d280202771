"""Outlines and cycles: loading, opening once, fixing the data cut, and what the cut holds still."""

from datetime import date

import pytest

from indicators.models.portfolio import Portfolio
from indicators.people import Refused
from indicators.periods import Quarter
from narratives import queries
from narratives.actions import cycles, drafting, outlines
from narratives.models.cycle import Cycle
from narratives.models.outline import OutlineEntry, OutlinePart, Topic
from narratives.models.section import Section
from tests.narratives.conftest import QUARTER, TEXT, document, load


def places(outline):
    """The outline as (part, topic) in the order of reading."""
    rows = OutlineEntry.objects.filter(part__outline=outline).order_by("part__position", "position")
    return list(rows.values_list("part__title", "topic__slug"))


def test_load_an_outline_twice_changes_nothing(force, manager):
    given = document(("cadets", "people"), ("crime", "crime"), ("asb", "neighbourhoods"))
    outline = outlines.load(given, by=manager.person)
    ids = list(OutlineEntry.objects.order_by("pk").values_list("pk", flat=True))
    assert outlines.load(given, by=manager.person) == outline
    assert list(OutlineEntry.objects.order_by("pk").values_list("pk", flat=True)) == ids
    assert places(outline) == [("Part 1", "cadets"), ("Part 1", "crime"), ("Part 2", "asb")]
    assert outline.marking == "OFFICIAL"


def test_load_an_outline_with_topics_swapped_and_a_part_gone_keeps_the_topics(force, manager):
    outlines.load(document(("cadets", "people"), ("crime", "crime"), ("asb", "neighbourhoods")), by=manager.person)
    outline = outlines.load(document(("crime", "crime"), ("cadets", "people")), by=manager.person)
    assert places(outline) == [("Part 1", "crime"), ("Part 1", "cadets")]
    assert OutlinePart.objects.filter(outline=outline).count() == 1
    assert Topic.objects.filter(slug="asb").exists()


def test_open_a_cycle_makes_a_section_not_started_for_each_topic(cycle):
    sections = Section.objects.filter(cycle=cycle)
    assert list(sections.order_by("id").values_list("topic__slug", "state", "version")) == [
        ("cadets", "not-started", 0),
        ("courage", "not-started", 0),
        ("crime", "not-started", 0),
    ]
    assert sections.get(topic__slug="crime").portfolio == Portfolio.objects.get(slug="crime")
    assert cycle.write_by == date(2020, 10, 12)


def test_open_a_cycle_twice_is_refused_as_a_conflict(cycle, manager):
    with pytest.raises(Refused) as refused:
        cycles.open_cycle(cycle.force, cycle.outline, QUARTER, by=manager.person)
    assert refused.value.verdict.is_conflict
    assert Cycle.objects.count() == 1


def test_open_a_cycle_outside_the_dates_of_the_outline_is_refused(cycle, manager):
    with pytest.raises(Refused, match="does not hold for this quarter"):
        cycles.open_cycle(cycle.force, cycle.outline, Quarter(2019, 4), by=manager.person)


def test_open_a_cycle_as_a_lead_is_refused(cycle, people):
    with pytest.raises(Refused, match="Only a report manager"):
        cycles.open_cycle(cycle.force, cycle.outline, Quarter(2020, 3), by=people["lead"].person)
    assert Cycle.objects.count() == 1


def test_follow_the_newest_version_until_the_cut_is_fixed(cycle, manager, analyst, people, section):
    drafting.save(section, TEXT, by=people["lead"].person, version=0)
    assert queries.cycle_version(cycle) == 1
    assert load(cycle.force, analyst, [("cadets_enrolled", "snapshot", "", "2020-09-30", "250")]) == 2
    assert queries.cycle_version(cycle) == 2
    revision = queries.current_revision(section)
    # 250 against 200 a year before is +25% (+50); against it 260 was +30% (+60).
    assert queries.changed_figures(revision) == [
        ("cadets_enrolled.snapshot.value", "260", "250"),
        ("cadets_enrolled.snapshot.change", "+30% (+60)", "+25% (+50)"),
    ]
    cycles.fix_cut(cycle, 1, by=manager.person)
    assert queries.cycle_version(cycle) == 1
    assert queries.changed_figures(queries.current_revision(Section.objects.get(pk=section.pk))) == []


def test_import_after_the_cut_is_fixed_makes_nothing_stale(cycle, manager, analyst, people, section):
    cycles.fix_cut(cycle, 1, by=manager.person)
    drafting.save(section, TEXT, by=people["lead"].person, version=0)
    load(cycle.force, analyst, [("cadets_enrolled", "snapshot", "", "2020-09-30", "250")])
    assert queries.changed_figures(queries.current_revision(section)) == []
    later = drafting.save(section, f"{TEXT}More.", by=people["lead"].person, version=1)
    assert later.data_version == 1
    assert queries.words_of(later)["cadets_enrolled.snapshot.value"] == "260"


def test_fix_the_cut_again_at_the_same_version_is_harmless_and_at_another_a_conflict(cycle, manager, analyst):
    load(cycle.force, analyst, [("cadets_enrolled", "snapshot", "", "2020-09-30", "250")])
    cycles.fix_cut(cycle, 1, by=manager.person)
    cycles.fix_cut(cycle, 1, by=manager.person)
    with pytest.raises(Refused, match="fixed at data version 1 already") as refused:
        cycles.fix_cut(Cycle.objects.get(pk=cycle.pk), 2, by=manager.person)
    assert refused.value.verdict.is_conflict
    assert Cycle.objects.get(pk=cycle.pk).cut == 1


def test_fix_the_cut_at_a_version_that_does_not_exist_or_as_somebody_else_is_refused(cycle, manager, people):
    with pytest.raises(Refused, match="There is no data version 9"):
        cycles.fix_cut(cycle, 9, by=manager.person)
    with pytest.raises(Refused, match="Only a report manager"):
        cycles.fix_cut(cycle, 1, by=people["lead"].person)
    assert Cycle.objects.get(pk=cycle.pk).cut is None
