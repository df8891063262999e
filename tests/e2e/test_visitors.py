"""Visitors beside each other: each finds their own work again, and none another's."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import ValidationError
from playwright.sync_api import Browser, BrowserContext, expect

from pipeline.runs.visitors import new_token
from pipeline.store.ledger import Ledger
from tests.e2e.conftest import Site, Upload
from tests.e2e.folio_page import FolioPage
from tests.support.chromium import forget
from tests.support.clients import connect

NOTE = re.compile(r"^\s*Converted before, on \d{1,2} [A-Z][a-z]{2} \d{4} at \d\d:\d\d UTC; here is that result\.\s*$")


@pytest.fixture
def client(app: Site, tmp_path: Path) -> Iterator[Client]:
    with connect(app, tmp_path) as connected:
        yield connected


def convert(client: Client, path: Path, **options: Any) -> tuple[str, dict[str, Any], list[str]]:
    markdown, status, files = client.predict(handle_file(str(path)), api_name="/convert", **options)
    return markdown, status, files


# -- in the browser ----------------------------------------------------------------------------------------------------


def test_a_browser_gets_its_earlier_result_and_can_convert_again(
    app: Site,
    upload: Upload,
    context: BrowserContext,
    browser: Browser,
) -> None:
    (report,) = upload("visitors")
    folio = FolioPage(context.new_page(), app.url).open()
    folio.convert(report)
    folio.expect_status("Done")
    first = folio.run_id
    expect(folio.page.locator(".before")).to_have_count(0)
    expect(folio.page.locator("#repeat")).to_have_count(0)
    again = FolioPage(context.new_page(), app.url).open()
    again.convert(report)
    expect(again.page.locator(".before")).to_have_text(NOTE)
    again.expect_status("Done")
    assert again.run_id == first
    again.page.click("#repeat")
    expect(again.page).not_to_have_url(re.compile(first))
    again.expect_status("Done")
    expect(again.page.locator(".before")).to_have_count(0)
    stranger = browser.new_context()
    other = FolioPage(stranger.new_page(), app.url).open()
    other.convert(report)
    other.expect_status("Done")
    expect(other.page.locator(".before")).to_have_count(0)
    assert other.run_id not in (first, again.run_id)
    stranger.close()


def test_a_browser_that_forgets_has_nothing_of_any_origin(app: Site, browser: Browser) -> None:
    context = browser.new_context()
    origins = (app.url, app.url.replace("127.0.0.1", "localhost"))
    stored = "async () => [document.cookie, localStorage.length, (await indexedDB.databases()).length]"
    page = context.new_page()
    for origin in origins:
        page.goto(f"{origin}robots.txt")
        page.evaluate("document.cookie = 'a=b'; localStorage.setItem('a', 'b')")
        page.evaluate("new Promise(opened => { indexedDB.open('a').onsuccess = () => opened(null); })")
        page.evaluate("addEventListener('pagehide', () => localStorage.setItem('late', 'b'))")
        assert page.evaluate(stored) == ["a=b", 1, 1]
    forget(context)
    assert context.pages == []
    page = context.new_page()
    for origin in origins:
        page.goto(f"{origin}robots.txt")
        assert page.evaluate(stored) == ["", 0, 0]
    context.close()


# -- over the API ------------------------------------------------------------------------------------------------------


def test_a_program_that_says_who_it_is_gets_its_earlier_result(client: Client, app: Site, upload: Upload) -> None:
    (path,) = upload("api")
    ada, bob = new_token(), new_token()
    text, first, files = convert(client, path, pages="1", visitor=ada)
    assert first["converted_before"] is None
    again_text, again, again_files = convert(client, path, pages="1", visitor=ada)
    assert (again["run_id"], again_text) == (first["run_id"], text)
    assert again["converted_before"] is not None
    assert [Path(file).read_bytes() for file in again_files] == [Path(file).read_bytes() for file in files]
    for options in ({"visitor": bob}, {"visitor": ada, "again": True}, {}):
        _, other, _ = convert(client, path, pages="1", **options)
        assert other["run_id"] != first["run_id"]
        assert other["converted_before"] is None


def test_a_visitor_that_can_be_guessed_is_refused(client: Client, upload: Upload) -> None:
    with pytest.raises(ValidationError, match=r"32 hexadecimal digits.*\(visitor_malformed\)"):
        convert(client, *upload("guess"), visitor="me")


def test_a_continuation_asked_for_by_a_program_is_recorded_as_its_own(
    client: Client, app: Site, upload: Upload
) -> None:
    job = client.submit(handle_file(str(upload("stopped")[0])), api_name="/convert")
    run_id = next(status["run_id"] for _, status, _ in job)
    client.predict(run_id, api_name="/cancel")
    job.result()
    _, status, _ = client.predict(run_id, api_name="/resume")
    origins = {record.iteration_id: record.input.origin.value for record in Ledger(app.data_dir).records()}
    assert origins[status["record_id"]] == "api"
