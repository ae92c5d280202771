"""Charts: what is drawn is what the figures say, in drawing, words, table and data alike; worked out by hand."""

import json
import re
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from indicators.choices import Kind, NoteKind, Unit, Window
from indicators.dated_notes import DatedNote
from indicators.exhibits.making import compute
from indicators.exhibits.shown import ExhibitRefused
from indicators.series import Series, Slot
from indicators.tables import Chart
from indicators.targets.asked import TargetRule
from indicators.targets.vocabulary import TargetKind, TargetOperator
from portal.renderings.drawings import checked
from tests.indicators.books import Q2, book, measure, months, value

THEFT = Series("theft")
PARTS = {"bike": "Bicycles", "shop": "Shops"}
LOCKDOWN = DatedNote(NoteKind.ANNOTATION, "Lockdown", "At home", date(2020, 3, 23), date(2020, 7, 4))


def made(definition: dict, values: dict, notes=(), title: str = "Theft?", **measures) -> Chart:
    """Compute a chart over values."""
    exhibit = compute("c", title, definition, book(values, notes, **measures)).exhibit
    assert isinstance(exhibit, Chart) and checked(exhibit.svg) and checked(exhibit.narrow)
    return exhibit


def refused(definition: dict, values: dict, **measures) -> str:
    """Return why a definition is refused."""
    with pytest.raises(ExhibitRefused) as found:
        made(definition, values, **measures)
    return str(found.value)


def lines(chart: Chart) -> list[dict]:
    """Return the lines of all panels of a chart's data."""
    return [line for panel in json.loads(chart.data)["panels"] for line in panel["lines"]]


def amounts(line: dict) -> list[str | None]:
    """Return the values of a line as they stand in the data."""
    return [point["value"] for point in line["points"]]


def words(svg: str) -> list[str]:
    """Return the words that stand in a drawing."""
    return [element.text for element in etree.fromstring(svg.encode()).iter("{*}text")]


def table(chart: Chart) -> list[list[str]]:
    """Return the data table as printed."""
    return [[cell.text for cell in row] for row in (chart.table.header, *chart.table.rows)]


def heights(svg: str) -> list[float]:
    """Return the heights of the points of the one solid line that is drawn in the first colour."""
    path = next(one for one in re.findall(r'<path d="([^"]*)"[^>]*stroke="#16294a"[^>]*>', svg) if one.count("L") > 1)
    return [float(point.split(",")[1]) for point in re.split("[ML]", path) if point]


def test_data_table_and_words_of_a_line_hold_the_same_exact_values():
    chart = made({"kind": "line", "series": ["theft"], "months": 3}, {THEFT: months(["10", "12.0", "11"])})
    assert amounts(lines(chart)[0]) == ["10", "12.0", "11"]
    assert [point["figure"] for point in lines(chart)[0]["points"]][-1] == "theft.month"
    assert table(chart) == [["Month", "Theft"], ["July 2020", "10"], ["August 2020", "12"], ["September 2020", "11"]]
    assert chart.summary == "Theft: 11 in September 2020; highest 12 in August 2020, lowest 10 in July 2020."


def test_points_are_drawn_at_the_height_of_their_values():
    # From 0 to 12 in steps of 5 the axis ends at 15: 0, 6 and 12 stand as far from each other as they should.
    drawn = heights(made({"kind": "line", "series": ["theft"], "months": 3}, {THEFT: months([0, 6, 12])}).svg)
    assert round(drawn[0] - drawn[1], 1) == round(drawn[1] - drawn[2], 1) > 50


def test_a_gap_stays_a_gap_and_is_counted():
    chart = made({"kind": "line", "series": ["theft"], "months": 4}, {THEFT: months([10, 12, "", 11])})
    assert amounts(lines(chart)[0]) == ["10", "12", None, "11"]
    assert chart.summary.endswith("; 1 month without a value.")
    assert table(chart)[3] == ["August 2020", ""]


def test_provisional_months_are_hollow_in_a_named_zone():
    chart = made({"kind": "line", "series": ["theft"], "months": 3}, {THEFT: months([10, 12, 11], provisional=2)})
    (panel,) = json.loads(chart.data)["panels"]
    assert panel["zones"] == [{"from": "Aug 2020", "to": "Sep 2020", "label": "provisional"}]
    assert "provisional" in words(chart.svg) and "provisional" in words(chart.narrow)
    assert "11 in September 2020 (provisional)" in chart.summary


