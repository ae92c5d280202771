"""A value beside its own numerator and denominator: named at import, on its figure and in Reconciliation.

12 of 38 are 31.5789… %, by hand: 1200 / 38. Nothing is corrected by the portal: both numbers stay as they were given.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from indicators.actions import definitions, imports
from indicators.choices import Agreement, ImportKind, ImportState, Kind, Unit, Window
from indicators.comparisons import Declared, Reconciliation
from indicators.formatting import NO_BREAK
from indicators.kinds import Aggregation
from indicators.models.aggregate import Aggregate
from indicators.people import Refused
from indicators.periods import Quarter, month_end
from indicators.queries.books import figure_book
from indicators.queries.reconciling import findings
from indicators.reconciliation import reconcile
from indicators.series import Series, Slot
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.books import book, measure, value
from tests.indicators.case_files import indicator, small_force
from tests.indicators.test_official_pages import text as shown_in
from tests.people import NOBODY_IN_PARTICULAR

Q2 = Quarter(2020, 2)
SEPTEMBER = date(2020, 9, 30)
MEASURES = [
    indicator("answered", name="Calls answered", kind="service-level", unit="percent", is_additive=False, decimals=1),
    indicator("wait", name="Time to answer", kind="mean", unit="seconds", is_additive=False, decimals=1),
]


def of(kind: Kind, stated: str, counts: tuple[str, str], decimals: int = 1, end: date = SEPTEMBER) -> Reconciliation:
    """Compare one month of a measure with its own counts."""
    above, below = map(Decimal, counts)
    unit = {Kind.RATE: Unit.PER_1000, Kind.MEAN: Unit.SECONDS}.get(kind, Unit.PERCENT)
    over_time = Aggregation.WEIGHTED if unit == Unit.PERCENT else Aggregation.SUPPLIED
    one = replace(value(Decimal(stated), end, Window.MONTH), numerator=above, denominator=below)
    of_kind = measure("m", kind=kind, unit=unit, decimals=decimals, over_time=over_time)
    return reconcile(book({Series("m"): {Slot(Window.MONTH, end): one}}, m=of_kind), Declared())


@pytest.mark.parametrize(
    ("kind", "stated", "counts", "agrees"),
    [
        (Kind.SERVICE_LEVEL, "31.6", ("12", "38"), True),
        (Kind.SERVICE_LEVEL, "31.57894737", ("12", "38"), True),  # as a formula gives it
        (Kind.SERVICE_LEVEL, "31.57894736", ("12", "38"), True),  # as storage cuts it
        (Kind.SERVICE_LEVEL, "31.5", ("12", "38"), False),
        (Kind.SERVICE_LEVEL, "90", ("12", "38"), False),
        (Kind.PROPORTION, "50", ("1", "2"), True),
        (Kind.RATE, "8", ("8", "1000"), True),
        (Kind.RATE, "8.1", ("8", "1000"), False),
        (Kind.MEAN, "8.1", ("8", "1000"), True),  # not simply the one over the other: nothing is compared
    ],
)
def test_value_is_compared_with_its_counts_as_exactly_as_it_is_printed(kind, stated, counts, agrees):
    found = of(kind, stated, counts)
    assert not found.differences if agrees else len(found.differences) == 1
    assert found.agreeing[Agreement.COUNTS] == (agrees and kind != Kind.MEAN)


def test_difference_names_both_numbers_in_any_month_up_to_the_quarter():
    (check,) = of(Kind.SERVICE_LEVEL, "90", ("12", "38"), end=date(2017, 4, 30)).differences
    assert (check.agreement, check.period) == (Agreement.COUNTS, "April 2017")
    assert (check.stated.words, check.stated.text) == ("as supplied", "90.0%")
    assert (check.found.words, check.found.text, check.gap) == (f"12 of{NO_BREAK}38", "31.6%", "58.4 pp")
    assert not of(Kind.SERVICE_LEVEL, "90", ("12", "38"), end=date(2020, 10, 31)).differences


@pytest.fixture
def force(db):
    """Return a small force with a service level and a mean."""
    force = small_force()
    definitions.load({**case_files.DEFINITIONS, "indicators": MEASURES}, by=NOBODY_IN_PARTICULAR)
    return force


@pytest.fixture
def ada(client, force) -> Client:
    """Return a browser in which an analyst has signed in."""
    client.force_login(User.objects.get(pk=case_files.analyst().id))
    return client


def month(number: int, numbers: str, key: str = "answered") -> str:
    """One month of 2020; `numbers` are value, numerator and denominator."""
    first = date(2020, number, 1)
    return f"{key}{number},{key},,smallshire,month,{first},{month_end(first)},,,{numbers},,,,,supplied,"


@pytest.mark.django_db
def test_tidy_file_that_contradicts_itself_is_told_row_by_row_and_needs_a_reason(ada, force):
    by = User.objects.get().person
    lines = [case_files.TIDY_HEADER, month(7, "80,8,10"), month(8, "90,12,38"), month(9, "80,8,10")]
    lines += [month(9, "7.5,8,10", "wait"), ""]
    data_import = case_files.send(force, by, "\n".join(lines).encode(), ImportKind.OBSERVATIONS)
    assert data_import.state == ImportState.STAGED
    (warning,) = data_import.preview["warnings"]
    assert warning == (
        "Row 3: “Calls answered, August 2020” is given as 90.0%, but 12 of\u00a038 are 31.58%. Both are kept as given, "
        "and longer periods are worked out from the counts. Correct the one that is wrong."
    )
    with pytest.raises(Refused, match="Give a reason"):
        imports.confirm(data_import, by=by, reason=" ")
    imports.confirm(data_import, by=by, reason="The unit was asked.")
    case_files.work(imports.APPLY_TASK, data_import)
    held = Aggregate.objects.filter(indicator__key="answered", area__slug="smallshire", until_version__isnull=True)
    assert held.get(window="month", end="2020-08-31").value == 90
    # 8 + 12 + 8 of 10 + 38 + 10: 28 of 58 are 48.2758… %.
    assert round(held.get(window="quarter", end="2020-09-30").value, 2) == Decimal("48.28")
    (difference,) = findings(force, Q2).differences
    check = difference.check
    assert (check.series.key, check.period, check.stated.text, check.found.text) == (
        "answered", "August 2020", "90.0%", "31.6%",
    )  # fmt: skip
    page = shown_in(ada.get(reverse("reconciliation"), {"quarter": Q2.key}))
    assert "August 2020 90.0% 31.6% 58.4 pp Not explained" in page
    figure = figure_book(force, Q2).figure("answered.month-2020-08")
    assert f"as supplied; 12 of{NO_BREAK}38 are 31.58%" in figure.notes
    assert "12 of 38 are 31.58%" in shown_in(ada.get(reverse("figure", args=["answered.month-2020-08"])))


@pytest.mark.django_db
def test_file_that_makes_a_supplied_quarter_disagree_with_its_months_needs_a_reason(ada, force):
    by = User.objects.get().person
    quarter = "q,answered,,smallshire,quarter,2020-07-01,2020-09-30,,,89.5,,,,,,,supplied,"
    lines = [case_files.TIDY_HEADER, *(month(number, "80,8,10") for number in (7, 8, 9))]
    case_files.load(force, by, "\n".join([*lines, ""]).encode(), ImportKind.OBSERVATIONS)
    content = f"{case_files.TIDY_HEADER}\n{quarter}\n".encode()
    data_import = case_files.send(force, by, content, ImportKind.OBSERVATIONS)
    (found,) = data_import.preview["moves"]["differences"]
    assert (found["stated"], found["found"]) == ("89.5%", "80.0%") and not data_import.preview["warnings"]
    words = "The preview names numbers that would no longer agree. Give a reason"
    with pytest.raises(Refused, match=words):
        imports.confirm(data_import, by=by, reason="")
    page = shown_in(ada.post(reverse("import-confirm", args=[data_import.pk]), {"reason": ""}))
    assert words in page
    imports.confirm(data_import, by=by, reason="The unit counts calls of the last day twice.")
