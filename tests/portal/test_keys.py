"""Keys of programs: what they open, how they end, and the page that makes them."""

import base64
import html
import re
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.keys import LIFE, SALT, key_of, user_of
from portal.models.role import RoleHolding

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(analyst):
    return analyst


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def basic(email: str, key: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{email}:{key}'.encode()).decode()}"}


def asked(headers: dict[str, str], address: str = "/api/sources/") -> int:
    return Client().get(address, headers=headers).status_code


def test_a_key_opens_the_api_both_ways_without_a_session(ada):
    key = key_of(ada)
    for headers in (bearer(key), basic(ada.email, key), basic(ada.email.upper(), key)):
        answer = Client().get("/api/sources/", headers=headers)
        assert answer.status_code == 200
        assert "sessionid" not in answer.cookies


def test_a_key_opens_nothing_but_the_api(ada):
    key = key_of(ada)
    for address in ("/", "/indicators/", "/api/", "/admin/", "/imports/"):
        for headers in (bearer(key), basic(ada.email, key)):
            answer = Client().get(address, headers=headers)
            assert answer.status_code == 302 and "/sign-in/" in answer["Location"], address
    for method in ("post", "put", "patch", "delete"):
        assert getattr(Client(), method)("/api/sources/", headers=bearer(key)).status_code == 405


def test_a_key_opens_what_its_person_may_see_today(ada, make_person):
    commissioner = make_person("Clara Commissioner", "commissioner")
    assert asked(bearer(key_of(commissioner))) == 404
    key = key_of(ada)
    assert asked(bearer(key), "/api/deliveries/") in {200, 400}
    RoleHolding.objects.filter(user=ada).update(role="approver")
    assert (asked(bearer(key)), asked(bearer(key), "/api/deliveries/")) == (200, 404)
    RoleHolding.objects.filter(user=ada).delete()
    assert asked(bearer(key)) == 404


def test_a_key_ends_with_the_password_the_account_and_after_90_days(ada, monkeypatch):
    key = key_of(ada)
    ada.set_password("another horse battery staple")
    ada.save()
    assert asked(bearer(key)) == 401
    key = key_of(ada)
    assert asked(bearer(key)) == 200
    ada.is_active = False
    ada.save()
    assert asked(bearer(key)) == 401
    ada.is_active = True
    ada.save()
    now = timezone.now().timestamp()
    monkeypatch.setattr(signing.time, "time", lambda: now + LIFE.total_seconds() - 60)
    assert asked(bearer(key)) == 200
    monkeypatch.setattr(signing.time, "time", lambda: now + (LIFE + timedelta(minutes=1)).total_seconds())
    answer = Client().get("/api/sources/?format=json", headers=bearer(key))
    assert answer.status_code == 401
    assert "Get another on the page /api/" in answer.json()["detail"]


def test_what_is_no_key_of_this_person_opens_nothing(ada, make_person):
    key, other = key_of(ada), make_person("Luke Lead", "reviewer")
    forged = signing.dumps([ada.pk, "0" * 16], salt=SALT)
    for headers in (
        basic(other.email, key), basic("", "x"), basic(ada.email, "correct horse battery staple"), bearer(key[:-1]),
        bearer(forged), bearer(""), bearer(signing.dumps([ada.pk, "x"], salt="other")), {"Authorization": "Basic ="},
        {"Authorization": "Basic"}, bearer(signing.dumps(5, salt=SALT)), bearer(signing.dumps([1, 2], salt=SALT)),
        bearer(signing.dumps(["a", "b"], salt=SALT)), bearer(signing.dumps([None, None], salt=SALT)),
    ):  # fmt: skip
        assert asked(headers) == 401, headers
    assert asked({"Authorization": "Digest x"}) == 401


@given(words=st.text(max_size=60))
def test_no_words_are_a_key(words):
    assert user_of(words) is None


def test_programs_are_asked_for_a_key_and_browsers_are_not(ada):
    program = Client().get("/api/sources/", headers={"Accept": "*/*"})
    assert (program.status_code, program["WWW-Authenticate"]) == (401, 'Basic realm="Scrutiny", charset="UTF-8"')
    browser = Client().get("/api/sources/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert browser.status_code == 403 and "WWW-Authenticate" not in browser


def test_the_page_lists_what_one_may_load_and_makes_a_key_when_asked(client, ada, make_person):
    client.force_login(ada)
    page = client.get("/api/").content.decode()
    assert "/api/figures/" in page and "/api/deliveries/" in page and 'id="key-words"' not in page
    answer = client.post("/api/")
    key = re.search(r'id="key-words"[^>]*>([^<]+)<', answer.content.decode())
    assert key and asked(basic(ada.email, html.unescape(key[1]))) == 200
    assert "no-store" in answer["Cache-Control"]
    client.force_login(make_person("Alma Approver", "approver"))
    page = client.get("/api/").content.decode()
    assert "/api/figures/" in page and "/api/deliveries/" not in page
    client.force_login(make_person("Clara Commissioner", "commissioner"))
    assert {client.get("/api/").status_code, client.post("/api/").status_code} == {404}


def test_a_key_is_not_made_by_another_site(ada):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    assert browser.post("/api/").status_code == 403
