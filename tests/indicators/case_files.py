"""A small force and small files for it: what the tests of imports, jobs and aggregates share."""

from typing import Any

from indicators import tasks
from indicators.actions import areas, definitions, imports
from indicators.choices import ImportKind, ImportState, JobState, Role
from indicators.models.area import Force
from indicators.models.data_import import DataImport
from indicators.models.job import Job
from indicators.people import Person
from indicators.readers.areas import AreaRow
from portal.models.role import RoleHolding
from portal.models.user import User
from tests.people import NOBODY_IN_PARTICULAR, ensure_crime_types

HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context,Date,Offence,Flags"
)
TIDY_HEADER = (
    "row_id,indicator,part,area,window,start,end,reported_for,statistic,value,numerator,denominator,status,basis,"
    "qualifier,period_printed,source,note"
)
ASB = "Anti-social behaviour"
PLACES = {"Hill": "East", "Mill": "East", "Coast": "West"}  # district: division
CODES = {district: [f"E0100{at}00{n}" for n in range(3)] for at, district in enumerate(PLACES)}
HILL = CODES["Hill"][0]
ELSEWHERE = "E01009999"  # well-formed, no small area of this force
TASKS = {
    imports.STAGE_TASK: tasks.stage_import,
    imports.APPLY_TASK: tasks.apply_import,
    imports.REVERT_TASK: tasks.revert_import,
}


def indicator(key: str, **more: Any) -> dict[str, Any]:
    """Describe a count that adds up."""
    return {
        "key": key, "name": key, "portfolio": "crime", "kind": "count", "unit": "count", "polarity": "lower",
        "definition": key, "owner": "Tests", "is_additive": True, **more,
    }  # fmt: skip


def counted(**rule: Any) -> dict[str, Any]:
    """Describe which cases an indicator counts."""
    return {"cases": {"source": "cases", "from": "2018-01-01", **rule}}


DEFINITIONS: dict[str, Any] = {
    "portfolios": [{"slug": "crime", "name": "Crime"}],
    "sources": [
        {"slug": "cases", "name": "Cases", "kind": "cases", "checked_to": "2020-12-31"},
        {"slug": "supplied", "name": "Supplied", "kind": "observations"},
    ],
    "offences": [
        {"crime_type": ASB, "name": "Nuisance"},
        {"crime_type": ASB, "name": "Personal"},
        {"crime_type": "Robbery", "name": "Personal robbery"},
    ],
    "flags": [{"slug": "covid", "name": "COVID-19"}, {"slug": "night", "name": "At night"}],
    "breakdowns": [
        {
            "slug": "asb_type",
            "name": "Type",
            "is_exclusive": True,
            "values": [
                {"slug": "nuisance", "name": "Nuisance", "offences": ["Nuisance"]},
                {"slug": "personal", "name": "Personal", "offences": ["Personal"]},
            ],
        }
    ],
    "indicators": [
        indicator("all_crime", **counted(excluded_crime_types=[ASB])),
        indicator("robbery", **counted(crime_types=["Robbery"])),
        indicator("asb", breakdown="asb_type", **counted(crime_types=[ASB])),
        indicator("asb_covid", **counted(crime_types=[ASB], flags=["covid"])),
        indicator("investigations"),
    ],
}


def small_force() -> Force:
    """Return a force of three districts in two divisions, with five indicators, without any figure."""
    ensure_crime_types()
    force = areas.ensure_force("smallshire", "Smallshire Police")
    rows = [
        AreaRow(code, f"{district} {code[-1]}", district, PLACES[district])
        for district, codes in CODES.items()
        for code in codes
    ]
    areas.load(force, rows, by=NOBODY_IN_PARTICULAR)
    definitions.load(DEFINITIONS, by=NOBODY_IN_PARTICULAR)
    return force


def reference(number: int) -> str:
    """Return an identifier of the official length."""
    return f"{number:064x}"


def case(
    number: int | None,
    month: str,
    crime_type: str = "Robbery",
    area: str = HILL,
    outcome: str = "",
    offence: str = "",
    flags: str = "",
) -> str:
    """Return a line of a case file. Without a number there is no identifier; without an area no location."""
    place = "-2.450000,53.760000,On or near a street" if area else ",,No location"
    name = "" if number is None else reference(number)
    return f"{name},{month},Smallshire,Smallshire,{place},{area},,{crime_type},{outcome},,,{offence},{flags}"


def case_file(*lines: str) -> bytes:
    """Return a case file of these lines."""
    return "\n".join([HEADER, *lines, ""]).encode()


def tidy_file(*rows: tuple[str, str, str, str, int]) -> bytes:
    """Return a tidy file of single months: (indicator, area, start, end, value)."""
    lines = [
        f"{key},{key},,{area},month,{start},{end},,,{value},,,,,,,supplied," for key, area, start, end, value in rows
    ]
    return "\n".join([TIDY_HEADER, *lines, ""]).encode()


def work(task: str, data_import: DataImport) -> None:
    """Do the waiting jobs of an import, as a worker would."""
    for job in Job.objects.filter(task=task, subject_id=data_import.pk, state=JobState.WAITING):
        TASKS[task](job.pk)
    data_import.refresh_from_db()


def send(force: Force, by: Person, content: bytes, kind: ImportKind = ImportKind.CASES) -> DataImport:
    """Receive a file and check it."""
    data_import, _ = imports.receive(force, kind, "file.csv", [content], by=by)
    work(imports.STAGE_TASK, data_import)
    return data_import


def load(force: Force, by: Person, content: bytes, kind: ImportKind = ImportKind.CASES) -> DataImport:
    """Take a file the whole way: receive, check, confirm, apply."""
    data_import = send(force, by, content, kind)
    assert data_import.state == ImportState.STAGED, list(data_import.problems.values("row", "column", "message"))
    imports.confirm(data_import, by=by, reason="checked")
    work(imports.APPLY_TASK, data_import)
    assert data_import.state == ImportState.APPLIED, Job.objects.latest("id").error
    return data_import


def revert(data_import: DataImport, by: Person) -> None:
    """Take an applied import back, as a worker does."""
    imports.ask_revert(data_import, by=by, reason="wrong file")
    work(imports.REVERT_TASK, data_import)
    assert data_import.state == ImportState.REVERTED, Job.objects.latest("id").error


def analyst(name: str = "Ada Analyst") -> Person:
    """Return an analyst who cannot sign in: no password has to be hashed."""
    user = User.objects.create_user(f"{name.split()[0].lower()}@example.test", name)
    RoleHolding.objects.create(user=user, role=Role.ANALYST)
    return user.person
