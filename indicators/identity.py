"""How a case is recognised: a hash of its reference, or of its content where it has none."""

from collections.abc import Iterable
from hashlib import blake2b

SIZE = 16  # bytes; what a UUID column holds


def digests(texts: Iterable[str]) -> list[bytes]:
    """Return the hashes of references or of the contents of rows, of 16 bytes each."""
    unused = blake2b(digest_size=SIZE).copy  # a copy is made in half the time of a new one
    found = []
    for text in texts:
        hashing = unused()
        hashing.update(text.encode())
        found.append(hashing.digest())
    return found


def digest(text: str) -> bytes:
    """Return the hash of one reference or content."""
    return digests([text])[0]
