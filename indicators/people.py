"""A person as a plain value, built once per request or task; and the verdict of a rule."""

from dataclasses import dataclass
from datetime import date

from indicators.choices import Role


@dataclass(frozen=True, slots=True)
class PortfolioRole:
    """A role held for one portfolio, between two dates (None = open)."""

    portfolio_id: int
    role: Role
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the role is held on that day, both ends included."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking: identity, roles held today, and the portfolios they are held for."""

    id: int
    name: str
    email: str
    roles: frozenset[Role]
    portfolio_roles: tuple[PortfolioRole, ...] = ()

    def has(self, *roles: Role) -> bool:
        """Tell whether any of these roles is held, for whatever portfolio."""
        return not self.roles.isdisjoint(roles)

    def holds(self, portfolio_id: int | None, *roles: Role) -> bool:
        """Tell whether one of these roles is held for this very portfolio."""
        return any(held.portfolio_id == portfolio_id and held.role in roles for held in self.portfolio_roles)

    def portfolios(self, *roles: Role) -> frozenset[int]:
        """Return the ids of the portfolios for which one of these roles is held."""
        return frozenset(held.portfolio_id for held in self.portfolio_roles if held.role in roles)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says: allowed or not, and why not in words a person can act on.

    `is_conflict` marks a refusal because the state has moved on, not because of who asks.
    """

    allowed: bool
    reason: str = ""
    is_conflict: bool = False

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Verdict(True)


class Refused(Exception):
    """An action was refused; the portal answers with the reason and records the attempt."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.reason)
        self.verdict = verdict
