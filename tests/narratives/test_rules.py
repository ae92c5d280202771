"""Who may do what to a section, from every state, and what a refusal says."""

import itertools

import pytest

from indicators.choices import Role
from indicators.people import Person, PortfolioRole
from narratives import rules
from narratives.choices import SectionState

HERE, ELSEWHERE = 1, 2
STATES = list(SectionState)
WRITERS = (Role.LEAD, Role.DEPUTY, Role.CONTRIBUTOR)
OTHERS = [role for role in Role if role not in WRITERS]
# From house.md and the state diagram: verb -> states it may start from.
STARTS = {
    "save": {"not-started", "drafted", "returned", "approved"},
    "submit": {"drafted"},
    "withdraw": {"submitted"},
    "request_changes": {"submitted"},
    "approve": {"submitted"},
}


def person(*roles, of=(), number=7):
    """A person with roles; `of` names (role, portfolio) pairs."""
    held = tuple(PortfolioRole(portfolio, role) for role, portfolio in of)
    return Person(number, "Pat", "pat@example.test", frozenset(roles) | {role for role, _ in of}, held)


def ask(verb, who, state):
    """The verdict on a verb without any fault of content."""
    return {
        "save": lambda: rules.can_save(who, HERE, state),
        "submit": lambda: rules.can_submit(who, HERE, state),
        "withdraw": lambda: rules.can_withdraw(who, HERE, state),
        "request_changes": lambda: rules.can_request_changes(who, state, "Say since when."),
        "approve": lambda: rules.can_approve(who, state, {99}),
    }[verb]()


ENTITLED = {
    "save": [person(of=[(role, HERE)]) for role in WRITERS],
    "submit": [person(of=[(Role.LEAD, HERE)]), person(of=[(Role.DEPUTY, HERE)])],
    "withdraw": [person(of=[(Role.LEAD, HERE)]), person(of=[(Role.DEPUTY, HERE)])],
    "request_changes": [person(Role.REVIEWER)],
    "approve": [person(Role.REVIEWER)],
}


@pytest.mark.parametrize(("verb", "state"), list(itertools.product(STARTS, STATES)))
def test_decide_with_the_role_follows_the_state(verb, state):
    for who in ENTITLED[verb]:
        verdict = ask(verb, who, state)
        assert bool(verdict) == (state.value in STARTS[verb])
        assert verdict or (verdict.is_conflict and verdict.reason.endswith("."))


@pytest.mark.parametrize(("verb", "state"), list(itertools.product(STARTS, STATES)))
def test_decide_without_the_role_refuses_from_every_state(verb, state):
    entitled_roles = {role for who in ENTITLED[verb] for role in who.roles}
    strangers = [person(role) for role in OTHERS if role not in entitled_roles]
    strangers += [person(of=[(role, HERE)]) for role in WRITERS if role not in entitled_roles]
    strangers += [person(), person(*(set(OTHERS) - entitled_roles))]
    if verb in {"save", "submit", "withdraw"}:
        # The right role for another portfolio is no role here; nor is one not held for any portfolio.
        strangers += [person(of=[(role, ELSEWHERE)]) for role in WRITERS]
        strangers += [person(role) for role in WRITERS]
    for who in strangers:
        verdict = ask(verb, who, state)
        assert not verdict
        assert not verdict.is_conflict
        assert verdict.reason.startswith("Only ")


@pytest.mark.parametrize("state", [SectionState.NOT_STARTED, SectionState.DRAFTED])
def test_approve_what_was_never_submitted_names_the_missing_step(state):
    verdict = rules.can_approve(person(Role.REVIEWER), state, ())
    assert verdict.is_conflict
    assert "has not been sent for review" in verdict.reason


def test_submit_with_faults_names_every_one():
    lead = person(of=[(Role.LEAD, HERE)])
    verdict = rules.can_submit(lead, HERE, SectionState.DRAFTED, ["Unknown figure rope.r12.value.", "Line 3: odd."])
    assert not verdict
    assert not verdict.is_conflict
    assert "Unknown figure rope.r12.value." in verdict.reason
    assert "Line 3: odd." in verdict.reason


def test_approve_own_words_is_refused_whatever_role_they_were_written_in():
    lead_and_reviewer = person(Role.REVIEWER, of=[(Role.LEAD, HERE)])
    reviewer_who_was_a_lead_once = person(Role.REVIEWER)
    everything = person(*Role, of=[(role, HERE) for role in WRITERS])
    for who in (lead_and_reviewer, reviewer_who_was_a_lead_once, everything):
        verdict = rules.can_approve(who, SectionState.SUBMITTED, {3, who.id})
        assert not verdict
        assert "You wrote in this section" in verdict.reason
        assert rules.can_approve(who, SectionState.SUBMITTED, {3})


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_request_changes_without_a_reason_is_refused(reason):
    verdict = rules.can_request_changes(person(Role.REVIEWER), SectionState.SUBMITTED, reason)
    assert not verdict
    assert "Say what has to change" in verdict.reason


@pytest.mark.parametrize("state", STATES)
def test_see_a_section_depends_on_portfolio_and_on_being_handed_in(state):
    is_handed_in = state.value in {"submitted", "returned", "approved"}
    for role in WRITERS:
        assert rules.can_see_section(person(of=[(role, HERE)]), HERE, state)
        assert not rules.can_see_section(person(of=[(role, ELSEWHERE)]), HERE, state)
    assert rules.can_see_section(person(Role.REPORT_MANAGER), HERE, state)
    for role in (Role.REVIEWER, Role.APPROVER, Role.AUDITOR):
        assert bool(rules.can_see_section(person(role), HERE, state)) == is_handed_in
    for role in (Role.ANALYST, Role.COMMISSIONER, Role.SCRUTINY_OFFICER, Role.ADMINISTRATOR):
        assert not rules.can_see_section(person(role), HERE, state)


def test_open_a_cycle_is_for_report_managers_and_once():
    manager = person(Role.REPORT_MANAGER)
    assert rules.can_open_cycle(manager)
    assert rules.can_open_cycle(manager, is_open=True).is_conflict
    assert "does not hold for this quarter" in rules.can_open_cycle(manager, is_valid=False).reason
    for role in set(Role) - {Role.REPORT_MANAGER}:
        assert not rules.can_open_cycle(person(role, of=[(Role.LEAD, HERE)]))


def test_fix_the_cut_is_for_report_managers_once_and_at_a_version_that_exists():
    manager = person(Role.REPORT_MANAGER)
    assert rules.can_fix_cut(manager, None, 1, 3)
    assert rules.can_fix_cut(manager, None, 3, 3)
    assert "There is no data version 4. The newest is 3." in rules.can_fix_cut(manager, None, 4, 3).reason
    assert not rules.can_fix_cut(manager, None, 0, 3)
    assert "no figures yet" in rules.can_fix_cut(manager, None, 0, 0).reason
    assert rules.can_fix_cut(manager, 2, 3, 3).is_conflict
    for role in set(Role) - {Role.REPORT_MANAGER}:
        assert not rules.can_fix_cut(person(role), None, 1, 3)
