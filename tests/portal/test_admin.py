"""The admin: who gets in, what it holds, what it refuses, and files of reference tables."""

import io
import json
import time
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import tablib
from django.contrib.admin.models import LogEntry
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from indicators.actions import versions
from indicators.admin import REFERENCE_ADMINS
from indicators.choices import Role, VersionKind
from indicators.exports import spreadsheet_text
from indicators.models.area import Area
from indicators.models.breakdown import Breakdown, BreakdownValue
from indicators.models.category import Category, Flag
from indicators.models.data_version import DataVersion
from indicators.models.exhibit import Exhibit
from indicators.models.formula import Formula, FormulaTerm
from indicators.models.indicator import Indicator
from indicators.models.population import Population
from indicators.models.portfolio import Portfolio
from indicators.models.sheet import DefinitionVersion
from indicators.models.source import DataSource
from indicators.models.target import Target
from indicators.periods import Quarter
from indicators.queries import books
from indicators.resources import MOST_ROWS, LockedResource
from portal.admin import OWN_ACCOUNT, OWN_ROLES, site
from portal.models.role import PORTFOLIO_ROLES, RoleHolding
from portal.models.user import User
from tests.indicators.api_world import load, tidy
from tests.people import PASSWORD, ensure_crime_types

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PORTFOLIOS = "/admin/indicators/portfolio/"
USERS = "/admin/portal/user/"


@pytest.fixture
def keeper(client, analyst):
    """Return the browser of Ada, an analyst: she keeps the reference data."""
    client.force_login(analyst)
    return client


@pytest.fixture
def administrator(make_person):
    """Return Alan, an administrator."""
    return make_person("Alan Admin", "administrator")


@pytest.fixture
def office(client, administrator):
    """Return the browser of Alan: he keeps the accounts."""
    client.force_login(administrator)
    return client


def fields_of(answer) -> dict[str, object]:
    """Return every field of a change form as a browser would send it."""
    context = answer.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    sent = {}
    for form in forms:
        for name, field in form.fields.items():
            value = form[name].value()
            shown = field.widget.format_value(value) if hasattr(field.widget, "format_value") else value
            if isinstance(value, bool):
                shown = "on" if value else None
            elif isinstance(shown, list):
                shown = shown[0] if shown else None
            if shown not in (None, ""):
                sent[form.add_prefix(name)] = shown
    return sent


def errors_of(answer) -> str:
    context = answer.context
    formsets = [inline.formset for inline in context["inline_admin_formsets"]]
    found = [context["adminform"].form.errors, *(one.non_form_errors() for one in formsets)]
    return " ".join(str(one) for one in [*found, *(errors for one in formsets for errors in one.errors)])


# Who gets in.


