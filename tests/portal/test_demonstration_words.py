"""The demonstration's words: every number is a figure, every figure is there, and the texts say what it bears out."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indicators.choices import Direction
from indicators.exhibits.making import compute
from indicators.figures import ASPECTS, FigureBook
from indicators.periods import Quarter
from indicators.series import WINDOW_KEY
from indicators.tables import Listing
from narratives.renderings.markdown import parse, render
from tests.journeys.test_reference import normal

DEMONSTRATION = Path(__file__).resolve().parents[2] / "portal" / "demonstration"
APPENDIX = Path(__file__).resolve().parents[1] / "journeys" / "appendix.csv"
FILES, WORDS = DEMONSTRATION / "files", DEMONSTRATION / "words"
Q2, Q3 = "2020-21-Q2", "2020-21-Q3"
TEXTS = [(path.parent.name, path.stem) for path in sorted(WORDS.glob("*/*.md"))]
PARTS = (
    "Issue", "Recommendation", "Background", "Protecting local policing", "Tackling crime and reoffending",
    "Supporting vulnerable people and victims", "Developing confident communities", "Force management statement",
)  # fmt: skip
# References whose words may be "not available": none is quoted so far.
MAY_BE_MISSING: tuple[str, ...] = ()
REFERENCE = re.compile(r"\{\{[^{}]*\}\}")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# Digits that are no figures: dates, and names the field writes with digits.
NAMES = re.compile(
    rf"(?:\b\d{{1,2}} )?\b(?:{MONTHS}) 20\d\d\b|\b\d{{1,2}} (?:{MONTHS})\b"
    r"|COVID-19|\b999\b|\b101\b|\bGrade [123]\b|\b2011 census\b"
)
# Figures written as words, which nobody could check.
AMOUNTS = re.compile(
    r"\b(?:per ?cent|half|halved|twice|doubled?|tripled?|two[- ]thirds|a third of|a quarter of|dozens?"
    r"|one in (?:two|three|four)|hundreds?|thousands?|millions?)\b",
    re.IGNORECASE,
)
# "A decrease of −18%" says it twice, and "a fall of +3" wrongly.
DOUBLED = re.compile(
    r"\b(?:increased?|decreased?|rise|rose|risen|fall|fell|fallen|drop|dropped|up|down|more|fewer|less)\b"
    r"(?: of| by)? [+−]",
    re.IGNORECASE,
)
COMPARED = ("england_wales", "north_west", "most_similar")
SATISFIED = {"burglary", "violent_crime", "hate_crime", "antisocial_behaviour", "domestic_abuse"}
NESTED = re.compile(r"\([^()]*\(")


def text_of(quarter: str, topic: str) -> str:
    return (WORDS / quarter / f"{topic}.md").read_text(encoding="utf-8")


def document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FILES / name).read_text(encoding="utf-8"))
    return found


def sections() -> list[dict[str, Any]]:
    return [section for part in document("outline.json")["parts"] for section in part["sections"]]


def exhibits() -> dict[str, dict[str, Any]]:
    return {each["key"]: each for each in document("exhibits.json")["exhibits"]}


def unknown_words(stem: str) -> list[str]:
    """Return the words of `indicator[.part][.area]` that no definition knows."""
    definitions = document("definitions.json")
    indicators = {each["key"]: each for each in definitions["indicators"]}
    parts = {each["slug"]: {value["slug"] for value in each["values"]} for each in definitions["breakdowns"]}
    indicator, *words = stem.split(".")
    if indicator not in indicators:
        return [indicator]
    areas = {area["slug"] for area in definitions["areas"]} | {"division-east", "division-south", "division-west"}
    known = parts.get(indicators[indicator]["breakdown"], set()) | areas
    return [word for word in words if word not in known]


def series_in(definition: dict[str, Any]) -> Iterator[str]:
    """Yield every series that a definition names, its columns' areas included."""
    stems = definition["series"] if isinstance(definition.get("series"), list) else [definition.get("series")]
    stems = [stem for stem in stems if stem] + [row["series"] for row in definition.get("rows", []) if "series" in row]
    yield from stems
    for column in definition.get("columns", []):
        yield from (f"{stem}.{column['area']}" for stem in stems if column.get("area"))
    yield from (f"{stem}.{area}" for stem in stems for area in definition.get("areas", []))


