"""The size of the rooms: modules, functions and templates stay within their budgets."""

import ast
import re
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parent.parent.parent
CODE = [p for name in ("portal", "indicators", "narratives") for p in sorted((BASE / name).rglob("*.py"))]
MODULES = [p for p in CODE if "migrations" not in p.parts]
TEMPLATES = sorted((BASE / "templates").rglob("*.html"))
MODULE_LINES, FUNCTION_LINES, TEMPLATE_LINES, VIEW_LINES = 400, 50, 120, 25


def functions(path: Path) -> list[tuple[str, int]]:
    """Return name and length of each function, without its decorators."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return [
        (f"{path.relative_to(BASE)}: {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for node in nodes
        if isinstance(node, ast.FunctionDef)
    ]


def test_keep_modules_within_budget():
    long = [(str(p.relative_to(BASE)), n) for p in MODULES if (n := len(p.read_text().splitlines())) > MODULE_LINES]
    assert long == []


def test_keep_functions_within_budget():
    assert [(name, n) for p in MODULES for name, n in functions(p) if n > FUNCTION_LINES] == []


def test_keep_views_short():
    rooms = [p for p in MODULES if p.parent.name == "views" or p.name == "doors.py"]
    assert [(name, n) for p in rooms for name, n in functions(p) if n > VIEW_LINES] == []


def test_keep_templates_within_budget():
    long = [(str(p.relative_to(BASE)), n) for p in TEMPLATES if (n := len(p.read_text().splitlines())) > TEMPLATE_LINES]
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(BASE)))
def test_open_each_module_with_what_lives_there(path):
    tree = ast.parse(path.read_text())
    assert not tree.body or ast.get_docstring(tree)


def test_name_no_package_index_in_lock_files():
    locks = [*(BASE / "deploy").glob("requirements/*.txt"), BASE / "deploy" / "package-lock.json"]
    assert len(locks) >= 5
    for lock in locks:
        assert not re.search(r"https?://|\"resolved\"|index-url", lock.read_text()), lock.name


def test_keep_the_top_folder_plain():
    allowed = {
        "manage.py", "pyproject.toml", "README.md", "LICENSE", "Makefile", "portal", "indicators", "narratives",
        "templates", "tests", "deploy", "var",
    }  # fmt: skip
    assert {p.name for p in BASE.iterdir() if not p.name.startswith((".", "__"))} <= allowed
