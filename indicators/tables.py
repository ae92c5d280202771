"""A table, a chart and a list as plain values: what pages, report, PDF, Word and exports draw alike."""

from dataclasses import dataclass, field


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
    """A chart that answers one question: its title, drawing (SVG text), summary in words and data table."""

    key: str
    title: str
    svg: str
    summary: str
    table: Table
    notes: tuple[str, ...] = field(default=())
    source: str = ""


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
