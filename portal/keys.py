"""Keys: with them a program, such as Excel or Power BI, reads the API in a person's name. Nothing else opens to a key.

A key is signed and kept nowhere. It ends after 90 days, with the next change of the password, and while the account is
not active; what it opens follows from the roles that the person holds when it is used.
"""

import base64
import binascii
from datetime import timedelta
from typing import Any

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from portal.models.user import User

LIFE = timedelta(days=90)
SALT = "portal.keys"
NO_GOOD = (
    "This key is no good: it is older than 90 days, the password has been changed since, or it is not whole. "
    "Get another on the page /api/."
)


def key_of(user: User) -> str:
    """Make a key in somebody's name."""
    return signing.dumps([user.pk, _password_mark(user)], salt=SALT)


def user_of(key: str) -> User | None:
    """Return whose key it is; None when it is no good."""
    try:
        pk, mark = signing.loads(key, salt=SALT, max_age=LIFE)
        pk, mark = int(pk), str(mark)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user is not None and constant_time_compare(mark, _password_mark(user)) else None


def _password_mark(user: User) -> str:
    """Return what changes with the password and does not tell of it."""
    return salted_hmac(SALT, user.password, algorithm="sha256").hexdigest()[:16]


class KeyAuthentication(BaseAuthentication):
    """Knows a person by the key that a program sends: as a Bearer, or as the password beside their e-mail address."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return whose key was sent, None where none was. Raises AuthenticationFailed for a key that is no good."""
        kind, _, sent = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() not in {"basic", "bearer"}:
            return None
        email, key = _from_basic(sent) if kind.lower() == "basic" else ("", sent.strip())
        user = user_of(key)
        if user is None or (email and email.strip().lower() != user.email):
            raise AuthenticationFailed(NO_GOOD)
        asked: Any = request._request
        asked.user, asked.person = user, user.person
        return user, None

    def authenticate_header(self, request: Request) -> str | None:
        """Ask programs for a key (401). A browser would open a window for a password: it is refused plainly (403)."""
        return None if "text/html" in request.headers.get("Accept", "") else 'Basic realm="Scrutiny", charset="UTF-8"'


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes both ways of sending a key."""

    target_class = KeyAuthentication
    name = ["keyAsPassword", "keyAsBearer"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        """Return both ways."""
        words = "The e-mail address of an account, and one of its keys as the password."
        return [
            {"type": "http", "scheme": "basic", "description": words},
            {"type": "http", "scheme": "bearer", "description": "A key. The page /api/ makes one."},
        ]


def _from_basic(sent: str) -> tuple[str, str]:
    """Read an e-mail address and a key; without a readable address the key is no good either."""
    try:
        email, _, key = base64.b64decode(sent, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return email or "-", key
