"""The demonstration's reports: written, reviewed, assembled, signed off and presented by different people.

Everything goes through the actions that the pages call; a decision that a rule refuses fails here as it does there.
"""

import json
import time
from datetime import date
from pathlib import Path

from indicators.actions import definitions
from indicators.choices import JobState
from indicators.models.area import Force
from indicators.models.job import Job
from indicators.people import Person
from indicators.periods import Quarter
from indicators.queries.versions import newest_version
from indicators.tasks import wake_open
from narratives.actions import cycles, drafting, outlines, review
from narratives.models.cycle import Cycle
from narratives.models.section import Section
from portal.actions import approval, assembly, editions
from portal.demonstration.quarter import DEADLINE_SECONDS, FILES, Say, StepFailed, person
from portal.models.edition import Edition
from portal.models.report import Report

WORDS = Path(__file__).parent / "words"
MANAGER, APPROVER, REVIEWER = "Mark Mellor", "Alma Ashworth", "Rhona Ribble"
LEADS = {
    "crime": "Lena Lomax",
    "response-and-contact": "Lena Lomax",
    "neighbourhoods": "Lena Lomax",
    "finance": "Lena Lomax",
    "operations": "Lena Lomax",
    "confidence": "Lena Lomax",
    "public-protection": "Luke Langton",
    "serious-crime": "Luke Langton",
    "criminal-justice": "Luke Langton",
    "people": "Luke Langton",
}
# Who writes instead of the lead: the partner writes the prosecution figures, the deputy one section of her portfolio.
OTHER_WRITERS = {"criminal-justice": "Colin Croft", "public-protection": "Dina Duxbury"}
RETURNED_TOPIC = "anti-social-behaviour"
REASON = "Say since when the COVID-19 marker has been used, so that nobody compares it with the year before."
ADDED = "The marker has been in use since March 2020, so there is no earlier year to compare it with."


def words(quarter: Quarter, section: Section) -> str:
    """Return the demonstration's text for a section, empty when there is none."""
    path = WORDS / quarter.key / f"{section.topic.slug}.md"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def sections(cycle: Cycle) -> list[Section]:
    """Return the sections of a cycle, in the order they were made."""
    return list(cycle.sections.select_related("topic", "portfolio", "cycle").order_by("id"))


def lead(section: Section) -> Person:
    """Return the lead of a section's portfolio."""
    return person(LEADS[section.portfolio.slug])


def reviewer(section: Section) -> Person:
    """Return who reviews a section: the one reviewer is also a lead, so she reviews only others' portfolios."""
    return person(REVIEWER if LEADS[section.portfolio.slug] == "Lena Lomax" else "Lena Lomax")


def open_quarter(force: Force, quarter: Quarter, dates: tuple[date, date, date], say: Say) -> Cycle:
    """Open a cycle and its report, as the report manager does."""
    analyst, manager = person("Ada Ainsworth"), person(MANAGER)
    definitions.load(json.loads((FILES / "exhibits.json").read_text(encoding="utf-8")), by=analyst)
    outline = outlines.load(json.loads((FILES / "outline.json").read_text(encoding="utf-8")), by=manager)
    existing = Cycle.objects.filter(force=force, outline=outline, quarter_key=quarter.key).first()
    if existing is not None:
        say(f"{quarter.label} is open already")
        return existing
    write_by, review_by, meeting_on = dates
    cycle = cycles.open_cycle(
        force, outline, quarter, by=manager, write_by=write_by, review_by=review_by, meeting_on=meeting_on
    )
    assembly.open_report(cycle, by=manager)
    say(f"{len(sections(cycle))} sections opened")
    return cycle


def write(cycle: Cycle, say: Say) -> None:
    """Let leads, a deputy and a partner write and submit every section that has not been started."""
    written, others = 0, dict(OTHER_WRITERS)
    for section in sections(cycle):
        text = words(cycle.quarter, section)
        if section.version or not text:
            continue
        writer = others.pop(section.portfolio.slug, None)
        drafting.save(section, text, by=person(writer) if writer else lead(section), version=section.version)
        section.refresh_from_db()
        review.submit(section, by=lead(section), version=section.version)
        written += 1
    say(f"{written} sections written and submitted")


def return_one(cycle: Cycle, say: Say) -> None:
    """Let a reviewer send one section back with a reason, and its lead mend and resubmit it."""
    section = next(one for one in sections(cycle) if one.topic.slug == RETURNED_TOPIC)
    if section.transitions.filter(verb="request_changes").exists() or section.state != "submitted":
        return
    review.request_changes(section, by=reviewer(section), version=section.version, reason=REASON)
    section.refresh_from_db()
    text = f"{words(cycle.quarter, section).rstrip()}\n\n{ADDED}\n"
    drafting.save(section, text, by=lead(section), version=section.version)
    section.refresh_from_db()
    review.submit(section, by=lead(section), version=section.version)
    say(f"{section.topic.title}: returned, mended and resubmitted")


def approve(cycle: Cycle, say: Say) -> None:
    """Let the reviewers approve what is submitted; nobody approves what they wrote."""
    approved = 0
    for section in sections(cycle):
        if section.state == "submitted":
            review.approve(section, by=reviewer(section), version=section.version)
            approved += 1
    say(f"{approved} sections approved")


def finish(cycle: Cycle, say: Say) -> None:
    """Fix the data cut, assemble, sign off and present; the worker freezes the edition."""
    report = Report.objects.get(cycle=cycle)
    if report.state == "presented":
        say("presented already")
        return
    if cycle.cut is None:
        cycles.fix_cut(cycle, newest_version(cycle.force), by=person(MANAGER))
    if report.state == "open":
        assembly.assemble(report, by=person(MANAGER), version=report.version)
        report.refresh_from_db()
    if report.state == "assembled":
        approval.sign_off(report, by=person(APPROVER), version=report.version)
        report.refresh_from_db()
    editions.present(report, by=person(MANAGER), version=report.version)
    _wait_for_edition(report)
    edition = Edition.objects.filter(report_key=report.pk).latest("number")
    say(f"{edition}: {edition.files.count()} files, hash {edition.sha256[:8]}")


def _wait_for_edition(report: Report) -> None:
    wake_open(approval.FREEZE_TASK, report.pk)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        job = Job.objects.filter(task=approval.FREEZE_TASK, subject_id=report.pk).latest("id")
        if job.state == JobState.DONE:
            return
        if job.state == JobState.QUARANTINED or time.monotonic() > deadline:
            raise StepFailed(f"{job.title}: {job.error or job.state}")
        time.sleep(0.2)


def leave_in_every_state(cycle: Cycle, say: Say) -> None:
    """Leave the sections of the open quarter in every state: not started, drafted, submitted, returned, approved."""
    started = [section for section in sections(cycle) if words(cycle.quarter, section) and not section.version]
    for at, section in enumerate(started):
        drafting.save(section, words(cycle.quarter, section), by=lead(section), version=section.version)
        section.refresh_from_db()
        if at % 4 == 0:
            continue
        review.submit(section, by=lead(section), version=section.version)
        section.refresh_from_db()
        if at % 4 == 2:
            review.request_changes(
                section, by=reviewer(section), version=section.version, reason="Say what the comparison is with."
            )
        if at % 4 == 3:
            review.approve(section, by=reviewer(section), version=section.version)
    states = cycle.sections.values_list("state", flat=True)
    say(", ".join(f"{list(states).count(state)} {state}" for state in sorted(set(states))))
