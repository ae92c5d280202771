"""Imports: receiving a file, staging it, confirming and applying it.

A file with any error changes nothing unless a person accepts it without its faulty rows; an applied file makes
exactly one data version, and taking it back makes another.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models.functions import Now
from psycopg.errors import LockNotAvailable

from indicators import rules, supply_rules
from indicators.actions import aggregates, cases, foreseeing, jobs, observations, reverting, staging, versions
from indicators.actions.jobs import Progress
from indicators.choices import Coverage, ImportKind, ImportState, JobState, PartState, VersionKind
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.feed import OfficialFeed
from indicators.models.job import Job
from indicators.models.profile import CaseProfile, SheetProfile
from indicators.people import Person, Refused, Verdict
from indicators.permissions import IMPORT_TRANSITIONS
from indicators.queries.partner_returns import was_sent_again
from indicators.readers.problems import FileRefused

STAGE_TASK = "indicators.tasks.stage_import"
APPLY_TASK = "indicators.tasks.apply_import"
REVERT_TASK = "indicators.tasks.revert_import"
LOCK_TRIES = 5

LIVE = [ImportState.RECEIVED, ImportState.STAGED, ImportState.CONFIRMED, ImportState.APPLIED]


@dataclass(frozen=True, slots=True)
class WideSheets:
    """By which profile wide sheets are read; and the quarter and name of the report, if one printed their values."""

    profile: SheetProfile
    printed_in: str = ""
    report_name: str = ""


def undecided(by: Person) -> int:
    """Count the files that somebody sent and nobody has decided on."""
    open_states = [ImportState.RECEIVED, ImportState.STAGED]
    return DataImport.objects.filter(received_by_id=by.id, state__in=open_states).count()


def stored_path(digest: str) -> Path:
    """Return where the bytes with this sha256 are kept; never under a name that a sender chose."""
    return Path(settings.FILES) / digest[:2] / digest


def receive(
    force: Force,
    kind: ImportKind,
    file_name: str,
    chunks: Iterable[bytes],
    *,
    by: Person,
    profile: CaseProfile | None = None,
    feed: OfficialFeed | None = None,
    wide: WideSheets | None = None,
    is_partial: bool = False,
) -> tuple[DataImport, bool]:
    """Keep a file under its hash and ask for its check. Returns the import, and whether it is new.

    The same bytes for the same force and kind are the same import; read by another profile or feed, or as printed in
    another report, they are another. A partial file holds only some cases of its months: it removes none. What a
    profile or a feed says now is kept with the import: later changes of it change nothing here. Raises Refused for an
    empty or too large file, and for a profile or a feed that is not for this force and kind.
    """
    rules.require(rules.can_receive_import(by, undecided(by)))
    if profile is not None:
        rules.require(rules.can_read_by_profile(profile, force.pk, kind))
        is_partial = profile.definition["coverage"] == Coverage.PARTIAL
    rules.require(rules.can_read_by_feed(feed, force.pk, kind))
    if wide is not None:
        rules.require(rules.can_read_wide_sheets(wide.profile, force.pk, kind, wide.printed_in))
    return admit(force, kind, file_name, chunks, by=by, is_partial=is_partial, read_as=_read_as(profile, feed, wide))


def admit(
    force: Force,
    kind: ImportKind,
    file_name: str,
    chunks: Iterable[bytes],
    *,
    by: Person,
    is_partial: bool = False,
    read_as: dict[str, Any] | None = None,
) -> tuple[DataImport, bool]:
    """Keep a file that may be received and ask for its check, as `receive` does; the rules were asked before."""
    read_as = {**_read_as(None, None, None), **(read_as or {})}
    digest, size = keep(chunks)
    apart = {name: read_as[name] for name in ("profile", "sheet_profile", "feed", "printed_in")}
    same = DataImport.objects.filter(force=force, kind=kind, sha256=digest, state__in=LIVE, **apart)
    known = same.first()
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            data_import = DataImport.objects.create(
                force=force,
                kind=kind,
                file_name=file_name[-300:],
                sha256=digest,
                size=size,
                is_partial=is_partial,
                **read_as,
                received_by_id=by.id,
            )
            jobs.ask(STAGE_TASK, data_import.pk, f"Check {data_import.file_name}"[:200], by=by)
    except IntegrityError:
        return same.get(), False
    return data_import, True


def _read_as(profile: CaseProfile | None, feed: OfficialFeed | None, wide: WideSheets | None) -> dict[str, Any]:
    """Return what an import keeps of how its file is read."""
    read_by = profile or feed or (wide.profile if wide else None)
    return {
        "profile": profile,
        "feed": feed,
        "sheet_profile": wide.profile if wide else None,
        "printed_in": wide.printed_in if wide else "",
        "report_name": wide.report_name if wide else "",
        "profile_version": read_by.version if read_by else None,
        "layout": read_by.definition if read_by else {},
    }


def keep(chunks: Iterable[bytes], place: Callable[[str], Path] = stored_path) -> tuple[str, int]:
    """Keep bytes where `place` says by their sha256; returns it and their number. Refused for none or too many."""
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
    path = place(digest.hexdigest())
    path.parent.mkdir(parents=True, exist_ok=True)
    Path(kept.name).replace(path)
    return digest.hexdigest(), size


def move(data_import: DataImport, verb: str, **changes: object) -> None:
    """Change an import's state by a conditional UPDATE; raises Refused when it has moved on meanwhile."""
    allowed_from, target = IMPORT_TRANSITIONS[verb]
    moved = DataImport.objects.filter(pk=data_import.pk, state__in=allowed_from).update(state=target, **changes)
    data_import.refresh_from_db()
    if not moved:
        state = ImportState(data_import.state).words
        raise Refused(Verdict(False, f"This import is already {state}: reload the page to see it.", is_conflict=True))


