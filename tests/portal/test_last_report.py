"""What a presented report held is what the next one may be compared with, whatever has been revised since.

Records of modern slavery in 12 months: 250 to September 2020 in the report of the second quarter, 252 as corrected
later; 260 to December 2020.
"""

from importlib import import_module

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.actions import imports
from indicators.choices import ImportKind
from indicators.models.data_version import DataVersion
from indicators.models.indicator import Indicator
from indicators.models.reported_version import ReportedVersion
from indicators.periods import Quarter, label
from indicators.queries.books import figure_book, measures
from indicators.queries.first_published import first_published
from indicators.queries.vintages import book_as_known, known_as
from indicators.sheets import Measure
from narratives.actions import cycles, drafting
from narratives.models.outline import Outline
from narratives.models.section import Section
from narratives.touched import touched
from portal.actions import assembly
from tests.portal.small_quarter import FILES, SmallQuarter, corrected_records, import_observations, work
from tests.portal.test_reconciliation import client, words

pytestmark = [pytest.mark.slow]

KEY = "modern_slavery_records.r12-on-previous-report"
Q3 = Quarter(2020, 3)
HEADER = (FILES / "observations-2020-21-Q2.csv").read_text(encoding="utf-8").splitlines()[0]
LATER = "s.2020.12,modern_slavery_records,,lancashire,r12,2020-01-01,2020-12-31,,,260,,,,,,,connect-mi,"
# What a report of another system printed, as it is loaded beside the current values.
PRINTED = (
    "s.q2,modern_slavery_records,,lancashire,r12,2019-10-01,2020-09-30,2020-21-Q2,first-published,240,,,,,,,connect-mi,"
)


def held(small: SmallQuarter, *lines: str) -> None:
    import_observations(small.force, small.person("analyst"), "q3.csv", "\n".join([HEADER, *lines, ""]).encode())


@pytest.fixture
def presented(force) -> SmallQuarter:
    """A quarter that was presented with 250, corrected to 252 since; the next one has 260."""
    small = SmallQuarter(force, "presented")
    import_observations(small.force, small.person("analyst"), "later.csv", corrected_records())
    held(small, LATER)
    return small


def opened(small: SmallQuarter) -> Section:
    """Open the next quarter; return its section on modern slavery."""
    cycle = cycles.open_cycle(small.force, Outline.objects.get(), Q3, by=small.person("manager"))
    assembly.open_report(cycle, by=small.person("manager"))
    return Section.objects.get(cycle=cycle, topic__slug="modern-slavery")


def of() -> Measure:
    return measures(["modern_slavery_records"])["modern_slavery_records"]


def said(small: SmallQuarter, aspect: str) -> str:
    return figure_book(small.force, Q3).reference(f"{KEY}.{aspect}")


def test_the_next_report_is_compared_with_what_was_presented_and_not_with_what_is_known_now(presented):
    assert (said(presented, "value"), said(presented, "previous"), said(presented, "change")) == (
        "260", "250", "+4% (+10)",
    )  # fmt: skip
    assert figure_book(presented.force, Q3).figure("modern_slavery_records.r12-2020-09").aspect("value") == "252"
    # The data version it is seen from changes nothing of what was presented.
    assert figure_book(presented.force, Q3, 3).reference(f"{KEY}.previous") == "250"
    # The report of the second quarter has none before it.
    reason = "not available: no report of 2020/21 Q1 was presented or loaded"
    assert figure_book(presented.force, Quarter(2020, 2)).reference(f"{KEY}.previous") == reason


def test_a_report_that_is_not_presented_yet_is_no_report(force):
    small = SmallQuarter(force, "signed-off")
    held(small, LATER)
    assert not ReportedVersion.objects.exists()
    assert said(small, "previous") == "not available: no report of 2020/21 Q2 was presented or loaded"


def test_a_report_of_another_system_stands_in_where_none_was_presented_here(force):
    small = SmallQuarter(force, "signed-off")
    held(small, LATER, PRINTED)
    # 20 more than 240: 8.33 %.
    assert (said(small, "previous"), said(small, "change")) == ("240", "+8% (+20)")
    figure = figure_book(small.force, Q3).figure(KEY)
    assert figure.previous_vintage == "as held in the report of 2020/21 Q2"


def test_a_presented_report_goes_before_a_loaded_one(presented):
    held(presented, PRINTED)
    assert said(presented, "previous") == "250"


def test_pages_show_it_and_lead_to_it(presented):
    browser = client(presented, "lead")
    plain = browser.get("/figures/modern_slavery_records.r12/?quarter=2020-21-Q3")
    address = f"/figures/{KEY}/?quarter=2020-21-Q3"
    assert f'href="{address}">Compare with the report of the quarter before</a>' in plain.content.decode()
    page = words(browser.get(address))
    assert "Before 250 Period before 12 months to 30 September 2020" in page, page
    assert "The value before As held in the report of 2020/21 Q2" in page
    assert "The value is as known now; the one before is as its report held it." in page
    assert "Compare with the year before" in page and "Compare with the report" not in page
    assert "As known now, compared with the value before as held in the report of 2020/21 Q2" in page


