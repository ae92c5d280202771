"""One demonstration for all journeys: started by the command that people use, serving while the tests run.

All journeys run in one process, so that it is started once.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from portal.services import Services
from tests.database import copy_template

BASE = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 600


@dataclass
class Demonstration:
    """A running demonstration: its record, and ways to ask it as one of its people."""

    record: dict[str, Any]
    var: Path
    sessions: dict[str, requests.Session] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The address of the portal, with a slash at its end."""
        return str(self.record["address"])

    @property
    def environment(self) -> dict[str, str]:
        """The environment for commands on the demonstration's own data."""
        return {**os.environ, "SCRUTINY_VAR": str(self.var)}

    def email(self, role: str) -> str:
        """Return the address of the first person with this role."""
        return next(str(one["email"]) for one in self.record["people"] if role in one["roles"])

    def session(self, name: str) -> requests.Session:
        """Sign a person in once by the beginning of their address, for example "ada"."""
        if name in self.sessions:
            return self.sessions[name]
        person = next(one for one in self.record["people"] if one["email"].startswith(name))
        session = requests.Session()
        page = session.get(f"{self.address}sign-in/")
        token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        answer = session.post(
            f"{self.address}sign-in/",
            {"username": person["email"], "password": person["password"], "csrfmiddlewaretoken": token},
            headers={"Referer": f"{self.address}sign-in/"},
        )
        assert answer.status_code == 200 and "Sign out" in answer.text
        self.sessions[name] = session
        return session

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a management command on the demonstration's data."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE,
            env=self.environment,
            capture_output=True,
            text=True,
            check=check,
        )


@pytest.fixture(scope="session")
def demonstration() -> Iterator[Demonstration]:
    """Run `manage.py demo` until it serves; stop it at the end."""
    var = Path(os.environ["SCRUTINY_VAR"]) / "demonstration-run"
    var.mkdir(parents=True, exist_ok=True)
    record, log = var / "record.json", var / "demo.log"
    record.unlink(missing_ok=True)
    services = Services.at(var)
    with services.hold():
        services.start()
        copy_template(services)
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", "8400", "--json", str(record)],
            cwd=BASE,
            env={**os.environ, "SCRUTINY_VAR": str(var)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not record.exists() or not record.read_text():
            assert process.poll() is None, log.read_text()[-3000:]
            assert time.monotonic() < deadline, log.read_text()[-3000:]
            time.sleep(0.3)
        yield Demonstration(json.loads(record.read_text()), var)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