def test_outline_covers_every_part_of_the_report() -> None:
    outline = document("outline.json")
    assert tuple(part["title"] for part in outline["parts"]) == PARTS
    assert all(part["sections"] for part in outline["parts"])
    assert 16 <= len(sections()) <= 22
    topics = [section["topic"] for section in sections()]
    assert len(topics) == len(set(topics))
    portfolios = {each["slug"] for each in document("definitions.json")["portfolios"]}
    assert {section["portfolio"] for section in sections()} <= portfolios
    unlettered = {section["topic"] for section in sections() if not section["is_lettered"]}
    assert unlettered == {"issue", "recommendation", "background", "force-management-statement"}


def test_outline_gives_standing_text_to_finance_or_confidence() -> None:
    standing = {
        s["topic"]: s["portfolio"] for s in sections() if s["topic"] in {"issue", "recommendation", "background"}
    }
    assert set(standing.values()) <= {"finance", "confidence"} and len(standing) == 3


def test_texts_stand_for_every_topic_of_the_first_quarter_and_for_some_of_the_next() -> None:
    topics = {section["topic"] for section in sections()}
    assert {topic for quarter, topic in TEXTS if quarter == Q2} == topics
    following = {topic for quarter, topic in TEXTS if quarter == Q3}
    assert following < topics and len(following) >= 8
    assert "The figures of October to December 2020 are invented for the demonstration." in text_of(Q3, "background")


@pytest.mark.parametrize(("quarter", "topic"), TEXTS)
def test_text_parses_without_a_complaint(quarter: str, topic: str) -> None:
    parsed = parse(text_of(quarter, topic))
    assert parsed.complaints == () and not parsed.is_refused
    assert set(parsed.exhibits) <= set(exhibits())


@pytest.mark.parametrize(("quarter", "topic"), TEXTS)
def test_text_refers_to_known_words_only(quarter: str, topic: str) -> None:
    for key in parse(text_of(quarter, topic)).references:
        stem, window, aspect = key.rsplit(".", 2)
        assert aspect in ASPECTS, key
        assert WINDOW_KEY.match(window), key
        assert unknown_words(stem) == [], key


@pytest.mark.parametrize(("quarter", "topic"), TEXTS)
def test_text_holds_no_typed_figure(quarter: str, topic: str) -> None:
    typed = REFERENCE.sub("", text_of(quarter, topic))
    assert re.findall(r"\S*\d\S*", NAMES.sub("", typed)) == []
    assert AMOUNTS.findall(typed) == []


@pytest.mark.parametrize("typed", ["15%", "1,205 rapes", "since 2018", "in 12 months", "Grade 4", "£2m", "COVID-20"])
def test_search_for_typed_figures_finds_them(typed: str) -> None:
    assert re.search(r"\d", NAMES.sub("", typed))


@pytest.mark.parametrize(("quarter", "topic"), TEXTS)
def test_text_has_the_length_of_a_section(quarter: str, topic: str) -> None:
    assert 80 <= len(re.sub(r"\{\{ exhibit[^{}]*\}\}|\{\{[^{}]*\}\}", "x", text_of(quarter, topic)).split()) <= 250


def test_exhibits_name_known_series_and_are_all_placed() -> None:
    portfolios = {each["slug"] for each in document("definitions.json")["portfolios"]}
    for key, each in exhibits().items():
        assert re.fullmatch(r"[a-z0-9_]+", key) and each["portfolio"] in portfolios
        for stem in series_in(each["definition"]):
            assert unknown_words(stem) == [], (key, stem)
    placed = [key for topic in {s["topic"] for s in sections()} for key in parse(text_of(Q2, topic)).exhibits]
    assert sorted(placed) == sorted(exhibits())


def test_titles_of_charts_are_questions() -> None:
    charts = [each for each in exhibits().values() if each["definition"]["kind"] not in {"table", "matrix", "list"}]
    assert len(charts) >= 9
    assert all(each["title"].endswith("?") for each in charts)