def test_entering_anonymous_leads_to_the_portals_sign_in(client):
    for address in ("/admin/", "/admin/login/", USERS, f"{USERS}1/password/", "/admin/jsi18n/", "/admin/nothing/"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/sign-in/?next={address}")


def test_signing_in_at_the_admin_is_not_possible(client, administrator):
    answer = client.post("/admin/login/?next=/admin/", {"username": administrator.email, "password": PASSWORD})
    assert answer.headers["Location"].startswith("/sign-in/")
    assert "_auth_user_id" not in client.session


def test_entering_opens_for_analysts_and_administrators_alone(client, make_person):
    crime = Portfolio.objects.create(slug="crime", name="Crime")
    person = make_person("Pat Person", "auditor")
    client.force_login(person)
    found = {}
    for role in Role:
        person.holdings.update(role=role, portfolio=crime if role in PORTFOLIO_ROLES else None)
        found[role] = client.get("/admin/").status_code
    assert {role for role, status in found.items() if status == 200} == {Role.ANALYST, Role.ADMINISTRATOR}
    assert {status for role, status in found.items() if status != 200} == {404}


def test_the_index_shows_each_only_what_they_keep(keeper, office, client, analyst, administrator):
    client.force_login(analyst)
    shown = {model["object_name"] for app in client.get("/admin/").context["app_list"] for model in app["models"]}
    assert shown == {model.__name__ for model in REFERENCE_ADMINS}
    client.force_login(administrator)
    shown = {model["object_name"] for app in client.get("/admin/").context["app_list"] for model in app["models"]}
    assert shown == {"User"}


def test_nothing_but_reference_data_and_accounts_is_registered():
    assert set(site._registry) == {
        User, Portfolio, DataSource, Area, Category, Flag, Breakdown, Indicator, Formula, Population, Exhibit,
    }  # fmt: skip


def test_each_door_names_its_permissions():
    def doors(patterns):
        for pattern in patterns:
            yield from doors(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern]

    marked = {door.callback.permissions for door in doors(site.urls[0])}
    assert marked == {("admin.reference",), ("admin.accounts",), ("admin.reference", "admin.accounts")}
    assert resolve("/admin/portal/user/").func.permissions == ("admin.accounts",)


def test_visiting_what_another_role_keeps_is_not_found(client, analyst, administrator):
    flag = Flag.objects.create(slug="x", name="X")
    client.force_login(analyst)
    for address in ("", "add/", f"{administrator.pk}/change/", f"{administrator.pk}/password/"):
        assert client.get(f"{USERS}{address}").status_code == 404
    client.force_login(administrator)
    for address in ("", "add/", f"{flag.pk}/change/", "import/", "export/"):
        assert client.get(f"/admin/indicators/flag/{address}").status_code == 404
    assert client.post("/admin/indicators/flag/add/", {"slug": "y", "name": "Y"}).status_code == 404
    assert client.get(f"{PORTFOLIOS}import/").status_code == 404
    assert not Flag.objects.filter(slug="y").exists()


def test_searching_with_a_broken_page_is_not_found(keeper):
    assert keeper.get("/admin/search/?s=flag").status_code == 200
    assert keeper.get("/admin/search/?s=flag&page=x").status_code == 404
    assert keeper.get("/admin/search/?s=flag&page=99").status_code == 404


def test_the_admins_scripts_may_run_and_those_of_no_other_page_are_loosened(keeper):
    # The package's Alpine evaluates its attributes: without this its search box lies over every page.
    assert "'unsafe-eval'" in keeper.get("/admin/").headers["Content-Security-Policy"]
    assert "unsafe" not in keeper.get("/").headers["Content-Security-Policy"]


# Accounts.


def test_adding_an_account_keeps_it_without_roles_and_can_sign_in(office, client):
    fields = {"email": "New.Person@Example.test", "name": "New Person", "password1": PASSWORD, "password2": PASSWORD}
    assert office.post(f"{USERS}add/", {**fields, "is_staff": "on", "is_superuser": "on"}).status_code == 302
    made = User.objects.get(email="new.person@example.test")
    assert (made.is_active, made.is_staff, made.holdings.count()) == (True, False, 0)
    assert made.check_password(PASSWORD)
    assert LogEntry.objects.filter(object_id=str(made.pk)).exists()


def test_adding_an_account_twice_or_with_a_weak_password_is_refused(office, administrator):
    fields = {"email": administrator.email.upper(), "name": "Twice", "password1": PASSWORD, "password2": PASSWORD}
    assert "already exists" in errors_of(office.post(f"{USERS}add/", fields))
    weak = {**fields, "email": "a@example.test", "password1": "short", "password2": "short"}
    assert "too short" in errors_of(office.post(f"{USERS}add/", weak))
    assert User.objects.count() == 1


def test_deactivating_an_account_signs_it_out_and_keeps_it(office, make_person, client):
    person = make_person("Lea Lead", "analyst")
    theirs = Client()
    theirs.force_login(person)
    assert theirs.get("/admin/").status_code == 200
    fields = fields_of(office.get(f"{USERS}{person.pk}/change/"))
    fields.pop("is_active")
    assert office.post(f"{USERS}{person.pk}/change/", fields).status_code == 302
    person.refresh_from_db()
    assert not person.is_active
    assert theirs.get("/admin/").headers["Location"].startswith("/sign-in/")


def test_deactivating_ones_own_account_is_refused(office, administrator):
    fields = fields_of(office.get(f"{USERS}{administrator.pk}/change/"))
    fields.pop("is_active")
    assert OWN_ACCOUNT in errors_of(office.post(f"{USERS}{administrator.pk}/change/", fields))
    administrator.refresh_from_db()
    assert administrator.is_active


def test_deleting_an_account_is_not_possible(office, make_person):
    person = make_person("Lea Lead")
    assert office.post(f"{USERS}{person.pk}/delete/", {"post": "yes"}).status_code == 404
    office.post(USERS, {"action": "delete_selected", "_selected_action": [person.pk], "post": "yes"})
    assert User.objects.filter(pk=person.pk).exists()


def test_setting_a_password_is_logged_and_shows_no_hash(office, make_person):
    person = make_person("Lea Lead")
    page = office.get(f"{USERS}{person.pk}/change/").content.decode()
    assert person.password not in page
    new = "another horse battery staple"
    assert office.post(f"{USERS}{person.pk}/password/", {"password1": new, "password2": new}).status_code == 302
    person.refresh_from_db()
    assert person.check_password(new)
    assert LogEntry.objects.get(object_id=str(person.pk)).change_message


def test_looking_for_password_hashes_through_filters_is_refused(office):
    assert office.get(f"{USERS}?password__startswith=pbkdf2").status_code == 400


def test_giving_a_role_to_another_takes_effect_and_is_logged(office, administrator, make_person):
    person = make_person("Lea Lead")
    crime = Portfolio.objects.create(slug="crime", name="Crime")
    fields = fields_of(office.get(f"{USERS}{person.pk}/change/"))
    fields |= {"holdings-TOTAL_FORMS": 1, "holdings-0-role": "lead", "holdings-0-portfolio": crime.pk}
    assert office.post(f"{USERS}{person.pk}/change/", fields).status_code == 302
    assert person.person.holds(crime.pk, Role.LEAD)
    entry = LogEntry.objects.get(object_id=str(person.pk))
    assert entry.user == administrator
    assert "Portfolio lead" in entry.get_change_message()


@pytest.mark.parametrize("change", ["add", "alter", "delete"])
def test_changing_ones_own_roles_is_refused_in_words(office, administrator, change):
    address = f"{USERS}{administrator.pk}/change/"
    before = list(RoleHolding.objects.values())
    fields = fields_of(office.get(address))
    fields |= {
        "add": {"holdings-TOTAL_FORMS": 2, "holdings-1-role": "analyst"},
        "alter": {"holdings-0-role": "analyst"},
        "delete": {"holdings-0-DELETE": "on"},
    }[change]
    answer = office.post(address, fields)
    assert answer.status_code == 200
    assert OWN_ROLES in errors_of(answer)
    assert list(RoleHolding.objects.values()) == before
    assert not LogEntry.objects.exists()


def test_changing_ones_own_name_without_touching_roles_is_allowed(office, administrator):
    address = f"{USERS}{administrator.pk}/change/"
    assert office.post(address, {**fields_of(office.get(address)), "name": "Alan A."}).status_code == 302
    assert User.objects.get(pk=administrator.pk).name == "Alan A."


def test_smuggling_a_role_onto_oneself_through_anothers_page_is_ignored(office, administrator, make_person):
    person = make_person("Lea Lead", "reviewer")
    address = f"{USERS}{person.pk}/change/"
    fields = fields_of(office.get(address)) | {"holdings-0-user": administrator.pk, "holdings-0-role": "analyst"}
    office.post(address, fields)
    assert administrator.person.roles == {Role.ADMINISTRATOR}


WRONG_ROLES = {
    "Leads, deputies and contributors": {"holdings-0-role": "lead"},
    "not held for a portfolio": {"holdings-0-role": "auditor", "holdings-0-portfolio": "crime"},
    "lies before the first": {
        "holdings-0-role": "auditor", "holdings-0-since": "2020-10-01", "holdings-0-until": "2020-09-30",
    },
    "twice": {"holdings-TOTAL_FORMS": 2, "holdings-0-role": "auditor", "holdings-1-role": "auditor"},
}  # fmt: skip


def test_giving_a_role_that_makes_no_sense_is_refused_in_words(office, make_person):
    person = make_person("Lea Lead")
    crime = Portfolio.objects.create(slug="crime", name="Crime")
    address = f"{USERS}{person.pk}/change/"
    for words, wrong in WRONG_ROLES.items():
        wrong = {name: crime.pk if value == "crime" else value for name, value in wrong.items()}
        fields = fields_of(office.get(address)) | {"holdings-TOTAL_FORMS": 1} | wrong
        assert words in errors_of(office.post(address, fields))
    assert not person.holdings.exists()


def test_account_pages_cost_the_same_for_one_role_and_for_many(office, make_person):
    person = make_person("Lea Lead", "auditor")
    counts = []
    for _ in range(2):
        office.get(f"{USERS}{person.pk}/change/")
        for address in (f"{USERS}{person.pk}/change/", USERS):
            with CaptureQueriesContext(connection) as queries:
                assert office.get(address).status_code == 200
            counts.append(len(queries))
        for at in range(8):
            portfolio, _ = Portfolio.objects.get_or_create(slug=f"p{at}", name=f"P {at}")
            RoleHolding.objects.get_or_create(user=person, role="lead", portfolio=portfolio)
            User.objects.get_or_create(email=f"p{at}@example.test", defaults={"name": f"Person {at}"})
    assert counts[:2] == counts[2:]


# Reference data.


def make_composite() -> Formula:
    """Make the capacity for cadets follow from those enrolled."""
    formula = Formula.objects.create(indicator=Indicator.objects.get(key="cadets_capacity"))
    FormulaTerm.objects.create(
        formula=formula, side="numerator", indicator=Indicator.objects.get(key="cadets_enrolled")
    )
    return formula


@pytest.fixture
def kept(force):
    """Return the force with at least one row in every table of reference data."""
    portfolio = Portfolio.objects.get(slug="crime")
    Exhibit.objects.get_or_create(
        key="trend", defaults={"title": "Trend", "portfolio": portfolio, "definition": {"kind": "line"}}
    )
    make_composite()
    Population.objects.create(
        area=Area.objects.get(force=force, kind="force"), kind="residents", mid_year=2019, value=1_508_941,
        release="mid-2019 estimates", released_on=date(2020, 6, 24),
    )  # fmt: skip
    return force


def test_every_table_can_be_listed_opened_and_added_to_by_an_analyst(kept, keeper):
    for model in REFERENCE_ADMINS:
        base = f"/admin/indicators/{model._meta.model_name}/"
        first = model._default_manager.first()
        for address in (base, f"{base}add/", f"{base}{first.pk}/change/"):
            assert keeper.get(address).status_code == 200, address


def test_tables_cost_the_same_for_one_row_and_for_many(kept, keeper):
    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert keeper.get(address).status_code == 200
        return len(queries)

    lists = {f"/admin/indicators/{model._meta.model_name}/": model for model in REFERENCE_ADMINS}
    cost("/admin/")
    many = {base: cost(base) for base in lists}
    Exhibit.objects.all().delete()
    Exhibit.objects.create(key="one", title="One", portfolio=Portfolio.objects.first(), definition={})
    assert cost("/admin/indicators/exhibit/") == many["/admin/indicators/exhibit/"]
    for base in ("/admin/indicators/area/?q=burnley", "/admin/indicators/indicator/?q=rape"):
        assert cost(base) == many[base.partition("?")[0]]
    long, short = (Breakdown.objects.create(slug=slug, name=slug, is_exclusive=False) for slug in ("long", "short"))
    for at, breakdown in enumerate([short, *[long] * 20]):
        BreakdownValue.objects.create(breakdown=breakdown, slug=f"v{at}", name=f"V {at}")
    base = "/admin/indicators/breakdown/"
    cost(f"{base}{short.pk}/change/")
    assert cost(f"{base}{long.pk}/change/") == cost(f"{base}{short.pk}/change/")


def test_deleting_reference_data_is_not_possible(kept, keeper):
    for model in REFERENCE_ADMINS:
        first, base = model._default_manager.first(), f"/admin/indicators/{model._meta.model_name}/"
        assert keeper.post(f"{base}{first.pk}/delete/", {"post": "yes"}).status_code == 404
        keeper.post(base, {"action": "delete_selected", "_selected_action": [first.pk], "post": "yes"})
        assert model._default_manager.filter(pk=first.pk).exists()


def test_changing_an_indicator_keeps_its_key_and_its_case_rule(force, keeper):
    row = Indicator.objects.get(key="burglary_residential")
    address = f"/admin/indicators/indicator/{row.pk}/change/"
    fields = fields_of(keeper.get(address)) | {"key": "other", "name": "Home burglary", "case_rule-0-DELETE": "on"}
    assert keeper.post(address, fields).status_code == 302
    row.refresh_from_db()
    assert (row.key, row.name, row.case_rule.offences) == (
        "burglary_residential",
        "Home burglary",
        ["Residential burglary"],
    )


def test_naming_an_unknown_flag_or_offence_in_a_rule_is_refused(force, keeper):
    row = Indicator.objects.get(key="burglary_residential")
    address = f"/admin/indicators/indicator/{row.pk}/change/"
    for name, wrong in (("offences", "Burglry"), ("flags", "Domestic abuse"), ("crime_types", "Burglaries")):
        fields = fields_of(keeper.get(address)) | {f"case_rule-0-{name}": wrong}
        assert f"Not known: {wrong}" in errors_of(keeper.post(address, fields))


def test_changing_what_moves_figures_makes_a_data_version(force, keeper, analyst):
    versions.take(force, VersionKind.IMPORT, by=analyst.person)
    row = Indicator.objects.get(key="burglary_residential")
    address = f"/admin/indicators/indicator/{row.pk}/change/"
    keeper.post(address, fields_of(keeper.get(address)) | {"name": "Home burglary"})
    assert DataVersion.objects.count() == 1
    fields = fields_of(keeper.get(address)) | {"case_rule-0-starts_on": "2019-04-01"}
    assert keeper.post(address, fields).status_code == 302
    made = DataVersion.objects.get(number=2)
    assert (made.kind, made.by, made.force) == (VersionKind.DEFINITIONS, analyst, force)
    assert "Home burglary" in made.reason
    row.case_rule.refresh_from_db()
    assert row.case_rule.starts_on == date(2019, 4, 1)


def test_changing_a_definition_moves_its_figures_and_keeps_the_earlier_ones(force, keeper, analyst, tmp_path, settings):
    settings.FILES = tmp_path
    load(force, analyst, tidy(130))
    key = "domestic_abuse_investigations"

    def value(at: int | None) -> str:
        book = books.figure_book(force, Quarter(2020, 2), at, keys=[key])
        return {figure.key: figure.aspect("value") for figure in book.of_quarter()}.get(f"{key}.r12", "nothing")

    assert value(None) == "1,560"
    row = Indicator.objects.get(key=key)
    address = f"/admin/indicators/indicator/{row.pk}/change/"
    fields = fields_of(keeper.get(address))
    fields["over_time"] = "supplied"
    assert keeper.post(address, fields).status_code == 302
    assert (value(None), value(2), value(1)) == ("nothing", "nothing", "1,560")


def test_an_exhibit_that_cannot_be_drawn_is_refused_in_words(kept, keeper, analyst, tmp_path, settings):
    settings.FILES = tmp_path
    load(kept, analyst, tidy(130))
    fields = {"key": "new", "title": "New", "portfolio": Portfolio.objects.get(slug="crime").pk}
    column = {"heading": "Year", "window": "r12", "aspect": "value"}
    good = {"kind": "table", "columns": [column], "rows": [{"series": "domestic_abuse_investigations"}]}
    wrong = {
        "is not a kind of exhibit": {"kind": "pie"},
        "columns": {"kind": "table", "rows": []},
        "there is no indicator": {**good, "rows": [{"series": "murder"}]},
    }
    for words, definition in wrong.items():
        answer = keeper.post("/admin/indicators/exhibit/add/", fields | {"definition": json.dumps(definition)})
        assert words in errors_of(answer)
    assert keeper.post("/admin/indicators/exhibit/add/", fields | {"definition": json.dumps(good)}).status_code == 302
    assert Exhibit.objects.get(key="new").definition == good


def test_changing_a_breakdown_keeps_the_slugs_that_texts_use(force, keeper):
    breakdown = Breakdown.objects.get(slug="hate_strand")
    address = f"/admin/indicators/breakdown/{breakdown.pk}/change/"
    fields = fields_of(keeper.get(address)) | {"values-0-slug": "other", "values-0-name": "Race or ethnicity"}
    assert keeper.post(address, fields).status_code == 302
    part = BreakdownValue.objects.get(breakdown=breakdown, slug="race")
    assert (part.name, part.flags) == ("Race or ethnicity", ["hate_race"])


WRONG_INDICATOR = {
    "Write why neither direction": {"polarity": "neutral", "polarity_reason": ""},
    "Only counts and money": {"kind": "mean", "over_time": "add"},
    "as supplied": {"kind": "median", "over_areas": "weighted"},
}


def test_an_indicator_that_makes_no_sense_is_refused_in_words(force, keeper):
    row = Indicator.objects.get(key="burglary_residential")
    address = f"/admin/indicators/indicator/{row.pk}/change/"
    for words, wrong in WRONG_INDICATOR.items():
        assert words in errors_of(keeper.post(address, fields_of(keeper.get(address)) | wrong))


WRONG_FORMULA = {
    "in a circle": {"terms-0-indicator": "cadets_capacity"},
    "another unit": {"terms-0-indicator": "special_constable_training_hours"},
    "nothing above the line": {"terms-0-DELETE": "on"},
    "must be greater": {"multiplier": "0"},
    "not a part of": {"terms-0-part": "race"},
}


def test_a_formula_that_makes_no_sense_is_refused_in_words(force, keeper):
    formula = make_composite()
    address = f"/admin/indicators/formula/{formula.pk}/change/"
    race = BreakdownValue.objects.get(breakdown__slug="hate_strand", slug="race").pk
    for words, wrong in WRONG_FORMULA.items():
        keys = {name: Indicator.objects.get(key=key).pk for name, key in wrong.items() if name.endswith("indicator")}
        parts = {name: race for name in wrong if name.endswith("part")}
        answer = keeper.post(address, fields_of(keeper.get(address)) | wrong | keys | parts)
        assert answer.status_code == 200 and words in errors_of(answer), words


def test_a_new_formula_and_a_new_estimate_make_data_versions(force, keeper, analyst):
    versions.take(force, VersionKind.IMPORT, by=analyst.person)
    terms = {
        "indicator": Indicator.objects.get(key="cadets_capacity").pk, "multiplier": "2", "terms-TOTAL_FORMS": 1,
        "terms-INITIAL_FORMS": 0, "terms-0-side": "numerator", "terms-0-position": 0,
        "terms-0-indicator": Indicator.objects.get(key="cadets_enrolled").pk,
    }  # fmt: skip
    assert keeper.post("/admin/indicators/formula/add/", terms).status_code == 302
    assert FormulaTerm.objects.get(indicator__key="cadets_enrolled").formula.multiplier == 2
    estimate = {
        "area": Area.objects.get(force=force, kind="force").pk, "kind": "residents", "mid_year": 2019,
        "value": "1508941", "release": "mid-2019 estimates", "released_on": "2020-06-24",
    }  # fmt: skip
    assert keeper.post("/admin/indicators/population/add/", estimate).status_code == 302
    assert [one.reason for one in DataVersion.objects.order_by("number")][1:] == [
        "formula “formula of Cadets: places” changed in the admin",
        f"population “{Population.objects.get()}” changed in the admin",
    ]
    assert "already exists" in errors_of(keeper.post("/admin/indicators/population/add/", estimate))


def test_another_definition_is_written_through_its_action(force, keeper, analyst):
    row = Indicator.objects.get(key="cadets_enrolled")
    address = f"/admin/indicators/indicator/{row.pk}/change/"
    later = {
        "definition_versions-TOTAL_FORMS": 1, "definition_versions-0-starts_on": "2020-04-01",
        "definition_versions-0-definition": "Cadets on the roll.", "definition_versions-0-reason": "Agreed",
    }  # fmt: skip
    assert keeper.post(address, fields_of(keeper.get(address)) | later).status_code == 302
    made = DefinitionVersion.objects.get()
    assert (made.definition, made.by, made.starts_on) == ("Cadets on the roll.", analyst, date(2020, 4, 1))
    second = {name.replace("-0-", "-1-"): value for name, value in later.items()}
    second |= {"definition_versions-TOTAL_FORMS": 2, "definition_versions-INITIAL_FORMS": 1}
    answer = keeper.post(address, fields_of(keeper.get(address)) | second)
    assert answer.status_code == 403 and "already holds" in answer.content.decode()


def test_an_indicator_that_a_formula_needs_cannot_become_unfit_for_it(force, keeper):
    make_composite()
    row = Indicator.objects.get(key="cadets_capacity")
    address = f"/admin/indicators/indicator/{row.pk}/change/"
    answer = keeper.post(address, fields_of(keeper.get(address)) | {"over_time": "add"})
    assert answer.status_code == 403 and "as supplied only" in answer.content.decode()
    row.refresh_from_db()
    assert row.over_time == "supplied"


def test_areas_lie_in_a_higher_area_of_the_same_force(force, keeper):
    district = Area.objects.filter(force=force, kind="district").first()
    other = Area.objects.filter(force=force, kind="district").last()
    new = {"force": force.pk, "slug": "new", "name": "New"}
    base = "/admin/indicators/area/add/"
    assert "higher area" in errors_of(keeper.post(base, new | {"kind": "district", "parent": other.pk}))
    assert "Leave both blank" in errors_of(keeper.post(base, new | {"kind": "comparator"}))
    assert "Choose the force" in errors_of(keeper.post(base, new | {"kind": "division", "force": ""}))
    assert "valid choice" in errors_of(keeper.post(base, new | {"kind": "force"}))
    assert keeper.post(base, new | {"kind": "small-area", "code": "E01999999", "parent": other.pk}).status_code == 302
    address = f"/admin/indicators/area/{district.pk}/change/"
    assert "higher area" in errors_of(keeper.post(address, fields_of(keeper.get(address)) | {"parent": other.pk}))


# Files of reference tables.


def send(browser, content: bytes, name: str = "table.csv", base: str = PORTFOLIOS):
    """Send a file to the first step of an import."""
    kind = "1" if name.endswith(".xlsx") else "0"
    upload = SimpleUploadedFile(name, content)
    return browser.post(f"{base}import/", {"resource": "0", "format": kind, "import_file": upload})


def confirm(browser, answer, base: str = PORTFOLIOS, **changes):
    """Confirm what a first step has previewed."""
    form = answer.context["confirm_form"]
    return browser.post(f"{base}process_import/", {**form.initial, **changes}, follow=True)


def refusal_of(answer) -> str:
    assert "confirm_form" not in answer.context
    found = [str(answer.context["form"].errors)]
    result = answer.context.get("result")
    if result:
        found += [str(error.error) for error in result.base_errors]
        found += [str(error.error) for _, errors in result.row_errors() for error in errors]
        found += [str(row.error) for row in result.invalid_rows]
    return " ".join(found)


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_importing_previews_first_and_applies_on_confirmation(keeper):
    Portfolio.objects.create(slug="crime", name="Crime")
    Portfolio.objects.create(slug="people", name="People")
    answer = send(keeper, "name,slug\nCrimes,crime\nPeople,people\nRoads – all,roads\n".encode())
    assert dict(Portfolio.objects.values_list("slug", "name")) == {"crime": "Crime", "people": "People"}
    types = [row.import_type for row in answer.context["result"].rows]
    assert types == ["update", "skip", "new"]
    confirm(keeper, answer)
    assert dict(Portfolio.objects.values_list("slug", "name")) == {
        "crime": "Crimes", "people": "People", "roads": "Roads – all",
    }  # fmt: skip
    assert LogEntry.objects.count() == 2


def test_importing_a_workbook_reads_the_same_rows(keeper):
    answer = send(keeper, workbook([["slug", "name"], ["crime", "Crime"], ["roads", "Roads"]]), "table.xlsx")
    confirm(keeper, answer)
    assert set(Portfolio.objects.values_list("slug", "name")) == {("crime", "Crime"), ("roads", "Roads")}


WRONG_FILES = {
    "missing": (b"slug,name\ncrime,\n", "name"),
    "column missing": (b"slug\ncrime\n", "&quot;name&quot; is missing"),
    "column renamed": (b"slug,Name\ncrime,Crime\n", "must be called &quot;name&quot;"),
    "column twice": (b"slug,name,name\ncrime,Crime,Road\n", "stands in the header twice"),
    "column too many": (b"slug,name,is_active\ncrime,Crime,1\n", "&quot;is_active&quot; is not known"),
    "row short": (b"slug,name\ncrime\nroads,Roads\n", "fewer than the header"),
    "key twice": (b"slug,name\ncrime,Crime\ncrime,Other\n", "Rows 2 and 3 have the same key (crime)"),
    "slug wrong": (b"slug,name\ncrime and,Crime\n", "slug"),
    "name too long": (b"slug,name\ncrime," + b"x" * 121 + b"\n", "120"),
    "hidden character": ("slug,name\ncrime,Cr\u202eime\n".encode(), "U+202E"),
    "too many rows": (b"slug,name\n" + b"".join(b"p%d,P\n" % at for at in range(MOST_ROWS + 1)), "2,000 rows"),
    "too large": (b"slug,name\n" + b"crime,Crime\n" * 20_000, "200 kB"),
    "empty": (b"", "empty"),
    "workbook as CSV": (workbook([["slug", "name"], ["crime", "Crime"]]), "xlsx file"),
    "one row bad": (b"slug,name\ngood,Good\nbad slug,Bad\n", "slug"),
}


@pytest.mark.parametrize("fault", WRONG_FILES)
def test_importing_a_wrong_file_is_refused_by_name_and_changes_nothing(keeper, fault):
    content, words = WRONG_FILES[fault]
    assert words in refusal_of(send(keeper, content))
    assert not Portfolio.objects.exists()


def test_importing_a_workbook_with_formulas_is_refused(keeper):
    content = workbook([["slug", "name"], ["crime", "=1+1"]])
    assert "Cell B2 holds a formula" in refusal_of(send(keeper, content, "table.xlsx"))


def test_a_refusal_shows_nothing_of_the_programs_inside(keeper):
    page = send(keeper, b"slug,name\ncrime,Crime\ncrime,Other\n").content.decode()
    assert "Rows 2 and 3" in page
    assert "Traceback" not in page
    assert ".py" not in page


def test_confirming_a_changed_foreign_or_old_file_is_refused(keeper):
    answer = send(keeper, b"slug,name\ncrime,Crime\n")
    signed = answer.context["confirm_form"].initial["import_file_name"]
    forged = signing.dumps("c2x1ZyxuYW1lCngsWAo=", salt="import of indicators.flag", compress=True)
    for name in (signed[:-3] + "abc", forged, "/etc/passwd", ""):
        page = confirm(keeper, answer, import_file_name=name)
        assert "Nothing was imported" in page.content.decode()
    for changes in ({"format": "7"}, {"format": "x"}, {"resource": "9"}):
        assert "Nothing was imported" in confirm(keeper, answer, **changes).content.decode()
    two_hours_ago = time.time() - 2 * 60 * 60
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr("django.core.signing.time.time", lambda: two_hours_ago)
        answer = send(keeper, b"slug,name\ncrime,Crime\n")
    assert "Nothing was imported" in confirm(keeper, answer).content.decode()
    assert not Portfolio.objects.exists()


def test_importing_categories_only_adds(keeper):
    base = "/admin/indicators/category/"
    ensure_crime_types()
    before = Category.objects.count()
    answer = send(keeper, b"crime_type,offence\nBurglary,\nBurglary,Of a shed\n", base=base)
    assert [row.import_type for row in answer.context["result"].rows] == ["skip", "new"]
    confirm(keeper, answer, base)
    assert Category.objects.count() == before + 1


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_could_start_a_formula_is_escaped(start):
    assert spreadsheet_text(f"{start}1+1") == f"'{start}1+1"
    assert spreadsheet_text(f"1{start}1") == f"1{start}1"


@pytest.mark.parametrize(("kind", "name"), [("0", "csv"), ("1", "xlsx")])
def test_exporting_escapes_formulas_in_every_format(keeper, kind, name):
    Portfolio.objects.create(slug="a", name="=cmd()")
    Portfolio.objects.create(slug="b", name="+1")
    Portfolio.objects.create(slug="c", name="Plain, with comma")
    answer = keeper.post(f"{PORTFOLIOS}export/?q=nothing", {"resource": "0", "format": kind})
    assert f".{name}" in answer.headers["Content-Disposition"]
    if name == "csv":
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert lines == ["slug,name", "a,'=cmd()", "b,'+1", 'c,"Plain, with comma"']
        return
    rows = openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows()
    cells = [[(cell.value, cell.data_type) for cell in row] for row in rows]
    assert cells[1:] == [
        [("a", "s"), ("'=cmd()", "s")],
        [("b", "s"), ("'+1", "s")],
        [("c", "s"), ("Plain, with comma", "s")],
    ]


def test_only_csv_and_excel_are_offered(keeper):
    for step in ("import", "export"):
        formats = keeper.get(f"{PORTFOLIOS}{step}/").context["form"].fields["format"].choices
        assert [words for value, words in formats if value != ""] == ["csv", "xlsx"]


def test_numbers_of_a_reference_table_are_taken_exactly_or_refused():
    class Measures(LockedResource):
        class Meta(LockedResource.Meta):
            model = Target
            fields = ("row_id", "value")
            import_id_fields = ("row_id",)

    class Places(LockedResource):
        class Meta(LockedResource.Meta):
            model = Breakdown
            fields = ("slug", "name")
            import_id_fields = ("slug",)

    exact = Measures().fields["value"].widget
    assert exact.clean("0.1") == Decimal("0.1")
    for wrong in ("NaN", "inf", "-Infinity", "1e3", "", "10,9"):
        with pytest.raises(ValueError, match=r"\w"):
            exact.clean(wrong)
    whole = LockedResource.widget_from_django_field(BreakdownValue._meta.get_field("position"))()
    assert whole.clean("10") == 10
    for wrong in ("10.9", "NaN", "inf", "", "1_0"):
        with pytest.raises(ValueError, match=r"\w"):
            whole.clean(wrong)
    with pytest.raises(TypeError):
        LockedResource.widget_from_django_field(Breakdown._meta.get_field("is_exclusive"))
    refused = Places().import_data(tablib.Dataset(["a"], headers=["slug"]), dry_run=False)
    assert "missing" in str(refused.base_errors[0].error)
    assert not Breakdown.objects.exists()
