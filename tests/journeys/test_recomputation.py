"""A second computation, from the input files alone, agrees with every figure on every surface, cell by cell.

Each test says at least how many cells it must have compared: it counts them on the surface itself, in another way
than it reads them.
"""

import csv
import io
import json
import logging
import re
import shutil
import subprocess
from typing import Any

import pytest
from docx import Document

from tests.recomputation.charts import plot
from tests.recomputation.comparing import (
    FILES,
    api_record_of,
    check_beside,
    check_both_ways,
    check_control_totals,
    check_corners,
    check_data,
    check_drawing,
    check_exhibits,
    check_first_published,
    check_lines,
    check_record,
    definitions_of_exhibits,
    everything,
    grid_of,
    is_of_figures,
    record_of,
    tables_of_the_report,
    unescaped,
)
from tests.recomputation.exhibits import appendix, control, known, limits, months_of, sentences
from tests.recomputation.figures import Recomputation, Series
from tests.recomputation.inputs import Inputs, read_files
from tests.recomputation.surfaces import ASPECTS, Compared, fields_drawn, parsed, quoted, tables

log = logging.getLogger(__name__)

pytestmark = [pytest.mark.slow]

Q2, Q3 = "2020-21-Q2", "2020-21-Q3"
EDITION = "reports/lancashire-quarterly-2020-21-q2/1/"
# What the demonstration made of 254 and 110 rows and 28 months: fewer compared would mean that something was not seen.
LEAST_FIGURES = 3000
OTHER_AREAS = {"outside-force": "Outside the force's area", "no-location": "No location recorded"}


def inputs_of(demonstration: Any, quarters: tuple[str, ...], archives: str) -> Inputs:
    found = read_files(
        FILES,
        [f"observations-{quarter}.csv" for quarter in quarters],
        sorted((demonstration.var / "demonstration").rglob(archives)),
    )
    found.area_names |= OTHER_AREAS
    return found


@pytest.fixture(scope="module")
def inputs(demonstration) -> Inputs:
    """Return everything the demonstration loaded."""
    return inputs_of(demonstration, (Q2, Q3), "cases-*.zip")


@pytest.fixture(scope="module")
def now(inputs, presented) -> dict[str, Recomputation]:
    """Return the figures of each quarter as known now, the second beside what the report of the first one held."""
    return {Q2: Recomputation(inputs, Q2), Q3: Recomputation(inputs, Q3, presented)}


@pytest.fixture(scope="module")
def presented(demonstration) -> Recomputation:
    """Return the figures as known when the report was presented: before anything of the next quarter came."""
    return Recomputation(inputs_of(demonstration, (Q2,), "cases-2018*.zip"), Q2)


@pytest.fixture(scope="module")
def edition(demonstration) -> dict[str, bytes]:
    """Return the presented edition: its page, its downloads and its drawings, by name."""
    clara, address = demonstration.session("clara"), demonstration.address
    page = clara.get(f"{address}{EDITION}")
    names = dict.fromkeys(re.findall(rf"/{EDITION}files/([\w.-]+)", page.text))
    found = {name: clara.get(f"{address}{EDITION}files/{name}").content for name in names}
    return {"page": page.content, **found}


def report(compared: Compared, surface: str, least: int) -> None:
    """Fail with every difference, or when less was compared than there is."""
    log.info("%s: %s cells compared, %s is the least", surface, compared.cells, least)
    assert not compared.differences, "\n".join(compared.differences)
    assert compared.cells >= least > 0, (surface, compared.cells, least)


Records = list[dict[str, Any]]


def pages_of(demonstration: Any, asked: str) -> tuple[Records, Records]:
    """Return every record of the API for a question, as JSON and as CSV, page by page as it offers them."""
    ada, records, rows = demonstration.session("ada"), [], []
    address: str | None = f"{demonstration.address}api/figures/?{asked}&limit=200"
    while address:
        answer = ada.get(address).json()
        lines = ada.get(f"{address}&format=csv").content.decode("utf-8-sig")
        records += answer["figures"]
        rows += [unescaped(row) for row in csv.DictReader(io.StringIO(lines))]
        address = answer["next"]
    assert [one["key"] for one in records] == [one["key"] for one in rows]
    assert len({one["key"] for one in records}) == len(records)
    return records, rows


