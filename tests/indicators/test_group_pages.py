"""Pages of groups that people keep: begun, given other members, shown with figures, places and history."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.actions import groups as actions
from indicators.models.area import Area
from indicators.models.group import ComparatorGroup
from portal.models.user import User
from tests.indicators import case_files, official_files
from tests.indicators.official_files import SEPTEMBER, workbook
from tests.indicators.test_official import EARLIER
from tests.indicators.test_official_pages import text
from tests.people import make_user

pytestmark = pytest.mark.django_db

AT = "?quarter=2019-20-Q2"


@pytest.fixture
def force(db):
    return case_files.small_force()


@pytest.fixture
def ada(client, force) -> Client:
    client.force_login(User.objects.get(pk=case_files.analyst().id))
    return client


@pytest.fixture
def released(ada, force, tmp_path):
    """Return a force for which two years of a release were loaded, and a case of its own."""
    person = User.objects.get().person
    case_files.load(force, person, case_files.case_file(case_files.case(1, "2019-09")))
    feed = official_files.feed(force, person, tmp_path)
    official_files.load(feed, person, workbook(EARLIER, "September 2018"))
    official_files.load(feed, person, workbook(SEPTEMBER, "September 2019"))
    return force


def sent(*members: tuple[str, str, str], version: int = 0, **more: str) -> dict[str, object]:
    """Return what a browser would send: (slug, first day, last day) of each member."""
    fields: dict[str, object] = {
        "version": version, "name": "Most Similar Group", "note": "Named by the inspectorate.", "text": "As published",
        "members-TOTAL_FORMS": len(members), "members-INITIAL_FORMS": 0,
    }  # fmt: skip
    for at, (slug, first, last) in enumerate(members):
        pk = Area.objects.get(slug=slug).pk if slug else ""
        fields |= {f"members-{at}-area": pk, f"members-{at}-starts_on": first, f"members-{at}-ends_on": last}
    return fields | more


ASH, SMALLSHIRE, DALE = (f"{name}-police" for name in ("ash", "smallshire", "dale"))


def begun(ada) -> ComparatorGroup:
    answer = ada.post(reverse("group-new"), sent((ASH, "", ""), (SMALLSHIRE, "", ""), ("", "", "")))
    group = ComparatorGroup.objects.get()
    assert answer["Location"] == reverse("group", args=[group.pk])
    return group


def test_begin_a_group_and_see_it_beside_the_force(ada, released):
    assert "No group is kept yet" in text(ada.get(reverse("comparators")))
    group = begun(ada)
    page = text(ada.get(reverse("group", args=[group.pk]) + AT))
    for words in (
        "Group kept here, version 1", "Ash, throughout", "Named by the inspectorate.",
        "all_crime 2 members", "12 months to 30 September 2019", "330", "+10% (+30)", "1st highest of 2",
        "Ash 110 2nd highest of 2", "The first list", "As published", "Ada Analyst",
    ):  # fmt: skip
        assert words in page, words
    assert "Smallshire" in text(ada.get(reverse("comparators")))
    beside = text(ada.get(reverse("indicator", args=["all_crime"]) + AT))
    assert "Most Similar Group 2 members" in beside
    robbery = text(ada.get(reverse("group", args=[group.pk]) + AT + "&indicator=robbery"))
    assert "robbery of each member" in robbery
    # The address of any comparator leads to it.
    assert ada.get(reverse("comparator", args=[group.area_id]))["Location"] == reverse("group", args=[group.pk])


def test_change_the_members_makes_a_version_and_compares_like_for_like(ada, released):
    group = begun(ada)
    at = reverse("group-edit", args=[group.pk])
    assert 'value="2019-04-01"' not in ada.get(at).content.decode()
    lines = (ASH, "", ""), (SMALLSHIRE, "", ""), (DALE, "2019-04-01", "")
    assert ada.post(at, sent(*lines, version=1, text="Dale joined")).status_code == 302
    page = text(ada.get(reverse("group", args=[group.pk]) + AT))
    for words in (
        "version 2", "Dale, from 1 April 2019", "Added: Dale", "Dale joined", "610", "+10% (+30)",
        "Like for like, 2 members in both: Dale is counted now and was not before", "The first list",
    ):  # fmt: skip
        assert words in page, words
    assert 'value="2019-04-01"' in ada.get(at).content.decode()
    # Opened before the change: nothing of it is overwritten, and all that was entered stands in the page.
    lost = ada.post(at, sent((ASH, "2018-02-03", ""), version=1, text="Only Ash", note="Other words"))
    assert lost.status_code == 409
    for words in ("Somebody else has changed this group", "Only Ash", "Other words", 'value="2018-02-03"'):
        assert words in lost.content.decode(), words
    same = ada.post(at, sent(*lines, version=2, text="Again"), follow=True)
    assert "The members are the same as before." in text(same)


def test_what_is_wrong_is_said_all_at_once_and_nothing_is_kept(ada, released):
    answer = ada.post(
        reverse("group-new"), sent((ASH, "2020-01-01", "2019-01-01"), ("", "2019-01-01", ""), text="", name="")
    )
    page = text(answer)
    assert answer.status_code == 422
    for words in ("The last day is before the first", "Choose the member that these days are of", "Give a reason"):
        assert words in page, words
    twice = ada.post(reverse("group-new"), sent((ASH, "", ""), (ASH, "2019-01-01", ""), ("division-east", "", "")))
    assert "Ash stands twice for the same days" in text(twice)
    assert "lie in each other" in text(twice)
    assert "A group has at least one member" in text(ada.post(reverse("group-new"), sent()))
    assert not ComparatorGroup.objects.exists()
    taken = ada.post(reverse("group-new"), sent((ASH, "", ""), name="England and Wales"))
    assert taken.status_code == 409 and "Choose another name" in text(taken)
    assert 'value="England and Wales"' in taken.content.decode()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"members-TOTAL_FORMS": "many"}, "did not arrive whole"),
        ({"members-INITIAL_FORMS": ""}, "did not arrive whole"),
        ({"members-TOTAL_FORMS": 61}, "Enter 60 lines at most"),
        ({"members-0-area": "0"}, "Select a valid choice"),
        ({"members-0-area": "x"}, "Select a valid choice"),
    ],
)
def test_lines_that_are_damaged_or_too_many_are_told_and_nothing_is_kept(ada, released, changed, words):
    answer = ada.post(reverse("group-new"), sent((ASH, "", "")) | changed)
    assert answer.status_code == 422 and words in text(answer)
    assert 'href="#members' in answer.content.decode() or 'href="#id_members' in answer.content.decode()
    assert not ComparatorGroup.objects.exists()


def test_a_group_of_more_members_than_a_page_begins_with_can_be_changed_on_it(ada, released):
    person, ash = User.objects.get().person, Area.objects.get(slug=ASH)
    days = [date(1940 + at, 1, 1) for at in range(70)]
    rows = [(ash, day, day.replace(month=6)) for day in days]
    group = actions.create("Long", "", rows, by=person, reason="Came and went")
    at = reverse("group-edit", args=[group.pk])
    lines = [(ASH, str(day), str(day.replace(month=6))) for day in days]
    assert 'value="2009-01-01"' in ada.get(at).content.decode()
    assert ada.post(at, sent(*lines[1:], version=1, text="Never in 1940")).status_code == 302
    assert actions.newest(ComparatorGroup.objects.get()).members.count() == 69


def test_a_line_more_costs_no_query_more(ada, released):
    counts = []
    for slugs in ([ASH], [ASH, DALE, SMALLSHIRE, "birch-police", "elm-police"]):
        fields = sent(*((slug, "", "") for slug in slugs), text="")
        with CaptureQueriesContext(connection) as found:
            answer = ada.post(reverse("group-new"), fields)
        assert answer.status_code == 422
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_everybody_of_the_force_sees_groups_and_only_analysts_change_them(ada, released, client):
    group = begun(ada)
    client.force_login(make_user("Rhona Reviewer", "reviewer"))
    assert "Change the members" not in text(client.get(reverse("group", args=[group.pk])))
    for address in (reverse("group-new"), reverse("group-edit", args=[group.pk])):
        assert client.get(address).status_code == 404


def test_a_group_before_any_figure_has_a_page(ada, force, tmp_path):
    official_files.feed(force, User.objects.get().person, tmp_path)
    group = begun(ada)
    assert "The first list" in text(ada.get(reverse("group", args=[group.pk])))


def test_the_list_costs_the_same_for_one_and_for_five_groups(ada, released):
    counts = []
    for names in ([""], ["B", "C", "D", "E"]):
        for name in names:
            ada.post(reverse("group-new"), sent((ASH, "", ""), (DALE, "", ""), name=f"Group {name}"))
        with CaptureQueriesContext(connection) as found:
            ada.get(reverse("comparators"))
        counts.append(len(found))
    assert counts[0] == counts[1]
