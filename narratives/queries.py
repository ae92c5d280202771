"""Reads of the words: what a text quotes, what has changed since, what waits for whom."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from indicators.choices import PLACES
from indicators.exhibits.definition import needs_places, words_named
from indicators.exhibits.making import compute
from indicators.exhibits.shown import ExhibitRefused, source_line
from indicators.figures import Figure, FigureBook
from indicators.models.area import Area
from indicators.models.exhibit import Exhibit
from indicators.people import Person
from indicators.periods import date_text
from indicators.queries.books import figure_book
from indicators.queries.day_counts import with_days
from indicators.queries.versions import newest_version
from indicators.tables import Chart, Exhibits, Listing
from narratives.choices import PERMISSIONS, WRITERS, SectionState
from narratives.documents import Block
from narratives.models.cycle import Cycle
from narratives.models.outline import OutlineEntry
from narratives.models.revision import Binding, Revision
from narratives.models.section import Section, SectionTransition
from narratives.renderings.markdown import highlight, parse

LONGEST_WORDS = Binding._meta.get_field("words").max_length or 0
TO_WRITE = [SectionState.NOT_STARTED, SectionState.DRAFTED, SectionState.RETURNED]


def cycle_version(cycle: Cycle) -> int:
    """Return the data version a cycle reads its figures at: its cut, or the newest while that is not fixed."""
    return cycle.cut if cycle.cut is not None else newest_version(cycle.force)


def book(
    cycle: Cycle, at: int | None = None, *, keys: Iterable[str] | None = None, with_districts: bool = False
) -> FigureBook:
    """Load the cycle's figures at a data version (None = the cycle's own); `keys` limits it to some indicators."""
    version = cycle_version(cycle) if at is None else at
    return figure_book(cycle.force, cycle.quarter, version, keys=keys, with_districts=with_districts)


def book_for(cycle: Cycle, texts: Iterable[str], at: int | None = None, *, also: Iterable[str] = ()) -> FigureBook:
    """Load no more of the cycle's figures than these texts, with the exhibits they place, can name.

    `also` names indicators that are wanted besides.
    """
    words: set[str] = set(also)
    placed: set[str] = set()
    for text in texts:
        parsed = parse(text)
        words.update(word for key in parsed.references for word in key.split("."))
        placed.update(parsed.exhibits)
    names_a_place = False
    for definition in Exhibit.objects.filter(key__in=placed).values_list("definition", flat=True):
        words.update(words_named(definition))
        names_a_place |= needs_places(definition)
    names_a_place |= Area.objects.filter(force_id=cycle.force_id, kind__in=PLACES, slug__in=words).exists()
    return book(cycle, at, keys=words, with_districts=names_a_place)


def exhibits(keys: Iterable[str], book: FigureBook) -> dict[str, Exhibits]:
    """Compute exhibits by key; one that is not defined, or does not fit the figures, is left out. One query."""
    return _computed(keys, book)[0]


def _computed(keys: Iterable[str], book: FigureBook) -> tuple[dict[str, Exhibits], dict[str, str]]:
    """The exhibits by key, and why the others could not be computed."""
    wanted = list(dict.fromkeys(keys))
    computed: dict[str, Exhibits] = {}
    missing = dict.fromkeys(wanted, "there is no such table or chart")
    rows = list(Exhibit.objects.filter(key__in=wanted)) if wanted else []
    book = with_days(book, [row.definition for row in rows])
    for row in rows:
        try:
            computed[row.key] = compute(row.key, row.title, row.definition, book).exhibit
            del missing[row.key]
        except ExhibitRefused as refused:
            # Definitions are kept by people: one that does not hold is marked in the text, not a fault of the page.
            missing[row.key] = str(refused)
    return {key: computed[key] for key in wanted if key in computed}, missing


def bound(references: Iterable[str], book: FigureBook) -> dict[str, str]:
    """Return the words of each reference; empty where the figure is not known."""
    return {key: _wording(key, book)[0] for key in references}


def _wording(key: str, book: FigureBook) -> tuple[str, str]:
    """The words of a reference, or nothing and why not."""
    try:
        words = book.reference(key)
    except (LookupError, ValueError, OverflowError) as error:
        return "", str(error.args[0]) if error.args else key
    return (words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 1]}…"), ""


def current_revision(section: Section) -> Revision | None:
    """Return the newest revision of a section, or nothing when none was saved."""
    revision = section.revisions.prefetch_related("bindings").order_by("-number").first()
    if revision is not None:
        revision.section = section
    return revision


def words_of(revision: Revision) -> dict[str, str]:
    """Return what a revision's figures read, by key, as it bound them."""
    return {binding.key: binding.words for binding in revision.bindings.all()}


