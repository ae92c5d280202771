"""The README says what the code does."""

from pathlib import Path

from tests.house.readme import README, filled

BASE = README.parent


def test_print_people_and_permissions_as_they_are():
    text = README.read_text(encoding="utf-8")
    assert filled(text) == text, "run: manage.py shell -c 'from tests.house import readme; readme.write()'"


def test_name_only_commands_that_exist():
    made = {line.split(":")[0] for line in (BASE / "Makefile").read_text().splitlines() if ":" in line}
    for command in ("demo", "test", "check", "trials", "bench"):
        assert command in made
    for command in ("load_areas", "import_cases", "import_observations", "figures"):
        assert (BASE / "indicators" / "management" / "commands" / f"{command}.py").exists()


def test_show_a_picture_that_is_there():
    assert (BASE / "deploy" / "report.png").exists()
    assert Path(BASE / "deploy" / "README.md").exists()
