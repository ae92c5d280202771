"""Reads of reports: where sections stand, what keeps a report back, and the report as a document.

Only this room knows drafts; readers of presented editions use `portal.editions`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from indicators.choices import ImportState, Status
from indicators.figures import Figure, FigureBook
from indicators.formatting import counted
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.models.indicator import Indicator
from indicators.models.overlay import SetAside
from indicators.models.source import DataSource
from indicators.people import Person
from indicators.periods import date_text, month_text
from indicators.queries.reconciling import blocking
from indicators.queries.versions import newest_version
from indicators.tables import Chart
from narratives import queries as texts
from narratives.choices import SectionState
from narratives.documents import Block, Document, Part, SectionPart, figures
from narratives.models.cycle import Cycle
from narratives.models.outline import OutlineEntry
from narratives.models.revision import Binding, Revision
from narratives.models.section import Section, SectionTransition
from narratives.queries import Waiting
from narratives.renderings.markdown import parse
from portal.appendix import AppendixLine, Numbers, appendix_lines, appendix_tables, known_figure, letters
from portal.choices import PERMISSIONS, ReportState
from portal.models.report import Report, ReportEntry
from portal.rules import ReportFacts

STATE_WORDS = {
    SectionState.NOT_STARTED: "not started",
    SectionState.DRAFTED: "drafted, not handed in",
    SectionState.SUBMITTED: "handed in, not approved",
    SectionState.RETURNED: "returned to its writers",
    SectionState.APPROVED: "approved, but its text is missing",
}
SOFT = {Status.PROVISIONAL, Status.ESTIMATED}
LISTED_CHANGES = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A section in its place in the report: its part, its number and what is known of it."""

    part_number: int
    part_title: str
    position: int
    number: str
    title: str
    section: Section | None
    revision: Revision | None
    transition: SectionTransition | None

    @property
    def approved(self) -> Revision | None:
        """The approved text that stands here, if there is one: every save ends an approval, so it is the newest."""
        is_approved = self.section is not None and self.section.state == SectionState.APPROVED
        return self.revision if is_approved else None


def places(cycle: Cycle) -> list[Place]:
    """Return the sections of a cycle in the order of its outline, numbered. Four queries, whatever the size."""
    entries = OutlineEntry.objects.filter(part__outline_id=cycle.outline_id).select_related("part", "topic")
    sections = {one.topic_id: one for one in Section.objects.filter(cycle=cycle).select_related("portfolio")}
    newest = Revision.objects.filter(section__cycle=cycle).select_related("section__cycle__force")
    revisions = {one.section_id: one for one in newest.order_by("section_id", "-number").distinct("section_id")}
    last = SectionTransition.objects.filter(section__cycle=cycle).order_by("section_id", "-version")
    transitions = {one.section_id: one for one in last.distinct("section_id")}
    found: list[Place] = []
    parts: dict[int, int] = {}
    lettered: dict[int, int] = {}
    for entry in entries.order_by("part__position", "position"):
        part = parts.setdefault(entry.part_id, len(parts) + 1)
        lettered[part] = lettered.get(part, 0) + int(entry.is_lettered)
        section = sections.get(entry.topic_id)
        found.append(
            Place(
                part_number=part,
                part_title=entry.part.title,
                position=len(found) + 1,
                number=f"{part}.{letters(lettered[part])}" if entry.is_lettered else "",
                title=entry.topic.title,
                section=section,
                revision=revisions.get(section.pk) if section else None,
                transition=transitions.get(section.pk) if section else None,
            )
        )
    return found


def facts(report: Report, found: Sequence[Place] | None = None) -> ReportFacts:
    """Return what the rules have to know of a report as it stands now; `found` saves looking its places up."""
    cycle = report.cycle
    found = places(cycle) if found is None else found
    assembled = report.transitions.filter(verb="assemble").order_by("-version").first()
    return ReportFacts(
        state=ReportState(report.state),
        version=report.version,
        unready=tuple(_unready(cycle, found)) if report.state != ReportState.PRESENTED else (),
        moved=tuple(_moved(report, found)),
        assembled_by=assembled.by_id if assembled else None,
        writers=frozenset(Revision.objects.filter(section__cycle=cycle).values_list("by_id", flat=True)),
    )


