"""create_administrator: the first account, or a plain reason why there is none."""

import io
import sys

import pytest
from django.core.management import CommandError, call_command

from indicators.choices import Role
from portal.models.user import User

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


@pytest.fixture
def create(monkeypatch):
    """Return a caller of the command that types a password into its standard input."""

    def run(email: str, name: str, typed: str) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        out = io.StringIO()
        call_command("create_administrator", email, name, "--password-stdin", stdout=out)
        return out.getvalue()

    return run


def test_create_account_gives_the_administrator_role_and_no_other(create):
    words = create(" Ada@Example.ORG ", " Ada Amin ", f"{PASSWORD}\n")
    user = User.objects.get(email="ada@example.org")
    assert user.name == "Ada Amin" and user.check_password(PASSWORD) and not user.is_demonstration
    assert user.person.roles == {Role.ADMINISTRATOR}
    assert user.is_staff, "the address the command names must open"
    assert "ada@example.org" in words and "/admin/" in words and PASSWORD not in words


def test_create_account_keeps_blanks_of_the_password_and_drops_the_line_end(create):
    create("ada@example.org", "Ada", "  blanks belong to it \r\nsecond line")
    assert User.objects.get().check_password("  blanks belong to it ")


def test_create_account_twice_is_refused_and_changes_nothing(create):
    create("ada@example.org", "Ada", PASSWORD)
    with pytest.raises(CommandError, match=r"already.*Nothing was changed.*changepassword"):
        create("ADA@example.org", "Eve", "another password entirely")
    user = User.objects.get()
    assert user.name == "Ada" and user.check_password(PASSWORD) and user.holdings.count() == 1


@pytest.mark.parametrize(
    ("email", "name", "password", "words"),
    [
        ("eve@example.org", "Eve", "", "too short"),
        ("eve@example.org", "Eve", "elevenchar1", "too short"),
        ("eve@example.org", "Eve", "qwerty123456", "too common"),
        ("eve.longname@example.org", "Eve", "eve.longname@example.org", "similar"),
        ("not an address", "Eve", PASSWORD, "email: "),
        ("eve@example.org", "  ", PASSWORD, "name: "),
        ("eve@example.org", "E" * 121, PASSWORD, "name: "),
    ],
)
def test_create_account_from_bad_input_is_refused_by_name(create, email, name, password, words):
    with pytest.raises(CommandError, match=words):
        create(email, name, f"{password}\n")
    assert not User.objects.exists()


def test_create_account_without_terminal_says_how_else(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="--password-stdin"):
        call_command("create_administrator", "eve@example.org", "Eve")
    assert not User.objects.exists()
