"""A portal for trials: services, worker, scheduler and web of its own, which a trial may kill at will.

The tests look into its database from outside; nothing of it runs inside the test's own process.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from portal import supervision
from portal.services import Services
from portal.supervision import free_port
from tests.database import copy_template
from tests.people import PASSWORD

BASE = Path(__file__).resolve().parent.parent.parent
EMAIL = "ada@example.test"
PATIENCE_SECONDS = 60.0  # what the portal promises after an accident

PREPARE = f"""
from portal.models.user import User
from tests.indicators.case_files import analyst, small_force
small_force()
user = User.objects.get(pk=analyst().id)
user.set_password({PASSWORD!r})
user.save()
"""
SEND = """
import sys, time
from pathlib import Path
from indicators import tasks
from indicators.actions import imports
from indicators.models.area import Force
from portal.models.user import User
by, path = User.objects.get().person, Path(sys.argv[1])
sent, _ = imports.receive(Force.objects.get(), "cases", path.name, [path.read_bytes()], by=by)
tasks.wake_open(imports.STAGE_TASK, sent.pk)
while sent.state == "received":
    time.sleep(0.05)
    sent.refresh_from_db()
imports.confirm(sent, by=by, reason="trial")
tasks.wake_open(imports.APPLY_TASK, sent.pk)
"""
# What a person does who finds a checked file.
CONFIRM = """
import sys
from indicators import tasks
from indicators.actions import imports
from indicators.models.data_import import DataImport
from portal.models.user import User
found = DataImport.objects.get(pk=int(sys.argv[1]))
imports.confirm(found, by=User.objects.get().person, reason="trial")
tasks.wake_open(imports.APPLY_TASK, found.pk)
"""


@dataclass
class Running:
    """A portal in pieces; each piece is a group of processes that can be killed or stopped as one."""

    var: Path
    services: Services
    pieces: list[subprocess.Popen[bytes]] = field(default_factory=list)
    senders: list[subprocess.Popen[bytes]] = field(default_factory=list)
    named: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of everything that belongs to this portal."""
        own = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        return {**own, "SCRUTINY_VAR": str(self.var), "DJANGO_SETTINGS_MODULE": "portal.settings"}

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the portal's database."""
        with psycopg.connect(self.services.database_url, autocommit=True) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def python(self, code: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Run code with the portal's models in a process of its own."""
        code = f"import django; django.setup()\n{code}"
        return subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=BASE, env=self.environment)

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a piece in a process group of its own; the kernel ends it with the test."""
        binding = [sys.executable, "-I", supervision.__file__, "--parent", str(os.getpid()), "--"]
        with (self.var / f"{name}.log").open("ab") as log:
            piece = subprocess.Popen(
                [*binding, *command], cwd=BASE, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.pieces.append(piece)
        self.named[name] = piece
        return piece

    def start_celery(self, name: str, *options: str) -> subprocess.Popen[bytes]:
        """Start a worker or the scheduler, as deploy/ and the demonstration do."""
        return self.start(name, sys.executable, "-m", "celery", "-A", "portal", *options, "--loglevel", "WARNING")

    def start_worker(self, name: str = "worker") -> subprocess.Popen[bytes]:
        """Start a worker with one child."""
        options = ["worker", "-n", f"{name}@trial", "--concurrency", "1", "--without-gossip", "--without-mingle"]
        return self.start_celery(name, *options)

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        """Start what wakes jobs that were left behind."""
        return self.start_celery("scheduler", "beat", "--pidfile=")

    def start_web(self) -> str:
        """Start the pages and return their address, with a slash at the end."""
        port = free_port(8700)
        gunicorn = [str(Path(sys.executable).parent / "gunicorn"), "portal.wsgi:application", "--threads", "4"]
        self.start("web", *gunicorn, "--bind", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "warning")
        address = f"http://127.0.0.1:{port}/"
        wait_for(lambda: answers(f"{address}healthz"), 60, "the pages do not answer")
        return address

    def kill(self, piece: subprocess.Popen[bytes]) -> None:
        """Kill a piece with all its processes, at once and without a word."""
        os.killpg(piece.pid, signal.SIGKILL)
        piece.wait()
        self.pieces.remove(piece)

    def children(self, piece: subprocess.Popen[bytes]) -> list[int]:
        """Return the processes that a piece's main process has started."""
        return [int(pid) for pid in Path(f"/proc/{piece.pid}/task/{piece.pid}/children").read_text().split()]

    def kill_server(self, name: str) -> None:
        """Kill PostgreSQL or Valkey as a crash would."""
        (pid,) = [server.pid() for server in self.services._servers() if server.name == name]
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def begin(self, path: Path) -> int:
        """Start sending a case file that is confirmed once it is checked; return the import's number."""
        last = self.sql("SELECT coalesce(max(id), 0) FROM indicators_dataimport")[0][0]
        self.senders.append(self.python(SEND, str(path)))
        query = "SELECT id FROM indicators_dataimport WHERE id > %s"
        wait_for(lambda: bool(self.sql(query, last)), PATIENCE_SECONDS, "the file was not received")
        return int(self.sql(query, last)[0][0])

    def send(self, path: Path) -> int:
        """Send a case file, wait for its check, confirm it; return the import's number once a worker applies it."""
        last = self.sql("SELECT coalesce(max(id), 0) FROM indicators_dataimport")[0][0]
        self.senders.append(self.python(SEND, str(path)))
        query = (
            "SELECT subject_id FROM indicators_job WHERE task LIKE '%%apply_import' AND subject_id > %s "
            "AND state = 'running'"
        )
        wait_for(lambda: bool(self.sql(query, last)), PATIENCE_SECONDS, "no worker took the file")
        return int(self.sql(query, last)[0][0])

    def state(self, number: int) -> str:
        """Return where an import stands."""
        return str(self.sql("SELECT state FROM indicators_dataimport WHERE id = %s", number)[0][0])

    def attempts(self, number: int) -> int:
        """Return how often a worker has begun to apply an import."""
        query = "SELECT attempt FROM indicators_job WHERE task LIKE '%%apply_import' AND subject_id = %s"
        return int(self.sql(query, number)[0][0])

    def versions(self) -> int:
        """Return how many data versions there are."""
        return int(self.sql("SELECT count(*) FROM indicators_dataversion")[0][0])

    def let_leases_run_out(self) -> None:
        """Let time pass for the leases only, so that a short sample need not wait for them."""
        for table in ("indicators_job", "indicators_importpart"):
            self.sql(f"UPDATE {table} SET leased_until = now() - interval '1 s' WHERE state = 'running'")


