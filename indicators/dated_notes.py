"""Dated notes as plain values: series breaks, annotations, footnotes; which figures each of them follows. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from indicators.choices import NoteKind, Window
from indicators.periods import Period, date_text

Cell = tuple[Window, date]


@dataclass(frozen=True, slots=True)
class DatedNote:
    """Something that has to be known of the figures of some days.

    `indicators` and `areas` name what it is about, empty for all; the force itself is the area "". `part` narrows
    one indicator to one part. A break lies at the beginning of `starts_on`; an annotation or footnote holds from
    `starts_on` to `ends_on`, both included, None = open. A footnote with a `cell` (window and last day) is about that
    one value.
    """

    kind: NoteKind
    label: str
    words: str
    starts_on: date | None = None
    ends_on: date | None = None
    indicators: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    part: str = ""
    cell: Cell | None = None

    def is_about(self, indicator: str, part: str, area: str) -> bool:
        """Tell whether the note is about a series, whatever its dates."""
        return (
            (not self.indicators or indicator in self.indicators)
            and (not self.areas or area in self.areas)
            and self.part in ("", part)
        )

    def is_told_over(self, periods: Sequence[Period]) -> bool:
        """Tell whether the note has to stand beside values of these periods, shown or compared with each other.

        A break does when values stand on both sides of it, a day between two periods included; other notes when
        one of the periods has a day in common with theirs.
        """
        if self.cell is not None:
            return any((one.window, one.end) == self.cell for one in periods)
        spans = [(one.start or one.end, one.end) for one in periods if one.end is not None]
        if self.kind == NoteKind.BREAK:
            return bool(spans) and min(first for first, _ in spans) < self.day <= max(last for _, last in spans)
        if self.starts_on is None and self.ends_on is None:
            return True
        return any(first <= (self.ends_on or last) and last >= self.day for first, last in spans)

    @property
    def day(self) -> date:
        """The first day the note is about; the beginning of the calendar where it has none."""
        return self.starts_on or date.min

    @property
    def text(self) -> str:
        """The note as it is printed, ready to be followed by a full stop or by names."""
        words = self.words.strip().rstrip(".")
        if self.kind == NoteKind.FOOTNOTE:
            return words
        lead = f"series break on {date_text(self.day)}, " if self.kind == NoteKind.BREAK else ""
        span = f", {self.span}" if self.kind == NoteKind.ANNOTATION else ""
        return f"{lead}{self.label}{span} ({words})"

    @property
    def span(self) -> str:
        """The days of the note in words; empty where it has none."""
        if self.starts_on is None:
            return f"to {date_text(self.ends_on)}" if self.ends_on else ""
        if self.kind == NoteKind.BREAK:
            return date_text(self.starts_on)
        if self.ends_on is None:
            return f"from {date_text(self.starts_on)}"
        return f"{date_text(self.starts_on)} to {date_text(self.ends_on)}"


def told(notes: Iterable[DatedNote], period: Period, compared: Period | None) -> tuple[DatedNote, ...]:
    """Return the notes that have to stand beside one value, and beside its comparison where there is one."""
    periods = (period,) if compared is None else (period, compared)
    return tuple(note for note in notes if note.is_told_over(periods))


def breaks(notes: Iterable[DatedNote]) -> tuple[date, ...]:
    """Return the days on which a series breaks, in their order."""
    return tuple(sorted({note.day for note in notes if note.kind == NoteKind.BREAK}))


def faults(
    kind: str,
    *,
    starts_on: date | None,
    ends_on: date | None,
    indicators: Sequence[str],
    areas: Sequence[str],
    has_part: bool,
    window: str,
    end: date | None,
) -> Mapping[str, str]:
    """Return what is wrong with a note, in words, by the field in which it stands; empty when it is sound."""
    found: dict[str, str] = {}
    is_cell = bool(window or end)
    if kind != NoteKind.FOOTNOTE and starts_on is None:
        found["starts_on"] = "Give the day of the break." if kind == NoteKind.BREAK else "Give the first day."
    if kind == NoteKind.BREAK and ends_on is not None:
        found["ends_on"] = "A break is one day. Leave this empty."
    elif starts_on and ends_on and ends_on < starts_on:
        found["ends_on"] = "The last day is before the first. Choose a later day, or leave it empty."
    if has_part and len(indicators) != 1:
        found["part"] = "A part belongs to one indicator. Choose that one indicator, or leave the part out."
    if not is_cell:
        return found
    if not window:
        found["window"] = "Say which period of the value is meant, or leave its last day out."
    if end is None:
        found["end"] = "Give the last day of the value's period, or leave its kind out."
    if kind != NoteKind.FOOTNOTE:
        found["kind"] = "Only a footnote is about one single value. Choose “Footnote”, or leave the value out."
    elif starts_on or ends_on:
        found["starts_on"] = "The value says which days are meant. Leave both days empty."
    if len(indicators) != 1:
        found["indicators"] = "A single value belongs to one indicator. Choose that one."
    if len(areas) != 1:
        found["areas"] = "A single value belongs to one area. Choose that one."
    return found
