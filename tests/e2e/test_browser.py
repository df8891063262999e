"""Folio in a real browser: what a visitor does, and that a hostile document can do nothing."""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.e2e.conftest import Site, Upload, fetch_status
from tests.e2e.folio_page import FolioPage

TITLE = "A Handbook for Small Tide Mills"


@pytest.fixture
def folio(context: BrowserContext, app: Site) -> Iterator[FolioPage]:
    """The page of the real app. Whatever a test does in its browser, nobody but the app is asked for anything."""
    hosts: set[str] = set()

    def note(request: Request) -> None:
        hosts.add(urlparse(request.url).netloc)

    context.on("request", note)
    yield FolioPage(context.new_page(), app.url).open()
    context.remove_listener("request", note)
    assert hosts - {""} == {urlparse(app.url).netloc}


# -- on the real app -------------------------------------------------------------------------------------------------


def test_an_upload_is_counted_before_anything_runs_and_raises_nothing_on_the_server(
    folio: FolioPage, app: Site, upload: Upload, documents: Path
) -> None:
    before = app.log.read_text().count("Traceback")
    folio.open()
    expect(folio.page.locator("#convert")).to_be_disabled()
    (pdf,) = upload("report")
    folio.add(pdf)  # the server answers this after all that the page asked for as it opened
    expect(folio.rows).to_contain_text(f"5 pages · {round(pdf.stat().st_size / 1000)} kB")
    expect(folio.rows).to_contain_text("Ready")
    expect(folio.page.locator("#convert")).to_be_enabled()
    folio.add_more(documents / "scan_turned_pages.pdf")
    expect(folio.rows.locator(".document-facts").last).to_contain_text("3 pages, all scanned · ")
    expect(folio.page.locator("#estimate")).to_contain_text("8 pages, ready in ")
    expect(folio.page.locator("#estimate")).not_to_contain_text("scans")
    assert app.log.read_text().count("Traceback") == before


def test_a_file_that_is_no_pdf_is_refused_at_once(folio: FolioPage, tmp_path: Path) -> None:
    fake = tmp_path / "broken.pdf"
    fake.write_text("<html>hello</html>")
    folio.add(fake)
    expect(folio.rows.locator(".chip")).to_have_text("Refused")
    expect(folio.rows.locator(".document-error")).to_contain_text("PDF")
    expect(folio.page.locator("#convert")).to_be_disabled()


def test_the_example_is_one_click_away(folio: FolioPage) -> None:
    folio.page.click("#example")
    expect(folio.rows).to_contain_text("paper-trail.pdf")
    folio.convert()
    folio.expect_status("Done")
    expect(folio.sheets.first.get_by_role("heading").first).to_be_visible()


def test_every_format_can_be_taken_and_nothing_else_of_the_data_folder(
    folio: FolioPage, app: Site, upload: Upload
) -> None:
    folio.convert(*upload("report"))
    folio.expect_status("Done")
    expect(folio.reader.get_by_role("heading", name=TITLE)).to_be_visible()
    files = {name: folio.download(name) for name in ("md", "json", "html", "zip")}
    assert {name: file.suggested_filename for name, file in files.items()} == {name: f"report.{name}" for name in files}
    assert TITLE in Path(files["md"].path()).read_text(encoding="utf-8")
    assert TITLE in json.dumps(json.loads(Path(files["json"].path()).read_text(encoding="utf-8")))
    assert TITLE in Path(files["html"].path()).read_text(encoding="utf-8")
    with zipfile.ZipFile(files["zip"].path()) as archive:
        markdown = next(name for name in archive.namelist() if name.endswith(".md"))
        assert TITLE in archive.read(markdown).decode("utf-8")
    stored = [path for path in app.data_dir.rglob("*") if path.is_file()]
    assert stored
    assert {fetch_status(f"{app.url}gradio_api/file={path}") for path in stored[:20]} == {403}
    assert fetch_status(f"{app.url}gradio_api/file={Path(__file__).parents[2] / 'pyproject.toml'}") == 403


def test_a_page_range_is_followed_and_its_source_can_be_read(folio: FolioPage, upload: Upload) -> None:
    folio.page.locator("#pages input").fill("2-3")
    folio.convert(*upload("report"))
    folio.expect_status("Done")
    assert folio.cells.all_text_contents() == ["2", "3"]
    folio.tab("Markdown")
    expect(folio.page.locator("#source")).to_contain_text("## ")
    folio.tab("Report")
    expect(folio.page.locator("#report")).to_contain_text("Every page was converted.")
    expect(folio.page.locator("#report")).to_contain_text("2-3")
    expect(folio.page.locator("#report")).to_contain_text("onnxruntime")


