"""The page of texts that an import touches, before it is applied."""

import pytest
from django.test import Client
from django.urls import reverse

from indicators.actions import imports
from indicators.choices import ImportKind
from indicators.models.data_import import DataImport
from tests.portal.small_quarter import SmallQuarter, corrected_records, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def quarter(force) -> SmallQuarter:
    """Return a quarter whose sections are approved."""
    return SmallQuarter(force, "assembled")


@pytest.fixture
def corrected(quarter) -> DataImport:
    """Check, but do not apply, a file in which the records of modern slavery read 252 instead of 250."""
    by = quarter.users["analyst"].person
    data_import, _ = imports.receive(quarter.force, ImportKind.OBSERVATIONS, "c.csv", [corrected_records()], by=by)
    work(imports.STAGE_TASK, data_import.pk)
    data_import.refresh_from_db()
    return data_import


def page_of(user, data_import: DataImport) -> str:
    """Return the page as somebody sees it, with spaces made single."""
    client = Client()
    client.force_login(user)
    return " ".join(client.get(reverse("import-texts", args=[data_import.pk])).content.decode().split())


def test_an_import_names_the_sections_that_quote_what_it_moves_with_both_values(quarter, corrected):
    page = page_of(quarter.users["manager"], corrected)
    assert "250 → 252" in page and "Modern slavery" in page and "Missing people" not in page
    section = quarter.cycle.sections.get(topic__slug="modern-slavery")
    assert reverse("section", args=[section.pk]) in page
    # An analyst learns which section it is, and opens none.
    page = page_of(quarter.users["analyst"], corrected)
    assert "250 → 252" in page and reverse("section", args=[section.pk]) not in page


def test_an_import_that_moves_nothing_says_so(quarter):
    first = DataImport.objects.earliest("id")
    assert "No text of the newest four cycles" in page_of(quarter.users["manager"], first)
