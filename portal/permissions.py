"""People as plain values, and the permission table applied to Django's admin."""

from typing import TYPE_CHECKING

from django.utils import timezone

from indicators.choices import Role
from indicators.people import Person, PortfolioRole
from portal.choices import PERMISSIONS

if TYPE_CHECKING:
    from portal.models.user import User

REFERENCE_MODELS = (
    "area", "breakdown", "breakdownvalue", "category", "datasource", "flag", "force", "indicator", "caserule",
    "portfolio", "exhibit", "formula", "formulaterm", "frameworkcode", "partof",
)  # fmt: skip
WRITTEN_ONCE = ("definitionversion", "population")
TAKEN_AWAY = ("formulaterm", "frameworkcode", "partof")


def person_of(user: "User") -> Person:
    """Build the person of an account with the roles held today. One query."""
    today = timezone.localdate()
    held = [
        (Role(role), portfolio_id, since, until)
        for role, portfolio_id, since, until in user.holdings.values_list("role", "portfolio_id", "since", "until")
        if (since is None or since <= today) and (until is None or today <= until)
    ]
    return Person(
        id=user.pk,
        name=user.name,
        email=user.email,
        roles=frozenset(role for role, *_ in held) if user.is_active else frozenset(),
        portfolio_roles=tuple(
            PortfolioRole(portfolio_id, role, since, until)
            for role, portfolio_id, since, until in held
            if portfolio_id is not None and user.is_active
        ),
    )


def admin_permissions(user: "User") -> frozenset[str]:
    """Return what an account may do in the admin: reference data for analysts, accounts for administrators."""
    cached: frozenset[str] | None = getattr(user, "_admin_permissions", None)
    if cached is None:
        person = person_of(user)
        granted: set[str] = set()
        if person.has(*PERMISSIONS["admin.reference"]):
            granted |= {
                f"indicators.{verb}_{model}" for model in REFERENCE_MODELS for verb in ("view", "add", "change")
            }
            granted |= {f"indicators.{verb}_{model}" for model in WRITTEN_ONCE for verb in ("view", "add")}
            granted |= {f"indicators.delete_{model}" for model in TAKEN_AWAY}
        if person.has(*PERMISSIONS["admin.accounts"]):
            granted |= {
                f"portal.{verb}_{model}" for model in ("user", "roleholding") for verb in ("view", "add", "change")
            }
            granted |= {"portal.delete_roleholding", "indicators.view_portfolio"}
        cached = frozenset(granted)
        user._admin_permissions = cached  # type: ignore[attr-defined]
    return cached
