"""What was reported once and is known otherwise now."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from indicators.actions import corrections, imports
from indicators.choices import ImportKind
from indicators.models.observation import Observation
from indicators.queries.books import figure_book
from indicators.readers.return_cells import Entered
from indicators.revisions import revised
from tests.portal.small_quarter import FILES, SmallQuarter, corrected_records, import_observations, work
from tests.portal.test_reconciliation import client, words

pytestmark = [pytest.mark.slow]

ADDRESS = "/indicators/revised/"


def test_open_revised_before_any_report_says_so(force):
    quarter = SmallQuarter(force)
    assert "No report has been presented yet" in words(client(quarter, "lead").get(ADDRESS))
    assert client(quarter, "commissioner").get(ADDRESS).status_code == 404


def test_open_revised_shows_what_was_reported_beside_what_is_known_now(force):
    quarter = SmallQuarter(force, "presented")
    browser = client(quarter, "reviewer")
    assert "every figure reads as it was reported" in words(browser.get(ADDRESS))
    import_observations(quarter.force, quarter.person("analyst"), "later.csv", corrected_records())
    page = words(browser.get(ADDRESS))
    # 2 of 250 is 0.8 per cent.
    assert "1 value, those that changed most first" in page, page
    assert "Modern slavery records 12 months to 30 September 2020 250 252 +0.8% (+2)" in page, page
    assert "Data version 2, import" in page.lower().replace("data version", "Data version") and "Ada Analyst" in page


def test_revised_finds_a_value_that_is_gone_and_leaves_equal_ones_alone(force):
    quarter = SmallQuarter(force)
    book = figure_book(quarter.force, quarter.cycle.quarter)
    assert revised(book, book) == []
    less = figure_book(quarter.force, quarter.cycle.quarter)
    less.values = {series: slots for series, slots in book.values.items() if series.key != "missing_persons"}
    gone = revised(book, less)
    assert {(one.now, one.version, one.size) for one in gone} == {("not available", None, Decimal("Infinity"))}
    assert {one.reported for one in gone} == {"8,783", "10,236"}


def test_open_a_figure_answers_in_one_look(force):
    quarter = SmallQuarter(force, "presented")
    browser = client(quarter, "lead")
    address = "/figures/modern_slavery_records.r12/?quarter=2020-21-Q2"
    page = words(browser.get(address))
    assert "As last reported 250, in the report of 2020/21 Q2: unchanged since" in page, page
    assert "Is it unusual? There are no monthly values to tell by." in page
    assert "Owner" in page and "Imports that wrote these figures" in page
    import_observations(quarter.force, quarter.person("analyst"), "later.csv", corrected_records())
    page = words(browser.get(address))
    assert "250, in the report of 2020/21 Q2: revised since" in page, page
    # Both values, the newest first, each with its data version.
    assert "252 Final 2 and later" in page and "250 Final 1 to before 2" in page, page


def test_open_a_monthly_figure_says_whether_it_is_unusual(force):
    quarter = SmallQuarter(force)
    page = words(client(quarter, "lead").get("/figures/domestic_abuse_investigations.month/?quarter=2020-21-Q2"))
    assert re.search(r"Is it unusual\? September 2020: (exceptional (rise|fall)|no significant change)", page), page


@pytest.mark.parametrize(
    "key", ["nothing.r12", "modern_slavery_records", "modern_slavery_records.r12-2020-13", "a.b.c"]
)
def test_open_a_figure_that_is_not_there_finds_nothing(force, key):
    quarter = SmallQuarter(force)
    assert client(quarter, "lead").get(f"/figures/{key}/?quarter=2020-21-Q2").status_code == 404


def test_open_a_figure_as_commissioner_finds_nothing(force):
    quarter = SmallQuarter(force)
    assert client(quarter, "commissioner").get("/figures/modern_slavery_records.r12/").status_code == 404


def checked(quarter: SmallQuarter, content: bytes = b""):
    """Check, but do not apply, a file: by itself one in which the records of modern slavery read 252 instead of 250."""
    by, content = quarter.person("analyst"), content or corrected_records()
    data_import, _ = imports.receive(quarter.force, ImportKind.OBSERVATIONS, "c.csv", [content], by=by)
    work(imports.STAGE_TASK, data_import.pk)
    return data_import


REPLACED = "Modern slavery records 12 months to 30 September 2020 250 250 252"


def test_the_preview_of_an_import_tells_of_the_values_of_a_presented_report(force):
    quarter = SmallQuarter(force, "presented")
    browser, address = client(quarter, "analyst"), reverse("import-reported", args=[checked(quarter).pk])
    assert f'hx-get="{address}"' in browser.get(address.replace("reported/", "")).content.decode()
    page = words(browser.get(address))
    assert "Report of 2020/21 Q2: 1 value" in page and REPLACED in page, page
    assert "would be replaced" in page and "Skip to main content" in page
    part = words(browser.get(address, headers={"HX-Request": "true"}))
    assert REPLACED in part and "Skip to main content" not in part


def test_the_preview_of_an_import_shows_how_many_values_are_replaced_and_the_worst_few_at_once(force):
    quarter = SmallQuarter(force, "presented")
    head, *lines = (FILES / "observations-2020-21-Q2.csv").read_text(encoding="utf-8").splitlines()
    months = [line.split(",") for line in lines if ",domestic_abuse_investigations,,lancashire,month," in line]
    value = head.split(",").index("value")
    for one in months:
        one[value] = str(10 * int(one[value]))
    content = "\n".join([head, *(",".join(one) for one in months), ""]).encode()
    address = reverse("import-reported", args=[checked(quarter, content).pk])
    browser = client(quarter, "analyst")
    whole, part = browser.get(address), browser.get(address, headers={"HX-Request": "true"})
    count = whole.content.decode().count("<tr ") - 1
    assert count > 5
    said = f"{count} values that stood in a presented report would be replaced"
    assert said in words(whole) and said in words(part)
    assert "<details" not in whole.content.decode() and f"Report of 2020/21 Q2: {count} values As" not in words(part)
    assert f"Report of 2020/21 Q2: {count} values, the 5 that change most first" in words(part)
    first, _, rest = part.content.decode().partition("<details")
    assert first.count("<tr ") == 6 and rest.count("<tr ") == count - 5 + 1
    assert f"The other {count - 5} of this report" in words(part)


def test_the_preview_of_an_import_before_any_report_tells_of_nothing_replaced(force):
    quarter = SmallQuarter(force)
    page = words(client(quarter, "analyst").get(reverse("import-reported", args=[checked(quarter).pk])))
    assert "No value that stood in one of the newest presented reports would be replaced" in page


def test_a_correction_tells_who_decides_of_the_values_of_a_presented_report(force):
    quarter = SmallQuarter(force, "presented")
    observation = Observation.objects.filter(
        indicator__key="modern_slavery_records", part=None, window="r12", statistic="level", area__force=force
    ).latest("end")
    made = corrections.propose(observation, Entered(Decimal(252)), by=quarter.person("analyst"), reason="Two more")
    address = reverse("correction-reported", args=[made.pk])
    assert REPLACED in words(client(quarter, "manager").get(address))
    assert (
        f'hx-get="{address}"' in client(quarter, "manager").get(reverse("correction", args=[made.pk])).content.decode()
    )
    assert REPLACED not in words(client(quarter, "analyst").get(address))
