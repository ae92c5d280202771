"""A NUL in an address names nothing: no page that is opened with one is a fault."""

import pytest
from django.urls import reverse

from indicators.forms.cases import CaseSearchForm, FigureAddressForm
from indicators.models.area import Area
from tests.indicators import case_files
from tests.portal.test_access import ALL

pytestmark = pytest.mark.django_db

ASKED = {"force", "quarter", "outline", "known", "indicator", "part", "after", "page", "show", "kind", "narrow"}
PARAMETERS = ASKED | set(CaseSearchForm.base_fields) | set(FigureAddressForm.base_fields)
# Where there is no such force or indicator, nothing else is looked at.
TOGETHER = ({"force"}, {"indicator"}, PARAMETERS - {"force", "indicator"})
INDICATOR_PAGES = ("indicator", "indicator-chart", "indicator-cases", "formula", "figure")
# What the other fields of a page have to hold so that the text in question is looked at at all.
REST = {"indicator-cases": {"force": "smallshire", "window": "month", "end": "2019-09"}}


@pytest.fixture
def browser(db, client):
    """Return the browser of an analyst and administrator of a force with cases and figures."""
    from portal.models.role import RoleHolding
    from portal.models.user import User

    force, ada = case_files.small_force(), case_files.analyst()
    case_files.load(force, ada, case_files.case_file(case_files.case(1, "2019-09")))
    for role in ("report-manager", "approver", "reviewer"):
        RoleHolding.objects.create(user=User.objects.get(pk=ada.id), role=role)
    client.force_login(User.objects.get(pk=ada.id))
    return client


def pages() -> list[tuple[str, str]]:
    """Return the name and address of every page without an argument, and of those of one indicator and comparator."""
    plain = [(pattern.name, f"/{path}") for path, pattern in ALL if "<" not in path and not path.startswith("^")]
    comparator = Area.objects.create(kind="comparator", slug="national", name="National")
    return [
        *((name, address) for name, address in plain if name != "sign-out"),
        *((name, reverse(name, args=["all_crime" + ".r12" * (name == "figure")])) for name in INDICATOR_PAGES),
        ("comparator", reverse("comparator", args=[comparator.pk])),
    ]


def test_open_every_page_with_a_null_character_in_each_parameter(browser):
    opened = 0
    for name, address in pages():
        for parameters in TOGETHER:
            answer = browser.get(address, REST.get(name, {}) | dict.fromkeys(parameters, "\0"))
            assert answer.status_code < 500, (name, parameters)
        opened += browser.get(address, REST.get(name, {})).status_code == 200
    assert opened > 30


@pytest.mark.parametrize(
    "address",
    ["/figures/%00/", "/figures/all_crime%00/", "/api/figures/%00/", "/api/figures/%00/vintages/",
     "/api/signals/%00/months/", "/indicators/%00/", "/exhibits/%00/", "/cases/%00/2020-01/", "/returns/%00/%00/"],
)  # fmt: skip
def test_open_an_address_with_a_null_character_finds_nothing(browser, address):
    assert browser.get(address).status_code in (400, 404)
