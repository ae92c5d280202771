"""Who may do what to the figures, and why not. No database."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from indicators.choices import DeliveryState, ImportKind, ImportState, SetAsideState
from indicators.people import ALLOWED, Person, Refused, Verdict
from indicators.periods import Quarter, date_text
from indicators.permissions import PERMISSIONS

if TYPE_CHECKING:
    from indicators.models.data_import import DataImport
    from indicators.models.delivery import ExpectedDelivery
    from indicators.models.feed import OfficialFeed
    from indicators.models.overlay import Mark, SetAside
    from indicators.models.profile import CaseProfile, SheetProfile
    from indicators.targets.asked import TargetRule

LEAST_KEPT = 12  # months
MOST_UNDECIDED = 100  # files of one person that are received or checked and not decided on


def require(verdict: Verdict) -> None:
    """Raise Refused unless the verdict allows."""
    if not verdict:
        raise Refused(verdict)


def can_receive_import(person: Person, undecided: int = 0) -> Verdict:
    """Analysts load files, as long as not too many of theirs wait for a decision."""
    if not person.has(*PERMISSIONS["import.receive"]):
        return Verdict(False, "Only an analyst may load files.")
    if undecided >= MOST_UNDECIDED:
        words = f"{undecided} files that you sent wait to be confirmed or abandoned. Decide on some of them first."
        return Verdict(False, words)
    return ALLOWED


def can_confirm_import(person: Person, data_import: "DataImport", reason: str) -> Verdict:
    """Analysts confirm a checked file; where the preview warns, or numbers would no longer agree, with a reason."""
    if not person.has(*PERMISSIONS["import.confirm"]):
        return Verdict(False, "Only an analyst may confirm an import.")
    if data_import.state != ImportState.STAGED:
        words = f"This import is {ImportState(data_import.state).words}: only a checked import can be confirmed."
        return Verdict(False, words, is_conflict=True)
    if (doubts := data_import.what_wants_a_reason) and not reason.strip():
        return Verdict(False, f"The preview names {doubts}. Give a reason why it is applied all the same.")
    return ALLOWED


def can_accept_import(person: Person, data_import: "DataImport", reason: str) -> Verdict:
    """Analysts may have a file applied without its faulty rows, if they say why."""
    if not person.has(*PERMISSIONS["import.confirm"]):
        return Verdict(False, "Only an analyst may confirm an import.")
    if not data_import.is_acceptable:
        words = "Only a file that was refused for single rows can be applied without them."
        return Verdict(False, words, is_conflict=True)
    if not reason.strip():
        return Verdict(False, "Give a reason why the file is to be applied without its faulty rows.")
    return ALLOWED


def can_revert_import(person: Person, data_import: "DataImport", reason: str) -> Verdict:
    """Analysts take back an applied import, if they say why."""
    if not person.has(*PERMISSIONS["import.revert"]):
        return Verdict(False, "Only an analyst may revert an import.")
    if data_import.state != ImportState.APPLIED:
        words = f"This import is {ImportState(data_import.state).words}: only an applied import can be reverted."
        return Verdict(False, words, is_conflict=True)
    if not reason.strip():
        return Verdict(False, "Give a reason why the import is to be reverted.")
    return ALLOWED


def can_change_counting(person: Person, starts_on: date, today: date, reason: str) -> Verdict:
    """Analysts settle how cases are counted, from a day that is not ahead, and say why."""
    if not person.has(*PERMISSIONS["counting.change"]):
        return Verdict(False, "Only an analyst may change how cases are counted.")
    if starts_on > today:
        return Verdict(False, "The day lies ahead. Choose today, or a day on which this was already the rule.")
    if not reason.strip():
        return Verdict(False, "Give a reason: it is shown beside the figures.")
    return ALLOWED


def can_settle_retention(person: Person, months_kept: int, reason: str) -> Verdict:
    """Analysts settle how long cases are kept row by row: a year at least, for twelve months are the longest window."""
    if not person.has(*PERMISSIONS["retention.settle"]):
        return Verdict(False, "Only an analyst may settle how long cases are kept.")
    if months_kept < LEAST_KEPT:
        return Verdict(False, f"Keep {LEAST_KEPT} months at least: figures of twelve months are traced to their rows.")
    if not reason.strip():
        return Verdict(False, "Give a reason, for example the force's retention schedule.")
    return ALLOWED


def can_abandon_import(person: Person, data_import: "DataImport") -> Verdict:
    """Analysts abandon what is not confirmed yet."""
    if not person.has(*PERMISSIONS["import.abandon"]):
        return Verdict(False, "Only an analyst may abandon an import.")
    if data_import.state not in {ImportState.RECEIVED, ImportState.STAGED}:
        words = f"This import is {ImportState(data_import.state).words} and can no longer be abandoned."
        return Verdict(False, words, is_conflict=True)
    return ALLOWED


def can_read_by_profile(profile: "CaseProfile", force_id: int, kind: ImportKind) -> Verdict:
    """A profile reads cases of its own force, once it was saved whole and while it is not retired."""
    if kind != ImportKind.CASES:
        return Verdict(False, "A profile reads cases. Load observations without one.")
    return _is_usable(profile, force_id)


def can_read_wide_sheets(profile: "SheetProfile", force_id: int, kind: ImportKind, printed_in: str = "") -> Verdict:
    """A profile of sheets reads observations of its own force; a report that printed them is named by its quarter."""
    if kind != ImportKind.OBSERVATIONS:
        return Verdict(False, "A profile of sheets reads observations. Load cases without it.")
    if printed_in:
        try:
            Quarter.parse(printed_in)
        except ValueError as fault:
            return Verdict(False, str(fault))
    return _is_usable(profile, force_id)


def _is_usable(profile: "CaseProfile | SheetProfile", force_id: int) -> Verdict:
    if profile.force_id != force_id:
        return Verdict(False, f"“{profile.name}” reads the files of another force. Choose a profile of this force.")
    if profile.is_retired:
        return Verdict(False, f"“{profile.name}” is retired. Choose another profile.")
    if not profile.version:
        return Verdict(False, f"“{profile.name}” is not finished. Finish and save the profile first.")
    return ALLOWED


def can_edit_profile(person: Person) -> Verdict:
    """Analysts say how a force's extracts are read."""
    if person.has(*PERMISSIONS["profile.edit"]):
        return ALLOWED
    return Verdict(False, "Only an analyst may change how files are read.")


