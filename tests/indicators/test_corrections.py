"""Corrections: what of a value they keep, which values they can move, and who is shown what would move."""

from decimal import Decimal

import pytest
from django.urls import reverse

from indicators.actions import corrections, definitions, imports, observations
from indicators.choices import Basis, ImportKind, Role
from indicators.models.correction import Correction
from indicators.models.observation import Observation
from indicators.people import Refused
from indicators.queries.supplied_values import why_computed
from indicators.readers.observations import read_observations
from indicators.readers.return_cells import Entered
from portal.models.role import RoleHolding
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.case_files import DEFINITIONS, TIDY_HEADER, indicator, load, small_force
from tests.people import NOBODY_IN_PARTICULAR

pytestmark = pytest.mark.django_db

QUARTER = "quarter,2020-07-01,2020-09-30"
INPUTS = ("investigations", "arrests")
RATE = "/figures/rate.quarter/?quarter=2020-21-Q2"


@pytest.fixture
def force(db):
    """Return a small force with a percentage, a composite of two counts and a region beside it."""
    made = small_force()
    total = indicator("both", formula={"numerator": [{"indicator": "investigations"}, {"indicator": "arrests"}]})
    more = [
        indicator("rate", kind="percentage", unit="percent", decimals=1, is_additive=False),
        indicator("arrests"),
        {**total, "is_additive": False, "over_areas": "supplied", "over_time": "supplied"},
    ]
    areas = [{"slug": "north", "name": "North"}]
    definitions.load({**DEFINITIONS, "indicators": more, "areas": areas}, by=NOBODY_IN_PARTICULAR)
    return made


@pytest.fixture
def ada(force):
    """Return an analyst."""
    return case_files.analyst()


@pytest.fixture
def ben(force):
    """Return another analyst."""
    return case_files.analyst("Ben Analyst")


def supplied(force, by, *lines: str) -> list[Observation]:
    """Load rows of a tidy file; returns what is then held, in their order."""
    load(force, by, "\n".join([TIDY_HEADER, *lines, ""]).encode(), ImportKind.OBSERVATIONS)
    rows = Observation.objects.select_related("indicator", "part", "area", "source", "data_import")
    return list(rows.filter(until_version=None).order_by("row"))


def rate(force, by, basis: str = "as-supplied") -> Observation:
    """Return a bare percentage."""
    return supplied(force, by, f"a,rate,,smallshire,{QUARTER},,,66.7,,,,{basis},,,supplied,from the table")[0]


def confirmed(made: Correction, by) -> Observation:
    """Confirm a correction; returns what is then held."""
    version = corrections.foresee(made)["version"]
    corrections.confirm(made, by=by, version=version)
    return Observation.objects.get(data_import=made.data_import)


@pytest.mark.parametrize("basis", ["as-supplied", "derived"])
def test_correct_a_value_keeps_what_it_rests_on(force, ada, ben, basis):
    made = corrections.propose(rate(force, ada, basis), Entered(Decimal("76.7")), by=ada, reason="Digit")
    held = confirmed(made, ben)
    assert (held.value, held.basis, held.note) == (Decimal("76.7"), basis, "from the table")


def test_correct_a_bare_percentage_by_its_counts_says_that_it_is_counted(force, ada, ben):
    right = Entered(Decimal(75), Decimal(3), Decimal(4))
    held = confirmed(corrections.propose(rate(force, ada), right, by=ada, reason="The counts came"), ben)
    assert (held.basis, held.numerator, held.denominator) == (Basis.COUNTED, 3, 4)


def test_the_file_of_a_correction_reads_as_what_was_applied(force, ada, ben):
    made = corrections.propose(rate(force, ada), Entered(Decimal("76.7")), by=ada, reason="Digit")
    held = confirmed(made, ben)
    path = imports.stored_path(made.data_import.sha256)
    read, problems = read_observations(path, observations.lookups(force.pk))
    assert not problems and len(read) == 1
    said = read[0]
    assert (said.value, said.basis, said.note, said.row_id) == (held.value, held.basis, held.note, held.row_id)


def test_a_figure_names_a_correction_once_where_it_comes_from(force, ada, ben, client):
    made = corrections.propose(rate(force, ada), Entered(Decimal("76.7")), by=ada, reason="A digit was wrong")
    confirmed(made, ben)
    client.force_login(User.objects.get(pk=ada.id))
    page = client.get(RATE).content.decode()
    assert "Correction proposed by Ada Analyst: A digit was wrong" in page
    assert "Other acts" not in page


def test_a_composite_that_is_worked_out_for_others_is_not_corrected(force, ada):
    published = f"a,both,,north,{QUARTER},,,50,,,,,,,supplied,"
    shown = supplied(force, ada, published)[0]
    assert why_computed(shown) == ""
    supplied(force, ada, *(f"{key},{key},,north,{QUARTER},,,30,,,,,,,supplied," for key in INPUTS))
    assert "worked out from other measures" in why_computed(Observation.objects.get(pk=shown.pk))


def test_refuse_to_confirm_where_the_figure_is_worked_out_by_now(force, ada, ben, client):
    shown = supplied(force, ada, f"a,both,,north,{QUARTER},,,50,,,,,,,supplied,")[0]
    made = corrections.propose(shown, Entered(Decimal(51)), by=ada, reason="One more")
    supplied(force, ada, *(f"{key},{key},,north,{QUARTER},,,30,,,,,,,supplied," for key in INPUTS))
    made = Correction.objects.get(pk=made.pk)
    with pytest.raises(Refused, match="worked out from other measures") as caught:
        corrections.confirm(made, by=ben, version=2)
    assert caught.value.verdict.is_conflict
    client.force_login(User.objects.get(pk=ben.id))
    page = client.get(reverse("correction", args=[made.pk])).content.decode()
    assert "worked out from other measures" in page and "Confirm the correction" not in page
    corrections.refuse(made, by=ben, reason="It is worked out now")


def test_show_what_would_move_to_those_alone_who_decide(force, ada, ben, client):
    made = corrections.propose(rate(force, ada), Entered(Decimal("76.7")), by=ada, reason="Digit")
    auditor = User.objects.create_user("aud@example.test", "Aud Auditor")
    RoleHolding.objects.create(user=auditor, role=Role.AUDITOR)
    address = reverse("correction", args=[made.pk])
    for user, is_shown in ((ben.id, True), (ada.id, False), (auditor.pk, False)):
        client.force_login(User.objects.get(pk=user))
        page = client.get(address).content.decode()
        assert ("Figures that would move" in page) == is_shown
        assert ("is shown first which figures would move" in page) != is_shown


def test_refuse_a_correction_without_a_reason_asks_at_the_field(force, ada, ben, client):
    made = corrections.propose(rate(force, ada), Entered(Decimal("76.7")), by=ada, reason="Digit")
    client.force_login(User.objects.get(pk=ben.id))
    answer = client.post(reverse("correction-refuse", args=[made.pk]), {"version": "1", "text": " "})
    page = answer.content.decode()
    assert answer.status_code == 422 and 'href="#id_text"' in page and "<title>Error:" in page
    assert "Figures that would move" in page and Correction.objects.open().count() == 1
