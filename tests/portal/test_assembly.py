"""Putting a report together: who may, what keeps it back, which text stands where."""

import pytest

from indicators.periods import Quarter
from narratives.actions import drafting, outlines
from narratives.documents import Paragraph, chart_title, charts, figures, heading, table_title
from narratives.models.outline import OutlineEntry
from portal import queries
from portal.actions import assembly
from portal.choices import ReportState
from portal.models.report import Report
from tests.portal.small_quarter import OUTLINE, TEXTS, SmallQuarter, corrected_records, import_observations, refused


@pytest.fixture
def quarter(force):
    return SmallQuarter(force)


def test_assemble_with_unapproved_sections_names_every_one_and_the_open_cut(quarter):
    quarter.write("missing-people")
    section = quarter.section("modern-slavery")
    drafting.save(section, TEXTS["modern-slavery"], by=quarter.person("lead"), version=section.version)
    error = refused(assembly.assemble, quarter.report, by=quarter.person("manager"), version=0)
    assert not error.verdict.is_conflict
    reason = error.verdict.reason
    assert "The data cut is not fixed." in reason
    assert "“Issue” is not started." in reason
    assert "“Modern slavery” is drafted, not handed in." in reason
    assert "“Missing people”" not in reason
    quarter.report.refresh_from_db()
    assert (quarter.report.state, quarter.report.version, quarter.report.entries.count()) == ("open", 0, 0)


def test_assemble_approved_sections_numbers_parts_and_letters(quarter):
    report = quarter.assemble()
    assert (report.state, report.version, report.draft) == (ReportState.ASSEMBLED, 1, 1)
    assert report.assembled_at is not None
    entries = [(e.part_number, e.part_title, e.number, e.title) for e in report.entries.all()]
    assert entries == [
        (1, "Issue", "", "Issue"),
        (2, "Supporting vulnerable people", "2.a", "Missing people"),
        (2, "Supporting vulnerable people", "2.b", "Modern slavery"),
    ]
    transition = report.transitions.get()
    assert (transition.verb, transition.by_name, transition.version) == ("assemble", "Mark Manager", 1)


def test_assemble_by_anybody_but_a_report_manager_is_refused(quarter):
    quarter.write_all()
    quarter.fix_cut()
    for role in quarter.users.keys() - {"manager"}:
        error = refused(assembly.assemble, quarter.report, by=quarter.person(role), version=0)
        assert "Report manager" in error.verdict.reason, role
        assert Report.objects.get().draft == 0, role


def test_assemble_at_a_version_that_has_passed_is_a_conflict(quarter):
    report = quarter.assemble()
    error = refused(assembly.assemble, report, by=quarter.person("manager"), version=7)
    assert error.verdict.is_conflict
    assert Report.objects.get().draft == 1


def test_assemble_twice_by_a_double_click_makes_one_draft(quarter):
    report = quarter.assemble()
    assembly.assemble(report, by=quarter.person("manager"), version=0)
    report.refresh_from_db()
    assert (report.draft, report.version, report.transitions.count()) == (1, 1, 1)


def test_assemble_again_after_a_new_text_replaces_the_entries(quarter):
    report = quarter.assemble()
    quarter.write("issue", "To note, and to agree, the performance of the quarter.")
    errors, _ = queries.checklist(report)
    assert len(errors) == 1 and "“Issue” has been written anew" in errors[0]
    assembly.assemble(report, by=quarter.person("manager"), version=1)
    report.refresh_from_db()
    assert (report.draft, report.entries.count()) == (2, 3)
    assert queries.checklist(report)[0] == []
    (issue,) = queries.report_document(report).parts[0].blocks
    assert isinstance(issue, Paragraph) and issue.runs[0].text.startswith("To note, and to agree")


def test_assemble_text_of_an_older_data_version_with_a_changed_figure_is_an_error(quarter):
    quarter.write_all()
    import_observations(quarter.force, quarter.person("analyst"), "later.csv", corrected_records())
    quarter.fix_cut(2)
    errors, _ = queries.checklist(quarter.report)
    assert len(errors) == 1
    assert "“Modern slavery” was written at data version 1" in errors[0]
    assert "modern_slavery_records.r12.value reads “250” and is “252”" in errors[0]
    error = refused(assembly.assemble, quarter.report, by=quarter.person("manager"), version=0)
    assert "252" in error.verdict.reason