def checklist(report: Report) -> tuple[list[str], list[str]]:
    """Return what keeps a report back, and what its readers may stumble over; one sentence each."""
    found = places(report.cycle)
    known = facts(report, found)
    return [*known.unready, *known.moved], list(warnings(report, found))


def _unready(cycle: Cycle, found: Sequence[Place]) -> Iterator[str]:
    if cycle.cut is None:
        yield "The data cut is not fixed."
    if not found:
        yield "The outline holds no section."
    for place in found:
        if place.section is None:
            yield f"“{place.title}” stands in the outline but has no section this quarter."
        elif place.approved is None:
            yield f"“{place.title}” is {STATE_WORDS[SectionState(place.section.state)]}."
    if cycle.cut is not None:
        yield from _differing(cycle, cycle.cut, found)
        for one in blocking(cycle.force, cycle.quarter, cycle.cut):
            check = one.check
            yield (
                f"{check.name}, {check.period}: {check.stated.words} {check.stated.text}, {check.found.words} "
                f"{check.found.text}. The two must agree: have one of them mended, or explain it under Reconciliation."
            )


def _differing(cycle: Cycle, cut: int, found: Sequence[Place]) -> Iterator[str]:
    """Name approved texts that quote or show other figures than those of the cut."""
    for place in found:
        revision = place.approved
        if revision is None or revision.data_version == cut:
            continue
        # A book for each text holds little; one for all texts would hold the districts of every measure.
        changes = texts.changed_figures(revision, texts.book_for(cycle, [revision.text], cut))
        if changes:
            listed = [f"{key} reads “{old}” and is “{new}”" for key, old, new in changes[:LISTED_CHANGES]]
            more = f"; and {len(changes) - LISTED_CHANGES} more" if len(changes) > LISTED_CHANGES else ""
            yield (
                f"“{place.title}” was written at data version {revision.data_version}; at the data cut, version {cut}, "
                f"{'; '.join(listed)}{more}. Its writers have to take the newer figures."
            )


def _moved(report: Report, found: Sequence[Place]) -> Iterator[str]:
    """Say what is no longer as it was put together."""
    if report.state not in {ReportState.ASSEMBLED, ReportState.SIGNED_OFF}:
        return
    entries = {one.section_id: one.revision for one in report.entries.select_related("revision")}
    for place in found:
        used = entries.get(place.section.pk) if place.section else None
        if used is None:
            yield f"“{place.title}” is not in the report that was put together."
        elif place.revision and place.revision.pk != used.pk:
            yield (
                f"“{place.title}” has been written anew since the report was put together: it holds revision "
                f"{used.number}, the newest is {place.revision.number}."
            )