def can_edit_note(person: Person) -> Verdict:
    """Analysts say what has to be known of figures: breaks, annotations, footnotes."""
    if person.has(*PERMISSIONS["note.edit"]):
        return ALLOWED
    return Verdict(False, "Only an analyst may change breaks, annotations and footnotes.")


def can_keep_span(person: Person, faults: Sequence[str], reason: str) -> Verdict:
    """Analysts say of which days figures are kept up, with a reason."""
    if not person.has(*PERMISSIONS["span.edit"]):
        return Verdict(False, "Only an analyst may choose the days of which figures are kept up.")
    if faults:
        return Verdict(False, " ".join(faults))
    return ALLOWED if reason.strip() else Verdict(False, "Say why these days are needed.")


def can_edit_target(person: Person) -> Verdict:
    """Analysts keep the targets."""
    if person.has(*PERMISSIONS["target.edit"]):
        return ALLOWED
    return Verdict(False, "Only an analyst may change a target.")


def can_save_target(person: Person, faults: Sequence[str], reason: str) -> Verdict:
    """Analysts set and change targets that make sense, if they say why."""
    allowed = can_edit_target(person)
    if not allowed:
        return allowed
    if faults:
        return Verdict(False, " ".join(faults))
    return ALLOWED if reason.strip() else Verdict(False, "Give a reason: it is shown beside the target.")


def can_edit_exhibit(person: Person) -> Verdict:
    """Analysts keep the tables, charts and lists."""
    if person.has(*PERMISSIONS["exhibit.edit"]):
        return ALLOWED
    return Verdict(False, "Only an analyst may change a table, chart or list.")


def can_save_exhibit(person: Person, faults: Sequence[str]) -> Verdict:
    """Analysts keep exhibits that can be drawn."""
    return Verdict(False, " ".join(faults)) if faults else can_edit_exhibit(person)


def can_end_target(person: Person, rule: "TargetRule", last_day: date, reason: str) -> Verdict:
    """Analysts end a target that would hold longer, if they say why."""
    allowed = can_edit_target(person)
    if not allowed:
        return allowed
    if rule.starts_on and last_day < rule.starts_on:
        return Verdict(False, f"This target begins on {date_text(rule.starts_on)}. Choose that day or a later one.")
    if rule.ends_on and rule.ends_on <= last_day:
        words = f"This target ends on {date_text(rule.ends_on)} already. To let it hold longer, change it."
        return Verdict(False, words, is_conflict=True)
    return ALLOWED if reason.strip() else Verdict(False, "Give a reason: it is shown beside the target.")


