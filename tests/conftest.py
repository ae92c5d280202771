"""What all tests share: services of their own, named people, a force with definitions."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parent.parent
os.environ.setdefault("SCRUTINY_VAR", str(BASE / "var" / "test"))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Give each process whole files, and all journeys and all trials to one: they share what is slow to start."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFolder(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.split("::")[0]
            return next((name for name in ("tests/journeys", "tests/trials") if path.startswith(name)), path)

    return ByFolder(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """Start the throwaway services, unless `tests/run.py` has done so or servers are given by URL."""
    from django.conf import settings

    from portal.services import ensure_services

    # Accounts are made by the hundred here; the real hasher is slow on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if "DATABASE_URL" not in os.environ:
        ensure_services(Path(os.environ["SCRUTINY_VAR"]), is_throwaway=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave browser tests out where there is no browser, unless they are required."""
    if shutil.which("chromium") or os.environ.get("REQUIRE_BROWSER"):
        return
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="there is no chromium on this machine"))


DEFINED = (
    "force", "portfolio", "datasource", "category", "flag", "breakdown", "breakdownvalue", "area", "indicator",
    "caserule", "target",
)  # fmt: skip
_kept: dict[str, bytes] = {}


@pytest.fixture
def force(db):
    """Return the demonstration's force with its areas and definitions, without any figure.

    The first one of a process is made by the real actions; later ones are copies of its rows, which is quick.
    """
    from django.db import connection

    from indicators.models.area import Force

    with connection.cursor() as cursor:
        if _kept:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute("DELETE FROM indicators_category")
            for table in DEFINED:
                with cursor.copy(f"COPY indicators_{table} FROM STDIN") as copy:
                    copy.write(_kept[table])
            return Force.objects.get()
        made = _define()
        for table in DEFINED:
            with cursor.copy(f"COPY indicators_{table} TO STDOUT") as copy:
                _kept[table] = b"".join(bytes(block) for block in copy)
        return made


def _define():
    import json

    from indicators.actions import areas, definitions
    from indicators.readers.areas import read_areas
    from tests.people import NOBODY_IN_PARTICULAR, ensure_crime_types

    ensure_crime_types()
    files = BASE / "portal" / "demonstration" / "files"
    force = areas.ensure_force("lancashire", "Lancashire Constabulary")
    rows, problems = read_areas(files / "areas.csv")
    assert not problems
    areas.load(force, rows, by=NOBODY_IN_PARTICULAR)
    definitions.load(json.loads((files / "definitions.json").read_text()), by=NOBODY_IN_PARTICULAR)
    return force


@pytest.fixture
def make_person(db) -> Callable:
    """Return a maker of accounts: make_person("Ada Analyst", "analyst", portfolio=None) -> User."""
    from tests.people import make_user

    return make_user


@pytest.fixture
def analyst(make_person):
    """Return Ada, an analyst."""
    return make_person("Ada Analyst", "analyst")
