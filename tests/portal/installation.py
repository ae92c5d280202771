"""One installation of the portal for tests: its environment, its commands, its processes, requests to it."""

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from portal.services import Services

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
HOST = "scrutiny.example.org"


@dataclass
class Answer:
    """What came back over the wire."""

    status: int
    headers: http.client.HTTPMessage
    body: str

    def cookies(self) -> SimpleCookie:
        """Return the cookies that were set, with their flags."""
        return SimpleCookie("\r\n".join(self.headers.get_all("Set-Cookie", [])))


@dataclass
class Production:
    """One installation: its servers, its environment, its processes and their logs."""

    servers: Services
    folder: Path
    port: int
    environment: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def manage(self, *arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
        """Run one management command in the production environment, and in nothing else."""
        return self.run([sys.executable, "manage.py", *arguments], **options)

    def run(self, command: list[str], typed: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """Run any command in the production environment."""
        return subprocess.run(
            command, cwd=ROOT, env={**self.environment, **more}, input=typed,
            capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip

    def log(self, name: str) -> str:
        """Return what a process has logged so far."""
        return (self.folder / f"{name}.log").read_text()

    def start(self, name: str) -> None:
        """Start a process that stays, with the command of its systemd unit."""
        unit = (ROOT / "deploy" / "systemd" / f"scrutiny-{name}.service").read_text()
        program, *arguments = re.findall(r"(?m)^ExecStart=/opt/scrutiny/\.venv/bin/(.+)$", unit)[0].split()
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [str(BIN / program), *arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def ask(self, path: str, method: str = "GET", form: dict[str, str] | None = None, **headers: str) -> Answer:
        """Send one request as the proxy does; `host` and `proto` may say something else (empty = no header)."""
        sent = {"Host": headers.pop("host", HOST), "X-Forwarded-Proto": headers.pop("proto", "https")}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(line):
            present = {name: value for name, value in sent.items() if value}
            line.request(method, path, urlencode(form) if form else None, present)
            got = line.getresponse()
            return Answer(got.status, got.headers, got.read().decode())

    def readiness(self) -> tuple[int, dict[str, str]]:
        """Return the status and the words of /readyz."""
        answer = self.ask("/readyz")
        return answer.status, json.loads(answer.body)

    def sign_in(self, email: str, password: str, **headers: str) -> Answer:
        """Fill in the sign-in form of a fresh page and send it."""
        page = self.ask("/sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
        assert token, page.body
        form = {"csrfmiddlewaretoken": token[1], "username": email, "password": password}
        guard = page.cookies()["__Host-csrftoken"].value
        sent = {"Cookie": f"__Host-csrftoken={guard}", "Referer": f"https://{HOST}/sign-in/", **headers}
        return self.ask("/sign-in/", "POST", form, **sent)

    def stop(self) -> None:
        """Kill whatever still runs."""
        for process in self.running.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until(happens: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until something happens; a connection refused means not yet."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if happens():
                return
        time.sleep(0.1)
    pytest.fail(f"not within {seconds:.0f} seconds: {what}")
