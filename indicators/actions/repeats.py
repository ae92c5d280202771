"""Rows that share a key within a month: noticed while they go by, and ranked by their content, never by file order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import compress, count, repeat
from operator import is_not


@dataclass(slots=True)
class Repeats:
    """The keys of one month so far. `is_whole`: none went by unnoticed, so that `moves` is all there is to do."""

    is_whole: bool = True
    _first: dict[bytes, bytes] = field(default_factory=dict)  # key -> the content it first came with
    _contents: dict[bytes, list[bytes]] = field(default_factory=dict)  # of the keys of several rows, as they came

    def ordinals(self, keys: Sequence[bytes], contents: Sequence[bytes], *, is_tracked: bool) -> Iterable[int]:
        """Return the ordinal of each of the next rows as they come; without tracking, nothing is remembered of them."""
        if not is_tracked:
            self.is_whole = False
            return repeat(0)
        firsts = list(map(self._first.setdefault, keys, contents))
        # Of a new key come back the very bytes that were given; of any other an earlier one, even if it reads the same.
        repeated = list(compress(count(), map(is_not, firsts, contents)))
        if not repeated:
            return repeat(0)
        ordinals = [0] * len(keys)
        for at in repeated:
            came = self._contents.setdefault(keys[at], [firsts[at]])
            ordinals[at] = len(came)
            came.append(contents[at])
        return ordinals

    def moves(self) -> list[tuple[bytes, int, int]]:
        """Return (key, ordinal as it came, ordinal by content) where the two differ; equal contents stay in order."""
        return [
            (key, came, rank)
            for key, contents in self._contents.items()
            for rank, came in enumerate(sorted(range(len(contents)), key=contents.__getitem__))
            if rank != came
        ]

    def forget(self) -> None:
        """Let the memory go."""
        self._first.clear()
        self._contents.clear()