@pytest.mark.trial
@pytest.mark.django_db(transaction=True)
def test_words_hold_with_the_figures_of_the_imported_files(force: Any, analyst: Any, tmp_path: Path) -> None:
    from indicators.queries.books import figure_book
    from indicators.queries.day_counts import with_days

    import_everything(force, analyst.person, tmp_path)
    drawn = [each["definition"] for each in exhibits().values()]
    books = {key: with_days(figure_book(force, Quarter.parse(key), with_districts=True), drawn) for key in (Q2, Q3)}
    for quarter, topic in TEXTS:
        check_text(quarter, topic, books[quarter])
    for quarter, book in books.items():
        for key in exhibits():
            if (quarter, key) != (Q3, "stop_search"):  # the census shares were given for one report only
                check_exhibit(quarter, key, book)
    check_claims(books)
    check_appendix(books[Q2])


def import_everything(force: Any, by: Any, folder: Path) -> None:
    from indicators.choices import ImportKind
    from indicators.models.data_version import DataVersion
    from indicators.models.reported_version import ReportedVersion
    from portal.demonstration.cases import write_cases

    files = write_cases(folder)
    import_file(force, ImportKind.OBSERVATIONS, FILES / f"observations-{Q2}.csv", by)
    import_file(force, ImportKind.CASES, files.quarter, by)
    # The next report compares itself with what the one of this quarter held.
    newest = DataVersion.objects.filter(force=force).latest("number")
    ReportedVersion.objects.create(force=force, quarter_key=Q2, version=newest)
    import_file(force, ImportKind.CASES, files.following, by)
    import_file(force, ImportKind.OBSERVATIONS, FILES / f"observations-{Q3}.csv", by)


def import_file(force: Any, kind: Any, path: Path, by: Any) -> None:
    """Receive, check, confirm and apply a file; the worker's own tasks do the work."""
    from indicators import tasks
    from indicators.actions import imports
    from indicators.models.job import Job

    data_import, _ = imports.receive(force, kind, path.name, [path.read_bytes()], by=by)
    tasks.stage_import(Job.objects.get(task=imports.STAGE_TASK, subject_id=data_import.pk).pk)
    data_import.refresh_from_db()
    imports.confirm(data_import, by=by, reason="Loaded for a test")
    tasks.apply_import(Job.objects.get(task=imports.APPLY_TASK, subject_id=data_import.pk).pk)
    data_import.refresh_from_db()
    assert data_import.state == "applied"


def words_of(quarter: str, topic: str, book: FigureBook) -> dict[str, str]:
    return {key: book.reference(key) for key in parse(text_of(quarter, topic)).references}


def check_text(quarter: str, topic: str, book: FigureBook) -> None:
    """Every reference has words, the text renders with its exhibits, and reads well."""
    text, words = text_of(quarter, topic), words_of(quarter, topic, book)
    missing = [key for key, value in words.items() if not value.strip() or value.startswith("not available")]
    assert [key for key in missing if key not in MAY_BE_MISSING] == [], (quarter, topic)
    assert [key for key, value in words.items() if "not stated" in value] == [], (quarter, topic)
    shown = {
        key: compute(key, exhibits()[key]["title"], exhibits()[key]["definition"], book).exhibit
        for key in parse(text).exhibits
    }
    assert render(text, words, shown)
    read = REFERENCE.sub(lambda found: words.get(found[0][2:-2].strip(), ""), text)
    assert DOUBLED.findall(read) == [], (quarter, topic)
    assert NESTED.findall(read) == [], (quarter, topic)
    assert re.findall(r"\d \.|\( |  \S", read) == [], (quarter, topic)


