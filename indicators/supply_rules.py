"""Who may send in partners' returns, who may put a supplied value right, and why not. No database."""

from typing import TYPE_CHECKING

from indicators.choices import CorrectionState, ImportState, Role
from indicators.people import ALLOWED, Person, Verdict
from indicators.permissions import PERMISSIONS
from indicators.rules import MOST_UNDECIDED

if TYPE_CHECKING:
    from indicators.models.correction import Correction
    from indicators.models.data_import import DataImport
    from indicators.models.partner_return import PartnerReturn


def can_enter_return(person: Person, partner_return: "PartnerReturn", undecided: int = 0) -> Verdict:
    """Analysts enter every partner's return; leads, deputies and contributors those of their own portfolios."""
    own = person.holds(partner_return.portfolio_id, Role.LEAD, Role.DEPUTY, Role.CONTRIBUTOR)
    if not (own or person.has(Role.ANALYST)):
        return Verdict(False, "Only an analyst and those who write for its portfolio may enter this return.")
    if partner_return.is_retired:
        return Verdict(False, f"“{partner_return.name}” is retired: no further return of it is expected.")
    if undecided >= MOST_UNDECIDED:
        words = f"{undecided} files that you sent wait to be confirmed or abandoned. Have some of them decided first."
        return Verdict(False, words)
    return ALLOWED


def can_confirm_return(
    person: Person, partner_return: "PartnerReturn", data_import: "DataImport", reason: str
) -> Verdict:
    """An analyst, or the portfolio's lead or deputy, lets a return into the figures; doubts need a reason.

    Whether it was sent in again since, `is_newest_return` says.
    """
    if not (person.has(Role.ANALYST) or person.holds(partner_return.portfolio_id, Role.LEAD, Role.DEPUTY)):
        return Verdict(False, "An analyst, or the lead of the portfolio, has to confirm this return.")
    if data_import.state != ImportState.STAGED:
        words = f"This return is {ImportState(data_import.state).words}: only a checked return can be confirmed."
        return Verdict(False, words, is_conflict=True)
    if (doubts := data_import.what_wants_a_reason) and not reason.strip():
        return Verdict(False, f"The preview names {doubts}. Give a reason why it is right all the same.")
    return ALLOWED


def is_newest_return(*, was_sent_again: bool) -> Verdict:
    """Only the newest return for a quarter is let into the figures: an older one would bring its values back."""
    if not was_sent_again:
        return ALLOWED
    words = (
        "This return was sent in again since, for the same quarter. Nothing was changed: confirm the newer one, or "
        "withdraw that one first."
    )
    return Verdict(False, words, is_conflict=True)


def can_withdraw_return(
    person: Person, partner_return: "PartnerReturn", data_import: "DataImport", submitted_by: int
) -> Verdict:
    """Whoever sent a return, and whoever could confirm it, takes it back as long as nobody has confirmed it."""
    is_keeper = person.has(Role.ANALYST) or person.holds(partner_return.portfolio_id, Role.LEAD, Role.DEPUTY)
    if not is_keeper and person.id != submitted_by:
        return Verdict(False, "Only who sent this return, an analyst or the lead of the portfolio may withdraw it.")
    if data_import.state not in {ImportState.RECEIVED, ImportState.STAGED}:
        words = f"This return is {ImportState(data_import.state).words} and can no longer be withdrawn."
        return Verdict(False, words, is_conflict=True)
    return ALLOWED


def can_propose_correction(person: Person, reason: str, *, is_current: bool, why_not: str = "") -> Verdict:
    """Analysts propose another value for one that was supplied, if they say why. `why_not`: it is no such value."""
    if not person.has(*PERMISSIONS["correction.propose"]):
        return Verdict(False, "Only an analyst may propose a correction.")
    if why_not:
        return Verdict(False, why_not)
    if not is_current:
        words = "A newer value has taken the place of this one. Nothing was changed: look at the figure again."
        return Verdict(False, words, is_conflict=True)
    return ALLOWED if reason.strip() else Verdict(False, "Give a reason: what was wrong, and who says so?")


def can_decide_correction(
    person: Person, correction: "Correction", *, is_current: bool = True, why_not: str = ""
) -> Verdict:
    """A second person decides on a correction, never the one who proposed it, and only while its old value holds.

    `why_not`: the value is no figure's any more.
    """
    if not person.has(*PERMISSIONS["correction.decide"]):
        return Verdict(False, "Only an analyst or a report manager may decide on a correction.")
    if person.id == correction.proposed_by_id:
        return Verdict(False, "You proposed this correction. A second person has to decide on it.")
    if correction.state != CorrectionState.PROPOSED:
        return Verdict(False, f"This correction is {correction.state} already.", is_conflict=True)
    if not is_current:
        words = (
            "A newer value has taken the place of the one to be corrected. Nothing was changed: refuse this "
            "correction, and propose another one if the new value is wrong as well."
        )
        return Verdict(False, words, is_conflict=True)
    return Verdict(False, f"{why_not} Refuse this correction.", is_conflict=True) if why_not else ALLOWED


def can_refuse_correction(person: Person, correction: "Correction", reason: str) -> Verdict:
    """A second person refuses a correction, and says why."""
    verdict = can_decide_correction(person, correction)
    if verdict and not reason.strip():
        return Verdict(False, "Give a reason: somebody else proposed this.")
    return verdict


def can_withdraw_correction(person: Person, correction: "Correction") -> Verdict:
    """Whoever proposed a correction takes it back while nobody has decided on it."""
    if person.id != correction.proposed_by_id or not person.has(*PERMISSIONS["correction.propose"]):
        return Verdict(False, "Only who proposed a correction may withdraw it.")
    if correction.state != CorrectionState.PROPOSED:
        return Verdict(False, f"This correction is {correction.state} already.", is_conflict=True)
    return ALLOWED
