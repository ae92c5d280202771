"""The description of the API is true: every address, parameter, status and field of it, against real answers.

The description is read as a stranger would: checked against the published schema of OpenAPI 3.1, then walked. Answers
are held against it by a JSON Schema library, which knows nothing of the code that made them.
"""

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator, FormatChecker

from indicators.choices import Role
from tests.portal.test_access import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CELL = FormatChecker()
# A value of every name that stands in a path, by address; anything else is not there.
IN_PATH = {
    "/api/indicators/{key}/": {"key": "calls_of_both_kinds"},
    "/api/indicators/{key}/beside/": {"key": "domestic_abuse_investigations"},
    "/api/figures/{key}/": {"key": "domestic_abuse_investigations.r12"},
    "/api/figures/{key}/vintages/": {"key": "domestic_abuse_investigations.month"},
    "/api/signals/{series}/months/": {"series": "domestic_abuse_investigations"},
    "/api/exhibits/{key}/": {"key": "investigations"},
    "/api/exhibits/{key}/cells/": {"key": "answering"},
}
# A good value of every parameter, and one that is refused; where nothing is said, the parameter is a vocabulary.
GOOD = {
    "force": "lancashire", "quarter": "2020-21-Q2", "at": "2", "limit": "2", "indicator": "all_crime",
    "area": "lancashire", "from": "2020-01-01", "to": "2020-12-31",
}  # fmt: skip
BAD = {
    "force": "nowhere", "quarter": "2020-Q2", "at": "999", "limit": "0", "indicator": "nothing", "area": "nowhere",
    "from": "01/02/2020", "to": "2020-13-01", "cursor": "nonsense",
}  # fmt: skip


@pytest.fixture
def described(api_reader) -> dict[str, Any]:
    return api_reader.get("/api/schema/?format=json").json()


def operations(described) -> list[tuple[str, dict[str, Any]]]:
    return [(path, methods["get"]) for path, methods in described["paths"].items()]


def address_of(path: str) -> str:
    """Fill a path with names that are there."""
    return re.sub(r"{(\w+)}", lambda found: IN_PATH[path][found[1]], path)


def strict(form: Any) -> Any:
    """Return a form that allows nothing but what it names: an object with a field more is not what is described."""
    if isinstance(form, list):
        return [strict(one) for one in form]
    if not isinstance(form, dict):
        return form
    closed = {name: strict(one) for name, one in form.items()}
    if "properties" in closed and "additionalProperties" not in closed:
        closed["additionalProperties"] = False
        assert sorted(closed.get("required", [])) == sorted(closed["properties"]), "every field stands in each record"
    return closed


def form_of(described, operation, status: int, media: str) -> dict[str, Any]:
    """Return the form of an answer with all that it refers to."""
    form = operation["responses"][str(status)]["content"][media]["schema"]
    return strict({**form, "components": described["components"]})


def check(described, operation, answer) -> Any:
    """Hold an answer against its description: status, format and form. Returns what JSON says, None for CSV."""
    status, place = answer.status_code, answer.request["PATH_INFO"]
    assert str(status) in operation["responses"], (place, status, "is not described")
    media = answer.headers["Content-Type"].partition(";")[0]
    form = form_of(described, operation, status, media)
    if media == "text/csv":
        assert form["type"] == "string"
        return None
    found = answer.json()
    faults = list(Draft202012Validator(form, format_checker=CELL).iter_errors(found))
    assert not faults, (place, [(list(one.absolute_path), one.message[:300]) for one in faults[:5]])
    return found


def record_form(described, operation) -> tuple[str, dict[str, Any]]:
    """Return the name under which the records of a list stand ("" for a single record), and the form of one."""
    schemas = described["components"]["schemas"]
    form = operation["responses"]["200"]["content"]["application/json"]["schema"]
    form = schemas[form["$ref"].rpartition("/")[2]]
    lists = {
        name: one["items"]["$ref"].rpartition("/")[2]
        for name, one in form["properties"].items()
        if "next" in form["properties"] and one.get("type") == "array" and "$ref" in one.get("items", {})
    }
    return (next(iter(lists)), schemas[next(iter(lists.values()))]) if lists else ("", form)


def test_the_description_is_openapi(described):
    assert described["openapi"].startswith("3.1")
    validate_schema(described)