def warnings(report: Report, found: Sequence[Place]) -> Iterator[str]:
    """Say what nobody has to mend but everybody should know before deciding."""
    cycle = report.cycle
    if cycle.meeting_on is None:
        yield "The date of the meeting is not given: the cover will not show one."
    if DataImport.objects.filter(force=cycle.force, state=ImportState.CONFIRMED).exists():
        yield "A file is being applied now. It changes nothing in a report whose data cut is fixed."
    if cycle.cut is None:
        return
    newest = newest_version(cycle.force)
    if newest > cycle.cut:
        yield f"Newer figures are there (data version {newest}). The report keeps to its data cut, version {cycle.cut}."
    used = [place.approved for place in found if place.approved]
    keys = list(Binding.objects.filter(revision__in=used).order_by("id").values_list("key", flat=True))
    book = texts.book(cycle, cycle.cut, keys={key.partition(".")[0] for key in keys})
    quoted = [figure for key in keys if (figure := known_figure(book, key))]
    soft = dict.fromkeys(one.name for one in quoted if one.current and one.current.status in SOFT)
    if soft:
        yield f"Provisional or estimated, and quoted: {', '.join(soft)}."
    yield from _labels(_sources(quoted))


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure as the report prints it: its key, its words, and the stored figure behind them."""

    key: str
    words: str
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class Composed:
    """A report as a document, with every figure it prints in the order of reading."""

    document: Document
    printed: tuple[Printed, ...]


def compose(report: Report, status: str = "") -> Composed:
    """Put the document of an assembled report together from its entries; `status` is printed on drafts."""
    cycle, numbers = report.cycle, Numbers()
    cut = texts.cycle_version(cycle)
    entries = list(
        report.entries.select_related("section__topic", "section__portfolio", "revision__section__cycle__force")
        .prefetch_related("revision__bindings")
        .order_by("part_number", "position")
    )
    parts: dict[int, Part] = {}
    printed: list[Printed] = []
    at_version: dict[int, list[str]] = {}
    for entry in entries:
        at_version.setdefault(entry.revision.data_version, []).append(entry.revision.text)
    books = {version: texts.book_for(cycle, those, version) for version, those in at_version.items()}
    for entry in entries:
        book = books[entry.revision.data_version]
        blocks = texts.section_blocks(entry.revision, book)
        printed.extend(_printed(blocks, book))
        part = parts.get(entry.part_number)
        parts[entry.part_number] = _with_entry(part, entry, numbers.blocks(blocks, book), numbers)
    lines = appendix()
    at_cut = texts.book(cycle, cut, keys={line.key.partition(".")[0] for line in lines})
    tables = tuple(numbers.table(table) for table in appendix_tables(lines, at_cut))
    printed.extend(_printed(tables, at_cut))
    sources = _sources(one.figure for one in printed if one.figure)
    document = Document(
        title=cycle.outline.report_title,
        organisation=cycle.force.name,
        addressed_to=cycle.outline.addressed_to,
        meeting=cycle.outline.meeting,
        meeting_date=date_text(cycle.meeting_on) if cycle.meeting_on else "",
        period=f"{cycle.quarter.label}, {cycle.quarter.name}",
        marking=cycle.outline.marking,
        status=status,
        labels=tuple(_labels(sources)),
        sources=(*(_source_words(source) for source in sources), *_version_words(cycle, cut)),
        parts=tuple(parts.values()),
        appendix=tables,
        notes=tuple(numbers.notes),
        prepared_at=report.assembled_at.isoformat() if report.assembled_at else "",
    )
    return Composed(document, tuple(printed))


def report_document(report: Report, status: str = "") -> Document:
    """Return the document of an assembled report; `status` is empty for a signed-off one."""
    return compose(report, status).document


def draft_status(report: Report) -> str:
    """Return the words that mark a draft: "DRAFT 3, 14:02 on 23 November 2020", in London time."""
    if report.assembled_at is None:
        return "DRAFT"
    at = timezone.localtime(report.assembled_at)
    return f"DRAFT {report.draft}, {at:%H:%M} on {date_text(at.date())}"


def draft_chart(report: Report, key: str) -> Chart | None:
    """Return a chart of an assembled report as its text places it; None when no text does."""
    for entry in report.entries.select_related("revision"):
        revision = entry.revision
        if key in parse(revision.text).exhibits:
            book = texts.book_for(report.cycle, [revision.text], revision.data_version)
            drawn = texts.exhibits([key], book).get(key)
            return drawn if isinstance(drawn, Chart) else None
    return None


def appendix() -> list[AppendixLine]:
    """Return the measures of the appendix as the reference sheets name them."""
    rows = Indicator.objects.exclude(appendix=[]).order_by("position", "key").values_list("key", "appendix")
    return [line for key, entries in rows for line in appendix_lines(key, entries)]


def _with_entry(part: Part | None, entry: ReportEntry, blocks: tuple[Block, ...], numbers: Numbers) -> Part:
    """Add a section to its part; unlettered words under the part's own title stand directly below it."""
    if part is None:
        part = Part(str(entry.part_number), entry.part_title, numbers.anchor(f"part-{entry.part_number}"))
    if not entry.number and entry.title == entry.part_title and not part.sections:
        return replace(part, blocks=(*part.blocks, *blocks))
    section = SectionPart(
        number=entry.number,
        title=entry.title,
        anchor=numbers.anchor(entry.section.topic.slug),
        owner=entry.section.portfolio.name,
        blocks=blocks,
    )
    return replace(part, sections=(*part.sections, section))


