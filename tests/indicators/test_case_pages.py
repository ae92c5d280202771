"""Pages of cases as people use them: searching, one case, marks, setting aside by two people."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from indicators.actions import overlay
from indicators.models.aggregate import Aggregate
from indicators.models.area import Force
from indicators.models.case import Case, CaseMonth
from indicators.models.overlay import Mark, SetAside
from indicators.people import Person
from indicators.queries.cases import CaseKey, key_of
from portal.models.role import RoleHolding
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.case_files import ASB, CODES, case, case_file, reference, small_force

pytestmark = pytest.mark.django_db

JANUARY = date(2020, 1, 1)


@pytest.fixture
def force(db) -> Force:
    """Return a small force with two months of cases."""
    return small_force()


@pytest.fixture
def ada(force) -> Person:
    """Return an analyst who has loaded two months."""
    by = case_files.analyst()
    lines = [case(n, "2020-01", outcome="Open", offence="Personal robbery", flags="COVID-19") for n in range(3)]
    lines += [case(None, "2020-02", ASB, CODES["Coast"][1]), case(7, "2020-02", "Drugs", area="")]
    case_files.load(force, by, case_file(*lines))
    return by


def browser(name: str, role: str) -> Client:
    """Return a browser of a person."""
    user, _ = User.objects.get_or_create(email=f"{name.lower()}@example.test", defaults={"name": f"{name} Somebody"})
    RoleHolding.objects.get_or_create(user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


def text(answer) -> str:
    """Return the page's text with spaces made single."""
    return " ".join(answer.content.decode().split())


def address(name: str, number: int = 1, month: date = JANUARY, ordinal: int = 0) -> str:
    """Return an address of a case."""
    return reverse(name, args=["smallshire", month, key_of(reference(number)), ordinal])


def found(answer) -> set[str]:
    """Return the references that a search lists."""
    return {case.reference for case, *_ in answer.context["rows"]}


def test_search_without_anything_lists_the_newest_month_first(ada):
    shown = browser("Cy", "analyst").get(reverse("cases"))
    assert "5 cases" in text(shown)
    assert [row.month.month for row, *_ in shown.context["rows"]] == [2, 2, 1, 1, 1]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (f"reference=+{reference(1)}+", {1}),
        ("first=2020-02", {None, 7}),
        ("last=2020-01", {0, 1, 2}),
        ("area=coast", {None}),
        ("area=no-location", {7}),
        (f"small_area={CODES['Hill'][0].lower()}", {0, 1, 2}),
    ],
)
def test_search_by_address_finds_what_is_asked(ada, asked, expected):
    shown = browser("Cy", "analyst").get(f"{reverse('cases')}?{asked}")
    assert shown.status_code == 200 and shown.context["form"].errors == {}
    assert found(shown) == {"" if number is None else reference(number) for number in expected}


def test_search_by_crime_type_offence_flag_import_and_state(force, ada):
    sam = browser("Cy", "analyst")
    fields = sam.get(reverse("cases")).context["form"].fields
    kinds = {str(one): one.pk for one in fields["category"].queryset}
    flags = {str(one): one.pk for one in fields["flag"].queryset}
    number = Case.objects.first().data_import_id
    overlay.mark(force, CaseKey(JANUARY, key_of(reference(2)), 0), by=ada, reason="look")
    three, all_five = {reference(n) for n in range(3)}, {"", *(reference(n) for n in (0, 1, 2, 7))}
    for asked, expected in (
        (f"category={kinds['Robbery']}", three),
        (f"category={kinds['Robbery: Personal robbery']}", three),
        (f"category={kinds['Drugs']}", {reference(7)}),
        (f"flag={flags['COVID-19']}", three),
        (f"flag={flags['At night']}", set()),
        (f"data_import={number}", all_five),
        ("state=marked", {reference(2)}),
        ("state=set-aside", set()),
        ("state=counted", all_five),
    ):
        assert found(sam.get(f"{reverse('cases')}?{asked}")) == expected, asked


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("small_area=E99999999", "No small area of this force has the code E99999999"),
        ("data_import=999999", "Import 999999 is no import of cases of this force"),
        ("first=2020-02&last=2020-01", "This month lies before the first"),
        ("first=1999-01", "Select a valid choice"),
    ],
)
def test_search_for_what_cannot_be_says_what_is_wrong(ada, asked, words):
    shown = browser("Cy", "analyst").get(f"{reverse('cases')}?{asked}")
    assert shown.status_code == 200 and words in text(shown) and "There is a problem" in text(shown)
    assert "rows" not in shown.context and "<title>Error: Cases" in text(shown)


def test_search_with_a_broken_cursor_shows_the_first_page(ada):
    shown = browser("Cy", "analyst").get(f"{reverse('cases')}?after=nonsense")
    assert len(shown.context["rows"]) == 5