def wait_for(condition: Callable[[], bool], seconds: float, otherwise: str) -> float:
    """Wait until something holds and return the seconds it took; fail with words when it never does."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"{otherwise} ({seconds:.0f} s)"
        time.sleep(0.02)
    return time.monotonic() - began


def answers(address: str) -> bool:
    """Tell whether a page is there."""
    try:
        return requests.get(address, timeout=2).ok
    except requests.RequestException:
        return False


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    """Start services that keep what they say, make a small force and its analyst, start the scheduler."""
    var = Path(os.environ["SCRUTINY_VAR"]).resolve() / "trials-run"
    var.mkdir(parents=True, exist_ok=True)
    services = Services.at(var)
    services.discard()
    with services.hold():
        services.start()
        copy_template(services)
        portal = Running(var, services)
        try:
            migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(migrate, cwd=BASE, env=portal.environment, check=True)
            assert portal.python(PREPARE).wait(timeout=120) == 0
            portal.start_scheduler()
            yield portal
        finally:
            for piece in list(portal.pieces):
                portal.kill(piece)
            for sender in portal.senders:
                sender.kill()
                sender.wait()
    services.discard()


@pytest.fixture
def worker(running: Running) -> Iterator[subprocess.Popen[bytes]]:
    """Start a worker; whatever workers a trial leaves are killed after it."""
    before = list(running.pieces)
    yield running.start_worker()
    for piece in list(running.pieces):
        if piece not in before and piece is not running.named["scheduler"]:
            running.kill(piece)
