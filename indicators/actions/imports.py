"""Imports: receiving a file, staging it, confirming and applying it.

A file with any error changes nothing; an applied file makes exactly one data version.
"""

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from indicators import rules
from indicators.actions import aggregates, cases, jobs, observations, versions
from indicators.actions.jobs import Progress
from indicators.choices import IMPORT_TRANSITIONS, ImportKind, ImportState, VersionKind
from indicators.models.area import Force
from indicators.models.data_import import DataImport, ImportProblem
from indicators.models.job import Job
from indicators.people import Person, Refused, Verdict
from indicators.readers.problems import FileRefused, Problems

STAGE_TASK = "indicators.tasks.stage_import"
APPLY_TASK = "indicators.tasks.apply_import"

LIVE = [ImportState.RECEIVED, ImportState.STAGED, ImportState.CONFIRMED, ImportState.APPLIED]


def stored_path(digest: str) -> Path:
    """Return where the bytes with this sha256 are kept; never under a name that a sender chose."""
    return Path(settings.FILES) / digest[:2] / digest


def receive(
    force: Force, kind: ImportKind, file_name: str, chunks: Iterable[bytes], *, by: Person
) -> tuple[DataImport, bool]:
    """Keep a file under its hash and ask for its check. Returns the import, and whether it is new.

    The same bytes for the same force and kind are the same import. Raises Refused for an empty or too large file.
    """
    rules.require(rules.can_receive_import(by))
    digest, size = _keep(chunks)
    same = DataImport.objects.filter(force=force, kind=kind, sha256=digest, state__in=LIVE)
    known = same.first()
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            data_import = DataImport.objects.create(
                force=force, kind=kind, file_name=file_name[-300:], sha256=digest, size=size, received_by_id=by.id
            )
            jobs.ask(STAGE_TASK, data_import.pk, f"Check {data_import.file_name}"[:200], by=by)
    except IntegrityError:
        return same.get(), False
    return data_import, True


def _keep(chunks: Iterable[bytes]) -> tuple[str, int]:
    folder = Path(settings.FILES)
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = sha256(), 0
    with NamedTemporaryFile(dir=folder, prefix="receiving-", delete=False) as kept:
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > settings.UPLOAD_LIMIT:
                    limit = settings.UPLOAD_LIMIT // (1024 * 1024)
                    raise Refused(
                        Verdict(False, f"The file is larger than {limit} MB. Split it by month and send the parts.")
                    )
                digest.update(chunk)
                kept.write(chunk)
            if size == 0:
                raise Refused(Verdict(False, "The file is empty. Nothing was changed. Choose the file again."))
            kept.flush()
            os.fsync(kept.fileno())
        except BaseException as error:
            Path(kept.name).unlink(missing_ok=True)
            if isinstance(error, OSError):
                reason = f"The file could not be kept: {error.strerror}. Nothing was changed. Tell the administrator."
                raise Refused(Verdict(False, reason)) from error
            raise
    path = stored_path(digest.hexdigest())
    path.parent.mkdir(parents=True, exist_ok=True)
    Path(kept.name).replace(path)
    return digest.hexdigest(), size


def move(data_import: DataImport, verb: str, **changes: object) -> None:
    """Change an import's state by a conditional UPDATE; raises Refused when it has moved on meanwhile."""
    allowed_from, target = IMPORT_TRANSITIONS[verb]
    moved = DataImport.objects.filter(pk=data_import.pk, state__in=allowed_from).update(state=target, **changes)
    data_import.refresh_from_db()
    if not moved:
        raise Refused(
            Verdict(False, f"This import is already {data_import.state}: reload the page to see it.", is_conflict=True)
        )


def stage(data_import: DataImport, job: Job, progress: Progress) -> None:
    """Read and check the file; keep its rows apart and count what applying it would change.

    With any problem the import is refused, every problem is listed, and no row is kept.
    """
    if data_import.state != ImportState.RECEIVED:  # abandoned before its turn came
        jobs.finish(job)
        return
    with transaction.atomic():
        rows_of = cases if data_import.kind == ImportKind.CASES else observations
        try:
            staged = rows_of.stage(data_import, stored_path(data_import.sha256), progress)
            problems = staged.problems
        except FileRefused as refused:
            problems, staged = refused.problems, None
        if problems or staged is None:
            rows_of.unstage(data_import)
            _list(data_import, problems)
            move(data_import, "refuse", problem_count=problems.count)
        else:
            months = sorted(month.isoformat() for month in staged.months)
            move(data_import, "stage", rows=staged.rows, months=months, preview=staged.preview)
        jobs.finish(job)


def _refuse_late(data_import: DataImport, problems: Problems, job: Job) -> None:
    """Refuse a confirmed file that had to be read again and no longer fits the definitions of today."""
    with transaction.atomic():
        cases.unstage(data_import)
        _list(data_import, problems)
        move(data_import, "refuse", problem_count=problems.count)
        jobs.finish(job)


def _list(data_import: DataImport, problems: Problems) -> None:
    ImportProblem.objects.filter(data_import=data_import).delete()
    ImportProblem.objects.bulk_create(
        (
            ImportProblem(
                data_import=data_import,
                sheet=problem.sheet[:200],
                row=problem.row,
                column=problem.column[:200],
                value=problem.value[:300],
                message=problem.message,
            )
            for problem in problems.listed
        ),
        batch_size=1000,
    )


def confirm(data_import: DataImport, *, by: Person, reason: str = "") -> None:
    """Agree to what the preview says; a worker then applies it. Warnings need a reason."""
    rules.require(rules.can_confirm_import(by, data_import, reason))
    with transaction.atomic():
        move(data_import, "confirm", confirmed_by_id=by.id, confirmed_at=Now(), reason=reason)
        jobs.ask(APPLY_TASK, data_import.pk, f"Apply {data_import.file_name}"[:200], by=by)


def abandon(data_import: DataImport, *, by: Person) -> None:
    """Throw the staged rows away; the file and its record stay."""
    rules.require(rules.can_abandon_import(by, data_import))
    with transaction.atomic():
        move(data_import, "abandon")
        (cases if data_import.kind == ImportKind.CASES else observations).unstage(data_import)


def apply(data_import: DataImport, job: Job, progress: Progress, *, by: Person) -> None:
    """Apply a confirmed import: rows, cells and figures in one transaction that makes one data version."""
    if data_import.kind == ImportKind.CASES:
        try:
            cases.prepare(data_import, stored_path(data_import.sha256), progress)
        except FileRefused as refused:
            _refuse_late(data_import, refused.problems, job)
            return
    with transaction.atomic():
        version = versions.take(data_import.force, VersionKind.IMPORT, by=by, reason=data_import.reason)
        if data_import.kind == ImportKind.CASES:
            months = cases.apply(data_import, version, progress)
            progress.tell("Computing the figures")
            aggregates.recompute_cases(data_import.force, version, months)
        else:
            touched = observations.apply(data_import, version)
            progress.tell("Computing the figures")
            aggregates.recompute_observations(data_import.force, version, touched)
        move(data_import, "apply", version=version)
        jobs.finish(job)
