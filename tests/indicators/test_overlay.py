"""Marks, and cases set aside by two people: who may, what it does to the figures, what it survives."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from indicators.actions import aggregates, cells, counting, overlay
from indicators.choices import CountingPolicy, Role, SetAsideState, VersionKind
from indicators.models.aggregate import Aggregate
from indicators.models.area import Force
from indicators.models.case import CaseMonth
from indicators.models.data_import import DataImport
from indicators.models.data_version import DataVersion
from indicators.models.overlay import Mark, SetAside
from indicators.models.source import DataSource
from indicators.people import Person, Refused
from indicators.queries.cases import CaseKey, key_of
from portal.models.role import RoleHolding
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.case_files import CODES, case, case_file, reference, small_force

pytestmark = pytest.mark.django_db

JANUARY = date(2020, 1, 1)
FIRST = CaseKey(JANUARY, key_of(reference(1)), 0)


@pytest.fixture
def force(db) -> Force:
    """Return a small force."""
    return small_force()


@pytest.fixture
def ada(db) -> Person:
    """Return an analyst."""
    return case_files.analyst()


@pytest.fixture
def ben(db) -> Person:
    """Return a second analyst."""
    return case_files.analyst("Ben Analyst")


@pytest.fixture
def load(force, ada) -> Callable[..., DataImport]:
    """Return a loader: takes a file from receipt to figures."""
    return partial(case_files.load, force, ada)


def somebody(role: Role) -> Person:
    """Return a person with one role."""
    user = User.objects.create_user(f"{role}@example.test", f"Some {role}")
    RoleHolding.objects.create(user=user, role=role)
    return user.person


def robberies(force: Force, area: str = "smallshire", window: str = "month") -> tuple[int, str]:
    """Return the robberies of January 2020 as (value, caution)."""
    row = Aggregate.objects.get(
        force=force, until_version__isnull=True, indicator__key="robbery", area__slug=area, window=window,
        end="2020-01-31",
    )  # fmt: skip
    return int(row.value or 0), row.caution


def is_whole(force: Force) -> bool:
    """Tell whether cells and figures are what counting everything anew gives."""
    months = list(CaseMonth.objects.filter(force=force, until_version__isnull=True).values_list("month", flat=True))
    with connection.cursor() as cursor:
        return cells.differences(cursor, force.pk, months) == 0 and aggregates.differences(force) == 0


def set_aside(force: Force, asked_by: Person, agreed_by: Person, at: CaseKey = FIRST) -> SetAside:
    """Set a case aside by two people."""
    found = overlay.ask(force, at, by=asked_by, reason="recorded twice")
    overlay.agree(found, by=agreed_by)
    return found


def test_set_a_case_aside_takes_it_out_of_every_figure_and_says_so(force, ada, ben, load):
    load(case_file(case(1, "2020-01"), case(2, "2020-01"), case(3, "2020-01", area=CODES["Coast"][0])))
    asked = overlay.ask(force, FIRST, by=ada, reason="recorded twice")
    assert asked.state == SetAsideState.ASKED and robberies(force) == (3, "")
    overlay.agree(asked, by=ben)
    assert (asked.state, asked.since_version, asked.agreed_by_id) == (SetAsideState.IN_FORCE, 2, ben.id)
    said = "1 case is set aside"
    assert robberies(force) == (2, said)
    assert robberies(force, "hill") == (1, said) and robberies(force, "division-east") == (1, said)
    assert robberies(force, "coast") == (1, "")
    version = DataVersion.objects.get(number=2)
    assert (version.kind, version.by_id, version.reason) == (
        VersionKind.SET_ASIDE, ben.id, "1 case of January 2020 is set aside",
    )  # fmt: skip
    assert is_whole(force)
    overlay.lift(asked, by=ada, reason="it was another case")
    assert (asked.state, asked.until_version) == (SetAsideState.LIFTED, 3)
    assert robberies(force) == (3, "") and is_whole(force)


def test_agree_by_the_person_who_asked_is_refused_in_words_and_by_the_database(force, ada, load):
    load(case_file(case(1, "2020-01")))
    asked = overlay.ask(force, FIRST, by=ada, reason="recorded twice")
    with pytest.raises(Refused, match="A second person has to agree"):
        overlay.agree(asked, by=ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        SetAside.objects.filter(pk=asked.pk).update(agreed_by_id=ada.id, since_version=2)
    assert robberies(force) == (1, "") and DataVersion.objects.count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.LEAD, Role.DEPUTY, Role.CONTRIBUTOR}])
def test_agree_is_for_analysts_and_report_managers(force, ada, load, role):
    load(case_file(case(1, "2020-01")))
    asked = overlay.ask(force, FIRST, by=ada, reason="recorded twice")
    person = somebody(role)
    if role in {Role.ANALYST, Role.REPORT_MANAGER}:
        overlay.agree(asked, by=person)
        assert robberies(force)[0] == 0
    else:
        with pytest.raises(Refused):
            overlay.agree(asked, by=person)
    if role != Role.ANALYST:
        for act in (overlay.mark, overlay.ask):
            with pytest.raises(Refused, match="Only an analyst"):
                act(force, FIRST, by=person, reason="why")
        with pytest.raises(Refused, match="Only an analyst"):
            overlay.lift(asked, by=person, reason="why")


def test_set_aside_survives_the_month_imported_again_until_it_is_lifted(force, ada, ben, load):
    load(case_file(case(1, "2020-01"), case(2, "2020-01")))
    one = set_aside(force, ada, ben)
    later = load(case_file(case(1, "2020-01", outcome="Closed"), case(2, "2020-01"), case(3, "2020-01")))
    assert robberies(force) == (2, "1 case is set aside") and is_whole(force)
    # It goes from the data and comes again; it never counts.
    gone = load(case_file(case(2, "2020-01"), case(3, "2020-01")))
    assert robberies(force) == (2, "") and is_whole(force)
    case_files.revert(gone, ada)
    assert robberies(force) == (2, "1 case is set aside") and is_whole(force)
    case_files.revert(later, ada)
    assert robberies(force) == (1, "1 case is set aside") and is_whole(force)
    overlay.lift(one, by=ben, reason="counted after all")
    assert robberies(force) == (2, "") and is_whole(force)


def test_set_aside_of_a_month_taken_away_and_loaded_anew_still_holds(force, ada, ben, load):
    load(case_file(case(9, "2019-12")))
    first = load(case_file(case(1, "2020-01"), case(2, "2020-01")))
    one = set_aside(force, ada, ben)
    case_files.revert(first, ada)
    assert is_whole(force)
    load(case_file(case(1, "2020-01"), case(2, "2020-01"), case(3, "2020-01")))
    assert robberies(force) == (2, "1 case is set aside") and is_whole(force)
    overlay.lift(one, by=ada, reason="counted after all")
    assert robberies(force) == (3, "")


def test_lift_while_the_month_is_not_held_counts_when_it_comes_again(force, ada, ben, load):
    load(case_file(case(9, "2019-12")))
    first = load(case_file(case(1, "2020-01"), case(2, "2020-01")))
    one = set_aside(force, ada, ben)
    case_files.revert(first, ada)
    overlay.lift(one, by=ada, reason="counted after all")
    assert is_whole(force)
    load(case_file(case(1, "2020-01"), case(2, "2020-01")))
    assert robberies(force) == (2, "") and is_whole(force)


def test_set_aside_the_row_that_counts_of_a_repeated_identifier_takes_the_identifier_out(force, ada, ben, load):
    load(case_file(case(1, "2020-01", outcome="a"), case(1, "2020-01", outcome="b"), case(2, "2020-01")))
    counting.change(
        DataSource.objects.get(slug="cases"), CountingPolicy.DISTINCT, date(2020, 1, 1), by=ada, reason="repeats"
    )
    assert robberies(force)[0] == 2
    set_aside(force, ada, ben)
    assert robberies(force) == (1, "1 case is set aside")


def test_withdraw_ends_a_request_without_a_new_data_version(force, ada, ben, load):
    load(case_file(case(1, "2020-01")))
    asked = overlay.ask(force, FIRST, by=ada, reason="recorded twice")
    with pytest.raises(Refused, match="already asked"):
        overlay.ask(force, FIRST, by=ben, reason="me too")
    with pytest.raises(Refused, match="somebody else asked"):
        overlay.withdraw(asked, by=ben)
    overlay.withdraw(asked, by=ada)
    assert asked.state == SetAsideState.WITHDRAWN and DataVersion.objects.count() == 1
    with pytest.raises(Refused, match="was withdrawn"):
        overlay.agree(asked, by=ben)
    turned_down = overlay.ask(force, FIRST, by=ada, reason="recorded twice")
    overlay.withdraw(turned_down, by=ben, reason="it is another case")
    assert set(SetAside.objects.ended().values_list("lift_reason", flat=True)) == {"", "it is another case"}


def test_agree_and_lift_twice_are_conflicts_that_change_nothing(force, ada, ben, load):
    load(case_file(case(1, "2020-01"), case(2, "2020-01")))
    asked = overlay.ask(force, FIRST, by=ada, reason="recorded twice")
    seen_by_other = SetAside.objects.get(pk=asked.pk)  # as another request saw it
    overlay.agree(asked, by=ben)
    with pytest.raises(Refused) as refusal:
        overlay.agree(seen_by_other, by=somebody(Role.REPORT_MANAGER))
    assert refusal.value.verdict.is_conflict
    seen_by_other = SetAside.objects.get()
    overlay.lift(asked, by=ada, reason="why")
    with pytest.raises(Refused) as refusal:
        overlay.lift(seen_by_other, by=ada, reason="why")
    assert refusal.value.verdict.is_conflict
    assert DataVersion.objects.count() == 3 and robberies(force) == (2, "")


def test_set_aside_or_lift_where_rows_are_no_longer_held_is_refused_and_leaves_the_counts(force, ada, ben, load):
    load(case_file(case(1, "2020-01"), case(2, "2020-01"), case(3, "2020-01")))
    held = set_aside(force, ada, ben)
    asked = overlay.ask(force, CaseKey(JANUARY, key_of(reference(2)), 0), by=ada, reason="recorded twice")
    CaseMonth.objects.update(rows_removed_at=timezone.now())
    before = robberies(force)
    for act in (
        partial(overlay.ask, force, CaseKey(JANUARY, key_of(reference(3)), 0), by=ada, reason="why"),
        partial(overlay.mark, force, CaseKey(JANUARY, key_of(reference(3)), 0), by=ada, reason="why"),
        partial(overlay.agree, asked, by=ben),
        partial(overlay.lift, held, by=ada, reason="why"),
    ):
        with pytest.raises(Refused, match="The rows of January 2020 are no longer held"):
            act()
    assert robberies(force) == before == (2, "1 case is set aside")
    assert DataVersion.objects.count() == 2


def test_ask_for_or_agree_to_a_case_that_is_not_in_the_data_is_refused(force, ada, ben, load):
    load(case_file(case(1, "2020-01"), case(2, "2020-01")))
    asked = overlay.ask(force, FIRST, by=ada, reason="recorded twice")
    load(case_file(case(2, "2020-01")))
    with pytest.raises(Refused, match="not in the data"):
        overlay.agree(asked, by=ben)
    with pytest.raises(Refused, match="not in the data"):
        overlay.mark(force, FIRST, by=ada, reason="why")
    assert DataVersion.objects.count() == 2


def test_mark_a_case_and_clear_the_mark_changes_no_figure(force, ada, ben, load):
    load(case_file(case(1, "2020-01")))
    mark = overlay.mark(force, FIRST, by=ada, reason="place looks wrong")
    assert mark.reference == reference(1)
    with pytest.raises(Refused, match="already marked"):
        overlay.mark(force, FIRST, by=ben, reason="me too")
    with pytest.raises(Refused, match="Give a reason"):
        overlay.mark(force, FIRST, by=ada, reason=" ")
    seen_by_other = Mark.objects.get()
    overlay.clear(mark, by=ben)
    with pytest.raises(Refused, match="Somebody else was faster"):
        overlay.clear(seen_by_other, by=ada)
    with pytest.raises(Refused, match="already cleared"):
        overlay.clear(mark, by=ada)
    assert not Mark.objects.open().exists()
    assert robberies(force) == (1, "") and DataVersion.objects.count() == 1


@pytest.fixture
def without_partitions(transactional_db) -> Iterator[None]:
    """Take the tables of cases away that a committed test made: emptying the models' own tables leaves them."""
    yield
    with connection.cursor() as cursor:
        parents = ["indicators_case", "indicators_casechange"]
        sought = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent::regclass::text = ANY(%s)"
        cursor.execute(sought, [parents])
        for (table,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {table} CASCADE")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_agree_while_an_import_holds_the_figures_says_try_again(without_partitions):
    force, ada, ben = small_force(), case_files.analyst(), case_files.analyst("Ben Analyst")
    case_files.load(force, ada, case_file(case(1, "2020-01")))
    asked = overlay.ask(force, FIRST, by=ada, reason="recorded twice")
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT * FROM indicators_force FOR UPDATE")
        with pytest.raises(Refused, match="Try again in a minute") as refusal:
            overlay.agree(asked, by=ben)
        assert refusal.value.verdict.is_conflict
    assert SetAside.objects.asked().exists() and DataVersion.objects.count() == 1
    overlay.agree(asked, by=ben)
    assert robberies(force)[0] == 0
