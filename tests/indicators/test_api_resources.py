"""What each resource says: numbers worked out by hand, and the texts that pages print."""

import html

import pytest
from django.test import Client

from indicators.models.exhibit import Exhibit
from tests.indicators.test_api import rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

KEY = "domestic_abuse_investigations"


def records(api_reader: Client, address: str) -> list[dict]:
    """Return all records of a list."""
    answer = api_reader.get(f"/api/{address}{'&' if '?' in address else '?'}limit=5000&format=json").json()
    assert answer["next"] is None
    return next(one for one in answer.values() if isinstance(one, list))


def having(found: list[dict], **given) -> dict:
    """Return the one record that has these values."""
    (only,) = [one for one in found if given.items() <= one.items()]
    return only


def test_figures_are_compared_with_the_quarter_or_the_month_before_where_that_is_asked(api_reader):
    # July to September is 130 + 130 + 140 = 400 and April to June 3 × 130 = 390: 10 more, 2.5641… %.
    found = records(api_reader, f"figures/?indicator={KEY}&area=lancashire&compared_with=previous-quarter")
    quarter = having(found, window="quarter")
    assert len(found) == 1 and quarter["key"] == f"{KEY}.quarter-on-previous-quarter"
    assert (quarter["value"], quarter["previous"], quarter["change"]) == ("400", "390", "10")
    assert (quarter["change_percent"], quarter["previous_end"]) == ("2.564103", "2020-06-30")
    assert api_reader.get(f"/api/figures/{quarter['key']}/").json() == quarter
    flat = rows_of(api_reader.get(f"/api/figures/?format=csv&indicator={KEY}&compared_with=previous-month"))
    month = having(flat, key=f"{KEY}.month-on-previous-month")
    assert (month["value"], month["previous"], month["previous_period"]) == ("140", "130", "August 2020")
    assert {one["window"] for one in flat} == {"month"}
    assert api_reader.get("/api/figures/?compared_with=previous-year").status_code == 400


def test_a_figure_says_all_that_pages_print_and_the_exact_numbers(api_reader):
    year = api_reader.get(f"/api/figures/{KEY}.r12/").json()
    # 11 × 130 + 140 = 1,570; 12 × 100 = 1,200; 370 / 1,200 = 30.8333… %.
    assert (year["value"], year["previous"], year["change"], year["change_percent"]) == (
        "1570", "1200", "370", "30.833333",
    )  # fmt: skip
    assert (year["start"], year["end"]) == ("2019-10-01", "2020-09-30")
    assert (year["previous_start"], year["previous_end"]) == ("2018-10-01", "2019-09-30")
    assert (year["area"], year["area_name"], year["unit"]) == ("lancashire", "Lancashire Constabulary", "count")
    assert year["breaks"] == ["series break on 1 October 2019, New system (Made in another way)"]
    assert year["annotations"] == ["A fair, 1 August 2020 to 9 August 2020 (Many people came)"]
    assert {*year["breaks"], *year["annotations"]} <= set(year["notes"])
    page = html.unescape(api_reader.get(f"/figures/{KEY}.r12/?quarter=2020-21-Q2").content.decode())
    for text in (year["text"], year["previous_text"], year["period"]):
        assert text in page, text
    assert year == having(records(api_reader, "figures/?quarter=2020-21-Q2"), key=f"{KEY}.r12")


def test_a_figure_without_a_value_says_why(api_reader):
    found = records(api_reader, "figures/?with_districts=1&area=burnley")
    assert {one["area_name"] for one in found} == {"Burnley"}
    both = having(found, key="calls_of_both_kinds.burnley.month")
    assert (both["value"], both["status"], both["previous"]) == (None, "not-available", None)
    assert both["reason"] == both["text"] == "not available: no value of Domestic abuse crimes and investigations"
    short = next(one for one in records(api_reader, "values/") if one["missing_months"])
    assert short["value"] is None and short["reason"] == short["text"]
    assert short["text"].startswith(f"not available: {len(short['missing_months'])} of ")


def test_counts_stand_beside_what_is_divided(api_reader):
    level = having(records(api_reader, "values/?indicator=calls_999_service_level&window=quarter"), end="2020-09-30")
    assert (level["value"], level["numerator"], level["denominator"], level["text"]) == ("80", "160", "200", "80.0%")


