"""The person in whose name a command acts."""

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

from indicators.people import Person


def analyst(email: str) -> Person:
    """Return the person of an e-mail address. Raises CommandError when there is no such active account."""
    user = get_user_model().objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active account for {email}. Give the address of an analyst.")
    return user.person
