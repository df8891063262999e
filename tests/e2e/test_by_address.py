"""A PDF by its address on the web: in a real browser, and for programs.

The site under test leads hosts that end with ``.example`` to a server beside it; the app itself knows no such hosts.
"""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError, ValidationError
from playwright.sync_api import expect

from tests.e2e.conftest import Site, Upload
from tests.e2e.folio_page import FolioPage
from tests.support.clients import connect

TITLE = "A Handbook for Small Tide Mills"


@pytest.fixture
def client(scripted: Site, tmp_path: Path) -> Iterator[Client]:
    with connect(scripted, tmp_path) as client:
        yield client


def test_a_pdf_is_fetched_and_listed_like_an_upload(story: FolioPage, upload: Upload) -> None:
    page, field, note = story.page, story.page.locator("#url input"), story.page.locator("#url-note")
    field.fill("https://papers.example/inside")
    page.get_by_role("button", name="Fetch").click()
    expect(note.locator(".notice")).to_contain_text("url_not_public")
    expect(field).to_have_value("https://papers.example/inside")
    field.fill("https://papers.example/slow.pdf")
    field.press("Enter")
    expect(note.get_by_text("Fetching …")).to_be_visible()
    expect(note.locator(".notice")).to_be_hidden()
    expect(story.rows).to_have_count(1)
    expect(story.rows.locator(".chip")).to_have_text("Ready")
    expect(story.rows).to_contain_text("5 pages")
    expect(page.locator("#estimate")).to_contain_text("5 pages")
    expect(note.get_by_text("Fetching …")).to_be_hidden()
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    story.add_more(*upload("report"))
    expect(story.rows).to_have_count(2)
    field.fill("https://papers.example/download?key=1")
    field.press("Enter")
    expect(story.rows.locator(".document-name")).to_have_text(["slow.pdf", "report.pdf", "locked.pdf"])
    expect(story.rows.nth(2).locator(".chip")).to_have_text("Locked")
    story.convert()
    expect(page.locator("#url")).to_have_count(0)
    expect(story.rows.locator(".chip")).to_have_text(["Done", "Done", "Locked"], timeout=60_000)
    page.click("#start-over")
    expect(field).to_have_value("")


def test_programs_name_a_pdf_by_its_address(client: Client, scripted: Site, upload: Upload) -> None:
    markdown, status, files = client.predict(url="https://papers.example/quick.pdf", api_name="/convert")
    assert markdown.startswith(f"# {TITLE}")
    assert (status["name"], bool(files)) == ("quick.pdf", True)
    call = httpx.post(f"{scripted.url}gradio_api/call/v2/submit", json={"url": "https://papers.example/quick.pdf"})
    answer = httpx.get(f"{scripted.url}gradio_api/call/submit/{call.json()['event_id']}")
    assert '"name": "quick.pdf"' in answer.text
    (report,) = upload("report")
    with pytest.raises(ValidationError, match=r"\(file_and_url\)"):
        client.predict(handle_file(report), url="https://papers.example/quick.pdf", api_name="/submit")
    with pytest.raises(AppError, match=r"it looks like HTML.*\(not_a_pdf\)$"):
        client.predict(url="https://papers.example/page", api_name="/convert")


def test_the_app_fetches_from_no_network_of_its_own(app: Site, tmp_path: Path) -> None:
    with connect(app, tmp_path) as client:
        for url in (app.url, "http://127.0.0.1/", "http://localhost/", "http://169.254.169.254/latest/meta-data/"):
            with pytest.raises(AppError, match=r"\(url_(not_public|malformed)\)$"):
                client.predict(url=url, api_name="/submit")


def test_a_file_that_is_too_large_is_refused_by_the_limit_that_the_page_names(story: FolioPage, tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(60_000_000)
    expect(story.page.locator(".limits")).to_contain_text("Each PDF up to 50 MB")
    story.page.set_input_files("#upload input[type=file]", large)
    expect(story.page.get_by_text("maximum allowed size")).to_contain_text("50.0 Mb")  # as gradio writes it
