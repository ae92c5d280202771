"""A force of which every resource of the API has something to show, made by the real actions."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from indicators import tasks
from indicators.actions import dated_notes, definitions, deliveries, explaining, imports, spans
from indicators.choices import ImportKind, ImportState
from indicators.models.area import Force
from indicators.models.breakdown import BreakdownValue
from indicators.models.dated_note import DatedNote
from indicators.models.delivery import ExpectedDelivery
from indicators.models.job import Job
from indicators.models.source import DataSource
from indicators.periods import Quarter
from indicators.queries.reconciling import findings
from tests import kept
from tests.indicators import official_files
from tests.portal.small_quarter import SmallQuarter

QUARTER = Quarter(2020, 2)
HEADER = (
    "row_id,indicator,part,area,window,start,end,reported_for,statistic,value,numerator,denominator,status,basis,"
    "qualifier,period_printed,source,note"
)
MONTHS = [
    (year, month) for year in (2018, 2019, 2020) for month in range(1, 13) if (2018, 9) < (year, month) < (2020, 10)
]
LAST_DAY = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
MORE = {
    "indicators": [
        {
            "key": "calls_of_both_kinds", "name": "Missing persons and investigations", "portfolio": "crime",
            "kind": "count", "unit": "count", "polarity": "neutral", "polarity_reason": "Made for a test.",
            "definition": "The sum of two.", "owner": "Performance team",
            "frameworks": [{"framework": "National set", "code": "N1", "name": "Both"}],
            "part_of": ["missing_persons"],
            "definitions": [{"from": "2020-04-01", "definition": "The sum of both.", "reason": "Clearer words."}],
            "formula": {
                "multiplier": "1",
                "numerator": [{"indicator": "missing_persons"}, {"indicator": "domestic_abuse_investigations"}],
                "denominator": [],
            },
        },
        {
            "key": "records_per_1000", "name": "Records per 1,000 residents", "portfolio": "crime", "kind": "rate",
            "unit": "per-1000", "decimals": 1, "polarity": "lower", "definition": "Records over residents.",
            "owner": "Performance team",
            "formula": {
                "multiplier": "1000", "population": "residents",
                "numerator": [{"indicator": "modern_slavery_records", "part": "nc88"}], "denominator": [],
            },
        },
    ],
    "targets": [
        {"indicator": "modern_slavery_records", "part": "nc88", "kind": "level", "operator": "<", "value": "10",
         "unit": "count", "window": "r12", "printed": "Under 10"}
    ],
    "exhibits": [
        {"key": "broken", "title": "Broken", "portfolio": "crime",
         "definition": {"kind": "line", "series": ["nothing_of_this_name"], "months": 3}}
    ],
    "relations": [
        {"slug": "unequal", "agreement": "same", "of": "modern_slavery_records", "members": ["missing_persons"],
         "note": "For this test.", "is_blocking": True},
        {"slug": "unequal-part", "agreement": "same", "of": "modern_slavery_records.nc88",
         "members": ["missing_persons"]},
    ],
}  # fmt: skip


def tidy(last_value: int) -> bytes:
    """Two years of months, 100 cases a month in the first and 130 in the second; the last month as given."""
    lines = [HEADER]
    for at, (year, month) in enumerate(MONTHS):
        day = 29 if (year, month) == (2020, 2) else LAST_DAY[month]
        value = last_value if at == 23 else 100 if at < 12 else 130
        lines.append(
            f"r{at},domestic_abuse_investigations,,lancashire,month,{year}-{month:02d}-01,{year}-{month:02d}-{day},,,"
            f"{value},,,,,,,recorded-crime-dashboard,"
        )
    for year, value in ((2019, 80), (2020, 74)):
        lines.append(
            f"c{year},calls_999_service_level,,lancashire,r12,{year - 1}-10-01,{year}-09-30,,,{value},,,,as-supplied,,,"
            "appendix-a,"
        )
    return "\n".join([*lines, ""]).encode()


def load(force, user, content: bytes) -> None:
    """Bring a tidy file in by the whole chain: receive, check, confirm, apply."""
    data_import, _ = imports.receive(force, ImportKind.OBSERVATIONS, "months.csv", [content], by=user.person)
    tasks.stage_import(Job.objects.latest("id").pk)
    data_import.refresh_from_db()
    assert data_import.state == ImportState.STAGED, list(data_import.problems.values())
    imports.confirm(data_import, by=user.person, reason="checked")
    tasks.apply_import(Job.objects.latest("id").pk)


def printed() -> bytes:
    """September 2020 as a report first published it, and single values of a part, with counts, and of a district."""
    return "\n".join(
        [
            HEADER,
            "p1,domestic_abuse_investigations,,lancashire,month,2020-09-01,2020-09-30,2020-21-Q2,first-published,128,"
            ",,,,,,recorded-crime-dashboard,As printed.",
            "s1,modern_slavery_records,nc88,lancashire,month,2020-09-01,2020-09-30,,,7,,,,,,,responding-dashboard,",
            "n1,calls_999_service_level,,lancashire,quarter,2020-07-01,2020-09-30,,,80,160,200,,,,,appendix-a,",
            "d1,missing_persons,,burnley,month,2020-09-01,2020-09-30,,,7,,,,,,,responding-dashboard,",
            "",
        ]
    ).encode()


def bring(force: Force) -> SmallQuarter:
    """Return a quarter with two values for one month, a composite, comparators, notes, an explained difference."""
    small = SmallQuarter(force)
    kept.bring("everything of the API", lambda: _make(small), after="opened quarter")
    small._look_again()
    return small


def _make(small: SmallQuarter) -> None:
    force, ada = small.force, small.users["analyst"]
    for content in (tidy(130), tidy(140), printed()):
        load(force, ada, content)
    definitions.load(MORE, by=ada.person)
    note = DatedNote(
        kind="footnote", label="One value", words="=Counted twice.", force=force, areas=["lancashire"],
        indicators=["domestic_abuse_investigations"], window="month", end=date(2020, 9, 30),
    )  # fmt: skip
    broken = DatedNote(
        kind="break", label="New system", words="Made in another way.", force=force, starts_on=date(2019, 10, 1),
        indicators=["domestic_abuse_investigations"],
    )  # fmt: skip
    nc88 = BreakdownValue.objects.get(slug="nc88")
    of_part = DatedNote(
        kind="footnote", label="A part", words="Of one part.", indicators=["modern_slavery_records"], part=nc88
    )
    fair = DatedNote(
        kind="annotation", label="A fair", words="Many people came.", force=force, starts_on=date(2020, 8, 1),
        ends_on=date(2020, 8, 9), indicators=["domestic_abuse_investigations"],
    )  # fmt: skip
    for one in (note, broken, of_part, fair):
        dated_notes.save(one, by=ada.person)
    extract = ExpectedDelivery(
        force=force, name="Crime extract", kind=ImportKind.CASES, cadence="monthly", due_days=5, sender="Sam",
        starts_on=date(2020, 1, 1), source=DataSource.objects.get(slug="synthetic-cases"),
    )  # fmt: skip
    deliveries.save(extract, by=ada.person)
    deliveries.set_unavailable(extract, date(2020, 7, 1), "The system was down.", by=ada.person)
    deliveries.receive(extract, date(2020, 8, 1), "august.csv", [b"Crime ID"], by=ada.person)
    _compare(force, ada)
    own = ["domestic_abuse_investigations"]
    spans.ask(force, date(2020, 5, 1), date(2020, 8, 31), own, by=ada.person, reason="=The summer.")
    spring = spans.ask(force, date(2020, 3, 1), date(2020, 4, 30), own, by=ada.person, reason="The spring.")
    spans.end(spring, by=ada.person, reason="It is told.")
    differing = [one.check for one in findings(force, QUARTER).differences]
    explaining.explain(force, differing[:1], by=ada.person, reason="Two systems count them.")
    last = differing[-1]
    before = replace(last, stated=replace(last.stated, amount=last.stated.amount + 1))
    explaining.explain(force, [before], by=ada.person, reason="One came late.")


def _compare(force: Force, ada) -> None:
    DataSource.objects.create(slug="supplied", name="Official tables", kind="observations")
    line = {"table": official_files.STEM, "part": "", "statistic": "level", "column": official_files.TOTAL}
    with TemporaryDirectory() as folder:
        mapping = {"lines": [{**line, "indicator": "domestic_abuse_investigations"}]}
        feed = official_files.feed(force, ada.person, Path(folder), definition=mapping)
        official_files.load(feed, ada.person, official_files.workbook(ends="September 2019"))
        later = official_files.workbook(official_files.SEPTEMBER, "September 2020", number="P2")
        official_files.load(feed, ada.person, later)
