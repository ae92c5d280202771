"""The files in which returns were received: kept apart until a return that is sent in names them, then for good."""

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from indicators.actions import imports
from indicators.people import Refused, Verdict

KEPT_FOR = 24 * 60 * 60  # seconds in which a file that came with a refused page can be sent on


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """The file in which a return was received, kept under its hash."""

    name: str
    sha256: str
    size: int


def keep_file(name: str, chunks: Iterable[bytes]) -> ReceivedFile:
    """Keep the file in which a return was received. It is never read, only shown as where the numbers come from."""
    sha256, size = imports.keep(chunks, _waiting)
    return ReceivedFile(name[-300:], sha256, size)


def _waiting(digest: str) -> Path:
    """Return where a file stands that no return names yet."""
    return Path(settings.FILES) / "waiting" / digest


def is_kept(file: ReceivedFile) -> bool:
    """Tell whether a file that came with a page is still there."""
    return _waiting(file.sha256).exists() or imports.stored_path(file.sha256).exists()


def hold(file: ReceivedFile) -> None:
    """Keep a file for good, as a return names it. Raises Refused when it is not there any more."""
    waiting, kept = _waiting(file.sha256), imports.stored_path(file.sha256)
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        waiting.replace(kept)
    except FileNotFoundError as error:
        if not kept.exists():  # another return may have named the same bytes
            words = f"“{file.name}” was sent too long ago. Nothing was sent in. Choose the file again."
            raise Refused(Verdict(False, words)) from error


def discard_left_over(now: float | None = None) -> int:
    """Remove the files that came with a page and that no return named in time; returns their number."""
    oldest, removed = (now or time.time()) - KEPT_FOR, 0
    for one in _waiting("").glob("*"):
        with suppress(FileNotFoundError):  # a return has named it meanwhile
            if one.stat().st_mtime < oldest:
                one.unlink()
                removed += 1
    return removed
