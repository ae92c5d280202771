"""No percentage of a change from a base under the indicator's threshold, on any surface that prints one."""

import csv
import io
import json
import re

import pytest
from django.core.management import call_command

from indicators.exhibits.making import compute
from indicators.figures import ASPECTS
from indicators.models.indicator import Indicator
from indicators.periods import Quarter
from indicators.queries import books
from tests.portal.small_quarter import account, import_observations

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

KEY = "missing_persons.r12"
# 10,236 → 8,783: −1,453, which is −14.2 %.
PERCENT = re.compile(r"14\.?\d*\s*%|14\.19")


@pytest.fixture(params=[10_236, 10_237], ids=["base at the threshold", "base under the threshold"])
def small(request, force) -> bool:
    """Load the published quarter, with a threshold at the base or one above it; tell whether the base is under it."""
    import_observations(force, account("Ada Analyst", "analyst").person)
    Indicator.objects.filter(key="missing_persons").update(base_threshold=request.param)
    return request.param > 10_236


def surfaces(force, client) -> dict[str, str]:
    """Return everything that is printed of the figure, by where it is printed."""
    from portal.models.user import User

    client.force_login(User.objects.get(name="Ada Analyst"))
    book = books.figure_book(force, Quarter(2020, 2))
    figure = book.figure(KEY)
    columns = [{"heading": one, "window": "r12", "aspect": one} for one in (*ASPECTS, "worded_change")]
    table = compute("t", "T", {"kind": "table", "columns": columns, "rows": [{"series": "missing_persons"}]}, book)
    bar = compute("b", "B", {"kind": "bar", "series": ["missing_persons"], "window": "r12"}, book).exhibit
    figures = client.get("/api/figures/?quarter=2020-21-Q2&limit=500").json()["figures"]
    answer = client.get("/api/figures/?quarter=2020-21-Q2&limit=500&format=csv").content.decode("utf-8-sig")
    command = io.StringIO()
    call_command("figures", "--quarter", "2020-21-Q2", "--json", stdout=command)
    return {
        "texts": " ".join(figure.aspect(one) for one in ASPECTS),
        "appendix": figure.worded_change,
        "table": " ".join(cell.text for row in table.exhibit.rows for cell in row),
        "chart": f"{bar.summary} {bar.svg} {bar.table}",
        "page": client.get("/indicators/missing_persons/?quarter=2020-21-Q2").content.decode(),
        "list": row_of(client.get("/indicators/?quarter=2020-21-Q2").content.decode()),
        "api": json.dumps(next(one for one in figures if one["key"] == KEY), ensure_ascii=False),
        "csv": str(next(row for row in csv.DictReader(io.StringIO(answer)) if row["key"] == KEY)),
        "command": str(next(one for one in json.loads(command.getvalue())["figures"] if one["key"] == KEY)),
    }


def row_of(page: str) -> str:
    return next(row for row in re.findall(r"<tr.*?</tr>", page, re.S) if f'value="{KEY}"' in row)


def test_print_a_percentage_exactly_where_the_base_reaches_the_threshold(small, force, client):
    printed = surfaces(force, client)
    with_percentage = {name for name, words in printed.items() if PERCENT.search(words)}
    # A chart draws values, and its summary names them: never a percentage of a change.
    assert with_percentage == (set() if small else printed.keys() - {"chart"})
    for name in printed.keys() - {"chart"}:
        assert "1,453" in printed[name] or "-1453" in printed[name], name
    if small:
        for name in ("texts", "page", "list", "api", "csv", "command"):
            assert "low base" in printed[name] or "no percentage" in printed[name], name