def test_vintages_tell_what_was_printed_and_what_was_known_when(api_reader):
    found = records(api_reader, f"figures/{KEY}.month-2020-09/vintages/")
    told = [(one["origin"], one["report"], one["value"], one["since_version"], one["until_version"]) for one in found]
    assert told == [
        ("printed", "2020-21-Q2", "128", 4, None),
        ("known", "", "1820", 1, 2),
        ("known", "", "130", 2, 3),
        ("known", "", "140", 3, None),
    ]
    assert (found[0]["note"], found[3]["act"], found[3]["act_reason"]) == ("As printed.", "import", "checked")
    then = records(api_reader, f"figures/{KEY}.month-2020-09/vintages/?at=2")
    assert [(one["value"], one["until_version"]) for one in then] == [("1820", 2), ("130", None)]


def test_vintages_say_as_values_do_why_there_is_none(api_reader):
    found = having(records(api_reader, "figures/calls_of_both_kinds.burnley.month/vintages/"), until_version=None)
    one = having(records(api_reader, "figures/?area=burnley"), key="calls_of_both_kinds.burnley.month")
    assert found["text"] == one["text"] == "not available: no value of Domestic abuse crimes and investigations"


def test_a_figure_of_no_month_is_no_figure(api_reader):
    for key in (f"{KEY}.month-0000-05", f"{KEY}.month-2020-13"):
        assert api_reader.get(f"/api/figures/{key}/").status_code == 404, key
        assert api_reader.get(f"/figures/{key}/").status_code == 404, key


def test_values_hold_every_period_as_known_at_a_version(api_reader):
    months = records(api_reader, f"values/?indicator={KEY}&window=month&area=lancashire&at=2&from=2018-10-01")
    assert len(months) == 24
    assert sorted(one["value"] for one in months) == sorted(["100"] * 12 + ["130"] * 12)
    late = records(api_reader, f"values/?indicator={KEY}&window=month&area=lancashire&from=2020-08-01&to=2020-09-30")
    assert sorted((one["key"], one["value"]) for one in late) == [
        (f"{KEY}.month-2020-08", "130"),
        (f"{KEY}.month-2020-09", "140"),
    ]


def test_observations_name_the_line_they_came_from(api_reader):
    one = having(records(api_reader, "observations/"), statistic="first-published")
    assert (one["value"], one["reported_for"], one["row_id"], one["row"]) == ("128", "2020-21-Q2", "p1", 2)
    assert (one["file_name"], one["since_version"]) == ("months.csv", 4)
    version = having(records(api_reader, "versions/"), data_import=one["data_import"])
    assert (version["version"], version["file_rows"], len(version["sha256"])) == (4, 4, 64)


def test_a_sheet_holds_formula_wordings_codes_and_targets_as_data(api_reader):
    sheets = records(api_reader, "indicators/")
    both = having(sheets, key="calls_of_both_kinds")
    assert [(one["side"], one["indicator"], one["is_subtracted"]) for one in both["formula"]["terms"]] == [
        ("numerator", "missing_persons", False),
        ("numerator", KEY, False),
    ]
    assert [(one["number"], one["starts_on"]) for one in both["definitions"]] == [(1, None), (2, "2020-04-01")]
    assert both["definition"] == "The sum of both."
    code = {
        "framework": "National set",
        "code": "N1",
        "name": "Both",
        "words": "National set N1",
    }
    assert both["frameworks"] == [code]
    assert (both["part_of"], both["polarity_reason"]) == (["missing_persons"], "Made for a test.")
    rate = having(sheets, key="records_per_1000")["formula"]
    assert (rate["multiplier"], rate["population"], rate["terms"][0]["part"]) == ("1000", "residents", "nc88")
    # The composite itself: as its inputs, added. 140 + missing persons of the quarter.
    year = {one["key"]: one["value"] for one in records(api_reader, "figures/")}
    assert int(year["calls_of_both_kinds.r12"]) == int(year["missing_persons.r12"]) + 1570


