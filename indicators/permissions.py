"""Who may do what, and the state machine of an import, as data; the portal joins the tables of all packages."""

from indicators.choices import CorrectionState, ImportState, Role

STAFF = frozenset(
    {
        Role.ANALYST,
        Role.LEAD,
        Role.DEPUTY,
        Role.CONTRIBUTOR,
        Role.REVIEWER,
        Role.REPORT_MANAGER,
        Role.APPROVER,
        Role.AUDITOR,
    }
)

# This package's part of the permission table: action -> roles. The portal joins the parts of all packages.
PERMISSIONS: dict[str, frozenset[Role]] = {
    "indicator.see": STAFF,
    "difference.explain": frozenset({Role.ANALYST, Role.REPORT_MANAGER}),
    "indicator.define": frozenset({Role.ANALYST}),
    "target.see": STAFF,
    "target.edit": frozenset({Role.ANALYST}),
    "exhibit.see": STAFF,
    "exhibit.edit": frozenset({Role.ANALYST}),
    "delivery.see": frozenset({Role.ANALYST, Role.REPORT_MANAGER, Role.AUDITOR}),
    "delivery.edit": frozenset({Role.ANALYST}),
    "import.see": frozenset({Role.ANALYST, Role.REPORT_MANAGER, Role.AUDITOR}),
    "import.receive": frozenset({Role.ANALYST}),
    "import.confirm": frozenset({Role.ANALYST}),
    "import.abandon": frozenset({Role.ANALYST}),
    "import.revert": frozenset({Role.ANALYST}),
    "profile.see": frozenset({Role.ANALYST, Role.REPORT_MANAGER, Role.AUDITOR}),
    "profile.edit": frozenset({Role.ANALYST}),
    "note.see": frozenset({Role.ANALYST, Role.REPORT_MANAGER, Role.AUDITOR}),
    "note.edit": frozenset({Role.ANALYST}),
    "span.see": STAFF,
    "span.edit": frozenset({Role.ANALYST}),
    "comparator.see": STAFF,
    "group.edit": frozenset({Role.ANALYST}),
    "feed.see": frozenset({Role.ANALYST, Role.REPORT_MANAGER, Role.AUDITOR}),
    "feed.edit": frozenset({Role.ANALYST}),
    # Within these, leads, deputies and contributors act for the returns of their own portfolios.
    "return.see": frozenset(
        {Role.ANALYST, Role.LEAD, Role.DEPUTY, Role.CONTRIBUTOR, Role.REPORT_MANAGER, Role.AUDITOR}
    ),
    "return.enter": frozenset({Role.ANALYST, Role.LEAD, Role.DEPUTY, Role.CONTRIBUTOR}),
    "return.confirm": frozenset({Role.ANALYST, Role.LEAD, Role.DEPUTY}),
    "correction.see": frozenset({Role.ANALYST, Role.REPORT_MANAGER, Role.AUDITOR}),
    "correction.propose": frozenset({Role.ANALYST}),
    "correction.decide": frozenset({Role.ANALYST, Role.REPORT_MANAGER}),
    "counting.change": frozenset({Role.ANALYST}),
    "retention.settle": frozenset({Role.ANALYST}),
    # Readers can never reach a case. A report manager sees the cases that are set aside, to be the second person.
    "case.see": frozenset({Role.ANALYST, Role.AUDITOR}),
    "case.mark": frozenset({Role.ANALYST}),
    "case.set_aside": frozenset({Role.ANALYST}),
    "case.agree": frozenset({Role.ANALYST, Role.REPORT_MANAGER}),
    "set_aside.see": frozenset({Role.ANALYST, Role.REPORT_MANAGER, Role.AUDITOR}),
}

# State machine of an import: verb -> (states it may start from, state it leads to).
IMPORT_TRANSITIONS: dict[str, tuple[tuple[ImportState, ...], ImportState]] = {
    "stage": ((ImportState.RECEIVED,), ImportState.STAGED),
    "restage": ((ImportState.STAGED, ImportState.CONFIRMED), ImportState.RECEIVED),
    "accept": ((ImportState.REFUSED,), ImportState.CONFIRMED),
    "revert": ((ImportState.APPLIED,), ImportState.REVERTED),
    "refuse": ((ImportState.RECEIVED,), ImportState.REFUSED),
    "confirm": ((ImportState.STAGED,), ImportState.CONFIRMED),
    "apply": ((ImportState.CONFIRMED,), ImportState.APPLIED),
    "abandon": ((ImportState.RECEIVED, ImportState.STAGED), ImportState.ABANDONED),
    "fail": ((ImportState.RECEIVED, ImportState.CONFIRMED), ImportState.FAILED),
}

# State machine of the correction of a value, of the same form.
CORRECTION_TRANSITIONS: dict[str, tuple[tuple[CorrectionState, ...], CorrectionState]] = {
    "confirm": ((CorrectionState.PROPOSED,), CorrectionState.CONFIRMED),
    "refuse": ((CorrectionState.PROPOSED,), CorrectionState.REFUSED),
    "withdraw": ((CorrectionState.PROPOSED,), CorrectionState.WITHDRAWN),
}
