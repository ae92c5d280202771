"""What a chart may be asked for, and that what is drawn stays in the drawing."""

from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from indicators.choices import Kind, Unit, Window
from indicators.plots import Form, Line, Mark, Panel, Plot
from indicators.renderings import charts
from indicators.renderings.canvas import text_width
from indicators.series import Series, Slot
from tests.indicators.books import measure, value
from tests.indicators.test_charts import made, refused

SEPTEMBER = date(2020, 9, 30)
MISSING = "not available: 5 of 12 months missing (April 2020, May 2020, June 2020, July 2020, August 2020)"


def year(amount) -> dict[Slot, object]:
    return {Slot(Window.ROLLING_12, SEPTEMBER): value(amount, SEPTEMBER, Window.ROLLING_12)}


def bars(*marks: Mark) -> Plot:
    names = tuple(f"Measure {at}" for at in range(len(marks)))
    return Plot("bar", Form.BARS, "Bars?", "number", "Measure", names, (Panel((Line("Now", marks),)),))


def shapes(svg: str) -> tuple[list[tuple[float, float]], list[tuple[float, float, str]]]:
    """The sides of all bars, and of all words, as they lie in the drawing."""
    root = etree.fromstring(svg.encode())
    size = float(root.find("{*}g").get("font-size"))
    rects = [(float(one.get("x")), float(one.get("width"))) for one in root.find("{*}g").iter("{*}rect")]
    said = []
    for one in root.find("{*}g").iter("{*}text"):
        x, wide = float(one.get("x")), text_width(one.text, size)
        left = x - wide if one.get("text-anchor") == "end" else x
        said.append((left, left + wide, one.text))
    return [(x, x + wide) for x, wide in rects], said


@pytest.mark.parametrize("is_narrow", [True, False])
@pytest.mark.parametrize(
    "marks",
    [
        (Mark(Decimal(34_980), "34,980"), Mark(None, MISSING)),
        (Mark(Decimal(12), "12"), Mark(Decimal(-9), "-9"), Mark(None, MISSING)),
        (Mark(Decimal(-9), "-9"), Mark(None, MISSING)),
        (Mark(Decimal(7), "more than 7 and by some accounts eight"), Mark(Decimal(-3), "-3")),
        (Mark(None, MISSING), Mark(None, "not available")),
    ],
)
def test_a_reason_in_place_of_a_bar_leaves_the_others_their_room(marks, is_narrow):
    width = 300 if is_narrow else 680
    sides, said = shapes(charts.draw(bars(*marks), is_narrow=is_narrow))
    for left, right in sides:
        assert 0 <= left <= right <= width
    for left, right, text in said:
        assert left >= 0 and right <= width + 1, text
    longest = max((right - left for left, right in sides), default=60)
    assert longest >= 25, sides
    assert any(text.startswith("not available") for _, _, text in said) == any(mark.value is None for mark in marks)


THEFT = {Series("theft"): year(40), Series("theft", "", "east"): year(10)}


@pytest.mark.parametrize("points", [1, 3])
def test_an_area_is_never_drawn_as_the_force_beside_comparators(points):
    definition = {"kind": "comparators", "series": "theft.east", "areas": ["east"], "points": points}
    own = measure("theft", kind=Kind.RATE, unit=Unit.PER_1000)
    reason = "“series”: “theft.east” is one area already, and the force is drawn beside the others; name the measure "
    assert reason in refused(definition, THEFT, theft=own)


def test_a_single_note_stands_below_a_chart_as_one():
    definition = {"kind": "bar", "series": "theft", "window": "r12", "notes": "Some words"}
    assert made(definition, THEFT).notes == ("Some words",)
    for wrong in (5, [1], {"a": "b"}):
        assert "“notes” has to be a text or a list of texts" in refused({**definition, "notes": wrong}, THEFT)


@pytest.mark.parametrize("given", [1e400, 10**30, -1, "3", True, None])
@pytest.mark.parametrize("name", ["months_back", "quarters_back"])
def test_a_bar_goes_back_a_bounded_number_of_months(name, given):
    definition = {"kind": "bar", "series": "theft", "window": "r12", name: given}
    assert f"“{name}” has to be a whole number from 0 to" in refused(definition, THEFT)


def test_bars_of_two_units_or_of_shares_and_values_do_not_share_an_axis():
    two = {**THEFT, Series("time"): year(8)}
    own = measure("time", kind=Kind.MEDIAN, unit=Unit.MINUTES)
    definition = {"kind": "bar", "series": ["theft", "time"], "window": "r12"}
    assert "“series” are in different units and cannot share an axis" in refused(definition, two, time=own)
    mixed = {"kind": "bar", "series": "theft", "window": "r12", "aspects": ["previous", "share"]}
    assert "cannot share an axis with values" in refused(mixed, THEFT)