def _printed(blocks: tuple[Block, ...], book: FigureBook) -> Iterator[Printed]:
    alone = Document(title="", organisation="", parts=(Part("", "", "alone", blocks),))
    for key, words in figures(alone):
        yield Printed(key, words, known_figure(book, key))


def _sources(quoted: Iterable[Figure]) -> list[DataSource]:
    """Return the sources behind these figures in the order in which they are quoted. One query."""
    slugs: dict[str, int] = {}
    for figure in quoted:
        for slug in figure.sources:
            slugs.setdefault(slug, len(slugs))
    return sorted(DataSource.objects.filter(slug__in=slugs), key=lambda source: slugs[source.slug])


def _source_words(source: DataSource) -> str:
    return f"{source.name}, checked to {date_text(source.checked_to)}" if source.checked_to else source.name


def _labels(sources: Iterable[DataSource]) -> Iterator[str]:
    for source in sources:
        if source.is_synthetic or source.is_invented:
            word = "Synthetic" if source.is_synthetic else "Invented"
            yield f"{word}: {source.name}. {source.note}".strip()


def _version_words(cycle: Cycle, cut: int) -> Iterator[str]:
    version = DataVersion.objects.filter(force_id=cycle.force_id, number=cut).first()
    if version is not None:
        day = timezone.localtime(version.made_at).date()
        yield f"Figures as known at data version {cut} of {date_text(day)}"


def listed() -> QuerySet[Report]:
    """Return every report with how many of its sections are approved, newest quarter first. One query."""
    is_approved = Q(cycle__sections__state=SectionState.APPROVED)
    return (
        Report.objects.select_related("cycle__outline", "cycle__force")
        .annotate(sections=Count("cycle__sections"), approved=Count("cycle__sections", filter=is_approved))
        .order_by("-cycle__quarter_key", "pk")
    )


def waiting(person: Person) -> list[Waiting]:
    """List the reports that wait for this person: to put together, to sign off, to present. One query."""
    verbs = {
        ReportState.OPEN: ("report.assemble", "Reports to put together"),
        ReportState.ASSEMBLED: ("report.sign_off", "Reports to sign off"),
        ReportState.SIGNED_OFF: ("report.present", "Reports to present"),
    }
    mine = {state: group for state, (permission, group) in verbs.items() if person.has(*PERMISSIONS[permission])}
    rows: Any = listed().filter(state__in=mine) if mine else ()
    return [
        Waiting(
            title=str(row),
            url_name="desk-report",
            url_args=(row.pk,),
            detail=f"{row.approved} of {row.sections} sections approved",
            status=row.state,
            group=mine[ReportState(row.state)],
        )
        for row in rows
    ]


def imports_to_confirm(person: Person) -> list[Waiting]:
    """List the checked files that wait for this person's confirmation. One query."""
    if not person.has(*PERMISSIONS["import.confirm"]):
        return []
    rows = DataImport.objects.filter(state=ImportState.STAGED).select_related("force").order_by("id")
    return [
        Waiting(
            row.file_name, "import", (row.pk,), f"{counted(row.rows, 'row')}, {row.force.name}", row.state, "To confirm"
        )
        for row in rows
    ]


def set_asides_to_agree(person: Person) -> list[Waiting]:
    """List the cases that wait for this person to agree that they are set aside. One query."""
    if not person.has(*PERMISSIONS["case.agree"]):
        return []
    rows = SetAside.objects.asked().exclude(asked_by_id=person.id).select_related("asked_by").order_by("id")
    return [
        Waiting(
            title=f"A case of {month_text(row.month)}",
            url_name="set-aside",
            url_args=(row.pk,),
            detail=f"Asked for by {row.asked_by.name}",
            status="",
            group="Cases to set aside",
        )
        for row in rows
    ]
