"""Any process is killed at any moment of an import, from its receipt to its end: it is applied once, or nothing was."""

import os
import random
import signal
import time
import zipfile
from pathlib import Path

import pytest

from tests.indicators.case_files import HEADER
from tests.trials.conftest import CONFIRM, PATIENCE_SECONDS, Running, wait_for
from tests.trials.test_worker_killed import MONTHS, check_applied_once, lines_of, salts

PER_MONTH = 6_000
MOMENTS = 50
SPAN_SECONDS = 6.0  # about as long as such an import takes
VICTIMS = ("worker", "child", "second", "PostgreSQL", "Valkey", "scheduler")


def write_zip(folder: Path) -> Path:
    """Write a zip with a file for each of twelve months, so that two workers share it."""
    salt = next(salts)
    path = folder / f"cases-{salt}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for month in MONTHS:
            lines = lines_of(month, PER_MONTH, salt)
            archive.writestr(f"{month}/{month}-smallshire-street.csv", "\n".join([HEADER, *lines, ""]))
    return path


def strike(running: Running, victim: str) -> None:
    """Kill one process as the machine would; what stands alone is started again, as its supervisor does."""
    if victim in {"PostgreSQL", "Valkey"}:
        running.kill_server(victim)
        running.services.start()
    elif victim == "child":
        for child in running.children(running.named["worker"]):
            os.kill(child, signal.SIGKILL)
    else:
        running.kill(running.named[victim])
        if victim == "scheduler":
            running.start_scheduler()
        else:
            running.start_worker(victim)


def see_to_the_end(running: Running, number: int) -> None:
    """Wait until an import is applied; confirm it where the person's own process fell."""

    def is_applied() -> bool:
        state = running.state(number)
        if state == "staged" and running.senders[-1].poll() is not None:
            running.python(CONFIRM, str(number)).wait(timeout=60)
        return state == "applied"

    wait_for(is_applied, 2 * PATIENCE_SECONDS, "the import did not come to its end")


@pytest.mark.trial
@pytest.mark.parametrize("turn", range(MOMENTS))
def test_kill_any_process_at_any_moment_applies_the_file_once(running: Running, worker, tmp_path, turn):
    chance = random.Random(turn)
    running.start_worker("second")
    versions = running.versions()
    number = running.begin(write_zip(tmp_path))
    time.sleep(chance.random() * SPAN_SECONDS)
    strike(running, VICTIMS[turn % len(VICTIMS)])
    if turn % 5:  # every fifth turn waits for the leases themselves
        time.sleep(0.5)
        running.let_leases_run_out()
    see_to_the_end(running, number)
    check_applied_once(running, number, versions, PER_MONTH)
