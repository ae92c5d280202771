"""How a force's own extract is read: which of its columns hold what, and what its words mean.

A layout is plain data. It is written as a document of lists and texts, which `parse_layout` checks as a whole.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from indicators.choices import Coverage, DateOrder
from indicators.readers.case_values import CaseLookups

# What a column of an extract can hold, under the names of the street-level format; markers come apart, in `flags`.
HELD = (
    "Crime ID", "Month", "Date", "Crime type", "Offence", "LSOA code", "LSOA name", "Longitude", "Latitude",
    "Location", "Last outcome category", "Context", "Reported by", "Falls within",
)  # fmt: skip
NEEDED = {"Crime type": "the offence or crime type", "LSOA code": "the area"}
LONGEST_NAME = 120
MOST_VALUES = 1_000  # of one value map; the page of a profile shows all of them
LISTS = ("columns", "offences", "areas", "flags", "ignored", "dates", "coverage")


@dataclass(frozen=True, slots=True)
class Layout:
    """How one kind of extract is read.

    `columns`: what is held -> the column's own name; without "Crime ID" the content of a row is its identity, without
    "Month" the month is that of "Date". `offences`: text -> (crime type, offence or ""). `areas`: text -> slug of a
    small area, a district or one of the two remainder lines. `flags`: column -> text -> name of a flag, "" for none.
    `ignored`: columns that are not read. A blank area has no location and a blank marker means no flag, unless mapped.
    """

    columns: Mapping[str, str]
    dates: DateOrder = DateOrder.DAY_FIRST
    offences: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    coverage: Coverage = Coverage.WHOLE_MONTHS

    def as_document(self) -> dict[str, Any]:
        """Return the layout as lists and texts, in an order that does not depend on how it was made."""
        return {
            "columns": dict(sorted(self.columns.items())),
            "dates": self.dates.value,
            "offences": {text: list(meant) for text, meant in sorted(self.offences.items())},
            "areas": dict(sorted(self.areas.items())),
            "flags": {column: dict(sorted(values.items())) for column, values in sorted(self.flags.items())},
            "ignored": sorted(self.ignored),
            "coverage": self.coverage.value,
        }


def parse_layout(document: object, lookups: CaseLookups | None = None) -> tuple[Layout, list[str]]:
    """Return the layout that a document writes, and everything that is wrong with it, in words.

    With `lookups`, offences, areas and flags must be known as well. A document with any fault is not to be used.
    """
    reader = _Document(document)
    layout = Layout(
        reader.texts("columns"),
        reader.choice("dates", DateOrder, DateOrder.DAY_FIRST),
        reader.offences(),
        reader.texts("areas"),
        reader.flags(),
        reader.ignored(),
        reader.choice("coverage", Coverage, Coverage.WHOLE_MONTHS),
    )
    if reader.faults:
        return layout, reader.faults
    return layout, [*_column_faults(layout), *(_unknown(layout, lookups) if lookups else ())]


class _Document:
    """A document from outside, taken apart; what has not the right form is a fault."""

    def __init__(self, document: object) -> None:
        self.faults: list[str] = []
        self._parts: Mapping[str, Any] = document if isinstance(document, dict) else {}
        if not isinstance(document, dict):
            self.faults.append("The profile is empty or not written as a document.")
        for name in self._parts:
            if name not in LISTS:
                self.faults.append(f'The profile has no part "{name[:60]}". Its parts are: {", ".join(LISTS)}.')

    def choice(self, name: str, vocabulary: Any, default: Any) -> Any:
        """Return a member of a vocabulary."""
        value = self._parts.get(name, default)
        if value in list(vocabulary):
            return vocabulary(value)
        self.faults.append(f'"{name}" must be one of: {", ".join(vocabulary)}.')
        return default

    def texts(self, name: str) -> dict[str, str]:
        """Return a mapping of texts to texts."""
        return self._texts(name, self._parts.get(name, {}))

    def flags(self) -> dict[str, dict[str, str]]:
        """Return what the values of each marker column mean."""
        columns = self._parts.get("flags", {})
        if not isinstance(columns, dict):
            self.faults.append('"flags" must give for each column what its values mean.')
            return {}
        meanings = {column: self._texts(f"flags of {column[:60]}", values) for column, values in columns.items()}
        self._refuse_many("flags", [text for values in meanings.values() for text in values])
        return meanings

    def offences(self) -> dict[str, tuple[str, str]]:
        """Return the crime type and offence that each text means."""
        values = self._parts.get("offences", {})
        if not isinstance(values, dict) or not all(_is_pair(meant) for meant in values.values()):
            self.faults.append('"offences" must give a crime type and an offence (or "") for each text.')
            return {}
        self._refuse_many("offences", values)
        return {text: (meant[0], meant[1]) for text, meant in values.items()}

    def ignored(self) -> tuple[str, ...]:
        """Return the columns that are not read."""
        names = self._parts.get("ignored", [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self.faults.append('"ignored" must be a list of column names.')
            return ()
        return tuple(sorted(set(names)))

    def _texts(self, name: str, values: object) -> dict[str, str]:
        if not isinstance(values, dict) or not all(isinstance(meant, str) for meant in values.values()):
            self.faults.append(f'"{name}" must give one text for each text.')
            return {}
        self._refuse_many(name, values)
        return dict(values)

    def _refuse_many(self, name: str, values: Collection[str]) -> None:
        if len(values) > MOST_VALUES:
            self.faults.append(f'"{name}" has {len(values):,} lines; at most {MOST_VALUES:,} are allowed.')


def _is_pair(meant: object) -> bool:
    return isinstance(meant, list | tuple) and len(meant) == 2 and all(isinstance(word, str) for word in meant)


def _column_faults(layout: Layout) -> list[str]:
    """Return what is wrong with the columns: unknown, twice, missing."""
    faults = [f'"{name}" is nothing that a column can hold.' for name in layout.columns if name not in HELD]
    names = [*layout.columns.values(), *layout.flags, *layout.ignored]
    faults += [f'The column "{name}" is used twice. Say what it holds once.' for name in _repeated(names)]
    faults += [f'The name "{name[:60]}…" of a column is too long.' for name in names if len(name) > LONGEST_NAME]
    if not all(name.strip() for name in names):
        faults.append("A column has no name.")
    for held, words in NEEDED.items():
        if held not in layout.columns:
            faults.append(f"No column holds {words}. Choose one.")
    if "Month" not in layout.columns and "Date" not in layout.columns:
        faults.append("No column holds the month or the date. Choose one: a case without a month cannot be counted.")
    return faults


def _repeated(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _unknown(layout: Layout, lookups: CaseLookups) -> list[str]:
    """Return every meaning of the value maps that is not known."""
    faults = [
        f'"{text}": there is no offence "{": ".join(word for word in meant if word)}".'
        for text, meant in layout.offences.items()
        if meant not in lookups.categories
    ]
    faults += [
        f'"{text}": there is no area "{slug}".' for text, slug in layout.areas.items() if slug not in lookups.places
    ]
    faults += [
        f'"{text}" in {column}: there is no flag "{flag}".'
        for column, values in layout.flags.items()
        for text, flag in values.items()
        if flag and flag not in lookups.flags
    ]
    return faults
