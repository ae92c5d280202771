"""What the pages of sections show, arranged from sections, revisions and figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import SafeString

from indicators.figures import ASPECTS, Figure, FigureBook
from indicators.gates import PersonRequest
from indicators.models.exhibit import Exhibit
from indicators.models.indicator import Indicator
from indicators.people import Person, Verdict
from indicators.periods import STEPPING_WINDOWS, ComparedWith, Quarter
from indicators.series import on
from narratives import queries, rules
from narratives.choices import SectionState
from narratives.models.cycle import Cycle
from narratives.models.revision import Revision
from narratives.models.section import Section
from narratives.renderings.markdown import highlight, parse
from narratives.renderings.preview import blocks_html
from narratives.views.differences import differences

HEADING_LEVEL = 3
ASPECT_WORDS = {aspect: aspect.replace("_", " ") for aspect in ASPECTS}


def find(request: PersonRequest, pk: int) -> Section:
    """Return the section as this person may see it, or 404."""
    rows = Section.objects.visible_to(request.person).select_related("topic", "portfolio", "cycle__force")
    return get_object_or_404(rows.select_related("cycle__outline"), pk=pk)


def chosen_cycle(request: PersonRequest, cycles: Sequence[Cycle]) -> Cycle | None:
    """Return the cycle an address asks for, the newest when it asks for none; 404 for one there is not."""
    asked = {name: request.GET[name] for name in ("quarter", "outline") if request.GET.get(name)}
    for cycle in cycles:
        if cycle.quarter_key == asked.get("quarter", cycle.quarter_key) and cycle.outline.slug == asked.get(
            "outline", cycle.outline.slug
        ):
            return cycle
    if asked:
        raise Http404
    return None


def rendered(revision: Revision, book: FigureBook | None = None, prefix: str = "") -> SafeString:
    """Return a revision as HTML, as it was when it was saved; charts have addresses of their own."""

    def drawing(key: str) -> str:
        return reverse("section-chart", args=[revision.section_id, revision.number, key])

    return blocks_html(queries.section_blocks(revision, book), drawing, HEADING_LEVEL, prefix)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that may be done with a section now, or why this person may not."""

    verb: str
    verdict: Verdict


def steps(person: Person, section: Section, found: Sequence[str], authors: frozenset[int]) -> list[Step]:
    """List what this person's roles allow from the section's state; a step that is barred says why."""
    place, state = section.portfolio_id, section.state
    offered = {
        "submit": (rules.can_submit(person, place, state), rules.can_submit(person, place, state, found)),
        "withdraw": (rules.can_withdraw(person, place, state),) * 2,
        "approve": (rules.can_approve(person, state, ()), rules.can_approve(person, state, authors)),
        "request_changes": (rules.can_request_changes(person, state, "to be given"),) * 2,
    }
    return [Step(verb, verdict) for verb, (is_offered, verdict) in offered.items() if is_offered]


def section_page(section: Section, person: Person) -> dict[str, Any]:
    """Return what the page of a section shows."""
    revision = queries.current_revision(section)
    book = queries.book_for(section.cycle, [revision.text], revision.data_version) if revision else None
    quoted = queries.quoted(revision, book) if revision and book else []
    may_submit = rules.can_submit(person, section.portfolio_id, section.state)
    found = queries.faults(revision, book) if revision and may_submit else []
    return {
        "door": "sections",
        "section": section,
        "revision": revision,
        "may_save": rules.can_save(person, section.portfolio_id, section.state),
        "html": rendered(revision, book) if revision else "",
        "quoted": quoted,
        "changed": _changed(revision, quoted) if revision else [],
        "version_now": queries.cycle_version(section.cycle),
        "faults": found,
        "steps": steps(person, section, found, queries.authors(section)),
        **_history(section),
        **_carried(section, person),
    }


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure that reads otherwise now: what it is, in words, and both readings."""

    words: str
    old: str
    new: str


def _changed(revision: Revision, quoted: Sequence[queries.Quoted]) -> list[Changed]:
    names = {one.key: f"{one.name}, {ASPECT_WORDS[one.key.rpartition('.')[2]]}" for one in quoted if one.name}
    return [
        Changed(names.get(key, key.replace("exhibit.", "In the table or chart ", 1)), old, new)
        for key, old, new in queries.changed_figures(revision)
    ]


def _history(section: Section) -> dict[str, Any]:
    rows = section.transitions.order_by("-version")
    return {"history": [(row, rules.DONE_WORDS[row.verb]) for row in rows]}


def _carried(section: Section, person: Person) -> dict[str, Any]:
    earlier = queries.carried(section, person)
    if earlier is None:
        return {"earlier": None}
    age = _number(section.cycle.quarter) - _number(earlier.section.cycle.quarter)
    words = "one quarter ago" if age == 1 else f"{age} quarters ago"
    return {"earlier": earlier, "earlier_age": words, "earlier_html": rendered(earlier, prefix="earlier-")}


def _number(quarter: Quarter) -> int:
    return quarter.year * 4 + quarter.number


def revision_page(section: Section, revision: Revision) -> dict[str, Any]:
    """Return what the page of an older revision shows: the text as it was, and what it changed."""
    book = queries.book_for(section.cycle, [revision.text], revision.data_version)
    before = section.revisions.filter(number=revision.number - 1).first()
    return {
        "door": "sections",
        "section": section,
        "revision": revision,
        "html": rendered(revision, book),
        "quoted": queries.quoted(revision, book),
        "differences": differences(before.text, revision.text) if before else None,
        "newest": section.revisions.order_by("-number").values_list("number", flat=True).first(),
    }


@dataclass(frozen=True, slots=True)
class Reference:
    """What can be copied into a text, and what it reads."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A figure on offer to a writer, with the references that its values allow."""

    name: str
    period: str
    references: tuple[Reference, ...]


