"""The report as plain frozen values, and its one canonical JSON text, which is what gets frozen and hashed.

Nothing here knows a database, a page or a file format. Every number is words already: a figure was
rounded once, before it came here.
"""

import dataclasses
import hashlib
import json
import re
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from indicators.tables import Chart, Table

ANCHOR = re.compile(r"[a-z][a-z0-9-]*\Z")
LINK_SCHEMES = ("http://", "https://", "mailto:")


class DocumentFault(ValueError):
    """The values cannot be a report: an anchor twice, a note that does not exist, JSON of another shape."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style. A line break is a newline character in the text."""

    text: str
    is_strong: bool = False
    is_emphasis: bool = False
    href: str = ""
    figure: str = ""
    """Key of the bound figure that this text renders; empty for words."""
    note: int = 0
    """Number of the footnote whose mark follows this text; 0 for none."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list. `start` is the first number of an ordered one, so that "2020. was …" keeps its number."""

    entries: tuple[tuple[Run, ...], ...]
    is_ordered: bool = False
    start: int = 1


@dataclass(frozen=True, slots=True)
class Subheading:
    """The title of a block inside a section."""

    text: str


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table in its place. `number` is the 4 of "Table 4"; 0 before assembly has numbered it."""

    table: Table
    number: int = 0


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """A chart in its place. `number` is the 2 of "Chart 2"; 0 before assembly has numbered it."""

    chart: Chart
    number: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation set apart from the text."""

    runs: tuple[Run, ...]


