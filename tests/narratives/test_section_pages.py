"""The pages of sections and reviews, as the people who use them meet them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.models.indicator import Indicator
from indicators.models.portfolio import Portfolio
from narratives.actions import cycles, drafting, outlines, review
from narratives.models.outline import Outline
from narratives.models.revision import Revision
from narratives.models.section import Section
from portal.models.refusal import Refusal
from tests.narratives.conftest import QUARTER, TEXT, document, load

pytestmark = [pytest.mark.slow]

EXHIBITS = f"{TEXT}\n{{{{ exhibit.cadets }}}}\n\n{{{{ exhibit.investigations }}}}\n"


@pytest.fixture
def sign_in(client, people, manager, analyst):
    """Return a way to become somebody: sign_in("lead") -> client."""

    def become(who):
        client.force_login({**people, "manager": manager, "analyst": analyst}[who])
        return client

    return become


@pytest.fixture
def written(section, people):
    """Return the section on cadets with a text, a table and a chart, drafted by Lee Lead: version 1."""
    drafting.save(section, EXHIBITS, by=people["lead"].person, version=0)
    return section


@pytest.fixture
def submitted(written, people):
    """Return the same section with the reviewers: version 2."""
    review.submit(written, by=people["lead"].person, version=1)
    return written


def body(answer):
    """The page's words, without markup, in one line."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", text)


def at(name, section, *more):
    return reverse(name, args=[section.pk, *more])


def test_list_shows_only_what_this_person_may_see(sign_in, submitted):
    own = body(sign_in("lead").get(reverse("sections")))
    assert "Sections of 2020/21 Q2" in own
    assert "Cadets" in own
    assert "Courage" in own
    assert "Crime" not in own
    assert "Lee Lead, " in own
    reviewer = body(sign_in("reviewer").get(reverse("sections")))
    assert "Cadets" in reviewer
    assert "Courage" not in reviewer
    assert "Crime" in body(sign_in("manager").get(reverse("sections")))


def test_list_of_a_quarter_there_is_not_is_not_found(sign_in, cycle):
    client = sign_in("lead")
    assert client.get(reverse("sections"), {"quarter": "2020-21-Q2"}).status_code == 200
    for asked in ("2019-20-Q1", "nonsense", "2020-21-Q2' OR 1=1"):
        assert client.get(reverse("sections"), {"quarter": asked}).status_code == 404


def test_list_without_any_cycle_says_so(client, make_person):
    client.force_login(make_person("Mia Manager", "report-manager"))
    assert "No reporting cycle is open yet" in body(client.get(reverse("sections")))


def test_open_a_draft_of_others_is_not_found_through_any_address(sign_in, written):
    draft = [
        at("section", written),
        at("section-revision", written, 1),
        at("section-chart", written, 1, "investigations"),
    ]
    for who in ("reviewer", "other lead"):
        client = sign_in(who)
        for address in draft:
            assert client.get(address).status_code == 404, (who, address)
    for address in draft:
        assert sign_in("lead").get(address).status_code == 200


def test_open_anything_with_a_role_that_has_no_business_here_is_not_found(sign_in, submitted):
    client = sign_in("analyst")
    for address in (reverse("sections"), reverse("reviews"), at("section", submitted), at("section-edit", submitted)):
        assert client.get(address).status_code == 404


def test_show_a_section_with_figures_exhibits_origin_and_history(sign_in, written):
    answer = sign_in("lead").get(at("section", written))
    html, words = answer.content.decode(), body(answer)
    assert '<data class="figure" value="cadets_enrolled.snapshot.value">260</data>' in html
    assert "The cadets now number 260 (+30% (+60))" in words.replace(" )", ")").replace("( ", "(")
    assert f'src="{at("section-chart", written, 1, "investigations")}"' in html
    assert "Do investigations rise?" in words
    assert "As at 30 September 2020" in words
    assert "Drafted Lee Lead saved a text at" in words
    assert answer.context["door"] == "sections"
    drawing = sign_in("lead").get(at("section-chart", written, 1, "investigations"))
    assert drawing["Content-Type"] == "image/svg+xml"
    assert drawing.content.startswith(b"<svg")
    narrow = sign_in("lead").get(at("section-chart", written, 1, "investigations-narrow"))
    assert (
        b'width="300"' in narrow.content
        and f'srcset="{at("section-chart", written, 1, "investigations-narrow")}"' in html
    )


def test_draw_a_chart_that_the_revision_does_not_place_is_not_found(sign_in, section, people):
    drafting.save(section, "{{ exhibit.cadets }}", by=people["lead"].person, version=0)
    for key in ("investigations", "cadets", "nowhere"):
        assert sign_in("lead").get(at("section-chart", section, 1, key)).status_code == 404


