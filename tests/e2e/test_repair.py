"""Pages are read again, looked at beside the first reading, and taken over or not: in a browser and by programs."""

import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import Site, Upload
from tests.e2e.folio_page import FolioPage
from tests.support.clients import connect

READ_AGAIN = "Read again from the page's image."


@pytest.fixture
def client(app: Site, tmp_path: Path) -> Iterator[Client]:
    """A client of the real app."""
    with connect(app, tmp_path) as connected:
        yield connected


def test_a_failed_page_is_read_again_and_taken_over(story: FolioPage, upload: Upload, context: BrowserContext) -> None:
    story.convert(*upload("gaps"))
    story.expect_status("Done, with gaps")
    first = story.run_id
    story.tab("Repair")
    expect(story.page.locator("#repair-advice")).to_contain_text("1 page failed or has doubtful text: 2.")
    expect(story.page.locator("#repair-pages :is(input, textarea)")).to_have_value("2")
    story.page.click("#repair-read")
    page = story.page.get_by_role("region", name="Page 2", exact=True).and_(story.page.locator(".reread"))
    expect(page).to_contain_text(READ_AGAIN)
    expect(page).to_contain_text("reading it took longer than 20 s")
    expect(page.get_by_role("button", name="Keep new")).to_have_attribute("aria-pressed", "true")
    assert story.page.url.endswith(first), "until it is kept, the page shows the first run"
    story.page.click("#repair-accept")
    story.expect_status("Done")
    expect(story.page).not_to_have_url(re.compile(first))
    expect(story.page.locator(".reread")).to_have_count(0)
    assert READ_AGAIN in Path(story.download("md").path()).read_text(encoding="utf-8")
    story.tab("Report")
    expect(story.page.locator("#report")).to_contain_text("page 2: OCR every page, tables recognised")
    old = FolioPage(context.new_page(), story.url).open(f"?run={first}")
    old.expect_status("Done")


def test_each_page_is_kept_old_or_new(story: FolioPage, upload: Upload, context: BrowserContext) -> None:
    story.convert(*upload("report"))
    story.expect_status("Done")
    story.tab("Repair")
    expect(story.page.locator("#repair-advice")).to_contain_text("No page failed")
    story.page.locator("#repair-pages :is(input, textarea)").fill("1,3")
    story.page.click("#repair-read")
    expect(story.page.locator(".reread")).to_have_count(2)
    later = FolioPage(context.new_page(), story.url).open(f"?run={story.run_id}")
    later.tab("Repair")
    expect(later.page.locator(".reread")).to_have_count(2)
    later.page.close()
    first = story.page.locator(".reread").first
    first.get_by_role("button", name="Keep old").click()
    expect(first.get_by_role("button", name="Keep old")).to_have_attribute("aria-pressed", "true")
    expect(story.page.locator("#repair-accept")).to_have_text("Keep the new page 3")
    story.page.click("#repair-accept")
    expect(story.page.locator(".reread")).to_have_count(0)
    story.tab("Read")
    expect(story.sheets.nth(2)).to_contain_text(READ_AGAIN)
    expect(story.sheets.nth(0)).not_to_contain_text(READ_AGAIN)


def test_a_second_reading_is_discarded_and_a_wrong_one_is_refused(story: FolioPage, upload: Upload) -> None:
    story.convert(*upload("report"))
    story.expect_status("Done")
    run_id = story.run_id
    story.tab("Repair")
    pages = story.page.locator("#repair-pages :is(input, textarea)")
    pages.fill("9")
    story.page.click("#repair-read")
    expect(story.page.locator("#repair-outcome .notice")).to_contain_text("Page 9 is outside the document")
    pages.fill("2")
    story.page.click("#repair-read")
    expect(story.page.locator(".reread")).to_have_count(1)
    story.page.click("#repair-discard")
    expect(story.page.locator(".reread")).to_have_count(0)
    assert story.run_id == run_id
    story.tab("Read")
    expect(story.sheets.nth(1)).not_to_contain_text(READ_AGAIN)


def test_a_program_repairs_a_page_of_a_real_document(client: Client, upload: Upload, app: Site) -> None:
    first = ended(client, client.predict(handle_file(str(*upload("mended"))), pages="1-3", api_name="/submit"))
    with pytest.raises(AppError, match=r"\(no_page_to_reread\)$"):
        client.predict(run_id=first["run_id"], api_name="/repair")
    with pytest.raises(AppError, match=r"\(no_rereading\)$"):
        client.predict(run_id=first["run_id"], api_name="/accept")
    second = ended(client, client.predict(run_id=first["run_id"], pages="2", api_name="/repair"))
    assert (second["status"], second["options"]["ocr"], second["pages_selected"]) == ("ok", "always", 1)
    assert [(page["page"], page["source"]) for page in second["pages_confidence"]] == [(2, "ocr")]
    both = ended(client, client.predict(run_id=second["run_id"], api_name="/accept"))
    assert [page["source"] for page in both["pages_confidence"]] == ["layer", "ocr", "layer"]
    assert [(one["pages"], one["record_id"]) for one in both["rereadings"]] == [([2], second["record_id"])]
    compared = client.predict(first["run_id"], both["run_id"], api_name="/compare")
    assert [page["page"] for page in compared["pages"] if page["change"] != "equal"] in ([], [2])
    archive = httpx.get(f"{app.url}archive.zip", params={"run": [first["run_id"], both["run_id"]]})
    with zipfile.ZipFile(io.BytesIO(archive.content)) as files:
        assert files.testzip() is None
        assert {"mended/mended.json", "mended (2)/mended.json"} <= set(files.namelist())
        receipts = [json.loads(files.read(f"{folder}/receipt.json")) for folder in ("mended", "mended (2)")]
    assert [[one["pages"] for one in receipt["rereadings"]] for receipt in receipts] == [[], [[2]]]


def ended(client: Client, status: dict[str, Any]) -> dict[str, Any]:
    """The status of a run that has ended."""
    deadline = time.monotonic() + 120
    while status["status"] in ("queued", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
        status = client.predict(run_id=status["run_id"], api_name="/status")
    return status


def test_all_files_of_several_documents_come_as_one_zip(story: FolioPage, upload: Upload) -> None:
    story.convert(*upload("first", "second", "doomed"))
    expect(story.rows.locator(".chip")).to_have_text(["Done", "Done", "Failed"], timeout=30_000)
    with story.page.expect_download() as download:
        story.page.get_by_role("link", name="All files in one ZIP").click()
    with zipfile.ZipFile(download.value.path()) as files:
        assert sorted(files.namelist()) == ["first/document.md", "second/document.md"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [("", 422, "no_files"), ("run=nosuchrun", 404, "run_not_found"), ("run=../../etc", 404, "run_not_found")],
)
def test_a_zip_of_nothing_is_refused(scripted: Site, query: str, status: int, code: str) -> None:
    answer = httpx.get(f"{scripted.url}archive.zip?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    assert f"({code})" in answer.json()["detail"]
