"""What a newcomer reads while loading years of history: what is shown, not compared, not decided; then all of it."""

import html
import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.actions import definitions, imports, profiles, recomputing
from indicators.choices import ImportKind, NoteKind, Status
from indicators.models.aggregate import Aggregate
from indicators.models.data_import import DataImport
from indicators.models.dated_note import DatedNote
from indicators.models.observation import Observation
from indicators.models.profile import SheetProfile
from indicators.models.source import DataSource
from indicators.periods import Quarter, month_end, month_range
from indicators.queries.books import figure_book
from portal.models.user import User
from tests.indicators import case_files
from tests.indicators.case_files import counted, indicator, small_force, work
from tests.indicators.test_official_pages import text as shown_in
from tests.indicators.test_profile_pages import fields, text
from tests.indicators.test_wide_imports import load, sample
from tests.indicators.wide_files import MONTHS, csv_of, level, matrix, month_value
from tests.people import NOBODY_IN_PARTICULAR

pytestmark = pytest.mark.django_db

MEASURES = [
    indicator("counted", name="Recorded crime", **counted(**{"from": "2019-10-01"})),
    indicator("median", name="Time to arrive", kind="median", unit="minutes", is_additive=False, decimals=1),
    indicator("answered", name="Calls answered", kind="service-level", unit="percent", is_additive=False, decimals=1),
    indicator("bare", name="Satisfied", kind="service-level", unit="percent", is_additive=False, decimals=1),
]


@pytest.fixture
def force(db):
    """Return a small force with measures of several kinds."""
    force = small_force()
    definitions.load({**case_files.DEFINITIONS, "indicators": MEASURES}, by=NOBODY_IN_PARTICULAR)
    return force


@pytest.fixture
def ada(client, force) -> Client:
    """Return a browser in which an analyst has signed in."""
    client.force_login(User.objects.get(pk=case_files.analyst().id))
    return client


@pytest.fixture
def by(ada):
    """Return the analyst who has signed in."""
    return User.objects.get().person


def profile_of(force, by, labels, **more) -> SheetProfile:
    """Return a saved profile of matrices with their measure as the title."""
    source = DataSource.objects.get(slug="supplied")
    made = profiles.create_for_sheets(force, source, "History", {}, {}, by=by)
    document = {"shape": "year-matrix", "named_by": ["title"], "labels": labels, "headings": {"Total": "total"}, **more}
    profiles.save(made, document, {}, version=0, by=by)
    return made


def staged(profile: SheetProfile, content: bytes, by) -> DataImport:
    """Send wide sheets and have them checked."""
    wide = imports.WideSheets(profile)
    sent, _ = imports.receive(profile.force, ImportKind.OBSERVATIONS, "x.csv", [content], by=by, wide=wide)
    work(imports.STAGE_TASK, sent)
    assert sent.state == "staged", list(sent.problems.values_list("message", flat=True))
    return sent


def uses_of(sent: DataImport) -> dict[str, list[tuple[str, str]]]:
    """Return what the preview says of each measure."""
    return {one["name"]: [(line["values"], line["words"]) for line in one["lines"]] for one in sent.preview["uses"]}