def test_offer_only_what_the_rules_allow(sign_in, submitted):
    def offered(who):
        html = sign_in(who).get(at("section", submitted)).content.decode()
        found = {name for name in ("submit", "withdraw", "approve", "request-changes", "edit")
                 if at(f"section-{name}", submitted) in html}  # fmt: skip
        assert all('name="version" value="2"' in form for form in re.findall(r"<form.*?</form>", html, re.S)
                   if "/sections/" in form)  # fmt: skip
        return found

    assert offered("lead") == offered("deputy") == {"withdraw"}
    assert offered("reviewer") == {"approve", "request-changes"}
    assert offered("contributor") == offered("manager") == set()


def test_show_a_reviewer_who_wrote_in_it_why_not_to_approve(client, submitted, make_person):
    client.force_login(make_person("Lee Lead", "reviewer"))
    answer = client.get(at("section", submitted))
    assert at("section-approve", submitted) not in answer.content.decode()
    assert "You wrote in this section. Somebody else has to review it" in body(answer)
    assert client.post(at("section-approve", submitted), {"version": 2}).status_code == 403
    listed = client.get(reverse("reviews"))
    assert "You wrote in it, somebody else has to review it" in body(listed)
    assert [row.pk for row in listed.context["own"]] == [submitted.pk]
    assert listed.context["to_review"] == []


def test_list_reviews_shows_what_waits(sign_in, submitted):
    answer = sign_in("reviewer").get(reverse("reviews"))
    assert [row.pk for row in answer.context["to_review"]] == [submitted.pk]
    assert "26 October 2020" in body(answer)
    assert answer.context["door"] == "reviews"
    assert sign_in("lead").get(reverse("reviews")).status_code == 404


def test_walk_a_section_from_the_first_word_to_approval(sign_in, section):
    client = sign_in("contributor")
    page = client.get(at("section-edit", section))
    assert page.context["form"].initial["version"] == 0
    assert "{{ cadets_enrolled.snapshot.value }}" in body(page)
    assert "{{ exhibit.cadets }}" in body(page)
    saved = client.post(at("section-edit", section), {"version": 0, "text": TEXT}, follow=True)
    assert "The text is saved" in body(saved)
    lead = sign_in("lead").post(at("section-submit", section), {"version": 1}, follow=True)
    assert "The section is with the reviewers" in body(lead)
    again = sign_in("reviewer").post(
        at("section-request-changes", section), {"version": 2, "reason": "Since when?"}, follow=True
    )
    assert "went back to its writers" in body(again)
    assert "Rita Reviewer asked for changes" in body(sign_in("lead").get(at("section", section)))
    sign_in("lead").post(at("section-edit", section), {"version": 3, "text": f"{TEXT}Since 2019."})
    sign_in("lead").post(at("section-submit", section), {"version": 4})
    approved = sign_in("reviewer").post(at("section-approve", section), {"version": 5}, follow=True)
    assert "The section is approved" in body(approved)
    section.refresh_from_db()
    assert (section.state, section.version, section.transitions.count()) == ("approved", 6, 6)


def test_preview_saves_nothing_and_marks_what_is_not_known(sign_in, section):
    typed = f"{TEXT}\n{{{{ rope.r12.value }}}}\n\n{{{{ exhibit.cadets }}}}\n\n{{{{ exhibit.gone }}}}\n\n<b>x</b>"
    form = {"version": 0, "text": typed, "intent": "preview"}
    answer = sign_in("lead").post(at("section-edit", section), form)
    words = body(answer)
    assert answer.status_code == 200
    assert "[unknown figure: rope.r12.value]" in words
    assert "[unknown exhibit: gone]" in words
    assert "260" in words
    assert answer.context["unknown"] == ["rope.r12.value", "exhibit.gone"]
    assert "HTML is not part of a report" in words
    assert "<b>x</b>" not in answer.content.decode()
    assert not Revision.objects.exists()
    assert answer.context["form"]["text"].value() == typed


@pytest.mark.parametrize("sent", [{}, {"version": ""}, {"version": "x"}, {"version": "-1"}, {"version": str(2**40)}])
def test_save_without_the_version_is_refused_and_keeps_the_text(sign_in, written, sent):
    answer = sign_in("lead").post(at("section-edit", written), {"text": "My own words", **sent})
    assert answer.status_code == 400
    assert "My own words" in answer.content.decode()
    assert Revision.objects.count() == 1
    for name in ("submit", "approve", "request-changes", "withdraw", "take-figures"):
        who = "reviewer" if name in {"approve", "request-changes"} else "lead"
        assert sign_in(who).post(at(f"section-{name}", written), sent).status_code in {400, 404}, name
    assert written.transitions.count() == 1