def test_a_note_about_one_area_is_named_with_it_among_several_and_left_out_elsewhere():
    values = {THEFT: months([10, 12, 11, 9, 8, 7]), Series("theft", "", "east"): months([1, 2, 1, 2, 1, 2])}
    east = DatedNote(
        NoteKind.ANNOTATION, "Flood", "Water", date(2020, 8, 1), date(2020, 8, 9), areas=frozenset({"east"})
    )
    both = made({"kind": "line", "series": ["theft", "theft.east"], "months": 6}, values, [east, LOCKDOWN])
    assert {"Flood (East)", "Lockdown"} <= set(words(both.svg))
    alone = made({"kind": "line", "series": ["theft"], "months": 6}, values, [east, LOCKDOWN])
    assert not any("Flood" in text for text in words(alone.svg))
    panels = made({"kind": "multiples", "series": ["theft", "theft.east"], "points": 6}, values, [east])
    zones = [panel["zones"] for panel in json.loads(panels.data)["panels"]]
    assert zones == [[], [{"from": "Aug 2020", "to": "Aug 2020", "label": "Flood"}]]


def test_a_line_does_not_run_on_over_a_series_break():
    broken = DatedNote(NoteKind.BREAK, "new system", "Counted anew", date(2020, 8, 1))
    chart = made({"kind": "line", "series": ["theft"], "months": 4}, {THEFT: months([10, 12, 40, 41])}, [broken])
    assert [point.get("stretch", 0) for point in lines(chart)[0]["points"]] == [0, 0, 1, 1]
    assert json.loads(chart.data)["panels"][0]["rules"] == [{"before": "Aug 2020", "label": "series break"}]
    assert "series break" in words(chart.svg)
    paths = [one for one in re.findall(r'd="(M[^"]*)" fill="none" stroke="#16294a"', chart.svg) if "L" in one]
    assert [path.count("L") for path in paths] == [1, 1]


def test_a_stepped_target_is_a_line_of_its_own_in_the_unit_of_the_measure():
    steps = (
        TargetRule(TargetKind.LEVEL, operator=TargetOperator.AT_MOST, value=Decimal(2), unit=Unit.HOURS,
                   window=Window.MONTH, ends_on=date(2020, 8, 31)),
        TargetRule(TargetKind.LEVEL, operator=TargetOperator.AT_MOST, value=Decimal(90), unit=Unit.MINUTES,
                   window=Window.MONTH, starts_on=date(2020, 9, 1)),
    )  # fmt: skip
    time = measure("time", kind=Kind.MEAN, unit=Unit.MINUTES, decimals=1, targets=steps)
    chart = made({"kind": "line", "series": ["time"], "months": 3}, {Series("time"): months([99, 100, 95])}, time=time)
    target = lines(chart)[1]
    assert (target["role"], amounts(target)) == ("target", ["120", "120", "90"])
    assert chart.summary.endswith(" Target: 120 min, then 90 min.")
    assert [row[2] for row in table(chart)] == ["Target", "120 min", "120 min", "90 min"]


def test_years_are_laid_over_each_other_and_the_newest_runs_past_the_quarter():
    # April 2019 = 1 … March 2020 = 12, April 2020 = 13 … November 2020 = 20: two months after the quarter.
    values = {THEFT: months(range(1, 21), last=date(2020, 11, 30))}
    chart = made({"kind": "years", "series": "theft", "years": 2}, values)
    newest, before = lines(chart)
    assert (newest["name"], before["name"]) == ("2020/21", "2019/20")
    assert amounts(before) == [str(n) for n in range(1, 13)]
    assert amounts(newest) == [*(str(n) for n in range(13, 21)), None, None, None, None]
    assert [point["at"] for point in newest["points"] if point.get("is_after")] == ["Oct", "Nov"]
    assert json.loads(chart.data)["panels"][0]["rules"] == [{"before": "Oct", "label": "end of the quarter"}]
    assert chart.notes[0] == "After the quarter, drawn hollow and no part of its figures: October 2020, November 2020."
    assert chart.summary == (
        "Theft: 18 in September 2020, 6 in September 2019. Highest 20 in November 2020, lowest 1 in April 2019."
    )
    calendar = made({"kind": "years", "series": "theft", "years": 2, "begins": "january"}, values)
    assert [line["name"] for line in lines(calendar)] == ["2020", "2019"]
    assert amounts(lines(calendar)[0])[:2] == ["10", "11"]


