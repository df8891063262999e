"""A Space with accounts: nobody else reaches the page, the API, a file or the dashboard, and no password gets out."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AuthenticationError
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import Site, Upload, serve
from tests.e2e.folio_page import FolioPage
from tests.support.clients import leave

ADA, BOB = ("ada", "correct-horse"), ("bob", "battery-staple")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    accounts = ",".join(":".join(pair) for pair in (ADA, BOB))
    with serve(tmp_path_factory.mktemp("closed"), ["-m", "tests.support.serve_scripted"], AUTH=accounts) as site:
        yield site


@pytest.fixture
def converted(closed: Site, upload: Upload, tmp_path: Path) -> dict[str, object]:
    """A run of Ada's, by its status."""
    client = Client(closed.url, auth=ADA, download_files=str(tmp_path / "downloads"), verbose=False)
    markdown, status, files = client.predict(handle_file(str(upload("report")[0])), api_name="/convert")
    leave(client)
    assert "Small Tide Mills" in markdown
    assert len(files) == 4
    found: dict[str, object] = status
    return found


def test_without_an_account_there_is_no_api(closed: Site) -> None:
    for auth in (
        None,
        ("ada", "battery-staple"),
        ("ada", ""),
        ("eve", "correct-horse"),
        ("ada:correct-horse", "correct-horse"),
    ):
        with pytest.raises((AuthenticationError, ValueError)):
            Client(closed.url, auth=auth, verbose=False)


def test_without_an_account_no_route_answers(closed: Site, converted: dict[str, object]) -> None:
    served = [path for path in closed.cache.rglob("*.md") if path.is_file()]
    assert served
    api = f"{closed.url}gradio_api/"
    data = {"data": [converted["run_id"]]}
    calls = [
        *(httpx.get(f"{api}file={path}") for path in served),
        httpx.get(f"{closed.url}config"),
        httpx.get(f"{closed.url}archive.zip?run={converted['run_id']}"),
        httpx.get(f"{api}info"),
        httpx.post(f"{api}upload", files={"files": b"%PDF-1.7"}),
        httpx.post(f"{api}call/status", json=data),
        httpx.post(f"{api}call/delete", json=data),
        httpx.get(f"{api}queue/data?session_hash=abc", timeout=10),
        httpx.get(f"{api}call/status/abc", timeout=10),
        httpx.post(f"{api}queue/join", json={**data, "fn_index": 0, "session_hash": "abc"}),
    ]
    assert {call.status_code for call in calls} == {401}
    page = httpx.get(closed.url).text
    assert '"auth_required":true' in page
    assert '"components":[],"dependencies":[]' in page


def test_who_is_signed_in_reaches_the_files(closed: Site, converted: dict[str, object]) -> None:
    with httpx.Client() as browser:
        browser.post(f"{closed.url}login", data={"username": ADA[0], "password": ADA[1]}).raise_for_status()
        served = next(path for path in closed.cache.rglob("*.md") if path.is_file())
        assert browser.get(f"{closed.url}gradio_api/file={served}").status_code == 200
        archive = browser.get(f"{closed.url}archive.zip?run={converted['run_id']}")
        assert (archive.status_code, archive.content[:2]) == (200, b"PK")


def test_a_name_finds_its_work_from_anywhere_and_no_other_name_does(
    closed: Site, converted: dict[str, object], upload: Upload
) -> None:
    found = []
    for auth in (ADA, BOB):
        client = Client(closed.url, auth=auth, verbose=False)
        _, status, _ = client.predict(handle_file(str(upload("report")[0])), api_name="/convert")
        leave(client)
        found.append(status["converted_before"] is not None)
    assert found == [True, False]


def test_a_browser_signs_in_and_converts(closed: Site, context: BrowserContext, upload: Upload) -> None:
    page = context.new_page()
    page.goto(closed.url)
    expect(page.locator("#form")).to_have_count(0)
    page.get_by_label("username").fill(BOB[0])
    page.get_by_label("password").fill(BOB[1])
    page.get_by_role("button", name="Login").click()
    expect(page.locator("#form")).to_be_visible()
    folio = FolioPage(page, closed.url)
    folio.convert(*upload("second"))
    folio.expect_status("Done")


def test_no_password_gets_out(closed: Site, converted: dict[str, object]) -> None:
    client = Client(closed.url, auth=ADA, verbose=False)
    told = json.dumps([converted, client.view_api(return_format="dict"), client.config], default=str)
    leave(client)
    stored = b"".join(path.read_bytes() for path in closed.data_dir.rglob("*") if path.is_file())
    for _, password in (ADA, BOB):
        assert password not in told
        assert password not in closed.log.read_text()
        assert password.encode() not in stored


def test_a_dashboard_alone_asks_too_and_its_process_shows_no_password(tmp_path: Path) -> None:
    with serve(tmp_path, ["app.py"], executed=True, AUTH=":".join(ADA), SPACE_ROLE="dashboard") as site:
        assert httpx.post(f"{site.url}gradio_api/call/runs", json={"data": []}).status_code == 401
        assert '"auth_required":true' in httpx.get(site.url).text
        client = Client(site.url, auth=ADA, verbose=False)
        assert client.predict(api_name="/system_status")
        leave(client)
        servers = [
            process
            for process in Path("/proc").iterdir()
            if process.name.isdecimal() and str(site.data_dir) in _environment(process)
        ]
        assert servers
        assert [server for server in servers if ADA[1] in _environment(server)] == []
        assert ADA[1] not in site.log.read_text()


def _environment(process: Path) -> str:
    try:
        return (process / "environ").read_bytes().decode(errors="replace")
    except OSError:
        return ""