def test_save_after_somebody_else_shows_both_texts_and_saves_on_top(sign_in, written, people):
    drafting.save(written, "The deputy’s words.", by=people["deputy"].person, version=1)
    client = sign_in("lead")
    lost = client.post(at("section-edit", written), {"version": 1, "text": "The lead’s words."})
    html = lost.content.decode()
    assert lost.status_code == 409
    assert "Deb Deputy saved a text" in html
    assert re.search(r"<textarea[^>]*name=\"text\"[^>]*>\s*The lead’s words\.</textarea>", html)
    assert re.search(r"<textarea[^>]*readonly[^>]*>\s*The deputy’s words\.</textarea>", html)
    assert '<ins class="app-added">lead’s</ins>' in html
    assert 'name="version" value="2"' in html
    assert client.post(at("section-edit", written), {"version": 2, "text": "Both."}).status_code == 302
    assert list(written.revisions.order_by("number").values_list("text", flat=True))[1:] == [
        "The deputy’s words.",
        "Both.",
    ]


def test_save_while_it_is_under_review_keeps_the_text_and_says_what_to_do(sign_in, submitted):
    answer = sign_in("contributor").post(at("section-edit", submitted), {"version": 1, "text": "My own words"})
    assert answer.status_code == 409
    assert "Take it back first" in body(answer)
    assert "My own words" in answer.content.decode()
    assert "Save mine on top of it" not in body(answer)


def test_save_a_text_over_the_limit_says_how_long_it_is_and_keeps_it(sign_in, section):
    text = "y" * 100_001
    answer = sign_in("lead").post(at("section-edit", section), {"version": 0, "text": text})
    assert answer.status_code == 400
    assert "100,001 characters" in body(answer)
    assert text in answer.content.decode()
    assert not Revision.objects.exists()


def test_edit_a_section_of_another_portfolio_is_refused_and_recorded(sign_in, submitted, make_person, client):
    assert sign_in("other lead").post(at("section-edit", submitted), {"version": 2, "text": "x"}).status_code == 404
    crime = Portfolio.objects.get(slug="crime")
    client.force_login(make_person("Rory Both", "reviewer", "lead", portfolio=crime))
    assert client.get(at("section-edit", submitted)).status_code == 403
    assert client.post(at("section-edit", submitted), {"version": 2, "text": "x"}).status_code == 403
    assert Refusal.objects.filter(reason__contains="Only the lead").count() == 2
    assert submitted.revisions.count() == 1


def test_save_with_hidden_fields_of_other_columns_changes_none_of_them(sign_in, section):
    stray = {"state": "approved", "portfolio": 1, "portfolio_id": 1, "by": 1, "by_id": 1, "number": 9, "cycle": 9}
    before = (section.portfolio_id, section.cycle_id)
    sign_in("lead").post(at("section-edit", section), {"version": 0, "text": "x", **stray})
    section.refresh_from_db()
    assert (section.state, section.version, section.portfolio_id, section.cycle_id) == ("drafted", 1, *before)
    assert section.revisions.get().by_name == "Lee Lead"


def test_decide_with_get_is_not_allowed(sign_in, submitted):
    for name in ("submit", "withdraw"):
        assert sign_in("lead").get(at(f"section-{name}", submitted)).status_code == 405
    for name in ("approve", "request-changes"):
        assert sign_in("reviewer").get(at(f"section-{name}", submitted)).status_code == 405
    assert submitted.transitions.count() == 2


def test_request_changes_that_came_too_late_keeps_what_was_typed(sign_in, submitted, people):
    review.approve(submitted, by=people["second reviewer"].person, version=2)
    late = {"version": 2, "reason": "Since when is the marker used?"}
    answer = sign_in("reviewer").post(at("section-request-changes", submitted), late)
    assert answer.status_code == 409
    assert "This section is already approved" in body(answer)
    assert "Since when is the marker used?" in answer.content.decode()
    assert submitted.transitions.count() == 3


def test_request_changes_without_a_reason_shows_the_error_on_the_page(sign_in, submitted):
    answer = sign_in("reviewer").post(at("section-request-changes", submitted), {"version": 2, "reason": " "})
    assert answer.status_code == 400
    assert "Say what has to change" in body(answer)


def test_approve_text_that_changed_since_is_a_conflict_page(sign_in, submitted, people):
    review.withdraw(submitted, by=people["lead"].person, version=2)
    review.submit(submitted, by=people["deputy"].person, version=3)
    answer = sign_in("reviewer").post(at("section-approve", submitted), {"version": 2})
    assert answer.status_code == 409
    assert "has changed since you opened it" in body(answer)