@pytest.fixture(scope="module")
def records(demonstration) -> dict[str, list[dict[str, Any]]]:
    """Return every figure of a quarter with its districts, as the command line gives it."""
    answers = {q: demonstration.manage("figures", "--quarter", q, "--json").stdout for q in (Q2, Q3)}
    return {quarter: json.loads(answer)["figures"] for quarter, answer in answers.items()}


@pytest.mark.parametrize("quarter", [Q2, Q3])
def test_agree_with_every_record_of_the_command_line(quarter, records, now):
    compared = Compared()
    assert len(records[quarter]) >= LEAST_FIGURES
    for record in records[quarter]:
        figure = now[quarter].figure(record["key"])
        check_record(compared, figure, record)
    report(compared, f"command line, {quarter}", 20 * len(records[quarter]))


@pytest.mark.parametrize(("quarter", "asked"), [(Q2, ""), (Q3, ""), (Q2, "&indicator=asb&with_districts=1")])
def test_agree_with_every_record_of_the_api_as_json_and_csv(quarter, asked, demonstration, now):
    found = pages_of(demonstration, f"quarter={quarter}{asked}")
    for form, records_of in zip(("JSON", "CSV"), found, strict=True):
        compared = Compared()
        for record in records_of:
            figure = now[quarter].figure(record["key"])
            check_record(compared, figure, record, api_record_of(figure, now[quarter]))
        assert len(records_of) >= 200
        report(compared, f"API, {form}, {quarter}", 35 * len(records_of))


@pytest.mark.parametrize(
    ("quarter", "step", "windows"),
    [
        (Q2, "previous-quarter", "quarter"),
        (Q3, "previous-month", "month"),
        # No report stands before that of the second quarter: nothing is compared, and the reason is the same.
        (Q2, "previous-report", "quarter r12 snapshot annual rytd not-stated"),
        (Q3, "previous-report", "quarter r12 snapshot annual rytd not-stated"),
    ],
)
def test_agree_with_every_record_of_the_api_that_is_compared_otherwise(quarter, step, windows, demonstration, now):
    plain, _ = pages_of(demonstration, f"quarter={quarter}")
    expected = {f"{one['key']}-on-{step}" for one in plain if one["window"] in windows.split()}
    for form, records_of in zip(
        ("JSON", "CSV"), pages_of(demonstration, f"quarter={quarter}&compared_with={step}"), strict=True
    ):
        compared = Compared()
        for record in records_of:
            figure = now[quarter].figure(record["key"])
            check_record(compared, figure, record, api_record_of(figure, now[quarter]))
        assert {one["key"] for one in records_of} == expected and len(expected) > 20
        report(compared, f"API, {form}, {quarter}, {step}", 35 * len(records_of))


def test_give_every_supplied_and_counted_figure_of_the_quarter(records, inputs, now):
    """Nothing that the files say of the quarter is left out: each row with its end, each series in its windows."""
    keys = {one["key"] for one in records[Q2]}
    expected = set()
    for row in inputs.observations:
        if row.end == now[Q2].end or row.reported_for == Q2:
            expected.add(".".join(filter(None, (row.indicator, row.part, row.area, row.window))))
    for series in now[Q2].counts:
        stem = ".".join(filter(None, (series.indicator, series.part, series.area)))
        expected |= {f"{stem}.{window}" for window in ("month", "quarter", "r12", "fytd")}
        expected |= {f"{stem}.month-2020-07", f"{stem}.month-2020-08"}
        # Asked for by the analyst: the year to a day in the middle of a month.
        expected |= {f"{stem}.cytd-2020-10-29"} if series.indicator == "hate_crime" else set()
    assert len(expected) >= LEAST_FIGURES
    assert expected <= keys, expected - keys