def shares_of(**more) -> dict:
    """Thefts of bicycles and from shops in two years to September."""
    held = {}
    for part, (then, now) in {"bike": (30, 40), "shop": (70, 80)}.items():
        ends = {date(2019, 9, 30): then, date(2020, 9, 30): now}
        held[Series("theft", part)] = {
            Slot(Window.ROLLING_12, end): value(amount, end, Window.ROLLING_12) for end, amount in ends.items()
        }
    return {THEFT: {}, **held, **more}


def test_shares_are_exact_and_add_up_to_a_hundred():
    exclusive = measure("theft", parts=PARTS, is_exclusive=True, breakdown="Type")
    chart = made({"kind": "shares", "series": "theft", "points": 2}, shares_of(), theft=exclusive)
    bikes, shops = lines(chart)
    assert (amounts(bikes)[0], amounts(shops)[0]) == ("30", "70")
    # 40 of 120 is a third: exact in the data, rounded on paper.
    assert amounts(bikes)[1].startswith("33.3333333333") and bikes["points"][1]["text"] == "33%"
    assert table(chart) == [
        ["12 months", "Bicycles", "Bicycles, share", "Shops", "Shops, share"],
        ["12 months to 30 September 2019", "30", "30%", "70", "70%"],
        ["12 months to 30 September 2020", "40", "33%", "80", "67%"],
    ]
    assert chart.summary == (
        "12 months to 30 September 2020: Bicycles 33%, Shops 67%. Shops: 70% in 12 months to 30 September 2019."
    )
    assert {"30%", "70%", "33%", "67%"} <= set(words(chart.svg))


def test_shares_of_what_may_count_twice_are_refused():
    multiple = measure("theft", parts=PARTS, breakdown="Strand")
    why = refused({"kind": "shares", "series": "theft"}, shares_of(), theft=multiple)
    assert "one case may count in several parts of Theft by strand" in why and "100%" in why
    assert "Theft has no breakdown" in refused({"kind": "shares", "series": "theft"}, {THEFT: months([1])})


def test_multiples_share_a_scale_and_say_where_it_is_most_and_least():
    values = {THEFT: months([10, 12, 11]), Series("rape"): months([1, 2, 3])}
    chart = made({"kind": "multiples", "series": ["theft", "rape"], "points": 3}, values)
    assert [panel["name"] for panel in json.loads(chart.data)["panels"]] == ["Theft", "Rape"]
    assert table(chart)[0] == ["Month", "Theft", "Rape"] and table(chart)[3] == ["September 2020", "11", "3"]
    assert chart.summary.startswith("Most: Theft, 11 in September 2020. Least: Rape, 3 in September 2020. Theft: 11")
    # One scale: both fields name the same values.
    assert words(chart.svg).count("15") == 2


def compared(ends: dict[str, dict[date, object]], window=Window.ROLLING_12) -> dict:
    """Values of areas at ends."""
    return {
        Series("theft", "", area): {Slot(window, end): value(amount, end, window) for end, amount in held.items()}
        for area, held in ends.items()
    }


def test_comparators_stand_at_their_own_end_beside_the_force_at_the_same():
    values = compared(
        {
            "": {date(2019, 8, 31): 100, date(2020, 8, 31): 90, date(2019, 9, 30): 100, date(2020, 9, 30): 80},
            "east": {date(2019, 8, 31): 1000, date(2020, 8, 31): 950},
        }
    )
    definition = {"kind": "comparators", "series": "theft", "areas": ["east"], "aspect": "percent"}
    chart = made(definition, values)
    assert json.loads(chart.data)["axis"] == [
        "The force, 12 months to 30 September 2020",
        "The force, 12 months to 31 August 2020",
        "East, 12 months to 31 August 2020",
    ]
    assert [Decimal(one or 0) for one in amounts(lines(chart)[0])] == [Decimal(-20), Decimal(-10), Decimal(-5)]
    assert chart.summary == (
        "12 months to 30 September 2020: The force −20%. "
        "12 months to 31 August 2020: The force −10%, East −5%; the force is the lowest."
    )
    why = refused({**definition, "aspect": "value"}, values)
    assert "areas of different size cannot be compared by their numbers" in why