def can_read_by_feed(feed: "OfficialFeed | None", force_id: int, kind: ImportKind) -> Verdict:
    """An official file is read by a feed of its own force, once it was saved whole and while it is not retired."""
    if kind != ImportKind.OFFICIAL:
        return Verdict(feed is None, "" if feed is None else "A mapping reads official tables, and no other file.")
    if feed is None:
        return Verdict(False, "Choose the mapping by which the official tables are read.")
    if feed.force_id != force_id:
        return Verdict(False, f"“{feed.name}” is a mapping of another force. Choose one of this force.")
    if feed.is_retired:
        return Verdict(False, f"“{feed.name}” is retired. Choose another mapping.")
    if not feed.version:
        return Verdict(False, f"“{feed.name}” is not finished. Finish and save the mapping first.")
    return ALLOWED


def can_edit_feed(person: Person) -> Verdict:
    """Analysts say which columns of official tables feed which indicators."""
    if person.has(*PERMISSIONS["feed.edit"]):
        return ALLOWED
    return Verdict(False, "Only an analyst may change how official tables are read.")


def can_edit_group(person: Person) -> Verdict:
    """Analysts keep the groups that the force is compared with."""
    if person.has(*PERMISSIONS["group.edit"]):
        return ALLOWED
    return Verdict(False, "Only an analyst may change who belongs to a group.")


def can_save_group(person: Person, faults: Sequence[str], reason: str) -> Verdict:
    """Analysts give a group a list of members that makes sense, if they say why."""
    allowed = can_edit_group(person)
    if not allowed:
        return allowed
    if faults:
        return Verdict(False, " ".join(faults))
    return ALLOWED if reason.strip() else Verdict(False, "Give a reason: it stands in the history of the group.")


def can_edit_delivery(person: Person) -> Verdict:
    """Analysts say what should arrive."""
    if person.has(*PERMISSIONS["delivery.edit"]):
        return ALLOWED
    return Verdict(False, "Only an analyst may say which files are expected.")


def can_read_delivery(delivery: "ExpectedDelivery", before: "ExpectedDelivery | None" = None) -> Verdict:
    """The files of a delivery are read by what reads its kind: official tables always by a mapping.

    What read a delivery as it was `before` stays with it, also when it is retired.
    """
    kind, force_id = ImportKind(delivery.kind), delivery.force_id
    is_same = before is not None and (before.kind, before.force_id) == (delivery.kind, delivery.force_id)
    names = ("feed_id", "profile_id", "sheet_profile_id")
    kept = {name for name in names if is_same and getattr(delivery, name) == getattr(before, name) is not None}
    verdicts = [] if "feed_id" in kept else [can_read_by_feed(delivery.feed, force_id, kind)]
    if delivery.profile is not None and "profile_id" not in kept:
        verdicts.append(can_read_by_profile(delivery.profile, force_id, kind))
    if delivery.sheet_profile is not None and "sheet_profile_id" not in kept:
        verdicts.append(can_read_wide_sheets(delivery.sheet_profile, force_id, kind))
    return next((verdict for verdict in verdicts if not verdict), ALLOWED)


def can_redefine_delivery(delivery: "ExpectedDelivery", is_used: bool) -> Verdict:
    """What a delivery is stays as it is once files or notes stand under its periods."""
    if not is_used:
        return ALLOWED
    return Verdict(
        False,
        f"Files or notes belong to “{delivery.name}” already, so its force, what the file holds and how often it comes "
        "stay as they are. Give it a last day and add another delivery.",
    )


def can_redefine(person: Person, definition: str, in_force: str, reason: str) -> Verdict:
    """Analysts give an indicator another definition from a day on, and say why it changed."""
    if not person.has(*PERMISSIONS["indicator.define"]):
        return Verdict(False, "Only an analyst may change what an indicator means.")
    if not definition.strip():
        return Verdict(False, "Write the new definition in full.")
    if definition.strip() == in_force.strip():
        return Verdict(False, "This is the definition that already holds on that day. Change its words, or leave it.")
    return ALLOWED if reason.strip() else Verdict(False, "Give a reason: what changed, and who decided it?")