def test_a_bad_page_range_is_a_sentence_and_not_a_run(folio: FolioPage, upload: Upload) -> None:
    folio.page.locator("#pages input").fill("7-9")
    folio.convert(*upload("report"))
    expect(folio.rows.locator(".document-error")).to_contain_text("Page 7 is outside the document, which has 5 pages")
    folio.page.locator("#pages input").fill("1")
    folio.page.click("#convert")
    folio.expect_status("Done")


def test_files_are_added_and_removed_before_convert(story: FolioPage, upload: Upload) -> None:
    story.add(*upload("first", "second"))
    story.add_more(*upload("third"))
    expect(story.rows).to_have_count(3)
    story.page.get_by_role("button", name="Remove first.pdf").click()
    expect(story.rows.locator(".document-name")).to_have_text(["second.pdf", "third.pdf"])
    expect(story.page.locator("#estimate")).to_contain_text("10 pages, ready in about 10 s")
    story.convert()
    expect(story.rows.locator(".chip")).to_have_text(["Done", "Done"], timeout=30_000)
    expect(story.page.locator(".remove")).to_have_count(0)
    expect(story.page.locator("#add")).to_be_hidden()


def test_a_document_that_is_too_long_is_shortened_with_a_click(story: FolioPage, upload: Upload) -> None:
    story.add(*upload("endless"))
    expect(story.rows.locator(".chip")).to_have_text("Too long")
    expect(story.page.locator("#convert")).to_be_disabled()
    story.page.get_by_role("button", name="Convert pages 1-1000").click()
    expect(story.rows.locator(".chip")).to_have_text("Ready")
    expect(story.page.locator("#convert")).to_be_enabled()
    story.page.get_by_role("button", name="Undo").click()
    expect(story.page.locator("#convert")).to_be_disabled()
    story.page.locator("#pages input").fill("1000–1002")
    expect(story.page.locator("#convert")).to_be_enabled()


def test_the_link_finds_the_run_after_a_reload(folio: FolioPage, upload: Upload, context: BrowserContext) -> None:
    folio.convert(*upload("report"))
    folio.expect_status("Done")
    assert len(folio.run_id) > 20
    expect(folio.sheets.first).to_contain_text(TITLE)
    read = folio.sheets.first.inner_text()
    again = FolioPage(context.new_page(), folio.url).open(f"?run={folio.run_id}")
    again.expect_status("Done")
    expect(again.sheets.first).to_contain_text(TITLE)
    assert again.sheets.first.inner_text() == read
    assert again.download("md").suggested_filename == "report.md"


def test_starting_over_clears_the_page(folio: FolioPage, upload: Upload) -> None:
    folio.convert(*upload("report"))
    folio.expect_status("Done")
    folio.page.click("#start-over")
    expect(folio.page.locator("#welcome")).to_be_visible()
    expect(folio.page.locator("#upload")).to_be_visible()
    expect(folio.page).not_to_have_url(re.compile("run="))
    folio.add(*upload("second"))
    expect(folio.rows).to_contain_text("second.pdf")


