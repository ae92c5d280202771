"""The presented report: the appendix as published on HTML, PDF and Word; hashes; nothing of drafts for readers."""

import hashlib
import io
import re
import shutil
import subprocess

import pytest
from docx import Document

from tests.journeys.test_reference import PRINTED, cells, normal

pytestmark = [pytest.mark.slow]

EDITION = "reports/lancashire-quarterly-2020-21-q2/1/"


@pytest.fixture(scope="module")
def reader(demonstration):
    """Return the commissioner, signed in."""
    return demonstration.session("clara")


@pytest.fixture(scope="module")
def files(reader, demonstration) -> dict[str, bytes]:
    """Return the edition's page and downloads by name."""
    page = reader.get(f"{demonstration.address}{EDITION}")
    names = dict.fromkeys(re.findall(rf"/{EDITION}files/([\w.-]+)", page.text))
    found = {name: reader.get(f"{demonstration.address}{EDITION}files/{name}").content for name in names}
    return {"page": page.content, **found}


def expected(row: dict[str, str]) -> tuple[str, str, str]:
    """Return previous, change and in-year as the portal has to print them."""
    change = row["recomputed_change"] if row["printed_wrong"] else row["change"]
    return normal(row["previous"]), normal(change), normal(row["in_year"])


def agrees(line: list[str], row: dict[str, str]) -> bool:
    """Tell whether a printed line is the line of the appendix; empty cells are not compared."""
    wanted = expected(row)
    printed = [normal(cell) for cell in line[-3:]]
    return len(line) == 4 and all(not want or want == got for want, got in zip(wanted, printed, strict=True))


@pytest.mark.parametrize("row", PRINTED, ids=[row["measure"] for row in PRINTED])
def test_print_the_appendix_in_html_and_word(row, files):
    html = cells(files["page"].decode())
    assert any(agrees(line, row) for line in html)
    word = [
        [cell.text for cell in line.cells]
        for table in Document(io.BytesIO(files["report.docx"])).tables
        for line in table.rows
    ]
    assert any(agrees(line, row) for line in word)


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="there is no pdftotext on this machine")
def test_print_the_appendix_in_the_pdf(files, tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(files["report.pdf"])
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    appendix = text[text.rindex("Appendix") :]
    squeezed = normal(re.sub(r"\s+", "", appendix))
    for row in PRINTED:
        for want in expected(row):
            assert not want or want in squeezed or want in normal(re.sub(r"\s+", "", text)), (row["measure"], want)


def test_mark_every_page_and_say_what_is_synthetic(files, tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(files["report.pdf"])
    assert "Synthetic" in files["page"].decode() and "OFFICIAL" in files["page"].decode()
    word = Document(io.BytesIO(files["report.docx"]))
    assert any("Synthetic" in paragraph.text for paragraph in word.paragraphs)
    assert any("OFFICIAL" in paragraph.text for paragraph in word.sections[0].header.paragraphs)
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
        pages = [page for page in text.split("\f") if page.strip()]
        assert len(pages) > 5 and all("OFFICIAL" in page for page in pages)
        assert "Synthetic" in pages[0]


def test_hash_every_file_in_the_manifest(files):
    manifest = files["manifest.json"].decode()
    for name in ("report.pdf", "report.docx", "figures.csv", "figures.json", "document.json"):
        assert hashlib.sha256(files[name]).hexdigest() in manifest, name


def test_show_the_commissioner_nothing_that_is_not_presented(reader, demonstration):
    for path in ("indicators/", "imports/", "imports/1/", "sections/", "sections/1/", "reviews/", "desk/", "desk/2/",
                 "desk/2/draft/", "desk/2/draft.pdf", "api/figures/", "api/indicators/", "admin/",
                 "reports/lancashire-quarterly-2020-21-q3/", "reports/lancashire-quarterly-2020-21-q3/1/",
                 f"{EDITION}files/../../../desk/2/draft.pdf"):  # fmt: skip
        assert reader.get(f"{demonstration.address}{path}").status_code == 404, path
    for path in ("reports/", ""):
        page = reader.get(f"{demonstration.address}{path}").text
        # A form's random token may hold any two letters: values that nobody sees are left out.
        seen = re.sub(r'(?s)<input type="hidden"[^>]*>', "", page)
        assert "Q2" in seen and "Q3" not in seen and "2020-21-q3" not in seen, path


def test_keep_a_lead_out_of_another_portfolios_draft(demonstration):
    lena, luke = demonstration.session("lena"), demonstration.session("luke")
    address = demonstration.address
    numbers = set(re.findall(r"/sections/(\d+)/", luke.get(f"{address}sections/").text))
    drafted = [
        number
        for number in sorted(numbers)
        if "not started" in (text := luke.get(f"{address}sections/{number}/").text.lower()) or "drafted" in text
    ]
    others = [number for number in drafted if lena.get(f"{address}sections/{number}/").status_code == 404]
    assert others
    for number in others:
        for path in ("", "edit/", "revisions/1/"):
            assert lena.get(f"{address}sections/{number}/{path}").status_code == 404
