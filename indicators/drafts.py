"""A profile while it is edited: what each column holds, what each word means, and what a sample adds to both.

Values in, values out. A draft need not be whole; `indicators.readers.layouts` says what is missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from indicators.choices import AreaKind, Coverage, DateOrder
from indicators.readers import suggestions
from indicators.readers.case_values import CaseLookups
from indicators.readers.samples import Sample
from indicators.readers.written_dates import order_of

BLANK = "(blank)"  # how an empty cell is written on the page
MARKER, UNREAD = "marker", "unread"


@dataclass(slots=True)
class Draft:
    """The columns in the order of the file, what each holds ("" = not said), and the words with their meanings.

    Meanings are written as the page's choices: "crime type|offence", the slug of an area, the name of a flag or "-".
    """

    holds: dict[str, str] = field(default_factory=dict)
    dates: str = DateOrder.DAY_FIRST
    coverage: str = Coverage.WHOLE_MONTHS
    offences: dict[str, str] = field(default_factory=dict)
    areas: dict[str, str] = field(default_factory=dict)
    flags: dict[tuple[str, str], str] = field(default_factory=dict)
    suggested: set[tuple[str, str]] = field(default_factory=set)  # (part, word), not yet looked at by a person

    def document(self) -> dict[str, Any]:
        """Return the draft as the document of a layout; what is open is left out."""
        markers = [name for name, held in self.holds.items() if held == MARKER]
        return {
            "columns": {held: name for name, held in self.holds.items() if held not in {"", MARKER, UNREAD}},
            "dates": self.dates,
            "offences": {_own(text): list(_pair(meaning)) for text, meaning in self.offences.items() if meaning},
            "areas": {_own(text): slug for text, slug in self.areas.items() if slug},
            "flags": {
                marker: {
                    _own(text): "" if flag == "-" else flag
                    for (column, text), flag in self.flags.items()
                    if column == marker and flag
                }
                for marker in markers
            },
            "ignored": [name for name, held in self.holds.items() if held == UNREAD],
            "coverage": self.coverage,
        }

    def found(self) -> dict[str, Any]:
        """Return what the page shows besides the document: the order of the columns, and the words without meaning."""
        return {
            "header": list(self.holds),
            "offences": [text for text, meaning in self.offences.items() if not meaning],
            "areas": [text for text, meaning in self.areas.items() if not meaning],
            "flags": [list(place) for place, meaning in self.flags.items() if not meaning],
        }

    def open_columns(self) -> Iterator[str]:
        """Yield in words what is still to be said about the columns."""
        for name, held in self.holds.items():
            if not held:
                yield f'Say what the column "{name}" holds, or that it is not read.'
        for held in {one for one in self.holds.values() if one not in {"", MARKER, UNREAD}}:
            names = [f'"{name}"' for name, one in self.holds.items() if one == held]
            if len(names) > 1:
                yield f"{' and '.join(names)} are said to hold the same. Choose one of them."

    def take(self, sample: Sample, known: CaseLookups) -> None:
        """Add the columns and words of a sample that are not here yet, with a suggestion for each."""
        is_new = not self.holds
        suggested = {name: held for held, name in suggestions.suggest(sample.header).items()}
        taken = set(self.holds.values())
        for name in sample.header:
            held = MARKER if suggestions.is_marker(name) else suggested.get(name, UNREAD if is_new else "")
            if name not in self.holds:
                self.holds[name] = "" if held in taken - {MARKER, UNREAD} else held
        if is_new:
            days = sample.values.get(self._column("Date"), [])
            self.dates = order_of([day for day in days if day]) or self.dates
        self._take_words(sample, known)

    def _column(self, held: str) -> str:
        return next((name for name, one in self.holds.items() if one == held), "")

    def _take_words(self, sample: Sample, known: CaseLookups) -> None:
        crime_types = {crime_type for crime_type, _ in known.categories}
        offence = "Offence" if self._column("Offence") else "Crime type"
        for text in sample.values.get(self._column(offence), []):
            if text and text not in crime_types and text not in self.offences:
                meant = suggestions.suggest_offence(text, known.categories)
                self._suggest(self.offences, "offences", text, "|".join(meant) if meant else "")
        lines = _lines(known)
        for text in sample.values.get(self._column("LSOA code"), []):
            if suggestions.needs_a_line(text, known.areas, known.districts) and text not in self.areas:
                meant_area = suggestions.suggest_area(text, dict(known.districts), lines)
                self._suggest(self.areas, "areas", text, meant_area)
        for column in [name for name, held in self.holds.items() if held == MARKER]:
            for text in sample.values.get(column, []):
                if text and text not in known.flags and (column, text) not in self.flags:
                    flag = suggestions.suggest_flag(column, text, known.flags)
                    self._suggest(self.flags, column, (column, text), "-" if flag == "" else flag or "")

    def _suggest(self, words: dict[Any, str], part: str, key: Any, meaning: str) -> None:
        words[key] = meaning
        if meaning:
            self.suggested.add((part, key if isinstance(key, str) else key[1]))


def draft_of(document: dict[str, Any], found: dict[str, Any]) -> Draft:
    """Return the draft that a saved profile goes on from."""
    held = {name: one for one, name in document.get("columns", {}).items()}
    held |= dict.fromkeys(document.get("flags", {}), MARKER) | dict.fromkeys(document.get("ignored", []), UNREAD)
    header = [*found.get("header", []), *held]
    return Draft(
        holds={name: held.get(name, "") for name in dict.fromkeys(header)},
        dates=document.get("dates", DateOrder.DAY_FIRST),
        coverage=document.get("coverage", Coverage.WHOLE_MONTHS),
        offences=dict.fromkeys(found.get("offences", []), "")
        | {_shown(text): "|".join(meant) for text, meant in document.get("offences", {}).items()},
        areas=dict.fromkeys(found.get("areas", []), "")
        | {_shown(text): slug for text, slug in document.get("areas", {}).items()},
        flags=dict.fromkeys([(column, text) for column, text in found.get("flags", [])], "")
        | {
            (column, _shown(text)): flag or "-"
            for column, values in document.get("flags", {}).items()
            for text, flag in values.items()
        },
    )


def _lines(known: CaseLookups) -> dict[AreaKind, str]:
    """Return the slugs of the two lines that keep sums whole."""
    slugs = {pk: slug for slug, pk in known.places.items()}
    lines = {AreaKind.UNLOCATED: known.unlocated, AreaKind.OUTSIDE: known.outside}
    return {kind: slugs[pk] for kind, pk in lines.items() if pk in slugs}


def _own(text: str) -> str:
    return "" if text == BLANK else text


def _shown(text: str) -> str:
    return text or BLANK


def _pair(meaning: str) -> tuple[str, str]:
    crime_type, _, offence = meaning.partition("|")
    return crime_type, offence