def section_blocks(revision: Revision, book: FigureBook | None = None) -> tuple[Block, ...]:
    """Render a revision with its own words for figures and the exhibits of its own data version.

    `book` saves loading it when it is of that version. Never raises: an unknown reference stands there marked.
    """
    placed = parse(revision.text).exhibits
    drawn = exhibits(placed, _book_of(revision, book)) if placed else {}
    return highlight(revision.text, words_of(revision), drawn)


def _book_of(revision: Revision, given: FigureBook | None) -> FigureBook:
    if given is not None and given.version == revision.data_version:
        return given
    return book_for(revision.section.cycle, [revision.text], revision.data_version)


def faults(revision: Revision, book: FigureBook | None = None) -> list[str]:
    """Name everything that keeps a revision from review: no text, unknown figures and exhibits, faulty Markdown."""
    if not revision.text.strip():
        return ["The text is empty."]
    parsed = parse(revision.text)
    own = _book_of(revision, book)
    found = list(parsed.complaints)
    for key, words in words_of(revision).items():
        if not words.strip():
            reason = _wording(key, own)[1].rpartition(": ")[2]
            found.append(f"Unknown figure {key}: {reason or 'it was not known when the text was saved'}.")
    missing = _computed(parsed.exhibits, own)[1]
    found.extend(f"Unknown exhibit {key}: {reason}." for key, reason in missing.items())
    return found


def changed_figures(revision: Revision, newest: FigureBook | None = None) -> list[tuple[str, str, str]]:
    """List what reads otherwise at the cycle's data version: (key, old words, new words), then the cells of exhibits.

    `newest` saves loading the cycle's book. Once the cut is fixed, later imports change nothing here.
    """
    cycle = revision.section.cycle
    now = newest.version if newest else cycle_version(cycle)
    if now == revision.data_version:
        return []
    later = newest or book_for(cycle, [revision.text], now)
    changed = []
    for key, words in words_of(revision).items():
        current = _wording(key, later)[0]
        if current != words:
            changed.append((key, words or "unknown", current or "no longer known"))
    placed = parse(revision.text).exhibits
    if placed:
        changed.extend(_changed_cells(exhibits(placed, _book_of(revision, None)), exhibits(placed, later)))
    return changed


def _changed_cells(before: Mapping[str, Exhibits], after: Mapping[str, Exhibits]) -> Iterator[tuple[str, str, str]]:
    for key in dict.fromkeys([*before, *after]):
        old, new = _cells(before.get(key)), _cells(after.get(key))
        for place in dict.fromkeys([*old, *new]):
            if old.get(place) != new.get(place):
                yield f"exhibit.{key}: {place}", old.get(place, "nothing"), new.get(place, "nothing")


def _cells(exhibit: Exhibits | None) -> dict[str, str]:
    """The cells of an exhibit by the words of their row and column, the sentences of a list by their place."""
    if exhibit is None:
        return {}
    if isinstance(exhibit, Listing):
        sentences = ("".join(piece.text for piece in entry) for entry in exhibit.entries)
        return {f"sentence {at}": words for at, words in enumerate(sentences, start=1)}
    table = exhibit.table if isinstance(exhibit, Chart) else exhibit
    heads = _told_apart(cell.text for cell in table.header[1:])
    names = _told_apart(row[0].text for row in table.rows)
    return {
        f"{name}, {head}": cell.text
        for name, row in zip(names, table.rows, strict=True)
        for head, cell in zip(heads, row[1:], strict=False)
    }


def _told_apart(names: Iterable[str]) -> list[str]:
    """Names with a number behind each that stands there again: two columns may both be headed “Change”."""
    seen: Counter[str] = Counter()
    told = []
    for name in names:
        seen[name] += 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told


@dataclass(frozen=True, slots=True)
class Quoted:
    """A figure as a revision quotes it, with what it is and where it comes from."""

    key: str
    words: str
    name: str = ""
    period: str = ""
    source: str = ""
    indicator: str = ""
    portfolio: str = ""


def quoted(revision: Revision, book: FigureBook) -> list[Quoted]:
    """List the figures a revision quotes, in the order of its text; `book` is of the revision's data version."""
    words = words_of(revision)
    ordered = [key for key in parse(revision.text).references if key in words]
    return [_quoted(key, words[key], book) for key in ordered]


def _quoted(key: str, words: str, book: FigureBook) -> Quoted:
    stem, _, aspect = key.rpartition(".")
    try:
        figure = book.figure(stem)
    except (LookupError, ValueError, OverflowError):
        return Quoted(key, words)
    return Quoted(
        key=key,
        words=words,
        name=figure.name,
        period=figure.aspect("previous_period" if aspect.startswith("previous") else "period"),
        source=_source(figure, aspect, book),
        indicator=figure.series.indicator,
        portfolio=figure.measure.portfolio,
    )


