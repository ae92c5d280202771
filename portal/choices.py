"""The vocabulary of the report, and the whole permission table joined from the packages' parts. Enums only."""

from enum import StrEnum

from indicators import permissions as indicator_permissions
from indicators.choices import Role
from narratives import choices as narrative_choices


class ReportState(StrEnum):
    """Where the report of a cycle stands."""

    OPEN = "open"
    ASSEMBLED = "assembled"
    SIGNED_OFF = "signed-off"
    PRESENTED = "presented"


REPORT_TRANSITIONS: dict[str, tuple[tuple[ReportState, ...], ReportState]] = {
    "assemble": ((ReportState.OPEN, ReportState.ASSEMBLED), ReportState.ASSEMBLED),
    "send_back": ((ReportState.ASSEMBLED, ReportState.SIGNED_OFF), ReportState.OPEN),
    "sign_off": ((ReportState.ASSEMBLED,), ReportState.SIGNED_OFF),
    "present": ((ReportState.SIGNED_OFF,), ReportState.PRESENTED),
}

EVERYONE = frozenset(Role)

PERMISSIONS: dict[str, frozenset[Role]] = {
    **indicator_permissions.PERMISSIONS,
    **narrative_choices.PERMISSIONS,
    "home.see": EVERYONE,
    "report.see": frozenset({Role.REPORT_MANAGER, Role.APPROVER, Role.AUDITOR}),
    "report.assemble": frozenset({Role.REPORT_MANAGER}),
    "report.send_back": frozenset({Role.APPROVER}),
    "report.sign_off": frozenset({Role.APPROVER}),
    "report.present": frozenset({Role.REPORT_MANAGER}),
    # A presented edition is for the body that receives it and for the force that wrote it; not for accounts.
    "edition.read": EVERYONE - {Role.ADMINISTRATOR},
    "api.read": indicator_permissions.STAFF,
    "admin.reference": frozenset({Role.ANALYST}),
    "admin.accounts": frozenset({Role.ADMINISTRATOR}),
}
