"""Background work under bad luck: claims, leases, fences, quarantine, a queue that is away."""

import base64
import json
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from redis import Redis

from indicators import tasks
from indicators.actions import imports, jobs
from indicators.choices import ImportState, JobState
from indicators.models.aggregate import Aggregate
from indicators.models.case import Case, CaseCell
from indicators.models.data_version import DataVersion
from indicators.models.job import Job
from portal.celery import app
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.case_files import case, case_file, small_force, work

LONG_AGO = timedelta(seconds=60)


@pytest.fixture
def job(db) -> Job:
    """Return a waiting job with a number that no other test has."""
    by = User.objects.create_user("jo@example.test", "Jo")
    return Job.objects.create(pk=random.randrange(10**6, 10**12), task="no.task", subject_id=1, title="Work", by=by)


@pytest.fixture
def kept_job(django_db_setup, django_db_blocker) -> Iterator[Job]:
    """Return a waiting job that every connection sees; it is deleted afterwards."""
    with django_db_blocker.unblock():
        by = User.objects.create_user(f"jo{random.randrange(10**9)}@example.test", "Jo")
        job = Job.objects.create(task="no.task", subject_id=random.randrange(10**9), title="Work", by=by)
        yield job
        job.delete()
        by.delete()


def together(act: Callable[[], object], times: int) -> list[object]:
    """Do the same thing in several threads at one moment, each on a connection of its own."""
    gate, answers = threading.Barrier(times), []

    def one() -> None:
        try:
            gate.wait()
            answers.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_claim_by_many_at_once_gives_the_job_to_one(kept_job):
    for attempt in (1, 2, 3):
        claimed = [job for job in together(lambda: jobs.claim(kept_job.pk), 6) if job is not None]
        assert [job.attempt for job in claimed] == [attempt]
        Job.objects.filter(pk=kept_job.pk).update(leased_until=Now() - LONG_AGO)


def test_claim_a_job_in_work_is_refused_until_its_lease_runs_out(job):
    first = jobs.claim(job.pk)
    assert first is not None and first.state == JobState.RUNNING
    assert jobs.claim(job.pk) is None
    Job.objects.filter(pk=job.pk).update(leased_until=Now() - LONG_AGO)
    second = jobs.claim(job.pk)
    assert second is not None and second.attempt == 2


def test_claim_a_job_left_behind_three_times_puts_it_aside(job):
    for _ in range(3):
        assert jobs.claim(job.pk) is not None
        Job.objects.filter(pk=job.pk).update(leased_until=Now() - LONG_AGO)
    assert jobs.claim(job.pk) is None
    job.refresh_from_db()
    assert job.state == JobState.QUARANTINED and "Nothing was changed" in job.error
    assert jobs.claim(job.pk) is None and list(jobs.open_jobs()) == []
    jobs.retry(job, by=job.by.person)
    again = jobs.claim(job.pk)
    assert again is not None and again.attempt == 1


def test_finish_after_the_lease_was_lost_is_refused(job):
    zombie = jobs.claim(job.pk)
    Job.objects.filter(pk=job.pk).update(leased_until=Now() - LONG_AGO)
    heir = jobs.claim(job.pk)
    with pytest.raises(jobs.LeaseLost):
        jobs.finish(zombie)
    jobs.let_go(zombie, "late")
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error) == (JobState.RUNNING, 2, "")
    jobs.finish(heir)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    with pytest.raises(jobs.LeaseLost):
        jobs.finish(heir)


def test_apply_by_a_worker_whose_lease_was_lost_keeps_nothing(db):
    force, by = small_force(), case_files.analyst()
    case_files.load(force, by, case_file(case(1, "2020-01")))
    later = case_files.send(force, by, case_file(case(2, "2020-01"), case(3, "2020-02")))
    imports.confirm(later, by=by)
    job = Job.objects.get(task=imports.APPLY_TASK, subject_id=later.pk)

    def state() -> list[object]:
        models = (CaseCell, Aggregate, Case, DataVersion)
        return [sorted(map(str, model.objects.values_list())) for model in models]

    before = state()
    zombie = jobs.claim(job.pk)
    Job.objects.filter(pk=job.pk).update(leased_until=Now() - LONG_AGO)
    heir = jobs.claim(job.pk)
    with jobs.worked(zombie) as progress:
        imports.apply(later, zombie, progress, by=by)
    later.refresh_from_db()
    assert later.state == ImportState.CONFIRMED and state() == before
    with jobs.worked(heir) as progress:
        imports.apply(later, heir, progress, by=by)
    later.refresh_from_db()
    assert later.state == ImportState.APPLIED and later.version.number == 2
    assert Case.objects.count() == 2


@pytest.mark.slow
def test_progress_while_work_runs_renews_the_lease_and_is_written(kept_job):
    claimed = jobs.claim(kept_job.pk)
    Job.objects.filter(pk=kept_job.pk).update(leased_until=Now() + timedelta(seconds=1))
    with jobs.worked(claimed) as progress:
        progress.tell("Reading", 3, 9)
        time.sleep(2.5)
        assert jobs.claim(kept_job.pk) is None
    kept_job.refresh_from_db()
    assert (kept_job.step, kept_job.done, kept_job.total) == ("Reading", 3, 9)


