"""Reading a case file side by side: its parts are claimed by whoever is free, one month each where the names tell.

Each part ends in one transaction: staged tables of its months, their cells, and what applying them would change.
A part whose worker died is claimed again; the attempt stands in the names of its tables, so nothing is mixed up.
"""

import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Now

from indicators.actions import case_tables, cells, comparing
from indicators.actions.case_copy import Encoder, Filling
from indicators.actions.case_tables import Place
from indicators.actions.jobs import LeaseLost, Progress
from indicators.actions.repeats import Repeats
from indicators.choices import AreaKind, ImportState, PartState
from indicators.models.area import Area, Force
from indicators.models.case import CaseMonth, StagedCell
from indicators.models.category import Category, Flag
from indicators.models.data_import import DataImport, ImportProblem
from indicators.models.import_part import ImportPart
from indicators.readers.case_values import CaseValues
from indicators.readers.cases import CaseBatch, CaseLookups, CaseReader
from indicators.readers.layouts import Layout, parse_layout
from indicators.readers.problems import LISTED, Problem, Problems

LEASE = timedelta(seconds=20)
RENEWED_EVERY = 2.0  # seconds
WAIT = 0.1  # seconds between looks at the parts that others read
MOST_ATTEMPTS = 3
BUFFERED = 1_000  # rows of one month sent to the database at once
HASHES = 1 << 128
TRACKED = 300_000  # keys of one part, about 80 MB
DECIDED_WITHIN = timedelta(days=7)


@dataclass(slots=True)
class MonthRead:
    """One month of one part while it is read: its table, what waits to be sent, and what is known of it."""

    place: Place
    table: str
    member: str | None = None
    encoded: list[bytes] = field(default_factory=list)
    waiting: int = 0
    rows: int = 0
    content_sum: int = 0
    repeats: Repeats = field(default_factory=Repeats)
    held: CaseMonth | None = None
    is_unchanged: bool = False

    def take(self, batch: CaseBatch, encoder: Encoder, *, is_tracked: bool) -> None:
        """Take in cases of the month."""
        ordinals = self.repeats.ordinals(batch.keys, batch.contents, is_tracked=is_tracked)
        self.encoded.append(encoder.rows_of(batch, ordinals))
        self.waiting += len(batch)
        self.rows += len(batch)
        self.content_sum += sum(map(int.from_bytes, batch.contents))

    def send(self, filling: Filling) -> None:
        """Send what waits to the month's table."""
        if self.encoded:
            filling.write(self.table, b"".join(self.encoded))
            self.encoded.clear()
            self.waiting = 0


def lookups(force: Force) -> CaseLookups:
    """Return the ids that the words of a case file stand for."""
    areas = list(Area.objects.filter(force=force).values_list("kind", "code", "id", "slug", "name"))
    lines = {kind: pk for kind, _, pk, _, _ in areas}
    return CaseLookups(
        areas={code: pk for kind, code, pk, _, _ in areas if kind == AreaKind.SMALL_AREA},
        outside=lines[AreaKind.OUTSIDE],
        unlocated=lines[AreaKind.UNLOCATED],
        categories={(crime_type, offence): pk for pk, crime_type, offence in Category.objects.values_list()},
        flags={name: pk for pk, _, name in Flag.objects.values_list()},
        places={slug: pk for kind, _, pk, slug, _ in areas if kind not in {AreaKind.FORCE, AreaKind.DIVISION}},
        districts={name: slug for kind, _, _, slug, name in areas if kind == AreaKind.DISTRICT},
    )


def layout_of(data_import: DataImport) -> Layout | None:
    """Return how a file is read: as its profile said when it was received; None for the street-level format."""
    return parse_layout(data_import.layout)[0] if data_import.layout else None


def plan(data_import: DataImport, path: Path) -> Problems:
    """Write down the parts of a file, unless that was done; returns what is wrong with the file as a whole."""
    if data_import.parts.exists():
        return Problems()
    reader = CaseReader(path, lookups(data_import.force), layout=layout_of(data_import))
    if not reader.problems:
        ImportPart.objects.bulk_create(
            ImportPart(data_import=data_import, position=position, members=list(members), size=size)
            for position, (members, size) in enumerate(reader.parts())
        )
    return reader.problems