def test_take_newer_figures_shows_old_and_new_and_saves_a_revision(sign_in, written, analyst):
    assert "Figures have changed" not in body(sign_in("lead").get(at("section", written)))
    load(written.cycle.force, analyst, [("cadets_enrolled", "snapshot", "", "2020-09-30", "250")])
    page = sign_in("lead").get(at("section", written))
    assert '<del class="app-stale__old">260</del>' in page.content.decode()
    assert '<ins class="app-stale__new">250</ins>' in page.content.decode()
    answer = sign_in("lead").post(at("section-take-figures", written), {"version": 1}, follow=True)
    assert "Figures have changed" not in body(answer)
    assert written.revisions.get(number=2).text == EXHIBITS
    old = sign_in("lead").get(at("section-revision", written, 1))
    assert "260" in body(old)
    assert "250" not in body(old)
    new = sign_in("lead").get(at("section-revision", written, 2))
    assert "250" in body(new)
    assert "the figures were taken anew" in body(new)


def test_show_the_last_text_on_the_same_topic_with_its_age(sign_in, written, manager):
    later = cycles.open_cycle(
        written.cycle.force, written.cycle.outline, QUARTER.next().next(), by=manager.person
    ).sections.get(topic=written.topic)
    words = body(sign_in("lead").get(at("section", later)))
    assert "What the last report said" in words
    assert "2020/21 Q2, 2 quarters ago; saved by Lee Lead" in words
    assert "this text was never approved" in words
    assert "The cadets now number" in words
    assert "What the last report said" not in body(sign_in("lead").get(at("section", written)))


@pytest.mark.parametrize(
    "probe",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](http://169.254.169.254/x.png)",
        "<img src=x onerror=alert(1)>",
        '"><svg onload=alert(1)>',
        "</textarea><script>alert(1)</script>",
    ],
)
def test_show_hostile_text_never_as_markup(sign_in, section, people, probe):
    drafting.save(section, f"Before {probe} after", by=people["lead"].person, version=0)
    drafting.save(section, "Clean", by=people["lead"].person, version=1)
    drafting.save(section, probe, by=people["lead"].person, version=2)
    client = sign_in("lead")
    pages = [client.get(at("section", section)), client.get(at("section-edit", section))]
    pages += [client.get(at("section-revision", section, number)) for number in (1, 2, 3)]
    pages.append(client.post(at("section-edit", section), {"version": 1, "text": probe}))
    pages.append(client.post(at("section-edit", section), {"version": 3, "text": probe, "intent": "preview"}))
    for page in pages:
        html = page.content.decode()
        assert "<script>alert" not in html
        assert "<svg onload" not in html
        assert "<img src=x" not in html
        assert not re.search(r"(?:src|href)=\"(?:javascript|http://169)", html)


def test_answer_with_as_many_queries_for_twenty_sections_as_for_two(sign_in, figures, manager, people, cycle):
    outlines.load(document(*[(f"topic-{n}", "people") for n in range(20)], slug="wide"), by=manager.person)
    wide = cycles.open_cycle(figures, Outline.objects.get(slug="wide"), QUARTER, by=manager.person)
    lead = people["lead"].person
    for section in [*wide.sections.all(), *cycle.sections.filter(portfolio__slug="people")]:
        drafting.save(section, TEXT, by=lead, version=0)
        if section.cycle_id == wide.pk:
            review.submit(section, by=lead, version=1)

    def cost(who, name, **asked):
        client = sign_in(who)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(name), asked).status_code == 200
        return len(captured)

    assert cost("lead", "sections", outline="wide") == cost("lead", "sections", outline="quarterly")
    all_waiting = cost("reviewer", "reviews")
    for section in wide.sections.order_by("id")[2:]:
        review.withdraw(section, by=lead, version=2)
    assert cost("reviewer", "reviews") == all_waiting
    assert Section.objects.filter(state="submitted").count() == 2


def test_answer_a_section_with_forty_figures_at_the_cost_of_two(sign_in, section, people):
    def cost(text, version):
        drafting.save(section, text, by=people["lead"].person, version=version)
        client = sign_in("lead")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(at("section", section)).status_code == 200
        return len(captured)

    few = cost(TEXT, 0)
    months = " ".join(f"{{{{ domestic_abuse_investigations.month-2020-0{n}.{aspect} }}}}"
                      for n in range(1, 10) for aspect in ("value", "change", "previous", "period"))  # fmt: skip
    assert cost(f"{TEXT}\n{months}", 1) == few


def test_writer_is_offered_the_change_on_the_month_before_and_its_key_is_bound(sign_in, section):
    key = "domestic_abuse_investigations.month-on-previous-month.change"
    Indicator.objects.filter(key="domestic_abuse_investigations").update(portfolio=section.portfolio)
    client = sign_in("lead")
    # 330 in September and 320 in August: 10 more, 3.1 %.
    assert f"{{{{ {key} }}}} +3% (+10), compared with August 2020" in body(client.get(at("section-edit", section)))
    text = f"Investigations: {{{{ {key} }}}}."
    answer = client.post(at("section-edit", section), {"version": 0, "text": text}, follow=True)
    assert "Investigations: +3% (+10) ." in body(answer)
