"""The second computation owes the product nothing, and it is right by itself: it gives what was published."""

import ast
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.recomputation.comparing import check_corners
from tests.recomputation.exhibits import table
from tests.recomputation.figures import Recomputation, missing_words, period_words
from tests.recomputation.inputs import read_files
from tests.recomputation.printing import rounded, signed, size, value_words, with_unit
from tests.recomputation.surfaces import Compared, fields_drawn

HERE = Path(__file__).parent
FILES = HERE.parent.parent / "portal" / "demonstration" / "files"
MODULES = [path for path in sorted(HERE.glob("*.py")) if not path.name.startswith("test_")]
# Reading of files and pages alone; the rest of a line is worked out here.
ALLOWED = {
    "collections", "csv", "dataclasses", "datetime", "decimal", "io", "itertools", "json", "functools", "pathlib", "re",
    "typing", "zipfile", "lxml", "tests.recomputation",
}  # fmt: skip


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_import_nothing_of_the_product(path):
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add(str(node.module))
        assert not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "__import__")
    found = {name if name.startswith("tests.") else name.partition(".")[0] for name in names}
    assert {name.rpartition(".")[0] if name.count(".") == 2 else name for name in found} <= ALLOWED


@pytest.fixture(scope="module")
def published() -> Recomputation:
    """Return the figures of the published quarter that need no cases."""
    return Recomputation(read_files(FILES, ["observations-2020-21-Q2.csv"]), "2020-21-Q2")


# Figures of the published report, as printed there (points called points, one miscalculated change put right).
PUBLISHED = """
calls_101_time_to_answer.r12|203.58 s|−50.43 s|153.15 s
calls_999_service_level.r12|75.4%|+5.9 pp|81.3%
grade_3_time_to_arrive.r12|1,044.9 min|−567.0 min|477.9 min
missing_persons.r12|10,236|Decrease (−14%, −1,453)|8,783
budget.visible.snapshot|£52.0m (37.6%)|Increase (+5%, +£2.8m)|£54.8m (37.2%)
satisfaction.burglary.not-stated|67.00%|+1.03 pp|68.03%
domestic_abuse_investigations.r12|20,213|Increase (+7%, +1,324)|21,537
"""


@pytest.mark.parametrize("line", PUBLISHED.split("\n")[1:-1])
def test_work_out_what_was_published(line, published):
    key, *cells = line.split("|")
    figure = published.figure(key)
    assert [figure.words(aspect) for aspect in ("before", "worded_change", "in_year")] == cells


def test_print_an_average_per_head_as_the_report_does(published):
    # (13,270 + 763) ÷ 190 ÷ 3
    assert published.figure("special_constable_hours_per_head.quarter").words("value") == "24.6 hours"


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [("0.5", 0, "1"), ("-0.5", 0, "-1"), ("2.345", 2, "2.35"), ("-0.04", 1, "0.0"), ("0.049999999", 1, "0.0")],
)
def test_round_half_away_from_zero_and_never_to_minus_zero(value, places, shown):
    assert str(rounded(Decimal(value), places)) == shown


def test_print_changes_with_sign_unit_and_least_size():
    assert signed(Decimal("0.3"), f"{size(Decimal('0.3'), 0)}%") == "+<1%"
    assert signed(Decimal(-5), with_unit("5.9", "percent", is_change=True)) == "−5.9 pp"
    assert with_unit("<0.1", "million-pounds", is_change=True) == "<£0.1m"
    assert value_words(Decimal(5200), "count", 0, "over") == "over 5,200"
    assert [value_words(Decimal(one), "hours", 0) for one in (1, 2)] == ["1 hour", "2 hours"]


