"""The page of a figure of another time: judged by its own month, with its numerator and denominator."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from indicators.actions import definitions
from indicators.choices import ImportKind
from indicators.models.area import Force
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.case_files import indicator, small_force
from tests.indicators.test_official_pages import text
from tests.people import NOBODY_IN_PARTICULAR

pytestmark = pytest.mark.django_db

MEASURES = [
    indicator("answered", name="Calls answered", kind="service-level", unit="percent", is_additive=False, decimals=1),
    indicator("calls", name="Calls"),
    {
        **indicator("load", name="Calls for each officer", kind="per-head", is_additive=False, decimals=1),
        "formula": {"numerator": [{"indicator": "calls"}], "denominator": [{"indicator": "officers"}]},
    },
    indicator("officers", name="Officers"),
]  # fmt: skip
FIRST = 2010


@pytest.fixture
def ada(client) -> Client:
    """Return a browser in which an analyst has signed in; ten years of months are held."""
    force = small_force()
    definitions.load({**case_files.DEFINITIONS, "indicators": MEASURES}, by=NOBODY_IN_PARTICULAR)
    by = case_files.analyst()
    case_files.load(force, by, history(), ImportKind.OBSERVATIONS)
    client.force_login(User.objects.get(pk=by.id))
    return client


def history() -> bytes:
    """Return ten years in which 97 and 99 of 100 calls are answered by turns, and 70 in May 2012."""
    lines = []
    for at in range(120):
        year, month = FIRST + at // 12, at % 12 + 1
        above = 70 if (year, month) == (2012, 5) else 97 + 2 * (at % 2)
        days = f"{year}-{month:02}-01,{year}-{month:02}-{LAST[month - 1]}"
        if month == 2 and year % 4 == 0:
            days = days[:-2] + "29"
        lines.append(f"a{at},answered,,smallshire,month,{days},,,{above},{above},100,,,,,supplied,")
        lines.append(f"c{at},calls,,smallshire,month,{days},,,100,,,,,,,supplied,")
        lines.append(f"o{at},officers,,smallshire,month,{days},,,8,,,,,,,supplied,")
    return "\n".join([case_files.TIDY_HEADER, *lines, ""]).encode()


LAST = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def page(ada: Client, key: str, **asked: str) -> str:
    answer = ada.get(f"/figures/{key}/", asked)
    assert answer.status_code == 200, key
    return text(answer)


# May 2012 as its quarter sees it: 25 months from June 2010, June being 99. Twelve pairs and one more: 13 × 99 + 12 × 97
# less 27, for May would be 97: 2,424 / 25 = 96.96. Moves: 22 × 2, and 99 to 70 and back: 102 / 24 = 4.25; 2.66 of these
# are 11.305: 85.655 and, for no more than all calls can be answered, 100.
VERDICT = (
    "Is it unusual? May 2012: exceptional fall. Its 70.0% lies below the lower limit of natural variation, 85.66%. "
    "By which rule The point of May 2012 is below the lower limit "
    "Judged among 25 months, June 2010 to June 2012."
)


@pytest.mark.parametrize("quarter", ["2012-13-Q1", "2019-20-Q3", ""])
def test_an_old_month_is_judged_itself_from_wherever_it_is_looked_at(ada, quarter):
    shown = page(ada, "answered.month-2012-05", **({"quarter": quarter} if quarter else {}))
    assert VERDICT in shown, shown
    assert "May 2012 70.0%" in shown and "Numerator and denominator 70 of 100" in shown
    # The year before it is held too, however old it is.
    assert "Before 97.0% Period before May 2011 Numerator and denominator before 97 of 100" in shown


def test_a_month_that_the_chart_of_the_quarter_shows_is_judged_as_it_is_there(ada):
    # March 2011 to March 2013: 13 × 97 + 12 × 99 less 27 = 2,422; / 25 = 96.88; the moves are the same 4.25.
    shown = page(ada, "answered.month-2012-05", quarter="2012-13-Q4")
    assert "lies below the lower limit of natural variation, 85.58%" in shown
    assert "Judged among 25 months, March 2011 to March 2013." in shown


def test_an_early_month_is_judged_by_the_months_after_it_where_there_are_too_few_before(ada):
    # March 2010 is the third month of all; the last chart that shows it is that of the 25 months to March 2012.
    shown = page(ada, "answered.month-2010-03", quarter="2019-20-Q3")
    assert "March 2010: no significant change. Its 97.0% lies within" in shown, shown
    assert "Judged among 25 months, March 2010 to March 2012." in shown


def test_the_limits_told_are_those_of_the_chart_that_the_page_leads_to(ada):
    answer = ada.get("/figures/answered.month-2012-06/").content.decode()
    address = re.search(r'href="(/indicators/answered/[^"]*)"[^>]*>Chart', answer)[1].replace("&amp;", "&")
    chart = text(ada.get(address))
    assert "lies within the limits of natural variation, 85.66% to 100.00%" in answer
    assert "June 2012 99.0% 96.96% 85.66% 100.00% within the limits" in chart
    assert "May 2012 70.0% 96.96% 85.66% 100.00% below the lower limit" in chart


def test_twelve_months_say_which_month_the_verdict_is_about(ada):
    shown = page(ada, "answered.r12-2012-05", quarter="2019-20-Q3")
    assert VERDICT.replace("By which", "What is judged May 2012 alone, the last month of this period. "
                           "Single months are judged, never longer periods. By which") in shown  # fmt: skip
    # Six months of 99, five of 97, and 70.
    assert "Numerator and denominator 1,149 of 1,200" in shown, shown


def test_a_value_that_a_formula_gives_shows_what_was_divided(ada):
    assert "Numerator and denominator 100 ÷ 8 Before" in page(ada, "load.month-2012-05")


def test_values_before_each_correction_keep_their_counts(ada):
    by, force = User.objects.get().person, Force.objects.get()
    line = "a,answered,,smallshire,month,2012-05-01,2012-05-31,,,75,75,100,,,,,supplied,"
    case_files.load(force, by, "\n".join([case_files.TIDY_HEADER, line, ""]).encode(), ImportKind.OBSERVATIONS)
    now = page(ada, "answered.month-2012-05")
    assert "75.0% 75 of 100 Final 2 and later" in now and "70.0% 70 of 100 Final 1 to before 2" in now, now
    then = page(ada, "answered.month-2012-05", quarter="2019-20-Q3", known="1")
    assert VERDICT in then and "Numerator and denominator 70 of 100" in then


@pytest.mark.parametrize("key", ["answered.month-1971-05", "answered.month-9999-12", "answered.month-2012-13"])
def test_a_month_that_nobody_holds_is_not_found(ada, key):
    assert ada.get(f"/figures/{key}/").status_code == 404


def test_a_month_is_compared_with_the_month_before_and_leads_back(ada):
    # April 2012 is 99 of 100 and May 70 of 100: 29 points less.
    shown = page(ada, "answered.month-2012-05-on-previous-month")
    assert (
        "Before 99.0% Period before April 2012" in shown
        and "29.0 pp" in shown
        and "Compare with the year before" in shown
    )
    assert ada.get(reverse("figure", args=["answered.quarter-on-previous-month"])).status_code == 404
