"""The vocabulary of the words: states of a section and its review. Enums only."""

from enum import StrEnum

from indicators.choices import Role


class SectionState(StrEnum):
    """Where a section stands in its cycle."""

    NOT_STARTED = "not-started"
    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"


# Words that others than their writers may see: they have been handed in at least once.
HANDED_IN = frozenset({SectionState.SUBMITTED, SectionState.RETURNED, SectionState.APPROVED})

WRITERS = frozenset({Role.LEAD, Role.DEPUTY, Role.CONTRIBUTOR})

# Verb -> (states it may start from, state it leads to).
SECTION_TRANSITIONS: dict[str, tuple[tuple[SectionState, ...], SectionState]] = {
    "save": (
        (SectionState.NOT_STARTED, SectionState.DRAFTED, SectionState.RETURNED, SectionState.APPROVED),
        SectionState.DRAFTED,
    ),
    "submit": ((SectionState.DRAFTED,), SectionState.SUBMITTED),
    "withdraw": ((SectionState.SUBMITTED,), SectionState.DRAFTED),
    "request_changes": ((SectionState.SUBMITTED,), SectionState.RETURNED),
    "approve": ((SectionState.SUBMITTED,), SectionState.APPROVED),
}

PERMISSIONS: dict[str, frozenset[Role]] = {
    # Seen by the writers of its portfolio at any time; by the others as the rule says.
    "section.see": WRITERS | {Role.REVIEWER, Role.REPORT_MANAGER, Role.APPROVER, Role.AUDITOR},
    "section.save": WRITERS,
    "section.submit": frozenset({Role.LEAD, Role.DEPUTY}),
    "section.withdraw": frozenset({Role.LEAD, Role.DEPUTY}),
    "section.request_changes": frozenset({Role.REVIEWER}),
    "section.approve": frozenset({Role.REVIEWER}),
    # Which sections quote figures that an import moves; a text itself opens as "section.see" says.
    "touched.see": frozenset({Role.ANALYST, Role.REPORT_MANAGER, Role.AUDITOR}),
    "cycle.open": frozenset({Role.REPORT_MANAGER}),
    "cycle.fix_cut": frozenset({Role.REPORT_MANAGER}),
}
