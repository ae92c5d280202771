"""The shell of every page: what it shows to whom, and that it asks for nothing the security policy forbids."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from portal.middleware import came_from
from tests.people import PASSWORD

TEMPLATES = Path(settings.BASE_DIR) / "templates"
STYLES = (Path(settings.BASE_DIR) / "portal" / "static" / "portal" / "scrutiny.css").read_text()


class Elements(HTMLParser):
    """Collects the start tags of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attributes
            for name, attributes in self.found
            if name == tag and all(attributes.get(key) == value for key, value in wanted.items())
        ]


class Letter(forms.Form):
    """One field of each kind that the pages use."""

    subject = forms.CharField(help_text="As short as you can.")
    body = forms.CharField(widget=forms.Textarea(attrs={"class": "govuk-!-width-full"}))
    kind = forms.ChoiceField(choices=[("a", "First class"), ("b", "Second class")], widget=forms.RadioSelect)
    copy = forms.BooleanField(label="Keep a copy")
    foreign = forms.CharField(widget=forms.TextInput(attrs={"class": "border-base-200"}))
    token = forms.CharField(widget=forms.HiddenInput)


def test_render_field_with_hint_and_error_describes_the_input_by_both():
    group = str(Letter({})["subject"].as_field_group())
    (field,) = Elements(group).named("input")
    assert field["aria-describedby"] == "id_subject_helptext id_subject_error"
    assert field["class"] == "govuk-input govuk-input--error"
    ids = {attributes.get("id") for _, attributes in Elements(group).found}
    assert {"id_subject", "id_subject_helptext", "id_subject_error"} <= ids
    assert Elements(group).named("label", **{"for": "id_subject", "class": "govuk-label"})


def test_render_field_without_error_shows_no_error_class():
    assert "error" not in str(Letter()["subject"].as_field_group())


def test_render_textarea_with_own_govuk_class_keeps_both_classes():
    (field,) = Elements(str(Letter()["body"])).named("textarea")
    assert field["class"] == "govuk-textarea govuk-!-width-full"


def test_render_input_with_class_of_the_admin_leaves_it_alone():
    (field,) = Elements(str(Letter()["foreign"])).named("input")
    assert field["class"] == "border-base-200"


def test_render_radios_puts_them_in_a_fieldset_with_a_label_each():
    page = Elements(str(Letter()["kind"].as_field_group()))
    assert page.named("fieldset") and page.named("legend")
    inputs = page.named("input", type="radio")
    assert [each["value"] for each in inputs] == ["a", "b"]
    assert [each["for"] for each in page.named("label")] == [each["id"] for each in inputs]


def test_render_checkbox_labels_it_after_the_box():
    group = str(Letter()["copy"].as_field_group())
    assert group.index("<input") < group.index("Keep a copy")
    assert 'class="govuk-checkboxes__input"' in group


def test_render_hidden_field_shows_no_label():
    assert "label" not in str(Letter()["token"].as_field_group())


def test_render_error_summary_links_each_error_to_an_id_on_the_page():
    form = Letter({})
    summary = Elements(render_to_string("components/error_summary.html", {"form": form}))
    fields = "".join(str(field.as_field_group()) for field in form)
    ids = {attributes.get("id") for _, attributes in Elements(fields).found}
    links = [str(link["href"]) for link in summary.named("a")]
    assert len(links) == 5
    assert all(link.removeprefix("#") in ids for link in links)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("not-started", "Not started"),
        ("submitted", "Submitted"),
        ("quarantined", "Set aside"),
        ("signed-off", "Signed off"),
    ],
)
def test_render_tag_for_a_state_says_it_in_words(state, words):
    tag = render_to_string("components/tag.html", {"state": state})
    assert f">{words}</strong>" in tag
    assert f"app-tag--{state}" in tag


def test_render_fault_page_without_any_context_shows_what_to_do():
    page = render_to_string("500.html")  # no database fixture: a query would fail this test
    assert "Something went wrong" in page
    assert "try again" in page


