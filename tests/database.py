"""A migrated database that the processes of a test run copy: making the tables takes far longer than copying them."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from portal.services import Services

BASE = Path(__file__).resolve().parent.parent
PREFIX = "template_"


def ensure_template(services: Services) -> str:
    """Return the name of a database with every migration applied, made at most once per state of the migrations.

    The name carries a hash of all that decides its tables, so that an edited migration makes a new one.
    """
    name = f"{PREFIX}{_state_of_migrations()}"
    services.folder.mkdir(parents=True, exist_ok=True)
    with (services.folder / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _let_tests_skip_triggers(services)
        address = services.database_url
        with psycopg.connect(address, autocommit=True) as connection:
            held = [row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()]
            if name in held:
                return name
            for stale in (one for one in held if one.startswith(PREFIX)):
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(stale)))
            making = f"making_{name}"
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(making)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
            environment = {**os.environ, "DATABASE_URL": address.replace("/scrutiny?", f"/{making}?")}
            environment["REDIS_URL"] = services.redis_url
            migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(migrate, cwd=BASE, env=environment, check=True)
            statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(statement.format(sql.Identifier(making), sql.Identifier(name)))
    return name


def _let_tests_skip_triggers(services: Services) -> None:
    # tests/kept.py puts rows back that have passed every trigger once; only the server's owner may allow that.
    address = psycopg.conninfo.make_conninfo(services.database_url, user="postgres", dbname="postgres")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("GRANT SET ON PARAMETER session_replication_role TO scrutiny")


def _state_of_migrations() -> str:
    digest = hashlib.sha256()
    for path in [BASE / "deploy/requirements/dev.txt", *sorted(BASE.glob("*/migrations/*.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