def test_it_fits_every_screen(story: FolioPage, upload: Upload, tmp_path: Path) -> None:
    """Of either width, light and dark, as the run ends and as its link is opened later."""
    page = story.page
    page.locator("#pages input").fill("1-12")
    story.convert(*upload("long-gaps"))
    for theme in ("light", "dark"):
        if theme == "dark":
            story.open(f"?run={story.run_id}&__theme=dark")
        for width in (1360, 390):
            page.set_viewport_size({"width": width, "height": 844})
            story.expect_status("Done, with gaps")
            expect(story.sheets.first).to_be_visible()
            page.click("#delete")
            expect(page.locator("#confirm-delete")).to_be_visible()
            assert_all_fits(page, width)
            page.screenshot(path=tmp_path / f"{theme}-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate("document.body.classList.contains('dark')") == (theme == "dark")
            page.click("#cancel-delete")


def assert_all_fits(page: Page, width: int) -> None:
    """Nothing of the card and what belongs to it reaches beyond ``width`` CSS pixels."""
    parts = page.locator("#card *, #strip button, #downloads button, #ended-run button, #pager button")
    edges = parts.evaluate_all(
        "parts => parts.map(part => [part.tagName, part.className, part.getBoundingClientRect().right])"
    )
    assert len(edges) > 20
    assert [edge for edge in edges if edge[2] > width] == []


# -- stories -----------------------------------------------------------------------------------------------------------


def test_finished_pages_are_read_while_later_ones_run_and_stop_keeps_them(story: FolioPage, upload: Upload) -> None:
    story.convert(*upload("long"))
    story.expect_status("Converting")
    expect(story.sheets.nth(0)).to_contain_text(TITLE)
    expect(story.page.locator("#card")).to_contain_text("of 1,000")
    expect(story.page.locator("#card")).to_contain_text("Remaining")
    assert story.sheets.count() == 5
    story.page.click("#stop")
    story.expect_status("Stopped")
    expect(story.sheets.nth(0)).to_contain_text(TITLE)
    assert TITLE in Path(story.download("md").path()).read_text(encoding="utf-8")
    story.tab("Report")
    expect(story.page.locator("#report")).to_contain_text("-1000. Press Continue to convert them.")


def test_turning_pages_while_a_run_goes_on_stays_there(story: FolioPage, upload: Upload) -> None:
    story.convert(*upload("long"))
    story.expect_status("Converting")
    story.page.click("#later")
    expect(story.page.locator("#pager-name")).to_contain_text("Pages 6 to 10")
    expect(story.sheets.nth(4)).not_to_contain_text("Still to come")
    expect(story.page.locator("#pager-name")).to_contain_text("Pages 6 to 10")
    story.cells.last.click()
    expect(story.page.locator("#pager-name")).to_contain_text("Pages 991 to 995")
    expect(story.sheets.first).to_contain_text("Still to come")
    story.page.click("#stop")
    story.expect_status("Stopped")
    expect(story.sheets.first).to_contain_text("This page was not converted.")


def test_progress_leaves_the_reader_alone(story: FolioPage, upload: Upload) -> None:
    """What is being read is neither sent nor drawn again while other pages are finished."""
    story.convert(*upload("long"))
    story.expect_status("Converting")
    expect(story.sheets.nth(4)).not_to_contain_text("Still to come")
    expect(story.sheets.nth(4)).to_be_visible()
    story.sheets.first.evaluate("sheet => sheet.title = 'same as before'")
    done = story.page.locator("#card dd").first.inner_text()
    expect(story.page.locator("#card dd").first).not_to_have_text(done)
    expect(story.sheets.first).to_have_attribute("title", "same as before")
    assert story.cells.count() <= 160


def test_the_keyboard_stays_where_it_is_while_a_run_goes_on(story: FolioPage, upload: Upload) -> None:
    story.convert(*upload("long"))
    story.expect_status("Converting")
    story.rows.first.focus()
    done = story.page.locator("#card dd").first.inner_text()
    expect(story.page.locator("#card dd").first).not_to_have_text(done)
    expect(story.rows.first).to_be_focused()


def test_several_documents_run_in_turn_and_each_can_be_read(story: FolioPage, upload: Upload) -> None:
    story.convert(*upload("first", "gaps", "broken", "doomed"))
    expect(story.rows.locator(".chip")).to_have_text(["Done", "Done, with gaps", "Refused", "Failed"], timeout=30_000)
    expect(story.page.locator("#card h2")).to_have_text("first.pdf")
    story.rows.nth(1).click()
    expect(story.page.locator("#card h2")).to_have_text("gaps.pdf")
    expect(story.cells.nth(1)).to_have_attribute(
        "title", "Page 2: reading it took longer than 20 s and it was skipped."
    )
    expect(story.cells.nth(1)).to_have_accessible_name("Page 2: timed out")
    expect(story.cells.nth(0)).to_have_accessible_name("Page 1: done")
    expect(story.sheets.nth(1)).to_contain_text("it was skipped")
    story.rows.nth(3).click()
    expect(story.page.locator("#card .notice")).to_contain_text("No page could be converted.")
    expect(story.page.locator("#download-md")).to_have_count(0)
    expect(story.page.locator("#resume")).to_have_count(0)


def test_a_locked_document_asks_for_its_password(story: FolioPage, upload: Upload) -> None:
    story.add(*upload("locked"))
    expect(story.rows.locator(".chip")).to_have_text("Locked")
    password = story.page.locator("#password input")
    password.fill("wrong")
    password.press("Enter")
    expect(story.rows).to_contain_text("does not open this PDF")
    password.fill("folio")
    story.convert()
    story.expect_status("Done")


def test_failed_pages_are_retried_and_the_link_follows(
    story: FolioPage, upload: Upload, context: BrowserContext
) -> None:
    story.convert(*upload("gaps"))
    story.expect_status("Done, with gaps")
    first = story.run_id
    expect(story.page.locator("#resume")).to_have_text("Retry the failed page")
    story.resume()
    story.expect_status("Done")
    expect(story.cells.nth(1)).to_have_accessible_name("Page 2: done")
    expect(story.sheets.nth(1)).to_contain_text("Choosing a Wheel")
    expect(story.page.locator("#resume")).to_have_count(0)
    assert "Choosing a Wheel" in Path(story.download("md").path()).read_text(encoding="utf-8")
    old = FolioPage(context.new_page(), story.url).open(f"?run={first}")
    old.expect_status("Done")
    expect(old.cells.nth(1)).to_have_accessible_name("Page 2: done")
    assert "Choosing a Wheel" in Path(old.download("md").path()).read_text(encoding="utf-8")


def test_a_stopped_run_goes_on_from_its_link(story: FolioPage, upload: Upload, context: BrowserContext) -> None:
    story.page.locator("#pages input").fill("1-5")
    story.convert(*upload("long-waits"))
    expect(story.cells.nth(1)).to_have_accessible_name("Page 2: done")
    story.page.click("#stop")
    story.expect_status("Stopped")
    again = FolioPage(context.new_page(), story.url).open(f"?run={story.run_id}")
    expect(again.page.locator("#resume")).to_have_text("Continue")
    again.resume()
    expect(again.cells.nth(3)).to_have_accessible_name("Page 4: done, read by OCR")
    again.page.click("#stop")
    again.expect_status("Stopped")
    again.resume()
    again.expect_status("Done")
    expect(again.page.locator("#card dd").first).to_have_text("5 of 5")


def test_continuing_a_locked_document_asks_for_its_password(
    story: FolioPage, upload: Upload, context: BrowserContext
) -> None:
    story.add(*upload("locked-gaps"))
    story.page.locator("#password input").fill("folio")
    story.convert()
    story.expect_status("Done, with gaps")
    again = FolioPage(context.new_page(), story.url).open(f"?run={story.run_id}")
    again.page.click("#resume")
    expect(again.page.locator("#card .notice")).to_have_text(re.compile("The PDF needs a password"))
    again.expect_status("Done, with gaps")
    password = again.page.locator("#password input")
    password.fill("folio")
    password.press("Enter")
    again.expect_status("Done")
    expect(again.page.locator("#card .notice")).to_have_count(0)
    expect(password).to_have_count(0)
    assert again.run_id != story.run_id


def test_a_run_is_deleted_after_a_second_click(folio: FolioPage, upload: Upload, context: BrowserContext) -> None:
    folio.convert(*upload("report"))
    folio.expect_status("Done")
    kept, run_id = folio.page.locator("#expiry"), folio.run_id
    expect(kept).to_have_text(re.compile(r"^\s*Kept for 7 days, until \d{1,2} [A-Z][a-z]{2}\s*$"))
    expect(folio.page.locator("#confirm-delete")).to_have_count(0)
    folio.page.click("#delete")
    expect(kept).to_have_text("Delete the PDF and everything made of it?")
    folio.page.click("#cancel-delete")
    expect(kept).to_contain_text("Kept for 7 days")
    folio.page.click("#delete")
    folio.page.click("#confirm-delete")
    expect(folio.rows.locator(".chip")).to_have_text("Gone")
    expect(folio.rows).to_contain_text("The run and its files are deleted")
    expect(folio.page.locator("#card")).to_have_count(0)
    expect(folio.page).not_to_have_url(re.compile("run="))
    later = FolioPage(context.new_page(), folio.url).open(f"?run={run_id}")
    expect(later.rows.locator(".document-error")).to_contain_text("There is no such run, or its files have expired")


def test_a_hostile_document_runs_nothing_and_fetches_nothing(story: FolioPage, upload: Upload) -> None:
    requests: list[str] = []
    story.page.on("request", lambda request: requests.append(request.url))
    story.convert(*upload("hostile <img src=x onerror=window.pwned=0>"))
    story.expect_status("Done")
    expect(story.sheets.first).to_contain_text("Hostile <script>window.pwned = 1</script>")
    assert story.page.evaluate("window.pwned") is None
    assert [url for url in requests if "tracker.invalid" in url] == []
    tags = "img, script, iframe, style, svg:not(.copy-text svg, button svg), object, embed, form, link, .mermaid"
    assert story.reader.locator(tags).count() == 0
    targets = story.reader.locator("a").evaluate_all(
        "links => [...new Set(links.map(link => link.getAttribute('href')))].sort()"
    )
    assert targets == ["https://example.org/good", "mailto:a@example.org"]


def test_a_link_to_no_run_says_so(story: FolioPage) -> None:
    story.open("?run=nosuchrun")
    expect(story.rows.locator(".document-error")).to_contain_text("There is no such run")
    expect(story.page.locator("#convert")).to_be_disabled()


def test_two_visitors_do_not_meet(browser: Browser, scripted: Site, upload: Upload) -> None:
    pages: list[Page] = []
    for name in ("gaps-of-mine", "yours"):
        page = browser.new_context().new_page()
        FolioPage(page, scripted.url).open().convert(*upload(name))
        pages.append(page)
    mine, yours = (FolioPage(page, scripted.url) for page in pages)
    mine.expect_status("Done, with gaps")
    yours.expect_status("Done")
    assert [folio.rows.locator(".document-name").all_inner_texts() for folio in (mine, yours)] == [
        ["gaps-of-mine.pdf"],
        ["yours.pdf"],
    ]
    for page in pages:
        page.context.close()
