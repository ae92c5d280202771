"""The import contracts turn red when they are broken on purpose."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parent.parent.parent
LINT = Path(sys.executable).parent / "lint-imports"

BREACHES = {
    "direction": ("indicators/queries/books.py", "import narratives.choices"),
    "rooms": ("indicators/models/area.py", "import indicators.queries"),
    "pure": ("indicators/calculations.py", "import django"),
    "reading": ("portal/editions.py", "import portal.models.report"),
    "rules": ("indicators/rules.py", "import indicators.models.area"),
    "queries": ("indicators/queries/versions.py", "import indicators.queries.books"),
    "no-orm-in-readings": ("indicators/readers/cases.py", "import indicators.models.case"),
}


@pytest.mark.slow
@pytest.mark.parametrize("contract", sorted(BREACHES))
def test_break_a_contract_on_purpose_turns_it_red(contract, tmp_path):
    for name in ("portal", "narratives", "indicators"):
        shutil.copytree(BASE / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "files"))
    shutil.copy(BASE / "pyproject.toml", tmp_path)
    path, line = BREACHES[contract]
    broken = tmp_path / path
    broken.write_text(f"{broken.read_text()}\n{line}\n")
    result = subprocess.run(
        [LINT, "--contract", contract, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1, result.stdout
    assert "BROKEN" in result.stdout
