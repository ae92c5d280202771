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
    from tests.database import ensure_template

    config.option.loadscopereorder = False
    # Accounts are made by the hundred here; the real hasher is slow on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Each test has a client of its own, and each would list a thousand static files at its first request.
    settings.WHITENOISE_AUTOREFRESH = True
    if "DATABASE_URL" not in os.environ:
        services = ensure_services(Path(os.environ["SCRUTINY_VAR"]), is_throwaway=True)
        settings.DATABASES["default"]["TEST"]["TEMPLATE"] = ensure_template(services)


# What takes longest begins first, so that the processes end together.
LONGEST_FIRST = (
    "tests/journeys",
    "tests/indicators/test_kinds.py",
    "tests/portal/test_access_objects.py",
    "tests/portal/test_production.py",
    "tests/indicators/test_api_description.py",
    "tests/indicators/readers/test_readers_packed.py",
    "tests/trials",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; leave browser tests out where there is no browser, unless they are required."""
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: next((at for name, at in places.items() if item.nodeid.startswith(name)), len(places)))
    if shutil.which("chromium") or os.environ.get("REQUIRE_BROWSER"):
        return
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="there is no chromium on this machine"))


@pytest.fixture
def force(db):
    """Return the demonstration's force with its areas and definitions, without any figure."""
    from indicators.models.area import Force
    from tests import kept

    kept.bring("force", _define)
    return Force.objects.get()


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


@pytest.fixture
def make_person(db) -> Callable:
    """Return a maker of accounts: make_person("Ada Analyst", "analyst", portfolio=None) -> User."""
    from tests.people import make_user

    return make_user


@pytest.fixture
def analyst(make_person):
    """Return Ada, an analyst."""
    return make_person("Ada Analyst", "analyst")