def share(data_import: DataImport, path: Path, progress: Progress | None = None) -> None:
    """Read parts until none waits; with a `progress`, stay until those that others read are done as well.

    Raises RuntimeError when a part was given up too often: something is wrong with this machine, not with the file.
    """
    known, layout, values, encoder = lookups(data_import.force), layout_of(data_import), None, Encoder()
    while True:
        part = claim(data_import)
        if part is not None:
            try:
                reader = CaseReader(path, known, only=part.members or None, layout=layout, values=values)
                values = read(part, reader, encoder, progress)
            except Exception:
                _let_go(part)
                raise
            continue
        if progress is None or not data_import.parts.exclude(state=PartState.DONE).exists():
            return
        if data_import.parts.filter(attempt__gte=MOST_ATTEMPTS, state=PartState.RUNNING, leased_until__lt=Now()):
            raise RuntimeError("The reading of a part of this file stopped unexpectedly three times.")
        tell(data_import, progress)
        time.sleep(WAIT)


def claim(data_import: DataImport) -> ImportPart | None:
    """Take the next part that waits or was left behind; None when there is none."""
    free = Q(state=PartState.WAITING) | Q(state=PartState.RUNNING, leased_until__lt=Now())
    with transaction.atomic():
        part = (
            data_import.parts.select_for_update(skip_locked=True)
            .filter(free, attempt__lt=MOST_ATTEMPTS)
            .order_by("-size", "position")
            .first()
        )
        if part is None:
            return None
        ImportPart.objects.filter(pk=part.pk).update(
            state=PartState.RUNNING, attempt=F("attempt") + 1, leased_until=Now() + LEASE, bytes_read=0
        )
    part.refresh_from_db()
    return part


def _let_go(part: ImportPart) -> None:
    """Give a part back, so that nobody has to wait for its lease; a lost one is no longer ours to give."""
    ImportPart.objects.filter(pk=part.pk, attempt=part.attempt, state=PartState.RUNNING).update(leased_until=Now())


def tell(data_import: DataImport, progress: Progress) -> None:
    """Say how far all parts together are."""
    done = data_import.parts.aggregate(
        read=Sum("bytes_read"), size=Sum("size"), rows=Sum("rows"), parts=Count("id"),
        whole=Count("id", filter=Q(state=PartState.DONE)),
    )  # fmt: skip
    rows = done["rows"] or 0
    words = f"Reading: {rows:,} rows, {rows / max(progress.elapsed, 0.1):,.0f} a second"
    if done["parts"] > 1:
        words += f", {done['whole']} of {done['parts']} months"
    progress.tell(words, done["read"] or 0, done["size"] or 0)


def read(part: ImportPart, reader: CaseReader, encoder: Encoder, progress: Progress | None) -> CaseValues:
    """Read one part into tables of its own and keep what was found; returns the reader's memories for the next part.

    Raises LeaseLost when somebody took over.
    """
    data_import = part.data_import
    months: dict[date, MonthRead] = {}
    renewed = time.monotonic()
    with connection.cursor() as cursor, case_tables.flushed_later(cursor):
        with Filling(cursor) as filling:
            for batch in reader.batches():
                one = months.get(batch.month)
                if one is None:
                    filling.close()
                    table = case_tables.staged_table(data_import.pk, part.position, part.attempt, batch.month)
                    one = months[batch.month] = MonthRead(Place(data_import.force_id, batch.month), table)
                    case_tables.create(cursor, table, one.place, data_import.pk)
                if one.member != batch.member:
                    one.send(filling)
                    filling.close()
                    case_tables.fill_from(cursor, one.table, batch.member)
                    one.member = batch.member
                one.take(batch, encoder, is_tracked=reader.rows < TRACKED)
                if one.waiting >= BUFFERED:
                    one.send(filling)
                    if time.monotonic() - renewed > RENEWED_EVERY:
                        filling.close()
                        renewed = _renew(part, reader, progress)
            for one in months.values():
                one.send(filling)
        for one in months.values():
            _settle(cursor, one)
            if time.monotonic() - renewed > RENEWED_EVERY:
                renewed = _renew(part, reader, progress)
    with transaction.atomic(), connection.cursor() as cursor:
        case_tables.sort_in_memory(cursor)
        found = [_facts(cursor, data_import, one) for one in months.values()]
        _keep(part, reader, found)
    if progress is not None:
        tell(data_import, progress)
    return reader.values


def _renew(part: ImportPart, reader: CaseReader, progress: Progress | None) -> float:
    """Renew the lease and say how far the reading is; returns the moment. Raises LeaseLost when it is too late."""
    mine = ImportPart.objects.filter(pk=part.pk, attempt=part.attempt, state=PartState.RUNNING)
    if not mine.update(leased_until=Now() + LEASE, bytes_read=reader.bytes_read, rows=reader.rows):
        raise LeaseLost(f"part {part.pk}, attempt {part.attempt}")
    if progress is not None:
        tell(part.data_import, progress)
    return time.monotonic()