def test_preview_says_of_each_measure_what_is_shown_of_it(ada, force, by):
    titles = {"Recorded crime": "counted", "Time to arrive": "median", "Satisfied": "bare"}
    labels = {title: level(key) for title, key in titles.items()}
    labels |= {
        "Calls answered": level("answered"),
        "Answered": level("answered", holds="numerator"),
        "Calls": level("answered", holds="denominator"),
    }
    rows = [row for title in titles for row in [*(line[:13] for line in matrix(title, known=42)), []]]
    for title, number in (("Calls answered", 50), ("Answered", 5), ("Calls", 10)):
        rows += [[title], ["Year", *MONTHS], ["2018/19", *[number] * 12], []]
    sent = staged(profile_of(force, by, labels), csv_of(rows), by)
    said = uses_of(sent)
    before, after = said["Recorded crime"]
    assert before == (
        "30 values by month, April 2017 to September 2019",
        "Shown by month. Quarters, years to date and 12 months are added up from them, wherever no month is missing.",
    )
    assert after[0] == "12 values by month, October 2019 to September 2020"
    assert after[1].startswith("Not shown as figures: from 1 October 2019 on, this measure is counted from cases.")
    assert "control totals, and Reconciliation sets them against the counted numbers" in after[1]
    ((values, words),) = said["Time to arrive"]
    assert values.startswith("42 values by month") and words.startswith(
        "Shown by month only, in the chart of its months"
    )
    assert "Load its quarters or 12 months as well" in words and "So far" not in words
    ((_, answered),) = said["Calls answered"]
    assert "worked out from their numerators and denominators" in answered
    ((_, bare),) = said["Satisfied"]
    assert bare.startswith("Shown by month only.") and bare.endswith("denominators, and these are not given.")
    page = shown_in(ada.get(reverse("import", args=[sent.pk])))
    assert "What is shown of these values, measure by measure" in page
    assert "12 values by month, October 2019 to September 2020 Not shown as figures" in page


COUNTS = {
    "Calls answered": level("answered"),
    "Answered": level("answered", holds="numerator"),
    "Calls": level("answered", holds="denominator"),
}


def year_of(title: str, number: object, first: object = None) -> list[list[object]]:
    """Return a table of one year in which every month has the same number, but the first where it is given."""
    return [[title], ["Year", *MONTHS], ["2018/19", first or number, *[number] * 11], []]


def test_preview_never_says_of_one_series_that_quarters_follow_and_that_they_do_not(ada, force, by):
    """A month without a value shares the fate of the others: nothing is worked out where counts are not given."""
    words = {"..": ["not-available", "system change"]}
    bare = profile_of(force, by, {"Satisfied": level("bare")}, words=words)
    sent = staged(bare, csv_of(year_of("Satisfied", 50, "..")), by)
    ((values, said),) = uses_of(sent)["Satisfied"]
    assert values == "11 values by month, May 2018 to March 2019; 1 period without a value (not available), April 2018"
    assert said.startswith("Shown by month only.")
    SheetProfile.objects.update(name="Without counts")
    # Tried with the label of the numerator unknown, as when its mark was renamed: one fate as well, and no more.
    profile = profile_of(force, by, {label: COUNTS[label] for label in ("Calls answered", "Calls")}, words=words)
    rows = [*year_of("Calls answered", 50, ".."), *year_of("Answered in time", 5), *year_of("Calls", 10)]
    address = reverse("sheet-profile-edit", args=[profile.pk])
    page = shown_in(ada.post(address, fields(ada.get(address)) | {
        "named_by": "title", "intent": "try", "file": sample(csv_of(rows), "x.csv")
    }))  # fmt: skip
    assert "What it makes of the sample: 1 problem" in page
    assert page.count("Shown by month") == 1 and "worked out from their numerators" not in page


def test_preview_names_the_series_that_fare_otherwise(force, by):
    labels = {**COUNTS, "Hill": level("answered", area="hill")}
    rows = [row for title, number in zip(labels, (50, 5, 10, 60), strict=True) for row in year_of(title, number)]
    sent = staged(profile_of(force, by, labels), csv_of(rows), by)
    whole, hill = uses_of(sent)["Calls answered"]
    assert whole[0].startswith("Smallshire Police: 12 values by month") and "worked out from their" in whole[1]
    assert hill[0].startswith("Hill: 12 values by month") and hill[1].startswith("Shown by month only.")


