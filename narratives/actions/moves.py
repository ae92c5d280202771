"""How a section's state moves: one conditional UPDATE, one transition row, one version further."""

from indicators.people import Person, Refused, Verdict
from narratives.choices import SECTION_TRANSITIONS
from narratives.models.section import Section, SectionTransition
from narratives.rules import DONE_WORDS


def is_repeated(section: Section, verb: str, *, by: Person, version: int, reason: str = "") -> bool:
    """Tell whether this person has done this very thing to this version already: a form sent twice is harmless."""
    return SectionTransition.objects.filter(
        section=section, version=version + 1, verb=verb, by_id=by.id, reason=reason
    ).exists()


def require_version(section: Section, version: int) -> None:
    """Raise Refused (a conflict) unless the section, as just read, is the one the form was made for."""
    if section.version != version:
        raise Refused(moved_on(section))


def move(
    section: Section, verb: str, *, by: Person, version: int, revision_number: int, reason: str = ""
) -> SectionTransition:
    """Move a section on inside the caller's transaction; raises Refused (a conflict) when somebody was faster."""
    before, target = section.state, SECTION_TRANSITIONS[verb][1]
    moved = Section.objects.filter(pk=section.pk, state=before, version=version).update(
        state=target, version=version + 1
    )
    if not moved:
        section.refresh_from_db(fields=["state", "version"])
        raise Refused(moved_on(section))
    section.state, section.version = target, version + 1
    return SectionTransition.objects.create(
        section=section,
        verb=verb,
        from_state=before,
        to_state=target,
        version=version + 1,
        revision_number=revision_number,
        by_id=by.id,
        by_name=by.name,
        reason=reason,
    )


def moved_on(section: Section) -> Verdict:
    """Return the verdict for a form that was made for an older version, naming what happened since."""
    newest = section.transitions.order_by("-version").first()
    since = f": {newest.by_name} {DONE_WORDS[newest.verb]}" if newest else ""
    return Verdict(
        False,
        f"The section has changed since you opened it{since}. Nothing of yours was done. "
        "Read the section as it is now, then decide again.",
        is_conflict=True,
    )
