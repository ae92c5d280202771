"""The people of the demonstration. They are invented; each acts through the same actions as anybody else."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password

from indicators.choices import Role
from indicators.models.portfolio import Portfolio
from portal.models.role import PORTFOLIO_ROLES, RoleHolding
from portal.models.user import User

DOMAIN = "demonstration.example"


@dataclass(frozen=True, slots=True)
class DemonstrationPerson:
    """Somebody of the demonstration: name, what they do, roles, and the portfolios they hold them for."""

    name: str
    post: str
    roles: tuple[Role, ...]
    portfolios: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        """The address to sign in with."""
        return f"{self.name.lower().replace(' ', '.')}@{DOMAIN}"


PEOPLE = (
    DemonstrationPerson("Ada Ainsworth", "Analyst", (Role.ANALYST,)),
    DemonstrationPerson(
        "Lena Lomax",
        "Lead for crime, contact and neighbourhoods, also a reviewer",
        (Role.LEAD, Role.REVIEWER),
        ("crime", "response-and-contact", "neighbourhoods", "finance", "operations", "confidence"),
    ),
    DemonstrationPerson(
        "Luke Langton",
        "Lead for public protection and criminal justice",
        (Role.LEAD,),
        ("public-protection", "serious-crime", "criminal-justice", "people"),
    ),
    DemonstrationPerson("Dina Duxbury", "Deputy for public protection", (Role.DEPUTY,), ("public-protection",)),
    DemonstrationPerson(
        "Colin Croft", "Contributor of the prosecution service", (Role.CONTRIBUTOR,), ("criminal-justice",)
    ),
    DemonstrationPerson("Rhona Ribble", "Reviewer", (Role.REVIEWER,)),
    DemonstrationPerson("Mark Mellor", "Report manager", (Role.REPORT_MANAGER,)),
    DemonstrationPerson("Alma Ashworth", "Approver, a chief officer", (Role.APPROVER,)),
    DemonstrationPerson("Clara Clifton", "Police and Crime Commissioner", (Role.COMMISSIONER,)),
    DemonstrationPerson("Saul Sharples", "Scrutiny officer of the commissioner", (Role.SCRUTINY_OFFICER,)),
    DemonstrationPerson("Audrey Altham", "Auditor", (Role.AUDITOR,)),
    DemonstrationPerson("Simon Standish", "Administrator of accounts", (Role.ADMINISTRATOR,)),
)
BY_NAME = {person.name: person for person in PEOPLE}


def password(folder: Path) -> str:
    """Return the password that all of them share in this checkout; made once, at random."""
    kept = folder / "password"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(f"{secrets.token_hex(3)}-{secrets.token_hex(3)}-{secrets.token_hex(3)}")
    return kept.read_text()


def make(secret: str) -> None:
    """Create or renew the accounts; roles for portfolios follow in `give_roles`, when portfolios are there."""
    hashed = make_password(secret)
    for person in PEOPLE:
        User.objects.update_or_create(
            email=person.email,
            defaults={"name": person.name, "password": hashed, "is_active": True, "is_demonstration": True},
        )
    give_roles()


def give_roles() -> None:
    """Give everybody their roles; portfolio roles only for portfolios that exist yet."""
    users = {user.email: user for user in User.objects.filter(is_demonstration=True)}
    portfolios = {portfolio.slug: portfolio for portfolio in Portfolio.objects.all()}
    for person in PEOPLE:
        for role in person.roles:
            held_for = [portfolios.get(slug) for slug in person.portfolios] if role in PORTFOLIO_ROLES else [None]
            for portfolio in held_for:
                if role not in PORTFOLIO_ROLES or portfolio is not None:
                    RoleHolding.objects.get_or_create(user=users[person.email], role=role, portfolio=portfolio)
