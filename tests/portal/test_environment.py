"""The environment: half-set settings refuse to start and say what is missing; whole ones are read right."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from portal import environment
from portal.environment import SettingsRefused

pytestmark = [pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
KEY = "k3y-" * 13  # 52 characters, none of them ever printed
WHOLE = {
    "DEBUG": "off",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "scrutiny.example.org",
    "DATABASE_URL": "postgresql://scrutiny:s3cret@db.example.org:5433/scrutiny",
    "REDIS_URL": "redis://queue.example.org:6379/0",
}
NEEDED = ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL")


def load(var: Path, variables: Mapping[str, str], show: str = "''") -> subprocess.CompletedProcess[str]:
    """Import the settings in a process that has these variables and no others; print one expression."""
    return subprocess.run(
        [sys.executable, "-c", f"import portal.settings as settings; print(({show}))"],
        cwd=ROOT,
        env={"PATH": os.defpath, "SCRUTINY_VAR": str(var), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refusal(var: Path, variables: Mapping[str, str]) -> str:
    """Return what the settings say when they refuse; it is words for an operator, without a traceback."""
    done = load(var, variables)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert KEY not in done.stderr and "s3cret" not in done.stderr
    assert not var.exists(), "a refused start writes nothing"
    return done.stderr


def missing(words: str) -> set[str]:
    """Return the variables that a refusal lists as missing."""
    lines = [line.strip() for line in words.splitlines() if line.startswith("  ")]
    return {line.partition(":")[0] for line in lines}


def test_load_whole_production_environment_starts_and_writes_nothing(tmp_path):
    done = load(tmp_path / "var", WHOLE, "settings.DEBUG, settings.USES_EMBEDDED_SERVICES, settings.ALLOWED_HOSTS")
    assert (done.returncode, done.stdout.strip()) == (0, "(False, False, ['scrutiny.example.org'])"), done.stderr
    assert not (tmp_path / "var").exists()


def test_load_empty_environment_is_a_demonstration_and_starts_no_service(tmp_path):
    done = load(tmp_path / "var", {}, "settings.DEBUG, settings.USES_EMBEDDED_SERVICES")
    assert (done.returncode, done.stdout.strip()) == (0, "(True, True)"), done.stderr
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_load_demonstration_twice_keeps_the_same_key(tmp_path):
    first, second = (load(tmp_path / "var", {}, "settings.SECRET_KEY").stdout.strip() for _ in range(2))
    assert first == second and len(first) >= 50


def test_load_debug_off_alone_names_all_four_variables(tmp_path):
    words = refusal(tmp_path / "var", {"DEBUG": "off"})
    assert missing(words) == set(NEEDED)
    assert "deploy/env.example" in words


@pytest.mark.parametrize("name", NEEDED)
def test_load_production_without_one_variable_names_that_one_only(tmp_path, name):
    words = refusal(tmp_path / "var", {key: value for key, value in WHOLE.items() if key != name})
    assert missing(words) == {name}


def test_load_production_with_blank_variables_counts_them_as_missing(tmp_path):
    words = refusal(tmp_path / "var", {**WHOLE, "SECRET_KEY": "   ", "REDIS_URL": ""})
    assert missing(words) == {"SECRET_KEY", "REDIS_URL"}


@pytest.mark.parametrize("given", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_load_one_production_variable_without_debug_is_production(tmp_path, given):
    words = refusal(tmp_path / "var", {given: WHOLE[given]})
    assert missing(words) == set(NEEDED) - {given}


@pytest.mark.parametrize(("given", "other"), [("DATABASE_URL", "REDIS_URL"), ("REDIS_URL", "DATABASE_URL")])
@pytest.mark.parametrize("debug", [{}, {"DEBUG": "on"}])
def test_load_one_server_without_the_other_names_the_other(tmp_path, given, other, debug):
    words = refusal(tmp_path / "var", {given: WHOLE[given], **debug})
    assert f"{given} is set but {other} is not" in words


def test_load_key_of_49_characters_is_refused_and_not_printed(tmp_path):
    words = refusal(tmp_path / "var", {**WHOLE, "SECRET_KEY": KEY[:49]})
    assert "SECRET_KEY" in words and KEY[:49] not in words


def test_load_key_of_50_characters_starts(tmp_path):
    assert load(tmp_path / "var", {**WHOLE, "SECRET_KEY": KEY[:50]}).returncode == 0


@pytest.mark.parametrize("hosts", ["*", "scrutiny.example.org,*", "*.example.org"])
def test_load_wildcard_host_is_refused(tmp_path, hosts):
    assert "ALLOWED_HOSTS" in refusal(tmp_path / "var", {**WHOLE, "ALLOWED_HOSTS": hosts})


def test_load_unclear_switch_is_refused_with_its_name(tmp_path):
    assert "DEBUG is 'perhaps'" in refusal(tmp_path / "var", {**WHOLE, "DEBUG": "perhaps"})


@pytest.mark.parametrize(
    ("name", "value"), [("DATABASE_URL", "mysql://root:s3cret@db/scrutiny"), ("REDIS_URL", "http://queue:s3cret@x/")]
)
def test_load_server_of_another_kind_is_refused_without_its_password(tmp_path, name, value):
    assert name in refusal(tmp_path / "var", {**WHOLE, name: value})


def test_load_debug_on_with_servers_given_uses_them(tmp_path):
    servers = {"DEBUG": "on", "DATABASE_URL": WHOLE["DATABASE_URL"], "REDIS_URL": WHOLE["REDIS_URL"]}
    done = load(tmp_path / "var", servers, "settings.USES_EMBEDDED_SERVICES, settings.DATABASES['default']['HOST']")
    assert done.stdout.strip() == "(False, 'db.example.org')", done.stderr


@pytest.mark.parametrize("word", ["1", "true", "YES", " on "])
def test_read_switch_with_a_word_for_on_is_true(word):
    assert environment.is_on({"DEBUG": word}, "DEBUG", False) is True


@pytest.mark.parametrize("word", ["0", "False", "no", "OFF"])
def test_read_switch_with_a_word_for_off_is_false(word):
    assert environment.is_on({"DEBUG": word}, "DEBUG", True) is False


def test_read_database_url_with_encoded_password_and_options_keeps_both():
    found = environment.database(
        "postgresql://port%40l:p%2Fw%3A1@db.example.org:5433/scrut%C3%AFny?sslmode=verify-full"
    )
    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("port@l", "p/w:1", "scrutïny")
    assert (found["HOST"], found["PORT"]) == ("db.example.org", "5433")
    assert found["OPTIONS"]["sslmode"] == "verify-full"
    assert 0 < found["OPTIONS"]["connect_timeout"] <= 10, "a database that does not answer holds no page for long"


def test_read_database_url_with_socket_folder_uses_it_as_host():
    found = environment.database("postgresql://scrutiny@/scrutiny?host=/run/postgresql")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("/run/postgresql", "", "scrutiny")


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("redis://:pw@queue:6380/2", "redis://:pw@queue:6380/2"),
        ("rediss://queue/0", "rediss://queue/0"),
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock?virtual_host=0"),
    ],
)
def test_read_redis_url_gives_the_form_celery_reads(url, wanted):
    assert environment.broker(url) == wanted


def test_read_redis_url_of_another_kind_is_refused():
    with pytest.raises(SettingsRefused, match="REDIS_URL"):
        environment.broker("amqp://queue/")