def test_work_that_fails_is_written_down_and_given_back(job):
    with jobs.worked(jobs.claim(job.pk)):
        raise ValueError("the reason")
    job.refresh_from_db()
    assert job.error == "ValueError: the reason" and [one.pk for one in jobs.open_jobs()] == [job.pk]
    assert jobs.claim(job.pk).attempt == 2


def test_ask_for_the_same_work_twice_makes_one_job(job):
    again = jobs.ask(job.task, job.subject_id, "Work again", by=job.by.person)
    assert again.pk == job.pk and Job.objects.count() == 1


def messages(job: Job) -> int:
    """Count the wake-ups of a job that lie in the queue."""
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    with Redis.from_url(settings.REDIS_URL) as queue:
        bodies = [base64.b64decode(json.loads(one)["body"]) for one in queue.lrange(f"{prefix}celery", 0, -1)]
    return sum(json.loads(body)[0] == [job.pk] for body in bodies)


def test_sweep_sends_the_wake_up_of_waiting_and_left_behind_jobs_again(job):
    tasks.sweep()
    assert messages(job) == 1
    jobs.claim(job.pk)
    tasks.sweep()
    assert messages(job) == 1
    Job.objects.filter(pk=job.pk).update(leased_until=Now() - LONG_AGO)
    tasks.sweep()
    assert messages(job) == 2
    jobs.finish(jobs.claim(job.pk))
    tasks.sweep()
    assert messages(job) == 2


@contextmanager
def queue_at(url: str) -> Iterator[None]:
    """Let the queue's address be another one for a while."""
    former = app.conf.broker_url
    for address in (url, former):
        app.conf.broker_url = address
        app._after_fork()  # forget the open connections
        if address == url:
            yield


@contextmanager
def silent_server() -> Iterator[str]:
    """Listen and never answer; gives the address."""
    with TemporaryDirectory(dir="/tmp") as folder, socket.socket(socket.AF_UNIX) as line:
        path = Path(folder) / "silent.sock"
        line.bind(str(path))
        line.listen(8)
        yield f"redis+socket://{path}?virtual_host=0"


@pytest.mark.parametrize("address", ["redis+socket:///tmp/nobody-listens.sock?virtual_host=0", "redis://127.0.0.1:9/0"])
def test_wake_when_the_queue_is_away_answers_no_within_seconds(job, address):
    with queue_at(address):
        began = time.monotonic()
        assert tasks.wake(job) is False
        tasks.sweep()
        assert time.monotonic() - began < 3
    assert tasks.wake(job) is True


@pytest.mark.slow
def test_wake_when_the_queue_never_answers_gives_up_within_seconds(job):
    with silent_server() as address, queue_at(address):
        began = time.monotonic()
        assert tasks.wake(job) is False
        assert time.monotonic() - began < 3


@pytest.mark.parametrize("fault", ["OOM", "READONLY", "NOAUTH"])
def test_wake_when_the_queue_refuses_answers_no(job, fault):
    with refusing_server(fault) as address, queue_at(address):
        began = time.monotonic()
        assert tasks.wake(job) is False
        assert time.monotonic() - began < 3


@contextmanager
def refusing_server(fault: str) -> Iterator[str]:
    """Answer every command with an error, as a full, a read-only or a locked server does."""
    with TemporaryDirectory(dir="/tmp") as folder, socket.socket(socket.AF_UNIX) as line:
        path = Path(folder) / "refusing.sock"
        line.bind(str(path))
        line.listen(8)

        def answer(client: socket.socket) -> None:
            with client:
                while client.recv(65536):
                    client.sendall(f"-{fault} this server refuses\r\n".encode())

        def serve() -> None:
            while True:
                try:
                    client, _ = line.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=[client], daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"redis+socket://{path}?virtual_host=0"
        line.shutdown(socket.SHUT_RDWR)


def test_stage_of_a_file_that_vanished_is_tried_thrice_and_put_aside(db, settings, tmp_path):
    settings.FILES = tmp_path
    force, by = small_force(), case_files.analyst()
    data_import, _ = imports.receive(force, "cases", "x.csv", [case_file(case(1, "2020-01"))], by=by)
    imports.stored_path(data_import.sha256).unlink()
    job = Job.objects.get()
    for _ in range(4):
        tasks.stage_import(job.pk)
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(leased_until=Now() - LONG_AGO)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.QUARANTINED, 3)
    assert tasks.wake_open(imports.STAGE_TASK, data_import.pk)
    other = case_files.send(force, by, case_file(case(2, "2020-01")))
    assert other.state == ImportState.STAGED  # the others go on
    imports.receive(force, "cases", "x.csv", [case_file(case(1, "2020-01"))], by=by)  # the bytes are back
    jobs.retry(job, by=by)
    work(imports.STAGE_TASK, data_import)
    assert data_import.state == ImportState.STAGED
