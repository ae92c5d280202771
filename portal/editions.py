"""Reading presented editions, and nothing else: no draft, no figure and no text in the making is reachable here."""

import hashlib
import json
from typing import Any

from django.db.models import QuerySet

from portal.models.edition import Edition, EditionFile

MANIFEST = "manifest.json"


def presented() -> QuerySet[Edition]:
    """Return the presented editions, newest first, without their bulk."""
    return Edition.objects.defer("document", "article").order_by("-presented_at", "-id")


def newest(slug: str) -> Edition | None:
    """Return the newest edition of a report, None when it has none."""
    return presented().filter(slug=slug).order_by("-number").first()


def find(slug: str, number: int) -> Edition | None:
    """Return one edition with its article."""
    return Edition.objects.defer("document").filter(slug=slug, number=number).first()


def downloads(edition: Edition) -> QuerySet[EditionFile]:
    """Return the files offered with an edition, in their order, without their bytes."""
    return edition.files.filter(is_download=True).defer("content").order_by("id")


def file(slug: str, number: int, name: str) -> EditionFile | None:
    """Return one frozen file: a download, or the drawing of a chart."""
    return EditionFile.objects.filter(edition__slug=slug, edition__number=number, name=name).first()


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def faults(edition: Edition) -> tuple[str, ...]:
    """Compare an edition with its manifest: one sentence for each thing that is not as it was frozen."""
    kept = {each.name: each for each in edition.files.all()}
    manifest_file = kept.pop(MANIFEST, None)
    if manifest_file is None:
        return (f"{MANIFEST} is missing.",)
    if sha256(bytes(manifest_file.content)) != manifest_file.sha256:
        return (f"{MANIFEST} has changed.",)
    manifest: dict[str, Any] = json.loads(bytes(manifest_file.content))
    listed = {entry["name"]: entry["sha256"] for entry in manifest["files"]}
    found = [f"{name} is missing." for name in listed.keys() - kept.keys()]
    found += [f"{name} is not in the manifest." for name in kept.keys() - listed.keys()]
    found += [
        f"{name} has changed."
        for name, each in kept.items()
        if name in listed and listed[name] != sha256(bytes(each.content))
    ]
    texts = {"document": edition.document, "article": edition.article}
    for name, text in texts.items():
        if sha256(text.encode()) != manifest[f"{name}_sha256"]:
            found.append(f"The {name} has changed.")
    if edition.sha256 != manifest["document_sha256"]:
        found.append("The printed hash has changed.")
    return tuple(sorted(found))