def test_months_without_counts_take_the_value_from_what_holds_them_and_from_nothing_else(ada, force, by):
    """One year is held as bare percentages, the next has its counts: 12 × 5 of 12 × 10 are 50 %."""
    load(profile_of(force, by, {"Calls answered": level("answered")}),
         csv_of([["Calls answered"], ["Year", *MONTHS], ["2017/18", *[50] * 12]]), by)  # fmt: skip
    held = Aggregate.objects.filter(indicator__key="answered", until_version__isnull=True)
    assert set(held.values_list("window", flat=True)) == {"month"}
    SheetProfile.objects.update(name="Without counts")
    rows = [row for title, number in zip(COUNTS, (50, 5, 10), strict=True) for row in year_of(title, number)]
    ((_, said),) = uses_of(load(profile_of(force, by, COUNTS), csv_of(rows), by))["Calls answered"]
    assert said == (
        "Shown by month. Quarters, years to date and 12 months are worked out from their numerators and denominators, "
        "wherever no month is missing. 12 months lack one of the two: what holds such a month is not available."
    )
    year, mixed = (held.get(window="r12", end=end) for end in ("2019-03-31", "2019-02-28"))
    assert (year.value, year.numerator, year.denominator) == (50, 60, 120)
    assert (mixed.value, mixed.status) == (None, "not-available")
    assert mixed.note == "numerator and denominator are not given for March 2018"
    assert not held.filter(window="quarter", end="2018-03-31").exists()  # nothing is spoken of where no month has them
    quarters = rows_of(ada.get(reverse("indicator-history", args=["answered"]), {"window": "quarter"}))
    assert list(quarters) == ["2018/19"] and len([one for one in quarters["2018/19"] if one.startswith("50")]) == 4
    figure = figure_book(force, Quarter(2018, 4)).figure("answered.r12-2019-02")
    assert figure.aspect("value") == "not available: numerator and denominator are not given for March 2018"
    assert recomputing.differences(force).values == 0


def test_three_months_to_another_end_than_that_of_a_quarter_have_no_place_among_quarters(ada, force, by):
    """April to August: the three months to August are kept as the newest, and are not July to September."""
    rows = [["Investigations"], ["Year", *MONTHS], ["2018/19", *[100] * 5]]
    load(profile_of(force, by, {"Investigations": level("investigations")}), csv_of(rows), by)
    page = ada.get(reverse("indicator-history", args=["investigations"]), {"window": "quarter"})
    assert rows_of(page) == {"2018/19": ["300", "", "", ""]}


def test_preview_of_months_with_the_total_of_their_year_says_which_of_them_is_shown(force, by):
    rows = [row for title in ("Time to arrive", "Investigations") for row in year_of(title, 9)]
    for at in (1, 5):
        rows[at] = [*rows[at], "Total"]
        rows[at + 1] = [*rows[at + 1], 108]
    labels = {"Time to arrive": level("median"), "Investigations": level("investigations")}
    profile = profile_of(force, by, labels, headings={"Total": "taken-total"})
    said = uses_of(staged(profile, csv_of(rows), by))
    (_, months), (_, year) = said["Time to arrive"]
    assert months == (
        "Shown by month. Nothing longer is worked out from them: 12 months stand in this file as well, and are shown "
        "as given."
    )
    assert year == "Shown as 12 months."
    ((_, months), (_, year)) = next(lines for name, lines in said.items() if name != "Time to arrive")
    assert "12 months are added up from them" in months
    assert year == "Shown as 12 months. For the same period they stand in place of what its months would give."


def test_preview_says_by_what_a_measure_is_held_so_far(force, by):
    line = "r,median,,smallshire,{},{},2020-09-30,,,30,,,,,,,supplied,"
    quarter = "\n".join([case_files.TIDY_HEADER, line.format("quarter", "2020-07-01"), ""]).encode()
    first = case_files.load(force, by, quarter, ImportKind.OBSERVATIONS)
    assert uses_of(first) == {
        "Time to arrive": [
            ("1 value by quarter, September 2020",
             "Shown by quarter. No year to date and no 12 months follow: these are made from months.")
        ]
    }  # fmt: skip
    month = case_files.send(force, by, case_files.tidy_file(("median", "smallshire", "2020-09-01", "2020-09-30", 31)),
                            ImportKind.OBSERVATIONS)  # fmt: skip
    ((values, words),) = uses_of(month)["Time to arrive"]
    assert values == "1 value by month, September 2020" and words.endswith("So far it is held by quarter.")


