"""Every distinct page in a real browser: axe finds nothing, nothing scrolls sideways, no page needs a script."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = [pytest.mark.slow, pytest.mark.browser]

WIDTHS = (320, 1280)
STANDARDS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
EDITION = "reports/lancashire-quarterly-2020-21-q2/1/"
# Person by the beginning of their address -> the pages to look at; `*` opens the first link of this form.
PAGES = {
    "": ["sign-in/", "no-such-page/"],
    "ada": [
        "",
        "indicators/",
        "indicators/asb/?quarter=2020-21-Q2",
        "indicators/asb/history/",
        "indicators/budget/",
        "indicators/standing-out/",
        "indicators/reconciliation/?quarter=2020-21-Q2",
        "indicators/revised/",
        "figures/all_crime.r12/?quarter=2020-21-Q2",
        "figures/special_constable_hours_per_head.quarter/?quarter=2020-21-Q2",
        "exhibits/",
        "exhibits/spending/?quarter=2020-21-Q2",
        "exhibits/asb_monthly/?quarter=2020-21-Q2",
        "exhibits/satisfaction/?quarter=2020-21-Q2",
        "exhibits/new/",
        "exhibits/new/?kind=list",
        "exhibits/new/?kind=comparators",
        "exhibits/new/?kind=multiples",
        "exhibits/spending/edit/",
        "exhibits/asb_monthly/edit/",
        "comparators/",
        "api/",
        "comparators/groups/new/",
        "comparators/groups/1/",
        "comparators/groups/1/edit/",
        "indicators/budget/formula/",
        "indicators/asb/?quarter=2020-21-Q2&known=1",
        "imports/history/",
        "returns/?quarter=2020-21-Q2",
        "returns/help/",
        "returns/rasso/2020-21-Q2/",
        "returns/sent/1/",
        "returns/sent/1/reported/",
        "corrections/",
        "corrections/1/",
        "spans/",
        "spans/new/",
        "notes/",
        "notes/new/",
        "notes/1/edit/",
        "targets/?quarter=2020-21-Q2",
        "targets/new/",
        "targets/new/?indicator=rasso_m3",
        "targets/1/?quarter=2020-21-Q2",
        "targets/1/edit/",
        "targets/1/end/",
        "deliveries/",
        "deliveries/?quarter=2020-21-Q2",
        "deliveries/all/",
        "deliveries/new/",
        "deliveries/1/edit/",
        "deliveries/1/2020-12-01/load/",
        "deliveries/5/2020-10-01/not-available/",
        "imports/",
        "imports/1/",
        "imports/1/reported/",
        "imports/new/",
        "imports/new/?holds=wide",
        "imports/new/?holds=cases",
        "imports/profiles/",
        "imports/profiles/new/",
        "cases/",
        "cases/?reference=unknown&small_area=E9",
        "cases/*",
        "cases/overlaid/",
        "indicators/asb/cases/?force=lancashire&window=r12&end=2020-09",
    ],
    "lena": ["", "sections/", "sections/*", "sections/*/edit/", "reviews/"],
    "mark": ["", "corrections/1/", "desk/", "desk/1/", "desk/2/", "desk/1/draft/", "sections/?quarter=2020-21-Q2"],
    "clara": ["", "reports/", EDITION],
}
VISITS = [(who, path) for who, paths in PAGES.items() for path in paths]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def pages(browser, demonstration):
    """Return a page for a person, signed in once."""
    opened: dict[tuple[str, bool], Page] = {}

    def page_for(who: str, scripts: bool = True) -> Page:
        key = (who, scripts)
        if key not in opened:
            context = browser.new_context(viewport={"width": 320, "height": 900}, java_script_enabled=scripts)
            opened[key] = context.new_page()
            if who:
                sign_in(opened[key], demonstration, who)
        return opened[key]

    return page_for


def sign_in(page: Page, demonstration, who: str) -> None:
    """Sign in as people do, through the form."""
    person = next(one for one in demonstration.record["people"] if one["email"].startswith(who))
    page.goto(f"{demonstration.address}sign-in/")
    page.fill("input[name=username]", person["email"])
    page.fill("input[name=password]", person["password"])
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    assert page.get_by_text("Sign out").count()


def go(page: Page, demonstration, path: str) -> int:
    """Open a page; `*` is the first section, or the first case, that its list leads to."""
    if path == "cases/*":
        page.goto(f"{demonstration.address}cases/")
        links = [link.get_attribute("href") or "" for link in page.query_selector_all("main a")]
        path = next(link for link in links if re.match(r"/cases/\w+/\d{4}-\d{2}/", link)).lstrip("/")
    elif "*" in path:
        page.goto(f"{demonstration.address}sections/")
        links = [link.get_attribute("href") or "" for link in page.query_selector_all("main a")]
        number = next(found[1] for link in links if (found := re.fullmatch(r"/sections/(\d+)/", link)))
        path = path.replace("*", number)
    answer = page.goto(f"{demonstration.address}{path}")
    page.wait_for_load_state("load")
    assert answer is not None
    return answer.status


def look(page: Page) -> None:
    """Find nothing with axe and nothing to scroll sideways, at both widths."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        results = Axe().run(page, options=STANDARDS)
        assert results.violations_count == 0, results.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), width