@pytest.mark.parametrize("quarter", [Q2, Q3])
def test_agree_with_every_table_of_the_indicator_pages(quarter, demonstration, now, presented, inputs):
    ada, compared, numeric, keys = demonstration.session("ada"), Compared(), 0, 0
    revised = []
    for indicator, sheet in inputs.indicators.items():
        if quarter == Q3 and sheet["cases"] and indicator != "hate_crime":
            continue  # provisional months are the same on each of these pages: one stands for them
        text = ada.get(f"{demonstration.address}indicators/{indicator}/", params={"quarter": quarter}).text
        page, seen = parsed(text), 0
        for found in tables(page):
            if found.name == "origin-imports":
                seen += found.numeric
            elif is_of_figures(found):
                seen += check_lines(compared, found, now[quarter])
            elif found.header[0] == "Month" and "Upper limit" in found.header:
                expected = control(now[quarter], Series(indicator), sheet["name"])
                compared.check_grid(found.caption, expected, found.grid)
                seen += found.numeric
            elif found.name == "origin-controls":
                seen += check_control_totals(compared, found, now[quarter], indicator)
            elif found.name == "first-published":
                seen += check_first_published(compared, found, presented, now[quarter], indicator)
                revised.append(indicator)
            elif found.name == "beside":
                seen += check_beside(compared, found, now[quarter])
            elif found.name == "both-counts":
                seen += check_both_ways(compared, found, now[quarter], indicator)
        # Every cell with a number belongs to a table that was compared.
        assert seen == text.count("govuk-table__cell--numeric"), indicator
        numeric += seen
        keys += text.count('<data class="figure"')
    assert numeric > 3 * keys > 600
    # The next quarter's file revises one value that the report held.
    assert revised == ["op_encompass_school"]
    report(compared, f"indicator pages, {quarter}", numeric)


def test_agree_with_the_shares_of_the_indicator_pages(demonstration, now, inputs):
    ada, compared, listed = demonstration.session("ada"), Compared(), 0
    by_name = {}
    for indicator in inputs.indicators:
        for part in inputs.parts[indicator]:
            for window in ("quarter", "r12", "snapshot", *(f"r12-2020-{month:02}" for month in range(7, 13))):
                figure = known(now[Q2], f"{indicator}.{part['slug']}.{window}")
                if figure is not None and figure.share is not None:
                    by_name[f"{figure.name}, {figure.words('period')}"] = figure.words("share")
    for indicator in inputs.indicators:
        if not inputs.is_exclusive(indicator):
            continue
        page = parsed(ada.get(f"{demonstration.address}indicators/{indicator}/", params={"quarter": Q2}).text)
        for line in page.xpath("//li[strong and contains(., ' of ')]"):
            found = re.fullmatch(r"(.*): ([\d.]+%) \(.*\)", " ".join(line.text_content().split()))
            assert found, line.text_content()
            listed += 1
            compared.check(found[1], by_name.get(found[1]), found[2])
    report(compared, "shares", listed)


@pytest.mark.parametrize("quarter", [Q2, Q3])
def test_agree_with_the_results_of_all_targets(quarter, demonstration, now, inputs):
    ada, compared = demonstration.session("ada"), Compared()
    page = parsed(ada.get(f"{demonstration.address}targets/", params={"quarter": quarter}).text)
    rows = [row for found in tables(page) for row in found.rows]
    names = {sheet["name"]: key for key, sheet in inputs.indicators.items()}
    for row in rows:
        name, printed, period, result = (row[at].text for at in (0, 1, 3, 4))
        figures = [known(now[quarter], f"{names[name]}.{window}") for window in ("month", "quarter", "r12", "rytd")]
        own = [one for one in figures if one is not None and one.words("period").lower() == period.lower()]
        assert len(own) == 1 and own[0].target is not None, (name, period)
        words = own[0].words("target")
        compared.check(f"target of {name}", words[0].upper() + words[1:], printed)
        state, reason = own[0].judgement
        said = reason or "not assessable: "
        is_same = result.lower() == said.lower() if reason else result.lower().startswith(said)
        compared.check(f"result of {name}: {result}, worked out {state} {reason}", True, is_same)
    assert len(rows) == 11
    report(compared, f"targets, {quarter}", 2 * len(rows))


def test_agree_with_the_list_of_indicators_and_with_pages_of_single_figures(demonstration, now):
    ada, compared, least = demonstration.session("ada"), Compared(), 0
    page = parsed(ada.get(f"{demonstration.address}indicators/", params={"quarter": Q2}).text)
    keys = []
    for found in tables(page):
        least += check_lines(compared, found, now[Q2])
        keys += [cell.key for row in found.rows for cell in row if cell.key]
    assert len(keys) >= 55
    shown_alone, beside = keys[::3], 0
    for key in shown_alone:
        figure = now[Q2].figure(key)
        text = ada.get(f"{demonstration.address}figures/{key}/", params={"quarter": Q2}).text
        shown = [one.text_content().strip() for one in parsed(text).xpath("//dl[@class='app-stats']//dd")]
        compared.check(f"page of {key}", [figure.words("in_year"), figure.words("worded_change")], shown)
        rows = parsed(text).xpath("//dt[normalize-space()='Before']/following-sibling::dd")
        compared.check(f"page of {key}: before", figure.words("before"), rows[0].text_content().strip())
        # Published numbers stand beside it where they are of its own periods.
        for found in (one for one in tables(parsed(text)) if one.name == "origin-controls"):
            periods = {figure.words(one).lower() for one in ("period", "previous_period")}
            assert {row[1].text.lower() for row in found.rows} <= periods, key
            beside += len(found.rows)
    assert beside
    report(compared, "list and pages of figures", least + 2 * len(shown_alone))


