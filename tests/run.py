"""Runs the checks and tests of the project: `make check`, `make test`, `make trials`, `make bench`.

Starts one pair of throwaway services for all of them, in a folder of its own.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("SCRUTINY_VAR", BASE / "var" / "test"))
BIN = Path(sys.executable).parent
sys.path.insert(0, str(BASE))

CHECKS = {
    "ruff": [BIN / "ruff", "check", "."],
    "ruff format": [BIN / "ruff", "format", "--check", "."],
    "djlint": [BIN / "djlint", "templates", "--lint", "--quiet"],
    "contracts": [BIN / "lint-imports"],
    "mypy": [BIN / "mypy", "--cache-dir", VAR / "mypy"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
}


def chromium() -> str | None:
    """Return the path of Debian's Chromium, if it is installed."""
    return shutil.which("chromium")


def run_checks(environment: dict[str, str]) -> dict[str, subprocess.Popen[str]]:
    """Start every check beside the tests; each writes to a file of its own."""
    folder = VAR / "checks"
    folder.mkdir(parents=True, exist_ok=True)
    return {
        name: subprocess.Popen(
            [str(word) for word in command],
            cwd=BASE,
            env=environment,
            stdout=(folder / f"{name}.log").open("w"),
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name, command in CHECKS.items()
    }


def report(checks: dict[str, subprocess.Popen[str]]) -> list[str]:
    """Wait for the checks and print what failed; returns the names of the failed ones."""
    failed = []
    for name, check in checks.items():
        if check.wait():
            failed.append(name)
            sys.stdout.write(f"\n{name} failed:\n{(VAR / 'checks' / f'{name}.log').read_text()[-6000:]}\n")
        else:
            sys.stdout.write(f"{name}: passed\n")
    return failed


def pytest_arguments(what: str) -> list[str]:
    """Return pytest's arguments for one of the commands."""
    if what == "check":
        return ["-m", "not slow and not browser and not trial", "-n", "2", "--ignore", "tests/bench"]
    if what == "trials":
        return ["-m", "trial", "-n", "2", "--ignore", "tests/bench"]
    return ["-m", "not trial", "-n", "3", "--ignore", "tests/bench", "--durations", "20"]


def main() -> int:
    """Run one command; 0 only if everything passed."""
    what, *more = sys.argv[1:]
    from portal.services import ensure_services

    began = time.monotonic()
    environment = {**os.environ, "SCRUTINY_VAR": str(VAR), "PYTHONUNBUFFERED": "1"}
    if what == "bench":  # starts services of its own and ends them
        return subprocess.run(
            [sys.executable, "-m", "tests.bench", *more], cwd=BASE, env=environment, check=False
        ).returncode
    if what == "test" and chromium() is None:
        sys.stdout.write("There is no Chromium on this machine: the browser tests are left out.\n")
    ensure_services(VAR, is_throwaway=True)
    checks = run_checks(environment) if what in {"check", "test"} else {}
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", *pytest_arguments(what), *more], cwd=BASE, env=environment, check=False
    )
    failed = report(checks)
    if tests.returncode:
        failed.append("tests")
    sys.stdout.write(
        f"{what}: {time.monotonic() - began:.0f} s, {'failed: ' + ', '.join(failed) if failed else 'passed'}\n"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
