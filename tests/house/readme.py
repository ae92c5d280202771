"""The generated parts of the README, people and permission table.

`manage.py shell -c "from tests.house import readme; readme.write()"` writes them.
"""

import re
from pathlib import Path

from indicators.choices import ROLE_NAMES, Role
from portal.choices import PERMISSIONS
from portal.demonstration.people import PEOPLE

README = Path(__file__).resolve().parent.parent.parent / "README.md"
SHORT = {
    Role.ANALYST: "analyst",
    Role.LEAD: "lead",
    Role.DEPUTY: "deputy",
    Role.CONTRIBUTOR: "contributor",
    Role.REVIEWER: "reviewer",
    Role.REPORT_MANAGER: "report manager",
    Role.APPROVER: "approver",
    Role.COMMISSIONER: "commissioner",
    Role.SCRUTINY_OFFICER: "scrutiny officer",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
}


def people() -> str:
    """Return the table of the demonstration's people."""
    rows = [f"| {one.name} | {one.post} | {', '.join(ROLE_NAMES[role] for role in one.roles)} |" for one in PEOPLE]
    return "\n".join(["| name | post | roles |", "|---|---|---|", *rows])


def permissions() -> str:
    """Return the permission table: one row for each action, one column for each role."""
    head = f"| action | {' | '.join(SHORT[role] for role in Role)} |"
    rows = [
        f"| `{action}` | {' | '.join('✓' if role in roles else '' for role in Role)} |"
        for action, roles in PERMISSIONS.items()
    ]
    return "\n".join([head, f"|---|{'---|' * len(Role)}", *rows])


def filled(text: str) -> str:
    """Return the README with its generated parts renewed."""
    for name, made in (("people", people()), ("permissions", permissions())):
        text = re.sub(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", rf"\g<1>{made}\n\g<2>", text, flags=re.S)
    return text


def write() -> None:
    """Write the generated parts into the README."""
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