def check_page(compared: Compared, where: str, page: Any, recomputation: Recomputation) -> tuple[set[str], int]:
    """Compare every table, list and sentence of a page or a part of one; return which exhibits, and how many cells.

    Every figure that is marked stands in a sentence, a table or a list that was compared.
    """
    found, told = check_exhibits(compared, page, recomputation), quoted(page)
    for key, aspect, words in told:
        compared.check(f"{where}: {key}.{aspect}", recomputation.figure(key).words(aspect), words)
    in_tables = sum(bool(cell.key) for one in tables(page) for row in one.rows for cell in row)
    assert len(page.xpath(".//data[@class='figure']")) == len(told) + in_tables + found.in_lists, where
    return found.seen, found.cells + len(told)


def test_agree_with_every_cell_and_sentence_of_the_presented_report(edition, presented):
    page, compared = parsed(edition["page"]), Compared()
    seen, least = check_page(compared, "presented report", page, presented)
    # Every exhibit that is defined was seen, and every table of the page was known.
    lists_alone = [one for one in definitions_of_exhibits().values() if one["definition"]["kind"] == "list"]
    assert seen == everything(presented) and len(tables(page)) == len(seen) - len(lists_alone)
    assert len(quoted(page)) > 150
    report(compared, "presented report", least)


def charts_of(document: Any) -> list[dict[str, Any]]:
    """Return every chart of a kept document."""
    if isinstance(document, list):
        return [chart for one in document for chart in charts_of(one)]
    if not isinstance(document, dict):
        return []
    own = [document] if "svg" in document else []
    return own + [chart for one in document.values() for chart in charts_of(one)]


def test_agree_with_the_data_of_every_chart_of_the_presented_report(edition, presented):
    """Each point of each chart to the last decimal, as it is kept in the edition."""
    compared, count = Compared(), 0
    defined = {one["key"]: one["definition"] for one in definitions_of_exhibits().values()}
    kept = charts_of(json.loads(edition["document.json"]))
    assert {one["key"] for one in kept} == {
        key for key, one in defined.items() if one["kind"] not in ("table", "matrix", "list")
    }
    for chart in kept:
        expected = plot(defined[chart["key"]], presented)
        count += check_data(compared, chart["key"], json.loads(chart["data"]), expected)
    assert count == sum(chart["data"].count('"at":') for chart in kept)
    report(compared, "data of the charts", 2 * count)


@pytest.mark.parametrize("ending", ["", "-narrow"])
def test_agree_with_every_drawing_of_the_presented_report(ending, edition, presented):
    """What is drawn is read off the picture: wide, and as small screens have it."""
    compared, count, names = Compared(), 0, set()
    for one in definitions_of_exhibits().values():
        definition, name = one["definition"], f"chart-{one['key']}{ending}.svg"
        if definition["kind"] in ("table", "matrix", "list"):
            continue
        expected = plot(definition, presented)
        count += check_drawing(compared, name, edition[name].decode(), definition["kind"], expected)
        names.add(name)
    drawn = {name for name in edition if name.endswith(".svg")}
    assert names == {name for name in drawn if name.endswith("-narrow.svg") == bool(ending)}
    report(compared, f"drawings of the report{ending}", count)


def test_agree_with_the_drawings_of_the_indicator_pages(demonstration, now, inputs):
    ada, compared = demonstration.session("ada"), Compared()
    monthly = [key for key, sheet in inputs.indicators.items() if sheet["cases"]] + ["domestic_abuse_investigations"]
    for indicator in monthly:
        address = f"{demonstration.address}indicators/{indicator}/chart.svg"
        amounts = months_of(now[Q2], Series(indicator))
        (drawn,) = fields_drawn(ada.get(address, params={"quarter": Q2}).text, len(amounts))
        values = [(at, one.value) for at, one in enumerate(amounts.values()) if one and one.value is not None]
        lines = limits(amounts, inputs.indicators[indicator]["kind"])
        assert lines is not None
        expected = [[(at, amount) for at, _ in values] for amount in (lines.centre, lines.lower, lines.upper)]
        assert len(drawn.lines) == 4, indicator
        for wanted, line in zip([*expected, values], drawn.lines, strict=True):
            check_corners(compared, f"drawing of {indicator}", wanted, line.corners, drawn.per_unit)
    report(compared, "drawings of indicator pages", 16 * 4 * 25)