def test_assemble_text_of_an_older_data_version_with_equal_figures_is_fine(quarter):
    quarter.write("issue")
    quarter.write("missing-people")
    import_observations(quarter.force, quarter.person("analyst"), "later.csv", corrected_records())
    quarter.write("modern-slavery")
    quarter.fix_cut(2)
    assert queries.checklist(quarter.report)[0] == []
    assembly.assemble(quarter.report, by=quarter.person("manager"), version=0)
    printed = dict(figures(queries.report_document(quarter.report)))
    assert printed["modern_slavery_records.r12.value"] == "252"
    assert printed["missing_persons.r12.value"] == "8,783"


def test_assemble_topic_that_joined_the_outline_later_names_it(quarter):
    quarter.write_all()
    quarter.fix_cut()
    part = {"topic": "roads", "title": "Roads policing", "portfolio": "operations"}
    parts = [*OUTLINE["parts"], {"title": "Roads", "sections": [part]}]
    outlines.load({**OUTLINE, "parts": parts}, by=quarter.person("manager"))
    assert OutlineEntry.objects.count() == 4
    errors, _ = queries.checklist(quarter.report)
    assert errors == ["“Roads policing” stands in the outline but has no section this quarter."]


def test_check_report_with_newer_figures_and_no_meeting_warns_of_both(quarter):
    quarter.write_all()
    quarter.fix_cut(1)
    import_observations(quarter.force, quarter.person("analyst"), "later.csv", corrected_records())
    errors, warnings = queries.checklist(quarter.report)
    assert errors == []
    assert any("The date of the meeting is not given" in words for words in warnings)
    assert any("data version 2" in words and "version 1" in words for words in warnings)


def test_make_document_of_an_assembled_report_holds_numbers_figures_and_facts(quarter):
    document = queries.report_document(quarter.assemble(), "DRAFT 1")
    assert (document.title, document.organisation) == ("Performance report", "Lancashire Constabulary")
    assert document.period == "2020/21 Q2, July to September 2020"
    assert [heading(part) for part in document.parts] == ["1 Issue", "2 Supporting vulnerable people"]
    assert [heading(section) for section in document.parts[1].sections] == ["2.a Missing people", "2.b Modern slavery"]
    assert document.parts[0].sections == () and len(document.parts[0].blocks) == 1
    printed = dict(figures(document))
    # 10,236 → 8,783: −1,453, which is −14.2 %
    assert printed["missing_persons.r12.change"] == "−14% (−1,453)"
    assert printed["modern_slavery_records.r12.previous"] == "140"
    assert [chart_title(document.parts[1].sections[1].blocks[-1])] == [
        "Chart 1: Do investigations of domestic abuse rise?"
    ]
    assert table_title(document.parts[1].sections[0].blocks[-1]) == "Table 1: Time to answer, 12 months"
    assert [block.number for block in document.appendix] == [2, 3, 4, 5]
    assert len(charts(document)) == 1
    assert any("The crimes among the records are the measure" in note for note in document.notes)
    assert any("data version 1" in source for source in document.sources)
    assert document.labels == ()


def test_make_document_with_invented_figures_labels_them_on_the_cover(quarter):
    head = "row_id,indicator,part,area,window,start,end,reported_for,statistic,value,numerator,denominator,status," \
        "basis,qualifier,period_printed,source,note"  # fmt: skip
    row = ",police_volunteers,,lancashire,not-stated,,,2020-21-Q2,,5300,,,,,over,,invented,"
    import_observations(quarter.force, quarter.person("analyst"), "volunteers.csv", f"{head}\n{row}\n".encode())
    for topic in ("missing-people", "modern-slavery"):
        quarter.write(topic)
    quarter.write("issue", "There are {{ police_volunteers.not-stated.value }} volunteers.")
    quarter.fix_cut(2)
    assembly.assemble(quarter.report, by=quarter.person("manager"), version=0)
    document = queries.report_document(quarter.report)
    assert dict(figures(document))["police_volunteers.not-stated.value"] == "over 5,300"
    (label,) = document.labels
    assert label.startswith("Invented: Invented for the demonstration")


def test_open_quarter_twice_is_a_conflict_and_keeps_one_report(quarter):
    error = refused(
        assembly.open_quarter, quarter.force, quarter.cycle.outline, Quarter(2020, 2), by=quarter.person("manager")
    )
    assert error.verdict.is_conflict
    assert Report.objects.count() == 1
    nxt = assembly.open_quarter(quarter.force, quarter.cycle.outline, Quarter(2020, 3), by=quarter.person("manager"))
    assert nxt.cycle.quarter == Quarter(2020, 3)
    assert nxt.cycle.sections.count() == 3