def test_preview_counts_no_value_where_a_cell_says_there_is_none(ada, force, by):
    rows = matrix("Time to arrive", known=42)
    rows[3][1] = rows[3][2] = rows[4][1] = ".."  # April and May 2017, April 2018
    words = {"..": ["not-available", "system change"]}
    sent = staged(profile_of(force, by, {"Time to arrive": level("median")}, words=words), csv_of(rows), by)
    ((values, _),) = [line for line in uses_of(sent)["Time to arrive"] if line[0].startswith("39")]
    assert values == (
        "39 values by month, June 2017 to September 2020; 3 periods without a value (not available), "
        "April 2017 to April 2018"
    )
    page = shown_in(ada.get(reverse("import", args=[sent.pk])))
    assert "3 periods have no value: their cells say not available (B4 to B5; cell C4)." in page


def test_preview_lists_totals_that_were_not_compared_and_counts_blank_cells(ada, force, by):
    rows = matrix("Time to arrive")
    rows[4][3] = None
    sent = staged(profile_of(force, by, {"Time to arrive": level("median")}), csv_of(rows), by)
    page = shown_in(ada.get(reverse("import", args=[sent.pk])))
    assert "4 totals could not be compared" in page
    assert "Cells N4, N5, N6 and N7 The months of a median do not add up to a year" in page
    assert "7 blank cells: no value was loaded for them (cell D5; H7 to M7)." in page
    assert "Checked Sent in by Ada Analyst" in page and "Staged" not in page


def test_received_is_said_once_and_one_row_is_one(ada, force, by):
    content = case_files.tidy_file(("investigations", "smallshire", "2020-09-01", "2020-09-30", 31))
    sent, _ = imports.receive(force, ImportKind.OBSERVATIONS, "x.csv", [content], by=by)
    assert "Received Sent in by Ada Analyst" in shown_in(ada.get(reverse("import", args=[sent.pk])))
    work(imports.STAGE_TASK, sent)
    assert "1 row: 1 new" in shown_in(ada.get(reverse("import", args=[sent.pk])))
    assert "1 row, Smallshire Police" in shown_in(ada.get(reverse("home")))
    answer = ada.post(reverse("import-revert", args=[sent.pk]), {"reason": "x"})
    assert answer.status_code == 409 and "This import is checked: only an applied import can be reverted" in text(
        answer
    )


def test_saving_with_an_open_word_says_what_becomes_of_such_a_file(ada, force, by):
    profile = profile_of(force, by, {"Time to arrive": level("median")})
    rows = matrix("Time to arrive")
    rows[3][1], rows[3][2] = "-", "n/a"
    address = reverse("sheet-profile-edit", args=[profile.pk])
    sent = fields(ada.get(address)) | {"named_by": "title", "intent": "try"}
    tried = ada.post(address, sent | {"file": sample(csv_of(rows), "x.csv")})
    page = shown_in(tried)
    assert "Not decided yet 1 word has no meaning yet: “-”. A file with a cell with such a word is refused" in page
    sent = fields(tried) | {"named_by": "title", "intent": "save"}
    given = {sent[f"words-{at}-text"]: (sent[f"words-{at}-meaning"], sent[f"words-{at}-reason"]) for at in range(2)}
    # Only a person knows why there is no number: no reason is made up, and none may be left out.
    assert given == {"n/a": ("not-available", ""), "-": ("", "")}
    assert "means not available: give the reason" in text(ada.post(address, sent))
    at = next(at for at in range(2) if sent[f"words-{at}-text"] == "n/a")
    answer = ada.post(address, sent | {f"words-{at}-reason": "system change"}, follow=True)
    assert "is saved as version 2" in text(answer)
    assert shown_in(answer).count("1 word has no meaning yet: “-”.") == 2  # said at once, and on the page from then on