def editing_page(section: Section, text: str, *, is_previewed: bool) -> dict[str, Any]:
    """Return what stands around the text while it is written: figures and exhibits on offer, the preview."""
    keys = list(Indicator.objects.filter(portfolio_id=section.portfolio_id).values_list("key", flat=True))
    book = queries.book_for(section.cycle, [text] if is_previewed else [], also=keys)
    placeable = Exhibit.objects.filter(portfolio_id=section.portfolio_id)
    return {
        "door": "sections",
        "section": section,
        "groups": _offers(book, set(keys)),
        "exhibits": [Reference(_code(f"exhibit.{row.key}"), row.title) for row in placeable],
        "is_approved": section.state == SectionState.APPROVED,
        "book": book,
        **(_preview(text, book) if is_previewed else {}),
    }


def _preview(text: str, book: FigureBook) -> dict[str, Any]:
    parsed = parse(text)
    words = queries.bound(parsed.references, book)
    drawn = queries.exhibits(parsed.exhibits, book)
    unknown_exhibits = [f"exhibit.{key}" for key in parsed.exhibits if key not in drawn]
    return {
        "preview": blocks_html(highlight(text, words, drawn), level=HEADING_LEVEL, prefix="preview-"),
        "complaints": parsed.complaints,
        "unknown": [*(key for key, said in words.items() if not said), *unknown_exhibits],
    }


def _offers(book: FigureBook, keys: set[str]) -> list[tuple[str, list[Offer]]]:
    groups: dict[str, list[Offer]] = {}
    for figure in book.of_quarter():
        if figure.series.indicator in keys:
            offer = Offer(figure.name, figure.aspect("period"), (*_references(figure), *_steps(figure, book)))
            groups.setdefault(figure.measure.name, []).append(offer)
    return list(groups.items())


def _references(figure: Figure) -> list[Reference]:
    aspects = []
    if figure.current is not None:
        aspects.append("value")
    if figure.previous is not None:
        aspects.append("previous")
    if figure.previous is not None or figure.change.is_supplied:
        aspects.append("change")
    if figure.share_percent is not None:
        aspects.append("share")
    if figure.judged is not None:
        aspects += ["target", "target_result"]
    return [Reference(_code(f"{figure.key}.{aspect}"), figure.aspect(aspect)) for aspect in aspects]


def _steps(figure: Figure, book: FigureBook) -> Iterator[Reference]:
    """Yield the change on the month before, on the quarter before, and on what the report before held."""
    for step, windows in STEPPING_WINDOWS.items():
        if figure.period.window in windows and figure.current is not None:
            compared = book.figure(on(figure.key, step))
            if compared.previous is not None and compared.previous.amount is not None:
                words = f"{compared.aspect('change')}, compared with {compared.aspect('previous_period')}"
                is_reported = step is ComparedWith.REPORT_BEFORE
                words += f" {compared.previous_vintage}: {compared.aspect('previous')}" if is_reported else ""
                yield Reference(_code(f"{compared.key}.change"), words)


def _code(key: str) -> str:
    return f"{{{{ {key} }}}}"


def conflict_page(section: Section, person: Person, mine: str, reason: str) -> dict[str, Any]:
    """Return what is shown when somebody else was faster: both texts, and what is different between them."""
    section.refresh_from_db(fields=["state", "version"])
    theirs = queries.current_revision(section)
    return {
        "door": "sections",
        "section": section,
        "reason": reason,
        "mine": mine,
        "theirs": theirs,
        "differences": differences(theirs.text if theirs else "", mine.replace("\r\n", "\n")),
        "may_save": rules.can_save(person, section.portfolio_id, section.state),
    }