def test_agree_with_the_downloads_of_figures(edition, presented):
    compared = Compared()
    rows = [unescaped(row) for row in csv.DictReader(io.StringIO(edition["figures.csv"].decode("utf-8-sig")))]
    records = json.loads(edition["figures.json"])["figures"]
    assert len(rows) == len(records) > 400
    for surface in (rows, records):
        for record in surface:
            key, _, aspect = str(record["figure"]).rpartition(".")
            figure = presented.figure(key if aspect in ASPECTS else record["figure"])
            if aspect in ASPECTS:
                compared.check(f"{record['figure']} printed", figure.words(aspect), record["printed"])
            names = set(record_of(figure)) & set(record)
            assert names >= {"value", "previous", "change", "change_percent", "name", "period", "unit", "status"}
            check_record(compared, figure, record, {name: record_of(figure)[name] for name in names})
    report(compared, "CSV and JSON of the edition", 12 * 2 * len(rows))


def test_agree_with_every_table_of_the_word_file(edition, presented):
    printed = [
        [[" ".join(cell.text.split()) for cell in row.cells] for row in one.rows]
        for one in Document(io.BytesIO(edition["report.docx"])).tables
    ]
    compared, count = Compared(), 0
    defined = [one["definition"] for one in definitions_of_exhibits().values()]
    expected = [grid_of(one, presented) for one in defined if one["kind"] != "list"]
    expected += list(appendix(presented).values())
    for grid in expected:
        found = [one for one in printed if one[0] == grid[0] and [row[0] for row in one] == [row[0] for row in grid]]
        assert found, grid[0]
        compared.check_grid(f"Word: {grid[0]}", grid, found[0])
        count += len(grid) * len(grid[0])
        printed.remove(found[0])
    # What is left over holds no figures.
    assert not [one for one in printed if any(re.search(r"\d", cell) for row in one for cell in row[1:])], printed
    report(compared, "Word tables", count)


def test_agree_with_every_sentence_of_the_lists_in_the_word_file(edition, presented):
    paragraphs = Document(io.BytesIO(edition["report.docx"])).paragraphs
    printed = ["".join(run.text for run in one.runs if not run.font.superscript).strip() for one in paragraphs]
    compared, count = Compared(), 0
    for title, one in definitions_of_exhibits().items():
        if one["definition"]["kind"] != "list":
            continue
        start = printed.index(f"{title}:") + 1
        for at, pieces in enumerate(sentences(one["definition"], presented)):
            compared.check(f"Word: {title}", "".join(words for words, _ in pieces), printed[start + at])
            count += 1
    report(compared, "Word lists", count)


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="there is no pdftotext on this machine")
def test_agree_with_every_number_of_the_pdf(edition, presented, tmp_path):
    """The numbers of every row of every table stand in the PDF one after the other."""
    path = tmp_path / "report.pdf"
    path.write_bytes(edition["report.pdf"])
    text = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, text=True, check=True).stdout
    squeezed = re.sub(r"\s+", "", text)
    compared, count = Compared(), 0
    for grid in tables_of_the_report(presented):
        for row in grid[1:]:
            joined = re.sub(r"\s+", "", "".join(row[1:]))
            compared.check(f"PDF: {row[0]}: {row[1:]}", True, joined in squeezed)
            count += 1
    for one in definitions_of_exhibits().values():
        for pieces in sentences(one["definition"], presented) if one["definition"]["kind"] == "list" else ():
            # The number of a note may stand behind a figure.
            told = r"\d{0,2}".join(re.escape(re.sub(r"\s+", "", words)) for words, _ in pieces)
            compared.check(f"PDF: {pieces}", True, bool(re.search(told, squeezed)))
            count += 1
    report(compared, "rows of the PDF", count)


