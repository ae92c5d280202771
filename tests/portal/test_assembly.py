"""Putting a report together: who may, what keeps it back, which text stands where. With a small quarter for others."""

from pathlib import Path

import pytest
from django.conf import settings

from indicators import tasks
from indicators.actions import imports
from indicators.choices import ImportKind, ImportState
from indicators.models.exhibit import Exhibit
from indicators.models.job import Job
from indicators.models.portfolio import Portfolio
from indicators.people import Refused
from indicators.periods import Quarter
from narratives.actions import cycles, drafting, outlines, review
from narratives.documents import Paragraph, chart_title, charts, figures, heading, table_title
from narratives.models.outline import OutlineEntry
from portal import queries
from portal.actions import assembly
from portal.choices import ReportState
from portal.models.report import Report
from portal.models.role import RoleHolding
from portal.models.user import User

FILES = Path(settings.BASE_DIR) / "portal" / "demonstration" / "files"
OUTLINE = {
    "slug": "quarterly",
    "name": "Quarterly report",
    "report_title": "Performance report",
    "addressed_to": "Police and Crime Commissioner for Lancashire",
    "meeting": "Strategic Scrutiny Meeting",
    "marking": "OFFICIAL",
    "starts_on": "2020-04-01",
    "parts": [
        {
            "title": "Issue",
            "sections": [{"topic": "issue", "title": "Issue", "portfolio": "crime", "is_lettered": False}],
        },
        {
            "title": "Supporting vulnerable people",
            "sections": [
                {"topic": "missing-people", "title": "Missing people", "portfolio": "crime"},
                {"topic": "modern-slavery", "title": "Modern slavery", "portfolio": "crime"},
            ],
        },
    ],
}
TEXTS = {
    "issue": "To note the performance of the quarter.",
    "missing-people": "Missing people: **{{ missing_persons.r12.change }}**, to {{ missing_persons.r12.value }}.\n\n"
    "{{ exhibit.answering }}",
    "modern-slavery": "There were {{ modern_slavery_records.r12.value }} records of modern slavery, before "
    "{{ modern_slavery_records.r12.previous }}.\n\n- Of forced labour: {{ modern_slavery_records.nc88.r12.value }}\n\n"
    "{{ exhibit.investigations }}",
}


def work(task: str, subject_id: int) -> None:
    """Do what a worker does with the open job of a subject."""
    job = Job.objects.filter(task=task, subject_id=subject_id).latest("id")
    getattr(tasks, task.rpartition(".")[2])(job.pk)


def import_observations(force, by, name="observations-2020-21-Q2.csv", content=None):
    """Take a tidy file from receipt to figures through the real actions."""
    content = (FILES / name).read_bytes() if content is None else content
    data_import, _ = imports.receive(force, ImportKind.OBSERVATIONS, name, [content], by=by)
    work(imports.STAGE_TASK, data_import.pk)
    data_import.refresh_from_db()
    assert data_import.state == ImportState.STAGED, [each.message for each in data_import.problems.all()]
    imports.confirm(data_import, by=by, reason="For this test")
    work(imports.APPLY_TASK, data_import.pk)
    data_import.refresh_from_db()
    assert data_import.state == ImportState.APPLIED
    return data_import


def corrected_records() -> bytes:
    """A later file in which the records of modern slavery read 252 instead of 250."""
    lines = (FILES / "observations-2020-21-Q2.csv").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if ",modern_slavery_records,,lancashire,r12," in line and "2020-09-30" in line]
    assert len(rows) == 1 and ",250," in rows[0]
    return "\n".join([lines[0], rows[0].replace(",250,", ",252,"), ""]).encode()


def account(name: str, role: str, portfolio: Portfolio | None = None) -> User:
    """An account with a role and without a password: hashing one takes longer than the rest of a test."""
    user = User.objects.create(email=f"{name.lower().replace(' ', '.')}@example.test", name=name)
    RoleHolding.objects.create(user=user, role=role, portfolio=portfolio)
    return user


class SmallQuarter:
    """A force with figures, an outline of three sections, the people of a quarter, and its open report."""

    def __init__(self, force) -> None:
        crime = Portfolio.objects.get(slug="crime")
        self.force = force
        self.users = {
            "analyst": account("Ada Analyst", "analyst"),
            "lead": account("Lena Lead", "lead", crime),
            "reviewer": account("Rhona Reviewer", "reviewer"),
            "manager": account("Mark Manager", "report-manager"),
            "approver": account("Alma Approver", "approver"),
            "commissioner": account("Clara Commissioner", "commissioner"),
            "auditor": account("Audrey Auditor", "auditor"),
        }
        import_observations(force, self.person("analyst"))
        self.exhibits(crime)
        outline = outlines.load(OUTLINE, by=self.person("manager"))
        self.cycle = cycles.open_cycle(force, outline, Quarter(2020, 2), by=self.person("manager"))
        self.report = assembly.open_report(self.cycle, by=self.person("manager"))

    def exhibits(self, portfolio: Portfolio) -> None:
        columns = [
            {"heading": "{previous_period}", "window": "r12", "aspect": "previous"},
            {"heading": "{period}", "window": "r12", "aspect": "value"},
            {"heading": "Change", "window": "r12", "aspect": "change"},
        ]
        rows = [{"series": "calls_999_time_to_answer"}, {"series": "calls_101_time_to_answer"}]
        Exhibit.objects.create(
            key="answering",
            title="Time to answer, 12 months",
            portfolio=portfolio,
            definition={"kind": "table", "row_heading": "Calls", "columns": columns, "rows": rows},
        )
        Exhibit.objects.create(
            key="investigations",
            title="Do investigations of domestic abuse rise?",
            portfolio=portfolio,
            definition={"kind": "line", "series": ["domestic_abuse_investigations"], "months": 13},
        )

    def person(self, role: str):
        return self.users[role].person

    def section(self, topic: str):
        return self.cycle.sections.get(topic__slug=topic)

    def write(self, topic: str, text: str = "") -> None:
        """Save, send and approve a section by the people whose work that is."""
        section = self.section(topic)
        drafting.save(section, text or TEXTS[topic], by=self.person("lead"), version=section.version)
        section.refresh_from_db()
        review.submit(section, by=self.person("lead"), version=section.version)
        section.refresh_from_db()
        review.approve(section, by=self.person("reviewer"), version=section.version)

    def write_all(self) -> None:
        for topic in TEXTS:
            self.write(topic)

    def fix_cut(self, version: int = 1) -> None:
        cycles.fix_cut(self.cycle, version, by=self.person("manager"))
        self.report = Report.objects.get(pk=self.report.pk)

    def assemble(self) -> Report:
        """Write everything, fix the cut and put the report together."""
        self.write_all()
        self.fix_cut()
        assembly.assemble(self.report, by=self.person("manager"), version=self.report.version)
        return self.report


@pytest.fixture
def quarter(force):
    return SmallQuarter(force)


def refused(action, *args, **kwargs) -> Refused:
    with pytest.raises(Refused) as caught:
        action(*args, **kwargs)
    return caught.value


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
