"""A database that was in use before groups and partner returns: filled as it was then, and migrated on.

It runs in a process of its own, whose database is empty: `manage.py shell -c "…filled_database.migrate_on()"`.
"""

import json
import sys
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("indicators", "0013_relations")]
DAY = "2020-01-01"
COLUMNS = ("name", "kind", "profile__name", "sheet_profile__name", "feed__name")


def migrate_on() -> None:
    """Fill a database as it was, migrate it to today, and print what stands in it then."""
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    _fill(executor.loader.project_state(BEFORE).apps)
    executor = MigrationExecutor(connection)
    executor.migrate([key for key in executor.loader.graph.leaf_nodes() if key[0] == "indicators"])
    from indicators.models.area import Area
    from indicators.models.data_import import DataImport
    from indicators.models.delivery import ExpectedDelivery

    found = {
        "deliveries": sorted(ExpectedDelivery.objects.values_list(*COLUMNS)),
        "areas": sorted(Area.objects.values_list("name", "slug")),
        "imports": DataImport.objects.count(),
        "audited": ExpectedDelivery.pgh_event_model.objects.filter(pgh_label="update").count(),  # type: ignore[attr-defined]
    }
    sys.stdout.write(f"{json.dumps(found)}\n")


def _fill(then: Any) -> None:
    def table(name: str) -> Any:
        return then.get_model("indicators", name).objects

    user = then.get_model("portal", "User").objects.create(email="ada@example.test", name="Ada Analyst")
    force = table("Force").create(slug="fellshire", name="Fellshire Police")
    area = table("Area").create(force=force, kind="force", slug="fellshire", name="Fellshire")
    table("Area").create(kind="comparator", slug="", name="★")
    source = table("DataSource").create(slug="supplied", name="Supplied", kind="observations")
    portfolio = table("Portfolio").create(slug="crime", name="Crime")
    indicator = table("Indicator").create(
        key="calls", name="Calls", portfolio=portfolio, kind="count", unit="count", polarity="lower", definition="All.",
        owner="Tests", over_areas="add", over_time="add",
    )  # fmt: skip
    profile = table("CaseProfile").create(force=force, source=source, name="Extract", saved_by=user)
    for name, kind, read_by in (("A", "cases", profile), ("B", "observations", profile), ("C", "official", None)):
        table("ExpectedDelivery").create(
            force=force, source=source, name=name, kind=kind, cadence="monthly", due_days=5, sender="Sam",
            starts_on=DAY, profile=read_by,
        )  # fmt: skip
    version = table("DataVersion").create(force=force, number=1, kind="import", by=user)
    for state in ("abandoned", "applied"):
        made = table("DataImport").create(
            force=force, kind="observations", state=state, file_name="a.csv", sha256="0" * 64, size=1, received_by=user,
            version=version if state == "applied" else None,
        )  # fmt: skip
    shared = {
        "force": force,
        "indicator": indicator,
        "area": area,
        "window": "month",
        "start": DAY,
        "end": "2020-01-31",
    }
    shared |= {"value": 7, "status": "final", "basis": "counted", "qualifier": "exact", "source": source}
    table("Observation").create(**shared, data_import=made, statistic="level", since_version=1, row_id="1", row=2)
    table("Aggregate").create(**shared, missing=[], since_version=1)
