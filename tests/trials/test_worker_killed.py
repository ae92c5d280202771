"""Workers that die or freeze in the middle of an import: it is applied once, by itself, within a minute."""

import os
import random
import signal
import time
from itertools import count
from pathlib import Path

import pytest

from tests.indicators.case_files import ASB, CODES, case, case_file
from tests.trials.conftest import PATIENCE_SECONDS, SEND, Running, wait_for

MONTHS = [f"2019-{month:02d}" for month in range(1, 13)]
PER_MONTH = 5_000
SMALL = 2_500  # rows a month of a short sample: long enough to be caught at work
salts = count(1)


def lines_of(month: str, per_month: int, salt: int) -> list[str]:
    """Return the lines of a month, a third of them incidents; another salt gives other cases."""
    chance = random.Random(5)
    codes = [code for district in CODES.values() for code in district]
    return [
        case(None, month, ASB, chance.choice(codes))
        if at % 3 == 0
        else case(at, month, chance.choice(["Robbery", "Drugs"]), chance.choice(codes), outcome=f"salt {salt}")
        for at in range(per_month)
    ]


def write(folder: Path, per_month: int = PER_MONTH) -> Path:
    """Write a case file of twelve months; no two files are the same."""
    salt = next(salts)
    lines = [line for month in MONTHS for line in lines_of(month, per_month, salt)]
    path = folder / f"cases-{salt}.csv"
    path.write_bytes(case_file(*lines))
    return path


def check_applied_once(running: Running, number: int, versions: int, per_month: int = PER_MONTH) -> None:
    """Assert that an import was applied exactly once: one version, its rows, its figures, nothing left over."""
    assert running.versions() == versions + 1
    assert running.sql("SELECT state, count(*) FROM indicators_job WHERE subject_id = %s GROUP BY 1", number) == [
        ("done", 2)
    ]
    query = """
        SELECT month::text, count(*), min(data_import_id) FILTER (WHERE reference <> '') FROM indicators_case
        WHERE month BETWEEN '2019-01-01' AND '2019-12-31' GROUP BY 1 ORDER BY 1
    """
    rows = running.sql(query)  # incidents are the same in every file: they stay those of the first
    assert rows == [(f"{month}-01", per_month, number) for month in MONTHS]
    crimes = sum(1 for at in range(per_month) if at % 3)
    query = """
        SELECT i.key, a.value::int FROM indicators_aggregate a JOIN indicators_indicator i ON i.id = a.indicator_id
        JOIN indicators_area p ON p.id = a.area_id AND p.kind = 'force'
        WHERE a.until_version IS NULL AND a."window" = 'r12' AND a."end" = '2019-12-31' AND a.part_id IS NULL
          AND i.key IN ('all_crime', 'asb') ORDER BY 1
    """
    assert running.sql(query) == [("all_crime", 12 * crimes), ("asb", 12 * (per_month - crimes))]
    assert running.sql("SELECT relname FROM pg_class WHERE relname LIKE 'indicators\\_staged\\_%%'") == []


def finish(running: Running, number: int) -> float:
    """Wait until an import is applied; return the seconds."""
    return wait_for(lambda: running.state(number) == "applied", PATIENCE_SECONDS, "the import was not taken up again")


@pytest.mark.slow
def test_kill_the_worker_at_work_applies_the_file_once_all_the_same(running: Running, worker, tmp_path):
    versions = running.versions()
    number = running.send(write(tmp_path, SMALL))
    running.kill(worker)
    assert running.state(number) == "confirmed" and running.versions() == versions
    running.start_worker("heir")
    running.let_leases_run_out()
    finish(running, number)
    assert running.attempts(number) == 2
    check_applied_once(running, number, versions, SMALL)


@pytest.mark.slow
def test_freeze_the_worker_past_its_lease_keeps_nothing_of_it(running: Running, worker, tmp_path):
    versions = running.versions()
    number = running.send(write(tmp_path, SMALL))
    os.killpg(worker.pid, signal.SIGSTOP)
    assert running.state(number) == "confirmed"
    running.start_worker("heir")
    running.let_leases_run_out()
    wait_for(lambda: running.attempts(number) == 2, PATIENCE_SECONDS, "nobody took over")
    os.killpg(worker.pid, signal.SIGCONT)
    finish(running, number)
    time.sleep(2)  # whatever the zombie still does
    check_applied_once(running, number, versions, SMALL)


@pytest.mark.trial
@pytest.mark.parametrize("turn", range(10))
def test_kill_the_worker_at_any_moment_applies_the_file_once(running: Running, worker, tmp_path, turn):
    versions = running.versions()
    number = running.send(write(tmp_path))
    time.sleep(random.Random(turn).random() * 3)
    running.kill(worker)
    running.start_worker("heir")
    finish(running, number)
    check_applied_once(running, number, versions)


@pytest.mark.trial
def test_kill_the_workers_child_alone_applies_the_file_once(running: Running, worker, tmp_path):
    versions = running.versions()
    number = running.send(write(tmp_path))
    for child in running.children(worker):
        os.kill(child, signal.SIGKILL)
    finish(running, number)
    assert running.attempts(number) == 2
    check_applied_once(running, number, versions)


@pytest.mark.trial
def test_freeze_the_workers_child_beyond_its_real_lease_applies_the_file_once(running: Running, worker, tmp_path):
    versions = running.versions()
    number = running.send(write(tmp_path))
    (child,) = running.children(worker)
    os.kill(child, signal.SIGSTOP)
    running.start_worker("heir")
    wait_for(lambda: running.attempts(number) == 2, PATIENCE_SECONDS, "nobody took over")
    time.sleep(5)
    os.kill(child, signal.SIGCONT)
    finish(running, number)
    time.sleep(2)
    check_applied_once(running, number, versions)


@pytest.mark.trial
def test_kill_the_database_at_work_applies_the_file_once(running: Running, worker, tmp_path):
    versions = running.versions()
    number = running.send(write(tmp_path))
    running.kill_server("PostgreSQL")
    running.services.start()
    wait_for(lambda: running.state(number) == "applied", 2 * PATIENCE_SECONDS, "the import was not taken up again")
    check_applied_once(running, number, versions)


@pytest.mark.trial
def test_apply_two_files_of_the_same_months_by_two_workers_at_once_keeps_the_later(running: Running, worker, tmp_path):
    versions = running.versions()
    running.start_worker("second")
    senders = [running.python(SEND, str(write(tmp_path, SMALL))) for _ in range(2)]
    assert [sender.wait(timeout=PATIENCE_SECONDS) for sender in senders] == [0, 0]
    query = (
        "SELECT i.id FROM indicators_dataimport i JOIN indicators_dataversion v ON v.id = i.version_id "
        "WHERE v.number > %s ORDER BY v.number"
    )
    wait_for(lambda: len(running.sql(query, versions)) == 2, PATIENCE_SECONDS, "both files were not applied")
    later = running.sql(query, versions)[1][0]
    check_applied_once(running, later, versions + 1, SMALL)