def test_render_fault_page_with_reference_prints_it():
    assert "4f2a9c01" in render_to_string("500.html", {"reference": "4f2a9c01"})


def test_write_templates_without_inline_style_or_script():
    faults = []
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        if re.search(r"\sstyle\s*=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*[\"']|javascript:", text):
            faults.append(str(path.relative_to(TEMPLATES)))
    assert faults == []


def test_write_styles_never_name_the_typeface_or_marks_of_the_state():
    rules = re.sub(r"/\*.*?\*/", "", STYLES, flags=re.S)
    assert "GDS" not in rules
    assert not re.search(r"url\(|crown|crest", rules)
    assert re.search(r"\*,\s*\*::before,\s*\*::after \{\s*font-family: [^;]+ !important", rules)


@pytest.mark.django_db
def test_open_sign_in_as_nobody_shows_labelled_fields_and_no_doors():
    page = Elements(Client().get("/sign-in/").content.decode())
    (address,) = page.named("input", name="username")
    assert (address["type"], address["autocomplete"]) == ("email", "username")
    assert page.named("label", **{"for": str(address["id"])})
    assert not page.named("nav")
    assert page.named("html", lang="en-GB")


@pytest.mark.django_db
def test_sign_in_with_wrong_password_keeps_the_address_and_says_what_is_wrong():
    answer = Client().post("/sign-in/", {"username": "ada@example.test", "password": "wrong"})
    page = answer.content.decode()
    assert "The e-mail address or the password is not right" in page
    assert Elements(page).named("input", name="username")[0]["value"] == "ada@example.test"
    assert "<title>Error: Sign in – Scrutiny</title>" in page


@pytest.mark.django_db
def test_open_unknown_address_answers_404_with_a_way_on():
    answer = Client().get("/no/such/page")
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()
    assert Elements(answer.content.decode()).named("a", href="/sign-in/")


def test_open_home_as_analyst_shows_name_doors_and_a_sign_out_button(analyst):
    client = Client()
    client.post("/sign-in/", {"username": analyst.email, "password": PASSWORD})
    page = client.get("/").content.decode()
    assert "Ada Analyst" in page
    assert "Nothing waits for you" in page
    assert Elements(page).named("form", method="post", action="/sign-out/")
    assert Elements(page).named("a", href="/imports/")


def test_render_home_with_tasks_lists_each_with_its_state():
    task = {"title": "Burglary", "url": "/sections/1/", "detail": "Due 30 September 2020", "status": "returned"}
    page = render_to_string("portal/home.html", {"groups": [{"title": "To write", "tasks": [task]}]})
    assert Elements(page).named("a", href="/sections/1/")
    assert "Due 30 September 2020" in page
    assert ">Returned</strong>" in page
    assert "Nothing waits for you" not in page


def test_render_navigation_marks_the_current_door_only():
    doors = [
        {"words": "My work", "url_name": "home", "section": "home"},
        {"words": "Sign in", "url_name": "sign-in", "section": "other"},
    ]
    page = Elements(render_to_string("components/navigation.html", {"doors": doors, "door": "home"}))
    assert [link["href"] for link in page.named("a", **{"aria-current": "true"})] == ["/"]
    assert len(page.named("a")) == 2


def test_render_refusal_with_kept_text_gives_it_back_escaped():
    page = render_to_string("portal/refused.html", {"reason": "Somebody else was faster.", "kept": "<b>my words</b>"})
    assert "Your text, so that nothing is lost" in page
    assert "&lt;b&gt;my words&lt;/b&gt;" in page
    assert "readonly" in Elements(page).named("textarea")[0]


def test_a_refusal_leads_back_to_the_portals_own_page_alone():
    def back(before: str) -> str:
        return came_from(RequestFactory().post("/", headers={"Host": "testserver", "Referer": before}))

    assert back("http://testserver/imports/4/?page=2") == "/imports/4/?page=2"
    assert [back(other) for other in ("", "https://elsewhere.test/imports/4/", "javascript:alert(1)")] == ["", "", ""]
