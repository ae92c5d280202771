"""Windows are listed as people think of them: months first, then quarters, 12 months and years to date."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from indicators.choices import WINDOW_NAMES, Agreement, ImportKind, Window
from indicators.comparisons import Declared, Link
from indicators.reconciliation import reconcile
from indicators.series import Series, Slot
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.books import Q2, book, value
from tests.indicators.case_files import small_force
from tests.indicators.test_supplied_among_worked_out import month

SEPTEMBER = date(2020, 9, 30)
IN_ORDER = [Window.MONTH, Window.QUARTER, Window.ROLLING_12, Window.YEAR_TO_DATE, Window.CALENDAR_TO_DATE]


def everywhere(amount: int):
    return {Slot(window, SEPTEMBER): value(amount, SEPTEMBER, window) for window in reversed(IN_ORDER)}


def test_vocabulary_is_in_the_order_of_lists():
    assert list(WINDOW_NAMES) == list(Window) and list(Window)[:5] == IN_ORDER


def test_figures_of_a_quarter_come_in_the_order_of_windows():
    found = [figure.period.window for figure in book({Series("theft"): everywhere(7)}).of_quarter()]
    assert found == IN_ORDER


def test_differences_of_one_kind_come_in_the_order_of_windows_and_ends():
    both = {Series("theft"): everywhere(7), Series("rape"): everywhere(8)}
    before = replace(value(Decimal(6), date(2019, 9, 30), Window.QUARTER))
    both[Series("theft")][Slot(Window.QUARTER, date(2019, 9, 30))] = before
    both[Series("rape")][Slot(Window.QUARTER, date(2019, 9, 30))] = replace(before, amount=Decimal(5))
    link = Link("same:both", Agreement.SAME, Series("theft"), (Series("rape"),))
    found = [one.slot for one in reconcile(book(both), Declared([link])).differences]
    assert [one.window for one in found] == [Window.MONTH, Window.QUARTER, *IN_ORDER[1:]]
    assert [one.end.year for one in found if one.end][1:3] == [2019, 2020]


@pytest.mark.django_db
def test_pages_and_the_api_list_a_calendar_year_after_a_financial_one(client: Client):
    force, by = small_force(), case_files.analyst()
    client.force_login(User.objects.get(pk=by.id))
    lines = [case_files.TIDY_HEADER, *(month("investigations", back, "10,,") for back in range(12)), ""]
    case_files.load(force, by, "\n".join(lines).encode(), ImportKind.OBSERVATIONS)
    listed = client.get("/api/figures/", {"quarter": Q2.key, "indicator": "investigations"}).json()["figures"]
    found = list(dict.fromkeys(one["window"] for one in listed))
    assert found == ["month", "quarter", "r12", "fytd", "cytd"]
    page = client.get("/indicators/investigations/", {"quarter": Q2.key}).content.decode()
    # April to September, then January to September.
    assert page.index("1 April to 30 September 2020") < page.index("1 January to 30 September 2020")
    history = client.get("/indicators/investigations/history/").content.decode()
    offered = [history.index(f">{name}</option>") for name in
               ("Months", "Quarters", "12 months", "Financial year to date", "Calendar year to date")]  # fmt: skip
    assert offered == sorted(offered)