def test_a_target_holds_its_rule_and_its_result_as_the_page_prints_it(api_reader):
    found = having(records(api_reader, "targets/?quarter=2020-21-Q2"), printed="Under 10")
    assert (found["operator"], found["value"], found["window"], found["part"]) == ("<", "10", "r12", "nc88")
    assert found["result"] in {"met", "not-met"} and found["figure"] == "modern_slavery_records.nc88.r12"
    page = html.unescape(api_reader.get("/targets/?quarter=2020-21-Q2").content.decode())
    assert found["result_words"].partition(": ")[2] in page
    figure = api_reader.get(f"/api/figures/{found['figure']}/").json()
    assert (figure["target_result"], figure["value"]) == (found["result_words"], found["figure_value"])


def test_a_comparator_is_its_members_release_by_release(api_reader):
    found = [one for one in records(api_reader, "comparators/") if one["comparator"] == "north-region-region"]
    then, now = sorted(found, key=lambda one: one["ends_on"])
    assert then["counted"] == ["ash-police", "birch-police", "smallshire-police"] and then["left_out"] == []
    assert (now["counted"], now["left_out"]) == (["ash-police", "smallshire-police"], ["birch-police"])
    beside = having(records(api_reader, f"indicators/{KEY}/beside/"), comparator="north-region-region")
    # The members in both: 100 + 200 then, 110 + 220 now.
    assert (beside["value"], beside["change_percent"]) == ("330", "10.000000")
    assert beside["change_reason"].startswith("like for like, 2 members in both")
    assert (beside["own_value"], beside["own_change_percent"], beside["end"]) == ("1570", "30.833333", "2020-09-30")


def test_what_stands_out_comes_with_its_limits(api_reader):
    found = having(records(api_reader, "signals/"), series=KEY)
    # After the break: eleven months of 130 and one of 140. Mean 1570/12; 2.66 × (10/11) to either side.
    assert (found["centre"], found["upper"], found["lower"]) == ("130.833333", "133.251515", "128.415152")
    assert (found["verdict"], found["value"], found["month"]) == ("exceptional rise", "140", "2020-09-01")
    assert (found["is_exceptional"], found["place"]) == (True, 1)
    page = html.unescape(api_reader.get("/indicators/standing-out/?quarter=2020-21-Q2").content.decode())
    assert found["sentence"] in page
    months = records(api_reader, f"signals/{KEY}/months/")
    assert len(months) == 25 and [one["value"] for one in months[-2:]] == ["130", "140"]
    assert (months[0]["month"], months[0]["key"], months[1]["value"]) == ("2018-09-01", f"{KEY}.month-2018-09", "100")
    assert (months[-1]["side"], months[-1]["upper"]) == (1, "133.251515")
    assert [one["month"] for one in months if one["is_after_break"]] == ["2019-10-01"]


def test_spans_say_of_which_days_figures_are_kept_up_and_until_when(api_reader):
    summer, spring = records(api_reader, "spans/")
    told = {
        "window": "span", "start": "2020-05-01", "end": "2020-08-31", "period": "1 May to 31 August 2020",
        "key": "span-2020-05-01-to-2020-08-31", "indicators": [KEY], "is_ended": False, "until_version": None,
        "reason": "1 May to 31 August 2020: =The summer.",
    }  # fmt: skip
    assert summer.items() >= told.items()
    # What is asked for, and the composite made of it, which has no value: its other part is not kept up.
    kept_up = {one["key"] for one in records(api_reader, "values/?window=span&to=2020-12-31") if one["end"] > "2020"}
    assert kept_up == {f"{one}.{summer['key']}" for one in (KEY, "calls_of_both_kinds")}
    assert (summer["figures"], summer["values"]) == (2, 1) and summer["asked_at"].startswith("20")
    found = api_reader.get(f"/api/figures/{KEY}.{summer['key']}/").json()
    assert (found["start"], found["end"], found["value"] is None) == ("2020-05-01", "2020-08-31", False)
    assert spring["is_ended"] and (spring["figures"], spring["values"]) == (0, 0)
    assert spring["since_version"] < spring["until_version"]
    # As known before it was ended it was kept up, and before it was asked for there was only the other one.
    _, then = records(api_reader, f"spans/?at={spring['until_version'] - 1}")
    assert (then["is_ended"], then["until_version"], then["figures"]) == (False, None, 2)
    assert records(api_reader, f"spans/?at={summer['since_version']}") == [
        {**summer, "version": summer["since_version"]}
    ]
    assert records(api_reader, f"spans/?at={summer['since_version'] - 1}") == []
    lines = rows_of(api_reader.get("/api/spans/?format=csv"))
    assert [line["key"] for line in lines] == [summer["key"], spring["key"]]


