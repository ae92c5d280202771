"""Every model of the portal; import each from its own module."""

from portal.models.edition import Edition, EditionFile
from portal.models.refusal import Refusal
from portal.models.report import Report, ReportEntry, ReportTransition
from portal.models.role import RoleHolding
from portal.models.user import User

__all__ = [
    "Edition",
    "EditionFile",
    "Refusal",
    "Report",
    "ReportEntry",
    "ReportTransition",
    "RoleHolding",
    "User",
]
