"""Who may do what to a report, and why not. No database: the facts come as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass

from indicators.choices import ROLE_NAMES
from indicators.people import ALLOWED, Person, Refused, Verdict
from portal.choices import PERMISSIONS, REPORT_TRANSITIONS, ReportState

STATE_WORDS = {
    ReportState.OPEN: "open",
    ReportState.ASSEMBLED: "assembled",
    ReportState.SIGNED_OFF: "signed off",
    ReportState.PRESENTED: "presented",
}
VERB_WORDS = {
    "assemble": "assemble the report",
    "sign_off": "sign the report off",
    "send_back": "send the report back",
    "present": "present the report",
}
# What a decision did, as the history says it: "Mark Mellor put it together".
DONE_WORDS = {
    "assemble": "put it together",
    "sign_off": "signed it off",
    "send_back": "sent it back",
    "present": "presented it",
}
LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What the rules have to know of a report.

    `unready` says what keeps it from being assembled, `moved` what has changed since it was; one sentence each.
    `writers` are all who saved a text in its cycle.
    """

    state: ReportState
    version: int
    unready: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    assembled_by: int | None = None
    writers: frozenset[int] = frozenset()


def require(verdict: Verdict) -> None:
    """Raise Refused unless the verdict allows."""
    if not verdict:
        raise Refused(verdict)


def can_open_report(person: Person) -> Verdict:
    """Report managers open cycles with their reports."""
    return _permitted(person, "cycle.open", "open the report of a quarter")


def can_assemble(person: Person, facts: ReportFacts, version: int) -> Verdict:
    """Report managers assemble when every section is approved and the data cut is fixed."""
    if not (may := _may(person, "assemble", facts, version)):
        return may
    if facts.unready:
        return Verdict(False, _listed("The report cannot be put together yet.", facts.unready))
    return ALLOWED


def can_sign_off(person: Person, facts: ReportFacts, version: int) -> Verdict:
    """Approvers sign off what they neither assembled nor wrote in, as long as nothing has moved since."""
    if not (may := _may(person, "sign_off", facts, version)):
        return may
    if person.id == facts.assembled_by:
        return Verdict(False, "You put this report together. Somebody else has to sign it off.")
    if person.id in facts.writers:
        return Verdict(False, "You wrote a text of this report. Somebody else has to sign it off.")
    return _settled(facts, "The report cannot be signed off as it was put together.")


def can_send_back(person: Person, facts: ReportFacts, version: int, reason: str) -> Verdict:
    """Approvers send a report back, with a reason."""
    if not (may := _may(person, "send_back", facts, version)):
        return may
    if not reason.strip():
        return Verdict(False, "Say why the report goes back: whoever put it together reads the reason.")
    if len(reason) > LONGEST_REASON:
        return Verdict(False, f"The reason has {len(reason):,} characters; at most {LONGEST_REASON:,} are kept.")
    return ALLOWED


def can_present(person: Person, facts: ReportFacts, version: int) -> Verdict:
    """Report managers present what is signed off, as long as nothing has moved since."""
    if not (may := _may(person, "present", facts, version)):
        return may
    return _settled(facts, "The report cannot be presented as it was signed off.")


def _permitted(person: Person, permission: str, words: str) -> Verdict:
    if person.has(*PERMISSIONS[permission]):
        return ALLOWED
    names = " or ".join(ROLE_NAMES[role] for role in sorted(PERMISSIONS[permission]))
    return Verdict(False, f"To {words}, you need this role: {names}.")


def _may(person: Person, verb: str, facts: ReportFacts, version: int) -> Verdict:
    """Role, version the person saw, and state: what every act on a report asks first."""
    if not (permitted := _permitted(person, f"report.{verb}", VERB_WORDS[verb])):
        return permitted
    allowed_from, _ = REPORT_TRANSITIONS[verb]
    if facts.state not in allowed_from:
        needed = " or ".join(STATE_WORDS[state] for state in allowed_from)
        return Verdict(
            False,
            f"The report is {STATE_WORDS[facts.state]}. To {VERB_WORDS[verb]}, it has to be {needed}.",
            is_conflict=True,
        )
    if facts.version != version:
        return Verdict(
            False,
            "The report has changed since you opened the page. Nothing was done. Look at it again, then decide.",
            is_conflict=True,
        )
    return ALLOWED


def _settled(facts: ReportFacts, words: str) -> Verdict:
    moved = (*facts.unready, *facts.moved)
    return Verdict(False, _listed(words, moved), is_conflict=True) if moved else ALLOWED


def _listed(words: str, sentences: Sequence[str]) -> str:
    return " ".join((words, *sentences))
