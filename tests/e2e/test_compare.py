"""Comparing the text of two runs, on the real app: by whoever holds both links, and by nobody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import Site
from tests.e2e.folio_page import FolioPage
from tests.support.clients import leave

TITLE = "강변 나루터의 관리"


@dataclass(frozen=True)
class Run:
    """A run of ``multi_page.pdf``: its secret id and its record's public one."""

    run_id: str
    record_id: str


@pytest.fixture(scope="module")
def client(app: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    connected = Client(app.url, download_files=str(tmp_path_factory.mktemp("compare")), verbose=False)
    yield connected
    leave(connected)


@pytest.fixture(scope="module")
def runs(client: Client, documents: Path) -> tuple[Run, Run]:
    """The same file twice: its first three pages as they are, its first two by OCR, which misreads some of them."""
    file = handle_file(str(documents / "korean_report.pdf"))
    answers = [
        client.predict(file, pages=pages, ocr=ocr, api_name="/convert")[1]
        for pages, ocr in (("1-3", "never"), ("1-2", "always"))
    ]
    first, second = (Run(status["run_id"], status["record_id"]) for status in answers)
    return first, second


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1300, "height": 900})
    opened.set_default_timeout(30_000)
    yield opened
    opened.close()


def compare(page: Page, app: Site, left: Run, right: Run) -> Locator:
    """The comparison of these two, opened by a receipt's link and a click in the table."""
    page.goto(f"{app.url}?record={left.record_id}")
    page.locator(".drawer").get_by_role("button", name="Compare").click()
    expect(page.locator(".drawer")).to_have_count(0)  # the page waits for the second run
    page.locator(f'.runs tbody tr[data-record="{right.record_id}"]').click()
    expect(page.locator(".drawer")).to_contain_text("Comparison")
    return page.locator(".drawer")


def test_text_is_shown_to_whoever_has_both_links(page: Page, app: Site, runs: tuple[Run, Run]) -> None:
    drawer = compare(page, app, *runs)
    expect(drawer).to_contain_text("The dashboard is public and shows no document.")
    expect(drawer).not_to_contain_text(TITLE)
    fields = drawer.locator(".texts-form input")
    fields.nth(0).fill(f"{app.url}?run={runs[0].run_id}")
    fields.nth(1).fill(runs[1].run_id)
    fields.nth(1).press("Enter")
    expect(drawer).to_contain_text("0 of 3 pages are equal.")
    expect(drawer.locator(".page-change")).to_have_count(3)
    expect(drawer.locator(".page-change").nth(2)).to_contain_text("The second run has no text of this page.")
    assert drawer.locator(".diff .removed").count() > 0
    expect(drawer.locator(".diff .added b").first).to_be_visible()


def test_a_wrong_link_shows_nothing(page: Page, app: Site, runs: tuple[Run, Run]) -> None:
    drawer = compare(page, app, *runs)
    fields = drawer.locator(".texts-form input")
    fields.nth(0).fill(runs[1].run_id)
    fields.nth(1).fill("0" * 32)
    drawer.get_by_role("button", name="Show the difference").click()
    expect(drawer).to_contain_text("This link leads to another run.")
    expect(drawer).to_contain_text("There is no such run, or its files have expired")
    expect(drawer.locator(".page-change")).to_have_count(0)


def test_a_tab_knows_what_it_converted(page: Page, app: Site, runs: tuple[Run, Run]) -> None:
    for run in runs:
        FolioPage(page, app.url).open(f"?run={run.run_id}").expect_status("Done")
        expect(page.locator("body")).to_have_attribute("data-run", run.run_id)  # the tab remembers it from then on
    drawer = compare(page, app, *runs)
    expect(drawer.locator(".page-change")).to_have_count(3)
    assert all(run.run_id not in drawer.inner_html() for run in runs)


def test_the_link_of_a_receipt_opens_it_and_holds_no_secret(browser: Browser, app: Site, runs: tuple[Run, Run]) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{app.url}?record={runs[0].record_id}")
    drawer = page.locator(".drawer")
    expect(drawer).to_contain_text(runs[0].record_id, timeout=30_000)
    drawer.get_by_role("button", name="Copy link").click()
    expect(drawer.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{app.url}?record={runs[0].record_id}"
    drawer.get_by_role("button", name="Close").click()
    expect(drawer).to_have_count(0)
    expect(page.locator(".tiles")).to_be_visible()
    context.close()


def test_a_link_to_no_record_says_so(page: Page, app: Site) -> None:
    page.goto(f"{app.url}?record=nothing")
    expect(page.locator(".drawer")).to_contain_text("This record is not here.", timeout=30_000)


def test_programs_get_the_same_difference(client: Client, runs: tuple[Run, Run]) -> None:
    told = client.predict(runs[0].run_id, f"https://a.space/?run={runs[1].run_id}", api_name="/compare")
    assert (told["left"], told["right"]) == (runs[0].record_id, runs[1].record_id)
    assert told["pages"] == [
        {"page": 1, "change": "changed"},
        {"page": 2, "change": "changed"},
        {"page": 3, "change": "left_only"},
    ]
    assert (told["differing"], told["first"]) == (3, 0)
    marks = {line[0] for page in told["differences"] for line in page["lines"]}
    assert marks >= {"-", "+"}
    same = client.predict(runs[0].run_id, runs[0].run_id, api_name="/compare")
    assert (same["differing"], same["differences"]) == (0, [])


@pytest.mark.parametrize("other", ["", "0" * 32, "../../etc/passwd", "https://[", "http://a.space/?run="])
def test_programs_need_both_links(client: Client, runs: tuple[Run, Run], other: str) -> None:
    with pytest.raises(AppError, match=r"There is no such run.*\(run_not_found\)"):
        client.predict(runs[0].run_id, other, api_name="/compare")
    with pytest.raises(AppError, match=r"\(run_not_found\)"):
        client.predict(runs[0].record_id, runs[1].run_id, api_name="/compare")
