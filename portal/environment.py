"""Reading the environment: what a setting may be, and what is missing. Standard library only."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class SettingsRefused(SystemExit):
    """The environment is half set; the message says what is missing and what to do."""


PRODUCTION_VARIABLES = {
    "SECRET_KEY": "a long random text of your own, kept secret",
    "ALLOWED_HOSTS": "the host names the portal answers to, separated by commas",
    "DATABASE_URL": "postgresql://user:password@host:5432/database",
    "REDIS_URL": "redis://host:6379/0",
}


def is_on(environment: Mapping[str, str], name: str, default: bool) -> bool:
    """Read a switch: 1, true, yes, on or 0, false, no, off; anything else is refused."""
    text = environment.get(name, "").strip().lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise SettingsRefused(f"{name} is {text!r}. Set it to on or off.")


def check_complete(environment: Mapping[str, str], debug: bool) -> None:
    """Refuse to start on half-set settings, naming every variable that is missing."""
    if not debug:
        missing = [name for name in PRODUCTION_VARIABLES if not environment.get(name, "").strip()]
        if missing:
            lines = "\n".join(f"  {name}: {PRODUCTION_VARIABLES[name]}" for name in missing)
            raise SettingsRefused(
                f"Scrutiny does not start: with DEBUG off these settings are needed and missing:\n{lines}\n"
                "Set them in the environment (deploy/env.example shows all of them) and start again."
            )
        if len(environment["SECRET_KEY"]) < 50:
            raise SettingsRefused("Scrutiny does not start: SECRET_KEY is shorter than 50 characters.")
        if "*" in environment["ALLOWED_HOSTS"]:
            raise SettingsRefused("Scrutiny does not start: ALLOWED_HOSTS must name hosts, not *.")
    given = [name for name in ("DATABASE_URL", "REDIS_URL") if environment.get(name, "").strip()]
    if len(given) == 1:
        other = "REDIS_URL" if given[0] == "DATABASE_URL" else "DATABASE_URL"
        raise SettingsRefused(
            f"Scrutiny does not start: {given[0]} is set but {other} is not. "
            "Set both to use your own servers, or neither to use the embedded ones."
        )


def database(url: str) -> dict[str, Any]:
    """Turn a postgresql:// URL into Django's settings of one database."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SettingsRefused("DATABASE_URL must begin with postgresql://")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **options},
    }


def broker(url: str) -> str:
    """Return the URL of the queue in the form Celery reads; a socket needs another scheme there."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        number = dict(parse_qsl(parts.query)).get("db", "0")
        return f"redis+socket://{parts.path}?virtual_host={number}"
    if parts.scheme not in {"redis", "rediss"}:
        raise SettingsRefused("REDIS_URL must begin with redis://, rediss:// or unix://")
    return url
