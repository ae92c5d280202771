"""How much memory processes have used at most, read from /proc while they work."""

import threading
from contextlib import suppress
from pathlib import Path

EVERY_SECONDS = 0.25
MB = 1024  # kB


class Memory:
    """Watches the workers and the database's processes within a `with` block; `worker` and `database` are peaks in MB.

    A process of the database counts the memory that all of them share as well, 128 MB of buffers.
    """

    def __init__(self, worker: int, postmaster: int) -> None:
        """Watch the processes under these two."""
        self._peaks: dict[int, int] = {}
        self._parents = {worker: "worker", postmaster: "database"}
        self._kinds: dict[int, str] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Memory":
        for pid in self._processes():
            with suppress(OSError):  # a process of PostgreSQL belongs to another account
                Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak begins anew
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self._look()

    @property
    def worker(self) -> int:
        """The most that one worker process has used."""
        return self._peak("worker")

    @property
    def database(self) -> int:
        """The most that one process of the database has used."""
        return self._peak("database")

    def _peak(self, kind: str) -> int:
        return max((peak for pid, peak in self._peaks.items() if self._kinds[pid] == kind), default=0) // MB

    def _processes(self) -> list[int]:
        found = []
        for parent, kind in self._parents.items():
            with suppress(OSError):
                text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
                below = [parent, *map(int, text.split())]
                self._kinds.update(dict.fromkeys(below, kind))
                found += below
        return found

    def _look(self) -> None:
        for pid in self._processes():
            with suppress(OSError, StopIteration):
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
                self._peaks[pid] = max(peak, self._peaks.get(pid, 0))

    def _watch(self) -> None:
        while not self._stopped.wait(EVERY_SECONDS):
            self._look()
