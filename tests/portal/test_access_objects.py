"""Every address of an object, with every kind of person, in every state of the object: who gets in, who may act.

What is expected is written here in full, and not taken from the rules it tests.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from indicators.actions import (
    corrections,
    dated_notes,
    deliveries,
    feeds,
    groups,
    imports,
    overlay,
    profiles,
    received_files,
    returns,
    spans,
    targets,
)
from indicators.choices import AreaKind, ImportKind
from indicators.models.area import Area
from indicators.models.case import Case
from indicators.models.data_import import DataImport
from indicators.models.dated_note import DatedNote
from indicators.models.delivery import ExpectedDelivery
from indicators.models.observation import Observation
from indicators.models.overlay import SetAside
from indicators.models.partner_return import PartnerReturn
from indicators.models.portfolio import Portfolio
from indicators.models.source import DataSource
from indicators.models.target import Target
from indicators.periods import Quarter
from indicators.queries.cases import CaseKey
from indicators.queries.partner_returns import grid_rows
from indicators.readers.return_cells import Entered
from narratives.actions import drafting, review
from portal.models.report import Report
from portal.models.role import RoleHolding
from portal.models.user import User
from tests.indicators import case_files, official_files
from tests.portal.small_quarter import FILES, TEXTS, SmallQuarter, account, work
from tests.portal.test_access import GATED

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TOPIC = "modern-slavery"
SLUG = "lancashire-quarterly-2020-21-q2"
ALL = {
    "lead", "deputy", "contributor", "writing reviewer", "other lead", "reviewer", "manager", "approver",
    "commissioner", "scrutiny officer", "auditor", "analyst", "administrator",
}  # fmt: skip
OWN = {"lead", "deputy", "contributor", "writing reviewer"}
FORCE = ALL - {"commissioner", "scrutiny officer", "administrator"}
DESK = {"manager", "approver", "auditor"}
FILE_KEEPERS = {"analyst", "manager", "auditor"}
BEFORE, AFTER = OWN | {"manager"}, OWN | {"manager", "reviewer", "approver", "auditor"}
SEEN = {"not-started": BEFORE, "drafted": BEFORE, "submitted": AFTER, "returned": AFTER, "approved": AFTER}
# Address -> state -> who does it. A state that is not named: nobody.
SECTION_ACTS = {
    "section-edit": dict.fromkeys(("not-started", "drafted", "returned", "approved"), OWN),
    "section-take-figures": {},
    "section-submit": {"drafted": {"lead", "deputy"}},
    "section-withdraw": {"submitted": {"lead", "deputy"}},
    "section-request-changes": {"submitted": {"reviewer", "writing reviewer"}},
    "section-approve": {"submitted": {"reviewer"}},
}
SECTION_PAGES = {"section", "section-revision", "section-chart"}
DESK_PAGES = {"desk-report", "desk-progress"}
DRAFT_PAGES = {"desk-draft", "desk-draft-pdf", "desk-draft-word", "desk-draft-chart"}
EDITION_PAGES = {"report", "edition", "edition-file"}
REPORT_ACTS = {
    # The same cut once more changes nothing.
    "desk-cut": {state: {"manager"} for state in ("opened", "assembled", "signed-off", "presented")},
    "desk-assemble": {"assembled": {"manager"}},
    "desk-sign-off": {"assembled": {"approver"}},
    "desk-send-back": {"assembled": {"approver"}, "signed-off": {"approver"}},
    "desk-present": {"signed-off": {"manager"}},
}
IMPORT_PAGES = {"import", "import-progress", "import-problems", "import-figures", "import-texts", "import-reported"}
IMPORT_ACTS = {
    "import-confirm": {"staged": {"analyst"}},
    "import-abandon": {state: {"analyst"} for state in ("received", "staged")},
    "import-accept": {},  # only a refused file with single faulty rows, tried in tests/indicators
    "import-revert": {"applied": {"analyst"}},
    "import-retry": {},
}
PROFILE_ACTS = {"profile-edit", "profile-retire"}
NOTE_ACTS = {"note-edit", "note-end"}
SPAN_ACTS = {"span-end"}
FEED_ACTS = {"feed-edit", "feed-retire"}
SHEET_PROFILE_PAGES = {"sheet-profile", "sheet-profile-edit", "sheet-profile-retire"}
RULE_ACTS = {"counting-change", "retention-settle"}
DELIVERY_PAGES = {"delivery-edit", "delivery-load", "delivery-unavailable"}
DELIVERY_ACTS = {
    "delivery-unavailable": {state: {"analyst"} for state in ("late", "refused")},
    "delivery-lift": {"not-available": {"analyst"}},
}
CASE_SEERS, SET_ASIDE_SEERS = {"analyst", "auditor"}, {"analyst", "manager", "auditor"}
CASE_PAGES = {"case", "indicator-cases"}
# The state of a case: free, asked for by somebody else to be set aside, asked for by Ada herself, set aside, lifted.
CASE_STATES = ("free", "asked", "asked by Ada", "in force", "lifted")
CASE_ACTS = {
    "case-mark": {key: {"analyst"} for key in CASE_STATES},
    "case-set-aside": {key: {"analyst"} for key in ("free", "lifted")},
}
SET_ASIDE_ACTS = {
    "set-aside-agree": {"asked": {"analyst", "manager"}, "asked by Ada": {"manager"}},
    "set-aside-withdraw": {key: {"analyst", "manager"} for key in ("asked", "asked by Ada")},
    "set-aside-lift": {"in force": {"analyst"}},
}
INDICATOR_PAGES = {
    **dict.fromkeys(
        ("indicator", "indicator-chart", "indicator-history", "api-indicator", "api-beside", "api-months"),
        "domestic_abuse_investigations",
    ),
    **dict.fromkeys(("figure", "api-figure", "api-vintages"), "domestic_abuse_investigations.month"),
    **dict.fromkeys(("api-exhibit", "api-cells"), "investigations"),
}
TARGET_PAGES = {"target-edit", "target-end"}
RETURN_PAGES = {"return", "return-sent", "return-progress", "return-reported"}
CORRECTION_PAGES = {"correction", "correction-propose", "correction-reported"}
RETURN_ACTS = {
    "return-confirm": {"staged": {"analyst", "lead", "deputy"}},
    "return-withdraw": {state: {"analyst", "lead", "deputy", "contributor"} for state in ("received", "staged")},
}
RETURN_SEERS = OWN | {"analyst", "manager", "auditor"}
CORRECTION_ACTS = {
    "correction-confirm": {"proposed": {"manager"}},
    "correction-refuse": {"proposed": {"manager"}},
    "correction-withdraw": {"proposed": {"analyst"}},
}


def browsers(quarter: SmallQuarter) -> Iterator[tuple[str, Client]]:
    """Sign in one person of every kind."""
    crime, people = Portfolio.objects.get(slug="crime"), Portfolio.objects.get(slug="people")
    users = {
        **quarter.users,
        "deputy": account("Deb Deputy", "deputy", crime),
        "contributor": account("Con Contributor", "contributor", crime),
        "other lead": account("Otto Other", "lead", people),
        "writing reviewer": account("Wim Writer", "contributor", crime),
        "scrutiny officer": account("Sue Scrutiny", "scrutiny-officer"),
        "administrator": account("Adam Administrator", "administrator"),
    }
    RoleHolding.objects.create(user=users["writing reviewer"], role="reviewer")
    assert users.keys() == ALL
    for name, user in users.items():
        browser = Client()
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        yield name, browser


def status_of(browser: Client, method: str, address: str, fields: dict[str, object]) -> int:
    """Ask, and take back whatever it did."""
    with transaction.atomic():
        answer = getattr(browser, method)(address, fields)
        transaction.set_rollback(True)
    return int(answer.status_code)


def check(who: str, browser: Client, address: str, opens: bool) -> None:
    """A page opens or is not found, nothing between."""
    found = status_of(browser, "get", address, {})
    assert found in ({200, 302} if opens else {404}), (who, address, found)


def check_act(who: str, browser: Client, address: str, fields: dict[str, object], does: bool, sees: bool) -> None:
    """An act is done, or refused in words to those who see the object, or not found."""
    found = status_of(browser, "post", address, fields)
    assert found in ({302} if does else {400, 403, 404, 409} if sees else {404}), (who, address, found)


def in_state(quarter: SmallQuarter, state: str, writer):
    """Bring the section to a state by the people whose work that is."""

    def section():
        return quarter.section(TOPIC)

    if state != "not-started":
        drafting.save(section(), TEXTS[TOPIC], by=writer, version=0)
    if state in {"submitted", "returned", "approved"}:
        review.submit(section(), by=quarter.person("lead"), version=1)
    if state == "returned":
        review.request_changes(section(), by=quarter.person("reviewer"), version=2, reason="Say why.")
    if state == "approved":
        review.approve(section(), by=quarter.person("reviewer"), version=2)
    assert section().state == state
    return section()


@pytest.mark.parametrize("state", SEEN)
def test_walk_a_section(force, state):
    quarter = SmallQuarter(force)
    clients = dict(browsers(quarter))
    writer = RoleHolding.objects.filter(user__name="Wim Writer").select_related("user").first().user.person
    section = in_state(quarter, state, writer)
    fields = {"version": section.version, "text": f"{TEXTS[TOPIC]} More.", "reason": "Say why."}
    for who, browser in clients.items():
        sees, has_text = who in SEEN[state], state != "not-started"
        check(who, browser, reverse("section", args=[section.pk]), sees)
        check(who, browser, reverse("section-revision", args=[section.pk, 1]), sees and has_text)
        check(who, browser, reverse("section-chart", args=[section.pk, 1, "investigations"]), sees and has_text)
        for name, allowed in SECTION_ACTS.items():
            does = who in allowed.get(state, set())
            check_act(who, browser, reverse(name, args=[section.pk]), fields, does, sees)


@pytest.mark.parametrize("state", ["opened", "assembled", "signed-off", "presented"])
def test_walk_a_report(force, state):
    quarter = SmallQuarter(force, state)
    report = Report.objects.get()
    fields = {"version": report.version, "data_version": 1, "text": "Say why."}
    drafted, presented = state != "opened", state == "presented"
    for who, browser in browsers(quarter):
        sees = who in DESK
        for name in DESK_PAGES:
            check(who, browser, reverse(name, args=[report.pk]), sees)
        for name in DRAFT_PAGES:
            key = ["investigations"] if name == "desk-draft-chart" else []
            check(who, browser, reverse(name, args=[report.pk, *key]), sees and drafted)
        for name, allowed in REPORT_ACTS.items():
            does = who in allowed.get(state, set())
            check_act(who, browser, reverse(name, args=[report.pk]), fields, does, sees)
        more = {"report": [], "edition": [1], "edition-file": [1, "report.pdf"]}
        for name in EDITION_PAGES:
            check(who, browser, reverse(name, args=[SLUG, *more[name]]), presented and who != "administrator")


@pytest.mark.parametrize("state", ["received", "staged", "applied"])
def test_walk_an_import(force, state):
    quarter = SmallQuarter(force)
    if state != "applied":
        content = (FILES / "observations-2020-21-Q3.csv").read_bytes()
        received, _ = imports.receive(
            force, ImportKind.OBSERVATIONS, "later.csv", [content], by=quarter.person("analyst")
        )
        if state == "staged":
            work(imports.STAGE_TASK, received.pk)
    data_import = DataImport.objects.latest("id")
    assert data_import.state == state
    for who, browser in browsers(quarter):
        sees = who in FILE_KEEPERS
        for name in IMPORT_PAGES:
            check(who, browser, reverse(name, args=[data_import.pk]), sees)
        for name, allowed in IMPORT_ACTS.items():
            does = who in allowed.get(state, set())
            check_act(who, browser, reverse(name, args=[data_import.pk]), {"reason": "For the test"}, does, sees)


def test_walk_the_rules_of_cases(force):
    quarter = SmallQuarter(force)
    places = {
        "counting-change": DataSource.objects.filter(kind="cases").earliest("id").pk,
        "retention-settle": quarter.force.pk,
    }
    for who, browser in browsers(quarter):
        check(who, browser, reverse("case-rules"), who in FILE_KEEPERS)
        for name in RULE_ACTS:
            # Nothing is filled in: whoever may do it is told so, and nothing changes.
            found = status_of(browser, "post", reverse(name, args=[places[name]]), {})
            assert found in ({422} if who == "analyst" else {403, 404}), (who, name, found)


@pytest.mark.parametrize("state", ["begun", "saved", "retired"])
def test_walk_a_profile(force, state):
    quarter = SmallQuarter(force)
    ada, source = quarter.person("analyst"), DataSource.objects.filter(kind="cases").earliest("id")
    profile = profiles.create(force, source, "Extract", {}, {"header": ["A", "B", "C"]}, by=ada)
    if state != "begun":
        columns = {"Date": "A", "Crime type": "B", "LSOA code": "C"}
        profiles.save(profile, {"columns": columns}, {}, version=0, by=ada)
    if state == "retired":
        profiles.retire(profile, by=ada)
    for who, browser in browsers(quarter):
        is_analyst = who == "analyst"
        check(who, browser, reverse("profile", args=[profile.pk]), who in FILE_KEEPERS)
        check(who, browser, reverse("profile-edit", args=[profile.pk]), is_analyst and state != "retired")
        does = is_analyst and state != "retired"
        check_act(who, browser, reverse("profile-retire", args=[profile.pk]), {}, does, is_analyst)
        # Nothing is filled in: whoever may edit is told so, and nothing changes.
        found = status_of(browser, "post", reverse("profile-edit", args=[profile.pk]), {"intent": "save"})
        assert found == (422 if is_analyst and state != "retired" else 404), (who, found)
    profile.refresh_from_db()
    assert (profile.version, profile.is_retired) == (int(state != "begun"), state == "retired")


@pytest.mark.parametrize("is_open", [True, False])
def test_walk_a_span(force, is_open):
    quarter = SmallQuarter(force)
    ada = quarter.person("analyst")
    span = spans.ask(force, date(2020, 1, 2), date(2020, 3, 4), [], by=ada, reason="Panel")
    if not is_open:
        spans.end(span, by=ada, reason="Over")
    for who, browser in browsers(quarter):
        check(who, browser, reverse("spans"), who in FORCE)
        check(who, browser, reverse("span-new"), who == "analyst")
        does = who == "analyst"
        check_act(who, browser, reverse("span-end", args=[span.pk]), {"reason": "Over"}, does and is_open, does)


@pytest.mark.parametrize("is_open", [True, False])
def test_walk_a_dated_note(force, is_open):
    quarter = SmallQuarter(force)
    ada = quarter.person("analyst")
    note = DatedNote(kind="break", label="New system", words="Counted anew.", starts_on=date(2020, 4, 1))
    dated_notes.save(note, by=ada)
    if not is_open:
        dated_notes.end(note, by=ada)
    for who, browser in browsers(quarter):
        is_analyst = who == "analyst"
        check(who, browser, reverse("notes"), who in FILE_KEEPERS)
        check(who, browser, reverse("note-edit", args=[note.pk]), is_analyst and is_open)
        check_act(who, browser, reverse("note-end", args=[note.pk]), {}, is_analyst and is_open, is_analyst)
        # Nothing is filled in: whoever may edit is told so, and nothing changes.
        found = status_of(browser, "post", reverse("note-edit", args=[note.pk]), {"label": ""})
        assert found == (422 if is_analyst and is_open else 404), (who, found)


@pytest.mark.parametrize("state", ["begun", "saved", "retired"])
def test_walk_a_mapping_of_official_tables(force, state, tmp_path):
    quarter = SmallQuarter(force)
    ada, path = quarter.person("analyst"), tmp_path / "release"
    path.write_bytes(official_files.workbook())
    feed = feeds.create(force, DataSource.objects.get(slug="appendix-a"), "Tables", path, by=ada)
    if state != "begun":
        feeds.save(feed, {"lines": official_files.lines()["lines"][:1]}, None, version=0, by=ada)
    if state == "retired":
        feeds.retire(feed, by=ada)
    comparator, member = Area.objects.get(code="E12000001"), Area.objects.get(code="E23000001")
    for who, browser in browsers(quarter):
        is_analyst, does = who == "analyst", who == "analyst" and state != "retired"
        check(who, browser, reverse("feeds"), who in FILE_KEEPERS)
        check(who, browser, reverse("feed-edit", args=[feed.pk]), does)
        check_act(who, browser, reverse("feed-retire", args=[feed.pk]), {}, does, is_analyst)
        # Nothing is filled in: whoever may edit is told so, and nothing changes.
        found = status_of(browser, "post", reverse("feed-edit", args=[feed.pk]), {})
        assert found == (422 if does else 404), (who, found)
        check(who, browser, reverse("comparator", args=[comparator.pk]), who in FORCE)
        check(who, browser, reverse("comparator", args=[member.pk]), opens=False)
    feed.refresh_from_db()
    assert (feed.version, feed.is_retired) == (int(state != "begun"), state == "retired")


@pytest.mark.parametrize("state", ["begun", "saved", "retired"])
def test_walk_a_profile_of_sheets(force, state):
    quarter = SmallQuarter(force)
    ada, source = quarter.person("analyst"), DataSource.objects.get(slug="appendix-a")
    profile = profiles.create_for_sheets(force, source, "History", {}, {}, by=ada)
    if state != "begun":
        series = {"indicator": "missing_persons", "part": "", "area": force.slug, "factor": 1}
        labels = {"Missing": {"holds": "level", **series}}
        profiles.save(profile, {"labels": labels}, {}, version=0, by=ada)
    if state == "retired":
        profiles.retire(profile, by=ada)
    for who, browser in browsers(quarter):
        is_analyst = who == "analyst"
        check(who, browser, reverse("sheet-profile", args=[profile.pk]), who in FILE_KEEPERS)
        check(who, browser, reverse("sheet-profile-edit", args=[profile.pk]), is_analyst and state != "retired")
        does = is_analyst and state != "retired"
        check_act(who, browser, reverse("sheet-profile-retire", args=[profile.pk]), {}, does, is_analyst)
        # Nothing is filled in: whoever may edit is told so, and nothing changes.
        found = status_of(browser, "post", reverse("sheet-profile-edit", args=[profile.pk]), {"intent": "save"})
        assert found == (422 if is_analyst and state != "retired" else 404), (who, found)
    profile.refresh_from_db()
    assert (profile.version, profile.is_retired) == (int(state != "begun"), state == "retired")


@pytest.mark.parametrize("state", ["late", "refused", "not-available", "arrived"])
def test_walk_a_delivery(force, state):
    quarter = SmallQuarter(force)
    ada, first = quarter.person("analyst"), date(2020, 7, 1)
    delivery = ExpectedDelivery(
        force=force, source=DataSource.objects.get(slug="appendix-a"), name="Figures", kind="observations",
        cadence="quarterly", due_days=25, sender="Sam", starts_on=first,
    )  # fmt: skip
    deliveries.save(delivery, by=ada)
    if state == "not-available":
        deliveries.set_unavailable(delivery, first, "No file this quarter.", by=ada)
    if state in {"refused", "arrived"}:
        # The bytes of the quarter's file are applied already; others are no file of figures at all.
        content = (FILES / "observations-2020-21-Q2.csv").read_bytes() if state == "arrived" else b"no,figures\n1,2\n"
        received, is_new = deliveries.receive(delivery, first, "figures.csv", [content], by=ada)
        assert is_new == (state == "refused")
        if is_new:
            work(imports.STAGE_TASK, received.pk)
    assert deliveries.expected(delivery, first).state == state
    place, fields = [delivery.pk, "2020-07-01"], {"text": "Say why."}
    for who, browser in browsers(quarter):
        for name in DELIVERY_PAGES:
            arguments = [delivery.pk] if name == "delivery-edit" else place
            check(who, browser, reverse(name, args=arguments), who == "analyst")
        for name, allowed in DELIVERY_ACTS.items():
            does = who in allowed.get(state, set())
            check_act(who, browser, reverse(name, args=place), fields, does, who == "analyst")
        # What is shown of a delivery stands on lists, which more people see.
        for name in ("deliveries", "delivery-list"):
            check(who, browser, reverse(name), who in FILE_KEEPERS)


def case_in_state(quarter: SmallQuarter, state: str) -> tuple[Case, SetAside | None]:
    """Load a case and bring it to a state by the people whose work that is."""
    ada, bob = quarter.person("analyst"), account("Bob Analyst", "analyst").person
    case_files.load(quarter.force, ada, case_files.case_file(case_files.case(1, "2020-05", area="")))
    case = Case.objects.get()
    if state == "free":
        return case, None
    asked = overlay.ask(quarter.force, CaseKey.of(case), by=ada if state == "asked by Ada" else bob, reason="twice")
    if state in {"in force", "lifted"}:
        overlay.agree(asked, by=quarter.person("manager"))
    if state == "lifted":
        overlay.lift(asked, by=ada, reason="another case")
    return case, asked


@pytest.mark.parametrize("state", CASE_STATES)
def test_walk_a_case(force, state):
    quarter = SmallQuarter(force)
    case, set_aside = case_in_state(quarter, state)
    at = [force.slug, case.month, case.key, case.ordinal]
    figure = f"{reverse('indicator-cases', args=['all_crime'])}?force={force.slug}&window=month&end=2020-05"
    reason = {"reason": "For the test"}
    for who, browser in browsers(quarter):
        check(who, browser, reverse("case", args=at), who in CASE_SEERS)
        check(who, browser, figure, who in CASE_SEERS)
        for name, allowed in CASE_ACTS.items():
            does = who in allowed.get(state, set())
            check_act(who, browser, reverse(name, args=at), reason, does, who in CASE_SEERS)
        if set_aside is not None:
            check(who, browser, reverse("set-aside", args=[set_aside.pk]), who in SET_ASIDE_SEERS)
            for name, allowed in SET_ASIDE_ACTS.items():
                does = who in allowed.get(state, set())
                check_act(who, browser, reverse(name, args=[set_aside.pk]), reason, does, who in SET_ASIDE_SEERS)


@pytest.mark.parametrize("is_open", [True, False])
def test_walk_a_mark(force, is_open):
    quarter = SmallQuarter(force)
    case, _ = case_in_state(quarter, "free")
    mark = overlay.mark(force, CaseKey.of(case), by=quarter.person("analyst"), reason="look")
    if not is_open:
        overlay.clear(mark, by=quarter.person("analyst"))
    for who, browser in browsers(quarter):
        does = is_open and who == "analyst"
        check_act(who, browser, reverse("mark-clear", args=[mark.pk]), {}, does, who == "analyst")


def test_walk_an_indicator(force):
    for who, browser in browsers(SmallQuarter(force)):
        for name, key in INDICATOR_PAGES.items():
            address = reverse(name, args=[key])
            found = status_of(browser, "get", address, {})
            assert found in ({200} if who in FORCE else {403, 404}), (who, address, found)


@pytest.mark.parametrize("state", ["goes on", "has ended"])
def test_walk_a_target(force, state):
    quarter = SmallQuarter(force)
    target = Target.objects.get(row_id="targets.grade1")
    if state == "has ended":
        targets.end(target, date(2020, 9, 30), by=quarter.person("analyst"), reason="Ends")
    ending = {"ends_on": "2020-08-31", "text": "For the test"}
    for who, browser in browsers(quarter):
        is_analyst = who == "analyst"
        check(who, browser, reverse("target", args=[target.pk]), who in FORCE)
        for name in TARGET_PAGES:
            check(who, browser, reverse(name, args=[target.pk]), is_analyst)
        # Nothing is filled in: whoever may change it is told so, and nothing changes.
        found = status_of(browser, "post", reverse("target-edit", args=[target.pk]), {})
        assert found == (422 if is_analyst else 404), (who, found)
        check_act(who, browser, reverse("target-end", args=[target.pk]), ending, is_analyst, is_analyst)
        for name in ("targets", "target-new"):
            check(who, browser, reverse(name), who in (FORCE if name == "targets" else {"analyst"}))


def test_walk_a_group_and_a_formula(force):
    quarter = SmallQuarter(force)
    ada = quarter.person("analyst")
    member = Area.objects.create(kind=AreaKind.POLICE_AREA, slug="ash-police", name="Ash")
    group = groups.create("Most Similar Group", "", [(member, None, None)], by=ada, reason="For the test")
    for who, browser in browsers(quarter):
        is_analyst = who == "analyst"
        check(who, browser, reverse("group", args=[group.pk]), who in FORCE)
        check(who, browser, reverse("comparator", args=[group.area_id]), who in FORCE)
        for address in (reverse("group-edit", args=[group.pk]), reverse("formula", args=["missing_persons"])):
            check(who, browser, address, is_analyst)
            found = status_of(browser, "post", address, {})
            assert found == (422 if is_analyst else 404), (who, address, found)
    group.refresh_from_db()
    assert group.version == 1


def test_walk_an_exhibit(force):
    for who, browser in browsers(SmallQuarter(force)):
        is_analyst = who == "analyst"
        check(who, browser, reverse("exhibits"), who in FORCE)
        check(who, browser, reverse("exhibit", args=["answering"]), who in FORCE)
        for address in (reverse("exhibit-edit", args=["answering"]), reverse("exhibit-new")):
            check(who, browser, address, is_analyst)
        # Nothing is filled in: whoever may change it is told so, and nothing changes.
        found = status_of(browser, "post", reverse("exhibit-edit", args=["answering"]), {})
        assert found == (422 if is_analyst else 404), (who, found)


RETURN = {
    "key": "records", "name": "Records", "partner": "A partner", "portfolio": "crime", "source": "appendix-a",
    "quarters": 1, "rows": [{"indicator": "modern_slavery_records"}],
}  # fmt: skip


@pytest.mark.parametrize("state", ["received", "staged", "applied"])
def test_walk_a_partner_return(force, state):
    quarter, period = SmallQuarter(force), Quarter(2020, 2)
    crime = Portfolio.objects.get(slug="crime")
    sender = account("Cora Contributor", "contributor", crime).person
    returns.load([RETURN])
    one = PartnerReturn.objects.get(key="records")
    file = received_files.keep_file("table.txt", [b"41"])
    cells = [(grid_rows(one, force)[0], period, Entered(Decimal(41)))]
    submission = returns.submit(one, force, period, cells, by=sender, file=file)
    if state != "received":
        work(imports.STAGE_TASK, submission.data_import_id)
        submission.data_import.refresh_from_db()
    if state == "applied":
        returns.confirm(submission, by=quarter.person("analyst"))
        work(imports.APPLY_TASK, submission.data_import_id)
    people = dict(browsers(quarter))
    people["contributor"].force_login(
        User.objects.get(pk=sender.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    for who, browser in people.items():
        sees = who in RETURN_SEERS
        check(who, browser, reverse("return", args=["records", period.key]), sees)
        for name in ("return-sent", "return-progress", "return-file", "return-reported"):
            check(who, browser, reverse(name, args=[submission.pk]), sees)
        for name, allowed in RETURN_ACTS.items():
            does = who in allowed.get(state, set())
            check_act(who, browser, reverse(name, args=[submission.pk]), {"reason": "Looked at"}, does, sees)


@pytest.mark.parametrize("state", ["proposed", "refused"])
def test_walk_a_correction(force, state):
    quarter = SmallQuarter(force)
    observation = Observation.objects.filter(
        indicator__key="modern_slavery_records", part=None, window="r12", statistic="level", area__force=force
    ).latest("end")
    made = corrections.propose(observation, Entered(Decimal(252)), by=quarter.person("analyst"), reason="Two more")
    if state == "refused":
        corrections.refuse(made, by=quarter.person("manager"), reason="No")
    for who, browser in browsers(quarter):
        sees = who in FILE_KEEPERS
        for name in ("correction", "correction-reported"):
            check(who, browser, reverse(name, args=[made.pk]), sees)
        check(who, browser, reverse("correction-propose", args=[observation.pk]), who == "analyst")
        for name, allowed in CORRECTION_ACTS.items():
            does = who in allowed.get(state, set())
            fields = {"text": "Compared", "version": 1}
            check_act(who, browser, reverse(name, args=[made.pk]), fields, does, sees)


def test_walk_leaves_no_address_of_an_object_out():
    walked = SECTION_PAGES | SECTION_ACTS.keys() | DESK_PAGES | DRAFT_PAGES | EDITION_PAGES | REPORT_ACTS.keys()
    walked |= SPAN_ACTS | PROFILE_ACTS | {"profile"} | INDICATOR_PAGES.keys() | NOTE_ACTS | TARGET_PAGES | {"target"}
    walked |= FEED_ACTS | {"comparator", "exhibit", "exhibit-edit"} | SHEET_PROFILE_PAGES
    walked |= {"group", "group-edit", "formula"}
    walked |= RETURN_PAGES | RETURN_ACTS.keys() | {"return-file"} | CORRECTION_PAGES | CORRECTION_ACTS.keys()
    walked |= IMPORT_PAGES | IMPORT_ACTS.keys() | RULE_ACTS | DELIVERY_PAGES | DELIVERY_ACTS.keys()
    walked |= CASE_PAGES | CASE_ACTS.keys() | SET_ASIDE_ACTS.keys() | {"set-aside", "mark-clear"}
    assert {pattern.name for path, pattern in GATED if "<" in path} == walked
