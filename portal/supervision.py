"""Programs that run beside the portal: servers that outlive a command, and children that must not outlive it.

`Server` finds, starts and stops one server; portal/services.py says which. `Supervisor` keeps the processes
of a demonstration alive. Run as a program, this file binds a command to its parent's life.
Standard library only; Linux only (it reads /proc and asks the kernel for a signal at the parent's death).
"""

import contextlib
import ctypes
import fcntl
import logging
import os
import pwd
import signal
import socket
import stat
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 120.0  # PostgreSQL's recovery after a crash may take long
LOG_BYTES = 10_000_000
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "HOME": "/"}  # nothing of the caller's PG*
PR_SET_PDEATHSIG = 1
DEATHS, DEATH_SECONDS = 5, 60.0
LOGGER = logging.getLogger(__name__)


class ServicesError(RuntimeError):
    """A program cannot be started, kept running or ended; the message says which and why."""


class Server(ABC):
    """One server in the background: how it is recognised, started, waited for and stopped."""

    name: str
    socket: Path
    endings: tuple[tuple[signal.Signals, float], ...]  # what to send, and the seconds to wait after it

    def __init__(self, folder: Path, account: pwd.struct_passwd | None = None) -> None:
        self.log = folder / f"{self.name.lower()}.log"
        self.account = account  # whom the server runs as, when not as us

    @property
    @abstractmethod
    def pid_file(self) -> Path:
        """The file in which the server writes its process number."""

    @abstractmethod
    def is_mine(self, arguments: list[bytes]) -> bool:
        """Whether a command line is that of this server's main process, and of no other checkout's."""

    def is_part(self, arguments: list[bytes]) -> bool:
        """Whether a command line is that of any process of this server."""
        return self.is_mine(arguments)

    @abstractmethod
    def prepare(self) -> list[str]:
        """Clear away what a crash left, make what is missing, return the command that starts it."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server answers and has all that the portal needs."""

    def pid(self) -> int | None:
        """Return the main process's number, or nothing if it is dead or lost its socket or its folder."""
        try:
            pid = int(self.pid_file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if self.socket.exists() and self.is_mine(_arguments(pid)) else None

    def pids(self, recognise: Callable[[list[bytes]], bool]) -> list[int]:
        """List this server's live processes by command line: pid files lie after a crash, these do not."""
        uid = self.account.pw_uid if self.account else os.geteuid()
        numbers = [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - ten times faster
        return [pid for pid in numbers if recognise(_arguments(pid)) and _uid(pid) == uid]

    def start(self) -> bool:
        """Find the server running (False) or start it (True); either way it answers in the end."""
        pid = self.pid()
        if pid and self.wait(pid):
            return False
        self.stop()
        command = self.prepare()
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.old"))
        # The shell leaves at once, so the server is no child of ours: no zombie, no signal meant for us.
        if not self.wait(int(self.run(["/bin/sh", "-c", '"$@" >&2 </dev/null & echo $!', "sh", *command]))):
            raise self.failure("it stopped while starting")
        return True

    def wait(self, pid: int) -> bool:
        """Wait until the server answers; False when its process ends before. Raises on the deadline."""
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if not _is_alive(pid):
                return False
            if time.monotonic() > deadline:
                raise self.failure(f"process {pid} gave no answer for {START_SECONDS:.0f} seconds")
            time.sleep(0.03)
        return True

    def stop(self) -> None:
        """End every process of this server: the main one politely, children it left behind at once."""
        for number, seconds in (*self.endings, (signal.SIGKILL, 10.0)):
            targets = self.pids(self.is_mine)
            if not targets:
                targets, number = self.pids(self.is_part), signal.SIGKILL
            if not targets:
                return
            for pid in targets:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            deadline = time.monotonic() + seconds
            while any(_is_alive(pid) for pid in targets) and time.monotonic() < deadline:
                time.sleep(0.03)
        if self.pids(self.is_part):
            raise self.failure("its processes cannot be ended")

    def run(self, command: list[str]) -> str:
        """Run a short command as the server's account, errors to the log; return what it printed."""
        account = self.account
        with self.log.open("ab") as log:
            try:
                done = subprocess.run(
                    command,
                    user=account and account.pw_uid,
                    group=account and account.pw_gid,
                    extra_groups=[] if account else None,
                    cwd="/",  # the folder we stand in may be closed to the account
                    env=ENVIRONMENT,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    start_new_session=True,
                    umask=0o077,
                    text=True,
                    check=False,
                )
            except OSError as error:
                raise self.failure(f"{command[0]} cannot be run ({error})") from error
        if done.returncode:
            raise self.failure(f"{Path(command[0]).name} ended with status {done.returncode}")
        return done.stdout

    def failure(self, reason: str) -> ServicesError:
        """Make the error that says what failed, with the last lines of the log."""
        return ServicesError(f"{self.name} does not run: {reason}.\n{_last_lines(self.log)}")


def lock(path: Path, kind: int, seconds: float) -> int:
    """Lock a file (fcntl.LOCK_SH or LOCK_EX), made if missing; closing the number returned frees it.

    Raises ServicesError when others keep the lock for more than `seconds`.
    """
    number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(number, kind | fcntl.LOCK_NB)
            return number
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(number)
                raise ServicesError(f"Another command has kept {path} for {seconds:.0f} seconds.") from None
            time.sleep(0.03)


def own_folder(folder: Path, mode: int, account: pwd.struct_passwd | None = None) -> None:
    """Make a folder that belongs to the account (or to us); refuse a stranger's folder or a symbolic link."""
    wanted = account.pw_uid if account else os.geteuid()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {wanted, os.geteuid()}:
            raise ServicesError(f"{folder} belongs to another user. Run this as its owner, or delete it.")
        if account and status.st_uid != wanted:
            os.chown(folder, account.pw_uid, account.pw_gid)
        folder.chmod(mode)
    except OSError as error:
        raise ServicesError(f"{folder} cannot be used ({error.strerror}). Run this as its owner.") from error


def free_port(preferred: int) -> int:
    """Return a free TCP port of 127.0.0.1: the preferred one, one of the 20 after it, or any."""
    for port in (*range(preferred, min(preferred + 21, 65536)), 0):
        with socket.socket(socket.AF_INET) as line, contextlib.suppress(OSError):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            line.bind(("127.0.0.1", port))
            return int(line.getsockname()[1])
    raise ServicesError("No TCP port of 127.0.0.1 is free.")


@dataclass(frozen=True)
class ProcessSpec:
    """A process to keep alive; `env` comes on top of our own environment, `ready` tells whether it serves."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None


class _Child:
    """One supervised process and its history."""

    def __init__(self, spec: ProcessSpec, log: Path) -> None:
        self.spec = spec
        self.log = log
        self.running: subprocess.Popen[bytes] | None = None
        self.deaths: list[float] = []
        self.start_at = 0.0

    def start(self) -> None:
        """Start the command in its own session, bound to our life by this file run as a program."""
        binding = [sys.executable, "-I", str(Path(__file__).resolve()), "--parent", str(os.getpid()), "--"]
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [*binding, *self.spec.command],
                env={**os.environ, **self.spec.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def is_alive(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def end(self, seconds: float) -> int | None:
        """Ask the process to end, wait, kill what is left of its group; return the exit status."""
        if self.running is None:
            return None
        if self.is_alive():
            self.running.terminate()  # the leader only: a group-wide SIGTERM would cut a worker's tasks
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.running.wait(seconds)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.running.pid, signal.SIGKILL)
        status, self.running = self.running.wait(), None
        return status


class Supervisor:
    """Keeps processes alive: starts them in order, restarts the dead, stops them in reverse order.

    Use it from one thread that lives as long as the children: the kernel ends them when that thread ends.
    """

    def __init__(
        self,
        processes: Sequence[ProcessSpec],
        log_folder: Path,
        *,
        tell: Callable[[str], None] = LOGGER.warning,
        back_off: float = 0.5,
    ) -> None:
        log_folder.mkdir(parents=True, exist_ok=True)
        self._children = [_Child(spec, log_folder / f"{spec.name}.log") for spec in processes]
        self._tell = tell
        self._back_off = back_off  # seconds before the first restart, doubled at each further death

    def start(self) -> None:
        """Start every process."""
        self.watch()

    def is_alive(self, name: str) -> bool:
        """Whether the process of that name runs at this moment."""
        return any(child.is_alive() for child in self._children if child.spec.name == name)

    def watch(self) -> None:
        """Look once at every process and restart the dead ones whose pause is over.

        Raises ServicesError, everything stopped, when one has died 5 times within 60 seconds.
        """
        now = time.monotonic()
        for child in self._children:
            if child.running is None and now >= child.start_at:
                child.start()
            elif child.running is not None and child.running.poll() is not None:
                self._note_death(child, now)

    def _note_death(self, child: _Child, now: float) -> None:
        status = child.end(0)  # what the dead one started may still hold a port
        child.deaths = [moment for moment in child.deaths if now - moment < DEATH_SECONDS] + [now]
        if len(child.deaths) >= DEATHS:
            self.stop()
            raise ServicesError(
                f"{child.spec.name} died {DEATHS} times in {DEATH_SECONDS:.0f} seconds (status {status}), "
                f"so everything was stopped.\n{_last_lines(child.log)}"
            )
        pause = self._back_off * 2 ** (len(child.deaths) - 1)
        child.start_at = now + pause
        self._tell(f"{child.spec.name} died with status {status} and starts again in {pause:g} s: {child.log}")

    def wait_ready(self, deadline: float) -> None:
        """Wait until every process says it is ready, at most `deadline` seconds; restarts the dead meanwhile.

        Raises ServicesError, naming those that are not ready and their logs.
        """
        end = time.monotonic() + deadline
        waiting = self._children
        while True:
            self.watch()
            waiting = [child for child in waiting if not (child.is_alive() and _says_ready(child.spec))]
            if not waiting:
                return
            if time.monotonic() >= end:
                reports = "\n".join(f"{child.spec.name}: {_last_lines(child.log)}" for child in waiting)
                raise ServicesError(f"Not ready after {deadline:g} seconds:\n{reports}")
            time.sleep(0.1)

    def serve_until_interrupted(self, heal: Callable[[], Sequence[str]] | None = None) -> None:
        """Watch until Ctrl-C or SIGTERM, then stop everything.

        `heal` is called each second and returns the names of what it had to start again.
        When it or a process fails for good, everything is stopped too and ServicesError is raised.
        """
        asked: list[int] = []
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        former = {number: signal.signal(number, lambda got, _: asked.append(got)) for number in numbers}
        heal_at = 0.0
        try:
            while not asked:
                self.watch()
                if heal and time.monotonic() >= heal_at:
                    for name in heal():
                        self._tell(f"{name} had died and was started again")
                    heal_at = time.monotonic() + 1
                time.sleep(0.1)
        finally:
            self.stop()
            for number, action in former.items():
                signal.signal(number, action)

    def stop(self, seconds: float = 15) -> None:
        """Stop all in reverse order: SIGTERM, and SIGKILL for the one that takes more than `seconds`."""
        for child in reversed(self._children):
            child.end(seconds)


def _says_ready(spec: ProcessSpec) -> bool:
    try:
        return spec.ready is None or spec.ready()
    except OSError:  # not listening yet
        return False


def _last_lines(log: Path) -> str:
    lines = _read(log).decode(errors="replace").splitlines()[-12:]
    return "\n  ".join([f"The last lines of {log}:", *lines])


def _arguments(pid: int) -> list[bytes]:
    """Return a process's command line; one empty word when it is gone or a zombie."""
    return _read(Path(f"/proc/{pid}/cmdline")).rstrip(b"\0").split(b"\0")


def _is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie that nobody collects (a container's careless init) does not."""
    return _read(Path(f"/proc/{pid}/stat")).rpartition(b")")[2].split()[:1] not in ([], [b"Z"], [b"X"])


def _uid(pid: int) -> int:
    """Return whose process it is; -1 when it is gone."""
    owners = [line for line in _read(Path(f"/proc/{pid}/status")).splitlines() if line.startswith(b"Uid:")]
    return int(owners[0].split()[1]) if owners else -1


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _become(arguments: Sequence[str]) -> None:
    """Turn this process into the command after `--parent PID --`, killed by the kernel when PID dies.

    Asked for here, in a program of its own: code between fork and exec is unsafe with threads.
    """
    command = list(arguments[3:])
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != int(arguments[1]):  # it died before the request was made
        raise SystemExit(1)
    try:
        os.execvp(command[0], command)  # noqa: S606 - no shell is wanted
    except OSError as error:
        raise SystemExit(f"{command[0]} cannot be run: {error.strerror}") from error


if __name__ == "__main__":
    _become(sys.argv[1:])