def test_comparators_over_time_end_where_their_values_end():
    share = measure("theft", kind=Kind.SERVICE_LEVEL, unit=Unit.PERCENT, decimals=1)
    ends = [date(2020, 7, 31), date(2020, 8, 31), date(2020, 9, 30)]
    values = compared(
        {"": dict(zip(ends, [50, 51, 52], strict=True)), "east": dict(zip(ends[:2], [60, 61], strict=True))}
    )
    definition = {"kind": "comparators", "series": "theft", "areas": ["east"], "points": 3}
    own, other = lines(made(definition, values, theft=share))
    assert (own["name"], other["name"], other["role"]) == ("The force", "East (to August 2020)", "comparator")
    assert amounts(other) == ["60", "61", None]


def test_every_fault_of_a_definition_is_told_at_once():
    why = refused(
        {"kind": "line", "series": ["theft", "arson"], "months": 900, "window": "week", "colour": "red"},
        {THEFT: months([1, 2])},
    )
    for fault in ("there is no indicator “arson”", "“months” has to be a whole number from 2 to 60, and is “900”",
                  "“window” has to be one of", "“colour” means nothing to a chart of the kind “line”"):  # fmt: skip
        assert fault in why
    assert "different units" in refused(
        {"kind": "line", "series": ["theft", "time"]},
        {THEFT: months([1]), Series("time"): months([1])},
        time=measure("time", kind=Kind.MEAN, unit=Unit.SECONDS),
    )


@pytest.mark.parametrize(
    "definition",
    [
        {"kind": "line", "series": "nothing"},
        {"kind": "line", "series": [3]},
        {"kind": "bar", "series": ["theft"]},
        {"kind": "years", "series": ["theft", "rape"]},
        {"kind": "years", "series": "theft", "years": True},
        {"kind": "shares"},
        {"kind": "multiples", "series": "theft"},
        {"kind": "multiples", "series": "theft", "areas": ["nowhere", "east"]},
        {"kind": "comparators", "series": "theft"},
        {"kind": "days", "series": "theft", "window": "month"},
        {"kind": "days", "series": "theft"},
        {"kind": "days", "series": {"theft": 1}, "window": ["week"], "points": "many"},
        {"kind": "line", "series": None, "window": {}, "points": 2.5, "every": None},
        {"kind": "control"},
    ],
)
def test_a_definition_that_does_not_fit_is_refused_in_words(definition):
    why = refused(definition, {THEFT: months([1, 2]), Series("rape"): months([1])})
    assert "Error" not in why and len(why) > 20


def test_the_order_of_series_and_the_unit_of_values_change_nothing_else():
    values = {THEFT: months([10, 12, 11]), Series("rape"): months([1, 2, 3])}
    one = made({"kind": "line", "series": ["theft", "rape"], "months": 3}, values)
    other = made({"kind": "line", "series": ["rape", "theft"], "months": 3}, values)
    assert lines(one) == lines(other)[::-1]
    tenfold = made({"kind": "line", "series": ["theft"], "months": 3}, {THEFT: months([100, 120, 110])})
    assert heights(tenfold.svg) == heights(made({"kind": "line", "series": ["theft"], "months": 3}, values).svg)


def test_the_same_specification_gives_the_same_bytes_and_no_word_becomes_markup():
    evil = measure("theft", parts={"a": '<script>alert("x")</script>', "b": "B & C"}, is_exclusive=True, breakdown="T")
    values = {THEFT: {}, Series("theft", "a"): months([1, 2, 3]), Series("theft", "b"): months([3, 2, 1])}
    definition = {"kind": "multiples", "series": "theft", "by": "parts", "points": 3}
    first, second = (made(definition, values, theft=evil, title='Is "1 < 2" & so?') for _ in range(2))
    assert first == second
    assert '<script>alert("x")</script>' in words(first.svg) and "<script" not in first.svg


def test_negative_and_missing_values_are_drawn_on_their_side_or_said():
    chart = made({"kind": "line", "series": ["theft"], "months": 3}, {THEFT: months([-5, 0, 5])})
    assert "−6" in words(chart.svg)
    gone = {THEFT: {Slot(Window.MONTH, Q2.end): value(None, Q2.end)}}
    chart = made({"kind": "bar", "series": ["theft"], "window": "month", "aspects": ["value"]}, gone)
    assert "not available" in words(chart.svg) and amounts(lines(chart)[0]) == [None]