Block = Paragraph | Bullets | Subheading | TableBlock | ChartBlock | Quote
KINDS: dict[str, type[Any]] = {
    "bullets": Bullets,
    "chart": ChartBlock,
    "paragraph": Paragraph,
    "quote": Quote,
    "subheading": Subheading,
    "table": TableBlock,
}
KIND_NAMES = {kind: name for name, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class SectionPart:
    """A sub-section such as 3.a. An unlettered one has an empty number."""

    number: str
    title: str
    anchor: str
    owner: str = ""
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered part: one priority of the plan, or standing text such as the recommendation."""

    number: str
    title: str
    anchor: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[SectionPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report as it is printed.

    Dates and periods are words ("8 December 2020"). `status` is empty for a signed-off report. `prepared_at`
    is an ISO 8601 date and time for the files' own metadata and is printed nowhere. Raises DocumentFault when
    anchors repeat or are malformed, a note number has no note, or a link is not http, https or mailto.
    """

    title: str
    organisation: str
    addressed_to: str = ""
    meeting: str = ""
    meeting_date: str = ""
    period: str = ""
    marking: str = "OFFICIAL"
    status: str = ""
    labels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    appendix: tuple[TableBlock, ...] = ()
    notes: tuple[str, ...] = ()
    prepared_at: str = ""

    def __post_init__(self) -> None:
        faults = (*_anchor_faults(self), *_run_faults(self))
        if faults:
            raise DocumentFault("; ".join(faults))


def blocks(document: Document) -> Iterator[Block]:
    """Every block in the order of reading, the appendix last."""
    for part in document.parts:
        yield from part.blocks
        for section in part.sections:
            yield from section.blocks
    yield from document.appendix


def runs(document: Document) -> Iterator[Run]:
    """Every run of text in the order of reading."""
    for block in blocks(document):
        if isinstance(block, Paragraph | Quote):
            yield from block.runs
        elif isinstance(block, Bullets):
            for entry in block.entries:
                yield from entry


def charts(document: Document) -> tuple[Chart, ...]:
    """Every chart in the order of reading."""
    return tuple(block.chart for block in blocks(document) if isinstance(block, ChartBlock))


def tables(document: Document) -> tuple[Table, ...]:
    """Every table in the order of reading, the data tables of charts included."""
    found: list[Table] = []
    for block in blocks(document):
        if isinstance(block, TableBlock):
            found.append(block.table)
        elif isinstance(block, ChartBlock):
            found.append(block.chart.table)
    return tuple(found)


def figures(document: Document) -> tuple[tuple[str, str], ...]:
    """Every quoted figure as (key, printed text): those of the sentences, then those of table cells."""
    quoted = [(run.figure, run.text) for run in runs(document) if run.figure]
    for table in tables(document):
        for row in (table.header, *table.rows):
            quoted.extend((cell.figure, cell.text) for cell in row if cell.figure)
    return tuple(quoted)


def table_title(block: TableBlock) -> str:
    """The caption as printed: "Table 4: Recorded crime"."""
    return f"Table {block.number}: {block.table.caption}" if block.number else block.table.caption


def chart_title(block: ChartBlock) -> str:
    """The title as printed: "Chart 2: Is recorded crime falling?"."""
    return f"Chart {block.number}: {block.chart.title}" if block.number else block.chart.title


def source_line(source: str) -> str:
    """The line under a table or chart: "Source: …", which is not said twice."""
    return source if source.startswith("Source") else f"Source: {source}"


def heading(part: Part | SectionPart) -> str:
    """Number and title as printed: "3.a Domestic abuse"; never empty, as no heading may be."""
    return f"{part.number} {part.title}".strip() or "Untitled"


def to_json(document: Document) -> str:
    """The canonical JSON text: sorted keys, no spaces, fields at their default left out.

    Leaving defaults out keeps the text and its hash the same when a later release adds a field.
    """
    return json.dumps(_encode(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Document:
    """The document of a JSON text. Raises DocumentFault naming the place where it does not fit."""
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentFault(f"not JSON: {error}") from error
    decoded = _decode(Document, tree, "document")
    assert isinstance(decoded, Document)  # noqa: S101 - _decode returns what it was asked for
    return decoded


def sha256(document: Document) -> str:
    """The SHA-256 of the canonical JSON in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(to_json(document).encode("utf-8")).hexdigest()


def _anchor_faults(document: Document) -> Iterator[str]:
    seen: set[str] = set()
    for part in document.parts:
        for anchor in (part.anchor, *(section.anchor for section in part.sections)):
            if not ANCHOR.match(anchor):
                yield f'the anchor "{anchor}" is not a letter followed by a-z, 0-9 and "-"'
            if anchor in seen:
                yield f'the anchor "{anchor}" stands twice'
            seen.add(anchor)


def _run_faults(document: Document) -> Iterator[str]:
    for run in runs(document):
        if not 0 <= run.note <= len(document.notes):
            yield f"note {run.note} does not exist: there are {len(document.notes)}"
        if run.href and not run.href.lower().startswith(LINK_SCHEMES):
            yield f'the link "{run.href[:80]}" is not http, https or mailto'


def _encode(value: object) -> object:
    if isinstance(value, tuple):
        return [_encode(entry) for entry in value]
    if not dataclasses.is_dataclass(value):
        return value
    encoded: dict[str, object] = {}
    for field in dataclasses.fields(value):
        content = getattr(value, field.name)
        if content != _default(field):
            encoded[field.name] = _encode(content)
    kind = KIND_NAMES.get(type(value))
    return {"kind": kind, **encoded} if kind else encoded


def _default(field: dataclasses.Field[Any]) -> object:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default  # MISSING equals nothing, so a field without a default is always written


def _decode(kind: Any, value: object, place: str) -> Any:
    if typing.get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise DocumentFault(f"{place}: a list is expected")
        inner = typing.get_args(kind)[0]
        return tuple(_decode(inner, entry, f"{place}[{index}]") for index, entry in enumerate(value))
    if isinstance(kind, types.UnionType):
        return _decode_block(value, place)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _decode_fields(kind, value, place)
    if type(value) is not kind:  # not isinstance: True is no number and 1 is no truth
        raise DocumentFault(f"{place}: {kind.__name__} is expected")
    return value


def _decode_block(value: object, place: str) -> Any:
    name = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(name, str) or name not in KINDS:
        raise DocumentFault(f"{place}: not a known kind of block")
    return _decode_fields(KINDS[name], value, place)


def _decode_fields(kind: type[Any], value: object, place: str) -> Any:
    if not isinstance(value, dict):
        raise DocumentFault(f"{place}: an object is expected")
    hints = _hints(kind)
    given = {name: content for name, content in value.items() if not (name == "kind" and kind in KIND_NAMES)}
    unknown = sorted(given.keys() - hints.keys())
    if unknown:
        raise DocumentFault(f"{place}: unknown field {', '.join(unknown)}")
    missing = [
        field.name
        for field in dataclasses.fields(kind)
        if field.name not in given and _default(field) is dataclasses.MISSING
    ]
    if missing:
        raise DocumentFault(f"{place}: missing field {', '.join(missing)}")
    return kind(**{name: _decode(hints[name], content, f"{place}.{name}") for name, content in given.items()})


_HINTS: dict[type[Any], dict[str, Any]] = {}


def _hints(kind: type[Any]) -> dict[str, Any]:
    """Field types, worked out once per class: a report holds tens of thousands of cells."""
    if kind not in _HINTS:
        _HINTS[kind] = typing.get_type_hints(kind)
    return _HINTS[kind]