def check_exhibit(quarter: str, key: str, book: FigureBook) -> None:
    """An exhibit computes, names its source, and is not mostly empty."""
    shown = compute(key, exhibits()[key]["title"], exhibits()[key]["definition"], book)
    assert shown.figures and shown.exhibit.source, (quarter, key)
    if isinstance(shown.exhibit, Listing):
        cells = [piece.text for entry in shown.exhibit.entries for piece in entry]
    else:
        table = getattr(shown.exhibit, "table", shown.exhibit)
        cells = [cell.text for row in table.rows for cell in row]
    empty = [text for text in cells if not text or text.startswith("not available")]
    assert len(empty) <= len(cells) * 2 / 5, (quarter, key)


def check_appendix(book: FigureBook) -> None:
    """The appendix as printed, made of definitions: one table for each part of the report, every cell as it stands."""
    printed = {row["measure"]: row for row in csv.DictReader(APPENDIX.open(encoding="utf-8"))}
    parts: dict[str, list[dict[str, Any]]] = {}
    for indicator in document("definitions.json")["indicators"]:
        entries = indicator["appendix"] or []
        for entry in entries if isinstance(entries, list) else [entries]:
            stem = f"{indicator['key']}.{entry['part']}" if entry.get("part") else indicator["key"]
            row = {"series": stem, "label": entry["measure"], "override": {"window": entry["window"]}}
            parts.setdefault(entry["part of the report"], []).append(row)
    columns = [{"window": "r12", "aspect": aspect} for aspect in ("before", "worded_change", "in_year")]
    found = {}
    for part, rows in parts.items():
        made = compute(part, part, {"kind": "table", "rows": rows, "columns": columns}, book)
        found |= {row[0].text: [normal(cell.text) for cell in row[1:]] for row in made.exhibit.rows}
    assert found.keys() == printed.keys() and len(found) == 23
    for measure, row in printed.items():
        change = row["recomputed_change"] if row["printed_wrong"] else row["change"]
        for cell, words in zip(found[measure], (row["previous"], change, row["in_year"]), strict=True):
            assert not words or cell == normal(words), (measure, cell, words)


def directions(book: FigureBook, window: str, *stems: str) -> set[Direction | None]:
    return {book.figure(f"{stem}.{window}").change.direction for stem in stems}


def amount(book: FigureBook, key: str) -> Any:
    current = book.figure(key).current
    assert current is not None and current.amount is not None, key
    return current.amount


def check_claims(books: dict[str, FigureBook]) -> None:
    """The figures bear out what the texts say in words of their own."""
    book, up, down = books[Q2], {Direction.INCREASE}, {Direction.DECREASE}
    months = ("month-2020-07", "month-2020-08", "month")
    offences = [row["series"] for row in exhibits()["offences_year"]["definition"]["rows"]]
    assert directions(book, "r12", *offences) == down
    for month in months:
        assert directions(book, month, "all_crime", "burglary_residential") == down
        assert directions(book, month, "violence_with_injury") == up
    burglaries = [amount(book, f"burglary_residential.{month}") for month in months]
    assert burglaries == sorted(burglaries)
    crimes = [amount(book, f"all_crime.month-2020-{month}") for month in ("04", "05", "06", "07")]
    assert crimes == sorted(crimes)
    assert directions(book, "r12", "hate_crime") == down and directions(book, "quarter", "hate_crime") == up
    assert amount(book, "asb_covid.r12") < book.figure("asb.r12").change.absolute
    others = [book.figure(f"all_crime.{area}.r12-2020-08").change.percent for area in COMPARED]
    assert all(book.figure("all_crime.r12-2020-08").change.percent < other for other in others if other is not None)
    for quarter, risen in ((Q2, {"burglary"}), (Q3, SATISFIED - {"hate_crime"})):
        assert {
            part for part in SATISFIED if directions(books[quarter], "not-stated", f"satisfaction.{part}") == up
        } == risen
    limits = {"grade_1_time_to_arrive": 15, "grade_2_time_to_arrive": 60, "grade_3_time_to_arrive": 48 * 60}
    for each in books.values():
        assert all(amount(each, f"{key}.r12") < limit for key, limit in limits.items())
        assert amount(each, "calls_101_service_level.r12") < 50
        ends = {area: amount(each, f"rasso_m1{area}.rytd") for area in ("", ".north_west", ".national")}
        assert ends[""] < ends[".national"] < ends[".north_west"]