def test_mark_is_suggested_taken_and_shown_as_provisional(ada, force, by):
    profile = profile_of(force, by, {"Time to arrive": level("median")}, shape="periods-across", named_by=["label"])
    rows = [["", "Aug-20", "Sep-20 (p)", "Total"], ["Time to arrive", 30, 31, ""]]
    address = reverse("sheet-profile-edit", args=[profile.pk])
    sent = fields(ada.get(address)) | {"named_by": "label", "intent": "try"}
    tried = ada.post(address, sent | {"file": sample(csv_of(rows), "x.csv")})
    sent = fields(tried) | {"named_by": "label"}
    assert (sent["marks-0-text"], sent["marks-0-meaning"]) == ("p", "provisional")
    again = ada.post(address, sent | {"intent": "try", "file": sample(csv_of(rows), "x.csv")})
    assert "2 values can be read, no problem" in shown_in(again) and "31 Provisional" in shown_in(again)
    ada.post(address, sent | {"intent": "save"})
    profile.refresh_from_db()
    assert profile.definition["marks"] == {"p": "provisional"}
    assert "Marks beside a number" in text(ada.get(reverse("sheet-profile", args=[profile.pk])))
    load(profile, csv_of(rows), by)
    held = dict(Observation.objects.values_list("end", "status"))
    assert held == {date(2020, 8, 31): Status.FINAL, date(2020, 9, 30): Status.PROVISIONAL}
    history = shown_in(ada.get(reverse("indicator-history", args=["median"])))
    assert "31.0 min Provisional" in history


def test_whole_history_is_one_click_away_and_holds_every_month(ada, force, by):
    profile = profile_of(force, by, {"Investigations": level("investigations")})
    applied = load(profile, csv_of(matrix("Investigations")), by)
    address = reverse("indicator-history", args=["investigations"])
    assert address in ada.get(reverse("indicator", args=["investigations"])).content.decode()
    assert address in ada.get(reverse("import", args=[applied.pk])).content.decode()
    rows = rows_of(ada.get(address))
    assert list(rows) == ["2020/21", "2019/20", "2018/19", "2017/18"]
    assert rows["2017/18"] == [f"{month_value(0, at):,}" for at in range(12)] + ["12,660"]
    assert rows["2020/21"] == [f"{month_value(3, at):,}" for at in range(6)] + [""] * 7
    assert rows_of(ada.get(address, {"window": "quarter"}))["2020/21"] == ["4,830", "4,920", "", ""]
    assert rows_of(ada.get(address, {"window": "r12"}))["2018/19"][-1] == "15,060"
    # What is held of nothing, or makes no sense, is answered with what there is.
    odd = {"window": "x", "part": "y", "area": "z", "known": "77"}
    assert rows_of(ada.get(address, odd)) == rows
    corrected = case_files.tidy_file(("investigations", "smallshire", "2017-04-01", "2017-04-30", 999))
    case_files.load(force, by, corrected, ImportKind.OBSERVATIONS)
    assert rows_of(ada.get(address))["2017/18"][0] == "999"
    assert rows_of(ada.get(address, {"known": "1"}))["2017/18"][0] == "1,000"
    assert ada.get(address, {"force": "nowhere"}).status_code == 404
    assert "No value of this indicator is held" in text(ada.get(reverse("indicator-history", args=["bare"])))


def test_whole_history_of_a_place_of_its_own_and_of_other_periods(ada, force, by):
    lines = [
        f"r,investigations,,{area},{window},{start},{end},,,{value},,,,,,,supplied,"
        for area, window, start, end, value in (
            ("smallshire", "annual", "2018-01-01", "2018-12-31", 12), ("hill", "month", "2019-02-01", "2019-02-28", 7),
        )
    ]  # fmt: skip
    case_files.load(force, by, "\n".join([case_files.TIDY_HEADER, *lines, ""]).encode(), ImportKind.OBSERVATIONS)
    address = reverse("indicator-history", args=["investigations"])
    assert "Year to 31 December 2018 12" in shown_in(ada.get(address, {"window": "annual"}))
    assert rows_of(ada.get(address, {"area": "hill"})) == {"2018/19": [""] * 10 + ["7", ""]}


