"""Migrations of a database that holds rows."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

BASE = Path(__file__).resolve().parents[2]
NAME = "filled_before_groups"
MIGRATE_ON = "from tests.indicators import filled_database; filled_database.migrate_on()"


@pytest.fixture
def empty_database(db):
    """Return the address of an empty database, which is dropped at the end."""
    held = connection.get_connection_params()
    given = {name: held[name] for name in ("user", "password", "host", "port") if held.get(name)}
    with psycopg.connect(**given, dbname=held["dbname"], autocommit=True) as server:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME))
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(NAME)))
        yield f"postgresql:///{NAME}?" + "&".join(f"{name}={value}" for name, value in given.items())
        server.execute(drop)


@pytest.mark.trial  # every migration there was, one after the other: half a minute of work
def test_a_database_from_before_groups_is_migrated_with_all_that_it_holds(empty_database):
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", MIGRATE_ON], cwd=BASE, capture_output=True,
        text=True, env={**os.environ, "DATABASE_URL": empty_database, "REDIS_URL": settings.REDIS_URL}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    # The profile of cases stays with cases alone; who has no mapping yet is asked for one at the next saving.
    assert found["deliveries"] == [
        ["A", "cases", "Extract", None, None], ["B", "observations", None, None, None],
        ["C", "official", None, None, None],
    ]  # fmt: skip
    assert found["audited"] == 1 and found["imports"] == 2
    names = dict(found["areas"])
    assert names["Fellshire"] == "fellshire" and names["★"].startswith("area-")