def test_every_form_in_the_description_is_a_schema(described):
    for name, form in described["components"]["schemas"].items():
        Draft202012Validator.check_schema(form)
        assert form["type"] == "object", name


def test_every_address_of_the_resolver_is_described_and_no_other(described):
    found = {
        re.sub(r"<\w+:(\w+)>", r"{\1}", f"/{path}")
        for path, pattern in addresses(get_resolver().url_patterns)
        if pattern.name.startswith("api-")
    }
    assert set(described["paths"]) == found
    assert all(set(methods) == {"get"} for methods in described["paths"].values())
    named = [operation["operationId"] for _, operation in operations(described)]
    assert len(named) == len(set(named))


def test_every_address_answers_as_described_and_csv_says_what_json_says(described, api_reader):
    """Field by field, by the form alone: numbers as they are, nothing for null, texts unchanged but for formulas."""
    for path, operation in operations(described):
        if path == "/api/schema/":
            continue
        name, form = record_form(described, operation)
        asked = f"{address_of(path)}?{'limit=5000' if name else ''}"
        found = check(described, operation, api_reader.get(asked, headers={"Accept": "application/json"}))
        answer = api_reader.get(f"{address_of(path)}?format=csv")
        check(described, operation, answer)
        records = found[name] if name else [found]
        assert records, (path, "nothing to try it with")
        flat = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert len(flat) == len(records), path
        for line, record in zip(flat, records, strict=True):
            assert list(line) == list(form["properties"]), path
            for column, one in form["properties"].items():
                assert_same(line[column], record[column], one, (path, column))


def assert_same(cell: str, value: Any, form: dict[str, Any], place: tuple[str, str]) -> None:
    kinds = form.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if value is None:
        assert cell == "", place
    elif "boolean" in kinds:
        assert cell == ("TRUE" if value else "FALSE"), place
    elif form.get("format") == "decimal" or "integer" in kinds:
        assert cell == str(value), place
    elif isinstance(value, str):
        assert cell.removeprefix("'") == value.removeprefix("'"), place
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), place
    else:
        assert bool(cell) == bool(value), place


def fields_filled(described, form: dict[str, Any], value: Any, named: str = "") -> set[str]:
    """Return the fields, by their components, that a value fills."""
    if "$ref" in form:
        named = form["$ref"].rpartition("/")[2]
        form = described["components"]["schemas"][named]
    if "oneOf" in form and value is not None:
        return fields_filled(described, form["oneOf"][0], value)
    if isinstance(value, list):
        return {name for one in value for name in fields_filled(described, form.get("items", {}), one)}
    if not isinstance(value, dict) or "properties" not in form:
        return set()
    found = {f"{named}.{field}" for field, one in value.items() if one not in (None, "", [], {})}
    for field, one in value.items():
        found |= fields_filled(described, form["properties"][field], one)
    return found


# Further questions, for what the plain ones leave empty.
FURTHER = {"/api/deliveries/": ["quarter=2020-21-Q2"], "/api/values/": ["limit=5000"]}
# What this quarter has nothing of: places in wide sheets, and the force as a member of a comparator.
NEVER_FILLED = {"Observation.sheet", "Observation.cell", "Beside.rank"}


def test_every_field_is_filled_somewhere(described, api_reader):
    """A field that no answer ever fills is a promise that nobody has tried."""
    filled = {"Refusal.detail"}
    for path, operation in operations(described):
        if path == "/api/schema/":
            continue
        pages = ["", "limit=1"] if record_form(described, operation)[0] else [""]
        form = operation["responses"]["200"]["content"]["application/json"]["schema"]
        for asked in (*pages, *FURTHER.get(path, ())):
            filled |= fields_filled(
                described, form, check(described, operation, api_reader.get(f"{address_of(path)}?{asked}"))
            )
    broken = described["paths"]["/api/exhibits/{key}/"]["get"]
    assert "nothing_of_this_name" in check(described, broken, api_reader.get("/api/exhibits/broken/"))["fault"]
    values = api_reader.get("/api/values/?limit=5000").json()["values"]
    short = next(one["key"] for one in values if one["missing_months"])
    one = described["paths"]["/api/figures/{key}/"]["get"]
    found = check(described, one, api_reader.get(f"/api/figures/{short}/"))
    filled |= fields_filled(described, {"$ref": "#/components/schemas/Figure"}, found)
    schemas = described["components"]["schemas"]
    every = {f"{name}.{field}" for name, form in schemas.items() for field in form["properties"]}
    assert sorted(every - filled - {"Exhibit.fault"}) == sorted(NEVER_FILLED)


