"""Review: sending a section to the reviewers, taking it back, asking for changes, approving it."""

from django.db import transaction

from indicators.people import Person, Refused, Verdict
from indicators.rules import require
from narratives import queries, rules
from narratives.actions.moves import is_repeated, move, require_version
from narratives.models.revision import Revision
from narratives.models.section import Section


def submit(section: Section, *, by: Person, version: int) -> None:
    """Send the section, as the form saw it, for review.

    Raises Refused naming every unknown figure, unknown exhibit and fault of the text, for anybody but the portfolio's
    lead and deputy, and (a conflict) when the section has moved on.
    """
    if not _begins(section, "submit", by=by, version=version):
        return
    # Who asks and from where comes before the reading of the text, which costs more.
    require(rules.can_submit(by, section.portfolio_id, section.state))
    require_version(section, version)
    revision = _current(section)
    require(rules.can_submit(by, section.portfolio_id, section.state, queries.faults(revision)))
    _decide(section, "submit", revision, by=by, version=version)


def withdraw(section: Section, *, by: Person, version: int) -> None:
    """Take the section back from review, to change it. Raises Refused as `submit` does."""
    if not _begins(section, "withdraw", by=by, version=version):
        return
    require(rules.can_withdraw(by, section.portfolio_id, section.state))
    require_version(section, version)
    _decide(section, "withdraw", _current(section), by=by, version=version)


def request_changes(section: Section, *, by: Person, version: int, reason: str) -> None:
    """Give the section back with what has to change. Raises Refused without a reason, and as `approve` does."""
    reason = reason.strip()
    if not _begins(section, "request_changes", by=by, version=version, reason=reason):
        return
    require(rules.can_request_changes(by, section.state, reason))
    require_version(section, version)
    _decide(section, "request_changes", _current(section), by=by, version=version, reason=reason)


def approve(section: Section, *, by: Person, version: int) -> None:
    """Approve the section as the form saw it; never by anybody who saved a text of it, in whatever role.

    Raises Refused for those and for anybody but a reviewer, and (a conflict) when the section has moved on.
    """
    if not _begins(section, "approve", by=by, version=version):
        return
    require(rules.can_approve(by, section.state, queries.authors(section)))
    require_version(section, version)
    _decide(section, "approve", _current(section), by=by, version=version)


def _begins(section: Section, verb: str, *, by: Person, version: int, reason: str = "") -> bool:
    """Read the section anew; False when this person has done this already, which is then left at that."""
    section.refresh_from_db(fields=["state", "version"])
    return section.version == version or not is_repeated(section, verb, by=by, version=version, reason=reason)


def _current(section: Section) -> Revision:
    revision = queries.current_revision(section)
    if revision is None:
        raise Refused(Verdict(False, rules.NOTHING_WRITTEN, is_conflict=True))
    return revision


def _decide(section: Section, verb: str, revision: Revision, *, by: Person, version: int, reason: str = "") -> None:
    with transaction.atomic():
        move(section, verb, by=by, version=version, revision_number=revision.number, reason=reason)
