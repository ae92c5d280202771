"""Named people for tests."""

from indicators.choices import Role
from indicators.people import Person

NOBODY_IN_PARTICULAR = Person(id=0, name="Test", email="test@example.test", roles=frozenset(Role))
PASSWORD = "correct horse battery staple"


def ensure_crime_types():
    """Put back the crime types that a migration writes and that the flush of a transactional test takes away."""
    from importlib import import_module

    from indicators.models.category import Category

    for crime_type in import_module("indicators.migrations.0002_cases").CRIME_TYPES:
        Category.objects.get_or_create(crime_type=crime_type, offence="")


def make_user(name, *roles, portfolio=None):
    """Make an account with roles; leads, deputies and contributors hold theirs for the portfolio."""
    from portal.models.role import PORTFOLIO_ROLES, RoleHolding
    from portal.models.user import User

    email = f"{name.lower().replace(' ', '.')}@example.test"
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, name, PASSWORD)
    for role in roles:
        held_for = portfolio if Role(role) in PORTFOLIO_ROLES else None
        RoleHolding.objects.get_or_create(user=user, role=role, portfolio=held_for)
    return user