def _source(figure: Figure, aspect: str, book: FigureBook) -> str:
    if aspect in {"change", "absolute", "percent", "direction"}:
        return source_line([figure.key], book)
    value = figure.previous if aspect.startswith("previous") else figure.current
    return book.sources.get(value.source, value.source) if value else ""


def authors(section: Section) -> frozenset[int]:
    """Return the ids of all who saved a text of this section in this cycle, whatever role they held."""
    return frozenset(section.revisions.values_list("by_id", flat=True))


def carried(section: Section, person: Person) -> Revision | None:
    """Return the newest text on the same topic of an earlier cycle, as far as this person may see it."""
    return (
        Revision.objects.filter(
            section__in=Section.objects.visible_to(person).filter(topic_id=section.topic_id),
            section__cycle__force_id=section.cycle.force_id,
            section__cycle__quarter_key__lt=section.cycle.quarter_key,
        )
        .select_related("section__cycle__force")
        .prefetch_related("bindings")
        .order_by("-section__cycle__quarter_key", "-number")
        .first()
    )


def sections_by_part(cycle: Cycle, person: Person) -> list[tuple[str, list[Section]]]:
    """Return the sections of a cycle that a person may see, by the outline's parts, with who changed them last."""
    newest = SectionTransition.objects.filter(section=OuterRef("pk")).order_by("-version")
    rows = (
        Section.objects.visible_to(person)
        .filter(cycle=cycle)
        .select_related("topic", "portfolio")
        .annotate(changed_by=Subquery(newest.values("by_name")[:1]), changed_at=Subquery(newest.values("at")[:1]))
    )
    by_topic: dict[int, Section] = {row.topic_id: row for row in rows}
    parts: dict[str, list[Section]] = {}
    entries = OutlineEntry.objects.filter(part__outline_id=cycle.outline_id).select_related("part")
    for entry in entries.order_by("part__position", "position"):
        section = by_topic.pop(entry.topic_id, None)
        if section is not None:
            parts.setdefault(entry.part.title, []).append(section)
    if by_topic:  # topics that the outline has lost since the cycle was opened
        parts["No longer in the outline"] = list(by_topic.values())
    return list(parts.items())


def under_review(person: Person) -> tuple[list[Section], list[Section]]:
    """Return the sections that wait for review: those this person may decide about, and those they wrote in."""
    sent = SectionTransition.objects.filter(section=OuterRef("pk"), verb="submit").order_by("-version")
    rows = list(
        _with_place(Section.objects.visible_to(person).filter(state=SectionState.SUBMITTED)).annotate(
            sent_by=Subquery(sent.values("by_name")[:1]), sent_at=Subquery(sent.values("at")[:1])
        )
    )
    own = set(
        Revision.objects.filter(section__in=rows, by_id=person.id).values_list("section_id", flat=True).distinct()
    )
    return [row for row in rows if row.pk not in own], [row for row in rows if row.pk in own]


def _with_place(rows: QuerySet[Section]) -> QuerySet[Section]:
    return rows.select_related("topic", "portfolio", "cycle__outline").order_by("-cycle__quarter_key", "topic__title")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for a person: words, the page it is done on, and the group it belongs to."""

    title: str
    url_name: str
    url_args: tuple[int, ...]
    detail: str
    status: str
    group: str


def waiting(person: Person) -> list[Waiting]:
    """List what waits for this person among the sections: to write, and to review. At most two queries."""
    found: list[Waiting] = []
    portfolios = person.portfolios(*WRITERS)
    if portfolios:
        rows = Section.objects.filter(portfolio_id__in=portfolios, state__in=TO_WRITE)
        found.extend(_waits(row, "To write", "write by", row.cycle.write_by) for row in _with_place(rows))
    if person.has(*PERMISSIONS["section.approve"]):
        wrote = Revision.objects.filter(section=OuterRef("pk"), by_id=person.id)
        rows = Section.objects.filter(~Q(Exists(wrote)), state=SectionState.SUBMITTED)
        found.extend(_waits(row, "To review", "review by", row.cycle.review_by) for row in _with_place(rows))
    return found


def _waits(section: Section, group: str, until: str, day: Any) -> Waiting:
    words: Sequence[str] = [section.portfolio.name, section.cycle.quarter.label]
    detail = ", ".join([*words, f"{until} {date_text(day)}"] if day else words)
    return Waiting(section.topic.title, "section", (section.pk,), detail, section.state, group)
