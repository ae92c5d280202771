"""The pages of a profile of sheets as a newcomer meets them: suggestions, order, refusals, sources, the trial."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from indicators.actions import profiles
from indicators.choices import SourceKind, Window
from indicators.models.observation import Observation
from indicators.models.profile import SheetProfile
from indicators.models.source import DataSource
from indicators.people import Refused
from tests.indicators.test_history_pages import ada, by, force, profile_of, staged  # noqa: F401
from tests.indicators.test_official_pages import text as shown_in
from tests.indicators.test_profile_pages import fields, text
from tests.indicators.test_wide_imports import load, sample
from tests.indicators.wide_files import MONTHS, csv_of, level, workbook_of

pytestmark = pytest.mark.django_db

YEAR = ["2018/19", *[10] * 12, 120]
HEAD = ["Year", *MONTHS, "Total"]


def stacked(*titles: str) -> list[list[object]]:
    """Return a table of one year for each title."""
    return [row for title in titles for row in ([title], HEAD, YEAR, [])]


def begun(ada, force, content: bytes, name: str = "x.csv"):  # noqa: F811
    """Begin a profile with a sample, and return its page."""
    given = {"force": force.pk, "source": DataSource.objects.get(slug="supplied").pk, "name": "Begun"}
    return ada.post(reverse("sheet-profile-new"), given | {"file": sample(content, name)}, follow=True)


def labels(sent: dict[str, str]) -> list[str]:
    """Return the labels of a page in its order."""
    count = int(sent["labels-TOTAL_FORMS"])
    return [sent[f"labels-{at}-text"] for at in range(count) if sent[f"labels-{at}-text"]]


def test_begin_tells_number_rows_from_rates_and_keeps_the_order_of_the_sheet(ada, force):  # noqa: F811
    titles = ["Zeta", "Calls answered (number)", "Calls answered (%)", "A short one"]
    sent = fields(begun(ada, force, csv_of(stacked(*titles))))
    assert labels(sent) == titles
    meant = [(sent[f"labels-{at}-holds"], sent[f"labels-{at}-series"]) for at in range(4)]
    assert meant == [("", ""), ("numerator", "answered"), ("level", "answered"), ("", "")]
    sent |= {"named_by": "title", **{f"labels-{at}-holds": "ignored" for at in (0, 3)}}
    profile = SheetProfile.objects.get()
    answer = ada.post(reverse("sheet-profile-edit", args=[profile.pk]), sent | {"intent": "save"}, follow=True)
    assert "is saved as version 1" in text(answer), text(answer)
    assert labels(fields(ada.get(reverse("sheet-profile-edit", args=[profile.pk])))) == titles
    page = shown_in(ada.get(reverse("sheet-profile", args=[profile.pk])))
    assert sorted(titles, key=page.index) == titles


def test_begin_shows_that_cells_are_formatted_as_per_cent(ada, force):  # noqa: F811
    def change(book):
        for column in range(2, 15):
            book["S"].cell(3, column).number_format = "0.0%"

    rows = [["Calls answered"], HEAD, ["2018/19", *[0.754] * 12, 0.754]]
    answer = begun(ada, force, workbook_of({"S": rows}, change), "x.xlsx")
    assert "12 cells are formatted as per cent: 0.754 is read as 75.4 %." in shown_in(answer)
    assert '<input type="checkbox" name="takes_percent"' in answer.content.decode()
    assert SheetProfile.objects.get().definition["takes_percent"] is True


def test_save_two_labels_as_one_value_is_refused_with_both_named(ada, force, by):  # noqa: F811
    profile = profile_of(force, by, {"One": level("median")})
    document = {**profile.definition, "labels": {"One": level("median"), "Two": level("median")}}
    with pytest.raises(Refused, match="“One” and “Two” are both the value of “Time to arrive”"):
        profiles.save(profile, document, {}, version=1, by=by)
    address = reverse("sheet-profile-edit", args=[profile.pk])
    sent = fields(ada.get(address)) | {"named_by": "title", "intent": "save"}
    sent |= {"labels-1-text": "Two", "labels-1-holds": "level", "labels-1-series": "median",
             "labels-1-area": "smallshire"}  # fmt: skip
    answer = ada.post(address, sent)
    assert answer.status_code == 422 and "“One” and “Two” are both the value" in shown_in(answer)


def test_trial_shows_the_first_and_last_values_of_every_measure(ada, force, by):  # noqa: F811
    profile = profile_of(force, by, {"Time to arrive": level("median"), "Satisfied": level("bare")})
    rows = [
        ["Time to arrive"],
        HEAD,
        ["2018/19", *range(1, 13), 6],
        [],
        ["Satisfied"],
        HEAD,
        ["2018/19", *range(51, 63)],
    ]
    address = reverse("sheet-profile-edit", args=[profile.pk])
    sent = fields(ada.get(address)) | {"named_by": "title", "intent": "try"}
    page = shown_in(ada.post(address, sent | {"file": sample(csv_of(rows), "x.csv")}))
    said = page.partition("The first and last values of every measure")[2]
    for words in ("12 values, 8 between these not shown", "April 2018 1 – – B3", "March 2019 12 – – M3",
                  "April 2018 51 % – – B7", "March 2019 62 % – – M7"):  # fmt: skip
        assert words in said
    assert "June 2018" not in said


def tried(ada, profile, rows, **changed: str) -> str:  # noqa: F811
    """Try a profile on a table, with fields of its page changed, and return what the page says."""
    address = reverse("sheet-profile-edit", args=[profile.pk])
    sent = fields(ada.get(address)) | {"named_by": "title", "intent": "try", **changed}
    return shown_in(ada.post(address, sent | {"file": sample(csv_of(rows), "x.csv")}))


def test_trial_never_says_that_there_is_no_problem_beside_a_warning_or_a_fault(ada, force, by):  # noqa: F811
    profile = profile_of(force, by, {"One": level("investigations")})
    table = [["One"], HEAD, YEAR]
    page = tried(ada, profile, table)
    assert "What it makes of the sample: no problem 12 values can be read, no problem. Nothing was changed." in page
    wrong = [["One"], HEAD, [*YEAR[:-1], 121]]
    page = tried(ada, profile, wrong)
    assert "What it makes of the sample: 1 thing to look at 12 values can be read. Nothing in the sample is" in page
    assert "a difference of 1" in page and "no problem" not in page
    # A fault of the profile stands at the top; the trial speaks of it, and not against it.
    page = tried(ada, profile, table, **{"labels-0-series": ""})
    assert "There is a problem" in page and "choose the indicator" in page and "no problem" not in page
    assert "The profile cannot be saved yet, for the reason at the top of this page." in page
    page = tried(ada, profile, [*wrong, [], ["Two"], HEAD, YEAR])
    assert "What it makes of the sample: 1 problem and 1 thing to look at" in page and "no problem" not in page
    assert "A file like this one would be refused as a whole" in page
    assert "What the profile did not know is in its lists now: choose what it means, and try again." in page


def test_trial_shows_a_problem_of_many_places_as_one_line(ada, force, by):  # noqa: F811
    profile = profile_of(force, by, {"One": level("investigations")})
    page = tried(ada, profile, [["One"], HEAD, ["2018/19", *["1.2.3"] * 12]])
    assert "What it makes of the sample: 12 problems" in page and "1 kind of problem" in page
    assert "12 places: B3 to M3" in page


def test_preview_begins_with_what_matters_and_keeps_the_months_closed(ada, force, by):  # noqa: F811
    profile = profile_of(force, by, {"Investigations": level("investigations")})
    load(profile, csv_of(stacked("Investigations")), by)
    sent = staged(profile, csv_of([["Investigations"], HEAD, ["2018/19", *[11] * 12, 120]]), by)
    answer = ada.get(reverse("import", args=[sent.pk]))
    order = ["What will change", "Values of presented reports that", "Figures that would move", "April 2018 10 11",
             "1 thing to look at before you confirm", "but its parts (B3 to M3) add up to 132",
             "What is shown of these values", "No blank cells", "Month by month", "Apply this file"]  # fmt: skip
    page = shown_in(answer)
    places = [page.index(words) for words in order]
    assert places == sorted(places), list(zip(order, places, strict=True))
    assert "<details open" not in answer.content.decode()
    # One measure: the months are listed once.
    assert page.count("March 2019 0 1 0 0") == 1 and "0 new, 1 changed" not in page


def test_indicators_that_are_counted_say_so_where_they_are_chosen_and_listed(ada, force, by):  # noqa: F811
    page = text(begun(ada, force, csv_of(stacked("Zeta"))))
    assert "Recorded crime (counted from cases: supplied values are compared only)" in page
    load(profile_of(force, by, {"Investigations": level("investigations")}), csv_of(stacked("Investigations")), by)
    listed = shown_in(ada.get(reverse("indicators")))
    assert "Recorded crime : counted from cases: supplied values are compared only" in listed


def test_load_a_median_with_its_year_and_a_source_of_its_own(ada, force, by):  # noqa: F811
    DataSource.objects.create(slug="control-room", name="Control room", kind=SourceKind.OBSERVATIONS)
    profile = profile_of(
        force, by, {"Time to arrive": level("median", source="control-room"), "Satisfied": level("bare")},
        headings={"Total": "taken-total"},
    )  # fmt: skip
    rows = [["Time to arrive"], HEAD, ["2018/19", *[9] * 12, 8], [], ["Satisfied"], HEAD[:-1], ["2018/19", *[50] * 12]]
    applied = load(profile, csv_of(rows), by)
    year = Observation.objects.get(window=Window.ROLLING_12)
    assert (year.value, year.end, year.cell, year.source.slug) == (Decimal(8), date(2019, 3, 31), "N3", "control-room")
    sources = dict(Observation.objects.values_list("indicator__key", "source__slug"))
    assert sources == {"median": "control-room", "bare": "supplied"}
    page = shown_in(ada.get(reverse("import", args=[applied.pk])))
    assert "1 total is taken as a value of 12 months" in page
    assert "from Control room" in shown_in(ada.get(reverse("sheet-profile", args=[profile.pk])))


def test_load_page_asks_first_and_then_only_for_what_matters(ada, force, by):  # noqa: F811
    address = reverse("import-receive")
    first = ada.get(address)
    for words in ("Cases: one row", "Figures in your own spreadsheet", "Figures in a tidy file", "Official tables"):
        assert words in text(first)
    assert 'type="file"' not in first.content.decode()
    assert "Choose what the file holds" in text(ada.get(address, {"holds": ""}))
    assert "Choose what the file holds" in text(ada.get(address, {"holds": "x"}))
    asked = {"cases": {"profile"}, "wide": {"sheet_profile", "printed_in", "report_name"}, "tidy": set(),
             "official": {"feed"}}  # fmt: skip
    every = {"profile", "sheet_profile", "printed_in", "report_name", "feed"}
    for holds, names in asked.items():
        page = ada.get(address, {"holds": holds}).content.decode()
        assert {name for name in every if f'name="{name}"' in page} == names
        assert 'type="file"' in page
    profile_of(force, by, {"One": level("median")})
    answer = ada.post(f"{address}?holds=wide", {"force": force.pk, "kind": "observations",
                                                "file": sample(b"x", "x.csv")})  # fmt: skip
    assert "Choose the profile that reads this workbook" in text(answer)