def test_what_does_not_add_up_stands_with_both_numbers(api_reader):
    found = records(api_reader, "differences/")
    assert [one for one in found if one["explanation"]] and not all(one["explanation"] for one in found)
    year = having(found, group="same:unequal:missing_persons", end="2020-09-30", window="r12")
    assert (year["stated"], year["found"], year["difference"]) == ("250", "8783", "-8533")
    assert (year["stated_text"], year["difference_text"]) == ("250", "−8,533")
    assert having(records(api_reader, "relations/"), relation="unequal")["members"] == ["missing_persons"]
    flat = having(rows_of(api_reader.get("/api/differences/?format=csv")), key=year["key"])
    assert (flat["difference"], flat["is_blocking"]) == ("-8533", "TRUE")


def test_the_cells_of_an_exhibit_carry_the_keys_of_their_figures(api_reader):
    shown = api_reader.get("/api/exhibits/answering/?quarter=2020-21-Q2").json()
    cells = records(api_reader, "exhibits/answering/cells/?quarter=2020-21-Q2")
    assert [one["text"] for one in cells] == [text for row in shown["rows"] for text in row[1:]]
    assert (cells[1]["row"], cells[1]["column"], cells[1]["column_heading"]) == (1, 2, shown["header"][2])
    figure = api_reader.get(f"/api/figures/{cells[1]['figure']}/?quarter=2020-21-Q2").json()
    assert (figure["text"], figure["value"]) == (cells[1]["text"], cells[1]["value"])
    chart = api_reader.get("/api/exhibits/investigations/").json()
    assert chart["is_chart"] and len(chart["rows"]) == 13 and chart["rows"][-1] == ["September 2020", "140"]
    assert (
        having(records(api_reader, "exhibits/"), exhibit="answering")["definition"]
        == Exhibit.objects.get(key="answering").definition
    )
    assert "nothing_of_this_name" in api_reader.get("/api/exhibits/broken/cells/").json()["detail"]


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        ({"kind": "table", "rows": 3}, "its definition is broken; tell the analyst"),
        ({"kind": "bar", "series": KEY, "window": "r12", "months_back": 1e300}, "“months_back” has to be a whole"),
        ({"kind": "line", "series": KEY, "notes": 5}, "“notes” has to be a text or a list of texts"),
        ({"kind": ["line"]}, "is not a kind of exhibit"),
    ],
)
def test_a_definition_that_a_document_brought_and_nobody_tried_is_told_as_a_fault(api_reader, definition, words):
    Exhibit.objects.filter(key="broken").update(definition=definition)
    shown = api_reader.get("/api/exhibits/broken/")
    assert shown.status_code == 200 and words in shown.json()["fault"] and shown.json()["rows"] == []
    cells = api_reader.get("/api/exhibits/broken/cells/")
    assert cells.status_code == 400 and words in cells.json()["detail"]


def test_deliveries_stand_as_on_the_board(api_reader):
    found = {one["period_start"]: one for one in records(api_reader, "deliveries/?quarter=2020-21-Q2")}
    assert (found["2020-07-01"]["state"], found["2020-07-01"]["reason"]) == ("not-available", "The system was down.")
    assert (found["2020-08-01"]["state"], found["2020-08-01"]["file_name"]) == ("in-progress", "august.csv")
    assert (found["2020-09-01"]["state"], found["2020-09-01"]["due_on"]) == ("late", "2020-10-05")


def test_texts_of_a_csv_open_as_texts(api_reader):
    month = having(rows_of(api_reader.get("/api/figures/?format=csv&window=month")), key=f"{KEY}.month")
    assert month["footnotes"] == "'=Counted twice"
    assert month["change_text"].startswith("'+") and month["change"] == "40"
    note = having(rows_of(api_reader.get("/api/notes/?format=csv")), label="One value")
    assert (note["words"], note["areas"], note["is_ended"]) == ("'=Counted twice.", "lancashire", "FALSE")


def test_no_answer_knows_of_a_case(api_reader):
    from django.urls import get_resolver

    from tests.portal.test_access import addresses

    doors = [path for path, pattern in addresses(get_resolver().url_patterns) if pattern.name.startswith("api-")]
    assert doors and not [path for path in doors if "case" in path or "set-aside" in path]
