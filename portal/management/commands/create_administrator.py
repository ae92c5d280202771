"""create_administrator EMAIL NAME [--password-stdin]: the first account, which makes all others."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from indicators.choices import Role
from portal.models.role import RoleHolding
from portal.models.user import User


class Command(BaseCommand):
    """Make an account that keeps accounts and nothing else: it reads no draft and approves nothing."""

    help = "Make an account with the administrator's role. Asks for its password on the terminal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("email", help="e-mail address, with which the person signs in")
        parser.add_argument("name", help="name of the person, as other people will read it")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from the first line of standard input"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the address and the name, take the password, make account and role together."""
        user = User(email=options["email"].strip().lower(), name=options["name"].strip())
        self._check(user)
        password = _first_line() if options["password_stdin"] else self._ask(user)
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError("\n".join([*error.messages, "No account was made."])) from error
        try:
            with transaction.atomic():
                made = User.objects.create_user(user.email, user.name, password)
                RoleHolding.objects.create(user=made, role=Role.ADMINISTRATOR)
        except IntegrityError as error:  # somebody was faster
            raise CommandError(f"There is an account for {user.email} already. Nothing was changed.") from error
        self.stdout.write(f"{made.name} ({made.email}) can sign in now and make the other accounts under /admin/.")

    def _check(self, user: User) -> None:
        """Refuse an address or a name that the account's fields would refuse; raises CommandError."""
        if User.objects.filter(email=user.email).exists():
            raise CommandError(
                f"There is an account for {user.email} already. Nothing was changed. "
                "To set a new password for it: manage.py changepassword EMAIL"
            )
        try:
            user.clean_fields(exclude=["password"])
        except ValidationError as error:
            raise CommandError(
                "\n".join(f"{field}: {words[0]}" for field, words in error.message_dict.items())
            ) from error

    def _ask(self, user: User) -> str:
        """Ask twice on the terminal; raises CommandError when there is none or the two differ."""
        if not sys.stdin.isatty():
            raise CommandError("There is no terminal to ask on. Give the password with --password-stdin.")
        password = getpass.getpass(f"Password for {user.email}, at least 12 characters: ")
        if getpass.getpass("Once more: ") != password:
            raise CommandError("The two passwords differ. No account was made.")
        return password


def _first_line() -> str:
    """Return the first line of standard input without its line ending; blanks belong to the password."""
    return sys.stdin.readline().rstrip("\r\n")
