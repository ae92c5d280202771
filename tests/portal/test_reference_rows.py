"""Each of the 270 published rows, one by one: as a figure, as a control total or as a target of the portal."""

import csv
import json
from collections import Counter
from decimal import Decimal

import pytest

from indicators.models.observation import Observation
from indicators.models.target import Target
from indicators.periods import Quarter
from indicators.queries.books import figure_book
from indicators.queries.control_totals import control_totals
from tests.portal.small_quarter import FILES, account, import_observations
from tests.recomputation.figures import Recomputation
from tests.recomputation.inputs import Given, read_files, read_observations
from tests.recomputation.surfaces import parsed, tables

pytestmark = pytest.mark.django_db

QUARTER = "2020-21-Q2"
NAME = f"observations-{QUARTER}.csv"


def rows_of(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((FILES / name).open(encoding="utf-8", newline="")))


def key_of(row: Given) -> str:
    end = f"-{row.end:%Y-%m}" if row.end else ""
    return ".".join(filter(None, (row.indicator, row.part, row.area, f"{row.window}{end}")))


def what_is_told(row: Given, figure) -> Decimal | None:
    """Return the number of a figure that a row of the file is about."""
    return {
        "level": figure.current.amount if figure.current else None,
        "change": figure.change.absolute,
        "percent-change": figure.change.percent,
        "previous": figure.previous.amount if figure.previous else None,
        "previous-share": figure.previous_share,
    }[row.statistic]


def test_give_each_of_the_270_published_rows_back(force):
    import_observations(force, account("Ada Analyst", "analyst").person)
    book = figure_book(force, Quarter.parse(QUARTER), with_districts=True)
    controls = {one.row_id: one for one in control_totals(force)}
    given = {
        row["row_id"]: value
        for row, value in zip(rows_of(NAME), read_observations((FILES / NAME).open(encoding="utf-8")), strict=True)
    }
    targets = json.loads((FILES / "definitions.json").read_text(encoding="utf-8"))["targets"]
    again = Recomputation(read_files(FILES, [NAME]), QUARTER)
    found: Counter[str] = Counter()
    for entry in rows_of("rows.csv"):
        row_id, row = entry["row_id"], given.get(entry["row_id"])
        if entry["becomes"] == "target":
            target = next(one for one in targets if one["row_id"] == row_id)
            stored = Target.objects.filter(indicator__key=target["indicator"], printed=target["printed"])
            value = Decimal(target["value"]) if target["value"] and target["kind"] == "level" else None
            assert value in stored.values_list("value", flat=True) or target["kind"] == "words", row_id
            found["target"] += 1
        elif row is None:
            # Printed twice by the report: the same quantity has one observation, and the row names it.
            same = [one for one in controls.values() if one.series == entry["key"] and one.period.window == "r12"]
            assert len(same) == 2, row_id
            found["said twice"] += 1
        elif row.statistic.startswith("plan"):
            stored = Observation.objects.get(row_id=row_id, until_version__isnull=True)
            assert (stored.value, stored.end) == (row.value, row.end)
            found["plan"] += 1
        elif row_id in controls:
            assert controls[row_id].published == row.value, row_id
            assert entry["becomes"] == "control-total"
            found["control total"] += 1
        else:
            figure = book.figure(key_of(row))
            assert what_is_told(row, figure) == row.value, row_id
            for aspect in ("value", "previous", "change", "period"):
                assert figure.aspect(aspect) == again.figure(key_of(row)).words(aspect), (row_id, aspect)
            found["figure"] += 1
    # 193 observations, 63 control totals and 14 targets; two of them plans, and two numbers are printed twice.
    assert found == {"figure": 193 - 2, "plan": 2, "control total": 63 - 2, "said twice": 2, "target": 14}
    assert found.total() == 270


def test_show_what_is_supplied_for_a_division_alone_on_the_page_of_its_indicator(force, client):
    ada = account("Ada Analyst", "analyst")
    import_observations(force, ada.person)
    client.force_login(ada)
    answer = client.get("/indicators/stop_search_asian_share/", {"quarter": QUARTER})
    places = next(one for one in tables(parsed(answer.content)) if one.name == "lines-places")
    assert [[cell.text for cell in row[:1] + row[-1:]] for row in places.rows] == [["East", "37.51%"]]
    # One division is not the force, and percentages do not add up.
    assert "add up to the force" not in answer.content.decode()
