"""Dated notes through their pages and a document: kept, changed and ended by analysts, and following the figures."""

import csv
import io
from datetime import date

import pghistory
import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.actions import dated_notes, definitions
from indicators.choices import NoteKind
from indicators.models.dated_note import DatedNote
from indicators.models.indicator import Indicator
from indicators.people import Refused
from indicators.periods import Quarter
from indicators.queries import books
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.case_files import small_force, tidy_file
from tests.people import make_user

pytestmark = pytest.mark.django_db

MONTH_ENDS = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
# The force's own months from October 2018 to September 2020.
MONTHS = [(y, m) for y in (2018, 2019, 2020) for m in range(1, 13) if (2018, 10) <= (y, m) <= (2020, 9)]
FIELDS = {
    "version": "1", "kind": "break", "label": "New system", "text": "Counted by day of report.",
    "starts_on": "2020-04-01", "ends_on": "", "force": "", "part": "", "window": "", "end": "",
}  # fmt: skip


@pytest.fixture
def force(db):
    """Return a small force."""
    return small_force()


@pytest.fixture
def analyst(force):
    """Return an analyst."""
    return case_files.analyst()


@pytest.fixture
def ada(client, analyst):
    """Return a browser in which the analyst has signed in."""
    client.force_login(User.objects.get(pk=analyst.id))
    return client


def load_months(force, by, last: int = 120) -> None:
    """Load investigations of two years: 100 and 120 by turns, the last month as given."""
    rows = []
    for at, (year, month) in enumerate(MONTHS):
        day = 29 if (year, month) == (2020, 2) else MONTH_ENDS[month]
        amount = last if at == len(MONTHS) - 1 else (100, 120)[at % 2]
        rows.append(("investigations", "smallshire", f"{year}-{month:02d}-01", f"{year}-{month:02d}-{day}", amount))
    case_files.load(force, by, tidy_file(*rows), case_files.ImportKind.OBSERVATIONS)


def note(by, **more) -> DatedNote:
    """Keep a series break of 1 April 2020."""
    fields = {"kind": NoteKind.BREAK, "label": "New system", "words": "Counted by day of report."}
    made = DatedNote(**{**fields, "starts_on": date(2020, 4, 1), **more})
    dated_notes.save(made, by=by)
    return made


def text(answer) -> str:
    """Return the page's text with spaces made single."""
    return " ".join(answer.content.decode().split())


TOLD = "Series break on 1 April 2020, New system (Counted by day of report)"


def test_add_a_break_on_its_page_prints_it_beside_the_figures_of_its_indicator(ada, force, analyst):
    load_months(force, analyst)
    answer = ada.post(reverse("note-new"), {**FIELDS, "indicators": ["investigations"]}, follow=True)
    page = text(answer)
    assert "“New system” is saved. It follows the figures from now on." in page
    assert "1 April 2020" in page and "Counted by day of report." in page and "All areas" in page
    indicator = text(ada.get("/indicators/investigations/?quarter=2020-21-Q2"))
    assert TOLD in indicator and "Limits begin anew: series break on 1 April 2020" in indicator
    assert "not enough points to tell (limits need 12 points; there are 6)" in indicator
    assert "series break" in ada.get("/indicators/investigations/chart.svg?quarter=2020-21-Q2").content.decode()


def test_a_note_follows_the_figure_into_the_api_its_csv_and_the_command(ada, force, analyst, capsys):
    from django.core.management import call_command

    load_months(force, analyst)
    address = "/api/figures/?quarter=2020-21-Q2"
    before = ada.get(address)
    note(analyst, indicators=["investigations"])
    told = TOLD[0].lower() + TOLD[1:]
    after = ada.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    by_key = {one["key"]: one["notes"] for one in after.json()["figures"]}
    assert by_key["investigations.r12"] == [told]
    rows = csv.DictReader(io.StringIO(ada.get(f"{address}&format=csv").content.decode("utf-8-sig")))
    assert {row["key"]: row["notes"] for row in rows}["investigations.r12"] == told
    call_command("figures", "--quarter", "2020-21-Q2", "--json")
    assert told in capsys.readouterr().out


def test_a_note_on_other_indicators_areas_or_forces_is_not_told(force, analyst):
    from indicators.actions import areas

    load_months(force, analyst)
    other = areas.ensure_force("otherland", "Otherland Police")
    note(analyst, indicators=["robbery"])
    note(analyst, areas=["hill"])
    note(analyst, force=other)
    own = note(analyst, force=force, areas=["smallshire"])
    figure = books.figure_book(force, Quarter(2020, 2)).figure("investigations.r12")
    assert [one.label for one in figure.dated] == [own.label]