@pytest.mark.parametrize(("who", "path"), VISITS, ids=[f"{who or 'nobody'} {path or 'home'}" for who, path in VISITS])
def test_find_nothing_with_axe(who, path, pages, demonstration):
    page = pages(who)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    status = go(page, demonstration, path)
    assert status == (404 if path == "no-such-page/" else 200)
    look(page)
    assert [error for error in errors if "404" not in error] == []


def test_write_and_submit_a_section_without_scripts(pages, demonstration):
    page = pages("luke", scripts=False)
    page.goto(f"{demonstration.address}sections/")
    rows = page.query_selector_all("main a[href^='/sections/']")
    targets = [
        row.get_attribute("href") for row in rows if re.fullmatch(r"/sections/\d+/", row.get_attribute("href") or "")
    ]
    for target in targets:
        page.goto(f"{demonstration.address}{target.lstrip('/')}")
        if page.get_by_text("Not started").count():
            break
    page.goto(f"{demonstration.address}{target.lstrip('/')}edit/")
    page.fill("textarea[name=text]", "There were {{ rape.r12.value }} rapes recorded in the {{ rape.r12.period }}.")
    page.get_by_role("button", name="Preview").click()
    shown = page.inner_text("main")
    assert re.search(r"There were [\d,]+ rapes recorded in the 12 months to 31 December 2020", shown)
    page.get_by_role("button", name="Save", exact=True).click()
    assert re.fullmatch(rf"{re.escape(demonstration.address)}sections/\d+/", page.url)
    page.get_by_role("button", name="Send for review").click()
    assert page.get_by_text("Submitted").count()


EXTRACT = (
    b"Crime No;Date recorded;HO class;District;Covid marker\r\n"
    b"07/1/20;03/09/2020;Burglry;Burnley;N\r\n07/2/20;14/09/2020;Burglary;Nowhere in particular;Y\r\n"
)


def test_begin_try_and_save_a_profile_without_scripts(pages, demonstration):
    file = {"name": "extract.csv", "mimeType": "text/csv", "buffer": EXTRACT}
    page = pages("ada", scripts=False)
    go(page, demonstration, "imports/profiles/new/")
    page.fill("input[name=name]", "Crime system")
    page.set_input_files("input[name=file]", file)
    page.get_by_role("button", name="Look at the sample").click()
    assert page.get_by_label("What “Burglry” means").input_value() == "Burglary|"
    page.get_by_label("What “Nowhere in particular” means").select_option(label="No location recorded")
    page.get_by_label("What “Y” means").select_option(label="COVID-19")
    page.set_input_files("input[name=file]", file)
    page.get_by_role("button", name="Try on this sample").click()
    shown = page.inner_text("main")
    assert "2 rows looked at: 2 can be read, no problem. Nothing was changed." in shown
    assert "September 2020: 2 cases" in shown
    page.get_by_role("button", name="Save the profile").click()
    assert re.fullmatch(rf"{re.escape(demonstration.address)}imports/profiles/\d+/", page.url)
    path = page.url.removeprefix(demonstration.address)
    page = pages("ada")
    go(page, demonstration, path)
    look(page)
    go(page, demonstration, f"{path}edit/")
    page.get_by_label("What “Crime No” holds").select_option("")
    page.get_by_role("button", name="Save the profile").click()
    assert page.get_by_text("There is a problem").count()
    look(page)
    page.get_by_label("What “Crime No” holds").select_option("Crime ID")
    page.set_input_files("input[name=file]", {**file, "buffer": EXTRACT + b"x;2020;y;z;Q\r\n"})
    page.get_by_role("button", name="Try on this sample").click()
    assert page.get_by_text("3 rows looked at: 2 can be read").count()
    look(page)


def test_ask_nothing_from_outside(pages, demonstration):
    page = pages("mark")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("", "desk/1/draft/", "indicators/"):
        go(page, demonstration, path)
    assert asked and all(url.startswith((demonstration.address, "data:")) for url in asked)