def test_every_parameter_is_read_and_refused_as_described(described, api_reader):
    for path, operation in operations(described):
        for one in operation.get("parameters", []):
            if one["in"] == "path":
                continue
            name, form = one["name"], one["schema"]
            Draft202012Validator.check_schema(form)
            if name == "format":
                continue
            good = form["enum"][0] if "enum" in form else GOOD.get(name)
            bad = "nothing of these" if "enum" in form else BAD[name]
            if good is not None:
                validator = Draft202012Validator(form)
                assert validator.is_valid(int(good) if form["type"] == "integer" else good), (path, name)
                answer = api_reader.get(f"{address_of(path)}?{name}={good}&format=json")
                assert answer.status_code == 200, (path, name, answer.content)
                check(described, operation, answer)
            for sort in ("json", "csv"):
                answer = api_reader.get(f"{address_of(path)}?{name}={bad}&format={sort}")
                assert answer.status_code == 400, (path, name, answer.status_code)
                check(described, operation, answer)
                assert name in answer.content.decode(), (path, name)


def test_a_parameter_that_is_not_described_is_refused(described, api_reader):
    for path, operation in operations(described):
        answer = api_reader.get(f"{address_of(path)}?ordering=-value&format=json")
        assert answer.status_code == 400
        check(described, operation, answer)


def test_every_refusal_is_as_described(described, api_reader, api_quarter):
    nobody, programs = Client(headers={"Accept": BROWSER}), Client(headers={"Accept": "application/json"})
    officer = Client(headers={"Accept": "application/json"})
    officer.force_login(api_quarter.users["commissioner"], backend="django.contrib.auth.backends.ModelBackend")
    for path, operation in operations(described):
        address = address_of(path)
        answers = {
            403: nobody.get(f"{address}?format=json"),
            401: programs.get(f"{address}?format=json"),
            404: officer.get(f"{address}?format=json"),
            406: api_reader.get(address, headers={"Accept": "image/png"}),
        }
        for status, answer in answers.items():
            assert answer.status_code == status, (path, status, answer.status_code)
            assert check(described, operation, answer)["detail"]
        seen = {200, 304, 400, *answers}
        assert {int(status) for status in operation["responses"]} == seen, path


def test_what_is_not_there_is_not_found(described, api_reader):
    for path, _ in operations(described):
        if "{" in path:
            for name in ("nothing-here", "nothing_here", "all_crime.nothing", "%00", "a%20b", "..", "x" * 500):
                answer = api_reader.get(f"{re.sub(r'{.*}', name, path)}?format=json")
                assert answer.status_code == 404, (path, name, answer.status_code)


def test_what_holds_still_is_not_sent_again(described, api_reader):
    for path, operation in operations(described):
        if path == "/api/schema/":
            continue
        address = f"{address_of(path)}?format={'csv' if '{' in path else 'json'}"
        etag = api_reader.get(address).headers["ETag"]
        again = api_reader.get(address, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b""), path
        assert "304" in operation["responses"]


@pytest.mark.parametrize("role", list(Role))
def test_every_door_opens_for_the_roles_of_its_permission_alone(role, described, api_quarter, make_person):
    """Readers reach nothing; deliveries, notes and observations are for those who see them on pages."""
    narrow = {"/api/deliveries/", "/api/notes/", "/api/observations/"}
    keepers = {Role.ANALYST, Role.REPORT_MANAGER, Role.AUDITOR}
    outside = {Role.COMMISSIONER, Role.SCRUTINY_OFFICER, Role.ADMINISTRATOR}
    from indicators.models.portfolio import Portfolio

    browser = Client()
    user = make_person(f"One {role.value}", role, portfolio=Portfolio.objects.first())
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for path in described["paths"]:
        opens = role not in outside and (path not in narrow or role in keepers)
        assert browser.get(address_of(path)).status_code == (200 if opens else 404), (path, role)
