"""A small quarter with everything a report needs, made by the real actions, and its people."""

from pathlib import Path

import pytest
from django.conf import settings

from indicators import tasks
from indicators.actions import imports
from indicators.choices import ImportKind, ImportState, JobState
from indicators.models.exhibit import Exhibit
from indicators.models.job import Job
from indicators.models.portfolio import Portfolio
from indicators.people import Refused
from indicators.periods import Quarter
from narratives.actions import cycles, drafting, outlines, review
from narratives.models.cycle import Cycle
from portal.actions import approval, assembly, editions
from portal.choices import ReportState
from portal.models.edition import Edition
from portal.models.report import Report
from portal.models.role import RoleHolding
from portal.models.user import User
from portal.tasks import freeze_edition
from tests import kept

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


def bring_analyst(force) -> User:
    """Return Ada, the only person of a force without figures."""
    kept.bring("an analyst", lambda: account("Ada Analyst", "analyst"), after="force")
    return User.objects.get()


def bring_published_figures(force, analyst: User) -> None:
    """Give the force and its analyst the supplied figures of the published quarter; before anybody signs in."""
    state = "an analyst with the published figures"
    kept.bring(state, lambda: import_observations(force, analyst.person), after="an analyst")


class SmallQuarter:
    """A force with figures, an outline of three sections, the people of a quarter, and its open report."""

    def __init__(self, force, upto: str = "opened") -> None:
        """Open the quarter, or take it up to "assembled", "signed-off" or "presented"."""
        self.force = force
        if not kept.again(f"{upto} quarter", after="force"):
            kept.bring("opened quarter", self._make, after="force")
            self._look_again()
            acts = {"assembled": self.assemble, "signed-off": self.sign_off, "presented": self.present}
            acts.get(upto, self._look_again)()
        self._look_again()

    def _make(self) -> None:
        crime = Portfolio.objects.get(slug="crime")
        self.users = {
            "analyst": account("Ada Analyst", "analyst"),
            "lead": account("Lena Lead", "lead", crime),
            "reviewer": account("Rhona Reviewer", "reviewer"),
            "manager": account("Mark Manager", "report-manager"),
            "approver": account("Alma Approver", "approver"),
            "commissioner": account("Clara Commissioner", "commissioner"),
            "auditor": account("Audrey Auditor", "auditor"),
        }
        import_observations(self.force, self.person("analyst"))
        self.exhibits(crime)
        outline = outlines.load(OUTLINE, by=self.person("manager"))
        cycle = cycles.open_cycle(self.force, outline, Quarter(2020, 2), by=self.person("manager"))
        assembly.open_report(cycle, by=self.person("manager"))

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

        def make() -> None:
            self.write_all()
            self.fix_cut()
            assembly.assemble(self.report, by=self.person("manager"), version=self.report.version)

        kept.bring("assembled quarter", make, after="opened quarter")
        return self._look_again()

    def sign_off(self) -> Report:
        """Put the report together and sign it off, at version 2."""
        self.assemble()

        def make() -> None:
            approval.sign_off(self.report, by=self.person("approver"), version=1)

        kept.bring("signed-off quarter", make, after="assembled quarter")
        return self._look_again()

    def present(self) -> Edition:
        """Sign the report off, if it is not, and do the worker's part of presenting it."""
        if self.report.state == ReportState.OPEN:
            self.sign_off()

        def make() -> None:
            job = editions.present(self.report, by=self.person("manager"), version=2)
            freeze_edition(job.pk)
            job.refresh_from_db()
            assert job.state == JobState.DONE, job.error

        kept.bring("presented quarter", make, after="signed-off quarter")
        self._look_again()
        return Edition.objects.get()

    def _look_again(self) -> Report:
        holdings = RoleHolding.objects.select_related("user")
        self.users = {"manager" if one.role == "report-manager" else one.role: one.user for one in holdings}
        self.cycle = Cycle.objects.get(force=self.force)
        self.report = Report.objects.get(cycle=self.cycle)
        return self.report


def refused(action, *args, **kwargs) -> Refused:
    with pytest.raises(Refused) as caught:
        action(*args, **kwargs)
    return caught.value
