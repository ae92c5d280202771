"""The portal that is measured: services of its own as the demonstration has them, and real worker processes.

This process plays the web: it receives files, confirms them, and waits for the rows of the jobs.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection
from redis import Redis

from indicators import tasks
from indicators.actions import areas, definitions, imports
from indicators.choices import ImportKind, ImportState, JobState, Role
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.job import Job
from indicators.people import Person
from indicators.readers.areas import read_areas
from portal import supervision
from portal.celery import app
from portal.demonstration.quarter import FILES
from portal.models.role import RoleHolding
from portal.models.user import User
from portal.services import Services
from tests.bench.memory import Memory

BASE = Path(__file__).resolve().parent.parent.parent
COUNTED_FROM = "2005-01-01"  # so that every month of a long history has its figures
PREPARED, PORTAL = "prepared", "scrutiny"
PATIENCE_SECONDS = 900
POLL_SECONDS = 0.1  # more often, and the asking would take what is measured from the workers


class BenchFailed(RuntimeError):
    """The portal did something else than what was to be measured; the message says what."""


@dataclass(frozen=True)
class Load:
    """The seconds that one file took: to be kept, read and previewed, and applied."""

    received: float
    staged: float
    applied: float = 0.0

    @property
    def total(self) -> float:
        """All that the portal did; the person's look at the preview between is not counted."""
        return self.received + self.staged + self.applied


@dataclass
class Running:
    """The services, the workers and the databases put by."""

    services: Services
    var: Path
    worker: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """The address of the database of the portal."""
        return self.services.database_url

    def prepare(self) -> None:
        """Make a migrated database with the demonstration's areas and indicators and an analyst; put a copy by."""
        for name in ("history", PREPARED):
            self._administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._administer(f"DROP DATABASE IF EXISTS {PORTAL} WITH (FORCE)")
        self._administer(f"CREATE DATABASE {PORTAL} OWNER scrutiny")
        call_command("migrate", verbosity=0)
        _define()
        connection.close()
        self._rename(PORTAL, PREPARED)

    def fresh(self, workers: int) -> None:
        """Begin anew with an empty portal and so many workers."""
        self._stop()
        self._administer(f"DROP DATABASE IF EXISTS {PORTAL} WITH (FORCE)")
        self._administer(f"CREATE DATABASE {PORTAL} OWNER scrutiny TEMPLATE {PREPARED}")
        self._start(workers)

    def shelve(self, name: str) -> None:
        """Put the database by under a name."""
        self._stop()
        self._rename(PORTAL, name)

    def unshelve(self, name: str, workers: int) -> None:
        """Go on with a database that was put by."""
        self._stop()
        self._administer(f"DROP DATABASE IF EXISTS {PORTAL} WITH (FORCE)")
        self._rename(name, PORTAL)
        self._start(workers)

    def _rename(self, name: str, to: str) -> None:
        self._administer(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")
        self._administer(f"ALTER DATABASE {name} RENAME TO {to}")

    def settle(self) -> None:
        """Let nothing that was written before be flushed at the cost of what is measured next."""
        self._administer("CHECKPOINT")
        os.sync()

    @contextmanager
    def measured(self) -> Iterator[Memory]:
        """Watch how much memory the processes use within a block."""
        assert self.worker is not None
        with Memory(self.worker.pid, self._postmaster()) as memory:
            yield memory

    def close(self) -> None:
        """End the workers; the services are ended by whoever started them."""
        self._stop()

    def _administer(self, statement: str) -> None:
        connection.close()
        address = f"host={self.services.sockets / 'postgres'} user=postgres dbname=postgres"
        with psycopg.connect(address, autocommit=True) as administrator:
            administrator.execute(statement)

    def _postmaster(self) -> int:
        return int((self.services._servers()[0].pid_file).read_text().split()[0])

    def _start(self, workers: int) -> None:
        celery = [sys.executable, "-m", "celery", "-A", "portal", "worker", "--concurrency", str(workers)]
        options = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle", "-n", "worker@bench"]
        binding = [sys.executable, "-I", supervision.__file__, "--parent", str(os.getpid()), "--"]
        with (self.var / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [*binding, *celery, *options], cwd=BASE, stdout=log, stderr=log, start_new_session=True
            )
        wait_for(lambda: bool(app.control.ping(timeout=0.5, limit=1)), "the worker does not answer")
        # A portal in use has workers that have already worked: each is given something small to do.
        for _ in range(3 * workers):
            tasks.read_parts.delay(0)
            time.sleep(0.1)
        wait_for(lambda: not Redis.from_url(self.services.redis_url).llen("celery"), "the worker takes nothing")

    def _stop(self) -> None:
        connection.close()
        if self.worker is not None:
            os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait()
            self.worker = None
        Redis.from_url(self.services.redis_url).flushall()


def _define() -> None:
    """Load what the demonstration defines, counted from an early month, and an analyst."""
    user = User.objects.create_user("ada@example.test", "Ada Analyst")
    RoleHolding.objects.create(user=user, role=Role.ANALYST)
    by = Person(id=user.pk, name="Ada Analyst", email=user.email, roles=frozenset(Role))
    rows, _ = read_areas(FILES / "areas.csv")
    force = areas.ensure_force("lancashire", "Lancashire Constabulary")
    areas.load(force, rows, by=by)
    defined = json.loads((FILES / "definitions.json").read_text(encoding="utf-8"))
    for indicator in defined["indicators"]:
        if indicator.get("cases"):
            indicator["cases"]["from"] = COUNTED_FROM
    definitions.load(defined, by=by)


def wait_for(condition: Callable[[], bool], otherwise: str) -> None:
    """Wait until something holds."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise BenchFailed(f"{otherwise} ({PATIENCE_SECONDS} s)")
        time.sleep(POLL_SECONDS)


def timed(act: Callable[[], object]) -> float:
    """Return the seconds that an act takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def analyst() -> Person:
    """Return the analyst."""
    return User.objects.get().person


def receive(path: Path) -> tuple[DataImport, bool]:
    """Hand a file to the portal as its pages do, in chunks."""
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(64 * 1024), b"")
        return imports.receive(Force.objects.get(), ImportKind.CASES, path.name, chunks, by=analyst())