def stage(data_import: DataImport, job: Job, progress: Progress) -> None:
    """Read and check the file; keep its rows apart and count what applying it would change.

    With any problem the import is refused and every problem is listed. Where only single rows are wrong, the others
    stay apart, so that a person may accept the file without them.
    """
    if data_import.state != ImportState.RECEIVED:  # abandoned before its turn came
        jobs.finish(job)
    elif data_import.kind == ImportKind.CASES:
        _stage_cases(data_import, job, progress)
    else:
        _stage_observations(data_import, job, progress)


def _stage_cases(data_import: DataImport, job: Job, progress: Progress) -> None:
    """Read the parts of a case file with whoever is free, then put together what they found."""
    problems = cases.read(data_import, stored_path(data_import.sha256), progress)
    with transaction.atomic():
        if problems:
            staging.list_problems(data_import, problems.listed)
            move(data_import, "refuse", problem_count=problems.count)
        else:
            progress.tell("Working out what would change")
            found = cases.outcome(data_import)
            data_import.preview = found.get("preview", {})
            if data_import.preview and cases.can_move_figures(data_import):
                data_import.preview["moves"] = foreseeing.moves(data_import)
            move(data_import, "refuse" if found["problem_count"] else "stage", **found)
            if found["problem_count"] and not found["left_out"]:
                staging.unstage(data_import)
        jobs.finish(job)


def _stage_observations(data_import: DataImport, job: Job, progress: Progress) -> None:
    with transaction.atomic():
        try:
            staged = observations.stage(data_import, stored_path(data_import.sha256), progress)
            problems = staged.problems
        except FileRefused as refused:
            problems, staged = refused.problems, None
        if problems or staged is None:
            observations.unstage(data_import)
            staging.list_problems(data_import, problems.listed)
            move(data_import, "refuse", problem_count=problems.count)
        else:
            months = sorted(month.isoformat() for month in staged.months)
            preview = {**staged.preview, "moves": foreseeing.moves(data_import)}
            move(data_import, "stage", rows=staged.rows, months=months, preview=preview)
        jobs.finish(job)


def plan(data_import: DataImport) -> int:
    """Divide a case file into parts; returns how many of them other workers could be woken for."""
    if data_import.state != ImportState.RECEIVED or data_import.kind != ImportKind.CASES:
        return 0
    staging.plan(data_import, stored_path(data_import.sha256))
    return data_import.parts.filter(state=PartState.WAITING).count()


def help_read(data_import: DataImport) -> None:
    """Read parts of a case file that another worker looks after, until none waits."""
    if data_import.state == ImportState.RECEIVED:
        staging.share(data_import, stored_path(data_import.sha256))


def confirm(data_import: DataImport, *, by: Person, reason: str = "") -> None:
    """Agree to what the preview says; a worker then applies it. Warnings need a reason."""
    rules.require(rules.can_confirm_import(by, data_import, reason))
    agree(data_import, "confirm", by, reason)


def accept(data_import: DataImport, *, by: Person, reason: str) -> None:
    """Have a refused file applied without its faulty rows; its months are then marked incomplete."""
    rules.require(rules.can_accept_import(by, data_import, reason))
    try:
        agree(data_import, "accept", by, reason)
    except IntegrityError as error:
        raise Refused(
            Verdict(False, "The same file was sent again meanwhile: go on with the newer import.", is_conflict=True)
        ) from error


