"""The demonstration's quarter: files go in through the same actions that people use, a worker does the work."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from indicators import tasks
from indicators.actions import areas, definitions, deliveries, imports
from indicators.choices import ImportState, JobState
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.delivery import ExpectedDelivery
from indicators.models.job import Job
from indicators.people import Person
from indicators.readers.areas import read_areas
from portal.demonstration import cases, people
from portal.models.user import User

FILES = Path(__file__).parent / "files"
FORCE, FORCE_NAME = "lancashire", "Lancashire Constabulary"
DEADLINE_SECONDS = 300

Say = Callable[[str], None]


class StepFailed(RuntimeError):
    """A step of the demonstration did not succeed; the message says why."""


def person(name: str) -> Person:
    """Return one of the demonstration's people, as of now."""
    return User.objects.get(email=people.BY_NAME[name].email).person


def define(say: Say) -> Force:
    """Load areas and definitions as the analyst does."""
    by = person("Ada Ainsworth")
    rows, problems = read_areas(FILES / "areas.csv")
    if problems:
        raise StepFailed(problems.listed[0].message)
    force = areas.ensure_force(FORCE, FORCE_NAME)
    counts = areas.load(force, rows, by=by)
    counts |= definitions.load(json.loads((FILES / "definitions.json").read_text(encoding="utf-8")), by=by)
    definitions.load(json.loads((FILES / "groups.json").read_text(encoding="utf-8")), by=by)
    people.give_roles()
    say(f"{counts['districts']} districts, {counts['indicators']} indicators, {counts['targets']} targets")
    return force


def expect(force: Force, say: Say) -> None:
    """Say what should arrive, and what is known not to, as the analyst does."""
    by = person("Ada Ainsworth")
    document = json.loads((FILES / "deliveries.json").read_text(encoding="utf-8"))
    count = deliveries.load(document["deliveries"], force, by=by)
    for entry in document["not_available"]:
        delivery = ExpectedDelivery.objects.get(force=force, name=entry["delivery"])
        first = date.fromisoformat(entry["period"])
        if deliveries.expected(delivery, first).note is None:
            deliveries.set_unavailable(delivery, first, entry["reason"], by=by)
    say(f"{count} deliveries expected")


def case_files(folder: Path) -> cases.CaseFiles:
    """Write the synthetic case files, or find those of an earlier run; the generator is deterministic."""
    folder.mkdir(parents=True, exist_ok=True)
    finished = folder / "finished"
    expected = cases.CaseFiles(
        quarter=folder / "cases-2018-09-to-2020-09.zip", following=folder / "cases-2020-10-to-2020-12.zip"
    )
    if not finished.exists():
        expected = cases.write_cases(folder)
        finished.touch()
    return expected


def load(force: Force, made_for: tuple[str, date], path: Path, reason: str, say: Say) -> DataImport:
    """Take one file from receipt to figures: the analyst sends and confirms it, the worker does the rest.

    `made_for` names the expected delivery that the file is, and the first day of the period it covers.
    """
    by = person("Ada Ainsworth")
    name, first = made_for
    delivery = ExpectedDelivery.objects.get(force=force, name=name)
    data_import, _ = deliveries.receive(delivery, first, path.name, _chunks(path), by=by)
    follow(imports.STAGE_TASK, data_import, say)
    if data_import.state == ImportState.REFUSED:
        problem = data_import.problems.first()
        raise StepFailed(f"{path.name} was refused: {problem.message if problem else 'no reason given'}")
    if data_import.state == ImportState.STAGED:
        imports.confirm(data_import, by=by, reason=reason)
    follow(imports.APPLY_TASK, data_import, say)
    if data_import.state != ImportState.APPLIED or data_import.version is None:
        raise StepFailed(f"{path.name} is {data_import.state}, not applied")
    say(f"{path.name}: {data_import.rows:,} rows, data version {data_import.version.number}")
    return data_import


def follow(task: str, data_import: DataImport, say: Say) -> None:
    """Wake the worker and wait for it, telling the progress of its job."""
    tasks.wake_open(task, data_import.pk)
    deadline, told = time.monotonic() + DEADLINE_SECONDS, ""
    while True:
        job = Job.objects.filter(task=task, subject_id=data_import.pk).order_by("-id").first()
        if job is None or job.state not in {JobState.WAITING, JobState.RUNNING}:
            break
        words = f"{job.step} ({100 * job.done // job.total} %)" if job.total else job.step
        if words and words != told:
            say(words)
            told = words
        if time.monotonic() > deadline:
            raise StepFailed(f"{job.title}: still {job.state} after {DEADLINE_SECONDS} s")
        time.sleep(0.15)
    data_import.refresh_from_db()
    if job is not None and job.state == JobState.QUARANTINED:
        raise StepFailed(f"{job.title}: {job.error}")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1024 * 1024):
            yield chunk
