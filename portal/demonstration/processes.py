"""The processes of the demonstration: web, worker and scheduler, each apart."""

import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings

from portal.celery import app
from portal.supervision import ProcessSpec


def processes(port: int) -> list[ProcessSpec]:
    """Describe gunicorn, a Celery worker and beat, for the supervisor."""
    folder = Path(sys.executable).parent
    variables = {"SCRUTINY_VAR": str(settings.VAR), "PYTHONUNBUFFERED": "1"}
    web = [
        str(folder / "gunicorn"), "portal.wsgi:application", "--chdir", str(settings.BASE_DIR),
        "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--timeout", "120",
        "--no-control-socket", "--log-level", "warning",
    ]  # fmt: skip
    celery = [sys.executable, "-m", "celery", "-A", "portal", "--workdir", str(settings.BASE_DIR)]
    return [
        ProcessSpec("web", web, variables, lambda: _answers(port)),
        ProcessSpec(
            "worker",
            [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"],
            variables,
            _worker_answers,
        ),
        ProcessSpec("scheduler", [*celery, "beat", "--loglevel", "WARNING", "--pidfile="], variables),
    ]  # fmt: skip


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _worker_answers() -> bool:
    """A worker that answers a ping takes work; asked at most once a second."""
    time.sleep(0.2)
    return bool(app.control.ping(timeout=0.8, limit=1))
