"""Who may do what to the words, and why not. No database: plain facts in, a verdict out."""

from collections.abc import Collection, Sequence

from indicators.choices import Role
from indicators.people import ALLOWED, Person, Verdict
from narratives.choices import HANDED_IN, PERMISSIONS, SECTION_TRANSITIONS, WRITERS, SectionState

# What a transition did, as the history and a refusal say it: "Ben Lead asked for changes".
DONE_WORDS = {
    "save": "saved a text",
    "submit": "sent it for review",
    "withdraw": "took it back from review",
    "request_changes": "asked for changes",
    "approve": "approved it",
}

WITH_REVIEWERS = "This section is with the reviewers."
NOTHING_WRITTEN = "Nothing is written here yet. Save a text first."
NEWEST_ALREADY = "The text quotes the newest figures already. Nothing was changed."
NOT_SENT = "This section has not been sent for review. Its lead or deputy sends it first."
CHANGES_AWAITED = (
    "Changes were asked for and are awaited. The section has to be changed and sent for review again first."
)
ALREADY_APPROVED = "This section is already approved."


def can_see_section(person: Person, portfolio_id: int, state: str) -> Verdict:
    """Writers see the sections of their own portfolios at any time; the others once they are handed in."""
    if person.has(Role.REPORT_MANAGER) or person.holds(portfolio_id, *WRITERS):
        return ALLOWED
    if not person.has(Role.REVIEWER, Role.APPROVER, Role.AUDITOR):
        return Verdict(False, "This section belongs to another portfolio.")
    if state not in HANDED_IN:
        return Verdict(False, "This section is still being written. You see it when it is sent for review.")
    return ALLOWED


def can_save(person: Person, portfolio_id: int, state: str) -> Verdict:
    """Lead, deputy and contributors of the portfolio write, unless the reviewers have the section."""
    if not person.holds(portfolio_id, *PERMISSIONS["section.save"]):
        return Verdict(
            False, "Only the lead, the deputy and the contributors of this portfolio may write this section."
        )
    return _from_here("save", state, {SectionState.SUBMITTED: f"{WITH_REVIEWERS} Take it back first, then change it."})


def can_submit(person: Person, portfolio_id: int, state: str, faults: Sequence[str] = ()) -> Verdict:
    """Lead and deputy send a draft without faults for review; `faults` are sentences, all of them are named."""
    if not person.holds(portfolio_id, *PERMISSIONS["section.submit"]):
        return Verdict(False, "Only the lead and the deputy of this portfolio may send this section for review.")
    words = {
        SectionState.NOT_STARTED: NOTHING_WRITTEN,
        SectionState.SUBMITTED: "This section is with the reviewers already.",
        SectionState.RETURNED: "Changes were asked for. Save a changed text first, then send it for review again.",
        SectionState.APPROVED: ALREADY_APPROVED,
    }
    verdict = _from_here("submit", state, words)
    if verdict and faults:
        return Verdict(False, f"This section cannot be sent for review yet. {' '.join(faults)}")
    return verdict


def can_withdraw(person: Person, portfolio_id: int, state: str) -> Verdict:
    """Lead and deputy take a section back while nobody has decided about it."""
    if not person.holds(portfolio_id, *PERMISSIONS["section.withdraw"]):
        return Verdict(False, "Only the lead and the deputy of this portfolio may take this section back.")
    words = {
        SectionState.NOT_STARTED: "This section is not with the reviewers.",
        SectionState.DRAFTED: "This section is not with the reviewers.",
        SectionState.RETURNED: "The reviewers have given this section back already.",
        SectionState.APPROVED: f"{ALREADY_APPROVED} To change it, edit it: that ends the approval.",
    }
    return _from_here("withdraw", state, words)


def can_request_changes(person: Person, state: str, reason: str) -> Verdict:
    """Reviewers give a section back and say what has to change."""
    if not person.has(*PERMISSIONS["section.request_changes"]):
        return Verdict(False, "Only a reviewer may ask for changes.")
    verdict = _from_here("request_changes", state, _review_words())
    if verdict and not reason.strip():
        return Verdict(False, "Say what has to change, so that the writers know what to do.")
    return verdict


def can_approve(person: Person, state: str, authors: Collection[int]) -> Verdict:
    """Reviewers approve what others wrote. `authors` are the ids of all who saved a text of this section."""
    if not person.has(*PERMISSIONS["section.approve"]):
        return Verdict(False, "Only a reviewer may approve a section.")
    verdict = _from_here("approve", state, _review_words())
    if verdict and person.id in authors:
        return Verdict(False, "You wrote in this section. Somebody else has to review it: four eyes see more than two.")
    return verdict


def can_open_cycle(person: Person, *, is_open: bool = False, is_valid: bool = True) -> Verdict:
    """Report managers open the cycle of a quarter, once. `is_valid`: the outline holds for that quarter."""
    if not person.has(*PERMISSIONS["cycle.open"]):
        return Verdict(False, "Only a report manager may open a reporting cycle.")
    if not is_valid:
        return Verdict(False, "The outline does not hold for this quarter. Choose one whose dates include it.")
    if is_open:
        return Verdict(False, "The cycle of this quarter is open already.", is_conflict=True)
    return ALLOWED


def can_fix_cut(person: Person, cut: int | None, version: int, newest: int) -> Verdict:
    """Report managers fix the data cut, once, at a data version from 1 to the `newest` there is."""
    if not person.has(*PERMISSIONS["cycle.fix_cut"]):
        return Verdict(False, "Only a report manager may fix the data cut.")
    if cut is not None:
        return Verdict(False, f"The data cut is fixed at data version {cut} already.", is_conflict=True)
    if not newest:
        return Verdict(False, "There are no figures yet. Load a file first.")
    if not 1 <= version <= newest:
        return Verdict(False, f"There is no data version {version}. The newest is {newest}.")
    return ALLOWED


def may_begin(verb: str, state: str) -> bool:
    """Tell whether a verb starts from this state at all, whoever asks."""
    return state in SECTION_TRANSITIONS[verb][0]


def _from_here(verb: str, state: str, words: dict[SectionState, str]) -> Verdict:
    if may_begin(verb, state):
        return ALLOWED
    return Verdict(False, words[SectionState(state)], is_conflict=True)


def _review_words() -> dict[SectionState, str]:
    return {
        SectionState.NOT_STARTED: NOT_SENT,
        SectionState.DRAFTED: NOT_SENT,
        SectionState.RETURNED: CHANGES_AWAITED,
        SectionState.APPROVED: ALREADY_APPROVED,
    }