def test_what_was_presented_first_is_known_when_it_has_been_revised(presented):
    """Of the report itself, those values are listed that read otherwise now; the year before is as it was, 140."""
    (only,) = first_published(presented.force, of())
    assert (only.report, only.printed, only.now) == ("2020/21 Q2", "250", "252")
    assert (label(only.period), only.name, only.place) == (
        "12 months to 30 September 2020",
        "",
        "Lancashire Constabulary",
    )
    assert first_published(presented.force, of(), 1) == []
    known = known_as(presented.force, "first")
    book = book_as_known(presented.force, Q3, known, ["modern_slavery_records"])
    figure = book.figure("modern_slavery_records.r12-2020-09")
    assert (figure.aspect("value"), figure.aspect("previous")) == ("250", "140")
    assert figure.vintage == "as first published in the report of 2020/21 Q2"
    # A month later than the report could speak of was not in it.
    assert book.figure("modern_slavery_records.r12").vintage == "as known now"
    page = words(client(presented, "lead").get("/indicators/modern_slavery_records/?quarter=2020-21-Q3"))
    assert "12 months to 30 September 2020 Lancashire Constabulary 2020/21 Q2 250 252 Revised" in page, page
    page = words(client(presented, "lead").get("/figures/modern_slavery_records.r12-2020-09/?quarter=2020-21-Q3"))
    assert "As first published 250, in the report of 2020/21 Q2" in page


@pytest.mark.parametrize(
    ("line", "said"),
    [
        # A report a year earlier had the value of that year first; one of the same quarter gives way to the presented.
        ("a,modern_slavery_records,,lancashire,r12,2018-10-01,2019-09-30,2019-20-Q2,first-published,139,,,,,,,connect-mi,",
         [("2020/21 Q2", "250", "252"), ("2019/20 Q2", "139", "140")]),
        (PRINTED, [("2020/21 Q2", "250", "252")]),
    ],
)  # fmt: skip
def test_the_earlier_report_is_the_first_one_whether_loaded_or_presented(presented, line, said):
    held(presented, line)
    found = first_published(presented.force, of())
    assert [(one.report, one.printed, one.now) for one in found] == said


def test_first_published_costs_the_same_for_one_report_and_for_two(presented):
    measure = of()

    def count() -> int:
        with CaptureQueriesContext(connection) as made:
            first_published(presented.force, measure)
        return len(made)

    one = count()
    version = DataVersion.objects.get(force=presented.force, number=3)
    ReportedVersion.objects.create(force=presented.force, quarter_key="2020-21-Q3", version=version)
    assert one == count() == 8
    # The second report had 252 for what the first one had as 250, and 260 first.
    book = book_as_known(presented.force, Q3, known_as(presented.force, "first"), ["modern_slavery_records"])
    assert book.reference("modern_slavery_records.r12-2020-09.value") == "250"
    assert book.figure("modern_slavery_records.r12").vintage == "as first published in the report of 2020/21 Q3"


def test_writers_are_offered_it(presented):
    section = opened(presented)
    Indicator.objects.filter(key="modern_slavery_records").update(portfolio=section.portfolio)
    page = words(client(presented, "lead").get(reverse("section-edit", args=[section.pk])))
    offered = "+4% (+10), compared with 12 months to 30 September 2020 as held in the report of 2020/21 Q2: 250"
    assert f"{{{{ {KEY}.change }}}}" in page and offered in page, page


def test_an_import_does_not_move_what_a_report_held(presented):
    """Before a file is confirmed, the texts are named whose figures it moves: a held value is none of them."""
    by = presented.person("analyst")
    section = opened(presented)
    drafting.save(section, f"Before {{{{ {KEY}.previous }}}}.", by=presented.person("lead"), version=section.version)
    again = corrected_records().replace(b",252,", b",255,")
    data_import, _ = imports.receive(presented.force, ImportKind.OBSERVATIONS, "again.csv", [again], by=by)
    work(imports.STAGE_TASK, data_import.pk)
    data_import.refresh_from_db()
    quarters = {one.cycle.quarter_key: len(one.sections) for one in touched(data_import, by)}
    assert quarters == {"2020-21-Q2": 1}


def test_installations_that_presented_before_are_filled(presented):
    fill = import_module("portal.migrations.0006_reported_versions").FILL
    row = (presented.force.pk, "2020-21-Q2", 1)
    places = ReportedVersion.objects.values_list("force_id", "quarter_key", "version__number")
    assert list(places.all()) == [row]
    with connection.cursor() as cursor:
        cursor.execute(fill)
    assert list(places.all()) == [row, row]


def test_what_was_presented_is_written_once(presented):
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        ReportedVersion.objects.update(quarter_key="2020-21-Q3")
