"""Expected deliveries by the actions: what the board knows, who may say what, and files loaded for a period."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from indicators.actions import deliveries, feeds, imports, profiles
from indicators.choices import Cadence, DeliveryState, ImportKind, ImportState, Role
from indicators.management.commands import _importing
from indicators.models.data_import import DataImport
from indicators.models.delivery import DeliveryNote, ExpectedDelivery
from indicators.models.feed import OfficialFeed
from indicators.models.profile import CaseProfile
from indicators.models.source import DataSource
from indicators.people import Person, Refused
from indicators.periods import Quarter
from indicators.queries import boards
from tests.indicators import case_files, official_files
from tests.indicators.case_files import case, case_file, revert, small_force, tidy_file, work
from tests.indicators.wide_files import csv_of, level

pytestmark = pytest.mark.django_db

Q4 = Quarter(2019, 4)  # January to March 2020
TODAY = date(2020, 2, 10)  # January was due on 5 February, February is due on 5 March
JANUARY, FEBRUARY, MARCH = date(2020, 1, 1), date(2020, 2, 1), date(2020, 3, 1)
FIGURE = ("investigations", "smallshire", "2020-01-01", "2020-01-31", 7)


@pytest.fixture
def force(db):
    """Return a small force."""
    return small_force()


@pytest.fixture
def ada(force) -> Person:
    """Return an analyst."""
    return case_files.analyst()


def delivery(force, by: Person, **more) -> ExpectedDelivery:
    """Expect monthly cases from January 2020 on, due five days after each month."""
    kind = more.get("kind", ImportKind.CASES)
    fields = {
        "name": "Crime extract", "kind": kind, "cadence": Cadence.MONTHLY, "due_days": 5, "sender": "Sam, 01234",
        "starts_on": JANUARY, "source": DataSource.objects.get(slug="cases" if kind == "cases" else "supplied"),
    }  # fmt: skip
    made = ExpectedDelivery(force=force, **{**fields, **more})
    deliveries.save(made, by=by)
    return made


def observations(force, by: Person, **more) -> ExpectedDelivery:
    """Expect supplied figures every quarter."""
    more = {"name": "Supplied figures", "kind": ImportKind.OBSERVATIONS, "cadence": Cadence.QUARTERLY, **more}
    return delivery(force, by, **more)


def send(expected: ExpectedDelivery, first: date, content: bytes, by: Person) -> DataImport:
    """Load a file for a period and check it."""
    data_import, _ = deliveries.receive(expected, first, "extract.csv", [content], by=by)
    work(imports.STAGE_TASK, data_import)
    return data_import


def apply(data_import: DataImport, by: Person) -> DataImport:
    """Confirm a checked file and apply it."""
    imports.confirm(data_import, by=by, reason="checked")
    work(imports.APPLY_TASK, data_import)
    assert data_import.state == ImportState.APPLIED
    return data_import


def states(force, quarter: Quarter = Q4, today: date = TODAY) -> list[str]:
    """Return the states of a quarter in the order of the board."""
    return [one.state.value for line in boards.board(force, quarter, today) for one in line.expected]


def one(expected: ExpectedDelivery, first: date) -> boards.Expected:
    """Return how a period stands on the day of the test."""
    found = boards.expected(expected, first, TODAY)
    assert found is not None
    return found


def test_board_of_nothing_loaded_tells_late_from_not_due(force, ada):
    delivery(force, ada)
    observations(force, ada)
    assert states(force) == ["late", "not-due", "not-due", "not-due"]
    dues = [one.due_on for line in boards.board(force, Q4, TODAY) for one in line.expected]
    assert dues == [date(2020, 2, 5), date(2020, 3, 5), date(2020, 4, 5), date(2020, 4, 5)]
    assert boards.summary(boards.board(force, Q4, TODAY)) == "0 of 4 received, 1 late, 3 not due yet"


def test_board_shows_only_periods_between_first_and_last_day(force, ada):
    delivery(force, ada, starts_on=FEBRUARY, ends_on=date(2020, 3, 31))
    (line,) = boards.board(force, Q4, TODAY)
    assert [one.name for one in line.expected] == ["February 2020", "March 2020"]
    assert [(span, one.name if one else None) for span, one in line.cells] == [
        (1, None),
        (1, "February 2020"),
        (1, "March 2020"),
    ]
    assert boards.board(force, Q4.next(), TODAY) == boards.board(force, Q4.previous(), TODAY) == []


def test_follow_a_file_of_observations_from_received_to_taken_back(force, ada):
    expected = observations(force, ada)
    data_import, is_new = deliveries.receive(expected, JANUARY, "x.csv", [tidy_file(FIGURE)], by=ada)
    assert is_new and one(expected, JANUARY).state == DeliveryState.IN_PROGRESS
    assert (data_import.delivery, data_import.delivery_period) == (expected, JANUARY)
    work(imports.STAGE_TASK, data_import)
    assert one(expected, JANUARY).state == DeliveryState.IN_PROGRESS
    apply(data_import, ada)
    arrived = one(expected, JANUARY)
    assert (arrived.state, arrived.file) == (DeliveryState.ARRIVED, data_import)
    assert one(expected, date(2020, 4, 1)).state == DeliveryState.NOT_DUE
    revert(data_import, ada)
    gone = one(expected, JANUARY)
    assert (gone.state, gone.file) == (DeliveryState.NOT_DUE, data_import)


def test_take_cases_back_expects_their_months_again(force, ada):
    expected = delivery(force, ada)
    both = apply(send(expected, JANUARY, case_file(case(1, "2020-01"), case(2, "2020-02")), ada), ada)
    assert states(force) == ["arrived", "arrived", "not-due"]
    revert(both, ada)
    assert states(force) == ["late", "not-due", "not-due"]


def test_abandon_a_file_expects_it_again(force, ada):
    expected = delivery(force, ada)
    data_import = send(expected, JANUARY, case_file(case(1, "2020-01")), ada)
    imports.abandon(data_import, by=ada)
    assert one(expected, JANUARY).state == DeliveryState.LATE
    assert one(expected, JANUARY).file == data_import


def test_refused_file_is_named_until_a_better_one_comes(force, ada):
    expected = delivery(force, ada)
    refused = send(expected, JANUARY, case_file(case(1, "2020-01", "Robery")), ada)
    assert refused.state == ImportState.REFUSED
    assert (one(expected, JANUARY).state, one(expected, JANUARY).file) == (DeliveryState.REFUSED, refused)
    better = apply(send(expected, JANUARY, case_file(case(1, "2020-01")), ada), ada)
    assert (one(expected, JANUARY).state, one(expected, JANUARY).file) == (DeliveryState.ARRIVED, better)


def test_cases_loaded_without_a_delivery_are_received_once_all_months_are_held(force, ada):
    delivery(force, ada)
    delivery(force, ada, name="Quarterly extract", cadence=Cadence.QUARTERLY)
    case_files.load(force, ada, case_file(case(1, "2020-01"), case(2, "2020-02")))
    assert states(force) == ["arrived", "arrived", "not-due", "not-due"]
    last = case_files.load(force, ada, case_file(case(3, "2020-03")))
    assert states(force) == ["arrived"] * 4
    assert boards.board(force, Q4, TODAY)[1].expected[0].file == last


def test_observations_loaded_without_a_delivery_are_not_taken_for_it(force, ada):
    observations(force, ada)
    case_files.load(force, ada, tidy_file(FIGURE), ImportKind.OBSERVATIONS)
    assert states(force) == ["not-due"]


def test_cases_of_another_month_do_not_pass_for_the_month_they_were_loaded_for(force, ada):
    expected = delivery(force, ada)
    wrong = apply(send(expected, JANUARY, case_file(case(1, "2020-02")), ada), ada)
    assert states(force) == ["late", "arrived", "not-due"]
    assert one(expected, JANUARY).file == wrong


def test_cases_of_another_force_are_not_taken_for_this_one(force, ada):
    from indicators.actions import areas

    other = areas.ensure_force("elsewhere", "Elsewhere Police")
    delivery(other, ada)
    case_files.load(force, ada, case_file(case(1, "2020-01")))
    assert states(other) == ["late", "not-due", "not-due"] and states(force) == []


def test_send_bytes_that_are_known_without_a_delivery_binds_them_to_it(force, ada):
    expected = observations(force, ada)
    known = case_files.load(force, ada, tidy_file(FIGURE), ImportKind.OBSERVATIONS)
    same, is_new = deliveries.receive(expected, JANUARY, "again.csv", [tidy_file(FIGURE)], by=ada)
    assert (same, is_new) == (known, False)
    assert one(expected, JANUARY).state == DeliveryState.ARRIVED


def test_send_bytes_that_were_loaded_for_another_period_leaves_them_there(force, ada):
    expected = observations(force, ada)
    apply(send(expected, JANUARY, tidy_file(FIGURE), ada), ada)
    same, is_new = deliveries.receive(expected, date(2020, 4, 1), "again.csv", [tidy_file(FIGURE)], by=ada)
    assert (same.delivery_period, is_new) == (JANUARY, False)
    assert one(expected, date(2020, 4, 1)).state == DeliveryState.NOT_DUE


def test_receive_for_a_period_that_is_not_expected_is_refused_and_keeps_nothing(force, ada):
    expected = delivery(force, ada)
    for first in (date(2019, 12, 1), date(2020, 1, 2)):
        with pytest.raises(Refused, match="covers no period that begins on"):
            deliveries.receive(expected, first, "x.csv", [b"x"], by=ada)
    assert not DataImport.objects.exists()


def test_not_available_holds_until_it_is_lifted(force, ada):
    expected = delivery(force, ada)
    note = deliveries.set_unavailable(expected, JANUARY, "  The system was replaced. ", by=ada)
    assert note.reason == "The system was replaced."
    assert (one(expected, JANUARY).state, one(expected, JANUARY).note) == (DeliveryState.NOT_AVAILABLE, note)
    assert one(expected, FEBRUARY).state == DeliveryState.NOT_DUE
    with pytest.raises(Refused, match="already"):
        deliveries.set_unavailable(expected, JANUARY, "Again", by=ada)
    deliveries.lift(note, by=ada)
    assert one(expected, JANUARY).state == DeliveryState.LATE
    assert note.lifted_at is not None and note.lifted_by_id == ada.id
    with pytest.raises(Refused, match="expected again already") as lost:
        deliveries.lift(note, by=ada)
    assert lost.value.verdict.is_conflict
    deliveries.set_unavailable(expected, JANUARY, "And again", by=ada)
    assert one(expected, JANUARY).state == DeliveryState.NOT_AVAILABLE


def test_not_available_gives_way_to_a_file_that_comes_after_all(force, ada):
    expected = delivery(force, ada)
    deliveries.set_unavailable(expected, JANUARY, "Late from the system.", by=ada)
    apply(send(expected, JANUARY, case_file(case(1, "2020-01")), ada), ada)
    assert one(expected, JANUARY).state == DeliveryState.ARRIVED


def test_not_available_of_a_file_that_is_here_or_on_its_way_is_refused(force, ada):
    expected = delivery(force, ada)
    data_import = send(expected, JANUARY, case_file(case(1, "2020-01")), ada)
    with pytest.raises(Refused, match="on its way"):
        deliveries.set_unavailable(expected, JANUARY, "Nothing came", by=ada)
    apply(data_import, ada)
    with pytest.raises(Refused, match="has been received"):
        deliveries.set_unavailable(expected, JANUARY, "Nothing came", by=ada)
    with pytest.raises(Refused, match="Give the reason"):
        deliveries.set_unavailable(expected, FEBRUARY, "   ", by=ada)
    assert not DeliveryNote.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ANALYST])
def test_nobody_but_an_analyst_says_what_is_expected(force, ada, role):
    expected = delivery(force, ada)
    note = deliveries.set_unavailable(expected, JANUARY, "No file", by=ada)
    other = Person(id=ada.id, name="Sam", email="sam@example.test", roles=frozenset({role}))
    expected.name = "Another name"
    acts = (
        lambda: deliveries.save(expected, by=other),
        lambda: deliveries.set_unavailable(expected, FEBRUARY, "No file", by=other),
        lambda: deliveries.lift(note, by=other),
        lambda: deliveries.receive(expected, FEBRUARY, "x.csv", [b"x"], by=other),
    )
    for act in acts:
        with pytest.raises(Refused, match="Only an analyst"):
            act()
    assert ExpectedDelivery.objects.get().name == "Crime extract"
    assert DeliveryNote.objects.get().lifted_at is None and not DataImport.objects.exists()


def test_change_what_a_delivery_is_after_a_file_came_is_refused(force, ada):
    expected = delivery(force, ada)
    expected.cadence = Cadence.QUARTERLY
    deliveries.save(expected, by=ada)  # nothing belongs to it yet
    expected.cadence = Cadence.MONTHLY
    deliveries.save(expected, by=ada)
    deliveries.set_unavailable(expected, JANUARY, "No file", by=ada)
    for name, value in (("cadence", Cadence.QUARTERLY), ("kind", ImportKind.OBSERVATIONS)):
        changed = ExpectedDelivery.objects.get()
        setattr(changed, name, value)
        with pytest.raises(Refused, match="add another delivery"):
            deliveries.save(changed, by=ada)
    changed = ExpectedDelivery.objects.get()
    changed.ends_on, changed.sender = date(2020, 6, 30), "Somebody else"
    deliveries.save(changed, by=ada)
    assert ExpectedDelivery.objects.get().sender == "Somebody else"


def test_expect_the_same_name_twice_is_refused_in_words(force, ada):
    delivery(force, ada)
    with pytest.raises(Refused, match="“Crime extract” is expected already"):
        delivery(force, ada)


def test_database_refuses_a_file_for_a_period_of_no_delivery(force, ada):
    data_import, _ = imports.receive(force, ImportKind.CASES, "x.csv", [b"x"], by=ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        DataImport.objects.filter(pk=data_import.pk).update(delivery_period=JANUARY)


def test_database_keeps_who_changed_a_delivery_and_a_note(force, ada):
    expected = delivery(force, ada)
    expected.due_days = 9
    deliveries.save(expected, by=ada)
    assert list(expected.events.order_by("pgh_id").values_list("due_days", flat=True)) == [5, 9]
    note = deliveries.set_unavailable(expected, JANUARY, "No file", by=ada)
    deliveries.lift(note, by=ada)
    assert [bool(event.lifted_at) for event in note.events.order_by("pgh_id")] == [False, True]


@pytest.mark.parametrize(
    ("today", "quarter"),
    [
        (date(2020, 3, 31), Quarter(2019, 3)),
        (date(2020, 4, 1), Quarter(2019, 4)),
        (date(2020, 6, 30), Quarter(2019, 4)),
        (date(2020, 7, 1), Quarter(2020, 1)),
        (date(2026, 11, 23), Quarter(2026, 2)),
    ],
)
def test_open_the_board_at_the_newest_quarter_that_is_over(force, ada, today, quarter):
    delivery(force, ada)
    assert boards.newest_quarter(force, today) == quarter


def test_open_the_board_at_the_last_quarter_of_deliveries_that_have_all_ended(force, ada):
    delivery(force, ada, ends_on=date(2020, 12, 31))
    observations(force, ada, ends_on=date(2020, 9, 30))
    assert boards.newest_quarter(force, date(2026, 11, 23)) == Quarter(2020, 3)
    assert boards.newest_quarter(force, date(2020, 8, 1)) == Quarter(2020, 1)
    delivery(force, ada, name="Goes on")
    assert boards.newest_quarter(force, date(2026, 11, 23)) == Quarter(2026, 2)


def test_load_a_document_of_deliveries_twice_changes_nothing(force, ada):
    entry = {
        "name": "Crime extract", "source": "cases", "kind": "cases", "cadence": "monthly", "due_days": 5,
        "sender": "Sam", "loader": ada.email, "instructions": "Ask.", "checks": ["One", "Two"],
        "starts_on": "2020-01-01",
    }  # fmt: skip
    for _ in range(2):
        assert deliveries.load([entry, {**entry, "name": "Other", "loader": "", "checks": []}], force, by=ada) == 2
    first, second = ExpectedDelivery.objects.order_by("position")
    assert (first.name, first.check_lines, first.loader_id) == ("Crime extract", ["One", "Two"], ada.id)
    assert (second.name, second.check_lines, second.loader_id, second.ends_on) == ("Other", [], None, None)


def test_command_loads_a_file_as_the_one_expected(force, ada, tmp_path, monkeypatch):
    monkeypatch.setattr(_importing, "PATIENCE_SECONDS", 0.0)
    expected = delivery(force, ada)
    path = tmp_path / "january.csv"
    path.write_bytes(case_file(case(1, "2020-01")))
    options = {"force": force.slug, "email": ada.email, "delivery": "Crime extract"}
    with pytest.raises(CommandError, match="Give --delivery and --period"):
        call_command("import_cases", path, **options)
    with pytest.raises(CommandError, match="Give --delivery and --period"):
        call_command("import_observations", path, **options, period=JANUARY)
    with pytest.raises(CommandError, match="covers no period"):
        call_command("import_cases", path, **options, period=date(2019, 1, 1))
    assert not DataImport.objects.exists()
    call_command("import_cases", path, **options, period=JANUARY, yes=True)
    assert one(expected, JANUARY).state == DeliveryState.ARRIVED
    assert one(expected, JANUARY).file.delivery_period == JANUARY


def test_demonstration_expects_sources_of_its_own_with_files_that_it_has(settings):
    folder = settings.BASE_DIR / "portal" / "demonstration" / "files"
    document = json.loads((folder / "deliveries.json").read_text())
    sources = {one["slug"]: one["kind"] for one in json.loads((folder / "definitions.json").read_text())["sources"]}
    names = [entry["name"] for entry in document["deliveries"]]
    assert len(set(names)) == len(names)
    for entry in document["deliveries"]:
        assert sources[entry["source"]] == entry["kind"], entry["name"]
    assert {entry["delivery"] for entry in document["not_available"]} <= set(names)


def test_an_official_release_is_loaded_from_the_board_by_its_mapping(force, ada, tmp_path):
    feed = official_files.feed(force, ada, tmp_path)
    kind, quarterly = ImportKind.OFFICIAL, Cadence.QUARTERLY
    expected = delivery(force, ada, name="Area tables", kind=kind, cadence=quarterly, feed=feed)
    sent = send(expected, JANUARY, official_files.workbook(), ada)
    assert (sent.feed, sent.profile_version, sent.state) == (feed, 1, ImportState.STAGED)
    apply(sent, ada)
    (line,) = boards.board(force, Q4, TODAY)
    assert (line.delivery.read_by, line.expected[0].state) == (feed, DeliveryState.ARRIVED)


def test_wide_sheets_are_loaded_from_the_board_by_their_profile(force, ada):
    labels = {"Investigations": level("investigations")}
    source = DataSource.objects.get(slug="supplied")
    profile = profiles.create_for_sheets(force, source, "Partner sheet", {}, {}, by=ada)
    definition = {"shape": "periods-across", "label_columns": ["Measure"], "labels": labels}
    profiles.save(profile, definition, {}, version=0, by=ada)
    expected = observations(force, ada, sheet_profile=profile)
    content = csv_of([["Measure", "January 2020", "February 2020"], ["Investigations", 5, 7]])
    sent = apply(send(expected, JANUARY, content, ada), ada)
    assert (sent.sheet_profile, sent.rows) == (profile, 2)


@pytest.mark.parametrize("kind", [ImportKind.CASES, ImportKind.OBSERVATIONS, ImportKind.OFFICIAL])
def test_a_delivery_is_read_as_its_kind_in_the_action_and_in_the_database(force, ada, tmp_path, kind):
    feed = official_files.feed(force, ada, tmp_path)
    wrong = {"feed": None} if kind == ImportKind.OFFICIAL else {"feed": feed}
    with pytest.raises(Refused, match="mapping"):
        delivery(force, ada, kind=kind, **wrong)
    kept = delivery(force, ada, kind=kind, feed=feed if kind == ImportKind.OFFICIAL else None)
    if kind == ImportKind.OFFICIAL:  # deliveries from before mappings have none until somebody saves them
        ExpectedDelivery.objects.filter(pk=kept.pk).update(**wrong)
        kept.refresh_from_db()
        with pytest.raises(Refused, match="Choose the mapping"):
            deliveries.save(kept, by=ada)
        wrong = {"profile": case_profile(force, ada)}
    with pytest.raises(IntegrityError, match="delivery_is_read_as_its_kind"), transaction.atomic():
        ExpectedDelivery.objects.filter(pk=kept.pk).update(**wrong)


def test_the_same_workbook_by_two_mappings_is_two_imports_and_by_one_it_is_one(force, ada, tmp_path):
    first = official_files.feed(force, ada, tmp_path)
    path = tmp_path / "sample"
    second = feeds.create(force, DataSource.objects.get(slug="supplied"), "Robberies", path, by=ada)
    robberies = {"lines": [one for one in official_files.lines()["lines"] if one["indicator"] == "robbery"]}
    feeds.save(second, {"lines": [{**robberies["lines"][0], "indicator": "investigations"}]}, None, version=0, by=ada)
    content = official_files.workbook()
    boards_of = [
        delivery(force, ada, name=feed.name, kind=ImportKind.OFFICIAL, cadence=Cadence.QUARTERLY, feed=feed)
        for feed in (first, second)
    ]
    one, other = (apply(send(expected, JANUARY, content, ada), ada) for expected in boards_of)
    assert one.pk != other.pk and one.sha256 == other.sha256
    again, is_new = deliveries.receive(boards_of[0], JANUARY, "again.xlsx", [content], by=ada)
    assert (again.pk, is_new) == (one.pk, False)
    # Each is taken back by itself.
    revert(other, ada)
    assert DataImport.objects.get(pk=one.pk).state == ImportState.APPLIED


def test_a_document_of_deliveries_names_what_reads_them(force, ada, tmp_path):
    feed = official_files.feed(force, ada, tmp_path)
    entry = {
        "name": "Area tables", "source": "supplied", "kind": "official", "cadence": "quarterly", "due_days": 20,
        "sender": "Office", "instructions": "", "starts_on": "2020-01-01", "read_by": feed.name,
    }  # fmt: skip
    deliveries.load([entry], force, by=ada)
    assert ExpectedDelivery.objects.get().feed == feed
    with pytest.raises(Refused, match="has no such profile or mapping"):
        deliveries.load([{**entry, "read_by": "Nothing"}], force, by=ada)


def case_profile(force, by: Person) -> CaseProfile:
    """Return a profile of cases that is saved whole, as far as a delivery asks."""
    made = profiles.create(force, DataSource.objects.get(slug="cases"), "Extract", {}, {}, by=by)
    CaseProfile.objects.filter(pk=made.pk).update(version=1)
    made.refresh_from_db()
    return made


ENTRY = {
    "name": "Area tables", "source": "supplied", "kind": "official", "cadence": "quarterly", "due_days": 20,
    "sender": "Office", "instructions": "", "starts_on": "2020-01-01", "read_by": "Area tables",
}  # fmt: skip


def test_a_document_that_changes_the_kind_takes_off_what_read_the_old_one(force, ada, tmp_path):
    feed = official_files.feed(force, ada, tmp_path)
    deliveries.load([ENTRY], force, by=ada)
    entry = {name: value for name, value in ENTRY.items() if name != "read_by"}
    deliveries.load([{**entry, "kind": "observations"}], force, by=ada)
    held = ExpectedDelivery.objects.get()
    assert (held.kind, held.read_by) == ("observations", None)
    deliveries.load([ENTRY], force, by=ada)
    assert ExpectedDelivery.objects.get().read_by == feed


def test_a_document_that_names_no_reader_leaves_the_one_that_a_person_chose(force, ada):
    entry = {name: value for name, value in ENTRY.items() if name != "read_by"} | {"kind": "cases", "source": "cases"}
    deliveries.load([entry], force, by=ada)
    chosen, held = case_profile(force, ada), ExpectedDelivery.objects.get()
    held.profile = chosen
    deliveries.save(held, by=ada)
    deliveries.load([entry], force, by=ada)
    assert ExpectedDelivery.objects.get().profile == chosen
    deliveries.load([{**entry, "read_by": None}], force, by=ada)
    assert ExpectedDelivery.objects.get().profile is None


def test_a_delivery_whose_mapping_is_retired_is_given_its_last_day_and_no_other_takes_the_mapping(force, ada, tmp_path):
    feed = official_files.feed(force, ada, tmp_path)
    held = delivery(force, ada, kind=ImportKind.OFFICIAL, feed=feed)
    feeds.retire(feed, by=ada)
    held = ExpectedDelivery.objects.get(pk=held.pk)
    held.ends_on = date(2020, 3, 31)
    deliveries.save(held, by=ada)
    assert ExpectedDelivery.objects.get(pk=held.pk).ends_on == date(2020, 3, 31)
    with pytest.raises(Refused, match="is retired"):
        delivery(force, ada, name="Another", kind=ImportKind.OFFICIAL, feed=OfficialFeed.objects.get())
    with pytest.raises(Refused, match="is retired"):
        send(held, JANUARY, official_files.workbook(), ada)
