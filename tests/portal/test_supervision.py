"""Supervision: real child processes that die, refuse to die, and lose the one who looks after them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.supervision import ProcessSpec, ServicesError, Supervisor, free_port

pytestmark = [pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
# Writes its process number, and that of a child of its own, into the file named first.
FAMILY = (
    "import os, subprocess, sys, time\n"
    "own = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "open(sys.argv[1], 'a').write(f'{os.getpid()} {own.pid}\\n')\n"
    "time.sleep(60)\n"
)
STUBBORN = (
    "import os, signal, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "open(sys.argv[1], 'a').write(f'{os.getpid()} {os.getpid()}\\n')\n"
    "time.sleep(60)\n"
)


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Return whether the condition came true in time."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def is_alive(pid: int) -> bool:
    """Whether a process runs, zombies not counted."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def families(record: Path) -> list[tuple[int, int]]:
    """Return the numbers written so far: a process and its child, oldest first."""
    lines = record.read_text().splitlines() if record.exists() else []
    return [(int(line.split()[0]), int(line.split()[1])) for line in lines if len(line.split()) == 2]


def spec(record: Path, program: str = FAMILY, name: str = "worker") -> ProcessSpec:
    """Return a process that records who it is and is ready once it has."""
    before = len(families(record))
    command = [sys.executable, "-c", program, str(record)]
    return ProcessSpec(name, command, ready=lambda: len(families(record)) > before)


@contextmanager
def supervised(*specs: ProcessSpec, folder: Path, tell: Callable[[str], None]) -> Iterator[Supervisor]:
    """Start a supervisor whose children end with the test."""
    supervisor = Supervisor(specs, folder / "logs", tell=tell, back_off=0.02)
    supervisor.start()
    try:
        yield supervisor
    finally:
        supervisor.stop(1)


def watch_for_ever(supervisor: Supervisor) -> None:
    """Watch until the supervisor gives up."""
    while True:
        supervisor.watch()
        time.sleep(0.01)


def test_watch_killed_child_restarts_it_and_says_so(tmp_path: Path) -> None:
    record = tmp_path / "record"
    told: list[str] = []
    with supervised(spec(record), folder=tmp_path, tell=told.append) as supervisor:
        supervisor.wait_ready(10)
        (first, first_child), *_ = families(record)
        os.kill(first, signal.SIGKILL)
        assert wait_until(lambda: not supervisor.is_alive("worker"))
        while len(families(record)) < 2:
            supervisor.watch()
        assert supervisor.is_alive("worker")
        assert is_alive(families(record)[1][0])
        assert wait_until(lambda: not is_alive(first_child)), "what the dead one started may hold its port"
    assert len(told) == 1
    assert "worker" in told[0]
    assert str(tmp_path / "logs" / "worker.log") in told[0]


def test_watch_command_that_always_dies_gives_up_naming_the_log(tmp_path: Path) -> None:
    bad = ProcessSpec("web", [sys.executable, "-c", "raise SystemExit('the port is taken')"])
    record = tmp_path / "record"
    with supervised(spec(record), bad, folder=tmp_path, tell=lambda _: None) as supervisor:
        with pytest.raises(ServicesError) as caught:
            watch_for_ever(supervisor)
        assert not supervisor.is_alive("worker"), "giving up stops the others too"
    message = str(caught.value)
    assert "web died 5 times" in message
    assert str(tmp_path / "logs" / "web.log") in message
    assert "the port is taken" in message


def test_watch_missing_program_gives_up_naming_it(tmp_path: Path) -> None:
    bad = ProcessSpec("web", [str(tmp_path / "no-such-program")])
    with (
        supervised(bad, folder=tmp_path, tell=lambda _: None) as supervisor,
        pytest.raises(ServicesError, match="no-such-program cannot be run: No such file"),
    ):
        watch_for_ever(supervisor)


