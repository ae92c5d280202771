"""The read-only API: who may ask, what may be asked, and what comes back."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.urls import include, path

from indicators.actions import aggregates, versions
from indicators.choices import AreaKind, Role, VersionKind
from indicators.models.area import Area, Force
from indicators.models.data_import import DataImport
from indicators.models.indicator import Indicator
from indicators.models.observation import Observation
from indicators.models.source import DataSource
from indicators.people import Person
from indicators.periods import add_months, month_end, month_range
from portal import urls

urlpatterns = [path("api/", include("indicators.api_urls")), *urls.urlpatterns]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def test_probe(force, client, analyst):
    client.force_login(analyst)
    r = client.get("/api/indicators/")
    print(r.status_code, len(r.content), r.json()["count"], r.headers)
    print(r.json()["indicators"][3])
    r = client.get("/api/figures/"); print(r.status_code, r.content[:300])
    r = client.get("/api/schema/"); print(r.status_code, r.content[:6000].decode())
    assert 0
