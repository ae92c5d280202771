"""A quarter's figures, loaded through the real import, and an open cycle with people to write and review in it."""

from datetime import date

import pytest

from indicators.actions import imports, jobs
from indicators.choices import ImportKind
from indicators.models.data_import import DataImport
from indicators.models.exhibit import Exhibit
from indicators.models.job import Job
from indicators.models.portfolio import Portfolio
from indicators.periods import Quarter
from narratives.actions import cycles, outlines
from narratives.models.cycle import Cycle
from narratives.models.section import Section
from tests import kept
from tests.people import make_user

HEADER = (
    "row_id,indicator,part,area,window,start,end,reported_for,statistic,value,numerator,denominator,status,basis,"
    "qualifier,period_printed,source,note\n"
)
# Few enough to work out by hand: 200 cadets a year before, 260 now, and the three months of a chart.
ROWS = (
    ("cadets_enrolled", "snapshot", "", "2019-09-30", "200"),
    ("cadets_enrolled", "snapshot", "", "2020-09-30", "260"),
    ("domestic_abuse_investigations", "month", "2020-07-01", "2020-07-31", "310"),
    ("domestic_abuse_investigations", "month", "2020-08-01", "2020-08-31", "320"),
    ("domestic_abuse_investigations", "month", "2020-09-01", "2020-09-30", "330"),
)
QUARTER = Quarter(2020, 2)
TEXT = "The cadets now number {{ cadets_enrolled.snapshot.value }} ({{ cadets_enrolled.snapshot.change }}).\n"


def load(force, by, rows):
    """Import rows (indicator, window, start, end, value) as an analyst does, and let the worker's code apply them."""
    lines = [f"{n},{key},,{force.slug},{window},{start},{end},,,{value},,,,,,,not-named,"
             for n, (key, window, start, end, value) in enumerate(rows)]  # fmt: skip
    content = (HEADER + "\n".join(lines) + "\n").encode()
    received, _ = imports.receive(force, ImportKind.OBSERVATIONS, "figures.csv", [content], by=by.person)
    work(imports.STAGE_TASK, received, imports.stage)
    received = DataImport.objects.get(pk=received.pk)
    assert received.state == "staged", list(received.problems.values_list("row", "column", "message"))
    imports.confirm(received, by=by.person, reason="as in the test")
    work(imports.APPLY_TASK, received, imports.apply, by=by.person)
    received.refresh_from_db()
    assert received.state == "applied"
    return received.version.number


def work(task, received, action, **arguments):
    """Do a waiting job as the worker does it."""
    job = jobs.claim(Job.objects.get(task=task, subject_id=received.pk, state="waiting").pk)
    with jobs.worked(job) as progress:
        action(DataImport.objects.get(pk=received.pk), job, progress, **arguments)


@pytest.fixture
def figures(force, settings, tmp_path):
    """Return the force with a few figures at data version 1, and a table and a chart defined on them."""
    settings.FILES = tmp_path
    kept.bring("a few figures", lambda: make_figures(force), after="force")
    return force


def make_figures(force):
    """Load the rows and define a table and a chart on them."""
    assert load(force, make_user("Ada Analyst", "analyst"), ROWS) == 1
    people = Portfolio.objects.get(slug="people")
    Exhibit.objects.create(
        key="cadets",
        title="Cadets",
        portfolio=people,
        definition={
            "kind": "table",
            "rows": [{"series": "cadets_enrolled", "label": "Cadets"}],
            "columns": [{"heading": "Now", "window": "snapshot", "aspect": "value"}],
        },
    )
    Exhibit.objects.create(
        key="investigations",
        title="Do investigations rise?",
        portfolio=people,
        definition={"kind": "line", "series": ["domestic_abuse_investigations"], "months": 3},
    )


def document(*topics, slug="quarterly"):
    """An outline document with one part for every two topics; topics are (slug, portfolio)."""
    sections = [{"topic": topic, "title": topic.title(), "portfolio": place} for topic, place in topics]
    return {
        "slug": slug,
        "name": "Quarterly report",
        "report_title": "Performance report",
        "addressed_to": "The Commissioner",
        "meeting": "Scrutiny meeting",
        "starts_on": "2020-04-01",
        "parts": [
            {"title": f"Part {at // 2 + 1}", "sections": sections[at : at + 2]} for at in range(0, len(sections), 2)
        ],
    }


@pytest.fixture
def manager(make_person):
    """Return Mia, a report manager."""
    return make_person("Mia Manager", "report-manager")


@pytest.fixture
def cycle(figures):
    """Return an open cycle with sections on cadets and courage (people) and on crime (crime)."""
    kept.bring("a small cycle", lambda: make_cycle(figures), after="a few figures")
    return Cycle.objects.get()


def make_cycle(force):
    """Open the cycle, with the accounts of those who work in it."""
    manager = make_user("Mia Manager", "report-manager")
    outline = outlines.load(
        document(("cadets", "people"), ("courage", "people"), ("crime", "crime")), by=manager.person
    )
    cycles.open_cycle(
        force, outline, QUARTER, by=manager.person, write_by=date(2020, 10, 12), review_by=date(2020, 10, 26)
    )


@pytest.fixture
def section(cycle):
    """Return the section on cadets, not started."""
    return Section.objects.get(cycle=cycle, topic__slug="cadets")


@pytest.fixture
def people(cycle, make_person):
    """Return who writes and reviews: Lee leads People, Deb is his deputy, Con contributes, Rita and Rob review."""
    place = Portfolio.objects.get(slug="people")
    other = Portfolio.objects.get(slug="crime")
    return {
        "lead": make_person("Lee Lead", "lead", portfolio=place),
        "deputy": make_person("Deb Deputy", "deputy", portfolio=place),
        "contributor": make_person("Con Contributor", "contributor", portfolio=place),
        "other lead": make_person("Otto Other", "lead", portfolio=other),
        "reviewer": make_person("Rita Reviewer", "reviewer"),
        "second reviewer": make_person("Rob Reviewer", "reviewer"),
    }