EVERY_KIND = [
    {"kind": "line", "series": ["theft", "rape"], "months": 6},
    {"kind": "control", "series": "theft"},
    {"kind": "bar", "series": ["theft.bike", "theft.shop"], "window": "month", "aspects": ["value"]},
    {"kind": "years", "series": "theft", "years": 2},
    {"kind": "shares", "series": "theft", "window": "month", "points": 4, "every": 1},
    {"kind": "multiples", "series": "theft", "by": "parts", "points": 6},
    {"kind": "comparators", "series": "theft", "areas": ["east"], "window": "month", "aspect": "percent"},
]


def full_book() -> dict:
    """Two and a half years of months, for the force, its parts and one other area."""
    bikes, shops = [70, 90, 80] * 10, [310, 280, 300, 330, 290] * 6
    return {
        THEFT: months([one + other for one, other in zip(bikes, shops, strict=True)], provisional=2),
        Series("theft", "bike"): months(bikes),
        Series("theft", "shop"): months(shops),
        Series("theft", "", "east"): months([100 + n for n in range(30)]),
        Series("rape"): months([3, 5, 4] * 10),
    }


@pytest.mark.parametrize("definition", EVERY_KIND, ids=lambda one: one["kind"])
def test_every_point_drawn_stands_in_the_data_table_as_its_figure_reads(definition):
    exclusive = measure("theft", parts=PARTS, is_exclusive=True, breakdown="Type", decimals=0)
    held = book(full_book(), [LOCKDOWN], theft=exclusive)
    exhibited = compute("c", "Theft?", definition, held)
    chart = exhibited.exhibit
    assert isinstance(chart, Chart) and checked(chart.svg) and checked(chart.narrow)
    printed = {(cell.figure, cell.text) for row in chart.table.rows for cell in row if cell.figure}
    points = [point for line in lines(chart) for point in line["points"] if point.get("figure")]
    assert len(points) >= 2 and {(point["figure"], point["text"]) for point in points} <= printed
    assert {point["figure"] for point in points} <= set(exhibited.figures)
    for point in points:
        figure = held.figure(point["figure"])
        if definition["kind"] == "shares":
            assert (Decimal(point["value"]), point["text"]) == (figure.share_percent, figure.aspect("share"))
        elif definition["kind"] == "comparators":
            assert (Decimal(point["value"]), point["text"]) == (figure.change.percent, figure.aspect("percent"))
        else:
            assert (Decimal(point["value"]), point["text"]) == (figure.current.amount, figure.aspect("value"))
    assert chart.title.endswith("?") and chart.summary.endswith(".") and chart.source == "Cases"


def widths(svg: str, height: str) -> list[float]:
    """Return how wide the bars of a height are, in the order they are drawn."""
    found = [one for one in etree.fromstring(svg.encode()).iter("{*}rect") if one.get("height") == height]
    return [float(one.get("width")) for one in found if one.get("rx") is None]


def test_bars_and_bands_are_as_long_as_their_values():
    exclusive = measure("theft", parts=PARTS, is_exclusive=True, breakdown="Type")
    values = {THEFT: {}, Series("theft", "bike"): months([25]), Series("theft", "shop"): months([75])}
    definition = {"kind": "bar", "series": ["theft.bike", "theft.shop"], "window": "month", "aspects": ["value"]}
    bike, shop = widths(made(definition, values, theft=exclusive).svg, "14")
    assert abs(shop / bike - 3) < 0.01
    definition = {"kind": "shares", "series": "theft", "window": "month", "points": 1}
    for svg in (made(definition, values, theft=exclusive).svg, made(definition, values, theft=exclusive).narrow):
        bike, shop = widths(svg, "26")
        assert abs(shop / bike - 3) < 0.01


def test_a_change_on_a_low_base_has_no_bar_and_says_why():
    held = {date(2019, 9, 30): 20, date(2020, 9, 30): 30}
    definition = {"kind": "comparators", "series": "theft", "areas": ["east"], "aspect": "percent"}
    chart = made(definition, compared({"": held, "east": {end: 10 * n for end, n in held.items()}}))
    own, other = lines(chart)[0]["points"]
    assert (own["value"], own["text"]) == (None, "n/a (low base)") and Decimal(other["value"]) == 50
    assert "n/a (low base)" in words(chart.svg) and "the force" not in chart.summary