def test_agree_with_the_pages_of_the_sections(demonstration, now, presented):
    """What writers and reviewers see is what the report prints: of the presented quarter, and of the open one."""
    mark, compared, least, seen = demonstration.session("mark"), Compared(), 0, set()
    for quarter, recomputation in ((Q2, presented), (Q3, now[Q3])):
        listing = mark.get(f"{demonstration.address}sections/", params={"quarter": quarter}).text
        numbers = sorted({int(one) for one in re.findall(r"/sections/(\d+)/", listing)})
        assert len(numbers) >= 20
        for number in numbers:
            page = parsed(mark.get(f"{demonstration.address}sections/{number}/").text)
            for article in page.xpath("//div[contains(@class, 'report')]"):
                # What the last report said on the topic stands folded below, with the figures of its own quarter.
                is_earlier = bool(article.xpath("ancestor::details"))
                of = presented if is_earlier else recomputation
                names, cells = check_page(compared, f"section {number}, {of.quarter}", article, of)
                least += cells
                seen |= {(of.quarter, name) for name in names}
    assert len(seen) >= 30, seen
    report(compared, "pages of sections", least)


def test_agree_with_the_assembled_report_on_the_desk(demonstration, presented):
    mark, compared = demonstration.session("mark"), Compared()
    page = parsed(mark.get(f"{demonstration.address}desk/1/draft/").text)
    seen, least = check_page(compared, "draft", page, presented)
    assert seen == everything(presented) and len(quoted(page)) > 150
    report(compared, "assembled report on the desk", least)


def test_agree_with_the_charts_of_what_stands_out(demonstration, now, inputs):
    ada, compared, least = demonstration.session("ada"), Compared(), 0
    names = {}
    for indicator, parts in inputs.parts.items():
        for part in ["", *(one["slug"] for one in parts)]:
            series = Series(indicator, part)
            if any(one is not None for one in months_of(now[Q2], series).values()):
                key = ".".join(filter(None, (indicator, part, "month")))
                figure = known(now[Q2], key)
                if figure is not None:
                    names[figure.name] = series
    page = parsed(ada.get(f"{demonstration.address}indicators/standing-out/", params={"quarter": Q2}).text)
    for found in tables(page):
        if "Upper limit" in found.header:
            expected = control(now[Q2], names[found.header[1]], found.header[1])
            compared.check_grid(found.caption, expected, found.grid)
            least += len(found.grid) * len(found.header)
    report(compared, "what stands out", least)


AS_SUPPLIED = "as supplied, counts not given"


def test_say_only_as_supplied_of_a_percentage_without_a_base(records, edition, presented):
    """No file gives the counts behind a percentage: each of them says so wherever it is told, and changes in points."""
    told = [one for one in records[Q2] if one["unit"] == "percent" and one["value"] is not None]
    assert len(told) >= 35
    for one in told:
        assert one["basis"] == "as-supplied" and AS_SUPPLIED in one["notes"], one["key"]
        assert not any(re.search(r"\d", note) for note in one["notes"]), one["notes"]
        assert one["change_percent"] is None, one["key"]
        if one["direction"] not in (None, "no change"):
            assert re.fullmatch(r"[+−](<?[\d.,]+) pp", one["change_text"]), one["change_text"]
    # In the report the remark stands beneath the table, or as the note of a figure in a sentence.
    page = parsed(edition["page"])
    defined, without = definitions_of_exhibits(), 0
    for exhibit in page.xpath("//div[@class='exhibit']"):
        for found in tables(exhibit):
            keys = {cell.key for row in found.rows for cell in row if cell.key}
            supplied = [presented.figure(key) for key in keys]
            if any(one.sheet["unit"] == "percent" and one.current and one.current.value for one in supplied):
                assert AS_SUPPLIED in exhibit.text_content().lower(), found.caption
                without += 1
    assert without >= 4 and defined


def test_leave_the_six_months_ahead_blank_on_page_and_in_word(edition):
    """The months of the year that are still to come are blank cells: not zero, not a dash, not "not available"."""
    heads = ["Financial year", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar"]
    heads.append("Year")
    page = [one.grid for one in tables(parsed(edition["page"])) if one.header == heads]
    word = [
        [[cell.text for cell in row.cells] for row in one.rows]
        for one in Document(io.BytesIO(edition["report.docx"])).tables
        if [cell.text for cell in one.rows[0].cells] == heads
    ]
    for grid in (*page, *word):
        assert [row[0] for row in grid[1:]] == ["2017/18", "2018/19", "2019/20", "2020/21"]
        assert grid[-1][7:13] == [""] * 6 and all(all(row[1:]) for row in grid[1:-1])
        assert all(re.fullmatch(r"\d(,\d{3})?|\d{3}", cell) for cell in grid[-1][1:7])
    assert len(page) == len(word) == 1