def test_search_before_anything_was_imported_says_so(force):
    assert "No case has been imported yet" in text(browser("Cy", "analyst").get(reverse("cases")))
    assert browser("Cy", "analyst").get(f"{reverse('cases')}?force=nowhere").status_code == 404


def test_search_costs_the_same_queries_for_few_and_for_many(force, ada):
    sam, costs = browser("Cy", "analyst"), []
    for asked in ("first=2020-02", "last=2020-01"):
        with CaptureQueriesContext(connection) as queries:
            sam.get(f"{reverse('cases')}?{asked}")
        costs.append(len(queries))
    case_files.load(force, ada, case_file(*(case(100 + n, "2020-03") for n in range(40))))
    with CaptureQueriesContext(connection) as queries:
        assert len(sam.get(f"{reverse('cases')}?first=2020-03").context["rows"]) == 40
    assert {*costs, len(queries)} == {costs[0]}


def test_case_page_tells_fields_origin_and_history(force, ada):
    later = case_files.load(force, ada, case_file(*(case(n, "2020-01", outcome="Closed") for n in range(3))))
    shown = text(browser("Cy", "analyst").get(address("case")))
    for words in (
        reference(1),
        "January 2020",
        "Robbery",
        "Hill 0, Hill",
        "On or near a street",
        "Row 3",
        f"import {later.pk}",
    ):
        assert words in shown, words
    assert "Data version 2: it changed" in shown and "Data version 1: it came" in shown
    change = shown.split("What changed at data version 2")[1]
    assert "Open</td>" in change and "Closed</td>" in change and "COVID-19</td>" in change and "blank</td>" in change
    assert "Classification is corrected in the source system only" in shown


def test_case_page_of_repeated_references_says_which_row_counts(force, ada):
    case_files.load(force, ada, case_file(*(case(5, "2020-03", outcome=word) for word in "abc")))
    sam, march = browser("Cy", "analyst"), date(2020, 3, 1)
    first, second = (text(sam.get(address("case", 5, march, ordinal))) for ordinal in (0, 1))
    assert "3 rows of this month have this reference" in first and "this row counts" in first
    assert "this row does not count" in second
    assert sam.get(address("case", 5, march, 3)).status_code == 404


def test_case_page_of_a_case_that_went_shows_it_as_it_was(force, ada):
    case_files.load(force, ada, case_file(case(0, "2020-01")))
    shown = text(browser("Cy", "analyst").get(address("case")))
    assert "not in the data now" in shown and "it went" in shown and "Robbery" in shown
    assert "Mark this case" not in shown and "Ask for this case" not in shown
    listed = text(browser("Cy", "analyst").get(f"{reverse('cases')}?reference={reference(1)}"))
    assert "stood here before" in listed and address("case") in listed


def test_case_page_of_a_month_without_rows_says_no_longer_held(ada):
    Case.objects.filter(month=JANUARY).delete()
    CaseMonth.objects.filter(month=JANUARY).update(rows_removed_at=timezone.now())
    sam = browser("Cy", "analyst")
    shown = sam.get(address("case"))
    assert shown.status_code == 200 and "The 3 rows of January 2020 were removed" in text(shown)
    refused = sam.post(address("case-set-aside"), {"reason": "why"})
    assert refused.status_code == 409 and "The rows of January 2020 are no longer held" in text(refused)
    assert "January 2020: 3 cases" in text(sam.get(reverse("cases")))


def test_case_page_without_such_a_case_or_month_is_not_found(ada):
    sam = browser("Cy", "analyst")
    assert sam.get(address("case", 99)).status_code == 404
    assert sam.get(address("case").replace("2020-01", "2020-13")).status_code == 404
    assert sam.get(address("case").replace("smallshire", "nowhere")).status_code == 404
    assert sam.get(address("case", ordinal=10**30)).status_code == 404


def test_mark_and_clear_by_pages(ada):
    sam = browser("Cy", "analyst")
    shown = text(sam.post(address("case-mark"), {"reason": "place looks <b>wrong</b>"}, follow=True))
    assert "The case is marked" in shown and "place looks &lt;b&gt;wrong" in shown and "Mark this case" not in shown
    assert "Marked</span>" in text(sam.get(f"{reverse('cases')}?state=marked"))
    assert "place looks" in text(sam.get(f"{reverse('case-overlays')}?show=marked"))
    assert "already marked" in text(sam.post(address("case-mark"), {"reason": "again"}))
    for nothing in ("", " ", "x" * 2001):
        refused = sam.post(address("case-mark", 2), {"reason": nothing})
        assert refused.status_code == 403 and "Give a reason" in text(refused)
    clear = reverse("mark-clear", args=[Mark.objects.get().pk])
    assert "cleared by Cy Somebody" in text(sam.post(clear, follow=True))
    assert sam.post(clear).status_code == 409


