"""Reading a converted document in a real browser: pictures, pages, copying, and what a screen reader is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import Site, Upload, fetch_status
from tests.e2e.folio_page import FolioPage


@pytest.fixture
def story(context: BrowserContext, scripted: Site) -> Iterator[FolioPage]:
    """The page over scripted runs; a run that is left behind is stopped."""
    folio = FolioPage(context.new_page(), scripted.url).open()
    yield folio
    if folio.page.locator("#stop").is_visible():
        folio.page.click("#stop")
        folio.expect_status("Stopped")


def test_pictures_stand_in_the_text_and_go_with_the_run(context: BrowserContext, app: Site) -> None:
    folio = FolioPage(context.new_page(), app.url).open()
    folio.page.click("#example")
    folio.convert()
    folio.expect_status("Done")
    picture = folio.reader.locator("img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 100
    address = picture.evaluate("image => image.src")
    assert fetch_status(address) == 200
    folio.page.click("#delete")
    folio.page.click("#confirm-delete")
    expect(folio.rows.locator(".chip")).to_have_text("Gone")
    assert fetch_status(address) in (403, 404)


def test_a_page_is_gone_to_by_its_number(story: FolioPage, upload: Upload) -> None:
    story.page.locator("#pages input").fill("1-100")
    story.convert(*upload("long"))
    story.expect_status("Done")
    number = story.page.locator("#page-number input")
    number.fill("83")
    number.press("Enter")
    for name in ("#pager-name", "#top-pager-name"):
        expect(story.page.locator(name)).to_contain_text("Pages 81 to 85")
    story.page.click("#top-later")
    expect(story.page.locator("#pager-name")).to_contain_text("Pages 86 to 90")
    sizes = story.cells.evaluate_all("cells => cells.map(cell => cell.getBoundingClientRect())")
    assert min(min(size["width"], size["height"]) for size in sizes) >= 24


def test_copying_takes_the_whole_document(story: FolioPage, upload: Upload) -> None:
    story.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    story.page.locator("#pages input").fill("1-12")
    story.convert(*upload("long"))
    story.expect_status("Done")
    story.tab("Markdown")
    expect(story.page.locator("#source-heading")).to_contain_text("Markdown of pages 1 to 5")
    story.page.get_by_role("button", name="Copy the whole document").click()
    expect(story.page.locator("#source-heading button")).to_contain_text("Copied")
    copied = story.page.evaluate("navigator.clipboard.readText()")
    assert copied == Path(story.download("md").path()).read_text(encoding="utf-8")


def test_the_page_speaks_to_those_who_do_not_see_it(story: FolioPage, upload: Upload) -> None:
    expect(story.page.get_by_role("heading", level=1)).to_have_text("Folio")
    story.convert(*upload("long"))
    story.expect_status("Converting")
    expect(story.page.get_by_role("progressbar", name="Pages converted")).to_be_visible()
    expect(story.page.locator("#card [role=status]").first).to_have_text("long.pdf: Converting")
    expect(story.page.locator("#stop")).to_be_focused()
