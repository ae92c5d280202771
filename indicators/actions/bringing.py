"""Bringing rows to what a document says: one read for a table, and what says the same already writes nothing."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model

from indicators.people import Refused, Verdict

Row = TypeVar("Row", bound=Model)


def rows_by(name: str, rows: Iterable[Row]) -> dict[Any, Row]:
    """Return rows by one of their fields."""
    return {getattr(one, name): one for one in rows}


def bring(held: dict[Any, Row], key: object, new: Row, fields: dict[str, Any]) -> Row:
    """Create a row, or update the one that is `held` under a key; returns it, and keeps it among them."""
    row = held.setdefault(key, new)
    if row is new or any(not _says(row, name, said) for name, said in fields.items()):
        for name, said in fields.items():
            setattr(row, name, said)
        row.save(update_fields=None if row is new else list(fields))
    return row


def _says(row: Model, name: str, said: object) -> bool:
    held = getattr(row, row._meta.get_field(name).attname)  # type: ignore[union-attr]
    return bool(held == (said.pk if isinstance(said, Model) else said))


def named(held: dict[Any, Row], key: object, words: str) -> Row:
    """Return the row of a key. Raises Refused for one that there is not; `words` say who names it, and as what."""
    if key not in held:
        raise Refused(Verdict(False, f"{words} “{key}”, and there is none of this name."))
    return held[key]