def test_whole_history_shows_counts_and_leads_to_the_page_of_each_value(ada, force, by):
    """Numerators are 5 more each month, denominators 10 more: 50 % in each month, of all others."""
    labels = {
        "Calls answered": level("answered"),
        "Answered": level("answered", holds="numerator"),
        "Calls": level("answered", holds="denominator"),
    }
    rows = []
    for title, number in (("Calls answered", 0), ("Answered", 5), ("Calls", 10)):
        numbers = [number * at or 50 for at in range(101, 113)]
        rows += [[title], ["Year", *MONTHS], ["2014/15", *numbers], ["2015/16", *numbers], []]
    load(profile_of(force, by, labels), csv_of(rows), by)
    address = reverse("indicator-history", args=["answered"])
    answer = ada.get(address)
    cells = rows_of(answer)["2014/15"]
    # 101 + … + 112 = 1,278.
    assert (cells[0], cells[11], cells[12]) == ("50.0% 505 of 1,010", "50.0% 560 of 1,120", "50.0% 6,390 of 12,780")
    assert "Numerator and denominator stand beneath the values" in shown_in(answer)
    page = shown_in(open_link(ada, answer, "505 of", "answered.month-2014-04"))
    assert "April 2014 50.0%" in page and "Numerator and denominator 505 of 1,010" in page
    # A year later the same month is what it is compared with.
    page = shown_in(open_link(ada, ada.get(address, {"known": "1"}), "505 of", "answered.month-2015-04"))
    assert (
        "Before 50.0% Period before April 2014 Numerator and denominator before 505 of 1,010" in page
        and "As known at data version 1" in page
    )
    page = shown_in(open_link(ada, ada.get(address, {"window": "r12"}), "6,390 of", "answered.r12-2015-03"))
    assert "Numerator and denominator 6,390 of 12,780" in page
    assert "March 2015 alone, the last month of this period" in page
    # What nothing was divided from says nothing of it.
    number = case_files.tidy_file(("investigations", "smallshire", "2017-04-01", "2017-04-30", 999))
    case_files.load(force, by, number, ImportKind.OBSERVATIONS)
    plain = shown_in(ada.get(reverse("indicator-history", args=["investigations"])))
    assert "Numerator and denominator" not in plain


def test_list_of_indicators_says_what_becomes_of_their_months(ada, force, by):
    number = case_files.tidy_file(("investigations", "smallshire", "2020-09-01", "2020-09-30", 999))
    sums = {"key": "both", "formula": {"numerator": [{"indicator": "investigations"}, {"indicator": "robbery"}]}}
    more = [indicator(**sums, name="Both of them")]
    definitions.load({**case_files.DEFINITIONS, "indicators": more}, by=NOBODY_IN_PARTICULAR)
    case_files.load(force, by, number, ImportKind.OBSERVATIONS)
    page = shown_in(ada.get(reverse("indicators")))
    assert "investigations Adds up over time" in page  # with a figure; the others have none in this quarter
    assert "Calls answered Weighted over time" in page and "Time to arrive Not additive over time" in page
    assert "compared only Worked out anew for each period" in page


def open_link(ada, answer, words: str, key: str):
    """Follow the link of one value of the whole history, beneath which these words stand."""
    found = re.search(
        rf'href="(/figures/{re.escape(key)}/[^"]*)">[^<]*</a><span class="app-note">{words}', answer.content.decode()
    )
    assert found, answer.content.decode()
    opened = ada.get(html.unescape(found[1]))
    assert opened.status_code == 200
    return opened


def test_whole_history_tells_breaks_and_invented_sources_as_every_table_does(ada, force, by):
    load(profile_of(force, by, {"Investigations": level("investigations")}), csv_of(matrix("Investigations")), by)
    address = reverse("indicator-history", args=["investigations"])
    bare = shown_in(ada.get(address))
    assert "Invented" not in bare and "Series break" not in bare
    DataSource.objects.filter(slug="supplied").update(is_invented=True, note="Made up for a test.")
    more = {"label": "new system", "words": "Counted anew", "indicators": ["investigations"]}
    DatedNote.objects.create(kind=NoteKind.BREAK, force=force, starts_on="2019-04-01", **more)
    told = shown_in(ada.get(address))
    assert "Invented: Supplied. Made up for a test." in told
    assert "Series break on 1 April 2019, new system (Counted anew)." in told