def agree(data_import: DataImport, verb: str, by: Person, reason: str) -> None:
    """Move an import on to be applied by a worker; the rules were asked before."""
    rules.require(supply_rules.is_newest_return(was_sent_again=was_sent_again(data_import)))
    with transaction.atomic():
        move(data_import, verb, confirmed_by_id=by.id, confirmed_at=Now(), reason=reason)
        jobs.ask(APPLY_TASK, data_import.pk, f"Apply {data_import.file_name}"[:200], by=by)


def abandon(data_import: DataImport, *, by: Person) -> None:
    """Throw the staged rows away; the file and its record stay."""
    rules.require(rules.can_abandon_import(by, data_import))
    with transaction.atomic():
        move(data_import, "abandon")
        (staging if data_import.kind == ImportKind.CASES else observations).unstage(data_import)


def apply(data_import: DataImport, job: Job, progress: Progress, *, by: Person) -> None:
    """Apply a confirmed import: rows, cells and figures in one transaction that makes one data version.

    A file that was compared with what has changed since is checked again, and asks for a new confirmation.
    """
    try:
        with_lock_retry(partial(_apply, data_import, job, progress, by))
    except cases.Outdated:
        with transaction.atomic():
            check_again(data_import, by=by)
            jobs.finish(job)


@transaction.atomic
def check_again(data_import: DataImport, *, by: Person) -> None:
    """Have a checked case file checked again, as the ground it was compared with has moved."""
    staging.unstage(data_import)
    data_import.problems.all().delete()
    move(data_import, "restage", confirmed_by_id=None, confirmed_at=None, problem_count=0, left_out=0)
    Job.objects.filter(task=APPLY_TASK, subject_id=data_import.pk, state=JobState.WAITING).update(state=JobState.DONE)
    jobs.ask(STAGE_TASK, data_import.pk, f"Check {data_import.file_name} again"[:200], by=by)


@transaction.atomic
def _apply(data_import: DataImport, job: Job, progress: Progress, by: Person) -> None:
    version = versions.take(data_import.force, VersionKind.IMPORT, by=by, reason=data_import.reason)
    if data_import.kind == ImportKind.CASES:
        months = cases.apply(data_import, version, progress.tell)
        progress.tell("Computing the figures")
        aggregates.recompute_cases(data_import.force, version, months)
    else:
        touched = observations.apply(data_import, version)
        progress.tell("Computing the figures")
        aggregates.recompute_observations(data_import.force, version, touched)
    move(data_import, "apply", version=version)
    jobs.finish(job)


def ask_revert(data_import: DataImport, *, by: Person, reason: str) -> None:
    """Ask for an applied import to be taken back as a whole; a worker does it."""
    rules.require(rules.can_revert_import(by, data_import, reason))
    rules.require(reverting.can_be_reverted(data_import))
    with transaction.atomic():
        DataImport.objects.filter(pk=data_import.pk).update(revert_reason=reason)
        jobs.ask(REVERT_TASK, data_import.pk, f"Revert {data_import.file_name}"[:200], by=by)


def revert(data_import: DataImport, job: Job, progress: Progress, *, by: Person) -> None:
    """Bring everything an import touched back to what it was, under a new data version."""
    try:
        with_lock_retry(partial(_revert, data_import, job, progress, by))
    except Refused as refused:  # a later import was applied since it was asked for
        jobs.give_up(job, str(refused))


@transaction.atomic
def _revert(data_import: DataImport, job: Job, progress: Progress, by: Person) -> None:
    version = versions.take(data_import.force, VersionKind.REVERT, by=by, reason=data_import.revert_reason)
    rules.require(reverting.can_be_reverted(data_import))
    progress.tell("Taking the import back")
    if data_import.kind == ImportKind.CASES:
        months = reverting.revert_cases(data_import, version)
        progress.tell("Computing the figures")
        aggregates.recompute_cases(data_import.force, version, months)
    else:
        touched = reverting.revert_observations(data_import, version)
        aggregates.recompute_observations(data_import.force, version, touched)
    move(data_import, "revert", reverted_version=version)
    jobs.finish(job)


def with_lock_retry(act: Callable[[], None]) -> None:
    """Do a transaction again when a reader held a table too long; the last failure is raised."""
    for tries_left in reversed(range(LOCK_TRIES)):
        try:
            act()
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable) or not tries_left:
                raise
        else:
            return