def stage(path: Path, expected: ImportState = ImportState.STAGED) -> tuple[DataImport, Load]:
    """Send a file and wait until its preview, or its refusal, is there."""
    began = time.perf_counter()
    data_import, _ = receive(path)
    received = time.perf_counter()
    tasks.wake_open(imports.STAGE_TASK, data_import.pk)
    _follow(imports.STAGE_TASK, data_import, expected)
    return data_import, Load(received - began, time.perf_counter() - received)


def load(path: Path) -> tuple[DataImport, Load]:
    """Take a file the whole way: receive, preview, confirm, apply."""
    data_import, read = stage(path)
    imports.confirm(data_import, by=analyst(), reason="bench")
    began = time.perf_counter()
    tasks.wake_open(imports.APPLY_TASK, data_import.pk)
    _follow(imports.APPLY_TASK, data_import, ImportState.APPLIED)
    return data_import, Load(read.received, read.staged, time.perf_counter() - began)


def _follow(task: str, data_import: DataImport, expected: ImportState) -> None:
    job = Job.objects.filter(task=task, subject_id=data_import.pk).latest("id")
    open_states = [JobState.WAITING, JobState.RUNNING]
    wait_for(lambda: not Job.objects.filter(pk=job.pk, state__in=open_states).exists(), f"{task} does not end")
    data_import.refresh_from_db()
    job.refresh_from_db()
    if data_import.state != expected:
        raise BenchFailed(f"{data_import} is {data_import.state}, not {expected}: {job.error}")
