"""The starting set of a new installation: the demonstration's definitions, exhibits and outline as one file.

`python -m tests.house.starting_set` writes it anew after one of these has changed.
"""

import json
from pathlib import Path
from typing import Any

BASE = Path(__file__).resolve().parent.parent.parent
FILES = BASE / "portal" / "demonstration" / "files"
STARTING_SET = BASE / "deploy" / "starting-set.json"
# What is said of the demonstration's own deliveries, and of nobody else's.
OF_THE_DEMONSTRATION = {"checked_to": None, "is_synthetic": False, "is_invented": False, "note": "", "method": ""}
CASES = {"slug": "cases", "name": "Recorded crimes and incidents"}


def joined() -> dict[str, Any]:
    """Return the document: no figure and no person is in it, and no source is marked as made up."""
    made: dict[str, Any] = read("definitions.json") | read("exhibits.json")
    used = {one["source"] for one in made["indicators"]} | {
        one["cases"]["source"] for one in made["indicators"] if one["cases"]
    }
    sources = [one | OF_THE_DEMONSTRATION for one in made["sources"] if one["slug"] in used]
    made["sources"] = [one | CASES if one["kind"] == "cases" else one for one in sources]
    for one in made["indicators"]:
        if one["cases"]:
            one["cases"]["source"] = CASES["slug"]
    return made | {"outlines": [read("outline.json")]}


def read(name: str) -> dict[str, Any]:
    """Return one of the demonstration's documents."""
    found: dict[str, Any] = json.loads((FILES / name).read_text(encoding="utf-8"))
    return found


def text() -> str:
    """Return the file as it is to be."""
    return json.dumps(joined(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    STARTING_SET.write_text(text(), encoding="utf-8")
