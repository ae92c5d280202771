"""What the commands that import share: receive, follow the worker, show the preview, confirm."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from indicators import previews, tasks
from indicators.actions import deliveries, imports
from indicators.choices import ImportKind, ImportState, JobState
from indicators.formatting import counted
from indicators.management.commands._people import analyst
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.delivery import ExpectedDelivery
from indicators.models.feed import OfficialFeed
from indicators.models.job import Job
from indicators.models.profile import CaseProfile, SheetProfile
from indicators.people import Person, Refused

AnyProfile = TypeVar("AnyProfile", CaseProfile, SheetProfile)

CHUNK = 1024 * 1024
# A worker claims a job at once; when none does, this process does the work itself.
PATIENCE_SECONDS = 4.0
PROBLEMS_SHOWN = 50


class ImportCommand(BaseCommand):
    """Load one file. Without --yes it stops at the preview and changes nothing."""

    kind: ImportKind

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", required=True, help="short name of the force, for example lancashire")
        parser.add_argument("--as", dest="email", required=True, help="e-mail address of the analyst")
        parser.add_argument("--delivery", help="name of the expected delivery that this file is")
        parser.add_argument("--period", type=date.fromisoformat, help="first day it covers, for example 2020-10-01")
        if self.kind == ImportKind.OFFICIAL:
            parser.add_argument("--feed", help="name of the mapping by which the tables are read")
        else:
            words = "name of the force's profile by which its own extract or sheets are read"
            parser.add_argument("--profile", help=words)
        if self.kind == ImportKind.OBSERVATIONS:
            parser.add_argument("--printed-in", default="", help="quarter of the report that printed the values first")
            parser.add_argument("--report", default="", help="name of that report")
        parser.add_argument("--yes", action="store_true", help="apply the file after the preview")
        parser.add_argument("--reason", default="", help="why it is applied although the preview warns")
        parser.add_argument(
            "--without-faulty-rows",
            action="store_true",
            help="apply a file although single rows are wrong; needs --reason",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Receive, check, preview, and with --yes apply."""
        by = analyst(options["email"])
        force = Force.objects.filter(slug=options["force"]).first()
        if force is None:
            raise CommandError(f"There is no force “{options['force']}”. Load its areas first: manage.py load_areas")
        try:
            data_import, is_new = self._receive(force, by, options)
            if not is_new:
                self.stdout.write(f"The same file as import {data_import.pk} (sha256 {data_import.sha256[:12]}).")
            self._follow(data_import, imports.STAGE_TASK)
            self._show(data_import, is_accepting=options["yes"] and options["without_faulty_rows"])
            if not options["yes"]:
                self.stdout.write("Nothing was changed. Add --yes to apply it.")
                return
            if data_import.state == ImportState.STAGED:
                imports.confirm(data_import, by=by, reason=options["reason"])
            elif data_import.is_acceptable and options["without_faulty_rows"]:
                imports.accept(data_import, by=by, reason=options["reason"])
            self._follow(data_import, imports.APPLY_TASK)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        if data_import.state != ImportState.APPLIED:
            raise CommandError(f"The import is {ImportState(data_import.state).words}. Nothing was changed.")
        assert data_import.version is not None  # noqa: S101 - a constraint of the database says so
        self.stdout.write(f"Applied: {counted(data_import.rows, 'row')}, data version {data_import.version.number}.")

    def _receive(self, force: Force, by: Person, options: dict[str, Any]) -> tuple[DataImport, bool]:
        """Receive the file; with --delivery and --period as the one that is expected."""
        file, name, first = options["file"], options["delivery"], options["period"]
        given = next((word for word in ("profile", "feed") if options.get(word)), "")
        if name and given:
            raise CommandError(f"Leave --{given} out: an expected delivery says itself how it is read.")
        if not name:
            return imports.receive(force, self.kind, file.name, _chunks(file), by=by, **self._read_by(force, options))
        expected = ExpectedDelivery.objects.filter(force=force, kind=self.kind, name=name).first()
        if expected is None or first is None:
            raise CommandError(f"Give --delivery and --period: a delivery of {self.kind} as it stands on the board.")
        return deliveries.receive(expected, first, file.name, _chunks(file), by=by)

    def _read_by(self, force: Force, options: dict[str, Any]) -> dict[str, Any]:
        """Return how the file is read: what `imports.receive` asks for."""
        if self.kind == ImportKind.OFFICIAL:
            if not options["feed"]:
                raise CommandError("Give --feed, the mapping by which the tables are read; or --delivery and --period.")
            return {"feed": _feed(force, options["feed"])}
        if self.kind == ImportKind.CASES:
            return {"profile": _named(CaseProfile.objects.filter(force=force), force, options["profile"])}
        profile = _named(SheetProfile.objects.filter(force=force), force, options["profile"])
        if profile is None and options["printed_in"]:
            raise CommandError("A tidy file names the report itself. Give --profile, or leave --printed-in out.")
        return {"wide": profile and imports.WideSheets(profile, options["printed_in"], options["report"])}

    def _follow(self, data_import: DataImport, task: str) -> None:
        """Show the open job of this task until it has ended; do it here when no worker takes it."""
        job = Job.objects.filter(task=task, subject_id=data_import.pk).order_by("-id").first()
        if job is not None and job.state == JobState.WAITING:
            tasks.wake(job)
        patience, shown = time.monotonic() + PATIENCE_SECONDS, ""
        while job is not None and job.state in {JobState.WAITING, JobState.RUNNING}:
            if job.state == JobState.WAITING and time.monotonic() > patience:
                import_string(job.task)(job.pk)
            words = f"{job.title}: {job.words if job.state == JobState.RUNNING else job.state}"
            if words != shown:
                self.stdout.write(words)
                shown = words
            time.sleep(0.2)
            job.refresh_from_db()
        data_import.refresh_from_db()
        if job is not None and job.state == JobState.QUARANTINED:
            raise CommandError(job.error)

    def _show(self, data_import: DataImport, *, is_accepting: bool) -> None:
        """Print the preview, or every problem and end."""
        if data_import.state == ImportState.REFUSED:
            for problem in data_import.problems.all()[:PROBLEMS_SHOWN]:
                place = ", ".join(
                    word
                    for word in (problem.sheet, f"row {problem.row}" if problem.row else "", problem.column)
                    if word
                )
                self.stderr.write(f"{place}: {problem.value!r}: {problem.message}")
            words = f"{counted(data_import.problem_count, 'problem')} in {data_import.file_name}. Nothing was changed."
            if not (is_accepting and data_import.is_acceptable):
                way = " To apply it without these rows: --yes --without-faulty-rows --reason."
                raise CommandError(words + way * data_import.is_acceptable)
        totals = previews.totals(data_import.preview)
        counts = ", ".join(f"{count:,} {words}" for words, count in totals.items())
        size = f"{counted(data_import.rows, 'row')}, {counted(len(data_import.months), 'month')}"
        self.stdout.write(f"{size}: {counts}")
        for words in (*data_import.preview.get("notes", []), *data_import.preview.get("warnings", [])):
            self.stdout.write(f"Note: {words}")
        for one in data_import.preview.get("totals", {}).get("listed", []):
            self.stdout.write(f"Not compared: {one['where']}: {one['why']}")
        for one in data_import.preview.get("uses", []):
            for line in one["lines"]:
                self.stdout.write(f"{one['name']}: {line['values']}. {line['words']}")


def _named(profiles: QuerySet[AnyProfile], force: Force, name: str | None) -> AnyProfile | None:
    """Return the profile of this name among those of a force, None for the portal's own format."""
    if not name:
        return None
    profile = profiles.filter(name=name).first()
    if profile is None:
        usable = profiles.filter(is_retired=False, version__gt=0).order_by("name")
        names = ", ".join(f"“{one.name}”" for one in usable) or "none yet"
        raise CommandError(f"{force.name} has no profile “{name}”. Its profiles are: {names}.")
    return profile


def _feed(force: Force, name: str) -> OfficialFeed:
    """Return the mapping of this name."""
    feed = OfficialFeed.objects.filter(force=force, name=name).first()
    if feed is None:
        usable = OfficialFeed.objects.filter(force=force, is_retired=False, version__gt=0).order_by("name")
        names = ", ".join(f"“{one.name}”" for one in usable) or "none yet"
        raise CommandError(f"{force.name} has no mapping “{name}”. Its mappings are: {names}.")
    return feed


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
