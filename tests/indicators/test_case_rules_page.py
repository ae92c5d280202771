"""The page of how cases are counted and kept."""

from datetime import date

import pytest
from django.urls import reverse

from indicators.models.aggregate import Aggregate
from indicators.models.data_version import DataVersion
from indicators.models.retention import RetentionRule
from indicators.models.source import DataSource
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.case_files import case, case_file, small_force

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    """Return a browser of an analyst of a small force with three rows of two identifiers."""
    force, analyst = small_force(), case_files.analyst()
    client.force_login(User.objects.get(pk=analyst.id))
    rows = [case(1, "2020-01"), case(1, "2020-01", outcome="Closed"), case(2, "2020-01")]
    case_files.load(force, analyst, case_file(*rows))
    return client


def text(answer) -> str:
    """Return the page's text with spaces made single."""
    return " ".join(answer.content.decode().split())


def post(client, name: str, pk: int, fields: dict[str, str]):
    """Send a form of the page."""
    prefix = name.partition("-")[0]
    return client.post(
        reverse(name, args=[pk]), {f"{prefix}-{pk}-{key}": value for key, value in fields.items()}, follow=True
    )


def test_change_how_cases_are_counted_recomputes_and_says_who_and_why(ada):
    source = DataSource.objects.get(slug="cases")
    assert "Nobody has settled it: rows are counted." in text(ada.get(reverse("case-rules")))
    fields = {"policy": "distinct", "starts_on": "2020-01-01", "reason": "As the register counts."}
    page = text(post(ada, "counting-change", source.pk, fields))
    assert "by distinct identifiers" in page and "settled by Ada Analyst" in page and "As the register counts." in page
    now = Aggregate.objects.get(
        until_version__isnull=True, indicator__key="all_crime", area__slug="smallshire", window="month", part=None
    )
    assert now.value == 2 and DataVersion.objects.count() == 2


def test_both_results_stand_side_by_side_with_the_policy_and_its_reason(ada):
    address = f"{reverse('indicator', args=['all_crime'])}?quarter=2019-20-Q4"
    page = text(ada.get(address))
    assert "Every row counts. Nobody has settled it otherwise." in page
    force, by = DataVersion.objects.get().force, User.objects.get().person
    rows = [case(3, "2020-02"), case(3, "2020-02", outcome="Closed"), case(4, "2020-03")]
    case_files.load(force, by, case_file(*rows))
    page = text(ada.get(address))
    numbers = [cell.split("<")[0] for cell in page[page.index("By rows (used)") :].split('numeric">')[2:]]
    # The quarter: 3 + 2 + 1 rows of 2 + 1 + 1 identifiers; March alone: one row.
    assert {"6", "4"} <= set(numbers) and {"1"} <= set(numbers)
    fields = {"policy": "distinct", "starts_on": "2020-01-01", "reason": "As the register counts."}
    post(ada, "counting-change", DataSource.objects.get(slug="cases").pk, fields)
    page = text(ada.get(address))
    assert "Each identifier counts once" in page and "By distinct identifiers (used)" in page
    assert "As the register counts." in page


def test_settle_retention_shows_from_when_rows_are_kept(ada):
    force = DataVersion.objects.get().force
    page = text(
        post(ada, "retention-settle", force.pk, {"months_kept": "84", "starts_on": "2020-01-01", "reason": "Schedule"})
    )
    assert "84 months from 1 January 2020" in page and "on are kept" in page
    assert RetentionRule.objects.get().starts_on == date(2020, 1, 1)


@pytest.mark.parametrize("fields", [{}, {"months_kept": "3", "starts_on": "x", "reason": ""}])
def test_settle_what_makes_no_sense_is_told_and_changes_nothing(ada, fields):
    force = DataVersion.objects.get().force
    answer = post(ada, "retention-settle", force.pk, fields)
    assert answer.status_code == 422 and "There is a problem" in text(answer)
    assert not RetentionRule.objects.exists()