def test_whole_history_says_where_counted_values_begin_and_why_a_year_across_that_day_is_blank(ada, force, by):
    supplied = [
        ("counted", "smallshire", f"{first}", f"{month_end(first)}", 7)
        for first in month_range(date(2019, 4, 1), date(2019, 9, 1))
    ]
    case_files.load(force, by, case_files.tidy_file(*supplied), ImportKind.OBSERVATIONS)
    address = reverse("indicator-history", args=["counted"])
    words = "From 1 October 2019 on the values are counted from cases; those before were supplied."
    assert words not in shown_in(ada.get(address))
    months = [f"2019-{month:02d}" for month in (10, 11, 12)] + [f"2020-{month:02d}" for month in (1, 2, 3)]
    case_files.load(force, by, case_files.case_file(*(case_files.case(at, one) for at, one in enumerate(months))))
    page = shown_in(ada.get(address))
    assert words in page and "stands here only where it was supplied as such" in page
    # Six months of either kind, and no year made of both.
    assert rows_of(ada.get(address))["2019/20"] == ["7"] * 6 + ["1"] * 6
    # A longer window shows none of both, and nothing is to be said of it.
    assert words not in shown_in(ada.get(address, {"window": "r12"}))


def test_whole_history_costs_the_same_for_one_year_and_for_four(ada, force, by):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries_made:
            assert ada.get(reverse("indicator-history", args=["investigations"])).status_code == 200
        return len(queries_made)

    profile = profile_of(force, by, {"Investigations": level("investigations")})
    load(profile, csv_of(matrix("Investigations", known=3)), by)
    count()
    one = count()
    load(profile, csv_of(matrix("Investigations")), by)
    assert count() == one


def test_page_of_a_figure_costs_the_same_after_one_year_and_after_four(ada, force, by):
    """Its own quarter or another one's: the months behind the verdict are read with all others."""

    def count(quarter: str) -> int:
        address = reverse("figure", args=["investigations.month-2017-05"])
        with CaptureQueriesContext(connection) as queries_made:
            assert ada.get(address, {"quarter": quarter}).status_code == 200
        return len(queries_made)

    profile = profile_of(force, by, {"Investigations": level("investigations")})
    load(profile, csv_of(matrix("Investigations", known=3)), by)
    count("2017-18-Q1")
    few = count("2017-18-Q1"), count("2020-21-Q2")
    load(profile, csv_of(matrix("Investigations")), by)
    assert (count("2017-18-Q1"), count("2020-21-Q2")) == few


def rows_of(answer) -> dict[str, list[str]]:
    """Return the rows of the table of the whole history: year -> cells."""
    assert answer.status_code == 200
    rows = re.findall(r"<tr.*?</tr>", answer.content.decode().partition("<tbody")[2], re.DOTALL)
    cells = [re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL) for row in rows]
    bare = [[" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in row] for row in cells]
    return {row[0]: row[1:] for row in bare}


def test_preview_names_each_value_that_changes_with_its_place_and_both_numbers(ada, force, by):
    labels = {**COUNTS, "Investigations": level("investigations")}
    profile = profile_of(force, by, labels)

    def sheets(investigations: list[int], answered: list[int]) -> bytes:
        rows = [["Investigations"], ["Year", *MONTHS], ["2018/19", *investigations], []]
        given = zip(COUNTS, ([50] * 12, answered, [10] * 12), strict=True)
        return csv_of([*rows, *(row for title, numbers in given for row in
                                ([title], ["Year", *MONTHS], ["2018/19", *numbers], []))])  # fmt: skip

    first = load(profile, sheets([100] * 12, [5] * 12), by)
    assert first.preview["changed"] == []
    again = staged(profile, sheets([100, 101, *[100] * 10], [5, 5, 6, *[5] * 9]), by)
    assert again.preview["changed"] == [
        {"at": "Cell C3", "name": "investigations", "place": "Smallshire Police", "period": "May 2018", "old": "100",
         "new": "101"},
        {"at": "Cell D7", "name": "Calls answered", "place": "Smallshire Police", "period": "June 2018",
         "old": "50.0% (5 of\u00a010)", "new": "50.0% (6 of\u00a010)"},
    ]  # fmt: skip
    page = shown_in(ada.get(reverse("import", args=[again.pk])))
    assert "The values of the file that change, with their places" in page
    assert "investigations, Smallshire Police May 2018 100 101 Cell C3" in page
