"""A table, a chart and a list as plain values: what pages, report, PDF, Word and exports draw alike."""

from dataclasses import dataclass, field

NARROW = "-narrow"
"""Behind the key of a chart this names its drawing for small screens: no key has a hyphen."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it is printed. `figure` is the key of the stored figure it shows, empty for words and sums.

    `is_total` marks the cells of a row that adds other rows up: every medium sets it apart.
    """

    text: str
    is_header: bool = False
    is_numeric: bool = False
    figure: str = ""
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A data table: a caption, one header row, rows whose first cell is the row's header."""

    key: str
    caption: str
    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that answers one question: its title, drawing (SVG text), summary in words and data table.

    `narrow` is the same drawing for small screens, `data` what is drawn as JSON (`indicators.plots.to_json`); both are
    empty in editions frozen before there were any.
    """

    key: str
    title: str
    svg: str
    summary: str
    table: Table
    notes: tuple[str, ...] = field(default=())
    source: str = ""
    narrow: str = ""
    data: str = ""

    def drawing(self, name: str) -> str:
        """Return the drawing of a name: the chart's key, or the key with "-narrow" behind it."""
        return self.narrow if name.endswith(NARROW) and self.narrow else self.svg


@dataclass(frozen=True, slots=True)
class Words:
    """Some words of a sentence. `figure` is the key of the stored figure they print, empty for words between."""

    text: str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of sentences, one for each measure: a title that leads to it, and each sentence in its pieces."""

    key: str
    title: str
    entries: tuple[tuple[Words, ...], ...]
    notes: tuple[str, ...] = ()
    source: str = ""


Exhibits = Table | Chart | Listing
