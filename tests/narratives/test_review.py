"""Review: what may be sent, four eyes by person, decisions bound to the version seen, and races with one winner."""

import threading
import time

import pytest
from django.db import connection, transaction

from indicators.people import Refused
from narratives import queries
from narratives.actions import drafting, review
from narratives.models.section import Section, SectionTransition
from narratives.rules import can_see_section
from tests.narratives.conftest import TEXT

REASON = "Say what the comparison is with."


@pytest.fixture
def submitted(section, people):
    """Return the section on cadets as Lee Lead has written and sent it: version 2."""
    drafting.save(section, TEXT, by=people["lead"].person, version=0)
    review.submit(section, by=people["lead"].person, version=1)
    return section


def state_of(section):
    """State, version and number of transitions, as the database has them."""
    row = Section.objects.get(pk=section.pk)
    return row.state, row.version, SectionTransition.objects.filter(section=section).count()


def test_submit_and_approve_write_one_transition_each(submitted, people):
    review.approve(submitted, by=people["reviewer"].person, version=2)
    rows = list(submitted.transitions.values_list("version", "verb", "to_state", "revision_number", "by_name"))
    assert rows == [
        (1, "save", "drafted", 1, "Lee Lead"),
        (2, "submit", "submitted", 1, "Lee Lead"),
        (3, "approve", "approved", 1, "Rita Reviewer"),
    ]
    assert state_of(submitted) == ("approved", 3, 3)


def test_submit_names_every_unknown_figure_exhibit_and_complaint(section, people):
    text = "{{ rope.r12.value }} and {{ cadets_enrolled.r12.change }}\n\n{{ exhibit.nowhere }}\n\n<b>x</b>\n"
    drafting.save(section, text, by=people["lead"].person, version=0)
    with pytest.raises(Refused) as refused:
        review.submit(section, by=people["lead"].person, version=1)
    words = refused.value.verdict.reason
    for expected in (
        "Unknown figure rope.r12.value: there is no indicator “rope”.",
        "Unknown figure cadets_enrolled.r12.change: Cadets enrolled is not additive, and its source has supplied",
        "Unknown exhibit nowhere: there is no such table or chart.",
        "Line 5: HTML is not part of a report",
    ):
        assert expected in words
    assert state_of(section) == ("drafted", 1, 1)


@pytest.mark.parametrize("text", ["", "  \n\n "])
def test_submit_an_empty_text_is_refused(section, people, text):
    drafting.save(section, text, by=people["lead"].person, version=0)
    with pytest.raises(Refused, match="The text is empty"):
        review.submit(section, by=people["lead"].person, version=1)


def test_submit_before_anything_is_saved_is_a_conflict(section, people):
    with pytest.raises(Refused, match="Nothing is written") as refused:
        review.submit(section, by=people["lead"].person, version=0)
    assert refused.value.verdict.is_conflict


def test_submit_by_a_contributor_is_refused(section, people):
    drafting.save(section, TEXT, by=people["contributor"].person, version=0)
    with pytest.raises(Refused, match="Only the lead and the deputy"):
        review.submit(section, by=people["contributor"].person, version=1)
    review.submit(section, by=people["deputy"].person, version=1)
    assert state_of(section) == ("submitted", 2, 2)


def test_approve_a_draft_is_refused_with_the_missing_step(section, people):
    drafting.save(section, TEXT, by=people["lead"].person, version=0)
    with pytest.raises(Refused, match="has not been sent for review") as refused:
        review.approve(section, by=people["reviewer"].person, version=1)
    assert refused.value.verdict.is_conflict


def test_approve_by_a_lead_who_also_reviews_and_wrote_is_refused(submitted, make_person, people):
    both = make_person("Lee Lead", "reviewer")
    with pytest.raises(Refused, match="You wrote in this section"):
        review.approve(submitted, by=both.person, version=2)
    assert state_of(submitted) == ("submitted", 2, 2)


def test_approve_by_a_lead_who_also_reviews_but_wrote_nothing_is_allowed(section, make_person, people):
    drafting.save(section, TEXT, by=people["contributor"].person, version=0)
    review.submit(section, by=people["deputy"].person, version=1)
    both = make_person("Lee Lead", "reviewer")
    review.approve(section, by=both.person, version=2)
    assert state_of(section) == ("approved", 3, 3)


def test_approve_by_the_author_of_an_earlier_revision_whose_role_is_gone_is_refused(section, make_person, people):
    drafting.save(section, TEXT, by=people["contributor"].person, version=0)
    people["contributor"].holdings.all().delete()
    reviewer = make_person("Con Contributor", "reviewer")
    drafting.save(section, "All words are new.", by=people["lead"].person, version=1)
    review.submit(section, by=people["lead"].person, version=2)
    with pytest.raises(Refused, match="You wrote in this section"):
        review.approve(section, by=reviewer.person, version=3)
    review.approve(section, by=people["reviewer"].person, version=3)