def test_name_missing_months_and_periods_as_people_do():
    words = (
        "not available: 5 of 12 months missing (October 2019, November 2019, June 2020, August 2020 and September 2020)"
    )
    assert missing_words(["2019-10", "2019-11", "2020-06", "2020-08", "2020-09"], 12) == words
    seven = ["2019-10", "2019-11", "2019-12", "2020-01", "2020-02", "2020-06", "2020-08"]
    words = "not available: 7 of 12 months missing (October 2019 to February 2020, June 2020 and August 2020)"
    assert missing_words(seven, 12) == words
    assert period_words("not-stated", None, None, "2020-11") == "period not stated (printed: 2020-11)"


# Spending as published: shares are of the total less Other, £147.4m. The previous values of two categories alone
# were published, so no sum has any.
SPENDING = """
Visible|£54.8m|37.2%|£52.0m (37.6%)
Non visible|£47.7m|32.4%|£45.3m (32.8%)
Frontline support|£12.4m|8.4%|not available
Business support|£32.5m|22.0%|not available
Total less Other|£147.4m|100.0%|not available: 2 of 4 rows missing
Other|£8.0m||not available
Total|£155.4m||not available: 3 of 5 rows missing
"""


def test_add_up_spending_and_take_shares_of_the_partial_total(published):
    rows = [
        {"series": "budget", "each": "part", "except": ["other"]},
        {"sum": "above", "label": "Total less Other"},
        {"series": "budget.other", "label": "Other"},
        {"sum": "all", "label": "Total"},
    ]
    asked = {"window": "snapshot", "heading": ""}
    columns = [{**asked, "aspect": one, "is_optional": True} for one in ("value", "share", "before")]
    made = table({"kind": "table", "rows": rows, "columns": columns}, published)
    assert ["|".join(row) for row in made[1:]] == SPENDING.split("\n")[1:-1]


CORNERS = """<svg xmlns="http://www.w3.org/2000/svg"><path d="M10.0,100.0H50.0"/><text text-anchor="end">0</text>
<path d="M10.0,50.0H50.0"/><text text-anchor="end">1,000</text>
<path d="M15.0,{}L25.0,75.0" stroke="#000" stroke-width="2" stroke-linejoin="round"/>
<path d="M45.0,50.0" stroke="#000" stroke-width="2" stroke-linejoin="round"/></svg>"""


@pytest.mark.parametrize(("height", "differences"), [("90.0", 0), ("90.1", 0), ("90.3", 1)])
def test_read_a_line_with_a_gap_off_a_picture_and_notice_a_corner_that_is_moved(height, differences):
    wanted = [(0, Decimal(200)), (1, Decimal(500)), (3, Decimal(1000))]
    (drawn,) = fields_drawn(CORNERS.format(height), 4)
    (line,) = drawn.lines
    compared = Compared()
    check_corners(compared, "a line", wanted, line.corners, drawn.per_unit)
    assert (compared.cells, len(compared.differences)) == (3, differences)


# The months of April to September 2020, from the published extracts.
MONTHS_OF_2020 = ["1,632", "1,807", "1,835", "2,042", "2,028", "1,820"]


def test_leave_months_ahead_blank_and_keep_zero_apart_from_missing(published):
    """Blank, zero and not available are three things."""
    months = table({"kind": "matrix", "series": "domestic_abuse_investigations", "years": 4}, published)
    assert months[-1] == ["2020/21", *MONTHS_OF_2020, *[""] * 6]
    given = next(one for one in published.inputs.observations if one.indicator == "domestic_abuse_investigations")
    days = {7: date(2020, 7, 31), 8: date(2020, 8, 31), 9: date(2020, 9, 30)}
    rows = [replace(given, start=day.replace(day=1), end=day, value=Decimal(month - 8)) for month, day in days.items()]

    def quarter(kept):
        inputs = replace(published.inputs, observations=kept)
        return Recomputation(inputs, "2020-21-Q2").figure("domestic_abuse_investigations.quarter").words("value")

    assert quarter(rows) == "0"
    assert quarter([rows[0], rows[2]]) == "not available: 1 of 3 months missing (August 2020)"