def test_a_footnote_on_one_value_is_told_of_that_value_alone(ada, force, analyst):
    load_months(force, analyst)
    sent = {
        **FIELDS, "kind": "footnote", "starts_on": "", "text": "Three days are missing.", "window": "month",
        "end": "2020-08-31", "indicators": ["investigations"], "areas": ["smallshire"],
    }  # fmt: skip
    assert ada.post(reverse("note-new"), sent).status_code == 302
    assert "One value: August 2020" in text(ada.get(reverse("notes")))
    figures = books.figure_book(force, Quarter(2020, 2)).of_quarter()
    told = {one.key for one in figures if one.notes == ("Three days are missing",)}
    assert told == {"investigations.month-2020-08"}


def test_an_ended_note_is_printed_no_more_and_stays_in_the_list(ada, force, analyst):
    load_months(force, analyst)
    kept = note(analyst)
    page = text(ada.get(reverse("note-edit", args=[kept.pk])))
    assert "End this note" in page
    answer = text(ada.post(reverse("note-end", args=[kept.pk]), follow=True))
    assert "Ended by Ada Analyst" in answer and "New system" in answer
    assert "series break" not in text(ada.get("/indicators/investigations/?quarter=2020-21-Q2")).lower()
    assert ada.get(reverse("note-edit", args=[kept.pk])).status_code == 404
    assert ada.post(reverse("note-end", args=[kept.pk])).status_code == 409
    with pytest.raises(Refused, match="ended already"):
        dated_notes.save(kept, by=analyst)


def test_change_a_note_keeps_what_it_was_before_in_the_audit(ada, force, analyst):
    kept = note(analyst)
    ada.post(reverse("note-edit", args=[kept.pk]), {**FIELDS, "label": "Newer system"})
    kept.refresh_from_db()
    assert (kept.label, kept.version) == ("Newer system", 2)
    events = apps.get_model("indicators", "DatedNoteEvent").objects.order_by("pgh_id")
    assert list(events.values_list("pgh_label", "label")) == [("insert", "New system"), ("update", "Newer system")]
    assert pghistory.models.Context.objects.get(pk=events.last().pgh_context_id).metadata["user"] == analyst.id


def test_change_a_note_that_somebody_else_changed_is_refused_and_keeps_the_words(ada, force, analyst):
    kept = note(analyst)
    ada.post(reverse("note-edit", args=[kept.pk]), {**FIELDS, "label": "First"})
    answer = ada.post(reverse("note-edit", args=[kept.pk]), {**FIELDS, "label": "Second", "text": "My own words."})
    assert answer.status_code == 409
    assert "Somebody else has changed this note" in text(answer) and "My own words." in text(answer)
    kept.refresh_from_db()
    assert kept.label == "First"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"starts_on": ""}, "First day: Give the day of the break."),
        ({"starts_on": "2020-13-01"}, "First day: This is not a date."),
        ({"ends_on": "2020-05-01"}, "Last day: A break is one day."),
        ({"kind": "annotation", "ends_on": "2020-03-01"}, "Last day: The last day is before the first."),
        ({"kind": "footnote", "starts_on": "", "window": "r12"}, "Give the last day of the value"),
        ({"label": ""}, "Name: This field is required."),
        ({"text": " "}, "Words: This field is required."),
        ({"indicators": ["murder"]}, "Indicators: Select a valid choice."),
    ],
)
def test_a_faulty_note_is_refused_beside_its_field(ada, force, sent, words):
    answer = ada.post(reverse("note-new"), {**FIELDS, **sent})
    assert answer.status_code == 422
    assert words in text(answer) and not DatedNote.objects.exists()


def test_a_part_has_to_belong_to_its_one_indicator(ada, force, analyst):
    part = Indicator.objects.get(key="asb").breakdown.values.get(slug="nuisance")
    sent = {**FIELDS, "part": part.pk}
    assert "Part: A part belongs to one indicator." in text(ada.post(reverse("note-new"), sent))
    wrong = ada.post(reverse("note-new"), {**sent, "indicators": ["robbery"]})
    assert "Part: The indicator is not divided so." in text(wrong)
    assert ada.post(reverse("note-new"), {**sent, "indicators": ["asb"]}).status_code == 302
    with pytest.raises(Refused, match="no part of this indicator"):
        note(analyst, part=part, indicators=["robbery"])


def test_the_database_refuses_what_the_form_would(force, analyst):
    faulty = [
        {"kind": "break"},
        {"kind": "break", "starts_on": date(2020, 4, 1), "ends_on": date(2020, 5, 1)},
        {"kind": "annotation", "starts_on": date(2020, 4, 1), "ends_on": date(2020, 3, 1)},
        {"kind": "footnote", "window": "r12"},
        {"kind": "footnote", "window": "r12", "end": date(2020, 9, 30), "indicators": ["asb"]},
        {"kind": "footnote", "end": date(2020, 9, 30), "indicators": ["asb"], "areas": ["hill"]},
        {"kind": "footnote", "part": Indicator.objects.get(key="asb").breakdown.values.first()},
    ]
    for fields in faulty:
        with pytest.raises(IntegrityError), transaction.atomic():
            DatedNote.objects.create(label="x", words="x", **fields)
    cell = {"window": "r12", "end": date(2020, 9, 30), "indicators": ["asb"], "areas": ["hill"]}
    DatedNote.objects.create(label="x", words="x", kind="footnote", **cell)


