"""The published figures come out again: on the indicator pages, from the command line, as control totals.

`appendix.csv` beside this file is the appendix as printed, facts typed from the published report.
"""

import csv
import json
import re
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest

from portal.demonstration.constraints import CONSTRAINTS

pytestmark = [pytest.mark.slow]

PRINTED = list(csv.DictReader((Path(__file__).parent / "appendix.csv").open(encoding="utf-8")))
FILES = Path(__file__).resolve().parent.parent.parent / "portal" / "demonstration" / "files"


def normal(text: str) -> str:
    """Bring a printed cell to one spelling: signs, separators, units, trailing zeros, points for percentages."""
    text = unescape(text).replace("−", "-").replace(",", "").replace(" ", "").lower()
    text = re.sub(r"secs?$|s$", "s", text)
    text = re.sub(r"(\d+\.\d*?)0+(?=\D|$)", r"\1", text).replace(".m", "m")
    text = re.sub(r"(\d)\.(?=\D|$)", r"\1", text)
    if re.fullmatch(r"[+-][\d.]+%", text):
        text = text.replace("%", "pp")
    return "nochange" if re.fullmatch(r"0(min|s)?", text) else text


def indicator_of(row: dict[str, str]) -> str:
    """Return the key of the indicator that carries this line of the appendix."""
    for indicator in json.loads((FILES / "definitions.json").read_text())["indicators"]:
        entries = indicator["appendix"] or []
        for entry in entries if isinstance(entries, list) else [entries]:
            if entry["measure"] == row["measure"]:
                return str(indicator["key"])
    raise AssertionError(row["measure"])


def cells(html: str) -> list[list[str]]:
    """Return the rows of all tables of a page, as lists of cell texts."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html, re.S)
    return [
        [
            re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        ]
        for row in rows
    ]


@pytest.mark.parametrize("row", PRINTED, ids=[row["measure"] for row in PRINTED])
def test_print_the_appendix_cells_on_the_indicator_page(row, demonstration):
    page = demonstration.session("ada").get(
        f"{demonstration.address}indicators/{indicator_of(row)}/", params={"quarter": "2020-21-Q2"}
    )
    change = row["recomputed_change"] if row["printed_wrong"] else row["change"]
    expected = [normal(row["previous"]), normal(change), normal(row["in_year"])]
    wanted = [at for at, text in enumerate(expected) if text]
    found = [[normal(cell) for cell in line[-3:]] for line in cells(page.text) if len(line) == 5]
    assert any(all(line[at] == expected[at] for at in wanted) for line in found), (expected, found)


def test_meet_every_constraint_of_the_published_report(demonstration):
    def figures(quarter):
        answer = demonstration.manage("figures", "--quarter", quarter, "--json")
        return {one["key"]: one for one in json.loads(answer.stdout)["figures"]}

    quarters = {}
    for constraint in CONSTRAINTS:
        year, month = constraint.end.year, constraint.end.month
        financial = year if month > 3 else year - 1
        quarter = f"{financial}-{(financial + 1) % 100:02d}-Q{(month - 4) % 12 // 3 + 1}"
        quarters.setdefault(quarter, []).append(constraint)
    assert sum(len(group) for group in quarters.values()) == len(CONSTRAINTS) > 50
    for quarter, group in quarters.items():
        printed = figures(quarter)
        for one in group:
            series = ".".join(word for word in (one.indicator, one.part) if word)
            found = next(
                figure
                for figure in printed.values()
                if figure["key"].startswith(f"{series}.{one.window}") and figure["end"] == one.end.isoformat()
            )
            number, expected = (found["change"], one.change) if one.value is None else (found["value"], one.value)
            assert number is not None and Decimal(number) == expected, (one, found)


def test_account_for_every_row_of_the_reference():
    rows = list(csv.DictReader((FILES / "rows.csv").open(encoding="utf-8")))
    assert len({row["row_id"] for row in rows}) == len(rows) == 270