def can_set_unavailable(person: Person, state: DeliveryState, reason: str) -> Verdict:
    """Analysts say, with a reason, that a file will not come; not of one that is here or on its way."""
    if not person.has(*PERMISSIONS["delivery.edit"]):
        return Verdict(False, "Only an analyst may say that a file is not available.")
    if state == DeliveryState.ARRIVED:
        return Verdict(False, "The file has been received: its figures are there.", is_conflict=True)
    if state == DeliveryState.IN_PROGRESS:
        return Verdict(False, "A file is on its way. Confirm it or abandon it first.", is_conflict=True)
    if not reason.strip():
        return Verdict(False, "Give the reason why it is not available, so that readers of the board know.")
    return ALLOWED


def can_mark_case(person: Person, reason: str) -> Verdict:
    """Analysts mark cases to be looked at, if they say why."""
    if not person.has(*PERMISSIONS["case.mark"]):
        return Verdict(False, "Only an analyst may mark a case.")
    return ALLOWED if reason.strip() else Verdict(False, "Give a reason: what is to be looked at in this case?")


def can_clear_mark(person: Person, mark: "Mark") -> Verdict:
    """Analysts clear marks that are open."""
    if not person.has(*PERMISSIONS["case.mark"]):
        return Verdict(False, "Only an analyst may clear a mark.")
    if mark.cleared_at is not None:
        return Verdict(False, "This mark is already cleared.", is_conflict=True)
    return ALLOWED


def can_ask_set_aside(person: Person, reason: str) -> Verdict:
    """Analysts ask for a case to be set aside, if they say why."""
    if not person.has(*PERMISSIONS["case.set_aside"]):
        return Verdict(False, "Only an analyst may ask for a case to be set aside.")
    return ALLOWED if reason.strip() else Verdict(False, "Give a reason why this case is not to be counted.")


def can_agree_set_aside(person: Person, set_aside: "SetAside") -> Verdict:
    """A second person agrees: never the one who asked."""
    if not person.has(*PERMISSIONS["case.agree"]):
        return Verdict(False, "Only an analyst or a report manager may agree that a case is set aside.")
    if person.id == set_aside.asked_by_id:
        return Verdict(False, "You asked for this case to be set aside. A second person has to agree.")
    return _is_asked(set_aside)


def can_withdraw_set_aside(person: Person, set_aside: "SetAside", reason: str) -> Verdict:
    """Who may agree may also end a request; somebody else's only with a reason."""
    if not person.has(*PERMISSIONS["case.agree"]):
        return Verdict(False, "Only an analyst or a report manager may end this request.")
    if person.id != set_aside.asked_by_id and not reason.strip():
        return Verdict(False, "Give a reason: somebody else asked for this.")
    return _is_asked(set_aside)


def _is_asked(set_aside: "SetAside") -> Verdict:
    if set_aside.state == SetAsideState.ASKED:
        return ALLOWED
    words = {
        SetAsideState.IN_FORCE: "This case is already set aside.",
        SetAsideState.WITHDRAWN: "This request was withdrawn.",
        SetAsideState.LIFTED: "This case was set aside, and counts again.",
    }
    return Verdict(False, words[set_aside.state], is_conflict=True)


def can_lift_set_aside(person: Person, set_aside: "SetAside", reason: str) -> Verdict:
    """Analysts let a case count again, if they say why; one person is enough."""
    if not person.has(*PERMISSIONS["case.set_aside"]):
        return Verdict(False, "Only an analyst may let a case count again.")
    if set_aside.state != SetAsideState.IN_FORCE:
        return Verdict(False, "This case is not set aside.", is_conflict=True)
    return ALLOWED if reason.strip() else Verdict(False, "Give a reason why this case counts again.")


def can_explain_difference(person: Person, reason: str, *, is_there: bool) -> Verdict:
    """Analysts and report managers say why two numbers differ, as long as they do."""
    if not person.has(*PERMISSIONS["difference.explain"]):
        return Verdict(False, "Only an analyst or a report manager may explain a difference.")
    if not is_there:
        words = "A difference is no longer there, or its numbers have changed. Nothing was kept: look again."
        return Verdict(False, words, is_conflict=True)
    if not reason.strip():
        return Verdict(False, "Say why the two numbers differ. The reason is printed beside the figure.")
    return ALLOWED
