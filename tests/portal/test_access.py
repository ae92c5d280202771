"""Every address with every role: the permission table is what happens; a new address without a decision is red."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from indicators.choices import Role
from portal.choices import PERMISSIONS
from tests.people import make_user

# Addresses that anybody may ask; each is listed here on purpose.
PUBLIC = {"sign-in", "healthz", "readyz", "not-found"}
# Addresses of every signed-in person.
SIGNED_IN = {"sign-out"}
ADMIN_ROLES = PERMISSIONS["admin.reference"] | PERMISSIONS["admin.accounts"]


def addresses(patterns: list, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield each address of the resolver with its pattern; the admin's own addresses are walked apart."""
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                yield from addresses(pattern.url_patterns, path)
        else:
            yield path, pattern


def permission_of(pattern: URLPattern) -> str | None:
    """Return the permission a view was gated with."""
    view = pattern.callback
    for holder in (view, getattr(view, "cls", None), getattr(view, "view_class", None)):
        permission = getattr(holder, "permission", None)
        if isinstance(permission, str):
            return permission
    return None


ALL = [(path, pattern) for path, pattern in addresses(get_resolver().url_patterns) if pattern.name]
GATED = [(path, pattern) for path, pattern in ALL if pattern.name not in PUBLIC | SIGNED_IN]


def filled(path: str) -> str:
    """Fill the arguments of a pattern with values of the right form that no object has."""
    for form, value in (("int", "999999"), ("uuid", "00000000-0000-0000-0000-000000000000"), ("month", "2020-01")):
        path = re.sub(rf"<{form}:\w+>", value, path)
    return "/" + re.sub(r"<(?:\w+:)?\w+>", "nothing-here", path).lstrip("/")


def test_decide_about_every_address():
    undecided = [path for path, pattern in GATED if permission_of(pattern) not in PERMISSIONS]
    assert undecided == []
    assert len(GATED) > 20


def test_name_every_address():
    unnamed = [path for path, pattern in addresses(get_resolver().url_patterns) if not pattern.name]
    assert unnamed == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_refuse_every_address_that_the_table_does_not_grant(role, client):
    client.force_login(make_user(f"Some {role.value.title()}"))
    user = make_user(f"Some {role.value.title()}")
    from indicators.models.portfolio import Portfolio
    from portal.models.role import PORTFOLIO_ROLES, RoleHolding

    portfolio = Portfolio.objects.create(slug="somewhere", name="Somewhere") if role in PORTFOLIO_ROLES else None
    RoleHolding.objects.create(user=user, role=role, portfolio=portfolio)
    for path, pattern in GATED:
        if role in PERMISSIONS[permission_of(pattern)]:
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(filled(path))
            assert answer.status_code in {404, 405}, (role, method, path, answer.status_code)


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_open_lists_that_the_table_grants(role, client):
    user = make_user(f"Some {role.value.title()}")
    from indicators.models.portfolio import Portfolio
    from portal.models.role import PORTFOLIO_ROLES, RoleHolding

    portfolio = Portfolio.objects.create(slug="somewhere", name="Somewhere") if role in PORTFOLIO_ROLES else None
    RoleHolding.objects.create(user=user, role=role, portfolio=portfolio)
    client.force_login(user)
    opened = 0
    for path, pattern in GATED:
        if "<" not in path and role in PERMISSIONS[permission_of(pattern)]:
            answer = client.get("/" + path)
            assert answer.status_code in {200, 405} or "api" in path, (role, path, answer.status_code)
            opened += 1
    assert opened


@pytest.mark.django_db
def test_send_strangers_to_the_sign_in_page():
    for path, _ in GATED:
        for method in ("get", "post"):
            answer = getattr(Client(), method)(filled(path))
            assert answer.status_code in {302, 401, 403, 404, 405}, (method, path, answer.status_code)
            if answer.status_code == 302:
                assert "/sign-in/" in answer["Location"]
            if answer.status_code == 404:
                assert "Page not found" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if role not in ADMIN_ROLES])
def test_hide_the_admin_from_everybody_else(role, client):
    client.force_login(make_user(f"Some {role.value.title()}"))
    for path in ("/admin/", "/admin/login/", "/admin/portal/user/", "/admin/indicators/indicator/"):
        assert client.get(path).status_code == 404, path
