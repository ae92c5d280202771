"""What the tests of the API share: a force of which every resource has something to show, and Ada, who asks."""

import pytest
from django.test import Client

from tests.indicators import api_world


@pytest.fixture
def api_quarter(force, tmp_path, settings):
    """Return the quarter in which every resource has something to show."""
    settings.FILES = tmp_path
    return api_world.bring(force)


@pytest.fixture
def api_reader(api_quarter) -> Client:
    """Return the browser of Ada, an analyst."""
    browser = Client()
    browser.force_login(api_quarter.users["analyst"], backend="django.contrib.auth.backends.ModelBackend")
    return browser
