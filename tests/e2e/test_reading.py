"""Reading a converted document in a real browser: pictures, pages, copying, and what a screen reader is told."""

import re
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import Site, Upload, fetch_status
from tests.e2e.folio_page import FolioPage


def test_pictures_stand_in_the_text_and_go_with_the_run(context: BrowserContext, app: Site, documents: Path) -> None:
    folio = FolioPage(context.new_page(), app.url).open()
    folio.convert(documents / "gallery.pdf")
    folio.expect_status("Done")
    picture = folio.reader.locator(".sheet img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 100
    address = picture.evaluate("image => image.src")
    assert fetch_status(address) == 200
    folio.page.click("#delete")
    folio.page.click("#confirm-delete")
    expect(folio.rows.locator(".chip")).to_have_text("Gone")
    assert fetch_status(address) in (403, 404)


def test_the_page_lies_beside_its_text(context: BrowserContext, app: Site, documents: Path) -> None:
    """A box leads to its text and the text to its box, by click and by keyboard."""
    folio = FolioPage(context.new_page(), app.url).open()
    folio.convert(documents / "paper_page.pdf")
    folio.expect_status("Done")
    leaf = folio.reader.locator(".leaf").first
    image = leaf.locator(".facsimile img")
    expect(image).to_be_visible()
    expect(image).to_have_js_property("complete", True)
    title = leaf.get_by_role("button", name="Title").or_(leaf.get_by_role("button", name="Heading")).first
    title.click()
    marked = leaf.locator(".sheet .marked")
    expect(marked).to_have_count(1)
    assert (title.get_attribute("data-text") or "no text") in " ".join(marked.inner_text().split())
    expect(title).to_have_class(re.compile("marked"))
    folio.page.keyboard.press("Escape")
    expect(title).to_be_focused()
    folio.page.keyboard.press("ArrowDown")
    expect(title).not_to_be_focused()
    table = folio.reader.locator(".sheet table").first
    table.click()
    expect(folio.reader.locator(".region.marked")).to_have_attribute("data-kind", "table")
    left, right = image.bounding_box(), leaf.locator(".sheet").bounding_box()
    assert left
    assert right
    assert left["x"] + left["width"] <= right["x"]
    folio.page.set_viewport_size({"width": 390, "height": 844})
    above, below = image.bounding_box(), leaf.locator(".sheet").bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"], "on a phone the text is below the page"
    folio.page.get_by_label("Show the pages").uncheck()
    expect(image).to_be_hidden()
    folio.page.reload()
    expect(folio.sheets.first).to_be_visible()
    expect(folio.reader.locator(".facsimile img").first).to_be_hidden()


def test_words_are_found_in_the_whole_document(story: FolioPage, upload: Upload) -> None:
    story.page.locator("#pages input").fill("1-100")
    story.convert(*upload("long-quick"))
    story.expect_status("Done")
    field = story.page.locator("#search input, #search textarea")
    field.fill("choosing  A wheel")
    field.press("Enter")
    hits = story.page.locator("#hits button")
    expect(hits).to_have_count(20)
    expect(story.page.locator("#hits [role=status]")).to_contain_text("is on 20 pages")
    hits.last.click()
    expect(story.page.locator("#pager-name")).to_contain_text("Pages 96 to 100")
    story.page.wait_for_function("CSS.highlights.get('found')?.size > 0")
    field.fill("no such words")
    field.press("Enter")
    expect(story.page.locator("#hits")).to_contain_text("is nowhere in the finished pages")


def test_a_page_is_gone_to_by_its_number(story: FolioPage, upload: Upload) -> None:
    story.page.locator("#pages input").fill("1-100")
    story.convert(*upload("long-quick"))
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
    story.convert(*upload("long-quick"))
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
