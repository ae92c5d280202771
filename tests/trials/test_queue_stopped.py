"""The queue's server away, back, and emptied: reading and saving go on, nothing is lost."""

import time
from collections.abc import Callable

import pytest
import requests
from redis import Redis

from tests.indicators.case_files import case, case_file
from tests.people import PASSWORD
from tests.trials.conftest import EMAIL, PATIENCE_SECONDS, Running, wait_for

pytestmark = [pytest.mark.slow]

ANSWER_SECONDS = 3.0


@pytest.fixture(scope="module")
def web(running: Running):
    """Start the pages for this module."""
    before = list(running.pieces)
    yield running.start_web()
    for piece in list(running.pieces):
        if piece not in before:
            running.kill(piece)


@pytest.fixture
def browser(web: str) -> Callable[..., requests.Response]:
    """Return a signed-in analyst's browser: browser(address, fields=None, files=None), timed."""
    session = requests.Session()

    def ask(address: str, fields: dict | None = None, files: dict | None = None) -> requests.Response:
        began = time.monotonic()
        if fields is None:
            answer = session.get(f"{web}{address}", timeout=20)
        else:
            token = session.cookies.get("csrftoken")
            sent = {**fields, "csrfmiddlewaretoken": token}
            headers = {"Referer": f"{web}{address}"}
            answer = session.post(f"{web}{address}", sent, files=files, headers=headers, timeout=20)
        assert answer.status_code == 200, answer.text[:500]
        assert time.monotonic() - began < ANSWER_SECONDS
        return answer

    session.get(f"{web}sign-in/")
    fields = {"username": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    session.post(f"{web}sign-in/", fields, headers={"Referer": f"{web}sign-in/"})
    assert "Sign out" in session.get(web).text
    return ask


def upload(running: Running, browser: Callable[..., requests.Response], month: str) -> tuple[int, str]:
    """Send a small file by the form; return the import's number and the page."""
    force = running.sql("SELECT id FROM indicators_force")[0][0]
    content = case_file(*(case(at, month) for at in range(20)))
    page = browser("imports/new/", {"force": force, "kind": "cases"}, {"file": ("cases.csv", content, "text/csv")})
    return int(page.url.rstrip("/").rpartition("/")[2]), page.text


def test_stop_the_queue_pages_answer_and_the_work_is_done_when_it_is_back(running: Running, worker, browser):
    versions = running.versions()
    running.kill_server("Valkey")
    for address in ("", "imports/", "imports/new/", "indicators/"):
        browser(address)
    number, page = upload(running, browser, "2018-05")
    assert "Saved. It will run when the queue is back" in page
    assert "Imports" in browser(f"imports/{number}/").text
    assert running.state(number) == "received"
    assert running.services.start() == ["Valkey"]
    wait_for(lambda: running.state(number) == "staged", PATIENCE_SECONDS, "the file was not checked")
    browser(f"imports/{number}/confirm/", {"reason": "trial"})
    wait_for(lambda: running.state(number) == "applied", PATIENCE_SECONDS, "the file was not applied")
    assert running.versions() == versions + 1


def test_empty_the_queue_loses_neither_work_nor_sessions(running: Running, browser):
    versions = running.versions()
    number, page = upload(running, browser, "2018-06")
    assert "It will run when the queue is back" not in page
    with Redis.from_url(running.services.redis_url) as queue:
        queue.flushall()
    assert "Sign out" in browser(f"imports/{number}/").text
    worker = running.start_worker()
    wait_for(lambda: running.state(number) == "staged", PATIENCE_SECONDS, "the file was not checked")
    browser(f"imports/{number}/confirm/", {"reason": "trial"})
    wait_for(lambda: running.state(number) == "applied", PATIENCE_SECONDS, "the file was not applied")
    assert running.versions() == versions + 1
    running.kill(worker)