def test_approve_after_a_last_minute_edit_of_the_reviewer_is_refused(submitted, make_person, people, section):
    deputy = make_person("Deb Deputy", "reviewer")
    review.withdraw(submitted, by=deputy.person, version=2)
    drafting.save(submitted, f"{TEXT}!", by=deputy.person, version=3)
    review.submit(submitted, by=people["lead"].person, version=4)
    with pytest.raises(Refused, match="You wrote in this section"):
        review.approve(submitted, by=deputy.person, version=5)


def test_approve_with_a_role_that_was_removed_is_refused_at_once(submitted, people):
    reviewer = people["reviewer"]
    assert reviewer.person.has("reviewer")
    reviewer.holdings.all().delete()
    with pytest.raises(Refused, match="Only a reviewer may approve"):
        review.approve(submitted, by=reviewer.person, version=2)


def test_approve_the_version_seen_is_refused_when_the_text_changed_since(submitted, people):
    review.withdraw(submitted, by=people["lead"].person, version=2)
    drafting.save(submitted, "Quite another text.", by=people["lead"].person, version=3)
    review.submit(submitted, by=people["deputy"].person, version=4)
    with pytest.raises(Refused, match="has changed since you opened it: Deb Deputy sent it for review") as refused:
        review.approve(submitted, by=people["reviewer"].person, version=2)
    assert refused.value.verdict.is_conflict
    assert state_of(submitted) == ("submitted", 5, 5)


@pytest.mark.parametrize("version", [3, 99])
def test_approve_a_version_that_does_not_exist_yet_is_a_conflict(submitted, people, version):
    with pytest.raises(Refused) as refused:
        review.approve(submitted, by=people["reviewer"].person, version=version)
    assert refused.value.verdict.is_conflict


def test_decide_twice_with_the_same_form_is_done_once(submitted, people):
    reviewer = people["reviewer"].person
    review.submit(submitted, by=people["lead"].person, version=1)
    for _ in range(2):
        review.request_changes(submitted, by=reviewer, version=2, reason=REASON)
    assert state_of(submitted) == ("returned", 3, 3)
    with pytest.raises(Refused):
        review.request_changes(submitted, by=reviewer, version=2, reason="Another reason.")
    with pytest.raises(Refused):
        review.request_changes(submitted, by=people["second reviewer"].person, version=2, reason=REASON)


def test_request_changes_keeps_the_reason_and_awaits_a_changed_text(submitted, people):
    review.request_changes(submitted, by=people["reviewer"].person, version=2, reason=f"  {REASON} ")
    assert submitted.transitions.get(version=3).reason == REASON
    with pytest.raises(Refused, match="Save a changed text first"):
        review.submit(submitted, by=people["lead"].person, version=3)
    with pytest.raises(Refused, match="Changes were asked for"):
        review.approve(submitted, by=people["reviewer"].person, version=3)
    drafting.save(submitted, f"{TEXT}Compared with last year.", by=people["lead"].person, version=3)
    review.submit(submitted, by=people["lead"].person, version=4)
    assert state_of(submitted) == ("submitted", 5, 5)


def test_request_changes_without_a_reason_is_refused(submitted, people):
    with pytest.raises(Refused, match="Say what has to change"):
        review.request_changes(submitted, by=people["reviewer"].person, version=2, reason="  ")


def test_withdraw_by_a_contributor_or_another_portfolio_is_refused(submitted, people):
    for who in ("contributor", "other lead", "reviewer"):
        with pytest.raises(Refused, match="Only the lead and the deputy"):
            review.withdraw(submitted, by=people[who].person, version=2)
    review.withdraw(submitted, by=people["deputy"].person, version=2)
    assert state_of(submitted) == ("drafted", 3, 3)


@pytest.mark.django_db
def test_see_rule_and_list_agree_for_everybody_in_every_state(section, people, manager, make_person):
    everybody = [*people.values(), manager, make_person("Olga Officer", "auditor"), make_person("Al Chief", "approver")]
    for state in ("not-started", "drafted", "submitted", "returned", "approved"):
        Section.objects.filter(pk=section.pk).update(state=state)
        for user in everybody:
            person = user.person
            listed = Section.objects.visible_to(person).filter(pk=section.pk).exists()
            assert listed == bool(can_see_section(person, section.portfolio_id, state)), (user.name, state)


def test_wait_for_whom_follows_the_state_and_leaves_authors_out(submitted, people, make_person):
    both = make_person("Deb Deputy", "reviewer")
    other = make_person("Lee Lead", "reviewer")

    def titles(user, group):
        return [one.title for one in queries.waiting(user.person) if one.group == group]

    assert titles(people["reviewer"], "To review") == ["Cadets"]
    assert titles(both, "To review") == ["Cadets"]
    assert titles(other, "To review") == []
    assert titles(people["contributor"], "To write") == ["Courage"]
    assert titles(people["other lead"], "To write") == ["Crime"]
    waiting = queries.waiting(people["reviewer"].person)[0]
    assert (waiting.url_name, waiting.url_args) == ("section", (submitted.pk,))
    assert waiting.detail == "People and volunteers, 2020/21 Q2, review by 26 October 2020"
    review.request_changes(submitted, by=people["reviewer"].person, version=2, reason=REASON)
    assert titles(people["lead"], "To write") == ["Cadets", "Courage"]


