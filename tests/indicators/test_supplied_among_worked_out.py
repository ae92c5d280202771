"""Supplied 12-month values among worked-out ones, the whole way: from the file to pages, API, CSV and reconciliation.

Calls answered: every month from October 2019 to September 2020 is 8 of 10, so 12 months are 96 of 120, 80 %.
"""

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.actions import definitions
from indicators.choices import ImportKind
from indicators.periods import Quarter, add_months, month_end
from indicators.queries.books import figure_book
from indicators.queries.reconciling import findings
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.case_files import indicator, small_force
from tests.indicators.test_history_pages import rows_of
from tests.indicators.test_official_pages import text as shown_in
from tests.people import NOBODY_IN_PARTICULAR

pytestmark = pytest.mark.django_db

Q2 = Quarter(2020, 2)
MEASURES = [
    indicator("answered", name="Calls answered", kind="service-level", unit="percent", is_additive=False, decimals=1),
    indicator("abuse", name="Domestic abuse"),
]
OTHERWISE = "worked out from months; the value before is supplied as 12 months"


@pytest.fixture
def force(db):
    """Return a small force with a service level and a count."""
    force = small_force()
    definitions.load({**case_files.DEFINITIONS, "indicators": MEASURES}, by=NOBODY_IN_PARTICULAR)
    return force


@pytest.fixture
def ada(client, force) -> Client:
    """Return a browser in which an analyst has signed in."""
    client.force_login(User.objects.get(pk=case_files.analyst().id))
    return client


@pytest.fixture
def by(ada):
    """Return the analyst who has signed in."""
    return User.objects.get().person


def load(force, by, *lines: str) -> None:
    content = "\n".join([case_files.TIDY_HEADER, *lines, ""]).encode()
    case_files.load(force, by, content, ImportKind.OBSERVATIONS)


def month(key: str, back: int, numbers: str) -> str:
    """One month, so many before September 2020; `numbers` are value, numerator and denominator."""
    first = add_months(Q2.end.replace(day=1), -back)
    return f"r,{key},,smallshire,month,{first},{month_end(first)},,,{numbers},,,,,supplied,"


def year(key: str, back: int, amount: str) -> str:
    """12 months as supplied, to so many months before September 2020."""
    last = month_end(add_months(Q2.end.replace(day=1), -back))
    first = add_months(last.replace(day=1), -11)
    return f"r,{key},,smallshire,r12,{first},{last},,,{amount},,,,,,,supplied,"


def load_answered(force, by) -> None:
    load(force, by, *(month("answered", back, "80,8,10") for back in range(12)), year("answered", 12, "75.4"))


def test_figure_says_so_on_pages_in_the_api_and_as_csv(ada, force, by):
    load_answered(force, by)
    figure = figure_book(force, Q2).figure("answered.r12")
    assert (figure.aspect("value"), figure.aspect("previous")) == ("80.0%", "75.4%")
    assert OTHERWISE in figure.notes
    page = shown_in(ada.get(reverse("indicator", args=["answered"]), {"quarter": Q2.key}))
    assert OTHERWISE in page.lower()
    asked = {"quarter": Q2.key, "indicator": "answered"}
    as_json = ada.get("/api/figures/", asked).json()["figures"]
    assert [OTHERWISE in one["notes"] for one in as_json if one["key"] == "answered.r12"] == [True]
    sheet = ada.get("/api/figures/", {**asked, "format": "csv"}).content.decode("utf-8-sig")
    (row,) = [one for one in csv.DictReader(io.StringIO(sheet)) if one["key"] == "answered.r12"]
    assert OTHERWISE in row["notes"]
    assert OTHERWISE in shown_in(ada.get(reverse("figure", args=["answered.r12"]), {"quarter": Q2.key})).lower()


def test_whole_history_marks_what_was_supplied(ada, force, by):
    load_answered(force, by)
    answer = ada.get(reverse("indicator-history", args=["answered"]), {"window": "r12"})
    rows = rows_of(answer)
    september = 5  # April is the first column
    # Twelve months of 8 of 10; of what was supplied nobody gave the counts.
    assert rows["2020/21"][september] == "80.0% 96 of 120" and rows["2019/20"][september] == "75.4% Supplied"
    page = shown_in(answer)
    assert "Where “supplied” stands beneath a value of 12 months, it was supplied as such." in page
    months = shown_in(ada.get(reverse("indicator-history", args=["answered"])))
    assert "supplied as such" not in months  # no 12 months to March is held


def test_whole_history_says_when_all_was_supplied(ada, force, by):
    load(force, by, year("answered", 12, "75.4"), year("answered", 24, "74"))
    page = shown_in(ada.get(reverse("indicator-history", args=["answered"]), {"window": "r12"}))
    assert "Each value of 12 months was supplied as such; none is worked out here." in page


def test_reconciliation_lists_supplied_years_beside_their_months(ada, force, by):
    load_answered(force, by)
    page = shown_in(ada.get(reverse("reconciliation"), {"quarter": Q2.key}))
    assert "Supplied and worked-out values side by side" in page
    assert "Calls answered 12 months 1 1" in page
    assert not findings(force, Q2).differences
    # Now the 12 months to September 2020 come from the other sheet as well, and four years of a count with one slip.
    load(force, by, year("answered", 0, "75.4"), *(month("abuse", back, "100,,") for back in range(48)),
         year("abuse", 24, "1200"), year("abuse", 30, "1207"))  # fmt: skip
    page = shown_in(ada.get(reverse("reconciliation"), {"quarter": Q2.key}))
    assert "12 months to 30 September 2020 75.4% 80.0% −4.6 pp Not explained" in page
    assert "12 months to 31 March 2018 1,207 1,200 7 Not explained" in page
    assert "12 months to 30 September 2018" not in page  # 12 × 100 are 1,200


def test_book_of_figures_costs_the_same_for_one_supplied_year_and_for_many(force, by):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            figure_book(force, Q2)
        return len(asked)

    load(force, by, *(month("abuse", back, "100,,") for back in range(48)), year("abuse", 24, "1200"))
    one = cost()
    load(force, by, *(year("abuse", back, "1200") for back in range(30)))
    assert cost() == one
