"""A second computation, from the input files alone, agrees with every figure on every surface, cell by cell.

Each test says at least how many cells it must have compared: it counts them on the surface itself, in another way
than it reads them.
"""

import csv
import io
import json
import re
import shutil
import subprocess
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from tests.recomputation.exhibits import appendix, control, limits, months_of, table
from tests.recomputation.figures import Figure, Recomputation, Series, last_day, months_between, start_of
from tests.recomputation.inputs import Inputs, read_files
from tests.recomputation.printing import value_words
from tests.recomputation.surfaces import Compared, Table, bars_drawn, lines_drawn, parsed, quoted, tables

pytestmark = [pytest.mark.slow]

FILES = Path(__file__).resolve().parent.parent.parent / "portal" / "demonstration" / "files"
Q2, Q3 = "2020-21-Q2", "2020-21-Q3"
EDITION = "reports/lancashire-quarterly-2020-21-q2/1/"
# What the demonstration made of 254 and 110 rows and 28 months: fewer compared would mean that something was not seen.
LEAST_FIGURES = 3000
OTHER_AREAS = {"outside-force": "Outside the force's area", "no-location": "No location recorded"}
WINDOW_NAMES = {"r12": "12 months", "quarter": "Quarter"}


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
def now(inputs) -> dict[str, Recomputation]:
    """Return the figures of each quarter as known now."""
    return {quarter: Recomputation(inputs, quarter) for quarter in (Q2, Q3)}


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
    print(f"{surface}: {compared.cells} cells compared, {least} expected at least")
    assert not compared.differences, "\n".join(compared.differences)
    assert compared.cells >= least > 0, (surface, compared.cells, least)


def exact(number: Decimal | None, places: int | None = None) -> Decimal | None:
    if number is None:
        return None
    return number if places is None else number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def as_number(text: object) -> Decimal | None:
    return None if text in (None, "") else Decimal(str(text))


def record_of(figure: Figure) -> dict[str, Any]:
    """Return what a record of a figure has to hold: words as printed, numbers as numbers."""
    current, previous, moved = figure.current, figure.previous, figure.moved
    state, _ = figure.judgement
    return {
        "name": figure.name,
        "period": figure.words("period"),
        "start": figure.start.isoformat() if figure.start else None,
        "end": figure.end.isoformat() if figure.end else None,
        "unit": figure.sheet["unit"],
        "text": figure.words("value"),
        "status": current.status if current else None,
        "basis": current.basis if current else None,
        "qualifier": current.qualifier if current else None,
        "previous_text": figure.words("previous"),
        "previous_period": figure.words("previous_period"),
        "change_text": figure.words("change"),
        "direction": moved.direction or None,
        "share_text": figure.words("share") if figure.share is not None else None,
        "target": figure.words("target") if figure.target else None,
        "target_state": state or None,
        "missing_months": [f"{month}-01" for month in current.missing] if current else [],
        "value": current.value if current else None,
        "previous": previous.value if previous else None,
        "change": moved.absolute,
        "change_percent": exact(moved.percent, 6),
        "share_percent": exact(figure.share, 6),
    }


NUMBERS = ("value", "previous", "change", "change_percent", "share_percent")
STORED_PLACES = 8


def check_record(compared: Compared, figure: Figure, found: dict[str, Any], names: set[str]) -> None:
    """Compare a record with the figure, field by field."""
    for name, expected in record_of(figure).items():
        if name not in names:
            continue
        got = found[name]
        if name in NUMBERS:
            got = as_number(got)
            if expected is not None and got is not None and expected != got:
                # A quotient is stored to eight decimals.
                expected, got = (number.quantize(Decimal(1).scaleb(1 - STORED_PLACES)) for number in (expected, got))
        elif name == "missing_months" and isinstance(got, str):
            got = got.split("; ") if got else []
        elif got == "":
            got = None
        compared.check(f"{figure.key} {name}", expected, got)
    result, words = found.get("target_result"), figure.judgement[1]
    if words:
        compared.check(f"{figure.key} target_result", words, result)


def unescaped(record: dict[str, str]) -> dict[str, str]:
    """Take the apostrophe away that keeps a spreadsheet from reading a formula."""
    return {name: value[1:] if value[:2] in ("'+", "'-", "'=", "'@") else value for name, value in record.items()}


