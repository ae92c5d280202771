"""Sign-off: by a chief officer who neither put the report together nor wrote in it, and only as it stands."""

import pytest

from indicators.choices import JobState, Role
from indicators.models.job import Job
from narratives.actions import drafting
from narratives.documents import sha256
from portal import queries
from portal.actions import approval, assembly, editions
from portal.choices import ReportState
from portal.models.report import Report
from portal.models.role import RoleHolding
from tests.portal.small_quarter import TEXTS, SmallQuarter, refused


@pytest.fixture
def quarter(force):
    return SmallQuarter(force, "assembled")


def also(user, role: str, portfolio=None):
    """Give somebody one more role."""
    RoleHolding.objects.create(user=user, role=role, portfolio=portfolio)
    return user.person


def test_sign_off_by_an_approver_keeps_name_and_hash_of_what_was_signed(quarter):
    approval.sign_off(quarter.report, by=quarter.person("approver"), version=1)
    report = Report.objects.get()
    assert (report.state, report.version) == (ReportState.SIGNED_OFF, 2)
    transition = report.transitions.get(verb="sign_off")
    assert (transition.by_name, transition.from_state, transition.version) == ("Alma Approver", "assembled", 2)
    assert transition.document_sha256 == sha256(queries.report_document(report))


def test_sign_off_by_whoever_assembled_it_is_refused_in_any_role(quarter):
    both = also(quarter.users["manager"], Role.APPROVER)
    error = refused(approval.sign_off, quarter.report, by=both, version=1)
    assert "You put this report together" in error.verdict.reason
    assert Report.objects.get().state == ReportState.ASSEMBLED


def test_sign_off_by_whoever_wrote_in_it_is_refused_in_any_role(quarter):
    both = also(quarter.users["lead"], Role.APPROVER)
    error = refused(approval.sign_off, quarter.report, by=both, version=1)
    assert "You wrote a text of this report" in error.verdict.reason


def test_sign_off_by_anybody_but_an_approver_is_refused(quarter):
    for role in quarter.users.keys() - {"approver"}:
        error = refused(approval.sign_off, quarter.report, by=quarter.person(role), version=1)
        assert "Approver" in error.verdict.reason, role
    assert Report.objects.get().transitions.count() == 1


def test_sign_off_with_a_section_opened_again_names_it_as_a_conflict(quarter):
    section = quarter.section("modern-slavery")
    drafting.save(section, TEXTS["modern-slavery"], by=quarter.person("lead"), version=section.version)
    error = refused(approval.sign_off, quarter.report, by=quarter.person("approver"), version=1)
    assert error.verdict.is_conflict
    assert "“Modern slavery” is drafted, not handed in." in error.verdict.reason
    assert "“Missing people”" not in error.verdict.reason
    assert Report.objects.get().state == ReportState.ASSEMBLED


def test_sign_off_of_a_draft_that_was_assembled_anew_meanwhile_is_a_conflict(quarter):
    assembly.assemble(quarter.report, by=quarter.person("manager"), version=1)
    error = refused(approval.sign_off, quarter.report, by=quarter.person("approver"), version=1)
    assert error.verdict.is_conflict
    assert Report.objects.get().state == ReportState.ASSEMBLED


def test_sign_off_twice_by_a_double_click_is_one_decision(quarter):
    for _ in range(2):
        approval.sign_off(quarter.report, by=quarter.person("approver"), version=1)
    assert Report.objects.get().transitions.filter(verb="sign_off").count() == 1


def test_send_back_without_a_reason_is_refused(quarter):
    error = refused(approval.send_back, quarter.report, by=quarter.person("approver"), version=1, reason=" \n")
    assert "Say why" in error.verdict.reason
    assert Report.objects.get().state == ReportState.ASSEMBLED


def test_send_back_with_a_reason_opens_the_report_and_keeps_the_reason(quarter):
    approval.send_back(quarter.report, by=quarter.person("approver"), version=1, reason="Name the operation.")
    report = Report.objects.get()
    assert (report.state, report.version) == (ReportState.OPEN, 2)
    assert report.transitions.get(verb="send_back").reason == "Name the operation."


def test_send_back_after_sign_off_drops_the_order_to_present(quarter):
    approval.sign_off(quarter.report, by=quarter.person("approver"), version=1)
    job = editions.present(quarter.report, by=quarter.person("manager"), version=2)
    approval.send_back(quarter.report, by=quarter.person("approver"), version=2, reason="One name is wrong.")
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.DONE, "The report was sent back meanwhile.")
    assert not Job.objects.filter(state__in=[JobState.WAITING, JobState.RUNNING]).exists()
    assembly.assemble(quarter.report, by=quarter.person("manager"), version=3)
    assert Report.objects.get().draft == 2


def test_take_every_step_writes_one_transition_for_each_version(quarter):
    approver, manager = quarter.person("approver"), quarter.person("manager")
    approval.send_back(quarter.report, by=approver, version=1, reason="Again.")
    assembly.assemble(quarter.report, by=manager, version=2)
    approval.sign_off(quarter.report, by=approver, version=3)
    report = Report.objects.get()
    found = [(row.version, row.verb, row.from_state, row.to_state) for row in report.transitions.order_by("version")]
    assert found == [
        (1, "assemble", "open", "assembled"),
        (2, "send_back", "assembled", "open"),
        (3, "assemble", "open", "assembled"),
        (4, "sign_off", "assembled", "signed-off"),
    ]
    assert report.version == 4