def _settle(cursor: CursorWrapper, one: MonthRead) -> None:
    """Number and index a month that was read whole; one that is held just so is dropped again."""
    held = comparing.held_month(one.place)
    one.held = held
    one.is_unchanged = (
        held is not None
        and held.rows_removed_at is None
        and (held.content_sum, held.rows) == (f"{one.content_sum % HASHES:032x}", one.rows)
    )
    if one.is_unchanged:
        case_tables.drop(one.table)
        return
    with transaction.atomic():
        case_tables.sort_in_memory(cursor)
        moves = one.repeats.moves()
        if not one.repeats.is_whole:
            case_tables.number_repeats(cursor, one.table)
        elif moves:
            case_tables.renumber(cursor, one.table, moves)
        case_tables.index(cursor, one.table)
    one.repeats.forget()


def _facts(cursor: CursorWrapper, data_import: DataImport, one: MonthRead) -> dict[str, Any]:
    """Count a settled month, and what applying it would change."""
    held = one.held
    facts: dict[str, Any] = {
        "month": one.place.month.isoformat(),
        "rows": one.rows,
        "content_sum": f"{one.content_sum % HASHES:032x}",
        "held": held.pk if held else None,
    }
    if one.is_unchanged:
        as_held = {name: getattr(held, name) for name in ("distinct_rows", "unlocated", "outside")}
        return {**facts, **as_held, "preview": comparing.unchanged(one.place), "is_unchanged": True}
    cells.count_staged(cursor, data_import.pk, one.table)
    if held is not None and held.rows_removed_at is None:
        preview = comparing.preview(cursor, one.table, one.place, is_partial=data_import.is_partial)
    else:
        preview = comparing.all_new(data_import, one.place)
    return {**facts, **cells.staged_facts(data_import, one.place), "table": one.table, "preview": preview}


def _keep(part: ImportPart, reader: CaseReader, months: list[dict[str, Any]]) -> None:
    """Write the result of a part, if it is still ours."""
    bad = {month.isoformat() if month else "": count for month, count in reader.bad_rows.items()}
    found = {"months": months, "notes": reader.notes, "bad": bad, "is_broken": reader.is_broken}
    kept = ImportPart.objects.filter(pk=part.pk, attempt=part.attempt, state=PartState.RUNNING).update(
        state=PartState.DONE, leased_until=None, bytes_read=part.size, rows=reader.rows,
        left_out=sum(reader.bad_rows.values()), problem_count=reader.problems.count, found=found,
    )  # fmt: skip
    if not kept:
        raise LeaseLost(f"part {part.pk}, attempt {part.attempt}")
    list_problems(part.data_import, reader.problems.listed)


def list_problems(data_import: DataImport, listed: list[Problem]) -> None:
    """Add problems to an import's list, as long as there is room."""
    room = LISTED - ImportProblem.objects.filter(data_import=data_import).count()
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
            for problem in listed[: max(room, 0)]
        ),
        batch_size=1000,
    )


def staged_months(data_import: DataImport) -> dict[date, dict[str, Any]]:
    """Return what every part found, by month."""
    found: dict[date, dict[str, Any]] = {}
    for part in data_import.parts.filter(state=PartState.DONE):
        found.update({date.fromisoformat(one["month"]): one for one in part.found["months"]})
    return dict(sorted(found.items()))


def unstage(data_import: DataImport) -> None:
    """Drop everything that was staged for an import, of whatever attempt."""
    with connection.cursor() as cursor:
        pattern = rf"indicators\_staged\_{int(data_import.pk)}\_%"
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE %s", [pattern])
        for (table,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
    StagedCell.objects.filter(data_import=data_import).delete()
    ImportPart.objects.filter(data_import=data_import).delete()


def discard_left_over() -> list[int]:
    """Drop what was staged for imports that ended, or that nobody decided on for a week; returns their numbers.

    A refused file whose rows went this way can only be sent again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'indicators\\_staged\\_%'")
        staged = {int(name.split("_")[2]) for (name,) in cursor.fetchall()}
    in_work = DataImport.objects.filter(state__in=[ImportState.RECEIVED, ImportState.STAGED, ImportState.CONFIRMED])
    young = DataImport.objects.filter(state=ImportState.REFUSED, received_at__gt=Now() - DECIDED_WITHIN)
    left_over = staged - set((in_work | young).values_list("pk", flat=True))
    for pk in sorted(left_over):
        with transaction.atomic():
            unstage(DataImport(pk=pk))
            DataImport.objects.filter(pk=pk, state=ImportState.REFUSED).update(left_out=0)
    return sorted(left_over)