def test_wait_ready_never_ready_names_the_process(tmp_path: Path) -> None:
    ready = spec(tmp_path / "record", name="ready")
    never = ProcessSpec("never", [sys.executable, "-c", "import time; time.sleep(60)"], ready=lambda: False)
    with (
        supervised(ready, never, folder=tmp_path, tell=lambda _: None) as supervisor,
        pytest.raises(ServicesError) as caught,
    ):
        supervisor.wait_ready(1)
    assert "never: " in str(caught.value)
    assert "ready: " not in str(caught.value)


def test_stop_takes_whole_groups_even_the_stubborn(tmp_path: Path) -> None:
    family, stubborn = tmp_path / "family", tmp_path / "stubborn"
    with supervised(
        spec(family), spec(stubborn, STUBBORN, "stubborn"), folder=tmp_path, tell=lambda _: None
    ) as supervisor:
        supervisor.wait_ready(10)
        numbers = {*families(family)[0], *families(stubborn)[0]}
        assert all(is_alive(pid) for pid in numbers)
        supervisor.stop(0.3)
        assert not any(is_alive(pid) for pid in families(stubborn)[0])
        assert wait_until(lambda: not any(is_alive(pid) for pid in numbers), 2)
        assert not supervisor.is_alive("worker")


def test_stop_goes_in_reverse_order(tmp_path: Path) -> None:
    record = tmp_path / "order"
    program = (
        "import signal, sys, time\n"
        "def end(*_): open(sys.argv[1], 'a').write(sys.argv[2] + '\\n'); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "open(sys.argv[1] + sys.argv[2], 'w').close()\n"
        "time.sleep(60)\n"
    )
    specs = [
        ProcessSpec(name, [sys.executable, "-c", program, str(record), name], ready=Path(f"{record}{name}").exists)
        for name in ("first", "second", "third")
    ]
    with supervised(*specs, folder=tmp_path, tell=lambda _: None) as supervisor:
        supervisor.wait_ready(10)
    assert record.read_text().split() == ["third", "second", "first"]


SUPERVISOR = """
import sys
from pathlib import Path
from portal.supervision import ProcessSpec, Supervisor
folder = Path(sys.argv[1])
child = ProcessSpec("worker", [sys.executable, "-c", sys.argv[2], str(folder / "record")])
healed = iter([["PostgreSQL"]])
supervisor = Supervisor([child], folder / "logs", tell=lambda line: print(line, flush=True))
supervisor.start()
supervisor.serve_until_interrupted(lambda: next(healed, []))
print("over", flush=True)
"""


def run_supervisor(folder: Path, program: str) -> "subprocess.Popen[str]":
    """Start a supervisor in a process of its own and wait until its child has recorded itself."""
    run = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(folder), program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert wait_until(lambda: bool(families(folder / "record")))
    return run


def test_supervisor_killed_outright_takes_its_children_along(tmp_path: Path) -> None:
    with run_supervisor(tmp_path, STUBBORN) as run:
        ((child, _),) = families(tmp_path / "record")
        run.kill()
        assert wait_until(lambda: not is_alive(child), 3)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_interrupted_stops_children_and_returns(tmp_path: Path, number: signal.Signals) -> None:
    with run_supervisor(tmp_path, FAMILY) as run:
        (numbers,) = families(tmp_path / "record")
        run.send_signal(number)
        said, _ = run.communicate(timeout=10)
        assert run.returncode == 0
        assert said.splitlines() == ["PostgreSQL had died and was started again", "over"]
        assert wait_until(lambda: not any(is_alive(pid) for pid in numbers), 2)


def test_env_comes_on_top_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRUTINY_OURS", "kept")
    found = tmp_path / "found"
    program = "import os, sys; open(sys.argv[1], 'w').write(os.environ['SCRUTINY_OURS'] + os.environ['MORE'])"
    child = ProcessSpec("worker", [sys.executable, "-c", program, str(found)], env={"MORE": " added"})
    with supervised(child, folder=tmp_path, tell=lambda _: None):
        assert wait_until(lambda: found.exists() and found.read_text() == "kept added")


def test_find_free_port_preferred_taken_gives_another() -> None:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        line.listen()
        taken = line.getsockname()[1]
        assert free_port(taken) != taken
    assert free_port(taken) == taken