def test_only_analysts_keep_notes(force, analyst):
    reader = make_user("Rita Reader", "auditor").person
    with pytest.raises(Refused, match="Only an analyst"):
        note(reader)
    kept = note(analyst)
    with pytest.raises(Refused, match="Only an analyst"):
        dated_notes.end(kept, by=reader)
    with pytest.raises(Refused, match="Only an analyst"):
        definitions.load({"notes": [ENTRY]}, by=reader)


ENTRY = {
    "key": "lockdown", "kind": "annotation", "label": "Lockdown", "words": "People stayed at home.",
    "indicators": ["asb"], "part": "nuisance", "from": "2020-03-23", "until": "2020-07-04",
}  # fmt: skip


def test_load_definitions_keeps_notes_by_their_keys(force, analyst):
    assert definitions.load({"notes": [ENTRY]}, by=analyst) == {"notes": 1}
    kept = DatedNote.objects.get()
    assert (kept.key, kept.part.slug, kept.starts_on, kept.version) == ("lockdown", "nuisance", date(2020, 3, 23), 1)
    definitions.load({"notes": [ENTRY]}, by=analyst)  # nothing new: no other version
    kept.refresh_from_db()
    assert kept.version == 1
    definitions.load({"notes": [{**ENTRY, "until": "2020-07-05"}]}, by=analyst)
    kept.refresh_from_db()
    assert (kept.version, kept.ends_on) == (2, date(2020, 7, 5))
    dated_notes.end(kept, by=analyst)
    definitions.load({"notes": [ENTRY]}, by=analyst)
    kept.refresh_from_db()
    assert kept.ended_at and kept.ends_on == date(2020, 7, 5)
    for wrong, words in (({"indicators": ["murder"]}, "no part"), ({"areas": ["atlantis"]}, "atlantis")):
        with pytest.raises(Refused, match=words):
            definitions.load({"notes": [{**ENTRY, "key": "other", **wrong}]}, by=analyst)


def test_what_stands_out_lists_the_exceptional_and_counts_the_quiet(ada, force, analyst):
    load_months(force, analyst, last=300)
    page = text(ada.get("/indicators/standing-out/"))
    assert "What stands out in" in page and "1 exceptional, 0 without significant change" in page
    # Mean (12 × 100 + 11 × 120 + 300) / 24 = 117.5; moves 22 × 20 and 200, mean 640 / 23 = 27.826…;
    # 117.5 + 2.66 × 27.826… = 191.5….
    assert "investigations: 300 in September 2020 is above the upper limit of 191.5: exceptional rise." in page
    assert "/indicators/investigations/chart.svg?quarter=2020-21-Q2&amp;force=smallshire&amp;part=" in page
    assert reverse("standing-out") in text(ada.get(reverse("indicators")))
    quiet = text(ada.get("/indicators/standing-out/?quarter=2020-21-Q1"))
    assert "0 exceptional, 1 without significant change" in quiet and "Nothing stands out" in quiet


def test_what_stands_out_names_series_without_enough_points(ada, force, analyst):
    load_months(force, analyst)
    note(analyst)
    page = text(ada.get("/indicators/standing-out/?quarter=2020-21-Q2"))
    assert "1 that cannot be judged" in page and "limits need 12 points; there are 6" in page


def test_pages_cost_the_same_for_one_note_and_many(ada, force, analyst):
    load_months(force, analyst, last=300)
    note(analyst)
    addresses = ("/notes/", "/indicators/standing-out/", "/indicators/investigations/", "/api/figures/")
    costs = []
    for extra in (0, 12):
        for at in range(extra):
            note(analyst, label=f"Note {at}", kind=NoteKind.ANNOTATION, areas=["hill", "smallshire"])
        counts = []
        for address in addresses:
            ada.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert ada.get(address).status_code == 200
            counts.append(len(asked))
        costs.append(counts)
    assert costs[0] == costs[1]


def test_pages_without_any_figure_say_so(ada, force):
    assert "There are no figures yet." in text(ada.get("/indicators/standing-out/"))
    assert "There is no note yet." in text(ada.get("/notes/"))


def test_the_chart_of_a_part_is_drawn_and_of_an_unknown_one_not_found(ada, force, analyst):
    load_months(force, analyst)
    address = "/indicators/investigations/chart.svg?quarter=2020-21-Q2&part="
    assert ada.get(address).status_code == 200
    assert ada.get(f"{address}nothing").status_code == 404
