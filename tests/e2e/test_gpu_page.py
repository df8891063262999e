"""The page of a Space with a GPU lane: its choice, what it would book, and what it offers when the GPU refuses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import Site, Upload, serve
from tests.e2e.folio_page import FolioPage
from tests.support.clients import connect


@pytest.fixture(scope="module")
def gpu_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve(tmp_path_factory.mktemp("gpu"), ["-m", "tests.support.serve_scripted"], WITH_GPU="yes") as site:
        yield site


@pytest.fixture
def folio(context: BrowserContext, gpu_site: Site) -> FolioPage:
    return FolioPage(context.new_page(), gpu_site.url).open()


@pytest.fixture
def client(gpu_site: Site, tmp_path: Path) -> Iterator[Client]:
    with connect(gpu_site, tmp_path) as connected:
        yield connected


def test_what_convert_would_book_follows_the_choices(folio: FolioPage, upload: Upload) -> None:
    estimate = folio.page.locator("#estimate")
    folio.add(*upload("report"))
    expect(estimate).to_have_text("5 pages, about 15 GPU-seconds booked, up to 20 where they are scans, in 1 call.")
    folio.page.locator("#pages textarea, #pages input").fill("1-2")
    expect(estimate).to_contain_text("2 pages, about 12 GPU-seconds booked")
    folio.page.locator("#lane label").last.click()
    expect(estimate).to_have_text("2 pages, ready in a few seconds.")


def test_a_refusal_offers_what_fits_and_the_cpu(folio: FolioPage, upload: Upload) -> None:
    folio.convert(*upload("refused"))
    folio.expect_status("Done, with gaps")
    expect(folio.page.locator("#card .notice")).to_contain_text("Your daily GPU quota has 16 s left")
    expect(folio.page.locator("#card .facts")).to_contain_text("3.2 s used of 15 s booked, 1 call refused")
    expect(folio.page.locator("#resume-fitting")).to_have_text("Convert the next 2 pages now")
    expect(folio.page.locator("#resume-on-cpu")).to_have_text("Convert the 3 pages left on the CPU")
    expect(folio.page.locator("#card")).to_contain_text(
        "On the CPU, 3 pages would be converted with the light models; the 2 finished pages stay."
    )
    before = folio.run_id
    folio.page.click("#resume-on-cpu")
    expect(folio.page).not_to_have_url(folio.url + "?run=" + before)
    folio.expect_status("Done")
    expect(folio.page.locator("#resume-on-cpu")).to_be_hidden()


def test_programs_ask_for_an_estimate(client: Client) -> None:
    told = client.predict(page_count=5, pages="1-3", api_name="/estimate")
    assert told["gpu"] == {"pages": 3, "calls": 1, "seconds": 13, "scanned_seconds": 16}
    assert told["pages"] == 3