def pages_of(demonstration: Any, quarter: str, *, with_districts: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return every record of the API for a quarter, as JSON and as CSV, page by page as it offers them."""
    ada, records, rows = demonstration.session("ada"), [], []
    asked = f"quarter={quarter}&limit=500&with_districts={int(with_districts)}"
    address: str | None = f"{demonstration.address}api/figures/?{asked}"
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
        check_record(compared, figure, record, set(record_of(figure)))
    report(compared, f"command line, {quarter}", 20 * len(records[quarter]))


@pytest.mark.parametrize("quarter", [Q2, Q3])
def test_agree_with_every_record_of_the_api_as_json_and_csv(quarter, demonstration, now):
    for form, found in zip(("JSON", "CSV"), pages_of(demonstration, quarter, with_districts=False), strict=True):
        compared = Compared()
        for record in found:
            figure = now[quarter].figure(record["key"])
            names = set(record_of(figure)) & set(record)
            assert names >= {*NUMBERS, "text", "previous_text", "change_text", "period", "direction"}
            check_record(compared, figure, record, names)
        assert len(found) >= 200
        report(compared, f"API, {form}, {quarter}", 20 * len(found))


def test_give_every_supplied_and_counted_figure_of_the_quarter(records, inputs, now):
    """Nothing that the files say of the quarter is left out: each row with its end, and each series with its windows."""
    keys = {one["key"] for one in records[Q2]}
    expected = set()
    for row in inputs.observations:
        if row.end == now[Q2].end or row.reported_for == Q2:
            expected.add(".".join(filter(None, (row.indicator, row.part, row.area, row.window))))
    for series in now[Q2].counts:
        stem = ".".join(filter(None, (series.indicator, series.part, series.area)))
        expected |= {f"{stem}.{window}" for window in ("month", "quarter", "r12", "fytd")}
        expected |= {f"{stem}.month-2020-07", f"{stem}.month-2020-08"}
    assert len(expected) >= LEAST_FIGURES
    assert expected <= keys, expected - keys


def figure_lines(found: Table) -> bool:
    return {"Measure", "Period", "Previous", "Change", "In year"} <= set(found.header)


def check_lines(compared: Compared, found: Table, recomputation: Recomputation) -> int:
    """Compare a table of figures, one line each; the numbers of its cells are returned."""
    at = {name: found.header.index(name) for name in ("Period", "Previous", "Change", "In year")}
    for row in found.rows:
        key = next(cell.key for cell in row if cell.key)
        figure = recomputation.figure(key)
        period = figure.words("period")
        expected = {
            "Period": period[0].upper() + period[1:],
            "Previous": figure.words("before"),
            "Change": figure.words("worded_change"),
            "In year": figure.words("in_year"),
        }
        for name, text in expected.items():
            compared.check(f"{found.caption}: {key} / {name}", text, row[at[name]].text)
    return found.numeric


def check_control_totals(compared: Compared, found: Table, recomputation: Recomputation, indicator: str) -> int:
    """Compare published numbers with the rows that carry them, and counted ones with the cases."""
    published = []
    for row in recomputation.inputs.observations:
        rule = recomputation.inputs.indicators[indicator]["cases"]
        is_own = row.indicator == indicator and not row.area and row.statistic in ("level", "change")
        if is_own and row.start and (rule is None or f"{row.start}" >= rule["from"]):
            published.append(row)
    expected = []
    for row in published:
        series = Series(row.indicator, row.part)
        key = ".".join(filter(None, (row.indicator, row.part, f"{row.window}-{row.end:%Y-%m}")))
        figure = recomputation.figure(key)
        assert figure.series == series and figure.current is not None
        counted = figure.current.value if row.statistic == "level" else figure.moved.absolute
        shown = [f"{one:,}".replace("-", "−") if one is not None else "not available" for one in (row.value, counted)]
        expected.append([*shown, "Agrees" if row.value == counted else "Differs"])
    printed = [[cell.text for cell in row[2:]] for row in found.rows]
    compared.check_grid(f"{found.caption}: {indicator}", [["", "", ""], *sorted(expected)], [["", "", ""], *sorted(printed)])
    return found.numeric


def check_both_ways(compared: Compared, found: Table, recomputation: Recomputation, indicator: str) -> int:
    """Compare the counts by rows and by identifiers: every reference of the demonstration stands once."""
    for row in found.rows:
        words = row[0].text
        figures = [recomputation.figure(f"{indicator}.{window}-{end}") for window in ("month", "quarter", "r12", "fytd")
                   for end in (f"{recomputation.end:%Y-%m}", f"{recomputation.end.year - 1}-{recomputation.end:%m}")]  # fmt: skip
        figure = next(one for one in figures if one.words("period").lower() == words.lower())
        for cell in row[1:]:
            compared.check(f"{found.caption}: {indicator} {words}", figure.words("value"), cell.text)
    return found.numeric


@pytest.mark.parametrize("quarter", [Q2, Q3])
def test_agree_with_every_table_of_the_indicator_pages(quarter, demonstration, now, inputs):
    ada, compared, numeric, keys = demonstration.session("ada"), Compared(), 0, 0
    for indicator in inputs.indicators:
        text = ada.get(f"{demonstration.address}indicators/{indicator}/", params={"quarter": quarter}).text
        page, seen = parsed(text), 0
        for found in tables(page):
            if found.name == "origin-imports":
                seen += found.numeric
            elif figure_lines(found):
                seen += check_lines(compared, found, now[quarter])
            elif found.header[0] == "Month" and "Upper limit" in found.header:
                expected = control(now[quarter], Series(indicator), inputs.indicators[indicator]["name"])
                compared.check_grid(found.caption, expected, found.grid)
                seen += found.numeric
            elif found.name == "origin-controls":
                seen += check_control_totals(compared, found, now[quarter], indicator)
            elif found.name == "both-counts":
                seen += check_both_ways(compared, found, now[quarter], indicator)
        # Every cell with a number belongs to a table that was compared.
        assert seen == text.count("govuk-table__cell--numeric"), indicator
        numeric += seen
        keys += text.count('<data class="figure"')
    assert keys > 1000 and numeric > 3 * 1000
    report(compared, f"indicator pages, {quarter}", numeric)


def test_agree_with_the_shares_and_target_results_of_the_indicator_pages(demonstration, now, inputs):
    ada, compared, listed = demonstration.session("ada"), Compared(), 0
    by_name = {}
    for indicator, parts in inputs.parts.items():
        for part in parts if inputs.is_exclusive(indicator) else ():
            for window in ("quarter", "r12", "snapshot"):
                try:
                    figure = now[Q2].figure(f"{indicator}.{part['slug']}.{window}")
                except KeyError:
                    continue
                if figure.share is not None:
                    by_name[f"{figure.name}, {figure.words('period')}"] = figure.words("share")
    for indicator in ("asb", "asb_covid", "budget", "nrm_referrals"):
        page = parsed(ada.get(f"{demonstration.address}indicators/{indicator}/", params={"quarter": Q2}).text)
        for line in page.xpath("//li[strong and contains(., ' of ')]"):
            name, _, rest = line.text_content().partition(": ") if indicator == "-" else _split(line.text_content())
            listed += 1
            compared.check(name, by_name[name], rest)
    report(compared, "shares", listed)


def _split(text: str) -> tuple[str, str, str]:
    found = re.fullmatch(r"\s*(.*): ([\d.]+%) \(.*\)\s*", " ".join(text.split()))
    assert found, text
    return found[1], ": ", found[2]


def test_agree_with_the_list_of_indicators_and_with_the_page_of_each_figure(demonstration, now):
    ada, compared, least = demonstration.session("ada"), Compared(), 0
    page = parsed(ada.get(f"{demonstration.address}indicators/", params={"quarter": Q2}).text)
    keys = []
    for found in tables(page):
        least += check_lines(compared, found, now[Q2])
        keys += [cell.key for row in found.rows for cell in row if cell.key]
    assert len(keys) >= 55
    for key in keys:
        figure = now[Q2].figure(key)
        text = ada.get(f"{demonstration.address}figures/{key}/", params={"quarter": Q2}).text
        shown = [one.text_content().strip() for one in parsed(text).xpath("//dl[@class='app-stats']//dd")]
        compared.check(f"page of {key}", [figure.words("in_year"), figure.words("worded_change")], shown)
        rows = parsed(text).xpath("//dt[normalize-space()='Before']/following-sibling::dd")
        compared.check(f"page of {key}: before", figure.words("before"), rows[0].text_content().strip())
    report(compared, "list and pages of figures", least + 2 * len(keys))


def check_line_drawing(compared: Compared, svg: str, stems: list[str], recomputation: Recomputation) -> int:
    """Compare the corners of each line of a drawing with the monthly values, to a tenth of a unit of length."""
    drawn, unit = lines_drawn(svg)
    count = 0
    for stem in stems:
        figure = recomputation.figure(f"{stem}.month")
        line = next(one for one in drawn if one.series == figure.name and one.field == "value")
        values = [one.value for one in months_of(recomputation, figure.series).values() if one and one.value is not None]
        assert len(values) == len(line.heights)
        for value, height in zip(values, line.heights, strict=True):
            compared.check(f"drawing of {stem}: {value} at {height:.2f}", True, abs(height - value) <= unit / 10)
            count += 1
    return count


def definitions_of_exhibits() -> dict[str, dict[str, Any]]:
    document = json.loads((FILES / "exhibits.json").read_text(encoding="utf-8"))
    return {one["title"]: one for one in document["exhibits"]}


def check_exhibits(compared: Compared, page: Any, recomputation: Recomputation) -> tuple[int, set[str]]:
    """Compare every table of a page that a saved definition makes; return their cells and which they were."""
    defined, count, seen = definitions_of_exhibits(), 0, set()
    annex = appendix(recomputation)
    for found in tables(page):
        title = re.sub(r"^Table \d+: |: figures$", "", found.caption)
        part = title.partition(":")[0]
        if title in defined:
            expected = table(defined[title]["definition"], recomputation)
            seen.add(defined[title]["key"])
        elif part.lower() in annex:
            expected = annex[part.lower()]
            seen.add(part.lower())
        else:
            continue
        compared.check_grid(title, expected, found.grid)
        count += len(expected) * len(expected[0])
    return count, seen


def test_agree_with_every_cell_and_sentence_of_the_presented_report(edition, presented):
    page, compared = parsed(edition["page"]), Compared()
    cells, seen = check_exhibits(compared, page, presented)
    sentences = quoted(page)
    for key, aspect, words in sentences:
        compared.check(f"in a sentence: {key}.{aspect}", presented.figure(key).words(aspect), words)
    # Every figure that is marked on the page stands in one of these sentences or tables, and every table was known.
    in_tables = sum(bool(cell.key) for found in tables(page) for row in found.rows for cell in row)
    assert edition["page"].count(b'<data class="figure"') == len(sentences) + in_tables
    assert len(seen) == len(tables(page)) == 25
    assert len(sentences) > 150 and in_tables > 400
    report(compared, "presented report", cells + len(sentences))


def test_agree_with_every_drawing_of_the_presented_report(edition, presented):
    compared, count = Compared(), 0
    for one in definitions_of_exhibits().values():
        definition, name = one["definition"], f"chart-{one['key']}.svg"
        if name not in edition:
            assert definition["kind"] in ("table", "matrix"), one["key"]
            continue
        svg = edition[name].decode()
        if definition["kind"] == "line":
            count += check_line_drawing(compared, svg, definition["series"], presented)
            continue
        bars, unit = bars_drawn(svg)
        grid = table(definition, presented)
        for row in grid[1:]:
            for series, text in zip(grid[0][1:], row[1:], strict=True):
                length, value = bars[row[0], series], Decimal(text.replace(",", ""))
                compared.check(f"bar of {row[0]}, {series}", True, abs(length - value) <= unit / 10)
                count += 1
        assert len(bars) == (len(grid) - 1) * (len(grid[0]) - 1)
    assert count >= 25 * 4 + 6
    report(compared, "drawings of the report", count)


def test_agree_with_the_drawings_of_the_indicator_pages(demonstration, now, inputs):
    ada, compared, count = demonstration.session("ada"), Compared(), 0
    monthly = [key for key, sheet in inputs.indicators.items() if sheet["cases"]] + ["domestic_abuse_investigations"]
    for indicator in monthly:
        address = f"{demonstration.address}indicators/{indicator}/chart.svg"
        drawn, unit = lines_drawn(ada.get(address, params={"quarter": Q2}).text)
        amounts = months_of(now[Q2], Series(indicator))
        values = [one.value for one in amounts.values() if one is not None and one.value is not None]
        lines = limits(amounts)
        assert lines is not None
        expected = {"value": values} | {
            name: [getattr(lines, name)] * len(values) for name in ("centre", "lower", "upper")
        }
        assert {one.field for one in drawn} == expected.keys()
        for line in drawn:
            assert len(line.heights) == len(expected[line.field]), (indicator, line.field)
            for value, height in zip(expected[line.field], line.heights, strict=True):
                where = f"drawing of {indicator}: {line.field} {value:.2f} at {height:.2f}"
                compared.check(where, True, abs(height - value) <= unit / 10)
                count += 1
    report(compared, "drawings of indicator pages", 16 * 4 * 25)


def test_agree_with_the_downloads_of_figures(edition, presented):
    compared = Compared()
    rows = [unescaped(row) for row in csv.DictReader(io.StringIO(edition["figures.csv"].decode("utf-8-sig")))]
    records = json.loads(edition["figures.json"])["figures"]
    assert len(rows) == len(records) > 400
    for surface in (rows, records):
        for record in surface:
            key, _, aspect = str(record["figure"]).rpartition(".")
            is_quoted = f"{key}.{aspect}" != record["figure"] or aspect in ("value", "previous", "change", "absolute",
                "percent", "direction", "share", "previous_share", "period", "previous_period", "target")  # fmt: skip
            figure = presented.figure(key if is_quoted else record["figure"])
            if is_quoted:
                compared.check(f"{record['figure']} printed", figure.words(aspect), record["printed"])
            names = set(record_of(figure)) & set(record)
            assert names >= {*NUMBERS, "name", "period", "unit", "status"}
            check_record(compared, figure, record, names)
    report(compared, "CSV and JSON of the edition", 12 * 2 * len(rows))


def grids_of_the_report(presented: Recomputation) -> list[list[list[str]]]:
    tables_of = [table(one["definition"], presented) for one in definitions_of_exhibits().values()
                 if f"{one['definition']['kind']}" in ("table", "matrix")]  # fmt: skip
    return [*tables_of, *appendix(presented).values()]


def test_agree_with_every_table_of_the_word_file(edition, presented):
    printed = [
        [[" ".join(cell.text.split()) for cell in row.cells] for row in one.rows]
        for one in Document(io.BytesIO(edition["report.docx"])).tables
    ]
    compared, count = Compared(), 0
    expected = [table(one["definition"], presented) for one in definitions_of_exhibits().values()]
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


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="there is no pdftotext on this machine")
def test_agree_with_every_number_of_the_pdf(edition, presented, tmp_path):
    """The numbers of every row of every table stand in the PDF one after the other."""
    path = tmp_path / "report.pdf"
    path.write_bytes(edition["report.pdf"])
    text = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, text=True, check=True).stdout
    squeezed = re.sub(r"\s+", "", text)
    compared, count = Compared(), 0
    for grid in grids_of_the_report(presented):
        for row in grid[1:]:
            joined = re.sub(r"\s+", "", "".join(row[1:]))
            compared.check(f"PDF: {row[0]}: {row[1:]}", True, joined in squeezed)
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
                cells, names = check_exhibits(compared, article, of)
                sentences = quoted(article)
                for key, aspect, words in sentences:
                    found = of.figure(key).words(aspect)
                    compared.check(f"section {number}, {of.quarter}: {key}.{aspect}", found, words)
                in_tables = sum(bool(cell.key) for one in tables(article) for row in one.rows for cell in row)
                marked = len(article.xpath(".//data[@class='figure']"))
                assert marked == len(sentences) + in_tables, number
                least += cells + len(sentences)
                seen |= {(of.quarter, name) for name in names}
    assert len(seen) >= 30, seen
    report(compared, "pages of sections", least)