def race(section, *attempts):
    """Let attempts meet at the section's row: each has passed its checks and waits for the lock. Returns outcomes."""
    outcomes = {}

    def attempt(number, action):
        try:
            action(Section.objects.get(pk=section.pk))
            outcomes[number] = "done"
        except Refused as refused:
            outcomes[number] = "conflict" if refused.verdict.is_conflict else "refused"
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=pair) for pair in enumerate(attempts)]
    with transaction.atomic():
        Section.objects.select_for_update().get(pk=section.pk)
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 30
        while blocked() < len(threads):
            assert time.monotonic() < deadline, outcomes
            time.sleep(0.02)
    for thread in threads:
        thread.join(timeout=30)
    return [outcomes[number] for number in range(len(threads))]


def blocked():
    """How many connections wait for a lock. (pg_stat_activity would stand still within our own transaction.)"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "names",
    [
        ("approve", "ask for changes"),
        ("approve", "withdraw"),
        ("approve", "approve too"),
        ("approve", "approve too", "ask for changes", "withdraw"),
    ],
)
def test_decide_at_the_same_moment_has_exactly_one_winner(submitted, people, names):
    one, other, lead = (people[who].person for who in ("reviewer", "second reviewer", "lead"))
    attempts = {
        "approve": lambda section: review.approve(section, by=one, version=2),
        "approve too": lambda section: review.approve(section, by=other, version=2),
        "ask for changes": lambda section: review.request_changes(section, by=other, version=2, reason=REASON),
        "withdraw": lambda section: review.withdraw(section, by=lead, version=2),
    }
    leads_to = {"approve": "approved", "approve too": "approved", "ask for changes": "returned", "withdraw": "drafted"}
    outcomes = race(submitted, *(attempts[name] for name in names))
    assert sorted(outcomes) == ["conflict"] * (len(names) - 1) + ["done"]
    assert state_of(submitted) == (leads_to[names[outcomes.index("done")]], 3, 3)


@pytest.mark.django_db(transaction=True)
def test_save_at_the_same_moment_keeps_one_text_and_refuses_the_other(section, people):
    drafting.save(section, TEXT, by=people["lead"].person, version=0)
    writers = [people[who].person for who in ("lead", "deputy", "contributor")]
    outcomes = race(
        section, *(lambda row, by=by: drafting.save(row, f"By {by.name}", by=by, version=1) for by in writers)
    )
    assert sorted(outcomes) == ["conflict", "conflict", "done"]
    assert state_of(section) == ("drafted", 2, 2)
    assert section.revisions.get(number=2).text == f"By {writers[outcomes.index('done')].name}"
    assert section.revisions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_approve_while_the_lead_takes_it_back_and_saves_never_approves_unseen_words(submitted, people):
    """Whoever is first, the lead's chain or the approval: no approval stands on words nobody saw."""
    lead, reviewer = people["lead"].person, people["reviewer"].person
    seen = queries.current_revision(submitted).number

    def rewrite(section):
        review.withdraw(section, by=lead, version=2)
        drafting.save(section, "Words that nobody has seen.", by=lead, version=3)
        review.submit(section, by=lead, version=4)

    outcomes = race(submitted, rewrite, lambda section: review.approve(section, by=reviewer, version=2))
    assert sorted(outcomes) == ["conflict", "done"]
    state, version, transitions = state_of(submitted)
    assert version == transitions
    assert (state, version) == (("submitted", 5) if outcomes[0] == "done" else ("approved", 3))
    if state == "approved":
        assert queries.current_revision(submitted).number == seen


@pytest.mark.django_db(transaction=True)
def test_approve_and_save_at_the_same_moment_lets_the_approval_win(submitted, people):
    """Nobody can save while the reviewers have the section, so the save loses, and its version with it."""
    barrier, outcomes = threading.Barrier(2), {}

    def attempt(name, action):
        barrier.wait(timeout=30)
        try:
            action(Section.objects.get(pk=submitted.pk))
            outcomes[name] = "done"
        except Refused as refused:
            outcomes[name] = "conflict" if refused.verdict.is_conflict else "refused"
        finally:
            connection.close()

    lead, reviewer = people["lead"].person, people["reviewer"].person
    actions = {
        "save": lambda section: drafting.save(section, "Late", by=lead, version=2),
        "approve": lambda section: review.approve(section, by=reviewer, version=2),
    }
    threads = [threading.Thread(target=attempt, args=pair) for pair in actions.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert outcomes == {"save": "conflict", "approve": "done"}
    assert state_of(submitted) == ("approved", 3, 3)
    assert submitted.revisions.count() == 1