def test_set_aside_by_two_people_by_pages(ada):
    cy, mark = browser("Cy", "analyst"), browser("Mark", "report-manager")
    shown = text(cy.post(address("case-set-aside"), {"reason": "recorded twice"}, follow=True))
    assert "A second person has to agree" in shown and "Agree and set aside" not in shown
    one = SetAside.objects.get()
    own, agree = reverse("set-aside", args=[one.pk]), reverse("set-aside-agree", args=[one.pk])
    refused = cy.post(agree)
    assert refused.status_code == 403 and "A second person has to agree" in text(refused)
    waiting = text(mark.get(reverse("home")))
    assert "A case of January 2020" in waiting and own in waiting
    assert own not in text(cy.get(reverse("home")))
    page = text(mark.get(own))
    assert (
        "Agree and set aside" in page and "recorded twice" in page and "Robbery" in page and "/cases/small" not in page
    )
    assert "recorded twice" in text(mark.get(reverse("case-overlays")))
    assert "Set aside since data version 2" in text(mark.post(agree, follow=True))
    assert mark.post(agree).status_code == 409
    value = Aggregate.objects.get(
        indicator__key="robbery", until_version=None, window="month", end="2020-01-31", area__slug="smallshire"
    )
    assert (value.value, value.caution) == (2, "1 case is set aside")
    assert "it is not counted" in text(cy.get(address("case")))
    assert "Set aside</span>" in text(cy.get(f"{reverse('cases')}?state=set-aside"))
    assert "recorded twice" in text(mark.get(f"{reverse('case-overlays')}?show=in-force"))
    lift = reverse("set-aside-lift", args=[one.pk])
    assert mark.post(lift, {"reason": "why"}).status_code == 404  # a report manager agrees, and does no more
    assert cy.post(lift, {"reason": ""}).status_code == 403
    assert "Lifted at data version 3" in text(cy.post(lift, {"reason": "another case"}, follow=True))
    assert "recorded twice" in text(mark.get(f"{reverse('case-overlays')}?show=ended"))


def test_turn_a_request_down_needs_a_reason_and_withdrawing_ones_own_does_not(ada):
    cy, mark = browser("Cy", "analyst"), browser("Mark", "report-manager")
    for who, reason, status in ((mark, "", 403), (mark, "another case", 302), (cy, "", 302)):
        if not SetAside.objects.asked().exists():
            cy.post(address("case-set-aside"), {"reason": "recorded twice"})
        one = SetAside.objects.asked().get()
        assert who.post(reverse("set-aside-withdraw", args=[one.pk]), {"reason": reason}).status_code == status
    assert SetAside.objects.ended().count() == 2
    assert Aggregate.objects.filter(since_version__gt=1).count() == 0


def test_auditor_looks_and_changes_nothing(ada, force):
    overlay.ask(force, CaseKey(JANUARY, key_of(reference(2)), 0), by=ada, reason="recorded twice")
    aud = browser("Aud", "auditor")
    shown = text(aud.get(address("case", 2)))
    assert "recorded twice" in shown and "<textarea" not in shown
    page = text(aud.get(reverse("set-aside", args=[SetAside.objects.get().pk])))
    assert "Agree and set aside" not in page and "Turn this" not in page and "<textarea" not in page
    assert aud.post(address("case-mark"), {"reason": "why"}).status_code == 404


@pytest.mark.parametrize("role", ["commissioner", "scrutiny-officer", "reviewer", "approver", "administrator"])
def test_readers_and_writers_never_reach_a_case(ada, force, role):
    asked = overlay.ask(force, CaseKey(JANUARY, key_of(reference(2)), 0), by=ada, reason="recorded twice")
    sam = browser("Sam", role)
    pages = [reverse("cases"), address("case"), reverse("case-overlays"), reverse("set-aside", args=[asked.pk])]
    pages.append(f"{reverse('indicator-cases', args=['robbery'])}?force=smallshire&window=month&end=2020-01")
    for page in pages:
        assert sam.get(page).status_code == 404, page
    assert "/cases/" not in text(sam.get(reverse("home")))


def test_report_manager_sees_only_the_case_asked_for(ada, force):
    overlay.mark(force, CaseKey(JANUARY, key_of(reference(1)), 0), by=ada, reason="look")
    mark = browser("Mark", "report-manager")
    assert mark.get(reverse("cases")).status_code == mark.get(address("case")).status_code == 404
    assert mark.get(f"{reverse('case-overlays')}?show=marked").status_code == 404
    assert "show=marked" not in text(mark.get(reverse("case-overlays")))
